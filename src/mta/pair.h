/* Pieces of work that a second thread takes part in. */
/* SPDX-License-Identifier: MIT */
#ifndef MTA_PAIR_H
#define MTA_PAIR_H

#include <stdbool.h>
#include <stddef.h>

enum { PAIR_MOST = 32 };

/*
 * The caller's thread and another do pieces, each done by one of them, in any
 * order; the caller sees to what has to be in order.  Where there is one
 * processor or no thread to be had, the caller does all of them.
 */
struct pair;

/* work: does piece i; who: 0 the caller's thread, 1 the other. */
struct pair *pair_new(void (*work)(void *arg, size_t i, int who), void *arg);
/* Ends the thread. */
void pair_free(struct pair *pair);

/* Pieces 0 to count - 1 wait, at most PAIR_MOST; those before are all done. */
void pair_begin(struct pair *pair, size_t count);
/* Returns once piece i is done; meanwhile does pieces that nobody has begun. */
void pair_finish(struct pair *pair, size_t i);

#endif
