/* Syslog's frame around a line (RFC 3164, RFC 5424), and spans of it. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "reader.h"

/* --- spans ------------------------------------------------------------------------------- */

bool
span_is(struct span span, const char *word)
{
	return strlen(word) == span.len && memcmp(span.at, word, span.len) == 0;
}

bool
span_starts(struct span span, const char *start)
{
	size_t len = strlen(start);

	return span.len >= len && memcmp(span.at, start, len) == 0;
}

const char *
span_find(struct span span, const char *text)
{
	return span.len > 0 ? memmem(span.at, span.len, text, strlen(text))
			    : NULL;
}

struct span
span_after(struct span span, const char *start, const char *stops)
{
	const char *at = span_find(span, start), *end = span.at + span.len;
	struct span out = { NULL, 0 };

	if (at == NULL)
		return out;
	out.at = at + strlen(start);
	while (out.at + out.len < end && strchr(stops, out.at[out.len]) == NULL)
		out.len++;
	return out;
}

struct span
span_domain(struct span address)
{
	struct span out = { NULL, 0 };
	const char *at;

	if (address.len > 0 && address.at[0] == '<') {
		address.at++;
		address.len--;
	}
	while (address.len > 0 && address.at[address.len - 1] == '>')
		address.len--;
	at = address.len > 0 ? memrchr(address.at, '@', address.len) : NULL;
	if (at != NULL) {
		out.at = at + 1;
		out.len = (size_t)(address.at + address.len - out.at);
	}
	return out;
}

void
span_relay(struct span relay, struct span *host, struct span *ip)
{
	const char *open, *close;

	*host = relay;
	*ip = (struct span){ NULL, 0 };
	if (relay.len == 0)
		return;
	open = memchr(relay.at, '[', relay.len);
	if (open == NULL)
		return;
	close = memchr(open, ']', (size_t)(relay.at + relay.len - open));
	host->len = (size_t)(open - relay.at);
	while (host->len > 0 && strchr(" (", host->at[host->len - 1]) != NULL)
		host->len--;
	if (host->len > 0 && host->at[host->len - 1] == '.')
		host->len--;
	if (close != NULL) {
		ip->at = open + 1;
		ip->len = (size_t)(close - open - 1);
	}
}

/* --- the frame ------------------------------------------------------------------------------ */

struct cursor {
	const char *at, *end;
};

static struct span
word(struct cursor *c)
{
	struct span out;
	const char *blank;

	while (c->at < c->end && *c->at == ' ')
		c->at++;
	blank = memchr(c->at, ' ', (size_t)(c->end - c->at));
	out.at = c->at;
	out.len = (size_t)((blank != NULL ? blank : c->end) - c->at);
	c->at = blank != NULL ? blank + 1 : c->end;
	return out;
}

/* What a container's log driver puts before each line: "mail-1  | ". */
static void
skip_container(struct cursor *c)
{
	enum { FAR = 64 };
	size_t len = (size_t)(c->end - c->at);
	const char *bar = memmem(c->at, len < FAR ? len : FAR, " | ", 3);

	if (bar != NULL && memchr(c->at, '[', (size_t)(bar - c->at)) == NULL)
		c->at = bar + 3;
}

/* "<22>" and, of RFC 5424, the version behind it. */
static bool
skip_priority(struct cursor *c)
{
	size_t n = 1;

	if (c->at >= c->end || *c->at != '<')
		return false;
	while (
	    n < 5 && c->at + n < c->end && c->at[n] >= '0' && c->at[n] <= '9')
		n++;
	if (n < 2 || c->at + n >= c->end || c->at[n] != '>')
		return false;
	c->at += n + 1;
	if (c->end - c->at > 2 && c->at[0] == '1' && c->at[1] == ' ') {
		c->at += 2;
		return true;
	}
	return false;
}

/* RFC 5424 6.3: "-" or elements in brackets, in which \] does not end one. */
static void
skip_structured(struct cursor *c)
{
	bool quoted = false;

	if (c->at < c->end && *c->at == '-') {
		c->at++;
	} else {
		while (c->at < c->end && *c->at == '[') {
			for (c->at++; c->at < c->end; c->at++) {
				if (*c->at == '\\' && quoted &&
				    c->at + 1 < c->end)
					c->at++;
				else if (*c->at == '"')
					quoted = !quoted;
				else if (*c->at == ']' && !quoted)
					break;
			}
			c->at += c->at < c->end;
		}
	}
	while (c->at < c->end && (*c->at == ' ' || (*c->at & 0x80) != 0))
		c->at++;
}

/* "tag[pid]:", "tag:" or "tag[pid]". */
static bool
read_tag(struct cursor *c, struct syslog *out)
{
	struct span tag = word(c);
	const char *open;

	if (tag.len > 0 && tag.at[tag.len - 1] == ':')
		tag.len--;
	out->tag = tag;
	out->pid = (struct span){ NULL, 0 };
	open = tag.len > 0 ? memchr(tag.at, '[', tag.len) : NULL;
	if (open != NULL) {
		out->tag.len = (size_t)(open - tag.at);
		out->pid.at = open + 1;
		out->pid.len = tag.len - out->tag.len - 1;
		if (out->pid.len > 0 && out->pid.at[out->pid.len - 1] == ']')
			out->pid.len--;
	}
	return out->tag.len > 0;
}

static bool
read_rest(struct cursor *c, bool modern, struct syslog *out)
{
	word(c); /* the host */
	if (modern) {
		out->tag = word(c);
		out->pid = word(c);
		word(c); /* the message's id */
		skip_structured(c);
	} else if (!read_tag(c, out)) {
		return false;
	}
	out->text.at = c->at;
	out->text.len = (size_t)(c->end - c->at);
	return true;
}

bool
syslog_read(
    struct mta_reader *r, const char *line, size_t len, struct syslog *out)
{
	struct cursor c = { line, line + len };
	size_t used;
	bool modern;

	skip_container(&c);
	modern = skip_priority(&c);
	if (!stamp_read(
		&r->stamps, c.at, (size_t)(c.end - c.at), &used, &out->at_s))
		return false;
	c.at += used;
	return read_rest(&c, modern, out);
}

/* Whether it looks like a stamp: the guess must not settle a year. */
static size_t
stamp_len(const char *at, size_t len)
{
	const char *blank;

	if (len > 16 && at[3] == ' ' && at[6] == ' ' && at[9] == ':' &&
	    at[12] == ':')
		return 15;
	if (len > 20 && at[4] == '-' && at[7] == '-' && at[13] == ':' &&
	    at[10] == 'T') {
		blank = memchr(at, ' ', len);
		return blank != NULL ? (size_t)(blank - at) : 0;
	}
	return 0;
}

bool
syslog_tag(const char *line, size_t len, struct span *tag)
{
	struct cursor c = { line, line + len };
	struct syslog out;
	size_t used;
	bool modern;

	skip_container(&c);
	modern = skip_priority(&c);
	used = stamp_len(c.at, (size_t)(c.end - c.at));
	if (used == 0)
		return false;
	c.at += used;
	if (!read_rest(&c, modern, &out))
		return false;
	*tag = out.tag;
	return true;
}

/* --- signers beside the MTA ----------------------------------------------------------------- */

/*
 * opendkim: "ID: DKIM-Signature field added (s=s1, d=example.com)".
 * dkimpy-milter: "ID: DKIM: d=example.com s=s1 ... added".
 */
void
signer_line(struct mta_reader *r, const struct syslog *line)
{
	struct span s, d;

	if (span_is(line->tag, "opendkim") &&
	    span_find(line->text, "DKIM-Signature field added") != NULL) {
		s = span_after(line->text, "(s=", ",)");
		d = span_after(line->text, " d=", ",)");
		reader_selector(r, d, s, line->at_s);
	} else if (span_starts(line->tag, "dkimpy") &&
	    span_find(line->text, "signature added") != NULL) {
		s = span_after(line->text, " s=", " ,;");
		d = span_after(line->text, " d=", " ,;");
		reader_selector(r, d, s, line->at_s);
	}
}
