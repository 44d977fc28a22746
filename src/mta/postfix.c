/* Postfix's log (smtp(8), lmtp(8), qmgr(8); postlogd(8) as well). */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "reader.h"
#include "scan.h"

enum {
	CLIENTS = 4096, /* smtp processes whose TLS session is remembered */
	BLOCK_MOST = 1 << 20,
};

/* The last TLS session of a delivery process. */
struct client {
	uint64_t pid, host;
};

struct postfix {
	struct client clients[CLIENTS];
	uint32_t *hits;
};

static struct postfix *
own(struct mta_reader *r)
{
	struct postfix *p = r->own;

	if (p == NULL) {
		p = mem_zero(1, sizeof(*p));
		p->hits = mem_alloc((BLOCK_MOST / 3 + 2) * sizeof(*p->hits));
		r->own = p;
	}
	return p;
}

static void
close_postfix(struct mta_reader *r)
{
	struct postfix *p = r->own;

	if (p != NULL)
		free(p->hits);
	free(p);
}

/* "postfix/smtp", "postfix-out/smtp", "postfix/submission/smtpd". */
static struct span
process(struct span tag)
{
	const char *slash = tag.len > 0 ? memrchr(tag.at, '/', tag.len) : NULL;
	struct span out = { NULL, 0 };

	if (slash != NULL) {
		out.at = slash + 1;
		out.len = (size_t)(tag.at + tag.len - out.at);
	}
	return out;
}

static bool
looks(const char *line, size_t len)
{
	struct span tag;

	return syslog_tag(line, len, &tag) && span_starts(tag, "postfix") &&
	    process(tag).len > 0;
}

/* --- TLS -------------------------------------------------------------------------------- */

static uint64_t
hash(struct span span)
{
	uint64_t h = 0xcbf29ce484222325;

	for (size_t i = 0; i < span.len; i++)
		h = (h ^ (unsigned char)span.at[i]) * 0x100000001b3;
	return h;
}

/* "Trusted TLS connection established to mx.example[192.0.2.1]:25: TLSv1.3
 * with cipher ..." of the process that then delivers. */
static void
note_tls(struct mta_reader *r, const struct syslog *line)
{
	struct span to = span_after(
	    line->text, "TLS connection established to ", " ");
	struct postfix *p = own(r);
	struct client *client;

	if (to.at == NULL)
		return;
	if (to.len > 0 && to.at[to.len - 1] == ':')
		to.len--;
	r->tls_told = true;
	client = &p->clients[hash(line->pid) % CLIENTS];
	client->pid = hash(line->pid);
	client->host = hash(to);
}

static enum delivery_tls
tls_of(struct mta_reader *r, const struct syslog *line, struct span relay)
{
	const struct client *client =
	    &own(r)->clients[hash(line->pid) % CLIENTS];

	if (client->pid == hash(line->pid) && client->host == hash(relay))
		return TLS_USED;
	return r->tls_told ? TLS_NONE : TLS_UNTOLD;
}

/* --- deliveries ---------------------------------------------------------------------------- */

static const struct {
	const char *word;
	enum delivery_end end;
} ends[] = {
	{ "sent", DELIVERY_DONE }, { "deferred", DELIVERY_DEFERRED },
	{ "bounced", DELIVERY_BOUNCED }, { "expired", DELIVERY_BOUNCED },
	{ "undeliverable", DELIVERY_BOUNCED }, /* of a probe: sendmail -bv */
};

struct rest {
	const char *at, *end;
};

/* Takes "key=value, "; an address ends with ">," since it may hold commas. */
static bool
take(struct rest *rest, const char *key, struct span *value)
{
	size_t len = strlen(key), left = (size_t)(rest->end - rest->at);
	const char *stop;

	if (left < len || memcmp(rest->at, key, len) != 0)
		return false;
	rest->at += len;
	left -= len;
	if (left > 0 && *rest->at == '<') {
		stop = memmem(rest->at, left, ">, ", 3);
		if (stop == NULL)
			return false;
		value->at = rest->at + 1;
		value->len = (size_t)(stop - value->at);
		rest->at = stop + 3;
		return true;
	}
	stop = memmem(rest->at, left, ", ", 2);
	if (stop == NULL)
		return false;
	value->at = rest->at;
	value->len = (size_t)(stop - rest->at);
	rest->at = stop + 2;
	return true;
}

static bool
take_status(struct rest *rest, struct delivery *d)
{
	struct span left = { rest->at, (size_t)(rest->end - rest->at) };
	size_t n;

	if (!span_starts(left, "status="))
		return false;
	left.at += 7;
	left.len -= 7;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		n = strlen(ends[i].word);
		if (!span_starts(left, ends[i].word) ||
		    (left.len > n && left.at[n] != ' '))
			continue;
		d->end = ends[i].end;
		left.at += n;
		left.len -= n;
		if (left.len >= 3 && left.at[1] == '(') {
			d->reply.at = left.at + 2;
			d->reply.len = left.len - 3;
		}
		return true;
	}
	return false;
}

/* The relay with its port, as the TLS line names it. */
static bool
read_delivery(const struct syslog *line, struct rest rest, struct delivery *d,
    struct span *relay)
{
	struct span value, to;

	if (!take(&rest, "to=", &to))
		return false;
	d->recipient_domain = span_domain(to);
	take(&rest, "orig_to=", &value);
	if (!take(&rest, "relay=", relay))
		return false;
	if (!span_is(*relay, "none"))
		span_relay(*relay, &d->relay_host, &d->relay_ip);
	take(&rest, "conn_use=", &value);
	if (!take(&rest, "delay=", &value) || !take(&rest, "delays=", &value))
		return false;
	take(&rest, "tls=", &value);
	take(&rest, "dsn=", &value);
	d->at_s = line->at_s;
	return take_status(&rest, d);
}

static void
deliver(struct mta_reader *r, const struct syslog *line, struct span id,
    struct rest rest)
{
	struct delivery d = { .queue_id = id };
	struct span relay = { NULL, 0 };

	if (!read_delivery(line, rest, &d, &relay)) {
		reader_skip(r, line->text.at, "a delivery that breaks off");
		return;
	}
	if (!join_get(r->senders, id, &d.sender))
		d.sender = (struct span){ NULL, 0 };
	d.tls = tls_of(r, line, relay);
	reader_emit(r, &d);
}

/* --- lines ------------------------------------------------------------------------------- */

/* "ID: " at the start of the text; short ids are hexadecimal, long ones of
 * letters and digits. */
static bool
take_id(const struct syslog *line, struct span *id, struct rest *rest)
{
	size_t n = 0;

	while (n < line->text.len && n < 32 &&
	    ((line->text.at[n] >= '0' && line->text.at[n] <= '9') ||
		(line->text.at[n] >= 'A' && line->text.at[n] <= 'Z') ||
		(line->text.at[n] >= 'a' && line->text.at[n] <= 'z')))
		n++;
	if (n < 5 || n + 2 > line->text.len || line->text.at[n] != ':' ||
	    line->text.at[n + 1] != ' ')
		return false;
	*id = (struct span){ line->text.at, n };
	rest->at = line->text.at + n + 2;
	rest->end = line->text.at + line->text.len;
	return true;
}

/* "from=<news@example.com>, size=...": of qmgr, each time it takes it up. */
static void
note_sender(struct mta_reader *r, struct span id, struct rest rest)
{
	struct span from;

	if (take(&rest, "from=", &from))
		join_put(r->senders, id, from);
}

static void
one(struct mta_reader *r, const struct syslog *line)
{
	struct span part = process(line->tag), id;
	struct rest rest;

	if (!span_starts(line->tag, "postfix")) {
		signer_line(r, line);
		return;
	}
	if (span_is(part, "smtp") || span_is(part, "lmtp") ||
	    span_is(part, "error") || span_is(part, "retry")) {
		if (take_id(line, &id, &rest) && *rest.at == 't')
			deliver(r, line, id, rest);
		else
			note_tls(r, line);
	} else if (span_is(part, "qmgr") || span_is(part, "nqmgr") ||
	    span_is(part, "oqmgr")) {
		if (take_id(line, &id, &rest))
			note_sender(r, id, rest);
	}
}

static void
take_line(struct mta_reader *r, const char *at, size_t len)
{
	struct syslog line;

	if (!syslog_read(r, at, len, &line))
		return;
	reader_time(r, line.at_s);
	one(r, &line);
}

/* --- blocks ------------------------------------------------------------------------------- */

static void
take_hit(struct mta_reader *r, const char *block, size_t len, size_t at)
{
	const char *start = memrchr(block, '\n', at);
	const char *end = memchr(block + at, '\n', len - at);
	size_t n;

	start = start != NULL ? start + 1 : block;
	n = (size_t)((end != NULL ? end : block + len) - start);
	if (n > 0 && start[n - 1] == '\r')
		n--;
	if (n > LINE_MOST)
		reader_skip(r, "", "longer than 64 KiB");
	else if (memchr(start, '\0', n) != NULL)
		reader_skip(r, "", "binary octets");
	else
		take_line(r, start, n);
}

/* The log's span is told by lines that do not count as well. */
static void
note_time(struct mta_reader *r, const char *line, size_t len)
{
	const char *lf = memchr(line, '\n', len);
	struct syslog frame;

	len = lf != NULL ? (size_t)(lf - line) : len;
	if (len <= LINE_MOST && syslog_read(r, line, len, &frame))
		reader_time(r, frame.at_s);
}

static void
take_piece(struct mta_reader *r, const char *block, size_t len)
{
	uint32_t *hits = own(r)->hits;
	const char *last;
	uint64_t lines;
	size_t count;

	note_time(r, block, len);
	count = scan_marks(block, len, hits, &lines);
	for (size_t i = 0; i < count; i++)
		take_hit(r, block, len, hits[i]);
	last = len > 1 ? memrchr(block, '\n', len - 1) : NULL;
	if (last != NULL)
		note_time(r, last + 1, (size_t)(block + len - last - 1));
	r->stats.lines += (int64_t)lines;
}

static void
take_block(struct mta_reader *r, const char *block, size_t len)
{
	while (len > 0) {
		size_t n = len;
		const char *cut;

		if (n > BLOCK_MOST) {
			cut = memrchr(block, '\n', BLOCK_MOST);
			if (cut == NULL)
				cut = memchr(block, '\n', len);
			n = cut != NULL ? (size_t)(cut + 1 - block) : len;
		}
		if (n <= BLOCK_MOST) {
			take_piece(r, block, n);
		} else {
			reader_skip(r, "", "longer than 64 KiB");
			r->stats.lines++;
		}
		block += n;
		len -= n;
	}
}

const struct mta_format format_postfix = {
	.name = "postfix",
	.looks = looks,
	.line = take_line,
	.block = take_block,
	.close = close_postfix,
};
