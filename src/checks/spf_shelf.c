/* SPF records that were read once, by their text. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "checks/spf_parts.h"

/* What is longer, or more, is read each time. */
enum { SHELF_MAX = 32, TEXT_MAX = 1024 };

struct kept {
	struct kept *next;
	struct spf_read read;
};

struct spf_shelf {
	struct arena *arena;
	struct kept *kept;
	size_t count;
};

struct spf_shelf *
spf_shelf_new(struct arena *arena)
{
	struct spf_shelf *shelf = arena_alloc(arena, sizeof(*shelf));

	shelf->arena = arena;
	return shelf;
}

size_t
spf_shelf_count(const struct spf_shelf *shelf)
{
	return shelf->count;
}

static const struct spf_read *
find(const struct spf_shelf *shelf, struct spf_span text)
{
	const struct kept *kept;

	for (kept = shelf->kept; kept != NULL; kept = kept->next)
		if (kept->read.record.text.len == text.len &&
		    memcmp(kept->read.record.text.s, text.s, text.len) == 0)
			return &kept->read;
	return NULL;
}

/* Where the text comes from it may be gone before the shelf is. */
static struct spf_read *
place(struct spf_shelf *shelf, struct spf_span *text)
{
	struct kept *kept = arena_room(shelf->arena, sizeof(*kept));

	text->s = arena_ndup(shelf->arena, text->s, text->len);
	kept->next = shelf->kept;
	shelf->kept = kept;
	shelf->count++;
	return &kept->read;
}

const struct spf_read *
spf_read(struct spf_shelf *shelf, struct arena *arena, struct spf_span text)
{
	bool keeps = shelf != NULL && text.len <= TEXT_MAX;
	const struct spf_read *known = keeps ? find(shelf, text) : NULL;
	struct spf_read *read;

	if (known != NULL)
		return known;
	read = keeps && shelf->count < SHELF_MAX
	    ? place(shelf, &text)
	    : arena_room(arena, sizeof(*read));
	read->good = spf_record_parse(text, &read->record, &read->fault);
	return read;
}
