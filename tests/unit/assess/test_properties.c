/* What must hold for any history: seeded, so that a failure can be repeated. */
/* SPDX-License-Identifier: MIT */
#include "suites.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "past.h"
#include "sendtop/day.h"
#include "sendtop/standing.h"
#include "table.h"

enum { ROUNDS = 400, LIFE = 60 };

/* A rate that likes the neighbourhood of the lines. */
static double
any_rate(uint64_t *seed)
{
	static const double lines[] = { 0, 0.0008, 0.001, 0.0015, 0.003, 0.01,
		0.05, 0.1 };

	return lines[past_next(seed) % 8] * (0.95 + 0.1 * past_fraction(seed));
}

static void
fill_errors(struct past *past, uint64_t *seed, int age)
{
	static const enum metric metrics[] = { METRIC_TEMP_FAIL_RATE,
		METRIC_TEMP_FAIL_ANOMALOUS_RATE, METRIC_REJECT_LOW_DOMAIN_RATE,
		METRIC_REJECT_SPAMMY_RATE, METRIC_REJECT_PTR_RATE };
	int i;

	for (i = 0; i < ROWS(metrics); i++)
		if (past_next(seed) % 12 == 0)
			past_set(past, metrics[i], age, any_rate(seed));
}

static void
fill_findings(struct past *past, uint64_t *seed)
{
	static const char *const checks[] = { "spf", "dkim", "ptr", "dmarc",
		"google.spf", "google.dns_records", "google.deliverability" };
	static const char *const reasons[] = { "ok", "missing", "timeout",
		"policy_none" };
	char subject[32];
	int i, count = (int)(past_next(seed) % 20);

	for (i = 0; i < count; i++) {
		snprintf(subject, sizeof(subject), "192.0.2.%d",
		    (int)(past_next(seed) % 9));
		past_finding(past, checks[past_next(seed) % 7], subject,
		    (enum verdict)(past_next(seed) % 6),
		    reasons[past_next(seed) % 4], "");
	}
}

static struct past *
any_past(uint64_t *seed)
{
	static const char *const presets[] = { "preset cautious",
		"preset standard", "preset slow" };
	struct past *past = past_new(presets[past_next(seed) % 3]);
	double volume = pow(10, 1 + 5 * past_fraction(seed)), value;
	int age, gaps = (int)(past_next(seed) % 4);

	for (age = LIFE; age >= 0; age--) {
		value = floor(volume * (0.5 + past_fraction(seed)));
		volume *= 0.8 + 0.5 * past_fraction(seed);
		if ((int)(past_next(seed) % 8) >= gaps)
			past_volume(past, age, value);
		if ((int)(past_next(seed) % 8) >= gaps)
			past_set(past, METRIC_SPAM_RATE, age,
			    past_next(seed) % 3 == 0 ? any_rate(seed) : 0.0002);
		fill_errors(past, seed, age);
	}
	if (past_next(seed) % 4 == 0)
		past->h.poll = (enum poll_state)(past_next(seed) % 6);
	if (past_next(seed) % 3 == 0) {
		past->domain.target = floor(1e5 * past_fraction(seed));
		past->h.configured = &past->domain;
	}
	fill_findings(past, seed);
	return past;
}

static uint64_t
seed_of(int round)
{
	uint64_t seed = 0x9e3779b97f4a7c15u * (uint64_t)(round + 1);
	int i;

	for (i = 0; i < 8; i++)
		past_next(&seed);
	return seed;
}

/* More complaints on any day, or fewer days without them, never allow more
 * mail. */
START_TEST(test_complaints)
{
	struct ramp_judgement before, after;
	int round, age;

	for (round = 0; round < ROUNDS; round++) {
		uint64_t seed = seed_of(round);
		struct past *past = any_past(&seed);

		ramp_assess(&past->h, &before);
		for (age = 0; age <= LIFE; age++) {
			double *rate =
			    &past->values[METRIC_SPAM_RATE]
					 [PAST_NEWEST - age - PAST_FIRST];

			if (!isnan(*rate) && past_next(&seed) % 3 == 0)
				*rate += any_rate(&seed);
		}
		ramp_assess(&past->h, &after);
		ck_assert_msg(
		    isnan(before.ceiling) || after.ceiling <= before.ceiling,
		    "round %d: %f became %f (%s, %s)", round, before.ceiling,
		    after.ceiling, ramp_state_name(before.state),
		    ramp_state_name(after.state));
		ck_assert_msg(
		    ramp_gravity(after.state) >= ramp_gravity(before.state),
		    "round %d", round);
		past_free(past);
	}
}
END_TEST

START_TEST(test_ceiling)
{
	struct ramp_judgement ramp;
	int round;

	for (round = 0; round < ROUNDS; round++) {
		uint64_t seed = seed_of(round);
		struct past *past = any_past(&seed);

		ramp_assess(&past->h, &ramp);
		if (!isnan(ramp.volume))
			ck_assert_msg(
			    isfinite(ramp.ceiling), "round %d", round);
		ck_assert_msg(!(ramp.ceiling < 0), "round %d", round);
		if (ramp.target > 0 && !isnan(ramp.ceiling))
			ck_assert_double_le(ramp.ceiling, ramp.target);
		if (ramp.state != RAMP_GO && !isnan(ramp.volume))
			ck_assert_msg(
			    ramp.ceiling <= ramp.volume, "round %d", round);
		ck_assert(ramp.state != RAMP_STOP || ramp.ceiling == 0);
		past_free(past);
	}
}
END_TEST

/* Whatever days are missing: what is left decides, nothing reads as zero. */
START_TEST(test_gaps)
{
	struct ramp_judgement ramp;
	struct spam_judgement spam;
	struct reputation_judgement reputation;
	int round, age;

	for (round = 0; round < ROUNDS; round++) {
		uint64_t seed = seed_of(round);
		struct past *past = past_new("volume 39: 9000x40\n"
					     "spam_rate 39: 0.0041x40");

		for (age = 0; age < 40; age++) {
			if (age != 6 && past_next(&seed) % 2 == 0)
				past_set(
				    past, METRIC_SPAM_RATE, age, (double)NAN);
			if (age != 6 && past_next(&seed) % 2 == 0)
				past_volume(past, age, (double)NAN);
		}
		spam_assess(&past->h, &spam);
		ramp_assess(&past->h, &ramp);
		reputation_assess(&past->h, &reputation);
		ck_assert_int_eq(spam.band, SPAM_VIOLATED);
		ck_assert_int_eq(spam.clean_days, 0);
		ck_assert(!spam.mitigation);
		ck_assert_double_eq_tol(spam.mean7, 0.0041, 1e-12);
		ck_assert(isnan(spam.trend) || fabs(spam.trend) < 1e-12);
		ck_assert(ramp.volume == 9000);
		ck_assert(isnan(ramp.base) || ramp.base == 9000);
		ck_assert(isnan(ramp.week_growth) ||
		    fabs(ramp.week_growth - 1) < 1e-9);
		ck_assert_int_eq(ramp.state, RAMP_STOP);
		ck_assert_int_ge(reputation.estimate, REPUTATION_LOW);
		past_free(past);
	}
}
END_TEST

static void
judge_all(const struct requirements *table, const struct past *past,
    struct judgements *j, struct standing *out)
{
	spam_assess(&past->h, &j->spam);
	ramp_assess(&past->h, &j->ramp);
	reputation_assess(&past->h, &j->reputation);
	requirements_assess(table, &past->h, true, j->requirements);
	standing_assess(&past->h, j, out);
}

static void
shuffle(struct past *past, uint64_t *seed)
{
	size_t i, k;

	for (i = past->h.finding_count; i > 1; i--) {
		struct finding kept = past->findings[i - 1];

		k = past_next(seed) % i;
		past->findings[i - 1] = past->findings[k];
		past->findings[k] = kept;
	}
}

START_TEST(test_order)
{
	struct requirements *table = table_load_share();
	size_t count = requirements_count(table), i;
	struct judgements a = { .requirement_count = count }, b = a;
	struct standing before, after;
	int round;

	a.requirements = mem_zero(count, sizeof(*a.requirements));
	b.requirements = mem_zero(count, sizeof(*b.requirements));
	for (round = 0; round < ROUNDS; round++) {
		uint64_t seed = seed_of(round);
		struct past *past = any_past(&seed);

		judge_all(table, past, &a, &before);
		shuffle(past, &seed);
		judge_all(table, past, &b, &after);
		ck_assert_int_eq(before.state, after.state);
		ck_assert_str_eq(before.reasons, after.reasons);
		ck_assert_str_eq(before.why, after.why);
		ck_assert_mem_eq(
		    &a.ramp.reasons, &b.ramp.reasons, sizeof(a.ramp.reasons));
		ck_assert_mem_eq(&a.reputation.reasons, &b.reputation.reasons,
		    sizeof(a.reputation.reasons));
		for (i = 0; i < count; i++) {
			ck_assert_int_eq(a.requirements[i].verdict,
			    b.requirements[i].verdict);
			ck_assert_str_eq(
			    a.requirements[i].google, b.requirements[i].google);
			ck_assert_mem_eq(a.requirements[i].why,
			    b.requirements[i].why,
			    sizeof(a.requirements[i].why));
		}
		past_free(past);
	}
	free(a.requirements);
	free(b.requirements);
	requirements_free(table);
}
END_TEST

Suite *
suite_properties(void)
{
	Suite *suite = suite_create("properties");
	TCase *tc = tcase_create("properties");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, test_complaints);
	tcase_add_test(tc, test_ceiling);
	tcase_add_test(tc, test_gaps);
	tcase_add_test(tc, test_order);
	suite_add_tcase(suite, tc);
	return suite;
}
