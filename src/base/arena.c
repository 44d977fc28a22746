/* Arena: many small pieces that live and die together. */
/* SPDX-License-Identifier: MIT */
#include <stdalign.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "sendtop/mem.h"
#include "sendtop/text.h"

enum {
	BLOCK_FIRST = 4096,
	BLOCK_MOST = 256 * 1024,
	BLOCK_KEPT = 64 * 1024,
	SMALL = 256, /* texts that are formatted once and copied */
};

struct block {
	struct block *next;
	size_t size, used;
	alignas(max_align_t) char data[];
};

/* Lies in a block itself. */
struct adopted {
	struct adopted *next;
	void *data;
	size_t size;
};

struct arena {
	struct block *blocks; /* the newest first */
	struct adopted *adopted;
};

struct arena *
arena_new(void)
{
	return mem_zero(1, sizeof(struct arena));
}

/* Those before `end`. */
static void
free_blocks(struct block *block, const struct block *end)
{
	while (block != end) {
		struct block *next = block->next;

		free(block);
		block = next;
	}
}

static void
free_adopted(struct arena *arena, struct adopted *end)
{
	for (struct adopted *a = arena->adopted; a != end; a = a->next)
		free(a->data);
	arena->adopted = end;
}

void
arena_free(struct arena *arena)
{
	if (arena == NULL)
		return;
	free_adopted(arena, NULL);
	free_blocks(arena->blocks, NULL);
	free(arena);
}

void
arena_reset(struct arena *arena)
{
	struct block *keep = arena->blocks;

	free_adopted(arena, NULL);
	if (keep == NULL)
		return;
	free_blocks(keep->next, NULL);
	keep->next = NULL;
	keep->used = 0;
	/* One large piece must not stay for the life of the arena. */
	if (keep->size > BLOCK_KEPT) {
		free(keep);
		arena->blocks = NULL;
	}
}

struct arena_mark
arena_mark(const struct arena *arena)
{
	struct arena_mark mark = { arena->blocks, arena->adopted, 0 };

	if (arena->blocks != NULL)
		mark.used = arena->blocks->used;
	return mark;
}

void
arena_release(struct arena *arena, const struct arena_mark *mark)
{
	free_adopted(arena, mark->adopted);
	free_blocks(arena->blocks, mark->block);
	arena->blocks = mark->block;
	if (arena->blocks != NULL)
		arena->blocks->used = mark->used;
}

static struct block *
add_block(struct arena *arena, size_t need)
{
	size_t size = BLOCK_FIRST;
	struct block *block;

	if (arena->blocks != NULL && arena->blocks->size < BLOCK_MOST)
		size = arena->blocks->size * 2;
	else if (arena->blocks != NULL)
		size = BLOCK_MOST;
	if (size < need)
		size = need;
	block = mem_resize(NULL, 1, sizeof(*block) + size);
	block->size = size;
	block->used = 0;
	block->next = arena->blocks;
	arena->blocks = block;
	return block;
}

/* Not zeroed: for what is written over at once. */
static void *
take(struct arena *arena, size_t size)
{
	const size_t align = alignof(max_align_t);
	struct block *block = arena->blocks;
	size_t need;
	void *p;

	/* Too much for any machine: let the allocator say so. */
	if (size > SIZE_MAX / 2)
		return mem_resize(NULL, size, 3);
	need = (size + align - 1) / align * align;
	if (block == NULL || block->size - block->used < need)
		block = add_block(arena, need);
	p = block->data + block->used;
	block->used += need;
	return p;
}

void *
arena_alloc(struct arena *arena, size_t size)
{
	return memset(take(arena, size), 0, size);
}

void *
arena_room(struct arena *arena, size_t size)
{
	return take(arena, size);
}

size_t
arena_size(const struct arena *arena)
{
	size_t size = 0;

	for (const struct block *b = arena->blocks; b != NULL; b = b->next)
		size += b->size;
	for (const struct adopted *a = arena->adopted; a != NULL; a = a->next)
		size += a->size;
	return size;
}

void
arena_adopt(struct arena *arena, void *data, size_t size)
{
	struct adopted *adopted = take(arena, sizeof(*adopted));

	adopted->data = data;
	adopted->size = size;
	adopted->next = arena->adopted;
	arena->adopted = adopted;
}

char *
arena_dup(struct arena *arena, const char *text)
{
	return text != NULL ? arena_ndup(arena, text, strlen(text)) : NULL;
}

char *
arena_ndup(struct arena *arena, const void *data, size_t len)
{
	char *p = take(arena, len < SIZE_MAX ? len + 1 : len);

	if (len > 0)
		memcpy(p, data, len);
	p[len] = '\0';
	return p;
}

char *
arena_printf(struct arena *arena, const char *fmt, ...)
{
	char small[SMALL], *text;
	va_list args, again;
	size_t len;

	va_start(args, fmt);
	va_copy(again, args);
	len = text_format(small, sizeof(small), fmt, args);
	va_end(args);
	text = take(arena, len + 1);
	if (len < sizeof(small))
		memcpy(text, small, len + 1);
	else
		text_format(text, len + 1, fmt, again);
	va_end(again);
	return text;
}
