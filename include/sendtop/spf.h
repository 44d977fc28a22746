/* SPF: check_host() of RFC 7208, and what a record says by itself. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_SPF_H
#define SENDTOP_SPF_H

#include <stdio.h>

#include "sendtop/check.h"

/* RFC 7208 2.6. */
enum spf_result {
	SPF_NONE,
	SPF_NEUTRAL,
	SPF_PASS,
	SPF_FAIL,
	SPF_SOFTFAIL,
	SPF_TEMPERROR,
	SPF_PERMERROR,
};

struct spf_request {
	const struct address *ip; /* of the SMTP client */
	const char *helo;         /* "" when not known */
	/* Octets; "" checks the HELO identity, without "@" or with an empty
	 * local part means postmaster@. */
	const char *mail_from;
	const char *receiver;            /* %{r}, or NULL: "unknown" */
	const char *default_explanation; /* NULL: none */
	int64_t now_s;                   /* %{t} */
	struct spf_shelf *shelf;         /* records read before, or NULL */
};

/* One step of the evaluation, for people. */
struct spf_step {
	unsigned depth;      /* 0 the domain's own record */
	const char *domain;  /* whose record the term is in; printable */
	const char *term;    /* as written; printable */
	unsigned lookups;    /* DNS terms counted so far, this one included */
	const char *answer;  /* what DNS said, in words; may be "" */
	const char *cheaper; /* a term that says the same today without a
				   look-up, or "" */
	bool matched;
};

struct spf_outcome {
	enum spf_result result;
	const char *explanation; /* of a fail, raw octets; "" when none */
	const char *problem;     /* why none, temperror or permerror;
				     printable, "" for other results */
	enum dns_outcome dns;    /* of temperror: how the question ended */
	const char *dns_name;    /* and whose name it asked; "" otherwise */
	unsigned lookups, voids;
	const struct spf_step *steps;
	size_t step_count;
};

/* Records that need not be read again, by whomever; all is in the arena.
 * Their count tells whether something came to it. */
struct spf_shelf *spf_shelf_new(struct arena *arena);
size_t spf_shelf_count(const struct spf_shelf *shelf);

/* pass, fail, softfail, ... */
const char *spf_result_name(enum spf_result result);

/* For people: "result: pass", "explanation: ..." when there is one, then the
 * trail in 80 columns. */
void spf_print(FILE *to, const struct spf_outcome *outcome);

/* The Received-SPF header field of RFC 7208 9.1, folded at 78 columns. */
void spf_print_header(FILE *to, const struct spf_request *request,
    const struct spf_outcome *outcome);

/* check_host(): pure, restarts from the beginning on CHECK_WAITING.  What out
 * points to lives in the arena. */
enum check_state spf_check_host(struct facts *facts,
    const struct spf_request *request, struct arena *arena,
    struct spf_outcome *out);

/*
 * The single addresses (ip4 and ip6 with the whole prefix) that a domain's
 * record, its includes and redirect name: they count as sending IPs.
 * CHECK_WAITING as above; a broken record gives what was found before.
 */
enum check_state spf_addresses(struct facts *facts, const char *domain,
    struct spf_shelf *shelf, struct arena *arena, struct address **out,
    size_t *count);

#endif
