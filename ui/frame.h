/* A whole frame: header, tabs, panel, status, keys. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_FRAME_H
#define SENDTOP_UI_FRAME_H

#include "panels.h"

enum { FRAME_TABS = 10 };

/* Where things came to lie: for the mouse, and how far one can scroll. */
struct frame {
	int width, height;
	int list_y, list_rows; /* the list's first row; 0 rows: no list */
	int tab_y, tab_count;
	struct {
		int x, w;
	} tabs[FRAME_TABS];
	int panel_rows;   /* rows there are for the panel */
	int content_rows; /* rows it would take */
};

/* How many rows the list gets on a screen of that height; never below 1. */
int frame_list_rows(int height);

void frame_draw(
    struct canvas *canvas, const struct model *model, struct frame *out);

#endif
