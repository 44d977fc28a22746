/* Findings as JSON. */
/* SPDX-License-Identifier: MIT */
#include "report/json_finding.h"

#include <string.h>

#include "sendtop/day.h"

/* A word of eight octets, and what each of them may have set. */
#define LOWEST_BITS UINT64_C(0x0101010101010101)
#define HIGHEST_BITS (LOWEST_BITS * 0x80)
#define CONTROL_BITS (LOWEST_BITS * 0xe0) /* none of them: below 0x20 */

enum { ESCAPE_MAX = 6 }; /* octets for one */

/* Which octets a JSON text cannot hold as they are; NUL ends it. */
static bool
is_special(char c)
{
	return (unsigned char)c < 0x20 || c == '"' || c == '\\';
}

static uint64_t
any_zero(uint64_t word)
{
	return (word - LOWEST_BITS) & ~word;
}

/* How many octets stand as they are; eight at a time, since fleets print
 * megabytes of them. */
static size_t
plain_run(const char *text, size_t len)
{
	size_t at = 0;
	uint64_t word;

	for (; at + sizeof(word) <= len; at += sizeof(word)) {
		memcpy(&word, text + at, sizeof(word));
		if (((any_zero(word & CONTROL_BITS) |
			 any_zero(word ^ LOWEST_BITS * '"') |
			 any_zero(word ^ LOWEST_BITS * '\\')) &
			HIGHEST_BITS) != 0)
			break;
	}
	while (at < len && !is_special(text[at]))
		at++;
	return at;
}

/* The octets that a text takes at most, with its quotes. */
static size_t
quoted_most(const char *text)
{
	return strlen(text) * ESCAPE_MAX + 2;
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
quoted(char *out, const char *text)
{
	size_t len = strlen(text), n;

	*out++ = '"';
	for (;;) {
		n = plain_run(text, len);
		memcpy(out, text, n);
		out += n;
		if (n == len)
			break;
		out = escape(out, (unsigned char)text[n]);
		text += n + 1;
		len -= n + 1;
	}
	*out++ = '"';
	return out;
}

void
json_text_add(struct buf *out, const char *text)
{
	char *start = buf_room(out, quoted_most(text));
	char *end = quoted(start, text);

	*end = '\0';
	out->len += (size_t)(end - start);
}

/* The key comes with its quotes, colon and the comma before it. */
static void
member_add(struct buf *out, const char *key, const char *text)
{
	size_t len = strlen(key);
	char *start = buf_room(out, len + quoted_most(text));
	char *end = quoted(start + len, text);

	memcpy(start, key, len);
	*end = '\0';
	out->len += (size_t)(end - start);
}

static void
time_add(struct buf *out, const char *key, int64_t time_s)
{
	char text[TIME_TEXT_SIZE];

	member_add(out, key, time_text(text, time_s));
}

static void
last_known_add(struct buf *out, const struct finding *f)
{
	member_add(out,
	    ",\"last_known\":{\"verdict\":", verdict_name(f->known_verdict));
	member_add(out, ",\"reason\":", f->known_reason);
	if (f->known_s != 0)
		time_add(out, ",\"at\":", f->known_s);
	else
		buf_str(out, ",\"at\":null");
	buf_char(out, '}');
}

static void
finding_add(struct buf *out, const struct finding *f)
{
	member_add(out, "{\"check\":", f->check);
	member_add(out, ",\"subject\":", f->subject);
	member_add(out, ",\"verdict\":", verdict_name(f->verdict));
	member_add(out, ",\"reason\":", f->reason);
	member_add(out, ",\"detail\":", f->detail);
	if (f->cure[0] != '\0')
		member_add(out, ",\"cure\":", f->cure);
	if (f->record != NULL && f->record[0] != '\0')
		member_add(out, ",\"record\":", f->record);
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
