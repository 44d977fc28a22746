/* The rows of the Checks tab, and the cursor over them. */
/* SPDX-License-Identifier: MIT */
#include "checks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "words.h"

enum { DOUBLE_CLICK_MS = 500 };

/* --- rows ------------------------------------------------------------------------- */

static void
add(struct check_rows *rows, const struct check_row *row)
{
	rows->items[rows->count++] = *row;
}

static void
add_finding(struct check_rows *rows, const char *title, const struct finding *f)
{
	const struct check_row *last = rows->count > 0
	    ? &rows->items[rows->count - 1]
	    : NULL;
	const struct check_row heading = { .title = title };
	const struct check_row row = { .finding = f };
	bool begins = last == NULL || last->finding == NULL ||
	    (checks_is_google(f) != checks_is_google(last->finding)) ||
	    (!checks_is_google(f) &&
		checks_group(f) != checks_group(last->finding));

	if (begins)
		add(rows, &heading);
	add(rows, &row);
}

static void
add_group(struct check_rows *rows, const struct finding **list, int group)
{
	for (int level = verdict_weight(VERDICT_FAIL); level >= 0; level--)
		for (size_t i = 0; list[i] != NULL; i++)
			if (!checks_is_google(list[i]) &&
			    checks_group(list[i]) == group &&
			    checks_weight(list[i]) == level)
				add_finding(
				    rows, checks_group_title(group), list[i]);
}

static void
add_google(struct check_rows *rows, const struct finding **list)
{
	for (int level = verdict_weight(VERDICT_FAIL); level >= 0; level--)
		for (size_t i = 0; list[i] != NULL; i++)
			if (checks_is_google(list[i]) &&
			    checks_weight(list[i]) == level)
				add_finding(rows,
				    "What Google's compliance says", list[i]);
}

/* The groups, Google's answers as one of them, by the worst that each has. */
static void
add_groups(struct check_rows *rows, const struct finding **list)
{
	int worst[CHECK_GROUPS + 1];

	for (int g = 0; g <= CHECK_GROUPS; g++)
		worst[g] = -1;
	for (size_t i = 0; list[i] != NULL; i++) {
		int g = checks_is_google(list[i]) ? CHECK_GROUPS
						  : checks_group(list[i]);

		if (checks_weight(list[i]) > worst[g])
			worst[g] = checks_weight(list[i]);
	}
	for (int level = verdict_weight(VERDICT_FAIL); level >= 0; level--)
		for (int g = 0; g <= CHECK_GROUPS; g++)
			if (worst[g] == level && g < CHECK_GROUPS)
				add_group(rows, list, g);
			else if (worst[g] == level)
				add_google(rows, list);
}

static void
add_learned(struct check_rows *rows, const struct view *view)
{
	const struct check_row heading = { .title = "Learned of the senders" };
	bool any = false;

	for (size_t i = 0; i < view->learned_count; i++) {
		const struct check_row row = { .learned = &view->learned[i] };

		if (strcmp(row.learned->source, "settings") == 0)
			continue;
		if (!any)
			add(rows, &heading);
		any = true;
		add(rows, &row);
	}
}

struct check_rows
checks_rows(const struct view *view)
{
	size_t most = 2 * view->history.finding_count + view->learned_count + 1;
	struct check_rows rows = { .items = mem_zero(
				       most, sizeof(*rows.items)) };
	const struct finding **list = words_findings(&view->history);

	add_groups(&rows, list);
	add_learned(&rows, view);
	free(list);
	return rows;
}

void
checks_free(struct check_rows *rows)
{
	free(rows->items);
	*rows = (struct check_rows){ 0 };
}

/* --- the cursor ------------------------------------------------------------------- */

/* What a row is known by. */
static const char *
name_of(const struct check_row *row)
{
	return row->finding != NULL ? row->finding->check : "learned";
}

static const char *
subject_of(const struct check_row *row)
{
	return row->finding != NULL ? row->finding->subject
				    : row->learned->value;
}

/* The nearest row from `at` that is no heading; downwards first. */
static size_t
nearest(const struct check_rows *rows, size_t at)
{
	if (rows->count == 0)
		return 0;
	if (at >= rows->count)
		at = rows->count - 1;
	for (size_t i = at; i < rows->count; i++)
		if (rows->items[i].title == NULL)
			return i;
	for (size_t i = at; i-- > 0;)
		if (rows->items[i].title == NULL)
			return i;
	return rows->count;
}

size_t
checks_selected(const struct check_rows *rows, const struct ui_state *ui)
{
	for (size_t i = 0; ui->check[0] != '\0' && i < rows->count; i++) {
		const struct check_row *row = &rows->items[i];

		if (row->title == NULL &&
		    strcmp(name_of(row), ui->check) == 0 &&
		    strcmp(subject_of(row), ui->subject) == 0)
			return i;
	}
	return nearest(rows, ui->check[0] != '\0' ? ui->check_at : 0);
}

static void
select_row(const struct check_rows *rows, struct ui_state *ui, size_t at)
{
	if (at >= rows->count)
		return;
	snprintf(ui->check, sizeof(ui->check), "%s", name_of(&rows->items[at]));
	snprintf(ui->subject, sizeof(ui->subject), "%s",
	    subject_of(&rows->items[at]));
	ui->check_at = at;
}

bool
checks_shown(const struct model *model)
{
	const struct panel *panel = panel_row(model->ui.tab);

	return model->ui.screen == SCREEN_DOMAIN && model->view != NULL &&
	    panel != NULL && panel->draw == panel_checks && !model->in_full;
}

static struct check_row
row_of(const struct model *model)
{
	struct check_row row = { 0 };
	struct check_rows rows;
	size_t at;

	if (!checks_shown(model))
		return row;
	rows = checks_rows(model->view);
	at = checks_selected(&rows, &model->ui);
	if (at < rows.count)
		row = rows.items[at];
	checks_free(&rows);
	return row;
}

const struct finding *
checks_finding(const struct model *model)
{
	return row_of(model).finding;
}

const struct learned *
checks_learned(const struct model *model)
{
	return row_of(model).learned;
}

void
checks_pin(const struct model *model, struct ui_state *ui)
{
	struct check_rows rows;

	if (ui->check[0] != '\0' || !checks_shown(model))
		return;
	rows = checks_rows(model->view);
	select_row(&rows, ui, checks_selected(&rows, ui));
	checks_free(&rows);
}

void
checks_reset(struct ui_state *ui)
{
	ui->check[0] = ui->subject[0] = '\0';
	ui->check_at = ui->check_top = 0;
	ui->opened = false;
}

/* --- moving ----------------------------------------------------------------------- */

/* The next row in a direction that is no heading; the same at the ends. */
static size_t
step(const struct check_rows *rows, size_t at, bool down)
{
	for (size_t i = at; down ? ++i < rows->count : i-- > 0;)
		if (rows->items[i].title == NULL)
			return i;
	return at;
}

static size_t
page_of(const struct frame *frame)
{
	return frame->check_rows > 1 ? (size_t)frame->check_rows - 1 : 1;
}

void
checks_go(const struct model *model, const struct frame *frame,
    struct ui_state *ui, enum action action)
{
	struct check_rows rows = checks_rows(model->view);
	size_t at = checks_selected(&rows, ui), page = page_of(frame);

	if (action == ACTION_UP || action == ACTION_DOWN)
		at = step(&rows, at, action == ACTION_DOWN);
	else if (action == ACTION_PAGE_UP)
		at = nearest(&rows, at > page ? at - page : 0);
	else if (action == ACTION_PAGE_DOWN)
		at = nearest(&rows, at + page);
	else
		at = nearest(&rows, action == ACTION_HOME ? 0 : rows.count);
	ui->check_top = frame->check_top;
	select_row(&rows, ui, at);
	checks_free(&rows);
}

void
checks_click(const struct model *model, const struct frame *frame,
    struct ui_state *ui, const struct key_event *event)
{
	struct check_rows rows = checks_rows(model->view);
	size_t at = frame->check_top + (size_t)(event->y - frame->check_y);
	bool again = at == ui->click_row && ui->click_ms != 0 &&
	    at == checks_selected(&rows, ui) &&
	    event->at_ms - ui->click_ms <= DOUBLE_CLICK_MS;

	if (at < rows.count && rows.items[at].title == NULL) {
		ui->check_top = frame->check_top;
		select_row(&rows, ui, at);
		ui->click_row = at;
		ui->click_ms = again ? 0 : event->at_ms;
		ui->opened = again;
		ui->scroll = 0;
	}
	checks_free(&rows);
}
