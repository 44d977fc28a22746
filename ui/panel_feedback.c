/* Feedback-loop identifiers: which campaign the complaints are about. */
/* SPDX-License-Identifier: MIT */
#include "panels.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plot.h"
#include "sendtop/day.h"
#include "sendtop/text.h"
#include "words.h"

enum {
	LOOPS_MOST = 64,
	LOOPS_SHOWN = 12, /* of each kind */
	SPAN = 14,        /* days of the sparkline */
	RATE_WIDTH = 9,
	DAY_WIDTH = 8,
	PEAK_WIDTH = 10,
	WIDE = 70,
};

/* One identifier of one kind over the last days. */
struct loop {
	const char *id;
	bool by_dkim;
	int32_t day; /* the newest with a rate; DAY_NONE */
	double rate, peak;
	double rates[SPAN]; /* the last is of the newest day of all */
};

struct loops {
	struct loop items[LOOPS_MOST];
	size_t count;
	bool more;
};

static struct loop *
loop_of(struct loops *loops, const struct feedback *f)
{
	struct loop *loop;

	for (size_t i = 0; i < loops->count; i++)
		if (loops->items[i].by_dkim == f->by_dkim &&
		    strcmp(loops->items[i].id, f->id) == 0)
			return &loops->items[i];
	if (loops->count == LOOPS_MOST) {
		loops->more = true;
		return NULL;
	}
	loop = &loops->items[loops->count++];
	*loop = (struct loop){ .id = f->id,
		.by_dkim = f->by_dkim,
		.day = DAY_NONE,
		.rate = (double)NAN,
		.peak = (double)NAN };
	for (int i = 0; i < SPAN; i++)
		loop->rates[i] = (double)NAN;
	return loop;
}

/* The newest day comes first. */
static void
gather(struct loops *loops, const struct history *history, int32_t last)
{
	for (size_t i = 0; i < history->feedback_count; i++) {
		const struct feedback *f = &history->feedback[i];
		struct loop *loop = f->day + SPAN > last ? loop_of(loops, f)
							 : NULL;

		if (loop == NULL || f->day > last || isnan(f->rate))
			continue;
		loop->rates[SPAN - 1 - (last - f->day)] = f->rate;
		loop->peak = fmax(loop->peak, f->rate);
		if (loop->day == DAY_NONE) {
			loop->day = f->day;
			loop->rate = f->rate;
		}
	}
}

/* The newest day first, on it the worst. */
static int
compare(const void *a, const void *b)
{
	const struct loop *x = a, *y = b;

	if (x->day != y->day)
		return x->day > y->day ? -1 : 1;
	if (x->rate > y->rate || x->rate < y->rate)
		return x->rate > y->rate ? -1 : 1;
	return strcmp(x->id, y->id);
}

/* Against the mean of the days before; NaN without any. */
static double
trend(const struct loop *loop, int32_t last)
{
	int at = SPAN - 1 - (last - loop->day), n = 0;
	double sum = 0;

	for (int i = 0; i < at; i++)
		if (!isnan(loop->rates[i])) {
			sum += loop->rates[i];
			n++;
		}
	return n > 0 ? loop->rate - sum / n : (double)NAN;
}

static void
put_spark(const struct pane *pane, int x, int y, const struct loop *loop)
{
	struct plot_point points[SPAN];

	for (int i = 0; i < SPAN; i++) {
		double v = loop->rates[i];

		points[i].value = v;
		points[i].state = isnan(v) ? DATA_WITHHELD : DATA_VALUE;
		points[i].role = role_rate(v);
	}
	plot_spark(pane, x, y, points, SPAN, fmax(loop->peak, SPAM_VIOLATION));
}

static void
put_loop(const struct pane *pane, int y, const struct loop *loop, int32_t last)
{
	char text[WORD_SIZE], day[DAY_TEXT_SIZE];
	int x = pane_right(pane, 1, y, RATE_WIDTH, role_rate(loop->rate),
	    word_percent(text, loop->rate));

	pane_printf(pane, x + 1, y, ROLE_STRONG, "%c",
	    loop->day == DAY_NONE ? ' ' : sign_trend(trend(loop, last)));
	x = pane_fit(pane, x + 3, y, DAY_WIDTH, ROLE_DIM,
	    loop->day == DAY_NONE ? "" : day_short(day, loop->day));
	put_spark(pane, x, y, loop);
	x += SPAN + 1;
	if (pane->w >= WIDE)
		x = pane_right(pane, x, y, PEAK_WIDTH - 1, ROLE_DIM,
			word_percent(text, loop->peak)) +
		    1;
	pane_fit(pane, x, y, pane->w - x - 1, ROLE_STRONG, loop->id);
}

static void
put_titles(const struct pane *pane, int y)
{
	int x = pane_right(pane, 1, y, RATE_WIDTH, ROLE_TITLE, "SPAM");

	x = pane_fit(pane, x + 3, y, DAY_WIDTH, ROLE_TITLE, "DAY");
	x = pane_fit(pane, x, y, SPAN + 1, ROLE_TITLE, "14 DAYS");
	if (pane->w >= WIDE)
		x = pane_right(
			pane, x, y, PEAK_WIDTH - 1, ROLE_TITLE, "HIGHEST") +
		    1;
	pane_put(pane, x, y, ROLE_TITLE, "IDENTIFIER");
}

static int
put_kind(const struct pane *pane, int y, const struct loops *loops,
    bool by_dkim, int32_t last)
{
	int start = y, shown = 0, left = 0;

	for (size_t i = 0; i < loops->count; i++) {
		if (loops->items[i].by_dkim != by_dkim)
			continue;
		if (shown++ == 0) {
			pane_title(pane, 0, y++, pane->w,
			    by_dkim ? "Feedback loops by DKIM domain"
				    : "Feedback loops by From: domain");
			put_titles(pane, y++);
		}
		if (shown <= LOOPS_SHOWN)
			put_loop(pane, y++, &loops->items[i], last);
		else
			left++;
	}
	if (left > 0 || (shown > 0 && loops->more))
		pane_printf(pane, 1, y++, ROLE_DIM, "and %d%s more", left,
		    loops->more ? " or" : "");
	return y - start;
}

int
block_feedback(const struct pane *pane, const struct model *model)
{
	const struct history *history = &model->view->history;
	int32_t last = words_last_day(history);
	struct loops loops = { .count = 0 };
	int y = 0;

	gather(&loops, history, last);
	if (loops.count == 0) {
		pane_title(pane, 0, 0, pane->w, "Feedback loops");
		return 1 +
		    pane_wrap(pane, 1, 1, pane->w - 2, ROLE_DIM,
			history->feedback_count == 0
			    ? "Google named none: mail carries no Feedback-ID, "
			      "or too few complained."
			    : "Google named none in the last 14 days.");
	}
	qsort(loops.items, loops.count, sizeof(*loops.items), compare);
	y += put_kind(pane, y, &loops, true, last);
	return y + put_kind(pane, y, &loops, false, last);
}
