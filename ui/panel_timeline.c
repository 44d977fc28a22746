/* The time line: what changed, newest first. */
/* SPDX-License-Identifier: MIT */
#include "panels.h"

#include "sendtop/day.h"
#include "words.h"

enum {
	TIME_WIDTH = 13,
	VERDICT_WIDTH = 8,
	KIND_WIDTH = 11,
	WITH_KIND = 70,
};

int
panel_timeline(const struct pane *pane, const struct model *model)
{
	const struct view *view = model->view;
	bool kind = pane->w >= WITH_KIND;
	int y = 1;

	pane_title(pane, 1, 0, pane->w - 2, "What changed (UTC)");
	for (size_t i = 0; i < view->event_count; i++) {
		const struct store_event *e = &view->events[i];
		char when[TIME_TEXT_SIZE];
		enum role role = role_verdict(e->verdict);
		int x = 1;

		x = pane_fit(pane, x, y, TIME_WIDTH, ROLE_DIM,
		    time_short(when, e->at_s));
		x = pane_fit(
		    pane, x, y, VERDICT_WIDTH, role, word_verdict(e->verdict));
		if (kind)
			x = pane_fit(
				pane, x, y, KIND_WIDTH, ROLE_DIM, e->kind) +
			    1;
		y += pane_wrap(
		    pane, x, y, pane->w - x - 1, ROLE_PLAIN, e->text);
	}
	if (view->event_count == 0)
		y += pane_wrap(pane, 1, y, pane->w - 2, ROLE_DIM,
		    "Nothing has changed since sendtop first looked.");
	return y;
}
