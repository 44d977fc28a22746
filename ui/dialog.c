/* What is typed or chosen over the screen: filter, command, note, mute, ... */
/* SPDX-License-Identifier: MIT */
#include "dialog.h"

#include <stdio.h>
#include <string.h>

#include "checks.h"
#include "command.h"
#include "file_form.h"
#include "sendtop/day.h"
#include "sendtop/text.h"
#include "when.h"

/* --- what there is to choose from: see choices.c ------------------------------- */

static size_t
count_choices(const struct model *model, enum dialog kind)
{
	struct choice choices[CHOICES_MOST];

	return dialog_choices(model, kind, choices, CHOICES_MOST);
}

static bool
chosen(const struct model *model, const struct ui_state *ui, struct choice *out)
{
	struct choice choices[CHOICES_MOST];
	size_t n = dialog_choices(
	    model, ui->dialog.kind, choices, CHOICES_MOST);

	if (ui->dialog.choice >= n)
		return false;
	*out = choices[ui->dialog.choice];
	return true;
}

/* What is under the cursor is what is meant. */
static size_t
choice_of(const struct model *model, const struct finding *f)
{
	struct choice choices[CHOICES_MOST];
	size_t n = dialog_choices(model, DIALOG_MUTE, choices, CHOICES_MOST);

	for (size_t i = 0; i < n; i++)
		if (strcmp(choices[i].check, f->check) == 0 &&
		    (choices[i].subject[0] == '\0' ||
			strcmp(choices[i].subject, f->subject) == 0))
			return i;
	return 0;
}

/* "ptr 192.0.2.10: ", to be gone on with. */
static void
begin_note(
    const struct model *model, struct ui_state *ui, const struct finding *f)
{
	bool own = strcmp(f->subject, model->view->domain.name) == 0;
	char text[EDIT_SIZE];

	snprintf(text, sizeof(text), "%.80s%s%.200s: ", f->check,
	    own ? "" : " ", own ? "" : f->subject);
	edit_set(&ui->dialog.line, text);
}

void
dialog_open(const struct model *model, struct ui_state *ui, enum dialog kind)
{
	const struct finding *f = checks_finding(model);

	if (kind == DIALOG_MUTE && act_domain(model)[0] == '\0')
		return;
	ui->dialog = (struct dialog_state){ .kind = kind, .wrong = "" };
	if (kind == DIALOG_FILTER)
		edit_set(&ui->dialog.line, ui->filter);
	if (kind == DIALOG_MUTE)
		edit_set(&ui->dialog.until, "7d");
	if (kind == DIALOG_MUTE && f != NULL)
		ui->dialog.choice = choice_of(model, f);
	if (kind == DIALOG_NOTE && f != NULL)
		begin_note(model, ui, f);
	if (kind == DIALOG_SNAPSHOT)
		file_form_open(model, ui);
}

static unsigned
finish(struct ui_state *ui, unsigned want)
{
	ui->dialog.kind = DIALOG_NONE;
	return want;
}

static unsigned
complain(struct ui_state *ui, const char *wrong)
{
	ui->dialog.wrong = wrong;
	return 0;
}

static bool
is_blank(const char *text)
{
	return text[strspn(text, " ")] == '\0';
}

/* --- filter -------------------------------------------------------------------- */

static unsigned
use_filter(struct ui_state *ui)
{
	const char *text = ui->dialog.line.text;
	size_t len = strlen(text);

	if (len > FILTER_SIZE - 1)
		for (len = FILTER_SIZE - 1; (text[len] & 0xc0) == 0x80;)
			len--;
	memcpy(ui->filter, text, len);
	ui->filter[len] = '\0';
	ui->cursor = ui->top = 0;
	return WANT_ORDER;
}

static unsigned
type_filter(struct ui_state *ui, uint32_t code)
{
	switch (code) {
	case KEY_CODE_ENTER:
	case KEY_CODE_UP:
	case KEY_CODE_DOWN:
		return finish(ui, 0);
	case KEY_CODE_ESCAPE:
		edit_set(&ui->dialog.line, "");
		return finish(ui, use_filter(ui) | WANT_FOLLOW);
	default:
		return edit_key(&ui->dialog.line, code) ? use_filter(ui) : 0;
	}
}

/* --- a note -------------------------------------------------------------------- */

static void
order_for(const struct model *model, struct ui_state *ui, const char *text)
{
	ui->order = (struct order){ .format = "text" };
	snprintf(ui->order.domain, sizeof(ui->order.domain), "%s",
	    act_domain(model));
	snprintf(ui->order.text, sizeof(ui->order.text), "%s", text);
}

/* Nothing was added to what stood there. */
static bool
is_only_begun(const struct model *model, const struct ui_state *ui)
{
	const struct finding *f = checks_finding(model);
	struct ui_state begun = { 0 };

	if (f == NULL)
		return false;
	begin_note(model, &begun, f);
	return strcmp(begun.dialog.line.text, ui->dialog.line.text) == 0;
}

static unsigned
type_note(const struct model *model, struct ui_state *ui, uint32_t code)
{
	ui->dialog.wrong = "";
	if (code == KEY_CODE_ESCAPE)
		return finish(ui, 0);
	if (code != KEY_CODE_ENTER) {
		edit_key(&ui->dialog.line, code);
		return 0;
	}
	if (is_blank(ui->dialog.line.text) || is_only_begun(model, ui))
		return complain(ui, "a note needs a text");
	order_for(model, ui, ui->dialog.line.text);
	return finish(ui, WANT_NOTE);
}

/* --- a mute -------------------------------------------------------------------- */

static unsigned
send_mute(const struct model *model, struct ui_state *ui)
{
	struct dialog_state *dialog = &ui->dialog;
	struct choice choice;
	int64_t until_s;

	if (!chosen(model, ui, &choice))
		return finish(ui, 0);
	order_for(model, ui, dialog->line.text);
	ui->order.id = choice.id;
	if (choice.id != 0)
		return finish(ui, WANT_UNMUTE);
	if (!when_until(dialog->until.text, model->now_s, &until_s)) {
		dialog->field = MUTE_UNTIL;
		return complain(
		    ui, "until when? 12h, 3d, 2w, 2026-12-01 or forever");
	}
	if (is_blank(dialog->line.text)) {
		dialog->field = MUTE_WHY;
		return complain(ui, "a mute needs a reason");
	}
	ui->order.until_s = until_s;
	memcpy(ui->order.check, choice.check, sizeof(choice.check));
	memcpy(ui->order.subject, choice.subject, sizeof(choice.subject));
	return finish(ui, WANT_MUTE);
}

static void
turn_choice(const struct model *model, struct ui_state *ui, bool back)
{
	size_t n = count_choices(model, ui->dialog.kind);

	if (n > 0)
		ui->dialog.choice = (ui->dialog.choice + (back ? n - 1 : 1)) %
		    n;
}

static void
type_field(const struct model *model, struct ui_state *ui, uint32_t code)
{
	struct dialog_state *dialog = &ui->dialog;

	if (dialog->field == MUTE_UNTIL)
		edit_key(&dialog->until, code);
	else if (dialog->field == MUTE_WHY)
		edit_key(&dialog->line, code);
	else if (code == KEY_CODE_LEFT || code == KEY_CODE_RIGHT || code == ' ')
		turn_choice(model, ui, code == KEY_CODE_LEFT);
}

static unsigned
type_mute(const struct model *model, struct ui_state *ui, uint32_t code)
{
	struct dialog_state *dialog = &ui->dialog;

	dialog->wrong = "";
	switch (code) {
	case KEY_CODE_ESCAPE:
		return finish(ui, 0);
	case KEY_CODE_TAB:
	case KEY_CODE_DOWN:
		dialog->field = (dialog->field + 1) % MUTE_FIELDS;
		return 0;
	case KEY_CODE_BACK_TAB:
	case KEY_CODE_UP:
		dialog->field = (dialog->field + MUTE_FIELDS - 1) % MUTE_FIELDS;
		return 0;
	case KEY_CODE_ENTER:
		/* Enter goes through the form, and sends it at its end. */
		if (dialog->field == MUTE_WHAT && is_blank(dialog->line.text)) {
			struct choice choice;

			if (chosen(model, ui, &choice) && choice.id == 0) {
				dialog->field = MUTE_UNTIL;
				return 0;
			}
		} else if (dialog->field == MUTE_UNTIL &&
		    is_blank(dialog->line.text)) {
			dialog->field = MUTE_WHY;
			return 0;
		}
		return send_mute(model, ui);
	default:
		type_field(model, ui, code);
		return 0;
	}
}

/* --- menus --------------------------------------------------------------------- */

static unsigned
take_choice(const struct model *model, struct ui_state *ui)
{
	struct choice choice;

	if (!chosen(model, ui, &choice))
		return finish(ui, 0);
	order_for(model, ui, choice.value);
	ui->order.scope = choice.scope;
	ui->order.part = choice.part;
	memcpy(ui->order.check, choice.check, sizeof(choice.check));
	memcpy(ui->order.subject, choice.subject, sizeof(choice.subject));
	return finish(ui, WANT_COPY);
}

static unsigned
type_menu(const struct model *model, struct ui_state *ui, uint32_t code)
{
	size_t n = count_choices(model, ui->dialog.kind);

	switch (code) {
	case KEY_CODE_ESCAPE:
	case 'q':
		return finish(ui, 0);
	case KEY_CODE_ENTER:
	case 'y': /* the key that opened it */
		return take_choice(model, ui);
	case KEY_CODE_UP:
	case KEY_CODE_BACK_TAB:
	case 'k':
		turn_choice(model, ui, true);
		return 0;
	case KEY_CODE_DOWN:
	case KEY_CODE_TAB:
	case 'j':
		turn_choice(model, ui, false);
		return 0;
	default:
		if (code < '1' || code > '9' || code - '1' >= n)
			return 0;
		ui->dialog.choice = code - '1';
		return take_choice(model, ui);
	}
}

/* --- all of them --------------------------------------------------------------- */

unsigned
dialog_key(const struct model *model, const struct frame *frame,
    struct ui_state *ui, uint32_t code)
{
	switch (ui->dialog.kind) {
	case DIALOG_FILTER:
		return type_filter(ui, code);
	case DIALOG_COMMAND:
		return command_key(model, frame, ui, code);
	case DIALOG_NOTE:
		return type_note(model, ui, code);
	case DIALOG_MUTE:
		return type_mute(model, ui, code);
	case DIALOG_SNAPSHOT:
		return file_form_key(model, ui, code);
	case DIALOG_COPY:
		return type_menu(model, ui, code);
	case DIALOG_NONE:
		break;
	}
	return 0;
}

unsigned
dialog_click(const struct model *model, struct ui_state *ui, size_t at)
{
	if (at >= count_choices(model, ui->dialog.kind))
		return 0;
	ui->dialog.choice = at;
	if (ui->dialog.kind == DIALOG_MUTE)
		return 0;
	return take_choice(model, ui);
}
