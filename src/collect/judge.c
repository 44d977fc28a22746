/* Judging: a domain's history becomes its standing, a slice at a time. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "collector.h"
#include "sendtop/day.h"
#include "sendtop/log.h"
#include "sendtop/view.h"

/* The loop is not held longer than this at a stretch. */
/* A timer of 0 ms that starts itself again comes before everything else,
 * commits and signals too. */
enum { SLICE_MS = 10, PAUSE_MS = 1, EVENTS_MAX = 8 };

void
judge_later(struct collector *c, const char *domain)
{
	if (map_get(c->queued, domain) != NULL)
		return;
	c->queue = mem_grow(c->queue, c->queue_head + c->queue_count,
	    &c->queue_cap, sizeof(*c->queue));
	c->queue[c->queue_head + c->queue_count++] = mem_dup(domain);
	map_put(c->queued, domain, c);
	loop_timer_start(c->judge_timer, 0, 0);
}

void
judge_all(struct collector *c)
{
	struct arena *arena = arena_new();
	struct store_domain *domains;
	struct error err;
	size_t count, i;

	if (store_domains(c->store, arena, &domains, &count, &err) == STATUS_OK)
		for (i = 0; i < count; i++)
			judge_later(c, domains[i].name);
	else
		tell(c, err.text);
	arena_free(arena);
}

bool
judge_idle(const struct collector *c)
{
	return c->queue_count == 0;
}

/* The bulk rules hold for good once the line was reached by a volume that is
 * known, and for the whole registrable domain. */
static enum status
latch_bulk(struct collector *c, struct view *view, struct error *err)
{
	if (!view->judgements.ramp.bulk || view->domain.bulk_latched ||
	    view->judgements.ramp.day == DAY_NONE)
		return STATUS_OK;
	return store_domain_latch(c->store, view->domain.id, err);
}

static enum status
keep(struct collector *c, struct view *view, struct error *err)
{
	struct event_text events[EVENTS_MAX];
	struct standing before;
	enum status status;
	size_t count = 0, i;

	status = store_standing_get(c->store, view->domain.id, &before, err);
	if (status == STATUS_OK) {
		if (before.state == view->standing.state)
			view->standing.since_s = before.since_s;
		/* The first look and the first numbers are no news. */
		if (before.poll != POLL_NEVER ||
		    (view->standing.poll == POLL_NEVER &&
			before.state != STANDING_UNKNOWN))
			count = standing_events(
			    &before, &view->standing, events, EVENTS_MAX);
	} else if (status != STATUS_NOT_FOUND) {
		return status;
	}
	for (i = 0; i < count; i++)
		write_event(c, view->domain.name, &events[i]);
	status = latch_bulk(c, view, err);
	if (status != STATUS_OK)
		return status;
	return store_standing_put(
	    c->store, view->domain.id, &view->standing, err);
}

static void
judge(struct collector *c, const char *domain, struct arena *arena)
{
	struct view view;
	struct error err;

	if (!write_begin(c))
		return;
	arena_reset(arena);
	if (view_load(c->store, c->settings, c->o->requirements, domain,
		DAY_NONE, clock_utc_s(), arena, &view, &err) != STATUS_OK ||
	    keep(c, &view, &err) != STATUS_OK) {
		if (err.status == STATUS_NOT_FOUND)
			return;
		error_prefix(&err, "%s", domain);
		write_failed(c, &err);
	}
}

void
judge_turn(void *arg)
{
	struct collector *c = arg;
	int64_t start = clock_mono_ms();
	struct arena *arena = arena_new();
	char *domain;

	while (c->queue_count > 0 && clock_mono_ms() - start < SLICE_MS) {
		domain = c->queue[c->queue_head++];
		c->queue_count--;
		map_remove(c->queued, domain);
		judge(c, domain, arena);
		free(domain);
	}
	arena_free(arena);
	if (c->queue_count == 0)
		c->queue_head = 0;
	else
		loop_timer_start(c->judge_timer, PAUSE_MS, 0);
}
