/* One panel as a file: what is on the screen, with aliases if that is asked. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "snapshot.h"

/* Everything that the loader owns stays as it is: these are copies. */
struct hidden {
	const struct redact *redact;
	struct arena *arena;
	struct view view;
	struct view_head head;
};

#define COPY(arena, items, count)                                             \
	memcpy(arena_alloc(arena, ((count) + 1) * sizeof(*(items))), (items), \
	    (count) * sizeof(*(items)))

static void
hide_said(const struct hidden *h, struct model *model)
{
	struct said *copy;

	if (model->said_count == 0)
		return;
	copy = COPY(h->arena, model->said, model->said_count);
	for (size_t i = 0; i < model->said_count; i++)
		copy[i].text = redact_own(h->redact, h->arena, copy[i].text);
	model->said = copy;
}

static void
hide_requests(const struct hidden *h, struct model *model)
{
	struct store_request *copy;

	if (model->request_count == 0)
		return;
	copy = COPY(h->arena, model->requests, model->request_count);
	for (size_t i = 0; i < model->request_count; i++) {
		copy[i].domain = redact_text(
		    h->redact, h->arena, copy[i].domain);
		copy[i].result = redact_text(
		    h->redact, h->arena, copy[i].result);
	}
	model->requests = copy;
}

/* What the fleet's screens show. */
static void
hide_fleet(const struct hidden *h, struct model *model)
{
	if (model->event_count > 0) {
		struct store_event *copy = COPY(
		    h->arena, model->events, model->event_count);

		redact_events(h->redact, h->arena, copy, model->event_count);
		model->events = copy;
	}
	if (model->reply_count > 0) {
		struct reply_count *copy = COPY(
		    h->arena, model->replies, model->reply_count);

		redact_replies(h->redact, h->arena, copy, model->reply_count);
		model->replies = copy;
	}
	if (model->change_count > 0)
		model->changes = redact_changes(
		    h->redact, h->arena, model->changes, model->change_count);
}

static void
hide_list(const struct hidden *h, struct model *model)
{
	struct store_standing *copy;

	model->headings = NULL;
	if (model->row_count == 0)
		return;
	copy = COPY(h->arena, model->rows, model->row_count);
	redact_standings(h->redact, h->arena, copy, model->row_count);
	model->rows = copy;
}

static enum status
hide(struct hidden *h, struct model *model,
    const struct snapshot_options *options, struct error *err)
{
	struct snapshot_options o = *options;
	enum status status;

	o.redact = h->redact;
	status = snapshot_head(&o, h->arena, &h->head, err);
	if (status == STATUS_OK && model->view != NULL) {
		status = snapshot_view(
		    &o, model->view->domain.name, h->arena, &h->view, err);
		model->view = &h->view;
	}
	if (status != STATUS_OK)
		return status;
	model->head = &h->head;
	model->label = "";
	model->settings_path = "sendtop.conf";
	model->selected = redact_text(h->redact, h->arena, model->selected);
	hide_list(h, model);
	hide_fleet(h, model);
	hide_requests(h, model);
	hide_said(h, model);
	return STATUS_OK;
}

static void
put(FILE *out, const struct model *model, const char *format, bool ascii)
{
	bool markdown = strcmp(format, "markdown") == 0;

	fputs(markdown ? "```text\n" : "", out);
	snapshot_screen(out, model, ascii);
	fputs(markdown ? "```\n" : "", out);
}

enum status
snapshot_panel_file(FILE *out, const struct model *model,
    const struct snapshot_options *options, const struct order *order,
    struct error *err)
{
	struct hidden h = { .arena = arena_new() };
	struct redact *redact = NULL;
	struct model shown = *model;
	enum status status = STATUS_OK;
	bool lasting;

	if (order->redact && options->store == NULL)
		status = error_set(err, STATUS_BUSY,
		    "without the store there are no aliases to write");
	else if (order->redact)
		status = redact_open(options->store, &redact, &lasting, err);
	h.redact = redact;
	if (status == STATUS_OK && redact != NULL)
		status = hide(&h, &shown, options, err);
	if (status == STATUS_OK)
		put(out, &shown, order->format, options->ascii);
	redact_free(redact);
	arena_free(h.arena);
	return status;
}
