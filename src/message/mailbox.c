/* Addresses and dates of a message's fields (RFC 5322 3.3, 3.4). */
/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <strings.h>

#include "sendtop/day.h"
#include "sendtop/message.h"

enum { DEEPEST = 32, MAILBOXES_MOST = 1000 };

/* --- the lexical parts ----------------------------------------------------------- */

struct lexer {
	const char *at;
	struct arena *arena;
	bool broken;
};

/* White space and comments, which may nest and hold quoted pairs. */
static void
skip(struct lexer *lex)
{
	int depth = 0;

	for (; *lex->at != '\0'; lex->at++) {
		char c = *lex->at;

		if (c == '(' && depth < DEEPEST)
			depth++;
		else if (c == ')' && depth > 0)
			depth--;
		else if (depth > 0 && c == '\\' && lex->at[1] != '\0')
			lex->at++;
		else if (depth == 0 && c != ' ' && c != '\t')
			break;
	}
	if (depth > 0)
		lex->broken = true;
}

/* Atoms with the dots between them; octets beyond ASCII as RFC 6532 has it. */
static bool
is_atom(char c)
{
	return c != '\0' && strchr(" \t()<>[]:;@\\,\"", c) == NULL &&
	    (unsigned char)c >= 0x20 && c != 0x7f;
}

/* A quoted string without its quotes; lex->at stands on the first one. */
static void
quoted(struct lexer *lex, struct buf *out)
{
	for (lex->at++; *lex->at != '"'; lex->at++) {
		if (*lex->at == '\\' && lex->at[1] != '\0')
			lex->at++;
		if (*lex->at == '\0') {
			lex->broken = true;
			return;
		}
		buf_char(out, *lex->at);
	}
	lex->at++;
}

static const char *
taken(struct lexer *lex, struct buf *buf)
{
	const char *text = arena_ndup(
	    lex->arena, buf->data != NULL ? buf->data : "", buf->len);

	buf_free(buf);
	return text;
}

/* Words with one blank between them: a display name, or a local part. */
static const char *
words(struct lexer *lex)
{
	struct buf out = { 0 };

	for (skip(lex); *lex->at == '"' || is_atom(*lex->at); skip(lex)) {
		const char *start = lex->at;

		if (out.len > 0)
			buf_char(&out, ' ');
		if (*lex->at == '"') {
			quoted(lex, &out);
			continue;
		}
		while (is_atom(*lex->at))
			lex->at++;
		buf_add(&out, start, (size_t)(lex->at - start));
	}
	return taken(lex, &out);
}

/* Behind the @: a name or an address in brackets. */
static const char *
domain(struct lexer *lex)
{
	const char *start;
	const char *out;

	skip(lex);
	start = lex->at;
	if (*lex->at == '[') {
		lex->at += strcspn(lex->at, "]");
		if (*lex->at == ']')
			lex->at++;
		else
			lex->broken = true;
	} else {
		while (is_atom(*lex->at))
			lex->at++;
	}
	if (lex->at == start)
		lex->broken = true;
	out = arena_ndup(lex->arena, start, (size_t)(lex->at - start));
	skip(lex);
	return out;
}

/* --- mailboxes --------------------------------------------------------------------- */

static struct mailbox
in_angles(struct lexer *lex, const char *display)
{
	struct mailbox box = { .display = display };

	lex->at++;
	box.local = words(lex);
	if (*lex->at != '@' || strchr(box.local, ' ') != NULL) {
		lex->broken = true;
		box.domain = "";
		return box;
	}
	lex->at++;
	box.domain = domain(lex);
	if (*lex->at == '>')
		lex->at++;
	else
		lex->broken = true;
	skip(lex);
	return box;
}

/* One mailbox, or the name of a group before its colon (false). */
static bool
one(struct lexer *lex, struct mailbox *out)
{
	const char *first = words(lex);

	if (*lex->at == '<') {
		*out = in_angles(lex, first);
		return true;
	}
	if (*lex->at == '@') {
		lex->at++;
		*out = (struct mailbox){ "", first, domain(lex) };
		if (first[0] == '\0' || strchr(first, ' ') != NULL)
			lex->broken = true;
		return true;
	}
	if (*lex->at != ':')
		lex->broken = true;
	return false;
}

bool
mailboxes_parse(
    const char *value, struct arena *arena, struct mailbox **out, size_t *count)
{
	struct lexer lex = { .at = value, .arena = arena };
	struct mailbox *all = arena_alloc(arena, MAILBOXES_MOST * sizeof(*all));
	bool group = false;

	*out = all;
	*count = 0;
	for (skip(&lex); *lex.at != '\0' && !lex.broken; skip(&lex)) {
		if (*lex.at == ',' || (*lex.at == ';' && group)) {
			group = group && *lex.at == ',';
			lex.at++;
			continue;
		}
		if (*count == MAILBOXES_MOST)
			return false;
		if (one(&lex, &all[*count])) {
			*count += !lex.broken;
		} else if (!lex.broken) {
			lex.broken = group;
			group = true;
			lex.at++;
		}
		if (!lex.broken && *lex.at != '\0' && *lex.at != ',' &&
		    *lex.at != ';' && lex.at[-1] != ':')
			lex.broken = true;
	}
	return !lex.broken && !group;
}

/* --- dates ---------------------------------------------------------------------------- */

static bool
digits(const char **at, int least, int most, int *out)
{
	int n = 0;

	for (*out = 0; n < most && **at >= '0' && **at <= '9'; n++)
		*out = *out * 10 + *(*at)++ - '0';
	return n >= least && !(**at >= '0' && **at <= '9');
}

static void
blanks(const char **at)
{
	*at += strspn(*at, " \t");
}

/* Three letters of a list of such; -1 for none. */
static int
of_three(const char **at, const char *list)
{
	for (int i = 0; list[i * 3] != '\0'; i++)
		if (strncasecmp(*at, list + i * 3, 3) == 0) {
			*at += 3;
			return i;
		}
	return -1;
}

/* No February 30. */
static bool
is_civil(int32_t day, int month, int mday)
{
	int y, m, d;

	day_split(day, &y, &m, &d);
	return m == month && d == mday;
}

static bool
read_day(const char **at, int32_t *day)
{
	int mday, month, year;

	if (of_three(at, "MonTueWedThuFriSatSun") >= 0) {
		blanks(at);
		if (*(*at)++ != ',')
			return false;
		blanks(at);
	}
	if (!digits(at, 1, 2, &mday))
		return false;
	blanks(at);
	month = of_three(at, "JanFebMarAprMayJunJulAugSepOctNovDec");
	blanks(at);
	if (month < 0 || mday < 1 || mday > 31 || !digits(at, 2, 4, &year))
		return false;
	/* 4.3: two and three digits. */
	if (year < 50)
		year += 2000;
	else if (year < 1000)
		year += 1900;
	*day = day_civil(year, month + 1, mday);
	return is_civil(*day, month + 1, mday);
}

static bool
read_clock(const char **at, int *seconds)
{
	int h, m, s = 0;

	if (!digits(at, 2, 2, &h) || *(*at)++ != ':' || !digits(at, 2, 2, &m))
		return false;
	if (**at == ':') {
		(*at)++;
		if (!digits(at, 2, 2, &s))
			return false;
	}
	*seconds = (h * 60 + m) * 60 + s;
	return h < 24 && m < 60 && s <= 60;
}

/* Seconds east of Greenwich; an unknown name counts as -0000 (4.3). */
static bool
read_zone(const char **at, int *east)
{
	static const struct {
		const char *name;
		int hours;
	} names[] = { { "EST", -5 }, { "EDT", -4 }, { "CST", -6 },
		{ "CDT", -5 }, { "MST", -7 }, { "MDT", -6 }, { "PST", -8 },
		{ "PDT", -7 } };
	char sign = **at;
	int number;

	*east = 0;
	if (sign == '+' || sign == '-') {
		(*at)++;
		if (!digits(at, 4, 4, &number) || number % 100 > 59)
			return false;
		*east = (number / 100 * 60 + number % 100) * 60;
		*east = sign == '-' ? -*east : *east;
		return true;
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strncasecmp(*at, names[i].name, 3) == 0)
			*east = names[i].hours * 3600;
	return (sign >= 'A' && sign <= 'Z') || (sign >= 'a' && sign <= 'z');
}

bool
message_date_parse(const char *value, int64_t *out)
{
	const char *at = value;
	int32_t day;
	int seconds, east;

	blanks(&at);
	if (!read_day(&at, &day))
		return false;
	blanks(&at);
	if (!read_clock(&at, &seconds))
		return false;
	blanks(&at);
	if (!read_zone(&at, &east))
		return false;
	*out = day_start(day) + seconds - east;
	return true;
}
