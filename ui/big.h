/* Large digits, three rows high, of strokes that ASCII has too. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_BIG_H
#define SENDTOP_UI_BIG_H

#include "canvas.h"

enum { BIG_ROWS = 3 };

/* Digits, comma and point; others are left out.  Returns the column behind. */
int big_put(
    const struct pane *pane, int x, int y, enum role role, const char *text);

#endif
