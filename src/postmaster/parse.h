/* Google's JSON turned into numbers and findings; pure. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_POSTMASTER_PARSE_H
#define SENDTOP_POSTMASTER_PARSE_H

#include "sendtop/postmaster.h"

/* How a call or a batch item failed, and what is to be done about it. */
enum api_failure {
	API_FINE,
	API_DENIED, /* this caller may not see this domain */
	API_ABSENT, /* no such domain for this user */
	API_AUTH,   /* the token was refused: refresh once */
	API_AGAIN,  /* 429, 5xx: wait and ask again */
	API_FATAL,  /* asking again gives the same */
};

/* Reads an error body of any call; always fills err. */
enum api_failure parse_failure(
    long http_code, const char *body, size_t len, struct error *err);

/* One page of domains.list. */
struct domain_page {
	struct postmaster_domain *domains;
	size_t count;
	const char *next; /* page token, or NULL */
};
enum status parse_domains(const char *body, size_t len, struct arena *arena,
    struct domain_page *out, struct error *err) MUST_CHECK;

enum {
	LOOPS_MAX = 256,      /* feedback-loop identifiers kept of a domain */
	LOOPS_ASKED_MAX = 64, /* of these, the newest, whose rates are asked */
	LOOP_ID_SIZE = 201,
};

/* A feedback-loop identifier and its days. */
struct feedback_loop {
	char id[LOOP_ID_SIZE]; /* printable */
	bool by_dkim;
	bool exact;     /* id is Google's, to the letter: can be asked */
	int32_t newest; /* day on which it was listed */
	double *rates;  /* [day - first]: LOOP_UNLISTED, NaN: listed */
};
#define LOOP_UNLISTED (-1.0)

/* Where a query's numbers go; days outside first..last are ignored. */
struct stats {
	int32_t first, last;
	double **values;     /* values[metric][day - first] */
	struct arena *arena; /* of the loops */
	struct feedback_loop **loops;
	size_t loop_count;
};

/* The loops' days as rows, newest first within a loop; from the arena. */
struct feedback *stats_feedback(const struct stats *stats, size_t *count);

/* One item of a batch answer. */
struct stats_item {
	enum api_failure failure;
	struct error error; /* when failure is not API_FINE */
	const char *next;   /* page token, or NULL; from the arena */
};

/* One batch answer: exactly count items, in order; stats[i] takes item i. */
enum status parse_batch(const char *body, size_t len, size_t count,
    struct stats *const *stats, struct arena *arena, struct stats_item *items,
    struct error *err) MUST_CHECK;

/* complianceStatus as findings of google.* on `domain` and, for the
 * registrable domain's own rows, on "organizational". */
enum status parse_compliance(const char *body, size_t len, const char *domain,
    struct arena *arena, struct finding **out, size_t *count,
    struct error *err) MUST_CHECK;

/* --- requests ------------------------------------------------------------- */

/* The names under which feedback loops are asked; LOOP_KEY and a number is
 * the rate of that loop. */
#define LOOPS_FROM_KEY "fbl_from"
#define LOOPS_DKIM_KEY "fbl_dkim"
#define LOOP_KEY "fbl_rate_"

/* The definitions of every metric and of both feedback-loop lists. */
void body_definitions(struct buf *out);
/* The definitions for the rates of the newest loops (at most
 * LOOPS_ASKED_MAX); false when there are none. */
bool body_feedback_definitions(struct buf *out, const struct stats *stats);
/* One item of a batch: page may be NULL. */
void body_item(struct buf *out, const char *domain, int32_t first, int32_t last,
    const char *definitions, const char *page);

#endif
