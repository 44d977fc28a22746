/* Scanned batches: what is plain, and the same result as by objects. */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "postmaster/parse.h"
#include "postmaster/scan.h"
#include "sendtop/day.h"
#include "suites.h"

enum { ITEMS = 2, DAYS = 3, FIRST = 20770 /* 2026-11-13 */ };

#define DATE(day) "\"date\":{\"year\":2026,\"month\":11,\"day\":" day "}"
#define ROW(metric, day, value)                                      \
	"{\"name\":\"domains/a/domainStats/x\",\"metric\":\"" metric \
	"\"," DATE(day) ",\"value\":" value "}"
#define ITEM(rows) "{\"response\":{\"domainStats\":[" rows "]}}"

static const struct {
	const char *item;
	bool odd;
	double number; /* of its only row */
} items[] = {
	{ "{}", false, 0 },
	{ "{\"response\":{}}", false, 0 },
	{ ITEM(""), false, 0 },
	{ " { \"response\" :\n{ \"domainStats\" : [ ] } }", false, 0 },
	{ ITEM(ROW("spam_rate", "13", "{\"floatValue\":0.0041}")), false,
	    0.0041 },
	{ ITEM(ROW("spam_rate", "13", "{\"floatValue\":0}")), false, 0 },
	{ ITEM(ROW("spam_rate", "13", "{\"doubleValue\":1.5e-3}")), false,
	    0.0015 },
	{ ITEM(ROW("spam_rate", "13", "{\"floatValue\":0.30000001192092896}")),
	    false, 0.30000001192092896 },
	{ ITEM(ROW("spam_rate", "13", "{\"intValue\":\"48210\"}")), false,
	    48210 },
	{ ITEM(ROW("spam_rate", "13", "{}")), false, (double)NAN },
	{ ITEM(ROW("fbl_from", "13",
	      "{\"stringList\":{\"values\":[\"a\", \"b\"]}}")),
	    false, (double)NAN },
	{ "{\"error\":{\"code\":7}}", true, 0 },
	{ "{\"response\":{},\"error\":{}}", true, 0 },
	{ "{\"response\":null}", true, 0 },
	{ ITEM("{}"), true, 0 },
	{ ITEM("null"), true, 0 },
	{ ITEM(ROW("spam_rate", "13", "{\"floatValue\":1}") ","), true, 0 },
	{ ITEM(ROW("spam_rate", "31", "{\"floatValue\":1}")), true, 0 },
	{ ITEM(ROW("spam_rate", "013", "{\"floatValue\":1}")), true, 0 },
	{ ITEM(ROW("spam_rate", "13.0", "{\"floatValue\":1}")), true, 0 },
	{ ITEM(ROW("spam_rate", "13", "{\"floatValue\":-1}")), true, 0 },
	{ ITEM(ROW("spam_rate", "13", "{\"floatValue\":01}")), true, 0 },
	{ ITEM(ROW("spam_rate", "13", "{\"floatValue\":1.}")), true, 0 },
	{ ITEM(ROW("spam_rate", "13", "{\"floatValue\":1e}")), true, 0 },
	{ ITEM(ROW("spam_rate", "13", "{\"floatValue\":1e999}")), true, 0 },
	{ ITEM(ROW("spam_rate", "13", "{\"floatValue\":\"NaN\"}")), true, 0 },
	{ ITEM(ROW("spam_rate", "13", "{\"intValue\":7}")), true, 0 },
	{ ITEM(ROW("spam_rate", "13", "{\"intValue\":\"7 \"}")), true, 0 },
	{ ITEM(ROW("spam_rate", "13", "{\"floatValue\":1,\"floatValue\":1}")),
	    true, 0 },
	{ ITEM(ROW("spam\\u005frate", "13", "{\"floatValue\":1}")), true, 0 },
	{ ITEM(ROW("spam_r\xc3\xa4te", "13", "{\"floatValue\":1}")), true, 0 },
	{ ITEM("{\"metric\":\"spam_rate\"," DATE("13") "}"), true, 0 },
	{ ITEM("{\"metric\":\"spam_rate\",\"metric\":\"spam_rate\"," DATE(
	      "13") ",\"value\":{}}"),
	    true, 0 },
};

START_TEST(test_items)
{
	char *body = mem_printf("{\"results\":[%s]}", items[_i].item);
	struct scan scan;

	ck_assert(scan_batch(body, strlen(body), 1, &scan));
	ck_assert_msg(scan.items[0].odd == items[_i].odd, "%s", body);
	ck_assert_uint_eq(scan.items[0].text.len,
	    strlen(items[_i].item) - (items[_i].item[0] == ' '));
	if (scan.items[0].count > 0)
		ck_assert_double_eq(
		    isnan(items[_i].number) ? 0 : items[_i].number,
		    isnan(items[_i].number) && isnan(scan.rows[0].number)
			? 0
			: scan.rows[0].number);
	scan_free(&scan);
	free(body);
}
END_TEST

static const char *const bodies[] = {
	"",
	"{}",
	"[]",
	"{\"results\":[]}",
	"{\"results\":[{}]}",
	"{\"results\":[{},{},{}]}",
	"{\"results\":[{},{}],\"more\":1}",
	"{\"results\":[{},{}]} x",
	"{\"results\":[{},null]}",
	"{\"results\":[{},{]}",
	"{\"results\":[{},{\"a\":\"}]}",
};

START_TEST(test_no_batch)
{
	struct scan scan;

	ck_assert(!scan_batch(bodies[_i], strlen(bodies[_i]), ITEMS, &scan));
	scan_free(&scan);
}
END_TEST

START_TEST(test_list)
{
	static const char body[] = "{\"results\":[" ITEM(ROW("fbl_from", "13",
	    "{\"stringList\":{\"values\":[ \"a\",\"b,c\" , \"\"]}}")) "]}";
	static const char *const ids[] = { "a", "b,c", "" };
	struct scan_text text;
	struct scan scan;
	size_t at = 0, i;

	ck_assert(scan_batch(body, strlen(body), 1, &scan));
	ck_assert(scan.rows[0].is_list);
	for (i = 0; i < 3; i++) {
		ck_assert(scan_next(&scan.rows[0], &at, &text));
		ck_assert_uint_eq(text.len, strlen(ids[i]));
		ck_assert_mem_eq(text.s, ids[i], text.len);
	}
	ck_assert(!scan_next(&scan.rows[0], &at, &text));
	scan_free(&scan);
}
END_TEST

/* --- beside the objects ---------------------------------------------------- */

/* All that parse_batch made of a body, as one text. */
static char *
outcome(const char *body, size_t len)
{
	double numbers[ITEMS][METRIC_GOOGLE][DAYS],
	    *series[ITEMS][METRIC_GOOGLE];
	struct stats stats[ITEMS], *all[ITEMS];
	struct arena *arena = arena_new();
	struct stats_item out[ITEMS];
	struct feedback *loops;
	struct buf text = { 0 };
	size_t i, m, d, count;
	struct error err;

	memset(stats, 0, sizeof(stats));
	for (i = 0; i < ITEMS; i++) {
		for (m = 0; m < METRIC_GOOGLE; m++) {
			series[i][m] = numbers[i][m];
			for (d = 0; d < DAYS; d++)
				numbers[i][m][d] = -7;
		}
		stats[i].first = FIRST;
		stats[i].last = FIRST + DAYS - 1;
		stats[i].values = series[i];
		stats[i].arena = arena;
		all[i] = &stats[i];
	}
	if (parse_batch(body, len, ITEMS, all, arena, out, &err) != STATUS_OK)
		buf_printf(&text, "%s\n", err.text);
	else
		for (i = 0; i < ITEMS; i++)
			buf_printf(&text, "%d %s %s\n", (int)out[i].failure,
			    out[i].failure != API_FINE ? out[i].error.text : "",
			    out[i].next != NULL ? out[i].next : "-");
	for (i = 0; i < ITEMS; i++) {
		for (m = 0; m < METRIC_GOOGLE; m++)
			for (d = 0; d < DAYS; d++)
				if (!(numbers[i][m][d] <= -7))
					buf_printf(&text, "%zu %zu %zu %.17g\n",
					    i, m, d, numbers[i][m][d]);
		loops = stats_feedback(&stats[i], &count);
		for (m = 0; m < count; m++)
			buf_printf(&text, "%s %d %d %.17g\n", loops[m].id,
			    loops[m].by_dkim, (int)loops[m].day, loops[m].rate);
	}
	arena_free(arena);
	return buf_take(&text);
}

/* With a member that Google does not send, it is no batch to be scanned. */
static void
compare(const char *results, size_t len)
{
	struct buf plain = { 0 }, odd = { 0 };
	char *one, *other;

	buf_str(&plain, "{\"results\":[");
	buf_str(&odd, "{\"other\":0,\"results\":[");
	buf_add(&plain, results, len);
	buf_add(&odd, results, len);
	buf_str(&plain, "]}");
	buf_str(&odd, "]}");
	one = outcome(plain.data, plain.len);
	other = outcome(odd.data, odd.len);
	ck_assert_msg(
	    strcmp(one, other) == 0, "%s:\n%s---\n%s", plain.data, one, other);
	free(one);
	free(other);
	buf_free(&plain);
	buf_free(&odd);
}

static const char *const batches[] = {
	ITEM(ROW("spam_rate", "13", "{\"floatValue\":0.0041}") "," ROW(
	    "auth_spf", "13", "{\"doubleValue\":1.00000003}")) ",{}",
	"{\"response\":{\"domainStats\":[" ROW("fbl_dkim", "14",
	    "{\"stringList\":{\"values\":[\"a:b\",\"c\"]}}") "," ROW("fbl_rate_1",
	    "15",
	    "{\"floatValue\":0.25}") "],"
				     "\"nextPageToken\":\"dDE=\"}},{\"error\":{\"code\":7,"
				     "\"message\":\"no\"}}",
	ITEM(ROW("reject_count", "15", "{\"intValue\":\"12\"}") "," ROW(
	    "spam_rate", "12", "{\"floatValue\":7}")) "," ITEM(ROW("spam_rate",
	    "14", "{\"floatValue\":1.01}")),
};

/* Every octet replaced by each of these, and left out. */
START_TEST(test_mutations)
{
	static const char with[] = "\"{}[],:\\0-.eE a\x80\x01";
	size_t len = strlen(batches[_i]), i, k;
	char *text = mem_dup(batches[_i]);

	compare(text, len);
	for (i = 0; i < len; i++) {
		for (k = 0; k < sizeof(with); k++) {
			text[i] = with[k];
			compare(text, len);
		}
		memmove(text + i, batches[_i] + i + 1, len - i);
		compare(text, len - 1);
		memcpy(text, batches[_i], len + 1);
	}
	free(text);
}
END_TEST

Suite *
suite_scan(void)
{
	Suite *suite = suite_create("scan");
	TCase *tc = tcase_create("scan");

	tcase_add_loop_test(tc, test_items, 0, COUNT(items));
	tcase_add_loop_test(tc, test_no_batch, 0, COUNT(bodies));
	tcase_add_test(tc, test_list);
	tcase_add_loop_test(tc, test_mutations, 0, COUNT(batches));
	tcase_set_timeout(tc, 60);
	suite_add_tcase(suite, tc);
	return suite;
}
