/* Allocation that ends the process instead of failing. */
/* SPDX-License-Identifier: MIT */
#include "sendtop/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

enum {
	EXIT_NO_MEMORY = 3,
	GROW_FIRST = 8,
	LARGE = 64 * 1024, /* a piece that is given back by itself */
	PAGE = 2 << 20,    /* a large one, of most processors */
};

/* Who gives the terminal back; the one piece of state here, since death has no
 * caller that could pass it. */
static struct {
	void (*fn)(void *);
	void *arg;
} on_death;

void
mem_on_death(void (*fn)(void *), void *arg)
{
	on_death.fn = fn;
	on_death.arg = arg;
}

/* No stdio and no exit handlers: both may want memory. */
static _Noreturn void
die(void)
{
	static const char words[] = "sendtop: out of memory\n";
	void (*fn)(void *) = on_death.fn;

	on_death.fn = NULL;
	if (fn != NULL)
		fn(on_death.arg);
	if (write(STDERR_FILENO, words, sizeof(words) - 1) < 0)
		_exit(EXIT_NO_MEMORY);
	_exit(EXIT_NO_MEMORY);
}

void *
mem_alloc(size_t size)
{
	void *p = malloc(size > 0 ? size : 1);

	if (p == NULL)
		die();
	return p;
}

void *
mem_zero(size_t count, size_t size)
{
	void *p = count > 0 && size > 0 ? calloc(count, size) : calloc(1, 1);

	if (p == NULL)
		die();
	return p;
}

void *
mem_table(size_t size)
{
	size_t whole = (size + PAGE - 1) / PAGE * PAGE;
	void *p = whole >= size ? aligned_alloc(PAGE, whole) : NULL;

	if (p == NULL)
		die();
#ifdef MADV_HUGEPAGE
	/* A wish: small pages do as well. */
	(void)madvise(p, whole, MADV_HUGEPAGE);
#endif
	return memset(p, 0, size);
}

void *
mem_resize(void *old, size_t count, size_t size)
{
	size_t bytes;
	void *p;

	if (size > 0 && count > SIZE_MAX / size)
		die();
	bytes = count * size;
	p = realloc(old, bytes > 0 ? bytes : 1);
	if (p == NULL)
		die();
	return p;
}

char *
mem_dup(const char *text)
{
	return text != NULL ? mem_ndup(text, strlen(text)) : NULL;
}

char *
mem_ndup(const void *data, size_t len)
{
	char *p;

	if (len == SIZE_MAX)
		die();
	p = mem_alloc(len + 1);
	if (len > 0)
		memcpy(p, data, len);
	p[len] = '\0';
	return p;
}

char *
mem_printf(const char *fmt, ...)
{
	va_list args, again;
	char *text;
	int len;

	va_start(args, fmt);
	va_copy(again, args);
	len = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (len < 0)
		die();
	text = mem_alloc((size_t)len + 1);
	vsnprintf(text, (size_t)len + 1, fmt, again);
	va_end(again);
	return text;
}

void *
mem_grow(void *array, size_t count, size_t *cap, size_t size)
{
	size_t want = *cap > 0 ? *cap : GROW_FIRST;

	if (array != NULL && count < *cap)
		return array;
	while (want <= count) {
		if (want > SIZE_MAX / 2)
			die();
		want *= 2;
	}
	array = mem_resize(array, want, size);
	*cap = want;
	return array;
}

void
mem_wipe(void *data, size_t len)
{
	volatile unsigned char *p = data;

	while (len-- > 0)
		*p++ = 0;
}

#ifdef __GLIBC__

/* Without this the library keeps ever larger pieces to itself, once pieces of
 * that size were freed. */
void
mem_lean(void)
{
	mallopt(M_MMAP_THRESHOLD, LARGE);
	mallopt(M_TRIM_THRESHOLD, 2 * LARGE);
}

void
mem_trim(void)
{
	malloc_trim(0);
}

#else

void
mem_lean(void)
{
}

void
mem_trim(void)
{
}

#endif
