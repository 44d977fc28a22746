/* A snapshot's domains: the list, and each as the options want it. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "changes.h"
#include "sendtop/day.h"
#include "snapshot.h"

enum { PAGE_ROWS = 256, EVENTS_MOST = 1000 };

enum status
snapshot_go_on(const struct snapshot_options *o, size_t done, size_t total,
    struct error *err)
{
	return o->progress == NULL || o->progress(o->arg, done, total)
	    ? STATUS_OK
	    : error_set(err, STATUS_CANCELLED, "cancelled");
}

enum status
snapshot_head(const struct snapshot_options *o, struct arena *arena,
    struct view_head *out, struct error *err)
{
	enum status status = view_head_load(
	    o->store, o->settings, o->as_of, o->now_s, arena, out, err);

	if (status == STATUS_OK && o->redact != NULL)
		redact_head(o->redact, arena, out);
	return status;
}

/* --- one domain ------------------------------------------------------------------- */

static enum status
load(const struct snapshot_options *o, const char *name, int32_t as_of,
    struct arena *arena, struct view *out, struct error *err)
{
	return view_load(o->store, o->settings, o->requirements, name, as_of,
	    o->now_s, arena, out, err);
}

/* Without what is said of all domains once. */
static void
drop_common(struct arena *arena, struct view *view)
{
	struct change *own = arena_alloc(
	    arena, (view->change_count + 1) * sizeof(*own));
	size_t n = 0;

	for (size_t i = 0; i < view->change_count; i++)
		if (view->changes[i].domain[0] != '\0')
			own[n++] = view->changes[i];
	view->changes = own;
	view->change_count = n;
}

/* Before anything is redacted: two records may have one alias. */
static enum status
compare(const struct snapshot_options *o, const char *name, struct arena *arena,
    struct view *view, struct error *err)
{
	struct view *before = arena_alloc(arena, sizeof(*before));
	enum status status = load(o, name, o->since - 1, arena, before, err);

	if (status != STATUS_OK)
		return status;
	changes_domain(
	    before, view, o->since, arena, &view->changes, &view->change_count);
	if (o->domain_count == 0)
		drop_common(arena, view);
	return STATUS_OK;
}

enum status
snapshot_view(const struct snapshot_options *o, const char *name,
    struct arena *arena, struct view *out, struct error *err)
{
	enum status status = load(o, name, o->as_of, arena, out, err);

	if (status == STATUS_OK && o->since != DAY_NONE)
		status = compare(o, name, arena, out, err);
	if (status != STATUS_OK || o->redact == NULL)
		return status;
	if (out->changes != NULL)
		out->changes = redact_changes(
		    o->redact, arena, out->changes, out->change_count);
	redact_view(o->redact, arena, out);
	return STATUS_OK;
}

/* --- all of them ------------------------------------------------------------------ */

static int64_t
until(const struct snapshot_options *o)
{
	return o->as_of == DAY_NONE ? o->now_s : day_start(o->as_of + 1) - 1;
}

enum status
snapshot_fleet(const struct snapshot_options *o, struct arena *arena,
    const struct change **out, size_t *count, struct error *err)
{
	struct store_event *events;
	struct store_note *notes;
	size_t event_count, note_count;
	enum status status = store_events(o->store, "", day_start(o->since),
	    until(o), EVENTS_MOST, arena, &events, &event_count, err);

	if (status == STATUS_OK)
		status = store_notes(o->store, "", day_start(o->since),
		    until(o), arena, &notes, &note_count, err);
	if (status != STATUS_OK)
		return status;
	changes_fleet(
	    events, event_count, notes, note_count, arena, out, count);
	if (o->redact != NULL)
		*out = redact_changes(o->redact, arena, *out, *count);
	return STATUS_OK;
}

/* --- the list --------------------------------------------------------------------- */

struct rows {
	struct store_standing *items;
	size_t count, cap;
};

static void
rows_add(struct rows *rows, const struct store_standing *row)
{
	rows->items = mem_grow(
	    rows->items, rows->count, &rows->cap, sizeof(*rows->items));
	rows->items[rows->count++] = *row;
}

static enum status
rows_now(const struct snapshot_options *o, struct arena *arena,
    struct rows *rows, struct error *err)
{
	size_t total = 0, count = 0;

	do {
		struct standing_page page = { .offset = rows->count,
			.limit = PAGE_ROWS };
		struct store_standing *items;
		enum status status = snapshot_go_on(o, 0, total, err);

		if (status == STATUS_OK)
			status = store_standing_page(o->store, &page, arena,
			    &items, &count, &total, err);
		if (status != STATUS_OK)
			return status;
		for (size_t i = 0; i < count; i++)
			rows_add(rows, &items[i]);
	} while (count > 0 && rows->count < total);
	return STATUS_OK;
}

static int
compare_rows(const void *a, const void *b)
{
	const struct store_standing *x = a, *y = b;

	return standing_compare(&x->standing, x->name, &y->standing, y->name);
}

/* A past day is judged anew, domain by domain. */
static enum status
rows_then(const struct snapshot_options *o, struct arena *arena,
    struct rows *rows, struct error *err)
{
	struct arena *each = arena_new();
	struct store_domain *domains;
	size_t count;
	enum status status = store_domains(
	    o->store, arena, &domains, &count, err);

	for (size_t i = 0; status == STATUS_OK && i < count; i++) {
		struct store_standing row = { .id = domains[i].id,
			.name = domains[i].name,
			.registrable = domains[i].registrable,
			.tag = domains[i].tag,
			.judged = true };
		struct view view;

		arena_reset(each);
		status = snapshot_go_on(o, i, count, err);
		if (status == STATUS_OK)
			status = load(o, row.name, o->as_of, each, &view, err);
		if (status == STATUS_OK) {
			row.standing = view.standing;
			rows_add(rows, &row);
		}
	}
	if (rows->count > 0)
		qsort(rows->items, rows->count, sizeof(*rows->items),
		    compare_rows);
	arena_free(each);
	return status;
}

enum status
snapshot_rows(const struct snapshot_options *o, struct arena *arena,
    struct store_standing **out, size_t *count, struct error *err)
{
	struct rows rows = { 0 };
	enum status status = o->as_of == DAY_NONE
	    ? rows_now(o, arena, &rows, err)
	    : rows_then(o, arena, &rows, err);

	if (status != STATUS_OK) {
		free(rows.items);
		rows.items = NULL;
		rows.count = 0;
	}
	*out = rows.items;
	*count = rows.count;
	return status;
}
