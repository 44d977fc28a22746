/* Sparklines, bars and heat strips: one row each. */
/* SPDX-License-Identifier: MIT */
#include "plot.h"

#include <math.h>

#include "glyph.h"

enum { LEVEL_TOP = 7 };

void
plot_spark(const struct pane *pane, int x, int y,
    const struct plot_point *points, int count, double top)
{
	for (int i = 0; i < count; i++) {
		const struct plot_point *p = &points[i];
		const char *glyph = glyph_state(p->state);
		enum role role = ROLE_DIM;

		if (p->state == DATA_VALUE) {
			double share = top > 0 ? p->value / top : 0;

			share = fmin(fmax(share, 0), 1);
			glyph = glyph_level((int)lround(share * LEVEL_TOP));
			role = p->role;
		}
		pane_put(pane, x + i, y, role, glyph);
	}
}

void
plot_bar(const struct pane *pane, int x, int y, int w, enum role role,
    double part, double whole)
{
	double share = whole > 0 && part > 0 ? fmin(part / whole, 1) : 0;
	int full = (int)lround(share * w);

	pane_fill(pane, x, y, full, 1, role, GLYPH_FULL);
	pane_fill(pane, x + full, y, w - full, 1, ROLE_DIM, GLYPH_SHADE);
}

void
plot_heat(const struct pane *pane, int x, int y,
    const struct plot_count *counts, int n, enum role role)
{
	int64_t top = 1;

	for (int i = 0; i < n; i++)
		if (counts[i].known && counts[i].count > top)
			top = counts[i].count;
	for (int i = 0; i < n; i++) {
		const struct plot_count *c = &counts[i];
		int level = (int)ceil(
		    (double)c->count * LEVEL_TOP / (double)top);

		if (!c->known)
			pane_put(pane, x + i, y, ROLE_DIM,
			    glyph_state(DATA_WITHHELD));
		else if (c->count <= 0)
			pane_put(pane, x + i, y, ROLE_LINE, glyph_level(0));
		else
			pane_put(pane, x + i, y, role, glyph_level(level));
	}
}

void
plot_mark(const struct pane *pane, int x, int y, int w, double value,
    double line, double top, enum role over)
{
	double share = top > 0 && value > 0 ? fmin(value / top, 1) : 0;
	int full = (int)lround(share * w);
	int mark = isnan(line) || !(top > 0)
	    ? w
	    : (int)lround(fmin(fmax(line / top, 0), 1) * (w - 1));

	if (full == 0 && value > 0)
		full = 1;
	for (int i = 0; i < full && i < w; i++)
		pane_put(pane, x + i, y,
		    value > line && i > mark ? over : ROLE_SERIES, GLYPH_FULL);
	if (mark < w)
		pane_put(pane, x + mark, y, value > line ? over : ROLE_STRONG,
		    GLYPH_VLINE);
}

double
plot_nice(double value)
{
	static const double steps[] = { 1, 2, 2.5, 5, 10 };
	double power;

	if (!isfinite(value) || value <= 0)
		return 1;
	power = pow(10, floor(log10(value)));
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++)
		if (steps[i] * power >= value * (1 - 1e-12))
			return steps[i] * power;
	return 10 * power;
}
