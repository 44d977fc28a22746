/* A line of text that is being typed. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_EDIT_H
#define SENDTOP_UI_EDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { EDIT_SIZE = 400 };

/* text is valid UTF-8 without controls; at is where the next character goes,
 * in octets. */
struct edit {
	char text[EDIT_SIZE];
	size_t at;
};

/* Replaces the text; the cursor goes behind it.  What does not fit is cut at a
 * whole character. */
void edit_set(struct edit *edit, const char *text);
/* Takes a key: a character, or Left, Right, Home, End, Backspace, Delete,
 * Ctrl-A E B F D H K U W.  False: not a key for a line. */
bool edit_key(struct edit *edit, uint32_t code);
/* Replaces len octets before the cursor (for completion). */
void edit_replace(struct edit *edit, size_t len, const char *text);

#endif
