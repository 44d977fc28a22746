/* Large digits, three rows high, of strokes that ASCII has too. */
/* SPDX-License-Identifier: MIT */
#include "big.h"

#include <string.h>

enum { DIGIT_WIDTH = 4 };

/* Three rows of three columns each, as on a seven-segment display. */
static const char *const digits[] = { " _ | ||_|", "     |  |", " _  _||_ ",
	" _  _| _|", "   |_|  |", " _ |_  _|", " _ |_ |_|", " _   |  |",
	" _ |_||_|", " _ |_| _|" };

static void
put_digit(
    const struct pane *pane, int x, int y, enum role role, const char *strokes)
{
	for (int row = 0; row < BIG_ROWS; row++)
		pane_printf(pane, x, y + row, role, "%.3s", strokes + row * 3);
}

int
big_put(const struct pane *pane, int x, int y, enum role role, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text >= '0' && *text <= '9') {
			put_digit(pane, x, y, role, digits[*text - '0']);
			x += DIGIT_WIDTH;
		} else if (*text == ',' || *text == '.') {
			char mark[2] = { *text, '\0' };

			x = pane_put(pane, x, y + BIG_ROWS - 1, role, mark);
		}
	}
	return x;
}
