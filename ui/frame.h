/* A whole frame: header, tabs, panel, status, keys. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_FRAME_H
#define SENDTOP_UI_FRAME_H

#include "keys.h"
#include "panels.h"

enum { FRAME_TABS = 10, FRAME_KEYS = 40, FRAME_HEADS = 16, FRAME_FORM = 24 };

/* Columns of a row that something lies on. */
struct span {
	int x, w;
};

/* A column's head, and the order that a click on it asks for. */
struct frame_head {
	struct span span;
	unsigned sort;
};
/* A key of the footer. */
struct frame_key {
	struct span span;
	enum action action;
	bool escape; /* pressed with Esc, which leads further back */
};

/* An option of a form. */
struct frame_option {
	struct span span;
	int y;
	size_t field, at;
};

/* Where things came to lie: for the mouse, and how far one can scroll. */
struct frame {
	int width, height;
	int list_y, list_rows; /* the list's first row; 0 rows: no list.  Its
				   heads are the row above */
	int head_count;
	struct frame_head heads[FRAME_HEADS];
	int tab_y, tab_count;
	struct span tabs[FRAME_TABS];
	int key_y, key_count; /* of the footer; -1: none */
	struct frame_key keys[FRAME_KEYS];
	int choice_y, choice_rows; /* of a menu that is open */
	size_t choice_first;
	int check_y, check_rows,
	    check_width; /* of the findings; 0 rows: none */
	size_t check_top;
	int form_count; /* of a form that is open */
	struct frame_option form[FRAME_FORM];
	int panel_rows;   /* rows there are for the panel */
	int content_rows; /* rows it would take */
};

/* How many rows the list gets on a screen of that height; never below 1. */
int frame_list_rows(int height);
/* Whether the list is shown with a preview that draws the domain's whole
 * view. */
bool frame_has_preview(int width, int height);

void frame_draw(
    struct canvas *canvas, const struct model *model, struct frame *out);

/* The heads of the list's columns (panel_domains.c); returns how many. */
int domains_heads(const struct pane *pane, const struct model *model,
    struct frame_head *out, int max);
/* The footer's keys, and where they came to lie. */
void footer_draw(
    const struct pane *pane, const struct model *model, struct frame *out);
/* A dialog over the bottom of the pane; where its choices came to lie. */
void dialog_draw(
    const struct pane *pane, const struct model *model, struct frame *out);
/* What is in the box of the form for a file; returns its rows. */
int file_form_draw(
    const struct pane *box, const struct model *model, struct frame *out);
/* A line that is being typed, with its cursor, in w columns. */
void edit_draw(const struct pane *pane, int x, int y, int w, bool open,
    const struct edit *edit);

#endif
