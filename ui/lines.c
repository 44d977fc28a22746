/* Lines with a time, newest first, under a separator for each day. */
/* SPDX-License-Identifier: MIT */
#include "lines.h"

#include <stdio.h>

#include "sendtop/day.h"
#include "sendtop/text.h"

enum {
	TIME_WIDTH = 6,
	WORD_WIDTH = 8,
	TITLE_SIZE = 32,
};

struct lines
lines_new(const struct pane *pane, const char *title)
{
	pane_title(pane, 0, 0, pane->w, title);
	return (struct lines){ .pane = pane, .y = 1, .day = DAY_NONE };
}

/* "Sat 2026-11-21", where the day changes. */
static void
separate(struct lines *lines, int64_t at_s)
{
	static const char *const names[] = { "Mon", "Tue", "Wed", "Thu", "Fri",
		"Sat", "Sun" };
	int32_t day = day_of(at_s);
	char title[TITLE_SIZE], text[DAY_TEXT_SIZE];

	if (day == lines->day)
		return;
	lines->day = day;
	snprintf(title, sizeof(title), "%s %s", names[day_weekday(day)],
	    day_text(text, day));
	pane_put(lines->pane, 1, lines->y++, ROLE_DIM, title);
}

void
lines_put(struct lines *lines, const struct line_row *row)
{
	const struct pane *pane = lines->pane;
	char when[TIME_TEXT_SIZE] = "", clock[TIME_WIDTH] = "";
	int x = 3;

	if (row->at_s > 0) {
		separate(lines, row->at_s);
		time_text(when, row->at_s);
		snprintf(clock, sizeof(clock), "%.5s",
		    row->whole_day ? "day" : when + 11);
	}
	x = pane_fit(pane, x, lines->y, TIME_WIDTH, ROLE_DIM, clock);
	if (row->word != NULL)
		x = pane_fit(
		    pane, x, lines->y, WORD_WIDTH, row->role, row->word);
	lines->y += pane_wrap(pane, x, lines->y, pane->w - x - 1,
	    row->word != NULL ? ROLE_PLAIN : row->role, row->text);
}

void
lines_say(struct lines *lines, const char *text)
{
	lines->y += pane_wrap(
	    lines->pane, 1, lines->y, lines->pane->w - 2, ROLE_DIM, text);
}
