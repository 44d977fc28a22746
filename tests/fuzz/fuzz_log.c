/* Logs of every format, as anybody may have written into them. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "sendtop/mem.h"
#include "sendtop/mta.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* 2026-11-22T12:00:00Z */
enum { WRITTEN_S = 1795348800, FORMATS = 7, LINE_MOST = 70000 };

struct seen {
	int64_t attempts;
	uint64_t sum;
};

/* Reads every octet, so that a span out of its bounds is found. */
static void
read_span(struct seen *seen, struct span span)
{
	if (span.at == NULL && span.len > 0)
		abort();
	if (span.len > LINE_MOST)
		abort();
	seen->sum = seen->sum * 31 + span.len;
	for (size_t i = 0; i < span.len; i++)
		seen->sum = seen->sum * 31 + (unsigned char)span.at[i];
}

static void
take_delivery(void *arg, const struct delivery *d)
{
	struct seen *seen = arg;

	read_span(seen, d->queue_id);
	read_span(seen, d->sender);
	read_span(seen, d->source_ip);
	read_span(seen, d->recipient_domain);
	read_span(seen, d->relay_host);
	read_span(seen, d->relay_ip);
	read_span(seen, d->reply);
	/* Years 1970 to 9999 and what a UNIX stamp can hold. */
	if (d->at_s < -86400 || d->at_s > 253402387200 ||
	    d->end > DELIVERY_BOUNCED || d->tls > TLS_USED)
		abort();
	/* Not the moment: of a log whose clock goes anywhere it depends on which
	 * lines are looked at, and that on the pieces. */
	seen->sum = seen->sum * 31 + d->end + d->tls;
	seen->attempts++;
}

static void
take_selector(void *arg, struct span domain, struct span selector, int64_t at_s)
{
	struct seen each = { 0, 0 };

	/* How often it is told of depends on the hour, as the moment does. */
	(void)arg;
	(void)at_s;
	read_span(&each, domain);
	read_span(&each, selector);
}

/* Reads it in pieces; what came out. */
static struct seen
read_log(const char *text, size_t len, const struct mta_options *options,
    size_t piece)
{
	struct seen seen = { 0, 0 };
	struct mta_sink sink = { .delivery = take_delivery,
		.selector = take_selector,
		.arg = &seen };
	struct mta_reader *reader = mta_reader_new(options, &sink);
	struct mta_stats stats;
	size_t at, n;
	char *copy;

	for (at = 0; at < len; at += n) {
		n = piece < len - at ? piece : len - at;
		copy = mem_alloc(n);
		memcpy(copy, text + at, n);
		mta_reader_feed(reader, copy, n);
		free(copy);
	}
	mta_reader_end(reader);
	mta_reader_stats(reader, &stats);
	if (stats.octets != len || stats.attempts != seen.attempts ||
	    stats.unjoined > stats.attempts || stats.skipped > stats.lines)
		abort();
	mta_reader_free(reader);
	return seen;
}

/* For the years of stamps that have none. */
static size_t
peek(void *arg, uint64_t at, char *buf, size_t size)
{
	const struct span *whole = arg;
	size_t len = at < whole->len ? whole->len - (size_t)at : 0;

	len = len < size ? len : size;
	memcpy(buf, whole->at + at, len);
	return len;
}

/* A reader with the state of one before reads on. */
static void
read_on(const char *text, size_t len, const struct mta_options *first)
{
	struct mta_options options = *first;
	struct mta_sink sink = { 0 };
	struct mta_reader *reader = mta_reader_new(first, &sink);
	char *state;

	mta_reader_feed(reader, text, len);
	state = mta_reader_state(reader);
	mta_reader_free(reader);
	options.state = state;
	read_log(text, len, &options, len + 1);
	options.goes_on = true;
	read_log(text, len, &options, len + 1);
	free(state);
}

/* The first octet chooses the format, "0" to "6", or anything else: a guess;
 * with "s" the text is a state. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mta_options options = { .written_s = WRITTEN_S, .zone = "UTC" };
	struct seen whole, pieces;
	struct span all;
	struct mta_octets octets = { peek, &all };
	char *text;

	if (size == 0)
		return 0;
	text = mem_ndup(data + 1, size - 1);
	all = (struct span){ text, size - 1 };
	options.whole = &octets;
	options.whole_size = all.len;
	if (data[0] >= '0' && data[0] < '0' + FORMATS)
		options.format = mta_format((size_t)(data[0] - '0'));
	if (data[0] == 's') {
		options.state = text;
		read_log("x\n", 2, &options, 2);
	} else {
		whole = read_log(text, size - 1, &options, size);
		pieces = read_log(text, size - 1, &options, 1 + size % 97);
		if (whole.attempts != pieces.attempts ||
		    whole.sum != pieces.sum)
			abort();
		read_on(text, size - 1, &options);
	}
	free(text);
	return 0;
}
