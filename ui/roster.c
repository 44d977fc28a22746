/* All domains in short, in memory: read in slices. */
/* SPDX-License-Identifier: MIT */
#include "roster.h"

#include <stdlib.h>
#include <string.h>

#include "roster_data.h"
#include "sendtop/day.h"
#include "sendtop/text.h"

enum {
	SLICE_ROWS = 128,
	PAST_ROWS = 8, /* a past day costs some ten times as much */
};

struct roster *
roster_new(roster_past *past, void *arg)
{
	struct roster *roster = mem_zero(1, sizeof(*roster));

	roster->past = past;
	roster->arg = arg;
	roster->now.arena = arena_new();
	roster->next.arena = arena_new();
	roster->now.as_of = roster->next.as_of = DAY_NONE;
	roster->folded = map_new();
	return roster;
}

static void
reading_fini(struct reading *reading)
{
	arena_free(reading->arena);
	free(reading->entries);
}

void
roster_free(struct roster *roster)
{
	if (roster == NULL)
		return;
	reading_fini(&roster->now);
	reading_fini(&roster->next);
	map_free(roster->folded, NULL);
	free(roster->lines);
	free(roster->groups);
	free(roster);
}

void
roster_begin(struct roster *roster, int32_t as_of)
{
	arena_reset(roster->next.arena);
	roster->next.count = 0;
	roster->next.as_of = as_of;
	roster->busy = true;
	roster->fresh = false;
}

/* Name, tag and reasons as the store's own filter has them. */
static void
set_words(struct arena *arena, const struct store_standing *row,
    const struct standing *standing, struct entry *entry)
{
	struct buf words = { 0 };
	size_t why;
	char *text;

	buf_printf(&words, "%s\n%s\n", row->name, row->tag);
	why = words.len;
	if (standing != NULL)
		buf_printf(&words, "%s", standing->reasons);
	text = arena_ndup(arena, words.data, words.len);
	text_lower(text);
	entry->words = text;
	entry->why = text + why;
	buf_free(&words);
}

static void
set_numbers(const struct standing *s, struct entry *entry)
{
	entry->state = (unsigned char)s->state;
	entry->ramp = (unsigned char)s->ramp;
	entry->reputation = (unsigned char)s->reputation;
	entry->spam = (float)standing_spam_place(s);
	entry->mean = (float)s->mean7;
	entry->trend = (float)s->trend;
	entry->volume = (float)s->volume;
	entry->growth = (float)s->growth;
	entry->ceiling = (float)s->ceiling;
	entry->dated_s = s->probed_s > s->fetched_s ? s->probed_s
						    : s->fetched_s;
}

/* The same text as the entry before has is not kept twice. */
static const char *
shared(struct arena *arena, const char *text, const char *before)
{
	return before != NULL && strcmp(text, before) == 0
	    ? before
	    : arena_dup(arena, text);
}

static void
add(struct reading *reading, const struct store_standing *row,
    const struct standing *standing)
{
	struct entry entry = { .id = row->id, .state = NOT_JUDGED };
	const struct entry *last = reading->count > 0
	    ? &reading->entries[reading->count - 1]
	    : NULL;

	/* Domains that come or go while it is read move the others. */
	if (last != NULL && strcmp(row->name, last->name) <= 0)
		return;
	entry.name = arena_dup(reading->arena, row->name);
	entry.registrable = strcmp(row->registrable, row->name) == 0
	    ? entry.name
	    : shared(reading->arena, row->registrable,
		  last != NULL ? last->registrable : NULL);
	entry.tag = shared(
	    reading->arena, row->tag, last != NULL ? last->tag : NULL);
	set_words(reading->arena, row, standing, &entry);
	if (standing != NULL)
		set_numbers(standing, &entry);
	reading->entries = mem_grow(
	    reading->entries, reading->count, &reading->cap, sizeof(entry));
	reading->entries[reading->count++] = entry;
}

static void
add_row(struct roster *roster, struct store *store,
    const struct store_standing *row)
{
	struct reading *reading = &roster->next;
	struct standing then;

	if (reading->as_of == DAY_NONE)
		add(reading, row, row->judged ? &row->standing : NULL);
	else if (roster->past != NULL &&
	    roster->past(roster->arg, store, row->name, reading->as_of, &then))
		add(reading, row, &then);
	else
		add(reading, row, NULL);
}

static enum status
read_slice(
    struct roster *roster, struct store *store, bool *end, struct error *err)
{
	struct reading *reading = &roster->next;
	struct standing_page page = { .sort = SORT_NAME,
		.after = reading->count > 0
		    ? reading->entries[reading->count - 1].name
		    : NULL,
		.limit = reading->as_of == DAY_NONE ? SLICE_ROWS : PAST_ROWS };
	struct arena *arena = arena_new();
	struct store_standing *rows;
	size_t count = 0, total;
	enum status status = store_look(store, err);

	if (status == STATUS_OK) {
		status = store_standing_page(
		    store, &page, arena, &rows, &count, &total, err);
		store_look_end(store);
	}
	for (size_t i = 0; status == STATUS_OK && i < count; i++)
		add_row(roster, store, &rows[i]);
	*end = status == STATUS_OK && count < page.limit;
	arena_free(arena);
	return status;
}

enum status
roster_read(struct roster *roster, struct store *store, int64_t until_ms,
    bool *done, struct error *err)
{
	enum status status = STATUS_OK;

	*done = !roster->busy;
	while (!*done && status == STATUS_OK) {
		status = read_slice(roster, store, done, err);
		if (!*done && clock_mono_ms() >= until_ms)
			return status;
	}
	if (status != STATUS_OK || !roster->busy)
		return status;
	roster->next.entries = mem_resize(roster->next.entries,
	    roster->next.count + 1, sizeof(*roster->next.entries));
	roster->next.cap = roster->next.count + 1;
	roster->fresh = true;
	roster->busy = false;
	return STATUS_OK;
}

void
roster_stop(struct roster *roster)
{
	roster->busy = false;
}

bool
roster_reading(const struct roster *roster, size_t *read)
{
	*read = roster->next.count;
	return roster->busy;
}

bool
roster_is_of(const struct roster *roster, int32_t as_of)
{
	if (roster->fresh)
		return roster->next.as_of == as_of;
	return roster->ready && roster->now.as_of == as_of;
}

/* What was read before goes: two of them would be twice the memory. */
void
roster_take_fresh(struct roster *roster)
{
	if (!roster->fresh)
		return;
	reading_fini(&roster->now);
	roster->now = roster->next;
	roster->next = (struct reading){ .arena = arena_new(),
		.as_of = DAY_NONE };
	roster->ready = true;
	roster->fresh = false;
}

size_t
roster_count(const struct roster *roster)
{
	return roster->ready ? roster->now.count : 0;
}

const char *
roster_name(const struct roster *roster, size_t i)
{
	return roster->now.entries[i].name;
}

void
roster_counts(const struct roster *roster, size_t out[5])
{
	memset(out, 0, 5 * sizeof(*out));
	for (size_t i = 0; i < roster_count(roster); i++)
		out[roster->now.entries[i].state]++;
}
