/* One domain's part of a query, from its span to its result. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_POSTMASTER_JOB_H
#define SENDTOP_POSTMASTER_JOB_H

#include "parse.h"

/* Statistics first; then the rates of the feedback loops they named. */
enum phase { PHASE_STATS, PHASE_FEEDBACK, PHASE_DONE };

struct job {
	struct job *next; /* in the one list that it stands in */
	struct query *query;
	struct arena *arena;
	const char *domain;
	struct stats stats;
	double *series[METRIC_COUNT];
	enum phase phase;
	char *definitions; /* of the feedback phase */
	char *page;        /* token of the next page, or NULL */
	unsigned pages, tries;
	enum poll_state state;
	struct error error;
	size_t slot; /* the query's own */
	bool compliance_asked, compliance_done;
	struct finding *compliance;
	size_t compliance_count;
	char compliance_error[ERROR_TEXT_SIZE];
};

struct job *job_new(struct query *query, const struct postmaster_span *span);
void job_free(struct job *job);

/* Its statistics end here.  A failure of the feedback phase leaves the
 * numbers that came before it as they are. */
void job_fail(
    struct job *job, enum api_failure failure, const struct error *err);

/* What an item of a batch means for it. */
enum job_then {
	JOB_ON,    /* another page, or the next phase */
	JOB_LATER, /* the same again, after a while */
	JOB_OVER,  /* phase is PHASE_DONE */
};
enum job_then job_take(struct job *job, const struct stats_item *item);

/* The answer of complianceStatus, or why there is none. */
void job_compliance(struct job *job, const char *body, size_t len);
void job_no_compliance(struct job *job, const struct error *err);

/* Hands the result to the sink. */
void job_result(const struct job *job, const struct postmaster_sink *sink);

/* A list of jobs, first in, first out. */
struct job_list {
	struct job *first, *last;
	size_t count;
};
void job_push(struct job_list *list, struct job *job);
struct job *job_pop(struct job_list *list);

#endif
