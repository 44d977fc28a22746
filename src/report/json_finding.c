/* Findings as JSON. */
/* SPDX-License-Identifier: MIT */
#include "report/json_finding.h"

#include <string.h>

#include "sendtop/day.h"

/* A word of eight octets, and what each of them may have set. */
#define LOWEST_BITS UINT64_C(0x0101010101010101)
#define HIGHEST_BITS (LOWEST_BITS * 0x80)

enum {
	ESCAPE_MAX = 6, /* octets for one */
	WORD = sizeof(uint64_t),
};

/* Which octets a JSON text cannot hold as they are; NUL ends it. */
static bool
is_special(char c)
{
	return (unsigned char)c < 0x20 || c == '"' || c == '\\';
}

/* The highest bit of an octet that is special, and perhaps of others above
 * it; 0 when there is none. */
static uint64_t
special_bits(uint64_t word)
{
	uint64_t quote = word ^ LOWEST_BITS * '"';
	uint64_t slash = word ^ LOWEST_BITS * '\\';

	return (((word - LOWEST_BITS * 0x20) & ~word) |
		   ((quote - LOWEST_BITS) & ~quote) |
		   ((slash - LOWEST_BITS) & ~slash)) &
	    HIGHEST_BITS;
}

/* Copies a text that stands as it is, and says whether it does: eight octets
 * at a time, since fleets print megabytes of them.  The last eight may be some
 * that were there before. */
static bool
plain_copy(char *out, const char *text, size_t len)
{
	uint64_t special = 0, word;
	size_t at = 0;

	if (len < WORD) {
		for (; at < len && !is_special(text[at]); at++)
			out[at] = text[at];
		return at == len;
	}
	for (; at + WORD < len; at += WORD) {
		memcpy(&word, text + at, WORD);
		memcpy(out + at, &word, WORD);
		special |= special_bits(word);
	}
	memcpy(&word, text + len - WORD, WORD);
	memcpy(out + len - WORD, &word, WORD);
	return (special | special_bits(word)) == 0;
}

static char *
escape(char *out, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";

	*out++ = '\\';
	if (c >= 0x20) {
		*out++ = (char)c;
		return out;
	}
	memcpy(out, "u00", 3);
	out[3] = hex[c >> 4];
	out[4] = hex[c & 15];
	return out + 5;
}

/* Writes the text with its quotes; returns the end. */
static char *
quoted(char *out, const char *text, size_t len)
{
	size_t i;

	*out++ = '"';
	if (plain_copy(out, text, len)) {
		out += len;
	} else {
		for (i = 0; i < len; i++)
			if (is_special(text[i]))
				out = escape(out, (unsigned char)text[i]);
			else
				*out++ = text[i];
	}
	*out++ = '"';
	return out;
}

/* The key comes with its quotes, colon and the comma before it. */
static void
member_add(struct buf *out, const char *key, size_t key_len, const char *text)
{
	size_t len = strlen(text);
	char *start = buf_room(out, key_len + len * ESCAPE_MAX + 2);
	char *end = quoted(start + key_len, text, len);

	memcpy(start, key, key_len);
	*end = '\0';
	out->len += (size_t)(end - start);
}

/* The same with a literal. */
#define MEMBER(out, key, text) member_add(out, key, sizeof(key) - 1, text)

void
json_text_add(struct buf *out, const char *text)
{
	member_add(out, "", 0, text);
}

static void
time_add(struct buf *out, const char *key, int64_t time_s)
{
	char text[TIME_TEXT_SIZE];

	member_add(out, key, strlen(key), time_text(text, time_s));
}

static void
last_known_add(struct buf *out, const struct finding *f)
{
	MEMBER(out,
	    ",\"last_known\":{\"verdict\":", verdict_name(f->known_verdict));
	MEMBER(out, ",\"reason\":", f->known_reason);
	if (f->known_s != 0)
		time_add(out, ",\"at\":", f->known_s);
	else
		buf_str(out, ",\"at\":null");
	buf_char(out, '}');
}

static void
finding_add(struct buf *out, const struct finding *f)
{
	MEMBER(out, "{\"check\":", f->check);
	MEMBER(out, ",\"subject\":", f->subject);
	MEMBER(out, ",\"verdict\":", verdict_name(f->verdict));
	MEMBER(out, ",\"reason\":", f->reason);
	MEMBER(out, ",\"detail\":", f->detail);
	if (f->cure[0] != '\0')
		MEMBER(out, ",\"cure\":", f->cure);
	if (f->record != NULL && f->record[0] != '\0')
		MEMBER(out, ",\"record\":", f->record);
	if (f->first_seen_s != 0)
		time_add(out, ",\"since\":", f->first_seen_s);
	if (f->last_seen_s != 0)
		time_add(out, ",\"seen\":", f->last_seen_s);
	if (f->verdict == VERDICT_UNKNOWN && f->known_reason != NULL)
		last_known_add(out, f);
	buf_char(out, '}');
}

void
json_findings_add(struct buf *out, const struct finding *findings, size_t count)
{
	size_t i;

	buf_char(out, '[');
	for (i = 0; i < count; i++) {
		if (i > 0)
			buf_char(out, ',');
		finding_add(out, &findings[i]);
	}
	buf_char(out, ']');
}
