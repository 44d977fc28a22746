/* Postfix's log: what its lines say together. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "postfix_block.h"

enum {
	SAID = 1024,    /* by signers */
	CLIENTS = 8192, /* smtp processes whose TLS session is remembered */
};

/* The last TLS session of a delivery process, and the message it was for. */
struct client {
	uint64_t host, message;
	uint32_t pid;
};

/* What a signer said, and in which hour. */
struct said {
	uint64_t hash;
	int64_t hour;
};

struct postfix {
	struct blocks *blocks;
	struct client clients[CLIENTS];
	struct said said[SAID];
};

static struct postfix *
own(struct mta_reader *r)
{
	struct postfix *p = r->own;

	if (p == NULL) {
		p = mem_zero(1, sizeof(*p));
		p->blocks = blocks_new(r);
		r->own = p;
	}
	return p;
}

static void
close_postfix(struct mta_reader *r)
{
	struct postfix *p = r->own;

	if (p == NULL)
		return;
	blocks_free(p->blocks);
	free(p);
}

/* --- TLS ------------------------------------------------------------------ */

/* Processes that run at a time have ids near to each other. */
static struct client *
client_of(struct mta_reader *r, const struct postfix_line *line)
{
	return &own(r)->clients[line->pid % CLIENTS];
}

static void
note_session(struct mta_reader *r, const struct postfix_line *line)
{
	r->tls_told = true;
	*client_of(r, line) = (struct client){ line->relay_hash, 0, line->pid };
}

/*
 * A session serves one message's recipients, and others only when it is
 * reused, which conn_use= tells: its TLS may have been told of another
 * process then.
 */
static enum delivery_tls
tls_of(struct mta_reader *r, const struct postfix_line *line)
{
	struct client *client = client_of(r, line);

	if (line->tls != TLS_UNTOLD)
		return line->tls;
	if (line->host.at == 0 || !r->tls_told)
		return TLS_UNTOLD;
	if (client->pid == line->pid && client->host == line->relay_hash &&
	    (client->message == 0 || client->message == line->id_hash ||
		line->reused)) {
		client->message = line->id_hash;
		return TLS_USED;
	}
	return line->reused ? TLS_UNTOLD : TLS_NONE;
}

/* --- lines ---------------------------------------------------------------- */

/*
 * Where no session came about the relay is "none", and the reply Postfix's own,
 * which names what it tried last: "connect to mx.example.com[192.0.2.1]:25:
 * Connection timed out".  (A name that could not be looked up is no host that
 * anybody reached for: that tells of our resolver.)
 */
static void
find_unreached(struct delivery *d)
{
	static const char start[] = "connect to ";
	struct span host, ip;

	if (d->end == DELIVERY_DONE || !span_starts(d->reply, start))
		return;
	span_relay(span_word(span_cut(d->reply, strlen(start))), &host, &ip);
	if (ip.len == 0)
		return;
	d->relay_host = host;
	d->relay_ip = ip;
}

static void
deliver(struct mta_reader *r, const char *text, const struct postfix_line *line,
    int64_t at_s)
{
	/* All members: to clear them first costs more than to fill them. */
	struct delivery d = {
		.at_s = at_s,
		.queue_id = postfix_span(text, line->id),
		.sender = { NULL, 0 },
		.source_ip = { NULL, 0 },
		.recipient_domain = postfix_span(text, line->address),
		.relay_host = postfix_span(text, line->host),
		.relay_ip = postfix_span(text, line->ip),
		.reply = postfix_span(text, line->reply),
		.end = line->end,
		.tls = tls_of(r, line),
	};

	if (!join_get_hashed(r->senders, line->id_hash, d.queue_id, &d.sender))
		d.sender = (struct span){ NULL, 0 };
	if (line->host.at == 0)
		find_unreached(&d);
	reader_emit(r, &d);
}

/* Of two lines of one form only the seconds differ. */
static bool
settle(struct mta_reader *r, const char *text, const struct postfix_line *line,
    struct settled *last)
{
	size_t used;
	bool same = line->form != 0 && line->form == last->form;

	if (same && line->second == last->second)
		return true;
	last->form = 0;
	if (!(same && stamp_second(r->stamps, line->second, &last->at_s)) &&
	    !stamp_read(r->stamps, text + line->stamp.at, line->stamp.len,
		&used, &last->at_s))
		return false;
	last->form = line->form;
	last->second = line->second;
	reader_time(r, last->at_s);
	return true;
}

/* What signers say of a message is mostly what they said of others. */
static bool
is_said(struct mta_reader *r, const struct postfix_line *line, int64_t at_s)
{
	struct said *said = &own(r)->said[line->id_hash % SAID];
	int64_t hour = at_s / HOUR_SECONDS;

	if (said->hash == line->id_hash && said->hour == hour)
		return true;
	*said = (struct said){ line->id_hash, hour };
	return false;
}

/* What is rare, or mostly said before. */
static void
apply_rest(struct mta_reader *r, const char *text,
    const struct postfix_line *line, int64_t at_s)
{
	struct syslog frame = {
		.at_s = at_s,
		.tag = postfix_span(text, line->tag),
		.text = postfix_span(text, line->text),
	};

	if (line->kind == POSTFIX_SIGNER)
		signer_line(r, &frame);
	else
		reader_skip(r, frame.text,
		    line->kind == POSTFIX_FORGED
			? "a delivery within a delivery"
			: "a delivery that breaks off");
}

void
postfix_apply(struct mta_reader *r, const char *text,
    const struct postfix_line *line, struct settled *last)
{
	if (!settle(r, text, line, last))
		return;
	if (line->kind == POSTFIX_SENDER)
		join_put_hashed(r->senders, line->id_hash,
		    postfix_span(text, line->id),
		    postfix_span(text, line->address));
	else if (line->kind == POSTFIX_DELIVERY)
		deliver(r, text, line, last->at_s);
	else if (line->kind == POSTFIX_SESSION)
		note_session(r, line);
	else if (line->kind != POSTFIX_SIGNER || !is_said(r, line, last->at_s))
		apply_rest(r, text, line, last->at_s);
}

void
postfix_note_time(struct mta_reader *r, const char *line, size_t len)
{
	struct syslog frame;

	if (syslog_read(r, line, len, &frame))
		reader_time(r, frame.at_s);
}

static void
take_line(struct mta_reader *r, const char *text, size_t len)
{
	struct settled last = { 0, 0, 0 };
	struct postfix_line line;

	blocks_read_line(own(r)->blocks, text, len, &line);
	if (line.kind != POSTFIX_OTHER)
		postfix_apply(r, text, &line, &last);
	else
		postfix_note_time(r, text, len);
}

/* --- blocks --------------------------------------------------------------- */

static void
take_block(struct mta_reader *r, const char *block, size_t len)
{
	blocks_take(own(r)->blocks, block, len);
}

static size_t
ready(struct mta_reader *r, const struct mta_octets *from, uint64_t at,
    uint64_t upto, const char **octets)
{
	return blocks_ready(own(r)->blocks, from, at, upto, octets);
}

static void
take_ready(struct mta_reader *r, const char *at, size_t len)
{
	blocks_take_ready(own(r)->blocks, at, len);
}

static void
go_on(struct mta_reader *r)
{
	blocks_go_on(own(r)->blocks);
}

static void
rest(struct mta_reader *r)
{
	if (r->own != NULL)
		blocks_rest(own(r)->blocks);
}

const struct mta_format format_postfix = {
	.name = "postfix",
	.looks = postfix_line_looks,
	.line = take_line,
	.block = take_block,
	.ready = ready,
	.go_on = go_on,
	.take_ready = take_ready,
	.rest = rest,
	.close = close_postfix,
};
