/* The store's domains. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "sendtop/day.h"
#include "sendtop/org.h"
#include "store/internal.h"
#include "store/query.h"

#define COLUMNS                                                              \
	"id, name, registrable, tag, sources, poll, poll_error, fetched_s, " \
	"asked_first, asked_last, probed_s, bulk_latched"

static int32_t
as_day(int64_t value)
{
	return value < INT32_MIN || value > INT32_MAX ? DAY_NONE
						      : (int32_t)value;
}

static enum poll_state
as_poll(int64_t value)
{
	return value < POLL_NEVER || value > POLL_ERROR
	    ? POLL_ERROR
	    : (enum poll_state)value;
}

static struct store_domain
read_domain(struct query *q, struct arena *arena)
{
	return (struct store_domain){
		.id = query_get_int(q, 0),
		.name = arena_dup(arena, query_get_text(q, 1)),
		.registrable = arena_dup(arena, query_get_text(q, 2)),
		.tag = arena_dup(arena, query_get_text(q, 3)),
		.sources = (unsigned)query_get_int(q, 4),
		.poll = as_poll(query_get_int(q, 5)),
		.poll_error = arena_dup(arena, query_get_text(q, 6)),
		.fetched_s = query_get_int(q, 7),
		.asked_first = as_day(query_get_int(q, 8)),
		.asked_last = as_day(query_get_int(q, 9)),
		.probed_s = query_get_int(q, 10),
		.bulk_latched = query_get_int(q, 11) != 0,
	};
}

/* --- adding and dropping --------------------------------------------------- */

/* What adding and dropping must know of a row; id 0 when there is none. */
struct row {
	int64_t id;
	unsigned sources;
	char *name, *tag;
};

static void
row_fini(struct row *row)
{
	free(row->name);
	free(row->tag);
}

static enum status
find_row(struct query *q, struct row *out)
{
	*out = (struct row){ 0 };
	if (query_row(q))
		*out = (struct row){
			.id = query_get_int(q, 0),
			.sources = (unsigned)query_get_int(q, 1),
			.name = mem_dup(query_get_text(q, 2)),
			.tag = mem_dup(query_get_text(q, 3)),
		};
	return query_end(q);
}

static enum status
insert(struct store *store, const char *name, int64_t *id, struct error *err)
{
	char registrable[ORG_NAME_SIZE];
	const char *parent = name;
	struct query q;
	enum status status;

	if (org_registrable(name, registrable))
		parent = registrable;
	/* All of one registrable domain are latched together: any other one
	 * tells.  To ask all of them would be slow where they are many. */
	query_open(&q, store,
	    "INSERT INTO domain (name, registrable, tag, sources, poll,"
	    " poll_error, fetched_s, asked_first, asked_last, probed_s,"
	    " bulk_latched)"
	    " VALUES ($1, $2, '', 0, 0, '', 0, $3, $4, 0,"
	    " coalesce((SELECT bulk_latched FROM domain"
	    " WHERE registrable = $2 LIMIT 1), 0)) RETURNING id",
	    err);
	query_text(&q, name);
	query_text(&q, parent);
	query_int(&q, DAY_NONE);
	query_int(&q, DAY_NONE);
	if (query_row(&q))
		*id = query_get_int(&q, 0);
	status = query_run(&q);
	if (status == STATUS_OK)
		status = store_standing_add(store, *id, name, parent, err);
	return status;
}

static enum status
change(struct store *store, const struct row *row, unsigned sources,
    const char *tag, struct error *err)
{
	struct query q;
	enum status status;

	if (sources == row->sources && strcmp(tag, row->tag) == 0)
		return STATUS_OK;
	query_open(&q, store,
	    "UPDATE domain SET sources = $1, tag = $2 WHERE id = $3", err);
	query_int(&q, sources);
	query_text(&q, tag);
	query_int(&q, row->id);
	status = query_run(&q);
	if (status == STATUS_OK)
		status = store_standing_label(
		    store, row->id, tag, sources != 0, err);
	return status;
}

static enum status
add(struct store *store, const char *name, unsigned sources, const char *tag,
    int64_t *id, struct error *err)
{
	struct row row;
	struct query q;
	enum status status;

	query_open(&q, store,
	    "SELECT id, sources, name, tag FROM domain WHERE name = $1", err);
	query_text(&q, name);
	status = find_row(&q, &row);
	if (status == STATUS_OK && row.id == 0) {
		row = (struct row){ .name = mem_dup(name), .tag = mem_dup("") };
		status = insert(store, name, &row.id, err);
	}
	if (status == STATUS_OK)
		status = change(store, &row, row.sources | sources,
		    tag != NULL ? tag : row.tag, err);
	if (status == STATUS_OK && id != NULL)
		*id = row.id;
	row_fini(&row);
	return status;
}

enum status
store_domain_add(struct store *store, const char *name, unsigned sources,
    const char *tag, int64_t *id, struct error *err)
{
	enum status status;
	bool own;

	if (name[0] == '\0' || strlen(name) >= ORG_NAME_SIZE)
		return error_set(err, STATUS_USAGE,
		    "'%.64s' cannot be the name of a domain", name);
	status = store_write(store, &own, err);
	if (status == STATUS_OK)
		status = store_written(
		    store, own, add(store, name, sources, tag, id, err), err);
	return status;
}

static enum status
no_such(struct error *err, int64_t id)
{
	return error_set(err, STATUS_NOT_FOUND,
	    "domain number %ld is not in the store", (long)id);
}

static enum status
drop(struct store *store, int64_t id, unsigned sources, struct error *err)
{
	struct row row;
	struct query q;
	enum status status;

	query_open(&q, store,
	    "SELECT id, sources, name, tag FROM domain WHERE id = $1", err);
	query_int(&q, id);
	status = find_row(&q, &row);
	if (status == STATUS_OK && row.id == 0)
		return no_such(err, id);
	if (status == STATUS_OK)
		status = change(
		    store, &row, row.sources & ~sources, row.tag, err);
	row_fini(&row);
	return status;
}

enum status
store_domain_drop(
    struct store *store, int64_t id, unsigned sources, struct error *err)
{
	bool own;
	enum status status = store_write(store, &own, err);

	if (status == STATUS_OK)
		status = store_written(
		    store, own, drop(store, id, sources, err), err);
	return status;
}

/* --- reading and updating -------------------------------------------------- */

enum status
store_domains(struct store *store, struct arena *arena,
    struct store_domain **out, size_t *count, struct error *err)
{
	struct store_domain *all = NULL;
	size_t cap = 0;
	struct query q;

	*count = 0;
	query_open(&q, store,
	    "SELECT " COLUMNS " FROM domain WHERE sources <> 0 ORDER BY name",
	    err);
	while (query_row(&q)) {
		all = mem_grow(all, *count, &cap, sizeof(*all));
		all[(*count)++] = read_domain(&q, arena);
	}
	*out = store_settle(arena, all, *count, sizeof(*all));
	return query_end(&q);
}

enum status
store_domain_get(struct store *store, const char *name, struct arena *arena,
    struct store_domain *out, struct error *err)
{
	bool found = false;
	struct query q;
	enum status status;

	query_open(&q, store,
	    "SELECT " COLUMNS " FROM domain WHERE name = $1 AND sources <> 0",
	    err);
	query_text(&q, name);
	if (query_row(&q)) {
		*out = read_domain(&q, arena);
		found = true;
	}
	status = query_end(&q);
	if (status == STATUS_OK && !found)
		status = error_set(err, STATUS_NOT_FOUND,
		    "domain %s is not watched; add it with a [domain \"%s\"] "
		    "section",
		    name, name);
	return status;
}

static enum status
update(
    struct store *store, const struct store_domain *domain, struct error *err)
{
	struct query q;
	bool found = false;
	enum status status;

	query_open(&q, store,
	    "UPDATE domain SET poll = $1, poll_error = $2, fetched_s = $3,"
	    " asked_first = $4, asked_last = $5, probed_s = $6"
	    " WHERE id = $7 RETURNING id",
	    err);
	query_int(&q, domain->poll);
	query_text(&q, domain->poll_error);
	query_int(&q, domain->fetched_s);
	query_int(&q, domain->asked_first);
	query_int(&q, domain->asked_last);
	query_int(&q, domain->probed_s);
	query_int(&q, domain->id);
	while (query_row(&q))
		found = true;
	status = query_end(&q);
	return status != STATUS_OK || found ? status : no_such(err, domain->id);
}

enum status
store_domain_update(
    struct store *store, const struct store_domain *domain, struct error *err)
{
	bool own;
	enum status status = store_write(store, &own, err);

	if (status == STATUS_OK)
		status = store_written(
		    store, own, update(store, domain, err), err);
	return status;
}

enum status
store_domain_latch(struct store *store, int64_t id, struct error *err)
{
	struct query q;
	bool own;
	enum status status = store_write(store, &own, err);

	if (status != STATUS_OK)
		return status;
	query_open(&q, store,
	    "UPDATE domain SET bulk_latched = 1 WHERE registrable ="
	    " (SELECT registrable FROM domain WHERE id = $1)",
	    err);
	query_int(&q, id);
	return store_written(store, own, query_run(&q), err);
}
