/* The path to a target, the own plan, and that who follows the path is never
 * told that it was too much. */
/* SPDX-License-Identifier: MIT */
#include "suites.h"

#include <math.h>
#include <string.h>

#include "past.h"
#include "sendtop/assess.h"
#include "sendtop/day.h"

enum { STEPS = 365 };

#define STEADY "volume 39: 10000x40\nspam_rate 39: 0.0002x40\n"

/* The first steps, days apart by one from tomorrow on. */
static const struct {
	const char *rows;
	double target;
	const char *steps;
} paths[] = {
	{ STEADY, 50000, "20000 40000 50000" },
	/* x2, until five times the week before is what the week can hold: 20,
	 * 40 and five days of 58 are 350,000 after 70,000.  Then x1.5 from
	 * 50,000, x1.2 from 100,000. */
	{ STEADY, 200000,
	    "20000 40000 58000 58000 58000 58000 58000 87000 130500 156600 "
	    "187920 200000" },
	{ STEADY "preset standard", 20000, "14000 19600 20000" },
	{ STEADY "preset slow", 14000, "12000 14000" },
	{ STEADY, 15000, "15000" },
	{ STEADY, 9000, "9000" },
	/* Who sends once a week has half the growth until a few days of the
	 * path have made a daily sender of it. */
	{ "volume 35: 10000 -x6 10000 -x6 10000 -x6 10000 -x6 10000 -x6 10000\n"
	  "spam_rate 35: 0.0002x36",
	    40000, "15000 22500 39375 40000" },
	/* Small weeks bind as soon as they hold 1,000. */
	{ "volume 13: 150x14", 5000,
	    "375 812 812 812 813 813 813 1950 3900 4080 4080 4080 4080 4080 "
	    "5000" },
	/* On hold, blind and back off it begins where the ceiling is. */
	{ STEADY "spam_rate 0: 0.001", 50000, "10000 20000 40000 50000" },
	{ STEADY "spam_rate 0: -\nvolume 0: 12000", 50000,
	    "12000 24000 48000 50000" },
	{ STEADY "volume 0: 26000", 50000, "10000 20000 40000 50000" },
	{ STEADY "spam_rate 0: 0.002", 20000, "5000 10000 20000" },
	/* No way from a stop, nor from nothing. */
	{ STEADY "spam_rate 0: 0.003", 50000, "" },
	{ "", 50000, "" },
	/* The own plan holds it back, a day off stops it for a day. */
	{ STEADY "plan -1 9000\nplan -3 15000\nplan -4 0\nplan -5 1000000",
	    60000, "15000 0 30000 47500 47500 47500 47500 47500 47500 60000" },
	/* It does not push. */
	{ STEADY "plan -1 900000", 50000, "20000 40000 50000" },
};

START_TEST(test_path)
{
	struct past *past = past_new(paths[_i].rows);
	struct ramp_judgement ramp;
	struct ramp_step steps[STEPS];
	struct buf said = { 0 };
	size_t count, i;

	past->domain.target = paths[_i].target;
	past->h.configured = &past->domain;
	ramp_assess(&past->h, &ramp);
	count = ramp_path(&past->h, &ramp, paths[_i].target, steps, STEPS);
	buf_str(&said, "");
	for (i = 0; i < count; i++) {
		buf_printf(
		    &said, "%s%.0f", i > 0 ? " " : "", steps[i].messages);
		ck_assert_int_eq(steps[i].day, PAST_TODAY + 1 + (int32_t)i);
	}
	ck_assert_str_eq(said.data, paths[_i].steps);
	buf_free(&said);
	if (count == 0) {
		ck_assert_int_eq(ramp.target_day, DAY_NONE);
	} else {
		ck_assert(steps[0].messages == ramp.ceiling);
		ck_assert_int_eq(ramp.target_day, steps[count - 1].day);
		ck_assert(steps[count - 1].messages == paths[_i].target);
	}
	past_free(past);
}
END_TEST

/* Without a target it fills what it is given. */
START_TEST(test_no_target)
{
	struct past *past = past_new(STEADY);
	struct ramp_judgement ramp;
	struct ramp_step steps[14];

	ramp_assess(&past->h, &ramp);
	ck_assert_uint_eq(ramp_path(&past->h, &ramp, 0, steps, 14), 14);
	ck_assert(steps[13].messages > steps[12].messages);
	ck_assert_uint_eq(ramp_path(&past->h, &ramp, 0, steps, 0), 0);
	past_free(past);
}
END_TEST

static const struct {
	const char *rows, *key, *text;
	double ceiling;
} plans[] = {
	/* Before its first day the plan says nothing. */
	{ STEADY "plan -9 15000", NULL, NULL, 20000 },
	{ STEADY "plan -3 15000", NULL, NULL, 15000 },
	{ STEADY "plan -3 90000", NULL, NULL, 20000 },
	/* Its last line stays. */
	{ STEADY "plan 39 10100\nplan 9 10000", NULL, NULL, 10000 },
	/* 5 % off it are remarked on. */
	{ STEADY "plan 9 9523", "plan_ahead",
	    "~10.0k T on Nov 19 is ahead of the plan's 9.5k", 9523 },
	{ STEADY "plan 9 9524", NULL, NULL, 9524 },
	{ STEADY "plan 9 10526", NULL, NULL, 10526 },
	{ STEADY "plan 9 10527", "plan_behind",
	    "~10.0k T on Nov 19 is short of the plan's 10.5k", 10527 },
	/* A plan makes no hold a go. */
	{ STEADY "plan 9 10000\nplan -3 15000\nspam_rate 0: 0.001", NULL, NULL,
	    10000 },
	{ STEADY "plan 9 10000\nplan -3 0", NULL, NULL, 0 },
};

START_TEST(test_plan)
{
	struct past *past = past_new(plans[_i].rows);
	struct ramp_judgement ramp;
	const char *found = NULL;
	size_t i;

	ramp_assess(&past->h, &ramp);
	ck_assert_msg(ramp.ceiling == plans[_i].ceiling, "%s\n%f",
	    plans[_i].rows, ramp.ceiling);
	for (i = 0; i < ramp.reasons.count; i++)
		if (strncmp(ramp.reasons.items[i].key, "plan_", 5) == 0) {
			found = ramp.reasons.items[i].text;
			ck_assert_str_eq(
			    ramp.reasons.items[i].key, plans[_i].key);
			ck_assert_int_eq(ramp.reasons.items[i].level, RAMP_GO);
		}
	if (plans[_i].key == NULL)
		ck_assert_ptr_null(found);
	else
		ck_assert_str_eq(found, plans[_i].text);
	past_free(past);
}
END_TEST

/*
 * A sender that sends each day what the day before allowed, with few
 * complaints, is never told to stay or to go back, whatever it began with;
 * and gets there on the day that was promised at the start, or before.
 */
static const struct {
	const char *preset;
	double first, target;
	int every; /* days from one mailing to the next */
} followers[] = {
	{ "cautious", 100, 100000, 1 },
	{ "cautious", 3000, 1e6, 1 },
	{ "standard", 100, 100000, 1 },
	{ "slow", 700, 50000, 1 },
	{ "cautious", 5000, 60000, 3 },
	{ "standard", 1000, 10000, 7 },
};

START_TEST(test_follow)
{
	char rows[64];
	struct past *past;
	struct ramp_judgement ramp;
	double volume = followers[_i].first;
	int32_t promised = DAY_NONE;
	int age;

	snprintf(rows, sizeof(rows), "preset %s\ntarget %.0f",
	    followers[_i].preset, followers[_i].target);
	past = past_new(rows);
	for (age = PAST_DAYS - 3; age >= 0; age--) {
		past->h.newest_day = past->h.today = PAST_NEWEST - age;
		past->h.asked_first = PAST_NEWEST - PAST_DAYS + 3;
		past->h.asked_last = past->h.today;
		past_volume(
		    past, age, age % followers[_i].every == 0 ? volume : 0);
		past_set(past, METRIC_SPAM_RATE, age, 0.0001);
		ramp_assess(&past->h, &ramp);
		ck_assert_msg(ramp.state == RAMP_GO, "%d days before: %s: %s",
		    age, ramp_state_name(ramp.state),
		    ramp.reasons.items[0].text);
		if (followers[_i].every == 1 && promised == DAY_NONE)
			promised = ramp.target_day;
		if (volume >= followers[_i].target)
			break;
		if ((age - 1) % followers[_i].every == 0)
			volume = ramp.ceiling;
	}
	ck_assert_msg(volume >= followers[_i].target, "only %f", volume);
	if (followers[_i].every == 1)
		ck_assert_int_ge(promised, PAST_NEWEST - age);
	past_free(past);
}
END_TEST

Suite *
suite_ramp_path(void)
{
	Suite *suite = suite_create("ramp_path");
	TCase *tc = tcase_create("ramp_path");

	tcase_add_loop_test(tc, test_path, 0, ROWS(paths));
	tcase_add_test(tc, test_no_target);
	tcase_add_loop_test(tc, test_plan, 0, ROWS(plans));
	tcase_add_loop_test(tc, test_follow, 0, ROWS(followers));
	suite_add_tcase(suite, tc);
	return suite;
}
