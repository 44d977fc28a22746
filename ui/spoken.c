/* A panel as sentences, for who has it read out. */
/* SPDX-License-Identifier: MIT */
#include "spoken.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "glyph.h"
#include "sendtop/mem.h"
#include "sendtop/text.h"

enum { LABEL_MOST = 16 }; /* a longer head is a sentence, said once */

struct pieces {
	struct piece *items; /* their texts are the arena's */
	size_t count, cap;
	struct arena *arena;
};

struct speech {
	FILE *out;
	bool ascii;
	bool begun;          /* something was said: a heading needs room */
	const char *heading; /* not said yet: nothing may come under it */
	/* The heads of the table that is read. */
	const struct piece *heads;
	size_t head_count;
};

/* --- texts ------------------------------------------------------------------------ */

/* Lines, blocks, dots, arrows: what draws and does not speak. */
static bool
is_drawing(uint32_t code)
{
	return (code >= 0x2190 && code <= 0x21ff) ||
	    (code >= 0x2500 && code <= 0x25ff) ||
	    (code >= 0x2800 && code <= 0x28ff) || code == 0xb7 || code == 0xd7;
}

/* The text without drawing and without blanks at its ends; "" when nothing is
 * left but signs. */
static const char *
cleaned(struct arena *arena, const char *text)
{
	struct buf buf = { 0 };
	const char *result = "";
	bool speaks = false;
	size_t len = strlen(text), at = 0;

	while (at < len) {
		uint32_t code = '?';
		size_t n = text_decode(text + at, len - at, &code);

		if (n == 0)
			n = 1;
		if (!is_drawing(code) && !(buf.len == 0 && code == ' ')) {
			buf_add(&buf, text + at, n);
			speaks = speaks || code > 0x7f ||
			    isalnum((unsigned char)code);
		}
		at += n;
	}
	while (buf.len > 0 && buf.data[buf.len - 1] == ' ')
		buf.len--;
	if (speaks)
		result = arena_ndup(arena, buf.data, buf.len);
	buf_free(&buf);
	return result;
}

void
spoken_text(FILE *out, const char *text, bool ascii)
{
	size_t len = strlen(text), at = 0;

	while (at < len) {
		uint32_t code = '?';
		size_t n = text_decode(text + at, len - at, &code);

		if (n == 0 || code < 0x20)
			fputc('?', out);
		else if (ascii)
			fputc(glyph_ascii(code), out);
		else
			fwrite(text + at, 1, n, out);
		at += n > 0 ? n : 1;
	}
}

/* "0.118 ^" is "0.118 rising". */
static void
say_value(struct speech *s, const char *text)
{
	size_t len = strlen(text);
	char *number;

	if (len < 3 || text[len - 2] != ' ' ||
	    (text[len - 1] != '^' && text[len - 1] != 'v')) {
		spoken_text(s->out, text, s->ascii);
		return;
	}
	number = mem_ndup(text, len - 1);
	spoken_text(s->out, number, s->ascii);
	fputs(text[len - 1] == '^' ? "rising" : "falling", s->out);
	free(number);
}

/* --- collecting ------------------------------------------------------------------- */

/* Signs that are as good as a word; NULL for any other text. */
static const char *
sign_word(const char *text)
{
	static const struct {
		const char *sign, *word;
	} signs[] = { { "^", "rising" }, { "v", "falling" },
		{ GLYPH_DIFFERS, "they differ" } };

	for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++)
		if (strcmp(signs[i].sign, text) == 0)
			return signs[i].word;
	return NULL;
}

static void
take(void *arg, const struct piece *piece)
{
	struct pieces *all = arg;
	struct piece kept = *piece;

	kept.text = sign_word(piece->text);
	if (kept.text == NULL)
		kept.text = cleaned(all->arena, piece->text);
	if (kept.text[0] == '\0')
		return;
	if (piece->right)
		kept.x = kept.end - (int)text_width(piece->text);
	all->items = mem_grow(
	    all->items, all->count, &all->cap, sizeof(*all->items));
	all->items[all->count++] = kept;
}

static int
compare(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;

	if (x->y != y->y)
		return x->y < y->y ? -1 : 1;
	return (x->x > y->x) - (x->x < y->x);
}

/* --- rows ------------------------------------------------------------------------- */

/* The head of the column that a piece stands in, or NULL. */
static const struct piece *
head_of(const struct speech *s, const struct piece *piece)
{
	for (size_t i = 0; i < s->head_count; i++) {
		const struct piece *head = &s->heads[i];

		if (piece->right || head->right ? head->end == piece->end
						: head->x == piece->x)
			return head;
	}
	return NULL;
}

/* Titles of columns stand side by side; one alone is a heading. */
static bool
are_heads(const struct piece *row, size_t count)
{
	size_t titles = 0;

	for (size_t i = 0; i < count; i++) {
		if (row[i].title ||
		    (row[i].role != ROLE_TITLE && row[i].role != ROLE_TAB))
			return false;
		titles++;
	}
	return titles > 1;
}

static bool
is_in_table(const struct speech *s, const struct piece *row, size_t count)
{
	size_t matched = 0;

	for (size_t i = 0; i < count; i++)
		matched += head_of(s, &row[i]) != NULL;
	return matched > 1;
}

static void
say_heading(struct speech *s)
{
	if (s->heading == NULL)
		return;
	if (s->begun)
		fputc('\n', s->out);
	spoken_text(s->out, s->heading, s->ascii);
	fputs("\n", s->out);
	s->heading = NULL;
	s->begun = true;
}

/* What stands between a piece and the next. */
static const char *
separator(const struct piece *before, bool first)
{
	const char *text = before->text;
	size_t len = strlen(text);

	if (text[len - 1] == ':')
		return " ";
	if (first && strspn(text, "0123456789") == len)
		return ". ";
	if (before->role == ROLE_KEY || (first && before->role == ROLE_DIM))
		return ": ";
	return ", ";
}

static void
say_label(struct speech *s, const struct piece *head)
{
	char *label;

	if (head == NULL || strlen(head->text) > LABEL_MOST)
		return;
	label = mem_dup(head->text);
	text_lower(label);
	spoken_text(s->out, label, s->ascii);
	fputs(": ", s->out);
	free(label);
}

/* A letter beside a table's number is for the eye alone. */
static bool
is_mark(const struct speech *s, const struct piece *piece)
{
	return strlen(piece->text) == 1 &&
	    isupper((unsigned char)piece->text[0]) && head_of(s, piece) == NULL;
}

static void
say_row(struct speech *s, const struct piece *row, size_t count)
{
	bool table = is_in_table(s, row, count);

	say_heading(s);
	for (size_t i = 0; i < count; i++) {
		if (table && is_mark(s, &row[i]))
			continue;
		if (i > 0)
			fputs(table ? ", " : separator(&row[i - 1], i == 1),
			    s->out);
		if (table)
			say_label(s, head_of(s, &row[i]));
		say_value(s, row[i].text);
	}
	fputc('\n', s->out);
	s->begun = true;
}

static void
take_row(struct speech *s, const struct piece *row, size_t count)
{
	if (are_heads(row, count)) {
		s->heads = row;
		s->head_count = count;
		return;
	}
	if (row->role == ROLE_TITLE) {
		s->heading = row->text;
		row++;
		count--;
	}
	/* Heads may stand in the heading's own row. */
	if (count > 0 && row->role == ROLE_TITLE) {
		s->heads = row;
		s->head_count = count;
	} else if (count > 0)
		say_row(s, row, count);
}

bool
spoken_panel(FILE *out, panel_draw *draw, const struct model *model, int width,
    int rows, bool ascii)
{
	struct pieces all = { .arena = arena_new() };
	struct canvas *canvas = canvas_new(width, 1, false);
	struct speech speech = { .out = out, .ascii = ascii };
	struct pane pane;
	size_t from = 0;

	canvas_listen(canvas, take, &all);
	pane = pane_all(canvas);
	pane.h = rows;
	draw(&pane, model);
	if (all.count > 0)
		qsort(all.items, all.count, sizeof(*all.items), compare);
	for (size_t i = 1; i <= all.count; i++)
		if (i == all.count || all.items[i].y != all.items[from].y) {
			take_row(&speech, all.items + from, i - from);
			from = i;
		}
	canvas_free(canvas);
	free(all.items);
	arena_free(all.arena);
	return speech.begun;
}
