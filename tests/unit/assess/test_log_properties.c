/* What must hold for any history with a log: seeded, as the other ones. */
/* SPDX-License-Identifier: MIT */
#include "suites.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "past.h"
#include "sendtop/assess.h"
#include "sendtop/day.h"

enum { ROUNDS = 400, LIFE = 45 };

static uint64_t
seed_of(int round)
{
	uint64_t seed = 0x9e3779b97f4a7c15u * (uint64_t)(round + 1);
	int i;

	for (i = 0; i < 8; i++)
		past_next(&seed);
	return seed;
}

/* A share that likes the neighbourhood of the lines. */
static double
any_share(uint64_t *seed)
{
	static const double lines[] = { 0, 0, 0, 0.01, 0.02, 0.03, 0.05, 0.1 };

	return lines[past_next(seed) % 8] * (0.9 + 0.2 * past_fraction(seed));
}

static double *
number(struct past *past, enum metric metric, int age)
{
	return &past->values[metric][PAST_NEWEST - age - PAST_FIRST];
}

static void
fill_day(struct past *past, uint64_t *seed, int age, double volume)
{
	double bounced = floor(volume * any_share(seed));

	if (past_next(seed) % 3 > 0 || age < 0) {
		past_set(past, METRIC_LOG_DELIVERED, age, volume - bounced);
		past_set(past, METRIC_LOG_BOUNCED, age, bounced);
		past_set(past, METRIC_LOG_DEFERRED, age,
		    floor(volume * any_share(seed)));
	}
	if (age < 0)
		return;
	if (past_next(seed) % 2 == 0)
		past_volume(past, age, volume);
	if (past_next(seed) % 4 > 0)
		past_set(past, METRIC_SPAM_RATE, age, 0.0002);
}

static void
fill_replies(struct past *past, uint64_t *seed)
{
	static const char *const categories[] = { "rate_limit", "reputation_ip",
		"reputation_domain", "content", "ptr", "auth_dmarc" };
	static const char *const identities[] = { "", "dkim a.test",
		"ip 192.0.2.1", "spf b.test" };
	int i, count = (int)(past_next(seed) % 60);

	for (i = 0; i < count; i++) {
		struct reply_count *r = &past->replies[past->h.reply_count++];
		int64_t ago = (int64_t)(past_next(seed) % (9 * DAY_SECONDS));

		if (past_next(seed) % 2 == 0)
			ago %= DAY_SECONDS;
		*r = (struct reply_count){ .provider = past_next(seed) % 5 == 0
			    ? "yahoo"
			    : PROVIDER_GMAIL,
			.stream = "",
			.key = categories[past_next(seed) % 6],
			.category = categories[past_next(seed) % 6],
			.reply = past_next(seed) % 2 == 0 ? "421 4.7.28"
							  : "550 5.7.1",
			.identity = identities[past_next(seed) % 4],
			.permanent = past_next(seed) % 2 == 0,
			.slow_down = true,
			.count = (int64_t)(past_next(seed) % 300) + 1,
			.last_s = past->h.now_s - ago,
			.hour_s = past->h.now_s - ago,
			.sample = "" };
	}
}

static void
fill_traffic(struct past *past, uint64_t *seed)
{
	static const char *const streams[] = { "192.0.2.1", "192.0.2.2" };
	static const char *const addresses[] = { "news@a.test", "promo@a.test",
		"order@a.test", "password@a.test", "ann@a.test" };
	int i;

	for (i = 0; i < 100; i++) {
		struct traffic *t = past_hour(past,
		    day_start(PAST_TODAY) -
			(int64_t)(past_next(seed) % 100) * HOUR_SECONDS,
		    HOUR_MINUTES, (uint32_t)(past_next(seed) % 50));

		t->stream = streams[past_next(seed) % 2];
		t->minutes[past_next(seed) % 60] +=
		    (uint32_t)(past_next(seed) % 4000);
	}
	for (i = 0; i < 20; i++)
		past->senders[past->h.sender_count++] = (struct sender_seen){
			.address = addresses[past_next(seed) % 5],
			.stream = streams[past_next(seed) % 2],
			.count = (int64_t)(past_next(seed) % 500),
		};
}

static struct past *
any_past(uint64_t *seed)
{
	struct past *past = past_new("");
	double volume = pow(10, 1 + 4 * past_fraction(seed));
	int age;

	for (age = LIFE; age >= -2; age--) {
		fill_day(past, seed, age,
		    floor(volume * (0.5 + past_fraction(seed))));
		volume *= 0.85 + 0.4 * past_fraction(seed);
	}
	past->h.now_s = day_start(PAST_TODAY) +
	    (int64_t)(past_next(seed) % DAY_SECONDS);
	past_log_until(past, LIFE, past->h.now_s);
	fill_replies(past, seed);
	fill_traffic(past, seed);
	if (past_next(seed) % 3 == 0) {
		past->domain.target = floor(1e5 * past_fraction(seed));
		past->h.configured = &past->domain;
	}
	return past;
}

/* What is judged of a history. */
struct judged {
	struct ramp_judgement ramp;
	struct reputation_judgement reputation;
};

static void
judge_both(const struct past *past, struct judged *out)
{
	ramp_assess(&past->h, &out->ramp);
	reputation_assess(&past->h, &out->reputation);
}

/* High and unknown are no reproach. */
static int
reproach(const struct reputation_judgement *reputation)
{
	return reputation->estimate < REPUTATION_MEDIUM
	    ? 0
	    : (int)reputation->estimate;
}

static void
compare(
    int round, const char *what, const struct judged *b, const struct judged *a)
{
	const struct ramp_judgement *before = &b->ramp, *after = &a->ramp;

	ck_assert_msg(reproach(&a->reputation) >= reproach(&b->reputation),
	    "round %d, %s: reputation %s became %s", round, what,
	    reputation_name(b->reputation.estimate),
	    reputation_name(a->reputation.estimate));
	ck_assert_msg(
	    isnan(before->ceiling) || after->ceiling <= before->ceiling,
	    "round %d, %s: %f became %f (%s, %s)", round, what, before->ceiling,
	    after->ceiling, ramp_state_name(before->state),
	    ramp_state_name(after->state));
	ck_assert_msg(ramp_gravity(after->state) >= ramp_gravity(before->state),
	    "round %d, %s", round, what);
}

/* Mail that is deferred more often never allows more mail. */
START_TEST(test_deferrals)
{
	struct judged before, after;
	int round, age;

	for (round = 0; round < ROUNDS; round++) {
		uint64_t seed = seed_of(round);
		struct past *past = any_past(&seed);

		judge_both(past, &before);
		for (age = LIFE; age >= -2; age--) {
			double *deferred = number(
			    past, METRIC_LOG_DEFERRED, age);

			if (!isnan(*deferred) && past_next(&seed) % 3 == 0)
				*deferred += floor(3000 * past_fraction(&seed));
		}
		judge_both(past, &after);
		compare(round, "deferred", &before, &after);
		past_free(past);
	}
}
END_TEST

/* Of the same mail, more that bounces never does. */
START_TEST(test_bounces)
{
	struct judged before, after;
	int round, age;

	for (round = 0; round < ROUNDS; round++) {
		uint64_t seed = seed_of(round);
		struct past *past = any_past(&seed);

		judge_both(past, &before);
		for (age = LIFE; age >= -2; age--) {
			double *delivered = number(
			    past, METRIC_LOG_DELIVERED, age);
			double more = floor(*delivered * any_share(&seed));

			if (isnan(more) || past_next(&seed) % 3 > 0)
				continue;
			*delivered -= more;
			*number(past, METRIC_LOG_BOUNCED, age) += more;
		}
		judge_both(past, &after);
		compare(round, "bounced", &before, &after);
		past_free(past);
	}
}
END_TEST

/* Nor do more replies that refuse, whatever they say. */
START_TEST(test_refusals)
{
	struct judged before, after;
	int round;
	size_t i;

	for (round = 0; round < ROUNDS; round++) {
		uint64_t seed = seed_of(round);
		struct past *past = any_past(&seed);

		judge_both(past, &before);
		for (i = 0; i < past->h.reply_count; i++)
			if (past_next(&seed) % 2 == 0)
				past->replies[i].count +=
				    (int64_t)(past_next(&seed) % 300);
		judge_both(past, &after);
		compare(round, "refused", &before, &after);
		past_free(past);
	}
}
END_TEST

/* Complaints never do, with a log as without. */
START_TEST(test_complaints)
{
	struct judged before, after;
	int round, age;

	for (round = 0; round < ROUNDS; round++) {
		uint64_t seed = seed_of(round);
		struct past *past = any_past(&seed);

		judge_both(past, &before);
		for (age = LIFE; age >= 0; age--) {
			double *rate = number(past, METRIC_SPAM_RATE, age);

			if (!isnan(*rate) && past_next(&seed) % 3 == 0)
				*rate += 0.004 * past_fraction(&seed);
		}
		judge_both(past, &after);
		compare(round, "complaints", &before, &after);
		past_free(past);
	}
}
END_TEST

/* Days that the log does not cover, and no other source tells, read as
 * nothing, never as zero. */
START_TEST(test_gaps)
{
	struct ramp_judgement ramp;
	int round, age;

	for (round = 0; round < ROUNDS; round++) {
		uint64_t seed = seed_of(round);
		struct past *past = past_new("log 39: 9000x40\n"
					     "log_deferred_count 39: 900x40\n"
					     "log_bounced_count 39: 100x40\n"
					     "spam_rate 39: 0.0001x40");

		for (age = 0; age < 40; age++) {
			if (age == 1 || past_next(&seed) % 2 == 0)
				continue;
			*number(past, METRIC_LOG_DELIVERED, age) = *number(
			    past, METRIC_LOG_DEFERRED, age) = *number(past,
			    METRIC_LOG_BOUNCED, age) = (double)NAN;
		}
		ramp_assess(&past->h, &ramp);
		ck_assert(ramp.volume == 9100);
		ck_assert(isnan(ramp.base) || ramp.base == 9100);
		ck_assert(isnan(ramp.week_growth) ||
		    fabs(ramp.week_growth - 1) < 1e-9);
		ck_assert_int_eq(ramp.state, RAMP_BACK_OFF);
		ck_assert_str_eq(ramp.reasons.items[0].key, "deferred_log");
		past_free(past);
	}
}
END_TEST

static void
swap(void *a, void *b, size_t size)
{
	char kept[sizeof(struct traffic)];

	ck_assert_uint_le(size, sizeof(kept));
	memcpy(kept, a, size);
	memcpy(a, b, size);
	memcpy(b, kept, size);
}

#define SHUFFLE(list, count, seed)                                         \
	do {                                                               \
		for (size_t i = (count); i > 1; i--)                       \
			swap(&(list)[i - 1], &(list)[past_next(seed) % i], \
			    sizeof((list)[0]));                            \
	} while (0)

struct said {
	struct ramp_judgement ramp;
	struct reputation_judgement reputation;
	struct slowdown limits[SLOWDOWNS_MAX];
	size_t limit_count;
	struct buf findings;
};

static void
judge(struct past *past, struct said *said)
{
	struct finding *findings;
	size_t count, i;

	memset(said, 0, sizeof(*said));
	ramp_assess(&past->h, &said->ramp);
	reputation_assess(&past->h, &said->reputation);
	said->limit_count = slowdowns_assess(
	    &past->h, said->limits, SLOWDOWNS_MAX);
	count = traffic_findings(&past->h, past->arena, &findings);
	for (i = 0; i < count; i++)
		buf_printf(&said->findings, "%s %s %s %s\n", findings[i].check,
		    findings[i].subject, findings[i].reason,
		    findings[i].detail);
}

/* No order of what comes in changes what goes out. */
START_TEST(test_order)
{
	struct said a, b;
	int round;

	for (round = 0; round < ROUNDS / 4; round++) {
		uint64_t seed = seed_of(round);
		struct past *past = any_past(&seed);

		judge(past, &a);
		SHUFFLE(past->replies, past->h.reply_count, &seed);
		SHUFFLE(past->traffic, past->h.traffic_count, &seed);
		SHUFFLE(past->senders, past->h.sender_count, &seed);
		judge(past, &b);
		ck_assert_mem_eq(
		    &a.ramp.reasons, &b.ramp.reasons, sizeof(a.ramp.reasons));
		ck_assert_mem_eq(&a.reputation.reasons, &b.reputation.reasons,
		    sizeof(a.reputation.reasons));
		ck_assert_uint_eq(a.limit_count, b.limit_count);
		ck_assert_mem_eq(a.limits, b.limits, sizeof(a.limits));
		ck_assert_str_eq(a.findings.data, b.findings.data);
		buf_free(&a.findings);
		buf_free(&b.findings);
		past_free(past);
	}
}
END_TEST

/* A finding that is muted counts as one that is not there. */
START_TEST(test_muted)
{
	static const char *const checks[] = { "ptr", "dnsbl", "dkim",
		"google.spf", "google.deliverability" };
	struct said a, b;
	int round, i;

	for (round = 0; round < ROUNDS / 4; round++) {
		uint64_t seed = seed_of(round);
		struct past *past = any_past(&seed);

		past_set(past, METRIC_REJECT_PTR_RATE, 0, 0.02);
		judge(past, &a);
		for (i = 0; i < 8; i++) {
			past_finding(past, checks[past_next(&seed) % 5],
			    "192.0.2.1", VERDICT_FAIL, "missing", "");
			past->findings[i].muted = true;
		}
		judge(past, &b);
		ck_assert_mem_eq(
		    &a.ramp.reasons, &b.ramp.reasons, sizeof(a.ramp.reasons));
		ck_assert_int_eq(a.ramp.state, b.ramp.state);
		ck_assert_mem_eq(&a.reputation.reasons, &b.reputation.reasons,
		    sizeof(a.reputation.reasons));
		buf_free(&a.findings);
		buf_free(&b.findings);
		past_free(past);
	}
}
END_TEST

/* The path never asks for more than the target, and the day it is reached is
 * the day that is promised. */
START_TEST(test_path)
{
	struct ramp_judgement ramp;
	struct ramp_step steps[365];
	size_t count, i;
	int round;

	for (round = 0; round < ROUNDS; round++) {
		uint64_t seed = seed_of(round);
		struct past *past = any_past(&seed);

		past->domain.target = floor(1e6 * past_fraction(&seed)) + 1;
		past->h.configured = &past->domain;
		ramp_assess(&past->h, &ramp);
		count = ramp_path(&past->h, &ramp, ramp.target, steps, 365);
		for (i = 0; i < count; i++) {
			ck_assert_double_le(steps[i].messages, ramp.target);
			ck_assert_double_ge(steps[i].messages,
			    i > 0 ? steps[i - 1].messages : 0);
		}
		if (count > 0 && steps[count - 1].messages >= ramp.target)
			ck_assert_int_eq(ramp.target_day, steps[count - 1].day);
		else
			ck_assert_int_eq(ramp.target_day, DAY_NONE);
		past_free(past);
	}
}
END_TEST

Suite *
suite_log_properties(void)
{
	Suite *suite = suite_create("log_properties");
	TCase *tc = tcase_create("log_properties");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, test_deferrals);
	tcase_add_test(tc, test_bounces);
	tcase_add_test(tc, test_refusals);
	tcase_add_test(tc, test_complaints);
	tcase_add_test(tc, test_gaps);
	tcase_add_test(tc, test_order);
	tcase_add_test(tc, test_muted);
	tcase_add_test(tc, test_path);
	suite_add_tcase(suite, tc);
	return suite;
}
