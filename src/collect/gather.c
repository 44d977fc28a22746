/* Restart on miss, for many domains at once, each fact asked for once. */
/* SPDX-License-Identifier: MIT */
#include "sendtop/gather.h"

#include <stdlib.h>
#include <string.h>

#include "collect/plan_copy.h"
#include "collect/waits.h"
#include "https_queue.h"
#include "sendtop/log.h"
#include "sendtop/mem.h"

/*
 * Domains under way at once: enough that slow mail servers do not hold up the
 * others, few enough to bound memory.  While so many questions wait already
 * that the resolver's window stays full, none is begun: what is worked on
 * then fits in the processor's cache.
 */
enum { ACTIVE_MAX = 512, ASKING_MIN = 256, WINDOWS = 2, NAME_USUAL = 64 };

struct job {
	struct arena *arena; /* what is done of it, while it is under way */
	struct check_plan plan;
	void *arg;
	size_t missing; /* facts it waits for */
	uint64_t run;   /* its last one, see facts_run */
	bool done;
};

struct ring {
	struct ring *next, *prev;
};

struct fetch {
	struct ring ring; /* first, so that a ring is its fetch */
	struct gather *gather;
	uint32_t id;
	enum fact_kind kind;
	enum dns_type type;
	struct address address;
	bool reusable; /* it has room for a name of the usual size */
	char name[];
};

struct gather {
	struct gather_options o;
	struct https_queue *https; /* NULL without o.http */
	struct arena *plans;       /* the plans' copies */
	struct arena *scratch;     /* of one run of a job's checks */
	struct arena **spare;      /* of jobs that are done */
	size_t spare_count, spare_cap;
	struct loop_timer *turn;
	struct job *jobs;
	size_t job_count, job_cap;
	size_t next; /* the first job not begun */
	size_t active, done;
	uint32_t *ready; /* jobs to run: a stack */
	size_t ready_count, ready_cap;
	struct waits waits;
	uint32_t *missed; /* ids one run of checks missed */
	size_t missed_count, missed_cap;
	struct ring fetches, dropped; /* under way; wanted no more */
	struct ring spare_fetches;
	size_t asking; /* of them, DNS questions */
	size_t asking_max;
	uint32_t egress; /* the want's id, while egress_wanted */
	bool egress_wanted;
	struct gather_counts counts;
	bool running, cancelled;
	bool due; /* turn is to run */
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
	g->asking_max = ASKING_MIN;
	if (g->o.settings != NULL &&
	    g->o.settings->dns_parallel > ASKING_MIN / WINDOWS)
		g->asking_max = (size_t)g->o.settings->dns_parallel * WINDOWS;
	g->plans = arena_new();
	g->scratch = arena_new();
	if (g->o.http != NULL)
		g->https = https_queue_new(g->o.loop, g->o.http, g->o.settings);
	g->fetches.next = g->fetches.prev = &g->fetches;
	g->dropped.next = g->dropped.prev = &g->dropped;
	g->spare_fetches.next = g->spare_fetches.prev = &g->spare_fetches;
	return g;
}

static void
ring_remove(struct ring *r)
{
	r->prev->next = r->next;
	r->next->prev = r->prev;
}

static void
ring_add(struct ring *r, struct ring *end)
{
	r->next = end;
	r->prev = end->prev;
	end->prev->next = r;
	end->prev = r;
}

static void
ring_move(struct ring *r, struct ring *end)
{
	ring_remove(r);
	ring_add(r, end);
}

static void
ring_free(struct ring *end)
{
	struct ring *r;

	while ((r = end->next) != end) {
		ring_remove(r);
		free(r);
	}
}

static void
drop_fetches(struct gather *g)
{
	struct ring *r;

	/* The answers may still come; they find no gatherer. */
	while ((r = g->fetches.next) != &g->fetches) {
		((struct fetch *)r)->gather = NULL;
		ring_move(r, &g->dropped);
	}
	g->asking = 0;
}

static void
free_jobs(struct gather *g)
{
	size_t i;

	for (i = 0; i < g->job_count; i++)
		arena_free(g->jobs[i].arena);
	while (g->spare_count > 0)
		arena_free(g->spare[--g->spare_count]);
	arena_reset(g->scratch);
	arena_reset(g->plans);
	g->job_count = g->next = g->active = g->done = 0;
	waits_free(&g->waits);
	g->ready_count = 0;
	g->egress_wanted = false;
}

void
gather_free(struct gather *gather)
{
	if (gather == NULL)
		return;
	loop_timer_free(gather->turn);
	drop_fetches(gather);
	ring_free(&gather->dropped);
	ring_free(&gather->spare_fetches);
	https_queue_free(gather->https);
	free_jobs(gather);
	arena_free(gather->plans);
	arena_free(gather->scratch);
	free(gather->spare);
	free(gather->jobs);
	free(gather->ready);
	free(gather->missed);
	free(gather);
}

void
gather_add(struct gather *gather, const struct check_plan *plan, void *plan_arg)
{
	struct job *job;

	gather->jobs = mem_grow(gather->jobs, gather->job_count,
	    &gather->job_cap, sizeof(*gather->jobs));
	job = &gather->jobs[gather->job_count++];
	memset(job, 0, sizeof(*job));
	job->arg = plan_arg;
	job->plan = plan_copy(gather->plans, plan);
	if (gather->o.smtp == NULL)
		job->plan.smtp_enabled = false;
	if (gather->o.http == NULL)
		job->plan.https_enabled = false;
}

static void
make_ready(struct gather *g, uint32_t job)
{
	g->ready = mem_grow(
	    g->ready, g->ready_count, &g->ready_cap, sizeof(*g->ready));
	g->ready[g->ready_count++] = job;
}

static bool
has_room(const struct gather *g)
{
	return g->next < g->job_count && g->active < ACTIVE_MAX &&
	    g->asking < g->asking_max;
}

static bool
all_fetched(const struct gather *g)
{
	return g->fetches.next == &g->fetches;
}

static void
turn_start(struct gather *g)
{
	if (!g->due)
		loop_timer_start(g->turn, 0, 0);
	g->due = true;
}

static void
tell(void *arg, uint32_t job)
{
	struct gather *g = arg;

	if (--g->jobs[job].missing == 0)
		make_ready(g, job);
}

static void
arrived(struct gather *g, uint32_t id)
{
	waits_tell(&g->waits, id, tell, g);
	if (g->ready_count > 0 || has_room(g) || all_fetched(g))
		turn_start(g);
}

/* Those who wait to hear whether this machine gets out at all go on. */
static void
egress_told(struct gather *g)
{
	g->egress_wanted = false;
	arrived(g, g->egress);
}

/* Takes a finished fetch off the ring; NULL when nobody waits any more. */
static struct gather *
fetch_end(struct fetch *f)
{
	ring_remove(&f->ring);
	return f->gather;
}

/* Questions are so many that what holds them is used again. */
static void
fetch_put_by(struct gather *g, struct fetch *f)
{
	if (g != NULL && f->reusable)
		ring_add(&f->ring, &g->spare_fetches);
	else
		free(f);
}

static void
got_dns(void *arg, struct dns_answer *take)
{
	struct fetch *f = arg;
	struct gather *g = fetch_end(f);

	if (g != NULL) {
		const struct fact_want want = {
			.id = f->id,
			.kind = f->kind,
			.name = f->name,
			.type = f->type,
		};

		g->asking--;
		facts_answer_dns(g->o.facts, &want, take);
		arrived(g, f->id);
	} else {
		free(take);
	}
	fetch_put_by(g, f);
}

static void
got_smtp(void *arg, struct smtp_session *take)
{
	struct fetch *f = arg;
	struct gather *g = fetch_end(f);

	if (g != NULL) {
		facts_put_smtp(g->o.facts, f->name, &f->address, take);
		arrived(g, f->id);
		if (g->egress_wanted && facts_egress(g->o.facts) != NULL)
			egress_told(g);
	} else {
		free(take);
	}
	free(f);
}

/* take is NULL when the queue let it go. */
static void
got_https(void *arg, struct https_answer *take)
{
	struct fetch *f = arg;
	struct gather *g = fetch_end(f);

	if (g != NULL && take != NULL) {
		facts_put_https(g->o.facts, f->name, &f->address, take);
		arrived(g, f->id);
	} else {
		free(take);
	}
	free(f);
}

static void
ask(struct gather *g, struct fetch *f)
{
	switch (f->kind) {
	case FACT_DNS:
		g->counts.dns++;
		g->asking++;
		log_write(LOG_LEVEL_DEBUG, "asks %s TYPE%d", f->name, f->type);
		dns_ask(g->o.dns, f->name, f->type, got_dns, f);
		return;
	case FACT_DNS_CD:
		g->counts.dns++;
		g->asking++;
		log_write(LOG_LEVEL_DEBUG, "asks %s TYPE%d without checking",
		    f->name, f->type);
		dns_ask_cd(g->o.dns, f->name, f->type, got_dns, f);
		return;
	case FACT_SMTP:
		g->counts.smtp++;
		smtp_probe(g->o.smtp, f->name, &f->address, got_smtp, f);
		return;
	case FACT_HTTPS:
		g->counts.https++;
		log_write(LOG_LEVEL_DEBUG, "fetches %s", f->name);
		https_queue_get(g->https, f->name, &f->address, got_https, f);
		return;
	case FACT_EGRESS:
		return; /* not fetched: told by what else is */
	}
}

static struct fetch *
fetch_new(struct gather *g, size_t name_len)
{
	struct ring *spare = g->spare_fetches.prev;
	bool reusable = name_len < NAME_USUAL;
	struct fetch *f;

	if (reusable && spare != &g->spare_fetches) {
		ring_remove(spare);
		return (struct fetch *)spare;
	}
	f = mem_alloc(sizeof(*f) + (reusable ? NAME_USUAL : name_len + 1));
	f->reusable = reusable;
	return f;
}

static void
fetch(struct gather *g, const struct fact_want *want)
{
	size_t len = strlen(want->name);
	struct fetch *f;

	if (want->kind == FACT_EGRESS) {
		g->egress = want->id;
		g->egress_wanted = true;
		return;
	}
	f = fetch_new(g, len);
	f->gather = g;
	f->id = want->id;
	f->kind = want->kind;
	f->type = want->type;
	f->address = want->address;
	memcpy(f->name, want->name, len + 1);
	ring_add(&f->ring, &g->fetches);
	ask(g, f);
}

static void
finish(struct gather *g, struct job *job, const struct findings *found)
{
	job->done = true;
	g->active--;
	g->done++;
	g->counts.done = g->done;
	g->o.domain(g->o.arg, job->arg, found->items, found->count);
	arena_reset(job->arena);
	g->spare = mem_grow(
	    g->spare, g->spare_count, &g->spare_cap, sizeof(struct arena *));
	g->spare[g->spare_count++] = job->arena;
	job->arena = NULL;
}

static void
begin_next(struct gather *g)
{
	struct job *job = &g->jobs[g->next];

	job->arena = g->spare_count > 0 ? g->spare[--g->spare_count]
					: arena_new();
	job->plan.memo = check_memo_new(job->arena);
	g->active++;
	make_ready(g, (uint32_t)g->next++);
}

static void
run_job(struct gather *g, uint32_t index)
{
	struct findings found;
	const struct fact_want *wants;
	enum check_state state;
	size_t i, count;

	arena_reset(g->scratch);
	findings_init(&found, g->scratch);
	g->missed_count = 0;
	g->counts.runs++;
	g->jobs[index].run = facts_run(g->o.facts);
	state = checks_run(g->o.facts, &g->jobs[index].plan, &found);
	if (state == CHECK_DONE) {
		finish(g, &g->jobs[index], &found);
		return;
	}
	for (i = 0; i < g->missed_count; i++)
		if (waits_add(&g->waits, g->missed[i], index))
			g->jobs[index].missing++;
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

static int
ascending(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* In a long pass the facts of domains that are done make room for others. */
static void
trim(struct gather *g)
{
	uint64_t runs[ACTIVE_MAX];
	size_t count = 0, i;

	if (!facts_full(g->o.facts))
		return;
	for (i = 0; i < g->next && count < ACTIVE_MAX; i++)
		if (g->jobs[i].arena != NULL)
			runs[count++] = g->jobs[i].run;
	qsort(runs, count, sizeof(*runs), ascending);
	facts_trim(g->o.facts, runs, count);
}

/* One turn: begins jobs while there is room, runs those that are ready. */
static void
turn(void *arg)
{
	struct gather *g = arg;

	g->due = false;
	facts_on_miss(g->o.facts, note_miss, g);
	while (!g->cancelled && (g->ready_count > 0 || has_room(g))) {
		if (g->ready_count == 0)
			begin_next(g);
		trim(g);
		run_job(g, g->ready[--g->ready_count]);
	}
	facts_on_miss(g->o.facts, NULL, NULL);
	if (g->egress_wanted && all_fetched(g)) {
		facts_settle_egress(g->o.facts);
		egress_told(g);
	}
	if (g->cancelled) {
		drop_fetches(g);
		https_queue_drop(g->https);
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
	turn_start(gather);
}

void
gather_cancel(struct gather *gather)
{
	if (!gather->running)
		return;
	gather->cancelled = true;
	turn_start(gather);
}

void
gather_counts(const struct gather *gather, struct gather_counts *out)
{
	*out = gather->counts;
}
