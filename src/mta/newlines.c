/* Where the lines of a block end: 64 octets at a time. */
/* SPDX-License-Identifier: MIT */
#include "newlines.h"

#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__)
#define NEWLINES_AVX2 1
#include <immintrin.h>
#else
#define NEWLINES_AVX2 0
#endif

enum { WIDTH = 64 };

/* Looks at whole WIDTHs.  Returns how many ends were written. */
typedef size_t looker(
    const char *at, size_t len, uint32_t base, uint32_t *ends, bool *binary);

/* --- any processor -------------------------------------------------------- */

static size_t
look_plain(
    const char *at, size_t len, uint32_t base, uint32_t *ends, bool *binary)
{
	const char *end = at + len, *lf, *from = at;
	size_t count = 0;

	while (from < end &&
	    (lf = memchr(from, '\n', (size_t)(end - from))) != NULL) {
		ends[count++] = base + (uint32_t)(lf - at);
		from = lf + 1;
	}
	*binary |= len > 0 && memchr(at, '\0', len) != NULL;
	return count;
}

/* --- AVX2 ----------------------------------------------------------------- */

#if NEWLINES_AVX2

#define AVX2 __attribute__((target("avx2,bmi,popcnt")))

/* Most are none or one: two are written at once, which needs no guess of how
 * many there are. */
AVX2 static inline size_t
put(uint32_t *ends, uint32_t base, uint64_t found)
{
	size_t count = (size_t)_mm_popcnt_u64(found);

	ends[0] = base + (uint32_t)_tzcnt_u64(found);
	found = _blsr_u64(found);
	ends[1] = base + (uint32_t)_tzcnt_u64(found);
	for (size_t i = 2; i < count; i++) {
		found = _blsr_u64(found);
		ends[i] = base + (uint32_t)_tzcnt_u64(found);
	}
	return count;
}

AVX2 static size_t
look_avx2(
    const char *at, size_t len, uint32_t base, uint32_t *ends, bool *binary)
{
	const __m256i lf = _mm256_set1_epi8('\n');
	__m256i least = _mm256_set1_epi8(-1);
	size_t count = 0;

	for (size_t i = 0; i < len; i += WIDTH) {
		__m256i a = _mm256_loadu_si256((const void *)(at + i));
		__m256i b = _mm256_loadu_si256((const void *)(at + i + 32));
		uint32_t low = (uint32_t)_mm256_movemask_epi8(
		    _mm256_cmpeq_epi8(a, lf));
		uint32_t high = (uint32_t)_mm256_movemask_epi8(
		    _mm256_cmpeq_epi8(b, lf));

		least = _mm256_min_epu8(least, _mm256_min_epu8(a, b));
		count += put(ends + count, base + (uint32_t)i,
		    (uint64_t)high << 32 | low);
	}
	*binary |= _mm256_movemask_epi8(
		       _mm256_cmpeq_epi8(least, _mm256_setzero_si256())) != 0;
	return count;
}

/* The same at once. */
__attribute__((target("avx512bw,bmi,popcnt"))) static size_t
look_avx512(
    const char *at, size_t len, uint32_t base, uint32_t *ends, bool *binary)
{
	const __m512i lf = _mm512_set1_epi8('\n');
	__m512i least = lf;
	size_t count = 0;

	for (size_t i = 0; i < len; i += WIDTH) {
		__m512i octets = _mm512_loadu_si512(at + i);

		least = _mm512_min_epu8(least, octets);
		count += put(ends + count, base + (uint32_t)i,
		    _mm512_cmpeq_epi8_mask(octets, lf));
	}
	*binary |= _mm512_testn_epi8_mask(least, least) != 0;
	return count;
}

static looker *
best(void)
{
	if (__builtin_cpu_supports("avx512bw"))
		return look_avx512;
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi")
	    ? look_avx2
	    : look_plain;
}

#else

static looker *
best(void)
{
	return look_plain;
}

#endif

/* --- blocks --------------------------------------------------------------- */

void
newlines_begin(struct newlines *lines, const char *block, size_t len)
{
	lines->block = block;
	lines->len = len;
	lines->looked = 0;
	lines->binary = false;
	lines->next = lines->count = 0;
}

bool
newlines_more(struct newlines *lines)
{
	lines->next = lines->count = 0;
	while (lines->count == 0 && lines->looked < lines->len) {
		const char *at = lines->block + lines->looked;
		size_t len = lines->len - lines->looked;
		looker *look = len < WIDTH ? look_plain : best();

		if (len > NEWLINES_STEP)
			len = NEWLINES_STEP;
		else if (len > WIDTH)
			len -= len % WIDTH;
		lines->count = look(at, len, (uint32_t)lines->looked,
		    lines->ends, &lines->binary);
		lines->looked += len;
	}
	return lines->count > 0;
}
