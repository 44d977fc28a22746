/* The store's events in the order they came, and what was told of them. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_STORE_NEWS_H
#define SENDTOP_STORE_NEWS_H

#include "sendtop/store_live.h"

/* An event with what a hook asks about. */
struct store_news {
	struct store_event event;
	const char *check, *subject; /* of a finding; else "" */
	bool begins;                 /* a trouble begins or grows */
};

/* As store_event_add(), with the rest; event.id is the store's. */
enum status store_news_add(struct store *store, const struct store_news *news,
    struct error *err) MUST_CHECK;
/* What was brought from elsewhere (store_bring.h) has numbers below 0.
 * Those whose number is above `after` and time not before since_s, lowest
 * number first, at most limit; domain NULL: all. */
struct news_query {
	int64_t after;
	int64_t since_s;
	const char *domain;
	size_t limit;
};
enum status store_news(struct store *store, const struct news_query *query,
    struct arena *arena, struct store_news **out, size_t *count,
    struct error *err) MUST_CHECK;
/* The highest number given so far that is still there; 0: no event, or none
 * but brought ones. */
enum status store_news_last(
    struct store *store, int64_t *id, struct error *err) MUST_CHECK;

/* --- what a hook was told -------------------------------------------------- */

/* A trouble as one hook knows it; all five are its key. */
struct store_told {
	const char *hook, *domain, *kind, *check, *subject;
	int64_t told_s;       /* of the event that was told; 0: none was */
	enum verdict verdict; /* the gravest that was told */
	bool open;            /* and its end was not */
};
/* Fills the rest by the key. */
enum status store_told_get(
    struct store *store, struct store_told *told, struct error *err) MUST_CHECK;
enum status store_told_put(struct store *store, const struct store_told *told,
    struct error *err) MUST_CHECK;
/* Forgets what ended and was told before before_s. */
enum status store_told_prune(struct store *store, const char *hook,
    int64_t before_s, struct error *err) MUST_CHECK;

/* --- findings of the past --------------------------------------------------- */

/* One row a change: a finding from when to when it held. */
struct finding_span {
	int64_t id;
	struct finding finding;
	int64_t begun_s, ended_s; /* ended_s 0: it still holds */
	int64_t known_first_s;    /* since when finding.known_verdict was so */
};
/* Those of a domain that held at since_s or later, lowest number first and
 * above `after`, at most limit. */
enum status store_findings_past(struct store *store, int64_t domain,
    int64_t since_s, int64_t after, size_t limit, struct arena *arena,
    struct finding_span **out, size_t *count, struct error *err) MUST_CHECK;
/* How one check's verdict on one subject went, newest first: what began up to
 * until_s, at most limit. */
struct finding_key {
	int64_t domain;
	const char *check, *subject;
};
enum status store_finding_past(struct store *store,
    const struct finding_key *key, int64_t until_s, size_t limit,
    struct arena *arena, struct finding_span **out, size_t *count,
    struct error *err) MUST_CHECK;

#endif
