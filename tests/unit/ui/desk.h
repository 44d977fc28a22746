/* A domain's or the list's screen at which a test sits and types. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UI_DESK_H
#define TESTS_UI_DESK_H

#include <stdbool.h>
#include <stdint.h>

#include "fixture.h"
#include "ui/frame.h"

extern struct fixture f;
extern struct canvas *canvas;
extern struct frame frame; /* as it was drawn last */

/* The list in so many rows of 80 columns; and another domain's view. */
void set_up_rows(int rows);
void open_on(const char *domain);
void tear_down(void);
/* Returns what is wanted then, and draws. */
unsigned press(uint32_t code);
void type(const char *text);
/* Whether the drawn frame shows a text. */
bool shows(const char *text);

#endif
