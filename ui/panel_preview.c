/* The domain under the cursor, in some lines below a tall list. */
/* SPDX-License-Identifier: MIT */
#include "panels.h"

#include <math.h>
#include <stdio.h>

#include "glyph.h"
#include "sendtop/day.h"
#include "sendtop/text.h"
#include "words.h"

enum { LABEL_WIDTH = 12 };

static int
put_line(const struct pane *pane, int y, const char *label, enum role role,
    const char *text)
{
	if (text[0] == '\0')
		return 0;
	pane_fit(pane, 1, y, LABEL_WIDTH, ROLE_DIM, label);
	return pane_wrap(
	    pane, 1 + LABEL_WIDTH, y, pane->w - LABEL_WIDTH - 2, role, text);
}

static int
put_spam(const struct pane *pane, int y, const struct standing *s)
{
	char text[SENTENCE_SIZE], rate[WORD_SIZE], mean[WORD_SIZE],
	    day[DAY_TEXT_SIZE];

	if (isnan(s->spam_rate))
		return put_line(
		    pane, y, "Spam rate", ROLE_DIM, data_state_words(s->data));
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

	snprintf(text, sizeof(text),
	    "%s; volume %s, growth %s, at most %s tomorrow", word_ramp(s->ramp),
	    word_volume(volume, s->volume, s->volume_source),
	    word_growth(growth, s->growth),
	    text_count(ceiling, sizeof(ceiling), s->ceiling));
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
	    "fail %d, warn %d, unknown %d; age of the probe: %s, of the "
	    "poll: %s",
	    s->fails, s->warns, s->unknowns, probed, polled);
	return put_line(pane, y, "Checks",
	    s->fails > 0       ? ROLE_BAD
		: s->warns > 0 ? ROLE_WARN
			       : ROLE_PLAIN,
	    text);
}

int
panel_preview(const struct pane *pane, const struct model *model)
{
	const struct store_standing *row = model_row(model);
	char text[SENTENCE_SIZE], when[TIME_TEXT_SIZE];
	const struct standing *s;
	int y = 1;

	if (row == NULL || !row->judged)
		return 0;
	s = &row->standing;
	pane_title(pane, 1, 0, pane->w - 2, row->name);
	snprintf(text, sizeof(text), "%s since %s", word_state(s->state),
	    time_short(when, s->since_s));
	y += put_line(pane, y, "State", role_state(s->state), text);
	y += put_line(pane, y, "Group", ROLE_PLAIN, row->tag);
	y += put_line(pane, y, "Why", ROLE_STRONG, s->why);
	y += put_spam(pane, y, s);
	y += put_ramp(pane, y, s);
	y += put_line(pane, y, "Reputation", role_reputation(s->reputation),
	    reputation_name(s->reputation));
	y += put_ages(pane, y, s, model->now_s);
	y += put_line(pane, y, "Reasons", ROLE_DIM, s->reasons);
	return y;
}
