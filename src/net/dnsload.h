/* How many questions a resolver on this machine is given at a time.  Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_NET_DNSLOAD_H
#define SENDTOP_NET_DNSLOAD_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Many questions under way make up for a long way.  A resolver on this machine
 * that is busy itself has nothing of that: the questions wait in it, and what
 * it keeps of each pushes the others out of the processor's cache, so all of
 * them take longer.  Therefore it is tried with half as many.  If it answers
 * about as quickly, half it is from then on; where it was the way that took
 * the time, it would answer half as quickly, and gets all of them again.
 */
struct dnsload {
	unsigned parallel; /* questions under way at most */
	unsigned limit;    /* now: all of them or half */
	bool tries;
	int64_t since_us; /* the span that is counted now */
	unsigned answers; /* in it */
	int64_t full;     /* answers in a second, about, when given all */
	unsigned slow;    /* spans in a row that were slower with half */
	unsigned rests;   /* spans until half is tried again */
	unsigned pause;   /* those, when half next turns out too few */
};

/* local: the server is on this machine. */
void dnsload_init(struct dnsload *load, unsigned parallel, bool local);
/* So many answers came in a visit of the loop, and so many questions are under
 * way now. */
void dnsload_note(
    struct dnsload *load, int64_t now_us, unsigned answers, unsigned under_way);

#endif
