/* The form for a file, drawn. */
/* SPDX-License-Identifier: MIT */
#include "panels.h"

#include <string.h>

#include "file_form.h"
#include "frame.h"
#include "sendtop/text.h"
#include "words.h"

enum {
	LABEL_WIDTH = 7,
	OPTION_GAP = 2,
	COMMAND_ROW = FORM_FIELDS,
};

static void
note_place(struct frame *out, const struct pane *box, int x, int y, int w,
    size_t field, size_t at)
{
	if (out->form_count < FRAME_FORM)
		out->form[out->form_count++] = (struct frame_option){
			.span = { box->x + x, w },
			.y = box->y + y,
			.field = field,
			.at = at,
		};
}

/* How many columns the options take side by side, and how many there are. */
static int
options_width(const struct model *model, size_t field, size_t *count)
{
	const char *text;
	int w = 0;

	for (*count = 0;
	     (text = file_form_option(model, field, *count)) != NULL;
	     (*count)++)
		w += (int)text_width(text) + 2;
	return w;
}

/* Where there is no room for all of them: the chosen one. */
static int
put_chosen(
    const struct pane *box, int y, const struct model *model, size_t field)
{
	bool open = model->ui.dialog.field == field;
	size_t chosen = file_form_chosen(model, field), count;
	int x;

	options_width(model, field, &count);
	x = pane_printf(box, LABEL_WIDTH, y, open ? ROLE_TAB : ROLE_STRONG,
	    "[%s]", file_form_option(model, field, chosen));
	return pane_printf(
	    box, x + 1, y, ROLE_DIM, "%zu of %zu ", chosen + 1, count);
}

/* The options side by side, the chosen one in brackets; the column behind. */
static int
put_options(const struct pane *box, int y, const struct model *model,
    size_t field, struct frame *out)
{
	size_t chosen = file_form_chosen(model, field);
	bool open = model->ui.dialog.field == field;
	int x = LABEL_WIDTH;
	const char *text;
	size_t count;

	if (x + options_width(model, field, &count) > box->w)
		return put_chosen(box, y, model, field);
	for (size_t i = 0; (text = file_form_option(model, field, i)) != NULL;
	     i++) {
		char word[WORD_SIZE];
		int end;

		snprintf(
		    word, sizeof(word), i == chosen ? "[%s]" : " %s ", text);
		end = pane_put(box, x, y,
		    i != chosen ? ROLE_DIM
			: open  ? ROLE_TAB
				: ROLE_STRONG,
		    word);
		note_place(out, box, x, y, end - x, field, i);
		x = end;
	}
	return x;
}

static void
put_field(const struct pane *box, const struct model *model, size_t field,
    struct frame *out)
{
	const struct dialog_state *dialog = &model->ui.dialog;
	bool open = dialog->field == field;
	int y = (int)field, x = LABEL_WIDTH;

	if (field == FORM_PATH) {
		note_place(out, box, 0, y, box->w, field, FORM_OPTIONS);
		if (!open && dialog->line.text[0] == '\0')
			pane_put(box, x + 1, y, ROLE_DIM,
			    "a new one in this folder");
		else
			edit_draw(
			    box, x + 1, y, box->w - x - 1, open, &dialog->line);
		return;
	}
	if (file_form_option(model, field, 0) == NULL) {
		pane_put(box, x + 1, y, ROLE_DIM, "-");
		return;
	}
	x = put_options(box, y, model, field, out);
	if (field == FORM_SINCE && file_form_types_day(model))
		edit_draw(box, x, y, box->w - x, open, &dialog->until);
}

int
file_form_draw(
    const struct pane *box, const struct model *model, struct frame *out)
{
	static const char *const labels[] = {
		[FORM_WHAT] = "what",
		[FORM_FORMAT] = "as",
		[FORM_SINCE] = "of",
		[FORM_NAMES] = "names",
		[FORM_PATH] = "file",
	};
	const struct dialog_state *dialog = &model->ui.dialog;
	char command[SENTENCE_SIZE];

	for (size_t i = 0; i < FORM_FIELDS; i++) {
		pane_put(box, 0, (int)i,
		    i == dialog->field ? ROLE_KEY : ROLE_DIM, labels[i]);
		put_field(box, model, i, out);
	}
	file_form_command(model, command, sizeof(command));
	if (dialog->wrong != NULL && dialog->wrong[0] != '\0')
		pane_fit(box, 0, COMMAND_ROW, box->w, ROLE_BAD, dialog->wrong);
	else
		pane_fit(box, 0, COMMAND_ROW, box->w, ROLE_DIM, command);
	return COMMAND_ROW + 1;
}
