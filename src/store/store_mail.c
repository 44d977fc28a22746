/* The store's deliveries: an hour of one sender, provider and stream a row. */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sendtop/day.h"
#include "sendtop/store_mail.h"
#include "store/bring.h"
#include "store/internal.h"
#include "store/mail.h"
#include "store/pack.h"
#include "store/query.h"

/* Days that one transaction added to. */
struct day_span {
	int64_t domain;
	int32_t first, last;
};

/* --- what may be added ----------------------------------------------------- */

#define TOLD_MOST_S INT64_C(253402300799) /* the end of the year 9999 */

enum status
mail_check_hour(int64_t hour_s, int64_t now_s, struct error *err)
{
	int64_t told = hour_s < 0  ? 0
	    : hour_s > TOLD_MOST_S ? TOLD_MOST_S
				   : hour_s;
	char text[TIME_TEXT_SIZE];

	if (hour_s < now_s - MAIL_REACH_S || hour_s > now_s + MAIL_REACH_S ||
	    hour_s % HOUR_SECONDS != 0)
		return error_set(err, STATUS_USAGE,
		    "%s is not the start of an hour of these years",
		    time_text(text, told));
	return STATUS_OK;
}

enum status
mail_check_count(int64_t count, struct error *err)
{
	if (count < 0 || count > MAIL_COUNT_MOST)
		return error_set(err, STATUS_USAGE,
		    "%ld cannot be a count of one hour", (long)count);
	return STATUS_OK;
}

enum { NUMBERS = 5 }; /* counts of a row */

static void
numbers_of(const struct traffic *traffic, int64_t out[NUMBERS])
{
	out[0] = traffic->delivered;
	out[1] = traffic->deferred;
	out[2] = traffic->bounced;
	out[3] = traffic->tls;
	out[4] = traffic->clear;
}

static void
numbers_to(const int64_t in[NUMBERS], struct traffic *traffic)
{
	traffic->delivered = in[0];
	traffic->deferred = in[1];
	traffic->bounced = in[2];
	traffic->tls = in[3];
	traffic->clear = in[4];
}

static enum status
check_traffic(const struct traffic *traffic, struct error *err)
{
	int64_t numbers[NUMBERS];
	enum status status = mail_check_hour(
	    traffic->hour_s, clock_utc_s(), err);

	numbers_of(traffic, numbers);
	for (size_t i = 0; status == STATUS_OK && i < NUMBERS; i++)
		status = mail_check_count(numbers[i], err);
	return status;
}

/* --- rows ------------------------------------------------------------------ */

#define COLUMNS                                           \
	"hour_s, provider, stream, delivered, deferred, " \
	"bounced, over_tls, in_clear, minutes FROM traffic"

/* Texts stay where the query has them; false: damaged. */
static bool
read_traffic(struct query *q, struct traffic *out)
{
	int64_t numbers[NUMBERS];
	const void *data;
	size_t len = 0;

	out->hour_s = query_get_int(q, 0);
	out->provider = query_get_text(q, 1);
	out->stream = query_get_text(q, 2);
	for (int i = 0; i < NUMBERS; i++) {
		numbers[i] = query_get_int(q, 3 + i);
		if (numbers[i] < 0 || numbers[i] > MAIL_COUNT_MOST)
			return false;
	}
	numbers_to(numbers, out);
	data = query_get_blob(q, 3 + NUMBERS, &len);
	return unpack_minutes(data, len, out->minutes);
}

/* What the store has of the same hour; its texts do not last. */
static enum status
find_stored(struct store *store, int64_t domain, const struct traffic *like,
    struct traffic *out, bool *found, struct error *err)
{
	struct query q;
	bool good = true;

	query_open(&q, store,
	    "SELECT " COLUMNS " WHERE domain = $1 AND provider = $2"
	    " AND hour_s = $3 AND stream = $4",
	    err);
	query_int(&q, domain);
	query_text(&q, like->provider);
	query_int(&q, like->hour_s);
	query_text(&q, like->stream);
	*found = query_row(&q);
	if (*found)
		good = read_traffic(&q, out);
	if (query_end(&q) != STATUS_OK)
		return q.status;
	return good ? STATUS_OK : store_damaged(store, "traffic", domain, err);
}

/* Adds what the store has of the same hour to *sum. */
static enum status
add_stored(
    struct store *store, int64_t domain, struct traffic *sum, struct error *err)
{
	int64_t mine[NUMBERS], theirs[NUMBERS];
	struct traffic old;
	bool found;
	enum status status = find_stored(store, domain, sum, &old, &found, err);

	if (status != STATUS_OK || !found)
		return status;
	numbers_of(sum, mine);
	numbers_of(&old, theirs);
	for (size_t i = 0; i < NUMBERS; i++) {
		mine[i] += theirs[i];
		if (mine[i] > MAIL_COUNT_MOST)
			mine[i] = MAIL_COUNT_MOST;
	}
	numbers_to(mine, sum);
	for (size_t i = 0; i < HOUR_MINUTES; i++)
		sum->minutes[i] = mail_minute(sum->minutes[i], old.minutes[i]);
	return STATUS_OK;
}

static enum status
put_traffic(struct store *store, int64_t domain, const struct traffic *traffic,
    struct error *err)
{
	int64_t numbers[NUMBERS];
	struct buf packed = { 0 };
	struct query q;
	enum status status;

	numbers_of(traffic, numbers);
	pack_minutes(traffic->minutes, &packed);
	query_open(&q, store,
	    "INSERT INTO traffic (domain, provider, hour_s, stream, delivered,"
	    " deferred, bounced, over_tls, in_clear, minutes)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
	    " ON CONFLICT (domain, provider, hour_s, stream) DO UPDATE SET"
	    " delivered = excluded.delivered, deferred = excluded.deferred,"
	    " bounced = excluded.bounced, over_tls = excluded.over_tls,"
	    " in_clear = excluded.in_clear, minutes = excluded.minutes",
	    err);
	query_int(&q, domain);
	query_text(&q, traffic->provider);
	query_int(&q, traffic->hour_s);
	query_text(&q, traffic->stream);
	for (size_t i = 0; i < NUMBERS; i++)
		query_int(&q, numbers[i]);
	query_blob(&q, packed.data != NULL ? packed.data : "", packed.len);
	status = query_run(&q);
	buf_free(&packed);
	return status;
}

uint32_t
mail_minute(uint32_t a, uint32_t b)
{
	return a > UINT32_MAX - b ? UINT32_MAX : a + b;
}

/* --- the daily sums that follow -------------------------------------------- */

static void
note_day(struct store *store, int64_t domain, int32_t day)
{
	struct day_span *span;
	char key[24];

	if (store->unsummed == NULL)
		store->unsummed = map_new();
	snprintf(key, sizeof(key), "%ld", (long)domain);
	span = map_get(store->unsummed, key);
	if (span == NULL) {
		span = mem_zero(1, sizeof(*span));
		*span = (struct day_span){ domain, day, day };
		map_put(store->unsummed, key, span);
	}
	span->first = day < span->first ? day : span->first;
	span->last = day > span->last ? day : span->last;
}

void
store_traffic_forget(struct store *store)
{
	map_free(store->unsummed, free);
	store->unsummed = NULL;
}

/* The series that a day's hours are summed up in. */
static const enum metric sums[] = { METRIC_LOG_DELIVERED, METRIC_LOG_DEFERRED,
	METRIC_LOG_BOUNCED, METRIC_LOG_PEAK_MINUTE };
enum { SUMS = sizeof(sums) / sizeof(sums[0]), PEAK = SUMS - 1 };

/* One hour of all streams, as it is put together. */
struct hour {
	int64_t hour_s;
	uint32_t minutes[HOUR_MINUTES];
};

static void
add_hour(struct hour *hour, const struct traffic *t, double *at[SUMS])
{
	const double counts[PEAK] = { (double)t->delivered, (double)t->deferred,
		(double)t->bounced };

	for (size_t i = 0; i < SUMS; i++)
		if (isnan(*at[i]))
			*at[i] = 0;
	for (size_t i = 0; i < PEAK; i++)
		*at[i] += counts[i];
	if (hour->hour_s != t->hour_s)
		*hour = (struct hour){ .hour_s = t->hour_s };
	for (size_t i = 0; i < HOUR_MINUTES; i++) {
		uint32_t minute = mail_minute(hour->minutes[i], t->minutes[i]);

		hour->minutes[i] = minute;
		if (minute > *at[PEAK])
			*at[PEAK] = minute;
	}
}

static enum status
sum_hours(struct store *store, const struct day_span *span,
    double *values[SUMS], struct error *err)
{
	struct hour hour = { .hour_s = INT64_MIN };
	struct traffic t;
	struct query q;
	bool good = true;

	query_open(&q, store,
	    "SELECT " COLUMNS " WHERE domain = $1 AND provider = $2"
	    " AND hour_s >= $3 AND hour_s < $4 ORDER BY hour_s",
	    err);
	query_int(&q, span->domain);
	query_text(&q, PROVIDER_GMAIL);
	query_int(&q, day_start(span->first));
	query_int(&q, day_start(span->last + 1));
	while (good && query_row(&q)) {
		double *at[SUMS];

		good = read_traffic(&q, &t);
		for (size_t i = 0; i < SUMS; i++)
			at[i] = values[i] + (day_of(t.hour_s) - span->first);
		if (good)
			add_hour(&hour, &t, at);
	}
	if (query_end(&q) != STATUS_OK)
		return q.status;
	return good ? STATUS_OK
		    : store_damaged(store, "traffic", span->domain, err);
}

/* A day in between that nothing was added to stays as it is. */
static enum status
put_sums(struct store *store, const struct day_span *span, enum metric metric,
    double *values, size_t days, struct error *err)
{
	double *old = mem_alloc(days * sizeof(*old));
	enum status status;

	status = store_series_get(
	    store, span->domain, metric, span->first, days, old, err);
	for (size_t i = 0; i < days; i++)
		if (isnan(values[i]))
			values[i] = old[i];
	if (status == STATUS_OK)
		status = store_series_put(store, span->domain, metric,
		    span->first, days, values, err);
	free(old);
	return status;
}

static enum status
sum_days(struct store *store, const struct day_span *span, struct error *err)
{
	size_t days = (size_t)(span->last - span->first) + 1;
	double *all = mem_alloc(SUMS * days * sizeof(*all)), *values[SUMS];
	enum status status;

	for (size_t i = 0; i < SUMS * days; i++)
		all[i] = (double)NAN;
	for (size_t i = 0; i < SUMS; i++)
		values[i] = all + i * days;
	status = sum_hours(store, span, values, err);
	for (size_t i = 0; status == STATUS_OK && i < SUMS; i++)
		status = put_sums(store, span, sums[i], values[i], days, err);
	free(all);
	return status;
}

enum status
store_traffic_sum(struct store *store, struct error *err)
{
	enum status status = STATUS_OK;
	const char *key;
	size_t cursor = 0;
	void *span;

	while (status == STATUS_OK && store->unsummed != NULL &&
	    map_next(store->unsummed, &cursor, &key, &span))
		status = sum_days(store, span, err);
	return status;
}

/* --- adding and reading ---------------------------------------------------- */

static enum status
add(struct store *store, int64_t domain, const struct traffic *traffic,
    struct error *err)
{
	struct traffic sum = *traffic;
	enum status status = add_stored(store, domain, &sum, err);

	if (status == STATUS_OK)
		status = put_traffic(store, domain, &sum, err);
	if (status == STATUS_OK &&
	    strcmp(traffic->provider, PROVIDER_GMAIL) == 0)
		note_day(store, domain, day_of(traffic->hour_s));
	return status;
}

enum status
store_traffic_add(struct store *store, int64_t domain,
    const struct traffic *traffic, struct error *err)
{
	enum status status = check_traffic(traffic, err);
	bool own;

	if (status == STATUS_OK)
		status = store_write(store, &own, err);
	if (status == STATUS_OK)
		status = store_written(
		    store, own, add(store, domain, traffic, err), err);
	return status;
}

static bool
same_hour(const struct traffic *a, const struct traffic *b)
{
	int64_t mine[NUMBERS], theirs[NUMBERS];

	numbers_of(a, mine);
	numbers_of(b, theirs);
	return memcmp(mine, theirs, sizeof(mine)) == 0 &&
	    memcmp(a->minutes, b->minutes, sizeof(a->minutes)) == 0;
}

enum status
bring_traffic(struct bringing *b, int64_t domain, const struct traffic *traffic,
    enum fate *fate, struct error *err)
{
	struct traffic old;
	bool found = false;
	enum status status = check_traffic(traffic, err);

	if (status == STATUS_OK)
		status = find_stored(
		    b->store, domain, traffic, &old, &found, err);
	*fate = FATE_NEW;
	if (status == STATUS_OK && found)
		*fate = same_hour(traffic, &old) ? FATE_KNOWN : FATE_OTHER;
	if (status != STATUS_OK || *fate == FATE_KNOWN ||
	    (*fate == FATE_OTHER && !b->replace))
		return status;
	return put_traffic(b->store, domain, traffic, err);
}

static void
open_traffic(struct query *q, struct store *store, int64_t domain,
    const char *provider, struct error *err)
{
	if (provider != NULL) {
		query_open(q, store,
		    "SELECT " COLUMNS " WHERE domain = $1 AND provider = $2"
		    " AND hour_s >= $3 AND hour_s < $4"
		    " ORDER BY hour_s, stream",
		    err);
		query_int(q, domain);
		query_text(q, provider);
		return;
	}
	query_open(q, store,
	    "SELECT " COLUMNS " WHERE domain = $1 AND hour_s >= $2"
	    " AND hour_s < $3 ORDER BY hour_s, provider, stream",
	    err);
	query_int(q, domain);
}

/* A text that often comes again is copied once. */
static const char *
same_or_dup(struct arena *arena, const char *last, const char *text)
{
	return last != NULL && strcmp(last, text) == 0 ? last
						       : arena_dup(arena, text);
}

enum status
store_traffic_get(struct store *store, int64_t domain, const char *provider,
    int64_t since_s, int64_t until_s, struct arena *arena, struct traffic **out,
    size_t *count, struct error *err)
{
	const char *last_provider = NULL, *last_stream = NULL;
	struct traffic *all = NULL;
	size_t cap = 0;
	struct query q;
	bool good = true;

	*count = 0;
	open_traffic(&q, store, domain, provider, err);
	query_int(&q, since_s);
	query_int(&q, until_s);
	while (good && query_row(&q)) {
		struct traffic *t;

		all = mem_grow(all, *count, &cap, sizeof(*all));
		t = &all[(*count)++];
		good = read_traffic(&q, t);
		t->provider = last_provider = same_or_dup(
		    arena, last_provider, t->provider);
		t->stream = last_stream = same_or_dup(
		    arena, last_stream, t->stream);
	}
	*out = store_settle(arena, all, *count, sizeof(*all));
	if (query_end(&q) != STATUS_OK)
		return q.status;
	return good ? STATUS_OK : store_damaged(store, "traffic", domain, err);
}
