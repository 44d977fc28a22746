/* A list of changes that is being made. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_CHANGES_LIST_H
#define SENDTOP_UI_CHANGES_LIST_H

#include "sendtop/view.h"

struct change_list {
	struct arena *arena;
	struct change *items; /* with room for one more than most */
	size_t count, most;
	const char *domain; /* of what is added next */
};

/* Adds one of which no more than kind, verdict and text is known so far; past
 * the most it is given a place that does not count. */
struct change *change_add(struct change_list *list, const char *kind,
    enum verdict verdict, const char *text);

/* Findings and records that are not as they were; nothing where nothing had
 * been looked at before.  At most one for each finding before, and two for
 * each after. */
void changes_findings(struct change_list *list, const struct view *before,
    const struct view *after);

#endif
