/* What a key does: the user's state changes, and what is wanted then. */
/* SPDX-License-Identifier: MIT */
#include "act.h"

#include <string.h>

#include "act_parts.h"
#include "checks.h"
#include "dialog.h"
#include "file_form.h"
#include "sendtop/day.h"
#include "sendtop/text.h"
#include "sort.h"

/* Spans of the key for changes, in days. */
static const int32_t spans[] = { 1, 7, 30 };
enum { SPANS = sizeof(spans) / sizeof(*spans) };

unsigned
act_where(const struct ui_state *ui)
{
	const struct panel *panel = panel_row(ui->tab);

	if (ui->screen == SCREEN_DOMAINS)
		return ON_DOMAINS;
	if (ui->screen != SCREEN_DOMAIN)
		return ON_FLEET;
	return panel != NULL && panel->draw == panel_checks
	    ? ON_DOMAIN | ON_CHECKS
	    : ON_DOMAIN;
}

const char *
act_domain(const struct model *model)
{
	const struct store_standing *row = model_row(model);
	const struct ui_state *ui = &model->ui;

	if (ui->screen == SCREEN_DOMAINS)
		return row != NULL ? row->name : "";
	if (ui->screen == SCREEN_DOMAIN ||
	    (ui->screen == SCREEN_CHANGES && ui->from == SCREEN_DOMAIN))
		return model->selected;
	return "";
}

/* --- moving ------------------------------------------------------------------ */

static int
clamp(int value, int most)
{
	if (value > most)
		value = most;
	return value < 0 ? 0 : value;
}

int
act_scrolled(int scroll, const struct frame *frame, enum action action)
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
unsigned
act_move_cursor(const struct model *model, const struct frame *frame,
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
	return act_move_cursor(model, frame, ui, at);
}

unsigned
act_go(const struct model *model, const struct frame *frame,
    struct ui_state *ui, enum action action)
{
	if (ui->screen == SCREEN_DOMAINS)
		return move(model, frame, ui, action);
	if (checks_shown(model) && !ui->opened) {
		checks_go(model, frame, ui, action);
		return 0;
	}
	ui->scroll = act_scrolled(ui->scroll, frame, action);
	return 0;
}

/* --- screens ----------------------------------------------------------------- */

void
act_tab(struct ui_state *ui, size_t tab)
{
	ui->tab = tab;
	ui->scroll = 0;
	ui->opened = false;
}

static unsigned
turn_tab(struct ui_state *ui, size_t by)
{
	act_tab(ui, (ui->tab + by) % panel_count());
	return 0;
}

unsigned
act_open(const struct model *model, struct ui_state *ui)
{
	if (model_heading(model) != NULL)
		return WANT_FOLD | WANT_ORDER | WANT_FOLLOW;
	if (model_row(model) == NULL)
		return 0;
	ui->screen = SCREEN_DOMAIN;
	ui->moved = true;
	ui->scroll = 0;
	checks_reset(ui);
	return WANT_OPEN | WANT_VIEW;
}

/* A screen beside the list and the domain; the way back is kept. */
static unsigned
open_screen(struct ui_state *ui, enum screen screen)
{
	if (ui->screen == SCREEN_DOMAINS || ui->screen == SCREEN_DOMAIN)
		ui->from = ui->screen;
	ui->screen = screen;
	ui->scroll = 0;
	return WANT_VIEW;
}

static unsigned
close_screen(struct ui_state *ui)
{
	if (ui->screen != SCREEN_DOMAIN && ui->from == SCREEN_DOMAIN) {
		ui->screen = SCREEN_DOMAIN;
		ui->scroll = 0;
		return WANT_VIEW;
	}
	ui->screen = ui->from = SCREEN_DOMAINS;
	return WANT_PAGE | WANT_FOLLOW;
}

/* On Checks: the finding in full, or the list again. */
static unsigned
open_finding(const struct model *model, struct ui_state *ui)
{
	if (checks_shown(model))
		ui->opened = !ui->opened;
	ui->scroll = 0;
	return 0;
}

/* One step towards the live list of all. */
unsigned
act_back(const struct model *model, struct ui_state *ui, bool escape)
{
	if (escape && model->writing != NULL && model->writing[0] != '\0')
		return WANT_CANCEL;
	if (ui->screen != SCREEN_DOMAINS && ui->screen != SCREEN_DOMAIN)
		return close_screen(ui);
	if (ui->as_of != DAY_NONE && escape) {
		ui->as_of = DAY_NONE;
		return WANT_TIME;
	}
	if (checks_shown(model) && ui->opened)
		return open_finding(model, ui);
	if (ui->screen == SCREEN_DOMAIN)
		return close_screen(ui);
	if (ui->filter[0] == '\0')
		return 0;
	ui->filter[0] = '\0';
	return WANT_ORDER | WANT_FOLLOW;
}

static unsigned
show_changes(const struct model *model, struct ui_state *ui)
{
	int32_t today = ui->as_of == DAY_NONE ? day_of(model->now_s)
					      : ui->as_of;
	size_t i = 0;

	if (ui->screen == SCREEN_CHANGES) {
		while (i < SPANS && today - spans[i] >= ui->since)
			i++;
		i %= SPANS;
	}
	ui->since = today - spans[i];
	return open_screen(ui, SCREEN_CHANGES);
}

static unsigned
show_help(struct ui_state *ui)
{
	ui->help = true;
	ui->help_scroll = 0;
	edit_set(&ui->search, "");
	return 0;
}

/* --- time -------------------------------------------------------------------- */

bool
act_at(const struct model *model, struct ui_state *ui, int32_t day)
{
	int32_t today = day_of(model->now_s);

	if (day != DAY_NONE && day <= today - VIEW_DAYS)
		return false;
	ui->as_of = day >= today ? DAY_NONE : day;
	return true;
}

/* The newest day that has been published: what a step back begins with. */
static int32_t
newest_day(const struct model *model)
{
	int32_t newest = DAY_NONE, today = day_of(model->now_s);

	if (model->ui.screen == SCREEN_DOMAIN && model->view != NULL)
		newest = model->view->history.newest_day;
	else if (model->head != NULL)
		newest = model->head->newest_day;
	return newest != DAY_NONE && newest < today ? newest : today - 1;
}

/* The first step back goes to the newest published day: today's end is the
 * live screen already. */
static unsigned
go_in_time(const struct model *model, struct ui_state *ui, int32_t by)
{
	int32_t day = ui->as_of;

	if (model->head == NULL && model->view == NULL)
		return 0;
	if (day == DAY_NONE && by > 0)
		return 0;
	day = day == DAY_NONE ? newest_day(model) : day + by;
	return act_at(model, ui, day) ? WANT_TIME : 0;
}

/* --- the list ---------------------------------------------------------------- */

/* A new order begins at its top; so the worst of it is seen. */
static unsigned
reorder(struct ui_state *ui)
{
	ui->cursor = ui->top = 0;
	ui->moved = false;
	return WANT_ORDER;
}

unsigned
act_sort(struct ui_state *ui, unsigned sort)
{
	ui->reverse = ui->sort == sort && !ui->reverse;
	ui->sort = sort;
	return reorder(ui);
}

static unsigned
sort_next(struct ui_state *ui)
{
	ui->sort = (ui->sort + 1) % SORT_COUNT;
	ui->reverse = false;
	return reorder(ui);
}

static unsigned
sort_reversed(struct ui_state *ui)
{
	ui->reverse = !ui->reverse;
	return reorder(ui);
}

static unsigned
group_next(struct ui_state *ui)
{
	ui->grouping = (enum grouping)((ui->grouping + 1) % GROUP_COUNT);
	return WANT_ORDER | WANT_FOLLOW;
}

/* --- actions ----------------------------------------------------------------- */

static unsigned
on_domain(const struct model *model, struct ui_state *ui, unsigned want)
{
	snprintf(ui->order.domain, sizeof(ui->order.domain), "%s",
	    act_domain(model));
	return want;
}

static unsigned
open_dialog(const struct model *model, struct ui_state *ui, enum dialog kind)
{
	dialog_open(model, ui, kind);
	return kind == DIALOG_COMMAND ? WANT_NAMES : 0;
}

static unsigned
next_theme(struct ui_state *ui)
{
	ui->order.text[0] = '\0';
	return WANT_THEME;
}

static unsigned
pause(struct ui_state *ui)
{
	ui->paused = !ui->paused;
	return ui->paused ? 0 : WANT_PAGE | WANT_VIEW | WANT_FOLLOW;
}

static unsigned
perform_list(const struct model *model, struct ui_state *ui, enum action action,
    bool *taken)
{
	*taken = true;
	switch (action) {
	case ACTION_ENTER:
		return ui->screen == SCREEN_DOMAINS ? act_open(model, ui)
						    : open_finding(model, ui);
	case ACTION_FILTER:
		return open_dialog(model, ui, DIALOG_FILTER);
	case ACTION_SORT:
		return sort_next(ui);
	case ACTION_REVERSE:
		return sort_reversed(ui);
	case ACTION_GROUP:
		return group_next(ui);
	case ACTION_FOLD:
		return ui->grouping == GROUP_NONE
		    ? 0
		    : WANT_FOLD_ALL | WANT_ORDER | WANT_FOLLOW;
	default:
		*taken = false;
		return 0;
	}
}

static unsigned
perform_order(const struct model *model, struct ui_state *ui,
    enum action action, bool *taken)
{
	*taken = true;
	switch (action) {
	case ACTION_PROBE:
		return on_domain(model, ui, WANT_PROBE);
	case ACTION_POLL:
		return WANT_POLL;
	case ACTION_CANCEL:
		return WANT_CANCEL;
	case ACTION_NOTE:
		return open_dialog(model, ui, DIALOG_NOTE);
	case ACTION_MUTE:
		return open_dialog(model, ui, DIALOG_MUTE);
	case ACTION_COPY:
		return open_dialog(model, ui, DIALOG_COPY);
	case ACTION_SNAPSHOT:
		return open_dialog(model, ui, DIALOG_SNAPSHOT);
	case ACTION_COMMAND:
		return open_dialog(model, ui, DIALOG_COMMAND);
	case ACTION_THEME:
		return next_theme(ui);
	default:
		*taken = false;
		return 0;
	}
}

static unsigned
perform_screen(const struct model *model, struct ui_state *ui,
    enum action action, bool *taken)
{
	*taken = true;
	switch (action) {
	case ACTION_QUIT:
		return WANT_QUIT;
	case ACTION_TAB_NEXT:
		return turn_tab(ui, 1);
	case ACTION_TAB_BEFORE:
		return turn_tab(ui, panel_count() - 1);
	case ACTION_CHANGES:
		return show_changes(model, ui);
	case ACTION_EVENTS:
		return open_screen(ui, SCREEN_EVENTS);
	case ACTION_REPLIES:
		return open_screen(ui, SCREEN_REPLIES);
	case ACTION_HELP:
		return show_help(ui);
	case ACTION_EARLIER:
		return go_in_time(model, ui, -1);
	case ACTION_LATER:
		return go_in_time(model, ui, 1);
	case ACTION_PAUSE:
		return pause(ui);
	case ACTION_REDRAW:
		return WANT_WHOLE;
	case ACTION_SUSPEND:
		return WANT_SUSPEND;
	default:
		*taken = false;
		return 0;
	}
}

unsigned
act_perform(const struct model *model, const struct frame *frame,
    struct ui_state *ui, enum action action)
{
	bool taken;
	unsigned want = perform_screen(model, ui, action, &taken);

	if (!taken)
		want = perform_order(model, ui, action, &taken);
	if (!taken)
		want = perform_list(model, ui, action, &taken);
	if (!taken && action >= ACTION_UP && action <= ACTION_END)
		want = act_go(model, frame, ui, action);
	return want;
}

static unsigned
type_help(struct ui_state *ui, const struct frame *frame, uint32_t code)
{
	enum action action = key_action(code, ON_DOMAINS);

	if (code == KEY_CODE_ESCAPE || code == KEY_CODE_ENTER)
		ui->help = false;
	else if (action >= ACTION_UP && action <= ACTION_END && code > 0x10ffff)
		ui->help_scroll = act_scrolled(ui->help_scroll, frame, action);
	else if (edit_key(&ui->search, code))
		ui->help_scroll = 0;
	return 0;
}

/* --- keys -------------------------------------------------------------------- */

unsigned
act(const struct model *model, const struct frame *frame,
    const struct key_event *event, struct ui_state *ui)
{
	enum action action = key_action(event->code, act_where(ui));

	/* These mean the same whatever is typed or chosen. */
	if (event->code < ' ' &&
	    (action == ACTION_QUIT || action == ACTION_REDRAW ||
		action == ACTION_SUSPEND))
		return act_perform(model, frame, ui, action);
	if (event->code >= KEY_CODE_CLICK)
		return act_mouse(model, frame, event, ui);
	if (ui->help)
		return type_help(ui, frame, event->code);
	if (ui->dialog.kind != DIALOG_NONE)
		return dialog_key(model, frame, ui, event->code);
	if (action == ACTION_BACK)
		return act_back(model, ui, event->code == KEY_CODE_ESCAPE);
	if (action == ACTION_TAB_NUMBER) {
		size_t tab = event->code - '1';

		if (tab < panel_count())
			act_tab(ui, tab);
		return 0;
	}
	return act_perform(model, frame, ui, action);
}
