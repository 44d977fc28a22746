/* May more be sent tomorrow: state, ceiling, reasons, and the days before. */
/* SPDX-License-Identifier: MIT */
#include "panels.h"

#include <math.h>
#include <stdio.h>

#include "plot.h"
#include "sendtop/day.h"
#include "sendtop/text.h"
#include "words.h"

enum {
	LABEL_WIDTH = 14,
	WIDE = 120,
	TABLE_DAYS = 21,
	BAR_MOST = 40,
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
		return "HOLD: stay at today's volume";
	case RAMP_BACK_OFF:
		return "BACK OFF: send less than today";
	case RAMP_STOP:
		return "STOP: send nothing more to Gmail until the reasons "
		       "are gone";
	case RAMP_BLIND:
		break;
	}
	return "BLIND: volume grew while no spam rate is known; do not grow";
}

static int
put_volume(const struct pane *pane, int y, const struct ramp_judgement *ramp)
{
	char text[SENTENCE_SIZE], a[WORD_SIZE], b[WORD_SIZE], c[WORD_SIZE],
	    day[DAY_TEXT_SIZE];
	int start = y;

	if (ramp->day == DAY_NONE)
		return put_line(
		    pane, y, "Volume", ROLE_DIM, word_source(VOLUME_NONE));
	snprintf(text, sizeof(text), "%s on %s, %s",
	    word_volume(a, ramp->volume, ramp->source),
	    day_short(day, ramp->day), word_source(ramp->source));
	y += put_line(pane, y, "Volume", ROLE_PLAIN, text);
	snprintf(text, sizeof(text),
	    "%s of the base %s (30 days' largest, bursts aside); up to %s is "
	    "allowed",
	    word_growth(a, ramp->growth),
	    word_volume(b, ramp->base, ramp->source),
	    word_growth(c, ramp->cap));
	y += put_line(pane, y, "Growth", ROLE_PLAIN, text);
	if (!isnan(ramp->week_growth)) {
		snprintf(text, sizeof(text), "%s of the week before",
		    word_growth(a, ramp->week_growth));
		y += put_line(pane, y, "Week", ROLE_PLAIN, text);
	}
	return y - start;
}

static int
put_plan(const struct pane *pane, int y, const struct ramp_judgement *ramp)
{
	char text[SENTENCE_SIZE], a[WORD_SIZE], day[DAY_TEXT_SIZE];
	int start = y;

	snprintf(text, sizeof(text), "at most %s messages to Gmail",
	    text_count(a, sizeof(a), ramp->ceiling));
	y += put_line(pane, y, "Tomorrow",
	    isnan(ramp->ceiling) ? ROLE_DIM : ROLE_STRONG,
	    isnan(ramp->ceiling) ? "no ceiling can be told without a volume"
				 : text);
	if (ramp->target > 0) {
		text_count(a, sizeof(a), ramp->target);
		if (ramp->target_day == DAY_NONE)
			snprintf(text, sizeof(text),
			    "%s a day: out of reach on the allowed path", a);
		else
			snprintf(text, sizeof(text),
			    "%s a day: reached %s on the allowed path", a,
			    day_text(day, ramp->target_day));
		y += put_line(pane, y, "Target", ROLE_PLAIN, text);
	}
	y += put_line(pane, y, "Bulk sender",
	    ramp->bulk_near ? ROLE_WARN : ROLE_PLAIN,
	    ramp->bulk ? "yes: 5,000 a day were reached, or cannot be ruled "
			 "out; the bulk rules apply"
		: ramp->bulk_near
		? "nearly: at 5,000 a day, once, the bulk rules apply for ever"
		: "no");
	return y - start;
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

		pane_fit(pane, 1, y, LABEL_WIDTH - 1, role,
		    ramp ? word_ramp((enum ramp_state)r->level)
			 : reputation_name((enum reputation)r->level));
		y += pane_wrap(pane, 1 + LABEL_WIDTH, y,
		    pane->w - LABEL_WIDTH - 2, ROLE_PLAIN, r->text);
	}
	if (reasons->count == 0)
		pane_put(pane, 1 + LABEL_WIDTH, y++, ROLE_DIM, "none");
	return y - start;
}

static int
put_judgement(const struct pane *pane, int y, const struct view *view)
{
	const struct ramp_judgement *ramp = &view->judgements.ramp;
	const struct reputation_judgement *rep = &view->judgements.reputation;
	int start = y;

	y += put_line(
	    pane, y, "State", role_ramp(ramp->state), meaning(ramp->state));
	y += put_plan(pane, y, ramp);
	y += put_volume(pane, y, ramp);
	y++;
	y += put_reasons(pane, y, "Why", &ramp->reasons, true);
	y++;
	y += put_reasons(pane, y, "Reputation (an estimate) because of",
	    &rep->reasons, false);
	y += put_line(pane, y, "Estimate", role_reputation(rep->estimate),
	    reputation_name(rep->estimate));
	if (rep->hidden_by_spam_folder)
		y += put_line(pane, y, "Beware", ROLE_WARN,
		    "a low spam rate beside many rejects: mail that goes "
		    "straight to the spam folder leaves the rate");
	return y - start;
}

/* What the numbers alone say as of a past day: findings of today would be
 * wrong then. */
static void
judge_day(
    const struct history *history, int32_t day, struct ramp_judgement *out)
{
	struct history past = *history;

	past.today = day;
	past.now_s = day_start(day) + DAY_SECONDS - 1;
	past.days = (size_t)(day - past.first_day + 1);
	if (past.newest_day != DAY_NONE && past.newest_day > day)
		past.newest_day = day;
	past.findings = NULL;
	past.finding_count = 0;
	ramp_assess(&past, out);
}

static double
largest(const struct history *history, int32_t last)
{
	enum volume_source source;
	double most = 0;

	for (int i = 0; i < TABLE_DAYS; i++)
		most = fmax(most, volume_on(history, last - i, &source));
	return most;
}

static void
put_day(const struct pane *pane, int y, const struct history *history,
    int32_t day, double most)
{
	struct ramp_judgement ramp;
	enum volume_source source;
	double volume = volume_on(history, day, &source);
	char text[WORD_SIZE], name[DAY_TEXT_SIZE];
	int bar = pane->w - 40;

	bar = bar > BAR_MOST ? BAR_MOST : bar;
	pane_put(pane, 1, y, ROLE_DIM, day_text(name, day));
	pane_right(
	    pane, 12, y, 8, ROLE_PLAIN, word_volume(text, volume, source));
	if (day < history->first_day ||
	    day - history->first_day >= (int32_t)history->days ||
	    source == VOLUME_NONE)
		return;
	judge_day(history, day, &ramp);
	pane_right(pane, 21, y, 6, ROLE_PLAIN, word_growth(text, ramp.growth));
	pane_fit(pane, 29, y, 8, role_ramp(ramp.state), word_ramp(ramp.state));
	plot_bar(pane, 39, y, bar, ROLE_SERIES, volume, most);
}

static int
put_days(const struct pane *pane, int y, const struct view *view)
{
	int32_t last = words_last_day(&view->history);
	double most = largest(&view->history, last);

	pane_title(pane, 1, y++, pane->w - 2,
	    "By day, from that day's measures alone");
	pane_put(pane, 1, y, ROLE_TITLE, "DAY");
	pane_right(pane, 12, y, 8, ROLE_TITLE, "VOLUME");
	pane_right(pane, 21, y, 6, ROLE_TITLE, "GROWTH");
	pane_put(pane, 29, y++, ROLE_TITLE, "STATE");
	for (int i = 0; i < TABLE_DAYS; i++)
		put_day(pane, y + i, &view->history, last - i, most);
	return 2 + TABLE_DAYS;
}

int
panel_ramp(const struct pane *pane, const struct model *model)
{
	const struct view *view = model->view;
	int half = pane->w / 2, left, right;
	struct pane a, b;

	if (pane->w < WIDE) {
		left = put_judgement(pane, 0, view) + 1;
		return left + put_days(pane, left, view);
	}
	a = pane_part(pane, 0, 0, half, CANVAS_MOST);
	b = pane_part(pane, half, 0, pane->w - half, CANVAS_MOST);
	left = put_judgement(&a, 0, view);
	right = put_days(&b, 0, view);
	return left > right ? left : right;
}
