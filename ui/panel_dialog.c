/* What is chosen or typed in more than a line, over the panels. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "dialog.h"
#include "file_form.h"
#include "sendtop/day.h"
#include "sendtop/text.h"
#include "when.h"
#include "words.h"

enum {
	BOX_MOST = 100,
	MARGIN = 2,
	LABEL_WIDTH = 7,
	HINT_ROWS = 3,
	COLUMN_GAP = 2,
};

/* A box with an empty inside over the bottom of the pane; its inside. */
static struct pane
open_box(const struct pane *pane, int rows, const char *title)
{
	int w = pane->w < BOX_MOST ? pane->w : BOX_MOST;
	int h = rows + 2 < pane->h ? rows + 2 : pane->h;
	int y = pane->h - h;

	pane_fill(pane, 0, y, w, h, ROLE_PLAIN, " ");
	pane_box(pane, 0, y, w, h, title);
	return pane_part(pane, MARGIN, y + 1, w - 2 * MARGIN, h - 2);
}

/* --- menus --------------------------------------------------------------------- */

static void
draw_menu(const struct pane *pane, const struct model *model, const char *title,
    struct frame *out)
{
	struct choice choices[CHOICES_MOST];
	size_t n = dialog_choices(
	    model, model->ui.dialog.kind, choices, CHOICES_MOST);
	size_t at = model->ui.dialog.choice, first = 0;
	struct pane box = open_box(pane, (int)n, title);

	if (box.h > 0 && at >= (size_t)box.h)
		first = at - (size_t)box.h + 1;
	for (int y = 0; y < box.h && first + (size_t)y < n; y++) {
		size_t i = first + (size_t)y;
		char number[WORD_SIZE] = "  ";

		if (i < 9)
			snprintf(number, sizeof(number), "%zu ", i + 1);
		pane_put(&box, 0, y, ROLE_KEY, number);
		pane_fit(&box, 2, y, box.w - 2, ROLE_PLAIN, choices[i].text);
		if (i == at)
			pane_select(&box, y);
	}
	out->choice_y = box.y;
	out->choice_rows = box.h;
	out->choice_first = first;
}

/* --- a mute -------------------------------------------------------------------- */

/* Returns whether that is the end of a mute: nothing more to fill in. */
static bool
put_what(const struct pane *box, const struct model *model)
{
	struct choice choices[CHOICES_MOST];
	size_t n = dialog_choices(model, DIALOG_MUTE, choices, CHOICES_MOST);
	size_t at = model->ui.dialog.choice;
	bool open = model->ui.dialog.field == MUTE_WHAT;
	char place[WORD_SIZE];
	int w;

	if (at >= n)
		return false;
	snprintf(place, sizeof(place), "%s%zu of %zu",
	    open ? "Left Right: " : "", at + 1, n);
	w = (int)strlen(place);
	pane_fit(box, LABEL_WIDTH, 0, box->w - LABEL_WIDTH - w - 1,
	    open ? ROLE_STRONG : ROLE_PLAIN, choices[at].text);
	pane_put(box, box->w - w, 0, ROLE_DIM, place);
	return choices[at].id != 0;
}

static void
put_until(const struct pane *box, const struct model *model)
{
	const struct dialog_state *dialog = &model->ui.dialog;
	bool open = dialog->field == MUTE_UNTIL;
	char when[TIME_TEXT_SIZE], text[SENTENCE_SIZE];
	int64_t until_s;
	int w = box->w - LABEL_WIDTH, half = w / 3;

	edit_draw(box, LABEL_WIDTH, 1, half, open, &dialog->until);
	if (!when_until(dialog->until.text, model->now_s, &until_s))
		snprintf(
		    text, sizeof(text), "12h, 3d, 2w, 2026-12-01 or forever");
	else if (until_s == 0)
		snprintf(text, sizeof(text), "for good");
	else
		snprintf(
		    text, sizeof(text), "= %s UTC", time_short(when, until_s));
	pane_fit(box, LABEL_WIDTH + half + 1, 1, w - half - 1, ROLE_DIM, text);
}

static void
draw_mute(const struct pane *pane, const struct model *model)
{
	static const char *const labels[] = {
		[MUTE_WHAT] = "what",
		[MUTE_UNTIL] = "until",
		[MUTE_WHY] = "why",
	};
	const struct dialog_state *dialog = &model->ui.dialog;
	struct pane box = open_box(pane, MUTE_FIELDS + 1,
	    " Mute: shown, but no longer counted or alarmed ");

	if (put_what(&box, model)) {
		pane_put(&box, 0, 0, ROLE_KEY, labels[MUTE_WHAT]);
		pane_fit(&box, LABEL_WIDTH, 1, box.w - LABEL_WIDTH, ROLE_DIM,
		    "Enter ends it now: it counts and alarms again");
		return;
	}
	for (int i = 0; i < MUTE_FIELDS; i++)
		pane_put(&box, 0, i,
		    (size_t)i == dialog->field ? ROLE_KEY : ROLE_DIM,
		    labels[i]);
	put_until(&box, model);
	edit_draw(&box, LABEL_WIDTH, MUTE_WHY, box.w - LABEL_WIDTH,
	    dialog->field == MUTE_WHY, &dialog->line);
	pane_fit(&box, 0, MUTE_FIELDS, box.w, ROLE_BAD,
	    dialog->wrong != NULL ? dialog->wrong : "");
}

/* --- a file -------------------------------------------------------------------- */

static void
draw_file(const struct pane *pane, const struct model *model, struct frame *out)
{
	struct pane box = open_box(pane, FORM_FIELDS + 1, " Write to a file ");

	file_form_draw(&box, model, out);
}

/* --- the command line ---------------------------------------------------------- */

/* The words that Tab would complete to, side by side. */
static void
put_words(
    const struct pane *box, int y, const struct completion *items, size_t n)
{
	int x = 0;

	for (size_t i = 0; i < n && y < box->h; i++) {
		int w = (int)text_width(items[i].text);

		if (x > 0 && x + w > box->w) {
			x = 0;
			y++;
		}
		if (y < box->h)
			pane_put(box, x, y, ROLE_PLAIN, items[i].text);
		x += w + COLUMN_GAP;
	}
}

/* What it takes, and what it does: in the last row when there is no room
 * beside. */
static void
put_usage(const struct pane *box, const struct command *command)
{
	int x = pane_printf(box, 0, 0, ROLE_KEY, "%s %s", command->name,
		    command->arguments) +
	    COLUMN_GAP;
	bool beside = x + (int)text_width(command->help) <= box->w;

	pane_fit(box, beside ? x : 0, beside ? 0 : box->h - 1,
	    beside ? box->w - x : box->w, ROLE_DIM, command->help);
}

static void
draw_command(const struct pane *pane, const struct model *model)
{
	const char *wrong = model->ui.dialog.wrong;
	const struct edit *line = &model->ui.dialog.line;
	const struct command *command = command_of(line->text, NULL);
	struct completion items[COMPLETIONS_MOST];
	size_t len,
	    n = command_complete(model, line, items, COMPLETIONS_MOST, &len);
	struct pane box = open_box(pane, HINT_ROWS, " Command ");

	if (command != NULL)
		put_usage(&box, command);
	put_words(&box, command != NULL ? 1 : 0, items, n);
	/* Beside what is typed there is not the room for a sentence. */
	if (wrong != NULL && wrong[0] != '\0') {
		pane_fill(&box, 0, box.h - 1, box.w, 1, ROLE_PLAIN, " ");
		pane_fit(&box, 0, box.h - 1, box.w, ROLE_BAD, wrong);
	}
}

void
dialog_draw(
    const struct pane *pane, const struct model *model, struct frame *out)
{
	switch (model->ui.dialog.kind) {
	case DIALOG_COMMAND:
		draw_command(pane, model);
		break;
	case DIALOG_MUTE:
		draw_mute(pane, model);
		break;
	case DIALOG_SNAPSHOT:
		draw_file(pane, model, out);
		break;
	case DIALOG_COPY:
		draw_menu(pane, model, " Copy ", out);
		break;
	case DIALOG_NONE:
	case DIALOG_FILTER:
	case DIALOG_NOTE:
		break;
	}
}
