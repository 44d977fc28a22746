/* The summary: how bad, since when, what to do, what Google says. */
/* SPDX-License-Identifier: MIT */
#include "panels.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "advice.h"
#include "cure.h"
#include "glyph.h"
#include "sendtop/day.h"
#include "sendtop/text.h"

enum {
	NARROW = 60,
	WIDE = 140,
	LABEL_WIDTH = 12,
	NUMBER_ROWS = 8,
	CHART_LEAST = 8,
	GOOGLE_WIDTH = 12,
	OURS_WIDTH = 7,
	ID_WIDTH = 12,
	TITLE_LEAST = 16,
	REPLY_ROWS = 4,
	GUIDE_ROWS = 6,
	BLOCK_LEAST = 2,
	TALL = 30,
	CHART_GOOD = 12,
	CHART_MOST = 24,
	VOLUME_LEAST = 8,
	SHORT_ROWS = 2,
	RECORD_ROWS = 8,
	INDENT = 3, /* of advice behind its number */
};

static int
put_advice(const struct pane *pane, int y, const struct advice *item)
{
	if (item->record != NULL)
		return cure_put(
		    pane, INDENT, y, item->role, item->text, item->record);
	return pane_wrap(
	    pane, INDENT, y, pane->w - INDENT, item->role, item->text);
}

static int
rows_of(const struct pane *pane, const struct advice *item)
{
	struct pane nowhere = pane_part(pane, 0, 0, pane->w, 0);

	return put_advice(&nowhere, 0, item);
}

/* A record that takes more rows, or is wider, is not shown: a part of one is
 * none. */
static void
leave_record(const struct pane *pane, int most, struct advice *item)
{
	size_t len = strlen(item->text);

	if (item->record == NULL ||
	    (rows_of(pane, item) <= most && !cure_is_cut(pane, item->record)))
		return;
	snprintf(item->text + len, sizeof(item->text) - len,
	    " publish the record of 3 Checks");
	item->record = NULL;
}

/* Cuts the text at words, so that it needs no more than `most` rows. */
static void
shorten(const struct pane *pane, int most, struct advice *item)
{
	char *end;

	while (rows_of(pane, item) > most &&
	    (end = strrchr(item->text, ' ')) != NULL && end > item->text)
		snprintf(end, sizeof(item->text) - (size_t)(end - item->text),
		    "%s", GLYPH_ELLIPSIS);
}

/* How many rows all of it takes. */
static int
advice_rows(const struct pane *pane, const struct advice *items, size_t count)
{
	int rows = 0;

	for (size_t i = 0; i < count; i++)
		rows += rows_of(pane, &items[i]);
	return rows;
}

int
block_advice(const struct pane *pane, const struct model *model)
{
	struct advice items[ADVICE_MOST];
	size_t count = advice_make(model, items, ADVICE_MOST);
	bool listens = canvas_listens(pane->canvas);
	bool tight = pane->h < TALL &&
	    advice_rows(pane, items, count) > pane->h - 1;
	int y = 1;

	pane_title(pane, 0, 0, pane->w, "What to do next");
	if (count == 0)
		return y +
		    pane_wrap(pane, 0, y, pane->w, ROLE_GOOD,
			model->view->history.finding_count > 0
			    ? "Nothing is known to be wrong."
			    : "Nothing is known yet: r probes this domain.");
	for (size_t i = 0; i < count; i++) {
		int lines;

		/* Where there is little room, more things in fewer words. */
		if (!listens && !model->in_full)
			leave_record(
			    pane, tight ? SHORT_ROWS : RECORD_ROWS, &items[i]);
		if (tight && !listens)
			shorten(pane, SHORT_ROWS, &items[i]);
		lines = rows_of(pane, &items[i]);
		if (i > 0 && y + lines + (i + 1 < count ? 1 : 0) > pane->h) {
			pane_printf(pane, INDENT, y++, ROLE_DIM,
			    "and %zu more: 3 Checks%s", count - i,
			    model->view->history.log_last_s > 0 ? ", 5 Replies"
								: "");
			break;
		}
		pane_printf(pane, 0, y, items[i].role, "%2zu", i + 1);
		y += put_advice(pane, y, &items[i]);
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

	if (spam->day == DAY_NONE) {
		put_number(pane, y, "Spam rate", role_band(spam->band),
		    word_gap(view->history.poll, spam->data));
		return 1;
	}
	snprintf(text, sizeof(text), "%s %s, mean %s",
	    word_percent(rate, spam->rate), day_short(day, spam->day),
	    word_percent(mean, spam->mean7));
	put_number(pane, y, "Spam rate", role_band(spam->band), text);
	if (spam->band == SPAM_UNKNOWN)
		snprintf(text, sizeof(text), "unknown: no rate for %d days",
		    SPAM_CLOCK_DAYS);
	else
		snprintf(text, sizeof(text), "%s since %s%s",
		    spam_band_name(spam->band), day_short(day, spam->since),
		    spam->since <= view->history.first_day ? " or before" : "");
	put_number(pane, y + 1, "Band", role_band(spam->band), text);
	snprintf(text, sizeof(text), "%d of %d days below 0.30 %%",
	    spam->clean_days, SPAM_CLOCK_DAYS);
	put_number(pane, y + 2, "7-day clock",
	    spam->mitigation ? ROLE_PLAIN : ROLE_WARN, text);
	return 3;
}

static int
put_ramp_numbers(const struct pane *pane, int y, const struct view *view)
{
	const struct ramp_judgement *ramp = &view->judgements.ramp;
	char text[SENTENCE_SIZE], a[WORD_SIZE], b[WORD_SIZE], c[WORD_SIZE],
	    day[DAY_TEXT_SIZE];
	int start = y;

	if (ramp->day == DAY_NONE)
		snprintf(text, sizeof(text), "%s", word_source(VOLUME_NONE));
	else
		snprintf(text, sizeof(text), "%s on %s",
		    word_volume(a, ramp->volume, ramp->source),
		    day_short(day, ramp->day));
	y += put_number(pane, y, "Volume",
	    ramp->day == DAY_NONE ? ROLE_DIM : ROLE_PLAIN, text);
	snprintf(text, sizeof(text), "%s of %s (cap %s)",
	    word_growth_exact(a, ramp->growth), word_base(b, ramp),
	    word_growth_exact(c, ramp->cap));
	if (!isnan(ramp->growth))
		y += put_number(pane, y, "Growth", ROLE_PLAIN, text);
	snprintf(text, sizeof(text), "%s, at most %s", word_ramp(ramp->state),
	    word_number(a, ramp->ceiling));
	if (isnan(ramp->ceiling))
		snprintf(text, sizeof(text), "%s", word_ramp(ramp->state));
	y += put_number(pane, y, "Ramp", role_ramp(ramp->state), text);
	return y - start;
}

int
block_numbers(const struct pane *pane, const struct model *model)
{
	const struct view *view = model->view;
	enum reputation reputation = view->judgements.reputation.estimate;
	const struct reasons *why = &view->judgements.reputation.reasons;
	char text[SENTENCE_SIZE];
	int y = 0, rows;

	pane_title(pane, 0, y++, pane->w, "Numbers");
	y += put_spam_numbers(pane, y, view);
	y += put_ramp_numbers(pane, y, view);
	snprintf(text, sizeof(text), "%s (estimate)%s%s",
	    reputation_name(reputation), why->count > 0 ? ": " : "",
	    why->count > 0 ? why->items[0].text : "");
	rows = put_number(pane, y, "Reputation", role_reputation(reputation),
	    model->in_full ? "" : text);
	if (model->in_full)
		rows = pane_wrap(pane, LABEL_WIDTH, y, pane->w - LABEL_WIDTH,
		    role_reputation(reputation), text);
	y += rows;
	if (view->judgements.ramp.bulk_near)
		y += put_number(pane, y, "Bulk sender", ROLE_WARN,
		    "nearly: 5,000 a day is close");
	return y;
}

static const char *
google_word(const char *word)
{
	if (word[0] == '\0')
		return "-";
	return strcmp(word, "needs_work") == 0 ? "NEEDS WORK" : word;
}

/* What cannot be told says least here. */
static int
weight(const struct requirement_judgement *r)
{
	return (r->verdict == VERDICT_UNKNOWN ? 0
					      : verdict_weight(r->verdict)) +
	    (r->disagrees ? 10 : 0) +
	    (strcmp(r->google, "needs_work") == 0 ? 8 : 0);
}

/* The title wrapped where nothing is to be cut (whole); returns the rows. */
static int
put_requirement(const struct pane *pane, int y,
    const struct requirement_judgement *r, bool whole)
{
	int name = pane->w - GOOGLE_WIDTH - OURS_WIDTH, rows = 1;
	int width = name - ID_WIDTH - 1;
	bool bad = strcmp(r->google, "needs_work") == 0;

	pane_fit(pane, 0, y, ID_WIDTH, ROLE_STRONG, r->row->id);
	if (width >= TITLE_LEAST - 1 && whole)
		rows = pane_wrap(
		    pane, ID_WIDTH, y, width, ROLE_PLAIN, r->row->title);
	else if (width >= TITLE_LEAST - 1)
		pane_fit(pane, ID_WIDTH, y, width, ROLE_PLAIN, r->row->title);
	pane_fit(pane, name, y, GOOGLE_WIDTH, bad ? ROLE_BAD : ROLE_DIM,
	    google_word(r->google));
	pane_fit(pane, name + GOOGLE_WIDTH, y, OURS_WIDTH,
	    role_verdict(own_verdict(r)), word_verdict(own_verdict(r)));
	return rows;
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
		y += put_requirement(pane, y, r, model->in_full);
	if (y == 1)
		pane_put(pane, 0, y++, ROLE_DIM, "nothing judged yet");
	return y;
}

static void
left_column(const struct pane *pane, const struct model *model)
{
	int room = pane->h - NUMBER_ROWS - 1;
	int chart_h = room < CHART_MOST ? room : CHART_MOST;
	struct pane chart, numbers, volume;

	if (room - chart_h - 2 < VOLUME_LEAST &&
	    room >= CHART_GOOD + VOLUME_LEAST + 2)
		chart_h = room - VOLUME_LEAST - 2;
	chart = pane_part(pane, 0, 0, pane->w, chart_h);
	numbers = pane_part(pane, 0, room, pane->w, pane->h - room);
	volume = pane_part(pane, 0, chart_h + 1, pane->w, room - chart_h - 2);
	if (room < CHART_LEAST)
		numbers = *pane;
	else
		block_chart(&chart, model);
	if (volume.h >= VOLUME_LEAST)
		block_volume(&volume, model);
	block_numbers(&numbers, model);
}

/* A block in at most `rows`; returns where the next may begin. */
static int
put_block(const struct pane *pane, int y, int rows, const struct model *model,
    panel_draw *draw)
{
	struct pane part = pane_part(
	    pane, 0, y, pane->w, rows < pane->h - y ? rows : pane->h - y);
	int used;

	if (part.h < BLOCK_LEAST)
		return y;
	used = draw(&part, model);
	return used == 0 ? y : y + (used < part.h ? used : part.h);
}

/* What the blocks below the advice would like to have. */
static int
rows_below(const struct pane *pane, const struct model *model)
{
	const struct view *view = model->view;
	size_t events = view->event_count + view->note_count +
	    view->mute_count + view->learned_count;
	int rows = GUIDE_ROWS;

	if (view->history.log_last_s > 0)
		rows += REPLY_ROWS;
	if (events > 0)
		rows += 1 + (int)(events < 3 ? events : 3);
	return rows < pane->h * 3 / 5 ? rows : pane->h * 3 / 5;
}

/* What to do; what is answered now; what else happened; what Google says. */
static void
right_column(const struct pane *pane, const struct model *model, bool wide)
{
	int y = put_block(pane, 0,
	    wide ? pane->h * 3 / 5 : pane->h - rows_below(pane, model), model,
	    block_advice);

	if (!wide) {
		y = put_block(pane, y, REPLY_ROWS, model, block_replies);
		y = put_block(
		    pane, y, pane->h < TALL ? 4 : 8, model, block_events);
	} else
		y++;
	y = put_block(pane, y, pane->h, model, block_google);
	if (wide)
		put_block(pane, y + 1, pane->h, model, block_feedback);
}

static void
third_column(const struct pane *pane, const struct model *model)
{
	struct pane low;
	int y = put_block(pane, 0, pane->h / 4, model, block_clock);

	y = put_block(
	    pane, y > 0 ? y + 1 : 0, pane->h / 4, model, block_replies);
	y = put_block(
	    pane, y > 0 ? y + 1 : 0, pane->h / 4, model, block_events);
	low = pane_part(pane, 0, y + 1, pane->w, pane->h - y - 1);
	panel_measures(&low, model);
}

/* One below the other, for windows too narrow for columns and for files: what
 * is pasted into a note is not cut. */
static int
stack(const struct pane *pane, const struct model *model)
{
	int y = 1;
	static const struct {
		panel_draw *draw;
		int rows;
	} blocks[] = { { block_advice, 200 }, { block_numbers, NUMBER_ROWS },
		{ block_chart, CHART_LEAST }, { block_replies, 8 },
		{ block_events, 8 }, { block_google, 60 } };

	for (size_t i = 0; i < sizeof(blocks) / sizeof(*blocks); i++) {
		struct pane part = pane_part(
		    pane, 0, y, pane->w, blocks[i].rows);
		int rows = blocks[i].draw(&part, model);

		y += rows > 0 ? rows + 1 : 0;
	}
	return y;
}

int
panel_summary(const struct pane *pane, const struct model *model)
{
	bool wide = pane->w >= WIDE;
	int left_w, right_x, right_w;
	struct pane left, right;

	if (pane->w < NARROW || model->in_full)
		return stack(pane, model);
	left_w = wide ? pane->w * 2 / 5 : pane->w / 2;
	right_x = left_w + 3;
	right_w = (wide ? pane->w * 7 / 10 : pane->w) - right_x - 1;
	left = pane_part(pane, 1, 0, left_w - 1, pane->h);
	right = pane_part(pane, right_x, 0, right_w, pane->h);
	pane_vline(pane, left_w + 1, 0, pane->h);
	left_column(&left, model);
	right_column(&right, model, wide);
	if (wide) {
		int x = right_x + right_w + 3;
		struct pane third = pane_part(
		    pane, x, 0, pane->w - x - 1, pane->h);

		pane_vline(pane, x - 2, 0, pane->h);
		third_column(&third, model);
	}
	return pane->h;
}
