/* A cure as it can be pasted: a record over several lines stays one record. */
/* SPDX-License-Identifier: MIT */
#include "sendtop/paste.h"

#include <stdlib.h>
#include <string.h>

#include "sendtop/mem.h"
#include "sendtop/text.h"

enum {
	MORE = 2, /* how far in the second line begins */
	PIECE_MIN = 24,
	UNIT_MAX = 4,     /* \DDD */
	STRING_MAX = 255, /* octets of one string */
	REMARK_MIN = 8,
};

/* "OWNER. IN TYPE DATA ; REMARK", where each of them begins. */
struct record {
	const char *owner, *in, *type, *data;
	const char *end;    /* behind the data */
	const char *remark; /* its ";", or the end of the text */
};

struct lines {
	struct buf out;
	size_t width;
	size_t used; /* columns of the line that is written */
};

/* --- what is a record ----------------------------------------------------- */

/* Where a master file's remark begins, or the text ends.  NULL: there are
 * brackets already, or quotes that do not end. */
static const char *
remark_find(const char *text)
{
	bool quoted = false;

	for (; *text != '\0'; text++) {
		if (*text == '\\' && text[1] != '\0')
			text++;
		else if (*text == '"')
			quoted = !quoted;
		else if (*text == ';' && !quoted)
			break;
		else if ((*text == '(' || *text == ')') && !quoted)
			return NULL;
	}
	return quoted ? NULL : text;
}

static bool
is_owner(const char *text, size_t len)
{
	return len > 0 && text[len - 1] == '.' && text[0] != '$' &&
	    memchr(text, '"', len) == NULL;
}

static bool
record_read(struct record *r, const char *text)
{
	size_t owner = strcspn(text, " "), type;

	r->owner = text;
	r->remark = remark_find(text);
	r->in = text + owner + 1;
	if (r->remark == NULL || !is_owner(text, owner) ||
	    strncmp(text + owner, " IN ", 4) != 0)
		return false;
	r->type = r->in + strlen("IN ");
	type = strspn(r->type, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
	r->data = r->type + type + 1;
	if (type == 0 || r->data[-1] != ' ' || *r->data == ' ')
		return false;
	r->end = r->remark;
	while (r->end > r->data && r->end[-1] == ' ')
		r->end--;
	return r->end > r->data;
}

bool
paste_is_record(const char *cure)
{
	struct record record;

	return record_read(&record, cure);
}

/* --- lines ---------------------------------------------------------------- */

static size_t
columns(const char *s, const char *end)
{
	char *text = mem_ndup(s, (size_t)(end - s));
	size_t width = text_width(text);

	free(text);
	return width;
}

static void
put(struct lines *l, const char *s, const char *end)
{
	buf_add(&l->out, s, (size_t)(end - s));
	l->used += columns(s, end);
}

static void
put_text(struct lines *l, const char *text)
{
	put(l, text, text + strlen(text));
}

static void
end_line(struct lines *l)
{
	buf_char(&l->out, '\n');
	l->used = 0;
}

/* The next line inside the brackets. */
static void
go_on(struct lines *l)
{
	end_line(l);
	buf_printf(&l->out, "%*s", MORE, "");
	l->used = MORE;
}

/* How many columns are left in front of " )". */
static size_t
room(const struct lines *l, size_t least)
{
	size_t end = l->used + strlen(" )");

	return end + least < l->width ? l->width - end : least;
}

/* --- strings -------------------------------------------------------------- */

/* How many characters stand for an octet of a string: \DDD, \" or itself. */
static size_t
unit_at(const char *s)
{
	if (*s != '\\' || s[1] == '\0')
		return 1;
	return s[1] >= '0' && s[1] <= '9' ? UNIT_MAX : 2;
}

/* Behind the quotes between two strings, or behind the last one. */
static const char *
next_string(const char *s, const char *end)
{
	s++;
	while (s < end && *s != '"')
		s++;
	return s < end ? s + 1 : end;
}

/* Adds as much of the strings as there is room for, if possible up to a blank;
 * returns where the rest begins. */
static const char *
put_piece(struct buf *out, const char *s, const char *end, size_t most)
{
	const char *blank = NULL;
	size_t start = out->len, kept = 0, octets = 0;

	while (s < end) {
		if (*s == '"') {
			s = next_string(s, end);
			continue;
		}
		if (out->len - start + unit_at(s) > most ||
		    octets++ == STRING_MAX)
			break;
		buf_add(out, s, unit_at(s));
		s += unit_at(s);
		if (s[-1] == ' ') {
			kept = out->len;
			blank = s;
		}
	}
	if (s < end && blank != NULL) {
		s = blank;
		out->len = kept;
	}
	return s;
}

/* A string a line; receivers read them as one. */
static void
put_strings(struct lines *l, const char *s, const char *end)
{
	s++;
	do {
		buf_char(&l->out, '"');
		s = put_piece(&l->out, s, end, room(l, 2 + UNIT_MAX) - 2);
		buf_char(&l->out, '"');
		if (s < end)
			go_on(l);
	} while (s < end);
}

/* --- words ---------------------------------------------------------------- */

/* Names and numbers; digits in hex may be cut (RFC 6698 2.2), names not. */
static void
put_words(struct lines *l, const char *s, const char *end, bool hex)
{
	const char *next;

	while (s < end) {
		next = memchr(s, ' ', (size_t)(end - s));
		if (next == NULL)
			next = end;
		if (l->used > MORE && 1 + columns(s, next) > room(l, 0))
			go_on(l);
		else if (l->used > MORE)
			put_text(l, " ");
		if (hex && next == end && (size_t)(next - s) > room(l, 1))
			next = s + room(l, 1);
		put(l, s, next);
		s = next < end && *next == ' ' ? next + 1 : next;
	}
}

/* A record that is longer than a line: brackets make it one. */
static void
put_long(struct lines *l, const struct record *r)
{
	bool strings = *r->data == '"';
	bool hex = strncmp(r->type, "TLSA ", 5) == 0;
	size_t head = columns(r->owner, r->data) + strlen("(");
	bool behind = head + 1 + PIECE_MIN <= l->width;
	bool whole = head <= l->width && (behind || strings || hex);

	put(l, r->owner, whole ? r->data : r->in);
	put_text(l, "(");
	if (whole && behind && strings)
		put_text(l, " ");
	else
		go_on(l);
	if (!whole)
		put_words(l, r->in, r->data - 1, false);
	if (!whole && strings)
		go_on(l);
	if (strings)
		put_strings(l, r->data, r->end);
	else
		put_words(l, r->data, r->end, hex);
	put_text(l, " )");
	end_line(l);
}

/* Each line of it is a remark.  What has no blanks is cut. */
static void
put_remark(struct lines *l, const char *text)
{
	size_t most = l->width > REMARK_MIN ? l->width : REMARK_MIN, len, n;

	for (text += strspn(text, " "); *text != '\0';
	     text += strspn(text, " ")) {
		len = strcspn(text, " ");
		if (l->used > 0 &&
		    l->used + 1 + columns(text, text + len) > most)
			end_line(l);
		put_text(l, l->used == 0 ? "; " : " ");
		n = text_fit(text, most - l->used);
		put(l, text, text + (n < len ? n : len));
		text += n < len ? n : len;
	}
	if (l->used > 0)
		end_line(l);
}

char *
paste_lines(const char *cure, size_t width)
{
	struct lines l = { .width = width };
	struct record r;

	if (!record_read(&r, cure))
		return NULL;
	if (text_width(cure) <= width) {
		put_text(&l, cure);
		end_line(&l);
		return buf_take(&l.out);
	}
	if (columns(r.owner, r.end) <= width) {
		put(&l, r.owner, r.end);
		end_line(&l);
	} else
		put_long(&l, &r);
	if (*r.remark == ';')
		put_remark(&l, r.remark + 1);
	return buf_take(&l.out);
}
