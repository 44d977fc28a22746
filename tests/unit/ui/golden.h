/* Comparing text with a file of tests/golden. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UI_GOLDEN_H
#define TESTS_UI_GOLDEN_H

#include "ui/canvas.h"

/* Fails the test where they differ, naming the first line that does;
 * UPDATE_GOLDEN=1 writes the file instead. */
void golden_canvas(const char *name, const struct canvas *canvas);
void golden_text(const char *name, const char *text);

#endif
