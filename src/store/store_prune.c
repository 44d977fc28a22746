/* Forgetting what is too old, a slice at a time. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "sendtop/day.h"
#include "sendtop/store_mail.h"
#include "store/internal.h"
#include "store/query.h"

enum {
	EVENTS_SLICE = 5000,
	DOMAINS_SLICE = 100,
	PROVIDER_SIZE = 64,
};

/* The first column of the first row, or INT64_MAX. */
static enum status
first_number(struct query *q, int64_t *out)
{
	*out = INT64_MAX;
	if (query_row(q))
		*out = query_get_int(q, 0);
	return query_end(q);
}

/* *more: a slice was full. */
static enum status
prune_events(
    struct store *store, struct store_pruning *p, bool *more, struct error *err)
{
	struct query q;
	int n = 0;

	query_open(&q, store,
	    "DELETE FROM event WHERE id IN (SELECT id FROM event"
	    " WHERE at_s < $1 ORDER BY at_s LIMIT $2) RETURNING id",
	    err);
	query_int(&q, p->before_s);
	query_int(&q, EVENTS_SLICE);
	while (query_row(&q))
		n++;
	*more = n == EVENTS_SLICE;
	return query_end(&q);
}

/* The oldest day of those that are too old. */
static enum status
prune_replies(
    struct store *store, struct store_pruning *p, bool *more, struct error *err)
{
	int64_t oldest, until = p->before_s;
	struct query q;
	enum status status;

	query_open(&q, store,
	    "SELECT hour_s FROM reply WHERE hour_s < $1"
	    " ORDER BY hour_s LIMIT 1",
	    err);
	query_int(&q, p->before_s);
	status = first_number(&q, &oldest);
	*more = oldest != INT64_MAX;
	if (status != STATUS_OK || !*more)
		return status;
	if (oldest < until - DAY_SECONDS)
		until = oldest + DAY_SECONDS;
	query_open(&q, store, "DELETE FROM reply WHERE hour_s < $1", err);
	query_int(&q, until);
	return query_run(&q);
}

static enum status
prune_days(
    struct store *store, struct store_pruning *p, bool *more, struct error *err)
{
	struct query q;

	*more = false;
	query_open(&q, store, "DELETE FROM reply_day WHERE hour_s < $1", err);
	query_int(&q, day_start(day_of(p->before_s)));
	return query_run(&q);
}

static enum status
prune_samples(
    struct store *store, struct store_pruning *p, bool *more, struct error *err)
{
	int64_t oldest;
	struct query q;
	enum status status;

	query_open(&q, store,
	    "SELECT day FROM reply_sample WHERE day < $1 ORDER BY day LIMIT 1",
	    err);
	query_int(&q, day_of(p->before_s));
	status = first_number(&q, &oldest);
	*more = oldest != INT64_MAX;
	if (status != STATUS_OK || !*more)
		return status;
	query_open(&q, store, "DELETE FROM reply_sample WHERE day <= $1", err);
	query_int(&q, oldest);
	return query_run(&q);
}

/* Provider by provider, since the hours of each lie together. */
static enum status
prune_domain(
    struct store *store, const struct store_pruning *p, struct error *err)
{
	char provider[PROVIDER_SIZE] = "";
	struct query q;
	enum status status;
	bool found;

	for (;;) {
		query_open(&q, store,
		    "SELECT provider FROM traffic"
		    " WHERE domain = $1 AND provider > $2"
		    " ORDER BY provider LIMIT 1",
		    err);
		query_int(&q, p->domain);
		query_text(&q, provider);
		found = query_row(&q) &&
		    snprintf(provider, sizeof(provider), "%s",
			query_get_text(&q, 0)) < (int)sizeof(provider);
		status = query_end(&q);
		if (status != STATUS_OK || !found)
			return status;
		query_open(&q, store,
		    "DELETE FROM traffic WHERE domain = $1 AND provider = $2"
		    " AND hour_s < $3",
		    err);
		query_int(&q, p->domain);
		query_text(&q, provider);
		query_int(&q, p->before_s);
		status = query_run(&q);
		if (status != STATUS_OK)
			return status;
	}
}

static enum status
prune_traffic(
    struct store *store, struct store_pruning *p, bool *more, struct error *err)
{
	enum status status = STATUS_OK;
	int64_t next = 0;
	struct query q;

	*more = true;
	for (int i = 0; status == STATUS_OK && i < DOMAINS_SLICE; i++) {
		query_open(&q, store,
		    "SELECT domain FROM traffic WHERE domain > $1"
		    " ORDER BY domain LIMIT 1",
		    err);
		query_int(&q, p->domain);
		status = first_number(&q, &next);
		*more = next != INT64_MAX;
		if (status != STATUS_OK || !*more)
			return status;
		p->domain = next;
		status = prune_domain(store, p, err);
	}
	return status;
}

static enum status (*const parts[])(struct store *store,
    struct store_pruning *p, bool *more, struct error *err) = {
	prune_events,
	prune_replies,
	prune_days,
	prune_samples,
	prune_traffic,
};
enum { PARTS = sizeof(parts) / sizeof(parts[0]) };

enum status
store_prune(struct store *store, struct store_pruning *pruning, bool *done,
    struct error *err)
{
	struct store_pruning next = *pruning;
	bool own, more = false;
	enum status status;

	*done = pruning->part >= PARTS;
	if (*done)
		return STATUS_OK;
	status = store_write(store, &own, err);
	if (status == STATUS_OK)
		status = store_written(store, own,
		    parts[next.part](store, &next, &more, err), err);
	if (status != STATUS_OK)
		return status;
	if (!more)
		next.part++;
	*pruning = next;
	*done = next.part >= PARTS;
	return STATUS_OK;
}
