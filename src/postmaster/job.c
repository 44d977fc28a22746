/* One domain's part of a query, from its span to its result. */
/* SPDX-License-Identifier: MIT */
#include "job.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sendtop/log.h"

enum { ITEM_TRIES = 4, PAGES_MAX = 200 };

struct job *
job_new(struct query *query, const struct postmaster_span *span)
{
	size_t days = (size_t)(span->last - span->first) + 1, i;
	struct job *job = mem_zero(1, sizeof(*job));
	int m;

	job->query = query;
	job->arena = arena_new();
	job->domain = arena_dup(job->arena, span->domain);
	job->state = POLL_OK;
	job->stats.first = span->first;
	job->stats.last = span->last;
	job->stats.values = job->series;
	job->stats.arena = job->arena;
	for (m = 0; m < METRIC_GOOGLE; m++) {
		job->series[m] = arena_alloc(job->arena, days * sizeof(double));
		for (i = 0; i < days; i++)
			job->series[m][i] = (double)NAN;
	}
	return job;
}

void
job_free(struct job *job)
{
	free(job->definitions);
	free(job->page);
	arena_free(job->arena);
	free(job);
}

void
job_fail(struct job *job, enum api_failure failure, const struct error *err)
{
	if (job->phase == PHASE_FEEDBACK) {
		log_write(LOG_LEVEL_WARN,
		    "%s: no rates of feedback loops this time: %s", job->domain,
		    err->text);
		job->phase = PHASE_DONE;
		return;
	}
	job->phase = PHASE_DONE;
	job->error = *err;
	job->state = failure == API_DENIED ? POLL_DENIED
	    : failure == API_ABSENT        ? POLL_ABSENT
					   : POLL_ERROR;
}

static void
next_phase(struct job *job)
{
	struct buf definitions = { 0 };

	free(job->page);
	job->page = NULL;
	job->pages = 0;
	if (job->phase == PHASE_STATS &&
	    body_feedback_definitions(&definitions, &job->stats)) {
		job->phase = PHASE_FEEDBACK;
		job->definitions = buf_take(&definitions);
	} else {
		job->phase = PHASE_DONE;
	}
	buf_free(&definitions);
}

/* The same token again, or pages without end, would never stop. */
static void
next_page(struct job *job, const char *token)
{
	struct error err;

	if ((job->page != NULL && strcmp(job->page, token) == 0) ||
	    ++job->pages >= PAGES_MAX) {
		error_set(&err, STATUS_PARSE,
		    "Postmaster's answer never ends (%u pages so far)",
		    job->pages + 1);
		job_fail(job, API_FATAL, &err);
		return;
	}
	free(job->page);
	job->page = mem_dup(token);
}

enum job_then
job_take(struct job *job, const struct stats_item *item)
{
	if (item->failure == API_AGAIN && ++job->tries < ITEM_TRIES)
		return JOB_LATER;
	if (item->failure != API_FINE)
		job_fail(job, item->failure, &item->error);
	else if (item->next != NULL)
		next_page(job, item->next);
	else
		next_phase(job);
	if (item->failure == API_FINE)
		job->tries = 0;
	return job->phase == PHASE_DONE ? JOB_OVER : JOB_ON;
}

void
job_compliance(struct job *job, const char *body, size_t len)
{
	struct error err;

	if (parse_compliance(body, len, job->domain, job->arena,
		&job->compliance, &job->compliance_count, &err) != STATUS_OK)
		job_no_compliance(job, &err);
	job->compliance_done = true;
}

void
job_no_compliance(struct job *job, const struct error *err)
{
	snprintf(job->compliance_error, sizeof(job->compliance_error),
	    "compliance: %.1000s", err->text);
	job->compliance_done = true;
}

void
job_result(const struct job *job, const struct postmaster_sink *sink)
{
	struct postmaster_result result = {
		.domain = job->domain,
		.first = job->stats.first,
		.last = job->stats.last,
		.state = job->state,
		.error = job->error.text,
		.compliance = job->compliance,
		.compliance_count = job->compliance_count,
		.compliance_error = job->compliance_error,
	};

	if (job->state == POLL_OK) {
		result.values = job->series;
		result.feedback = stats_feedback(
		    &job->stats, &result.feedback_count);
	}
	sink->result(sink->arg, &result);
}

/* --- lists ---------------------------------------------------------------- */

void
job_push(struct job_list *list, struct job *job)
{
	job->next = NULL;
	if (list->last != NULL)
		list->last->next = job;
	else
		list->first = job;
	list->last = job;
	list->count++;
}

struct job *
job_pop(struct job_list *list)
{
	struct job *job = list->first;

	if (job == NULL)
		return NULL;
	list->first = job->next;
	if (list->first == NULL)
		list->last = NULL;
	list->count--;
	job->next = NULL;
	return job;
}
