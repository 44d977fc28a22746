/* Logs read into text, for the tests of the readers. */
/* SPDX-License-Identifier: MIT */
#include "tests/unit/mta/logs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sendtop/day.h"

static void
add(struct buf *out, struct span span)
{
	if (span.at == NULL)
		buf_char(out, '?');
	else
		buf_add(out, span.at, span.len);
}

static void
take_delivery(void *arg, const struct delivery *d)
{
	static const char *const ends[] = { "done", "deferred", "bounced" };
	static const char *const tls[] = { "?", "clear", "tls" };
	char when[TIME_TEXT_SIZE];
	struct buf *out = arg;

	buf_printf(out, "%s ", time_text(when, d->at_s));
	add(out, d->queue_id);
	buf_str(out, " <");
	add(out, d->sender);
	buf_str(out, "> ");
	add(out, d->source_ip);
	buf_str(out, " -> ");
	add(out, d->recipient_domain);
	buf_char(out, ' ');
	add(out, d->relay_host);
	buf_char(out, '[');
	add(out, d->relay_ip);
	buf_printf(out, "] %s %s: ", ends[d->end], tls[d->tls]);
	add(out, d->reply);
	buf_char(out, '\n');
}

static void
take_selector(void *arg, struct span domain, struct span selector, int64_t at_s)
{
	struct buf *out = arg;

	(void)at_s;
	buf_str(out, "dkim ");
	add(out, domain);
	buf_char(out, ' ');
	add(out, selector);
	buf_char(out, '\n');
}

void
log_sink(struct mta_sink *sink, struct buf *out)
{
	*sink = (struct mta_sink){
		.delivery = take_delivery, .selector = take_selector, .arg = out
	};
}

char *
log_read(const char *log, size_t len, const struct mta_options *options,
    size_t piece, struct mta_stats *stats)
{
	static char trouble[300], format[20];
	struct mta_reader *reader;
	struct buf out = { 0 };
	struct mta_sink sink;
	size_t at, n;

	log_sink(&sink, &out);
	reader = mta_reader_new(options, &sink);
	for (at = 0; at < len; at += n) {
		/* A copy of its own, so that reading over its end is seen. */
		char *copy;

		n = piece > 0 && piece < len - at ? piece : len - at;
		copy = mem_alloc(n);
		memcpy(copy, log + at, n);
		mta_reader_feed(reader, copy, n);
		free(copy);
	}
	mta_reader_end(reader);
	mta_reader_stats(reader, stats);
	snprintf(trouble, sizeof(trouble), "%s", stats->trouble);
	snprintf(format, sizeof(format), "%s",
	    stats->format != NULL ? stats->format : "none");
	stats->trouble = trouble;
	stats->format = format;
	mta_reader_free(reader);
	return buf_take(&out);
}

char *
log_told(const char *log)
{
	struct mta_options options = { .written_s = WRITTEN_S, .zone = "UTC" };
	struct mta_stats stats;

	return log_read(log, strlen(log), &options, 0, &stats);
}
