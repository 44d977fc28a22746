/* Hooks: commands and webhooks that are told of events. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_COLLECT_HOOKS_H
#define SENDTOP_COLLECT_HOOKS_H

#include "sendtop/http.h"
#include "sendtop/loop.h"
#include "sendtop/settings.h"
#include "sendtop/store_news.h"

struct hooks;

struct hooks_options {
	struct loop *loop;
	struct http *http;
	struct store *store;
	const struct settings *settings;
	/* A transaction is about to begin: end your own. */
	void (*before)(void *arg);
	/* One that nobody could be told of, or that works again ("").  May be
	 * NULL. */
	void (*trouble)(void *arg, const char *sentence);
	void *arg;
};

/* NULL: the settings have no hook. */
struct hooks *hooks_open(const struct hooks_options *options);
/* A command that runs goes on; a webhook that waits for its answer is dropped
 * and not told again, unless nothing was sent to it yet. */
void hooks_close(struct hooks *hooks);

/*
 * Tells of what came since the last turn: one event at a time a hook, in
 * order.  Where an event got to is written before and after, so that it is told
 * once, whatever ends the process; only what failed in a way that may pass is
 * tried again, with growing pauses, for HOOK_KEEP_S.
 */
enum { HOOK_KEEP_S = 86400 };
void hooks_turn(struct hooks *hooks);
/* Whether nobody is being told anything, and nothing is due. */
bool hooks_idle(const struct hooks *hooks);

/* --- hook_wants.c ----------------------------------------------------------- */

/* Whether a hook is to be told of an event by its kind and severity, and by
 * what it was told before; not of mutes and volume. */
bool hook_wants(const struct settings_hook *hook, const struct store_news *news,
    const struct store_told *told);

/* Whether an event is muted.  A mute may name the check and subject of a
 * finding, or the event's kind; what was in force then counts, and what is
 * now. */
enum status hook_muted(struct store *store, const struct store_news *news,
    struct arena *arena, bool *muted, struct error *err) MUST_CHECK;
/* Whether its domain sends too little; a volume that is not known keeps nothing
 * back. */
enum status hook_small(struct store *store, const struct settings_hook *hook,
    const struct store_news *news, struct arena *arena, bool *small,
    struct error *err) MUST_CHECK;

/* What a hook is told, one line of JSON; free(3). */
char *hook_json(const char *hook, const struct store_news *news, int attempt);

#endif
