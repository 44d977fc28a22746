/* What the parts of the collector share. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_COLLECTOR_H
#define SENDTOP_COLLECTOR_H

#include "sendtop/collect.h"
#include "sendtop/gather.h"
#include "sendtop/http.h"
#include "sendtop/loop.h"
#include "sendtop/postmaster.h"
#include "sendtop/store_live.h"

/* What one kind of work is doing, mirrored into the store's activity. */
struct work {
	const char *kind;
	bool running;
	int64_t done, total, since_s, next_s;
	int64_t error_s;
	char error[ERROR_TEXT_SIZE];
	char text[128];
	int64_t request;      /* the request it answers, or 0 */
	char *request_domain; /* "" for all */
	int64_t shown_ms;     /* when it was last written */
};

struct collector {
	const struct collect_options *o;
	const struct settings *settings;
	struct loop *loop;
	struct http *http;
	struct dns *dns;
	struct smtp *smtp;
	struct postmaster *postmaster; /* NULL: not connected */
	struct facts *facts;
	struct gather *gather;
	struct arena *names; /* of the domains being probed */
	struct store *store;
	struct loop_timer *tick, *commit_timer, *judge_timer;
	struct loop_signal *signals[2];
	struct loop_fd *news_watch;
	struct work poll, probe;
	bool in_txn;
	bool told;         /* the screen heard of a store failure */
	bool fresh;        /* domains that were never probed came in */
	struct error lost; /* the last write that failed since the poll
				   began, or STATUS_OK */
	/* poll */
	int64_t failed; /* domains that could not be asked, and why the last */
	struct error last_failure;
	int32_t newest_value_day;
	/* judge: names of domains, first in first out */
	char **queue;
	size_t queue_head, queue_count, queue_cap;
	struct map *queued;
	int32_t judged_day; /* the UTC day all were judged on */
};

/* --- write.c: transactions, failures, events ------------------------------ */

/* Opens a transaction unless one is open; it is committed within 100 ms. */
bool write_begin(struct collector *c);
void write_commit(struct collector *c);
/* Takes a failed write: rolled back, told once, tried again later. */
void write_failed(struct collector *c, const struct error *err);
void write_event(
    struct collector *c, const char *domain, const struct event_text *event);
/* store_changed for store_findings_put; arg is a struct changes. */
struct changes {
	struct collector *c;
	const char *domain;
	bool silent; /* the first probe makes no events */
};
void write_changed(
    void *arg, const struct finding *before, const struct finding *after);
/* Sends a sentence to the screen and the log. */
void tell(struct collector *c, const char *sentence);
/* Mirrors a work into the store; now or, unless it must, twice a second. */
void show_work(struct collector *c, struct work *work, bool must);
/* Ends the request that the work answers. */
void end_request(
    struct collector *c, struct work *work, bool ok, const char *result);

/* --- poll.c, probe.c, judge.c ----------------------------------------------- */

/* All domains, or the one its request names. */
void poll_start(struct collector *c);
/* domain NULL: all that are due or, when asked, all there are. */
void probe_start(struct collector *c, const char *domain, bool all);
/* For the gatherer. */
void probe_domain_done(
    void *arg, void *plan_arg, const struct finding *findings, size_t count);
void probe_all_done(void *arg);
/* Puts a domain in the queue of those to be judged. */
void judge_later(struct collector *c, const char *domain);
void judge_all(struct collector *c);
bool judge_idle(const struct collector *c);
void judge_turn(void *arg);

#endif
