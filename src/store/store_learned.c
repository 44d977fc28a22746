/* How far logs were read, and what was learned from them of senders. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "sendtop/store_mail.h"
#include "store/internal.h"
#include "store/query.h"

/* --- cursors --------------------------------------------------------------- */

#define CURSORS                                                      \
	"SELECT path, device, inode, read_to, head_len, head_hash, " \
	"read_s, first_s, last_s, lines, attempts, skipped, state, " \
	"error, tail_end, tail_len, tail_hash, head_steps FROM log_cursor"

static struct log_cursor
read_cursor(struct query *q, struct arena *arena)
{
	return (struct log_cursor){
		.path = arena_dup(arena, query_get_text(q, 0)),
		.device = (uint64_t)query_get_int(q, 1),
		.inode = (uint64_t)query_get_int(q, 2),
		.offset = (uint64_t)query_get_int(q, 3),
		.head_len = (uint64_t)query_get_int(q, 4),
		.head_hash = (uint64_t)query_get_int(q, 5),
		.read_s = query_get_int(q, 6),
		.first_s = query_get_int(q, 7),
		.last_s = query_get_int(q, 8),
		.lines = query_get_int(q, 9),
		.attempts = query_get_int(q, 10),
		.skipped = query_get_int(q, 11),
		.state = arena_dup(arena, query_get_text(q, 12)),
		.error = arena_dup(arena, query_get_text(q, 13)),
		.tail_end = (uint64_t)query_get_int(q, 14),
		.tail_len = (uint64_t)query_get_int(q, 15),
		.tail_hash = (uint64_t)query_get_int(q, 16),
		.head_steps = arena_dup(arena, query_get_text(q, 17)),
	};
}

static enum status
first_cursor(
    struct query *q, struct arena *arena, struct log_cursor *out, bool *found)
{
	*found = query_row(q);
	if (*found)
		*out = read_cursor(q, arena);
	return query_end(q);
}

enum status
store_cursor_get(struct store *store, const char *path, struct arena *arena,
    struct log_cursor *out, struct error *err)
{
	struct query q;
	enum status status;
	bool found;

	query_open(&q, store, CURSORS " WHERE path = $1", err);
	query_text(&q, path);
	status = first_cursor(&q, arena, out, &found);
	if (status == STATUS_OK && !found)
		return error_set(
		    err, STATUS_NOT_FOUND, "log %s was never read", path);
	return status;
}

enum status
store_cursor_find(struct store *store, uint64_t device, uint64_t inode,
    struct arena *arena, struct log_cursor *out, struct error *err)
{
	struct query q;
	enum status status;
	bool found;

	query_open(&q, store,
	    CURSORS " WHERE device = $1 AND inode = $2"
		    " ORDER BY read_s DESC, path LIMIT 1",
	    err);
	query_int(&q, (int64_t)device);
	query_int(&q, (int64_t)inode);
	status = first_cursor(&q, arena, out, &found);
	if (status == STATUS_OK && !found)
		return error_set(err, STATUS_NOT_FOUND,
		    "no log with inode %lu was read", (unsigned long)inode);
	return status;
}

enum status
store_cursors(struct store *store, struct arena *arena, struct log_cursor **out,
    size_t *count, struct error *err)
{
	struct log_cursor *all = NULL;
	size_t cap = 0;
	struct query q;

	*count = 0;
	query_open(&q, store, CURSORS " ORDER BY path", err);
	while (query_row(&q)) {
		all = mem_grow(all, *count, &cap, sizeof(*all));
		all[(*count)++] = read_cursor(&q, arena);
	}
	*out = store_settle(arena, all, *count, sizeof(*all));
	return query_end(&q);
}

static void
bind_cursor(struct query *q, const struct log_cursor *c)
{
	query_text(q, c->path);
	query_int(q, (int64_t)c->device);
	query_int(q, (int64_t)c->inode);
	query_int(q, (int64_t)c->offset);
	query_int(q, (int64_t)c->head_len);
	query_int(q, (int64_t)c->head_hash);
	query_int(q, c->read_s);
	query_int(q, c->first_s);
	query_int(q, c->last_s);
	query_int(q, c->lines);
	query_int(q, c->attempts);
	query_int(q, c->skipped);
	query_text(q, c->state);
	query_text(q, c->error);
	query_int(q, (int64_t)c->tail_end);
	query_int(q, (int64_t)c->tail_len);
	query_int(q, (int64_t)c->tail_hash);
	query_text(q, c->head_steps != NULL ? c->head_steps : "");
}

enum status
store_cursor_put(
    struct store *store, const struct log_cursor *cursor, struct error *err)
{
	struct query q;
	bool own;
	enum status status = store_write(store, &own, err);

	if (status != STATUS_OK)
		return status;
	query_open(&q, store,
	    "INSERT INTO log_cursor (path, device, inode, read_to, head_len,"
	    " head_hash, read_s, first_s, last_s, lines, attempts, skipped,"
	    " state, error, tail_end, tail_len, tail_hash, head_steps)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10,"
	    " $11, $12, $13, $14, $15, $16, $17, $18)"
	    " ON CONFLICT (path) DO UPDATE SET device = excluded.device,"
	    " inode = excluded.inode, read_to = excluded.read_to,"
	    " head_len = excluded.head_len, head_hash = excluded.head_hash,"
	    " read_s = excluded.read_s, first_s = excluded.first_s,"
	    " last_s = excluded.last_s, lines = excluded.lines,"
	    " attempts = excluded.attempts, skipped = excluded.skipped,"
	    " state = excluded.state, error = excluded.error,"
	    " tail_end = excluded.tail_end, tail_len = excluded.tail_len,"
	    " tail_hash = excluded.tail_hash,"
	    " head_steps = excluded.head_steps",
	    err);
	bind_cursor(&q, cursor);
	return store_written(store, own, query_run(&q), err);
}

enum status
store_cursor_drop(struct store *store, const char *path, struct error *err)
{
	struct query q;
	bool own;
	enum status status = store_write(store, &own, err);

	if (status != STATUS_OK)
		return status;
	query_open(&q, store, "DELETE FROM log_cursor WHERE path = $1", err);
	query_text(&q, path);
	return store_written(store, own, query_run(&q), err);
}

enum status
store_log_span(
    struct store *store, int64_t *first_s, int64_t *last_s, struct error *err)
{
	struct query q;

	*first_s = *last_s = 0;
	query_open(&q, store,
	    "SELECT min(first_s), max(last_s) FROM log_cursor"
	    " WHERE first_s > 0 HAVING count(*) > 0",
	    err);
	if (query_row(&q)) {
		*first_s = query_get_int(&q, 0);
		*last_s = query_get_int(&q, 1);
	}
	return query_end(&q);
}

/* --- selectors, addresses, HELO names -------------------------------------- */

/* How many of a kind there are; *known: this one is among them. */
static enum status
count_kind(struct store *store, int64_t domain, const struct learned *learned,
    int64_t *count, bool *known, struct error *err)
{
	struct query q;

	*count = 0;
	*known = false;
	query_open(&q, store,
	    "SELECT count(*), coalesce(max(CASE WHEN said = $1 THEN 1 ELSE 0"
	    " END), 0) FROM learned WHERE domain = $2 AND kind = $3",
	    err);
	query_text(&q, learned->value);
	query_int(&q, domain);
	query_text(&q, learned->kind);
	if (query_row(&q)) {
		*count = query_get_int(&q, 0);
		*known = query_get_int(&q, 1) != 0;
	}
	return query_end(&q);
}

static enum status
drop_oldest(
    struct store *store, int64_t domain, const char *kind, struct error *err)
{
	struct query q;

	query_open(&q, store,
	    "DELETE FROM learned WHERE domain = $1 AND kind = $2 AND said ="
	    " (SELECT said FROM learned WHERE domain = $1 AND kind = $2"
	    " ORDER BY last_s, said LIMIT 1)",
	    err);
	query_int(&q, domain);
	query_text(&q, kind);
	return query_run(&q);
}

static enum status
put_learned(struct store *store, int64_t domain, const struct learned *learned,
    struct error *err)
{
	struct query q;

	query_open(&q, store,
	    "INSERT INTO learned (domain, kind, said, source, first_s, last_s)"
	    " VALUES ($1, $2, $3, $4, $5, $6)"
	    " ON CONFLICT (domain, kind, said) DO UPDATE SET"
	    " first_s = CASE WHEN excluded.first_s < learned.first_s"
	    " THEN excluded.first_s ELSE learned.first_s END,"
	    " last_s = CASE WHEN excluded.last_s > learned.last_s"
	    " THEN excluded.last_s ELSE learned.last_s END",
	    err);
	query_int(&q, domain);
	query_text(&q, learned->kind);
	query_text(&q, learned->value);
	query_text(&q, learned->source);
	query_int(&q, learned->first_s);
	query_int(&q, learned->last_s);
	return query_run(&q);
}

static enum status
learn(struct store *store, int64_t domain, const struct learned *learned,
    struct error *err)
{
	int64_t count;
	bool known;
	enum status status = count_kind(
	    store, domain, learned, &count, &known, err);

	if (status == STATUS_OK && !known && count >= LEARNED_MOST)
		status = drop_oldest(store, domain, learned->kind, err);
	if (status == STATUS_OK)
		status = put_learned(store, domain, learned, err);
	return status;
}

enum status
store_learned_add(struct store *store, int64_t domain,
    const struct learned *learned, struct error *err)
{
	bool own;
	enum status status = store_write(store, &own, err);

	if (status == STATUS_OK)
		status = store_written(
		    store, own, learn(store, domain, learned, err), err);
	return status;
}

enum status
store_learned(struct store *store, int64_t domain, const char *kind,
    struct arena *arena, struct learned **out, size_t *count, struct error *err)
{
	struct learned *all = NULL;
	size_t cap = 0;
	struct query q;

	*count = 0;
	query_open(&q, store,
	    kind != NULL
		? "SELECT kind, said, source, first_s, last_s FROM learned"
		  " WHERE domain = $1 AND kind = $2 ORDER BY said"
		: "SELECT kind, said, source, first_s, last_s FROM learned"
		  " WHERE domain = $1 ORDER BY kind, said",
	    err);
	query_int(&q, domain);
	if (kind != NULL)
		query_text(&q, kind);
	while (query_row(&q)) {
		all = mem_grow(all, *count, &cap, sizeof(*all));
		all[(*count)++] = (struct learned){
			.kind = arena_dup(arena, query_get_text(&q, 0)),
			.value = arena_dup(arena, query_get_text(&q, 1)),
			.source = arena_dup(arena, query_get_text(&q, 2)),
			.first_s = query_get_int(&q, 3),
			.last_s = query_get_int(&q, 4),
		};
	}
	*out = store_settle(arena, all, *count, sizeof(*all));
	return query_end(&q);
}

/* --- envelope senders ------------------------------------------------------ */

/* *added: it may be a new row. */
static enum status
put_sender(struct store *store, int64_t domain,
    const struct sender_seen *sender, bool *added, struct error *err)
{
	struct query q;

	*added = false;
	query_open(&q, store,
	    "INSERT INTO sender (domain, address, stream, times, first_s,"
	    " last_s) VALUES ($1, $2, $3, $4, $5, $6)"
	    " ON CONFLICT (domain, address, stream) DO UPDATE SET"
	    " times = sender.times + excluded.times,"
	    " first_s = CASE WHEN excluded.first_s < sender.first_s"
	    " THEN excluded.first_s ELSE sender.first_s END,"
	    " last_s = CASE WHEN excluded.last_s > sender.last_s"
	    " THEN excluded.last_s ELSE sender.last_s END RETURNING times",
	    err);
	query_int(&q, domain);
	query_text(&q, sender->address);
	query_text(&q, sender->stream);
	query_int(&q, sender->count);
	query_int(&q, sender->first_s);
	query_int(&q, sender->last_s);
	while (query_row(&q))
		*added = query_get_int(&q, 0) == sender->count;
	return query_end(&q);
}

static enum status
drop_streams(
    struct store *store, int64_t domain, const char *address, struct error *err)
{
	struct query q;

	query_open(&q, store,
	    "DELETE FROM sender WHERE domain = $1 AND address = $2"
	    " AND stream IN (SELECT stream FROM sender WHERE domain = $1"
	    " AND address = $2 ORDER BY times DESC, last_s DESC, stream"
	    " LIMIT $3 OFFSET $4)",
	    err);
	query_int(&q, domain);
	query_text(&q, address);
	query_int(&q, INT32_MAX);
	query_int(&q, SENDERS_MOST);
	return query_run(&q);
}

static enum status
drop_addresses(struct store *store, int64_t domain, struct error *err)
{
	struct query q;

	query_open(&q, store,
	    "DELETE FROM sender WHERE domain = $1 AND address IN"
	    " (SELECT address FROM sender WHERE domain = $1 GROUP BY address"
	    " ORDER BY sum(times) DESC, max(last_s) DESC, address"
	    " LIMIT $2 OFFSET $3)",
	    err);
	query_int(&q, domain);
	query_int(&q, INT32_MAX);
	query_int(&q, SENDERS_MOST);
	return query_run(&q);
}

static enum status
add_sender(struct store *store, int64_t domain,
    const struct sender_seen *sender, struct error *err)
{
	bool added;
	enum status status = put_sender(store, domain, sender, &added, err);

	if (status != STATUS_OK || !added)
		return status;
	status = drop_streams(store, domain, sender->address, err);
	if (status == STATUS_OK)
		status = drop_addresses(store, domain, err);
	return status;
}

enum status
store_sender_add(struct store *store, int64_t domain,
    const struct sender_seen *sender, struct error *err)
{
	bool own;
	enum status status = store_write(store, &own, err);

	if (status == STATUS_OK)
		status = store_written(
		    store, own, add_sender(store, domain, sender, err), err);
	return status;
}

enum status
store_senders(struct store *store, int64_t domain, int64_t since_s,
    struct arena *arena, struct sender_seen **out, size_t *count,
    struct error *err)
{
	struct sender_seen *all = NULL;
	size_t cap = 0;
	struct query q;

	*count = 0;
	query_open(&q, store,
	    "SELECT address, stream, times, first_s, last_s FROM sender"
	    " WHERE domain = $1 AND last_s >= $2"
	    " ORDER BY times DESC, address, stream",
	    err);
	query_int(&q, domain);
	query_int(&q, since_s);
	while (query_row(&q)) {
		all = mem_grow(all, *count, &cap, sizeof(*all));
		all[(*count)++] = (struct sender_seen){
			.address = arena_dup(arena, query_get_text(&q, 0)),
			.stream = arena_dup(arena, query_get_text(&q, 1)),
			.count = query_get_int(&q, 2),
			.first_s = query_get_int(&q, 3),
			.last_s = query_get_int(&q, 4),
		};
	}
	*out = store_settle(arena, all, *count, sizeof(*all));
	return query_end(&q);
}
