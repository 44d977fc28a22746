/* The help: the keys and the signs, searchable. */
/* SPDX-License-Identifier: MIT */
#include "panels.h"

#include <stdio.h>
#include <string.h>

#include "glyph.h"
#include "keys.h"
#include "sendtop/text.h"
#include "words.h"

enum { KEYS_WIDTH = 18 };

/* Whether text contains part, letters' case aside. */
static bool
contains(const char *text, const char *part)
{
	if (part[0] == '\0')
		return true;
	for (; *text != '\0'; text++)
		if (text_starts_nocase(text, part))
			return true;
	return false;
}

static int
put_entry(const struct pane *pane, int y, const struct model *model,
    const char *name, const char *words, const char *brief)
{
	if (!contains(name, model->ui.search) &&
	    !contains(words, model->ui.search) &&
	    (brief == NULL || !contains(brief, model->ui.search)))
		return 0;
	pane_fit(pane, 2, y, KEYS_WIDTH, ROLE_KEY, name);
	return pane_wrap(pane, 2 + KEYS_WIDTH + 1, y, pane->w - KEYS_WIDTH - 4,
	    ROLE_PLAIN, words);
}

static const struct {
	const char *sign, *words;
} signs[] = {
	{ "CRITICAL CRIT",
	    "a requirement of Gmail's fails, or the spam rate is 0.30 % or "
	    "more" },
	{ "WARNING WARN",
	    "a warning, spam rate 0.10 % or more, or the ramp says back off "
	    "or stop" },
	{ "ok", "nothing of this" },
	{ "unknown unkn", "nothing could be told" },
	{ "^ v", "the spam rate rises or falls against its week" },
	{ "~48.2k", "a volume worked out from Google's counts and rates" },
	{ "go HOLD BACK OFF",
	    "ramp: grow as allowed; stay at today's volume; send less" },
	{ "STOP BLIND",
	    "ramp: send nothing more; or volume grew while no spam rate is "
	    "known" },
	{ "AS OF", "the screen shows a past day: < and > move, Esc is live" },
};

static int
put_states(const struct pane *pane, int y, const struct model *model)
{
	static const enum data_state states[] = { DATA_WITHHELD, DATA_PENDING,
		DATA_DENIED, DATA_ERROR };
	int start = y;

	for (size_t i = 0; i < sizeof(states) / sizeof(*states); i++) {
		char name[WORD_SIZE], words[SENTENCE_SIZE];

		snprintf(name, sizeof(name), "%s %s", glyph_state(states[i]),
		    data_state_name(states[i]));
		snprintf(
		    words, sizeof(words), "%s", data_state_words(states[i]));
		y += put_entry(pane, y, model, name, words, NULL);
	}
	return y - start;
}

int
panel_help(const struct pane *pane, const struct model *model)
{
	const struct key_row *row;
	int y = 1;

	pane_title(pane, 1, 0, pane->w - 2, "Help");
	pane_printf(pane, 1, y++, ROLE_STRONG, "search: %s_", model->ui.search);
	pane_title(pane, 1, y++, pane->w - 2, "Keys");
	for (size_t i = 0; (row = key_row(i)) != NULL; i++)
		y += put_entry(
		    pane, y, model, row->keys, row->help, row->brief);
	pane_title(pane, 1, y++, pane->w - 2, "Words and signs");
	for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++)
		y += put_entry(
		    pane, y, model, signs[i].sign, signs[i].words, NULL);
	pane_title(pane, 1, y++, pane->w - 2, "Days without a number");
	y += put_states(pane, y, model);
	return y;
}
