/* What the files of the store share. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_STORE_INTERNAL_H
#define SENDTOP_STORE_INTERNAL_H

#include "sendtop/store_live.h"
#include "store/db.h"

struct store {
	struct db *db;
	struct db_lock *lock;
	const struct db_ops *ops;
	char *location;
	struct map *statements; /* SQL text to struct db_stmt */
	bool in_transaction;
	unsigned looks; /* store_look() without its end yet */
	bool own_look;  /* the outermost began a transaction of its own */
	/* A write of this transaction failed; it must not be committed. */
	enum status failed;
	/* Days of traffic that this transaction added to, a struct day_span a
	 * domain: their sums follow before it is committed.  NULL: none. */
	struct map *unsummed;
	struct map *organizations; /* of many domains, summed; or NULL */
};

/* The prepared statement for sql, from the cache.  STATUS_NOT_FOUND when the
 * store is no longer there. */
enum status store_statement(struct store *store, const char *sql,
    struct db_stmt **out, struct error *err) MUST_CHECK;

/*
 * A write of several statements: its own transaction, or part of the one that
 * is open.  A failure undoes it, or the whole open one.
 *
 *	status = store_write(store, &own, err);
 *	if (status == STATUS_OK)
 *		status = store_written(store, own, do_it(store, err), err);
 */
enum status store_write(
    struct store *store, bool *own, struct error *err) MUST_CHECK;
enum status store_written(struct store *store, bool own, enum status status,
    struct error *err) MUST_CHECK;

/* The number of a new event: above 0, which those that were brought from
 * elsewhere are below. */
#define EVENT_NEXT "coalesce((SELECT max(id) FROM event WHERE id > 0), 0) + 1"

/* A row that we cannot have written: STATUS_CORRUPT. */
enum status store_damaged(const struct store *store, const char *what,
    int64_t domain, struct error *err) MUST_CHECK;

/* Brings the daily sums (METRIC_LOG_*) up to the hours that were added. */
enum status store_traffic_sum(
    struct store *store, struct error *err) MUST_CHECK;
/* The hours are not added after all. */
void store_traffic_forget(struct store *store);

/* Sums of days over several domains, and of how many there was a number. */
struct day_sums {
	int32_t first;
	size_t count;
	double *sum;
	uint32_t *of;
};
/* Adds what all domains of that registrable domain have; and to *rows, how many
 * series they were. */
enum status store_series_add_all(struct store *store, const char *registrable,
    enum metric metric, struct day_sums *sums, size_t *rows,
    struct error *err) MUST_CHECK;
void store_organizations_forget(struct store *store);

/* One rate of a feedback loop, in place of one that was there. */
enum status store_feedback_row(struct store *store, int64_t domain,
    const struct feedback *feedback, struct error *err) MUST_CHECK;
/* One more row of a finding's history. */
struct finding_span;
enum status store_finding_row(struct store *store, int64_t domain,
    const struct finding_span *span, int64_t ended_s,
    struct error *err) MUST_CHECK;

/* Moves an array from the heap into the arena; frees it. */
void *store_settle(struct arena *arena, void *array, size_t count, size_t size);

/* --- between domains and the overview -------------------------------------- */

/* The overview's row of a new domain, unjudged. */
enum status store_standing_add(struct store *store, int64_t domain,
    const char *name, const char *registrable, struct error *err) MUST_CHECK;
/* Its tag, and whether it is watched, have changed. */
enum status store_standing_label(struct store *store, int64_t domain,
    const char *tag, bool watched, struct error *err) MUST_CHECK;
/* The text of the page's query, as a test of its plan wants it. */
void store_standing_sql(const struct standing_page *page, struct buf *out);

#endif
