/* A strict reader of master files, for tests of what is to be pasted. */
/* SPDX-License-Identifier: MIT */
#include "master.h"

#include <check.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sendtop/mem.h"

enum { STRING_MAX = 255 };

struct reader {
	const char *text, *at;
	int depth;     /* of brackets */
	size_t words;  /* of the record that is read */
	char type[16]; /* its type, once known */
	bool joined;   /* the word before was a string, or digits of TLSA */
	struct buf out, remark;
};

static void
bad(const struct reader *r, const char *why)
{
	ck_abort_msg(
	    "%s at octet %d of:\n%s", why, (int)(r->at - r->text), r->text);
}

/* One octet, escapes undone. */
static unsigned
octet(struct reader *r)
{
	unsigned code = 0;

	if (*r->at != '\\')
		return (unsigned char)*r->at++;
	r->at++;
	if (*r->at < '0' || *r->at > '9') {
		if (*r->at == '\0' || *r->at == '\n')
			bad(r, "an escape of nothing");
		return (unsigned char)*r->at++;
	}
	for (int i = 0; i < 3; i++) {
		if (*r->at < '0' || *r->at > '9')
			bad(r, "an escape without three digits");
		code = code * 10 + (unsigned)(*r->at++ - '0');
	}
	if (code > 255)
		bad(r, "an escape of no octet");
	return code;
}

static void
string(struct reader *r)
{
	int octets = 0;

	if (r->words < 4 || strcmp(r->type, "TXT") != 0)
		bad(r, "a string where none may be");
	if (!r->joined)
		buf_char(&r->out, ' ');
	r->joined = true;
	for (r->at++; *r->at != '"'; octets++) {
		if (*r->at == '\0' || *r->at == '\n')
			bad(r, "a string that the line ends");
		buf_printf(&r->out, "%02x", octet(r));
	}
	r->at++;
	if (octets > STRING_MAX)
		bad(r, "a string that is too long");
}

static void
word(struct reader *r)
{
	const char *start = r->at;
	size_t len;

	while (*r->at != '\0' && strchr(" \t\n;()\"", *r->at) == NULL)
		octet(r);
	len = (size_t)(r->at - start);
	if (*r->at == '"')
		bad(r, "quotes in a word");
	/* OWNER IN TYPE: 1, 2, 3. */
	if (++r->words == 3) {
		if (len >= sizeof(r->type))
			bad(r, "no type");
		memcpy(r->type, start, len);
		r->type[len] = '\0';
	}
	r->joined = r->words > 7 && strcmp(r->type, "TLSA") == 0;
	if (r->words > 1 && !r->joined)
		buf_char(&r->out, ' ');
	buf_add(&r->out, start, len);
}

static void
remark(struct reader *r)
{
	for (r->at++; *r->at != '\n' && *r->at != '\0'; r->at++)
		if (*r->at != ' ')
			buf_char(&r->remark, *r->at);
}

static void
end_remark(struct reader *r)
{
	if (r->remark.len > 0)
		buf_printf(&r->out, " ; %s", r->remark.data);
	buf_free(&r->remark);
	if (r->out.len > 0)
		buf_char(&r->out, '\n');
}

/* A record begins: what stood before it is whole. */
static void
begin(struct reader *r)
{
	if (r->words > 0)
		return;
	end_remark(r);
	if (r->at > r->text && r->at[-1] != '\n')
		bad(r, "an owner that is not at the line's start");
}

static void
end_line(struct reader *r)
{
	if (*r->at == '\n')
		r->at++;
	if (r->depth > 0)
		return;
	if (r->words > 0 && r->words < 3)
		bad(r, "half a record");
	r->words = 0;
	r->joined = false;
}

static void
read_one(struct reader *r)
{
	switch (*r->at) {
	case ' ':
		r->at++;
		break;
	case '\n':
		end_line(r);
		break;
	case ';':
		remark(r);
		break;
	case '(':
	case ')':
		r->depth += *r->at == '(' ? 1 : -1;
		if (r->depth < 0 || r->depth > 1 || r->words == 0)
			bad(r, "a bracket where none may be");
		r->at++;
		break;
	case '"':
		r->words++;
		string(r);
		break;
	default:
		begin(r);
		word(r);
		break;
	}
}

char *
master_read(const char *text)
{
	struct reader r = { .text = text, .at = text };

	while (*r.at != '\0')
		read_one(&r);
	if (r.depth > 0)
		bad(&r, "a bracket that does not end");
	end_line(&r);
	end_remark(&r);
	return buf_take(&r.out);
}
