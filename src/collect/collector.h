/* What the parts of the collector share. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_COLLECTOR_H
#define SENDTOP_COLLECTOR_H

#include "hooks.h"
#include "sendtop/collect.h"
#include "sendtop/gather.h"
#include "sendtop/http.h"
#include "sendtop/loop.h"
#include "sendtop/org.h"
#include "sendtop/postmaster.h"
#include "sendtop/store_live.h"
#include "sendtop/store_mail.h"

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
	bool cancelled;       /* it is ending because somebody asked */
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
	struct work poll, probe, log_work, hook_work;
	struct hooks *hooks; /* NULL: the settings have none */
	struct logs *logs;   /* NULL: no log is read */
	bool logs_stale;     /* domains came or went */
	bool in_txn;
	bool told;         /* the screen heard of a store failure */
	bool fresh;        /* domains that were never probed came in */
	struct error lost; /* the last write that failed since the poll
				   began, or STATUS_OK */
	/* poll */
	int64_t failed; /* domains that could not be asked, and why the last */
	struct error last_failure;
	char last_failed[ORG_NAME_SIZE];
	int32_t newest_value_day;
	/* judge: names of domains, first in first out */
	char **queue;
	size_t queue_head, queue_count, queue_cap;
	struct map *queued;
	int32_t judged_day; /* the UTC day all were judged on */
	/* The mutes that the standings were judged by, in an arena. */
	struct store_mute *mutes;
	size_t mute_count;
	struct arena *mutes_arena;
	/* prune: before_s 0: nothing to do today */
	struct store_pruning pruning;
	int32_t pruned_day;
};

/* --- write.c: transactions, failures, events ------------------------------ */

/* Opens a transaction unless one is open; it is committed within 100 ms. */
bool write_begin(struct collector *c);
void write_commit(struct collector *c);
/* Takes a failed write: rolled back, told once, tried again later. */
void write_failed(struct collector *c, const struct error *err);
void write_event(
    struct collector *c, const char *domain, const struct event_text *event);
/* The same of a finding's check and subject, or of any other subject. */
void write_news(struct collector *c, const char *domain,
    const struct event_text *event, const char *check, const char *subject);
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

/* Opens Postmaster if there are credentials; a failure stands with the poll. */
void open_postmaster(struct collector *c);
/* All domains, or the one its request names. */
void poll_start(struct collector *c);
/* Ends a poll that runs; what came already is kept. */
void poll_cancel(struct collector *c);
/* domain NULL: all that are due or, when asked, all there are. */
void probe_start(struct collector *c, const char *domain, bool all);
/* For the gatherer. */
void probe_domain_done(
    void *arg, void *plan_arg, const struct finding *findings, size_t count);
void probe_all_done(void *arg);
/* Ends the probes that run, soon; what was found already is kept. */
void probe_cancel(struct collector *c);
/* Does what a cancel asks for; waiting: the requests before it. */
void request_cancel(struct collector *c, const struct store_request *cancel,
    const struct store_request *waiting, size_t count);
/* What a domain's checks look at; all in the arena. */
enum status plan_make(struct collector *c, const struct store_domain *domain,
    struct arena *arena, struct check_plan *plan, struct error *err) MUST_CHECK;
/* Keeps the selectors that the settings name. */
enum status plan_remember(struct collector *c,
    const struct settings_domain *own, int64_t domain,
    struct error *err) MUST_CHECK;
/* The logs of the settings, read from now on; none: nothing. */
enum status logs_open(struct collector *c, struct error *err) MUST_CHECK;
/* Commits what was read. */
void logs_close(struct collector *c);
/* Whether all that is there was read. */
bool logs_idle(const struct collector *c);
/* Puts a domain in the queue of those to be judged. */
void judge_later(struct collector *c, const char *domain);
void judge_all(struct collector *c);
bool judge_idle(const struct collector *c);
void judge_turn(void *arg);
/* Judges those anew for whom a mute began or ended. */
void judge_mutes(struct collector *c, int64_t now_s);

/* --- prune.c ------------------------------------------------------------------ */

void prune_turn(struct collector *c, int64_t now_s);

#endif
