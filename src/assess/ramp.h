/* What the ramp's factors share; see RAMP in sendtop(1). */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_ASSESS_RAMP_H
#define SENDTOP_ASSESS_RAMP_H

#include "sendtop/assess.h"

struct ramp {
	const struct history *h;
	const struct settings_ramp *set;
	struct spam_judgement spam;
	int32_t newest; /* newest published day */
	int32_t sent;   /* newest day with mail; DAY_NONE */
	struct ramp_judgement *out;
};

/* Volume on a day; NaN when it cannot be told. */
double ramp_volume(const struct ramp *ramp, int32_t day);

/* The base that licenses growth on `day`: from the 30 days before it.  When
 * none of them has a volume: the small volume if there was mail before, for
 * then the base is cold again, else NaN. */
double ramp_base(const struct ramp *ramp, int32_t day);

/* The growth allowed on `day` from a base: the preset's tier, cut down for
 * those who send rarely. */
double ramp_cap(const struct ramp *ramp, int32_t day, double base);

/* How a day's growth alone is judged. */
enum ramp_state ramp_growth_state(double growth, double cap);

/* One factor: looks at one thing, adds its reasons. */
extern void (*const ramp_factors[])(struct ramp *ramp);
extern const size_t ramp_factor_count;

#endif
