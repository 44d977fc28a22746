/* The store's moving parts: standing, events, requests, activity, state. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_STORE_LIVE_H
#define SENDTOP_STORE_LIVE_H

#include "sendtop/store.h"

/* --- standing: what the overview reads ------------------------------------ */

struct store_standing {
	int64_t id;
	const char *name, *registrable, *tag;
	bool judged; /* false: not judged yet, standing is empty */
	struct standing standing;
};
enum standing_sort {
	SORT_WORST,
	SORT_NAME,
	SORT_SPAM,
	SORT_VOLUME,
	SORT_GROWTH,
	SORT_RAMP,
	SORT_REPUTATION,
	SORT_AGE,
};
enum status store_standing_put(struct store *store, int64_t domain,
    const struct standing *standing, struct error *err) MUST_CHECK;
/* STATUS_NOT_FOUND before the first. */
enum status store_standing_get(struct store *store, int64_t domain,
    struct standing *out, struct error *err) MUST_CHECK;
/*
 * A page of the overview: `limit` rows from `offset` of the watched domains
 * whose name, tag or reasons contain filter (NULL or "": all), in order.
 * *total is how many match.
 */
struct standing_page {
	enum standing_sort sort;
	bool reverse;
	const char *filter;
	size_t offset, limit;
	/* By name, forwards and without a filter: only what comes after this
	 * one, which costs less than an offset; or NULL. */
	const char *after;
};
enum status store_standing_page(struct store *store,
    const struct standing_page *page, struct arena *arena,
    struct store_standing **out, size_t *count, size_t *total,
    struct error *err) MUST_CHECK;
/* How many watched domains are in each enum standing_state; [4] not judged. */
enum status store_standing_counts(
    struct store *store, size_t out[5], struct error *err) MUST_CHECK;

/* --- events ---------------------------------------------------------------- */

struct store_event {
	int64_t id, at_s;
	const char *domain; /* "" for sendtop's own */
	const char *kind;   /* state, spam_band, finding, ramp, error, ... */
	enum verdict verdict;
	const char *text;
};
enum status store_event_add(struct store *store, const char *domain,
    int64_t at_s, const char *kind, enum verdict verdict, const char *text,
    struct error *err) MUST_CHECK;
/* Newest first; domain NULL: all; between since_s and until_s. */
enum status store_events(struct store *store, const char *domain,
    int64_t since_s, int64_t until_s, size_t limit, struct arena *arena,
    struct store_event **out, size_t *count, struct error *err) MUST_CHECK;

/* --- requests: what the screen wants done ---------------------------------- */

/* Stored as these numbers.  A cancel ends what runs, and what was asked before
 * it and waits, for its domain ("": for all). */
enum request_kind {
	REQUEST_PROBE = 1,
	REQUEST_POLL = 2,
	REQUEST_CANCEL = 3,
};
const char *request_kind_name(enum request_kind kind); /* probe, poll, ... */
enum request_state {
	REQUEST_WAITING = 0,
	REQUEST_RUNNING = 1,
	REQUEST_DONE = 2,
	REQUEST_FAILED = 3,
};
struct store_request {
	int64_t id;
	enum request_kind kind;
	const char *domain; /* "" for all */
	enum request_state state;
	const char *result; /* one sentence when done or failed */
	int64_t asked_s, ended_s;
};
/* One that waits already is not added again: *id is its number. */
enum status store_request_add(struct store *store, enum request_kind kind,
    const char *domain, int64_t now_s, int64_t *id,
    struct error *err) MUST_CHECK;
/* The waiting ones, oldest first. */
enum status store_requests_waiting(struct store *store, struct arena *arena,
    struct store_request **out, size_t *count, struct error *err) MUST_CHECK;
/* The newest, whatever became of them, newest first; those that ended are
 * kept for a week. */
enum status store_requests(struct store *store, size_t limit,
    struct arena *arena, struct store_request **out, size_t *count,
    struct error *err) MUST_CHECK;
enum status store_request_get(struct store *store, int64_t id,
    struct arena *arena, struct store_request *out,
    struct error *err) MUST_CHECK;
enum status store_request_set(struct store *store, int64_t id,
    enum request_state state, const char *result, int64_t now_s,
    struct error *err) MUST_CHECK;

/* --- activity: what the collector is doing --------------------------------- */

struct store_activity {
	const char *kind;    /* poll, probe, collector */
	int64_t done, total; /* total 0: idle */
	int64_t since_s;
	int64_t next_s;    /* when it is due again, 0 unknown */
	int64_t beat_s;    /* last sign of life */
	const char *error; /* last failure, one sentence, or "" */
	int64_t error_s;
	const char *text; /* e.g. "DNS 8 ms", "token from google.json" */
};
enum status store_activity_set(struct store *store,
    const struct store_activity *activity, struct error *err) MUST_CHECK;
enum status store_activities(struct store *store, struct arena *arena,
    struct store_activity **out, size_t *count, struct error *err) MUST_CHECK;

/* --- single values ---------------------------------------------------------- */

/* "postmaster.newest_day" (2026-11-19), "postmaster.fetched" (RFC 3339),
 * "postmaster.error", "resolver", ...  *out is "" when unset. */
enum status store_value_set(struct store *store, const char *key,
    const char *value, struct error *err) MUST_CHECK;
enum status store_value_get(struct store *store, const char *key,
    struct arena *arena, const char **out, struct error *err) MUST_CHECK;

#endif
