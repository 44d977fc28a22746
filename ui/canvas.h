/* A canvas: a grid of cells with roles, drawn on through panes. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_CANVAS_H
#define SENDTOP_UI_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "sendtop/error.h"

/* What a cell means.  The theme says what that looks like. */
enum role {
	ROLE_PLAIN,
	ROLE_DIM,    /* labels, what is of no interest now */
	ROLE_STRONG, /* names, the number that counts */
	ROLE_TITLE,  /* headings inside a panel */
	ROLE_HEAD,   /* the bars at the top and the bottom */
	ROLE_KEY,    /* a key's name */
	ROLE_TAB,    /* the tab that is open */
	ROLE_GOOD,
	ROLE_NOTE,
	ROLE_WARN,
	ROLE_BAD,
	ROLE_UNKNOWN,
	ROLE_LINE,   /* frames, axes, separators */
	ROLE_SERIES, /* the line of a chart */
	ROLE_COUNT,
};

/* One column.  A wide character's second column has width 0 and no text. */
struct cell {
	char text[13]; /* a character and up to two marks, UTF-8 */
	unsigned char width;
	unsigned char role; /* enum role */
	bool selected;      /* the row under the cursor */
};

struct canvas;

enum { CANVAS_MOST = 2000 }; /* columns and rows, each */

/* Blank; sizes are brought within 1..CANVAS_MOST.  With ascii set, whatever is
 * put on it becomes ASCII: line art its likeness, other characters '?'. */
struct canvas *canvas_new(int width, int height, bool ascii);
void canvas_free(struct canvas *canvas);
void canvas_clear(struct canvas *canvas);
/* Blank again, in another size. */
void canvas_resize(struct canvas *canvas, int width, int height);
int canvas_width(const struct canvas *canvas);
int canvas_height(const struct canvas *canvas);
bool canvas_ascii(const struct canvas *canvas);
/* For files: lines that must stay whole reach past the width (pane_line()), and
 * canvas_text() has all of them. */
void canvas_overflow(struct canvas *canvas);
/* Borrowed; x and y must lie on the canvas. */
const struct cell *canvas_cell(const struct canvas *canvas, int x, int y);
/* The rows as plain text, blanks at their ends cut, and so the blank rows at
 * the end. */
void canvas_text(const struct canvas *canvas, FILE *out);
/* The same of the first `rows` rows. */
void canvas_text_rows(const struct canvas *canvas, int rows, FILE *out);

/*
 * What is put on a canvas, told as it was given: whole texts, uncut, with their
 * place.  From then on nothing is drawn, and charts say nothing.  Rows below
 * the canvas count as well: for this its height does not matter.
 */
struct piece {
	int x, y;
	int end; /* the column behind it, or behind the columns it has */
	bool title, right; /* pane_title(), pane_right() */
	enum role role;
	const char *text;
};
typedef void canvas_listener(void *arg, const struct piece *piece);
void canvas_listen(struct canvas *canvas, canvas_listener *listener, void *arg);
bool canvas_listens(const struct canvas *canvas);

/*
 * A rectangle to draw in, with its own coordinates from 0,0; nothing is drawn
 * outside of it, and it may itself lie partly outside of the canvas (that is
 * how panels scroll).  Passed by value or borrowed; lives on the stack.
 */
struct pane {
	struct canvas *canvas;
	int x, y, w, h;               /* on the canvas; w and h may be 0 */
	int left, top, right, bottom; /* what may be touched, right and bottom
				   excluded */
};
struct pane pane_all(struct canvas *canvas);
/* A part of a pane, clipped to it. */
struct pane pane_part(const struct pane *pane, int x, int y, int w, int h);
/* The same pane with its content moved up by `rows`. */
struct pane pane_scrolled(const struct pane *pane, int rows);

/* Puts UTF-8 text; returns the column behind it, also where it was clipped. */
int pane_put(
    const struct pane *pane, int x, int y, enum role role, const char *text);
int pane_printf(const struct pane *pane, int x, int y, enum role role,
    const char *fmt, ...) PRINTF(5, 6);
/* Puts text in w columns: cut with an ellipsis, or padded with blanks.
 * Returns x + w. */
int pane_fit(const struct pane *pane, int x, int y, int w, enum role role,
    const char *text);
/* The same, at the right end of the w columns. */
int pane_right(const struct pane *pane, int x, int y, int w, enum role role,
    const char *text);
/* Breaks text between words (inside them only where one is too long) into
 * lines of w columns; returns how many lines that took, at least 1. */
int pane_wrap(const struct pane *pane, int x, int y, int w, enum role role,
    const char *text);
/* One line in the pane's first column, past the pane's end where the canvas has
 * an overflow; elsewhere a longer one is broken there.  Returns the rows. */
int pane_line(const struct pane *pane, int y, enum role role, const char *text);

void pane_fill(const struct pane *pane, int x, int y, int w, int h,
    enum role role, const char *glyph);
void pane_hline(const struct pane *pane, int x, int y, int w);
void pane_vline(const struct pane *pane, int x, int y, int h);
void pane_box(
    const struct pane *pane, int x, int y, int w, int h, const char *title);
/* A heading with a line to the right end of w columns. */
void pane_title(
    const struct pane *pane, int x, int y, int w, const char *title);
/* Changes the role of cells, or marks a row as selected. */
void pane_role(const struct pane *pane, int x, int y, int w, enum role role);
void pane_select(const struct pane *pane, int y);

#endif
