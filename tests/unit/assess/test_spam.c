/* The spam band at its lines, the seven-day clock, means and trend. */
/* SPDX-License-Identifier: MIT */
#include "suites.h"

#include <math.h>
#include <string.h>

#include "past.h"
#include "sendtop/assess.h"
#include "sendtop/day.h"

static const struct {
	double rate;
	enum spam_band band;
} bands[] = {
	{ 0, SPAM_OK },
	{ 0.000999, SPAM_OK },
	{ 0.00099999, SPAM_OK },
	{ 0.001, SPAM_WATCHED },
	{ (double)0.001f, SPAM_WATCHED },
	{ 0.0010001, SPAM_WATCHED },
	{ 0.0029999, SPAM_WATCHED },
	{ 0.00299999, SPAM_WATCHED },
	{ 0.003, SPAM_VIOLATED },
	{ (double)0.003f, SPAM_VIOLATED },
	{ 0.0030000001, SPAM_VIOLATED },
	{ 0.07, SPAM_VIOLATED },
	{ 1, SPAM_VIOLATED },
};

START_TEST(test_bands)
{
	struct past *past = past_new("");
	struct spam_judgement spam;

	past_set(past, METRIC_SPAM_RATE, 0, bands[_i].rate);
	spam_assess(&past->h, &spam);
	ck_assert_msg(spam.band == bands[_i].band, "%.10f: %s", bands[_i].rate,
	    spam_band_name(spam.band));
	ck_assert(spam.rate == bands[_i].rate);
	ck_assert_int_eq(spam.day, PAST_NEWEST);
	ck_assert_int_eq(spam.since, PAST_NEWEST);
	ck_assert_int_eq(spam.data, DATA_VALUE);
	past_free(past);
}
END_TEST

static const struct {
	const char *rows;
	int clean_days;
	bool mitigation;
} clocks[] = {
	{ "", 0, true },
	{ "spam_rate 3: 0.0001x4", 4, true },
	{ "spam_rate 29: 0.0001x30", 7, true },
	{ "spam_rate 0: 0.003", 0, false },
	{ "spam_rate 6: 0.003 0.0001x6", 6, false },
	{ "spam_rate 7: 0.003 0.0001x7", 7, true },
	/* The watch band is below 0.30 %, so its days are clean ones. */
	{ "spam_rate 7: 0.003 0.0029x7", 7, true },
	/* A gap neither counts nor resets. */
	{ "spam_rate 6: 0.003 0.0001x2 - 0.0001x3", 5, false },
	{ "spam_rate 9: 0.003 0.0001x2 - - 0.0001x5", 7, true },
	{ "spam_rate 60: 0.004 -x50 0.0001x4", 4, false },
	{ "spam_rate 60: 0.004 -x60", 0, false },
	{ "spam_rate 9: 0.0001x3 0.0031 0.0001x3 - - -", 3, false },
	/* What is past seven clean days is forgiven. */
	{ "spam_rate 30: 0.02x20 0.0001x8 - - -", 7, true },
};

START_TEST(test_clock)
{
	struct past *past = past_new(clocks[_i].rows);
	struct spam_judgement spam;

	spam_assess(&past->h, &spam);
	ck_assert_msg(spam.clean_days == clocks[_i].clean_days, "%s: %d",
	    clocks[_i].rows, spam.clean_days);
	ck_assert_msg(
	    spam.mitigation == clocks[_i].mitigation, "%s", clocks[_i].rows);
	past_free(past);
}
END_TEST

/* Pending days younger than the newest published one never count, even if a
 * number should stand there. */
START_TEST(test_unpublished)
{
	struct past *past = past_new("spam_rate 0: 0.0001 0.01 0.01");
	struct spam_judgement spam;

	spam_assess(&past->h, &spam);
	ck_assert_int_eq(spam.band, SPAM_OK);
	ck_assert_int_eq(spam.day, PAST_NEWEST);
	past_free(past);
}
END_TEST

static const struct {
	const char *rows;
	enum spam_band band;
	int since; /* age; -1 none */
	enum data_state data;
} runs[] = {
	{ "spam_rate 4: 0.0009 0.0011 0.0012 0.0015 0.0013", SPAM_WATCHED, 3,
	    DATA_VALUE },
	{ "spam_rate 4: 0.0011 0.0035 - 0.0041 -", SPAM_VIOLATED, 3,
	    DATA_WITHHELD },
	{ "spam_rate 4: 0.0001 0.004x4", SPAM_VIOLATED, 3, DATA_VALUE },
	{ "spam_rate 117: 0.0001x118", SPAM_OK, 117, DATA_VALUE },
	/* A week old is too old to say what is now. */
	{ "spam_rate 6: 0.004", SPAM_VIOLATED, 6, DATA_WITHHELD },
	{ "spam_rate 7: 0.004", SPAM_UNKNOWN, -1, DATA_WITHHELD },
	{ "", SPAM_UNKNOWN, -1, DATA_WITHHELD },
};

START_TEST(test_runs)
{
	struct past *past = past_new(runs[_i].rows);
	struct spam_judgement spam;

	spam_assess(&past->h, &spam);
	ck_assert_msg(spam.band == runs[_i].band, "%s", runs[_i].rows);
	ck_assert_int_eq(spam.data, runs[_i].data);
	ck_assert_int_eq(spam.since,
	    runs[_i].since < 0 ? DAY_NONE : PAST_NEWEST - runs[_i].since);
	past_free(past);
}
END_TEST

START_TEST(test_mean)
{
	struct past *past = past_new(
	    "spam_rate 8: 0.009 0.001 - 0.002 0.003 - - - 0.006");
	struct spam_judgement spam;

	spam_assess(&past->h, &spam);
	ck_assert_int_eq(spam.mean7_days, 3);
	ck_assert_double_eq_tol(spam.mean7, 0.011 / 3, 1e-12);
	/* The week before the newest day: 0.001 0.002 0.003. */
	ck_assert_double_eq_tol(spam.trend, 0.006 - 0.002, 1e-12);
	past_free(past);
	past = past_new("spam_rate 0: 0.001");
	spam_assess(&past->h, &spam);
	ck_assert(isnan(spam.trend));
	ck_assert(spam.mean7 == 0.001);
	past_free(past);
	past = past_new("");
	spam_assess(&past->h, &spam);
	ck_assert(isnan(spam.mean7) && isnan(spam.rate));
	ck_assert_int_eq(spam.day, DAY_NONE);
	past_free(past);
}
END_TEST

START_TEST(test_names)
{
	ck_assert_str_eq(spam_band_name(SPAM_OK), "ok");
	ck_assert_str_eq(spam_band_name(SPAM_WATCHED), "watch");
	ck_assert_str_eq(spam_band_name(SPAM_VIOLATED), "violation");
	ck_assert_str_eq(spam_band_name(SPAM_UNKNOWN), "unknown");
}
END_TEST

Suite *
suite_spam(void)
{
	Suite *suite = suite_create("spam");
	TCase *tc = tcase_create("spam");

	tcase_add_loop_test(tc, test_bands, 0, ROWS(bands));
	tcase_add_loop_test(tc, test_clock, 0, ROWS(clocks));
	tcase_add_test(tc, test_unpublished);
	tcase_add_loop_test(tc, test_runs, 0, ROWS(runs));
	tcase_add_test(tc, test_mean);
	tcase_add_test(tc, test_names);
	suite_add_tcase(suite, tc);
	return suite;
}
