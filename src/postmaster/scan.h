/* Batches of statistics in the form that Google writes them, read in one go. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_POSTMASTER_SCAN_H
#define SENDTOP_POSTMASTER_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A part of the body, without its quotes. */
struct scan_text {
	const char *s;
	size_t len;
};

/* One row of domainStats: a number, or a list of identifiers. */
struct scan_row {
	struct scan_text key;
	int32_t day;
	bool is_list;
	double number;         /* NaN: a value without a member */
	struct scan_text list; /* what stands between its brackets */
};

/* One item of the batch, from brace to brace. */
struct scan_item {
	struct scan_text text;
	bool odd;              /* something else, perhaps broken: not read */
	size_t first, count;   /* of its rows */
	struct scan_text next; /* page token; len 0: none */
};

struct scan {
	struct scan_row *rows;
	size_t row_count, row_cap;
	struct scan_item *items;
};

/*
 * Polls of a fleet bring hundreds of megabytes of the same few words, and a
 * tree of objects costs thirty times what this does.  It knows one form: plain
 * ASCII without escapes, each member at most once, the members that the schema
 * has, numbers that are none below zero.  An item in which it meets anything
 * else is odd.  False when the body is not a batch of count items at all;
 * whoever asks then reads it as any other JSON.  End with scan_free.
 */
bool scan_batch(const char *body, size_t len, size_t count, struct scan *out);
void scan_free(struct scan *scan);

/* The next identifier of a row's list; false at its end.  Start with *at = 0. */
bool scan_next(const struct scan_row *row, size_t *at, struct scan_text *out);

#endif
