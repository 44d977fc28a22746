/* The terminal: the only place where curses is used. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_TERM_H
#define SENDTOP_UI_TERM_H

#include "canvas.h"
#include "copy.h"
#include "keys.h"
#include "theme.h"

struct term;

struct term_options {
	bool color; /* use colours if the terminal has any */
	const struct theme *theme;
};

/*
 * Takes the terminal on standard input and output.  One at a time in a
 * process.  STATUS_USAGE: there is none, or one that cannot be drawn on; the
 * error says what prints text instead.  After a crash, and when memory runs
 * out, the terminal is given back as well.
 */
enum status term_start(const struct term_options *options, struct term **out,
    struct error *err) MUST_CHECK;
void term_stop(struct term *term);

/* Whether there is a terminal, but one that cannot be drawn on: TERM is not
 * set, dumb, not known, or of one that cannot move its cursor. */
bool term_only_prints(void);

/* Whether the locale of the terminal shows UTF-8; needs no term_start. */
bool term_utf8(void);

/* The file descriptor to poll for keys. */
int term_fd(const struct term *term);
void term_size(const struct term *term, int *width, int *height);
/* After SIGNAL_RESIZE: asks the terminal for its size anew. */
void term_resized(struct term *term);

/*
 * Makes the terminal look like the canvas; only what differs is sent, or all
 * of it with `whole`.  Never waits for the terminal: what it does not take now
 * is kept, and until term_flush has sent it no other frame is begun.
 */
void term_draw(struct term *term, const struct canvas *canvas, bool whole);
/* Whether a frame is still under way; then term_out becomes writable when the
 * terminal takes more. */
bool term_pending(const struct term *term);
int term_out(const struct term *term);
void term_flush(struct term *term);

/* Another look from the next frame on; theme is borrowed. */
void term_theme(struct term *term, const struct theme *theme);
bool term_has_color(const struct term *term);

/* Hands text to the terminal's clipboard, where it is likely to take it. */
enum copy_way term_copy(struct term *term, const char *text);

/* The next key that was typed; false when there is none now. */
bool term_key(struct term *term, struct key_event *out);

/* Gives the terminal back, stops this process, and takes it again when it is
 * continued. */
void term_suspend(struct term *term);

#endif
