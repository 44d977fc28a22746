/* The store's events, requests, activity and single values. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "sendtop/day.h"
#include "store/internal.h"
#include "store/query.h"

enum {
	REQUEST_KEPT_S = 7 * DAY_SECONDS, /* after it ended */
};

/* Every write of one statement ends the same way. */
static enum status
write_one(struct store *store, struct query *q, bool own, struct error *err)
{
	return store_written(store, own, query_run(q), err);
}

static int64_t
as_limit(size_t value)
{
	return value > INT64_MAX ? INT64_MAX : (int64_t)value;
}

/* --- events ---------------------------------------------------------------- */

enum status
store_event_add(struct store *store, const char *domain, int64_t at_s,
    const char *kind, enum verdict verdict, const char *text, struct error *err)
{
	struct query q;
	bool own;
	enum status status = store_write(store, &own, err);

	if (status != STATUS_OK)
		return status;
	query_open(&q, store,
	    "INSERT INTO event (id, at_s, domain, kind, verdict, said)"
	    " VALUES (" EVENT_NEXT ", $1, $2, $3, $4, $5)",
	    err);
	query_int(&q, at_s);
	query_text(&q, domain);
	query_text(&q, kind);
	query_int(&q, verdict);
	query_text(&q, text);
	return write_one(store, &q, own, err);
}

static struct store_event
read_event(struct query *q, struct arena *arena)
{
	int64_t verdict = query_get_int(q, 4);

	return (struct store_event){
		.id = query_get_int(q, 0),
		.at_s = query_get_int(q, 1),
		.domain = arena_dup(arena, query_get_text(q, 2)),
		.kind = arena_dup(arena, query_get_text(q, 3)),
		.verdict = verdict < VERDICT_PASS || verdict > VERDICT_SKIP
		    ? VERDICT_UNKNOWN
		    : (enum verdict)verdict,
		.text = arena_dup(arena, query_get_text(q, 5)),
	};
}

#define EVENTS "SELECT id, at_s, domain, kind, verdict, said FROM event WHERE "
#define NEWEST " ORDER BY at_s DESC, id DESC LIMIT "

enum status
store_events(struct store *store, const char *domain, int64_t since_s,
    int64_t until_s, size_t limit, struct arena *arena,
    struct store_event **out, size_t *count, struct error *err)
{
	struct store_event *all = NULL;
	size_t cap = 0;
	struct query q;

	*count = 0;
	if (domain != NULL) {
		query_open(&q, store,
		    EVENTS "domain = $1 AND at_s >= $2 AND at_s <= $3" NEWEST
			   "$4",
		    err);
		query_text(&q, domain);
	} else {
		query_open(&q, store,
		    EVENTS "at_s >= $1 AND at_s <= $2" NEWEST "$3", err);
	}
	query_int(&q, since_s);
	query_int(&q, until_s);
	query_int(&q, as_limit(limit));
	while (query_row(&q)) {
		all = mem_grow(all, *count, &cap, sizeof(*all));
		all[(*count)++] = read_event(&q, arena);
	}
	*out = store_settle(arena, all, *count, sizeof(*all));
	return query_end(&q);
}

/* --- requests -------------------------------------------------------------- */

#define REQUESTS                                                   \
	"SELECT id, kind, domain, state, result, asked_s, ended_s" \
	" FROM request WHERE "

/* A key that is pressed twice asks once. */
static enum status
waiting_already(struct store *store, enum request_kind kind, const char *domain,
    int64_t *id, struct error *err)
{
	struct query q;

	*id = 0;
	query_open(&q, store,
	    "SELECT id FROM request"
	    " WHERE state = $1 AND kind = $2 AND domain = $3",
	    err);
	query_int(&q, REQUEST_WAITING);
	query_int(&q, kind);
	query_text(&q, domain);
	if (query_row(&q))
		*id = query_get_int(&q, 0);
	return query_end(&q);
}

static enum status
forget_old(struct store *store, int64_t now_s, struct error *err)
{
	struct query q;

	query_open(&q, store,
	    "DELETE FROM request WHERE state >= $1 AND ended_s < $2", err);
	query_int(&q, REQUEST_DONE);
	query_int(&q, now_s - REQUEST_KEPT_S);
	return query_run(&q);
}

static enum status
request_insert(struct store *store, enum request_kind kind, const char *domain,
    int64_t now_s, int64_t *id, struct error *err)
{
	struct query q;
	enum status status = waiting_already(store, kind, domain, id, err);

	if (status != STATUS_OK || *id != 0)
		return status;
	status = forget_old(store, now_s, err);
	if (status != STATUS_OK)
		return status;
	query_open(&q, store,
	    "INSERT INTO request (kind, domain, state, result, asked_s,"
	    " ended_s) VALUES ($1, $2, $3, '', $4, 0) RETURNING id",
	    err);
	query_int(&q, kind);
	query_text(&q, domain);
	query_int(&q, REQUEST_WAITING);
	query_int(&q, now_s);
	if (query_row(&q))
		*id = query_get_int(&q, 0);
	return query_run(&q);
}

enum status
store_request_add(struct store *store, enum request_kind kind,
    const char *domain, int64_t now_s, int64_t *id, struct error *err)
{
	int64_t number = 0;
	bool own;
	enum status status = store_write(store, &own, err);

	if (status == STATUS_OK)
		status = store_written(store, own,
		    request_insert(store, kind, domain, now_s, &number, err),
		    err);
	if (status == STATUS_OK && id != NULL)
		*id = number;
	return status;
}

const char *
request_kind_name(enum request_kind kind)
{
	static const char *const names[] = {
		[REQUEST_PROBE] = "probe",
		[REQUEST_POLL] = "poll",
		[REQUEST_CANCEL] = "cancel",
	};

	return names[kind];
}

static struct store_request
read_request(struct query *q, struct arena *arena)
{
	int64_t kind = query_get_int(q, 1);

	return (struct store_request){
		.id = query_get_int(q, 0),
		.kind = kind < REQUEST_PROBE || kind > REQUEST_CANCEL
		    ? REQUEST_PROBE
		    : (enum request_kind)kind,
		.domain = arena_dup(arena, query_get_text(q, 2)),
		.state = (enum request_state)(query_get_int(q, 3) & 3),
		.result = arena_dup(arena, query_get_text(q, 4)),
		.asked_s = query_get_int(q, 5),
		.ended_s = query_get_int(q, 6),
	};
}

static enum status
read_requests(struct query *q, struct arena *arena, struct store_request **out,
    size_t *count)
{
	struct store_request *all = NULL;
	size_t cap = 0;

	*count = 0;
	while (query_row(q)) {
		all = mem_grow(all, *count, &cap, sizeof(*all));
		all[(*count)++] = read_request(q, arena);
	}
	*out = store_settle(arena, all, *count, sizeof(*all));
	return query_end(q);
}

enum status
store_requests_waiting(struct store *store, struct arena *arena,
    struct store_request **out, size_t *count, struct error *err)
{
	struct query q;

	query_open(&q, store, REQUESTS "state = $1 ORDER BY id", err);
	query_int(&q, REQUEST_WAITING);
	return read_requests(&q, arena, out, count);
}

enum status
store_requests(struct store *store, size_t limit, struct arena *arena,
    struct store_request **out, size_t *count, struct error *err)
{
	struct query q;

	query_open(&q, store, REQUESTS "id > 0 ORDER BY id DESC LIMIT $1", err);
	query_int(&q, as_limit(limit));
	return read_requests(&q, arena, out, count);
}

static enum status
no_request(struct error *err, int64_t id)
{
	return error_set(err, STATUS_NOT_FOUND,
	    "request number %ld is not in the store", (long)id);
}

enum status
store_request_get(struct store *store, int64_t id, struct arena *arena,
    struct store_request *out, struct error *err)
{
	bool found = false;
	struct query q;
	enum status status;

	query_open(&q, store, REQUESTS "id = $1", err);
	query_int(&q, id);
	if (query_row(&q)) {
		*out = read_request(&q, arena);
		found = true;
	}
	status = query_end(&q);
	return status != STATUS_OK || found ? status : no_request(err, id);
}

enum status
store_request_set(struct store *store, int64_t id, enum request_state state,
    const char *result, int64_t now_s, struct error *err)
{
	bool own, found = false;
	struct query q;
	enum status status = store_write(store, &own, err);

	if (status != STATUS_OK)
		return status;
	query_open(&q, store,
	    "UPDATE request SET state = $1, result = $2, ended_s = $3"
	    " WHERE id = $4 RETURNING id",
	    err);
	query_int(&q, state);
	query_text(&q, result);
	query_int(&q, state >= REQUEST_DONE ? now_s : 0);
	query_int(&q, id);
	while (query_row(&q))
		found = true;
	status = query_end(&q);
	if (status == STATUS_OK && !found)
		status = no_request(err, id);
	return store_written(store, own, status, err);
}

/* --- activity -------------------------------------------------------------- */

enum status
store_activity_set(struct store *store, const struct store_activity *activity,
    struct error *err)
{
	struct query q;
	bool own;
	enum status status = store_write(store, &own, err);

	if (status != STATUS_OK)
		return status;
	query_open(&q, store,
	    "INSERT INTO activity (kind, done, total, since_s, next_s, beat_s,"
	    " error, error_s, said)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
	    " ON CONFLICT (kind) DO UPDATE SET done = excluded.done,"
	    " total = excluded.total, since_s = excluded.since_s,"
	    " next_s = excluded.next_s, beat_s = excluded.beat_s,"
	    " error = excluded.error, error_s = excluded.error_s,"
	    " said = excluded.said",
	    err);
	query_text(&q, activity->kind);
	query_int(&q, activity->done);
	query_int(&q, activity->total);
	query_int(&q, activity->since_s);
	query_int(&q, activity->next_s);
	query_int(&q, activity->beat_s);
	query_text(&q, activity->error);
	query_int(&q, activity->error_s);
	query_text(&q, activity->text);
	return write_one(store, &q, own, err);
}

enum status
store_activities(struct store *store, struct arena *arena,
    struct store_activity **out, size_t *count, struct error *err)
{
	struct store_activity *all = NULL;
	size_t cap = 0;
	struct query q;

	*count = 0;
	query_open(&q, store,
	    "SELECT kind, done, total, since_s, next_s, beat_s, error,"
	    " error_s, said FROM activity ORDER BY kind",
	    err);
	while (query_row(&q)) {
		all = mem_grow(all, *count, &cap, sizeof(*all));
		all[(*count)++] = (struct store_activity){
			.kind = arena_dup(arena, query_get_text(&q, 0)),
			.done = query_get_int(&q, 1),
			.total = query_get_int(&q, 2),
			.since_s = query_get_int(&q, 3),
			.next_s = query_get_int(&q, 4),
			.beat_s = query_get_int(&q, 5),
			.error = arena_dup(arena, query_get_text(&q, 6)),
			.error_s = query_get_int(&q, 7),
			.text = arena_dup(arena, query_get_text(&q, 8)),
		};
	}
	*out = store_settle(arena, all, *count, sizeof(*all));
	return query_end(&q);
}

/* --- single values --------------------------------------------------------- */

enum status
store_value_set(
    struct store *store, const char *key, const char *value, struct error *err)
{
	struct query q;
	bool own;
	enum status status = store_write(store, &own, err);

	if (status != STATUS_OK)
		return status;
	query_open(&q, store,
	    "INSERT INTO state (name, said) VALUES ($1, $2)"
	    " ON CONFLICT (name) DO UPDATE SET said = excluded.said",
	    err);
	query_text(&q, key);
	query_text(&q, value);
	return write_one(store, &q, own, err);
}

enum status
store_value_get(struct store *store, const char *key, struct arena *arena,
    const char **out, struct error *err)
{
	struct query q;

	*out = "";
	query_open(&q, store, "SELECT said FROM state WHERE name = $1", err);
	query_text(&q, key);
	if (query_row(&q))
		*out = arena_dup(arena, query_get_text(&q, 0));
	return query_end(&q);
}
