/* What Google's numbers tell, day by day, as a line each for the time line. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_MILESTONE_H
#define SENDTOP_MILESTONE_H

#include "sendtop/history.h"

enum { MILESTONES_MAX = 48, MILESTONE_SIZE = 200 };

/* A line was crossed, a volume rose, a campaign's complaints began. */
struct milestone {
	int32_t day; /* the UTC day of the number, not the one it came on */
	enum verdict verdict; /* PASS: back in order */
	char text[MILESTONE_SIZE];
};

/*
 * Those of the days up to history->today that the history holds, newest first,
 * of one day the worst first; at most max, the newest.  A day without a number
 * is no crossing: the numbers on its two sides are compared.
 */
size_t milestones_find(
    const struct history *history, struct milestone *out, size_t max);

#endif
