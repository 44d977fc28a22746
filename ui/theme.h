/* Themes: what a role looks like. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_THEME_H
#define SENDTOP_UI_THEME_H

#include "canvas.h"

enum {
	STYLE_BOLD = 1,
	STYLE_DIM = 2,
	STYLE_REVERSE = 4,
	STYLE_UNDERLINE = 8,
};

/* Colours are the numbers of the usual 8 and 256 colour palettes; -1 is the
 * terminal's own. */
struct style {
	short few, many; /* foreground with 8 and with 256 colours */
	unsigned attributes;
};

struct theme {
	const char *name;
	struct style styles[ROLE_COUNT];
};

/* dark, light or mono; another name gives dark. */
const struct theme *theme_find(const char *name);
/* Row i of the table, NULL past its end. */
const struct theme *theme_row(size_t i);

/* Whether to use colours: `color` is auto, always or never; auto minds
 * no_color, the NO_COLOR variable's value or NULL. */
bool theme_wants_color(const char *color, const char *no_color);

#endif
