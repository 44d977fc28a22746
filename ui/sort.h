/* The orders that the list can be in. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_SORT_H
#define SENDTOP_UI_SORT_H

#include "sendtop/store_live.h"

/* Behind the store's own orders (enum standing_sort) come those that are
 * worked out here. */
enum {
	SORT_MEAN = SORT_AGE + 1, /* mean of seven days */
	SORT_TREND,
	SORT_CEILING,
	SORT_TAG,
	SORT_WHY,
	SORT_COUNT,
};

struct sort_row {
	const char *name;  /* as :sort takes it */
	const char *words; /* "by 7-day mean" */
};
/* Of an enum standing_sort or one of the above; NULL past the last. */
const struct sort_row *sort_row(unsigned sort);
/* SORT_COUNT when there is no such name. */
unsigned sort_find(const char *name);

#endif
