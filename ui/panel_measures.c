/* Google's other numbers: authentication, TLS, delivery errors. */
/* SPDX-License-Identifier: MIT */
#include "panels.h"

#include <math.h>
#include <stdio.h>

#include "glyph.h"
#include "measures.h"
#include "plot.h"
#include "sendtop/day.h"
#include "sendtop/text.h"
#include "words.h"

enum {
	LABEL_MOST = 34,
	VALUE_WIDTH = 11,
	DAY_WIDTH = 8,
	SPARK_LEAST = 7,
	SPARK_MOST = 60,
};

/* A measure of a group is left out while it has been 0 all along, except
 * where that itself is good to know. */
static const struct {
	const char *title;
	enum metric first, last;
	int step;
	bool always;
} groups[] = {
	{ "Authentication (share that passes)", METRIC_AUTH_SPF,
	    METRIC_AUTH_DMARC, 1, true },
	{ "Encryption", METRIC_TLS_INBOUND, METRIC_TLS_OUTBOUND, 1, true },
	{ "Delivery errors", METRIC_REJECT_RATE, METRIC_TEMP_FAIL_RATE, 2,
	    true },
	{ "Rejected because of", METRIC_REJECT_BAD_ATTACHMENT_RATE,
	    METRIC_REJECT_OTHER_RATE, 2, false },
	{ "Deferred because of", METRIC_TEMP_FAIL_ANOMALOUS_RATE,
	    METRIC_TEMP_FAIL_OTHER_RATE, 2, false },
};

struct columns {
	int label, spark;
	bool mean;
};

static struct columns
columns(const struct pane *pane)
{
	struct columns c = { .label = LABEL_MOST, .mean = true };
	int room = pane->w - 1 - VALUE_WIDTH - DAY_WIDTH;

	if (room - VALUE_WIDTH - LABEL_MOST - SPARK_LEAST < 0)
		c.mean = false;
	else
		room -= VALUE_WIDTH;
	c.spark = room - c.label - 2;
	if (c.spark < SPARK_LEAST) {
		c.spark = SPARK_LEAST;
		c.label = room - SPARK_LEAST - 2;
	}
	if (c.spark > SPARK_MOST)
		c.spark = SPARK_MOST;
	return c;
}

static bool
ever_above_zero(const struct history *history, enum metric metric)
{
	const double *series = history->series[metric];

	for (size_t i = 0; series != NULL && i < history->days; i++)
		if (series[i] > 0)
			return true;
	return false;
}

static double
mean7(const struct history *history, enum metric metric, int32_t to)
{
	double sum = 0, value;
	int n = 0;

	for (int32_t day = to - 6; day <= to; day++)
		if (history_value(history, metric, day, &value) == DATA_VALUE) {
			sum += value;
			n++;
		}
	return n > 0 ? sum / n : (double)NAN;
}

/* Auth and TLS rates below these lines, and errors above them, stand out. */
static enum role
role_metric(enum metric metric, double value)
{
	if (isnan(value))
		return ROLE_DIM;
	if (metric_row(metric)->higher_is_better)
		return value < 0.95 ? ROLE_BAD
		    : value < 0.99  ? ROLE_WARN
				    : ROLE_GOOD;
	return value >= 0.05 ? ROLE_BAD
	    : value >= 0.01  ? ROLE_WARN
			     : ROLE_PLAIN;
}

int
measures_row(const struct pane *pane, int y, const struct history *history,
    enum metric metric)
{
	struct columns c = columns(pane);
	int32_t last = words_last_day(history), day;
	struct plot_point points[SPARK_MOST];
	double value = (double)NAN, top = 0;
	char text[WORD_SIZE], when[DAY_TEXT_SIZE];
	int x = pane_fit(
	    pane, 1, y, c.label, ROLE_PLAIN, metric_row(metric)->label);

	day = history_newest(history, metric, history->today, &value);
	x = pane_right(pane, x, y, VALUE_WIDTH - 1, role_metric(metric, value),
	    word_metric(text, metric, value));
	x = pane_fit(pane, x + 1, y, DAY_WIDTH, ROLE_DIM,
	    day == DAY_NONE ? "" : day_short(when, day));
	if (c.mean)
		x = pane_right(pane, x, y, VALUE_WIDTH - 1, ROLE_DIM,
			word_metric(
			    text, metric, mean7(history, metric, last))) +
		    1;
	points_metric(history, metric, last, c.spark, points);
	for (int i = 0; i < c.spark; i++)
		if (points[i].state == DATA_VALUE && points[i].value > top)
			top = points[i].value;
	plot_spark(pane, x + 1, y, points, c.spark, top);
	return 1;
}

static int
put_volume(const struct pane *pane, int y, const struct view *view)
{
	const struct ramp_judgement *ramp = &view->judgements.ramp;
	char volume[WORD_SIZE], day[DAY_TEXT_SIZE], text[SENTENCE_SIZE];

	if (ramp->day == DAY_NONE)
		snprintf(text, sizeof(text), "Volume unknown: %s",
		    word_source(VOLUME_NONE));
	else
		snprintf(text, sizeof(text), "Volume %s on %s, %s",
		    word_volume(volume, ramp->volume, ramp->source),
		    day_short(day, ramp->day), word_source(ramp->source));
	return pane_wrap(pane, 1, y, pane->w - 2, ROLE_PLAIN, text);
}

int
measures_titles(const struct pane *pane, int y)
{
	struct columns c = columns(pane);
	char days[WORD_SIZE];
	int x = pane_fit(pane, 1, y, c.label, ROLE_TITLE, "MEASURE");

	x = pane_right(pane, x, y, VALUE_WIDTH - 1, ROLE_TITLE, "NEWEST") + 1;
	x = pane_fit(pane, x, y, DAY_WIDTH, ROLE_TITLE, "DAY");
	if (c.mean)
		x = pane_right(
			pane, x, y, VALUE_WIDTH - 1, ROLE_TITLE, "7-DAY") +
		    1;
	snprintf(days, sizeof(days), "%d DAYS", c.spark);
	pane_put(pane, x + 1, y, ROLE_TITLE, days);
	return 1;
}

static int
put_group(
    const struct pane *pane, int y, const struct history *history, size_t group)
{
	int start = y;

	for (int m = (int)groups[group].first; m <= (int)groups[group].last;
	     m += groups[group].step) {
		enum metric metric = (enum metric)m;

		if (!groups[group].always && !ever_above_zero(history, metric))
			continue;
		if (y == start)
			pane_title(
			    pane, 1, y++, pane->w - 2, groups[group].title);
		y += measures_row(pane, y, history, metric);
	}
	return y - start;
}

static int
put_groups(const struct pane *pane, const struct view *view, bool tls)
{
	int y = put_volume(pane, 0, view);

	y += measures_titles(pane, y);
	for (size_t g = 0; g < sizeof(groups) / sizeof(*groups); g++)
		if (tls || groups[g].first != METRIC_TLS_INBOUND)
			y += put_group(pane, y, &view->history, g);
	return y;
}

int
panel_measures(const struct pane *pane, const struct model *model)
{
	return put_groups(pane, model->view, true);
}

int
block_rates(const struct pane *pane, const struct model *model)
{
	return put_groups(pane, model->view, false);
}
