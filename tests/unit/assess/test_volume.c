/* The volume Gmail saw, from counts and rates. */
/* SPDX-License-Identifier: MIT */
#include "suites.h"

#include <math.h>

#include "past.h"
#include "sendtop/assess.h"

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

Suite *
suite_volume(void)
{
	Suite *suite = suite_create("volume");
	TCase *tc = tcase_create("volume");

	tcase_add_loop_test(tc, test_volume, 0, ROWS(volumes));
	suite_add_tcase(suite, tc);
	return suite;
}
