/* A panel as sentences, for who has it read out. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_SPOKEN_H
#define SENDTOP_UI_SPOKEN_H

#include "panels.h"

/*
 * Writes what the panel would show, line by line and without drawing: a table's
 * row is "label: value, label: value", its labels the heads of the table; a
 * heading stands alone behind an empty line.  rows is what a panel that fills
 * its pane is told; with ascii set all else becomes ASCII.  False: it said
 * nothing.
 */
bool spoken_panel(FILE *out, panel_draw *draw, const struct model *model,
    int width, int rows, bool ascii);

/* One text in the same manner. */
void spoken_text(FILE *out, const char *text, bool ascii);

#endif
