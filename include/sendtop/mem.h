/* Memory that does not fail: out of memory ends the process cleanly. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_MEM_H
#define SENDTOP_MEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sendtop/error.h"

/* Uninitialised; zeroed and overflow-checked; resized.  Free with free(3). */
void *mem_alloc(size_t size);
void *mem_zero(size_t count, size_t size);
void *mem_resize(void *old, size_t count, size_t size);
/* Zeroed, for a table of some MiB that is read all over: in large pages where
 * the system has such, so that finding the page costs less than the entry. */
void *mem_table(size_t size);

/* Copies, NUL-terminated where text; mem_dup(NULL) is NULL. */
char *mem_dup(const char *text);
char *mem_ndup(const void *data, size_t len);
char *mem_printf(const char *fmt, ...) PRINTF(1, 2);

/* Grows an array so that index `count` exists: doubles *cap as needed.
 * Returns the array, perhaps moved. */
void *mem_grow(void *array, size_t count, size_t *cap, size_t size);

/* For a process that stays: what is freed goes back to the system, large pieces
 * at once, the small ones when mem_trim is called. */
void mem_lean(void);
void mem_trim(void);

/* Overwrites memory in a way that the compiler keeps; for secrets. */
void mem_wipe(void *data, size_t len);

/* Called once, with its argument, before the process ends for want of memory:
 * the screen gives the terminal back here.  NULL takes it off. */
void mem_on_death(void (*fn)(void *), void *arg);

/* Arena: what is allocated from it lives until arena_reset or arena_free. */
struct arena;
struct arena *arena_new(void);
void arena_free(struct arena *arena);
void arena_reset(struct arena *arena);
/* A place in an arena: arena_release frees what was allocated behind it. */
struct arena_mark {
	void *block, *adopted;
	size_t used;
};
struct arena_mark arena_mark(const struct arena *arena);
void arena_release(struct arena *arena, const struct arena_mark *mark);
/* Memory from malloc, of that size, becomes the arena's. */
void arena_adopt(struct arena *arena, void *data, size_t size);
/* How much memory it has. */
size_t arena_size(const struct arena *arena);
/* Zeroed, aligned for any type. */
void *arena_alloc(struct arena *arena, size_t size);
/* The same uninitialised. */
void *arena_room(struct arena *arena, size_t size);
char *arena_dup(struct arena *arena, const char *text);
char *arena_ndup(struct arena *arena, const void *data, size_t len);
char *arena_printf(struct arena *arena, const char *fmt, ...) PRINTF(2, 3);

/* A growing run of bytes.  Initialise with { 0 }; `max` > 0 bounds len.
 * data is NUL-terminated whenever it is not NULL.  Past the bound, bytes are
 * dropped and `full` is set. */
struct buf {
	char *data;
	size_t len, cap, max;
	bool full;
};
void buf_add(struct buf *buf, const void *data, size_t len);
void buf_char(struct buf *buf, char c);
void buf_str(struct buf *buf, const char *text);
void buf_printf(struct buf *buf, const char *fmt, ...) PRINTF(2, 3);
/* Makes room for len more bytes, of a buf without a bound, and returns where
 * they go; whoever writes them adds to buf->len. */
char *buf_room(struct buf *buf, size_t len);
/* Adds a file as a whole; one of more than `most` bytes is STATUS_PARSE. */
enum status buf_file(struct buf *buf, const char *path, size_t most,
    struct error *err) MUST_CHECK;
/* Drops the first n bytes. */
void buf_shift(struct buf *buf, size_t n);
/* Hands the bytes to the caller (never NULL; free(3)); the buf is empty. */
char *buf_take(struct buf *buf);
void buf_free(struct buf *buf);

/* A map from NUL-terminated keys (copied) to pointers (borrowed). */
struct map;
struct map *map_new(void);
/* free_value may be NULL. */
void map_free(struct map *map, void (*free_value)(void *));
void *map_get(const struct map *map, const char *key);
/* Returns the value that was there before, or NULL. */
void *map_put(struct map *map, const char *key, void *value);
void *map_remove(struct map *map, const char *key);
size_t map_count(const struct map *map);
/* What its keys are hashed with (SipHash-1-3): whoever does not know the seed
 * cannot tell which text a hash is of. */
uint64_t map_hash(const uint64_t seed[2], const char *key);
/* Walks in no order; start with *cursor = 0; false at the end.  The map must
 * not change meanwhile. */
bool map_next(
    const struct map *map, size_t *cursor, const char **key, void **value);

#endif
