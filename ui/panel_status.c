/* The two rows at the bottom: what is said now, and the keys. */
/* SPDX-License-Identifier: MIT */
#include "panels.h"

#include <stdio.h>
#include <string.h>

#include "keys.h"
#include "sendtop/day.h"
#include "sendtop/text.h"
#include "words.h"

static void
put_selected(const struct pane *pane, const struct model *model)
{
	const struct store_standing *row = model_row(model);
	char place[WORD_SIZE], text[SENTENCE_SIZE];
	int w;

	if (row == NULL)
		return;
	snprintf(place, sizeof(place), "%zu/%zu", model->ui.cursor + 1,
	    model->total);
	w = (int)strlen(place);
	pane_right(pane, pane->w - w - 1, 0, w, ROLE_DIM, place);
	snprintf(text, sizeof(text), "%s: %s", row->name,
	    !row->judged ? "not judged yet"
		: row->standing.why[0] != '\0'
		? row->standing.why
		: "nothing is known to be wrong");
	pane_fit(pane, 1, 0, pane->w - w - 3,
	    row->judged ? role_state(row->standing.state) : ROLE_DIM, text);
}

int
panel_status(const struct pane *pane, const struct model *model)
{
	int w = pane->w - 2;

	if (model->ui.typing) {
		int x = pane_put(pane, 1, 0, ROLE_KEY, "filter: ");

		x = pane_put(pane, x, 0, ROLE_STRONG, model->ui.filter);
		x = pane_put(pane, x, 0, ROLE_HEAD, " ");
		pane_printf(pane, x + 2, 0, ROLE_DIM,
		    "%zu match; Enter keeps, Esc forgets", model->total);
	} else if (model->message[0] != '\0')
		pane_fit(pane, 1, 0, w, model->message_role, model->message);
	else if (model->trouble[0] != '\0')
		pane_fit(pane, 1, 0, w, ROLE_BAD, model->trouble);
	else if (model->ui.paused)
		pane_fit(pane, 1, 0, w, ROLE_WARN,
		    "the screen stands still: Space lets it go on");
	else if (model->ui.screen == SCREEN_DOMAINS)
		put_selected(pane, model);
	else if (model->ui.as_of != DAY_NONE)
		pane_fit(pane, 1, 0, w, ROLE_WARN,
		    "a past day: > goes on, Esc is live again");
	return 1;
}

static const char *
sort_name(enum standing_sort sort)
{
	static const char *const names[] = {
		[SORT_WORST] = "worst first",
		[SORT_NAME] = "by name",
		[SORT_SPAM] = "by spam rate",
		[SORT_VOLUME] = "by volume",
		[SORT_GROWTH] = "by growth",
		[SORT_RAMP] = "by ramp",
		[SORT_REPUTATION] = "by reputation",
		[SORT_AGE] = "by age of data",
	};

	return names[sort];
}

/* The order and the filter; returns how wide the words are. */
static int
order_text(const struct model *model, char *out, size_t size)
{
	snprintf(out, size, "%s%s%s%s", sort_name(model->ui.sort),
	    model->ui.reverse ? ", reversed" : "",
	    model->ui.filter[0] != '\0' ? ", filter " : "", model->ui.filter);
	return (int)text_width(out);
}

/* Columns that the keys leave free: an order or a filter that was asked for
 * is worth more than the last of them. */
static int
reserved(const struct model *model, int width)
{
	const struct ui_state *ui = &model->ui;
	bool asked = ui->sort != SORT_WORST || ui->reverse ||
	    ui->filter[0] != '\0';

	return ui->screen == SCREEN_DOMAINS && asked ? width + 3 : 0;
}

static int
put_keys(const struct pane *pane, unsigned where, int end)
{
	const struct key_row *row;
	int x = 1;

	for (size_t i = 0; (row = key_row(i)) != NULL; i++) {
		char key[WORD_SIZE];
		int w;

		if (row->brief == NULL || (row->where & where) == 0)
			continue;
		snprintf(key, sizeof(key), "%.*s", (int)strcspn(row->keys, " "),
		    row->keys);
		w = (int)(strlen(key) + 1 + strlen(row->brief));
		if (x + w > end)
			break;
		x = pane_put(pane, x, 0, ROLE_KEY, key) + 1;
		x = pane_put(pane, x, 0, ROLE_DIM, row->brief) + 2;
	}
	return x;
}

int
panel_footer(const struct pane *pane, const struct model *model)
{
	bool list = model->ui.screen == SCREEN_DOMAINS;
	char order[WORD_SIZE * 3];
	int x, w;

	if (model->ui.help) {
		pane_put(pane, 1, 0, ROLE_DIM,
		    "type to search, Backspace takes back, arrows scroll, "
		    "Esc closes");
		return 1;
	}
	w = order_text(model, order, sizeof(order));
	x = put_keys(
	    pane, list ? ON_DOMAINS : ON_DOMAIN, pane->w - reserved(model, w));
	if (list && x + w + 1 <= pane->w)
		pane_put(pane, pane->w - w - 1, 0, ROLE_DIM, order);
	return 1;
}
