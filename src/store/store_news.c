/* Events by number, for whoever reads on; and what hooks were told of them. */
/* SPDX-License-Identifier: MIT */
#include "sendtop/store_news.h"

#include "store/internal.h"
#include "store/query.h"

enum status
store_news_add(
    struct store *store, const struct store_news *news, struct error *err)
{
	struct query q;
	bool own;
	enum status status = store_write(store, &own, err);

	if (status != STATUS_OK)
		return status;
	query_open(&q, store,
	    "INSERT INTO event"
	    " (id, at_s, domain, kind, verdict, said, name, subject, begins)"
	    " VALUES (" EVENT_NEXT ", $1, $2, $3, $4, $5, $6, $7, $8)",
	    err);
	query_int(&q, news->event.at_s);
	query_text(&q, news->event.domain);
	query_text(&q, news->event.kind);
	query_int(&q, news->event.verdict);
	query_text(&q, news->event.text);
	query_text(&q, news->check);
	query_text(&q, news->subject);
	query_int(&q, news->begins);
	return store_written(store, own, query_run(&q), err);
}

static enum verdict
as_verdict(int64_t value)
{
	return value < VERDICT_PASS || value > VERDICT_SKIP
	    ? VERDICT_UNKNOWN
	    : (enum verdict)value;
}

static struct store_news
read_news(struct query *q, struct arena *arena)
{
	return (struct store_news){
		.event = {
			.id = query_get_int(q, 0),
			.at_s = query_get_int(q, 1),
			.domain = arena_dup(arena, query_get_text(q, 2)),
			.kind = arena_dup(arena, query_get_text(q, 3)),
			.verdict = as_verdict(query_get_int(q, 4)),
			.text = arena_dup(arena, query_get_text(q, 5)),
		},
		.check = arena_dup(arena, query_get_text(q, 6)),
		.subject = arena_dup(arena, query_get_text(q, 7)),
		.begins = query_get_int(q, 8) != 0,
	};
}

#define NEWS                                                   \
	"SELECT id, at_s, domain, kind, verdict, said, name, " \
	"subject, begins FROM event WHERE id > $1 AND at_s >= $2 "
#define LOWEST "ORDER BY id LIMIT "

enum status
store_news(struct store *store, const struct news_query *query,
    struct arena *arena, struct store_news **out, size_t *count,
    struct error *err)
{
	struct store_news *all = NULL;
	size_t cap = 0;
	struct query q;

	*count = 0;
	query_open(&q, store,
	    query->domain != NULL ? NEWS "AND domain = $3 " LOWEST "$4"
				  : NEWS LOWEST "$3",
	    err);
	query_int(&q, query->after);
	query_int(&q, query->since_s);
	if (query->domain != NULL)
		query_text(&q, query->domain);
	query_int(
	    &q, query->limit < INT64_MAX ? (int64_t)query->limit : INT64_MAX);
	while (query_row(&q)) {
		all = mem_grow(all, *count, &cap, sizeof(*all));
		all[(*count)++] = read_news(&q, arena);
	}
	*out = store_settle(arena, all, *count, sizeof(*all));
	return query_end(&q);
}

enum status
store_news_last(struct store *store, int64_t *id, struct error *err)
{
	struct query q;

	*id = 0;
	query_open(&q, store,
	    "SELECT id FROM event WHERE id > 0 ORDER BY id DESC LIMIT 1", err);
	if (query_row(&q))
		*id = query_get_int(&q, 0);
	return query_end(&q);
}

/* --- what a hook was told -------------------------------------------------- */

static void
put_key(struct query *q, const struct store_told *told)
{
	query_text(q, told->hook);
	query_text(q, told->domain);
	query_text(q, told->kind);
	query_text(q, told->check);
	query_text(q, told->subject);
}

enum status
store_told_get(struct store *store, struct store_told *told, struct error *err)
{
	struct query q;

	told->told_s = 0;
	told->verdict = VERDICT_PASS;
	told->open = false;
	query_open(&q, store,
	    "SELECT told_s, verdict, is_open FROM told WHERE hook = $1 AND domain = $2"
	    " AND kind = $3 AND name = $4 AND subject = $5",
	    err);
	put_key(&q, told);
	if (query_row(&q)) {
		told->told_s = query_get_int(&q, 0);
		told->verdict = as_verdict(query_get_int(&q, 1));
		told->open = query_get_int(&q, 2) != 0;
	}
	return query_end(&q);
}

enum status
store_told_put(
    struct store *store, const struct store_told *told, struct error *err)
{
	struct query q;
	bool own;
	enum status status = store_write(store, &own, err);

	if (status != STATUS_OK)
		return status;
	query_open(&q, store,
	    "INSERT INTO told"
	    " (hook, domain, kind, name, subject, told_s, verdict, is_open)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
	    " ON CONFLICT (hook, domain, kind, name, subject) DO UPDATE SET"
	    " told_s = excluded.told_s, verdict = excluded.verdict,"
	    " is_open = excluded.is_open",
	    err);
	put_key(&q, told);
	query_int(&q, told->told_s);
	query_int(&q, told->verdict);
	query_int(&q, told->open);
	return store_written(store, own, query_run(&q), err);
}

enum status
store_told_prune(
    struct store *store, const char *hook, int64_t before_s, struct error *err)
{
	struct query q;
	bool own;
	enum status status = store_write(store, &own, err);

	if (status != STATUS_OK)
		return status;
	query_open(&q, store,
	    "DELETE FROM told WHERE hook = $1 AND is_open = 0"
	    " AND told_s < $2",
	    err);
	query_text(&q, hook);
	query_int(&q, before_s);
	return store_written(store, own, query_run(&q), err);
}
