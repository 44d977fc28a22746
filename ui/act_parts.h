/* What the files of the actions share. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_ACT_PARTS_H
#define SENDTOP_UI_ACT_PARTS_H

#include "act.h"

/* A movement over whatever is on the screen. */
unsigned act_go(const struct model *model, const struct frame *frame,
    struct ui_state *ui, enum action action);
/* The cursor of the list to a row; reads again when the window moves. */
unsigned act_move_cursor(const struct model *model, const struct frame *frame,
    struct ui_state *ui, size_t to);
/* Where a panel is scrolled to by a movement. */
int act_scrolled(int scroll, const struct frame *frame, enum action action);
void act_tab(struct ui_state *ui, size_t tab);
/* The domain under the cursor, or its group's folding. */
unsigned act_open(const struct model *model, struct ui_state *ui);
/* One step towards the live list of all. */
unsigned act_back(const struct model *model, struct ui_state *ui, bool escape);
unsigned act_sort(struct ui_state *ui, unsigned sort);

/* --- act_mouse.c ------------------------------------------------------------------ */

unsigned act_mouse(const struct model *model, const struct frame *frame,
    const struct key_event *event, struct ui_state *ui);

#endif
