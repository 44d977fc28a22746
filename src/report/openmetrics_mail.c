/* OpenMetrics text: logs, attempts to deliver, replies. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "report/openmetrics.h"
#include "sendtop/day.h"
#include "sendtop/store_mail.h"

/* --- logs ----------------------------------------------------------------- */

static double
log_lines(const struct log_cursor *log)
{
	return (double)log->lines;
}

static double
log_attempts(const struct log_cursor *log)
{
	return (double)log->attempts;
}

static double
log_skipped(const struct log_cursor *log)
{
	return (double)log->skipped;
}

static double
log_read(const struct log_cursor *log)
{
	return metrics_moment(log->read_s);
}

static double
log_last(const struct log_cursor *log)
{
	return metrics_moment(log->last_s);
}

static const struct {
	const char *name, *type, *unit, *help;
	double (*get)(const struct log_cursor *log);
} log_rows[] = {
	{ "sendtop_log_lines", "counter", "", "Lines read of a log.",
	    log_lines },
	{ "sendtop_log_attempts", "counter", "",
	    "Attempts to deliver that a log told.", log_attempts },
	{ "sendtop_log_skipped_lines", "counter", "",
	    "Lines that should have been understood and were not.",
	    log_skipped },
	{ "sendtop_log_read_timestamp_seconds", "gauge", "seconds",
	    "When a log was last read.", log_read },
	{ "sendtop_log_line_timestamp_seconds", "gauge", "seconds",
	    "Stamp of the newest line read.", log_last },
};

static enum status
put_logs(struct metrics *m, size_t *count)
{
	struct log_cursor *logs;
	char name[64];
	size_t i, k;
	enum status status = store_cursors(
	    m->store, m->pass, &logs, count, m->err);

	if (status != STATUS_OK)
		return status;
	for (k = 0; k < sizeof(log_rows) / sizeof(log_rows[0]); k++) {
		bool counter = strcmp(log_rows[k].type, "counter") == 0;

		metrics_family(m, log_rows[k].name, log_rows[k].type,
		    log_rows[k].unit, log_rows[k].help);
		snprintf(name, sizeof(name), "%s%s", log_rows[k].name,
		    counter ? "_total" : "");
		/* What an import told of was never read here. */
		for (i = 0; i < *count; i++)
			if (logs[i].read_s != 0)
				metrics_sample(m, name,
				    (struct metrics_label[]){
					{ "path", logs[i].path } },
				    1, log_rows[k].get(&logs[i]));
	}
	return STATUS_OK;
}

/* --- mail: counters that begin anew each UTC day -------------------------- */

static void
put_total(struct metrics *m, const char *name,
    const struct metrics_label *labels, size_t count, double value)
{
	char whole[64];
	int64_t midnight = day_start(day_of(m->now_s));

	snprintf(whole, sizeof(whole), "%s_total", name);
	metrics_sample(m, whole, labels, count, value);
	snprintf(whole, sizeof(whole), "%s_created", name);
	metrics_sample(m, whole, labels, count, (double)midnight);
}

/* One provider's hours and streams stand in any order; there are few
 * providers. */
static void
put_attempts(struct metrics *m, const struct metrics_row *row,
    const struct traffic *hours, size_t count)
{
	size_t i, k;

	for (i = 0; i < count; i++) {
		int64_t ends[3] = { 0 };

		for (k = 0; k < i; k++)
			if (strcmp(hours[k].provider, hours[i].provider) == 0)
				break;
		if (k < i)
			continue;
		for (k = i; k < count; k++) {
			if (strcmp(hours[k].provider, hours[i].provider) != 0)
				continue;
			ends[0] += hours[k].delivered;
			ends[1] += hours[k].deferred;
			ends[2] += hours[k].bounced;
		}
		for (k = 0; k < 3; k++)
			put_total(m, "sendtop_attempts",
			    (struct metrics_label[]){ { "domain", row->name },
				{ "provider", hours[i].provider },
				{ "end",
				    (const char *const[]){ "delivered",
					"deferred", "bounced" }[k] } },
			    3, (double)ends[k]);
	}
}

static enum status
traffic_of(struct metrics *m, const struct metrics_row *row)
{
	int64_t midnight = day_start(day_of(m->now_s));
	struct traffic *hours;
	size_t count;
	enum status status;

	arena_reset(m->pass);
	status = store_traffic_get(m->store, row->id, NULL, midnight,
	    midnight + DAY_SECONDS, m->pass, &hours, &count, m->err);
	if (status == STATUS_OK)
		put_attempts(m, row, hours, count);
	return status;
}

/* Rows of one meaning differ in codes and in whom they name. */
static bool
same_reply(const struct reply_count *a, const struct reply_count *b)
{
	return strcmp(a->provider, b->provider) == 0 &&
	    strcmp(a->key, b->key) == 0 && a->permanent == b->permanent;
}

static void
put_replies(struct metrics *m, const struct metrics_row *row,
    const struct reply_count *replies, size_t count)
{
	size_t i, k;

	for (i = 0; i < count; i++) {
		int64_t sum = 0;

		for (k = 0; k < i && !same_reply(&replies[k], &replies[i]);)
			k++;
		if (k < i)
			continue;
		for (k = i; k < count; k++)
			if (same_reply(&replies[k], &replies[i]))
				sum += replies[k].count;
		put_total(m, "sendtop_replies",
		    (struct metrics_label[]){ { "domain", row->name },
			{ "provider", replies[i].provider },
			{ "key", replies[i].key },
			{ "class",
			    replies[i].permanent ? "permanent"
						 : "temporary" } },
		    4, (double)sum);
	}
}

enum { REPLIES_MOST = 2000 };

static enum status
replies_of(struct metrics *m, const struct metrics_row *row)
{
	int64_t midnight = day_start(day_of(m->now_s));
	const struct reply_query query = {
		.domain = row->id,
		.since_s = midnight,
		.until_s = midnight + DAY_SECONDS,
		.by_s = DAY_SECONDS,
		.limit = REPLIES_MOST,
	};
	struct reply_count *replies;
	size_t count;
	enum status status;

	arena_reset(m->pass);
	status = store_replies(
	    m->store, &query, m->pass, &replies, &count, m->err);
	if (status == STATUS_OK)
		put_replies(m, row, replies, count);
	return status;
}

static enum status
put_mail(struct metrics *m)
{
	enum status status = STATUS_OK;
	size_t i;

	metrics_family(m, "sendtop_attempts", "counter", "",
	    "Attempts to deliver since 00:00 UTC, by their end.");
	for (i = 0; status == STATUS_OK && i < m->count; i++)
		status = traffic_of(m, &m->rows[i]);
	metrics_family(m, "sendtop_replies", "counter", "",
	    "Replies since 00:00 UTC, by the catalogue's key.");
	for (i = 0; status == STATUS_OK && i < m->count; i++)
		status = replies_of(m, &m->rows[i]);
	return status;
}

/* Without a log nobody is asked for mail. */
enum status
metrics_mail(struct metrics *m)
{
	size_t logs;
	enum status status = put_logs(m, &logs);

	if (status == STATUS_OK && logs > 0)
		status = put_mail(m);
	return status;
}
