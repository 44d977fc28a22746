/* The store's numbers: a blob a series, and the feedback loops' rows. */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sendtop/day.h"
#include "sendtop/store_mail.h"
#include "store/internal.h"
#include "store/query.h"

enum {
	DAYS_MAX = 40 * 366, /* a series; more is a mistake */
	NUMBER_SIZE = 8,
	SLOTS = 256, /* of a domain; a metric each */
};
#define NO_NUMBER UINT64_C(0x7ff8000000000000)

/* The days that a series has numbers for, count 0 when it has none. */
struct series {
	int64_t first;
	size_t count;
	double *values;
};

static void
encode(unsigned char *out, double value)
{
	uint64_t bits = NO_NUMBER;

	if (isfinite(value))
		memcpy(&bits, &value, sizeof(bits));
	for (int i = 0; i < NUMBER_SIZE; i++)
		out[i] = (unsigned char)(bits >> 8 * i);
}

/* Nothing but numbers comes out, whatever the bytes are. */
static double
decode(const unsigned char *in)
{
	uint64_t bits = 0;
	double value;

	for (int i = 0; i < NUMBER_SIZE; i++)
		bits |= (uint64_t)in[i] << 8 * i;
	memcpy(&value, &bits, sizeof(value));
	return isfinite(value) ? value : (double)NAN;
}

static enum status
check_days(int64_t first, uint64_t count, struct error *err)
{
	if (first < INT32_MIN || count > DAYS_MAX ||
	    first + (int64_t)count - 1 > INT32_MAX)
		return error_set(err, STATUS_USAGE,
		    "a series holds at most %d days; it cannot reach over %lu "
		    "from day %ld",
		    (int)DAYS_MAX, (unsigned long)count, (long)first);
	return STATUS_OK;
}

static int64_t
slot_of(int64_t domain, enum metric metric)
{
	return domain * SLOTS + metric;
}

/* A row whose parts do not fit together was not written by us. */
static const unsigned char *
row_numbers(struct query *q, int64_t *first, size_t *count)
{
	size_t len = 0;
	int64_t days = query_get_int(q, 1);
	const unsigned char *data = query_get_blob(q, 2, &len);

	*first = query_get_int(q, 0);
	*count = 0;
	if (data == NULL || days < 1 || days > DAYS_MAX || *first < INT32_MIN ||
	    *first > INT32_MAX || len != (size_t)days * NUMBER_SIZE)
		return NULL;
	*count = (size_t)days;
	return data;
}

static enum status
damaged(const struct store *store, int64_t domain, enum metric metric,
    struct error *err)
{
	return error_set(err, STATUS_CORRUPT,
	    "store %s: damaged at series %d of domain number %ld; bring back a "
	    "copy or move it away",
	    store->location, (int)metric, (long)domain);
}

static void
open_series(struct query *q, struct store *store, int64_t domain,
    enum metric metric, struct error *err)
{
	query_open(q, store,
	    "SELECT first_day, days, numbers FROM series WHERE slot = $1", err);
	query_int(q, slot_of(domain, metric));
}

/* --- writing --------------------------------------------------------------- */

/* Reads the old series into `out`, which then also covers first..last. */
static enum status
read_wide(struct store *store, int64_t domain, enum metric metric,
    int64_t first, int64_t last, struct series *out, struct error *err)
{
	const unsigned char *data = NULL;
	int64_t old_first = first;
	size_t old_count = 0;
	struct query q;
	bool found;
	enum status status;

	open_series(&q, store, domain, metric, err);
	found = query_row(&q);
	if (found)
		data = row_numbers(&q, &old_first, &old_count);
	if (old_count > 0) {
		int64_t old_last = old_first + (int64_t)old_count - 1;

		first = old_first < first ? old_first : first;
		last = old_last > last ? old_last : last;
	}
	status = check_days(first, (uint64_t)(last - first) + 1, err);
	if (status == STATUS_OK && found && data == NULL)
		status = damaged(store, domain, metric, err);
	if (status != STATUS_OK) {
		(void)!query_end(&q);
		return status;
	}
	out->first = first;
	out->count = (size_t)(last - first) + 1;
	out->values = mem_alloc(out->count * sizeof(double));
	for (size_t i = 0; i < out->count; i++)
		out->values[i] = (double)NAN;
	for (size_t i = 0; i < old_count; i++)
		out->values[(size_t)(old_first - first) + i] = decode(
		    data + i * NUMBER_SIZE);
	return query_end(&q);
}

/* Days without a number at either end are not kept. */
static void
trim(const struct series *series, size_t *from, size_t *count)
{
	size_t end = series->count;

	*from = 0;
	while (end > 0 && !isfinite(series->values[end - 1]))
		end--;
	while (*from < end && !isfinite(series->values[*from]))
		(*from)++;
	*count = end - *from;
}

static enum status
write_series(struct store *store, int64_t domain, enum metric metric,
    const struct series *series, struct error *err)
{
	size_t from, count;
	unsigned char *data;
	struct query q;
	enum status status;

	trim(series, &from, &count);
	if (count == 0) {
		query_open(
		    &q, store, "DELETE FROM series WHERE slot = $1", err);
		query_int(&q, slot_of(domain, metric));
		return query_run(&q);
	}
	data = mem_alloc(count * NUMBER_SIZE);
	for (size_t i = 0; i < count; i++)
		encode(data + i * NUMBER_SIZE, series->values[from + i]);
	query_open(&q, store,
	    "INSERT INTO series"
	    " (slot, domain, metric, first_day, days, numbers)"
	    " VALUES ($1, $2, $3, $4, $5, $6)"
	    " ON CONFLICT (slot) DO UPDATE SET"
	    " first_day = excluded.first_day, days = excluded.days,"
	    " numbers = excluded.numbers",
	    err);
	query_int(&q, slot_of(domain, metric));
	query_int(&q, domain);
	query_int(&q, metric);
	query_int(&q, series->first + (int64_t)from);
	query_int(&q, (int64_t)count);
	query_blob(&q, data, count * NUMBER_SIZE);
	status = query_run(&q);
	free(data);
	return status;
}

static enum status
put(struct store *store, int64_t domain, enum metric metric, int32_t first,
    size_t count, const double *values, struct error *err)
{
	struct series series = { 0 };
	enum status status;

	status = read_wide(store, domain, metric, first,
	    (int64_t)first + (int64_t)count - 1, &series, err);
	if (status == STATUS_OK) {
		memcpy(series.values + (first - series.first), values,
		    count * sizeof(*values));
		status = write_series(store, domain, metric, &series, err);
	}
	free(series.values);
	return status;
}

enum status
store_series_put(struct store *store, int64_t domain, enum metric metric,
    int32_t first, size_t count, const double *values, struct error *err)
{
	enum status status = check_days(first, count, err);
	bool own;

	if (status != STATUS_OK || count == 0)
		return status;
	status = store_write(store, &own, err);
	if (status == STATUS_OK)
		status = store_written(store, own,
		    put(store, domain, metric, first, count, values, err), err);
	return status;
}

/* --- reading --------------------------------------------------------------- */

/* The days of a row that are asked for; false when it is damaged. */
static bool
take_days(struct query *q, int32_t first, size_t count, double *out)
{
	int64_t stored = 0, from, until;
	size_t days = 0;
	const unsigned char *data = row_numbers(q, &stored, &days);

	if (data == NULL)
		return false;
	from = stored > first ? stored : first;
	until = stored + (int64_t)days;
	if (until > first && (uint64_t)(until - first) > count)
		until = first + (int64_t)count;
	for (int64_t day = from; day < until; day++)
		out[day - first] = decode(data + (day - stored) * NUMBER_SIZE);
	return true;
}

static void
no_numbers(double *out, size_t count)
{
	for (size_t i = 0; i < count; i++)
		out[i] = (double)NAN;
}

enum status
store_series_get(struct store *store, int64_t domain, enum metric metric,
    int32_t first, size_t count, double *out, struct error *err)
{
	struct query q;
	bool good = true;

	no_numbers(out, count);
	open_series(&q, store, domain, metric, err);
	if (query_row(&q))
		good = take_days(&q, first, count, out);
	if (query_end(&q) != STATUS_OK)
		return q.status;
	return good ? STATUS_OK : damaged(store, domain, metric, err);
}

enum status
store_series_all(struct store *store, int64_t domain, int32_t first,
    size_t count, double *const out[METRIC_COUNT], struct error *err)
{
	int64_t metric = 0;
	struct query q;
	bool good = true;

	for (size_t m = 0; m < METRIC_COUNT; m++)
		no_numbers(out[m], count);
	query_open(&q, store,
	    "SELECT first_day, days, numbers, slot FROM series"
	    " WHERE slot >= $1 AND slot < $2",
	    err);
	query_int(&q, slot_of(domain, 0));
	query_int(&q, slot_of(domain, METRIC_COUNT));
	while (good && query_row(&q)) {
		metric = query_get_int(&q, 3) - slot_of(domain, 0);
		good = take_days(&q, first, count, out[metric]);
	}
	if (query_end(&q) != STATUS_OK)
		return q.status;
	return good ? STATUS_OK
		    : damaged(store, domain, (enum metric)metric, err);
}

enum status
store_series_add_all(struct store *store, const char *registrable,
    enum metric metric, struct day_sums *sums, size_t *rows, struct error *err)
{
	double *one = mem_alloc((sums->count + 1) * sizeof(*one));
	int64_t domain = 0;
	struct query q;
	bool good = true;

	query_open(&q, store,
	    "SELECT s.first_day, s.days, s.numbers, o.id FROM domain o"
	    " JOIN series s ON s.slot = o.id * $1 + $2"
	    " WHERE o.registrable = $3",
	    err);
	query_int(&q, SLOTS);
	query_int(&q, metric);
	query_text(&q, registrable);
	while (good && query_row(&q)) {
		domain = query_get_int(&q, 3);
		no_numbers(one, sums->count);
		good = take_days(&q, sums->first, sums->count, one);
		++*rows;
		for (size_t i = 0; i < sums->count; i++)
			if (!isnan(one[i])) {
				sums->sum[i] += one[i];
				sums->of[i]++;
			}
	}
	free(one);
	if (query_end(&q) != STATUS_OK)
		return q.status;
	return good ? STATUS_OK : damaged(store, domain, metric, err);
}

enum status
store_series_span(struct store *store, int64_t domain, int32_t *first,
    int32_t *last, struct error *err)
{
	struct query q;

	*first = *last = DAY_NONE;
	query_open(&q, store,
	    "SELECT min(first_day), max(first_day + days - 1) FROM series"
	    " WHERE slot >= $1 AND slot < $2 HAVING count(*) > 0",
	    err);
	query_int(&q, domain * SLOTS);
	query_int(&q, (domain + 1) * SLOTS);
	if (query_row(&q)) {
		*first = (int32_t)query_get_int(&q, 0);
		*last = (int32_t)query_get_int(&q, 1);
	}
	return query_end(&q);
}

/* --- feedback loops -------------------------------------------------------- */

enum status
store_feedback_row(struct store *store, int64_t domain,
    const struct feedback *f, struct error *err)
{
	struct query q;

	query_open(&q, store,
	    "INSERT INTO feedback (domain, day, by_dkim, identifier, rate)"
	    " VALUES ($1, $2, $3, $4, $5)"
	    " ON CONFLICT (domain, day, by_dkim, identifier)"
	    " DO UPDATE SET rate = excluded.rate",
	    err);
	query_int(&q, domain);
	query_int(&q, f->day);
	query_int(&q, f->by_dkim);
	query_text(&q, f->id);
	query_double(&q, f->rate);
	return query_run(&q);
}

static enum status
feedback_replace(struct store *store, int64_t domain, int32_t first,
    int32_t last, const struct feedback *rows, size_t count, struct error *err)
{
	struct query q;
	enum status status;

	query_open(&q, store,
	    "DELETE FROM feedback"
	    " WHERE domain = $1 AND day >= $2 AND day <= $3",
	    err);
	query_int(&q, domain);
	query_int(&q, first);
	query_int(&q, last);
	status = query_run(&q);
	for (size_t i = 0; status == STATUS_OK && i < count; i++)
		status = store_feedback_row(store, domain, &rows[i], err);
	return status;
}

enum status
store_feedback_put(struct store *store, int64_t domain, int32_t first,
    int32_t last, const struct feedback *rows, size_t count, struct error *err)
{
	enum status status;
	bool own;

	for (size_t i = 0; i < count; i++)
		if (rows[i].day < first || rows[i].day > last)
			return error_set(err, STATUS_USAGE,
			    "feedback of day %ld is outside the days given",
			    (long)rows[i].day);
	status = store_write(store, &own, err);
	if (status == STATUS_OK)
		status = store_written(store, own,
		    feedback_replace(
			store, domain, first, last, rows, count, err),
		    err);
	return status;
}

enum status
store_feedback_get(struct store *store, int64_t domain, int32_t first,
    int32_t last, struct arena *arena, struct feedback **out, size_t *count,
    struct error *err)
{
	struct feedback *all = NULL;
	size_t cap = 0;
	struct query q;

	*count = 0;
	query_open(&q, store,
	    "SELECT identifier, by_dkim, day, rate FROM feedback"
	    " WHERE domain = $1 AND day >= $2 AND day <= $3"
	    " ORDER BY day DESC, by_dkim, identifier",
	    err);
	query_int(&q, domain);
	query_int(&q, first);
	query_int(&q, last);
	while (query_row(&q)) {
		all = mem_grow(all, *count, &cap, sizeof(*all));
		all[(*count)++] = (struct feedback){
			.id = arena_dup(arena, query_get_text(&q, 0)),
			.by_dkim = query_get_int(&q, 1) != 0,
			.day = (int32_t)query_get_int(&q, 2),
			.rate = query_get_double(&q, 3),
		};
	}
	*out = store_settle(arena, all, *count, sizeof(*all));
	return query_end(&q);
}

/* Numbers are looked through only when nothing was asked: of a fleet that is a
 * long way, and few have numbers that nobody asked for. */
enum status
store_reaches_back(
    struct store *store, int32_t day, bool *out, struct error *err)
{
	struct query q;
	enum status status;

	query_open(&q, store,
	    "SELECT 1 FROM domain WHERE asked_first > $1 AND asked_first <= $2"
	    " LIMIT 1",
	    err);
	query_int(&q, DAY_NONE);
	query_int(&q, day);
	*out = query_row(&q);
	status = query_end(&q);
	if (status != STATUS_OK || *out)
		return status;
	query_open(&q, store,
	    "SELECT 1 FROM series WHERE metric < $1 AND first_day <= $2"
	    " LIMIT 1",
	    err);
	query_int(&q, METRIC_GOOGLE);
	query_int(&q, day);
	*out = query_row(&q);
	return query_end(&q);
}
