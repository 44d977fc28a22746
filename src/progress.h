/* How far a long command is, on a terminal. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_PROGRESS_H
#define SENDTOP_PROGRESS_H

#include <stddef.h>

#include "sendtop/loop.h"

struct progress;

/* One line on standard error, a few times a second, while the loop runs; NULL
 * when standard error is no terminal.  count says how far it is. */
struct progress *progress_new(struct loop *loop,
    void (*count)(void *arg, size_t *done, size_t *total), void *arg);
/* Wipes the line, so that something else can be written in its place. */
void progress_clear(struct progress *progress);
void progress_free(struct progress *progress);

#endif
