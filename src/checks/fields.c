/* "v=WORD; name=value" records: MTA-STS (RFC 8461 3.1), TLSRPT (RFC 8460 3). */
/* SPDX-License-Identifier: MIT */
#include "checks/fields.h"

#include <string.h>
#include <strings.h>

enum { NAME_MAX_OCTETS = 32 };

static bool
is_space(char c)
{
	return c == ' ' || c == '\t';
}

static bool
is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z');
}

static void
trim(const char **s, size_t *len)
{
	while (*len > 0 && is_space(**s)) {
		(*s)++;
		(*len)--;
	}
	while (*len > 0 && is_space((*s)[*len - 1]))
		(*len)--;
}

bool
fields_is_name(const char *s, size_t len)
{
	size_t i;

	if (len == 0 || len > NAME_MAX_OCTETS || !is_alnum(s[0]))
		return false;
	for (i = 1; i < len; i++)
		if (!is_alnum(s[i]) && s[i] != '_' && s[i] != '-' &&
		    s[i] != '.')
			return false;
	return true;
}

/* White space may stand between the URIs of rua=. */
static bool
is_value(const char *s, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (!is_space(s[i]) && (s[i] < 0x21 || s[i] > 0x7e))
			return false;
	return len > 0;
}

bool
fields_is_record(const struct dns_record *record, const char *version)
{
	const char *s = (const char *)record->data;
	size_t len = record->len, want = strlen(version);

	if (len < want || memcmp(s, version, want) != 0)
		return false;
	for (; want < len && is_space(s[want]); want++)
		;
	return want < len && s[want] == ';';
}

static bool
is_meant(const struct dns_record *record, const char *word)
{
	size_t len = strlen(word), i;

	for (i = 0; i + len <= record->len; i++)
		if (strncasecmp((const char *)record->data + i, word, len) == 0)
			return true;
	return false;
}

static const char *
field_add(struct fields *out, const char *s, size_t len)
{
	struct field *field = &out->items[out->count];
	const char *equals = memchr(s, '=', len);
	size_t i;

	if (equals == NULL)
		return "a field without \"=\"";
	if (out->count == FIELDS_MAX)
		return "too many fields";
	field->name = s;
	field->name_len = (size_t)(equals - s);
	field->value = equals + 1;
	field->len = len - field->name_len - 1;
	trim(&field->name, &field->name_len);
	trim(&field->value, &field->len);
	if (!fields_is_name(field->name, field->name_len))
		return "a field name that is none";
	if (!is_value(field->value, field->len))
		return "a field without a value that may stand there";
	for (i = 0; i < out->count; i++)
		if (out->items[i].name_len == field->name_len &&
		    memcmp(out->items[i].name, field->name, field->name_len) ==
			0)
			return "a field that comes twice";
	out->count++;
	return NULL;
}

static void
record_read(struct fields *out)
{
	const char *s = (const char *)out->record->data;
	const char *end = s + out->record->len, *stop, *part, *problem;
	size_t len;

	/* The version was looked at: go on behind its semicolon. */
	s = (const char *)memchr(s, ';', out->record->len) + 1;
	while (s <= end) {
		stop = s < end ? memchr(s, ';', (size_t)(end - s)) : NULL;
		part = s;
		len = (size_t)((stop != NULL ? stop : end) - s);
		trim(&part, &len);
		/* One semicolon at the very end is allowed. */
		if (stop == NULL && len == 0)
			return;
		problem = field_add(out, part, len);
		if (problem != NULL && out->problem == NULL)
			out->problem = problem;
		if (stop == NULL)
			return;
		s = stop + 1;
	}
}

void
fields_read(const struct dns_answer *answer, const char *version,
    const char *word, struct fields *out)
{
	size_t i;

	memset(out, 0, sizeof(*out));
	for (i = 0; i < answer->count; i++) {
		const struct dns_record *record = &answer->records[i];

		if (fields_is_record(record, version)) {
			if (out->records++ == 0)
				out->record = record;
		} else if (out->meant == NULL && is_meant(record, word)) {
			out->meant = record;
		}
	}
	if (out->record != NULL)
		record_read(out);
}

const struct field *
fields_find(const struct fields *fields, const char *name)
{
	size_t len = strlen(name), i;

	for (i = 0; i < fields->count; i++)
		if (fields->items[i].name_len == len &&
		    memcmp(fields->items[i].name, name, len) == 0)
			return &fields->items[i];
	return NULL;
}
