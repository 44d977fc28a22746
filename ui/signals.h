/* Signals as bytes in a pipe, so that the screen's poll sees them. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_SIGNALS_H
#define SENDTOP_UI_SIGNALS_H

#include <stdbool.h>

#include "sendtop/error.h"

/* Bits of what came. */
enum {
	SIGNAL_QUIT = 1, /* SIGTERM, SIGHUP, SIGINT */
	SIGNAL_CHILD = 2,
	SIGNAL_RESIZE = 4,
	SIGNAL_STOP = 8, /* SIGTSTP from elsewhere */
};

/* Catches the signals, and ignores SIGPIPE, until signals_stop puts back what
 * was there.  One at a time in a process.  *fd becomes readable when a signal
 * came. */
enum status signals_start(int *fd, struct error *err) MUST_CHECK;
void signals_stop(void);
/* What came since the last call; empties the pipe. */
unsigned signals_take(void);
/* The number of the last SIGTERM, SIGHUP or SIGINT; 0 none. */
int signals_last(void);

#endif
