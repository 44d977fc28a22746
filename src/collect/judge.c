/* Judging: a domain's history becomes its standing, a slice at a time. */
/* SPDX-License-Identifier: MIT */
#include <math.h>
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

static void
judge_muted(struct collector *c, const struct store_mute *mute)
{
	if (mute->domain[0] == '\0')
		judge_all(c);
	else
		judge_later(c, mute->domain);
}

/* The mutes of one list that the other does not have. */
static void
judge_others(struct collector *c, const struct store_mute *mutes, size_t count,
    const struct store_mute *others, size_t other_count)
{
	for (size_t i = 0; i < count; i++) {
		bool found = false;

		for (size_t k = 0; k < other_count; k++)
			found = found || others[k].id == mutes[i].id;
		if (!found)
			judge_muted(c, &mutes[i]);
	}
}

void
judge_mutes(struct collector *c, int64_t now_s)
{
	struct arena *arena = arena_new();
	struct store_mute *mutes;
	struct error err;
	size_t count;

	if (store_mutes(c->store, NULL, now_s, arena, &mutes, &count, &err) !=
	    STATUS_OK) {
		write_failed(c, &err);
		arena_free(arena);
		return;
	}
	/* The first look is at what all are judged by anyway. */
	if (c->mutes_arena != NULL) {
		judge_others(c, mutes, count, c->mutes, c->mute_count);
		judge_others(c, c->mutes, c->mute_count, mutes, count);
	}
	arena_free(c->mutes_arena);
	c->mutes_arena = arena;
	c->mutes = mutes;
	c->mute_count = count;
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
			(before.state != STANDING_UNKNOWN ||
			    !isnan(before.volume))))
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

struct seen_changes {
	struct changes changes;
	bool any;
};

static void
note_change(
    void *arg, const struct finding *before, const struct finding *after)
{
	struct seen_changes *seen = arg;

	seen->any = true;
	write_changed(&seen->changes, before, after);
}

/* How mail is sent shows in the hours of the log; requirements hang on it. */
static enum status
keep_traffic(struct collector *c, struct view *view, struct arena *arena,
    bool *changed, struct error *err)
{
	static const char *const checks[] = { "burst", "ip_use", "from_use" };
	struct seen_changes seen = { .changes = { .c = c,
					 .domain = view->domain.name } };
	struct finding *found;
	enum status status;
	size_t count;

	*changed = false;
	if (view->history.log_last_s == 0)
		return STATUS_OK;
	count = traffic_findings(&view->history, arena, &found);
	status = store_findings_put(c->store, view->domain.id, checks,
	    sizeof(checks) / sizeof(checks[0]), found, count, clock_utc_s(),
	    note_change, &seen, err);
	*changed = seen.any;
	return status;
}

static enum status
look(struct collector *c, const char *domain, struct arena *arena,
    struct view *view, struct error *err)
{
	return view_load(c->store, c->settings, c->o->requirements, domain,
	    DAY_NONE, clock_utc_s(), arena, view, err);
}

static void
judge(struct collector *c, const char *domain, struct arena *arena)
{
	enum status status;
	struct view view;
	struct error err;
	bool changed;

	if (!write_begin(c))
		return;
	arena_reset(arena);
	status = look(c, domain, arena, &view, &err);
	if (status == STATUS_OK)
		status = keep_traffic(c, &view, arena, &changed, &err);
	if (status == STATUS_OK && changed)
		status = look(c, domain, arena, &view, &err);
	if (status == STATUS_OK)
		status = keep(c, &view, &err);
	if (status != STATUS_OK) {
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
