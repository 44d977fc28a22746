/* The store's standings: a row a domain, read a page at a time. */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sendtop/text.h"
#include "store/internal.h"
#include "store/pack.h"
#include "store/query.h"

enum {
	RANK_UNJUDGED = -1, /* below every enum standing_state */
	COUNT_UNJUDGED = 4,
};

/* Each column that an order begins with is never NULL, -1 when unknown. */
static const struct {
	const char *forwards, *backwards;
} orders[] = {
	[SORT_WORST] = { "standing_rank DESC, spam DESC, name",
	    "standing_rank, spam, name DESC" },
	[SORT_NAME] = { "name", "name DESC" },
	[SORT_SPAM] = { "spam DESC, name", "spam, name DESC" },
	[SORT_VOLUME] = { "volume DESC, name", "volume, name DESC" },
	[SORT_GROWTH] = { "growth DESC, name", "growth, name DESC" },
	[SORT_RAMP] = { "ramp DESC, name", "ramp, name DESC" },
	[SORT_REPUTATION] = { "reputation DESC, name",
	    "reputation, name DESC" },
	/* The oldest first: what was never looked at has the age of all. */
	[SORT_AGE] = { "dated_s, name", "dated_s DESC, name DESC" },
};

/* --- the tally: watched domains by rank ------------------------------------ */

static enum status
count_more(struct store *store, int64_t rank, int by, struct error *err)
{
	struct query q;

	query_open(&q, store,
	    "INSERT INTO tally (standing_rank, domains) VALUES ($1, $2)"
	    " ON CONFLICT (standing_rank) DO UPDATE SET"
	    " domains = tally.domains + excluded.domains",
	    err);
	query_int(&q, rank);
	query_int(&q, by);
	return query_run(&q);
}

/* What a row counts as changes from one rank to another; either may be not
 * watched, which counts as nothing. */
static enum status
recount(struct store *store, bool was_watched, int64_t was, bool watched,
    int64_t rank, struct error *err)
{
	enum status status = STATUS_OK;

	if (was_watched == watched && was == rank)
		return STATUS_OK;
	if (was_watched)
		status = count_more(store, was, -1, err);
	if (status == STATUS_OK && watched)
		status = count_more(store, rank, 1, err);
	return status;
}

enum status
store_standing_counts(struct store *store, size_t out[5], struct error *err)
{
	struct query q;

	memset(out, 0, 5 * sizeof(*out));
	query_open(&q, store, "SELECT standing_rank, domains FROM tally", err);
	while (query_row(&q)) {
		int64_t rank = query_get_int(&q, 0);
		int64_t domains = query_get_int(&q, 1);

		if (rank < STANDING_OK || rank > STANDING_CRITICAL)
			rank = COUNT_UNJUDGED;
		out[rank] += domains > 0 ? (size_t)domains : 0;
	}
	return query_end(&q);
}

/* --- rows ------------------------------------------------------------------ */

/* What a filter is compared with, in lower case; no filter holds the line's
 * end that keeps name, tag and reasons apart. */
static char *
words_of(const char *name, const char *tag, const char *reasons)
{
	char *words = mem_printf("%s\n%s\n%s", name, tag, reasons);

	text_lower(words);
	return words;
}

enum status
store_standing_add(struct store *store, int64_t domain, const char *name,
    const char *registrable, struct error *err)
{
	char *words = words_of(name, "", "");
	struct query q;
	enum status status;

	query_open(&q, store,
	    "INSERT INTO standing (domain, watched, standing_rank, spam, name,"
	    " registrable, tag, volume, growth, ramp, reputation, dated_s,"
	    " words, packed)"
	    " VALUES ($1, 0, $2, -1, $3, $4, '', -1, -1, -1, -1, 0, $5, $6)",
	    err);
	query_int(&q, domain);
	query_int(&q, RANK_UNJUDGED);
	query_text(&q, name);
	query_text(&q, registrable);
	query_text(&q, words);
	query_blob(&q, "", 0);
	status = query_run(&q);
	free(words);
	return status;
}

/* What is there already of a domain. */
struct row {
	bool watched;
	int64_t rank;
	char *name, *tag;
	char *packed;
	size_t len;
};

static void
row_fini(struct row *row)
{
	free(row->name);
	free(row->tag);
	free(row->packed);
}

static enum status
find(struct store *store, int64_t domain, struct row *out, struct error *err)
{
	const void *data;
	struct query q;
	enum status status;

	*out = (struct row){ 0 };
	query_open(&q, store,
	    "SELECT watched, standing_rank, name, tag, packed FROM standing"
	    " WHERE domain = $1",
	    err);
	query_int(&q, domain);
	if (query_row(&q)) {
		out->watched = query_get_int(&q, 0) != 0;
		out->rank = query_get_int(&q, 1);
		out->name = mem_dup(query_get_text(&q, 2));
		out->tag = mem_dup(query_get_text(&q, 3));
		data = query_get_blob(&q, 4, &out->len);
		out->packed = mem_ndup(data != NULL ? data : "", out->len);
	}
	status = query_end(&q);
	if (status == STATUS_OK && out->name == NULL)
		return error_set(err, STATUS_NOT_FOUND,
		    "domain number %ld is not in the store", (long)domain);
	return status;
}

static enum status
relabel(struct store *store, int64_t domain, const struct row *row,
    const char *tag, bool watched, struct error *err)
{
	struct standing standing;
	struct query q;
	char *words;
	enum status status;

	unpack_standing(row->packed, row->len, &standing);
	words = words_of(row->name, tag, standing.reasons);
	query_open(&q, store,
	    "UPDATE standing SET watched = $1, tag = $2, words = $3"
	    " WHERE domain = $4",
	    err);
	query_int(&q, watched);
	query_text(&q, tag);
	query_text(&q, words);
	query_int(&q, domain);
	status = query_run(&q);
	free(words);
	return status;
}

enum status
store_standing_label(struct store *store, int64_t domain, const char *tag,
    bool watched, struct error *err)
{
	struct row row;
	enum status status = find(store, domain, &row, err);

	if (status == STATUS_OK)
		status = relabel(store, domain, &row, tag, watched, err);
	if (status == STATUS_OK)
		status = recount(
		    store, row.watched, row.rank, watched, row.rank, err);
	row_fini(&row);
	return status;
}

static double
or_minus(double value)
{
	return isfinite(value) ? value : -1;
}

static int64_t
dated(const struct standing *standing)
{
	return standing->probed_s > standing->fetched_s ? standing->probed_s
							: standing->fetched_s;
}

static enum status
write_row(struct store *store, int64_t domain, const char *words,
    const struct standing *standing, const struct buf *packed,
    struct error *err)
{
	struct query q;

	query_open(&q, store,
	    "UPDATE standing SET standing_rank = $1, spam = $2, volume = $3,"
	    " growth = $4, ramp = $5, reputation = $6, dated_s = $7,"
	    " words = $8, packed = $9 WHERE domain = $10",
	    err);
	query_int(&q, standing->state);
	query_double(&q, or_minus(standing_spam_place(standing)));
	query_double(&q, or_minus(standing->volume));
	query_double(&q, or_minus(standing->growth));
	query_int(&q, standing->ramp);
	query_int(&q, standing->reputation);
	query_int(&q, dated(standing));
	query_text(&q, words);
	query_blob(&q, packed->data, packed->len);
	query_int(&q, domain);
	return query_run(&q);
}

/* Nothing new, nothing written: no screen is woken. */
static bool
is_same(const struct row *row, const struct buf *packed)
{
	return row->len == packed->len &&
	    memcmp(row->packed, packed->data, packed->len) == 0;
}

static enum status
put(struct store *store, int64_t domain, const struct standing *standing,
    const struct buf *packed, struct error *err)
{
	char reasons[sizeof(standing->reasons)], *words = NULL;
	struct row row;
	enum status status = find(store, domain, &row, err);

	if (status != STATUS_OK || is_same(&row, packed)) {
		row_fini(&row);
		return status;
	}
	memcpy(reasons, standing->reasons, sizeof(reasons));
	reasons[sizeof(reasons) - 1] = '\0';
	words = words_of(row.name, row.tag, reasons);
	status = write_row(store, domain, words, standing, packed, err);
	if (status == STATUS_OK)
		status = recount(store, row.watched, row.rank, row.watched,
		    standing->state, err);
	free(words);
	row_fini(&row);
	return status;
}

enum status
store_standing_put(struct store *store, int64_t domain,
    const struct standing *standing, struct error *err)
{
	struct buf packed = { 0 };
	bool own;
	enum status status = store_write(store, &own, err);

	if (status != STATUS_OK)
		return status;
	pack_standing(standing, &packed);
	status = store_written(
	    store, own, put(store, domain, standing, &packed, err), err);
	buf_free(&packed);
	return status;
}

enum status
store_standing_get(struct store *store, int64_t domain, struct standing *out,
    struct error *err)
{
	struct row row;
	enum status status = find(store, domain, &row, err);

	if (status == STATUS_OK && !unpack_standing(row.packed, row.len, out))
		status = error_set(err, STATUS_NOT_FOUND,
		    "domain number %ld has not been judged yet", (long)domain);
	row_fini(&row);
	return status;
}

/* --- pages ----------------------------------------------------------------- */

/* The filter as a LIKE pattern that takes every character for itself. */
static char *
pattern_of(const char *filter)
{
	struct buf out = { 0 };
	char *pattern;

	buf_char(&out, '%');
	for (; *filter != '\0'; filter++) {
		if (strchr("%_!", *filter) != NULL)
			buf_char(&out, '!');
		buf_char(&out, *filter);
	}
	buf_char(&out, '%');
	pattern = buf_take(&out);
	text_lower(pattern);
	return pattern;
}

static bool
has_filter(const struct standing_page *page)
{
	return page->filter != NULL && page->filter[0] != '\0';
}

#define ROWS \
	"SELECT domain, name, registrable, tag, packed FROM standing WHERE "

void
store_standing_sql(const struct standing_page *page, struct buf *out)
{
	size_t sort = (size_t)page->sort;
	const char *order;

	if (sort >= sizeof(orders) / sizeof(orders[0]))
		sort = SORT_WORST;
	order = page->reverse ? orders[sort].backwards : orders[sort].forwards;
	if (has_filter(page))
		buf_printf(out,
		    "SELECT domain FROM standing WHERE watched = 1"
		    " AND words LIKE $1 ESCAPE '!' ORDER BY %s",
		    order);
	else if (page->after != NULL)
		buf_printf(out,
		    ROWS "watched = 1 AND name > $1"
			 " ORDER BY %s LIMIT $2 OFFSET $3",
		    order);
	else
		buf_printf(out,
		    ROWS "watched = 1 ORDER BY %s LIMIT $1 OFFSET $2", order);
}

/* A page while it is read. */
struct rows {
	struct store *store;
	struct arena *arena;
	struct error *err;
	struct store_standing *items;
	size_t count, cap, total;
};

/* A standing that was packed by another version is as good as none: the
 * collector judges it again. */
static void
read_row(struct rows *rows, struct query *q)
{
	struct store_standing row = {
		.id = query_get_int(q, 0),
		.name = arena_dup(rows->arena, query_get_text(q, 1)),
		.registrable = arena_dup(rows->arena, query_get_text(q, 2)),
		.tag = arena_dup(rows->arena, query_get_text(q, 3)),
	};
	size_t len = 0;
	const void *data = query_get_blob(q, 4, &len);

	row.judged = unpack_standing(data, len, &row.standing);
	rows->items = mem_grow(
	    rows->items, rows->count, &rows->cap, sizeof(row));
	rows->items[rows->count++] = row;
}

static int64_t
as_limit(size_t value)
{
	return value > INT64_MAX ? INT64_MAX : (int64_t)value;
}

/* All domains: a tree has them in order, and the tally knows how many. */
static enum status
read_all(struct rows *rows, const struct standing_page *page, const char *sql)
{
	size_t counts[5];
	struct query q;
	enum status status = store_standing_counts(
	    rows->store, counts, rows->err);

	for (size_t i = 0; status == STATUS_OK && i < 5; i++)
		rows->total += counts[i];
	if (status != STATUS_OK)
		return status;
	query_open(&q, rows->store, sql, rows->err);
	if (page->after != NULL)
		query_text(&q, page->after);
	query_int(&q, as_limit(page->limit));
	query_int(&q, as_limit(page->offset));
	while (query_row(&q))
		read_row(rows, &q);
	return query_end(&q);
}

static enum status
read_one(struct rows *rows, int64_t domain)
{
	struct query q;

	query_open(&q, rows->store, ROWS "domain = $1", rows->err);
	query_int(&q, domain);
	while (query_row(&q))
		read_row(rows, &q);
	return query_end(&q);
}

/* With a filter all words are looked at once, which tells how many match;
 * only the page's rows are read whole. */
static enum status
read_matching(
    struct rows *rows, const struct standing_page *page, const char *sql)
{
	char *pattern = pattern_of(page->filter);
	int64_t *ids = NULL;
	size_t count = 0, cap = 0;
	struct query q;
	enum status status;

	query_open(&q, rows->store, sql, rows->err);
	query_text(&q, pattern);
	while (query_row(&q))
		if (rows->total++ >= page->offset && count < page->limit) {
			ids = mem_grow(ids, count, &cap, sizeof(*ids));
			ids[count++] = query_get_int(&q, 0);
		}
	status = query_end(&q);
	for (size_t i = 0; status == STATUS_OK && i < count; i++)
		status = read_one(rows, ids[i]);
	free(ids);
	free(pattern);
	return status;
}

enum status
store_standing_page(struct store *store, const struct standing_page *page,
    struct arena *arena, struct store_standing **out, size_t *count,
    size_t *total, struct error *err)
{
	struct rows rows = { .store = store, .arena = arena, .err = err };
	struct buf sql = { 0 };
	enum status status;

	store_standing_sql(page, &sql);
	status = has_filter(page) ? read_matching(&rows, page, sql.data)
				  : read_all(&rows, page, sql.data);
	*count = rows.count;
	*total = rows.total;
	*out = store_settle(arena, rows.items, rows.count, sizeof(*rows.items));
	buf_free(&sql);
	return status;
}
