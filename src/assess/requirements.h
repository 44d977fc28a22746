/* The table of requirements as read from its file. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_ASSESS_REQUIREMENTS_H
#define SENDTOP_ASSESS_REQUIREMENTS_H

#include "sendtop/standing.h"

enum source_kind { SOURCE_CHECK, SOURCE_GOOGLE, SOURCE_MEASURE };

/* One thing that decides a requirement. */
struct source {
	enum source_kind kind;
	const char *name;           /* check or google.* row */
	const char *const *reasons; /* only these count; NULL: all */
	size_t reason_count;
	int family; /* only subjects of 4 or 6; 0 all */
	enum metric metric;
	/* Lines of a measure; NaN: no such line. */
	double warn_from, fail_from, warn_below, fail_below;
};

struct requirement_row {
	struct requirement row;
	bool any; /* one source in order is enough */
	bool bulk_only;
	enum verdict most; /* how grave it can be */
	struct source *sources;
	size_t source_count;
};

struct requirements {
	struct arena *arena;
	struct requirement_row *rows;
	size_t count;
};

#endif
