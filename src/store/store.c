/* The store as a whole: opening, transactions, the statement cache. */
/* SPDX-License-Identifier: MIT */
#include "sendtop/store.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "sendtop/day.h"
#include "sendtop/text.h"
#include "store/internal.h"
#include "store/query.h"
#include "store/schema.h"

enum {
	MAKE_PATIENCE_MS = 5000,
	RETRY_MS = 10,
	ADOPTED = 64 * 1024, /* arrays that are not worth a copy */
};

/* Longest first: the last one takes whatever is a path. */
static const struct db_ops *const drivers[] = { &db_sqlite };

const struct db_ops *
db_find(const char *location)
{
	for (size_t i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++) {
		if (drivers[i]->scheme[0] == '\0' &&
		    strstr(location, "://") != NULL)
			continue;
		if (text_starts_nocase(location, drivers[i]->scheme))
			return drivers[i];
	}
	return NULL;
}

/* --- opening --------------------------------------------------------------- */

static enum status
default_location(char **out, struct error *err)
{
	char *dir = NULL;
	enum status status = settings_state_dir(&dir, err);

	if (status == STATUS_OK)
		*out = mem_printf("%s/store.db", dir);
	free(dir);
	return status;
}

/* Who finds an old schema does the collector's work, unless a collector (then
 * an old one) is at it. */
static enum status
migrate_beside(struct store *store, struct error *err)
{
	struct db_lock *lock = NULL;
	enum status status;

	if (store->ops->read_only(store->db))
		return error_set(err, STATUS_FULL,
		    "store %s: of an older sendtop and not writable, so it "
		    "cannot be migrated; give leave to write",
		    store->location);
	status = store->ops->lock(store->location, &lock, err);
	if (status == STATUS_BUSY)
		error_prefix(err, "an older sendtop collects; restart it");
	if (status == STATUS_OK)
		status = schema_migrate(store->db, &schema, err);
	store->ops->unlock(lock);
	return status;
}

/* Of two who make a new store at once one is just changing the way it is
 * kept, which SQLite does not wait for by itself. */
static enum status
accept_store(struct store *store, enum store_mode mode, struct error *err)
{
	int64_t until_ms = clock_mono_ms() +
	    (mode == STORE_READ ? 0 : MAKE_PATIENCE_MS);
	enum status status = store->ops->accept(store->db, err);

	while (status == STATUS_BUSY && clock_mono_ms() < until_ms) {
		poll(NULL, 0, RETRY_MS);
		status = store->ops->accept(store->db, err);
	}
	return status;
}

static enum status
settle_schema(struct store *store, enum store_mode mode, struct error *err)
{
	int64_t version = 0;
	enum status status;

	status = schema_check(
	    store->db, store->location, &schema, &version, err);
	if (status == STATUS_OK && mode == STORE_READ && version == 0)
		status = error_set(err, STATUS_NOT_FOUND,
		    "store %s: there is nothing in it yet; run sendtop collect",
		    store->location);
	if (status == STATUS_OK && mode == STORE_COLLECT)
		status = store->ops->examine(store->db, err);
	if (status == STATUS_OK)
		status = accept_store(store, mode, err);
	if (status != STATUS_OK || version == (int64_t)schema.count)
		return status;
	if (mode == STORE_READ || (mode == STORE_WRITE && version > 0))
		return migrate_beside(store, err);
	return schema_migrate(store->db, &schema, err);
}

/* What the collector before us did not finish is to be done again. */
static enum status
take_over(struct store *store, struct error *err)
{
	struct query q;

	query_open(
	    &q, store, "UPDATE request SET state = $1 WHERE state = $2", err);
	query_int(&q, REQUEST_WAITING);
	query_int(&q, REQUEST_RUNNING);
	return query_run(&q);
}

static enum status
open_location(struct store *store, enum store_mode mode, struct error *err)
{
	enum status status = STATUS_OK;

	store->ops = db_find(store->location);
	if (store->ops == NULL || store->location[0] == '\0')
		return error_set(err, STATUS_USAGE,
		    "store '%s': expected the path of a file; this sendtop has "
		    "no driver for it",
		    store->location);
	if (mode == STORE_COLLECT)
		status = store->ops->lock(store->location, &store->lock, err);
	if (status == STATUS_OK)
		status = store->ops->open(store->location,
		    mode == STORE_READ ? DB_READ : DB_MAKE, &store->db, err);
	if (status == STATUS_OK)
		status = settle_schema(store, mode, err);
	if (status == STATUS_OK && mode == STORE_COLLECT)
		status = take_over(store, err);
	return status;
}

enum status
store_open(const char *location, enum store_mode mode, struct store **out,
    struct error *err)
{
	struct store *store;
	char *path = NULL;
	enum status status;

	if (location == NULL) {
		status = default_location(&path, err);
		if (status != STATUS_OK)
			return status;
	} else {
		path = mem_dup(location);
	}
	store = mem_zero(1, sizeof(*store));
	store->location = path;
	store->statements = map_new();
	status = open_location(store, mode, err);
	if (status != STATUS_OK) {
		store_close(store);
		return status;
	}
	*out = store;
	return STATUS_OK;
}

static void
drop_statement(void *value)
{
	struct db_stmt *stmt = value;

	stmt->ops->finalize(stmt);
}

void
store_close(struct store *store)
{
	if (store == NULL)
		return;
	store_rollback(store);
	map_free(store->statements, drop_statement);
	store_organizations_forget(store);
	if (store->db != NULL)
		store->ops->close(store->db);
	if (store->lock != NULL)
		store->ops->unlock(store->lock);
	free(store->location);
	free(store);
}

const char *
store_location(const struct store *store)
{
	return store->location;
}

uint64_t
store_changes(struct store *store)
{
	return store->ops->changes(store->db);
}

/* --- statements ------------------------------------------------------------ */

enum status
store_statement(struct store *store, const char *sql, struct db_stmt **out,
    struct error *err)
{
	enum status status = STATUS_OK;

	/* What has begun ends with what it began with. */
	if (!store->own_look && !store->in_transaction)
		status = store->ops->present(store->db, err);
	if (status != STATUS_OK)
		return status;
	*out = map_get(store->statements, sql);
	if (*out != NULL)
		return STATUS_OK;
	status = store->ops->prepare(store->db, sql, out, err);
	if (status == STATUS_OK)
		map_put(store->statements, sql, *out);
	return status;
}

enum status
store_damaged(const struct store *store, const char *what, int64_t domain,
    struct error *err)
{
	return error_set(err, STATUS_CORRUPT,
	    "store %s: damaged at the %s of domain number %ld; bring back a "
	    "copy or move it away",
	    store->location, what, (long)domain);
}

void *
store_settle(struct arena *arena, void *array, size_t count, size_t size)
{
	void *out = NULL;

	if (count * size >= ADOPTED) {
		out = mem_resize(array, count, size);
		arena_adopt(arena, out, count * size);
		return out;
	}
	if (count > 0) {
		out = arena_alloc(arena, count * size);
		memcpy(out, array, count * size);
	}
	free(array);
	return out;
}

/* --- transactions ---------------------------------------------------------- */

enum status
store_look(struct store *store, struct error *err)
{
	enum status status = STATUS_OK;

	if (store->looks == 0 && !store->in_transaction) {
		status = store->ops->present(store->db, err);
		if (status == STATUS_OK)
			status = store->ops->exec(
			    store->db, store->ops->words.look, err);
		store->own_look = status == STATUS_OK;
	}
	if (status == STATUS_OK)
		store->looks++;
	return status;
}

void
store_look_end(struct store *store)
{
	if (--store->looks > 0 || !store->own_look)
		return;
	store->ops->rollback(store->db); /* there is nothing to commit */
	store->own_look = false;
}

static enum status
begin(struct store *store, struct error *err)
{
	enum status status;

	if (store->own_look)
		return error_set(err, STATUS_USAGE,
		    "store %s: nothing can be written while it is looked at",
		    store->location);
	status = store->ops->present(store->db, err);
	if (status == STATUS_OK)
		status = store->ops->exec(
		    store->db, store->ops->words.begin, err);
	store->in_transaction = status == STATUS_OK;
	store->failed = STATUS_OK;
	return status;
}

/* A transaction that lost a part, or that the database undid by itself, must
 * not be committed: what was promised together would count in pieces. */
static enum status
still_whole(const struct store *store, struct error *err)
{
	if (store->failed != STATUS_OK)
		return error_set(err, store->failed,
		    "store %s: an earlier write of the same transaction failed",
		    store->location);
	if (!store->ops->in_transaction(store->db))
		return error_set(err, STATUS_FULL,
		    "store %s: the transaction was undone by the database",
		    store->location);
	return STATUS_OK;
}

static enum status
finish(struct store *store, enum status status, struct error *err)
{
	if (status == STATUS_OK)
		status = still_whole(store, err);
	if (status == STATUS_OK)
		status = store->ops->present(store->db, err);
	if (status == STATUS_OK)
		status = store_traffic_sum(store, err);
	if (status == STATUS_OK)
		status = store->ops->exec(store->db, "COMMIT", err);
	if (status != STATUS_OK)
		store->ops->rollback(store->db);
	store_traffic_forget(store);
	store->in_transaction = false;
	store->failed = STATUS_OK;
	return status;
}

enum status
store_begin(struct store *store, struct error *err)
{
	if (store->in_transaction)
		return error_set(err, STATUS_USAGE,
		    "store %s: a transaction is open already", store->location);
	return begin(store, err);
}

enum status
store_commit(struct store *store, struct error *err)
{
	if (!store->in_transaction)
		return error_set(err, STATUS_USAGE,
		    "store %s: there is no transaction to commit",
		    store->location);
	return finish(store, STATUS_OK, err);
}

void
store_rollback(struct store *store)
{
	if (store->in_transaction)
		store->ops->rollback(store->db);
	store_traffic_forget(store);
	store->in_transaction = false;
	store->failed = STATUS_OK;
}

enum status
store_write(struct store *store, bool *own, struct error *err)
{
	*own = !store->in_transaction;
	return *own ? begin(store, err) : still_whole(store, err);
}

enum status
store_written(
    struct store *store, bool own, enum status status, struct error *err)
{
	if (own)
		return finish(store, status, err);
	/* Not finding something wrote nothing, so the rest may stand. */
	if (status != STATUS_OK && status != STATUS_NOT_FOUND)
		store->failed = status;
	return status;
}
