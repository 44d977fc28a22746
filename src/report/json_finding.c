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

/* Of each octet the highest bit counts.  A quote comes right behind the
 * controls once its bit for 2 is flipped.  The lowest octet that is special
 * shows; one above it may show without being so. */
static bool
is_special_word(uint64_t word)
{
	uint64_t low = word ^ LOWEST_BITS * ('"' ^ 0x20);
	uint64_t slash = word ^ LOWEST_BITS * '\\';
	uint64_t bits = ((low - LOWEST_BITS * 0x21) & ~word) |
	    ((slash - LOWEST_BITS) & ~slash);

	return (bits & HIGHEST_BITS) != 0;
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

static char *
octets(char *out, const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (is_special(text[i]))
			out = escape(out, (unsigned char)text[i]);
		else
			*out++ = text[i];
	return out;
}

/* The last eight octets of a text, of which some are written already; NULL
 * when they do not stand as they are. */
static char *
last_word(char *out, const char *end, size_t rest)
{
	uint64_t word;

	memcpy(&word, end - WORD, WORD);
	if (is_special_word(word))
		return NULL;
	memcpy(out + rest - WORD, &word, WORD);
	return out + rest;
}

/* Writes the text with its quotes, eight octets at a time where they stand as
 * they are, since fleets print megabytes of them; returns the end. */
static char *
quoted(char *out, const char *text, size_t len)
{
	const char *end = text + len;
	size_t rest = len % WORD;
	char *whole = NULL;
	uint64_t word;

	*out++ = '"';
	for (; text < end - rest; text += WORD) {
		memcpy(&word, text, WORD);
		if (is_special_word(word)) {
			out = octets(out, text, WORD);
		} else {
			memcpy(out, &word, WORD);
			out += WORD;
		}
	}
	if (len > WORD)
		whole = last_word(out, end, rest);
	out = whole != NULL ? whole : octets(out, text, rest);
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
