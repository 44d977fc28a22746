/* A hash map from text to pointers: open addressing, linear probing. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sendtop/day.h"
#include "sendtop/mem.h"

enum { SLOTS_FIRST = 16 };

struct slot {
	char *key; /* NULL: free */
	void *value;
	uint64_t hash;
};

struct map {
	struct slot *slots;
	size_t cap; /* a power of two */
	size_t count;
	uint64_t seed[2];
};

static uint64_t
rotate(uint64_t x, unsigned by)
{
	return x << by | x >> (64 - by);
}

static void
sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[0] = rotate(v[0], 32);
	v[2] += v[3];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[2] = rotate(v[2], 32);
}

/* SipHash-1-3: keys come from outside, and nobody outside may choose which of
 * them collide. */
uint64_t
map_hash(const uint64_t seed[2], const char *key)
{
	uint64_t v[4] = { seed[0] ^ 0x736f6d6570736575,
		seed[1] ^ 0x646f72616e646f6d, seed[0] ^ 0x6c7967656e657261,
		seed[1] ^ 0x7465646279746573 };
	size_t len = strlen(key), at = 0;
	uint64_t word;

	for (bool last = false; !last; at += 8) {
		size_t n = len - at < 8 ? len - at : 8;

		last = n < 8;
		word = last ? (uint64_t)len << 56 : 0;
		for (size_t i = 0; i < n; i++)
			word |= (uint64_t)(unsigned char)key[at + i] << 8 * i;
		v[3] ^= word;
		sip_round(v);
		v[0] ^= word;
	}
	v[2] ^= 0xff;
	for (int i = 0; i < 3; i++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

struct map *
map_new(void)
{
	struct map *map = mem_zero(1, sizeof(*map));

	/* Without a random source the seed is merely hard to guess. */
	if (getentropy(map->seed, sizeof(map->seed)) != 0) {
		map->seed[0] = (uint64_t)clock_mono_ms();
		map->seed[1] = (uint64_t)(uintptr_t)map;
	}
	map->cap = SLOTS_FIRST;
	map->slots = mem_zero(map->cap, sizeof(*map->slots));
	return map;
}

void
map_free(struct map *map, void (*free_value)(void *))
{
	if (map == NULL)
		return;
	for (size_t i = 0; i < map->cap; i++) {
		if (map->slots[i].key == NULL)
			continue;
		free(map->slots[i].key);
		if (free_value != NULL)
			free_value(map->slots[i].value);
	}
	free(map->slots);
	free(map);
}

/* The slot that holds key, or the free one where it would go. */
static struct slot *
find(const struct map *map, const char *key, uint64_t h)
{
	size_t i = (size_t)h & (map->cap - 1);

	while (map->slots[i].key != NULL &&
	    (map->slots[i].hash != h || strcmp(map->slots[i].key, key) != 0))
		i = (i + 1) & (map->cap - 1);
	return &map->slots[i];
}

static void
enlarge(struct map *map)
{
	struct slot *old = map->slots;
	size_t cap = map->cap;

	map->cap = cap * 2;
	map->slots = mem_zero(map->cap, sizeof(*map->slots));
	for (size_t i = 0; i < cap; i++)
		if (old[i].key != NULL)
			*find(map, old[i].key, old[i].hash) = old[i];
	free(old);
}

void *
map_get(const struct map *map, const char *key)
{
	const struct slot *slot = find(map, key, map_hash(map->seed, key));

	return slot->key != NULL ? slot->value : NULL;
}

void *
map_put(struct map *map, const char *key, void *value)
{
	uint64_t h = map_hash(map->seed, key);
	struct slot *slot = find(map, key, h);
	void *before = NULL;

	if (slot->key != NULL) {
		before = slot->value;
		slot->value = value;
		return before;
	}
	if (map->count >= map->cap / 4 * 3) {
		enlarge(map);
		slot = find(map, key, h);
	}
	*slot = (struct slot){ mem_dup(key), value, h };
	map->count++;
	return before;
}

/* Moves later members of the run up, so that no probe stops short at i. */
static void
close_gap(struct map *map, size_t i)
{
	size_t mask = map->cap - 1, j = i;

	for (;;) {
		size_t home;

		j = (j + 1) & mask;
		if (map->slots[j].key == NULL)
			break;
		home = (size_t)map->slots[j].hash & mask;
		if (((j - home) & mask) >= ((j - i) & mask)) {
			map->slots[i] = map->slots[j];
			i = j;
		}
	}
	map->slots[i] = (struct slot){ NULL, NULL, 0 };
}

void *
map_remove(struct map *map, const char *key)
{
	struct slot *slot = find(map, key, map_hash(map->seed, key));
	void *value = slot->value;

	if (slot->key == NULL)
		return NULL;
	free(slot->key);
	close_gap(map, (size_t)(slot - map->slots));
	map->count--;
	return value;
}

size_t
map_count(const struct map *map)
{
	return map->count;
}

bool
map_next(const struct map *map, size_t *cursor, const char **key, void **value)
{
	for (; *cursor < map->cap; ++*cursor) {
		const struct slot *slot = &map->slots[*cursor];

		if (slot->key == NULL)
			continue;
		if (key != NULL)
			*key = slot->key;
		if (value != NULL)
			*value = slot->value;
		++*cursor;
		return true;
	}
	return false;
}
