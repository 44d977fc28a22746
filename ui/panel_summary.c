/* The summary: how bad, since when, what to do, what Google says. */
/* SPDX-License-Identifier: MIT */
#include "panels.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "advice.h"
#include "glyph.h"
#include "sendtop/day.h"
#include "sendtop/text.h"

enum {
	NARROW = 60,
	WIDE = 140,
	LABEL_WIDTH = 12,
	NUMBER_ROWS = 8,
	CHART_LEAST = 8,
	GOOGLE_WIDTH = 11,
	OURS_WIDTH = 7,
	ID_WIDTH = 12,
	TITLE_LEAST = 16,
	GUIDE_ROWS = 7,
	CHART_MOST = 24,
	VOLUME_LEAST = 8,
};

int
block_advice(const struct pane *pane, const struct model *model)
{
	struct advice items[ADVICE_MOST];
	size_t count = advice_make(model->view, items, ADVICE_MOST);
	struct pane nowhere = pane_part(pane, 0, 0, pane->w, 0);
	int y = 1, w = pane->w - 3;

	pane_title(pane, 0, 0, pane->w, "What to do next");
	if (count == 0)
		return y +
		    pane_wrap(pane, 0, y, pane->w, ROLE_GOOD,
			model->view->history.finding_count > 0
			    ? "Nothing is known to be wrong."
			    : "Nothing is known yet: r probes this domain.");
	for (size_t i = 0; i < count; i++) {
		int lines = pane_wrap(
		    &nowhere, 3, 0, w, ROLE_PLAIN, items[i].text);

		if (i > 0 && y + lines >= pane->h && i + 1 < count) {
			pane_printf(pane, 3, y++, ROLE_DIM,
			    "and %zu more: see 3 Checks", count - i);
			break;
		}
		pane_printf(pane, 0, y, items[i].role, "%2zu", i + 1);
		y += pane_wrap(pane, 3, y, w, items[i].role, items[i].text);
	}
	return y;
}

static int
put_number(const struct pane *pane, int y, const char *label, enum role role,
    const char *text)
{
	pane_fit(pane, 0, y, LABEL_WIDTH, ROLE_DIM, label);
	pane_fit(pane, LABEL_WIDTH, y, pane->w - LABEL_WIDTH, role, text);
	return 1;
}

static int
put_spam_numbers(const struct pane *pane, int y, const struct view *view)
{
	const struct spam_judgement *spam = &view->judgements.spam;
	char text[SENTENCE_SIZE], rate[WORD_SIZE], mean[WORD_SIZE],
	    day[DAY_TEXT_SIZE];

	if (spam->day == DAY_NONE)
		snprintf(text, sizeof(text), "%s", data_state_name(spam->data));
	else
		snprintf(text, sizeof(text), "%s %s, mean %s",
		    word_percent(rate, spam->rate), day_short(day, spam->day),
		    word_percent(mean, spam->mean7));
	put_number(pane, y, "Spam rate", role_band(spam->band), text);
	snprintf(text, sizeof(text), "%d of %d clean days", spam->clean_days,
	    SPAM_CLOCK_DAYS);
	if (spam->day == DAY_NONE)
		snprintf(text, sizeof(text), "-");
	put_number(pane, y + 1, "7-day clock",
	    spam->mitigation ? ROLE_PLAIN : ROLE_WARN, text);
	return 2;
}

static int
put_ramp_numbers(const struct pane *pane, int y, const struct view *view)
{
	const struct ramp_judgement *ramp = &view->judgements.ramp;
	char text[SENTENCE_SIZE], a[WORD_SIZE], b[WORD_SIZE], c[WORD_SIZE],
	    day[DAY_TEXT_SIZE];

	if (ramp->day == DAY_NONE)
		snprintf(text, sizeof(text), "%s", word_source(VOLUME_NONE));
	else
		snprintf(text, sizeof(text), "%s on %s",
		    word_volume(a, ramp->volume, ramp->source),
		    day_short(day, ramp->day));
	put_number(pane, y, "Volume", ROLE_PLAIN, text);
	snprintf(text, sizeof(text), "%s of %s (cap %s)",
	    word_growth(a, ramp->growth),
	    word_volume(b, ramp->base, ramp->source),
	    word_growth(c, ramp->cap));
	if (!isnan(ramp->growth))
		put_number(pane, y + 1, "Growth", ROLE_PLAIN, text);
	else
		put_number(pane, y + 1, "Growth", ROLE_DIM, "-");
	snprintf(text, sizeof(text), "%s, at most %s", word_ramp(ramp->state),
	    text_count(a, sizeof(a), ramp->ceiling));
	if (isnan(ramp->ceiling))
		snprintf(text, sizeof(text), "%s", word_ramp(ramp->state));
	put_number(pane, y + 2, "Ramp", role_ramp(ramp->state), text);
	return 3;
}

static const char *
bulk_word(const struct ramp_judgement *ramp)
{
	if (ramp->bulk)
		return ramp->day == DAY_NONE ? "taken for one" : "yes";
	return ramp->bulk_near ? "nearly: 5,000 is close" : "no";
}

int
block_numbers(const struct pane *pane, const struct model *model)
{
	const struct view *view = model->view;
	enum reputation reputation = view->judgements.reputation.estimate;
	const struct reasons *why = &view->judgements.reputation.reasons;
	char text[SENTENCE_SIZE];
	int y = 0;

	pane_title(pane, 0, y++, pane->w, "Numbers");
	y += put_spam_numbers(pane, y, view);
	y += put_ramp_numbers(pane, y, view);
	snprintf(text, sizeof(text), "%s (estimate)%s%s",
	    reputation_name(reputation), why->count > 0 ? ": " : "",
	    why->count > 0 ? why->items[0].text : "");
	y += put_number(
	    pane, y, "Reputation", role_reputation(reputation), text);
	y += put_number(pane, y, "Bulk sender", ROLE_PLAIN,
	    bulk_word(&view->judgements.ramp));
	return y;
}

static const char *
google_word(const char *word)
{
	if (word[0] == '\0')
		return "-";
	return strcmp(word, "needs_work") == 0 ? "NEEDS WORK" : word;
}

static int
weight(const struct requirement_judgement *r)
{
	return verdict_weight(r->verdict) + (r->disagrees ? 10 : 0) +
	    (strcmp(r->google, "needs_work") == 0 ? 8 : 0);
}

static void
put_requirement(
    const struct pane *pane, int y, const struct requirement_judgement *r)
{
	int name = pane->w - GOOGLE_WIDTH - OURS_WIDTH;
	bool bad = strcmp(r->google, "needs_work") == 0;

	pane_fit(pane, 0, y, ID_WIDTH, ROLE_STRONG, r->row->id);
	if (name - ID_WIDTH >= TITLE_LEAST)
		pane_fit(pane, ID_WIDTH, y, name - ID_WIDTH - 1, ROLE_PLAIN,
		    r->row->title);
	pane_fit(pane, name, y, GOOGLE_WIDTH, bad ? ROLE_BAD : ROLE_DIM,
	    google_word(r->google));
	pane_fit(pane, name + GOOGLE_WIDTH, y, OURS_WIDTH,
	    role_verdict(own_verdict(r)), word_verdict(own_verdict(r)));
}

/* The next row by weight after the given one; keeps the table's order. */
static const struct requirement_judgement *
next_heaviest(const struct judgements *j, int *level, size_t *from)
{
	for (; *level >= 0; --*level, *from = 0)
		for (; *from < j->requirement_count; ++*from)
			if (j->requirements[*from].applies &&
			    weight(&j->requirements[*from]) == *level)
				return &j->requirements[(*from)++];
	return NULL;
}

int
block_google(const struct pane *pane, const struct model *model)
{
	const struct judgements *j = &model->view->judgements;
	const struct requirement_judgement *r;
	int level = 30, y = 1, name = pane->w - GOOGLE_WIDTH - OURS_WIDTH;
	size_t from = 0;

	pane_title(pane, 0, 0, name - 1, "Guidelines");
	pane_fit(pane, name, 0, GOOGLE_WIDTH, ROLE_TITLE, "Google");
	pane_fit(
	    pane, name + GOOGLE_WIDTH, 0, OURS_WIDTH, ROLE_TITLE, "sendtop");
	while (y < pane->h && (r = next_heaviest(j, &level, &from)) != NULL)
		put_requirement(pane, y++, r);
	if (y == 1)
		pane_put(pane, 0, y++, ROLE_DIM, "nothing judged yet");
	return y;
}

static void
left_column(const struct pane *pane, const struct model *model)
{
	int room = pane->h - NUMBER_ROWS - 1;
	int chart_h = room < CHART_MOST ? room : CHART_MOST;
	struct pane chart = pane_part(pane, 0, 0, pane->w, chart_h);
	struct pane numbers = pane_part(pane, 0, room, pane->w, pane->h - room);
	struct pane volume = pane_part(
	    pane, 0, chart_h + 1, pane->w, room - chart_h - 2);

	if (room < CHART_LEAST)
		numbers = *pane;
	else
		block_chart(&chart, model);
	if (volume.h >= VOLUME_LEAST)
		block_volume(&volume, model);
	block_numbers(&numbers, model);
}

static void
right_column(const struct pane *pane, const struct model *model)
{
	int room = pane->h * 3 / 5;
	struct pane top, rest;
	int y;

	if (room < pane->h - GUIDE_ROWS - 1)
		room = pane->h - GUIDE_ROWS - 1;
	top = pane_part(pane, 0, 0, pane->w, room);
	y = block_advice(&top, model);

	y = (y > top.h ? top.h : y) + 1;
	rest = pane_part(pane, 0, y, pane->w, pane->h - y);
	block_google(&rest, model);
}

static void
third_column(const struct pane *pane, const struct model *model)
{
	int half = pane->h / 2;
	struct pane top = pane_part(pane, 0, 0, pane->w, half - 1);
	struct pane low = pane_part(pane, 0, half, pane->w, pane->h - half);

	panel_timeline(&top, model);
	panel_measures(&low, model);
}

/* One below the other, for windows too narrow for columns. */
static int
stack(const struct pane *pane, const struct model *model)
{
	struct pane part = pane_part(pane, 0, 0, pane->w, 200);
	int y = block_advice(&part, model) + 1;

	part = pane_part(pane, 0, y, pane->w, NUMBER_ROWS);
	y += block_numbers(&part, model) + 1;
	part = pane_part(pane, 0, y, pane->w, CHART_LEAST);
	y += block_chart(&part, model) + 1;
	part = pane_part(pane, 0, y, pane->w, 60);
	return y + block_google(&part, model);
}

int
panel_summary(const struct pane *pane, const struct model *model)
{
	bool wide = pane->w >= WIDE;
	int left_w, right_x, right_w;
	struct pane left, right;

	if (pane->w < NARROW)
		return stack(pane, model);
	left_w = wide ? pane->w * 2 / 5 : pane->w / 2;
	right_x = left_w + 3;
	right_w = (wide ? pane->w * 7 / 10 : pane->w) - right_x - 1;
	left = pane_part(pane, 1, 0, left_w - 1, pane->h);
	right = pane_part(pane, right_x, 0, right_w, pane->h);
	pane_vline(pane, left_w + 1, 0, pane->h);
	left_column(&left, model);
	right_column(&right, model);
	if (wide) {
		int x = right_x + right_w + 2;
		struct pane third = pane_part(
		    pane, x, 0, pane->w - x - 1, pane->h);

		pane_vline(pane, x - 2, 0, pane->h);
		third_column(&third, model);
	}
	return pane->h;
}
