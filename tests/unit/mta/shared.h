/* What tests of the reply catalogue share: the real one, and files by line. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_MTA_SHARED_H
#define TESTS_MTA_SHARED_H

#include "sendtop/reply.h"

/* The catalogue of the source tree; the caller frees. */
struct reply_catalogue *shared_catalogue(void);

/* A path in the source tree; the caller frees. */
char *shared_path(const char *name);

/* The key of the text's row, or "unknown"; provider may be NULL. */
const char *shared_key(const struct reply_catalogue *catalogue,
    const char *provider, const char *text);

/* Calls take for each line that is no comment, its newline cut; returns how
 * many there were. */
int shared_lines(
    const char *name, void (*take)(void *arg, char *line), void *arg);

#endif
