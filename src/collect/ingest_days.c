/* The days that logs cover: where no mail is a 0, and where it is no number. */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sendtop/day.h"
#include "sendtop/ingest.h"
#include "sendtop/store_mail.h"

enum {
	SILENCE_S = 18 * HOUR_SECONDS, /* a lost daily log leaves more */
	EDGE_S = HOUR_SECONDS,
	IDLE_DAYS = 30,  /* then the logs speak of the domain no more */
	DAYS_MOST = 800, /* settled at once; older days stay as they are */
};

static const enum metric sums[] = { METRIC_LOG_DELIVERED, METRIC_LOG_DEFERRED,
	METRIC_LOG_BOUNCED, METRIC_LOG_PEAK_MINUTE };
enum { SUMS = sizeof(sums) / sizeof(sums[0]), PEAK = SUMS - 1 };

/* --- spans ---------------------------------------------------------------- */

static int
compare_spans(const void *a, const void *b)
{
	const struct log_span *x = a, *y = b;

	return (x->first_s > y->first_s) - (x->first_s < y->first_s);
}

size_t
log_spans_join(struct log_span *spans, size_t count)
{
	size_t kept = 0, i;

	if (count > 0)
		qsort(spans, count, sizeof(*spans), compare_spans);
	for (i = 0; i < count; i++) {
		if (kept > 0 &&
		    spans[i].first_s - spans[kept - 1].last_s <= SILENCE_S) {
			if (spans[i].last_s > spans[kept - 1].last_s)
				spans[kept - 1].last_s = spans[i].last_s;
		} else {
			spans[kept++] = spans[i];
		}
	}
	return kept;
}

enum day_cover
log_spans_cover(const struct log_span *spans, size_t count, int32_t day)
{
	int64_t first = day_start(day), last = day_start(day + 1) - 1;

	for (size_t i = 0; i < count; i++) {
		if (spans[i].last_s < first || spans[i].first_s > last)
			continue;
		if (i + 1 == count && day == day_of(spans[i].last_s))
			last = spans[i].last_s;
		/* A log that begins on its newest day says what it can. */
		if (i + 1 == count && day == day_of(spans[i].first_s) &&
		    day == day_of(spans[i].last_s))
			return DAY_COVERED;
		return spans[i].first_s <= first + EDGE_S &&
			spans[i].last_s >= last - EDGE_S
		    ? DAY_COVERED
		    : DAY_PARTLY;
	}
	return DAY_DARK;
}

enum status
ingest_spans(struct store *store, struct log_span **out, size_t *count,
    struct error *err)
{
	struct arena *arena = arena_new();
	struct log_cursor *cursors;
	struct log_span *spans = NULL;
	size_t n, cap = 0, i;
	enum status status;

	*count = 0;
	status = store_cursors(store, arena, &cursors, &n, err);
	for (i = 0; status == STATUS_OK && i < n; i++) {
		if (cursors[i].first_s <= 0 ||
		    cursors[i].last_s < cursors[i].first_s)
			continue;
		spans = mem_grow(spans, *count, &cap, sizeof(*spans));
		spans[(*count)++] = (struct log_span){ cursors[i].first_s,
			cursors[i].last_s };
	}
	arena_free(arena);
	*count = log_spans_join(spans, *count);
	*out = spans;
	return status;
}

/* --- one domain ----------------------------------------------------------- */

struct days {
	struct store *store;
	int64_t domain;
	int32_t first; /* of values; evidence begins there */
	size_t lead;   /* days of evidence before the first that may change */
	size_t count;
	double *values[SUMS];
	bool changed;
};

static bool
had_mail(const struct days *d, size_t i)
{
	for (size_t k = 0; k < PEAK; k++)
		if (d->values[k][i] > 0)
			return true;
	return false;
}

static void
set_all(struct days *d, size_t i, double value)
{
	for (size_t k = 0; k < SUMS; k++)
		d->values[k][i] = value;
	d->changed = true;
}

static void
add_hours(struct days *d, const struct traffic *rows, size_t count)
{
	uint32_t minutes[HOUR_MINUTES] = { 0 };

	for (size_t i = 0; i < count; i++) {
		size_t at = (size_t)(day_of(rows[i].hour_s) - d->first);

		if (isnan(d->values[0][at]))
			set_all(d, at, 0);
		d->values[0][at] += (double)rows[i].delivered;
		d->values[1][at] += (double)rows[i].deferred;
		d->values[2][at] += (double)rows[i].bounced;
		if (i == 0 || rows[i].hour_s != rows[i - 1].hour_s)
			memset(minutes, 0, sizeof(minutes));
		for (size_t k = 0; k < HOUR_MINUTES; k++) {
			minutes[k] += rows[i].minutes[k];
			if (minutes[k] > d->values[PEAK][at])
				d->values[PEAK][at] = minutes[k];
		}
	}
}

/* A day that was known in part, and now is known whole, has its hours still. */
static enum status
sum_anew(struct days *d, size_t i, struct error *err)
{
	struct arena *arena = arena_new();
	int32_t day = d->first + (int32_t)i;
	struct traffic *rows;
	enum status status;
	size_t count;

	status = store_traffic_get(d->store, d->domain, PROVIDER_GMAIL,
	    day_start(day), day_start(day + 1), arena, &rows, &count, err);
	if (status == STATUS_OK)
		add_hours(d, rows, count);
	arena_free(arena);
	return status;
}

static enum status
settle(struct days *d, const struct log_span *spans, size_t count,
    struct error *err)
{
	enum status status = STATUS_OK;
	int32_t newest = day_of(spans[count - 1].last_s);
	size_t idle = IDLE_DAYS + 1, i;

	for (i = 0; status == STATUS_OK && i < d->count; i++) {
		int32_t day = d->first + (int32_t)i;
		enum day_cover cover = log_spans_cover(spans, count, day);
		bool blank = isnan(d->values[0][i]);

		if (i >= d->lead && cover == DAY_PARTLY && !blank)
			set_all(d, i, (double)NAN);
		if (i >= d->lead && cover == DAY_COVERED && blank) {
			status = sum_anew(d, i, err);
			/* Of today nothing can be said before it is over. */
			if (isnan(d->values[0][i]) && idle <= IDLE_DAYS &&
			    day < newest)
				set_all(d, i, 0);
		}
		idle = had_mail(d, i) ? 0 : idle + 1;
	}
	return status;
}

static enum status
load(struct days *d, struct error *err)
{
	enum status status = STATUS_OK;

	for (size_t k = 0; k < SUMS; k++) {
		d->values[k] = mem_alloc(d->count * sizeof(double));
		if (status == STATUS_OK)
			status = store_series_get(d->store, d->domain, sums[k],
			    d->first, d->count, d->values[k], err);
	}
	return status;
}

static enum status
save(const struct days *d, struct error *err)
{
	enum status status = STATUS_OK;

	for (size_t k = 0; status == STATUS_OK && k < SUMS; k++)
		status = store_series_put(d->store, d->domain, sums[k],
		    d->first + (int32_t)d->lead, d->count - d->lead,
		    d->values[k] + d->lead, err);
	return status;
}

enum status
ingest_settle_days(struct store *store, int64_t domain, int32_t since,
    const struct log_span *spans, size_t count, bool *changed,
    struct error *err)
{
	struct days d = { .store = store, .domain = domain };
	enum status status;
	int32_t last;
	size_t k;

	*changed = false;
	if (count == 0)
		return STATUS_OK;
	last = day_of(spans[count - 1].last_s);
	if (since < day_of(spans[0].first_s))
		since = day_of(spans[0].first_s);
	if (since < last - DAYS_MOST)
		since = last - DAYS_MOST;
	if (since > last)
		return STATUS_OK;
	d.lead = IDLE_DAYS;
	d.first = since - IDLE_DAYS;
	d.count = (size_t)(last - d.first) + 1;
	status = load(&d, err);
	if (status == STATUS_OK)
		status = settle(&d, spans, count, err);
	if (status == STATUS_OK && d.changed)
		status = save(&d, err);
	*changed = status == STATUS_OK && d.changed;
	for (k = 0; k < SUMS; k++)
		free(d.values[k]);
	return status;
}
