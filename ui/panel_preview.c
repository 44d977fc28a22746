/* The domain under the cursor: below the list, or beside it. */
/* SPDX-License-Identifier: MIT */
#include "panels.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "glyph.h"
#include "sendtop/day.h"
#include "sendtop/text.h"
#include "words.h"

enum {
	LABEL_WIDTH = 12,
	BESIDE = 24, /* rows from which it stands beside the list */
	WIDE = 110,  /* columns from which a chart goes beside the lines */
	CHART_LEAST = 7,
	CHART_MOST = 12,
};

static int
put_line(const struct pane *pane, int y, const char *label, enum role role,
    const char *text)
{
	if (text[0] == '\0')
		return 0;
	pane_fit(pane, 0, y, LABEL_WIDTH, ROLE_DIM, label);
	return pane_wrap(
	    pane, LABEL_WIDTH, y, pane->w - LABEL_WIDTH, role, text);
}

static int
put_spam(const struct pane *pane, int y, const struct standing *s)
{
	char text[SENTENCE_SIZE], rate[WORD_SIZE], mean[WORD_SIZE],
	    day[DAY_TEXT_SIZE];

	if (isnan(s->spam_rate))
		return put_line(pane, y, "Spam rate", ROLE_DIM,
		    data_gap_words(s->poll, s->data));
	snprintf(text, sizeof(text),
	    "%s on %s (%s), 7-day mean %s, %d of 7 clean days",
	    word_percent(rate, s->spam_rate), day_short(day, s->spam_day),
	    spam_band_name(s->band), word_percent(mean, s->mean7),
	    s->clean_days);
	return put_line(pane, y, "Spam rate", role_band(s->band), text);
}

static int
put_ramp(const struct pane *pane, int y, const struct standing *s)
{
	char text[SENTENCE_SIZE], volume[WORD_SIZE], growth[WORD_SIZE],
	    ceiling[WORD_SIZE];

	if (s->volume_source == VOLUME_NONE)
		return put_line(
		    pane, y, "Ramp", role_ramp(s->ramp), word_ramp(s->ramp));
	snprintf(text, sizeof(text),
	    "%s; volume %s, growth %s, at most %s tomorrow", word_ramp(s->ramp),
	    word_volume(volume, s->volume, s->volume_source),
	    word_growth(growth, s->growth), word_number(ceiling, s->ceiling));
	return put_line(pane, y, "Ramp", role_ramp(s->ramp), text);
}

static int
put_ages(
    const struct pane *pane, int y, const struct standing *s, int64_t now_s)
{
	char text[SENTENCE_SIZE], probed[WORD_SIZE] = "never",
				  polled[WORD_SIZE] = "never";

	if (s->probed_s > 0)
		text_age(probed, sizeof(probed), now_s - s->probed_s);
	if (s->fetched_s > 0)
		text_age(polled, sizeof(polled), now_s - s->fetched_s);
	snprintf(text, sizeof(text),
	    "fail %d, warn %d, unknown %d; probed: %s%s, polled: %s%s",
	    s->fails, s->warns, s->unknowns, probed,
	    s->probed_s > 0 ? " ago" : "", polled,
	    s->fetched_s > 0 ? " ago" : "");
	return put_line(pane, y, "Checks",
	    s->fails > 0       ? ROLE_BAD
		: s->warns > 0 ? ROLE_WARN
			       : ROLE_PLAIN,
	    text);
}

static int
put_lines(
    const struct pane *pane, const struct store_standing *row, int64_t now_s)
{
	const struct standing *s = &row->standing;
	char text[SENTENCE_SIZE], when[TIME_TEXT_SIZE];
	int y = 0;

	snprintf(text, sizeof(text), "%s%s%s", word_state(s->state),
	    s->since_s > 0 ? " since " : "",
	    s->since_s > 0 ? time_short(when, s->since_s) : "");
	y += put_line(pane, y, "State", role_state(s->state), text);
	y += put_line(pane, y, "Why", ROLE_STRONG, s->why);
	y += put_spam(pane, y, s);
	y += put_ramp(pane, y, s);
	snprintf(text, sizeof(text), "%s (estimate)",
	    reputation_name(s->reputation));
	y += put_line(
	    pane, y, "Reputation", role_reputation(s->reputation), text);
	y += put_ages(pane, y, s, now_s);
	y += put_line(pane, y, "Reasons", ROLE_DIM, s->reasons);
	return y + put_line(pane, y, "Group", ROLE_PLAIN, row->tag);
}

/* Whether all of the domain has been read, and not of the one before it. */
static bool
has_view(const struct model *model, const struct store_standing *row)
{
	return model->view != NULL &&
	    strcmp(model->view->domain.name, row->name) == 0;
}

/* Lines, chart and advice one below the other. */
static int
put_column(const struct pane *pane, const struct model *model,
    const struct store_standing *row)
{
	int y = put_lines(pane, row, model->now_s) + 1, rows;
	struct pane part;

	if (!has_view(model, row))
		return y;
	rows = (pane->h - y) / 3;
	rows = rows > CHART_MOST ? CHART_MOST : rows;
	part = pane_part(pane, 0, y, pane->w, rows);
	if (rows >= CHART_LEAST)
		y += block_chart(&part, model) + 1;
	part = pane_part(pane, 0, y, pane->w, pane->h - y);
	rows = block_advice(&part, model);
	y += (rows < part.h ? rows : part.h) + 1;
	part = pane_part(pane, 0, y, pane->w, pane->h - y);
	rows = part.h > 1 ? block_replies(&part, model) : 0;
	y += rows > 0 ? rows + 1 : 0;
	part = pane_part(pane, 0, y, pane->w, pane->h - y);
	if (part.h > 1)
		block_events(&part, model);
	return pane->h;
}

/* The same in a row of three. */
static void
put_three(const struct pane *pane, const struct model *model,
    const struct store_standing *row)
{
	int third = pane->w / 3;
	struct pane part = pane_part(pane, 0, 0, third - 2, pane->h);

	put_lines(&part, row, model->now_s);
	part = pane_part(pane, third, 0, third - 2, pane->h);
	block_chart(&part, model);
	part = pane_part(pane, 2 * third, 0, pane->w - 2 * third, pane->h);
	block_advice(&part, model);
}

int
panel_preview(const struct pane *pane, const struct model *model)
{
	const struct store_standing *row = model_row(model);
	struct pane body = pane_part(pane, 1, 1, pane->w - 2, pane->h - 1);

	if (row == NULL || !row->judged)
		return 0;
	pane_title(pane, 1, 0, pane->w - 2, row->name);
	if (pane->h >= BESIDE)
		return 1 + put_column(&body, model, row);
	if (pane->w < WIDE || !has_view(model, row))
		return 1 + put_lines(&body, row, model->now_s);
	put_three(&body, model, row);
	return pane->h;
}
