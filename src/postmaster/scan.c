/* Batches of statistics in the form that Google writes them, read in one go. */
/* SPDX-License-Identifier: MIT */
#include "scan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sendtop/day.h"
#include "sendtop/mem.h"
#include "sendtop/text.h"

enum {
	DIGITS_EXACT = 15, /* what a double holds for certain */
	NUMBER_MAX = 40,
	YEAR_MIN = 1970,
	YEAR_MAX = 9999,
};

/* Where the reading is; nothing is read at or behind end. */
struct cursor {
	const char *at, *end;
};

/* --- tokens --------------------------------------------------------------- */

static void
space(struct cursor *c)
{
	while (c->at < c->end &&
	    (*c->at == ' ' || *c->at == '\n' || *c->at == '\r' ||
		*c->at == '\t'))
		c->at++;
}

/* Takes the character when it comes next. */
static bool
take(struct cursor *c, char wanted)
{
	space(c);
	if (c->at == c->end || *c->at != wanted)
		return false;
	c->at++;
	return true;
}

/* A text of plain ASCII without escapes. */
static bool
take_text(struct cursor *c, struct scan_text *out)
{
	const char *close;

	if (!take(c, '"'))
		return false;
	close = memchr(c->at, '"', (size_t)(c->end - c->at));
	if (close == NULL)
		return false;
	out->s = c->at;
	out->len = (size_t)(close - c->at);
	c->at = close + 1;
	return text_plain_run(out->s, out->len) == out->len &&
	    memchr(out->s, '\\', out->len) == NULL;
}

static bool
is(struct scan_text text, const char *word)
{
	return strlen(word) == text.len && memcmp(text.s, word, text.len) == 0;
}

static size_t
digits(const char *s, const char *end)
{
	const char *p = s;

	while (p < end && *p >= '0' && *p <= '9')
		p++;
	return (size_t)(p - s);
}

static int64_t
whole(const char *s, size_t n)
{
	int64_t value = 0;

	while (n-- > 0)
		value = value * 10 + (*s++ - '0');
	return value;
}

/* Digits without a leading zero, few enough for a double. */
static bool
take_whole(struct cursor *c, int64_t *out)
{
	size_t n = digits(c->at, c->end);

	if (n == 0 || n > DIGITS_EXACT || (n > 1 && *c->at == '0'))
		return false;
	*out = whole(c->at, n);
	c->at += n;
	return true;
}

/* What follows the whole digits: how many octets, or 0 when they end there. */
static size_t
fraction(const char *s, const char *end)
{
	const char *p = s;
	size_t n;

	if (p < end && *p == '.') {
		n = digits(p + 1, end);
		if (n == 0)
			return 0;
		p += 1 + n;
	}
	if (p < end && (*p == 'e' || *p == 'E')) {
		size_t sign = p + 1 < end && (p[1] == '+' || p[1] == '-');

		n = digits(p + 1 + sign, end);
		if (n == 0)
			return 0;
		p += 1 + sign + n;
	}
	return (size_t)(p - s);
}

/* With few digits both parts of the quotient are exact, and so the quotient is
 * the double that is nearest. */
static bool
take_number(struct cursor *c, double *out)
{
	static const double tens[] = { 1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7,
		1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15 };
	const char *start, *point;
	char text[NUMBER_MAX];
	int64_t value;
	size_t n, more;

	space(c);
	start = c->at;
	if (!take_whole(c, &value))
		return false;
	*out = (double)value;
	point = c->at;
	n = (size_t)(point - start);
	more = fraction(point, c->end);
	c->at += more;
	if (more == 0)
		return c->at == c->end ||
		    (*c->at != '.' && *c->at != 'e' && *c->at != 'E');
	if (digits(point + 1, c->at) == more - 1 && *point == '.' &&
	    n + more - 1 <= DIGITS_EXACT) {
		*out = ((double)value * tens[more - 1] +
			   (double)whole(point + 1, more - 1)) /
		    tens[more - 1];
		return true;
	}
	if (n + more >= sizeof(text))
		return false;
	memcpy(text, start, n + more);
	text[n + more] = '\0';
	*out = strtod(text, NULL);
	return isfinite(*out);
}

/* --- objects -------------------------------------------------------------- */

/* The members of an object one after the other.  Each has its place among the
 * names, by which it can be there once only. */
struct members {
	const char *const *names;
	unsigned seen;
	bool any;
};

/* 1: the cursor is at the value of member *which; 0: the object has ended; -1:
 * it is odd. */
static int
next_member(struct cursor *c, struct members *m, unsigned *which)
{
	struct scan_text name;

	if (take(c, '}'))
		return 0;
	if ((m->any && !take(c, ',')) || !take_text(c, &name) || !take(c, ':'))
		return -1;
	m->any = true;
	for (*which = 0; m->names[*which] != NULL; ++*which)
		if (is(name, m->names[*which]))
			break;
	if (m->names[*which] == NULL || (m->seen & 1U << *which) != 0)
		return -1;
	m->seen |= 1U << *which;
	return 1;
}

static bool
take_day(struct cursor *c, int32_t *out)
{
	static const char *const names[] = { "year", "month", "day", NULL };
	struct members m = { .names = names };
	int64_t parts[3] = { 0 };
	int y, mo, d, got;
	unsigned which;

	if (!take(c, '{'))
		return false;
	while ((got = next_member(c, &m, &which)) > 0) {
		space(c);
		if (!take_whole(c, &parts[which]))
			return false;
	}
	if (got < 0 || parts[0] < YEAR_MIN || parts[0] > YEAR_MAX ||
	    parts[1] < 1 || parts[1] > 12 || parts[2] < 1 || parts[2] > 31)
		return false;
	*out = day_civil((int)parts[0], (int)parts[1], (int)parts[2]);
	day_split(*out, &y, &mo, &d);
	return y == parts[0] && mo == parts[1] && d == parts[2];
}

/* {"values":["...", ...]} */
static bool
take_list(struct cursor *c, struct scan_row *row)
{
	static const char *const names[] = { "values", NULL };
	struct members m = { .names = names };
	struct scan_text text;
	unsigned which;

	if (!take(c, '{') || next_member(c, &m, &which) != 1 || !take(c, '['))
		return false;
	row->is_list = true;
	row->list.s = c->at;
	if (!take(c, ']')) {
		do
			if (!take_text(c, &text))
				return false;
		while (take(c, ','));
		if (!take(c, ']'))
			return false;
	}
	row->list.len = (size_t)(c->at - 1 - row->list.s);
	return take(c, '}');
}

static bool
take_value(struct cursor *c, struct scan_row *row)
{
	enum { FLOAT, DOUBLE, INT, LIST };
	static const char *const names[] = { "floatValue", "doubleValue",
		"intValue", "stringList", NULL };
	struct members m = { .names = names };
	struct scan_text text;
	struct cursor inner;
	unsigned which;
	int64_t value;
	int got;

	row->is_list = false;
	row->number = (double)NAN;
	if (!take(c, '{'))
		return false;
	got = next_member(c, &m, &which);
	if (got <= 0)
		return got == 0;
	if (which == LIST)
		return take_list(c, row) && take(c, '}');
	if (which != INT)
		return take_number(c, &row->number) && take(c, '}');
	if (!take_text(c, &text))
		return false;
	inner.at = text.s;
	inner.end = text.s + text.len;
	if (!take_whole(&inner, &value) || inner.at != inner.end)
		return false;
	row->number = (double)value;
	return take(c, '}');
}

static bool
take_row(struct cursor *c, struct scan_row *row)
{
	enum { NAME, METRIC, DATE, VALUE, ALL };
	static const char *const names[] = { "name", "metric", "date", "value",
		NULL };
	struct members m = { .names = names };
	struct scan_text name;
	bool ok = true;
	unsigned which;
	int got = 0;

	if (!take(c, '{'))
		return false;
	while (ok && (got = next_member(c, &m, &which)) > 0)
		switch (which) {
		case NAME:
			ok = take_text(c, &name);
			break;
		case METRIC:
			ok = take_text(c, &row->key);
			break;
		case DATE:
			ok = take_day(c, &row->day);
			break;
		default:
			ok = take_value(c, row);
			break;
		}
	/* All but the name must be there. */
	return ok && got == 0 && (m.seen | 1U << NAME) == (1U << ALL) - 1;
}

static bool
take_rows(struct cursor *c, struct scan *scan)
{
	if (!take(c, '['))
		return false;
	if (take(c, ']'))
		return true;
	do {
		scan->rows = mem_grow(scan->rows, scan->row_count,
		    &scan->row_cap, sizeof(*scan->rows));
		if (!take_row(c, &scan->rows[scan->row_count]))
			return false;
		scan->row_count++;
	} while (take(c, ','));
	return take(c, ']');
}

/* {"response":{"domainStats":[...],"nextPageToken":"..."}}, or {}. */
static bool
take_item(struct cursor *c, struct scan *scan, struct scan_item *item)
{
	static const char *const outer[] = { "response", NULL };
	static const char *const inner[] = { "domainStats", "nextPageToken",
		NULL };
	struct members around = { .names = outer }, m = { .names = inner };
	unsigned which;
	bool ok = true;
	int got;

	if (!take(c, '{'))
		return false;
	got = next_member(c, &around, &which);
	if (got <= 0)
		return got == 0;
	if (!take(c, '{'))
		return false;
	while (ok && (got = next_member(c, &m, &which)) > 0)
		ok = which == 0 ? take_rows(c, scan)
				: take_text(c, &item->next);
	return ok && got == 0 && take(c, '}');
}

/* Over an object of any kind, from brace to brace. */
static bool
skip_object(struct cursor *c)
{
	size_t depth = 0;
	bool quoted = false;

	for (; c->at < c->end; c->at++) {
		if (quoted) {
			if (*c->at == '\\' && c->at + 1 < c->end)
				c->at++;
			else if (*c->at == '"')
				quoted = false;
			continue;
		}
		if (*c->at == '"')
			quoted = true;
		else if (*c->at == '{')
			depth++;
		else if (*c->at == '}' && --depth == 0) {
			c->at++;
			return true;
		}
	}
	return false;
}

static bool
scan_item(struct cursor *c, struct scan *scan, struct scan_item *item)
{
	struct cursor start;

	space(c);
	start = *c;
	item->first = scan->row_count;
	if (!take_item(c, scan, item)) {
		scan->row_count = item->first;
		item->next.len = 0;
		item->odd = true;
		*c = start;
		if (c->at == c->end || *c->at != '{' || !skip_object(c))
			return false;
	}
	item->count = scan->row_count - item->first;
	item->text.s = start.at;
	item->text.len = (size_t)(c->at - start.at);
	return true;
}

bool
scan_batch(const char *body, size_t len, size_t count, struct scan *out)
{
	struct cursor c = { body, body + len };
	struct scan_text name;
	size_t i;

	memset(out, 0, sizeof(*out));
	out->items = mem_zero(count + 1, sizeof(*out->items));
	if (!take(&c, '{') || !take_text(&c, &name) || !is(name, "results") ||
	    !take(&c, ':') || !take(&c, '['))
		return false;
	for (i = 0; i < count; i++)
		if ((i > 0 && !take(&c, ',')) ||
		    !scan_item(&c, out, &out->items[i]))
			return false;
	if (!take(&c, ']') || !take(&c, '}'))
		return false;
	space(&c);
	return c.at == c.end;
}

void
scan_free(struct scan *scan)
{
	free(scan->rows);
	free(scan->items);
}

bool
scan_next(const struct scan_row *row, size_t *at, struct scan_text *out)
{
	struct cursor c = { row->list.s + *at, row->list.s + row->list.len };
	bool more;

	if (*at > 0)
		take(&c, ',');
	more = take_text(&c, out);
	*at = (size_t)(c.at - row->list.s);
	return more;
}
