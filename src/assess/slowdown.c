/* A receiver that asks for less mail: how long to be silent, how to go on. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phrase.h"
#include "sendtop/assess.h"
#include "sendtop/day.h"
#include "sendtop/mem.h"

/* One row before it is cut to size. */
struct limit {
	const struct reply_count *newest;
	int64_t count;
	int64_t last_s; /* never after now */
};

/* A clock that was set back leaves replies in the future: what says that it
 * comes within a day counts as just now, for too much silence does no harm; a
 * stamp further off is a wrong year and says nothing. */
static bool
is_recent(const struct history *h, const struct reply_count *reply)
{
	int64_t age = h->now_s - reply->last_s;

	return age < DAY_SECONDS && age > -DAY_SECONDS;
}

static bool
is_limit(const struct reply_count *reply)
{
	return reply->slow_down && strcmp(reply->category, "rate_limit") == 0;
}

/* Rows come in any order, and two may be of one second. */
static bool
is_newer(const struct reply_count *a, const struct reply_count *b)
{
	int order;

	if (a->last_s != b->last_s)
		return a->last_s > b->last_s;
	order = strcmp(a->key, b->key);
	return order != 0 ? order < 0 : strcmp(a->reply, b->reply) < 0;
}

static bool
same_whom(const struct reply_count *a, const struct reply_count *b)
{
	return strcmp(a->provider, b->provider) == 0 &&
	    strcmp(a->identity, b->identity) == 0;
}

static size_t
gather(const struct history *h, struct limit **out)
{
	struct limit *limits = NULL;
	size_t count = 0, cap = 0, i, k;

	for (i = 0; i < h->reply_count; i++) {
		const struct reply_count *reply = &h->replies[i];

		if (!is_limit(reply) || !is_recent(h, reply))
			continue;
		for (k = 0; k < count; k++)
			if (same_whom(limits[k].newest, reply))
				break;
		if (k == count) {
			limits = mem_grow(limits, count, &cap, sizeof(*limits));
			limits[count++] = (struct limit){ .newest = reply };
		}
		limits[k].count += reply->count;
		if (is_newer(reply, limits[k].newest))
			limits[k].newest = reply;
	}
	for (k = 0; k < count; k++)
		limits[k].last_s = limits[k].newest->last_s < h->now_s
		    ? limits[k].newest->last_s
		    : h->now_s;
	*out = limits;
	return count;
}

/* A reply that names nobody means the DKIM domain, the SPF domain and the IP
 * alike, so it starts the clocks of those that were named anew. */
static void
spread(struct limit *limits, size_t count)
{
	size_t i, k;

	for (i = 0; i < count; i++) {
		if (limits[i].newest->identity[0] != '\0')
			continue;
		for (k = 0; k < count; k++)
			if (strcmp(limits[k].newest->provider,
				limits[i].newest->provider) == 0 &&
			    limits[k].last_s < limits[i].last_s)
				limits[k].last_s = limits[i].last_s;
	}
}

static int
compare(const void *a, const void *b)
{
	const struct limit *x = a, *y = b;
	int order;

	if (x->last_s != y->last_s)
		return x->last_s < y->last_s ? 1 : -1;
	order = strcmp(x->newest->identity, y->newest->identity);
	return order != 0 ? order
			  : strcmp(x->newest->provider, y->newest->provider);
}

/*
 * Silence, one connection when it is over, and one more for each step that
 * passes without such a reply; a reply in between is newer, and begins it all
 * again.  At limit-connections it is over.
 */
static void
run_clock(const struct history *h, struct slowdown *s)
{
	const struct settings_ramp *set = h->ramp;
	int64_t steps;

	s->quiet_until_s = s->last_s + set->limit_quiet_s;
	if (h->now_s < s->quiet_until_s) {
		s->connections = 0;
		s->next_s = s->quiet_until_s;
		return;
	}
	steps = (h->now_s - s->quiet_until_s) / set->limit_step_s;
	if (steps >= set->limit_connections - 1) {
		s->connections = (int)set->limit_connections;
		s->next_s = 0;
		return;
	}
	s->connections = 1 + (int)steps;
	s->next_s = s->quiet_until_s + (steps + 1) * set->limit_step_s;
}

static void
fill(const struct history *h, const struct limit *limit, struct slowdown *out)
{
	memset(out, 0, sizeof(*out));
	phrase(out->identity, sizeof(out->identity), "%s",
	    limit->newest->identity);
	phrase(out->provider, sizeof(out->provider), "%s",
	    limit->newest->provider);
	phrase(out->key, sizeof(out->key), "%s", limit->newest->key);
	phrase(out->reply, sizeof(out->reply), "%s", limit->newest->reply);
	out->count = limit->count;
	out->last_s = limit->last_s;
	run_clock(h, out);
}

bool
slowdowns_unsure(const struct history *history)
{
	return history->log_last_s > 0 &&
	    history->now_s - history->log_last_s > history->ramp->limit_quiet_s;
}

size_t
slowdowns_assess(
    const struct history *history, struct slowdown *out, size_t max)
{
	struct limit *limits;
	size_t count = gather(history, &limits), i;

	spread(limits, count);
	if (count > 0)
		qsort(limits, count, sizeof(*limits), compare);
	for (i = 0; i < count && i < max; i++)
		fill(history, &limits[i], &out[i]);
	free(limits);
	return i;
}
