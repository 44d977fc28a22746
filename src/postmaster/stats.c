/* Statistics of one domain: numbers by day, and feedback loops. */
/* SPDX-License-Identifier: MIT */
#include "stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "json_read.h"
#include "sendtop/day.h"
#include "sendtop/text.h"

#define COUNT_MAX 1e15
/* What a 32-bit float can make of a ratio of 1. */
#define RATIO_SLACK 1e-6

enum { LOOPS_A_DAY = 64, KEY_SIZE = 64 };

static size_t
days_of(const struct stats *stats)
{
	return (size_t)(stats->last - stats->first) + 1;
}

/* --- numbers -------------------------------------------------------------- */

/* proto3 writes a float that is no number as the text "NaN". */
static bool
number_of(const json_t *value, double *out)
{
	const char *text = json_string_value(value);

	if (json_is_number(value))
		*out = json_number_value(value);
	else if (text == NULL)
		return json_is_null(value);
	else if (strcmp(text, "NaN") != 0)
		return text_to_double(text, -1e300, 1e300, out);
	return true;
}

/* Whether it can be one of these; one that float32 made of 1 is 1. */
static bool
number_fits(enum metric_unit unit, double *value)
{
	double most = unit == UNIT_RATIO ? 1 : COUNT_MAX;

	if (*value > most && *value <= most * (1 + RATIO_SLACK))
		*value = most;
	return isnan(*value) || (*value >= 0 && *value <= most);
}

/* A value without a member is no number: proto3 drops zeros, so it could be
 * one, but nobody knows. */
static bool
read_number(const json_t *value, enum metric_unit unit, double *out)
{
	static const char *const keys[] = { "floatValue", "doubleValue",
		"intValue" };
	const json_t *found = NULL;
	size_t i;

	*out = (double)NAN;
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]) && found == NULL; i++)
		found = json_object_get(value, keys[i]);
	if (found == NULL)
		return json_object_size(value) == 0;
	return number_of(found, out) && number_fits(unit, out);
}

/* Any real day; whether it was asked for is another question. */
static bool
read_day(const json_t *row, int32_t *out)
{
	const json_t *date = json_object_get(row, "date");
	json_int_t year = json_integer_value(json_object_get(date, "year"));
	json_int_t month = json_integer_value(json_object_get(date, "month"));
	json_int_t mday = json_integer_value(json_object_get(date, "day"));
	int y, m, d;

	if (year < 1970 || year > 9999 || month < 1 || month > 12 || mday < 1 ||
	    mday > 31)
		return false;
	*out = day_civil((int)year, (int)month, (int)mday);
	day_split(*out, &y, &m, &d);
	return y == year && m == month && d == mday;
}

/* --- feedback loops ------------------------------------------------------- */

static void
loop_name(struct feedback_loop *loop, const char *id)
{
	text_printable(loop->id, sizeof(loop->id), id, strlen(id));
	/* The filter's grammar has no way to quote a quote. */
	loop->exact = strcmp(loop->id, id) == 0 && id[0] != '\0' &&
	    strpbrk(id, "\"\\") == NULL;
}

/* A new one; when there are too many, in the place of the one that was not
 * seen for longest.  NULL when this one is older still. */
static struct feedback_loop *
loop_add(struct stats *stats, int32_t day)
{
	struct feedback_loop *loop;
	size_t i, oldest = 0;

	if (stats->loops == NULL)
		stats->loops = arena_alloc(
		    stats->arena, LOOPS_MAX * sizeof(*stats->loops));
	if (stats->loop_count < LOOPS_MAX) {
		loop = arena_alloc(stats->arena, sizeof(*loop));
		loop->rates = arena_alloc(
		    stats->arena, days_of(stats) * sizeof(*loop->rates));
		stats->loops[stats->loop_count++] = loop;
		return loop;
	}
	for (i = 1; i < LOOPS_MAX; i++)
		if (stats->loops[i]->newest < stats->loops[oldest]->newest)
			oldest = i;
	loop = stats->loops[oldest];
	return loop->newest < day ? loop : NULL;
}

/* A page that is repeated must not count an identifier twice. */
static void
loop_listed(struct stats *stats, const char *id, bool by_dkim, int32_t day)
{
	struct feedback_loop *loop = NULL, name;
	size_t i;

	loop_name(&name, id);
	for (i = 0; i < stats->loop_count && loop == NULL; i++)
		if (stats->loops[i]->by_dkim == by_dkim &&
		    stats->loops[i]->exact == name.exact &&
		    strcmp(stats->loops[i]->id, name.id) == 0)
			loop = stats->loops[i];
	if (loop == NULL) {
		loop = loop_add(stats, day);
		if (loop == NULL)
			return;
		loop_name(loop, id);
		loop->by_dkim = by_dkim;
		loop->newest = day;
		for (i = 0; i < days_of(stats); i++)
			loop->rates[i] = LOOP_UNLISTED;
	}
	if (loop->newest < day)
		loop->newest = day;
	if (loop->rates[day - stats->first] < 0)
		loop->rates[day - stats->first] = (double)NAN;
}

static bool
read_ids(struct stats *stats, const json_t *value, bool by_dkim, int32_t day)
{
	const json_t *strings, *list, *item;
	size_t i;

	if (!json_read_member(value, "stringList", JSON_OBJECT, &strings) ||
	    (strings == NULL && json_object_size(value) > 0) ||
	    !json_read_member(strings, "values", JSON_ARRAY, &list))
		return false;
	for (i = 0; i < json_array_size(list); i++) {
		item = json_array_get(list, i);
		if (!json_is_string(item))
			return false;
		if (i < LOOPS_A_DAY)
			loop_listed(
			    stats, json_string_value(item), by_dkim, day);
	}
	return true;
}

static void
keep_rate(struct stats *stats, const char *number, double rate, int32_t day)
{
	int64_t at;

	if (text_to_int(number, 0, (int64_t)stats->loop_count - 1, &at))
		stats->loops[at]->rates[day - stats->first] = rate;
}

static bool
read_rate(
    struct stats *stats, const char *number, const json_t *value, int32_t day)
{
	double rate;

	if (!read_number(value, UNIT_RATIO, &rate))
		return false;
	keep_rate(stats, number, rate, day);
	return true;
}

struct feedback *
stats_feedback(const struct stats *stats, size_t *count)
{
	size_t days = days_of(stats), n = 0, i, d;
	struct feedback *rows;

	for (i = 0; i < stats->loop_count; i++)
		for (d = 0; d < days; d++)
			n += !(stats->loops[i]->rates[d] < 0);
	rows = arena_alloc(stats->arena, (n + 1) * sizeof(*rows));
	*count = n;
	for (n = i = 0; i < stats->loop_count; i++)
		for (d = days; d-- > 0;) {
			const struct feedback_loop *loop = stats->loops[i];

			if (loop->rates[d] < 0)
				continue;
			rows[n].id = loop->id;
			rows[n].by_dkim = loop->by_dkim;
			rows[n].day = stats->first + (int32_t)d;
			rows[n++].rate = loop->rates[d];
		}
	return rows;
}

/* --- a row ---------------------------------------------------------------- */

bool
stats_read(struct stats *stats, const json_t *row)
{
	const char *key = json_read_text(row, "metric");
	enum metric metric = metric_find(key);
	const json_t *value;
	double number;
	int32_t day;

	if (!json_read_member(row, "value", JSON_OBJECT, &value) ||
	    !read_day(row, &day))
		return false;
	if (day < stats->first || day > stats->last)
		return true;
	if (strcmp(key, LOOPS_FROM_KEY) == 0 ||
	    strcmp(key, LOOPS_DKIM_KEY) == 0)
		return read_ids(
		    stats, value, strcmp(key, LOOPS_DKIM_KEY) == 0, day);
	if (strncmp(key, LOOP_KEY, strlen(LOOP_KEY)) == 0)
		return read_rate(stats, key + strlen(LOOP_KEY), value, day);
	/* A name that was not asked for is none of ours. */
	if (metric >= METRIC_GOOGLE)
		return true;
	if (!read_number(value, metric_row(metric)->unit, &number))
		return false;
	stats->values[metric][day - stats->first] = number;
	return true;
}

/* --- a row that was scanned ------------------------------------------------ */

static void
take_ids(struct stats *stats, const struct scan_row *row, bool by_dkim)
{
	struct scan_text id;
	size_t at = 0, n;
	char *text;

	for (n = 0; n < LOOPS_A_DAY && scan_next(row, &at, &id); n++) {
		text = mem_ndup(id.s, id.len);
		loop_listed(stats, text, by_dkim, row->day);
		free(text);
	}
}

/* What is none of the metrics, or out of their order. */
static bool
take_other(struct stats *stats, const struct scan_row *row, enum metric *guess)
{
	double number = row->number;
	char key[KEY_SIZE];
	bool by_dkim;

	if (row->key.len >= sizeof(key))
		return false;
	memcpy(key, row->key.s, row->key.len);
	key[row->key.len] = '\0';
	*guess = metric_find(key);
	by_dkim = strcmp(key, LOOPS_DKIM_KEY) == 0;
	if (by_dkim || strcmp(key, LOOPS_FROM_KEY) == 0) {
		if (row->is_list)
			take_ids(stats, row, by_dkim);
		return row->is_list || isnan(number);
	}
	if (strncmp(key, LOOP_KEY, strlen(LOOP_KEY)) != 0)
		return true;
	if (row->is_list || !number_fits(UNIT_RATIO, &number))
		return false;
	keep_rate(stats, key + strlen(LOOP_KEY), number, row->day);
	return true;
}

static bool
is_metric(const struct scan_row *row, enum metric metric)
{
	const char *name;

	if (metric >= METRIC_GOOGLE)
		return false;
	name = metric_row(metric)->name;
	return strncmp(name, row->key.s, row->key.len) == 0 &&
	    name[row->key.len] == '\0';
}

bool
stats_take(struct stats *stats, const struct scan_row *row, enum metric *guess)
{
	enum metric metric = *guess;
	double number = row->number;

	if (row->day < stats->first || row->day > stats->last)
		return true;
	if (!is_metric(row, metric)) {
		if (!take_other(stats, row, guess))
			return false;
		metric = *guess;
		if (metric >= METRIC_GOOGLE) {
			*guess = METRIC_SPAM_RATE;
			return true;
		}
	}
	if (row->is_list || !number_fits(metric_row(metric)->unit, &number))
		return false;
	stats->values[metric][row->day - stats->first] = number;
	*guess = (enum metric)((metric + 1) % METRIC_GOOGLE);
	return true;
}
