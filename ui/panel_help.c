/* The help: the keys and the signs, searchable. */
/* SPDX-License-Identifier: MIT */
#include "panels.h"

#include <stdio.h>
#include <string.h>

#include "command.h"
#include "frame.h"
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
	if (!contains(name, model->ui.search.text) &&
	    !contains(words, model->ui.search.text) &&
	    (brief == NULL || !contains(brief, model->ui.search.text)))
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
	    "ramp: send nothing more; or too little is known to grow on: no "
	    "volume, or it grew while no spam rate was known" },
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

static int
put_commands(const struct pane *pane, int y, const struct model *model)
{
	const struct command *row;
	int start = y;

	for (size_t i = 0; (row = command_row(i)) != NULL; i++) {
		char name[WORD_SIZE], words[SENTENCE_SIZE];

		snprintf(name, sizeof(name), ":%s", row->name);
		snprintf(words, sizeof(words), "%s%s%s", row->arguments,
		    row->arguments[0] != '\0' ? "  " : "", row->help);
		y += put_entry(pane, y, model, name, words, NULL);
	}
	return y - start;
}

static int
put_keys(const struct pane *pane, int y, const struct model *model)
{
	static const struct {
		unsigned where;
		const char *words;
	} places[] = {
		{ ON_DOMAINS, " (on the list)" },
		{ ON_DOMAIN, " (on a domain)" },
		{ ON_CHECKS, " (on Checks)" },
		{ ON_DOMAINS | ON_DOMAIN, "" },
		{ ON_INNER, " (elsewhere)" },
		{ ON_ALL, "" },
	};
	const struct key_row *row;
	int start = y;

	for (size_t i = 0; (row = key_row(i)) != NULL; i++) {
		char words[SENTENCE_SIZE];
		const char *place = "";

		for (size_t k = 0; k < sizeof(places) / sizeof(*places); k++)
			if (places[k].where == row->where)
				place = places[k].words;
		snprintf(words, sizeof(words), "%s%s", row->help, place);
		y += put_entry(pane, y, model, row->keys, words, row->brief);
	}
	return y - start;
}

static int
put_signs(const struct pane *pane, int y, const struct model *model)
{
	int start = y;

	for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++)
		y += put_entry(
		    pane, y, model, signs[i].sign, signs[i].words, NULL);
	return y - start;
}

int
panel_help(const struct pane *pane, const struct model *model)
{
	static const struct {
		const char *title;
		int (*put)(const struct pane *, int, const struct model *);
	} parts[] = {
		{ "Keys", put_keys },
		{ "Commands (: types one)", put_commands },
		{ "Words and signs", put_signs },
		{ "Days without a number", put_states },
	};
	int y = 0, found = 0, rows;

	pane_put(pane, 1, y, ROLE_KEY, "search: ");
	edit_draw(pane, 9, y++, pane->w - 10, true, &model->ui.search);
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		rows = parts[i].put(pane, y + 1, model);
		if (rows == 0)
			continue;
		pane_title(pane, 1, y, pane->w - 2, parts[i].title);
		y += rows + 1;
		found += rows;
	}
	if (found == 0)
		pane_put(pane, 1, y++, ROLE_DIM, "nothing is called that");
	return y;
}
