/* Comparing and copying short texts, where a call costs more than that. */
/* SPDX-License-Identifier: MIT */
#ifndef MTA_OCTETS_H
#define MTA_OCTETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline bool
octets_same(const char *a, const char *b, size_t len)
{
	uint64_t x, y;
	uint32_t p[2], q[2];

	if (len < 4)
		return memcmp(a, b, len) == 0;
	if (len < 8) {
		memcpy(&p[0], a, 4);
		memcpy(&q[0], b, 4);
		memcpy(&p[1], a + len - 4, 4);
		memcpy(&q[1], b + len - 4, 4);
		return p[0] == q[0] && p[1] == q[1];
	}
	for (size_t i = 0; i + 8 < len; i += 8) {
		memcpy(&x, a + i, 8);
		memcpy(&y, b + i, 8);
		if (x != y)
			return false;
	}
	memcpy(&x, a + len - 8, 8);
	memcpy(&y, b + len - 8, 8);
	return x == y;
}

/* The first octets of a text, at most OCTETS_MASKED, and which they are. */
enum { OCTETS_MASKED = 32 };
struct octets_masked {
	char text[OCTETS_MASKED], mask[OCTETS_MASKED];
};

static inline void
octets_mask(struct octets_masked *out, const char *text, size_t len)
{
	len = len < OCTETS_MASKED ? len : OCTETS_MASKED;
	memset(out, 0, sizeof(*out));
	memcpy(out->text, text, len);
	memset(out->mask, 0xff, len);
}

/* They are read, or with `write` written, soon. */
#ifdef __GNUC__
#define OCTETS_EXPECT(at, write) __builtin_prefetch(at, write)
#else
#define OCTETS_EXPECT(at, write) ((void)(at))
#endif

static inline void
octets_copy(char *to, const char *from, size_t len)
{
	uint64_t word;

	if (len < 8) {
		for (size_t i = 0; i < len; i++)
			to[i] = from[i];
		return;
	}
	for (size_t i = 0; i + 8 < len; i += 8) {
		memcpy(&word, from + i, 8);
		memcpy(to + i, &word, 8);
	}
	memcpy(&word, from + len - 8, 8);
	memcpy(to + len - 8, &word, 8);
}

#endif
