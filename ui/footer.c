/* The last row: the keys that mean something here, and the list's order. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "act.h"
#include "frame.h"
#include "sendtop/day.h"
#include "sendtop/text.h"
#include "sort.h"
#include "words.h"

/* What the keys do while something is typed. */
static const char *const dialog_keys[] = {
	[DIALOG_NONE] = "",
	[DIALOG_FILTER] = "type a text or a regular expression   Enter keeps   "
			  "Esc forgets",
	[DIALOG_COMMAND] =
	    "Tab completes   Up Down history   Enter runs   Esc closes",
	[DIALOG_NOTE] = "Enter puts it on the time line   Esc closes",
	[DIALOG_MUTE] = "Tab next field   Left Right choose   Enter goes on   "
			"Esc closes",
	[DIALOG_SNAPSHOT] =
	    "Up Down Left Right choose   Enter writes   Esc closes",
	[DIALOG_COPY] = "Up Down or number   Enter copies   Esc closes",
};

/* The order, the groups and the filter; returns how wide the words are. */
static int
order_text(const struct model *model, char *out, size_t size)
{
	static const char *const groups[] = {
		[GROUP_NONE] = "",
		[GROUP_TAG] = ", by tag",
		[GROUP_REGISTRABLE] = ", in groups",
	};
	const struct ui_state *ui = &model->ui;
	const struct sort_row *sort = sort_row(ui->sort);

	snprintf(out, size, "%s%s%s%s%s", sort != NULL ? sort->words : "",
	    ui->reverse ? ", reversed" : "", groups[ui->grouping],
	    ui->filter[0] != '\0' ? ", filter " : "", ui->filter);
	return (int)text_width(out);
}

/* Columns that the keys leave free: an order or a filter that was asked for
 * is worth more than the last of them. */
static int
reserved(const struct model *model, int width)
{
	const struct ui_state *ui = &model->ui;
	bool asked = ui->sort != SORT_WORST || ui->reverse ||
	    ui->grouping != GROUP_NONE || ui->filter[0] != '\0';

	return ui->screen == SCREEN_DOMAINS && asked ? width + 3 : 0;
}

/* On a past day of a domain the way back stands in front; the list has it in
 * its head. */
static const char *
brief_past(const struct key_row *row)
{
	if (row->action == ACTION_LATER)
		return "later";
	return row->codes[0] == KEY_CODE_ESCAPE ? "live" : NULL;
}

static int
put_key_as(const struct pane *pane, int x, const struct key_row *row,
    const char *brief, struct frame *out)
{
	char key[WORD_SIZE];
	int start = x;

	snprintf(
	    key, sizeof(key), "%.*s", (int)strcspn(row->keys, " "), row->keys);
	x = pane_put(pane, x, 0, ROLE_KEY, key) + 1;
	x = pane_put(pane, x, 0, ROLE_DIM, brief);
	if (out->key_count < FRAME_KEYS)
		out->keys[out->key_count++] = (struct frame_key){
			.span = { start, x - start },
			.action = row->action,
			.escape = row->codes[0] == KEY_CODE_ESCAPE,
		};
	return x + 2;
}

static int
put_key(const struct pane *pane, int x, const struct key_row *row,
    struct frame *out)
{
	return put_key_as(pane, x, row, row->brief, out);
}

static int
key_width(const struct key_row *row)
{
	return (int)(strcspn(row->keys, " ") + 1 + strlen(row->brief));
}

/* Told already, with more to say of it here. */
static bool
is_put(const struct frame *out, enum action action)
{
	for (int i = 0; i < out->key_count; i++)
		if (out->keys[i].action == action && !out->keys[i].escape)
			return true;
	return false;
}

/* Help always has its place: whoever knows no key finds it there. */
static int
put_keys(const struct pane *pane, unsigned where, bool past, int end,
    struct frame *out)
{
	const struct key_row *row, *help = NULL;
	int x = 1;

	for (size_t i = 0; (row = key_row(i)) != NULL; i++)
		if (row->action == ACTION_HELP)
			help = row;
	for (size_t i = 0; past && (row = key_row(i)) != NULL; i++)
		if (brief_past(row) != NULL)
			x = put_key_as(pane, x, row, brief_past(row), out);
	for (size_t i = 0; (row = key_row(i)) != NULL; i++) {
		if (row->brief == NULL || row == help ||
		    (row->where & where) == 0 || is_put(out, row->action))
			continue;
		if (x + key_width(row) + 2 + key_width(help) >= end)
			break;
		x = put_key(pane, x, row, out);
	}
	return put_key(pane, x, help, out);
}

void
footer_draw(
    const struct pane *pane, const struct model *model, struct frame *out)
{
	bool list = model->ui.screen == SCREEN_DOMAINS;
	bool past = model->ui.screen == SCREEN_DOMAIN &&
	    model->ui.as_of != DAY_NONE;
	char order[WORD_SIZE * 2 + FILTER_SIZE];
	int x, w;

	if (model->ui.help || model->ui.dialog.kind != DIALOG_NONE) {
		pane_fit(pane, 1, 0, pane->w - 2, ROLE_DIM,
		    model->ui.help ? "type to search   arrows scroll   "
				     "Esc closes"
				   : dialog_keys[model->ui.dialog.kind]);
		return;
	}
	out->key_y = pane->y;
	w = order_text(model, order, sizeof(order));
	x = put_keys(pane, act_where(&model->ui), past,
	    pane->w - reserved(model, w), out);
	if (list && x + w + 1 <= pane->w)
		pane_put(pane, pane->w - w - 1, 0, ROLE_DIM, order);
}

int
panel_footer(const struct pane *pane, const struct model *model)
{
	struct frame nowhere = { .key_y = -1 };

	footer_draw(pane, model, &nowhere);
	return 1;
}
