/* Reading a message: lines, fields, body. */
/* SPDX-License-Identifier: MIT */
#include "sendtop/message.h"

#include <string.h>
#include <strings.h>

/* --- lines -------------------------------------------------------------------- */

static bool
has_crlf(const char *data, size_t len)
{
	const char *end = data + len, *lf = data;

	while ((lf = memchr(lf, '\n', (size_t)(end - lf))) != NULL) {
		if (lf > data && lf[-1] == '\r')
			return true;
		lf++;
	}
	return false;
}

/* A copy with CRLF for each LF. */
static const char *
as_on_the_wire(
    const char *data, size_t len, struct arena *arena, size_t *out_len)
{
	size_t lines = 0, n = 0;
	char *out;

	for (size_t i = 0; i < len; i++)
		lines += data[i] == '\n';
	out = arena_alloc(arena, len + lines + 1);
	for (size_t i = 0; i < len; i++) {
		if (data[i] == '\n')
			out[n++] = '\r';
		out[n++] = data[i];
	}
	*out_len = n;
	return out;
}

/* The end of the line that begins at `at`, behind its LF. */
static const char *
line_end(const char *at, const char *end)
{
	const char *lf = memchr(at, '\n', (size_t)(end - at));

	return lf != NULL ? lf + 1 : end;
}

static size_t
without_end(const char *at, const char *next)
{
	size_t len = (size_t)(next - at);

	if (len > 0 && at[len - 1] == '\n')
		len--;
	if (len > 0 && at[len - 1] == '\r')
		len--;
	return len;
}

static void
look_at_line(struct message *m, const char *at, const char *next, size_t number)
{
	size_t len = without_end(at, next);

	if (len > m->longest) {
		m->longest = len;
		m->longest_at = number;
	}
	if (next > at && next[-1] == '\n' &&
	    (next - at < 2 || next[-2] != '\r'))
		m->bare_lf++;
	for (size_t i = 0; i < len; i++) {
		m->bare_cr += at[i] == '\r';
		m->nul += at[i] == '\0';
	}
}

static void
look_at_lines(struct message *m)
{
	const char *end = m->data + m->len, *at = m->data, *next;

	for (size_t number = 1; at < end; number++, at = next) {
		next = line_end(at, end);
		look_at_line(m, at, next, number);
	}
}

/* --- fields -------------------------------------------------------------------- */

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* RFC 5322 2.2: printable ASCII but the colon; blanks before it are obsolete
 * (4.5.8) and not part of the name. */
static bool
split_field(const char *at, const char *next, struct message_field *field)
{
	const char *colon = memchr(at, ':', (size_t)(next - at));
	size_t len;

	if (colon == NULL || colon == at)
		return false;
	len = (size_t)(colon - at);
	while (len > 0 && is_blank(at[len - 1]))
		len--;
	for (size_t i = 0; i < len; i++)
		if (at[i] < 33 || at[i] > 126)
			return false;
	field->name = at;
	field->name_len = len;
	field->value = colon + 1;
	return len > 0;
}

static void
close_field(struct message_field *field, const char *next)
{
	field->raw_len = (size_t)(next - field->raw);
	field->len = without_end(field->value, next);
}

struct reader {
	struct message *m;
	struct arena *arena;
	struct message_field *open;
	size_t cap;
};

static void
add_field(struct reader *r, const struct message_field *field)
{
	struct message *m = r->m;
	struct message_field *grown;

	if (m->field_count == r->cap) {
		r->cap = r->cap > 0 ? r->cap * 2 : 64;
		grown = arena_alloc(r->arena, r->cap * sizeof(*grown));
		if (m->field_count > 0)
			memcpy(
			    grown, m->fields, m->field_count * sizeof(*grown));
		m->fields = grown;
	}
	m->fields[m->field_count] = *field;
	r->open = &m->fields[m->field_count++];
}

/* A line that is no field ends the one before it and counts for none. */
static void
take_line(struct reader *r, const char *at, const char *next, size_t number)
{
	struct message_field field = { .raw = at };

	if (is_blank(*at) && r->open != NULL) {
		close_field(r->open, next);
		return;
	}
	if (split_field(at, next, &field)) {
		close_field(&field, next);
		add_field(r, &field);
		return;
	}
	r->open = NULL;
	if (r->m->bad_line == 0)
		r->m->bad_line = number;
}

static void
read_header(struct message *m, struct arena *arena)
{
	struct reader r = { .m = m, .arena = arena };
	const char *end = m->data + m->len, *at = m->data, *next;
	size_t number;

	for (number = 1; at < end; number++, at = next) {
		next = line_end(at, end);
		if (without_end(at, next) == 0) {
			m->header_len = (size_t)(at - m->data);
			m->body = next;
			m->body_len = (size_t)(end - next);
			return;
		}
		take_line(&r, at, next, number);
	}
	m->header_len = m->len;
	m->body = end;
}

enum status
message_parse(const void *data, size_t len, struct arena *arena,
    struct message *out, struct error *err)
{
	const char *at = data;

	*out = (struct message){ 0 };
	if (len > MESSAGE_MOST)
		return error_set(err, STATUS_USAGE,
		    "the message has more than %d MiB; no receiver takes one "
		    "as large",
		    MESSAGE_MOST >> 20);
	if (len >= 5 && memcmp(at, "From ", 5) == 0) {
		const char *next = line_end(at, at + len);

		len -= (size_t)(next - at);
		at = next;
	}
	out->data = has_crlf(at, len) ? arena_ndup(arena, at, len)
				      : as_on_the_wire(at, len, arena, &len);
	out->len = len;
	look_at_lines(out);
	read_header(out, arena);
	if (out->field_count == 0)
		return error_set(err, STATUS_PARSE,
		    "no message: it does not begin with header fields");
	return STATUS_OK;
}

/* --- looking up ------------------------------------------------------------------ */

static bool
named(const struct message_field *field, const char *name)
{
	return field->name_len == strlen(name) &&
	    strncasecmp(field->name, name, field->name_len) == 0;
}

const struct message_field *
message_field(const struct message *message, const char *name, size_t nth)
{
	for (size_t i = 0; i < message->field_count; i++)
		if (named(&message->fields[i], name) && nth-- == 0)
			return &message->fields[i];
	return NULL;
}

size_t
message_field_count(const struct message *message, const char *name)
{
	size_t n = 0;

	for (size_t i = 0; i < message->field_count; i++)
		n += named(&message->fields[i], name);
	return n;
}

const char *
message_value(const struct message_field *field, struct arena *arena)
{
	char *out = arena_alloc(arena, field->len + 1);
	size_t n = 0;

	/* RFC 5322 2.2.3: unfolding takes the line ends away alone. */
	for (size_t i = 0; i < field->len; i++) {
		char c = field->value[i];

		if (c == '\r' || c == '\n' || c == '\0' ||
		    (n == 0 && is_blank(c)))
			continue;
		out[n++] = c;
	}
	while (n > 0 && is_blank(out[n - 1]))
		n--;
	out[n] = '\0';
	return out;
}
