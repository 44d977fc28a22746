/* The ramp with a log: its factors at their lines, and a day not yet over. */
/* SPDX-License-Identifier: MIT */
#include "suites.h"

#include <math.h>
#include <string.h>

#include "past.h"
#include "sendtop/assess.h"
#include "sendtop/day.h"

/* A sender in order: 10,000 a day in the log for forty days. */
#define STEADY "log 39: 10000x40\nspam_rate 39: 0.0002x40\n"
/* 199 a day: nothing alarms. */
#define TINY "log 39: 199x40\nspam_rate 39: 0.0002x40\n"

/* Refused for good, on Nov 19 and the day before. */
#define DOMAIN "reply 2300 low_reputation_domain reputation_domain 550/5.7.1 "
#define DOMAIN_1 "reply 3740 low_reputation_domain reputation_domain 550/5.7.1 "
#define IP "reply 2300 low_reputation_ip reputation_ip 550/5.7.1 "
#define CONTENT "reply 2300 likely_unsolicited content 550/5.7.1 "
#define PTR "reply 2300 ptr_missing_perm ptr 550/5.7.25 "
#define POLICY "reply 2300 dmarc_reject auth_dmarc 550/5.7.26 "

static const struct {
	const char *rows;
	enum ramp_state state;
	const char *key; /* of the first reason; NULL: no reason at all */
	double ceiling;
	const char *text; /* of it, or NULL */
} factors[] = {
	{ STEADY, RAMP_GO, NULL, 20000, NULL },
	{ STEADY "log 0: 20401", RAMP_HOLD, "growth_hold", 20401,
	    "20.4k L on Nov 19 is x2.04 of the base 10.0k L (allowed x2.00)" },
	/* Sources may mix: each volume says whose it is. */
	{ "volume 39: 10000x39\nlog 0: 25001\nspam_rate 39: 0.0002x40",
	    RAMP_BACK_OFF, "growth_back_off", 10000,
	    "25.0k L on Nov 19 is x2.50 of the base ~10.0k T (allowed "
	    "x2.00)" },
	/* Deferred attempts among all attempts: 101 of 10,101 are 1 %. */
	{ STEADY "log_deferred_count 0: 101", RAMP_GO, NULL, 20000, NULL },
	{ STEADY "log_deferred_count 0: 102", RAMP_HOLD, "deferred_log", 10000,
	    "1.01 % deferred on Nov 19 (>= 1.00 %, own log)" },
	{ STEADY "log_deferred_count 0: 526", RAMP_HOLD, "deferred_log", 10000,
	    NULL },
	{ STEADY "log_deferred_count 0: 527", RAMP_BACK_OFF, "deferred_log",
	    10000, NULL },
	{ STEADY "log_deferred_count 0: 1111", RAMP_BACK_OFF, "deferred_log",
	    10000, NULL },
	{ STEADY "log_deferred_count 0: 1112", RAMP_STOP, "deferred_log", 0,
	    NULL },
	/* Yesterday's are over when today's mail is taken. */
	{ STEADY "log_deferred_count 1: 5000 0", RAMP_GO, NULL, 20000, NULL },
	/* A day on which nearly all is deferred is no small one. */
	{ STEADY "log 0: 100\nlog_deferred_count 0: 5000", RAMP_STOP,
	    "deferred_log", 0, NULL },
	/* And a day of little mail decides nothing. */
	{ STEADY "log 0: 100\nlog_deferred_count 1: 700 0", RAMP_BACK_OFF,
	    "deferred_log", 100, NULL },
	/* However much of a little is deferred. */
	{ STEADY "log 0: 190\nlog_deferred_count 1: 1400 10", RAMP_STOP,
	    "deferred_log", 0, NULL },
	/* The worse of log and Postmaster, each by its name. */
	{ STEADY "log_deferred_count 0: 102\ntemp_fail_rate 0: 0.06",
	    RAMP_BACK_OFF, "deferred", 10000,
	    "6.00 % deferred on Nov 19 (>= 5.00 %, Postmaster)" },
	{ STEADY "log_deferred_count 0: 600\ntemp_fail_rate 0: 0.02",
	    RAMP_BACK_OFF, "deferred_log", 10000, NULL },
	/* Bounced among all that ended, which stays 10,000. */
	{ STEADY "log 0: 9801\nlog_bounced_count 0: 199", RAMP_GO, NULL, 20000,
	    NULL },
	{ STEADY "log 0: 9800\nlog_bounced_count 0: 200", RAMP_GO, "bounced",
	    20000, "2.00 % bounced on Nov 19 (>= 2.00 %, own log)" },
	{ STEADY "log 0: 9701\nlog_bounced_count 0: 299", RAMP_GO, "bounced",
	    20000, NULL },
	{ STEADY "log 0: 9700\nlog_bounced_count 0: 300", RAMP_HOLD, "bounced",
	    10000, NULL },
	{ STEADY "log 0: 9501\nlog_bounced_count 0: 499", RAMP_HOLD, "bounced",
	    10000, NULL },
	{ STEADY "log 0: 9500\nlog_bounced_count 0: 500", RAMP_BACK_OFF,
	    "bounced", 10000, NULL },
	{ STEADY "log 0: 9001\nlog_bounced_count 0: 999", RAMP_BACK_OFF,
	    "bounced", 10000, NULL },
	{ STEADY "log 0: 9000\nlog_bounced_count 0: 1000", RAMP_STOP, "bounced",
	    0, NULL },
	{ TINY "log 0: 99\nlog_bounced_count 0: 100", RAMP_GO, NULL, 497,
	    NULL },
	/* The last good day is one whose mail was taken. */
	{ STEADY "log 2: 8000 9500 10000\nlog_deferred_count 1: 200 600",
	    RAMP_BACK_OFF, "deferred_log", 8000, NULL },
	/* A log that ended weeks ago alarms nobody; Postmaster goes on. */
	{ "log 39: 10000x20\nlog_deferred_count 39: 5000x20\n"
	  "volume 19: 10000x20\nspam_rate 39: 0.0002x40",
	    RAMP_GO, NULL, 20000, NULL },
	/* What Gmail refuses for good counts as what Postmaster calls so, days
	 * before Postmaster does: 0.1 % of 10,000, by as many as a rate needs. */
	{ STEADY DOMAIN "9", RAMP_GO, NULL, 20000, NULL },
	{ STEADY DOMAIN "20", RAMP_BACK_OFF, "low_domain_reputation_log", 10000,
	    "0.20 % rejected on Nov 19 for low domain reputation (550 5.7.1; "
	    ">= 0.10 %, own log)" },
	{ STEADY IP "20", RAMP_BACK_OFF, "low_ip_reputation_log", 10000, NULL },
	{ STEADY CONTENT "20", RAMP_BACK_OFF, "spammy_content_log", 10000,
	    NULL },
	{ STEADY PTR "20\nfinding ptr 192.0.2.10 fail missing", RAMP_STOP,
	    "bad_or_missing_ptr_record_log", 0,
	    "0.20 % rejected on Nov 19 for a bad or missing PTR (550 5.7.25; "
	    ">= 0.10 %, own log); ptr missing: 192.0.2.10" },
	{ STEADY POLICY "20", RAMP_STOP, "stamp_policy_error_log", 0, NULL },
	/* A few on one day are a small sample, on two days they are not. */
	{ STEADY DOMAIN "19", RAMP_GO, "low_domain_reputation_log", 20000,
	    "0.19 % rejected on Nov 19 for low domain reputation (550 5.7.1; "
	    ">= 0.10 %, own log), small sample" },
	{ STEADY DOMAIN "10\n" DOMAIN_1 "10", RAMP_BACK_OFF,
	    "low_domain_reputation_log", 10000, NULL },
	/* They are over when a day's mail is taken. */
	{ STEADY DOMAIN_1 "500", RAMP_GO, NULL, 20000, NULL },
	/* The last good day had none. */
	{ STEADY "log 2: 8000 9500 10000\n" DOMAIN "90\n" DOMAIN_1 "90",
	    RAMP_BACK_OFF, "low_domain_reputation_log", 8000, NULL },
	/* For now is not for good. */
	{ STEADY "reply 2300 ptr_missing_temp ptr 451/4.7.23 5000", RAMP_GO,
	    NULL, 20000, NULL },
	/* Deferred mail makes the share no smaller one. */
	{ STEADY "log_deferred_count 0: 400\n" DOMAIN "20", RAMP_BACK_OFF,
	    "low_domain_reputation_log", 10000, NULL },
	{ TINY DOMAIN "150", RAMP_GO, NULL, 497, NULL },
	/* Mail that goes out elsewhere is not in the log. */
	{ STEADY "volume 0: 20001", RAMP_GO, "log_partial", 20000,
	    "the own log has 10.0k of ~20.0k T on Nov 19: not all mail goes "
	    "through it" },
	{ STEADY "volume 0: 20000", RAMP_GO, NULL, 20000, NULL },
	{ STEADY "volume 1: 90000 10000", RAMP_GO, NULL, 20000, NULL },
	{ "log 39: 3x40\nspam_rate 39: 0.0002x40\nvolume 39: 12000x40", RAMP_GO,
	    "log_partial", 7, NULL },
	/* One message after a long silence is the begin of nothing: the cold
	 * base holds, and no rate of two months ago is missed. */
	{ "log 80: 10000x40 0x42 1\nspam_rate 80: 0.0002x40", RAMP_GO, NULL,
	    350, NULL },
	/* Limits that the log saw are said. */
	{ STEADY "reply 5 rate_limited_dkim_domain rate_limit 421/4.7.28 112 "
		 "dkim a.test",
	    RAMP_GO, "limited", 20000,
	    "limited 112 times in 24 h, last Nov 21 00:55 (421 4.7.28, dkim "
	    "a.test, own log)" },
};

START_TEST(test_factors)
{
	struct past *past = past_new(factors[_i].rows);
	const char *rows = factors[_i].rows;
	struct ramp_judgement ramp;
	const char *key;

	ramp_assess(&past->h, &ramp);
	key = ramp.reasons.count > 0 ? ramp.reasons.items[0].key : "none";
	ck_assert_msg(ramp.state == factors[_i].state, "%s\n%s (%s)", rows,
	    ramp_state_name(ramp.state), key);
	ck_assert_msg(
	    strcmp(key, factors[_i].key != NULL ? factors[_i].key : "none") ==
		0,
	    "%s\nfirst reason %s", rows, key);
	ck_assert_msg(
	    ramp.ceiling == factors[_i].ceiling, "%s\n%f", rows, ramp.ceiling);
	if (factors[_i].text != NULL)
		ck_assert_str_eq(ramp.reasons.items[0].text, factors[_i].text);
	past_free(past);
}
END_TEST

/* A log that knows one whole day and the begin of the next: the begin is no
 * second day beside which the whole one were a burst. */
START_TEST(test_first_day)
{
	struct past *past = past_new("spam_rate 39: 0.0002x40");
	struct ramp_judgement ramp;

	past_set(past, METRIC_LOG_DELIVERED, -1, 9200);
	past_set(past, METRIC_LOG_DELIVERED, -2, 3120);
	past_log_until(past, -1, past->h.now_s);
	ramp_assess(&past->h, &ramp);
	ck_assert_int_eq(ramp.day, PAST_TODAY - 1);
	ck_assert(isnan(ramp.base));
	ck_assert_msg(ramp.ceiling > 9200, "%f", ramp.ceiling);
	past_free(past);
}
END_TEST

/* Forty whole days to yesterday, and what was sent today until one in the
 * morning. */
static const struct {
	double today; /* NaN: the log has no line of it */
	int32_t day;  /* that is judged */
	enum ramp_state state;
	double ceiling;
} begun[] = {
	{ (double)NAN, PAST_TODAY - 1, RAMP_GO, 20000 },
	/* Nothing so far, or little, is no decline and no small volume. */
	{ 0, PAST_TODAY - 1, RAMP_GO, 20000 },
	{ 30, PAST_TODAY - 1, RAMP_GO, 20000 },
	{ 10000, PAST_TODAY - 1, RAMP_GO, 20000 },
	/* More than yesterday: it is judged, and tomorrow may build on it. */
	{ 12000, PAST_TODAY, RAMP_GO, 24000 },
	{ 20401, PAST_TODAY, RAMP_HOLD, 20401 },
	{ 90000, PAST_TODAY, RAMP_BACK_OFF, 10000 },
};

START_TEST(test_today)
{
	struct past *past = past_new("log 39: 10000x41\n"
				     "spam_rate 39: 0.0002x40");
	struct ramp_judgement ramp;

	past_set(past, METRIC_LOG_DELIVERED, -2, begun[_i].today);
	past_log_until(past, 39, past->h.now_s);
	ramp_assess(&past->h, &ramp);
	ck_assert_int_eq(ramp.day, begun[_i].day);
	ck_assert_msg(ramp.state == begun[_i].state, "%d: %s", _i,
	    ramp_state_name(ramp.state));
	ck_assert_msg(
	    ramp.ceiling == begun[_i].ceiling, "%d: %f", _i, ramp.ceiling);
	ck_assert_int_eq(ramp.source, VOLUME_LOG);
	ck_assert_double_eq_tol(ramp.cap, 2, 1e-9);
	past_free(past);
}
END_TEST

/* What was sent today so far is no day of the week either, which here limits
 * the ceiling, nor one of fourteen. */
START_TEST(test_so_far)
{
	static const double so_far[] = { 0, 30, 4000, 5500 };
	struct past *past = past_new("log 12: 1000x11 2000 4000 5500\n"
				     "spam_rate 13: 0.0002x14");
	struct ramp_judgement ramp;
	int i;

	past_log_until(past, 39, past->h.now_s);
	for (i = 0; i < ROWS(so_far); i++) {
		past_set(past, METRIC_LOG_DELIVERED, -2, so_far[i]);
		ramp_assess(&past->h, &ramp);
		ck_assert_msg(ramp.ceiling == 6166, "%g so far: %f", so_far[i],
		    ramp.ceiling);
		ck_assert_double_eq_tol(ramp.cap, 2, 1e-9);
	}
	past_free(past);
}
END_TEST

/* Ten days with mail to yesterday, of fourteen: at midnight still. */
START_TEST(test_cadence_so_far)
{
	struct past *past = past_new("log 39: 5000x29 0x4 5000x8\n"
				     "spam_rate 39: 0.0002x40");
	struct ramp_judgement ramp;

	past_log_until(past, 39, past->h.now_s);
	ramp_assess(&past->h, &ramp);
	ck_assert(ramp.ceiling == 10000);
	past_set(past, METRIC_LOG_DELIVERED, -2, 0);
	ramp_assess(&past->h, &ramp);
	ck_assert(ramp.ceiling == 10000);
	past_free(past);
}
END_TEST

/* At ten past midnight what went wrong yesterday still counts. */
START_TEST(test_after_midnight)
{
	struct past *past = past_new("log 39: 10000x41 30\n"
				     "log_deferred_count -1: 600 0\n"
				     "spam_rate 39: 0.0002x40");
	struct ramp_judgement ramp;

	past->h.now_s = day_start(PAST_TODAY) + 600;
	past_log_until(past, 39, past->h.now_s);
	ramp_assess(&past->h, &ramp);
	ck_assert_int_eq(ramp.state, RAMP_BACK_OFF);
	ck_assert_str_eq(ramp.reasons.items[0].key, "deferred_log");
	ck_assert(ramp.ceiling == 10000);
	past_free(past);
}
END_TEST

/* Nor is the first mail after a Sunday all that may be held to. */
START_TEST(test_monday)
{
	static const double so_far[] = { 0, 5, 9000, 11000 };
	struct past *past = past_new(
	    "log 11: 10000x5 0x2 10000x5 0\n"
	    "spam_rate 13: 0.0002x14\n"
	    "finding google.spf example.com fail needs_work");
	struct ramp_judgement ramp;
	int i;

	past->h.now_s = day_start(PAST_TODAY) + 600;
	past_log_until(past, 39, past->h.now_s);
	for (i = 0; i < ROWS(so_far); i++) {
		past_set(past, METRIC_LOG_DELIVERED, -2, so_far[i]);
		ramp_assess(&past->h, &ramp);
		ck_assert_int_eq(ramp.state, RAMP_HOLD);
		ck_assert_msg(ramp.ceiling == fmax(10000, so_far[i]),
		    "%g so far: %f", so_far[i], ramp.ceiling);
	}
	past_free(past);
}
END_TEST

/* Postmaster's errors are as fresh as Postmaster is, not as the log. */
START_TEST(test_lag)
{
	struct past *past = past_new("log 39: 10000x41\n"
				     "spam_rate 39: 0.0002x40\n"
				     "temp_fail_rate 2: 0.06");
	struct ramp_judgement ramp;

	ramp_assess(&past->h, &ramp);
	ck_assert_int_eq(ramp.state, RAMP_BACK_OFF);
	ck_assert_str_eq(ramp.reasons.items[0].key, "deferred");
	past_free(past);
}
END_TEST

/* The log sees today what Postmaster tells in two days: blind. */
START_TEST(test_blind)
{
	struct past *past = past_new("log 39: 10000x40 11000 12500\n"
				     "spam_rate 39: 0.0002x39");
	struct ramp_judgement ramp;

	past->h.now_s = day_start(PAST_TODAY + 1) - 1;
	past_log_until(past, 39, past->h.now_s);
	ramp_assess(&past->h, &ramp);
	ck_assert_int_eq(ramp.state, RAMP_BLIND);
	ck_assert_int_eq(ramp.day, PAST_TODAY);
	ck_assert(ramp.ceiling == 12500);
	past_free(past);
}
END_TEST

Suite *
suite_ramp_log(void)
{
	Suite *suite = suite_create("ramp_log");
	TCase *tc = tcase_create("ramp_log");

	tcase_add_loop_test(tc, test_factors, 0, ROWS(factors));
	tcase_add_loop_test(tc, test_today, 0, ROWS(begun));
	tcase_add_test(tc, test_first_day);
	tcase_add_test(tc, test_so_far);
	tcase_add_test(tc, test_cadence_so_far);
	tcase_add_test(tc, test_after_midnight);
	tcase_add_test(tc, test_monday);
	tcase_add_test(tc, test_lag);
	tcase_add_test(tc, test_blind);
	suite_add_tcase(suite, tc);
	return suite;
}
