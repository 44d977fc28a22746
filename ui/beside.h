/* A process beside the screen that does one thing and ends. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_BESIDE_H
#define SENDTOP_UI_BESIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "sendtop/error.h"

/*
 * It tells on its standard error how it is getting on, a line at a time: three
 * numbers (BESIDE_PROGRESS) say how far it is, anything else is a sentence, of
 * which the last one counts.
 */
#define BESIDE_PROGRESS "%zu %zu %lld\n" /* done, of how many, octets so far */

struct beside {
	pid_t pid; /* 0: none */
	int fd;    /* what it says */
	bool cancelled;
	size_t done, total; /* total 0: not known */
	long long octets;
	char line[ERROR_TEXT_SIZE]; /* being read */
	size_t len;
	char sentence[ERROR_TEXT_SIZE]; /* "" none yet */
};

/* Calls run in a new process, without the terminal and the screen's signals;
 * what it returns is its exit status. */
enum status beside_start(struct beside *beside, int (*run)(void *arg),
    void *arg, struct error *err) MUST_CHECK;
/* Looks how it is getting on.  STATUS_BUSY while it runs; then, once, how it
 * ended: STATUS_OK for an exit status of 0, else its sentence. */
enum status beside_look(struct beside *beside, struct error *err) MUST_CHECK;
void beside_cancel(struct beside *beside);
/* Ends it at once, and waits for that; or only waits for its own end. */
void beside_end(struct beside *beside);
void beside_wait(struct beside *beside);

#endif
