/* Text from outside made harmless, and its width on a terminal. */
/* SPDX-License-Identifier: MIT */
#include "sendtop/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unicode.h"

enum {
	MARKS_MOST = 2,
	UNIT_SIZE = 40, /* four octets as \xNN, or \u{10ffff} */
	EXPANSION = 4,  /* octets out for one octet in, at worst */
	SHORT_SIZE = 1024,
};

/* The length that a first octet announces, 0 when it cannot be one. */
static size_t
sequence_length(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first < 0xe0)
		return 2;
	if (first >= 0xe0 && first < 0xf0)
		return 3;
	return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

size_t
text_decode(const char *s, size_t len, uint32_t *code)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	static const unsigned char bits[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	const unsigned char *u = (const unsigned char *)s;
	size_t n = len > 0 ? sequence_length(u[0]) : 0;
	uint32_t c;

	if (n == 0 || n > len)
		return 0;
	c = u[0] & bits[n];
	for (size_t i = 1; i < n; i++) {
		if ((u[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (u[i] & 0x3f);
	}
	if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return 0;
	*code = c;
	return n;
}

size_t
text_encode(uint32_t code, char *out)
{
	size_t n = 4;

	if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		code = 0xfffd;
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800)
		n = 2;
	else if (code < 0x10000)
		n = 3;
	for (size_t i = n - 1; i > 0; i--) {
		out[i] = (char)(0x80 | (code & 0x3f));
		code >>= 6;
	}
	/* As many leading ones as octets. */
	out[0] = (char)(unsigned char)((0xf00u >> n) | code);
	return n;
}

/* \xNN for each of n octets. */
static size_t
escape_octets(char unit[UNIT_SIZE], const char *s, size_t n)
{
	static const char hex[] = "0123456789abcdef";
	char *p = unit;

	for (size_t i = 0; i < n; i++) {
		unsigned char octet = (unsigned char)s[i];

		*p++ = '\\';
		*p++ = 'x';
		*p++ = hex[octet >> 4];
		*p++ = hex[octet & 15];
	}
	return (size_t)(p - unit);
}

/* Turns what s begins with into a printable unit; *took octets were read. */
static size_t
next_unit(
    char unit[UNIT_SIZE], const char *s, size_t len, int *marks, size_t *took)
{
	uint32_t code;
	enum unicode_kind kind;
	size_t n;

	/* Nearly all text is this. */
	if (*s >= 0x20 && *s < 0x7f) {
		unit[0] = *s;
		*marks = 0;
		*took = 1;
		return 1;
	}
	n = text_decode(s, len, &code);
	*took = n > 0 ? n : 1;
	if (n == 1 && code == '\t') {
		unit[0] = ' ';
		*marks = 0;
		return 1;
	}
	kind = n > 0 ? unicode_kind(code) : UNICODE_HIDDEN;
	if (kind == UNICODE_COMBINING && *marks >= 0) {
		if (++*marks > MARKS_MOST)
			return 0;
	} else
		*marks = 0;
	if (n == 0 || code < 0x20 || (code >= 0x7f && code < 0xa0))
		return escape_octets(unit, s, *took);
	/* A mark at the very start would join what stands before the text. */
	if (kind == UNICODE_HIDDEN ||
	    (kind == UNICODE_COMBINING && *marks == 0))
		return (size_t)snprintf(
		    unit, UNIT_SIZE, "\\u{%04x}", (unsigned)code);
	memcpy(unit, s, n);
	return n;
}

size_t
text_plain_run(const char *s, size_t len)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	uint64_t word;
	size_t n = 0;

	/* Eight at a time: the high bit shows what is below 0x20, from 0x7f
	 * on, or both. */
	for (; n + sizeof(word) <= len; n += sizeof(word)) {
		memcpy(&word, s + n, sizeof(word));
		if (((word | (word + ones) | (word - ones * 0x20)) &
			ones * 0x80) != 0)
			break;
	}
	while (n < len && s[n] >= 0x20 && s[n] < 0x7f)
		n++;
	return n;
}

size_t
text_printable(char *out, size_t size, const void *data, size_t len)
{
	const char *s = data;
	char unit[UNIT_SIZE];
	size_t n = 0, keep = 0, took, add, room;
	int marks = -1; /* none stands before */

	if (size == 0)
		return 0;
	for (size_t at = 0; at < len; at += took) {
		/* As far as it fits with the dots behind it. */
		room = n + 4 < size ? size - 4 - n : 0;
		took = text_plain_run(
		    s + at, len - at < room ? len - at : room);
		if (took > 0) {
			memcpy(out + n, s + at, took);
			n = keep = n + took;
			marks = 0;
			continue;
		}
		add = next_unit(unit, s + at, len - at, &marks, &took);
		if (n + add >= size) {
			n = keep;
			for (int i = 0; i < 3 && n + 1 < size; i++)
				out[n++] = '.';
			break;
		}
		memcpy(out + n, unit, add);
		n += add;
		if (n + 3 < size)
			keep = n;
	}
	out[n] = '\0';
	return n;
}

char *
text_printable_dup(const void *data, size_t len, size_t max)
{
	size_t room = len < max / EXPANSION ? len * EXPANSION : max;
	char *out = mem_alloc(room < SIZE_MAX ? room + 1 : room);
	size_t n = text_printable(out, room + 1, data, len);

	return mem_resize(out, n + 1, 1);
}

char *
text_printable_arena(
    struct arena *arena, const void *data, size_t len, size_t max)
{
	char small[SHORT_SIZE], *big, *out;
	size_t n;

	if (len <= max && text_plain_run(data, len) == len)
		return arena_ndup(arena, data, len);
	if (max < sizeof(small) || len < sizeof(small) / EXPANSION) {
		n = max < sizeof(small) ? max + 1 : sizeof(small);
		n = text_printable(small, n, data, len);
		return arena_ndup(arena, small, n);
	}
	big = text_printable_dup(data, len, max);
	out = arena_dup(arena, big);
	free(big);
	return out;
}

int
text_code_width(uint32_t code)
{
	switch (unicode_kind(code)) {
	case UNICODE_NARROW:
		return 1;
	case UNICODE_WIDE:
		return 2;
	case UNICODE_COMBINING:
	case UNICODE_HIDDEN:
		break;
	}
	return 0;
}

/* The columns of what s begins with, and its octets in *took. */
static size_t
step(const char *s, size_t len, size_t *took)
{
	uint32_t code;

	*took = text_decode(s, len, &code);
	if (*took == 0) {
		*took = 1;
		return 1;
	}
	return (size_t)text_code_width(code);
}

size_t
text_width(const char *text)
{
	size_t len = strlen(text), width = 0, took;

	for (size_t at = 0; at < len; at += took)
		width += step(text + at, len - at, &took);
	return width;
}

size_t
text_fit(const char *text, size_t columns)
{
	size_t len = strlen(text), at = 0, width = 0, took;

	for (; at < len; at += took) {
		width += step(text + at, len - at, &took);
		if (width > columns)
			break;
	}
	return at;
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool
text_equal_nocase(const char *a, const char *b)
{
	for (; *a != '\0' && lower(*a) == lower(*b); a++, b++)
		continue;
	return *a == '\0' && *b == '\0';
}

bool
text_starts_nocase(const char *text, const char *start)
{
	for (; *start != '\0'; text++, start++)
		if (lower(*text) != lower(*start))
			return false;
	return true;
}

bool
text_ends_nocase(const char *text, const char *end)
{
	size_t a = strlen(text), b = strlen(end);

	return a >= b && text_equal_nocase(text + (a - b), end);
}

void
text_lower(char *text)
{
	for (; *text != '\0'; text++)
		*text = lower(*text);
}

enum { DISTANCE_MOST = 32 };

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t
text_distance(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b);
	size_t d[DISTANCE_MOST + 1][DISTANCE_MOST + 1];

	if (n > DISTANCE_MOST || m > DISTANCE_MOST)
		return SIZE_MAX;
	for (size_t i = 0; i <= n; i++)
		d[i][0] = i;
	for (size_t j = 0; j <= m; j++)
		d[0][j] = j;
	for (size_t i = 1; i <= n; i++) {
		for (size_t j = 1; j <= m; j++) {
			size_t same = a[i - 1] == b[j - 1] ? 0 : 1;

			d[i][j] = least(d[i - 1][j - 1] + same,
			    least(d[i - 1][j], d[i][j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
		}
	}
	return d[n][m];
}
