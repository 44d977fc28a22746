/* Sparklines, bars and a chart over days. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_PLOT_H
#define SENDTOP_UI_PLOT_H

#include <stdint.h>

#include "canvas.h"
#include "sendtop/metric.h"

/* One day of a chart.  Without DATA_VALUE it is a gap with a glyph. */
struct plot_point {
	double value;
	enum data_state state;
	enum role role;
};

/* One column a point; `top` is the value of the highest bar. */
void plot_spark(const struct pane *pane, int x, int y,
    const struct plot_point *points, int count, double top);

/* A bar of part/whole in w columns; whole 0 draws it empty. */
void plot_bar(const struct pane *pane, int x, int y, int w, enum role role,
    double part, double whole);

struct plot_line {
	double value;
	const char *label; /* "violation" */
	enum role role;
};

struct plot {
	const struct plot_point *points; /* oldest first, one a day */
	int count;
	int32_t last_day;              /* of points[count - 1] */
	const struct plot_line *lines; /* highest first */
	int line_count;
	double least_top; /* the axis reaches at least this */
	double unit;      /* 100: the axis in percent of a ratio; 1 */
	int decimals;     /* on the axis */
};

/*
 * A line chart: an axis at the left, a row of dates below, the glyphs of days
 * without a number just above these, lines across where a value counts.
 * Braille dots, or stars on an ASCII canvas.  As many of the newest days as
 * there are columns; a gap stays a gap.  Needs 12 columns and 5 rows.
 */
void plot_chart(const struct pane *pane, const struct plot *plot);

/* The next of 1, 2, 2.5, 5, 10, ... at or above value (> 0). */
double plot_nice(double value);

#endif
