/* What a ramp stands on: volumes, the base, the growth allowed from it. */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ramp.h"
#include "sendtop/day.h"
#include "sendtop/mem.h"

void
ramp_open(struct ramp *ramp, const struct history *history, size_t more,
    struct ramp_judgement *out)
{
	int64_t behind = (int64_t)history->today + 1 + (int64_t)more -
	    history->first_day;
	double value;
	int32_t logged;
	size_t i;

	*ramp = (struct ramp){
		.h = history,
		.set = history->ramp,
		.published = history->newest_day,
		.sent = DAY_NONE,
		.present = (double)NAN,
		.out = out,
		.days = behind > 0 ? (size_t)behind : 0,
	};
	if (ramp->published == DAY_NONE || ramp->published > history->today)
		ramp->published = history->today;
	logged = history_newest(
	    history, METRIC_LOG_DELIVERED, history->today, &value);
	ramp->newest = logged != DAY_NONE && logged > ramp->published
	    ? logged
	    : ramp->published;
	ramp->volumes = mem_zero(ramp->days + 1, sizeof(*ramp->volumes));
	ramp->sources = mem_zero(ramp->days + 1, sizeof(*ramp->sources));
	for (i = 0; i < ramp->days; i++)
		ramp->volumes[i] = i < history->days
		    ? volume_on(history, history->first_day + (int32_t)i,
			  &ramp->sources[i])
		    : (double)NAN;
}

void
ramp_note_begun(struct ramp *ramp)
{
	ramp->begun = ramp->newest > ramp->published &&
	    ramp->newest != ramp->out->day &&
	    !volume_is_whole(ramp->h, ramp->newest);
}

void
ramp_close(struct ramp *ramp)
{
	free(ramp->volumes);
	free(ramp->sources);
	free(ramp->refused);
}

double
ramp_volume(const struct ramp *ramp, int32_t day)
{
	int64_t at = (int64_t)day - ramp->h->first_day;

	return at >= 0 && at < (int64_t)ramp->days ? ramp->volumes[at]
						   : (double)NAN;
}

enum volume_source
ramp_source(const struct ramp *ramp, int32_t day)
{
	int64_t at = (int64_t)day - ramp->h->first_day;

	return at >= 0 && at < (int64_t)ramp->days ? ramp->sources[at]
						   : VOLUME_NONE;
}

double
ramp_least(double a, double b)
{
	return isnan(a) || b < a ? b : a;
}

/* --- the base --------------------------------------------------------------- */

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
	int32_t days = (int32_t)ramp->set->base_days, i;

	for (i = 1; i <= days; i++)
		if (has_mail(ramp, day - i))
			return false;
	return had_mail_by(ramp, day - days - 1);
}

struct largest {
	double first, second;
	int32_t first_day, second_day;
};

/* What was sent so far on the day before, when that is not over: it may be the
 * most, but no whole day is a burst beside it. */
static bool
is_begun(const struct ramp *ramp, int32_t day)
{
	return ramp_source(ramp, day) == VOLUME_LOG &&
	    !volume_is_whole(ramp->h, day);
}

static struct largest
find_largest(const struct ramp *ramp, int32_t day)
{
	struct largest l = { (double)NAN, (double)NAN, DAY_NONE, DAY_NONE };
	double volume;
	int32_t i;

	for (i = 1; i <= (int32_t)ramp->set->base_days; i++) {
		volume = ramp_volume(ramp, day - i);
		if (isnan(volume) || volume <= 0)
			continue;
		if (isnan(l.first) || volume > l.first) {
			if (l.first_day != day - 1 ||
			    !is_begun(ramp, day - 1)) {
				l.second = l.first;
				l.second_day = l.first_day;
			}
			l.first = volume;
			l.first_day = day - i;
		} else if (isnan(l.second) || volume > l.second) {
			l.second = volume;
			l.second_day = day - i;
		}
	}
	return l;
}

/* Whether the mail in the base's days began after a silence: the small volume
 * was allowed then, and using less of it takes nothing away. */
static bool
began_cold(const struct ramp *ramp, int32_t day)
{
	int32_t i;

	for (i = (int32_t)ramp->set->base_days; i > 0; i--)
		if (has_mail(ramp, day - i))
			return is_cold(ramp, day - i);
	return false;
}

/* One burst licenses nothing: a largest day over 2.5 times the second
 * largest gives way to it, or, when it began after a silence, to the small
 * volume. */
double
ramp_base(const struct ramp *ramp, int32_t day, int32_t *at)
{
	double small = ramp->set->small_volume, base;
	double outlier = ramp->set->base_outlier;
	struct largest l = find_largest(ramp, day);
	int32_t none;

	at = at != NULL ? at : &none;
	*at = DAY_NONE;
	if (isnan(l.second) && l.first > outlier * small &&
	    is_cold(ramp, l.first_day))
		return small;
	if (isnan(l.first))
		return is_cold(ramp, day) ? small : l.first;
	*at = l.first_day;
	base = l.first;
	if (!isnan(l.second) && l.first > outlier * l.second) {
		*at = l.second_day;
		base = l.second;
	}
	if (base >= small || !began_cold(ramp, day))
		return base;
	*at = DAY_NONE;
	return small;
}

/* --- growth ----------------------------------------------------------------- */

bool
ramp_told(const struct ramp *ramp, int32_t day)
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
	int32_t days = (int32_t)ramp->set->cadence_days, i;
	int sending = 0, known = 0, window = 0;

	for (i = 0; i < days; i++) {
		if (!ramp_told(ramp, day - i))
			continue;
		known++;
		if (has_mail(ramp, day - i)) {
			sending++;
			window = known;
		}
	}
	if (sending == 0)
		return 0;
	if (window < known && had_mail_by(ramp, day - days))
		window = known;
	return (double)days * sending / window;
}

static double
tier_growth(const struct settings_ramp *set, double base)
{
	const struct settings_tiers *tiers = &set->cautious;
	size_t i;

	if (strcmp(set->preset, "standard") == 0)
		tiers = &set->standard;
	else if (strcmp(set->preset, "slow") == 0)
		tiers = &set->slow;
	for (i = 0; i < tiers->count; i++)
		if (base < tiers->items[i].below)
			return tiers->items[i].growth;
	return 1;
}

double
ramp_cap(const struct ramp *ramp, int32_t day, double base)
{
	const struct settings_ramp *set = ramp->set;
	double cap = tier_growth(set, base), days = cadence(ramp, day);

	if (days >= (double)set->cadence_daily)
		return cap;
	return 1 +
	    (cap - 1) *
	    (days >= (double)set->cadence_some ? set->cadence_some_part
					       : set->cadence_few_part);
}

enum ramp_state
ramp_growth_state(const struct ramp *ramp, double growth, double cap)
{
	const struct settings_ramp *set = ramp->set;

	if (isnan(growth) ||
	    growth <= cap * (1 + set->growth_slack) + RATIO_SLACK)
		return RAMP_GO;
	return growth <= cap * set->growth_back_off + RATIO_SLACK
	    ? RAMP_HOLD
	    : RAMP_BACK_OFF;
}

/* --- weeks ------------------------------------------------------------------ */

enum { WEEK = 7, WEEK_KNOWN = 4 };

/* The sum of the days known among `days` up to `last`; what was sent so far on
 * a day that is not judged yet is no day's volume. */
static double
sum_of(const struct ramp *ramp, int32_t last, int days, int *known)
{
	double sum = 0, volume;
	int i;

	*known = 0;
	for (i = 0; i < days; i++) {
		volume = ramp_volume(ramp, last - i);
		if (isnan(volume) || (ramp->begun && last - i == ramp->newest))
			continue;
		sum += volume;
		++*known;
	}
	return sum;
}

double
ramp_week(const struct ramp *ramp, int32_t last)
{
	int known;
	double sum = sum_of(ramp, last, WEEK, &known);

	return known >= WEEK_KNOWN ? sum / known : (double)NAN;
}

/* Whether a week from now on that day will carry mail as well: all days of a
 * path do, otherwise those that did a week before, or may have. */
static bool
will_send(const struct ramp *ramp, int32_t day, bool daily)
{
	return daily || !(ramp_volume(ramp, day - WEEK) <= 0);
}

/* The most for `day` and for those of the `ahead` days after it that carry
 * mail, so that the week which ends with them stays within its limit. */
static double
room_until(const struct ramp *ramp, int32_t day, int ahead, bool daily)
{
	double before = ramp_week(ramp, day + ahead - WEEK), sum;
	int known, sending = 1, i;

	sum = sum_of(ramp, day - 1, WEEK - 1 - ahead, &known);
	for (i = 1; i <= ahead; i++)
		sending += will_send(ramp, day + i, daily);
	known += ahead + 1;
	if (isnan(before) || before * WEEK < ramp->set->week_min ||
	    known < WEEK_KNOWN)
		return (double)INFINITY;
	return (ramp->set->week_hold * before * known - sum) / sending;
}

double
ramp_week_room(const struct ramp *ramp, int32_t day, bool daily)
{
	double room = (double)INFINITY;
	int ahead;

	for (ahead = 0; ahead < WEEK; ahead++)
		room = fmin(room, room_until(ramp, day, ahead, daily));
	return room;
}

/* --- the own plan ----------------------------------------------------------- */

double
ramp_plan(const struct ramp *ramp, int32_t day)
{
	const struct settings_domain *domain = ramp->h->configured;
	double messages = (double)NAN;
	size_t i;

	for (i = 0; domain != NULL && i < domain->step_count; i++) {
		if (domain->steps[i].day > day)
			break;
		messages = domain->steps[i].messages;
	}
	return messages;
}
