/* Makes a reply plain, whatever an MTA, a wrapper or a log did to it. */
/* SPDX-License-Identifier: MIT */
#include "normalise.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "sendtop/text.h"

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_alnum(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z');
}

/* --- what logs and wrappers encode ---------------------------------------- */

/* Texts that stand for one character; 0: for nothing. */
static const struct {
	const char *text;
	char c;
} escapes[] = {
	{ "\\n", ' ' },
	{ "\\r", ' ' },
	{ "\\t", ' ' },
	{ "\\'", '\'' },
	{ "\\\"", '"' },
	{ "#012", ' ' },
	{ "#015", ' ' },
	{ "#011", ' ' },
	{ "&#39;", '\'' },
	{ "&#039;", '\'' },
	{ "&#x27;", '\'' },
	{ "&apos;", '\'' },
	{ "&#34;", '"' },
	{ "&quot;", '"' },
	{ "&lt;", '<' },
	{ "&gt;", '>' },
	{ "&amp;", '&' },
	{ "&nbsp;", ' ' },
	{ "<br>", ' ' },
	{ "<br/>", ' ' },
	{ "<br />", ' ' },
};

/* Ranges of characters that have an ASCII one beside them. */
static const struct {
	uint32_t first, last;
	char c;
} twins[] = {
	{ 0xa0, 0xa0, ' ' },
	{ 0xb4, 0xb4, '\'' },
	{ 0x2000, 0x200a, ' ' },
	{ 0x2010, 0x2015, '-' },
	{ 0x2018, 0x201b, '\'' },
	{ 0x201c, 0x201f, '"' },
	{ 0x2028, 0x2029, ' ' },
	{ 0x2032, 0x2033, '\'' },
	{ 0x2212, 0x2212, '-' },
	{ 0x3000, 0x3000, ' ' },
};

static size_t
take_escape(const char *s, size_t len, char *out)
{
	size_t i, n;

	if (*s != '\\' && *s != '#' && *s != '&' && *s != '<')
		return 0;
	for (i = 0; i < sizeof(escapes) / sizeof(escapes[0]); i++) {
		n = strlen(escapes[i].text);
		if (n <= len && memcmp(s, escapes[i].text, n) == 0) {
			*out = escapes[i].c;
			return n;
		}
	}
	return 0;
}

static int
hex_value(char c)
{
	if (is_digit(c))
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* %20 and \x20; an octet above ASCII is dropped. */
static size_t
take_hex(const char *s, size_t len, char *out)
{
	size_t skip = *s == '%' ? 1 : 2;
	int high, low, value;

	if (len < skip + 2 || (*s != '%' && (*s != '\\' || s[1] != 'x')))
		return 0;
	high = hex_value(s[skip]);
	low = hex_value(s[skip + 1]);
	if (high < 0 || low < 0)
		return 0;
	value = high * 16 + low;
	*out = value > 0x7e ? '\0' : value <= ' ' ? ' ' : (char)value;
	return skip + 2;
}

static size_t
take_character(const char *s, size_t len, char *out)
{
	uint32_t code;
	size_t i, n = text_decode(s, len, &code);

	*out = '\0';
	if (n == 0)
		return 1;
	for (i = 0; i < sizeof(twins) / sizeof(twins[0]); i++)
		if (code >= twins[i].first && code <= twins[i].last)
			*out = twins[i].c;
	return n;
}

static size_t
take(const char *s, size_t len, char *out)
{
	size_t n;

	if ((unsigned char)*s >= 0x80)
		return take_character(s, len, out);
	n = take_escape(s, len, out);
	if (n == 0)
		n = take_hex(s, len, out);
	if (n > 0)
		return n;
	*out = *s <= ' ' || *s == 0x7f ? ' ' : *s == '`' ? '\'' : *s;
	return 1;
}

/* Most of a reply stands for itself: none of # % & < and backslashes. */
static bool
is_plain(char c)
{
	return (c >= '(' && c <= '[' && c != '<') || (c >= 'a' && c <= '~') ||
	    c == ' ';
}

/* Some logs write a blank as _ or +. */
static void
open_blanks(char *raw, size_t len)
{
	size_t i, blanks = 0, lines = 0, pluses = 0;
	char fill;

	for (i = 0; i < len; i++) {
		blanks += raw[i] == ' ';
		lines += raw[i] == '_';
		pluses += raw[i] == '+';
	}
	if ((lines < 3 || lines <= blanks) && (pluses < 3 || pluses <= blanks))
		return;
	fill = lines >= pluses ? '_' : '+';
	for (i = 0; i < len; i++)
		if (raw[i] == fill)
			raw[i] = ' ';
}

/* Returns the length; lower case, ASCII, no control characters. */
static size_t
decode(const char *text, size_t len, char raw[GIST_SIZE])
{
	size_t i = 0, used = 0;
	char c;

	while (i < len && used < GIST_SIZE - 1) {
		c = text[i];
		if (is_plain(c))
			i++;
		else
			i += take(text + i, len - i, &c);
		if (c != '\0')
			raw[used++] = c >= 'A' && c <= 'Z'
			    ? (char)(c - 'A' + 'a')
			    : c;
	}
	raw[used] = '\0';
	open_blanks(raw, used);
	return used;
}

/* --- codes ---------------------------------------------------------------- */

struct code {
	int reply; /* 0: an enhanced code alone, or none at all */
	size_t enhanced_at, enhanced_len;
	size_t len; /* octets that it takes */
};

/* "5.7.26" that is no part of a longer number (4.16.55.1) or name. */
static size_t
enhanced_at(const char *s)
{
	size_t i = 1, part, n;

	if (s[0] != '4' && s[0] != '5')
		return 0;
	for (part = 0; part < 2; part++) {
		if (s[i] != '.')
			return 0;
		n = strspn(s + i + 1, "0123456789");
		if (n < 1 || n > 3)
			return 0;
		i += 1 + n;
	}
	if (is_alnum(s[i]) || s[i] == '_' ||
	    (s[i] == '.' && is_digit(s[i + 1])))
		return 0;
	return i;
}

/* People who show a log make x of its digits: "421-x.x.xx". */
static size_t
masked_at(const char *s)
{
	size_t n = strspn(s, "x.");

	return n >= 5 && s[0] == 'x' && s[1] == '.' && s[2] == 'x' ? n : 0;
}

/* "550", then "5.7.1" beside it: 550-5.7.1, 550 5.7.1, 550; 5.7.1,
 * (550, b'5.7.1. */
static bool
reply_at(const char *s, char before, struct code *out)
{
	size_t gap, n;

	if ((s[0] != '4' && s[0] != '5') || !is_digit(s[1]) || !is_digit(s[2]))
		return false;
	*out = (struct code){
		.reply = (s[0] - '0') * 100 + (s[1] - '0') * 10 + s[2] - '0',
		.len = 3,
	};
	gap = strspn(s + 3, " -;,#('\"b");
	if (gap > 0 && gap <= 5 && before != '.' && !is_digit(before)) {
		n = enhanced_at(s + 3 + gap);
		out->enhanced_at = 3 + gap;
		out->enhanced_len = n;
		if (n == 0)
			n = masked_at(s + 3 + gap);
		if (n > 0) {
			out->len = 3 + gap + n;
			return true;
		}
	}
	if (is_alnum(before) || strchr(".-_@/", before) != NULL)
		return false;
	/* "smtp[450]:" is the process that logged it: no code, nor a word. */
	if (before == '[' && s[3] == ']' && s[4] == ':')
		out->reply = 0;
	out->len += s[3] == '-';
	return s[3] == '\0' || strchr(" -:;,)]>", s[3]) != NULL;
}

/* before: the character in front, ' ' at the start. */
static bool
code_at(const char *s, char before, struct code *out)
{
	if (reply_at(s, before, out))
		return true;
	*out = (struct code){ .enhanced_len = enhanced_at(s) };
	out->len = out->enhanced_len;
	return out->len > 0 && !is_alnum(before) &&
	    strchr(".-_@/", before) == NULL;
}

/* OpenSMTPD takes "550-" and the ends off a reply's lines: "does not have
 * a5.7.25 PTR record".  Octets of a code that is glued to a word like that. */
static size_t
glued_at(const char *raw, size_t at, const struct gist *known)
{
	size_t len = strlen(known->enhanced);
	char before = at > 0 ? raw[at - 1] : ' ';

	if (len == 0 || strncmp(raw + at, known->enhanced, len) != 0 ||
	    raw[at + len] != ' ' || is_digit(before) ||
	    strchr("-_@/", before) != NULL ||
	    (before == '.' && at > 1 && is_digit(raw[at - 2])))
		return 0;
	return len;
}

/*
 * Of several codes a reply and an enhanced one side by side count, the last
 * two of them: of "550-5.7.26 ... 450 4.7.26" the last line decides for the
 * MTA, and who wraps a reply puts his own code in front.  Without such a pair
 * the first of each counts.
 */
static void
note_code(struct gist *out, const char *s, const struct code *code, bool *pair)
{
	bool whole = code->reply != 0 && code->enhanced_len > 0;

	if (*pair && !whole)
		return;
	if (code->reply != 0 && (whole || out->reply == 0))
		out->reply = code->reply;
	if (code->enhanced_len > 0 && code->enhanced_len < GIST_ENHANCED &&
	    (whole || (out->enhanced[0] == '\0' && out->reply == 0))) {
		memcpy(
		    out->enhanced, s + code->enhanced_at, code->enhanced_len);
		out->enhanced[code->enhanced_len] = '\0';
	}
	*pair = whole;
}

/* Where the receiver's own words begin: what is in front of them is the log's,
 * and may have numbers that look like codes. */
static size_t
words_begin(const char *raw)
{
	static const char *const before[] = { " said: ",
		"refused to talk to me: ", "smtp error from remote mail" };
	const char *at;
	size_t i;

	for (i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
		at = strstr(raw, before[i]);
		if (at != NULL)
			return (size_t)(at - raw) + strlen(before[i]);
	}
	return 0;
}

/* A space only where none is yet.  Lengths are kept by the caller, in a
 * register: this is done for each octet of a log's replies. */
static size_t
add(char *out, size_t len, char c)
{
	if (c != ' ' || (len > 0 && out[len - 1] != ' '))
		out[len++] = c;
	return len;
}

static size_t
end(char *out, size_t len)
{
	if (len > 0 && out[len - 1] == ' ')
		len--;
	out[len] = '\0';
	return len;
}

static void
take_codes(const char *raw, size_t len, struct gist *out)
{
	size_t i = 0, begin = words_begin(raw), used = 0;
	bool pair = false;
	struct code code;
	size_t glued;

	while (i < len) {
		if (raw[i] != '4' && raw[i] != '5') {
			used = add(out->line, used, raw[i++]);
			continue;
		}
		if (!code_at(raw + i, i > 0 ? raw[i - 1] : ' ', &code)) {
			glued = glued_at(raw, i, out);
			if (glued > 0) {
				used = add(out->line, used, ' ');
				i += glued;
				continue;
			}
			used = add(out->line, used, raw[i++]);
			continue;
		}
		used = add(out->line, used, ' ');
		if (i >= begin) {
			if (out->reply == 0 && out->enhanced[0] == '\0')
				out->said = used;
			note_code(out, raw + i, &code, &pair);
		}
		i += code.len;
	}
	out->line_len = end(out->line, used);
	if (out->said > out->line_len)
		out->said = out->line_len;
}

/* --- words ---------------------------------------------------------------- */

/* E-mail and email are mail: Google's page has had all three in turn.  Returns
 * the length with a space behind the word that began at start. */
static size_t
end_word(char *words, size_t start, size_t used)
{
	char *word = words + start;
	size_t len = used - start;

	if (len >= 5 && len <= 6 && memcmp(word, "email", 5) == 0 &&
	    (len == 5 || word[5] == 's')) {
		memmove(word, word + 1, len - 1);
		used--;
	} else if (len >= 4 && len <= 5 && memcmp(word, "mail", 4) == 0 &&
	    (len == 4 || word[4] == 's') && start >= 2 && word[-2] == 'e' &&
	    (start == 2 || word[-3] == ' ')) {
		memmove(word - 2, word, len);
		used -= 2;
	}
	return add(words, used, ' ');
}

/* Apostrophes go, and so do the question marks that an MTA puts for the octets
 * of a curly one ("doesn???t"). */
static void
take_words(struct gist *out)
{
	const char *line = out->line;
	char *words = out->words;
	size_t i, start = 0, used = 0, len = out->line_len;

	for (i = 0; i < len; i++) {
		char c = line[i];

		if (is_alnum(c) || c == '=') {
			words[used++] = c;
			continue;
		}
		if (c == '\'' ||
		    (c == '?' &&
			(line[i + 1] == '?' || (i > 0 && line[i - 1] == '?'))))
			continue;
		used = end_word(words, start, used);
		start = used;
	}
	used = end_word(words, start, used);
	out->words_len = end(words, used);
}

void
normalise(const char *text, size_t len, struct gist *out)
{
	char raw[GIST_SIZE];

	out->line_len = out->words_len = out->said = 0;
	out->reply = 0;
	out->enhanced[0] = '\0';
	take_codes(raw, decode(text, len, raw), out);
	take_words(out);
}
