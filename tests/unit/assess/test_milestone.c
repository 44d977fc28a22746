/* The time line's days from Google's numbers. */
/* SPDX-License-Identifier: MIT */
#include "suites.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "past.h"
#include "sendtop/day.h"
#include "sendtop/milestone.h"
#include "sendtop/text.h"

/* As "AGE verdict text; ...", AGE in days before the newest. */
static void
told(const struct history *history, size_t max, char *out, size_t size)
{
	struct milestone items[MILESTONES_MAX];
	size_t count = milestones_find(history, items, max), at = 0;

	out[0] = '\0';
	for (size_t i = 0; i < count && at < size; i++)
		at += (size_t)snprintf(out + at, size - at, "%s%d %s %s",
		    i > 0 ? "; " : "", PAST_NEWEST - items[i].day,
		    verdict_name(items[i].verdict), items[i].text);
}

static const struct {
	const char *rows, *told;
} cases[] = {
	{ "", "" },
	/* What was so all the time is no event. */
	{ "spam_rate 30: 0.004x31", "" },
	{ "spam_rate 3: 0.0004 0.0011 0.0012 0.0031",
	    "0 fail spam rate 0.310 % (>= 0.30 %: violation), was 0.120 %; "
	    "2 warn spam rate 0.110 % (>= 0.10 %: watch), was 0.04 %" },
	/* Both lines on one day: the graver. */
	{ "spam_rate 1: 0.0004 0.02",
	    "0 fail spam rate 2.00 % (>= 0.30 %: violation), was 0.04 %" },
	/* Days without a number are no crossing; what stands on their two sides
	 * is compared. */
	{ "spam_rate 6: 0.0004 - - 0.0005 - - 0.0012",
	    "0 warn spam rate 0.120 % (>= 0.10 %: watch), was 0.05 %" },
	{ "spam_rate 4: 0.0012 - - - 0.0011", "" },
	/* And back. */
	{ "spam_rate 2: 0.004 0.002 0.0001",
	    "0 pass spam rate 0.01 % (< 0.10 %), was 0.20 %; "
	    "1 warn spam rate 0.20 % (>= 0.10 %: watch), was 0.40 %" },
	/* The line itself, as float32 gives it. */
	{ "spam_rate 1: 0.0004 0.0010000000474974513",
	    "0 warn spam rate 0.100 % (>= 0.10 %: watch), was 0.04 %" },
	{ "temp_fail_rate 2: 0.001 0.014 0.06",
	    "0 fail deferred 6.00 % (>= 5.00 %), was 1.40 %; "
	    "1 warn deferred 1.40 % (>= 1.00 %), was 0.100 %" },
	/* Where more is better the line is crossed downwards. */
	{ "auth_dkim 2: 0.999 0.42 0.97",
	    "0 pass DKIM passed 97.00 % (>= 95.00 %), was 42.00 %; "
	    "1 warn DKIM passed 42.00 % (< 95.00 %), was 99.90 %" },
	/* A rise: told with its peak, on the day it began. */
	{ "volume 20: 10000x16 13000 16000 20000 24000 23000",
	    "4 note volume rises to 24.0k on Nov 18, x2.4 of the most before "
	    "(10.0k)" },
	/* Too small to be told, too little mail, nothing to compare with. */
	{ "volume 20: 10000x16 13000 14000 14000 14000 14000", "" },
	{ "volume 20: 100x16 400x5", "" },
	{ "volume 3: 1000 2000 4000 8000", "" },
	/* Weekly mail does not rise each week. */
	{ "volume 27: 0x6 9000 0x6 9000 0x6 9000 0x6 9000", "" },
};

START_TEST(test_cases)
{
	struct past *past = past_new(cases[_i].rows);
	char out[2000];

	told(&past->h, MILESTONES_MAX, out, sizeof(out));
	ck_assert_str_eq(out, cases[_i].told);
	past_free(past);
}
END_TEST

/* Newest first, as Postmaster's rows are kept. */
static const struct feedback loops[] = {
	{ "camp2", false, PAST_NEWEST, 0.009 },
	{ "camp2", true, PAST_NEWEST, 0.009 },
	{ "camp1", true, PAST_NEWEST, 0.0009 },
	{ "camp2", false, PAST_NEWEST - 1, 0.008 },
	{ "camp2", true, PAST_NEWEST - 1, 0.008 },
	{ "camp1", true, PAST_NEWEST - 1, 0.0012 },
	{ "bulk", false, PAST_NEWEST - 2, NAN },
	{ "camp1", true, PAST_NEWEST - 3, 0.0002 },
	{ "old", true, PAST_NEWEST - 20, 0.005 },
	{ "first", true, PAST_NEWEST - 40, 0.005 },
};

START_TEST(test_feedback)
{
	struct past *past = past_new("");
	char out[2000];

	past->h.feedback = loops;
	past->h.asked_first = PAST_NEWEST - 45;
	past->h.feedback_count = sizeof(loops) / sizeof(*loops);
	told(&past->h, MILESTONES_MAX, out, sizeof(out));
	/* camp2 is told once, not for From: and DKIM; what was before the days
	 * that were asked for nobody can say. */
	ck_assert_str_eq(out,
	    "1 fail feedback loop camp2: 0.80 % spam, not listed before; "
	    "1 warn feedback loop camp1: 0.120 % spam; "
	    "20 fail feedback loop old: 0.50 % spam, not listed before");
	past_free(past);
}
END_TEST

START_TEST(test_newest_are_kept)
{
	struct past *past = past_new("spam_rate 2: 0.0001 0.0012 0.004");
	char out[2000];

	told(&past->h, 1, out, sizeof(out));
	ck_assert_str_eq(
	    out, "0 fail spam rate 0.40 % (>= 0.30 %: violation), was 0.120 %");
	told(&past->h, 0, out, sizeof(out));
	ck_assert_str_eq(out, "");
	past_free(past);
}
END_TEST

Suite *
suite_milestone(void)
{
	Suite *suite = suite_create("milestone");
	TCase *tcase = tcase_create("days");

	tcase_add_loop_test(
	    tcase, test_cases, 0, (int)(sizeof(cases) / sizeof(*cases)));
	tcase_add_test(tcase, test_feedback);
	tcase_add_test(tcase, test_newest_are_kept);
	suite_add_tcase(suite, tcase);
	return suite;
}
