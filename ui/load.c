/* Reading the store into a model: only what a frame shows. */
/* SPDX-License-Identifier: MIT */
#include "load.h"

#include <stdlib.h>
#include <string.h>

#include "filter.h"
#include "load_data.h"
#include "sendtop/day.h"
#include "sort.h"

enum {
	SEARCH_ROWS = 256,
	VIEW_LARGE = 512 * 1024,
	PAST_MOST = 1024, /* standings of a past day that are kept */
};

/* The standing of a domain on a past day, worked out from its history. */
static bool
past_standing(void *arg, struct store *store, const char *name, int32_t day,
    struct standing *out)
{
	const struct loader *loader = arg;
	struct arena *arena = arena_new();
	struct view view;
	bool known = view_load(store, loader->settings, loader->requirements,
			 name, day, clock_utc_s(), arena, &view,
			 NULL) == STATUS_OK;

	if (known)
		*out = view.standing;
	arena_free(arena);
	return known;
}

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
	loader->roster = roster_new(past_standing, loader);
	loader->past = map_new();
	loader->past_day = DAY_NONE;
	loader->past_arena = arena_new();
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
	roster_free(loader->roster);
	map_free(loader->past, NULL);
	arena_free(loader->past_arena);
	free(loader);
}

struct arena *
loader_spare(struct loader *loader, enum part part)
{
	arena_reset(loader->arenas[part][1]);
	return loader->arenas[part][1];
}

void
loader_keep(struct loader *loader, enum part part)
{
	struct arena *old = loader->arenas[part][0];

	loader->arenas[part][0] = loader->arenas[part][1];
	loader->arenas[part][1] = old;
	arena_reset(old); /* a domain's history can be long */
}

struct roster *
loader_roster(struct loader *loader)
{
	return loader->roster;
}

/* Of a past day the counts are known once every domain was looked at. */
void
load_counts(struct loader *loader, const struct model *model)
{
	if (model->ui.as_of == DAY_NONE || loader->head == NULL)
		return;
	memset(loader->head->counts, 0, sizeof(loader->head->counts));
	if (roster_is_of(loader->roster, model->ui.as_of))
		roster_counts(loader->roster, loader->head->counts);
}

enum status
load_head(struct loader *loader, struct store *store, struct model *model,
    struct error *err)
{
	struct arena *arena = loader_spare(loader, PART_HEAD);
	struct view_head *head = arena_alloc(arena, sizeof(*head));
	enum status status = view_head_load(store, loader->settings,
	    model->ui.as_of, model->now_s, arena, head, err);

	if (status != STATUS_OK)
		return status;
	loader_keep(loader, PART_HEAD);
	model->head = loader->head = head;
	load_counts(loader, model);
	return STATUS_OK;
}

/* --- a past day ---------------------------------------------------------------- */

static void
forget_past(struct loader *loader, int32_t day)
{
	map_free(loader->past, NULL);
	loader->past = map_new();
	arena_reset(loader->past_arena);
	loader->past_day = day;
}

static const struct standing *
known_past(struct loader *loader, const char *name, int32_t day)
{
	if (loader->past_day != day)
		forget_past(loader, day);
	return map_get(loader->past, name);
}

/* The row as it stood then, as far as that was worked out already. */
static void
set_past(struct loader *loader, int32_t day, struct store_standing *row)
{
	const struct standing *known = known_past(loader, row->name, day);

	row->judged = known != NULL;
	if (known != NULL)
		row->standing = *known;
}

enum status
load_past(struct loader *loader, struct store *store, struct model *model,
    int64_t until_ms, bool *done, struct error *err)
{
	int32_t day = model->ui.as_of;
	struct standing *then;

	*done = true;
	for (size_t i = 0; day != DAY_NONE && i < model->row_count; i++) {
		const char *name = model->rows[i].name;

		if (name[0] == '\0' || known_past(loader, name, day) != NULL)
			continue;
		if (clock_mono_ms() >= until_ms) {
			*done = false;
			return STATUS_OK;
		}
		if (map_count(loader->past) >= PAST_MOST)
			forget_past(loader, day);
		then = arena_alloc(loader->past_arena, sizeof(*then));
		past_standing(loader, store, name, day, then);
		map_put(loader->past, name, then);
	}
	return load_rows(loader, store, model, err);
}

/* --- pages of the store -------------------------------------------------------- */

static enum status
read_page(struct store *store, const struct model *model, size_t offset,
    size_t limit, struct arena *arena, struct store_standing **rows,
    size_t *count, size_t *total, struct error *err)
{
	struct standing_page page = {
		.sort = (enum standing_sort)model->ui.sort,
		.reverse = model->ui.reverse,
		.filter = model->ui.filter,
		.offset = offset,
		.limit = limit,
	};

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

static enum status
read_window(struct loader *loader, struct store *store, struct model *model,
    size_t rows, struct error *err)
{
	struct arena *arena = loader_spare(loader, PART_PAGE);
	struct store_standing *page = NULL;
	size_t count = 0, total = 0;
	enum status status = read_page(store, model, model->ui.top, rows, arena,
	    &page, &count, &total, err);

	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; model->ui.as_of != DAY_NONE && i < count; i++)
		set_past(loader, model->ui.as_of, &page[i]);
	loader_keep(loader, PART_PAGE);
	model->rows = page;
	model->headings = NULL;
	model->row_count = count;
	model->first = model->ui.top;
	model->total = total;
	return STATUS_OK;
}

/* --- pages of the roster ------------------------------------------------------- */

bool
load_needs_roster(const struct model *model)
{
	const struct ui_state *ui = &model->ui;

	return ui->grouping != GROUP_NONE || ui->sort > SORT_AGE ||
	    filter_is_regex(ui->filter);
}

bool
load_steady(const struct loader *loader)
{
	return loader->arranged;
}

void
load_roster_begin(struct loader *loader, const struct model *model)
{
	roster_begin(loader->roster, model->ui.as_of);
}

enum status
load_roster(struct loader *loader, struct store *store, int64_t until_ms,
    bool *done, struct error *err)
{
	return roster_read(loader->roster, store, until_ms, done, err);
}

void
load_arrange(struct loader *loader, const struct model *model)
{
	roster_arrange(loader->roster, &model->ui);
	loader->arranged = true;
}

/* A line of the roster as a row, with its standing as it is in the store. */
static enum status
read_line(struct loader *loader, struct store *store, const struct model *model,
    const struct roster_line *line, struct arena *arena,
    struct store_standing *row, struct error *err)
{
	enum status status;

	row->id = line->id;
	row->name = arena_dup(arena, line->name);
	row->registrable = arena_dup(arena, line->registrable);
	row->tag = arena_dup(arena, line->tag);
	if (line->heading != NULL)
		return STATUS_OK;
	if (model->ui.as_of != DAY_NONE) {
		set_past(loader, model->ui.as_of, row);
		return STATUS_OK;
	}
	status = store_standing_get(store, row->id, &row->standing, err);
	row->judged = status == STATUS_OK;
	return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static const struct group *
copy_group(struct arena *arena, const struct group *group)
{
	struct group *copy;

	if (group == NULL)
		return NULL;
	copy = arena_alloc(arena, sizeof(*copy));
	*copy = *group;
	copy->name = arena_dup(arena, group->name);
	return copy;
}

static enum status
read_lines(struct loader *loader, struct store *store, struct model *model,
    size_t rows, struct error *err)
{
	struct arena *arena = loader_spare(loader, PART_PAGE);
	size_t total = roster_lines(loader->roster), count = 0;
	struct store_standing *page = arena_alloc(
	    arena, (rows + 1) * sizeof(*page));
	const struct group **headings = arena_alloc(
	    arena, (rows + 1) * sizeof(*headings));
	enum status status = STATUS_OK;

	for (size_t i = model->ui.top;
	     status == STATUS_OK && count < rows && i < total; i++) {
		struct roster_line line;

		roster_line(loader->roster, i, &line);
		headings[count] = copy_group(arena, line.heading);
		status = read_line(
		    loader, store, model, &line, arena, &page[count++], err);
	}
	if (status != STATUS_OK)
		return status;
	loader_keep(loader, PART_PAGE);
	model->rows = page;
	model->headings = headings;
	model->row_count = count;
	model->first = model->ui.top;
	model->total = total;
	return STATUS_OK;
}

/* --- either -------------------------------------------------------------------- */

static bool
is_at_cursor(const struct model *model, const struct follow *follow)
{
	const struct store_standing *row = model_row(model);
	const struct group *heading = model_heading(model);

	if (follow->group != NULL)
		return heading != NULL &&
		    strcmp(heading->name, follow->group) == 0;
	return row != NULL && strcmp(row->name, follow->domain) == 0;
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
read_either(struct loader *loader, struct store *store, struct model *model,
    size_t rows, struct error *err)
{
	return loader->arranged ? read_lines(loader, store, model, rows, err)
				: read_window(loader, store, model, rows, err);
}

static bool
find_either(struct loader *loader, struct store *store,
    const struct model *model, const struct follow *follow, size_t *number)
{
	if (loader->arranged)
		return roster_find(loader->roster, follow->domain,
		    follow->group, model->ui.grouping, number);
	return follow->domain != NULL &&
	    find_row(store, model, follow->domain, number);
}

enum status
load_page(struct loader *loader, struct store *store, struct model *model,
    size_t rows, const struct follow *follow, struct error *err)
{
	enum status status = read_either(loader, store, model, rows, err);
	size_t top = model->ui.top, number;

	if (status != STATUS_OK)
		return status;
	if (follow != NULL &&
	    (follow->domain != NULL || follow->group != NULL) &&
	    !is_at_cursor(model, follow) &&
	    find_either(loader, store, model, follow, &number))
		model->ui.cursor = number;
	show_cursor(&model->ui, rows, model->total);
	if (model->ui.top != top)
		status = read_either(loader, store, model, rows, err);
	return status;
}

enum status
load_rows(struct loader *loader, struct store *store, struct model *model,
    struct error *err)
{
	struct arena *arena = loader_spare(loader, PART_PAGE);
	struct store_standing *rows = arena_alloc(
	    arena, (model->row_count + 1) * sizeof(*rows));
	const struct group **headings = arena_alloc(
	    arena, (model->row_count + 1) * sizeof(*headings));

	for (size_t i = 0; i < model->row_count; i++) {
		const struct store_standing *old = &model->rows[i];
		struct roster_line line = {
			.heading = model->headings != NULL ? model->headings[i]
							   : NULL,
			.id = old->id,
			.name = old->name,
			.registrable = old->registrable,
			.tag = old->tag,
		};
		enum status status;

		headings[i] = copy_group(arena, line.heading);
		status = read_line(
		    loader, store, model, &line, arena, &rows[i], err);
		if (status != STATUS_OK)
			return status;
	}
	loader_keep(loader, PART_PAGE);
	model->rows = rows;
	model->headings = headings;
	return STATUS_OK;
}

/* What is shown stays until the next is read, unless that is another domain's
 * or the two would take much room. */
static void
let_go(struct loader *loader, struct model *model)
{
	struct arena *arena = loader->arenas[PART_VIEW][0];

	if (model->view != NULL &&
	    strcmp(model->view->domain.name, model->selected) == 0 &&
	    arena_size(arena) < VIEW_LARGE)
		return;
	model->view = NULL;
	arena_reset(arena);
}

enum status
load_view(struct loader *loader, struct store *store, struct model *model,
    struct error *err)
{
	struct arena *arena = loader_spare(loader, PART_VIEW);
	struct view *view = arena_alloc(arena, sizeof(*view));
	enum status status;

	let_go(loader, model);
	status = view_load(store, loader->settings, loader->requirements,
	    model->selected, model->ui.as_of, model->now_s, arena, view, err);
	if (status != STATUS_OK)
		return status;
	loader_keep(loader, PART_VIEW);
	if (model->view == NULL)
		model->span_check = NULL; /* of another domain's */
	model->view = view;
	model->spans_old = true;
	return STATUS_OK;
}
