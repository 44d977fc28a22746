/* The chart over days: a line with an axis, dates, lines across and gaps. */
/* SPDX-License-Identifier: MIT */
#include "plot.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "glyph.h"
#include "sendtop/day.h"
#include "sendtop/mem.h"
#include "sendtop/text.h"

enum {
	CHART_WIDTH = 12,
	CHART_HEIGHT = 5,
	DOTS_ACROSS = 2, /* of a braille cell */
	DOTS_DOWN = 4,
	BRAILLE = 0x2800,
	DAY_WIDTH = 6, /* "Nov 21" */
	DATES_APART = 16,
	AXIS_LEAST = 4,
	AXIS_STEPS = 4,
};

/* Where the parts of a chart are. */
struct area {
	int x, w;         /* the plot itself */
	int rows;         /* its height */
	int first, count; /* the days that are shown */
	int step;         /* columns a day */
	double top;
};

static int
axis_text(const struct plot *plot, double value, char *out, size_t size)
{
	if (plot->unit > 1)
		return snprintf(
		    out, size, "%.*f", plot->decimals, value * plot->unit);
	text_count(out, size, value);
	return (int)strlen(out);
}

static double
highest(const struct plot *plot, int first)
{
	double top = plot->least_top;

	for (int i = first; i < plot->count; i++)
		if (plot->points[i].state == DATA_VALUE &&
		    plot->points[i].value > top)
			top = plot->points[i].value;
	return top;
}

static struct area
layout(const struct pane *pane, const struct plot *plot)
{
	struct area a = { .rows = pane->h - 2 };
	char label[32];
	int axis = AXIS_LEAST;

	for (int i = 1; i <= AXIS_STEPS; i++) {
		int w = axis_text(plot,
		    plot_nice(highest(plot, 0)) * i / AXIS_STEPS, label,
		    sizeof(label));

		axis = w > axis ? w : axis;
	}
	a.x = axis + 1;
	a.w = pane->w - a.x;
	a.count = plot->count < a.w ? plot->count : a.w;
	a.first = plot->count - a.count;
	a.step = a.count > 0 ? a.w / a.count : 1;
	a.top = plot_nice(highest(plot, a.first));
	return a;
}

/* The dot row, from the top, of a value. */
static int
dot_row(const struct area *a, double value, int dots)
{
	double share = fmin(fmax(value / a->top, 0), 1);

	return (int)lround((1 - share) * (dots - 1));
}

static int
text_row(const struct area *a, double value)
{
	return dot_row(a, value, a->rows * DOTS_DOWN) / DOTS_DOWN;
}

/* The middle column of shown day i. */
static int
column(const struct area *a, int i)
{
	return a->x + i * a->step + a->step / 2;
}

/* Whether the axis can write the value as it is. */
static bool
is_round(const struct plot *plot, double value)
{
	double shown = value * plot->unit * pow(10, plot->decimals);

	return plot->unit <= 1 || fabs(shown - round(shown)) < 1e-6;
}

static void
draw_axis(
    const struct pane *pane, const struct plot *plot, const struct area *a)
{
	char label[32];

	pane_vline(pane, a->x - 1, 0, a->rows);
	for (int i = 0; i <= AXIS_STEPS; i++) {
		double value = a->top * i / AXIS_STEPS;

		if (i % 2 == 1 && (a->rows < 11 || !is_round(plot, value)))
			continue;
		axis_text(plot, value, label, sizeof(label));
		pane_right(
		    pane, 0, text_row(a, value), a->x - 1, ROLE_DIM, label);
	}
}

static void
draw_lines(
    const struct pane *pane, const struct plot *plot, const struct area *a)
{
	int above = -1;

	for (int i = 0; i < plot->line_count; i++) {
		const struct plot_line *line = &plot->lines[i];
		int row = text_row(a, line->value);
		char label[32];

		if (line->value > a->top || row == above)
			continue;
		above = row;
		pane_fill(pane, a->x, row, a->w, 1, line->role, GLYPH_DASH);
		axis_text(plot, line->value, label, sizeof(label));
		pane_fill(pane, 0, row, a->x - 1, 1, ROLE_PLAIN, " ");
		pane_right(pane, 0, row, a->x - 1, line->role, label);
	}
}

/* Dates under the first day, the last, and between as they fit. */
static void
draw_dates(
    const struct pane *pane, const struct plot *plot, const struct area *a)
{
	int spaces = a->w / DATES_APART, y = a->rows + 1;
	char text[DAY_TEXT_SIZE];

	if (spaces < 1)
		spaces = 1;
	for (int i = 0; i <= spaces; i++) {
		int shown = (a->count - 1) * i / spaces;
		int32_t day = plot->last_day - (a->count - 1 - shown);
		int x = column(a, shown) - DAY_WIDTH / 2;

		if (x + DAY_WIDTH > pane->w)
			x = pane->w - DAY_WIDTH;
		if (x < a->x - 1)
			x = a->x - 1;
		pane_put(pane, x, y, ROLE_DIM, day_short(text, day));
	}
}

/* The dots of the braille line, and for each cell the gravest role. */
struct dots {
	int w, h; /* cells */
	unsigned char *bits;
	unsigned char *roles;
};

static void
dot(struct dots *d, int x, int y, enum role role)
{
	static const unsigned char bit[DOTS_DOWN][DOTS_ACROSS] = {
		{ 0x01, 0x08 }, { 0x02, 0x10 }, { 0x04, 0x20 }, { 0x40, 0x80 }
	};
	size_t at;

	if (x < 0 || y < 0 || x >= d->w * DOTS_ACROSS || y >= d->h * DOTS_DOWN)
		return;
	at = (size_t)(y / DOTS_DOWN) * (size_t)d->w + (size_t)(x / DOTS_ACROSS);
	d->bits[at] |= bit[y % DOTS_DOWN][x % DOTS_ACROSS];
	/* Of the series' roles the graver is the greater. */
	if (role > d->roles[at])
		d->roles[at] = (unsigned char)role;
}

/* A straight run of dots, one for each step of the longer side. */
static void
dot_line(struct dots *d, int x0, int y0, int x1, int y1, enum role role)
{
	int steps = abs(x1 - x0) > abs(y1 - y0) ? abs(x1 - x0) : abs(y1 - y0);

	for (int i = 0; i <= steps; i++) {
		double t = steps > 0 ? (double)i / steps : 0;

		dot(d, x0 + (int)lround(t * (x1 - x0)),
		    y0 + (int)lround(t * (y1 - y0)), role);
	}
}

static void
trace(struct dots *d, const struct plot *plot, const struct area *a)
{
	int px = 0, py = 0;
	bool joined = false;

	for (int i = 0; i < a->count; i++) {
		const struct plot_point *p = &plot->points[a->first + i];
		int x = (column(a, i) - a->x) * DOTS_ACROSS;
		int y;

		if (p->state != DATA_VALUE) {
			joined = false;
			continue;
		}
		y = dot_row(a, p->value, a->rows * DOTS_DOWN);
		dot_line(d, joined ? px : x, joined ? py : y, x, y, p->role);
		dot(d, x + 1, y, p->role);
		px = x + 1;
		py = y;
		joined = true;
	}
}

static void
put_dots(const struct pane *pane, const struct dots *d, int left)
{
	bool ascii = canvas_ascii(pane->canvas);
	char text[8];

	for (int y = 0; y < d->h; y++)
		for (int x = 0; x < d->w; x++) {
			size_t at = (size_t)y * (size_t)d->w + (size_t)x;

			if (d->bits[at] == 0)
				continue;
			text[text_encode(BRAILLE | d->bits[at], text)] = '\0';
			pane_put(pane, left + x, y, d->roles[at],
			    ascii ? "*" : text);
		}
}

/* ASCII has no room between its rows: the days alone, without the line that
 * joins them. */
static void
trace_days(struct dots *d, const struct plot *plot, const struct area *a)
{
	for (int i = 0; i < a->count; i++) {
		const struct plot_point *p = &plot->points[a->first + i];

		if (p->state == DATA_VALUE)
			dot(d, (column(a, i) - a->x) * DOTS_ACROSS,
			    text_row(a, p->value) * DOTS_DOWN, p->role);
	}
}

/* Columns from x on that the series leaves free in a row. */
static int
free_run(const struct dots *d, int x, int row)
{
	int n = 0;

	while (x + n < d->w &&
	    d->bits[(size_t)row * (size_t)d->w + (size_t)(x + n)] == 0)
		n++;
	return n;
}

/* What a line across means, where the series does not run over it. */
static void
put_labels(const struct pane *pane, const struct plot *plot,
    const struct area *a, const struct dots *d)
{
	for (int i = 0; i < plot->line_count; i++) {
		const struct plot_line *line = &plot->lines[i];
		int row = text_row(a, line->value);
		int need = (int)text_width(line->label) + 2;

		if (line->value > a->top)
			continue;
		for (int x = 1; x + need < d->w; x++)
			if (free_run(d, x - 1, row) >= need + 2) {
				pane_printf(pane, a->x + x, row, line->role,
				    " %s ", line->label);
				break;
			}
	}
}

/* The state of shown day i; past either end there is a value. */
static enum data_state
state_of(const struct plot *plot, const struct area *a, int i)
{
	if (i < 0 || i >= a->count)
		return DATA_VALUE;
	return plot->points[a->first + i].state;
}

/* Says in a word what the glyphs of a run of days mean, once for each state,
 * left or right of the run if the days there have a value. */
static bool
put_gap_word(const struct pane *pane, const struct plot *plot,
    const struct area *a, int from, int to)
{
	const char *word = data_state_name(state_of(plot, a, from));
	int need = (int)text_width(word) + 1;
	int left = column(a, from) - need, right = column(a, to) + 2;
	bool free_left = left >= a->x, free_right = right + need <= a->x + a->w;

	for (int i = 0; i < a->count; i++) {
		int x = column(a, i);

		if (state_of(plot, a, i) == DATA_VALUE)
			continue;
		if (x >= left - 1 && x < column(a, from))
			free_left = false;
		if (x > column(a, to) && x <= right + need)
			free_right = false;
	}
	if (free_left)
		pane_put(pane, left, a->rows, ROLE_DIM, word);
	else if (free_right)
		pane_put(pane, right, a->rows, ROLE_DIM, word);
	return free_left || free_right;
}

static void
draw_gaps(
    const struct pane *pane, const struct plot *plot, const struct area *a)
{
	bool told[DATA_ERROR + 1] = { [DATA_VALUE] = true };

	for (int i = a->count - 1; i >= 0; i--) {
		enum data_state state = state_of(plot, a, i);
		int to = i;

		if (state == DATA_VALUE)
			continue;
		while (state_of(plot, a, i - 1) == state)
			i--;
		for (int k = i; k <= to; k++)
			pane_put(pane, column(a, k), a->rows, ROLE_DIM,
			    glyph_state(state));
		if (!told[state])
			told[state] = put_gap_word(pane, plot, a, i, to);
	}
}

static void
draw_series(
    const struct pane *pane, const struct plot *plot, const struct area *a)
{
	struct dots d = { .w = a->w, .h = a->rows };
	size_t cells = (size_t)a->w * (size_t)a->rows;

	d.bits = mem_zero(cells, 1);
	d.roles = mem_zero(cells, 1);
	if (canvas_ascii(pane->canvas))
		trace_days(&d, plot, a);
	else
		trace(&d, plot, a);
	put_dots(pane, &d, a->x);
	put_labels(pane, plot, a, &d);
	free(d.bits);
	free(d.roles);
}

void
plot_chart(const struct pane *pane, const struct plot *plot)
{
	struct area a;

	if (canvas_listens(pane->canvas) || pane->w < CHART_WIDTH ||
	    pane->h < CHART_HEIGHT || plot->count < 1)
		return;
	a = layout(pane, plot);
	if (a.w < 2)
		return;
	draw_axis(pane, plot, &a);
	draw_lines(pane, plot, &a);
	draw_series(pane, plot, &a);
	draw_gaps(pane, plot, &a);
	draw_dates(pane, plot, &a);
}
