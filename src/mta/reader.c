/* Reading a log: lines from octets, the format from lines. */
/* SPDX-License-Identifier: MIT */
#include "reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sendtop/text.h"

enum { STATE_MOST = 16 * 1024 };

const struct mta_format *const mta_formats[] = { &format_postfix, &format_exim,
	&format_opensmtpd, &format_sendmail, &format_powermta, &format_kumomta,
	&format_exchange, NULL };

const char *
mta_format(size_t i)
{
	size_t count = sizeof(mta_formats) / sizeof(mta_formats[0]) - 1;

	return i < count ? mta_formats[i]->name : NULL;
}

static const struct mta_format *
find_format(const char *name, size_t len)
{
	for (size_t i = 0; mta_formats[i] != NULL; i++)
		if (strlen(mta_formats[i]->name) == len &&
		    memcmp(mta_formats[i]->name, name, len) == 0)
			return mta_formats[i];
	return NULL;
}

/* --- for the formats --------------------------------------------------------------------- */

void
reader_time(struct mta_reader *r, int64_t at_s)
{
	if (r->stats.first_s == 0 || at_s < r->stats.first_s)
		r->stats.first_s = at_s;
	if (at_s > r->stats.last_s)
		r->stats.last_s = at_s;
}

void
reader_emit(struct mta_reader *r, const struct delivery *delivery)
{
	reader_time(r, delivery->at_s);
	r->stats.attempts++;
	if (delivery->sender.at == NULL)
		r->stats.unjoined++;
	if (r->sink.delivery != NULL)
		r->sink.delivery(r->sink.arg, delivery);
}

void
reader_selector(struct mta_reader *r, struct span domain, struct span selector,
    int64_t at_s)
{
	if (r->sink.selector != NULL && domain.len > 0 && selector.len > 0)
		r->sink.selector(r->sink.arg, domain, selector, at_s);
}

void
reader_skip(struct mta_reader *r, const char *line, const char *why)
{
	char start[60];

	if (r->stats.skipped++ > 0)
		return;
	text_printable(start, sizeof(start), line, strnlen(line, 40));
	snprintf(r->trouble, sizeof(r->trouble), "line %lld (%s): %s",
	    (long long)r->stats.lines + 1, start, why);
}

/* --- lines --------------------------------------------------------------------------------- */

static bool
is_plain(const char *line, size_t len)
{
	return memchr(line, '\0', len) == NULL;
}

static void
take_line(struct mta_reader *r, const char *line, size_t len)
{
	if (len > 0 && line[len - 1] == '\r')
		len--;
	for (size_t i = 0; r->format == NULL && mta_formats[i] != NULL; i++)
		if (is_plain(line, len) && mta_formats[i]->looks(line, len))
			r->format = mta_formats[i];
	if (r->format != NULL && !is_plain(line, len))
		reader_skip(r, "", "binary octets");
	else if (r->format != NULL)
		r->format->line(r, line, len);
	r->stats.lines++;
}

static void
take_lines(struct mta_reader *r, const char *at, const char *end)
{
	const char *lf;

	while (
	    at < end && (lf = memchr(at, '\n', (size_t)(end - at))) != NULL) {
		if ((size_t)(lf - at) > LINE_MOST) {
			reader_skip(r, "", "longer than 64 KiB");
			r->stats.lines++;
		} else {
			take_line(r, at, (size_t)(lf - at));
		}
		at = lf + 1;
		if (r->format != NULL && r->format->block != NULL && at < end) {
			r->format->block(r, at, (size_t)(end - at));
			return;
		}
	}
}

/* Whole lines. */
static void
take_block(struct mta_reader *r, const char *data, size_t len)
{
	if (r->format != NULL && r->format->block != NULL)
		r->format->block(r, data, len);
	else
		take_lines(r, data, data + len);
	r->stats.octets += len;
}

static void
end_partial(struct mta_reader *r)
{
	if (r->too_long) {
		reader_skip(r, "", "longer than 64 KiB");
		r->stats.lines++;
	} else {
		take_line(r, r->partial.data != NULL ? r->partial.data : "",
		    r->partial.len);
	}
	r->partial.len = 0;
	r->unfinished = 0;
	r->too_long = false;
}

static void
keep_partial(struct mta_reader *r, const char *data, size_t len)
{
	r->stats.octets += len;
	r->unfinished += len;
	if (r->too_long || r->partial.len + len > LINE_MOST) {
		r->too_long = true;
		r->partial.len = 0;
		return;
	}
	buf_add(&r->partial, data, len);
}

/* A line that began in what was fed before. */
static size_t
finish_partial(struct mta_reader *r, const char *data, size_t len)
{
	const char *lf = memchr(data, '\n', len);
	size_t n = lf != NULL ? (size_t)(lf - data) : len;

	keep_partial(r, data, n);
	if (lf == NULL)
		return n;
	end_partial(r);
	r->stats.octets++;
	return n + 1;
}

void
mta_reader_feed(struct mta_reader *reader, const char *data, size_t len)
{
	const char *last;
	size_t n;

	if (len > 0 && (reader->partial.len > 0 || reader->too_long)) {
		n = finish_partial(reader, data, len);
		data += n;
		len -= n;
	}
	last = len > 0 ? memrchr(data, '\n', len) : NULL;
	if (last != NULL) {
		n = (size_t)(last + 1 - data);
		take_block(reader, data, n);
		data += n;
		len -= n;
	}
	if (len > 0)
		keep_partial(reader, data, len);
}

void
mta_reader_end(struct mta_reader *reader)
{
	if (reader->partial.len > 0 || reader->too_long)
		end_partial(reader);
}

/* --- beginning and end --------------------------------------------------------------------- */

/* "format postfix\n", "year 2026 11\n", "header ...\n", then queue ids. */
static void
load_state(struct mta_reader *r, const char *state)
{
	size_t n;
	int year, month;

	if (strncmp(state, "format ", 7) == 0) {
		n = strcspn(state + 7, "\n");
		if (r->format == NULL)
			r->format = find_format(state + 7, n);
		state += 7 + n + (state[7 + n] == '\n');
	}
	if (sscanf(state, "year %d %d\n", &year, &month) == 2 && year > 1970 &&
	    year < 10000 && month >= 1 && month <= 12) {
		r->stamps.year = year;
		r->stamps.month = month;
		state += strcspn(state, "\n");
		state += *state == '\n';
	}
	if (strncmp(state, "header ", 7) == 0) {
		n = strcspn(state + 7, "\n");
		if (r->format != NULL)
			r->format->line(r, state + 7, n);
		state += 7 + n + (state[7 + n] == '\n');
	}
	join_load(r->senders, state);
}

struct mta_reader *
mta_reader_new(const struct mta_options *options, const struct mta_sink *sink)
{
	struct mta_reader *r = mem_zero(1, sizeof(*r));

	r->sink = *sink;
	r->senders = join_new();
	r->hosts = join_new();
	stamps_init(&r->stamps, options->zone, options->written_s);
	if (options->format != NULL)
		r->format = find_format(
		    options->format, strlen(options->format));
	if (options->state != NULL)
		load_state(r, options->state);
	r->stats = (struct mta_stats){ 0 };
	return r;
}

void
mta_reader_free(struct mta_reader *reader)
{
	if (reader == NULL)
		return;
	if (reader->format != NULL && reader->format->close != NULL)
		reader->format->close(reader);
	stamps_fini(&reader->stamps);
	join_free(reader->senders);
	join_free(reader->hosts);
	buf_free(&reader->partial);
	buf_free(&reader->header);
	free(reader);
}

void
mta_reader_stats(const struct mta_reader *reader, struct mta_stats *out)
{
	*out = reader->stats;
	/* What has no end yet is not taken. */
	out->octets -= reader->unfinished;
	out->format = reader->format != NULL ? reader->format->name : NULL;
	out->trouble = reader->trouble;
}

char *
mta_reader_state(const struct mta_reader *reader)
{
	struct buf out = { 0 };

	buf_str(&out, "");
	if (reader->format != NULL)
		buf_printf(&out, "format %s\n", reader->format->name);
	if (reader->stamps.year > 0)
		buf_printf(&out, "year %d %d\n", reader->stamps.year,
		    reader->stamps.month);
	if (reader->header.len > 0)
		buf_printf(&out, "header %s\n", reader->header.data);
	join_save(reader->senders, &out, STATE_MOST);
	return buf_take(&out);
}
