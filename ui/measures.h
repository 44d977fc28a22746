/* A metric's row: newest value, its day, the week, a sparkline. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_MEASURES_H
#define SENDTOP_UI_MEASURES_H

#include "canvas.h"
#include "sendtop/history.h"

/* Each takes one row. */
int measures_titles(const struct pane *pane, int y);
int measures_row(const struct pane *pane, int y, const struct history *history,
    enum metric metric);

#endif
