/* Lines with a time, newest first, under a separator for each day. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_LINES_H
#define SENDTOP_UI_LINES_H

#include <stdint.h>

#include "canvas.h"

struct lines {
	const struct pane *pane;
	int y;       /* the next free row */
	int32_t day; /* of the last separator; DAY_NONE before the first */
};

struct line_row {
	int64_t at_s;     /* 0: not known when */
	bool whole_day;   /* it is told of the day, not of a moment in it */
	const char *word; /* FAIL, done, ...; or NULL */
	enum role role;   /* of the word; of the text where there is none */
	const char *text;
};

/* Puts the title. */
struct lines lines_new(const struct pane *pane, const char *title);
void lines_put(struct lines *lines, const struct line_row *row);
/* A sentence where there are no lines. */
void lines_say(struct lines *lines, const char *text);

#endif
