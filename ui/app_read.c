/* The screen's reading: the store into the model, the list in its order. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app_data.h"
#include "checks.h"
#include "filter.h"
#include "sendtop/day.h"

enum {
	IDLE_MS = 10000,  /* a cursor at rest: rows may move again */
	REREAD_MS = 5000, /* between two readings of all domains */
	SLICE_MS = 1,     /* of reading beside the keys */
	PROGRESS_STEP = 200,
	NEW_STORE_MS = 10000, /* for a collector to make one */
};

/* The collector's trouble counts before the store's: it is the cause. */
void
app_look_for_trouble(struct app *app)
{
	bool gone = false;
	const char *child = app->options->child != NULL
	    ? app->options->child(app->options->arg, &gone)
	    : "";
	const char *trouble = child[0] != '\0' ? child : app->store_trouble;
	char over[MESSAGE_SIZE + 8];

	app->dirty = app->dirty || gone != app->model.nobody_collects;
	app->model.nobody_collects = gone;
	if (strcmp(trouble, app->trouble) == 0)
		return;
	snprintf(over, sizeof(over), "over: %s", app->trouble);
	snprintf(app->trouble, sizeof(app->trouble), "%s", trouble);
	app->dirty = true;
	if (app->trouble[0] != '\0')
		app_keep(app, ROLE_BAD, app->trouble);
	else
		app_keep(app, ROLE_GOOD, over);
}

static void
store_failed(struct app *app, enum status status, const struct error *err)
{
	snprintf(app->store_trouble, sizeof(app->store_trouble), "%s",
	    status == STATUS_OK ? "" : err->text);
}

/* --- the selection --------------------------------------------------------------- */

void
app_select_domain(struct app *app, const char *name)
{
	char *copy = mem_dup(name);

	free(app->selected);
	app->selected = copy;
	app->model.selected = copy;
}

void
app_select(struct app *app)
{
	const struct store_standing *row = model_row(&app->model);
	const struct group *heading = model_heading(&app->model);

	if (app->model.ui.screen != SCREEN_DOMAINS)
		return;
	free(app->group);
	app->group = heading != NULL ? mem_dup(heading->name) : NULL;
	if (row != NULL)
		app_select_domain(app, row->name);
}

/* --- the list -------------------------------------------------------------------- */

static size_t
list_rows(const struct app *app)
{
	return (size_t)frame_list_rows(canvas_height(app->canvas));
}

static void
check_filter(struct app *app)
{
	filter_free(filter_new(app->model.ui.filter, &app->model.filter_wrong));
}

static enum status
read_list(struct app *app, enum list_order order, struct error *err)
{
	struct roster *roster = loader_roster(app->loader);
	struct follow follow = {
		.domain = app->group == NULL ? app->selected : NULL,
		.group = app->group,
	};
	bool arrange = order == ORDER_NEW || order == ORDER_FOLLOWED;
	enum status status;

	if (order == ORDER_KEPT && app->model.row_count > 0)
		status = load_rows(app->loader, app->store, &app->model, err);
	else {
		if (arrange &&
		    (roster_count(roster) > 0 ||
			roster_is_of(roster, app->model.ui.as_of)))
			load_arrange(app->loader, &app->model);
		app->unordered = !load_steady(app->loader) &&
		    load_needs_roster(&app->model);
		if (app->unordered)
			return STATUS_OK; /* until the roster is there */
		status = load_page(app->loader, app->store, &app->model,
		    list_rows(app), order == ORDER_FOLLOWED ? &follow : NULL,
		    err);
	}
	app->past_missing = app->model.ui.as_of != DAY_NONE;
	if (status == STATUS_OK)
		app_select(app);
	return status;
}

void
app_want_roster(struct app *app, bool anew)
{
	struct roster *roster = loader_roster(app->loader);
	int32_t as_of = app->model.ui.as_of;
	size_t read;

	if (app->store == NULL || (!anew && roster_is_of(roster, as_of)))
		return;
	if (roster_reading(roster, &read) && app->roster_of == as_of)
		return;
	load_roster_begin(app->loader, &app->model);
	app->roster_of = as_of;
	app->roster_at = app->changes;
	app->roster_ms = clock_mono_ms();
	app->model.reading = true;
	app->model.read_count = 0;
}

/* The reading is at its end: what waits for its order gets it now.  Otherwise
 * rows stay until the cursor rests. */
static void
roster_read_whole(struct app *app)
{
	bool first = !load_steady(app->loader);
	bool rest = clock_mono_ms() - app->key_ms >= IDLE_MS;

	app->model.reading = false;
	app->model.roster = loader_roster(app->loader);
	app->dirty = true;
	if (first || app->unordered || app->asked_order ||
	    (app->settling && rest))
		app_read_all(app,
		    app->model.ui.moved || first ? ORDER_FOLLOWED : ORDER_NEW);
	else
		app->stale = true;
	app->asked_order = app->settling = false;
}

/* Whether the list leaves room for what is known of the row under the
 * cursor. */
static bool
shows_preview(const struct app *app)
{
	return app->model.ui.screen == SCREEN_DOMAINS && app->group == NULL &&
	    frame_has_preview(
		canvas_width(app->canvas), canvas_height(app->canvas));
}

/* The cursor has moved: the list was drawn at once, this comes after. */
static void
read_preview(struct app *app)
{
	const struct view *view = app->model.view;
	struct error err;

	if (!shows_preview(app) || app->selected == NULL ||
	    app->selected[0] == '\0' ||
	    (view != NULL && strcmp(view->domain.name, app->selected) == 0))
		return;
	app->grown = true;
	if (load_view(app->loader, app->store, &app->model, &err) == STATUS_OK)
		app->dirty = true;
}

/* The same of the finding under the cursor. */
static void
read_finding(struct app *app)
{
	struct model *model = &app->model;
	const struct finding *f;
	struct error err;

	checks_pin(model, &model->ui);
	f = checks_finding(model);
	if (f == NULL ||
	    (!model->spans_old && model->span_check != NULL &&
		strcmp(model->span_check, f->check) == 0 &&
		strcmp(model->span_subject, f->subject) == 0))
		return;
	/* What cannot be read is missed again with the next view. */
	model->spans_old = false;
	if (load_finding(app->loader, app->store, model, f, &err) == STATUS_OK)
		app->dirty = true;
}

/* Of a past day, whose reading takes its time; a frame for each step would
 * cost more than the step. */
static void
show_progress(struct app *app, size_t read)
{
	if (app->model.ui.as_of == DAY_NONE ||
	    (read > 0 && read < app->model.read_count + PROGRESS_STEP))
		return;
	app->model.read_count = read;
	app->dirty = true;
}

bool
app_read_on(struct app *app)
{
	struct roster *roster = loader_roster(app->loader);
	int64_t until_ms = clock_mono_ms() + SLICE_MS;
	bool done = true;
	struct error err;
	size_t read;

	if (app->store == NULL)
		return false;
	read_finding(app);
	if (app->past_missing) {
		if (load_past(app->loader, app->store, &app->model, until_ms,
			&done, &err) != STATUS_OK)
			done = true;
		app->past_missing = !done;
		app->dirty = app->dirty || done;
		return true;
	}
	if (!roster_reading(roster, &read)) {
		read_preview(app);
		return false;
	}
	show_progress(app, read);
	if (load_roster(app->loader, app->store, until_ms, &done, &err) !=
	    STATUS_OK) {
		/* It is begun again with the next look at the store. */
		roster_stop(roster);
		app->model.reading = false;
		store_failed(app, err.status, &err);
		app_look_for_trouble(app);
		return false;
	}
	if (done)
		roster_read_whole(app);
	return !done;
}

/* --- everything ------------------------------------------------------------------ */

/* Whether a dialog or the preview offers what only the whole view of the
 * domain knows. */
static bool
needs_view(const struct app *app)
{
	const struct ui_state *ui = &app->model.ui;

	return ui->screen == SCREEN_DOMAIN || shows_preview(app) ||
	    ui->dialog.kind == DIALOG_MUTE || ui->dialog.kind == DIALOG_COPY;
}

static enum status
read_view(struct app *app, struct error *err)
{
	enum status status;

	if (!needs_view(app) || app->selected == NULL ||
	    app->selected[0] == '\0')
		return STATUS_OK;
	status = load_view(app->loader, app->store, &app->model, err);
	if (status != STATUS_NOT_FOUND)
		return status;
	/* The store is well: it is the domain that went. */
	app->model.view = NULL;
	app->gone = app->model.ui.screen == SCREEN_DOMAIN;
	return STATUS_OK;
}

void
app_read_dialog(struct app *app)
{
	struct error err;

	if (app->model.ui.dialog.kind == DIALOG_NONE || app->store == NULL ||
	    app->model.ui.screen == SCREEN_DOMAIN)
		return;
	if (read_view(app, &err) != STATUS_OK)
		app_say(app, ROLE_BAD, err.text);
	app->gone = false;
}

static enum status
read_parts(struct app *app, enum list_order order, struct error *err)
{
	enum screen screen = app->model.ui.screen;
	enum status status;

	/* The head first: when the store went away it says so. */
	status = load_head(app->loader, app->store, &app->model, err);
	if (status == STATUS_OK && screen == SCREEN_DOMAINS) {
		status = read_list(app, order, err);
		load_counts(app->loader, &app->model);
	}
	if (status == STATUS_OK)
		status = read_view(app, err);
	if (status == STATUS_OK && screen != SCREEN_DOMAINS &&
	    screen != SCREEN_DOMAIN)
		status = load_fleet(app->loader, app->store, &app->model, err);
	if (status == STATUS_OK)
		status = load_requests(
		    app->loader, app->store, &app->model, err);
	return status;
}

/* A store that went away is opened anew with the next look. */
static void
lose_store(struct app *app)
{
	store_close(app->store);
	app->store = NULL;
	roster_stop(loader_roster(app->loader));
	app->model.reading = false;
	app->past_missing = false;
}

void
app_read_all(struct app *app, enum list_order order)
{
	struct error err;
	enum status status;

	app->dirty = app->grown = true;
	app->model.now_s = clock_utc_s();
	check_filter(app);
	if (app->store == NULL)
		return;
	app->changes = store_changes(app->store);
	app->gone = false;
	status = store_look(app->store, &err);
	if (status == STATUS_OK) {
		status = read_parts(app, order, &err);
		store_look_end(app->store);
	}
	if (order == ORDER_NEW || order == ORDER_FOLLOWED)
		app->stale = false;
	store_failed(app, status, &err);
	if (status == STATUS_OK && app->gone)
		snprintf(app->store_trouble, sizeof(app->store_trouble),
		    "%s is not watched any more: Esc goes back to the list",
		    app->selected);
	if (status == STATUS_NOT_FOUND || status == STATUS_CORRUPT)
		lose_store(app);
	app_look_for_trouble(app);
}

void
app_open_store(struct app *app)
{
	struct error err;
	enum status status;

	status = app->options->open(app->options->arg, &app->store, &err);
	if (status != STATUS_OK)
		app->store = NULL;
	/* The collector that was started beside us makes it at this moment. */
	if (status != STATUS_NOT_FOUND || !app->options->collects ||
	    clock_mono_ms() - app->start_ms > NEW_STORE_MS)
		store_failed(app, status, &err);
	app_look_for_trouble(app);
	if (status != STATUS_OK)
		return;
	if (load_steady(app->loader) || load_needs_roster(&app->model))
		app_want_roster(app, true);
	app_read_all(app, ORDER_FOLLOWED);
}

/* The order of all domains is read anew, but not all the time; the list takes
 * it when it is whole. */
static void
refresh_roster(struct app *app, int64_t now_ms)
{
	if (now_ms - app->roster_ms < REREAD_MS) {
		app->stale = true;
		return;
	}
	app->settling = true;
	app->stale = false;
	app_want_roster(app, true);
}

void
app_take_news(struct app *app, int64_t now_ms)
{
	bool rest = now_ms - app->key_ms >= IDLE_MS;
	bool changed;

	if (app->store == NULL) {
		app_open_store(app);
		return;
	}
	if (app->model.ui.paused)
		return;
	changed = store_changes(app->store) != app->changes;
	if (!changed && !(rest && app->stale))
		return;
	app->stale = true;
	if (load_steady(app->loader) || !rest) {
		if (changed)
			app_read_all(app, ORDER_KEPT);
		if (rest && app->model.ui.as_of == DAY_NONE)
			refresh_roster(app, now_ms);
	} else
		app_read_all(
		    app, app->model.ui.moved ? ORDER_FOLLOWED : ORDER_NEW);
	app_follow_requests(app);
}
