/* What a click and the wheel do. */
/* SPDX-License-Identifier: MIT */
#include "act_parts.h"
#include "checks.h"
#include "dialog.h"
#include "file_form.h"

enum {
	WHEEL_ROWS = 3,
	DOUBLE_CLICK_MS = 500,
};

static unsigned
click_row(const struct model *model, const struct frame *frame,
    const struct key_event *event, struct ui_state *ui, size_t row)
{
	bool again = ui->click_row == row && row == ui->cursor &&
	    ui->click_ms != 0 && event->at_ms - ui->click_ms <= DOUBLE_CLICK_MS;

	ui->click_row = row;
	ui->click_ms = again ? 0 : event->at_ms;
	if (again)
		return act_open(model, ui);
	return act_move_cursor(model, frame, ui, row);
}

static bool
is_in(const struct span *span, int x)
{
	return x >= span->x && x < span->x + span->w;
}

static unsigned
click_key(const struct model *model, const struct frame *frame,
    const struct key_event *event, struct ui_state *ui)
{
	for (int i = 0; i < frame->key_count; i++)
		if (is_in(&frame->keys[i].span, event->x))
			return frame->keys[i].action == ACTION_BACK
			    ? act_back(model, ui, frame->keys[i].escape)
			    : act_perform(
				  model, frame, ui, frame->keys[i].action);
	return 0;
}

static unsigned
click_head(const struct frame *frame, const struct key_event *event,
    struct ui_state *ui)
{
	for (int i = 0; i < frame->head_count; i++)
		if (is_in(&frame->heads[i].span, event->x))
			return act_sort(ui, frame->heads[i].sort);
	return 0;
}

static unsigned
click(const struct model *model, const struct frame *frame,
    const struct key_event *event, struct ui_state *ui)
{
	int row = event->y - frame->list_y;

	if (event->y == frame->key_y)
		return click_key(model, frame, event, ui);
	for (int i = 0; event->y == frame->tab_y && i < frame->tab_count; i++)
		if (is_in(&frame->tabs[i], event->x))
			act_tab(ui, (size_t)i);
	if (event->y >= frame->check_y &&
	    event->y < frame->check_y + frame->check_rows &&
	    event->x < frame->check_width)
		checks_click(model, frame, ui, event);
	if (frame->list_rows > 0 && row == -1)
		return click_head(frame, event, ui);
	if (row < 0 || row >= frame->list_rows ||
	    ui->top + (size_t)row >= model->total)
		return 0;
	return click_row(model, frame, event, ui, ui->top + (size_t)row);
}

static unsigned
wheel(const struct model *model, const struct frame *frame, struct ui_state *ui,
    enum action action)
{
	unsigned want = 0;

	for (int i = 0; i < WHEEL_ROWS; i++)
		if (ui->help)
			ui->help_scroll = act_scrolled(
			    ui->help_scroll, frame, action);
		else
			want |= act_go(model, frame, ui, action);
	return want;
}

unsigned
act_mouse(const struct model *model, const struct frame *frame,
    const struct key_event *event, struct ui_state *ui)
{
	if (event->code == KEY_CODE_WHEEL_UP)
		return wheel(model, frame, ui, ACTION_UP);
	if (event->code == KEY_CODE_WHEEL_DOWN)
		return wheel(model, frame, ui, ACTION_DOWN);
	if (ui->help)
		return 0;
	if (frame->choice_rows > 0 && event->y >= frame->choice_y &&
	    event->y < frame->choice_y + frame->choice_rows)
		return dialog_click(model, ui,
		    frame->choice_first + (size_t)(event->y - frame->choice_y));
	for (int i = 0; i < frame->form_count; i++)
		if (event->y == frame->form[i].y &&
		    is_in(&frame->form[i].span, event->x))
			file_form_click(
			    model, ui, frame->form[i].field, frame->form[i].at);
	if (ui->dialog.kind != DIALOG_NONE)
		return 0;
	return click(model, frame, event, ui);
}
