/* Names to ask for and records to publish, as checks need them. */
/* SPDX-License-Identifier: MIT */
#include "checks/record.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "sendtop/text.h"

enum {
	STRING_MAX = 255, /* octets of one character-string */
	QUOTE_MAX = 120,
	TEXT_MAX = 4096,
	TEXTS_MAX = 10,
};

/* Every check of every domain begins here, so it is no printf: it knows %s
 * alone. */
void
record_name(char out[DNS_NAME_SIZE], const char *fmt, ...)
{
	size_t len = 0, n;
	const char *part;
	va_list args;

	va_start(args, fmt);
	while (*fmt != '\0') {
		if (fmt[0] == '%' && fmt[1] == 's') {
			part = va_arg(args, const char *);
			n = strlen(part);
			fmt += 2;
		} else {
			part = fmt;
			for (n = 1; fmt[n] != '\0' && fmt[n] != '%'; n++)
				continue;
			fmt += n;
		}
		if (n >= DNS_NAME_SIZE - len) {
			len = 0;
			break;
		}
		memcpy(out + len, part, n);
		len += n;
	}
	va_end(args);
	out[len] = '\0';
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* An octet of a character-string; returns the end. */
static char *
octet_put(char *out, unsigned char c)
{
	if (c >= 0x20 && c <= 0x7e) {
		if (c == '"' || c == '\\')
			*out++ = '\\';
		*out++ = (char)c;
		return out;
	}
	*out++ = '\\';
	*out++ = (char)('0' + c / 100);
	*out++ = (char)('0' + c / 10 % 10);
	*out++ = (char)('0' + c % 10);
	return out;
}

static void
strings_add(struct buf *buf, const void *data, size_t len)
{
	char *start = buf_room(buf, len * 4 + (len / STRING_MAX + 1) * 3);
	char *end = start;
	const unsigned char *s = data;
	size_t i;

	*end++ = '"';
	for (i = 0; i < len; i++) {
		if (i > 0 && i % STRING_MAX == 0) {
			memcpy(end, "\" \"", 3);
			end += 3;
		}
		end = octet_put(end, s[i]);
	}
	*end++ = '"';
	*end = '\0';
	buf->len += (size_t)(end - start);
}

/* "NAME. IN TXT ... ; was ... and ..." */
static char *
line_make(struct arena *arena, const char *name, const char *text,
    const struct dns_record *before, size_t count)
{
	struct buf buf = { 0 };
	char *line;
	size_t i;

	buf_printf(&buf, "%s. IN TXT ", name);
	strings_add(&buf, text, strlen(text));
	for (i = 0; i < count; i++) {
		buf_str(&buf, i == 0 ? " ; was " : " and ");
		strings_add(&buf, before[i].data, before[i].len);
	}
	line = arena_ndup(arena, buf.data, buf.len);
	buf_free(&buf);
	return line;
}

char *
record_txt(struct arena *arena, const char *name, const char *text,
    const struct dns_record *before)
{
	return line_make(arena, name, text, before, before != NULL ? 1 : 0);
}

char *
record_cures(struct arena *arena, const struct dns_answer *answer,
    const char *name, const char *text, const struct dns_record *before,
    size_t count)
{
	if (answer->owner == NULL)
		return line_make(arena, name, text, before, count);
	return arena_printf(arena, "%s ; %s is an alias of that name",
	    line_make(arena, answer->owner, text, before, count), name);
}

char *
record_cure(struct arena *arena, const struct dns_answer *answer,
    const char *name, const char *text, const struct dns_record *before)
{
	return record_cures(
	    arena, answer, name, text, before, before != NULL ? 1 : 0);
}

char *
record_bare(struct arena *arena, const struct dns_record *record)
{
	char *text = arena_ndup(arena, record->data, record->len);
	size_t len = 0, i;

	/* Nobody can tell what was meant by it. */
	if (strlen(text) < record->len)
		return arena_dup(arena, "");
	for (i = 0; i < record->len; i++)
		if (text[i] != '"' && text[i] != '\\' &&
		    (len > 0 || !is_space(text[i])))
			text[len++] = text[i];
	while (len > 0 && is_space(text[len - 1]))
		len--;
	text[len] = '\0';
	return text;
}

bool
record_starts(const struct dns_record *record, const char *prefix)
{
	const char *s = (const char *)record->data;
	size_t len = record->len, want = strlen(prefix);

	while (len > 0 && (*s == ' ' || *s == '\t')) {
		s++;
		len--;
	}
	return len >= want && strncasecmp(s, prefix, want) == 0;
}

const char *
record_quote(struct arena *arena, const void *data, size_t len)
{
	return text_printable_arena(arena, data, len, QUOTE_MAX);
}

const char *
record_text(struct arena *arena, const void *data, size_t len)
{
	return text_printable_arena(arena, data, len, TEXT_MAX);
}

/* In the order of the texts: that of an answer changes from one to the next.
 * Returns how many there are now. */
static size_t
text_insert(const char *texts[TEXTS_MAX], size_t count, const char *text)
{
	size_t i = count < TEXTS_MAX ? count : TEXTS_MAX - 1;

	if (count == TEXTS_MAX && strcmp(text, texts[i]) >= 0)
		return count;
	for (; i > 0 && strcmp(text, texts[i - 1]) < 0; i--)
		texts[i] = texts[i - 1];
	texts[i] = text;
	return count < TEXTS_MAX ? count + 1 : count;
}

const char *
record_texts(struct arena *arena, const struct dns_answer *answer,
    bool (*wanted)(const struct dns_record *), const char *between)
{
	const char *texts[TEXTS_MAX], *all = "";
	size_t count = 0, i;

	for (i = 0; i < answer->count; i++) {
		const struct dns_record *record = &answer->records[i];

		if (wanted == NULL || wanted(record))
			count = text_insert(texts, count,
			    record_text(arena, record->data, record->len));
	}
	if (count == 1)
		return texts[0];
	for (i = 0; i < count; i++)
		all = arena_printf(
		    arena, "%s%s%s", all, i > 0 ? between : "", texts[i]);
	return all;
}
