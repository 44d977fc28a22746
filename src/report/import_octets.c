/* Records out of octets: CSV and flat JSON, strictly. */
/* SPDX-License-Identifier: MIT */
#include "report/import_octets.h"

#include <string.h>

#include "sendtop/text.h"

bool
import_utf8(const char *data, size_t len)
{
	size_t at = 0;
	uint32_t code;

	while ((at += text_plain_run(data + at, len - at)) < len) {
		size_t used = text_decode(data + at, len - at, &code);

		if (used == 0 || code == 0)
			return false;
		at += used;
	}
	return true;
}

/* --- CSV ------------------------------------------------------------------- */

/* What is left to read and to write. */
struct cut {
	const char *at, *end;
	char *out;
	bool last;
};

static void
copy(struct cut *c, size_t len)
{
	memcpy(c->out, c->at, len);
	c->out += len;
	c->at += len;
}

/* A cell in quotes, the first of them taken. */
static enum import_got
quoted(struct cut *c, const char **why)
{
	for (;;) {
		const char *quote = memchr(
		    c->at, '"', (size_t)(c->end - c->at));

		*why = "a quote is opened and not closed";
		if (quote == NULL)
			return c->last ? GOT_BAD : GOT_PART;
		copy(c, (size_t)(quote - c->at));
		c->at++;
		if (c->at == c->end)
			return c->last ? GOT_RECORD : GOT_PART;
		if (*c->at != '"')
			return GOT_RECORD;
		*c->out++ = *c->at++;
	}
}

static enum import_got
bare(struct cut *c, const char **why)
{
	const char *stop = c->at;
	size_t len;

	while (stop < c->end && *stop != ',' && *stop != '\n' && *stop != '"')
		stop++;
	if (stop == c->end && !c->last)
		return GOT_PART;
	*why = "a quote stands within a cell that does not begin with one";
	if (stop < c->end && *stop == '"')
		return GOT_BAD;
	len = (size_t)(stop - c->at);
	if (len > 0 && (stop == c->end || *stop == '\n') && stop[-1] == '\r')
		len--;
	copy(c, len);
	return GOT_RECORD;
}

/* What comes after a cell: *more, another one. */
static enum import_got
after(struct cut *c, bool *more, bool *ended, const char **why)
{
	bool returned = c->at < c->end && *c->at == '\r';

	*more = *ended = false;
	if (returned) {
		c->at++;
		if (c->at == c->end && !c->last)
			return GOT_PART;
	}
	if (c->at == c->end)
		return GOT_RECORD;
	*more = *c->at == ',' && !returned;
	*ended = *c->at == '\n';
	*why = "text follows a closing quote";
	if (!*more && !*ended)
		return GOT_BAD;
	c->at++;
	return GOT_RECORD;
}

enum import_got
import_csv(const char *data, size_t len, bool last, struct import_cells *cells,
    const char **why)
{
	struct cut c = { data, data + len, cells->out, last };
	enum import_got got = GOT_RECORD;
	bool more = true;

	cells->count = 0;
	while (got == GOT_RECORD && more) {
		if (cells->count == IMPORT_CELLS) {
			*why = "there are more than 128 columns";
			return GOT_BAD;
		}
		cells->cell[cells->count++] = c.out;
		if (c.at < c.end && *c.at == '"') {
			c.at++;
			got = quoted(&c, why);
		} else {
			got = bare(&c, why);
		}
		*c.out++ = '\0';
		if (got == GOT_RECORD)
			got = after(&c, &more, &cells->ended, why);
		if (got == GOT_RECORD && more && c.at == c.end && !last)
			got = GOT_PART;
	}
	cells->used = (size_t)(c.at - data);
	return got;
}

/* --- JSON ------------------------------------------------------------------ */

static void
skip_blanks(struct cut *c)
{
	while (
	    c->at < c->end && strchr(" \t\r", *c->at) != NULL && *c->at != '\0')
		c->at++;
}

static bool
take(struct cut *c, char wanted)
{
	skip_blanks(c);
	if (c->at == c->end || *c->at != wanted)
		return false;
	c->at++;
	return true;
}

static bool
hex4(struct cut *c, uint32_t *out)
{
	static const char digits[] = "0123456789abcdef";

	*out = 0;
	for (int i = 0; i < 4; i++, c->at++) {
		const char *digit;
		char low;

		if (c->at == c->end || *c->at == '\0')
			return false;
		low = *c->at >= 'A' && *c->at <= 'F' ? (char)(*c->at + 32)
						     : *c->at;
		digit = strchr(digits, low);
		if (digit == NULL)
			return false;
		*out = *out << 4 | (uint32_t)(digit - digits);
	}
	return true;
}

enum { HIGH = 0xd800, LOW = 0xdc00, LOW_END = 0xe000, PLANE = 0x10000 };

/* What follows \u; at most as many octets come out as went in. */
static bool
unicode(struct cut *c)
{
	uint32_t code, low;

	if (!hex4(c, &code) || code == 0 || (code >= LOW && code < LOW_END))
		return false;
	if (code >= HIGH && code < LOW) {
		if (c->end - c->at < 6 || c->at[0] != '\\' || c->at[1] != 'u')
			return false;
		c->at += 2;
		if (!hex4(c, &low) || low < LOW || low >= LOW_END)
			return false;
		code = PLANE + ((code - HIGH) << 10) + (low - LOW);
	}
	c->out += text_encode(code, c->out);
	return true;
}

static bool
escape(struct cut *c)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *found;

	if (c->at == c->end || *c->at == '\0')
		return false;
	if (*c->at == 'u') {
		c->at++;
		return unicode(c);
	}
	found = strchr(from, *c->at);
	if (found == NULL)
		return false;
	*c->out++ = to[found - from];
	c->at++;
	return true;
}

/* A text behind its first quote, as it goes to `out`; NULL: it is none. */
static const char *
take_text(struct cut *c)
{
	const char *text = c->out;

	while (c->at < c->end && *c->at != '"') {
		if ((unsigned char)*c->at < ' ')
			return NULL;
		if (*c->at != '\\') {
			*c->out++ = *c->at++;
			continue;
		}
		c->at++;
		if (!escape(c))
			return NULL;
	}
	if (c->at == c->end)
		return NULL;
	c->at++;
	*c->out++ = '\0';
	return text;
}

static const char *
take_number(struct cut *c)
{
	const char *text = c->out;
	size_t len = 0;

	while (c->at + len < c->end && c->at[len] != '\0' &&
	    strchr("+-.0123456789eE", c->at[len]) != NULL)
		len++;
	copy(c, len);
	*c->out++ = '\0';
	return len > 0 ? text : NULL;
}

static bool
take_null(struct cut *c)
{
	if (c->end - c->at < 4 || memcmp(c->at, "null", 4) != 0)
		return false;
	c->at += 4;
	return true;
}

static bool
take_member(struct cut *c, import_member *member, void *arg, const char **why)
{
	const char *name, *text;
	bool number = false;

	*why = "not a JSON object on a line of its own";
	if (!take(c, '"') || (name = take_text(c)) == NULL || !take(c, ':'))
		return false;
	skip_blanks(c);
	if (take_null(c))
		return true;
	if (take(c, '"')) {
		text = take_text(c);
	} else {
		text = take_number(c);
		number = true;
		if (text == NULL && !member(arg, name, NULL, false, why))
			return false;
	}
	return text != NULL && member(arg, name, text, number, why);
}

/* A NUL is put behind a text where its quote was, behind a number where the
 * comma or brace was, so that len octets are room enough. */
bool
import_json(const char *data, size_t len, char *out, import_member *member,
    void *arg, const char **why)
{
	struct cut c = { data, data + len, out, true };

	*why = "not a JSON object on a line of its own";
	if (!take(&c, '{'))
		return false;
	if (!take(&c, '}')) {
		do {
			if (!take_member(&c, member, arg, why))
				return false;
		} while (take(&c, ','));
		*why = "not a JSON object on a line of its own";
		if (!take(&c, '}'))
			return false;
	}
	skip_blanks(&c);
	return c.at == c.end;
}
