/* A world for checks: a facts cache that is filled from text. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_CHECKS_WORLD_H
#define TESTS_UNIT_CHECKS_WORLD_H

#include "sendtop/check.h"

/* The moment at which every check of a world runs: 2026-11-21 23:40 UTC. */
#define WORLD_NOW INT64_C(1795304400)

struct world;

/*
 * Lines of "name TYPE value".  MX values begin with the preference; \DDD in a
 * TXT value is one octet; "!timeout", "!servfail", "!refused", "!unreachable",
 * "!malformed" and "!none" say how the question ends.  A CNAME is followed.  A
 * name without any line is NXDOMAIN.  TYPE+ is an authentic answer (DNSSEC),
 * TYPE/cd what comes without checking, where that differs; TLSA is in hex.
 *
 * "host SMTP address word=value ..." is a session; it is a good one but for
 * what the words say: outcome, starttls, phase, tls (1.0 to 1.3), cert=no,
 * trust (self, untrusted), match=no, from and until (days from now), key
 * (RSA/2048), names, chain (hex), and last reply, which takes the rest of the line.
 * Addresses without a session are unreachable.
 *
 * "URL HTTPS address word ..." is an answer, 200 and text/plain but for what
 * the words say: ok, untrusted, unreachable, timeout, too_large, broken,
 * unsafe or network; code=404; type=image/svg+xml; and last body=, which takes
 * the rest of the line, "|" for a line end.  Other addresses are unreachable.
 */
struct world *world_new(const char *lines);
void world_free(struct world *world);

/* Answers all that is wanted; fails the test when something is wanted that
 * was wanted before.  Returns how many facts that were. */
size_t world_answer(struct world *world);

/* Runs a check to its end on a subject, answering what it asks. */
void world_run(struct world *world, const struct check *check,
    const struct subject *subject);
/* The same on a domain's, a selector's, an address's or an MX subject. */
void world_domain(
    struct world *world, const struct check *check, const char *domain);
void world_address(
    struct world *world, const struct check *check, const char *address);
void world_mx(struct world *world, const struct check *check, const char *host,
    const char *address);

/* Runs a plan to its end. */
void world_plan(struct world *world, const struct check_plan *plan);

struct facts *world_facts(struct world *world);
struct arena *world_arena(struct world *world);
unsigned world_rounds(const struct world *world);
size_t world_asked(const struct world *world);
size_t world_count(const struct world *world);
/* Finding i; the test fails when there is none. */
const struct finding *world_finding(const struct world *world, size_t i);
/* The finding of a check on a subject, or NULL. */
const struct finding *world_find(
    const struct world *world, const char *check, const char *subject);

/* Fails, with the row's words, unless there is exactly one finding and it is
 * this one; text has to be part of its detail and cure of its cure ("" is
 * part of any, NULL means that there is none). */
void world_expect(const struct world *world, const char *why,
    enum verdict verdict, const char *reason, const char *text,
    const char *cure);

#endif
