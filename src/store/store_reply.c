/* The store's replies: what each says once, counted by the hour. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include "store/bring.h"
#include "store/internal.h"
#include "store/mail.h"
#include "store/query.h"

/* --- adding ---------------------------------------------------------------- */

static enum status
find_kind(struct store *store, const struct reply_count *reply, int64_t *id,
    struct error *err)
{
	struct query q;

	*id = 0;
	query_open(&q, store,
	    "SELECT id FROM reply_kind WHERE provider = $1 AND meaning = $2"
	    " AND reply = $3 AND identity = $4",
	    err);
	query_text(&q, reply->provider);
	query_text(&q, reply->key);
	query_text(&q, reply->reply);
	query_text(&q, reply->identity);
	if (query_row(&q))
		*id = query_get_int(&q, 0);
	return query_end(&q);
}

static enum status
add_kind(struct store *store, const struct reply_count *reply, int64_t *id,
    struct error *err)
{
	struct query q;

	query_open(&q, store,
	    "INSERT INTO reply_kind (provider, meaning, reply, identity,"
	    " category, permanent, slow_down)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
	    err);
	query_text(&q, reply->provider);
	query_text(&q, reply->key);
	query_text(&q, reply->reply);
	query_text(&q, reply->identity);
	query_text(&q, reply->category);
	query_int(&q, reply->permanent);
	query_int(&q, reply->slow_down);
	if (query_row(&q))
		*id = query_get_int(&q, 0);
	return query_run(&q);
}

#define ADD_COUNT(table)                                                      \
	"INSERT INTO " table " (domain, hour_s, stream, kind, times, last_s)" \
	" VALUES ($1, $2, $3, $4, $5, $6)"                                    \
	" ON CONFLICT (domain, hour_s, stream, kind) DO UPDATE SET"           \
	" times = CASE WHEN " table ".times > $7 - excluded.times"            \
	" THEN $7 ELSE " table ".times + excluded.times END,"                 \
	" last_s = CASE WHEN excluded.last_s > " table ".last_s"              \
	" THEN excluded.last_s ELSE " table ".last_s END"

static enum status
add_count(struct store *store, const char *sql, int64_t domain, int64_t kind,
    const struct reply_count *reply, int64_t begun_s, struct error *err)
{
	struct query q;

	query_open(&q, store, sql, err);
	query_int(&q, domain);
	query_int(&q, begun_s);
	query_text(&q, reply->stream);
	query_int(&q, kind);
	query_int(&q, reply->count);
	query_int(&q, reply->last_s);
	query_int(&q, MAIL_COUNT_MOST);
	return query_run(&q);
}

/* Of two that came in the same second the text decides, so that the order in
 * which they are added does not. */
static enum status
add_sample(struct store *store, int64_t domain, int64_t kind,
    const struct reply_count *reply, struct error *err)
{
	struct query q;

	if (reply->sample == NULL || reply->sample[0] == '\0')
		return STATUS_OK;
	query_open(&q, store,
	    "INSERT INTO reply_sample (domain, kind, day, last_s, said)"
	    " VALUES ($1, $2, $3, $4, $5)"
	    " ON CONFLICT (domain, kind, day) DO UPDATE SET"
	    " last_s = excluded.last_s, said = excluded.said"
	    " WHERE excluded.last_s > reply_sample.last_s"
	    " OR (excluded.last_s = reply_sample.last_s"
	    " AND excluded.said > reply_sample.said)",
	    err);
	query_int(&q, domain);
	query_int(&q, kind);
	query_int(&q, day_of(reply->hour_s));
	query_int(&q, reply->last_s);
	query_text(&q, reply->sample);
	return query_run(&q);
}

static enum status
add(struct store *store, int64_t domain, const struct reply_count *reply,
    struct error *err)
{
	int64_t kind = 0;
	enum status status = find_kind(store, reply, &kind, err);

	if (status == STATUS_OK && kind == 0)
		status = add_kind(store, reply, &kind, err);
	if (status == STATUS_OK)
		status = add_count(store, ADD_COUNT("reply"), domain, kind,
		    reply, reply->hour_s, err);
	if (status == STATUS_OK)
		status = add_count(store, ADD_COUNT("reply_day"), domain, kind,
		    reply, day_start(day_of(reply->hour_s)), err);
	if (status == STATUS_OK)
		status = add_sample(store, domain, kind, reply, err);
	return status;
}

static enum status
check_reply(const struct reply_count *reply, struct error *err)
{
	enum status status = mail_check_hour(reply->hour_s, clock_utc_s(), err);

	return status == STATUS_OK ? mail_check_count(reply->count, err)
				   : status;
}

enum status
store_reply_add(struct store *store, int64_t domain,
    const struct reply_count *reply, struct error *err)
{
	enum status status = check_reply(reply, err);
	bool own;

	if (status == STATUS_OK)
		status = store_write(store, &own, err);
	if (status == STATUS_OK)
		status = store_written(
		    store, own, add(store, domain, reply, err), err);
	return status;
}

/* The hour's row as it is stored; *found: there is one. */
static enum status
find_count(struct store *store, int64_t domain, int64_t kind,
    const struct reply_count *reply, struct reply_count *old, bool *found,
    struct error *err)
{
	struct query q;

	query_open(&q, store,
	    "SELECT times, last_s FROM reply WHERE domain = $1"
	    " AND hour_s = $2 AND stream = $3 AND kind = $4",
	    err);
	query_int(&q, domain);
	query_int(&q, reply->hour_s);
	query_text(&q, reply->stream);
	query_int(&q, kind);
	*found = query_row(&q);
	if (*found) {
		old->count = query_get_int(&q, 0);
		old->last_s = query_get_int(&q, 1);
	}
	return query_end(&q);
}

/* Takes the hour's row away again, from its day as well. */
static enum status
take_back(struct store *store, int64_t domain, int64_t kind,
    const struct reply_count *reply, int64_t count, struct error *err)
{
	struct query q;
	enum status status;

	query_open(&q, store,
	    "DELETE FROM reply WHERE domain = $1 AND hour_s = $2"
	    " AND stream = $3 AND kind = $4",
	    err);
	query_int(&q, domain);
	query_int(&q, reply->hour_s);
	query_text(&q, reply->stream);
	query_int(&q, kind);
	status = query_run(&q);
	if (status != STATUS_OK)
		return status;
	query_open(&q, store,
	    "UPDATE reply_day SET times = CASE WHEN times > $1"
	    " THEN times - $1 ELSE 0 END WHERE domain = $2 AND hour_s = $3"
	    " AND stream = $4 AND kind = $5",
	    err);
	query_int(&q, count);
	query_int(&q, domain);
	query_int(&q, day_start(day_of(reply->hour_s)));
	query_text(&q, reply->stream);
	query_int(&q, kind);
	return query_run(&q);
}

enum status
bring_reply(struct bringing *b, int64_t domain, const struct reply_count *reply,
    enum fate *fate, struct error *err)
{
	struct reply_count old;
	bool found = false;
	int64_t kind = 0;
	enum status status = check_reply(reply, err);

	if (status == STATUS_OK)
		status = find_kind(b->store, reply, &kind, err);
	if (status == STATUS_OK && kind != 0)
		status = find_count(
		    b->store, domain, kind, reply, &old, &found, err);
	*fate = FATE_NEW;
	if (status == STATUS_OK && found)
		*fate = old.count == reply->count && old.last_s == reply->last_s
		    ? FATE_KNOWN
		    : FATE_OTHER;
	if (status != STATUS_OK || *fate == FATE_KNOWN ||
	    (*fate == FATE_OTHER && !b->replace))
		return status;
	if (found)
		status = take_back(
		    b->store, domain, kind, reply, old.count, err);
	return status == STATUS_OK ? add(b->store, domain, reply, err) : status;
}

/* --- reading --------------------------------------------------------------- */

/* What the query gives, column by column. */
enum {
	PROVIDER,
	KEY,
	REPLY,
	CATEGORY,
	PERMANENT,
	SLOW_DOWN,
	TOTAL,
	NEWEST,
	LEAST,
	MOST,
	KIND,
	DOMAIN,
	DOMAINS,
	BEGUN,
	STREAM,
	IDENTITY,
	NAME,
};
#define COLUMNS                                                            \
	"SELECT k.provider, k.meaning, k.reply, k.category,"               \
	" k.permanent, k.slow_down, g.total AS total, g.newest AS newest," \
	" g.least, g.most, g.kind, g.domain, 1, g.begun, g.stream"
#define SUMMED_COLUMNS                                                \
	"SELECT k.provider, k.meaning, k.reply, max(k.category),"     \
	" max(k.permanent), max(k.slow_down), sum(g.total) AS total," \
	" max(g.newest) AS newest, min(g.least), max(g.most),"        \
	" max(g.kind), max(g.domain), count(DISTINCT g.domain),"      \
	" g.begun, g.stream"

/* Whether several kinds or domains may make one row. */
static bool
is_summed(const struct reply_query *ask)
{
	return ask->domain == 0 || ask->any_identity;
}

/* A count that is damaged adds nothing; that there is one is seen by least and
 * most. */
#define COUNTS                                                         \
	" AS begun, sum(CASE WHEN r.times BETWEEN 0 AND 1099511627776" \
	" THEN r.times ELSE 0 END) AS total, max(r.last_s) AS newest," \
	" min(r.times) AS least, max(r.times) AS most"

/* Whole days have been added up when they came. */
static bool
of_days(const struct reply_query *ask)
{
	return ask->by_s % DAY_SECONDS == 0 &&
	    ask->since_s % DAY_SECONDS == 0 && ask->until_s % DAY_SECONDS == 0;
}

/* The counts, by nothing but numbers: these are many rows. */
static void
write_counts(const struct reply_query *ask, struct buf *sql)
{
	buf_str(sql, " FROM (SELECT r.kind, r.domain, ");
	buf_str(sql, ask->by_s > 0 ? "r.hour_s / $1 * $1" : "$1");
	buf_str(sql, COUNTS);
	buf_str(sql, ask->by_stream ? ", r.stream" : ", '' AS stream");
	buf_str(sql, of_days(ask) ? " FROM reply_day r" : " FROM reply r");
	buf_str(sql, " WHERE r.hour_s >= $2 AND r.hour_s < $3");
	buf_str(sql, ask->domain != 0 ? " AND r.domain = $4" : "");
	buf_str(sql, " GROUP BY r.kind, r.domain");
	buf_str(sql, ask->by_s > 0 ? ", r.hour_s / $1 * $1" : "");
	buf_str(sql, ask->by_stream ? ", r.stream) g" : ") g");
}

/* What is not told apart is an empty text, so that columns keep their place. */
static void
write_sql(const struct reply_query *ask, struct buf *sql)
{
	const char *identity = ask->any_identity ? "" : ", k.identity";
	const char *name = ask->by_domain ? ", d.name" : "";

	buf_str(sql, is_summed(ask) ? SUMMED_COLUMNS : COLUMNS);
	buf_printf(sql, "%s%s", ask->any_identity ? ", ''" : identity,
	    ask->by_domain ? name : ", ''");
	write_counts(ask, sql);
	buf_str(sql,
	    " JOIN reply_kind k ON k.id = g.kind"
	    " JOIN domain d ON d.id = g.domain");
	buf_str(
	    sql, ask->domain != 0 ? " WHERE 1 = 1" : " WHERE d.sources <> $4");
	buf_str(sql, ask->provider != NULL ? " AND k.provider = $5" : "");
	if (is_summed(ask))
		buf_printf(sql,
		    " GROUP BY k.provider, k.meaning, k.reply, g.begun,"
		    " g.stream%s%s",
		    identity, name);
	buf_printf(sql,
	    " ORDER BY %s, newest DESC, k.provider, k.meaning, k.reply,"
	    " g.stream%s%s LIMIT %s",
	    ask->by_count ? "total DESC, g.begun DESC"
			  : "g.begun DESC, total DESC",
	    identity, name, ask->provider != NULL ? "$6" : "$5");
}

/* The texts of a row, most of which came before. */
struct texts {
	struct arena *arena;
	struct map *known;
};

static const char *
read_text(struct query *q, int column, const struct texts *texts)
{
	const char *text = query_get_text(q, column);
	char *known = map_get(texts->known, text);

	if (known == NULL) {
		known = arena_dup(texts->arena, text);
		map_put(texts->known, known, known);
	}
	return known;
}

static struct reply_count
read_reply(
    struct query *q, const struct reply_query *ask, const struct texts *texts)
{
	return (struct reply_count){
		.hour_s = query_get_int(q, BEGUN),
		.span_s = ask->by_s > 0 ? ask->by_s
					: ask->until_s - ask->since_s,
		.provider = read_text(q, PROVIDER, texts),
		.stream = read_text(q, STREAM, texts),
		.key = read_text(q, KEY, texts),
		.category = read_text(q, CATEGORY, texts),
		.reply = read_text(q, REPLY, texts),
		.identity = read_text(q, IDENTITY, texts),
		.permanent = query_get_int(q, PERMANENT) != 0,
		.slow_down = query_get_int(q, SLOW_DOWN) != 0,
		.count = query_get_int(q, TOTAL),
		.last_s = query_get_int(q, NEWEST),
		.sample = "",
		.domain = read_text(q, NAME, texts),
		.domains = query_get_int(q, DOMAINS),
	};
}

/* Where a row's sample is looked for. */
struct place {
	int64_t domain, kind;
};

static enum status
find_sample(struct store *store, const struct place *place, int32_t day,
    struct arena *arena, const char **out, struct error *err)
{
	struct query q;

	query_open(&q, store,
	    "SELECT said FROM reply_sample"
	    " WHERE domain = $1 AND kind = $2 AND day <= $3"
	    " ORDER BY day DESC LIMIT 1",
	    err);
	query_int(&q, place->domain);
	query_int(&q, place->kind);
	query_int(&q, day);
	*out = query_row(&q) ? arena_dup(arena, query_get_text(&q, 0)) : "";
	return query_end(&q);
}

/* The hours of a day have one sample: it is looked for once. */
static enum status
set_sample(struct store *store, const struct place *place, struct map *found,
    struct reply_count *reply, struct arena *arena, struct error *err)
{
	int32_t day = day_of(reply->hour_s + reply->span_s - 1);
	enum status status = STATUS_OK;
	char key[64];

	snprintf(key, sizeof(key), "%ld %ld %ld", (long)place->domain,
	    (long)place->kind, (long)day);
	reply->sample = map_get(found, key);
	if (reply->sample == NULL) {
		status = find_sample(
		    store, place, day, arena, &reply->sample, err);
		map_put(found, key, (void *)(uintptr_t)reply->sample);
	}
	return status;
}

/* What the query gives, as it comes. */
struct rows {
	struct reply_count *replies;
	struct place *places;
	size_t count, cap, place_cap;
};

static enum status
read_rows(struct query *q, const struct reply_query *ask, struct arena *arena,
    struct rows *rows)
{
	struct texts texts = { .arena = arena, .known = map_new() };
	bool good = true;

	while (good && query_row(q)) {
		good = query_get_int(q, LEAST) >= 0 &&
		    query_get_int(q, MOST) <= MAIL_COUNT_MOST;
		rows->replies = mem_grow(rows->replies, rows->count, &rows->cap,
		    sizeof(*rows->replies));
		rows->places = mem_grow(rows->places, rows->count,
		    &rows->place_cap, sizeof(*rows->places));
		rows->places[rows->count].domain = query_get_int(q, DOMAIN);
		rows->places[rows->count].kind = query_get_int(q, KIND);
		rows->replies[rows->count++] = read_reply(q, ask, &texts);
	}
	map_free(texts.known, NULL);
	if (query_end(q) != STATUS_OK || good)
		return q->status;
	return store_damaged(
	    q->store, "replies", rows->places[rows->count - 1].domain, q->err);
}

static void
open_replies(struct query *q, struct store *store,
    const struct reply_query *ask, struct error *err)
{
	size_t most = INT64_MAX;
	struct buf sql = { 0 };

	write_sql(ask, &sql);
	query_open(q, store, sql.data, err);
	buf_free(&sql);
	query_int(q, ask->by_s > 0 ? ask->by_s : ask->since_s);
	query_int(q, ask->since_s);
	query_int(q, ask->until_s);
	query_int(q, ask->domain);
	if (ask->provider != NULL)
		query_text(q, ask->provider);
	query_int(q, (int64_t)(ask->limit < most ? ask->limit : most));
}

enum status
store_replies(struct store *store, const struct reply_query *query,
    struct arena *arena, struct reply_count **out, size_t *count,
    struct error *err)
{
	struct map *found = map_new();
	struct rows rows = { 0 };
	struct query q;
	enum status status;

	open_replies(&q, store, query, err);
	status = read_rows(&q, query, arena, &rows);
	for (size_t i = 0; status == STATUS_OK && i < rows.count; i++)
		status = set_sample(store, &rows.places[i], found,
		    &rows.replies[i], arena, err);
	map_free(found, NULL);
	free(rows.places);
	*count = rows.count;
	*out = store_settle(arena, rows.replies, rows.count, sizeof(**out));
	return status;
}
