/* What is written when the screen is left. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include "app_data.h"
#include "sendtop/day.h"
#include "snapshot.h"

enum {
	PAGE_ROWS = 1000,
	PATIENCE_MS = 10000, /* with the judging of a past day */
};

/* The order that the list waits for. */
static enum status
finish_order(struct app *app, struct error *err)
{
	enum status status = STATUS_OK;
	bool done = false;

	if (load_steady(app->loader) || !load_needs_roster(&app->model))
		return STATUS_OK;
	app_want_roster(app, false);
	while (status == STATUS_OK && !done)
		status = load_roster(
		    app->loader, app->store, INT64_MAX, &done, err);
	if (status == STATUS_OK)
		load_arrange(app->loader, &app->model);
	return status;
}

static enum status
put_page(struct app *app, struct model *model, int64_t until_ms, FILE *out,
    struct error *err)
{
	enum status status = load_page(
	    app->loader, app->store, model, PAGE_ROWS, NULL, err);
	bool done;

	if (status == STATUS_OK && model->ui.as_of != DAY_NONE)
		status = load_past(
		    app->loader, app->store, model, until_ms, &done, err);
	if (status == STATUS_OK && (model->row_count > 0 || model->first == 0))
		snapshot_list_page(out, model, canvas_ascii(app->canvas));
	return status;
}

/* The whole list in its order, whatever part of it is on the screen.  The
 * model's own page is given up. */
static enum status
put_list(struct app *app, FILE *out, struct error *err)
{
	int64_t until_ms = clock_mono_ms() + PATIENCE_MS;
	struct model *model = &app->model;
	enum status status = finish_order(app, err);

	snapshot_list_head(out, model, canvas_ascii(app->canvas));
	if (model->ui.filter[0] != '\0')
		fprintf(out, " Only what matches the filter: %s\n",
		    model->ui.filter);
	model->ui.top = model->ui.cursor = 0;
	while (status == STATUS_OK) {
		status = put_page(app, model, until_ms, out, err);
		if (model->row_count == 0 ||
		    model->ui.top + model->row_count >= model->total)
			break;
		model->ui.top += model->row_count;
		model->ui.cursor = model->ui.top;
	}
	return status;
}

char *
app_snapshot_text(struct app *app)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	enum status status = STATUS_OK;
	struct error err;

	if (out == NULL)
		return mem_dup("");
	if (app->model.ui.screen == SCREEN_DOMAINS && app->store != NULL)
		status = put_list(app, out, &err);
	else
		snapshot_screen(out, &app->model, canvas_ascii(app->canvas));
	if (status != STATUS_OK)
		fprintf(out, "The rest is missing: %s\n", err.text);
	fclose(out);
	return text != NULL ? text : mem_dup("");
}
