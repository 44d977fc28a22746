/* What cures a finding, as it can be taken off the screen. */
/* SPDX-License-Identifier: MIT */
#include "cure.h"

#include <stdlib.h>
#include <string.h>

#include "sendtop/mem.h"
#include "sendtop/paste.h"
#include "sendtop/text.h"

/* The last column is that of the signs for what is above and below. */
static char *
lines_of(const struct pane *pane, const char *cure)
{
	return paste_lines(cure, pane->w > 1 ? (size_t)pane->w - 1 : 1);
}

static int
put_line(const struct pane *pane, int y, const char *text, size_t len)
{
	char *line = mem_ndup(text, len);
	int rows = pane_line(pane, y, ROLE_STRONG, line);

	free(line);
	return rows;
}

/* A row each, unless a line is wider than the pane. */
static int
put_lines(const struct pane *pane, int y, const char *cure)
{
	char *lines = lines_of(pane, cure);
	int start = y;

	for (const char *line = lines; *line != '\0';
	     line += strcspn(line, "\n") + 1)
		y += put_line(pane, y, line, strcspn(line, "\n"));
	free(lines);
	return y - start;
}

bool
cure_is_cut(const struct pane *pane, const char *cure)
{
	struct pane nowhere = pane_part(pane, 0, 0, pane->w, 0);
	char *lines = lines_of(pane, cure);
	int count = 0;

	for (const char *at = lines; at != NULL && *at != '\0'; at++)
		count += *at == '\n';
	free(lines);
	return count > 0 && put_lines(&nowhere, 0, cure) > count;
}

/* In a row with what stands before it. */
static bool
is_beside(const struct pane *pane, int w, const char *text, const char *cure)
{
	return !paste_is_record(cure) || canvas_listens(pane->canvas) ||
	    (int)text_width(text) <= w;
}

int
cure_put(const struct pane *pane, int x, int y, enum role role,
    const char *head, const char *cure)
{
	const char *gap = head[0] != '\0' ? " " : "";
	int w = pane->w - x - 1, rows;
	char *text = mem_printf("%s%s%s", head, gap, cure);

	if (is_beside(pane, w, text, cure))
		rows = pane_wrap(pane, x, y, w, role, text);
	else {
		free(text);
		text = mem_printf("%s%spublish%s", head, gap,
		    cure_is_cut(pane, cure)
			? " (too wide to take from here: y copies it)"
			: "");
		rows = pane_wrap(pane, x, y, w, role, text);
		rows += put_lines(pane, y + rows, cure);
	}
	free(text);
	return rows;
}

int
cure_put_marked(const struct pane *pane, int x, int width, int y,
    const char *label, const char *cure)
{
	if (cure == NULL || cure[0] == '\0')
		return 0;
	pane_put(pane, x, y, ROLE_KEY, label);
	return cure_put(pane, x + width, y, ROLE_STRONG, "", cure);
}
