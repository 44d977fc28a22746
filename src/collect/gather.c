/* Restart on miss, for many domains at once, each fact asked for once. */
/* SPDX-License-Identifier: MIT */
#include "sendtop/gather.h"

#include <stdlib.h>
#include <string.h>

#include "sendtop/log.h"
#include "sendtop/mem.h"

/*
 * Domains under way at once: enough to keep the resolver's window full while
 * some of them wait for a slow server, few enough to bound memory.
 */
enum { ACTIVE_MAX = 512 };

struct job {
	struct arena *arena; /* the plan's copies */
	struct check_plan plan;
	void *arg;
	size_t missing; /* facts it waits for */
	bool done;
};

/* The jobs that wait for one wanted fact. */
struct waiters {
	uint32_t *jobs;
	size_t count, cap;
};

struct ring {
	struct ring *next, *prev;
};

struct fetch {
	struct ring ring; /* first, so that a ring is its fetch */
	struct gather *gather;
	uint32_t id;
	enum dns_type type;
	struct address address;
	char name[];
};

struct gather {
	struct gather_options o;
	struct loop_timer *turn;
	struct job *jobs;
	size_t job_count, job_cap;
	size_t next; /* the first job not begun */
	size_t active, done;
	uint32_t *ready; /* jobs to run: a stack */
	size_t ready_count, ready_cap;
	struct waiters *waiters; /* by the want's id */
	size_t waiters_cap;
	uint32_t *missed; /* ids one run of checks missed */
	size_t missed_count, missed_cap;
	struct ring fetches; /* under way */
	struct gather_counts counts;
	bool running, cancelled;
};

static void
note_miss(void *arg, uint32_t id)
{
	struct gather *g = arg;

	g->missed = mem_grow(
	    g->missed, g->missed_count, &g->missed_cap, sizeof(*g->missed));
	g->missed[g->missed_count++] = id;
}

struct gather *
gather_new(const struct gather_options *options)
{
	struct gather *g = mem_zero(1, sizeof(*g));

	g->o = *options;
	g->fetches.next = g->fetches.prev = &g->fetches;
	return g;
}

static void
drop_fetches(struct gather *g)
{
	struct ring *r, *next;

	/* The answers still come; they find no gatherer and are dropped. */
	for (r = g->fetches.next; r != &g->fetches; r = next) {
		next = r->next;
		((struct fetch *)r)->gather = NULL;
	}
	g->fetches.next = g->fetches.prev = &g->fetches;
}

static void
free_jobs(struct gather *g)
{
	size_t i;

	for (i = 0; i < g->job_count; i++)
		arena_free(g->jobs[i].arena);
	g->job_count = g->next = g->active = g->done = 0;
	for (i = 0; i < g->waiters_cap; i++)
		free(g->waiters[i].jobs);
	free(g->waiters);
	g->waiters = NULL;
	g->waiters_cap = 0;
	g->ready_count = 0;
}

void
gather_free(struct gather *gather)
{
	if (gather == NULL)
		return;
	loop_timer_free(gather->turn);
	drop_fetches(gather);
	free_jobs(gather);
	free(gather->jobs);
	free(gather->ready);
	free(gather->missed);
	free(gather);
}

void
gather_add(struct gather *gather, const struct check_plan *plan, void *plan_arg)
{
	struct job *job;
	const char **selectors;
	struct address *ips;
	size_t i;

	gather->jobs = mem_grow(gather->jobs, gather->job_count,
	    &gather->job_cap, sizeof(*gather->jobs));
	job = &gather->jobs[gather->job_count++];
	memset(job, 0, sizeof(*job));
	job->arena = arena_new();
	job->arg = plan_arg;
	job->plan = *plan;
	job->plan.domain = arena_dup(job->arena, plan->domain);
	selectors = arena_alloc(
	    job->arena, (plan->selector_count + 1) * sizeof(*selectors));
	for (i = 0; i < plan->selector_count; i++)
		selectors[i] = arena_dup(job->arena, plan->selectors[i]);
	job->plan.selectors = selectors;
	ips = arena_alloc(
	    job->arena, (plan->sending_ip_count + 1) * sizeof(*ips));
	if (plan->sending_ip_count > 0)
		memcpy(ips, plan->sending_ips,
		    plan->sending_ip_count * sizeof(*ips));
	job->plan.sending_ips = ips;
	if (gather->o.smtp == NULL)
		job->plan.smtp_enabled = false;
}

static void
make_ready(struct gather *g, uint32_t job)
{
	g->ready = mem_grow(
	    g->ready, g->ready_count, &g->ready_cap, sizeof(*g->ready));
	g->ready[g->ready_count++] = job;
}

static void
arrived(struct gather *g, uint32_t id)
{
	struct waiters *w;
	size_t i;

	if (id >= g->waiters_cap)
		return;
	w = &g->waiters[id];
	for (i = 0; i < w->count; i++)
		if (--g->jobs[w->jobs[i]].missing == 0)
			make_ready(g, w->jobs[i]);
	free(w->jobs);
	memset(w, 0, sizeof(*w));
	if (g->ready_count > 0)
		loop_timer_start(g->turn, 0, 0);
}

/* Takes a finished fetch off the ring; NULL when nobody waits any more. */
static struct gather *
fetch_end(struct fetch *f)
{
	struct gather *g = f->gather;

	if (g == NULL)
		return NULL;
	f->ring.prev->next = f->ring.next;
	f->ring.next->prev = f->ring.prev;
	return g;
}

static void
got_dns(void *arg, struct dns_answer *take)
{
	struct fetch *f = arg;
	struct gather *g = fetch_end(f);

	if (g != NULL) {
		facts_put_dns(g->o.facts, f->name, f->type, take);
		arrived(g, f->id);
	} else {
		free(take);
	}
	free(f);
}

static void
got_smtp(void *arg, struct smtp_session *take)
{
	struct fetch *f = arg;
	struct gather *g = fetch_end(f);

	if (g != NULL) {
		facts_put_smtp(g->o.facts, f->name, &f->address, take);
		arrived(g, f->id);
	} else {
		free(take);
	}
	free(f);
}

static void
fetch(struct gather *g, const struct fact_want *want)
{
	size_t len = strlen(want->name);
	struct fetch *f = mem_zero(1, sizeof(*f) + len + 1);

	f->gather = g;
	f->id = want->id;
	f->type = want->type;
	f->address = want->address;
	memcpy(f->name, want->name, len);
	f->ring.next = &g->fetches;
	f->ring.prev = g->fetches.prev;
	f->ring.prev->next = &f->ring;
	g->fetches.prev = &f->ring;
	if (want->kind == FACT_DNS) {
		g->counts.dns++;
		log_write(LOG_LEVEL_DEBUG, "asks %s TYPE%d", f->name, f->type);
		dns_ask(g->o.dns, f->name, f->type, got_dns, f);
	} else {
		g->counts.smtp++;
		smtp_probe(g->o.smtp, f->name, &f->address, got_smtp, f);
	}
}

static void
wait_for(struct gather *g, uint32_t id, uint32_t job)
{
	struct waiters *w;
	size_t old = g->waiters_cap;

	while (id >= g->waiters_cap) {
		g->waiters = mem_grow(g->waiters, g->waiters_cap,
		    &g->waiters_cap, sizeof(*g->waiters));
		memset(&g->waiters[old], 0,
		    (g->waiters_cap - old) * sizeof(*g->waiters));
		old = g->waiters_cap;
	}
	w = &g->waiters[id];
	if (w->count > 0 && w->jobs[w->count - 1] == job)
		return;
	w->jobs = mem_grow(w->jobs, w->count, &w->cap, sizeof(*w->jobs));
	w->jobs[w->count++] = job;
	g->jobs[job].missing++;
}

static void
finish(struct gather *g, struct job *job, const struct findings *found)
{
	job->done = true;
	g->active--;
	g->done++;
	g->counts.done = g->done;
	g->o.domain(g->o.arg, job->arg, found->items, found->count);
	arena_free(job->arena);
	job->arena = NULL;
}

static void
run_job(struct gather *g, uint32_t index, struct arena *arena)
{
	struct findings found;
	const struct fact_want *wants;
	enum check_state state;
	size_t i, count;

	arena_reset(arena);
	findings_init(&found, arena);
	g->missed_count = 0;
	g->counts.runs++;
	state = checks_run(g->o.facts, &g->jobs[index].plan, &found);
	if (state == CHECK_DONE) {
		finish(g, &g->jobs[index], &found);
		return;
	}
	for (i = 0; i < g->missed_count; i++)
		wait_for(g, g->missed[i], index);
	if (g->missed_count == 0) {
		log_write(LOG_LEVEL_ERROR, "%s: a check waits for nothing",
		    g->jobs[index].plan.domain);
		found.count = 0;
		finish(g, &g->jobs[index], &found);
		return;
	}
	count = facts_wanted(g->o.facts, &wants);
	for (i = 0; i < count; i++)
		fetch(g, &wants[i]);
}

/* One turn: begins jobs while there is room, runs those that are ready. */
static void
turn(void *arg)
{
	struct gather *g = arg;
	struct arena *arena = arena_new();

	facts_on_miss(g->o.facts, note_miss, g);
	while (!g->cancelled &&
	    (g->ready_count > 0 ||
		(g->next < g->job_count && g->active < ACTIVE_MAX))) {
		if (g->ready_count == 0) {
			g->active++;
			make_ready(g, (uint32_t)g->next++);
		}
		run_job(g, g->ready[--g->ready_count], arena);
	}
	facts_on_miss(g->o.facts, NULL, NULL);
	arena_free(arena);
	if (g->cancelled) {
		drop_fetches(g);
		free_jobs(g);
		g->cancelled = false;
	}
	if (g->running && g->done == g->job_count) {
		g->running = false;
		free_jobs(g);
		g->o.done(g->o.arg);
	}
}

void
gather_start(struct gather *gather)
{
	int64_t now_s = 0;

	if (gather->turn == NULL)
		gather->turn = loop_timer_new(gather->o.loop, turn, gather);
	if (gather->job_count > 0)
		now_s = gather->jobs[0].plan.now_s;
	facts_begin(gather->o.facts, now_s);
	memset(&gather->counts, 0, sizeof(gather->counts));
	gather->counts.total = gather->job_count;
	gather->running = true;
	loop_timer_start(gather->turn, 0, 0);
}

void
gather_cancel(struct gather *gather)
{
	if (!gather->running)
		return;
	gather->cancelled = true;
	loop_timer_start(gather->turn, 0, 0);
}

void
gather_counts(const struct gather *gather, struct gather_counts *out)
{
	*out = gather->counts;
}
