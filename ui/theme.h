/* Themes: what a role looks like, read from files. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_THEME_H
#define SENDTOP_UI_THEME_H

#include "canvas.h"
#include "sendtop/mem.h"

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

enum { THEME_NAME_SIZE = 64 };
struct theme {
	char name[THEME_NAME_SIZE];
	struct style styles[ROLE_COUNT];
};

/* Bold and reverse alone: for terminals without colours, and when no file can
 * be read. */
void theme_plain(struct theme *out);

/* Reads a theme from text; file stands for it in "FILE:LINE: ..." errors. */
enum status theme_parse(const char *text, size_t len, const char *file,
    struct theme *out, struct error *err) MUST_CHECK;

/*
 * Reads the theme of that name from dir (NAME.theme), or from the path that
 * name is when it has a slash.  "default" is dark, or light where the terminal
 * says (in the variable COLORFGBG) that its ground is.
 */
enum status theme_load(const char *dir, const char *name, struct theme *out,
    struct error *err) MUST_CHECK;

/* The one behind `name` in alphabetical order, round. */
enum status theme_next(const char *dir, const char *name, struct theme *out,
    struct error *err) MUST_CHECK;

/* The names of all in dir, by the alphabet, NULL at the end. */
const char *const *theme_names(const char *dir, struct arena *arena);

/* Whether to use colours: `color` is auto, always or never; auto minds
 * no_color, the NO_COLOR variable's value or NULL. */
bool theme_wants_color(const char *color, const char *no_color);

/* The word of a role in a theme's file. */
const char *theme_role_name(enum role role);

#endif
