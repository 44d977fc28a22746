/* The days of a ramp: what was sent, and what was allowed then. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_RAMP_DAYS_H
#define SENDTOP_UI_RAMP_DAYS_H

#include "sendtop/assess.h"

struct ramp_day {
	int32_t day;
	bool known; /* within the history */
	double sent;
	enum volume_source source;
	double ceiling; /* as it was told the day before; NaN */
	double plan;    /* of the own plan; NaN */
	double growth;
	enum ramp_state state; /* at the end of that day */
};

enum { RAMP_DAYS_MOST = 60 };

/* `count` days up to `last`, oldest first.  Judged from each day's numbers
 * alone: findings of today would be wrong then. */
void ramp_days(const struct history *history, int32_t last, int count,
    struct ramp_day *out);

/* What the own plan has for a day; NaN before its first and without one. */
double ramp_days_plan(const struct history *history, int32_t day);

/* Tomorrow's ceiling with another preset; NaN unknown. */
double ramp_days_preset(const struct history *history, const char *preset);

#endif
