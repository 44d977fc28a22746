/* The volume Gmail saw: from the own log, else from Postmaster's numbers. */
/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "sendtop/assess.h"
#include "sendtop/day.h"

static const struct {
	enum metric count, rate;
} errors[] = {
	{ METRIC_REJECT_COUNT, METRIC_REJECT_RATE },
	{ METRIC_TEMP_FAIL_COUNT, METRIC_TEMP_FAIL_RATE },
};

/* A denormal rate from outside must not make an infinite volume. */
static double
quotient(double count, double rate)
{
	double volume = count / rate;

	return isfinite(volume) && volume >= 0 ? volume : (double)NAN;
}

double
volume_by_google(const struct history *history, int32_t day)
{
	double count, rate;

	if (history_value(history, METRIC_TLS_INBOUND_COUNT, day, &count) !=
		DATA_VALUE ||
	    history_value(history, METRIC_TLS_INBOUND, day, &rate) !=
		DATA_VALUE ||
	    rate <= 0)
		return (double)NAN;
	return quotient(count, rate);
}

/* A small count makes a coarse quotient, so the larger of the two decides. */
static double
by_errors(const struct history *h, int32_t day)
{
	double best = (double)h->ramp->error_min_count, count, rate;
	double volume = (double)NAN;
	size_t i;

	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		if (history_value(h, errors[i].count, day, &count) !=
			DATA_VALUE ||
		    history_value(h, errors[i].rate, day, &rate) !=
			DATA_VALUE ||
		    rate <= 0 || count < best)
			continue;
		best = count;
		volume = quotient(count, rate);
	}
	return volume;
}

/* Stamps this near to a day's edge cover it: logs are quiet at night. */
enum { EDGE_S = 3600 };

bool
volume_is_whole(const struct history *history, int32_t day)
{
	int64_t last = history->log_last_s < history->now_s
	    ? history->log_last_s
	    : history->now_s;

	if (history->log_last_s == 0)
		return true;
	return history->log_first_s <= day_start(day) + EDGE_S &&
	    last >= day_start(day + 1) - EDGE_S;
}

/* What was delivered and bounced; deferred mail is still on its way.  A log
 * that knows one of the two knows both: without any there is no series. */
static double
by_log(const struct history *h, int32_t day)
{
	double delivered, bounced;

	history_value(h, METRIC_LOG_DELIVERED, day, &delivered);
	history_value(h, METRIC_LOG_BOUNCED, day, &bounced);
	if (isnan(delivered) || isnan(bounced))
		return isnan(delivered) ? bounced : delivered;
	return delivered + bounced;
}

/* Whether the log begins in the middle of that day and goes on: then it would
 * make the next day look like a burst. */
static bool
is_cut_off(const struct history *h, int32_t day)
{
	return h->log_first_s > day_start(day) + EDGE_S &&
	    day_of(h->log_last_s) > day;
}

double
volume_on(
    const struct history *history, int32_t day, enum volume_source *source)
{
	double logged = by_log(history, day), volume;

	*source = VOLUME_LOG;
	if (!isnan(logged) && volume_is_whole(history, day))
		return logged;
	*source = VOLUME_TLS;
	volume = volume_by_google(history, day);
	if (!isnan(volume))
		return volume;
	*source = VOLUME_ERRORS;
	volume = by_errors(history, day);
	if (!isnan(volume))
		return volume;
	*source = VOLUME_LOG;
	if (!isnan(logged) && !is_cut_off(history, day))
		return logged;
	*source = VOLUME_NONE;
	return (double)NAN;
}

char
volume_letter(enum volume_source source)
{
	static const char letters[] = {
		[VOLUME_NONE] = '?',
		[VOLUME_LOG] = 'L',
		[VOLUME_TLS] = 'T',
		[VOLUME_ERRORS] = 'E',
	};

	return letters[source];
}
