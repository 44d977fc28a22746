/* The spam rate: the chart with both lines, the clock, the days. */
/* SPDX-License-Identifier: MIT */
#include "panels.h"

#include <math.h>
#include <stdio.h>

#include "glyph.h"
#include "plot.h"
#include "sendtop/day.h"
#include "sendtop/text.h"
#include "words.h"

enum {
	CHART_LEAST = 9,
	CHART_MOST = 20,
	TABLE_DAYS = 28,
	NOTE_LEFT = 6,
	FEEDBACK_ROWS = 8,
	VALUE_WIDTH = 11,
	WIDE = 130,
};

/* Whether any of the points is a number. */
static bool
has_value(const struct plot_point *points, int count)
{
	for (int i = 0; i < count; i++)
		if (points[i].state == DATA_VALUE)
			return true;
	return false;
}

/* Why there is no line, in the room where it would be. */
static void
put_no_value(const struct pane *area, const struct view *view)
{
	struct pane note = pane_part(
	    area, NOTE_LEFT, 0, area->w - NOTE_LEFT, area->h - 2);
	char words[SENTENCE_SIZE];

	words_data(words, &view->history, view->standing.data);
	pane_wrap(&note, 0, 1, note.w, ROLE_STRONG, words);
}

int
block_chart(const struct pane *pane, const struct model *model)
{
	static const struct plot_line lines[] = {
		{ SPAM_VIOLATION, "violation", ROLE_BAD },
		{ SPAM_WATCH, "watch", ROLE_WARN },
	};
	const struct history *history = &model->view->history;
	struct plot_point points[VIEW_DAYS];
	struct pane area = pane_part(pane, 0, 1, pane->w, pane->h - 1);
	struct plot plot = { .points = points,
		.count = VIEW_DAYS,
		.last_day = history->today,
		.lines = lines,
		.line_count = 2,
		.least_top = 0.004,
		.unit = 100,
		.decimals = 2 };

	pane_title(pane, 0, 0, pane->w, "Spam rate %, by UTC day");
	points_metric(
	    history, METRIC_SPAM_RATE, history->today, VIEW_DAYS, points);
	if (!has_value(points, VIEW_DAYS)) {
		plot.line_count = 0;
		plot_chart(&area, &plot);
		put_no_value(&area, model->view);
	} else
		plot_chart(&area, &plot);
	return pane->h;
}

int
block_volume(const struct pane *pane, const struct model *model)
{
	const struct history *history = &model->view->history;
	struct plot_point points[VIEW_DAYS];
	struct pane area = pane_part(pane, 0, 1, pane->w, pane->h - 1);
	struct plot plot = { .points = points,
		.count = VIEW_DAYS,
		.last_day = history->today,
		.least_top = 1,
		.unit = 1 };

	pane_title(pane, 0, 0, pane->w, "Volume to Gmail, by UTC day");
	for (int i = 0; i < VIEW_DAYS; i++) {
		int32_t day = history->today - (VIEW_DAYS - 1 - i);
		enum volume_source source;
		double rate;

		points[i].value = volume_on(history, day, &source);
		points[i].role = ROLE_SERIES;
		points[i].state = history_value(
		    history, METRIC_SPAM_RATE, day, &rate);
		if (source != VOLUME_NONE)
			points[i].state = DATA_VALUE;
		else if (points[i].state == DATA_VALUE)
			points[i].state = DATA_WITHHELD;
	}
	plot_chart(&area, &plot);
	return pane->h;
}

/* What the rate amounts to, in sentences. */
static int
put_verdict(const struct pane *pane, int y, const struct view *view)
{
	const struct spam_judgement *spam = &view->judgements.spam;
	char rate[WORD_SIZE], mean[WORD_SIZE], since[DAY_TEXT_SIZE],
	    day[DAY_TEXT_SIZE], text[SENTENCE_SIZE];
	int start = y;

	if (spam->day == DAY_NONE)
		words_data(text, &view->history, spam->data);
	else
		snprintf(text, sizeof(text),
		    "%s on %s: %s since %s; 7-day mean %s (days with a "
		    "number: %d)",
		    word_percent(rate, spam->rate), day_short(day, spam->day),
		    spam_band_name(spam->band), day_short(since, spam->since),
		    word_percent(mean, spam->mean7), spam->mean7_days);
	y += pane_wrap(pane, 1, y, pane->w - 2, role_band(spam->band), text);
	if (spam->day != DAY_NONE && spam->data != DATA_VALUE) {
		words_data(text, &view->history, spam->data);
		y += pane_wrap(pane, 1, y, pane->w - 2, ROLE_NOTE, text);
	}
	snprintf(text, sizeof(text),
	    "7-day clock: %d of %d days in a row below 0.30 %%: %s",
	    spam->clean_days, SPAM_CLOCK_DAYS,
	    spam->mitigation ? "Google's mitigation can be asked for"
			     : "no mitigation by Google before");
	y += pane_wrap(pane, 1, y, pane->w - 2,
	    spam->mitigation ? ROLE_PLAIN : ROLE_WARN, text);
	return y - start;
}

static int
put_feedback(const struct pane *pane, int y, const struct history *history)
{
	int start = y;

	if (history->feedback_count == 0)
		return 0;
	pane_title(pane, 0, ++y, pane->w, "Feedback loop identifiers");
	y++;
	for (size_t i = 0; i < history->feedback_count && i < FEEDBACK_ROWS;
	     i++) {
		const struct feedback *f = &history->feedback[i];
		char day[DAY_TEXT_SIZE], rate[WORD_SIZE];

		pane_put(pane, 1, y, ROLE_DIM, day_short(day, f->day));
		pane_right(pane, 8, y, VALUE_WIDTH - 2, role_rate(f->rate),
		    word_percent(rate, f->rate));
		pane_fit(pane, 19, y, pane->w - 30, ROLE_STRONG, f->id);
		pane_put(pane, pane->w - 10, y, ROLE_DIM,
		    f->by_dkim ? "by DKIM" : "by From:");
		y++;
	}
	return y - start;
}

static void
put_day(
    const struct pane *pane, int y, const struct history *history, int32_t day)
{
	static const enum metric metrics[] = { METRIC_REJECT_RATE,
		METRIC_TEMP_FAIL_RATE };
	enum volume_source source;
	double value, volume = volume_on(history, day, &source);
	char text[WORD_SIZE], name[DAY_TEXT_SIZE];
	enum data_state state = history_value(
	    history, METRIC_SPAM_RATE, day, &value);
	int x = 1;

	x = pane_fit(pane, x, y, 12, ROLE_DIM, day_text(name, day));
	if (state == DATA_VALUE)
		pane_right(pane, x, y, VALUE_WIDTH, role_rate(value),
		    word_percent(text, value));
	else {
		snprintf(text, sizeof(text), "%s %s", glyph_state(state),
		    data_state_name(state));
		pane_right(pane, x, y, VALUE_WIDTH, ROLE_DIM, text);
	}
	x += VALUE_WIDTH;
	pane_right(pane, x, y, VALUE_WIDTH, ROLE_PLAIN,
	    word_volume(text, volume, source));
	for (int i = 0; i < 2; i++) {
		x += VALUE_WIDTH;
		history_value(history, metrics[i], day, &value);
		pane_right(pane, x, y, VALUE_WIDTH,
		    value > 0 ? ROLE_PLAIN : ROLE_DIM,
		    word_percent(text, value));
	}
}

static int
put_days(const struct pane *pane, int y, const struct history *history)
{
	static const char *const titles[] = { "SPAM RATE", "VOLUME", "REJECTED",
		"DEFERRED" };

	pane_put(pane, 1, y, ROLE_TITLE, "DAY");
	for (int i = 0; i < 4; i++)
		pane_right(pane, 13 + i * VALUE_WIDTH, y, VALUE_WIDTH,
		    ROLE_TITLE, titles[i]);
	for (int i = 0; i < TABLE_DAYS; i++)
		put_day(pane, y + 1 + i, history, history->today - i);
	return 1 + TABLE_DAYS;
}

/* The charts and what they amount to, without the days. */
static int
put_charts(const struct pane *pane, const struct model *model)
{
	const struct view *view = model->view;
	int y = pane->h / 2;
	struct pane chart;

	y = y < CHART_LEAST ? CHART_LEAST : y;
	y = y > CHART_MOST ? CHART_MOST : y;
	chart = pane_part(pane, 1, 0, pane->w - 2, y);
	block_chart(&chart, model);
	y++;
	y += put_verdict(pane, y, view);
	y += put_feedback(pane, y, &view->history) + 1;
	if (pane->h - y < CHART_LEAST)
		return y;
	chart = pane_part(pane, 1, y, pane->w - 2, pane->h - y);
	block_volume(&chart, model);
	return pane->h;
}

int
panel_spam(const struct pane *pane, const struct model *model)
{
	int table = 13 + 4 * VALUE_WIDTH + 2, left, right;
	struct pane a, b;

	if (pane->w < WIDE) {
		left = put_charts(pane, model);
		return left + put_days(pane, left, &model->view->history);
	}
	a = pane_part(pane, 0, 0, pane->w - table - 1, pane->h);
	b = pane_part(pane, pane->w - table, 0, table, CANVAS_MOST);
	left = put_charts(&a, model);
	right = put_days(&b, 0, &model->view->history);
	return left > right ? left : right;
}
