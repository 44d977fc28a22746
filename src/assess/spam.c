/* The spam band, the two lines and the seven-day clock. */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "sendtop/assess.h"
#include "sendtop/day.h"

bool
ratio_reaches(double ratio, double line)
{
	return ratio >= line - RATIO_SLACK;
}

const char *
spam_band_name(enum spam_band band)
{
	static const char *const names[] = {
		[SPAM_OK] = "ok",
		[SPAM_WATCHED] = "watch",
		[SPAM_VIOLATED] = "violation",
		[SPAM_UNKNOWN] = "unknown",
	};

	return names[band];
}

static enum spam_band
band_of(double rate)
{
	if (ratio_reaches(rate, SPAM_VIOLATION))
		return SPAM_VIOLATED;
	return ratio_reaches(rate, SPAM_WATCH) ? SPAM_WATCHED : SPAM_OK;
}

static int32_t
newest_published(const struct history *h)
{
	return h->newest_day == DAY_NONE || h->newest_day > h->today
	    ? h->today
	    : h->newest_day;
}

/* The mean of the values there are in `days` days up to and with `last`. */
static double
mean_of(const struct history *h, int32_t last, int days, int *count)
{
	double sum = 0, value;
	int i;

	*count = 0;
	for (i = 0; i < days; i++)
		if (history_value(h, METRIC_SPAM_RATE, last - i, &value) ==
		    DATA_VALUE) {
			sum += value;
			(*count)++;
		}
	return *count > 0 ? sum / *count : (double)NAN;
}

/* Days without a number neither count nor reset: Google says nothing of
 * them, and a gap is not a zero. */
static void
run_clock(const struct history *h, int32_t newest, struct spam_judgement *out)
{
	double value;
	int32_t day;

	out->mitigation = true;
	for (day = newest; day >= h->first_day; day--) {
		if (history_value(h, METRIC_SPAM_RATE, day, &value) !=
		    DATA_VALUE)
			continue;
		if (band_of(value) == SPAM_VIOLATED) {
			out->mitigation = false;
			return;
		}
		if (++out->clean_days == SPAM_CLOCK_DAYS)
			return;
	}
}

static int32_t
run_start(const struct history *h, int32_t day, enum spam_band band)
{
	int32_t start = day;
	double value;

	for (; day >= h->first_day; day--) {
		if (history_value(h, METRIC_SPAM_RATE, day, &value) !=
		    DATA_VALUE)
			continue;
		if (band_of(value) != band)
			break;
		start = day;
	}
	return start;
}

void
spam_assess(const struct history *history, struct spam_judgement *out)
{
	int32_t newest = newest_published(history);
	double before;
	int count;

	memset(out, 0, sizeof(*out));
	out->band = SPAM_UNKNOWN;
	out->rate = out->mean7 = out->trend = (double)NAN;
	out->since = DAY_NONE;
	out->data = history_value(history, METRIC_SPAM_RATE, newest, &before);
	out->day = history_newest(
	    history, METRIC_SPAM_RATE, newest, &out->rate);
	run_clock(history, newest, out);
	if (out->day == DAY_NONE) {
		out->rate = (double)NAN;
		return;
	}
	out->mean7 = mean_of(history, out->day, 7, &out->mean7_days);
	before = mean_of(history, out->day - 1, 7, &count);
	if (count > 0)
		out->trend = out->rate - before;
	/* A number older than a week says nothing of today. */
	if (newest - out->day < SPAM_CLOCK_DAYS)
		out->band = band_of(out->rate);
	if (out->band != SPAM_UNKNOWN)
		out->since = run_start(history, out->day, out->band);
}
