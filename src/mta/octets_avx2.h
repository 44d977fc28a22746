/* Octets 32 at a time, for functions of processors that have AVX2. */
/* SPDX-License-Identifier: MIT */
#ifndef MTA_OCTETS_AVX2_H
#define MTA_OCTETS_AVX2_H

#include "octets.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define OCTETS_AVX2 1
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2,bmi,bmi2,lzcnt,popcnt")))
#define AVX2_INLINE AVX2 __attribute__((always_inline)) static inline

/* All of these read whole widths, or eight octets, from `at`. */
enum { AVX2_WIDTH = 32 };

AVX2_INLINE __m256i
avx2_load(const char *at)
{
	return _mm256_loadu_si256((const void *)at);
}

AVX2_INLINE uint32_t
avx2_bits(__m256i octets, char c)
{
	return (uint32_t)_mm256_movemask_epi8(
	    _mm256_cmpeq_epi8(octets, _mm256_set1_epi8(c)));
}

AVX2_INLINE bool
avx2_begins(const char *at, const struct octets_masked *masked)
{
	__m256i same = _mm256_cmpeq_epi8(
	    _mm256_and_si256(avx2_load(at), avx2_load(masked->mask)),
	    avx2_load(masked->text));

	return (uint32_t)_mm256_movemask_epi8(same) == UINT32_MAX;
}

/* The octets that are digits. */
AVX2_INLINE uint32_t
avx2_digits(__m256i octets)
{
	__m256i from_0 = _mm256_sub_epi8(
	    octets, _mm256_set1_epi8((char)('0' - 128)));

	return (uint32_t)_mm256_movemask_epi8(
	    _mm256_cmpgt_epi8(_mm256_set1_epi8(10 - 128), from_0));
}

/* Where c is first in at..end; NULL: nowhere. */
AVX2_INLINE const char *
avx2_find(const char *at, const char *end, char c)
{
	for (; at < end; at += AVX2_WIDTH) {
		uint32_t found = avx2_bits(avx2_load(at), c);

		if (found != 0) {
			at += _tzcnt_u32(found);
			return at < end ? at : NULL;
		}
	}
	return NULL;
}

/* The first eight octets of a short text as a number, known when this is
 * compiled. */
#define AVX2_OCTET(text, i)                                                   \
	((i) < sizeof(text) - 1                                               \
		? (uint64_t)(unsigned char)(text)[(i) < sizeof(text) ? i : 0] \
		    << 8 * (i)                                                \
		: 0)
#define AVX2_WORD(text)                                                       \
	(AVX2_OCTET(text, 0) | AVX2_OCTET(text, 1) | AVX2_OCTET(text, 2) |    \
	    AVX2_OCTET(text, 3) | AVX2_OCTET(text, 4) | AVX2_OCTET(text, 5) | \
	    AVX2_OCTET(text, 6) | AVX2_OCTET(text, 7))

/* Whether eight octets begin with a word of `len` of them. */
AVX2_INLINE bool
avx2_is_word(const char *at, uint64_t wanted, size_t len)
{
	uint64_t word;

	memcpy(&word, at, 8);
	return (word ^ wanted) << (64 - 8 * len) == 0;
}
#define AVX2_NAMED(at, name) avx2_is_word(at, AVX2_WORD(name), sizeof(name) - 1)

#else
#define OCTETS_AVX2 0
#endif

#endif
