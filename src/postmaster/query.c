/* Statistics, feedback loops and compliance of many domains. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "job.h"
#include "sendtop/day.h"

/*
 * Jobs wait in one queue for their next page, whichever that is, and a batch
 * takes the first hundred: so requests are as few as batches of 100 and pages
 * of 200 force, and ACTIVE_MAX bounds the memory.
 *
 * Answers only change the jobs; pump() alone sends, and calls the sink.  The
 * sink may close everything.
 */
enum {
	BATCH_MAX = 100,
	BATCHES_AT_ONCE = 4,
	COMPLIANCE_AT_ONCE = 8,
	ACTIVE_MAX = 400,
	DAYS_MAX = 400,
	PIECE_TRIES = 2, /* of a batch that failed five times when whole */
	ALONE_MAX = 3,
};

struct batch {
	struct batch *next;
	struct query *query;
	struct job *jobs[BATCH_MAX];
	size_t count;
	unsigned tries;
};

struct query {
	struct query *next, *prev;
	struct postmaster *pm;
	struct postmaster_sink sink;
	struct arena *arena; /* of the spans */
	struct postmaster_span *spans;
	size_t span_count, next_span;

	struct job *active[ACTIVE_MAX]; /* every job; NULL: free */
	size_t active_count;
	struct job_list pending, later, finished;
	struct batch *pieces; /* of batches that were split, not yet sent */
	struct batch *sent;
	size_t sent_count, batch_max;
	size_t compliance_open, compliance_next; /* in active */

	bool fine;      /* some batch was answered */
	unsigned alone; /* domains that spoiled a batch, while none was */
	bool stopped, compliance_stopped;
	struct error fatal, compliance_fatal;

	struct loop_timer *pump_timer, *later_timer;
	bool *closed; /* told to pump(), while that is under way */
};

static void
kick(struct query *query)
{
	loop_timer_start(query->pump_timer, 0, 0);
}

static void
settle(struct job *job)
{
	if (job->phase != PHASE_DONE || !job->compliance_done)
		return;
	job_push(&job->query->finished, job);
	kick(job->query);
}

/* --- giving up ------------------------------------------------------------ */

static void
fail_all(struct query *query, struct job_list *list)
{
	struct job *job;

	while ((job = job_pop(list)) != NULL) {
		job_fail(job, API_FATAL, &query->fatal);
		settle(job);
	}
}

static void
fail_batch(
    struct batch *batch, enum api_failure failure, const struct error *err)
{
	size_t i;

	for (i = 0; i < batch->count; i++) {
		job_fail(batch->jobs[i], failure, err);
		settle(batch->jobs[i]);
	}
}

static void
stop_compliance(struct query *query, const struct error *err)
{
	if (query->compliance_stopped)
		return;
	query->compliance_stopped = true;
	query->compliance_fatal = *err;
	kick(query);
}

/* What hits one may hit all: no scope, API off, no token, no network. */
static void
stop_query(struct query *query, const struct error *err)
{
	struct batch *batch;

	if (query->stopped)
		return;
	query->stopped = true;
	query->fatal = *err;
	fail_all(query, &query->pending);
	fail_all(query, &query->later);
	while ((batch = query->pieces) != NULL) {
		query->pieces = batch->next;
		fail_batch(batch, API_FATAL, err);
		free(batch);
	}
	stop_compliance(query, err);
	kick(query);
}

/* --- batches -------------------------------------------------------------- */

static void
unlink_batch(struct batch *batch)
{
	struct batch **at = &batch->query->sent;

	while (*at != batch)
		at = &(*at)->next;
	*at = batch->next;
	batch->query->sent_count--;
}

static void
later_over(void *arg)
{
	struct query *query = arg;
	struct job *job;

	while ((job = job_pop(&query->later)) != NULL)
		job_push(&query->pending, job);
	kick(query);
}

static void
wait_with(struct query *query, struct job *job)
{
	if (query->later.count == 0)
		loop_timer_start(query->later_timer,
		    back_off_ms(
			&query->pm->pace, job->tries, -1, back_off_dice()),
		    0);
	job_push(&query->later, job);
	query->pm->counts.retries++;
}

static void
take_item(struct job *job, const struct stats_item *item)
{
	struct query *query = job->query;
	enum job_then then = job_take(job, item);

	if (then != JOB_OVER && query->stopped) {
		job_fail(job, API_FATAL, &query->fatal);
		then = JOB_OVER;
	}
	if (then == JOB_ON)
		job_push(&query->pending, job);
	else if (then == JOB_LATER)
		wait_with(query, job);
	else
		settle(job);
}

/* False when the answer as a whole is none. */
static bool
take_answer(struct batch *batch, struct call_result *result)
{
	struct stats_item *items;
	struct stats *stats[BATCH_MAX];
	struct arena *arena = arena_new();
	bool whole;
	size_t i;

	items = mem_zero(batch->count, sizeof(*items));
	for (i = 0; i < batch->count; i++)
		stats[i] = &batch->jobs[i]->stats;
	whole = parse_batch(result->body, result->len, batch->count, stats,
		    arena, items, &result->error) == STATUS_OK;
	for (i = 0; whole && i < batch->count; i++)
		take_item(batch->jobs[i], &items[i]);
	free(items);
	arena_free(arena);
	return whole;
}

static void
add_piece(struct batch *batch, size_t start, size_t count, unsigned tries)
{
	struct batch *piece = mem_zero(1, sizeof(*piece));

	piece->query = batch->query;
	piece->count = count;
	piece->tries = tries;
	memcpy(piece->jobs, batch->jobs + start, count * sizeof(*piece->jobs));
	piece->next = batch->query->pieces;
	batch->query->pieces = piece;
}

/* A batch that fails as a whole is split until the domain is found that
 * spoils it; only then is it that domain's failure.  When nothing was ever
 * answered and every domain spoils it, it is not the domains. */
static void
batch_failed(struct batch *batch, const struct call_result *result)
{
	struct query *query = batch->query;
	bool theirs = result->failure == API_DENIED ||
	    result->failure == API_ABSENT;
	bool apart = theirs || result->too_large || result->code >= 500 ||
	    result->error.status == STATUS_PARSE;
	size_t half = batch->count / 2;

	if (result->too_large && half > 0 && half < query->batch_max)
		query->batch_max = half;
	if (!apart)
		stop_query(query, &result->error);
	if (apart && half > 0 && !query->stopped) {
		unsigned tries = result->code >= 500 ? PIECE_TRIES
						     : batch->tries;

		add_piece(batch, half, batch->count - half, tries);
		add_piece(batch, 0, half, tries);
		return;
	}
	fail_batch(batch, result->failure, &result->error);
	if (apart && !theirs && !query->fine && ++query->alone >= ALONE_MAX)
		stop_query(query, &result->error);
}

static void
got_batch(void *arg, const struct call_result *result)
{
	struct batch *batch = arg;
	struct query *query = batch->query;
	struct call_result copy = *result;

	unlink_batch(batch);
	if (result->failure == API_FINE && take_answer(batch, &copy)) {
		query->fine = true;
	} else {
		if (result->failure == API_FINE)
			copy.failure = API_FATAL;
		batch_failed(batch, &copy);
	}
	free(batch);
	kick(query);
}

/* A batch that is not full waits while others may yet fill it. */
static struct batch *
next_batch(struct query *query)
{
	struct batch *batch = query->pieces;

	if (batch != NULL) {
		query->pieces = batch->next;
		return batch;
	}
	if (query->pending.count == 0 ||
	    (query->pending.count < query->batch_max &&
		(query->sent_count > 0 || query->later.count > 0 ||
		    query->next_span < query->span_count)))
		return NULL;
	batch = mem_zero(1, sizeof(*batch));
	batch->query = query;
	batch->tries = CALL_TRIES;
	while (batch->count < query->batch_max && query->pending.count > 0)
		batch->jobs[batch->count++] = job_pop(&query->pending);
	return batch;
}

static void
send_batch(struct query *query, struct batch *batch)
{
	struct buf body = { 0 };
	size_t i;

	buf_str(&body, "{\"requests\":[");
	for (i = 0; i < batch->count; i++) {
		const struct job *job = batch->jobs[i];

		if (i > 0)
			buf_char(&body, ',');
		body_item(&body, job->domain, job->stats.first, job->stats.last,
		    job->definitions != NULL ? job->definitions
					     : query->pm->definitions,
		    job->page);
	}
	buf_str(&body, "]}");
	batch->next = query->sent;
	query->sent = batch;
	query->sent_count++;
	query->pm->counts.batches++;
	call_start(query->pm, "/v2/domainStats:batchQuery?prettyPrint=false",
	    body.data, batch->tries, got_batch, batch);
	buf_free(&body);
}

static void
send_batches(struct query *query)
{
	struct batch *batch;

	while (query->sent_count < BATCHES_AT_ONCE &&
	    (batch = next_batch(query)) != NULL)
		send_batch(query, batch);
}

/* --- compliance ----------------------------------------------------------- */

static void
got_compliance(void *arg, const struct call_result *result)
{
	struct job *job = arg;
	struct query *query = job->query;

	query->compliance_open--;
	if (result->failure == API_FINE)
		job_compliance(job, result->body, result->len);
	else if (result->failure == API_ABSENT)
		/* No compliance data yet is no failure of ours. */
		job->compliance_done = true;
	else
		job_no_compliance(job, &result->error);
	if (result->failure == API_AUTH || result->failure == API_AGAIN ||
	    (result->failure == API_FATAL &&
		result->error.status != STATUS_PARSE))
		stop_compliance(query, &result->error);
	settle(job);
	kick(query);
}

static void
ask_compliance(struct query *query, struct job *job)
{
	struct buf path = { 0 };

	job->compliance_asked = true;
	if (query->compliance_stopped) {
		job_no_compliance(job, &query->compliance_fatal);
		settle(job);
		return;
	}
	buf_str(&path, "/v2/domains/");
	http_escape(&path, job->domain);
	buf_str(&path, "/complianceStatus");
	query->compliance_open++;
	call_start(query->pm, path.data, NULL, CALL_TRIES, got_compliance, job);
	buf_free(&path);
}

static void
send_compliance(struct query *query)
{
	size_t n;

	for (n = 0;
	     n < ACTIVE_MAX && query->compliance_open < COMPLIANCE_AT_ONCE;
	     n++) {
		struct job *job = query->active[query->compliance_next];

		query->compliance_next = (query->compliance_next + 1) %
		    ACTIVE_MAX;
		if (job != NULL && !job->compliance_asked)
			ask_compliance(query, job);
	}
}

/* --- the pump ------------------------------------------------------------- */

static void
fill(struct query *query)
{
	size_t i;

	for (i = 0; i < ACTIVE_MAX && query->next_span < query->span_count;
	     i++) {
		struct job *job;

		if (query->active[i] != NULL)
			continue;
		job = job_new(query, &query->spans[query->next_span++]);
		query->active[i] = job;
		job->slot = i;
		query->active_count++;
		job_push(&query->pending, job);
	}
	if (query->stopped)
		fail_all(query, &query->pending);
}

/* False when the sink closed everything. */
static bool
deliver(struct query *query)
{
	const struct postmaster_sink sink = query->sink;
	bool closed = false;
	struct job *job;

	query->closed = &closed;
	while (!closed && (job = job_pop(&query->finished)) != NULL) {
		query->active[job->slot] = NULL;
		query->active_count--;
		job_result(job, &sink);
		job_free(job);
	}
	if (!closed)
		query->closed = NULL;
	return !closed;
}

static void
query_free(struct query *query)
{
	struct batch *batch;
	size_t i;

	if (query->closed != NULL)
		*query->closed = true;
	for (i = 0; i < ACTIVE_MAX; i++)
		if (query->active[i] != NULL)
			job_free(query->active[i]);
	while ((batch = query->pieces) != NULL) {
		query->pieces = batch->next;
		free(batch);
	}
	while ((batch = query->sent) != NULL) {
		query->sent = batch->next;
		free(batch);
	}
	if (query->prev != NULL)
		query->prev->next = query->next;
	else
		query->pm->queries = query->next;
	if (query->next != NULL)
		query->next->prev = query->prev;
	loop_timer_free(query->pump_timer);
	loop_timer_free(query->later_timer);
	arena_free(query->arena);
	free(query);
}

static void
pump(void *arg)
{
	struct query *query = arg;
	struct postmaster_sink sink;
	struct error fatal;
	bool stopped;

	if (!deliver(query))
		return;
	fill(query);
	send_batches(query);
	send_compliance(query);
	if (query->active_count > 0)
		return;
	sink = query->sink;
	fatal = query->fatal;
	stopped = query->stopped;
	query_free(query);
	sink.done(sink.arg, stopped ? &fatal : NULL);
}

static void
copy_spans(
    struct query *query, const struct postmaster_span *spans, size_t count)
{
	size_t i;

	query->spans = arena_alloc(
	    query->arena, (count + 1) * sizeof(*query->spans));
	query->span_count = count;
	for (i = 0; i < count; i++) {
		struct postmaster_span *span = &query->spans[i];

		*span = spans[i];
		span->domain = arena_dup(query->arena, spans[i].domain);
		if (span->first > span->last)
			span->first = span->last;
		if ((int64_t)span->last - span->first >= DAYS_MAX)
			span->first = span->last - DAYS_MAX + 1;
	}
}

void
postmaster_query(struct postmaster *postmaster,
    const struct postmaster_span *spans, size_t count,
    const struct postmaster_sink *sink)
{
	struct query *query = mem_zero(1, sizeof(*query));

	query->pm = postmaster;
	query->sink = *sink;
	query->arena = arena_new();
	query->batch_max = BATCH_MAX;
	copy_spans(query, spans, count);
	query->pump_timer = loop_timer_new(postmaster->loop, pump, query);
	query->later_timer = loop_timer_new(
	    postmaster->loop, later_over, query);
	query->next = postmaster->queries;
	if (query->next != NULL)
		query->next->prev = query;
	postmaster->queries = query;
	kick(query);
}

void
queries_drop(struct postmaster *postmaster)
{
	while (postmaster->queries != NULL)
		query_free(postmaster->queries);
}
