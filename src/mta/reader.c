/* Reading a log: lines from octets, the format from lines. */
/* SPDX-License-Identifier: MIT */
#include "reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sendtop/day.h"
#include "sendtop/text.h"

enum { STATE_MOST = 16 * 1024, SHOWN = 60, MARK_LEN = 3, NAME_MOST = 255 };

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

/* --- for the formats ------------------------------------------------------ */

void
reader_time(struct mta_reader *r, int64_t at_s)
{
	if (r->stats.first_s == 0 || at_s < r->stats.first_s)
		r->stats.first_s = at_s;
	if (at_s > r->stats.last_s)
		r->stats.last_s = at_s;
}

/* A filter on this machine, or the MTA again: that hands over and sends not. */
static bool
is_this_machine(struct span ip)
{
	static const char prefix[] = "IPv6:";

	if (span_starts(ip, prefix))
		ip = span_cut(ip, strlen(prefix));
	return span_starts(ip, "127.") || span_is(ip, "::1");
}

void
reader_emit(struct mta_reader *r, const struct delivery *delivery)
{
	reader_time(r, delivery->at_s);
	if (is_this_machine(delivery->relay_ip))
		return;
	r->stats.attempts++;
	if (delivery->sender.at == NULL)
		r->stats.unjoined++;
	if (r->sink.delivery != NULL)
		r->sink.delivery(r->sink.arg, delivery);
}

void
reader_know_host(struct mta_reader *r, struct delivery *d)
{
	char name[NAME_MOST];
	struct span key = { name, d->recipient_domain.len };

	if (key.len == 0 || key.len > sizeof(name))
		return;
	for (size_t i = 0; i < key.len; i++) {
		char c = d->recipient_domain.at[i];

		name[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	}
	if (d->relay_host.len > 0)
		join_put(r->hosts, key, d->relay_host);
	else
		join_get(r->hosts, key, &d->relay_host);
}

/* Most are told of with every message: once an hour is enough. */
static bool
is_told(struct mta_reader *r, uint64_t hash, int64_t hour)
{
	enum { WAYS = 4 };
	size_t set = hash % (SELECTORS_KEPT / WAYS) * WAYS, oldest = set;

	for (size_t i = set; i < set + WAYS; i++) {
		if (r->selectors[i].hash == hash) {
			oldest = i;
			break;
		}
		if (r->selectors[i].hour < r->selectors[oldest].hour)
			oldest = i;
	}
	if (r->selectors[oldest].hash == hash &&
	    r->selectors[oldest].hour == hour)
		return true;
	r->selectors[oldest].hash = hash;
	r->selectors[oldest].hour = hour;
	return false;
}

void
reader_selector(struct mta_reader *r, struct span domain, struct span selector,
    int64_t at_s)
{
	if (r->sink.selector == NULL || domain.len == 0 || selector.len == 0 ||
	    is_told(r, span_hash(domain) * 31 + span_hash(selector),
		at_s / HOUR_SECONDS))
		return;
	r->sink.selector(r->sink.arg, domain, selector, at_s);
}

/* Lines of a block are counted behind it. */
static int64_t
line_number(const struct mta_reader *r)
{
	int64_t number = r->stats.lines + 1;

	for (const char *at = r->block; at != NULL && at < r->block_at; at++)
		number += *at == '\n';
	return number;
}

void
reader_skip(struct mta_reader *r, struct span text, const char *why)
{
	char start[SHOWN];

	if (r->stats.skipped++ > 0)
		return;
	if (text.at == NULL) {
		snprintf(r->trouble, sizeof(r->trouble), "line %lld: %s",
		    (long long)line_number(r), why);
		return;
	}
	text_printable(
	    start, sizeof(start), text.at, text.len < SHOWN ? text.len : SHOWN);
	snprintf(r->trouble, sizeof(r->trouble), "line %lld (%s): %s",
	    (long long)line_number(r), start, why);
}

/* --- lines ---------------------------------------------------------------- */

static const struct span nothing = { NULL, 0 };

static bool
is_plain(const char *line, size_t len)
{
	return memchr(line, '\0', len) == NULL;
}

/* Files of Windows begin with a byte order mark. */
static void
skip_mark(const char **line, size_t *len)
{
	if (*len >= MARK_LEN && memcmp(*line, "\xef\xbb\xbf", MARK_LEN) == 0) {
		*line += MARK_LEN;
		*len -= MARK_LEN;
	}
}

static void
take_line(struct mta_reader *r, const char *line, size_t len)
{
	if (r->stats.lines == 0)
		skip_mark(&line, &len);
	if (len > 0 && line[len - 1] == '\r')
		len--;
	for (size_t i = 0; r->format == NULL && mta_formats[i] != NULL; i++)
		if (is_plain(line, len) && mta_formats[i]->looks(line, len))
			r->format = mta_formats[i];
	if (r->format != NULL && !is_plain(line, len))
		reader_skip(r, nothing, "binary octets");
	else if (r->format != NULL)
		r->format->line(r, line, len);
	r->stats.lines++;
}

/* A line without its newline, however long. */
static void
take_any(struct mta_reader *r, const char *line, size_t len)
{
	if (len <= LINE_MOST) {
		take_line(r, line, len);
		return;
	}
	reader_skip(r, nothing, "longer than 64 KiB");
	r->stats.lines++;
}

void
reader_lines(struct mta_reader *r, const char *at, size_t len)
{
	const char *end = at + len, *lf;

	while (
	    at < end && (lf = memchr(at, '\n', (size_t)(end - at))) != NULL) {
		take_any(r, at, (size_t)(lf - at));
		at = lf + 1;
	}
}

/* One by one until it is known what log it is; the first line may have a mark
 * before it. */
static void
take_lines(struct mta_reader *r, const char *at, size_t len)
{
	const char *lf;
	size_t n;

	while (len > 0 &&
	    (r->format == NULL || r->format->block == NULL ||
		r->stats.lines == 0)) {
		lf = memchr(at, '\n', len);
		n = lf != NULL ? (size_t)(lf + 1 - at) : len;
		take_any(r, at, n - 1);
		at += n;
		len -= n;
	}
	if (len > 0)
		r->format->block(r, at, len);
}

static void
end_partial(struct mta_reader *r)
{
	if (r->too_long) {
		reader_skip(r, nothing, "longer than 64 KiB");
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

/* ready: the format has taken the lines apart already, but for one that began
 * before or may have. */
static void
take_octets(struct mta_reader *r, const char *data, size_t len, bool ready)
{
	const char *last;
	size_t n;

	if (len > 0 && (ready || r->partial.len > 0 || r->too_long)) {
		n = finish_partial(r, data, len);
		data += n;
		len -= n;
	}
	last = len > 0 ? memrchr(data, '\n', len) : NULL;
	if (last != NULL) {
		n = (size_t)(last + 1 - data);
		if (r->years != NULL)
			stamps_bound(r->stamps,
			    years_most(r->years, r->stats.octets + n));
		if (ready)
			r->format->take_ready(r, data, n);
		else
			take_lines(r, data, n);
		r->stats.octets += n;
		data += n;
		len -= n;
	}
	if (len > 0)
		keep_partial(r, data, len);
}

void
mta_reader_here(struct mta_reader *reader)
{
	if (reader->last_s > 0)
		stamps_place(reader->stamps, reader->last_s);
}

void
mta_reader_feed(struct mta_reader *reader, const char *data, size_t len)
{
	take_octets(reader, data, len, false);
}

/* The first line tells what log it is, and may have a mark before it. */
size_t
mta_reader_ready(struct mta_reader *reader, const struct mta_octets *from,
    uint64_t at, uint64_t upto)
{
	reader->ready_len = 0;
	if (reader->format != NULL && reader->format->ready != NULL &&
	    reader->stats.lines > 0)
		reader->ready_len = reader->format->ready(
		    reader, from, at, upto, &reader->ready);
	return reader->ready_len;
}

void
mta_reader_take(struct mta_reader *reader)
{
	if (reader->ready_len == 0)
		return;
	reader->format->go_on(reader);
	take_octets(reader, reader->ready, reader->ready_len, true);
	reader->ready_len = 0;
}

void
mta_reader_rest(struct mta_reader *reader)
{
	if (reader->format != NULL && reader->format->rest != NULL)
		reader->format->rest(reader);
}

void
mta_reader_end(struct mta_reader *reader)
{
	if (reader->partial.len > 0 || reader->too_long)
		end_partial(reader);
	/* What it is nobody knows: no line was understood. */
	if (reader->format == NULL && reader->stats.lines > 0 &&
	    reader->stats.skipped == 0) {
		snprintf(reader->trouble, sizeof(reader->trouble),
		    "not a log of a known format");
		reader->stats.skipped = reader->stats.lines;
	}
}

/* --- beginning and end ---------------------------------------------------- */

/* The rest of the row of that name, when it is the next; goes behind it. */
static bool
take_row(const char **state, const char *name, struct span *out)
{
	size_t len = strlen(name);

	if (strncmp(*state, name, len) != 0)
		return false;
	out->at = *state + len;
	out->len = strcspn(out->at, "\n");
	*state = out->at + out->len;
	*state += **state == '\n';
	return true;
}

/* A log that begins goes on where the one before it ended, unless its years
 * tell otherwise. */
static void
begin_stamps(
    struct mta_reader *r, const struct mta_options *options, int64_t last_s)
{
	enum { BEFORE_S = 180 * DAY_SECONDS, AFTER_S = 3 * DAY_SECONDS };
	int64_t first_s;

	r->stamps = stamps_new(options->zone, years_written(options), last_s);
	if (options->goes_on && last_s > 0) {
		r->last_s = last_s;
		stamps_place(r->stamps, last_s);
		return;
	}
	r->years = years_look(options);
	if (r->years == NULL)
		return;
	first_s = years_first(r->years);
	if (last_s < first_s - BEFORE_S || last_s > first_s + AFTER_S)
		last_s = first_s;
	stamps_place(r->stamps, last_s);
}

/* "format postfix\n", "last 1795316400\n", "tls\n", "header ...\n", then
 * queue ids; each may be missing. */
static void
load_state(struct mta_reader *r, const struct mta_options *options)
{
	const char *state = options->state != NULL ? options->state : "";
	struct span row;
	int64_t last = 0;

	if (take_row(&state, "format ", &row) && r->format == NULL)
		r->format = find_format(row.at, row.len);
	if (take_row(&state, "last ", &row))
		last = strtoll(row.at, NULL, 10);
	begin_stamps(r, options, last);
	r->tls_told = take_row(&state, "tls", &row);
	if (take_row(&state, "header ", &row) && r->format != NULL)
		r->format->line(r, row.at, row.len);
	join_load(r->senders, state);
}

struct mta_reader *
mta_reader_new(const struct mta_options *options, const struct mta_sink *sink)
{
	struct mta_reader *r = mem_zero(1, sizeof(*r));

	r->sink = *sink;
	r->senders = join_new();
	r->hosts = join_new();
	if (options->format != NULL)
		r->format = find_format(
		    options->format, strlen(options->format));
	load_state(r, options);
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
	stamps_free(reader->stamps);
	years_free(reader->years);
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
	out->zone_unknown = !stamps_zone_known(reader->stamps);
	out->years_late = stamps_years_late(reader->stamps);
}

char *
mta_reader_state(const struct mta_reader *reader)
{
	struct buf out = { 0 };

	buf_str(&out, "");
	if (reader->format != NULL)
		buf_printf(&out, "format %s\n", reader->format->name);
	if (stamps_last(reader->stamps) > 0)
		buf_printf(&out, "last %lld\n",
		    (long long)stamps_last(reader->stamps));
	if (reader->tls_told)
		buf_str(&out, "tls\n");
	if (reader->header.len > 0)
		buf_printf(&out, "header %s\n", reader->header.data);
	join_save(reader->senders, &out, STATE_MOST);
	return buf_take(&out);
}
