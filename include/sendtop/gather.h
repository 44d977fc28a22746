/* The gatherer: runs the checks of many domains at once, fetching facts. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_GATHER_H
#define SENDTOP_GATHER_H

#include "sendtop/check.h"
#include "sendtop/dns.h"
#include "sendtop/http.h"
#include "sendtop/loop.h"
#include "sendtop/smtp.h"

struct gather;

struct gather_options {
	struct loop *loop;
	struct dns *dns;
	struct smtp *smtp; /* NULL: SMTP facts are never asked for */
	struct http *http; /* NULL: HTTPS facts are never asked for */
	/* [https] and allow-private; needed when http is there. */
	const struct settings *settings;
	struct facts *facts;
	/* One domain is done; findings are borrowed for the call.  plan_arg
	 * is what gather_add was given. */
	void (*domain)(void *arg, void *plan_arg,
	    const struct finding *findings, size_t count);
	/* All that was added is done. */
	void (*done)(void *arg);
	void *arg;
};

struct gather *gather_new(const struct gather_options *options);
/* Domains not done yet are dropped without a callback.  The DNS and the SMTP
 * client must be closed by then, since they still hold what was asked; the
 * HTTP client must not. */
void gather_free(struct gather *gather);

/* Adds a domain; the plan is copied.  Work begins with gather_start. */
void gather_add(
    struct gather *gather, const struct check_plan *plan, void *plan_arg);

/* Begins a pass over what was added; no callback before it has returned. */
void gather_start(struct gather *gather);

/* Drops what is not done; `done` is still called. */
void gather_cancel(struct gather *gather);

struct gather_counts {
	size_t total, done;
	uint64_t dns, smtp, https; /* facts asked for */
	uint64_t runs;             /* of checks over a whole domain */
};
void gather_counts(const struct gather *gather, struct gather_counts *out);

#endif
