/* Who a domain's checks are run on: the domain, its senders, its MX hosts. */
/* SPDX-License-Identifier: MIT */
#ifndef CHECKS_SUBJECTS_H
#define CHECKS_SUBJECTS_H

#include "sendtop/check.h"

enum { SUBJECT_KINDS = SUBJECT_LISTED + 1 };

struct subject_list {
	struct subject *items;
	size_t count, cap;
};

struct subjects {
	struct subject base; /* what all of them share */
	struct subject_list by_kind[SUBJECT_KINDS];
};

/* Whether the plan has the check in it. */
bool check_planned(const struct check_plan *plan, const struct check *check);

/* Finds those that the plan's checks need.  CHECK_WAITING: more may come once
 * wanted facts are there.  All is in the memo's arena or in the plan. */
enum check_state subjects_find(struct facts *facts,
    const struct check_plan *plan, struct check_memo *memo,
    struct subjects *out);

#endif
