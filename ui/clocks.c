/* The two clocks against each other: whether one was set. */
/* SPDX-License-Identifier: MIT */
#include "clocks.h"

#include <stdio.h>

#include "sendtop/text.h"

enum { SLACK_S = 60, AGE_SIZE = 64 };

bool
clocks_jumped(struct clocks *clocks, int64_t utc_s, int64_t mono_ms, char *text,
    size_t size)
{
	int64_t jump = utc_s - clocks->utc_s -
	    (mono_ms - clocks->mono_ms) / 1000;
	bool first = clocks->utc_s == 0;
	char age[AGE_SIZE];

	clocks->utc_s = utc_s;
	clocks->mono_ms = mono_ms;
	if (first || (jump <= SLACK_S && jump >= -SLACK_S))
		return false;
	/* The monotonic clock stands still while a machine sleeps. */
	snprintf(text, size,
	    "the clock went %s by %s%s: ages and days are counted from the "
	    "new time",
	    jump > 0 ? "forward" : "back",
	    text_age(age, sizeof(age), jump > 0 ? jump : -jump),
	    jump > 0 ? " (or the machine slept)" : "");
	return true;
}
