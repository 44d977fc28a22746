/* The ramp's factors from the own log, and how the own plan is kept. */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ramp.h"
#include "sendtop/day.h"
#include "sendtop/text.h"

bool
ramp_log_on(const struct history *history, int32_t day, struct ramp_log *out)
{
	const struct {
		enum metric metric;
		double *value;
	} parts[] = {
		{ METRIC_LOG_DELIVERED, &out->delivered },
		{ METRIC_LOG_DEFERRED, &out->deferred },
		{ METRIC_LOG_BOUNCED, &out->bounced },
	};
	bool known = false;
	size_t i;

	/* One log writes all three, so what is missing beside another is none. */
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (history_value(history, parts[i].metric, day,
			parts[i].value) == DATA_VALUE)
			known = true;
		else
			*parts[i].value = 0;
	return known;
}

double
ramp_deferred(const struct ramp *ramp, int32_t day)
{
	struct ramp_log log;
	double all;

	if (!ramp_log_on(ramp->h, day, &log))
		return (double)NAN;
	all = log.delivered + log.deferred + log.bounced;
	return all > 0 && all >= ramp->set->small_volume ? log.deferred / all
							 : (double)NAN;
}

double
ramp_of_ended(const struct ramp *ramp, int32_t day, double count)
{
	struct ramp_log log;
	double ended;

	if (!ramp_log_on(ramp->h, day, &log))
		return (double)NAN;
	ended = log.delivered + log.bounced;
	return ended > 0 && ended >= ramp->set->small_volume ? count / ended
							     : (double)NAN;
}

double
ramp_bounced(const struct ramp *ramp, int32_t day)
{
	struct ramp_log log;

	return ramp_log_on(ramp->h, day, &log)
	    ? ramp_of_ended(ramp, day, log.bounced)
	    : (double)NAN;
}

/* Whether enough ended on that day for it to outdo the days before. */
static bool
decides(const struct ramp *ramp, int32_t day)
{
	struct ramp_log log;

	return ramp_log_on(ramp->h, day, &log) &&
	    log.delivered + log.bounced >= ramp->set->small_volume;
}

/*
 * The rate of the newest day with enough mail, today's so far included.  A day
 * on which nearly nothing ended counts beside the one before it and never
 * instead: else mail that is deferred more would make a bad day a small one.
 */
double
ramp_newest_rate(const struct ramp *ramp,
    double (*rate_on)(const struct ramp *ramp, int32_t day, int which),
    int which, int32_t *at)
{
	double most = (double)NAN, rate;
	int32_t i, day;

	*at = DAY_NONE;
	for (i = 0; i < (int32_t)ramp->set->recent_days; i++) {
		day = ramp->newest - i;
		rate = rate_on(ramp, day, which);
		if (!isnan(rate) && (isnan(most) || rate > most)) {
			most = rate;
			*at = day;
		}
		if (decides(ramp, day))
			break;
	}
	return most;
}

static double
deferred_on(const struct ramp *ramp, int32_t day, int which)
{
	(void)which;
	return ramp_deferred(ramp, day);
}

static double
bounced_on(const struct ramp *ramp, int32_t day, int which)
{
	(void)which;
	return ramp_bounced(ramp, day);
}

struct line {
	double line;
	enum ramp_state state;
};

/* The gravest line that the rate reaches, the first being that; or NULL. */
static const struct line *
reached(const struct line *lines, size_t count, double rate)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (rate > 0 && ratio_reaches(rate, lines[i].line))
			return &lines[i];
	return NULL;
}

static void
say(struct ramp *ramp, const struct line *line, const char *key,
    const char *words, double rate, int32_t day)
{
	char percent[NUMBER_SIZE], text[NUMBER_SIZE], on[DAY_TEXT_SIZE];

	if (line == NULL)
		return;
	reason_add(&ramp->out->reasons, (int)line->state, key,
	    "%s %% %s on %s (>= %s %%, own log)",
	    text_percent(percent, sizeof(percent), rate), words,
	    day_short(on, day), phrase_line(text, line->line));
}

void
ramp_log_deferred(struct ramp *ramp)
{
	const struct line lines[] = {
		{ ramp->set->defer_stop, RAMP_STOP },
		{ ramp->set->defer_back_off, RAMP_BACK_OFF },
		{ ramp->set->defer_hold, RAMP_HOLD },
	};
	int32_t day;
	double rate = ramp_newest_rate(ramp, deferred_on, 0, &day);

	say(ramp, reached(lines, sizeof(lines) / sizeof(lines[0]), rate),
	    "deferred_log", "deferred", rate, day);
}

void
ramp_log_bounced(struct ramp *ramp)
{
	const struct line lines[] = {
		{ ramp->set->bounce_stop, RAMP_STOP },
		{ ramp->set->bounce_back_off, RAMP_BACK_OFF },
		{ ramp->set->bounce_hold, RAMP_HOLD },
		{ ramp->set->bounce_note, RAMP_GO },
	};
	int32_t day;
	double rate = ramp_newest_rate(ramp, bounced_on, 0, &day);

	say(ramp, reached(lines, sizeof(lines) / sizeof(lines[0]), rate),
	    "bounced", "bounced", rate, day);
}

/* What Postmaster calls unusual traffic, a day or two before it says so. */
void
ramp_log_limited(struct ramp *ramp)
{
	struct slowdown rows[SLOWDOWNS_MAX];
	size_t count = slowdowns_assess(ramp->h, rows, SLOWDOWNS_MAX), i;
	char last[TIME_TEXT_SIZE];

	for (i = 0; i < count; i++) {
		if (strcmp(rows[i].provider, PROVIDER_GMAIL) != 0 ||
		    rows[i].count == 0)
			continue;
		reason_add(&ramp->out->reasons, RAMP_GO, "limited",
		    "limited %lld time%s in 24 h, last %s (%s%s%s, own log)",
		    (long long)rows[i].count, rows[i].count == 1 ? "" : "s",
		    time_short(last, rows[i].last_s), rows[i].reply,
		    rows[i].identity[0] != '\0' ? ", " : "", rows[i].identity);
		return;
	}
}

/* A provider may send the newsletter, and the log has the invoices alone: then
 * the volume that is judged is not what Gmail sees. */
void
ramp_log_partial(struct ramp *ramp)
{
	const struct settings_ramp *set = ramp->set;
	char own[NUMBER_SIZE], all[NUMBER_SIZE], on[DAY_TEXT_SIZE];
	double counted = (double)NAN, volume;
	int32_t day = ramp->published, first;

	first = day - (int32_t)set->base_days;
	while (day > first && isnan(counted = volume_by_google(ramp->h, day)))
		day--;
	volume = ramp_volume(ramp, day);
	if (!(counted >= set->small_volume) ||
	    ramp_source(ramp, day) != VOLUME_LOG ||
	    volume >= counted * set->log_share)
		return;
	reason_add(&ramp->out->reasons, RAMP_GO, "log_partial",
	    "the own log has %s of ~%s T on %s: not all mail goes through it",
	    text_count(own, sizeof(own), volume),
	    text_count(all, sizeof(all), counted), day_short(on, day));
}

void
ramp_plan_kept(struct ramp *ramp)
{
	const struct ramp_judgement *out = ramp->out;
	double plan = ramp_plan(ramp, out->day), slack = ramp->set->plan_slack;
	char volume[NUMBER_SIZE], planned[NUMBER_SIZE], day[DAY_TEXT_SIZE];
	bool ahead;

	if (out->day == DAY_NONE || isnan(plan))
		return;
	ahead = out->volume > plan * (1 + slack);
	/* A day that is not over may still catch up. */
	if (!ahead &&
	    (out->volume >= plan * (1 - slack) ||
		(out->source == VOLUME_LOG &&
		    !volume_is_whole(ramp->h, out->day))))
		return;
	reason_add(&ramp->out->reasons, RAMP_GO,
	    ahead ? "plan_ahead" : "plan_behind",
	    "%s on %s is %s of the plan's %s",
	    ramp_about(volume, out->volume, out->source),
	    day_short(day, out->day), ahead ? "ahead" : "short",
	    text_count(planned, sizeof(planned), plan));
}
