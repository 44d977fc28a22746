/* The terminal given back by a process that dies. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_RESCUE_H
#define SENDTOP_UI_RESCUE_H

#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

/*
 * From now on a deadly signal, and an end for want of memory, write the octets
 * to standard output and put the modes back, before the process dies as it
 * would have.  What does not fit 512 octets is left out.
 */
void rescue_arm(const char *octets, size_t len, const struct termios *modes);
void rescue_disarm(void);
/* While the terminal is not ours (suspended) nothing is written. */
void rescue_hold(bool hold);

#endif
