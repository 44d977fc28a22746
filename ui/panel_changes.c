/* What changed since a day: of a domain, or of all. */
/* SPDX-License-Identifier: MIT */
#include "panels.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sendtop/day.h"
#include "words.h"

enum {
	TIME_WIDTH = 13,
	VERDICT_WIDTH = 8,
	DOMAIN_WIDTH = 24,
	KIND_WIDTH = 11,
	WITH_KIND = 100,
};

static void
put_title(const struct pane *pane, int y, const struct model *model, bool one)
{
	const struct ui_state *ui = &model->ui;
	int32_t today = ui->as_of == DAY_NONE ? day_of(model->now_s)
					      : ui->as_of;
	char title[SENTENCE_SIZE], day[DAY_TEXT_SIZE];

	snprintf(title, sizeof(title),
	    "What changed %s%s since %s 00:00 UTC (%" PRId32 " day%s)",
	    one ? "at " : "in all domains", one ? model->selected : "",
	    day_short(day, ui->since), today - ui->since,
	    today - ui->since == 1 ? "" : "s");
	pane_title(pane, 1, y, pane->w - 2, title);
}

static int
put_change(const struct pane *pane, int y, const struct change *c, bool one)
{
	enum role role = role_verdict(c->verdict);
	char when[TIME_TEXT_SIZE];
	int x = 1;

	if (c->at_s != 0) {
		x = pane_fit(pane, x, y, TIME_WIDTH, ROLE_DIM,
		    time_short(when, c->at_s));
		x = pane_fit(
		    pane, x, y, VERDICT_WIDTH, role, word_verdict(c->verdict));
		if (!one)
			x = pane_fit(pane, x, y, DOMAIN_WIDTH - 1, ROLE_STRONG,
				c->domain[0] != '\0' ? c->domain
						     : "all domains") +
			    1;
		if (pane->w >= WITH_KIND)
			x = pane_fit(pane, x, y, KIND_WIDTH, ROLE_DIM, c->kind);
		role = ROLE_PLAIN;
	} else
		x = pane_fit(pane, x, y, VERDICT_WIDTH, role,
		    c->verdict == VERDICT_PASS ? "" : word_verdict(c->verdict));
	return pane_wrap(pane, x, y, pane->w - x - 1, ROLE_PLAIN, c->text);
}

/* The numbers first, under a heading of their own. */
static int
put_numbers(
    const struct pane *pane, int y, const struct model *model, size_t *next)
{
	int start = y;

	for (*next = 0;
	     *next < model->change_count && model->changes[*next].at_s == 0;
	     ++*next)
		y += put_change(pane, y, &model->changes[*next], true);
	return y - start;
}

int
panel_changes(const struct pane *pane, const struct model *model)
{
	bool one = model->ui.from == SCREEN_DOMAIN;
	size_t next;
	int y = 1, rows;

	put_title(pane, 0, model, one);
	rows = put_numbers(pane, y, model, &next);
	y += rows;
	if (rows > 0 && next < model->change_count)
		pane_title(pane, 1, y++, pane->w - 2, "What happened");
	for (; next < model->change_count; next++)
		y += put_change(pane, y, &model->changes[next], one);
	if (model->change_count == 0)
		y += pane_wrap(pane, 1, y, pane->w - 2, ROLE_DIM,
		    "Nothing changed.  d looks further back; :since DAY "
		    "begins at a day of your own.");
	return y;
}
