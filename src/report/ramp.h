/* What the reports of a ramp share. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_REPORT_RAMP_H
#define SENDTOP_REPORT_RAMP_H

#include "sendtop/report.h"

/* A year to a target; without one the next fortnight is enough. */
enum { REPORT_PATH_MAX = 365, REPORT_PATH_DAYS = 14 };

/* The path to the judgement's target; out has room for REPORT_PATH_MAX. */
size_t report_path(const struct history *history,
    const struct ramp_judgement *ramp, struct ramp_step *out);

void report_ramp_text(
    FILE *out, const struct report_head *head, const struct view *view);

#endif
