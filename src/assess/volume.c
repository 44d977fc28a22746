/* The volume Gmail saw, rebuilt from Postmaster's counts and rates. */
/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "sendtop/assess.h"

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

static double
by_tls(const struct history *h, int32_t day)
{
	double count, rate;

	if (history_value(h, METRIC_TLS_INBOUND_COUNT, day, &count) !=
		DATA_VALUE ||
	    history_value(h, METRIC_TLS_INBOUND, day, &rate) != DATA_VALUE ||
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

double
volume_on(
    const struct history *history, int32_t day, enum volume_source *source)
{
	double volume = by_tls(history, day);

	*source = VOLUME_TLS;
	if (isnan(volume)) {
		volume = by_errors(history, day);
		*source = VOLUME_ERRORS;
	}
	if (isnan(volume))
		*source = VOLUME_NONE;
	return volume;
}
