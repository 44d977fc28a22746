/* Whose turn it is on a busy machine. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_TURNS_H
#define SENDTOP_TURNS_H

/* Hints to the system, which are of use where it takes them; nothing hangs on
 * them, so that a refusal is no failure. */

/* This process answers somebody: short turns, but at once. */
void turns_short(void);
/* This process works for one that does, in a session of its own. */
void turns_yield(void);

#endif
