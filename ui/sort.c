/* The orders that the list can be in. */
/* SPDX-License-Identifier: MIT */
#include "sort.h"

#include <string.h>

static const struct sort_row rows[] = {
	[SORT_WORST] = { "worst", "worst first" },
	[SORT_NAME] = { "name", "by name" },
	[SORT_SPAM] = { "spam", "by spam rate, withheld last" },
	[SORT_VOLUME] = { "volume", "by volume" },
	[SORT_GROWTH] = { "growth", "by growth" },
	[SORT_RAMP] = { "ramp", "by ramp" },
	[SORT_REPUTATION] = { "reputation", "by reputation" },
	[SORT_AGE] = { "age", "by age of data" },
	[SORT_MEAN] = { "mean", "by 7-day mean" },
	[SORT_TREND] = { "trend", "by trend" },
	[SORT_CEILING] = { "tomorrow", "by tomorrow's ceiling" },
	[SORT_TAG] = { "tag", "by tag" },
	[SORT_WHY] = { "why", "by reason" },
};

const struct sort_row *
sort_row(unsigned sort)
{
	return sort < SORT_COUNT ? &rows[sort] : NULL;
}

unsigned
sort_find(const char *name)
{
	unsigned sort = 0;

	while (sort < SORT_COUNT && strcmp(rows[sort].name, name) != 0)
		sort++;
	return sort;
}
