/* The days of a ramp: what was sent, and what was allowed then. */
/* SPDX-License-Identifier: MIT */
#include "ramp_days.h"

#include <math.h>
#include <stdio.h>

#include "sendtop/day.h"

enum { PRESET_SIZE = 32 };

/* Leaves out of a copy what came after a moment. */
static void
cut_log(struct history *past)
{
	while (past->traffic_count > 0 &&
	    past->traffic[past->traffic_count - 1].hour_s > past->now_s)
		past->traffic_count--;
	while (past->reply_count > 0 && past->replies[0].hour_s > past->now_s) {
		past->replies++;
		past->reply_count--;
	}
	while (
	    past->feedback_count > 0 && past->feedback[0].day > past->today) {
		past->feedback++;
		past->feedback_count--;
	}
	if (past->log_last_s > past->now_s)
		past->log_last_s = past->now_s;
}

static void
judge(const struct history *history, int32_t day, struct ramp_judgement *out)
{
	struct history past = *history;

	past.today = day;
	past.now_s = day_start(day) + DAY_SECONDS - 1;
	past.days = (size_t)(day - past.first_day + 1);
	if (past.newest_day != DAY_NONE && past.newest_day > day)
		past.newest_day = day;
	past.findings = NULL;
	past.finding_count = 0;
	cut_log(&past);
	ramp_assess(&past, out);
}

static bool
covered(const struct history *history, int32_t day)
{
	return day >= history->first_day &&
	    day - history->first_day < (int32_t)history->days;
}

double
ramp_days_plan(const struct history *history, int32_t day)
{
	const struct settings_domain *own = history->configured;
	double plan = (double)NAN;

	for (size_t i = 0; own != NULL && i < own->step_count; i++)
		if (own->steps[i].day <= day)
			plan = own->steps[i].messages;
	return plan;
}

void
ramp_days(const struct history *history, int32_t last, int count,
    struct ramp_day *out)
{
	double ceiling = (double)NAN;

	for (int i = -1; i < count; i++) {
		int32_t day = last - (count - 1 - i);
		struct ramp_judgement judged = { .ceiling = (double)NAN,
			.growth = (double)NAN };
		struct ramp_day *d = i < 0 ? NULL : &out[i];

		if (covered(history, day))
			judge(history, day, &judged);
		if (d != NULL) {
			*d = (struct ramp_day){ .day = day,
				.known = covered(history, day),
				.ceiling = ceiling,
				.plan = ramp_days_plan(history, day),
				.growth = judged.growth,
				.state = judged.state };
			d->sent = volume_on(history, day, &d->source);
		}
		ceiling = judged.ceiling;
	}
}

double
ramp_days_preset(const struct history *history, const char *preset)
{
	struct settings_ramp other = *history->ramp;
	struct history same = *history;
	struct ramp_judgement judged;
	char word[PRESET_SIZE];

	snprintf(word, sizeof(word), "%s", preset);
	other.preset = word;
	same.ramp = &other;
	ramp_assess(&same, &judged);
	return judged.ceiling;
}
