/* Pieces of work that a second thread takes part in. */
/* SPDX-License-Identifier: MIT */
#ifndef MTA_PAIR_H
#define MTA_PAIR_H

#include <stdint.h>

enum { PAIR_MOST = 64 };

/*
 * The caller's thread and another do pieces, which have the numbers 0, 1, 2 and
 * so on, each done by one of them; the caller sees to what has to be in order.
 * Where there is one processor or no thread to be had, the caller does all.
 */
struct pair;

/* work: does piece i; who: 0 the caller's thread, 1 the other. */
struct pair *pair_new(void (*work)(void *arg, uint64_t i, int who), void *arg);
/* Ends the thread, once it has done what it was allowed to. */
void pair_free(struct pair *pair);

/* Pieces before `upto`, which only grows, may be done; those PAIR_MOST before
 * that are. */
void pair_allow(struct pair *pair, uint64_t upto);
/* Returns once piece i, which is allowed, is done; meanwhile does pieces that
 * nobody has begun. */
void pair_finish(struct pair *pair, uint64_t i);

#endif
