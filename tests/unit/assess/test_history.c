/* The five states of a number, the newest number, the order of findings. */
/* SPDX-License-Identifier: MIT */
#include "suites.h"

#include <math.h>
#include <stdlib.h>

#include "past.h"
#include "sendtop/day.h"

/* spam_rate has a number on the newest day but one only.  Ages count from the
 * newest published day; negative ones are younger. */
static const struct {
	const char *what;
	enum poll_state poll;
	int asked_first, asked_last; /* ages; 999 never */
	bool newest_known;
	int age;
	enum data_state state;
} states[] = {
	{ "a number", POLL_OK, 117, -2, true, 5, DATA_VALUE },
	{ "a number outlives the permission", POLL_DENIED, 117, -2, true, 5,
	    DATA_VALUE },
	{ "asked, published, none", POLL_OK, 117, -2, true, 0, DATA_WITHHELD },
	{ "none long ago", POLL_OK, 117, -2, true, 117, DATA_WITHHELD },
	{ "yesterday", POLL_OK, 117, -2, true, -1, DATA_PENDING },
	{ "today", POLL_OK, 117, -2, true, -2, DATA_PENDING },
	{ "today, not asked since yesterday", POLL_OK, 117, -1, true, -2,
	    DATA_PENDING },
	{ "a failed poll hides no published gap", POLL_ERROR, 117, -2, true, 0,
	    DATA_WITHHELD },
	{ "published, but the poll failed", POLL_ERROR, 117, 3, true, 0,
	    DATA_ERROR },
	{ "older than what was asked", POLL_OK, 30, -2, true, 31, DATA_ERROR },
	{ "no permission", POLL_DENIED, 117, -2, true, 0, DATA_DENIED },
	{ "unverified", POLL_UNVERIFIED, 999, 999, true, 0, DATA_DENIED },
	{ "not listed", POLL_ABSENT, 999, 999, true, -2, DATA_DENIED },
	{ "never asked", POLL_NEVER, 999, 999, true, 0, DATA_ERROR },
	{ "never asked, today", POLL_NEVER, 999, 999, false, -2, DATA_ERROR },
	{ "newest day unknown, young", POLL_OK, 117, -2, false, 1,
	    DATA_PENDING },
	{ "newest day unknown, old", POLL_OK, 117, -2, false, 2,
	    DATA_WITHHELD },
};

START_TEST(test_states)
{
	struct past *past = past_new("spam_rate 5: 0");
	enum data_state state;
	double value;

	past->h.poll = states[_i].poll;
	past->h.asked_first = PAST_NEWEST - states[_i].asked_first;
	past->h.asked_last = PAST_NEWEST - states[_i].asked_last;
	if (states[_i].asked_first == 999)
		past->h.asked_first = past->h.asked_last = DAY_NONE;
	if (!states[_i].newest_known)
		past->h.newest_day = DAY_NONE;
	state = history_value(
	    &past->h, METRIC_SPAM_RATE, PAST_NEWEST - states[_i].age, &value);
	ck_assert_msg(state == states[_i].state, "%s: %s, not %s",
	    states[_i].what, data_state_name(state),
	    data_state_name(states[_i].state));
	ck_assert(state == DATA_VALUE ? value == 0 : isnan(value));
	past_free(past);
}
END_TEST

/* The collector slept for ten days: what Google has published meanwhile was
 * not asked, only the youngest days can be pending. */
START_TEST(test_asleep)
{
	struct past *past = past_new("");
	double value;

	past->h.today = PAST_NEWEST + 10;
	past->h.asked_last = PAST_NEWEST + 2;
	ck_assert_int_eq(
	    history_value(&past->h, METRIC_SPAM_RATE, PAST_NEWEST + 5, &value),
	    DATA_ERROR);
	ck_assert_int_eq(
	    history_value(&past->h, METRIC_SPAM_RATE, PAST_NEWEST + 1, &value),
	    DATA_PENDING);
	ck_assert_int_eq(
	    history_value(&past->h, METRIC_SPAM_RATE, PAST_NEWEST + 9, &value),
	    DATA_PENDING);
	past_free(past);
}
END_TEST

START_TEST(test_outside)
{
	struct past *past = past_new("spam_rate 117: 0.5x120");
	double value;

	ck_assert_int_eq(
	    history_value(&past->h, METRIC_SPAM_RATE, PAST_FIRST - 1, &value),
	    DATA_ERROR);
	ck_assert_int_eq(
	    history_value(&past->h, METRIC_SPAM_RATE, INT32_MAX, &value),
	    DATA_PENDING);
	ck_assert_int_eq(
	    history_value(&past->h, METRIC_SPAM_RATE, INT32_MIN, &value),
	    DATA_ERROR);
	past->h.series[METRIC_SPAM_RATE] = NULL;
	ck_assert_int_eq(
	    history_value(&past->h, METRIC_SPAM_RATE, PAST_NEWEST, &value),
	    DATA_WITHHELD);
	past_free(past);
}
END_TEST

START_TEST(test_newest)
{
	struct past *past = past_new("spam_rate 9: 0.001 - 0.002 -");
	double value;

	ck_assert_int_eq(
	    history_newest(&past->h, METRIC_SPAM_RATE, INT32_MAX, &value),
	    PAST_NEWEST - 7);
	ck_assert(value == 0.002);
	ck_assert_int_eq(
	    history_newest(&past->h, METRIC_SPAM_RATE, PAST_NEWEST - 8, &value),
	    PAST_NEWEST - 9);
	ck_assert_int_eq(history_newest(&past->h, METRIC_SPAM_RATE,
			     PAST_NEWEST - 10, &value),
	    DAY_NONE);
	ck_assert(isnan(value));
	past->h.days = 0;
	ck_assert_int_eq(
	    history_newest(&past->h, METRIC_SPAM_RATE, PAST_NEWEST, &value),
	    DAY_NONE);
	past_free(past);
}
END_TEST

START_TEST(test_findings)
{
	struct past *past = past_new("finding ptr 192.0.2.2 pass ok\n"
				     "finding ptr 192.0.2.1 fail missing\n"
				     "finding spf example.com warn no_all\n"
				     "finding dkim s1 unknown timeout");
	const struct finding **list = history_findings(&past->h);

	ck_assert_str_eq(list[0]->subject, "192.0.2.1");
	ck_assert_str_eq(list[1]->check, "spf");
	ck_assert_str_eq(list[2]->check, "dkim");
	ck_assert_str_eq(list[3]->subject, "192.0.2.2");
	ck_assert_ptr_eq(list[4], NULL);
	free(list);
	ck_assert_str_eq(
	    history_finding(&past->h, "ptr", NULL)->subject, "192.0.2.1");
	ck_assert_str_eq(
	    history_finding(&past->h, "ptr", "192.0.2.2")->reason, "ok");
	ck_assert_ptr_eq(history_finding(&past->h, "ptr", "192.0.2.3"), NULL);
	ck_assert_ptr_eq(history_finding(&past->h, "mx", NULL), NULL);
	past_free(past);
}
END_TEST

START_TEST(test_gap_words)
{
	ck_assert_str_eq(data_gap_words(POLL_OK, DATA_WITHHELD),
	    "Google withholds it: too little mail");
	ck_assert_str_eq(data_gap_words(POLL_UNVERIFIED, DATA_DENIED),
	    "the domain is not verified in Postmaster Tools");
	ck_assert_str_eq(data_gap_words(POLL_ABSENT, DATA_DENIED),
	    "Postmaster Tools does not list the domain");
	ck_assert_str_eq(data_gap_words(POLL_DENIED, DATA_DENIED),
	    "no permission in Postmaster Tools");
	ck_assert_str_eq(data_gap_words(POLL_NEVER, DATA_ERROR),
	    "Postmaster was not asked yet");
	ck_assert_str_eq(data_gap_words(POLL_ERROR, DATA_ERROR),
	    "Postmaster could not be asked");
	ck_assert_str_eq(data_gap_words(POLL_OK, DATA_ERROR),
	    "Postmaster was not asked about that day");
}
END_TEST

Suite *
suite_history(void)
{
	Suite *suite = suite_create("history");
	TCase *tc = tcase_create("history");

	tcase_add_loop_test(tc, test_states, 0, ROWS(states));
	tcase_add_test(tc, test_asleep);
	tcase_add_test(tc, test_outside);
	tcase_add_test(tc, test_newest);
	tcase_add_test(tc, test_findings);
	tcase_add_test(tc, test_gap_words);
	suite_add_tcase(suite, tc);
	return suite;
}
