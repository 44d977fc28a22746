/* Reading the store into a model: only what a frame shows. */
/* SPDX-License-Identifier: MIT */
#include "load.h"

#include <stdlib.h>
#include <string.h>

#include "sendtop/day.h"

enum { SEARCH_ROWS = 256 };

enum part { PART_HEAD, PART_PAGE, PART_VIEW, PARTS };

struct loader {
	const struct settings *settings;
	const struct requirements *requirements;
	/* [0] is what the model points into, [1] is read into. */
	struct arena *arenas[PARTS][2];
};

struct loader *
loader_new(
    const struct settings *settings, const struct requirements *requirements)
{
	struct loader *loader = mem_zero(1, sizeof(*loader));

	loader->settings = settings;
	loader->requirements = requirements;
	for (int i = 0; i < PARTS; i++)
		for (int k = 0; k < 2; k++)
			loader->arenas[i][k] = arena_new();
	return loader;
}

void
loader_free(struct loader *loader)
{
	if (loader == NULL)
		return;
	for (int i = 0; i < PARTS; i++)
		for (int k = 0; k < 2; k++)
			arena_free(loader->arenas[i][k]);
	free(loader);
}

static struct arena *
spare(struct loader *loader, enum part part)
{
	arena_reset(loader->arenas[part][1]);
	return loader->arenas[part][1];
}

static void
keep(struct loader *loader, enum part part)
{
	struct arena *old = loader->arenas[part][0];

	loader->arenas[part][0] = loader->arenas[part][1];
	loader->arenas[part][1] = old;
}

enum status
load_head(struct loader *loader, struct store *store, struct model *model,
    struct error *err)
{
	struct arena *arena = spare(loader, PART_HEAD);
	struct view_head *head = arena_alloc(arena, sizeof(*head));
	enum status status = view_head_load(
	    store, loader->settings, DAY_NONE, model->now_s, arena, head, err);

	if (status != STATUS_OK)
		return status;
	keep(loader, PART_HEAD);
	model->head = head;
	return STATUS_OK;
}

static enum status
read_page(struct store *store, const struct model *model, size_t offset,
    size_t limit, struct arena *arena, struct store_standing **rows,
    size_t *count, size_t *total, struct error *err)
{
	struct standing_page page = { .sort = model->ui.sort,
		.reverse = model->ui.reverse,
		.filter = model->ui.filter,
		.offset = offset,
		.limit = limit };

	return store_standing_page(
	    store, &page, arena, rows, count, total, err);
}

/* Row number of a domain among all; false when it is not there. */
static bool
find_row(struct store *store, const struct model *model, const char *name,
    size_t *number)
{
	struct arena *arena = arena_new();
	struct store_standing *rows;
	size_t count = 0, total = 0, at = 0;
	bool found = false;

	do {
		arena_reset(arena);
		if (read_page(store, model, at, SEARCH_ROWS, arena, &rows,
			&count, &total, NULL) != STATUS_OK)
			break;
		for (size_t i = 0; i < count && !found; i++)
			if (strcmp(rows[i].name, name) == 0) {
				*number = at + i;
				found = true;
			}
		at += SEARCH_ROWS;
	} while (!found && at < total);
	arena_free(arena);
	return found;
}

static bool
is_at_cursor(const struct model *model, const char *name)
{
	const struct store_standing *row = model_row(model);

	return row != NULL && strcmp(row->name, name) == 0;
}

/* Moves the window so that the cursor is in it. */
static void
show_cursor(struct ui_state *ui, size_t rows, size_t total)
{
	if (total == 0)
		ui->cursor = 0;
	else if (ui->cursor >= total)
		ui->cursor = total - 1;
	if (ui->cursor < ui->top)
		ui->top = ui->cursor;
	if (ui->cursor >= ui->top + rows)
		ui->top = ui->cursor - rows + 1;
	if (total > rows && ui->top > total - rows)
		ui->top = total - rows;
	if (total <= rows)
		ui->top = 0;
}

static enum status
read_window(struct loader *loader, struct store *store, struct model *model,
    size_t rows, struct error *err)
{
	struct arena *arena = spare(loader, PART_PAGE);
	struct store_standing *page = NULL;
	size_t count = 0, total = 0;
	enum status status = read_page(store, model, model->ui.top, rows, arena,
	    &page, &count, &total, err);

	if (status != STATUS_OK)
		return status;
	keep(loader, PART_PAGE);
	model->rows = page;
	model->row_count = count;
	model->first = model->ui.top;
	model->total = total;
	return STATUS_OK;
}

enum status
load_page(struct loader *loader, struct store *store, struct model *model,
    size_t rows, const char *follow, struct error *err)
{
	enum status status = read_window(loader, store, model, rows, err);
	size_t top = model->ui.top, number;

	if (status != STATUS_OK)
		return status;
	if (follow != NULL && !is_at_cursor(model, follow) &&
	    find_row(store, model, follow, &number))
		model->ui.cursor = number;
	show_cursor(&model->ui, rows, model->total);
	if (model->ui.top != top)
		status = read_window(loader, store, model, rows, err);
	return status;
}

enum status
load_rows(struct loader *loader, struct store *store, struct model *model,
    struct error *err)
{
	struct arena *arena = spare(loader, PART_PAGE);
	struct store_standing *rows = arena_alloc(
	    arena, (model->row_count + 1) * sizeof(*rows));

	for (size_t i = 0; i < model->row_count; i++) {
		enum status status;

		rows[i] = model->rows[i];
		rows[i].name = arena_dup(arena, rows[i].name);
		rows[i].registrable = arena_dup(arena, rows[i].registrable);
		rows[i].tag = arena_dup(arena, rows[i].tag);
		status = store_standing_get(
		    store, rows[i].id, &rows[i].standing, err);
		if (status != STATUS_OK && status != STATUS_NOT_FOUND)
			return status;
		rows[i].judged = status == STATUS_OK;
	}
	keep(loader, PART_PAGE);
	model->rows = rows;
	return STATUS_OK;
}

enum status
load_view(struct loader *loader, struct store *store, struct model *model,
    struct error *err)
{
	struct arena *arena = spare(loader, PART_VIEW);
	struct view *view = arena_alloc(arena, sizeof(*view));
	enum status status = view_load(store, loader->settings,
	    loader->requirements, model->selected, model->ui.as_of,
	    model->now_s, arena, view, err);

	if (status != STATUS_OK)
		return status;
	keep(loader, PART_VIEW);
	model->view = view;
	return STATUS_OK;
}
