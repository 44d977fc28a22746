/* The bar chart over days: what was sent against what was allowed. */
/* SPDX-License-Identifier: MIT */
#include "plot.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "glyph.h"
#include "sendtop/day.h"
#include "sendtop/text.h"

enum {
	WIDTH_LEAST = 16,
	HEIGHT_LEAST = 6,
	STEP_MOST = 3,
	LEVELS = 8, /* of a cell */
	DAY_WIDTH = 6,
	DATES_APART = 14,
	LABEL_SIZE = 32,
	AXIS_LEAST = 4,
	BELOW = 2, /* letters and dates */
};

struct grid {
	int x, w, rows, first, count, step;
	double top;
};

static double
highest(const struct plot_days *plot, int first)
{
	double top = plot->least_top;

	for (int i = first; i < plot->count; i++) {
		top = fmax(top, plot->days[i].value);
		top = fmax(top, plot->days[i].line);
	}
	return top;
}

static struct grid
layout(const struct pane *pane, const struct plot_days *plot)
{
	struct grid g = { .rows = pane->h - BELOW };
	char label[LABEL_SIZE];
	int axis = AXIS_LEAST;

	for (int i = 1; i <= 2; i++) {
		text_count(
		    label, sizeof(label), plot_nice(highest(plot, 0)) * i / 2);
		axis = (int)strlen(label) > axis ? (int)strlen(label) : axis;
	}
	g.x = axis + 1;
	g.w = pane->w - g.x;
	g.count = plot->count < g.w ? plot->count : g.w;
	g.step = g.count > 0 ? g.w / g.count : 1;
	if (g.step > STEP_MOST)
		g.step = STEP_MOST;
	g.first = plot->count - g.count;
	g.top = plot_nice(highest(plot, g.first));
	return g;
}

static void
draw_axis(const struct pane *pane, const struct grid *g)
{
	char label[LABEL_SIZE];

	pane_vline(pane, g->x - 1, 0, g->rows);
	for (int i = 0; i <= 2; i++) {
		text_count(label, sizeof(label), g->top * i / 2);
		pane_right(pane, 0, (g->rows - 1) * (2 - i) / 2, g->x - 1,
		    ROLE_DIM, label);
	}
}

/* Whole cells from below, and a part of one on top; what is not zero shows. */
static void
draw_bar(const struct pane *pane, const struct grid *g, int x, double value,
    enum role role)
{
	int units = (int)lround(fmin(value / g->top, 1) * g->rows * LEVELS);
	int w = g->step > 1 ? g->step - 1 : 1, row = g->rows - 1;

	if (units == 0 && value > 0)
		units = 1;
	for (; units >= LEVELS; units -= LEVELS)
		pane_fill(pane, x, row--, w, 1, role, GLYPH_FULL);
	if (units > 0)
		pane_fill(pane, x, row, w, 1, role, glyph_level(units - 1));
}

static void
draw_day(const struct pane *pane, const struct grid *g, int i,
    const struct plot_day *day)
{
	int x = g->x + i * g->step, w = g->step > 1 ? g->step - 1 : 1;
	char letter[2] = { day->letter, '\0' };

	if (!isnan(day->value))
		draw_bar(pane, g, x, day->value, day->role);
	else if (!day->ahead)
		pane_put(
		    pane, x, g->rows - 1, ROLE_DIM, glyph_state(day->state));
	if (!isnan(day->line) && day->line <= g->top)
		pane_fill(pane, x,
		    (int)lround((1 - day->line / g->top) * (g->rows - 1)), w, 1,
		    ROLE_STRONG, GLYPH_HLINE);
	pane_put(pane, x, g->rows, ROLE_DIM, letter);
}

static void
draw_dates(
    const struct pane *pane, const struct plot_days *plot, const struct grid *g)
{
	int span = (g->count - 1) * g->step, spaces = span / DATES_APART;
	char text[DAY_TEXT_SIZE];

	if (spaces < 1)
		spaces = 1;
	for (int i = 0; i <= spaces; i++) {
		int shown = (g->count - 1) * i / spaces;
		int x = g->x + shown * g->step - DAY_WIDTH / 2;

		if (x + DAY_WIDTH > pane->w)
			x = pane->w - DAY_WIDTH;
		if (x < 0)
			x = 0;
		pane_put(pane, x, g->rows + 1, ROLE_DIM,
		    day_short(text, plot->last_day - (g->count - 1 - shown)));
	}
}

void
plot_days(const struct pane *pane, const struct plot_days *plot)
{
	struct grid g;

	if (canvas_listens(pane->canvas) || pane->w < WIDTH_LEAST ||
	    pane->h < HEIGHT_LEAST || plot->count < 1)
		return;
	g = layout(pane, plot);
	draw_axis(pane, &g);
	for (int i = 0; i < g.count; i++)
		draw_day(pane, &g, i, &plot->days[g.first + i]);
	draw_dates(pane, plot, &g);
}
