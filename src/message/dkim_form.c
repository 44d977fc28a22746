/* The canonical forms of a message that DKIM signs (RFC 6376 3.4). */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sendtop/message.h"

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Octets of a form that is cut at a length: all are counted, those within
 * are kept. */
struct cut {
	struct buf *out;
	size_t count;
	size_t most;
};

static void
put(struct cut *cut, const char *data, size_t len)
{
	size_t room = cut->most > cut->count ? cut->most - cut->count : 0;

	buf_add(cut->out, data, len < room ? len : room);
	cut->count += len;
}

/* --- body ------------------------------------------------------------------------ */

/* Lines end with CRLF; a CR or LF alone is an octet like others. */
static size_t
line_octets(const char *at, const char *end, const char **next)
{
	const char *stop = memmem(at, (size_t)(end - at), "\r\n", 2);

	*next = stop != NULL ? stop + 2 : end;
	return (size_t)((stop != NULL ? stop : end) - at);
}

/* 3.4.4: blanks within a line become one, those at its end go. */
static void
put_relaxed_line(struct cut *cut, const char *at, size_t len)
{
	while (len > 0 && is_blank(at[len - 1]))
		len--;
	for (size_t i = 0; i < len;) {
		size_t run = i;

		while (run < len && is_blank(at[run]))
			run++;
		if (run > i) {
			put(cut, " ", 1);
			i = run;
			continue;
		}
		while (run < len && !is_blank(at[run]))
			run++;
		put(cut, at + i, run - i);
		i = run;
	}
}

static bool
is_empty_line(const char *at, size_t len, enum dkim_form form)
{
	if (form == DKIM_SIMPLE)
		return len == 0;
	while (len > 0 && is_blank(at[len - 1]))
		len--;
	return len == 0;
}

/* Where the body ends without the empty lines at its end. */
static const char *
last_line(const struct message *m, enum dkim_form form)
{
	const char *end = m->body + m->body_len, *at = m->body, *next;
	const char *last = m->body;

	for (; at < end; at = next)
		if (!is_empty_line(at, line_octets(at, end, &next), form))
			last = next;
	return last;
}

size_t
dkim_body(const struct message *message, enum dkim_form form, int64_t length,
    struct buf *out)
{
	struct cut cut = { .out = out,
		.most = length < 0 ? SIZE_MAX : (size_t)length };
	const char *end = last_line(message, form), *at = message->body, *next;
	size_t len;

	/* 3.4.3: a body of nothing is one empty line; 3.4.4: nothing. */
	if (end == at && form == DKIM_SIMPLE)
		put(&cut, "\r\n", 2);
	for (; at < end; at = next) {
		len = line_octets(at, end, &next);
		if (form == DKIM_SIMPLE)
			put(&cut, at, len);
		else
			put_relaxed_line(&cut, at, len);
		put(&cut, "\r\n", 2);
	}
	return cut.count;
}

/* --- header ------------------------------------------------------------------------ */

/* 3.4.2: the name in lower case, the value unfolded, its blanks as in the
 * body. */
static void
put_relaxed_field(struct buf *out, const struct message_field *field,
    const char *value, size_t len)
{
	struct buf flat = { 0 };
	struct cut cut = { .out = out, .most = SIZE_MAX };
	const char *at;

	for (size_t i = 0; i < field->name_len; i++) {
		char c = field->name[i];

		buf_char(out, c >= 'A' && c <= 'Z' ? (char)(c + 32) : c);
	}
	buf_char(out, ':');
	for (size_t i = 0; i < len; i++)
		if (value[i] != '\r' && value[i] != '\n')
			buf_char(&flat, value[i]);
	at = flat.data != NULL ? flat.data : "";
	while (flat.len > 0 && is_blank(*at)) {
		at++;
		flat.len--;
	}
	put_relaxed_line(&cut, at, flat.len);
	buf_free(&flat);
}

static void
put_field(struct buf *out, enum dkim_form form,
    const struct message_field *field, const char *value, size_t len)
{
	if (form == DKIM_RELAXED)
		put_relaxed_field(out, field, value, len);
	else {
		buf_add(out, field->raw, (size_t)(field->value - field->raw));
		buf_add(out, value, len);
	}
}

/* How many fields of the name the list has named before: 5.4.2 takes them from
 * the last one up. */
static size_t
named_before(const char *h, const char *name, size_t len)
{
	size_t n = 0;

	for (const char *at = h; at < name;) {
		const char *colon = memchr(at, ':', (size_t)(name - at));
		const char *end = colon != NULL ? colon : name;
		const char *start = at;

		while (start < end && strchr(" \t\r\n", *start) != NULL)
			start++;
		while (end > start && strchr(" \t\r\n", end[-1]) != NULL)
			end--;
		if ((size_t)(end - start) == len &&
		    strncasecmp(start, name, len) == 0)
			n++;
		if (colon == NULL)
			break;
		at = colon + 1;
	}
	return n;
}

static const struct message_field *
from_below(const struct message *m, const char *name, size_t len, size_t nth,
    const struct message_field *signature)
{
	for (size_t i = m->field_count; i-- > 0;) {
		const struct message_field *field = &m->fields[i];

		if (field != signature && field->name_len == len &&
		    strncasecmp(field->name, name, len) == 0 && nth-- == 0)
			return field;
	}
	return NULL;
}

/* The signature's value without what b= holds (3.7). */
static char *
without_b(const struct message_field *signature, size_t *len)
{
	const char *v = signature->value, *end = v + signature->len, *at = v;
	struct buf out = { 0 };

	while (at < end) {
		const char *semi = memchr(at, ';', (size_t)(end - at));
		const char *stop = semi != NULL ? semi : end, *name = at;

		while (name < stop && strchr(" \t\r\n", *name) != NULL)
			name++;
		if (name < stop && *name == 'b') {
			const char *equals = name + 1;

			while (
			    equals < stop && strchr(" \t\r\n", *equals) != NULL)
				equals++;
			if (equals < stop && *equals == '=') {
				buf_add(&out, at, (size_t)(equals + 1 - at));
				at = stop;
			}
		}
		buf_add(&out, at, (size_t)(stop - at));
		at = stop;
		if (semi != NULL) {
			buf_char(&out, ';');
			at++;
		}
	}
	*len = out.len;
	return buf_take(&out);
}

static void
put_named(const struct message *message, enum dkim_form form, const char *h,
    const char *name, size_t len, const struct message_field *signature,
    struct buf *out)
{
	const struct message_field *field = from_below(
	    message, name, len, named_before(h, name, len), signature);

	if (field == NULL)
		return;
	put_field(out, form, field, field->value, field->len);
	buf_str(out, "\r\n");
}

void
dkim_header(const struct message *message, enum dkim_form form, const char *h,
    size_t h_len, const struct message_field *signature, struct buf *out)
{
	const char *end = h + h_len;
	size_t len;
	char *value;

	for (const char *at = h; at < end;) {
		const char *colon = memchr(at, ':', (size_t)(end - at));
		const char *stop = colon != NULL ? colon : end;
		const char *next = colon != NULL ? colon + 1 : end;

		while (at < stop && strchr(" \t\r\n", *at) != NULL)
			at++;
		while (stop > at && strchr(" \t\r\n", stop[-1]) != NULL)
			stop--;
		if (stop > at)
			put_named(message, form, h, at, (size_t)(stop - at),
			    signature, out);
		at = next;
	}
	value = without_b(signature, &len);
	put_field(out, form, signature, value, len);
	free(value);
}
