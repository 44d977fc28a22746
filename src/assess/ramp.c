/* Ramp-up risk: the worst factor wins, and what may be sent tomorrow. */
/* SPDX-License-Identifier: MIT */
#include "ramp.h"

#include <math.h>
#include <string.h>

#include "sendtop/day.h"

enum { BASE_DAYS = 30, CADENCE_DAYS = 14, PATH_DAYS = 365 };

const char *
ramp_state_name(enum ramp_state state)
{
	static const char *const names[] = {
		[RAMP_GO] = "go",
		[RAMP_HOLD] = "hold",
		[RAMP_BACK_OFF] = "back_off",
		[RAMP_STOP] = "stop",
		[RAMP_BLIND] = "blind",
	};

	return names[state];
}

/* Growth allowed from a base below `below` messages a day. */
static const struct tier {
	const char *preset;
	double below, cap;
} tiers[] = {
	{ "cautious", 1e3, 2.5 },
	{ "cautious", 50e3, 2.0 },
	{ "cautious", 100e3, 1.5 },
	{ "cautious", 250e3, 1.2 },
	{ "cautious", (double)INFINITY, 1.1 },
	{ "standard", 1e3, 2.5 },
	{ "standard", (double)INFINITY, 1.4 },
	{ "slow", 1e3, 2.5 },
	{ "slow", (double)INFINITY, 1.2 },
};

static double
tier_cap(const char *preset, double base)
{
	size_t i;

	for (i = 0; i < sizeof(tiers) / sizeof(tiers[0]); i++)
		if (strcmp(tiers[i].preset, preset) == 0 &&
		    base < tiers[i].below)
			return tiers[i].cap;
	return 1.1;
}

double
ramp_volume(const struct ramp *ramp, int32_t day)
{
	enum volume_source source;

	return volume_on(ramp->h, day, &source);
}

/* NaN compares false: a day without a number is no day without mail. */
static bool
has_mail(const struct ramp *ramp, int32_t day)
{
	return ramp_volume(ramp, day) > 0;
}

static bool
had_mail_by(const struct ramp *ramp, int32_t day)
{
	for (; day >= ramp->h->first_day; day--)
		if (has_mail(ramp, day))
			return true;
	return false;
}

/* Whether there was mail once, but none in the base's days before `day`. */
static bool
is_cold(const struct ramp *ramp, int32_t day)
{
	int i;

	for (i = 1; i <= BASE_DAYS; i++)
		if (has_mail(ramp, day - i))
			return false;
	return had_mail_by(ramp, day - BASE_DAYS - 1);
}

/* One burst licenses nothing: a largest day over 2.5 times the second
 * largest gives way to it, or, when it began after a silence, to the small
 * volume. */
double
ramp_base(const struct ramp *ramp, int32_t day)
{
	double first = (double)NAN, second = (double)NAN, volume;
	double small = ramp->set->small_volume;
	int i, at = 0;

	for (i = 1; i <= BASE_DAYS; i++) {
		volume = ramp_volume(ramp, day - i);
		if (isnan(volume) || volume <= 0)
			continue;
		if (isnan(first) || volume > first) {
			second = first;
			first = volume;
			at = i;
		} else if (isnan(second) || volume > second) {
			second = volume;
		}
	}
	if (isnan(second) && first > 2.5 * small && is_cold(ramp, day - at))
		return small;
	if (isnan(first) && is_cold(ramp, day))
		return small;
	return !isnan(second) && first > 2.5 * second ? second : first;
}

/* Whether the day could be told: mail, none, or too little for a number. */
static bool
is_told(const struct ramp *ramp, int32_t day)
{
	double value;

	return !isnan(ramp_volume(ramp, day)) ||
	    history_value(ramp->h, METRIC_TLS_INBOUND_COUNT, day, &value) ==
	    DATA_WITHHELD;
}

/* How many of 14 days have mail.  Days that could not be told are left out,
 * and so are those before the first mail of all: a sender of five days who
 * sent daily counts as daily. */
static double
cadence(const struct ramp *ramp, int32_t day)
{
	int sending = 0, told = 0, window = 0, i;

	for (i = 0; i < CADENCE_DAYS; i++) {
		if (!is_told(ramp, day - i))
			continue;
		told++;
		if (has_mail(ramp, day - i)) {
			sending++;
			window = told;
		}
	}
	if (sending == 0)
		return 0;
	if (window < told && had_mail_by(ramp, day - CADENCE_DAYS))
		window = told;
	return (double)CADENCE_DAYS * sending / window;
}

double
ramp_cap(const struct ramp *ramp, int32_t day, double base)
{
	double cap = tier_cap(ramp->set->preset, base);
	double days = cadence(ramp, day);

	if (days >= 10)
		return cap;
	return 1 + (cap - 1) * (days >= 4 ? 0.75 : 0.5);
}

enum ramp_state
ramp_growth_state(double growth, double cap)
{
	if (isnan(growth) || growth <= cap * 1.02 + RATIO_SLACK)
		return RAMP_GO;
	return growth <= cap * 1.25 + RATIO_SLACK ? RAMP_HOLD : RAMP_BACK_OFF;
}

int
ramp_gravity(enum ramp_state state)
{
	static const int order[] = {
		[RAMP_GO] = 0,
		[RAMP_HOLD] = 1,
		[RAMP_BLIND] = 2,
		[RAMP_BACK_OFF] = 3,
		[RAMP_STOP] = 4,
	};

	return order[state];
}

static void
settle_state(struct ramp_judgement *out)
{
	struct reasons sorted = { .count = 0 };
	const struct reason *r;
	size_t i;
	int level;

	for (level = 4; level >= 0; level--)
		for (i = 0; i < out->reasons.count; i++) {
			r = &out->reasons.items[i];
			if (ramp_gravity((enum ramp_state)r->level) == level)
				sorted.items[sorted.count++] = *r;
		}
	out->reasons = sorted;
	if (sorted.count > 0)
		out->state = (enum ramp_state)sorted.items[0].level;
}

/* Whether what is known of a day's growth, complaints and errors was in
 * order; a small day alarms nobody. */
static bool
was_good(const struct ramp *ramp, int32_t day, double volume)
{
	const struct settings_ramp *set = ramp->set;
	const struct {
		enum metric metric;
		double line;
	} lines[] = {
		{ METRIC_SPAM_RATE, set->spam_hold },
		{ METRIC_TEMP_FAIL_RATE, set->defer_hold },
		{ METRIC_REJECT_LOW_DOMAIN_RATE, set->reject_back_off },
		{ METRIC_REJECT_LOW_IP_RATE, set->reject_back_off },
		{ METRIC_REJECT_SPAMMY_RATE, set->reject_back_off },
		{ METRIC_REJECT_PTR_RATE, set->reject_stop },
		{ METRIC_REJECT_POLICY_RATE, set->reject_stop },
		{ METRIC_REJECT_RBL_RATE, set->reject_stop },
	};
	double base, value;
	size_t i;

	if (volume < set->small_volume)
		return true;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (history_value(ramp->h, lines[i].metric, day, &value) ==
			DATA_VALUE &&
		    value > 0 && ratio_reaches(value, lines[i].line))
			return false;
	base = ramp_base(ramp, day);
	return isnan(base) ||
	    ramp_growth_state(volume / base, ramp_cap(ramp, day, base)) ==
	    RAMP_GO;
}

static double
least(double a, double b)
{
	return isnan(a) || b < a ? b : a;
}

/* What the last good day licenses: its volume, or the least of the worse days
 * since, and without any good day half of the present.  So no day that turns
 * out to be bad can raise it. */
static double
last_good(const struct ramp *ramp)
{
	double most = ramp->out->volume, volume;
	int i;

	for (i = 1; i <= BASE_DAYS; i++) {
		volume = ramp_volume(ramp, ramp->out->day - i);
		if (isnan(volume) || volume <= 0)
			continue;
		most = least(most, volume);
		if (was_good(ramp, ramp->out->day - i, volume))
			return most;
	}
	return least(most, ramp->out->volume / 2);
}

/* After a long silence, or before any mail, the base is cold. */
static double
base_tomorrow(const struct ramp *ramp)
{
	double base = (double)NAN;

	if (ramp->sent != DAY_NONE &&
	    ramp->newest - ramp->sent <= ramp->set->idle_cold_days) {
		base = ramp_base(ramp, ramp->newest + 1);
		/* A longer memory than the base's by the settings. */
		if (ramp->newest - ramp->sent >= BASE_DAYS)
			base = ramp_base(ramp, ramp->sent + 1);
	}
	return isnan(base) ? ramp->set->small_volume : base;
}

/* Complaints halve what may be sent, whatever else asks for less. */
static double
after_complaints(const struct ramp *ramp, double ceiling)
{
	if (ramp->spam.band == SPAM_UNKNOWN ||
	    !ratio_reaches(ramp->spam.rate, ramp->set->spam_back_off))
		return ceiling;
	return least(ceiling, ramp->out->volume / 2);
}

static double
ceiling_of(const struct ramp *ramp)
{
	const struct ramp_judgement *out = ramp->out;
	double base, ceiling;

	if (out->state == RAMP_STOP)
		return 0;
	if (out->day == DAY_NONE)
		return (double)NAN;
	base = base_tomorrow(ramp);
	ceiling = base * ramp_cap(ramp, ramp->newest, base);
	if (out->state != RAMP_GO)
		ceiling = least(ceiling, out->volume);
	if (out->state == RAMP_BACK_OFF) {
		ceiling = least(ceiling, last_good(ramp));
		ceiling = after_complaints(ramp, ceiling);
	}
	if (out->target > 0)
		ceiling = least(ceiling, out->target);
	return floor(ceiling);
}

/* Follows the allowed path from tomorrow's ceiling; a stop has no path. */
static void
settle_target(const struct ramp *ramp)
{
	struct ramp_judgement *out = ramp->out;
	double volume = out->ceiling;
	int32_t day = ramp->h->today + 1;
	int i;

	out->target_day = DAY_NONE;
	if (out->target <= 0 || isnan(volume) || volume < 1)
		return;
	for (i = 0; i < PATH_DAYS; i++, day++) {
		if (volume >= out->target) {
			out->target_day = day;
			return;
		}
		volume *= tier_cap(ramp->set->preset, volume);
	}
}

static void
measure(struct ramp *ramp)
{
	struct ramp_judgement *out = ramp->out;
	const struct history *h = ramp->h;
	int32_t day = ramp->newest;

	out->base = out->growth = out->volume = (double)NAN;
	out->day = ramp->sent = DAY_NONE;
	for (; h->days > 0 && day >= h->first_day; day--) {
		double volume = ramp_volume(ramp, day);

		if (!isnan(volume) && out->day == DAY_NONE)
			out->day = day;
		if (volume > 0)
			break;
	}
	if (out->day == DAY_NONE)
		return;
	if (day >= h->first_day)
		ramp->sent = day;
	out->volume = volume_on(h, out->day, &out->source);
	out->base = ramp_base(ramp, out->day);
	if (!isnan(out->base) && out->base > 0)
		out->growth = out->volume / out->base;
	out->cap = ramp_cap(
	    ramp, out->day, isnan(out->base) ? out->volume : out->base);
}

void
ramp_assess(const struct history *history, struct ramp_judgement *out)
{
	struct ramp ramp = {
		.h = history,
		.set = history->ramp,
		.newest = history->newest_day,
		.out = out,
	};
	size_t i;

	memset(out, 0, sizeof(*out));
	out->week_growth = (double)NAN;
	if (ramp.newest == DAY_NONE || ramp.newest > history->today)
		ramp.newest = history->today;
	if (history->configured != NULL)
		out->target = history->configured->target;
	spam_assess(history, &ramp.spam);
	measure(&ramp);
	for (i = 0; i < ramp_factor_count; i++)
		ramp_factors[i](&ramp);
	settle_state(out);
	out->ceiling = ceiling_of(&ramp);
	settle_target(&ramp);
}
