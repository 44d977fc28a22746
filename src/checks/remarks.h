/* What a check has to say of one subject: many remarks, one verdict. */
/* SPDX-License-Identifier: MIT */
#ifndef CHECKS_REMARKS_H
#define CHECKS_REMARKS_H

#include "sendtop/check.h"

enum { REMARKS_MAX = 12 };

struct remark {
	enum verdict verdict;
	const char *reason;
	const char *text;
	const char *cure;
};

/* Initialise with { .arena = ... }; texts live in the arena. */
struct remarks {
	struct arena *arena;
	struct remark items[REMARKS_MAX];
	size_t count;
};

/* Adds one; cure may be NULL and is borrowed.  Those past REMARKS_MAX are
 * left out. */
void remark(struct remarks *remarks, enum verdict verdict, const char *reason,
    const char *cure, const char *text, ...) PRINTF(5, 6);

/* Reports one finding: the worst remark, the first of equals, with the others
 * behind it in the detail.  subject NULL means the check's own.  There must
 * be at least one remark. */
enum check_state remarks_report(
    const struct remarks *remarks, struct findings *out, const char *subject);

#endif
