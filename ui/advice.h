/* What to do next about a domain, most urgent first. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_ADVICE_H
#define SENDTOP_UI_ADVICE_H

#include "model.h"
#include "words.h"

enum { ADVICE_MOST = 32 };

struct advice {
	char text[SENTENCE_SIZE];
	const char *record; /* to publish, the view's; NULL: it is all said */
	enum role role;
};

/* Writes at most max pieces of advice about model->view; returns how many.
 * None means that nothing is known to be wrong. */
size_t advice_make(const struct model *model, struct advice *out, size_t max);

/* What cures a finding: its own cure, or the remedy of the requirement that
 * it breaks, or "". */
const char *advice_cure(const struct view *view, const struct finding *finding);

/* The worst feedback-loop identifier of the newest day with any; or NULL. */
const struct feedback *advice_feedback(const struct history *history);

#endif
