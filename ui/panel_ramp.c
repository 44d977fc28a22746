/* May more be sent tomorrow: ceiling, reasons, the path, the days before. */
/* SPDX-License-Identifier: MIT */
#include "panels.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "big.h"
#include "plot.h"
#include "ramp_days.h"
#include "sendtop/day.h"
#include "sendtop/text.h"
#include "words.h"

enum {
	LABEL_WIDTH = 11,
	WIDE = 120,
	BIG_ROOM = 30, /* rows from which the ceiling is drawn large */
	PATH_SHOWN = 60,
	PATH_TOLD = 4,
	CHART_MOST = 20,
	CHART_LEAST = 8,
	CHART_DAYS = 30,
	BAR_MOST = 40,
	TEXT_SIZE = 400,
};

static int
put_line(const struct pane *pane, int y, const char *label, enum role role,
    const char *text)
{
	pane_fit(pane, 1, y, LABEL_WIDTH, ROLE_DIM, label);
	return pane_wrap(
	    pane, 1 + LABEL_WIDTH, y, pane->w - LABEL_WIDTH - 2, role, text);
}

static const char *
meaning(enum ramp_state state)
{
	switch (state) {
	case RAMP_GO:
		return "go: grow up to the ceiling";
	case RAMP_HOLD:
		return "HOLD: do not grow";
	case RAMP_BACK_OFF:
		return "BACK OFF: send less than before";
	case RAMP_STOP:
		return "STOP: send nothing more to Gmail until the reasons "
		       "are gone";
	case RAMP_BLIND:
		break;
	}
	return "BLIND: too little is known to grow on; do not grow";
}

static int
put_ceiling(const struct pane *pane, int y, const struct history *history,
    const struct ramp_judgement *ramp)
{
	char text[TEXT_SIZE], number[WORD_SIZE], planned[WORD_SIZE],
	    plan[WORD_SIZE * 2] = "";
	char day[DAY_TEXT_SIZE];
	int start = y;

	snprintf(text, sizeof(text), "May more be sent tomorrow, %s?",
	    day_short(day, history->today + 1));
	pane_title(pane, 1, y++, pane->w - 2, text);
	word_number(number, ramp->ceiling);
	if (pane->h >= BIG_ROOM && !isnan(ramp->ceiling)) {
		big_put(pane, 2, y, role_ramp(ramp->state), number);
		y += BIG_ROWS + 1;
	}
	if (!isnan(ramp->plan))
		snprintf(plan, sizeof(plan), "; your plan has %s",
		    word_number(planned, ramp->plan));
	if (ramp->ceiling <= 0)
		snprintf(text, sizeof(text), "nothing more to Gmail%s", plan);
	else if (isnan(ramp->ceiling))
		snprintf(text, sizeof(text),
		    "no ceiling can be told without a volume%s", plan);
	else
		snprintf(text, sizeof(text), "at most %s message%s to Gmail%s",
		    number, ramp->ceiling < 2 ? "" : "s", plan);
	y += put_line(pane, y, "Tomorrow",
	    isnan(ramp->ceiling) ? ROLE_DIM : ROLE_STRONG, text);
	y += put_line(
	    pane, y, "State", role_ramp(ramp->state), meaning(ramp->state));
	return y - start;
}

static int
put_volume(const struct pane *pane, int y, const struct history *history,
    const struct ramp_judgement *ramp)
{
	char text[TEXT_SIZE], a[WORD_SIZE], b[WORD_SIZE], c[WORD_SIZE],
	    week[WORD_SIZE * 2] = "", day[DAY_TEXT_SIZE];
	int start = y;

	if (ramp->day == DAY_NONE)
		return put_line(
		    pane, y, "Sent", ROLE_DIM, word_source(VOLUME_NONE));
	snprintf(text, sizeof(text), "%s on %s%s, %s",
	    word_volume(a, ramp->volume, ramp->source),
	    day_short(day, ramp->day),
	    ramp->day == history->today ? " so far" : "",
	    word_source(ramp->source));
	y += put_line(pane, y, "Sent", ROLE_PLAIN, text);
	if (!isnan(ramp->week_growth))
		snprintf(week, sizeof(week), "; the week %s of the one before",
		    word_growth(a, ramp->week_growth));
	word_growth_exact(c, ramp->cap);
	if (isnan(ramp->base))
		snprintf(text, sizeof(text),
		    "no volume of a day before is known; up to %s allowed "
		    "(preset %s)",
		    c, history->ramp->preset);
	else
		snprintf(text, sizeof(text),
		    "%s of the base %s, up to %s allowed (preset %s)%s",
		    word_growth_exact(a, ramp->growth), word_base(b, ramp), c,
		    history->ramp->preset, week);
	y += put_line(pane, y, "Growth", ROLE_PLAIN, text);
	return y - start;
}

/* What the other presets would allow, where that makes a difference. */
static int
put_presets(const struct pane *pane, int y, const struct history *history,
    const struct ramp_judgement *ramp)
{
	static const char *const presets[] = { "cautious", "standard", "slow" };
	char text[TEXT_SIZE] = "", number[WORD_SIZE];
	bool differ = false;
	size_t at = 0;

	if (isnan(ramp->ceiling))
		return 0;
	for (size_t i = 0; i < sizeof(presets) / sizeof(*presets); i++) {
		double ceiling = ramp_days_preset(history, presets[i]);

		differ = differ || ceiling < ramp->ceiling ||
		    ceiling > ramp->ceiling;
		at += (size_t)snprintf(text + at, sizeof(text) - at,
		    "%s%s %s%s", i > 0 ? ", " : "", presets[i],
		    word_number(number, ceiling),
		    strcmp(presets[i], history->ramp->preset) == 0 ? " (set)"
								   : "");
	}
	return differ ? put_line(pane, y, "Presets", ROLE_DIM, text) : 0;
}

/* "Nov 23 24.0k, Nov 24 48.0k, ..., Dec 9 50.0k" */
static void
path_text(char *out, size_t size, const struct ramp_step *steps, size_t count)
{
	size_t at = 0;

	out[0] = '\0';
	for (size_t i = 0; i < count && at < size; i++) {
		char day[DAY_TEXT_SIZE], number[WORD_SIZE];
		bool skipped = i == PATH_TOLD - 1 && count > PATH_TOLD;

		if (skipped)
			i = count - 1;
		at += (size_t)snprintf(out + at, size - at, "%s%s%s %s",
		    i > 0 ? ", " : "", skipped ? "... " : "",
		    day_short(day, steps[i].day),
		    text_count(number, sizeof(number), steps[i].messages));
	}
}

static int
put_target(const struct pane *pane, int y, const struct history *history,
    const struct ramp_judgement *ramp)
{
	struct ramp_step steps[PATH_SHOWN];
	char text[TEXT_SIZE], number[WORD_SIZE], day[DAY_TEXT_SIZE];
	size_t count;
	int start = y;

	if (!(ramp->target > 0))
		return 0;
	word_number(number, ramp->target);
	if (ramp->state == RAMP_STOP)
		snprintf(text, sizeof(text),
		    "%s a day: no path leads there while the state is stop",
		    number);
	else if (ramp->target_day == DAY_NONE)
		snprintf(text, sizeof(text),
		    "%s a day: not reached within a year on the allowed path",
		    number);
	else
		snprintf(text, sizeof(text),
		    "%s a day: on %s at the earliest, on the allowed path",
		    number, day_text(day, ramp->target_day));
	y += put_line(pane, y, "Target", ROLE_STRONG, text);
	count = ramp_path(history, ramp, ramp->target, steps, PATH_SHOWN);
	path_text(text, sizeof(text), steps, count);
	if (count > 0)
		y += put_line(pane, y, "Path", ROLE_PLAIN, text);
	return y - start;
}

static int
put_bulk(const struct pane *pane, int y, const struct history *history,
    const struct ramp_judgement *ramp)
{
	char text[TEXT_SIZE], line[WORD_SIZE];

	word_number(line, history->ramp->bulk_line);
	if (ramp->bulk && !history->bulk_latched && ramp->day == DAY_NONE)
		snprintf(text, sizeof(text),
		    "taken as one: without a volume %s a day cannot be ruled "
		    "out",
		    line);
	else if (ramp->bulk)
		snprintf(text, sizeof(text),
		    "yes: %s a day to Gmail were reached, and that counts for "
		    "good",
		    line);
	else if (ramp->bulk_near)
		snprintf(text, sizeof(text),
		    "nearly: at %s a day, once, the bulk rules apply for good",
		    line);
	else
		snprintf(text, sizeof(text),
		    "no: the bulk rules begin at %s a day to Gmail, once",
		    line);
	return put_line(
	    pane, y, "Bulk", ramp->bulk_near ? ROLE_WARN : ROLE_PLAIN, text);
}

static int
put_reasons(const struct pane *pane, int y, const char *title,
    const struct reasons *reasons, bool ramp)
{
	int start = y;

	pane_title(pane, 1, y++, pane->w - 2, title);
	for (size_t i = 0; i < reasons->count; i++) {
		const struct reason *r = &reasons->items[i];
		enum role role = ramp
		    ? role_ramp((enum ramp_state)r->level)
		    : role_reputation((enum reputation)r->level);

		/* What forbids nothing is only worth knowing. */
		pane_fit(pane, 1, y, LABEL_WIDTH - 1,
		    ramp && r->level == RAMP_GO ? ROLE_NOTE : role,
		    !ramp ? reputation_name((enum reputation)r->level)
			: r->level == RAMP_GO
			? "note"
			: word_ramp((enum ramp_state)r->level));
		y += pane_wrap(pane, 1 + LABEL_WIDTH, y,
		    pane->w - LABEL_WIDTH - 2, ROLE_PLAIN, r->text);
	}
	if (reasons->count == 0)
		pane_put(pane, 1 + LABEL_WIDTH, y++, ROLE_DIM,
		    ramp ? "nothing speaks against it" : "no evidence");
	return y - start;
}

static int
put_reputation(
    const struct pane *pane, int y, const struct reputation_judgement *rep)
{
	char title[WORD_SIZE * 2];
	int start = y;

	snprintf(title, sizeof(title),
	    "Reputation, an estimate of sendtop's: %s",
	    reputation_name(rep->estimate));
	y += put_reasons(pane, y, title, &rep->reasons, false);
	if (rep->hidden_by_spam_folder)
		y += put_line(pane, y, "Beware", ROLE_WARN,
		    "a low spam rate beside many rejects: mail that goes "
		    "straight to the spam folder leaves the rate");
	return y - start;
}

static int
put_clock(const struct pane *pane, int y, const struct model *model)
{
	struct pane part = pane_part(pane, 1, y, pane->w - 2, CANVAS_MOST);
	int rows = block_clock(&part, model);

	return rows > 0 ? rows + 1 : 0;
}

static int
put_judgement(const struct pane *pane, int y, const struct model *model)
{
	const struct history *history = &model->view->history;
	const struct ramp_judgement *ramp = &model->view->judgements.ramp;
	int start = y;

	y += put_ceiling(pane, y, history, ramp);
	y += put_volume(pane, y, history, ramp);
	y += put_target(pane, y, history, ramp);
	y += put_presets(pane, y, history, ramp);
	y += put_bulk(pane, y, history, ramp);
	y += put_reasons(pane, y, "Why", &ramp->reasons, true);
	y++;
	y += put_clock(pane, y, model);
	return y - start;
}

/* With a target the whole path there, else tomorrow alone. */
static size_t
steps_ahead(const struct view *view, struct ramp_step steps[PATH_SHOWN])
{
	const struct ramp_judgement *ramp = &view->judgements.ramp;

	return ramp_path(&view->history, ramp, ramp->target, steps,
	    ramp->target > 0 ? PATH_SHOWN : 1);
}

/* The days before as bars under their ceilings, and the path ahead. */
static int
put_chart(const struct pane *pane, int y, int rows, const struct view *view)
{
	const struct history *history = &view->history;
	struct ramp_day past[RAMP_DAYS_MOST];
	struct plot_point points[RAMP_DAYS_MOST];
	struct plot_day days[RAMP_DAYS_MOST + PATH_SHOWN];
	struct ramp_step steps[PATH_SHOWN];
	size_t ahead = steps_ahead(view, steps);
	struct pane area = pane_part(pane, 1, y + 1, pane->w - 2, rows - 1);
	int n = CHART_DAYS;
	struct plot_days plot = { .days = days,
		.count = n + (int)ahead,
		.last_day = history->today + (int32_t)ahead,
		.least_top = 10 };

	ramp_days(history, history->today, n, past);
	points_volume(history, history->today, n, points);
	for (int i = 0; i < n; i++)
		days[i] = (struct plot_day){ .value = past[i].sent,
			.state = points[i].state,
			.line = past[i].ceiling,
			.letter = past[i].source == VOLUME_NONE
			    ? ' '
			    : volume_letter(past[i].source),
			.role = past[i].sent > past[i].ceiling ? ROLE_WARN
							       : ROLE_SERIES };
	for (size_t i = 0; i < ahead; i++)
		days[n + (int)i] = (struct plot_day){ .value = (double)NAN,
			.line = steps[i].messages,
			.letter = '>',
			.ahead = true };
	pane_title(pane, 1, y, pane->w - 2,
	    history->log_last_s > 0
		? "Messages to Gmail a UTC day (today so far): bars sent, "
		  "strokes the ceiling, > the path"
		: "Messages to Gmail a UTC day: bars sent, strokes the "
		  "ceiling, > the path");
	plot_days(&area, &plot);
	return rows;
}

static double
largest(const struct ramp_day *days, int count)
{
	double most = 0;

	for (int i = 0; i < count; i++)
		most = fmax(most, fmax(days[i].sent, 0));
	return most;
}

static void
put_day(const struct pane *pane, int y, const struct ramp_day *d, double most,
    bool plan)
{
	char text[WORD_SIZE], name[DAY_TEXT_SIZE];
	int x = pane_fit(pane, 1, y, 11, ROLE_DIM, day_text(name, d->day));
	int bar;

	x = pane_right(
	    pane, x, y, 8, ROLE_PLAIN, word_volume(text, d->sent, d->source));
	if (d->source != VOLUME_NONE)
		pane_printf(
		    pane, x + 1, y, ROLE_DIM, "%c", volume_letter(d->source));
	x = pane_right(pane, x + 2, y, 8, ROLE_DIM,
	    text_count(text, sizeof(text), d->ceiling));
	if (plan)
		x = pane_right(pane, x, y, 8, ROLE_DIM,
		    text_count(text, sizeof(text), d->plan));
	if (!d->known || d->source == VOLUME_NONE)
		return;
	x = pane_right(pane, x, y, 7, ROLE_PLAIN, word_growth(text, d->growth));
	x = pane_fit(
	    pane, x + 2, y, 9, role_ramp(d->state), word_ramp(d->state));
	bar = pane->w - x - 6;
	bar = bar > BAR_MOST ? BAR_MOST : bar;
	plot_mark(pane, x, y, bar, d->sent, d->ceiling, most, ROLE_WARN);
	if (d->sent > d->ceiling)
		pane_put(pane, x + bar + 1, y, ROLE_WARN, "over");
}

static int
put_days(const struct pane *pane, int y, int count, const struct view *view)
{
	const struct history *history = &view->history;
	struct ramp_day days[RAMP_DAYS_MOST];
	bool plan = history->configured != NULL &&
	    history->configured->step_count > 0;
	double most;
	int x, first = 0, start = y;

	ramp_days(history,
	    history->log_last_s > 0 ? history->today : words_last_day(history),
	    count, days);
	/* Days before the first mail say nothing. */
	while (first < count - 1 && days[first].source == VOLUME_NONE)
		first++;
	most = largest(days, count);
	pane_title(pane, 1, y++, pane->w - 2,
	    "Sent against allowed, judged from each day's own numbers");
	if (days[first].source != VOLUME_NONE)
		pane_fit(pane, 1, y++, pane->w - 2, ROLE_DIM,
		    "L by the own log; T, E told from Google's TLS or error "
		    "counts");
	pane_put(pane, 1, y, ROLE_TITLE, "DAY");
	x = pane_right(pane, 12, y, 8, ROLE_TITLE, "SENT");
	x = pane_right(pane, x + 2, y, 8, ROLE_TITLE, "CEILING");
	if (plan)
		x = pane_right(pane, x, y, 8, ROLE_TITLE, "PLAN");
	x = pane_right(pane, x, y, 7, ROLE_TITLE, "GROWTH");
	x = pane_fit(pane, x + 2, y, 9, ROLE_TITLE, "STATE");
	pane_printf(pane, x, y++, ROLE_TITLE, "SENT %s CEILING",
	    canvas_ascii(pane->canvas) ? "|" : "\u2502");
	for (int i = 0; i < count - first; i++)
		put_day(pane, y + i, &days[count - 1 - i], most, plan);
	return y - start + count - first;
}

int
panel_ramp(const struct pane *pane, const struct model *model)
{
	const struct view *view = model->view;
	int half = pane->w * 9 / 20, left, right, rows = pane->h / 2;
	struct pane a, b;

	if (pane->w < WIDE) {
		left = put_judgement(pane, 0, model);
		left += put_days(pane, left, 21, view) + 1;
		return left +
		    put_reputation(pane, left, &view->judgements.reputation);
	}
	a = pane_part(pane, 0, 0, half, pane->h);
	b = pane_part(pane, half + 1, 0, pane->w - half - 1, CANVAS_MOST);
	pane_vline(pane, half, 0, pane->h);
	left = put_judgement(&a, 0, model);
	left += put_reputation(&a, left, &view->judgements.reputation);
	rows = rows > CHART_MOST ? CHART_MOST : rows;
	right = rows < CHART_LEAST ? 0 : put_chart(&b, 0, rows, view) + 1;
	right += put_days(&b, right, 28, view);
	return left > right ? left : right;
}
