/* What an export wrote, put back into a store. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_IMPORT_H
#define SENDTOP_IMPORT_H

#include "sendtop/store_bring.h"

/* The kinds of rows, in the order that they are told. */
enum import_kind {
	IMPORT_MEASURE,
	IMPORT_FEEDBACK,
	IMPORT_FINDING,
	IMPORT_TRAFFIC, /* an hour of it */
	IMPORT_REPLY,
	IMPORT_EVENT,
	IMPORT_NOTE,
	IMPORT_MUTE,
	IMPORT_ASKED,
	IMPORT_PUBLISHED,
	IMPORT_LOG,
	IMPORT_KINDS,
};

struct import_options {
	struct store *store;
	bool add;     /* domains that are not watched: from now on they are */
	bool replace; /* numbers that differ: the file's, not the store's */
	bool dry_run; /* nothing is kept */
	int64_t now_s;
};

enum { IMPORT_TEXT_SIZE = 256 };

/* What came of a file. */
struct import_sum {
	size_t fates[IMPORT_KINDS][FATES];
	size_t domains;                    /* of which there was a row */
	size_t added;                      /* that were not watched */
	char added_name[IMPORT_TEXT_SIZE]; /* the first of them */
	int32_t first_day, last_day;  /* of what came in; DAY_NONE: nothing */
	char other[IMPORT_TEXT_SIZE]; /* the first that differs, or "" */
	size_t unknown;               /* rows of what this sendtop lacks */
	char unknown_what[IMPORT_TEXT_SIZE]; /* the first of them */
	char ignored[IMPORT_TEXT_SIZE]; /* columns that no export has, or "" */
};

/*
 * Imports what the descriptor gives, as CSV or JSON by what is in it, in one
 * transaction: all of it or, when it fails, nothing.  Memory is bounded.
 * STATUS_PARSE: a row is wrong, the error names its line; STATUS_NOT_FOUND:
 * domains are not watched and were not to be added.
 */
enum status import_file(int fd, const struct import_options *options,
    struct import_sum *sum, struct error *err) MUST_CHECK;

#endif
