/* Tag=value lists of RFC 6376 3.2: the grammar of DKIM and DMARC records. */
/* SPDX-License-Identifier: MIT */
#include "sendtop/tags.h"

#include <string.h>
#include <strings.h>

#include "sendtop/text.h"

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool
is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* VALCHAR, or the folding white space between them. */
static bool
is_value(const char *s, size_t len)
{
	size_t i = 0;

	while ((i += text_plain_run(s + i, len - i)) < len)
		if (!is_space(s[i++]))
			return false;
	return true;
}

static bool
is_name(const char *s, size_t len)
{
	size_t i;

	if (len == 0 || !is_alpha(s[0]))
		return false;
	for (i = 1; i < len; i++)
		if (!is_alpha(s[i]) && (s[i] < '0' || s[i] > '9') &&
		    s[i] != '_')
			return false;
	return true;
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

static bool
equal(const char *a, const char *b, size_t len, bool nocase)
{
	return (nocase ? strncasecmp(a, b, len) : strncmp(a, b, len)) == 0;
}

static struct tag *
find(struct tags *tags, const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < tags->count; i++)
		if (tags->items[i].name_len == len &&
		    equal(tags->items[i].name, name, len, tags->nocase))
			return &tags->items[i];
	return NULL;
}

struct tag *
tags_find(struct tags *tags, const char *name)
{
	return find(tags, name, strlen(name));
}

/* Splits one tag-spec; returns what is wrong with it, or NULL. */
static const char *
spec_split(const char *s, size_t len, struct tag *tag)
{
	const char *equals;

	trim(&s, &len);
	if (len == 0)
		return "an empty part between two semicolons";
	equals = memchr(s, '=', len);
	if (equals == NULL)
		return "a part without \"=\"";
	tag->name = s;
	tag->name_len = (size_t)(equals - s);
	tag->value = equals + 1;
	tag->len = len - tag->name_len - 1;
	trim(&tag->name, &tag->name_len);
	trim(&tag->value, &tag->len);
	if (!is_name(tag->name, tag->name_len))
		return "a tag name that is none";
	if (!is_value(tag->value, tag->len))
		return "a character that may not stand in a value";
	return NULL;
}

static const char *
spec_add(struct tags *out, const char *s, size_t len)
{
	struct tag tag;
	const char *problem = spec_split(s, len, &tag);

	if (problem != NULL)
		return problem;
	if (find(out, tag.name, tag.name_len) != NULL) {
		if (out->twice == NULL) {
			out->twice = tag.name;
			out->twice_len = tag.name_len;
		}
		return "a tag that comes twice";
	}
	if (out->count == TAGS_MAX)
		return "too many tags";
	out->items[out->count++] = tag;
	return NULL;
}

void
tags_parse(const void *data, size_t len, bool nocase, struct tags *out)
{
	const char *s = data, *problem;
	size_t at = 0, n, rest = len;
	const char *tail = s;

	out->count = 0;
	out->nocase = nocase;
	out->problem = out->twice = NULL;
	out->twice_len = 0;
	while (at <= len) {
		const char *end = at < len ? memchr(s + at, ';', len - at)
					   : NULL;

		n = end != NULL ? (size_t)(end - s) - at : len - at;
		tail = s + at;
		rest = n;
		trim(&tail, &rest);
		/* One semicolon at the very end is allowed. */
		if (end == NULL && rest == 0 && at > 0)
			return;
		problem = spec_add(out, s + at, n);
		if (problem != NULL && out->problem == NULL)
			out->problem = problem;
		at += n + 1;
	}
}

bool
tag_is(const struct tags *tags, const struct tag *tag, const char *word)
{
	return tag != NULL && tag->len == strlen(word) &&
	    equal(tag->value, word, tag->len, tags->nocase);
}

bool
tag_has(const struct tag *tag, const char *word)
{
	size_t at = 0, n, len, want = strlen(word);

	if (tag == NULL)
		return false;
	while (at <= tag->len) {
		const char *part = tag->value + at;
		const char *end = memchr(part, ':', tag->len - at);

		n = len = end != NULL ? (size_t)(end - part) : tag->len - at;
		trim(&part, &len);
		if (len == want && memcmp(part, word, len) == 0)
			return true;
		at += n + 1;
	}
	return false;
}

void
tags_set(struct tags *tags, const char *name, const char *value)
{
	struct tag *tag = tags_find(tags, name);
	bool second = strcmp(name, "p") == 0 && tags->count > 0;
	size_t at = second ? 1 : tags->count;

	if (tag == NULL && (value == NULL || tags->count == TAGS_MAX))
		return;
	if (tag == NULL) {
		tag = &tags->items[at];
		memmove(tag + 1, tag, (tags->count - at) * sizeof(*tag));
		tags->count++;
		tag->name = name;
		tag->name_len = strlen(name);
	}
	tag->value = value;
	tag->len = value != NULL ? strlen(value) : 0;
}

char *
tags_join(const struct tags *tags, struct arena *arena)
{
	struct buf buf = { 0 };
	char *text;
	size_t i;

	for (i = 0; i < tags->count; i++) {
		const struct tag *tag = &tags->items[i];

		if (tag->value == NULL)
			continue;
		if (buf.len > 0)
			buf_str(&buf, "; ");
		buf_add(&buf, tag->name, tag->name_len);
		buf_char(&buf, '=');
		buf_add(&buf, tag->value, tag->len);
	}
	text = arena_ndup(arena, buf.data != NULL ? buf.data : "", buf.len);
	buf_free(&buf);
	return text;
}
