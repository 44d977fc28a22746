/* Sparklines, bars, heat strips and charts over days. */
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

/* One hour (or day) of a heat strip; what was not counted is no zero. */
struct plot_count {
	int64_t count;
	bool known;
};
/* One column each: the level by the count, whatever is not zero above the
 * lowest, the dot of a missing number where none was counted. */
void plot_heat(const struct pane *pane, int x, int y,
    const struct plot_count *counts, int n, enum role role);

/* A bar of value/top in w columns with a mark at the line (NaN: none); what
 * is beyond the mark has the role `over`. */
void plot_mark(const struct pane *pane, int x, int y, int w, double value,
    double line, double top, enum role over);

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

/* One day of a bar chart: what was, and the line it was held to. */
struct plot_day {
	double value;          /* NaN: no number */
	enum data_state state; /* why there is none */
	double line;           /* NaN: none */
	char letter;           /* beneath the bar; ' ' none */
	bool ahead;     /* a day to come: it has no bar, and that is no gap */
	enum role role; /* of the bar */
};
struct plot_days {
	const struct plot_day *days; /* oldest first */
	int count;
	int32_t last_day;
	double least_top;
};
/*
 * Bars from below with a stroke at the line of each day, a row of letters and
 * one of dates beneath.  Days are as wide as there is room, at most three
 * columns; the newest that fit.  Needs 16 columns and 6 rows.
 */
void plot_days(const struct pane *pane, const struct plot_days *plot);

/* The next of 1, 2, 2.5, 5, 10, ... at or above value (> 0). */
double plot_nice(double value);

#endif
