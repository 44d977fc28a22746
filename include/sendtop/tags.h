/* Tag=value lists of RFC 6376 3.2: the grammar of DKIM and DMARC records. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_TAGS_H
#define SENDTOP_TAGS_H

#include <stdbool.h>
#include <stddef.h>

#include "sendtop/mem.h"

enum { TAGS_MAX = 64 };

struct tag {
	const char *name, *value; /* not NUL-terminated, ends trimmed */
	size_t name_len, len;
};

struct tags {
	struct tag items[TAGS_MAX];
	size_t count;
	bool nocase;         /* names and comparisons ignore case */
	const char *problem; /* the first thing against the grammar, or NULL */
	const char *twice;   /* a name that comes twice (within the data,
				   twice_len octets), or NULL */
	size_t twice_len;
};

/*
 * Reads a list.  Parts that break the grammar are left out and named by
 * problem; of a name that comes twice the first counts.  The tags point into
 * data, which must stay.
 */
void tags_parse(const void *data, size_t len, bool nocase, struct tags *out);

/* The tag of that name, or NULL. */
struct tag *tags_find(struct tags *tags, const char *name);

/* Whether the tag is there and its whole value is this word. */
bool tag_is(const struct tags *tags, const struct tag *tag, const char *word);

/* Whether a list separated by colons holds the word (RFC 6376 3.6.1). */
bool tag_has(const struct tag *tag, const char *word);

/* Gives a tag another value, NULL to leave it out of tags_join; a tag that was
 * not there is put last, p second.  Name and value are borrowed. */
void tags_set(struct tags *tags, const char *name, const char *value);

/* The list as a record again, "name=value; name=value", in the arena, without
 * the tags whose value is NULL. */
char *tags_join(const struct tags *tags, struct arena *arena);

#endif
