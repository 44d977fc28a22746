/* A store and hooks on a loop, as the collector has them. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_COLLECT_HOOKBED_H
#define TESTS_UNIT_COLLECT_HOOKBED_H

#include "collect/hooks.h"

struct hookbed {
	char dir[64];
	char *out; /* what the command was given */
	struct settings *settings;
	struct store *store;
	struct loop *loop;
	struct http *http;
	struct hooks *hooks;
	struct arena *arena;
	int64_t until_ms;
	/* When to end a run: so many lines in out, or events of kind hook. */
	size_t lines, events;
};

/* "" when it is not there; free(3). */
char *hookbed_slurp(const char *path);
/* A program that appends its arguments and input to out, then does more. */
char *hookbed_script(const struct hookbed *bed, const char *more);
void hookbed_open(struct hookbed *bed);
void hookbed_close(struct hookbed *bed);
void hookbed_reopen(struct hookbed *bed);
/* whom: "command = ..." or "url = ...", or NULL for the script, that does
 * `more`. */
void hookbed_init(struct hookbed *bed, const char *whom, const char *more,
    const char *settings);
void hookbed_fini(struct hookbed *bed);
/* What was given so far; lives in the arena. */
const char *hookbed_given(const struct hookbed *bed);
/* How often that is in the text. */
size_t hookbed_count(const char *text, const char *what);
/* One event of a domain. */
void hookbed_add(struct hookbed *bed, const char *domain, const char *kind,
    enum verdict verdict, bool begins, const char *text);
/* The events of the hooks' own, oldest first. */
size_t hookbed_said(struct hookbed *bed, struct store_news **out);
/* Until so many lines were given, so many events said, and all is quiet. */
void hookbed_run(struct hookbed *bed, size_t lines, size_t events);

#endif
