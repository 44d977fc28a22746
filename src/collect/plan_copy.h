/* A plan with all that it points to, for as long as its job takes. */
/* SPDX-License-Identifier: MIT */
#ifndef COLLECT_PLAN_COPY_H
#define COLLECT_PLAN_COPY_H

#include "sendtop/check.h"

/* What stays borrowed is said in check.h; the memo does not come along. */
struct check_plan plan_copy(struct arena *arena, const struct check_plan *plan);

#endif
