/* Ramp-up risk: the worst factor wins, and what may be sent tomorrow. */
/* SPDX-License-Identifier: MIT */
#include "ramp.h"

#include <math.h>
#include <string.h>

#include "sendtop/day.h"
#include "sendtop/text.h"

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

/* Whether the own log's rates of a day were in order. */
static bool
was_well_taken(const struct ramp *ramp, int32_t day)
{
	double deferred = ramp_deferred(ramp, day);
	double bounced = ramp_bounced(ramp, day), refused;
	int i;

	for (i = 0; i < REFUSAL_COUNT; i++) {
		refused = ramp_refused(ramp, day, (enum refusal)i);
		if (refused > 0 &&
		    ratio_reaches(
			refused, ramp_refused_line(ramp, (enum refusal)i)))
			return false;
	}
	return !(deferred > 0 &&
		   ratio_reaches(deferred, ramp->set->defer_hold)) &&
	    !(bounced > 0 && ratio_reaches(bounced, ramp->set->bounce_hold));
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

	if (!was_well_taken(ramp, day))
		return false;
	if (volume < set->small_volume)
		return true;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (history_value(ramp->h, lines[i].metric, day, &value) ==
			DATA_VALUE &&
		    value > 0 && ratio_reaches(value, lines[i].line))
			return false;
	base = ramp_base(ramp, day, NULL);
	return isnan(base) ||
	    ramp_growth_state(ramp, volume / base, ramp_cap(ramp, day, base)) ==
	    RAMP_GO;
}

/* What the last good day licenses: its volume, or the least of the worse days
 * since, and without any good day half of the present.  So no day that turns
 * out to be bad can raise it. */
static double
last_good(const struct ramp *ramp)
{
	double most = ramp->present, volume;
	int32_t i;

	for (i = 1; i <= (int32_t)ramp->set->base_days; i++) {
		volume = ramp_volume(ramp, ramp->out->day - i);
		if (isnan(volume) || volume <= 0)
			continue;
		most = ramp_least(most, volume);
		if (was_good(ramp, ramp->out->day - i, volume))
			return most;
	}
	return ramp_least(most, ramp->present / 2);
}

/* After a long silence, or before any mail, the base is cold.  Of a day that
 * is not over, what was sent so far counts: it cannot become less. */
static double
base_tomorrow(const struct ramp *ramp)
{
	double base = (double)NAN;

	if (ramp->sent != DAY_NONE &&
	    ramp->newest - ramp->sent <= ramp->set->idle_cold_days) {
		base = ramp_base(ramp, ramp->newest + 1, NULL);
		/* A longer memory than the base's by the settings. */
		if (ramp->newest - ramp->sent >= ramp->set->base_days)
			base = ramp_base(ramp, ramp->sent + 1, NULL);
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
	return ramp_least(ceiling, ramp->present / 2);
}

/* What the base and its growth allow tomorrow. */
static double
by_day(const struct ramp *ramp)
{
	int32_t known = ramp->newest - (ramp->begun ? 1 : 0);
	double base = base_tomorrow(ramp);

	return base * ramp_cap(ramp, known, base);
}

/* What the week bears, for who sends what is allowed must not be told the day
 * after that it was too much.  That never asks for less than the present. */
static double
by_week(const struct ramp *ramp)
{
	return fmax(
	    ramp_week_room(ramp, ramp->newest + 1, false), ramp->present);
}

/* Why the ceiling is less than the base and its growth. */
static void
say_week(struct ramp *ramp)
{
	struct ramp_judgement *out = ramp->out;
	char day[NUMBER_SIZE], week[NUMBER_SIZE];

	if (out->state != RAMP_GO || isnan(out->ceiling) ||
	    floor(by_week(ramp)) >= floor(by_day(ramp)) ||
	    out->ceiling < floor(by_week(ramp)))
		return;
	reason_add(&out->reasons, RAMP_GO, "week_room",
	    "by the day's growth %s tomorrow, but the week's allows %s "
	    "(allowed x%.1f)",
	    text_count(day, sizeof(day), by_day(ramp)),
	    text_count(week, sizeof(week), by_week(ramp)),
	    ramp->set->week_hold);
}

static double
ceiling_of(const struct ramp *ramp)
{
	const struct ramp_judgement *out = ramp->out;
	double ceiling;

	if (out->state == RAMP_STOP)
		return 0;
	if (out->day == DAY_NONE)
		return (double)NAN;
	ceiling = fmin(by_day(ramp), by_week(ramp));
	if (out->state != RAMP_GO)
		ceiling = ramp_least(ceiling, ramp->present);
	if (out->state == RAMP_BACK_OFF) {
		ceiling = ramp_least(ceiling, last_good(ramp));
		ceiling = after_complaints(ramp, ceiling);
	}
	if (!isnan(out->plan))
		ceiling = ramp_least(ceiling, out->plan);
	if (out->target > 0)
		ceiling = ramp_least(ceiling, out->target);
	return floor(ceiling);
}

/*
 * The day that is judged is the newest with a volume.  Of one that is not over
 * only what was sent so far is known, so it waits until it has outgrown the
 * newest whole day: its growth can only become larger, and at a quarter past
 * midnight nothing has shrunk.
 */
static int32_t
judged_day(const struct ramp *ramp)
{
	int32_t newest = ramp->newest, day;
	double volume;

	while (newest >= ramp->h->first_day && isnan(ramp_volume(ramp, newest)))
		newest--;
	if (newest < ramp->h->first_day)
		return DAY_NONE;
	volume = ramp_volume(ramp, newest);
	if (ramp_source(ramp, newest) != VOLUME_LOG ||
	    volume_is_whole(ramp->h, newest))
		return newest;
	for (day = newest - 1; day >= ramp->h->first_day; day--)
		if (!isnan(ramp_volume(ramp, day)))
			break;
	if (day < ramp->h->first_day ||
	    newest - day > ramp->set->idle_pause_days ||
	    volume > ramp_volume(ramp, day))
		return newest;
	return day;
}

/* Who rests on Sunday has not fallen to nothing: what is held to is the newest
 * day with mail, and of a day that is not over at least the one before, unless
 * the base has become cold since. */
static double
present_volume(const struct ramp *ramp)
{
	double volume = ramp->out->volume;
	int32_t day = ramp->out->day;

	if (isnan(volume) ||
	    (volume > 0 &&
		(ramp->out->source != VOLUME_LOG ||
		    volume_is_whole(ramp->h, day))))
		return volume;
	for (day--; day >= ramp->h->first_day; day--) {
		if (volume > 0 &&
		    ramp->newest - day > ramp->set->idle_cold_days)
			break;
		if (ramp_volume(ramp, day) > 0)
			return fmax(volume, ramp_volume(ramp, day));
	}
	return volume > 0 ? volume : ramp->set->small_volume;
}

static void
measure(struct ramp *ramp)
{
	struct ramp_judgement *out = ramp->out;
	const struct history *h = ramp->h;
	int32_t day = ramp->newest;

	out->base = out->growth = out->volume = (double)NAN;
	ramp->present = (double)NAN;
	out->base_day = DAY_NONE;
	out->day = h->days > 0 ? judged_day(ramp) : DAY_NONE;
	ramp_note_begun(ramp);
	if (out->day == DAY_NONE)
		return;
	while (day >= h->first_day && !(ramp_volume(ramp, day) > 0))
		day--;
	if (day >= h->first_day)
		ramp->sent = day;
	out->volume = ramp_volume(ramp, out->day);
	out->source = ramp_source(ramp, out->day);
	ramp->present = present_volume(ramp);
	out->base = ramp_base(ramp, out->day, &out->base_day);
	out->base_source = ramp_source(ramp, out->base_day);
	if (!isnan(out->base) && out->base > 0)
		out->growth = out->volume / out->base;
	out->cap = ramp_cap(
	    ramp, out->day, isnan(out->base) ? out->volume : out->base);
}

void
ramp_assess(const struct history *history, struct ramp_judgement *out)
{
	struct ramp ramp;
	size_t i;

	memset(out, 0, sizeof(*out));
	out->week_growth = (double)NAN;
	if (history->configured != NULL)
		out->target = history->configured->target;
	ramp_open(&ramp, history, PATH_DAYS, out);
	out->plan = ramp_plan(&ramp, history->today + 1);
	ramp_read_refused(&ramp);
	spam_assess(history, &ramp.spam);
	measure(&ramp);
	for (i = 0; i < ramp_factor_count; i++)
		ramp_factors[i](&ramp);
	settle_state(out);
	out->ceiling = ceiling_of(&ramp);
	say_week(&ramp);
	out->target_day = ramp_path_end(&ramp);
	ramp_close(&ramp);
}
