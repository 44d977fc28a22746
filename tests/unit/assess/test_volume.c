/* The volume Gmail saw, from counts and rates. */
/* SPDX-License-Identifier: MIT */
#include "suites.h"

#include <math.h>

#include "past.h"
#include "sendtop/assess.h"
#include "sendtop/day.h"

#define NONE (double)NAN

static const struct {
	const char *rows;
	double volume;
	enum volume_source source;
} volumes[] = {
	{ "", NONE, VOLUME_NONE },
	{ "tls_inbound_count 0: 9500\ntls_inbound 0: 0.95", 10000, VOLUME_TLS },
	{ "tls_inbound_count 0: 0\ntls_inbound 0: 1", 0, VOLUME_TLS },
	/* Nothing over TLS: the share says nothing of the whole. */
	{ "tls_inbound_count 0: 0\ntls_inbound 0: 0", NONE, VOLUME_NONE },
	{ "tls_inbound_count 0: 500", NONE, VOLUME_NONE },
	{ "tls_inbound 0: 1", NONE, VOLUME_NONE },
	{ "tls_inbound_count 0: 1e300\ntls_inbound 0: 1e-300", NONE,
	    VOLUME_NONE },
	/* By errors: from 20 on. */
	{ "reject_count 0: 20\nreject_rate 0: 0.002", 10000, VOLUME_ERRORS },
	{ "reject_count 0: 19\nreject_rate 0: 0.0019", NONE, VOLUME_NONE },
	{ "reject_count 0: 0\nreject_rate 0: 0", NONE, VOLUME_NONE },
	{ "temp_fail_count 0: 300\ntemp_fail_rate 0: 0.03", 10000,
	    VOLUME_ERRORS },
	/* The larger count makes the finer quotient. */
	{ "reject_count 0: 20\nreject_rate 0: 0.0021\n"
	  "temp_fail_count 0: 300\ntemp_fail_rate 0: 0.03",
	    10000, VOLUME_ERRORS },
	{ "reject_count 0: 300\nreject_rate 0: 0.03\n"
	  "temp_fail_count 0: 20\ntemp_fail_rate 0: 0.0021",
	    10000, VOLUME_ERRORS },
	/* TLS goes before errors. */
	{ "tls_inbound_count 0: 8000\ntls_inbound 0: 0.8\n"
	  "reject_count 0: 300\nreject_rate 0: 0.9",
	    10000, VOLUME_TLS },
	/* The log goes before both, a zero in it too. */
	{ "tls_inbound_count 0: 8000\ntls_inbound 0: 0.8\nlog 0: 9000", 9000,
	    VOLUME_LOG },
	{ "tls_inbound_count 0: 8000\ntls_inbound 0: 0.8\nlog 0: 0", 0,
	    VOLUME_LOG },
	/* What bounced was sent, what is deferred is still on its way. */
	{ "log 0: 9000\nlog_bounced_count 0: 80\nlog_deferred_count 0: 700",
	    9080, VOLUME_LOG },
	{ "log_bounced_count 0: 80", 80, VOLUME_LOG },
	{ "log_deferred_count 0: 80", NONE, VOLUME_NONE },
	/* A day that the log does not cover falls back. */
	{ "tls_inbound_count 0: 8000\ntls_inbound 0: 0.8\nlog 1: 9000", 10000,
	    VOLUME_TLS },
	/* Another day's number is no number of this day. */
	{ "tls_inbound_count 1: 8000\ntls_inbound 0: 0.8", NONE, VOLUME_NONE },
};

START_TEST(test_volume)
{
	struct past *past = past_new(volumes[_i].rows);
	enum volume_source source;
	double volume = volume_on(&past->h, PAST_NEWEST, &source);

	ck_assert_msg(source == volumes[_i].source, "%s", volumes[_i].rows);
	if (isnan(volumes[_i].volume))
		ck_assert_msg(isnan(volume), "%s", volumes[_i].rows);
	else
		ck_assert_double_eq_tol(volume, volumes[_i].volume, 1e-6);
	past_free(past);
}
END_TEST

/* What the log covers, in hours after the start of PAST_NEWEST, of the one day
 * PAST_NEWEST with 9,000 in the log. */
static const struct {
	double first, last;
	bool tls; /* 10,000 by T */
	double volume;
	enum volume_source source;
} covers[] = {
	{ -24, 48, false, 9000, VOLUME_LOG },
	{ 0.5, 23.5, true, 9000, VOLUME_LOG },
	/* It ends in the day: T knows better, and else it is so far. */
	{ -24, 12, true, 10000, VOLUME_TLS },
	{ -24, 12, false, 9000, VOLUME_LOG },
	/* It begins in the day: the day after must not look like a burst. */
	{ 12, 48, true, 10000, VOLUME_TLS },
	{ 12, 48, false, NONE, VOLUME_NONE },
	/* It has no other day. */
	{ 12, 13, false, 9000, VOLUME_LOG },
};

START_TEST(test_cover)
{
	struct past *past = past_new("log 0: 9000");
	int64_t start = day_start(PAST_NEWEST);
	enum volume_source source;
	double volume;

	past->h.log_first_s = start + (int64_t)(covers[_i].first * 3600);
	past->h.log_last_s = start + (int64_t)(covers[_i].last * 3600);
	if (covers[_i].tls)
		past_volume(past, 0, 10000);
	volume = volume_on(&past->h, PAST_NEWEST, &source);
	ck_assert_int_eq(source, covers[_i].source);
	ck_assert(isnan(covers[_i].volume) ? isnan(volume)
					   : volume == covers[_i].volume);
	past_free(past);
}
END_TEST

/* A log from the future covers no more than now. */
START_TEST(test_cover_now)
{
	struct past *past = past_new("log -2: 50");

	past_log_until(past, 9, past->h.now_s + 5 * DAY_SECONDS);
	ck_assert(!volume_is_whole(&past->h, PAST_TODAY));
	ck_assert(volume_is_whole(&past->h, PAST_TODAY - 1));
	past->h.now_s = day_start(PAST_TODAY + 1) - 1;
	ck_assert(volume_is_whole(&past->h, PAST_TODAY));
	past_free(past);
}
END_TEST

Suite *
suite_volume(void)
{
	Suite *suite = suite_create("volume");
	TCase *tc = tcase_create("volume");

	tcase_add_loop_test(tc, test_volume, 0, ROWS(volumes));
	tcase_add_loop_test(tc, test_cover, 0, ROWS(covers));
	tcase_add_test(tc, test_cover_now);
	suite_add_tcase(suite, tc);
	return suite;
}
