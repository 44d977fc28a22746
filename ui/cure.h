/* What cures a finding, as it can be taken off the screen. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_CURE_H
#define SENDTOP_UI_CURE_H

#include "canvas.h"

/*
 * What is to be done, behind a head that may be "", as panels and files show
 * it.  A record stands in the head's row where it fits; else the head says that
 * it is to be published, and it begins below, in the pane's first column, as
 * lines to paste.  What is no record is wrapped.  Returns the rows.
 */
int cure_put(const struct pane *pane, int x, int y, enum role role,
    const char *head, const char *cure);

/* The same behind a label of so many columns; 0 rows without a cure. */
int cure_put_marked(const struct pane *pane, int x, int width, int y,
    const char *label, const char *cure);

/* Whether the pane is too narrow for the record's names. */
bool cure_is_cut(const struct pane *pane, const char *cure);

#endif
