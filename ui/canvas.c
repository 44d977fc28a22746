/* A canvas: a grid of cells with roles, drawn on through panes. */
/* SPDX-License-Identifier: MIT */
#include "canvas.h"

#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "glyph.h"
#include "sendtop/mem.h"
#include "sendtop/text.h"

enum {
	LINE_SIZE = 2048,
	MARKS_MOST = 2,
	MARGIN = 1, /* columns beside panes where nothing is */
};

struct canvas {
	int width, height;
	int columns; /* of each row of cells: the width, and what is beyond */
	bool ascii, overflow;
	struct cell *cells;
	canvas_listener *listener; /* or NULL */
	void *arg;
	int told; /* what is put now is part of something told already */
};

static int
bounded(int value, int low, int high)
{
	if (value < low)
		return low;
	return value > high ? high : value;
}

void
canvas_clear(struct canvas *canvas)
{
	size_t count = (size_t)canvas->columns * (size_t)canvas->height;
	struct cell blank = { .text = " ", .width = 1 };

	for (size_t i = 0; i < count; i++)
		canvas->cells[i] = blank;
}

void
canvas_resize(struct canvas *canvas, int width, int height)
{
	canvas->width = bounded(width, 1, CANVAS_MOST);
	canvas->height = bounded(height, 1, CANVAS_MOST);
	canvas->columns = canvas->width;
	canvas->cells = mem_resize(canvas->cells,
	    (size_t)canvas->columns * (size_t)canvas->height,
	    sizeof(*canvas->cells));
	canvas_clear(canvas);
}

struct canvas *
canvas_new(int width, int height, bool ascii)
{
	struct canvas *canvas = mem_zero(1, sizeof(*canvas));

	canvas->ascii = ascii;
	canvas_resize(canvas, width, height);
	return canvas;
}

void
canvas_free(struct canvas *canvas)
{
	if (canvas == NULL)
		return;
	free(canvas->cells);
	free(canvas);
}

int
canvas_width(const struct canvas *canvas)
{
	return canvas->width;
}

int
canvas_height(const struct canvas *canvas)
{
	return canvas->height;
}

bool
canvas_ascii(const struct canvas *canvas)
{
	return canvas->ascii;
}

void
canvas_listen(struct canvas *canvas, canvas_listener *listener, void *arg)
{
	canvas->listener = listener;
	canvas->arg = arg;
}

bool
canvas_listens(const struct canvas *canvas)
{
	return canvas->listener != NULL;
}

static struct cell *
cell_at(const struct canvas *canvas, int x, int y)
{
	return &canvas->cells[(size_t)y * (size_t)canvas->columns + (size_t)x];
}

/* More columns beyond the width. */
static void
widen(struct canvas *canvas, int columns)
{
	struct canvas old = *canvas;

	canvas->columns = columns;
	canvas->cells = mem_zero(
	    (size_t)columns * (size_t)canvas->height, sizeof(*canvas->cells));
	canvas_clear(canvas);
	for (int y = 0; y < canvas->height; y++)
		memcpy(cell_at(canvas, 0, y), cell_at(&old, 0, y),
		    (size_t)old.columns * sizeof(*canvas->cells));
	free(old.cells);
}

void
canvas_overflow(struct canvas *canvas)
{
	canvas->overflow = true;
}

const struct cell *
canvas_cell(const struct canvas *canvas, int x, int y)
{
	return cell_at(canvas, x, y);
}

/* Columns of the row up to the last that is not blank. */
static int
row_length(const struct canvas *canvas, int y)
{
	int n = canvas->columns;

	while (n > 0) {
		const struct cell *cell = cell_at(canvas, n - 1, y);

		if (cell->width != 1 || strcmp(cell->text, " ") != 0)
			break;
		n--;
	}
	return n;
}

void
canvas_text(const struct canvas *canvas, FILE *out)
{
	canvas_text_rows(canvas, canvas->height, out);
}

void
canvas_text_rows(const struct canvas *canvas, int rows, FILE *out)
{
	if (rows > canvas->height)
		rows = canvas->height;
	while (rows > 0 && row_length(canvas, rows - 1) == 0)
		rows--;
	for (int y = 0; y < rows; y++) {
		int n = row_length(canvas, y);

		for (int x = 0; x < n; x++)
			fputs(cell_at(canvas, x, y)->text, out);
		fputc('\n', out);
	}
}

struct pane
pane_all(struct canvas *canvas)
{
	int bottom = canvas->listener != NULL ? INT_MAX : canvas->height;

	return (struct pane){ canvas, 0, 0, canvas->width, canvas->height, 0, 0,
		canvas->width, bottom };
}

static int
least(int a, int b)
{
	return a < b ? a : b;
}

static int
most(int a, int b)
{
	return a > b ? a : b;
}

struct pane
pane_part(const struct pane *pane, int x, int y, int w, int h)
{
	struct pane part = *pane;

	part.x = pane->x + x;
	part.y = pane->y + y;
	part.w = most(w, 0);
	part.h = most(h, 0);
	part.left = most(pane->left, part.x);
	part.top = most(pane->top, part.y);
	part.right = least(pane->right, part.x + part.w);
	part.bottom = least(pane->bottom, part.y + part.h);
	return part;
}

struct pane
pane_scrolled(const struct pane *pane, int rows)
{
	struct pane moved = *pane;

	moved.y -= rows;
	return moved;
}

/* Blanks the other half when one half of a wide character goes. */
static void
part_wide(struct canvas *canvas, int x, int y)
{
	struct cell *cell = cell_at(canvas, x, y);
	struct cell *other = NULL;

	if (cell->width == 0 && x > 0)
		other = cell_at(canvas, x - 1, y);
	else if (cell->width == 2 && x + 1 < canvas->columns)
		other = cell_at(canvas, x + 1, y);
	if (other != NULL) {
		memcpy(other->text, " ", 2);
		other->width = 1;
	}
}

static void
cell_set(struct canvas *canvas, int x, int y, enum role role,
    const char *octets, size_t len, int width)
{
	struct cell *cell;

	part_wide(canvas, x, y);
	cell = cell_at(canvas, x, y);
	memcpy(cell->text, octets, len);
	cell->text[len] = '\0';
	cell->width = (unsigned char)width;
	cell->role = (unsigned char)role;
	if (width != 2)
		return;
	part_wide(canvas, x + 1, y);
	cell = cell_at(canvas, x + 1, y);
	cell->text[0] = '\0';
	cell->width = 0;
	cell->role = (unsigned char)role;
}

static bool
in_pane(const struct pane *pane, int x, int y, int width)
{
	return pane->canvas->listener == NULL && y >= pane->top &&
	    y < pane->bottom && x >= pane->left && x + width <= pane->right;
}

/* Puts one character at a place of the canvas, if that may be touched; half a
 * wide character at the edge is left out. */
static void
put_code(const struct pane *pane, int x, int y, enum role role,
    const char *octets, size_t len, uint32_t code, int width)
{
	if (pane->canvas->ascii) {
		char ascii = glyph_ascii(code);

		for (int i = 0; i < width; i++)
			if (in_pane(pane, x + i, y, 1))
				cell_set(
				    pane->canvas, x + i, y, role, &ascii, 1, 1);
	} else if (in_pane(pane, x, y, width))
		cell_set(pane->canvas, x, y, role, octets, len, width);
}

/* Tells whoever listens, unless it is part of what was told already. */
static void
tell(const struct pane *pane, int x, int y, struct piece piece)
{
	const struct canvas *canvas = pane->canvas;

	if (canvas->listener == NULL || canvas->told > 0 ||
	    pane->y + y < pane->top || pane->y + y >= pane->bottom ||
	    pane->right <= pane->left)
		return;
	piece.end += pane->x;
	piece.x = pane->x + x;
	piece.y = pane->y + y;
	canvas->listener(canvas->arg, &piece);
}

/* How many characters, marks too. */
static int
characters(const char *text)
{
	int n = 0;

	for (; *text != '\0'; text++)
		if ((*text & 0xc0) != 0x80)
			n++;
	return n;
}

/* Adds a combining mark to the character that ends before x. */
static void
put_mark(const struct pane *pane, int x, int y, const char *octets, size_t len)
{
	struct cell *cell;
	size_t have;

	if (pane->canvas->ascii || !in_pane(pane, x - 1, y, 1))
		return;
	cell = cell_at(pane->canvas, x - 1, y);
	if (cell->width == 0 && in_pane(pane, x - 2, y, 1))
		cell = cell_at(pane->canvas, x - 2, y);
	have = strlen(cell->text);
	if (cell->width == 0 || have + len >= sizeof(cell->text) ||
	    characters(cell->text) > MARKS_MOST)
		return;
	memcpy(cell->text + have, octets, len);
	cell->text[have + len] = '\0';
}

/* Puts len octets of text; returns the column behind. */
static int
put_octets(const struct pane *pane, int x, int y, enum role role,
    const char *text, size_t len)
{
	size_t at = 0;

	while (at < len) {
		uint32_t code = '?';
		size_t n = text_decode(text + at, len - at, &code);
		const char *octets = text + at;
		int width;

		/* Texts come clean from the store; never trust that here. */
		if (n == 0 || code < 0x20 || (code >= 0x7f && code < 0xa0)) {
			at += n > 0 ? n : 1;
			put_code(pane, pane->x + x, pane->y + y, role, "?", 1,
			    '?', 1);
			x++;
			continue;
		}
		width = text_code_width(code);
		if (width > 0)
			put_code(pane, pane->x + x, pane->y + y, role, octets,
			    n, code, width);
		else
			put_mark(pane, pane->x + x, pane->y + y, octets, n);
		x += width;
		at += n;
	}
	return x;
}

int
pane_put(
    const struct pane *pane, int x, int y, enum role role, const char *text)
{
	int end = put_octets(pane, x, y, role, text, strlen(text));

	tell(pane, x, y,
	    (struct piece){ .end = end, .role = role, .text = text });
	return end;
}

int
pane_printf(
    const struct pane *pane, int x, int y, enum role role, const char *fmt, ...)
{
	char line[LINE_SIZE];
	va_list args;

	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	return pane_put(pane, x, y, role, line);
}

int
pane_fit(const struct pane *pane, int x, int y, int w, enum role role,
    const char *text)
{
	size_t room = (size_t)most(w, 0), len = text_fit(text, room);
	int end = x;

	if (w <= 0)
		return x;
	tell(pane, x, y,
	    (struct piece){ .end = x + w, .role = role, .text = text });
	pane->canvas->told++;
	if (text[len] != '\0') {
		len = text_fit(text, room - 1);
		end = put_octets(pane, x, y, role, text, len);
		end = pane_put(pane, end, y, role, GLYPH_ELLIPSIS);
	} else
		end = put_octets(pane, x, y, role, text, len);
	while (end < x + w)
		end = pane_put(pane, end, y, role, " ");
	pane->canvas->told--;
	return x + w;
}

int
pane_right(const struct pane *pane, int x, int y, int w, enum role role,
    const char *text)
{
	int width = (int)text_width(text);

	tell(pane, x, y,
	    (struct piece){
		.end = x + w, .right = true, .role = role, .text = text });
	pane->canvas->told++;
	if (width >= w)
		pane_fit(pane, x, y, w, role, text);
	else
		pane_put(pane, x + w - width, y, role, text);
	pane->canvas->told--;
	return x + w;
}

/* Octets of the next line of text: to a blank, or as many as fit. */
static size_t
line_length(const char *text, size_t columns)
{
	size_t len = text_fit(text, columns), cut;

	if (text[len] == '\0')
		return len;
	if (len == 0) /* narrower than its first character: take that */
		for (len = 1; (text[len] & 0xc0) == 0x80; len++)
			continue;
	for (cut = len; cut > 0 && text[cut] != ' '; cut--)
		continue;
	return cut > 0 ? cut : len;
}

int
pane_wrap(const struct pane *pane, int x, int y, int w, enum role role,
    const char *text)
{
	int lines = 0;

	tell(pane, x, y,
	    (struct piece){ .end = x + w, .role = role, .text = text });
	do {
		size_t len = line_length(text, (size_t)most(w, 1));

		put_octets(pane, x, y + lines, role, text, len);
		text += len;
		while (*text == ' ')
			text++;
		lines++;
	} while (*text != '\0');
	return lines;
}

int
pane_line(const struct pane *pane, int y, enum role role, const char *text)
{
	struct canvas *canvas = pane->canvas;
	struct pane open = *pane;
	int end, right = pane->x + pane->w;

	if (open.x <= MARGIN)
		open.x = open.left = 0;
	open.w = right - open.x;
	end = open.x + (int)text_width(text);
	if (!canvas->overflow || end > CANVAS_MOST ||
	    right + MARGIN < canvas->width)
		return pane_wrap(&open, 0, y, open.w, role, text);
	if (end > canvas->columns)
		widen(canvas, end);
	open.right = most(open.right, end);
	pane_put(&open, 0, y, role, text);
	return 1;
}

void
pane_fill(const struct pane *pane, int x, int y, int w, int h, enum role role,
    const char *glyph)
{
	if (pane->canvas->listener != NULL)
		return;
	for (int row = y; row < y + h; row++)
		for (int column = x; column < x + w; column++)
			pane_put(pane, column, row, role, glyph);
}

void
pane_hline(const struct pane *pane, int x, int y, int w)
{
	pane_fill(pane, x, y, w, 1, ROLE_LINE, GLYPH_HLINE);
}

void
pane_vline(const struct pane *pane, int x, int y, int h)
{
	pane_fill(pane, x, y, 1, h, ROLE_LINE, GLYPH_VLINE);
}

void
pane_box(const struct pane *pane, int x, int y, int w, int h, const char *title)
{
	if (w < 2 || h < 2)
		return;
	pane_hline(pane, x + 1, y, w - 2);
	pane_hline(pane, x + 1, y + h - 1, w - 2);
	pane_vline(pane, x, y + 1, h - 2);
	pane_vline(pane, x + w - 1, y + 1, h - 2);
	pane_put(pane, x, y, ROLE_LINE, "\u250c");
	pane_put(pane, x + w - 1, y, ROLE_LINE, "\u2510");
	pane_put(pane, x, y + h - 1, ROLE_LINE, "\u2514");
	pane_put(pane, x + w - 1, y + h - 1, ROLE_LINE, "\u2518");
	if (title[0] != '\0' && w > 4)
		pane_fit(pane, x + 2, y, least((int)text_width(title), w - 4),
		    ROLE_TITLE, title);
}

void
pane_title(const struct pane *pane, int x, int y, int w, const char *title)
{
	int width = least((int)text_width(title), w);

	tell(pane, x, y,
	    (struct piece){ .end = x + w,
		.title = true,
		.role = ROLE_TITLE,
		.text = title });
	pane->canvas->told++;
	pane_fit(pane, x, y, width, ROLE_TITLE, title);
	pane->canvas->told--;
	pane_hline(pane, x + width + 1, y, w - width - 1);
}

void
pane_role(const struct pane *pane, int x, int y, int w, enum role role)
{
	for (int i = 0; i < w; i++)
		if (in_pane(pane, pane->x + x + i, pane->y + y, 1))
			cell_at(pane->canvas, pane->x + x + i, pane->y + y)
			    ->role = (unsigned char)role;
}

void
pane_select(const struct pane *pane, int y)
{
	for (int x = 0; x < pane->w; x++)
		if (in_pane(pane, pane->x + x, pane->y + y, 1))
			cell_at(pane->canvas, pane->x + x, pane->y + y)
			    ->selected = true;
}
