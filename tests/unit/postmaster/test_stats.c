/* Numbers in all their forms, and feedback loops. */
/* SPDX-License-Identifier: MIT */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "postmaster/stats.h"
#include "sendtop/day.h"
#include "suites.h"

enum { DAYS = 3 };

static struct arena *arena;
static struct stats stats;
static double *series[METRIC_GOOGLE];

/* 2026-11-17 to 19. */
static void
setup(void)
{
	int m, i;

	arena = arena_new();
	memset(&stats, 0, sizeof(stats));
	stats.first = day_civil(2026, 11, 17);
	stats.last = stats.first + DAYS - 1;
	stats.values = series;
	stats.arena = arena;
	for (m = 0; m < METRIC_GOOGLE; m++) {
		series[m] = arena_alloc(arena, DAYS * sizeof(double));
		for (i = 0; i < DAYS; i++)
			series[m][i] = (double)NAN;
	}
}

static void
teardown(void)
{
	arena_free(arena);
}

static bool
take(const char *metric, const char *date, const char *value)
{
	char *text = mem_printf("{\"metric\":\"%s\",\"date\":%s%s%s}", metric,
	    date, value[0] != '\0' ? ",\"value\":" : "", value);
	json_t *row = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	bool taken;

	ck_assert_msg(row != NULL, "%s", text);
	taken = stats_read(&stats, row);
	json_decref(row);
	free(text);
	return taken;
}

#define DAY18 "{\"year\":2026,\"month\":11,\"day\":18}"
#define DAY19 "{\"year\":2026,\"month\":11,\"day\":19}"
#define GAP (-1.0) /* no number */
#define BAD (-2.0) /* refused */

static const struct {
	const char *metric, *value;
	double expected;
} numbers[] = {
	{ "spam_rate", "{\"floatValue\":0.0041067763}", 0.0041067763 },
	{ "spam_rate", "{\"floatValue\":0}", 0 },
	{ "spam_rate", "{\"floatValue\":1}", 1 },
	{ "spam_rate", "{\"floatValue\":1.0000001}", 1 },
	{ "spam_rate", "{\"doubleValue\":0.25}", 0.25 },
	{ "spam_rate", "{\"doubleValue\":1e-9}", 1e-9 },
	{ "spam_rate", "{\"floatValue\":\"0.5\"}", 0.5 },
	{ "spam_rate", "{\"intValue\":\"1\"}", 1 },
	{ "spam_rate", "{\"intValue\":0}", 0 },
	{ "spam_rate", "{}", GAP },
	{ "spam_rate", "null", GAP },
	{ "spam_rate", "", GAP },
	{ "spam_rate", "{\"floatValue\":\"NaN\"}", GAP },
	{ "spam_rate", "{\"floatValue\":1.01}", BAD },
	{ "spam_rate", "{\"floatValue\":-0.1}", BAD },
	{ "spam_rate", "{\"floatValue\":1e300}", BAD },
	{ "spam_rate", "{\"floatValue\":\"Infinity\"}", BAD },
	{ "spam_rate", "{\"floatValue\":\"0x1p3\"}", BAD },
	{ "spam_rate", "{\"floatValue\":true}", BAD },
	{ "spam_rate", "{\"floatValue\":null}", GAP },
	{ "spam_rate", "{\"floatValue\":[]}", BAD },
	{ "spam_rate", "{\"stringValue\":\"0.1\"}", BAD },
	{ "spam_rate", "{\"stringList\":{\"values\":[]}}", BAD },
	{ "spam_rate", "0.1", BAD },
	{ "spam_rate", "\"0.1\"", BAD },
	{ "spam_rate", "[]", BAD },
	{ "tls_inbound_count", "{\"intValue\":\"48200\"}", 48200 },
	{ "tls_inbound_count", "{\"intValue\":48200}", 48200 },
	{ "tls_inbound_count", "{\"intValue\":\"12345678901\"}", 12345678901 },
	{ "tls_inbound_count", "{\"floatValue\":3.0}", 3 },
	{ "tls_inbound_count", "{\"intValue\":\"-1\"}", BAD },
	{ "tls_inbound_count", "{\"intValue\":\"\"}", BAD },
	{ "tls_inbound_count", "{\"intValue\":\"1 \"}", BAD },
	{ "tls_inbound_count", "{\"intValue\":\"99999999999999999999\"}", BAD },
};

START_TEST(number)
{
	enum metric metric = metric_find(numbers[_i].metric);
	bool taken = take(numbers[_i].metric, DAY18, numbers[_i].value);
	double got = series[metric][1];

	ck_assert_msg(taken == (numbers[_i].expected != BAD), "%s %s",
	    numbers[_i].metric, numbers[_i].value);
	if (numbers[_i].expected < 0)
		ck_assert_msg(isnan(got), "%s: %g", numbers[_i].value, got);
	else
		ck_assert_msg(got == numbers[_i].expected, "%s: %g",
		    numbers[_i].value, got);
	ck_assert(isnan(series[metric][0]) && isnan(series[metric][2]));
}
END_TEST

static const struct {
	const char *date;
	bool taken, inside;
} dates[] = {
	{ DAY18, true, true },
	{ "{\"year\":2026,\"month\":11,\"day\":16}", true, false },
	{ "{\"year\":2026,\"month\":11,\"day\":20}", true, false },
	{ "{\"year\":9999,\"month\":12,\"day\":31}", true, false },
	{ "{\"year\":2026,\"month\":11,\"day\":31}", false, false },
	{ "{\"year\":2026,\"month\":2,\"day\":29}", false, false },
	{ "{\"year\":2026,\"month\":0,\"day\":18}", false, false },
	{ "{\"year\":2026,\"month\":13,\"day\":18}", false, false },
	{ "{\"year\":99999999999,\"month\":11,\"day\":18}", false, false },
	{ "{\"year\":\"2026\",\"month\":11,\"day\":18}", false, false },
	{ "{\"year\":2026.0,\"month\":11,\"day\":18}", false, false },
	{ "{}", false, false },
	{ "null", false, false },
	{ "\"2026-11-18\"", false, false },
};

START_TEST(date)
{
	ck_assert_msg(take("spam_rate", dates[_i].date,
			  "{\"floatValue\":0.5}") == dates[_i].taken,
	    "%s", dates[_i].date);
	ck_assert(isnan(series[METRIC_SPAM_RATE][1]) != dates[_i].inside);
}
END_TEST

START_TEST(unknown_metrics_are_passed_over)
{
	ck_assert(take("arc_rate", DAY18, "{\"floatValue\":0.5}"));
	ck_assert(take("", DAY18, "{\"stringValue\":\"x\"}"));
}
END_TEST

#define IDS(list) "{\"stringList\":{\"values\":[" list "]}}"

static const struct {
	const char *value;
	bool taken;
	size_t count;
	const char *id; /* of the first, or NULL */
	bool exact;
} ids[] = {
	{ IDS("\"camp1\""), true, 1, "camp1", true },
	{ IDS("\"a\",\"b\",\"a\""), true, 2, "a", true },
	{ IDS(""), true, 0, NULL, false },
	{ "{\"stringList\":{}}", true, 0, NULL, false },
	{ "{}", true, 0, NULL, false },
	{ IDS("\"say \\\"hi\\\"\""), true, 1, "say \"hi\"", false },
	{ IDS("\"a\\\\b\""), true, 1, "a\\b", false },
	{ IDS("\"\\u001b[2J\""), true, 1, "\\x1b[2J", false },
	{ IDS("\"a\\tb\""), true, 1, "a b", false },
	{ IDS("\"\\u202eevil\""), true, 1, "\\u{202e}evil", false },
	{ IDS("\"\""), true, 1, "", false },
	{ IDS("7"), false, 0, NULL, false },
	{ "{\"stringList\":[]}", false, 0, NULL, false },
	{ "{\"stringList\":{\"values\":\"x\"}}", false, 0, NULL, false },
	{ "{\"floatValue\":1}", false, 0, NULL, false },
};

START_TEST(identifiers)
{
	ck_assert_msg(
	    take(LOOPS_FROM_KEY, DAY18, ids[_i].value) == ids[_i].taken, "%s",
	    ids[_i].value);
	ck_assert_msg(stats.loop_count == ids[_i].count, "%s: %zu",
	    ids[_i].value, stats.loop_count);
	if (ids[_i].id != NULL) {
		ck_assert_str_eq(stats.loops[0]->id, ids[_i].id);
		ck_assert(stats.loops[0]->exact == ids[_i].exact);
	}
}
END_TEST

START_TEST(loops_become_rows)
{
	struct feedback *rows;
	size_t count;

	ck_assert(take(LOOPS_FROM_KEY, DAY18, IDS("\"a\"")));
	ck_assert(take(LOOPS_FROM_KEY, DAY19, IDS("\"a\"")));
	ck_assert(take(LOOPS_FROM_KEY, DAY19, IDS("\"a\"")));
	ck_assert(take(LOOPS_DKIM_KEY, DAY19, IDS("\"a\"")));
	ck_assert(take(LOOP_KEY "0", DAY19, "{\"floatValue\":0.009}"));
	ck_assert(take(LOOP_KEY "9", DAY19, "{\"floatValue\":0.5}"));
	ck_assert(take(LOOP_KEY "-1", DAY19, "{\"floatValue\":0.5}"));
	ck_assert(!take(LOOP_KEY "1", DAY19, "{\"floatValue\":2}"));
	rows = stats_feedback(&stats, &count);
	ck_assert_uint_eq(count, 3);
	ck_assert_int_eq(rows[0].day, day_civil(2026, 11, 19));
	ck_assert_double_eq(rows[0].rate, 0.009);
	ck_assert(!rows[0].by_dkim && rows[2].by_dkim);
	ck_assert(isnan(rows[1].rate) && isnan(rows[2].rate));
}
END_TEST

START_TEST(newest_loops_are_kept)
{
	char value[64];
	size_t i, newest = 0;

	for (i = 0; i < LOOPS_MAX + 10; i++) {
		snprintf(value, sizeof(value), IDS("\"old%zu\""), i);
		ck_assert(take(LOOPS_FROM_KEY, DAY18, value));
	}
	ck_assert_uint_eq(stats.loop_count, LOOPS_MAX);
	ck_assert(take(LOOPS_FROM_KEY, DAY19, IDS("\"new\"")));
	ck_assert_uint_eq(stats.loop_count, LOOPS_MAX);
	for (i = 0; i < LOOPS_MAX; i++)
		newest += strcmp(stats.loops[i]->id, "new") == 0;
	ck_assert_uint_eq(newest, 1);
}
END_TEST

Suite *
suite_stats(void)
{
	Suite *suite = suite_create("stats");
	TCase *tc = tcase_create("rows");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, number, 0, COUNT(numbers));
	tcase_add_loop_test(tc, date, 0, COUNT(dates));
	tcase_add_test(tc, unknown_metrics_are_passed_over);
	tcase_add_loop_test(tc, identifiers, 0, COUNT(ids));
	tcase_add_test(tc, loops_become_rows);
	tcase_add_test(tc, newest_loops_are_kept);
	suite_add_tcase(suite, tc);
	return suite;
}
