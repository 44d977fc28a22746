/* The spam rate: the chart with both lines, the clock, the days. */
/* SPDX-License-Identifier: MIT */
#include "panels.h"

#include <inttypes.h>
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

/* What it shows, whose number it is, and its newest day; as much of that as
 * there is room for. */
static void
chart_title(const struct pane *pane, const char *what, const char *source,
    const struct history *history)
{
	char title[SENTENCE_SIZE], day[DAY_TEXT_SIZE];
	int32_t newest = words_last_day(history);

	day_short(day, newest);
	snprintf(title, sizeof(title), "%s, %s, to %s (D-%" PRId32 ")", what,
	    source, day, history->today - newest);
	if ((int)text_width(title) > pane->w)
		snprintf(
		    title, sizeof(title), "%s, %s, to %s", what, source, day);
	if ((int)text_width(title) > pane->w)
		snprintf(title, sizeof(title), "%s, to %s", what, day);
	pane_title(pane, 0, 0, pane->w, title);
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

	chart_title(pane, "Spam rate, % a day", "Google", history);
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

/* Whose numbers the chart is made of: the log's days are the newest ones. */
static void
volume_title(const struct pane *pane, const struct history *history)
{
	bool google = false, own = false;
	char title[SENTENCE_SIZE];

	for (int i = 0; i < VIEW_DAYS; i++) {
		enum volume_source source;

		volume_on(history, history->today - i, &source);
		own = own || (source == VOLUME_LOG && i > 0);
		google = google || source == VOLUME_TLS ||
		    source == VOLUME_ERRORS;
	}
	snprintf(title, sizeof(title), "Messages to Gmail a day%s",
	    own && google ? ", by the own log and Google's counts"
		: own     ? ", by the own log"
		: google  ? ", from Google's counts"
			  : "");
	if ((int)text_width(title) > pane->w)
		snprintf(title, sizeof(title), "Messages to Gmail a day");
	pane_title(pane, 0, 0, pane->w, title);
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

	volume_title(pane, history);
	points_volume(history, history->today, VIEW_DAYS, points);
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
		    "%s on %s: %s since %s; mean of %d day%s %s",
		    word_percent(rate, spam->rate), day_short(day, spam->day),
		    spam_band_name(spam->band), day_short(since, spam->since),
		    spam->mean7_days, spam->mean7_days == 1 ? "" : "s",
		    word_percent(mean, spam->mean7));
	y += pane_wrap(pane, 1, y, pane->w - 2, role_band(spam->band), text);
	if (spam->day != DAY_NONE && spam->data != DATA_VALUE) {
		words_data(text, &view->history, spam->data);
		y += pane_wrap(pane, 1, y, pane->w - 2, ROLE_NOTE, text);
	}
	return y - start;
}

/* Google's mitigation needs seven days below the line, one after another. */
static int
put_clock(const struct pane *pane, int y, const struct spam_judgement *spam)
{
	char text[SENTENCE_SIZE], day[DAY_TEXT_SIZE];
	enum role role = spam->mitigation ? ROLE_GOOD : ROLE_WARN;
	int x;

	if (spam->day == DAY_NONE)
		return 0;
	x = pane_put(pane, 1, y, ROLE_DIM, "7-day clock ");
	plot_bar(pane, x, y, SPAM_CLOCK_DAYS, role, spam->clean_days,
	    SPAM_CLOCK_DAYS);
	x += SPAM_CLOCK_DAYS + 1;
	if (spam->mitigation)
		snprintf(text, sizeof(text),
		    "%d of %d days in a row below 0.30 %%: Google's mitigation "
		    "can be asked for",
		    spam->clean_days, SPAM_CLOCK_DAYS);
	else
		snprintf(text, sizeof(text),
		    "%d of %d days in a row below 0.30 %%: no mitigation by "
		    "Google before %s",
		    spam->clean_days, SPAM_CLOCK_DAYS,
		    day_short(
			day, spam->day + SPAM_CLOCK_DAYS - spam->clean_days));
	return pane_wrap(pane, x, y, pane->w - x - 1, role, text);
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
		snprintf(text, sizeof(text), "%s %s",
		    glyph_state(gap_state(history, state)),
		    word_gap(history->poll, state));
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

/* The spam rate's chart, and the volume's below it where there is room. */
static int
put_charts(const struct pane *pane, const struct model *model, int rows)
{
	struct pane chart = pane_part(pane, 1, 0, pane->w - 2, rows);

	block_chart(&chart, model);
	if (pane->h - rows - 1 < CHART_LEAST)
		return rows;
	chart = pane_part(pane, 1, rows + 1, pane->w - 2, pane->h - rows - 1);
	block_volume(&chart, model);
	return pane->h;
}

static int
put_words(const struct pane *pane, int y, const struct model *model)
{
	const struct view *view = model->view;
	struct pane part;
	int start = y;

	y += put_verdict(pane, y, view);
	y += put_clock(pane, y, &view->judgements.spam);
	part = pane_part(pane, 1, y, pane->w - 2, CANVAS_MOST);
	y += block_feedback(&part, model) + 1;
	part = pane_part(pane, 0, y, pane->w, CANVAS_MOST);
	return y - start + block_rates(&part, model) + 1;
}

int
panel_spam(const struct pane *pane, const struct model *model)
{
	int rows = pane->h / 2, left, right, half = pane->w / 2;
	struct pane a, b;

	rows = rows < CHART_LEAST ? CHART_LEAST : rows;
	rows = rows > CHART_MOST ? CHART_MOST : rows;
	if (pane->w < WIDE) {
		a = pane_part(pane, 0, 0, pane->w, rows);
		left = put_charts(&a, model, rows);
		left += put_words(pane, left, model);
		return left + put_days(pane, left, &model->view->history);
	}
	a = pane_part(pane, 0, 0, half, pane->h);
	b = pane_part(pane, half + 1, 0, pane->w - half - 1, CANVAS_MOST);
	pane_vline(pane, half, 0, pane->h);
	left = put_charts(&a, model, rows);
	right = put_words(&b, 0, model);
	right += put_days(&b, right, &model->view->history);
	return left > right ? left : right;
}
