/* The row above the keys: what is said or typed now. */
/* SPDX-License-Identifier: MIT */
#include "panels.h"

#include <stdio.h>
#include <string.h>

#include "act.h"
#include "frame.h"
#include "sendtop/day.h"
#include "sendtop/text.h"
#include "words.h"

enum { TYPED_LEAST = 24 };

/* A line that is longer than its place is moved so that the cursor shows. */
void
edit_draw(const struct pane *pane, int x, int y, int w, bool open,
    const struct edit *edit)
{
	struct pane part = pane_part(pane, x, y, w, 1);
	char before[EDIT_SIZE], under[8] = " ";
	const char *behind = edit->text + edit->at;
	size_t n = 0;
	int at, shift;

	memcpy(before, edit->text, edit->at);
	before[edit->at] = '\0';
	at = (int)text_width(before);
	shift = at >= w ? at - w + 1 : 0;
	if (!open) {
		pane_fit(&part, 0, 0, w, ROLE_PLAIN, edit->text);
		return;
	}
	pane_put(&part, -shift, 0, ROLE_STRONG, before);
	if (*behind != '\0') {
		uint32_t code;

		n = text_decode(behind, strlen(behind), &code);
		snprintf(under, sizeof(under), "%.*s", (int)n, behind);
	}
	at = pane_put(&part, at - shift, 0, ROLE_HEAD, under);
	pane_put(&part, at, 0, ROLE_STRONG, behind + n);
}

/* "label: text_   what is wrong with it, or a hint" */
static void
put_typed(const struct pane *pane, const struct model *model, const char *label,
    enum role role, const char *hint)
{
	int w = (int)text_width(hint), x, room;

	x = pane_put(pane, 1, 0, ROLE_KEY, label);
	room = pane->w - x - 1;
	if (w > 0 && room - w - 2 >= TYPED_LEAST) {
		pane_put(pane, pane->w - w - 1, 0, role, hint);
		room -= w + 2;
	} else if (w > 0 && role == ROLE_BAD && room > TYPED_LEAST) {
		room = TYPED_LEAST;
		pane_fit(
		    pane, x + room + 1, 0, pane->w - x - room - 2, role, hint);
	}
	edit_draw(pane, x, 0, room, true, &model->ui.dialog.line);
}

static void
put_filter(const struct pane *pane, const struct model *model)
{
	const char *wrong = model->filter_wrong;
	char text[SENTENCE_SIZE];

	if (wrong != NULL && wrong[0] != '\0') {
		snprintf(text, sizeof(text), "%s: taken as text, %zu match",
		    wrong, model->total);
		put_typed(pane, model, "filter: ", ROLE_BAD, text);
		return;
	}
	snprintf(text, sizeof(text),
	    model->reading ? "reading all domains" : "%zu match", model->total);
	put_typed(pane, model, "filter: ", ROLE_DIM, text);
}

static const char *
wrong(const struct model *model)
{
	return model->ui.dialog.wrong != NULL ? model->ui.dialog.wrong : "";
}

static void
put_note(const struct pane *pane, const struct model *model)
{
	const char *domain = act_domain(model);
	char label[DOMAIN_SIZE + 16];

	snprintf(label, sizeof(label), "note on %.*s: ",
	    pane->w > 2 * TYPED_LEAST ? pane->w - 2 * TYPED_LEAST : 0,
	    domain[0] != '\0' ? domain : "all domains");
	put_typed(pane, model, label, ROLE_BAD, wrong(model));
}

static bool
put_dialog(const struct pane *pane, const struct model *model)
{
	switch (model->ui.dialog.kind) {
	case DIALOG_NONE:
		return false;
	case DIALOG_FILTER:
		put_filter(pane, model);
		break;
	case DIALOG_COMMAND:
		put_typed(pane, model, ":", ROLE_DIM, "");
		break;
	case DIALOG_NOTE:
		put_note(pane, model);
		break;
	case DIALOG_MUTE:
	case DIALOG_SNAPSHOT:
	case DIALOG_COPY:
		pane_fit(pane, 1, 0, pane->w - 2, ROLE_BAD, wrong(model));
		break;
	}
	return true;
}

/* --- nothing is typed ---------------------------------------------------------- */

/* How many lines of the list are above, at its right end. */
static int
put_place(const struct pane *pane, const struct model *model)
{
	char place[WORD_SIZE];
	int w;

	if (model->total == 0)
		return pane->w - 1;
	snprintf(place, sizeof(place), "%zu/%zu", model->ui.cursor + 1,
	    model->total);
	w = (int)strlen(place);
	pane_right(pane, pane->w - w - 1, 0, w, ROLE_DIM, place);
	return pane->w - w - 3;
}

static void
put_group(const struct pane *pane, int w, const struct group *group)
{
	char text[SENTENCE_SIZE];

	snprintf(text, sizeof(text), "%s: %zu domain%s; Enter %s", group->name,
	    group->total, group->total == 1 ? "" : "s",
	    group->folded ? "unfolds" : "folds");
	pane_fit(pane, 1, 0, w, ROLE_DIM, text);
}

static void
put_selected(const struct pane *pane, const struct model *model)
{
	const struct store_standing *row = model_row(model);
	char text[SENTENCE_SIZE];
	int w = put_place(pane, model);

	if (model_heading(model) != NULL)
		put_group(pane, w, model_heading(model));
	if (row == NULL)
		return;
	snprintf(text, sizeof(text), "%s: %s", row->name,
	    !row->judged
		? model->ui.as_of != DAY_NONE ? "being read" : "not judged yet"
		: row->standing.why[0] != '\0'
		? row->standing.why
		: "nothing is known to be wrong");
	pane_fit(pane, 1, 0, w,
	    row->judged ? role_state(row->standing.state) : ROLE_DIM, text);
}

int
panel_status(const struct pane *pane, const struct model *model)
{
	int w = pane->w - 2;

	if (!model->ui.help && put_dialog(pane, model))
		return 1;
	if (model->message[0] != '\0')
		pane_fit(pane, 1, 0, w, model->message_role, model->message);
	else if (model->writing != NULL && model->writing[0] != '\0')
		pane_fit(pane, 1, 0, w, ROLE_NOTE, model->writing);
	else if (model->trouble[0] != '\0')
		pane_fit(pane, 1, 0, w, ROLE_BAD, model->trouble);
	else if (model->ui.paused)
		pane_fit(pane, 1, 0, w, ROLE_WARN,
		    "the screen stands still: Space lets it go on");
	else if (model->ui.screen == SCREEN_DOMAINS)
		put_selected(pane, model);
	return 1;
}
