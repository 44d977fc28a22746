/* An SPF evaluation as the header field of RFC 7208 9.1. */
/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "checks/spf_parts.h"
#include "sendtop/text.h"

enum {
	LINE_MAX_SHOWN = 78, /* RFC 5322 2.1.1 */
	VALUE_MAX = 400,     /* so that no line comes near its 998 octets */
};

struct header {
	FILE *to;
	size_t column;
	bool paired; /* a key and value were written */
};

/* RFC 5322 3.2.3, ASCII only. */
static bool
is_atext(char c)
{
	return c != '\0' &&
	    (isalnum((unsigned char)c) ||
		strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

static bool
is_dot_atom(const char *text)
{
	if (*text == '\0')
		return false;
	for (;;) {
		if (!is_atext(*text))
			return false;
		while (is_atext(*text))
			text++;
		if (*text == '\0')
			return true;
		if (*text++ != '.')
			return false;
	}
}

/* As a word where it is one, else as a quoted-string (RFC 5322 3.2.4). */
static void
add_value(struct buf *out, const char *text)
{
	char shown[VALUE_MAX];

	text_printable(shown, sizeof(shown), text, strlen(text));
	if (is_dot_atom(shown)) {
		buf_str(out, shown);
		return;
	}
	buf_char(out, '"');
	for (const char *s = shown; *s != '\0'; s++) {
		if (*s == '"' || *s == '\\')
			buf_char(out, '\\');
		buf_char(out, *s);
	}
	buf_char(out, '"');
}

/* A part of the field, on a line of its own where this one is full. */
static void
put(struct header *h, const char *part)
{
	size_t width = text_width(part);

	if (h->column > 0 && h->column + 1 + width > LINE_MAX_SHOWN) {
		fputs("\n\t", h->to);
		h->column = 8;
	} else if (h->column > 0) {
		fputc(' ', h->to);
		h->column++;
	}
	fputs(part, h->to);
	h->column += width;
}

static void
put_pair(struct header *h, const char *key, const char *value)
{
	struct buf part = { 0 };

	if (h->paired) {
		fputc(';', h->to);
		h->column++;
	}
	buf_printf(&part, "%s=", key);
	add_value(&part, value);
	put(h, part.data);
	h->paired = true;
	buf_free(&part);
}

/* The directive that matched, in the own record or in the one that took its
 * place; "default" when none did. */
static const char *
mechanism(const struct spf_outcome *outcome)
{
	const struct spf_step *steps = outcome->steps;
	size_t from = 0, i = outcome->step_count;
	unsigned depth = 0;

	while (i > from) {
		i--;
		if (steps[i].depth != depth || !steps[i].matched)
			continue;
		if (!text_starts_nocase(steps[i].term, "redirect="))
			return steps[i].term;
		from = i + 1;
		i = outcome->step_count;
		depth++;
	}
	return "default";
}

static const char *
receiver_of(const struct spf_request *request)
{
	return request->receiver != NULL && request->receiver[0] != '\0'
	    ? request->receiver
	    : "unknown";
}

/* "domain of x@a.test" and what follows it, the address in between. */
static const struct {
	const char *verb, *end; /* end NULL: without the address */
} words[] = {
	[SPF_NONE] = { " publishes no SPF record", NULL },
	[SPF_NEUTRAL] = { " says nothing about ", "" },
	[SPF_PASS] = { " designates ", " as permitted sender" },
	[SPF_FAIL] = { " does not designate ", " as permitted sender" },
	[SPF_SOFTFAIL] = { " does not designate ",
	    " as permitted sender, but is not sure" },
	[SPF_TEMPERROR] = { " could not be looked up", NULL },
	[SPF_PERMERROR] = { " publishes a broken SPF record", NULL },
};

/* RFC 5322 3.2.2: in a comment these three are quoted. */
static void
add_comment(struct buf *out, const char *text)
{
	char shown[VALUE_MAX / 2];

	text_printable(shown, sizeof(shown), text, strlen(text));
	for (const char *s = shown; *s != '\0'; s++) {
		if (strchr("()\\", *s) != NULL)
			buf_char(out, '\\');
		buf_char(out, *s);
	}
}

static void
put_comment(struct header *h, const struct spf_request *request,
    enum spf_result result, const char *ip)
{
	const char *who = request->mail_from[0] != '\0' ? request->mail_from
							: request->helo;
	struct buf part = { 0 };

	buf_char(&part, '(');
	add_comment(&part, receiver_of(request));
	buf_str(&part, ": domain of ");
	add_comment(&part, who);
	buf_str(&part, words[result].verb);
	if (words[result].end != NULL)
		buf_printf(&part, "%s%s", ip, words[result].end);
	buf_char(&part, ')');
	put(h, part.data);
	buf_free(&part);
}

void
spf_print_header(FILE *to, const struct spf_request *request,
    const struct spf_outcome *outcome)
{
	struct header h = { .to = to };
	bool helo = request->mail_from[0] == '\0';
	bool error = outcome->result == SPF_TEMPERROR ||
	    outcome->result == SPF_PERMERROR;
	char ip[ADDRESS_TEXT_SIZE];

	address_text(request->ip, ip);
	put(&h, "Received-SPF:");
	put(&h, spf_result_name(outcome->result));
	put_comment(&h, request, outcome->result, ip);
	put_pair(&h, "receiver", receiver_of(request));
	put_pair(&h, "identity", helo ? "helo" : "mailfrom");
	put_pair(&h, "client-ip", ip);
	put_pair(&h, "envelope-from", request->mail_from);
	if (request->helo[0] != '\0')
		put_pair(&h, "helo", request->helo);
	if (error)
		put_pair(&h, "problem", outcome->problem);
	else if (outcome->result != SPF_NONE)
		put_pair(&h, "mechanism", mechanism(outcome));
	fputc('\n', to);
}
