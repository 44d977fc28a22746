/* What a key does: the user's state changes, and what is wanted then. */
/* SPDX-License-Identifier: MIT */
#include "act.h"

#include <string.h>

#include "sendtop/day.h"
#include "sendtop/text.h"

enum { WHEEL_ROWS = 3, SORTS = SORT_AGE + 1 };

/* Adds a typed character to a text, or takes the last one away. */
static void
edit(char text[FILTER_SIZE], uint32_t code)
{
	size_t len = strlen(text), n;
	char octets[8];

	if (code == KEY_CODE_BACKSPACE || code == KEY_CODE_DELETE) {
		while (len > 0 && (text[len - 1] & 0xc0) == 0x80)
			len--;
		text[len > 0 ? len - 1 : 0] = '\0';
		return;
	}
	if (code < ' ' || code > 0x10ffff || text_code_width(code) == 0)
		return;
	n = text_encode(code, octets);
	if (len + n >= FILTER_SIZE)
		return;
	memcpy(text + len, octets, n);
	text[len + n] = '\0';
}

static unsigned
type_filter(struct ui_state *ui, uint32_t code)
{
	if (code == KEY_CODE_ENTER || code == KEY_CODE_UP ||
	    code == KEY_CODE_DOWN) {
		ui->typing = false;
		return 0;
	}
	if (code == KEY_CODE_ESCAPE) {
		ui->typing = false;
		ui->filter[0] = '\0';
	} else
		edit(ui->filter, code);
	ui->cursor = ui->top = 0;
	return WANT_PAGE;
}

static int
clamp(int value, int most)
{
	if (value > most)
		value = most;
	return value < 0 ? 0 : value;
}

static int
scrolled(int scroll, const struct frame *frame, enum action action)
{
	int page = frame->panel_rows > 2 ? frame->panel_rows - 1 : 1;
	int end = clamp(
	    frame->content_rows - frame->panel_rows, CANVAS_MOST * 4);

	switch (action) {
	case ACTION_UP:
		return clamp(scroll - 1, end);
	case ACTION_DOWN:
		return clamp(scroll + 1, end);
	case ACTION_PAGE_UP:
		return clamp(scroll - page, end);
	case ACTION_PAGE_DOWN:
		return clamp(scroll + page, end);
	case ACTION_HOME:
		return 0;
	case ACTION_END:
		return end;
	default:
		return scroll;
	}
}

/* Up and down over the whole list; reads again when the window moves. */
static unsigned
move_cursor(const struct model *model, const struct frame *frame,
    struct ui_state *ui, size_t to)
{
	size_t rows = frame->list_rows > 0 ? (size_t)frame->list_rows : 1;
	size_t top = ui->top;

	if (model->total == 0)
		return 0;
	ui->moved = true;
	ui->cursor = to >= model->total ? model->total - 1 : to;
	if (ui->cursor < ui->top)
		ui->top = ui->cursor;
	if (ui->cursor >= ui->top + rows)
		ui->top = ui->cursor - rows + 1;
	return ui->top != top ? WANT_PAGE : 0;
}

static unsigned
move(const struct model *model, const struct frame *frame, struct ui_state *ui,
    enum action action)
{
	size_t page = frame->list_rows > 1 ? (size_t)frame->list_rows - 1 : 1;
	size_t at = ui->cursor;

	switch (action) {
	case ACTION_UP:
		at -= at > 0;
		break;
	case ACTION_DOWN:
		at++;
		break;
	case ACTION_PAGE_UP:
		at -= at > page ? page : at;
		break;
	case ACTION_PAGE_DOWN:
		at += page;
		break;
	case ACTION_HOME:
		at = 0;
		break;
	default:
		at = model->total;
	}
	return move_cursor(model, frame, ui, at);
}

static void
open_tab(struct ui_state *ui, size_t tab)
{
	ui->tab = tab;
	ui->scroll = 0;
}

static unsigned
open_domain(const struct model *model, struct ui_state *ui)
{
	if (model_row(model) == NULL)
		return 0;
	ui->screen = SCREEN_DOMAIN;
	ui->moved = true;
	ui->scroll = 0;
	ui->as_of = DAY_NONE;
	return WANT_OPEN | WANT_VIEW;
}

static unsigned
go_back(struct ui_state *ui)
{
	if (ui->screen == SCREEN_DOMAIN && ui->as_of != DAY_NONE) {
		ui->as_of = DAY_NONE;
		return WANT_VIEW;
	}
	if (ui->screen == SCREEN_DOMAIN) {
		ui->screen = SCREEN_DOMAINS;
		return WANT_PAGE | WANT_FOLLOW;
	}
	if (ui->filter[0] == '\0')
		return 0;
	ui->filter[0] = '\0';
	ui->cursor = ui->top = 0;
	return WANT_PAGE;
}

/* The first step back goes to the newest published day: today's end is the
 * live screen already. */
static unsigned
go_in_time(const struct model *model, struct ui_state *ui, int32_t by)
{
	const struct history *history;
	int32_t day = ui->as_of, today;

	if (model->view == NULL)
		return 0;
	history = &model->view->history;
	today = day_of(model->now_s);
	if (day == DAY_NONE && by > 0)
		return 0;
	if (day == DAY_NONE)
		day = history->newest_day != DAY_NONE &&
			history->newest_day < today
		    ? history->newest_day
		    : today - 1;
	else
		day += by;
	if (day <= today - VIEW_DAYS)
		return 0;
	ui->as_of = day >= today ? DAY_NONE : day;
	return WANT_VIEW;
}

static unsigned
sort_by(struct ui_state *ui, bool reverse)
{
	if (reverse)
		ui->reverse = !ui->reverse;
	else {
		ui->sort = (enum standing_sort)((ui->sort + 1) % SORTS);
		ui->reverse = false;
	}
	ui->cursor = ui->top = 0;
	ui->moved = false;
	return WANT_PAGE;
}

static unsigned
go(const struct model *model, const struct frame *frame, struct ui_state *ui,
    enum action action)
{
	if (ui->screen == SCREEN_DOMAINS)
		return move(model, frame, ui, action);
	ui->scroll = scrolled(ui->scroll, frame, action);
	return 0;
}

static unsigned
turn_tab(struct ui_state *ui, size_t by)
{
	open_tab(ui, (ui->tab + by) % panel_count());
	return 0;
}

static unsigned
perform(const struct model *model, const struct frame *frame,
    struct ui_state *ui, enum action action)
{
	switch (action) {
	case ACTION_ENTER:
		return open_domain(model, ui);
	case ACTION_BACK:
		return go_back(ui);
	case ACTION_QUIT:
		return WANT_QUIT;
	case ACTION_FILTER:
		ui->typing = true;
		return 0;
	case ACTION_SORT:
	case ACTION_REVERSE:
		return sort_by(ui, action == ACTION_REVERSE);
	case ACTION_TAB_NEXT:
		return turn_tab(ui, 1);
	case ACTION_TAB_BEFORE:
		return turn_tab(ui, panel_count() - 1);
	case ACTION_PROBE:
		return WANT_PROBE;
	case ACTION_POLL:
		return WANT_POLL;
	case ACTION_SNAPSHOT:
		return WANT_SNAPSHOT;
	case ACTION_HELP:
		ui->help = true;
		ui->help_scroll = 0;
		ui->search[0] = '\0';
		return 0;
	case ACTION_EARLIER:
		return go_in_time(model, ui, -1);
	case ACTION_LATER:
		return go_in_time(model, ui, 1);
	case ACTION_PAUSE:
		ui->paused = !ui->paused;
		return ui->paused ? 0 : WANT_PAGE | WANT_VIEW | WANT_FOLLOW;
	case ACTION_REDRAW:
		return WANT_WHOLE;
	case ACTION_SUSPEND:
		return WANT_SUSPEND;
	case ACTION_NONE:
	case ACTION_TAB_NUMBER:
		return 0;
	default:
		return go(model, frame, ui, action);
	}
}

static unsigned
type_help(struct ui_state *ui, const struct frame *frame, uint32_t code)
{
	enum action action = key_action(code, ON_DOMAINS);

	if (code == KEY_CODE_ESCAPE || code == KEY_CODE_ENTER)
		ui->help = false;
	else if (code > 0x10ffff)
		ui->help_scroll = scrolled(ui->help_scroll, frame, action);
	else {
		edit(ui->search, code);
		ui->help_scroll = 0;
	}
	return 0;
}

static unsigned
click(const struct model *model, const struct frame *frame,
    const struct key_event *event, struct ui_state *ui)
{
	int row = event->y - frame->list_y;

	for (int i = 0; event->y == frame->tab_y && i < frame->tab_count; i++)
		if (event->x >= frame->tabs[i].x &&
		    event->x < frame->tabs[i].x + frame->tabs[i].w)
			open_tab(ui, (size_t)i);
	if (row < 0 || row >= frame->list_rows ||
	    ui->top + (size_t)row >= model->total)
		return 0;
	if (ui->top + (size_t)row == ui->cursor)
		return open_domain(model, ui);
	return move_cursor(model, frame, ui, ui->top + (size_t)row);
}

static unsigned
wheel(const struct model *model, const struct frame *frame, struct ui_state *ui,
    enum action action)
{
	unsigned want = 0;

	for (int i = 0; i < WHEEL_ROWS; i++)
		if (ui->help)
			ui->help_scroll = scrolled(
			    ui->help_scroll, frame, action);
		else
			want |= go(model, frame, ui, action);
	return want;
}

unsigned
act(const struct model *model, const struct frame *frame,
    const struct key_event *event, struct ui_state *ui)
{
	bool list = ui->screen == SCREEN_DOMAINS;
	enum action action = key_action(
	    event->code, list ? ON_DOMAINS : ON_DOMAIN);

	if (action == ACTION_QUIT && event->code < ' ')
		return WANT_QUIT;
	if (event->code == KEY_CODE_WHEEL_UP)
		return wheel(model, frame, ui, ACTION_UP);
	if (event->code == KEY_CODE_WHEEL_DOWN)
		return wheel(model, frame, ui, ACTION_DOWN);
	if (ui->help)
		return type_help(ui, frame, event->code);
	if (event->code == KEY_CODE_CLICK)
		return click(model, frame, event, ui);
	if (ui->typing)
		return type_filter(ui, event->code);
	if (action == ACTION_TAB_NUMBER) {
		size_t tab = event->code - '1';

		if (tab < panel_count())
			open_tab(ui, tab);
		return 0;
	}
	return perform(model, frame, ui, action);
}
