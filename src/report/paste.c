/* A cure as it can be pasted: a record over several lines stays one record. */
/* SPDX-License-Identifier: MIT */
#include "report/wrap.h"

#include <stdbool.h>
#include <string.h>

#include "sendtop/mem.h"

enum {
	WIDTH = 80,
	MORE = 2, /* how much further in the second line begins */
	PIECE_MIN = 24,
};

/* Where a master file's remark begins (RFC 1035 5.1), or the text ends. */
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
	}
	return text;
}

static void
begin_line(FILE *out, size_t indent)
{
	fprintf(out, "\n%*s", (int)indent, "");
}

/* How many octets stand for one in a string: \DDD, \" or the octet. */
static size_t
unit_at(const char *s)
{
	if (*s != '\\' || s[1] == '\0')
		return 1;
	return s[1] >= '0' && s[1] <= '9' ? 4 : 2;
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

/* Copies as much of strings as there is room for, if possible up to a blank;
 * returns where the rest begins. */
static const char *
piece_take(const char *s, const char *end, size_t room, char piece[WIDTH])
{
	const char *blank = NULL;
	size_t len = 0, kept = 0;

	while (s < end) {
		if (*s == '"') {
			s = next_string(s, end);
			continue;
		}
		if (len + unit_at(s) > room)
			break;
		memcpy(piece + len, s, unit_at(s));
		len += unit_at(s);
		s += unit_at(s);
		if (s[-1] == ' ') {
			kept = len;
			blank = s;
		}
	}
	if (s < end && blank != NULL) {
		s = blank;
		len = kept;
	}
	piece[len] = '\0';
	return s;
}

/* TXT: strings of a line each; receivers read them as one. */
static void
put_strings(
    FILE *out, const char *s, const char *end, size_t used, size_t indent)
{
	char piece[WIDTH];

	s++;
	while (s < end) {
		/* The quotes, and the bracket at the end. */
		s = piece_take(s, end, WIDTH - used - 4, piece);
		fprintf(out, "\"%s\"", piece);
		if (s < end)
			begin_line(out, indent);
		used = indent;
	}
	fputs(" )\n", out);
}

/* A record that is longer than a line: brackets make it one. */
static void
put_long(FILE *out, const char *text, const char *end, size_t indent)
{
	const char *type = strstr(text, " IN ") + strlen(" IN ");
	const char *data = type + strcspn(type, " ");
	struct buf rest = { 0 };
	size_t used = indent + (size_t)(data - text) + strlen(" ( ");

	if (used + PIECE_MIN > WIDTH && *data == ' ' && data[1] != '"')
		data = type - strlen(" IN ");
	fprintf(out, "%*s%.*s (", (int)indent, "", (int)(data - text), text);
	indent += MORE;
	if (*data == ' ' && data[1] == '"') {
		if (used + PIECE_MIN > WIDTH) {
			begin_line(out, indent);
			used = indent;
		} else {
			fputc(' ', out);
		}
		put_strings(out, data + 1, end, used, indent);
		return;
	}
	fputc('\n', out);
	buf_printf(&rest, "%.*s )", (int)(end - data - 1), data + 1);
	report_wrap(out, rest.data, indent);
	buf_free(&rest);
}

/* Each line of it is a remark.  What has no blanks is cut. */
static void
put_remark(FILE *out, const char *text, size_t indent)
{
	size_t room = WIDTH - indent - strlen("; "), used = 0, len, n;

	while (*text != '\0') {
		text += strspn(text, " ");
		len = strcspn(text, " ");
		if (used > 0 && used + 1 + len > room) {
			fputc('\n', out);
			used = 0;
		}
		n = len < room ? len : room;
		if (used == 0)
			fprintf(out, "%*s; ", (int)indent, "");
		else
			fputc(' ', out);
		fprintf(out, "%.*s", (int)n, text);
		used += n + (used > 0 ? 1 : 0);
		text += n;
	}
	if (used > 0)
		fputc('\n', out);
}

void
report_paste(FILE *out, const char *text, size_t indent)
{
	const char *remark = remark_find(text), *end = remark;
	const char *in = strstr(text, ". IN ");

	if (in == NULL || in > remark || strchr(text, '\n') != NULL ||
	    indent + strlen(text) <= WIDTH) {
		report_wrap(out, text, indent);
		return;
	}
	while (end > text && end[-1] == ' ')
		end--;
	if (indent + (size_t)(end - text) <= WIDTH)
		fprintf(
		    out, "%*s%.*s\n", (int)indent, "", (int)(end - text), text);
	else
		put_long(out, text, end, indent);
	if (*remark == ';')
		put_remark(out, remark + 1, indent);
}
