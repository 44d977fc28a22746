/* Syslog's frame around a line (RFC 3164, RFC 5424), and spans of it. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "reader.h"

/* --- spans ---------------------------------------------------------------- */

const char *
span_find(struct span span, const char *text)
{
	return span.len > 0 ? memmem(span.at, span.len, text, strlen(text))
			    : NULL;
}

struct span
span_after(struct span span, const char *start, const char *stops)
{
	const char *at = span_find(span, start), *end;
	struct span out = { NULL, 0 };

	if (at == NULL)
		return out;
	end = span.at + span.len;
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

	*ip = (struct span){ NULL, 0 };
	*host = relay;
	open = octets_find(relay.at, relay.len, '[');
	if (open != NULL) {
		close = octets_find(
		    open, (size_t)(relay.at + relay.len - open), ']');
		host->len = (size_t)(open - relay.at);
		if (close != NULL)
			*ip = (struct span){ open + 1,
				(size_t)(close - open - 1) };
	}
	/* What the host says of itself is not its name. */
	*host = span_word(*host);
	if (host->len > 0 && host->at[host->len - 1] == '.')
		host->len--;
	if (host->len > 0 && host->at[0] == '(')
		host->len = 0;
	/* A socket of this machine: "host[private/dovecot-lmtp]". */
	if (octets_find(ip->at, ip->len, '/') != NULL)
		*ip = (struct span){ NULL, 0 };
}

/* --- the frame ------------------------------------------------------------ */

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

/* "<22>" and, of RFC 5424, the version behind it; RFC 6587 puts the line's
 * octets in front. */
static bool
skip_priority(struct cursor *c)
{
	const char *at = c->at;

	while (at < c->end && *at >= '0' && *at <= '9')
		at++;
	if (at > c->at && (at == c->end || *at++ != ' '))
		return false;
	if (at == c->end || *at++ != '<')
		return false;
	while (at < c->end && *at >= '0' && *at <= '9')
		at++;
	if (at == c->end || *at++ != '>')
		return false;
	c->at = at;
	if (c->end - at < 2 || at[0] != '1' || at[1] != ' ')
		return false;
	c->at += 2;
	return true;
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
	struct cursor before;
	struct span host;

	while (c->at < c->end && *c->at == ' ')
		c->at++;
	before = *c;
	host = word(c);
	if (modern) {
		out->tag = word(c);
		out->pid = word(c);
		word(c); /* the message's id */
		skip_structured(c);
	} else {
		/* Some collectors leave the host out. */
		if (host.len > 2 &&
		    memcmp(host.at + host.len - 2, "]:", 2) == 0)
			*c = before;
		if (!read_tag(c, out))
			return false;
	}
	out->text.at = c->at;
	out->text.len = (size_t)(c->end - c->at);
	return true;
}

static size_t
left(const struct cursor *c)
{
	return (size_t)(c->end - c->at);
}

/*
 * Goes to the stamp that syslog wrote: behind a priority, a container's name,
 * or the stamp (and, of Kubernetes, the stream) of a container's log driver.
 * Of two stamps the one with a year is taken.  Returns its octets; *behind:
 * what follows the frame.
 */
static size_t
find_stamp(struct cursor *c, bool *modern, const char **behind)
{
	struct cursor inner;
	size_t n, more;

	*modern = false;
	n = stamp_len(c->at, left(c));
	if (n == 0) {
		*modern = skip_priority(c);
		n = stamp_len(c->at, left(c));
	}
	if (n == 0) {
		skip_container(c);
		n = stamp_len(c->at, left(c));
	}
	*behind = c->at + n;
	if (n == 0 || *modern)
		return n;
	inner = (struct cursor){ c->at + n, c->end };
	if (left(&inner) > 10 && memcmp(inner.at, " std", 4) == 0) {
		word(&inner); /* stdout or stderr */
		word(&inner); /* F or P */
	} else if (left(&inner) > 0) {
		inner.at++;
	}
	more = stamp_len(inner.at, left(&inner));
	/* A host may be a number. */
	if (more == 0 || (inner.at[3] >= '0' && inner.at[4] >= '0'))
		return n;
	*behind = inner.at + more;
	if (stamp_yearless(inner.at, more))
		return n;
	c->at = inner.at;
	return more;
}

bool
syslog_frame(const char *line, size_t len, struct syslog *out)
{
	struct cursor c = { line, line + len };
	const char *behind;
	bool modern;
	size_t n;

	n = find_stamp(&c, &modern, &behind);
	if (n == 0)
		return false;
	out->stamp = (struct span){ c.at, n };
	out->modern = modern;
	c.at = behind;
	return read_rest(&c, modern, out);
}

bool
syslog_read(
    struct mta_reader *r, const char *line, size_t len, struct syslog *out)
{
	size_t used;

	return syslog_frame(line, len, out) &&
	    stamp_read(
		r->stamps, out->stamp.at, out->stamp.len, &used, &out->at_s);
}

bool
syslog_tag(const char *line, size_t len, struct span *tag, struct span *text)
{
	struct syslog out;

	if (!syslog_frame(line, len, &out))
		return false;
	*tag = out.tag;
	*text = out.text;
	return true;
}

/* --- signers beside the MTA ----------------------------------------------- */

/* "ID: DKIM-Signature field added (s=s1, d=example.com)": opendkim(8) at
 * LogWhy or above, and dkimpy-milter after it. */
static void
opendkim_line(struct mta_reader *r, const struct syslog *line)
{
	static const char said[] = "DKIM-Signature field added (s=";
	static const char also[] = " DKIM signature added (s=";
	struct span id = span_word(line->text), text, selector, domain;
	size_t n;

	if (id.len == 0 || id.at[id.len - 1] != ':')
		return;
	text = span_cut(line->text, id.len + 1);
	if (span_starts(text, said)) {
		text = span_cut(text, strlen(said));
	} else {
		/* "ID: rsa-sha256 DKIM signature added (s=s1 d=...)" */
		text = span_cut(text, span_word(text).len);
		if (!span_starts(text, also))
			return;
		text = span_cut(text, strlen(also));
	}
	selector = span_word(text);
	domain = span_cut(text, selector.len + 1);
	if (!span_starts(domain, "d="))
		return;
	selector.len -= selector.len > 0 &&
	    selector.at[selector.len - 1] == ',';
	domain = span_cut(domain, strlen("d="));
	for (n = 0; n < domain.len; n++)
		if (domain.at[n] == ' ' || domain.at[n] == ',' ||
		    domain.at[n] == ')')
			break;
	domain.len = n;
	reader_selector(r, domain, selector, line->at_s);
}

/* Rspamd's line for a message names its symbols:
 * "...,DKIM_SIGNED(0.00){example.com:s=s1;},...". */
static void
rspamd_line(struct mta_reader *r, const struct syslog *line)
{
	struct span signers = span_after(line->text, "DKIM_SIGNED(", "}");
	struct span named = span_after(signers, "{", ":");

	if (named.at != NULL)
		reader_selector(
		    r, named, span_after(signers, ":s=", ";,"), line->at_s);
}

/* ", 250 ms", and after it no more than ", Tests: [A=1,B=2]". */
static bool
is_end(struct span text)
{
	size_t n = 0;

	while (n < text.len && text.at[n] >= '0' && text.at[n] <= '9')
		n++;
	text = span_cut(text, n);
	if (n == 0 || !span_starts(text, " ms"))
		return false;
	text = span_cut(text, strlen(" ms"));
	return text.len == 0 ||
	    (span_starts(text, ", Tests: [") &&
		span_find(span_cut(text, 1), ", ") == NULL);
}

/* "Passed CLEAN {RelayedOutbound}, ..., dkim_new=s1:example.com, 250 ms".  The
 * message's own words are before that: only what ends the line counts. */
static void
amavis_passed(struct mta_reader *r, struct span text, int64_t at_s)
{
	static const char said[] = ", dkim_new=";
	struct span named = { NULL, 0 }, rest, one;

	while ((rest = span_after(text, said, "")).at != NULL)
		named = text = rest;
	rest = span_after(named, ", ", "");
	if (rest.at == NULL || !is_end(rest))
		return;
	named.len = (size_t)(rest.at - named.at) - strlen(", ");
	while (named.len > 0) {
		one = named;
		rest = span_after(named, ",", "");
		if (rest.at != NULL)
			one.len = (size_t)(rest.at - named.at) - 1;
		named = rest;
		rest = span_after(one, ":", "");
		if (rest.at == NULL)
			continue;
		one.len = (size_t)(rest.at - one.at) - 1;
		reader_selector(r, rest, one, at_s);
	}
}

/* amavisd at level 2: "(12345-01) dkim: signing (author), From: <..>, ...,
 * d=>example.com, ..., s=>s1, ..."; the address before is of a stranger. */
static void
amavis_line(struct mta_reader *r, const struct syslog *line)
{
	struct span text = line->text, keys;

	text = span_cut(text, span_word(text).len + 1);
	if (span_starts(text, "Passed "))
		amavis_passed(r, text, line->at_s);
	if (!span_starts(text, "dkim: signing "))
		return;
	keys = span_after(text, ", a=>", "");
	reader_selector(r, span_after(keys, ", d=>", ", "),
	    span_after(keys, ", s=>", ", "), line->at_s);
}

static const struct {
	const char *tag;
	void (*line)(struct mta_reader *r, const struct syslog *line);
} signers[] = {
	{ "opendkim", opendkim_line },
	{ "dkimpy", opendkim_line },
	{ "rspamd", rspamd_line },
	{ "amavis", amavis_line },
};

bool
signer_has(struct span tag)
{
	for (size_t i = 0; i < sizeof(signers) / sizeof(signers[0]); i++)
		if (span_starts(tag, signers[i].tag))
			return true;
	return false;
}

void
signer_line(struct mta_reader *r, const struct syslog *line)
{
	for (size_t i = 0; i < sizeof(signers) / sizeof(signers[0]); i++)
		if (span_starts(line->tag, signers[i].tag)) {
			signers[i].line(r, line);
			return;
		}
}
