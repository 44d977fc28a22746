/* Finding octets that are near: sixteen at a time, without a call. */
/* SPDX-License-Identifier: MIT */
#ifndef MTA_OCTETS_FIND_H
#define MTA_OCTETS_FIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__SSE2__) && defined(__GNUC__)
#define OCTETS_SSE2 1
#include <emmintrin.h>
#else
#define OCTETS_SSE2 0
#endif

static inline const char *
octets_look(const char *at, size_t len, char a, char b)
{
	for (size_t i = 0; i < len; i++)
		if (at[i] == a || at[i] == b)
			return at + i;
	return NULL;
}

#if OCTETS_SSE2

static inline __m128i
octets_load(const char *at)
{
	return _mm_loadu_si128((const __m128i *)(const void *)at);
}

static inline uint32_t
octets_bits(__m128i same)
{
	return (uint32_t)_mm_movemask_epi8(same);
}

/* The first a or b. */
static inline const char *
octets_find2(const char *at, size_t len, char a, char b)
{
	const __m128i as = _mm_set1_epi8(a), bs = _mm_set1_epi8(b);
	const char *end;
	uint32_t bits;
	__m128i text;

	if (len < 16)
		return octets_look(at, len, a, b);
	for (end = at + len;;) {
		text = octets_load(at);
		bits = octets_bits(_mm_or_si128(
		    _mm_cmpeq_epi8(text, as), _mm_cmpeq_epi8(text, bs)));
		if (bits != 0)
			return at + __builtin_ctz(bits);
		at += 16;
		if (at >= end)
			return NULL;
		/* The last of them are looked at twice. */
		if (end - at < 16)
			at = end - 16;
	}
}

#else

static inline const char *
octets_find2(const char *at, size_t len, char a, char b)
{
	return octets_look(at, len, a, b);
}

#endif

static inline const char *
octets_find(const char *at, size_t len, char c)
{
	if (OCTETS_SSE2)
		return octets_find2(at, len, c, c);
	return len > 0 ? memchr(at, c, len) : NULL;
}

#endif
