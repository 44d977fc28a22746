/* Postfix's log: what its lines say together. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "pair.h"
#include "postfix_line.h"

enum {
	SAID = 1024,    /* by signers */
	CLIENTS = 8192, /* smtp processes whose TLS session is remembered */
	PIECE = 16 * 1024,
	PIECE_LINES = 160,
	TOGETHER = 4 * PIECE, /* less than that is not worth a second thread */
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

/* Whole lines that were taken apart and are not joined yet. */
struct piece {
	const char *at;
	size_t len;
	size_t taken;   /* octets, up to where `lines` was full */
	int64_t number; /* of lines in them */
	size_t count;
	struct postfix_line lines[PIECE_LINES];
};

struct postfix {
	struct client clients[CLIENTS];
	struct said said[SAID];
	struct frame_memory memories[2]; /* of each thread */
	struct piece *pieces;            /* PAIR_MOST with the pair, else one */
	struct pair *pair;
};

static struct postfix *
own(struct mta_reader *r)
{
	struct postfix *p = r->own;

	if (p == NULL) {
		p = mem_zero(1, sizeof(*p));
		p->pieces = mem_zero(1, sizeof(*p->pieces));
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
	pair_free(p->pair);
	free(p->pieces);
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

static void
deliver(struct mta_reader *r, const char *text, const struct postfix_line *line,
    int64_t at_s)
{
	struct delivery d = {
		.at_s = at_s,
		.queue_id = postfix_span(text, line->id),
		.recipient_domain = postfix_span(text, line->address),
		.relay_host = postfix_span(text, line->host),
		.relay_ip = postfix_span(text, line->ip),
		.reply = postfix_span(text, line->reply),
		.end = line->end,
		.tls = tls_of(r, line),
	};

	if (!join_get_hashed(r->senders, line->id_hash, d.queue_id, &d.sender))
		d.sender = (struct span){ NULL, 0 };
	reader_emit(r, &d);
}

/* Of two lines of one form only the seconds differ.  before: the form of the
 * line before, 0 when that is not known. */
static bool
settle(struct mta_reader *r, const char *text, const struct postfix_line *line,
    unsigned before, int64_t *out)
{
	size_t used;

	if (before != 0 && line->form == before &&
	    stamp_second(r->stamps, line->second, out))
		return true;
	return stamp_read(
	    r->stamps, text + line->stamp.at, line->stamp.len, &used, out);
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

static void
apply(struct mta_reader *r, const char *text, const struct postfix_line *line,
    unsigned before)
{
	struct syslog frame;

	if (!settle(r, text, line, before, &frame.at_s))
		return;
	reader_time(r, frame.at_s);
	if (line->kind == POSTFIX_SENDER) {
		join_put_hashed(r->senders, line->id_hash,
		    postfix_span(text, line->id),
		    postfix_span(text, line->address));
	} else if (line->kind == POSTFIX_DELIVERY) {
		deliver(r, text, line, frame.at_s);
	} else if (line->kind == POSTFIX_SESSION) {
		note_session(r, line);
	} else if (line->kind != POSTFIX_SIGNER ||
	    !is_said(r, line, frame.at_s)) {
		frame.tag = postfix_span(text, line->tag);
		frame.text = postfix_span(text, line->text);
		if (line->kind == POSTFIX_SIGNER)
			signer_line(r, &frame);
		else
			reader_skip(r, frame.text,
			    line->kind == POSTFIX_FORGED
				? "a delivery within a delivery"
				: "a delivery that breaks off");
	}
}

/* The log's span is told by lines that do not count as well. */
static void
note_time(struct mta_reader *r, const char *line, size_t len)
{
	struct syslog frame;

	if (syslog_read(r, line, len, &frame))
		reader_time(r, frame.at_s);
}

static void
take_line(struct mta_reader *r, const char *text, size_t len)
{
	struct postfix *p = own(r);
	struct postfix_line *line = p->pieces->lines;

	postfix_line_read(&p->memories[0], text, len, line);
	if (line->kind != POSTFIX_OTHER)
		apply(r, text, line, 0);
	else
		note_time(r, text, len);
}

/* --- pieces --------------------------------------------------------------- */

/* Without binary octets and lines that are too long. */
static bool
is_sound(const char *block, size_t len)
{
	const char *at = block, *end = block + len, *lf;

	if (memchr(block, '\0', len) != NULL)
		return false;
	while ((size_t)(end - at) > LINE_MOST) {
		lf = memrchr(at, '\n', LINE_MOST + 1);
		if (lf == NULL)
			return false;
		at = lf + 1;
	}
	return true;
}

/* Takes lines apart, none of one that is not sound. */
static void
read_piece(struct piece *piece, struct frame_memory *memory)
{
	const char *at = piece->at, *end = at + piece->len, *lf;
	struct postfix_line *line;

	piece->count = 0;
	piece->number = 0;
	piece->taken = 0;
	if (!is_sound(at, piece->len))
		return;
	while (at < end && piece->count < PIECE_LINES) {
		lf = memchr(at, '\n', (size_t)(end - at));
		line = &piece->lines[piece->count];
		postfix_line_read(memory, at,
		    (size_t)(lf - at) - (lf > at && lf[-1] == '\r'), line);
		line->line = (uint32_t)(at - piece->at);
		piece->count += line->kind != POSTFIX_OTHER;
		piece->number++;
		at = lf + 1;
	}
	piece->taken = (size_t)(at - piece->at);
}

static void
expect(struct mta_reader *r, const struct piece *piece, size_t i)
{
	const struct postfix_line *line = &piece->lines[i];

	if (line->kind == POSTFIX_SENDER || line->kind == POSTFIX_DELIVERY)
		join_expect(r->senders, line->id_hash);
}

/* What a line will ask the memory for comes while others are joined. */
static void
apply_piece(struct mta_reader *r, const struct piece *piece)
{
	enum { AHEAD = 8 };
	unsigned before = 0;

	r->block = piece->at;
	for (size_t i = 0; i < AHEAD && i < piece->count; i++)
		expect(r, piece, i);
	for (size_t i = 0; i < piece->count; i++) {
		if (i + AHEAD < piece->count)
			expect(r, piece, i + AHEAD);
		r->block_at = piece->at + piece->lines[i].line;
		apply(r, r->block_at, &piece->lines[i], before);
		before = piece->lines[i].form;
	}
	r->block = r->block_at = NULL;
	r->stats.lines += piece->number;
}

/* Joins what was taken apart, and the rest. */
static void
finish_piece(struct mta_reader *r, struct piece *piece)
{
	struct postfix *p = own(r);

	for (;;) {
		apply_piece(r, piece);
		piece->at += piece->taken;
		piece->len -= piece->taken;
		if (piece->len == 0)
			return;
		read_piece(piece, &p->memories[0]);
		if (piece->taken == 0)
			break;
	}
	reader_lines(r, piece->at, piece->len);
}

/* --- blocks --------------------------------------------------------------- */

/* The next whole lines, about a piece. */
static void
cut_piece(const char **at, size_t *len, struct piece *out)
{
	const char *lf = NULL;
	size_t n = *len;

	if (n > PIECE) {
		lf = memrchr(*at, '\n', PIECE);
		if (lf == NULL)
			lf = memchr(*at, '\n', n);
		n = lf != NULL ? (size_t)(lf + 1 - *at) : n;
	}
	out->at = *at;
	out->len = n;
	*at += n;
	*len -= n;
}

static void
work(void *arg, size_t i, int who)
{
	struct postfix *p = arg;

	read_piece(&p->pieces[i], &p->memories[who]);
}

static void
begin_pair(struct postfix *p)
{
	if (p->pair != NULL)
		return;
	free(p->pieces);
	p->pieces = mem_alloc(PAIR_MOST * sizeof(*p->pieces));
	p->pair = pair_new(work, p);
}

/* A log that is read as it grows has no need of it any more. */
static void
end_pair(struct postfix *p)
{
	if (p->pair == NULL)
		return;
	pair_free(p->pair);
	p->pair = NULL;
	p->pieces = mem_resize(p->pieces, 1, sizeof(*p->pieces));
}

static void
take_together(struct mta_reader *r, const char **at, size_t *len)
{
	struct postfix *p = own(r);
	size_t count;

	for (count = 0; count<PAIR_MOST && * len> 0; count++)
		cut_piece(at, len, &p->pieces[count]);
	pair_begin(p->pair, count);
	for (size_t i = 0; i < count; i++) {
		pair_finish(p->pair, i);
		finish_piece(r, &p->pieces[i]);
	}
}

static size_t
first_len(const char *block, size_t len)
{
	const char *lf = memchr(block, '\n', len);

	return lf != NULL ? (size_t)(lf - block) : len;
}

/* Whole lines.  The first and the last tell the span of time. */
static void
take_block(struct mta_reader *r, const char *block, size_t len)
{
	const char *last = len > 1 ? memrchr(block, '\n', len - 1) : NULL;
	const char *end = block + len;
	struct postfix *p = own(r);

	note_time(r, block, first_len(block, len));
	if (len >= TOGETHER)
		begin_pair(p);
	else
		end_pair(p);
	while (len > 0) {
		if (p->pair != NULL) {
			take_together(r, &block, &len);
			continue;
		}
		cut_piece(&block, &len, p->pieces);
		read_piece(p->pieces, &p->memories[0]);
		finish_piece(r, p->pieces);
	}
	if (last != NULL)
		note_time(r, last + 1, (size_t)(end - last - 2));
}

const struct mta_format format_postfix = {
	.name = "postfix",
	.looks = postfix_line_looks,
	.line = take_line,
	.block = take_block,
	.close = close_postfix,
};
