/* The line art, and what stands for it where only ASCII can be shown. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_GLYPH_H
#define SENDTOP_UI_GLYPH_H

#include <stdint.h>

#include "sendtop/metric.h"

#define GLYPH_ELLIPSIS "\u2026"
#define GLYPH_DOT "\u00b7"
#define GLYPH_HLINE "\u2500"
#define GLYPH_VLINE "\u2502"
#define GLYPH_DASH "\u2504"
#define GLYPH_FULL "\u2588"
#define GLYPH_SHADE "\u2591"
#define GLYPH_DIFFERS "\u2260"
#define GLYPH_AT_LEAST "\u2265"

/* The ASCII character for code: itself, its likeness, or '?'. */
char glyph_ascii(uint32_t code);

/* The bar of height 0..7 of 7 as one character. */
const char *glyph_level(int level);

/* One character for each state of a number that is no number. */
const char *glyph_state(enum data_state state);

#endif
