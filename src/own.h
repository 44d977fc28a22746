/* What the commands share that keep the operator's own words. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_OWN_H
#define SENDTOP_OWN_H

#include "cmd.h"
#include "sendtop/store.h"

/* In place of a domain, a check or a subject: every one. */
#define OWN_ALL "all"

enum { OWN_TIME_SIZE = 24 };
/* "2026-11-19 14:02" */
char *own_time(char out[OWN_TIME_SIZE], int64_t time_s);

/* A watched domain's name as the store has it; STATUS_NOT_FOUND. */
enum status own_domain(struct store *store, const char *word,
    struct arena *arena, const char **out, struct error *err) MUST_CHECK;

/* The number that an option names; no further words may stand beside it. */
enum status own_number(const struct cmd *cmd, const char *option,
    const char *word, int64_t *out, struct error *err) MUST_CHECK;

/* Opens the store, runs it, says what went wrong; the exit code. */
int own_run(const struct cmd *cmd, enum store_mode mode,
    enum status (*run)(const struct cmd *cmd, struct store *store,
	struct arena *arena, struct error *err));

#endif
