/* The catalogue's inside: rows, the words that choose them, how it is read. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_MTA_CATALOGUE_H
#define SENDTOP_MTA_CATALOGUE_H

#include <stdint.h>

#include "sendtop/mem.h"
#include "sendtop/reply.h"

enum {
	CATALOGUE_ROWS = 2000,
	CATALOGUE_BUCKETS = 1024, /* a power of two */
};

struct catalogue_row {
	struct reply_row row;
	/* Enhanced codes with this start and a last part from first to last:
	 * "5.7.", 606, 649.  Empty start: whatever the code. */
	char start[8];
	unsigned first, last;
	bool generic; /* its words are others' as well */
};

/* How much words tell, worst first. */
enum needle_kind {
	NEEDLE_LINK, /* p=NoSuchUser: of the help page */
	NEEDLE_TEXT,
	NEEDLE_NAME, /* TSS04: the receiver's own name of a meaning */
	NEEDLE_MARK, /* tells whose reply it is, no meaning */
};

/* Words that choose a row, made plain as replies are. */
struct needle {
	const char *words, *provider;
	size_t len, first_len; /* of all, of the first word */
	enum needle_kind kind;
	long row;            /* its index; -1 for a mark */
	struct needle *next; /* of the same bucket */
};

struct reply_catalogue {
	struct arena *arena;
	struct catalogue_row *rows;
	size_t count, cap;
	struct map *keys; /* key: struct reply_row */
	/* By catalogue_hash() of the first word. */
	struct needle *buckets[CATALOGUE_BUCKETS];
};

/* FNV-1a of a word, cut to the buckets. */
size_t catalogue_hash(const char *word, size_t len);

/* Reads one family's file into the catalogue. */
enum status catalogue_load_family(struct reply_catalogue *catalogue,
    const char *path, const char *provider, struct error *err) MUST_CHECK;

#endif
