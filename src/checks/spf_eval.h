/* One run of check_host(): what its mechanisms share. */
/* SPDX-License-Identifier: MIT */
#ifndef CHECKS_SPF_EVAL_H
#define CHECKS_SPF_EVAL_H

#include "checks/spf_parts.h"

enum { SPF_STEPS_MAX = 400, SPF_ANSWER_MAX = 160, SPF_PROBLEM_SIZE = 512 };

/* What a mechanism says. */
enum spf_match {
	SPF_NO_MATCH,
	SPF_MATCH,
	SPF_STOP, /* with the result in spf_eval.error */
	SPF_WAIT, /* a fact is on its way */
};

struct spf_eval {
	struct facts *facts;
	struct spf_shelf *shelf;  /* or NULL */
	struct arena *arena;      /* for the outcome too */
	struct spf_values values; /* domain: of the record now read */
	unsigned lookups, voids;
	unsigned depth;  /* includes and redirects */
	unsigned inside; /* includes alone */
	enum spf_result error;
	enum dns_outcome dns;
	char dns_name[DNS_NAME_SIZE];
	char problem[SPF_PROBLEM_SIZE];

	/* exp= of the record whose mechanism matched with a fail. */
	struct spf_span exp;
	char exp_domain[SPF_NAME_SIZE];

	/* The validated names of the client, once they are known. */
	bool hosts_known, hosts_void;
	size_t host_count;
	char (*hosts)[SPF_NAME_SIZE]; /* SPF_HOSTS_MAX, or NULL */

	struct spf_step *steps; /* malloc */
	size_t step_count, step_cap;
};

/* What a term found, for the trail. */
struct spf_told {
	struct buf answer;
	char cheaper[ADDRESS_TEXT_SIZE + 8];
};

/* Sets the problem and the error; returns SPF_STOP. */
enum spf_match spf_permerror(struct spf_eval *e, const char *fmt, ...)
    PRINTF(2, 3);
enum spf_match spf_temperror(struct spf_eval *e, enum dns_outcome outcome,
    const char *name, enum dns_type type);

/* Asks: SPF_MATCH with records in *out, SPF_NO_MATCH when there are none. */
enum spf_match spf_ask(struct spf_eval *e, const char *name, enum dns_type type,
    const struct dns_answer **out);

/* Expands a term's domain-spec, or the record's own domain when it has none.
 * SPF_NO_MATCH: the result is not a domain name. */
enum spf_match spf_target(
    struct spf_eval *e, struct spf_span spec, char out[SPF_NAME_SIZE]);
/* Makes %{p} ready when text uses it: SPF_MATCH or SPF_WAIT. */
enum spf_match spf_prepare(struct spf_eval *e, struct spf_span text);

/* Every mechanism but include. */
enum spf_match spf_mechanism(
    struct spf_eval *e, const struct spf_term *term, struct spf_told *told);

/* The trail: a place for a step, then what it came to. */
size_t spf_step_begin(struct spf_eval *e, const struct spf_term *term);
void spf_step_end(struct spf_eval *e, size_t place, unsigned lookups,
    const struct spf_term *term, bool matched, const struct spf_told *told);

#endif
