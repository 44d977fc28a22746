/* What receivers answer to all domains together, by the hour. */
/* SPDX-License-Identifier: MIT */
#include "panels.h"

#include <stdio.h>

#include "reply_rows.h"
#include "sendtop/day.h"
#include "sendtop/text.h"
#include "words.h"

enum { WIDE = 190, LEFT_WIDTH = 136 };

static int
put_rows(const struct pane *pane, int y, const struct reply_table *table,
    const struct reply_sum *sums, size_t count, bool details)
{
	int start = y;

	y += reply_put_titles(pane, y, table);
	for (size_t i = 0; i < count; i++) {
		y += reply_put_row(pane, y, table, &sums[i]);
		if (details)
			y += reply_put_detail(pane, y, table, &sums[i]);
	}
	return y - start;
}

static int
put_meanings(const struct pane *pane, const struct reply_table *table,
    const struct reply_sum *sums, size_t count)
{
	int y = 1;

	pane_title(
	    pane, 0, 0, pane->w, "Whose mail, what it means, what to do");
	for (size_t i = 0; i < count; i++) {
		y += pane_wrap(
		    pane, 1, y, pane->w - 2, reply_role(&sums[i]), sums[i].key);
		y += reply_put_detail(pane, y, table, &sums[i]);
	}
	return y;
}

static int
put_none(const struct pane *pane, const struct model *model)
{
	if (model->replies_since_s > 0)
		return 1 +
		    pane_wrap(pane, 1, 1, pane->w - 2, ROLE_GOOD,
			"No receiver deferred or refused anything of any "
			"domain in the last 48 hours, as far as logs were "
			"read.");
	return 1 + words_no_log(pane, 1, model);
}

int
panel_fleet_replies(const struct pane *pane, const struct model *model)
{
	struct reply_sum sums[SUM_MOST];
	struct reply_table table = { .model = model,
		.now_s = model->now_s,
		.known_s = model->replies_since_s,
		.known_to_s = model->now_s,
		.of = "OF ALL" };
	struct pane left = pane_part(pane, 1, 0, pane->w - 2, CANVAS_MOST);
	struct pane right = pane_part(
	    pane, LEFT_WIDTH + 4, 0, pane->w - LEFT_WIDTH - 5, CANVAS_MOST);
	size_t count = reply_sums(
	    model->replies, model->reply_count, model->now_s, sums, SUM_MOST);
	int a, b;

	if (count == 0)
		return put_none(pane, model);
	for (size_t i = 0; i < count; i++)
		table.attempts += sums[i].day;
	if (pane->w >= WIDE)
		left.w = LEFT_WIDTH;
	reply_table_fit(&table, left.w);
	pane_title(&left, 0, 0, left.w,
	    "Replies to all domains by UTC hour, from the logs");
	a = 1 + put_rows(&left, 1, &table, sums, count, pane->w < WIDE);
	if (pane->w < WIDE)
		return a;
	pane_vline(pane, LEFT_WIDTH + 2, 0, pane->h);
	b = put_meanings(&right, &table, sums, count);
	return a > b ? a : b;
}
