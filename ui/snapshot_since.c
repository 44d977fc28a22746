/* A snapshot of what changed since a day, domain by domain, worst first. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "changes.h"
#include "sendtop/day.h"
#include "sendtop/text.h"
#include "snapshot_job.h"
#include "words.h"

enum { PANEL_ROWS = 20, QUIET_TOLD = 30 };

/* Domains at which nothing changed: told together at the end. */
struct quiet {
	struct buf names;
	size_t count, told;
};

static void
quiet_add(struct quiet *quiet, const char *name)
{
	if (quiet->count++ >= QUIET_TOLD)
		return;
	buf_printf(&quiet->names, "%s%s", quiet->told++ > 0 ? ", " : "", name);
}

/* A text that draws itself as a panel, so that it is wrapped as they are. */
static int
put_sentence(const struct pane *pane, const struct model *model)
{
	return pane_wrap(pane, 1, 0, pane->w - 2, ROLE_PLAIN, model->message);
}

static void
quiet_put(struct snapshot_job *job, struct quiet *quiet, bool any)
{
	char day[DAY_TEXT_SIZE];
	struct buf text = { 0 };

	if (quiet->count == 0)
		return;
	buf_printf(&text, "Nothing changed since %s 00:00 UTC at ",
	    day_text(day, job->options->since));
	if (any || quiet->count == 1)
		buf_printf(&text, "%zu%s domain%s", quiet->count,
		    any ? " other" : "", quiet->count == 1 ? "" : "s");
	else
		buf_printf(&text, "any of %zu domains", quiet->count);
	buf_printf(&text, ": %s", quiet->names.data);
	if (quiet->count > quiet->told)
		buf_printf(&text, " and %zu more", quiet->count - quiet->told);
	job->model.message = text.data;
	snapshot_panel(job, put_sentence, 1);
	job->model.message = "";
	buf_free(&text);
}

/* --- one domain ------------------------------------------------------------------- */

static void
put_changes(struct snapshot_job *job, const struct view *view)
{
	job->model.view = view;
	job->model.selected = view->domain.name;
	job->model.changes = view->changes;
	job->model.change_count = view->change_count;
	job->model.ui.from = SCREEN_DOMAIN;
	snapshot_panel(job, panel_domain_header, 2);
	snapshot_section(job, panel_changes, PANEL_ROWS);
	job->model.view = NULL;
	job->model.changes = NULL;
	job->model.change_count = 0;
}

/* Numbers that only move as they do every day are nothing by themselves. */
static enum status
put_domain(struct snapshot_job *job, const char *name, struct quiet *quiet,
    bool *any, struct error *err)
{
	struct arena *arena = arena_new();
	struct view view;
	enum status status = snapshot_view(
	    job->options, name, arena, &view, err);

	if (status == STATUS_OK &&
	    changes_matter(view.changes, view.change_count)) {
		put_changes(job, &view);
		*any = true;
	} else if (status == STATUS_OK)
		quiet_add(quiet, view.domain.name);
	arena_free(arena);
	return status;
}

static enum status
put_domains(struct snapshot_job *job, const char *const *names, size_t count,
    struct error *err)
{
	struct quiet quiet = { .count = 0 };
	enum status status = STATUS_OK;
	bool any = false;

	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		status = snapshot_go_on(job->options, i, count, err);
		if (status == STATUS_OK)
			status = put_domain(job, names[i], &quiet, &any, err);
	}
	if (status == STATUS_OK)
		quiet_put(job, &quiet, any);
	buf_free(&quiet.names);
	return status;
}

/* --- all of them ------------------------------------------------------------------ */

static enum status
put_fleet(struct snapshot_job *job, struct arena *arena, struct error *err)
{
	enum status status = snapshot_fleet(job->options, arena,
	    &job->model.changes, &job->model.change_count, err);

	if (status == STATUS_OK && job->model.change_count > 0) {
		job->model.ui.from = SCREEN_DOMAINS;
		snapshot_section(job, panel_changes, PANEL_ROWS);
	}
	job->model.changes = NULL;
	job->model.change_count = 0;
	return status;
}

static enum status
put_all(struct snapshot_job *job, struct error *err)
{
	struct arena *arena = arena_new();
	struct store_standing *rows = NULL;
	const char **names = NULL;
	size_t count = 0;
	enum status status = put_fleet(job, arena, err);

	if (status == STATUS_OK)
		status = snapshot_rows(job->options, arena, &rows, &count, err);
	if (status == STATUS_OK) {
		names = mem_zero(count + 1, sizeof(*names));
		for (size_t i = 0; i < count; i++)
			names[i] = rows[i].name;
		status = put_domains(job, names, count, err);
	}
	free(names);
	free(rows);
	arena_free(arena);
	return status;
}

enum status
snapshot_since(struct snapshot_job *job, struct error *err)
{
	const struct snapshot_options *o = job->options;

	job->model.ui.screen = SCREEN_CHANGES;
	job->model.ui.since = o->since;
	if (o->domain_count == 0)
		return put_all(job, err);
	return put_domains(job, o->domains, o->domain_count, err);
}
