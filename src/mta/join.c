/* A ring of texts with an index over it. */
/* SPDX-License-Identifier: MIT */
#include "join.h"

#include <stdlib.h>
#include <string.h>

#include "octets.h"
#include "reader.h"

enum {
	RING = 8 << 20,  /* octets */
	SLOTS = 1 << 18, /* of the index, in ways of four */
	WAYS = 4,
	KEY_MOST = 64,
	TEXT_MOST = 320, /* an address of RFC 5321 */
	BLOCK = 16 * 1024,
	AHEAD = 512, /* octets that are asked for before they are written */
};

/* Where an entry is: positions only grow, so an old one is known as such. */
struct slot {
	uint64_t at; /* 0: empty */
	uint32_t hash;
};

struct join {
	char *ring; /* entries: key length, text length (two octets), both */
	uint64_t end;
	/* The first entry that begins in each block of the ring. */
	uint64_t marks[RING / BLOCK];
	uint64_t last;      /* where the newest entry is */
	struct slot *slots; /* the ways of a set are in one line of the
				processor's cache */
};

struct join *
join_new(void)
{
	return mem_zero(1, sizeof(struct join));
}

void
join_free(struct join *join)
{
	if (join == NULL)
		return;
	free(join->ring);
	free(join->slots);
	free(join);
}

enum { HEAD = 3 };

static bool
is_there(const struct join *join, const struct slot *slot)
{
	return slot->at > 0 && join->end - slot->at < RING - RING / 64;
}

static const char *
entry_at(const struct join *join, uint64_t at)
{
	return join->ring + at % RING;
}

static bool
is_key(const char *entry, struct span key)
{
	return (size_t)(unsigned char)entry[0] == key.len &&
	    octets_same(entry + HEAD, key.at, key.len);
}

static struct slot *
set_of(const struct join *join, uint64_t hash)
{
	return &join->slots[hash % (SLOTS / WAYS) * WAYS];
}

static struct slot *
find(const struct join *join, struct span key, uint64_t hash)
{
	struct slot *ways = set_of(join, hash);

	for (int i = 0; i < WAYS; i++)
		if (ways[i].hash == (uint32_t)(hash >> 32) &&
		    is_there(join, &ways[i]) &&
		    is_key(entry_at(join, ways[i].at), key))
			return &ways[i];
	return NULL;
}

/* An entry never goes over the ring's end: what is left there is skipped, and
 * begins with a 0, as no entry does. */
static uint64_t
room(struct join *join, size_t size)
{
	uint64_t at;

	if (join->end % RING + size > RING) {
		join->ring[join->end % RING] = 0;
		join->end += RING - join->end % RING;
	}
	at = join->end;
	if (at / BLOCK != join->last / BLOCK)
		join->marks[at % RING / BLOCK] = at;
	join->last = at;
	join->end += size;
	return at;
}

static struct slot *
oldest(struct join *join, uint64_t hash)
{
	struct slot *ways = set_of(join, hash);
	struct slot *out = &ways[0];

	for (int i = 1; i < WAYS; i++)
		if (ways[i].at < out->at)
			out = &ways[i];
	return out;
}

static void
open_up(struct join *join)
{
	join->ring = mem_alloc(RING);
	join->slots = mem_table(SLOTS * sizeof(*join->slots));
	join->end = RING; /* so that 0 is nobody's place */
}

void
join_put_hashed(
    struct join *join, uint64_t hash, struct span key, struct span text)
{
	size_t len = text.len < TEXT_MOST ? text.len : TEXT_MOST;
	uint64_t at;
	struct slot *slot;
	char *entry;

	if (key.len == 0 || key.len > KEY_MOST)
		return;
	if (join->ring == NULL)
		open_up(join);
	slot = find(join, key, hash);
	if (slot == NULL)
		slot = oldest(join, hash);
	at = room(join, HEAD + key.len + len);
	entry = join->ring + at % RING;
	OCTETS_EXPECT(join->ring + (at + AHEAD) % RING, 1);
	entry[0] = (char)key.len;
	entry[1] = (char)(len & 0xff);
	entry[2] = (char)(len >> 8);
	octets_copy(entry + HEAD, key.at, key.len);
	/* Of a longer one the end counts: there is the domain. */
	if (len > 0)
		octets_copy(
		    entry + HEAD + key.len, text.at + (text.len - len), len);
	slot->at = at;
	slot->hash = (uint32_t)(hash >> 32);
}

void
join_put(struct join *join, struct span key, struct span text)
{
	join_put_hashed(join, span_hash(key), key, text);
}

void
join_expect(const struct join *join, uint64_t hash)
{
	if (join->ring != NULL)
		OCTETS_EXPECT(set_of(join, hash), 1);
}

static size_t
text_len(const char *entry)
{
	return (size_t)(unsigned char)entry[1] |
	    (size_t)(unsigned char)entry[2] << 8;
}

bool
join_get_hashed(
    const struct join *join, uint64_t hash, struct span key, struct span *text)
{
	const struct slot *slot;
	const char *entry;

	if (join->ring == NULL || key.len == 0 || key.len > KEY_MOST)
		return false;
	slot = find(join, key, hash);
	if (slot == NULL)
		return false;
	entry = entry_at(join, slot->at);
	text->at = entry + HEAD + key.len;
	text->len = text_len(entry);
	return true;
}

bool
join_get(const struct join *join, struct span key, struct span *text)
{
	return join_get_hashed(join, span_hash(key), key, text);
}

/* --- over the end of a run ------------------------------------------------ */

/* The entry behind the one at that place. */
static uint64_t
next_entry(const struct join *join, uint64_t at)
{
	const char *entry = entry_at(join, at);

	at += HEAD + (size_t)(unsigned char)entry[0] + text_len(entry);
	if (at < join->end && *entry_at(join, at) == 0)
		at += RING - at % RING;
	return at;
}

/* The first entry that begins there or behind it. */
static uint64_t
entry_from(const struct join *join, uint64_t from)
{
	uint64_t at;

	/* The first of all is where the ring began. */
	if (from <= RING)
		return RING;
	at = join->marks[from % RING / BLOCK];
	while (at < from && at < join->end)
		at = next_entry(join, at);
	return at;
}

/* Whether it is the newest of its key, and known still. */
static bool
is_current(const struct join *join, uint64_t at)
{
	const char *entry = entry_at(join, at);
	const struct span key = { entry + HEAD,
		(size_t)(unsigned char)entry[0] };
	const struct slot *slot = find(join, key, span_hash(key));

	return slot != NULL && slot->at == at;
}

void
join_save(const struct join *join, struct buf *out, size_t most)
{
	/* What lies further back would not fit, but for a few. */
	uint64_t reach = 2 * most < RING / 2 ? 2 * most : RING / 2;
	uint64_t at, *all;
	size_t count = 0, first, size = 0;

	if (join->ring == NULL)
		return;
	all = mem_alloc((reach / (HEAD + 1) + 1) * sizeof(*all));
	for (at = entry_from(join, join->end - reach + 1); at < join->end;
	     at = next_entry(join, at))
		if (is_current(join, at))
			all[count++] = at;
	for (first = count; first > 0; first--) {
		const char *entry = entry_at(join, all[first - 1]);

		size += (unsigned char)entry[0] + text_len(entry) + 2;
		if (size > most)
			break;
	}
	/* The oldest first, as they were put. */
	for (; first < count; first++) {
		const char *entry = entry_at(join, all[first]);
		size_t key = (unsigned char)entry[0];

		buf_add(out, entry + HEAD, key);
		buf_char(out, ' ');
		buf_add(out, entry + HEAD + key, text_len(entry));
		buf_char(out, '\n');
	}
	free(all);
}

void
join_load(struct join *join, const char *text)
{
	while (*text != '\0') {
		size_t line = strcspn(text, "\n");
		size_t key = strcspn(text, " \n");

		if (key < line)
			join_put(join, (struct span){ text, key },
			    (struct span){ text + key + 1, line - key - 1 });
		text += line + (text[line] == '\n');
	}
}
