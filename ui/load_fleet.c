/* Reading what the fleet's screens show, what was asked for, and how a finding
 * went. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "changes.h"
#include "load_data.h"
#include "sendtop/day.h"

enum {
	EVENTS_MOST = 1000,
	REPLIES_MOST = 1000,
	REPLY_HOURS = 48,
	REQUESTS_MOST = 16,
	SPANS_MOST = 100,
};

/* The moment that the screen is looked at from. */
static int64_t
until(const struct model *model)
{
	return model->ui.as_of == DAY_NONE ? model->now_s
					   : day_start(model->ui.as_of + 1) - 1;
}

static enum status
load_replies(struct store *store, struct model *model, struct arena *arena,
    struct error *err)
{
	struct reply_query query = {
		.until_s = until(model) + 1,
		.since_s = until(model) + 1 - REPLY_HOURS * HOUR_SECONDS,
		.by_s = HOUR_SECONDS,
		.limit = REPLIES_MOST,
		.by_domain = true,
	};
	struct reply_count *rows;
	size_t count;
	enum status status = store_replies(
	    store, &query, arena, &rows, &count, err);

	if (status != STATUS_OK)
		return status;
	model->replies = rows;
	model->reply_count = count;
	model->replies_since_s = query.since_s;
	return STATUS_OK;
}

static enum status
load_events(struct store *store, struct model *model, struct arena *arena,
    struct error *err)
{
	struct store_event *rows;
	size_t count;
	enum status status = store_events(store, NULL, INT64_MIN, until(model),
	    EVENTS_MOST, arena, &rows, &count, err);

	if (status != STATUS_OK)
		return status;
	model->events = rows;
	model->event_count = count;
	return STATUS_OK;
}

/* A domain then and now; that nothing is known of then is no failure. */
static enum status
load_changes_domain(struct loader *loader, struct store *store,
    struct model *model, struct arena *arena, struct error *err)
{
	struct view *then = arena_alloc(arena, sizeof(*then));
	struct view *now = arena_alloc(arena, sizeof(*now));
	enum status status = view_load(store, loader->settings,
	    loader->requirements, model->selected, model->ui.as_of,
	    model->now_s, arena, now, err);

	if (status == STATUS_OK)
		status = view_load(store, loader->settings,
		    loader->requirements, model->selected, model->ui.since - 1,
		    model->now_s, arena, then, err);
	if (status == STATUS_OK)
		changes_domain(then, now, model->ui.since, arena,
		    &model->changes, &model->change_count);
	return status;
}

static enum status
load_changes_fleet(struct store *store, struct model *model,
    struct arena *arena, struct error *err)
{
	int64_t since_s = day_start(model->ui.since);
	struct store_event *events;
	struct store_note *notes;
	size_t event_count, note_count;
	enum status status = store_events(store, NULL, since_s, until(model),
	    EVENTS_MOST, arena, &events, &event_count, err);

	if (status == STATUS_OK)
		status = store_notes(store, NULL, since_s, until(model), arena,
		    &notes, &note_count, err);
	if (status == STATUS_OK)
		changes_fleet(events, event_count, notes, note_count, arena,
		    &model->changes, &model->change_count);
	return status;
}

static enum status
load_screen(struct loader *loader, struct store *store, struct model *model,
    struct arena *arena, struct error *err)
{
	switch (model->ui.screen) {
	case SCREEN_REPLIES:
		return load_replies(store, model, arena, err);
	case SCREEN_EVENTS:
		return load_events(store, model, arena, err);
	case SCREEN_CHANGES:
		if (model->ui.from == SCREEN_DOMAIN)
			return load_changes_domain(
			    loader, store, model, arena, err);
		return load_changes_fleet(store, model, arena, err);
	case SCREEN_DOMAINS:
	case SCREEN_DOMAIN:
		break;
	}
	return STATUS_OK;
}

enum status
load_fleet(struct loader *loader, struct store *store, struct model *model,
    struct error *err)
{
	struct arena *arena = loader_spare(loader, PART_FLEET);
	struct model read = *model;
	enum status status;

	/* What another screen showed lies in the arena that is reused. */
	read.replies = NULL;
	read.events = NULL;
	read.changes = NULL;
	read.reply_count = read.event_count = read.change_count = 0;
	status = load_screen(loader, store, &read, arena, err);
	if (status != STATUS_OK)
		return status;
	loader_keep(loader, PART_FLEET);
	*model = read;
	return STATUS_OK;
}

enum status
load_requests(struct loader *loader, struct store *store, struct model *model,
    struct error *err)
{
	struct arena *arena = loader_spare(loader, PART_REQUESTS);
	struct store_request *rows;
	size_t count;
	enum status status = store_requests(
	    store, REQUESTS_MOST, arena, &rows, &count, err);

	if (status != STATUS_OK)
		return status;
	loader_keep(loader, PART_REQUESTS);
	model->requests = rows;
	model->request_count = count;
	return STATUS_OK;
}

enum status
load_finding(struct loader *loader, struct store *store, struct model *model,
    const struct finding *finding, struct error *err)
{
	struct arena *arena = loader_spare(loader, PART_FINDING);
	const struct finding_key key = { .domain = model->view->domain.id,
		.check = finding->check,
		.subject = finding->subject };
	struct finding_span *spans;
	size_t count;
	enum status status = store_finding_past(
	    store, &key, until(model), SPANS_MOST, arena, &spans, &count, err);

	if (status != STATUS_OK)
		return status;
	loader_keep(loader, PART_FINDING);
	model->spans = spans;
	model->span_count = count;
	model->span_check = arena_dup(arena, finding->check);
	model->span_subject = arena_dup(arena, finding->subject);
	model->spans_old = false;
	return STATUS_OK;
}
