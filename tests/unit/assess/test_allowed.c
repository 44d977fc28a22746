/* Whoever sends what is allowed is never told that it was too much. */
/* SPDX-License-Identifier: MIT */
#include "suites.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "past.h"
#include "sendtop/assess.h"
#include "sendtop/day.h"

enum { ROUNDS = 60, LIFE = 80, HABIT = 20, WEEK = 7, STEPS = 30 };

/* Days of the week with mail, the first one Monday. */
static const char *const weeks[] = { "1111111", "1111100", "1001000",
	"0010000" };

static const char *const presets[] = { "preset cautious", "preset standard",
	"preset slow" };

struct sender {
	struct past *past;
	const char *week, *preset;
	bool full; /* sends all that is allowed, not a part of it */
	double allowed;
	uint64_t seed;
	struct ramp_step path[STEPS];
	size_t steps;
};

static void
send_day(struct sender *s, int age)
{
	bool mail = s->week[day_weekday(PAST_NEWEST - age)] == '1';
	double part = s->full ? 1 : 0.6 + 0.4 * past_fraction(&s->seed);
	double sent = mail ? floor(s->allowed * part) : 0;

	past_set(s->past, METRIC_LOG_DELIVERED, age, sent);
	past_set(s->past, METRIC_LOG_BOUNCED, age, 0);
	past_set(s->past, METRIC_LOG_DEFERRED, age, 0);
}

/* A rate there is of days with mail, and it is known two days later. */
static void
look_at(struct sender *s, int age)
{
	struct history *h = &s->past->h;
	double *sent = &s->past->values[METRIC_LOG_DELIVERED]
				       [PAST_NEWEST - (age + 2) - PAST_FIRST];

	if (age + 2 < LIFE && *sent > 0)
		past_set(s->past, METRIC_SPAM_RATE, age + 2, 0.0002);
	h->today = PAST_NEWEST - age;
	h->newest_day = h->today - 2;
	h->asked_last = h->today;
	h->now_s = day_start(h->today + 1) - 1;
	h->days = (size_t)(h->today - h->first_day + 1);
	past_log_until(s->past, LIFE, h->now_s);
}

/* The path that was promised is the one that is allowed, day by day. */
static void
follow(struct sender *s, int age, const struct ramp_judgement *ramp)
{
	size_t i;

	if (s->steps == 0)
		s->steps = ramp_path(&s->past->h, ramp, 0, s->path, STEPS);
	for (i = 0; i < s->steps; i++)
		if (s->path[i].day == PAST_NEWEST - age + 1)
			ck_assert_msg(s->path[i].messages == ramp->ceiling,
			    "%s: step %zu, %f is allowed, not %f", s->preset, i,
			    ramp->ceiling, s->path[i].messages);
}

static void
live(struct sender *s)
{
	struct ramp_judgement ramp;
	const struct reason *first = &ramp.reasons.items[0];
	int age;

	for (age = LIFE; age >= -2; age--) {
		send_day(s, age);
		look_at(s, age);
		if (age > LIFE - HABIT)
			continue;
		ramp_assess(&s->past->h, &ramp);
		ck_assert_msg(ramp.state == RAMP_GO, "%s, %s, age %d: %s",
		    s->preset, s->week, age, first->text);
		if (s->full && strchr(s->week, '0') == NULL)
			follow(s, age, &ramp);
		s->allowed = fmin(ramp.ceiling, 1e7);
	}
}

START_TEST(test_allowed)
{
	int round;

	for (round = 0; round < ROUNDS; round++) {
		struct sender s = { .week = weeks[round % ROWS(weeks)],
			.preset = presets[round / 4 % ROWS(presets)],
			.full = round / 12 % 2 == 0,
			.seed = 0x9e3779b97f4a7c15u * (uint64_t)(round + 1) };
		int i;

		for (i = 0; i < 8; i++)
			past_next(&s.seed);
		s.allowed = floor(20 * pow(10, 3 * past_fraction(&s.seed)));
		s.past = past_new(s.preset);
		live(&s);
		past_free(s.past);
	}
}
END_TEST

Suite *
suite_allowed(void)
{
	Suite *suite = suite_create("allowed");
	TCase *tc = tcase_create("allowed");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, test_allowed);
	suite_add_tcase(suite, tc);
	return suite;
}
