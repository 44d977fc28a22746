/* One run of a hook's command. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_COLLECT_HOOK_RUN_H
#define SENDTOP_COLLECT_HOOK_RUN_H

#include "sendtop/loop.h"
#include "sendtop/settings.h"

/* What telling somebody came to. */
enum hook_end {
	HOOK_DONE,
	HOOK_AGAIN,  /* not now, but later */
	HOOK_FAILED, /* not at all */
};

/* What a child may be given at once, before it runs: see pipe(7). */
enum { HOOK_INPUT_MOST = 32768 };

struct hook_run;

/*
 * Runs words[0] with the words, no shell between, input on its stdin, both its
 * outputs bounded.  Ends by calling done: exit status 0 is done, 75
 * (EX_TEMPFAIL of sysexits.h) again later, everything else and taking longer
 * than timeout_ms failed; the sentence says how, "" when done.  The program
 * has all of its input before it runs, so it can finish without us.
 * STATUS_SYSTEM: it could not be run.
 */
enum status hook_run_start(struct loop *loop, const struct text_list *words,
    const char *input, size_t len, int64_t timeout_ms,
    void (*done)(void *arg, enum hook_end end, const char *sentence), void *arg,
    struct hook_run **out, struct error *err) MUST_CHECK;
/* Stops watching; what runs goes on. */
void hook_run_free(struct hook_run *run);

#endif
