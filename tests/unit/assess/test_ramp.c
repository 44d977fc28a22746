/* Every factor of the ramp below, at and above its line; the ceiling. */
/* SPDX-License-Identifier: MIT */
#include "suites.h"

#include <math.h>
#include <string.h>

#include "past.h"
#include "sendtop/assess.h"
#include "sendtop/day.h"

/* A sender in order: 10,000 a day for forty days, few complaints. */
#define STEADY "volume 39: 10000x40\nspam_rate 39: 0.0002x40\n"
/* The same, but 500 a day: rates need two of three days. */
#define FEW "volume 39: 500x40\nspam_rate 39: 0.0002x40\n"
/* 199 a day: nothing alarms. */
#define WORKDAYS "volume 13: 10000x5 0x2 10000x5 0x2\nspam_rate 13: 0.0002x14\n"
#define TINY "volume 39: 199x40\nspam_rate 39: 0.0002x40\n"

#define UNKNOWN -1

static const struct {
	const char *rows;
	enum ramp_state state;
	const char *key; /* of the first reason; NULL: no reason at all */
	double ceiling;  /* UNKNOWN: NaN */
} factors[] = {
	{ STEADY, RAMP_GO, NULL, 20000 },
	/* Growth of a day: cap 2 from 10,000, to 2 % above it go. */
	{ STEADY "volume 0: 20000", RAMP_GO, NULL, 40000 },
	{ STEADY "volume 0: 20400", RAMP_GO, NULL, 40800 },
	{ STEADY "volume 0: 20401", RAMP_HOLD, "growth_hold", 20401 },
	{ STEADY "volume 0: 25000", RAMP_HOLD, "growth_hold", 25000 },
	{ STEADY "volume 0: 25001", RAMP_BACK_OFF, "growth_back_off", 10000 },
	{ TINY "volume 0: 30000", RAMP_BACK_OFF, "growth_back_off", 199 },
	/* The tiers' edges: below 1,000 2.5, to 50k 2, 100k 1.5, 250k 1.2. */
	{ "volume 9: 999x9 2497\nspam_rate 9: 0x10", RAMP_GO, NULL, 4994 },
	{ "volume 9: 1000x9 2497\nspam_rate 9: 0x10", RAMP_HOLD, "growth_hold",
	    2497 },
	{ "volume 9: 49999x9 99998\nspam_rate 9: 0x10", RAMP_GO, NULL, 149997 },
	{ "volume 9: 50000x9 99998\nspam_rate 9: 0x10", RAMP_BACK_OFF,
	    "growth_back_off", 50000 },
	{ "volume 9: 100000x9 130000\nspam_rate 9: 0x10", RAMP_HOLD,
	    "growth_hold", 130000 },
	{ "volume 9: 250000x9 280000\nspam_rate 9: 0x10", RAMP_GO, NULL,
	    308000 },
	{ "volume 9: 250000x9 281000\nspam_rate 9: 0x10", RAMP_HOLD,
	    "growth_hold", 281000 },
	/* Spam rate at each line. */
	{ STEADY "spam_rate 0: 0.00079", RAMP_GO, NULL, 20000 },
	{ STEADY "spam_rate 0: 0.0008", RAMP_GO, "spam_note", 20000 },
	{ STEADY "spam_rate 0: 0.00099", RAMP_GO, "spam_note", 20000 },
	{ STEADY "spam_rate 0: 0.001", RAMP_HOLD, "spam_hold", 10000 },
	{ STEADY "spam_rate 0: 0.00149", RAMP_HOLD, "spam_hold", 10000 },
	{ STEADY "spam_rate 0: 0.0015", RAMP_BACK_OFF, "spam_back_off", 5000 },
	{ STEADY "spam_rate 0: 0.00299", RAMP_BACK_OFF, "spam_back_off", 5000 },
	{ STEADY "spam_rate 0: 0.003", RAMP_STOP, "spam_stop", 0 },
	/* Few messages: two of three days, below 200 never. */
	{ FEW "spam_rate 0: 0.004", RAMP_HOLD, "seven_day_clock", 500 },
	{ FEW "spam_rate 1: 0.004 0.004", RAMP_STOP, "spam_stop", 0 },
	{ FEW "spam_rate 2: 0.004 0.0001 0.004", RAMP_STOP, "spam_stop", 0 },
	{ FEW "spam_rate 0: 0.002", RAMP_GO, "small_sample", 1250 },
	{ FEW "spam_rate 2: 0.002 0.002 0.0001", RAMP_GO, NULL, 1250 },
	{ FEW "spam_rate 3: 0.002 0 0 0.002", RAMP_GO, "small_sample", 1250 },
	/* The line that two of three days bear out, not the highest. */
	{ FEW "spam_rate 2: 0.0011 0.0012 0.0029", RAMP_HOLD, "spam_hold",
	    500 },
	{ FEW "spam_rate 9: -x10\nspam_rate 12: 0.002\nspam_rate 0: 0.002",
	    RAMP_GO, "small_sample", 1250 },
	{ "volume 39: 1000x40\nspam_rate 39: 0x39 0.001", RAMP_HOLD,
	    "spam_hold", 1000 },
	{ "volume 39: 999x40\nspam_rate 39: 0x39 0.001", RAMP_GO,
	    "small_sample", 2497 },
	{ TINY "spam_rate 3: 0.02x4", RAMP_GO, "small_sample", 497 },
	/* The clock: a violation six clean days ago still holds. */
	{ STEADY "spam_rate 6: 0.003", RAMP_HOLD, "seven_day_clock", 10000 },
	{ STEADY "spam_rate 7: 0.003", RAMP_GO, NULL, 20000 },
	/* Deferrals. */
	{ STEADY "temp_fail_rate 0: 0.0099", RAMP_GO, NULL, 20000 },
	{ STEADY "temp_fail_rate 0: 0.01", RAMP_HOLD, "deferred", 10000 },
	{ STEADY "temp_fail_rate 0: 0.0499", RAMP_HOLD, "deferred", 10000 },
	{ STEADY "temp_fail_rate 0: 0.05", RAMP_BACK_OFF, "deferred", 10000 },
	{ STEADY "temp_fail_rate 0: 0.0999", RAMP_BACK_OFF, "deferred", 10000 },
	{ STEADY "temp_fail_rate 0: 0.1", RAMP_STOP, "deferred", 0 },
	{ STEADY "temp_fail_rate 2: 0.1", RAMP_STOP, "deferred", 0 },
	{ STEADY "temp_fail_rate 3: 0.1", RAMP_GO, NULL, 20000 },
	{ STEADY "temp_fail_rate 2: 0.1 0 0", RAMP_GO, NULL, 20000 },
	{ TINY "temp_fail_rate 0: 0.5", RAMP_GO, NULL, 497 },
	{ STEADY "temp_fail_anomalous_traffic_pattern_rate 0: 0.0001", RAMP_GO,
	    "unusual_traffic", 20000 },
	{ STEADY "temp_fail_anomalous_traffic_pattern_rate 0: 0", RAMP_GO, NULL,
	    20000 },
	/* Rejects by reason. */
	{ STEADY "reject_low_domain_reputation_rate 0: 0.00099", RAMP_GO, NULL,
	    20000 },
	{ STEADY "reject_low_domain_reputation_rate 0: 0.001", RAMP_BACK_OFF,
	    "low_domain_reputation", 10000 },
	{ STEADY "reject_low_ip_reputation_rate 0: 0.001", RAMP_BACK_OFF,
	    "low_ip_reputation", 10000 },
	{ STEADY "reject_spammy_content_rate 0: 0.001", RAMP_BACK_OFF,
	    "spammy_content", 10000 },
	{ STEADY "reject_bad_or_missing_ptr_record_rate 0: 0.00099", RAMP_GO,
	    NULL, 20000 },
	{ STEADY "reject_bad_or_missing_ptr_record_rate 0: 0.001", RAMP_STOP,
	    "bad_or_missing_ptr_record", 0 },
	{ STEADY "reject_stamp_policy_error_rate 0: 0.001", RAMP_STOP,
	    "stamp_policy_error", 0 },
	{ STEADY "reject_ip_in_rbls_rate 0: 0.001", RAMP_STOP, "ip_in_rbls",
	    0 },
	{ STEADY "reject_bad_attachment_rate 0: 0.5", RAMP_GO, NULL, 20000 },
	{ TINY "reject_ip_in_rbls_rate 0: 0.5", RAMP_GO, NULL, 497 },
	/* Google's compliance. */
	{ STEADY "finding google.spf example.com fail needs_work", RAMP_HOLD,
	    "compliance", 10000 },
	{ STEADY "finding google.spf example.com pass compliant", RAMP_GO, NULL,
	    20000 },
	{ STEADY "finding google.spf example.com unknown PERHAPS", RAMP_GO,
	    NULL, 20000 },
	{ STEADY "finding spf example.com fail missing", RAMP_GO, NULL, 20000 },
	/* Blind: 20 % more since a rate three days old or older.  The newest
	 * published day is two days old by itself. */
	{ STEADY "spam_rate 0: -\nvolume 0: 11999", RAMP_GO, NULL, 23998 },
	{ STEADY "spam_rate 0: -\nvolume 0: 12000", RAMP_BLIND, "blind",
	    12000 },
	{ STEADY "volume 0: 12000", RAMP_GO, NULL, 24000 },
	/* Five days old: no growth. */
	{ STEADY "spam_rate 1: - -", RAMP_GO, NULL, 20000 },
	{ STEADY "spam_rate 2: - - -", RAMP_HOLD, "no_spam_rate", 10000 },
	{ "volume 39: 10000x40", RAMP_HOLD, "no_spam_rate", 10000 },
	{ "volume 39: 10000x39 12000", RAMP_BLIND, "blind", 12000 },
	/* Worse news goes before blind, and blind before hold. */
	{ STEADY "spam_rate 0: -\nvolume 0: 12000\ntemp_fail_rate 0: 0.05",
	    RAMP_BACK_OFF, "deferred", 10000 },
	{ STEADY "spam_rate 0: -\nvolume 0: 12000\ntemp_fail_rate 0: 0.02",
	    RAMP_BLIND, "blind", 12000 },
	/* Too little mail for a rate: a new sender must be able to grow. */
	{ "volume 39: 999x40", RAMP_GO, "withheld", 2497 },
	{ "volume 39: 1000x40", RAMP_HOLD, "no_spam_rate", 1000 },
	/* Silence: over 7 days a pause, over 30 a cold base. */
	{ "volume 46: 10000x40\nspam_rate 46: 0.0002x47", RAMP_GO, NULL,
	    17500 },
	{ "volume 47: 10000x40\nspam_rate 47: 0.0002x48", RAMP_GO, "idle",
	    17500 },
	{ "volume 69: 10000x40\nspam_rate 69: 0.0002x70", RAMP_GO, "idle",
	    15000 },
	{ "volume 70: 10000x40\nspam_rate 70: 0.0002x71", RAMP_HOLD,
	    "idle_cold", 350 },
	{ "volume 70: 10000x40 0x31\nspam_rate 70: 0.0002x71", RAMP_HOLD,
	    "idle_cold", 350 },
	/* Who rests on Saturday and Sunday holds what went out on Friday. */
	{ WORKDAYS, RAMP_GO, NULL, 20000 },
	{ WORKDAYS "finding google.spf example.com fail needs_work", RAMP_HOLD,
	    "compliance", 10000 },
	{ WORKDAYS "temp_fail_rate 2: 0.06", RAMP_BACK_OFF, "deferred", 10000 },
	{ WORKDAYS "spam_rate 2: 0.002 - -", RAMP_BACK_OFF, "spam_back_off",
	    5000 },
	{ WORKDAYS "spam_rate 3: 0.004 0 0 0", RAMP_HOLD, "seven_day_clock",
	    10000 },
	/* The bulk line, by volume or by plan. */
	{ "volume 39: 3999x40\nspam_rate 39: 0x40", RAMP_GO, NULL, 7998 },
	{ "volume 39: 4000x40\nspam_rate 39: 0x40", RAMP_GO, "bulk_near",
	    8000 },
	{ "volume 39: 5000x40\nspam_rate 39: 0x40", RAMP_GO, NULL, 10000 },
	{ FEW "target 4000", RAMP_GO, "bulk_near", 1250 },
	{ FEW "plan -9 4000", RAMP_GO, "bulk_near", 1250 },
	{ FEW "plan -9 3999", RAMP_GO, NULL, 1250 },
	{ FEW "plan 9 4000", RAMP_GO, "bulk_near", 1250 },
	{ FEW "plan 9 4000\nplan 1 500", RAMP_GO, NULL, 500 },
	{ FEW "target 800", RAMP_GO, NULL, 800 },
	/* No volume at all. */
	{ "", RAMP_GO, "withheld", UNKNOWN },
	{ "spam_rate 9: 0.0001x10", RAMP_BLIND, "no_volume", UNKNOWN },
	{ "spam_rate 9: 0.004x10", RAMP_STOP, "spam_stop", 0 },
	/* Real zeros are numbers. */
	{ "volume 9: 0x10\nspam_rate 9: 0x10", RAMP_GO, NULL, 350 },
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
	if (factors[_i].ceiling < 0)
		ck_assert_msg(
		    isnan(ramp.ceiling), "%s\n%f", rows, ramp.ceiling);
	else
		ck_assert_msg(ramp.ceiling == factors[_i].ceiling, "%s\n%f",
		    rows, ramp.ceiling);
	past_free(past);
}
END_TEST

static const struct {
	double before, now; /* of each day of a week */
	const char *key;    /* NULL: nothing about the week */
	enum ramp_state level;
} weeks[] = {
	{ 1000, 5000, NULL, RAMP_GO },
	{ 1000, 5001, "week_growth", RAMP_HOLD },
	{ 1000, 10500, "week_growth", RAMP_HOLD },
	{ 1000, 10501, "week_growth", RAMP_BACK_OFF },
	/* 142 x 7 is no thousand yet, 143 x 7 is. */
	{ 142, 1000, NULL, RAMP_GO },
	{ 143, 1000, "week_growth", RAMP_HOLD },
};

static const struct reason *
reason_of(const struct reasons *reasons, const char *key)
{
	size_t i;

	for (i = 0; i < reasons->count; i++)
		if (strcmp(reasons->items[i].key, key) == 0)
			return &reasons->items[i];
	return NULL;
}

START_TEST(test_weeks)
{
	struct past *past = past_new("spam_rate 13: 0x14");
	struct ramp_judgement ramp;
	const struct reason *r;
	int i;

	for (i = 0; i < 7; i++) {
		past_volume(past, i, weeks[_i].now);
		past_volume(past, 7 + i, weeks[_i].before);
	}
	ramp_assess(&past->h, &ramp);
	r = reason_of(&ramp.reasons, "week_growth");
	ck_assert_int_eq(r != NULL, weeks[_i].key != NULL);
	if (r != NULL)
		ck_assert_int_eq(r->level, (int)weeks[_i].level);
	past_free(past);
}
END_TEST

/* Gaps are left out of both weeks; with less than four days it is no week. */
START_TEST(test_week_gaps)
{
	struct past *past = past_new("volume 13: 1000x7 - - - 5001x4");
	struct ramp_judgement ramp;

	ramp_assess(&past->h, &ramp);
	ck_assert_double_eq_tol(ramp.week_growth, 5.001, 1e-9);
	past_volume(past, 3, (double)NAN);
	ramp_assess(&past->h, &ramp);
	ck_assert(isnan(ramp.week_growth));
	past_free(past);
}
END_TEST

static const struct {
	const char *preset;
	double base, cap;
} caps[] = {
	{ "cautious", 999, 2.5 },
	{ "cautious", 1000, 2.0 },
	{ "cautious", 50000, 1.5 },
	{ "cautious", 100000, 1.2 },
	{ "cautious", 249999, 1.2 },
	{ "cautious", 250000, 1.1 },
	{ "standard", 999, 2.5 },
	{ "standard", 1000, 1.4 },
	{ "standard", 1e6, 1.4 },
	{ "slow", 999, 2.5 },
	{ "slow", 1000, 1.2 },
};

START_TEST(test_caps)
{
	struct past *past = past_new("");
	struct ramp_judgement ramp;
	char rows[64];
	int i;

	snprintf(rows, sizeof(rows), "preset %s", caps[_i].preset);
	past_free(past);
	past = past_new(rows);
	for (i = 0; i < 20; i++)
		past_volume(past, i, caps[_i].base);
	ramp_assess(&past->h, &ramp);
	ck_assert_double_eq_tol(ramp.cap, caps[_i].cap, 1e-12);
	ck_assert_double_eq_tol(ramp.base, caps[_i].base, 1e-9);
	ck_assert_double_eq_tol(ramp.growth, 1, 1e-9);
	past_free(past);
}
END_TEST

/* Who sends rarely grows more slowly; base 10,000, cap 2. */
static const struct {
	const char *rows;
	double cap;
} cadences[] = {
	{ "volume 39: 10000x40", 2 },
	{ "volume 39: 10000x26 -x4 10000x10", 2 },
	{ "volume 39: 10000x26 -x5 10000x9", 1.75 },
	{ "volume 39: 10000x26 -x10 10000x4", 1.75 },
	{ "volume 39: 10000x26 -x11 10000x3", 1.5 },
	/* Monday to Friday is ten of fourteen. */
	{ "volume 20: 10000x5 -x2 10000x5 -x2 10000x5 - 10000", 2 },
	/* Three days old and daily counts as daily. */
	{ "volume 2: 10000x3", 2 },
	{ "volume 0: 10000", 2 },
	/* Once a week. */
	{ "volume 35: 10000 -x6 10000 -x6 10000 -x6 10000 -x6 10000 -x6 10000",
	    1.5 },
};

START_TEST(test_cadence)
{
	struct past *past = past_new(cadences[_i].rows);
	struct ramp_judgement ramp;

	ramp_assess(&past->h, &ramp);
	ck_assert_msg(fabs(ramp.cap - cadences[_i].cap) < 1e-9, "%s: %f",
	    cadences[_i].rows, ramp.cap);
	past_free(past);
}
END_TEST

/* Days that nobody asked about are no days without mail. */
START_TEST(test_cadence_unasked)
{
	struct past *past = past_new("volume 39: 10000x20 -x17 10000x3");
	struct ramp_judgement ramp;

	ramp_assess(&past->h, &ramp);
	ck_assert_double_eq_tol(ramp.cap, 1.5, 1e-9);
	past->h.asked_first = PAST_NEWEST - 2;
	ramp_assess(&past->h, &ramp);
	ck_assert_double_eq_tol(ramp.cap, 2, 1e-9);
	past_free(past);
}
END_TEST

static const struct {
	const char *rows;
	double base; /* UNKNOWN: NaN */
} bases[] = {
	{ "volume 0: 10000", UNKNOWN },
	{ "volume 1: 10000 20000", 10000 },
	{ "volume 3: 1000 2000 3000 4000", 3000 },
	/* One burst gives way to the second largest day, at over 2.5 times. */
	{ "volume 3: 1000 2500 1000 1000", 2500 },
	{ "volume 3: 1000 2501 1000 1000", 1000 },
	/* Thirty days, not more. */
	{ "volume 30: 9000 4000 -x28 5000", 9000 },
	{ "volume 31: 9000 4000 -x29 5000", 4000 },
	/* Nothing for longer: the base is cold. */
	{ "volume 31: 9000 -x30 5000", 200 },
	/* Who then begins with less than is allowed keeps that. */
	{ "volume 32: 9000 -x30 3 90", 200 },
	{ "volume 33: 9000 -x30 3 90 90", 200 },
	{ "volume 33: 9000 -x30 3 400 90", 200 },
	{ "volume 33: 9000 -x30 300 400 90", 400 },
	{ "volume 1: 3 90", 3 },
};

START_TEST(test_bases)
{
	struct past *past = past_new(bases[_i].rows);
	struct ramp_judgement ramp;

	ramp_assess(&past->h, &ramp);
	if (bases[_i].base < 0)
		ck_assert(isnan(ramp.base) && isnan(ramp.growth));
	else
		ck_assert_msg(ramp.base == bases[_i].base, "%s: %f",
		    bases[_i].rows, ramp.base);
	past_free(past);
}
END_TEST

static const struct {
	const char *rows;
	double ceiling;
} ceilings[] = {
	/* Back off: the last good day, bad ones passed over. */
	{ "volume 9: 1000x8 5000 9000\nspam_rate 9: 0x10", 1000 },
	{ "volume 9: 1000x8 1800 9000\nspam_rate 9: 0x10", 1800 },
	{ STEADY "volume 1: 9000 10000\ntemp_fail_rate 0: 0.06", 9000 },
	{ STEADY "volume 1: 9500 10000\ntemp_fail_rate 1: 0.02 0.06", 9500 },
	{ STEADY "volume 2: 8000 9500 10000\ntemp_fail_rate 1: 0.02 0.06",
	    8000 },
	/* A worse day since then licenses nothing. */
	{ STEADY "volume 2: 9800 7000 10000\ntemp_fail_rate 1: 0.02 0.06",
	    7000 },
	/* Complaints: half, unless that is more than the last good day. */
	{ STEADY "spam_rate 0: 0.002", 5000 },
	{ STEADY "volume 0: 30000\nspam_rate 0: 0.002", 10000 },
	{ STEADY "volume 1: 4000 10000\nspam_rate 0: 0.002", 4000 },
	/* Hold stays where it is. */
	{ STEADY "volume 0: 8000\ntemp_fail_rate 0: 0.02", 8000 },
	{ STEADY "volume 0: 24000\ntemp_fail_rate 0: 0.02", 24000 },
	/* The plan. */
	{ STEADY "target 15000", 15000 },
	{ STEADY "target 50000", 20000 },
	{ STEADY "target 15000\nspam_rate 0: 0.003", 0 },
	{ STEADY "target 15000\nspam_rate 0: 0.001", 10000 },
};

START_TEST(test_ceilings)
{
	struct past *past = past_new(ceilings[_i].rows);
	struct ramp_judgement ramp;

	ramp_assess(&past->h, &ramp);
	ck_assert_msg(ramp.ceiling == ceilings[_i].ceiling, "%s\n%f",
	    ceilings[_i].rows, ramp.ceiling);
	past_free(past);
}
END_TEST

static const struct {
	const char *rows;
	int days; /* after today; 0 not reached */
} targets[] = {
	{ STEADY, 0 },
	{ STEADY "target 20000", 1 },
	/* 20,000, 40,000, then 58,000, which is as much as the week can hold,
	 * and 87,000 (x1.5) when it is over. */
	{ STEADY "target 20001", 2 },
	{ STEADY "target 40001", 3 },
	{ STEADY "target 58000", 3 },
	{ STEADY "target 58001", 8 },
	{ STEADY "target 87000", 8 },
	{ STEADY "target 100000\nspam_rate 0: 0.003", 0 },
	{ STEADY "target 1e25", 0 },
	/* On hold it begins where it stands. */
	{ STEADY "target 20000\nspam_rate 0: 0.001", 2 },
	{ "target 50000", 0 },
};

START_TEST(test_targets)
{
	struct past *past = past_new(targets[_i].rows);
	struct ramp_judgement ramp;

	ramp_assess(&past->h, &ramp);
	if (targets[_i].days == 0)
		ck_assert_msg(
		    ramp.target_day == DAY_NONE, "%s", targets[_i].rows);
	else
		ck_assert_msg(ramp.target_day == PAST_TODAY + targets[_i].days,
		    "%s\n%d", targets[_i].rows, ramp.target_day - PAST_TODAY);
	past_free(past);
}
END_TEST

static const struct {
	const char *rows;
	bool latched, bulk, near;
} bulks[] = {
	{ "volume 9: 3999x10", false, false, false },
	{ "volume 9: 4000x10", false, false, true },
	{ "volume 9: 4999x10", false, false, true },
	{ "volume 9: 100x9 5000", false, true, false },
	/* Once is for good, even long ago, even when the store alone knows. */
	{ "volume 99: 5000 100x99", false, true, false },
	{ "volume 9: 100x10", true, true, false },
	/* Withheld means little mail; unknown counts as bulk. */
	{ "", false, false, false },
	{ "spam_rate 0: 0", false, true, false },
};

START_TEST(test_bulk)
{
	struct past *past = past_new(bulks[_i].rows);
	struct ramp_judgement ramp;

	past->h.bulk_latched = bulks[_i].latched;
	ramp_assess(&past->h, &ramp);
	ck_assert_msg(ramp.bulk == bulks[_i].bulk, "%s", bulks[_i].rows);
	ck_assert_msg(ramp.bulk_near == bulks[_i].near, "%s", bulks[_i].rows);
	past_free(past);
}
END_TEST

static const struct {
	const char *rows;
	double own, others; /* by the log, on one day */
	bool bulk, near;
	const char *said;
} families[] = {
	{ "", 1999, 2000, false, false, NULL },
	{ "", 2000, 2000, false, true,
	    "4.0k L a day in all of example.com: from 5000 the bulk rules hold "
	    "for good" },
	{ "", 2000, 3000, true, false, NULL },
	{ "", 5000, (double)NAN, true, false, NULL },
	{ "", 4000, 0, false, true,
	    "4.0k L a day: from 5000 the bulk rules hold for good" },
	/* What Google counted may be the same mail. */
	{ "volume 1: 3000\n", (double)NAN, 3000, false, false, NULL },
	{ "volume 1: 3000\n", (double)NAN, 4500, false, true,
	    "4.5k L a day in all of example.com: from 5000 the bulk rules hold "
	    "for good" },
	{ "volume 1: 3000\n", (double)NAN, 5000, true, false, NULL },
};

/* The line is the registrable domain's, with all its subdomains. */
START_TEST(test_bulk_of_all)
{
	struct past *past = past_new(families[_i].rows);
	double siblings[PAST_DAYS];
	struct ramp_judgement ramp;
	const char *said = NULL;
	size_t i;

	for (i = 0; i < PAST_DAYS; i++)
		siblings[i] = (double)NAN;
	siblings[PAST_NEWEST - 1 - PAST_FIRST] = families[_i].others;
	past_set(past, METRIC_LOG_DELIVERED, 1, families[_i].own);
	past->h.siblings = siblings;
	ramp_assess(&past->h, &ramp);
	ck_assert_int_eq(ramp.bulk, families[_i].bulk);
	ck_assert_int_eq(ramp.bulk_near, families[_i].near);
	for (i = 0; i < ramp.reasons.count; i++)
		if (strcmp(ramp.reasons.items[i].key, "bulk_near") == 0)
			said = ramp.reasons.items[i].text;
	ck_assert_pstr_eq(said, families[_i].said);
	past_free(past);
}
END_TEST

/* The newest day that counts is the newest one published. */
START_TEST(test_day)
{
	struct past *past = past_new(STEADY "volume 0: - 90000\n");
	struct ramp_judgement ramp;

	ramp_assess(&past->h, &ramp);
	ck_assert_int_eq(ramp.day, PAST_NEWEST - 1);
	ck_assert(ramp.volume == 10000);
	ck_assert_int_eq(ramp.source, VOLUME_TLS);
	past_free(past);
}
END_TEST

Suite *
suite_ramp(void)
{
	Suite *suite = suite_create("ramp");
	TCase *tc = tcase_create("ramp");

	tcase_add_loop_test(tc, test_factors, 0, ROWS(factors));
	tcase_add_loop_test(tc, test_weeks, 0, ROWS(weeks));
	tcase_add_test(tc, test_week_gaps);
	tcase_add_loop_test(tc, test_caps, 0, ROWS(caps));
	tcase_add_loop_test(tc, test_cadence, 0, ROWS(cadences));
	tcase_add_test(tc, test_cadence_unasked);
	tcase_add_loop_test(tc, test_bases, 0, ROWS(bases));
	tcase_add_loop_test(tc, test_ceilings, 0, ROWS(ceilings));
	tcase_add_loop_test(tc, test_targets, 0, ROWS(targets));
	tcase_add_loop_test(tc, test_bulk, 0, ROWS(bulks));
	tcase_add_loop_test(tc, test_bulk_of_all, 0, ROWS(families));
	tcase_add_test(tc, test_day);
	suite_add_tcase(suite, tc);
	return suite;
}
