/* The search for marks: AVX2 where the processor has it, else by octets. */
/* SPDX-License-Identifier: MIT */
#include "scan.h"

#include <stdbool.h>
#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__)
#define WIDE 1
#include <immintrin.h>
#endif

/* One hit a line: after one the search goes on in the next line. */
struct search {
	const char *block;
	size_t len;
	uint32_t *hits;
	size_t count;
	size_t next; /* nothing before this counts */
};

static void
hit(struct search *s, size_t at)
{
	const char *lf;

	if (at < s->next)
		return;
	s->hits[s->count++] = (uint32_t)at;
	lf = memchr(s->block + at, '\n', s->len - at);
	s->next = lf != NULL ? (size_t)(lf - s->block) + 1 : s->len;
}

static bool
is_mark(const char *p)
{
	if (p[1] == '=' && p[2] == '<')
		return p[0] == 'm' || p[0] == 'o';
	if (p[0] == 'S')
		return p[1] == ' ' && p[2] == 'c';
	return p[0] == '(' && p[1] == 's' && p[2] == '=';
}

static void
search_plain(struct search *s, size_t from, uint64_t *lines)
{
	for (size_t i = from; i < s->len; i++) {
		*lines += s->block[i] == '\n';
		if (i + 3 <= s->len && i >= s->next && is_mark(s->block + i))
			hit(s, i);
	}
}

size_t
scan_marks_plain(const char *block, size_t len, uint32_t *hits, uint64_t *lines)
{
	struct search s = { block, len, hits, 0, 0 };

	*lines = 0;
	search_plain(&s, 0, lines);
	return s.count;
}

#ifdef WIDE
__attribute__((target("avx2"))) static inline uint32_t
equal(__m256i v, char c)
{
	return (uint32_t)_mm256_movemask_epi8(
	    _mm256_cmpeq_epi8(v, _mm256_set1_epi8(c)));
}

static void
take_hits(struct search *s, size_t base, uint32_t found)
{
	while (found != 0) {
		hit(s, base + (size_t)__builtin_ctz(found));
		found &= found - 1;
	}
}

__attribute__((target("avx2,popcnt"))) static size_t
search_wide(struct search *s, uint64_t *lines)
{
	size_t i;

	for (i = 0; i + 34 <= s->len; i += 32) {
		const char *p = s->block + i;
		__m256i a = _mm256_loadu_si256((const __m256i *)p);
		__m256i b = _mm256_loadu_si256((const __m256i *)(p + 1));
		__m256i c = _mm256_loadu_si256((const __m256i *)(p + 2));
		uint32_t found;

		*lines += (uint64_t)__builtin_popcount(equal(a, '\n'));
		found = equal(c, '<') & equal(b, '=') &
		    (equal(a, 'm') | equal(a, 'o'));
		found |= equal(a, 'S') & equal(b, ' ') & equal(c, 'c');
		found |= equal(a, '(') & equal(b, 's') & equal(c, '=');
		if (found != 0)
			take_hits(s, i, found);
	}
	return i;
}
#endif

size_t
scan_marks(const char *block, size_t len, uint32_t *hits, uint64_t *lines)
{
	struct search s = { block, len, hits, 0, 0 };
	size_t done = 0;

	*lines = 0;
#ifdef WIDE
	if (__builtin_cpu_supports("avx2"))
		done = search_wide(&s, lines);
#endif
	search_plain(&s, done, lines);
	return s.count;
}
