/* The terminal's clipboard: OSC 52. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_COPY_H
#define SENDTOP_UI_COPY_H

#include "sendtop/mem.h"

enum copy_way {
	COPY_SENT,    /* the terminal is known to take it */
	COPY_MAYBE,   /* tmux or screen in between: by their settings */
	COPY_REFUSED, /* not sent */
};

/* What the environment says of the terminal; any may be NULL. */
struct copy_terminal {
	const char *term;         /* TERM */
	const char *tmux;         /* TMUX */
	const char *vte;          /* VTE_VERSION */
	const char *term_program; /* TERM_PROGRAM */
	bool capable;             /* its terminfo entry has Ms */
};
enum { COPY_MOST = 74994 }; /* octets that every terminal takes */
enum copy_way copy_way(const struct copy_terminal *terminal, size_t len);

/* The sequence, wrapped for what is in between. */
void copy_encode(const struct copy_terminal *terminal, const char *text,
    size_t len, struct buf *out);

#endif
