/* One call of the API with token, back-off and retries. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_POSTMASTER_API_H
#define SENDTOP_POSTMASTER_API_H

#include "parse.h"

struct call;

/* How long anything waits; tests make it short. */
struct pace {
	int64_t first_ms;   /* before the second try; then it doubles */
	int64_t longest_ms; /* between two tries of a call */
	int64_t second_ms;  /* how long Retry-After's second is: 1000 */
	int64_t timeout_ms; /* of one request */
};

struct postmaster {
	struct loop *loop;
	struct http *http;
	struct oauth *oauth;
	char *endpoint;      /* without a final slash */
	struct call *calls;  /* under way: a doubly linked list */
	unsigned generation; /* of the access token */
	struct pace pace;
	int64_t not_before_ms; /* Google asked for quiet until then */
	struct postmaster_counts counts;
	char *definitions; /* of every metric */
	struct query *queries;
	struct listing *listings;
};

/*
 * Ends with API_FINE and the body, or with why not: what can be retried was
 * retried.  A smaller question may fare better after too_large (the answer
 * went over the cap) and a code of 500 and above.
 */
struct call_result {
	enum api_failure failure;
	struct error error;
	bool too_large;
	long code; /* HTTP's of the last try; 0: no answer */
	const char *body;
	size_t len;
};
typedef void call_done(void *arg, const struct call_result *result);

enum { CALL_TRIES = 5 };

/* GET when body is NULL.  path begins with a slash; both are copied.  done is
 * called once, later. */
void call_start(struct postmaster *postmaster, const char *path,
    const char *body, unsigned tries, call_done *done, void *arg);
void calls_drop(struct postmaster *postmaster);

/* query.c */
void queries_drop(struct postmaster *postmaster);

/* Milliseconds after try number `try` (from 1): doubling with jitter, up to
 * the longest, but never less than Retry-After (pure but for the dice). */
int64_t back_off_ms(const struct pace *pace, unsigned try,
    int64_t retry_after_s, uint32_t dice);
/* A throw for it. */
uint32_t back_off_dice(void);

#endif
