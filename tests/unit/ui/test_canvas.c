/* The canvas: clipping, widths, marks, text, and what ASCII makes of it. */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suites.h"
#include "ui/glyph.h"
#include "ui/plot.h"

static char *
text_of(const struct canvas *canvas)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	ck_assert_ptr_nonnull(out);
	canvas_text(canvas, out);
	fclose(out);
	return text;
}

static void
expect(struct canvas *canvas, const char *want)
{
	char *got = text_of(canvas);

	ck_assert_str_eq(got, want);
	free(got);
	canvas_free(canvas);
}

static const struct {
	const char *what;
	int x, y, w;
	const char *text, *want;
	bool ascii;
} puts_[] = {
	{ "plain", 1, 0, 0, "abc", " abc\n", false },
	{ "over the right edge", 4, 0, 0, "abcd", "    ab\n", false },
	{ "over the left edge", -2, 0, 0, "abcd", "cd\n", false },
	{ "above", 0, -1, 0, "abc", "", false },
	{ "below", 0, 2, 0, "abc", "", false },
	{ "wide", 0, 0, 0, "\u65e5x", "\u65e5x\n", false },
	{ "half a wide one at the edge", 5, 0, 0, "\u65e5", "", false },
	{ "half a wide one at the start", -1, 0, 0, "\u65e5x", " x\n", false },
	{ "marks", 0, 0, 0, "e\u0301\u0302x", "e\u0301\u0302x\n", false },
	{ "a third mark goes", 0, 0, 0, "e\u0301\u0302\u0303x",
	    "e\u0301\u0302x\n", false },
	{ "a mark alone", 0, 0, 0, "\u0301x", "x\n", false },
	{ "mark on a wide one", 0, 0, 0, "\u65e5\u0301", "\u65e5\u0301\n",
	    false },
	{ "escape and C1", 0, 0, 0, "a\x1b[m\xc2\x9b", "a?[m?\n", false },
	{ "not UTF-8", 0, 0, 0, "a\xff\xfez", "a??z\n", false },
	{ "ascii", 0, 0, 0, "\u2502\u65e5\u2588\u00e9", "|??#?\n", true },
	{ "ascii drops marks", 0, 0, 0, "e\u0301x", "ex\n", true },
};

START_TEST(put)
{
	struct canvas *canvas = canvas_new(6, 2, puts_[_i].ascii);
	struct pane pane = pane_all(canvas);

	pane_put(&pane, puts_[_i].x, puts_[_i].y, ROLE_PLAIN, puts_[_i].text);
	expect(canvas, puts_[_i].want);
}
END_TEST

static const struct {
	int w;
	const char *text, *fit, *right;
} fits[] = {
	{ 5, "abc", "abc  |\n", "  abc|\n" },
	{ 3, "abc", "abc|\n", "abc|\n" },
	{ 3, "abcd", "ab\u2026|\n", "ab\u2026|\n" },
	{ 1, "abcd", "\u2026|\n", "\u2026|\n" },
	{ 4, "\u65e5\u672c\u8a9e", "\u65e5\u2026 |\n", "\u65e5\u2026 |\n" },
	{ 0, "abcd", "|\n", "|\n" },
};

START_TEST(fit)
{
	struct canvas *canvas = canvas_new(20, 1, false);
	struct pane pane = pane_all(canvas);
	int end = pane_fit(&pane, 0, 0, fits[_i].w, ROLE_PLAIN, fits[_i].text);

	ck_assert_int_eq(end, fits[_i].w);
	pane_put(&pane, end, 0, ROLE_PLAIN, "|");
	expect(canvas, fits[_i].fit);

	canvas = canvas_new(20, 1, false);
	pane = pane_all(canvas);
	end = pane_right(&pane, 0, 0, fits[_i].w, ROLE_PLAIN, fits[_i].text);
	pane_put(&pane, end, 0, ROLE_PLAIN, "|");
	expect(canvas, fits[_i].right);
}
END_TEST

static const struct {
	int w, lines;
	const char *text, *want;
} wraps[] = {
	{ 10, 1, "", "" },
	{ 10, 1, "one two", "one two\n" },
	{ 5, 2, "one two", "one\ntwo\n" },
	{ 7, 2, "one two three", "one two\nthree\n" },
	{ 4, 3, "abcdefghij", "abcd\nefgh\nij\n" },
	{ 1, 2, "\u65e5\u672c", "\u65e5\n\u672c\n" },
};

START_TEST(wrap)
{
	struct canvas *canvas = canvas_new(20, 5, false);
	struct pane pane = pane_all(canvas);

	ck_assert_int_eq(
	    pane_wrap(&pane, 0, 0, wraps[_i].w, ROLE_PLAIN, wraps[_i].text),
	    wraps[_i].lines);
	expect(canvas, wraps[_i].want);
}
END_TEST

/* Whatever is drawn in a part stays there, also when the part scrolls. */
START_TEST(parts)
{
	struct canvas *canvas = canvas_new(8, 4, false);
	struct pane pane = pane_all(canvas), part, moved;

	pane_fill(&pane, 0, 0, 8, 4, ROLE_PLAIN, ".");
	part = pane_part(&pane, 2, 1, 4, 2);
	moved = pane_scrolled(&part, 1);
	for (int y = -3; y < 6; y++)
		pane_printf(&moved, -1, y, ROLE_BAD, "%d%d%d%d%d%d", y & 7,
		    y & 7, y & 7, y & 7, y & 7, y & 7);
	ck_assert_int_eq(canvas_cell(canvas, 2, 1)->role, ROLE_BAD);
	ck_assert_int_eq(canvas_cell(canvas, 1, 1)->role, ROLE_PLAIN);
	expect(canvas, "........\n..1111..\n..2222..\n........\n");
}
END_TEST

START_TEST(overwritten_wide)
{
	struct canvas *canvas = canvas_new(6, 1, false);
	struct pane pane = pane_all(canvas);

	pane_put(&pane, 0, 0, ROLE_PLAIN, "\u65e5\u672c\u8a9e");
	pane_put(&pane, 1, 0, ROLE_PLAIN, "x");
	pane_put(&pane, 4, 0, ROLE_PLAIN, "y");
	expect(canvas, " x\u672cy\n");
}
END_TEST

START_TEST(box)
{
	struct canvas *canvas = canvas_new(8, 3, false);
	struct pane pane = pane_all(canvas);

	pane_box(&pane, 0, 0, 8, 3, "ab");
	expect(canvas,
	    "\u250c\u2500ab\u2500\u2500\u2500\u2510\n"
	    "\u2502      \u2502\n"
	    "\u2514\u2500\u2500\u2500\u2500\u2500\u2500\u2518\n");
}
END_TEST

START_TEST(bounds)
{
	struct canvas *canvas = canvas_new(-5, 1 << 30, false);

	ck_assert_int_eq(canvas_width(canvas), 1);
	ck_assert_int_eq(canvas_height(canvas), CANVAS_MOST);
	canvas_free(canvas);
	canvas_free(NULL);
}
END_TEST

/* The five states of a number never look alike. */
START_TEST(spark)
{
	static const struct plot_point points[] = {
		{ 0, DATA_VALUE, ROLE_GOOD },
		{ .0015, DATA_VALUE, ROLE_WARN },
		{ .003, DATA_VALUE, ROLE_BAD },
		{ .3, DATA_VALUE, ROLE_BAD },
		{ (double)NAN, DATA_WITHHELD, ROLE_DIM },
		{ (double)NAN, DATA_PENDING, ROLE_DIM },
		{ (double)NAN, DATA_DENIED, ROLE_DIM },
		{ (double)NAN, DATA_ERROR, ROLE_DIM },
	};
	struct canvas *canvas = canvas_new(10, 1, false);
	struct pane pane = pane_all(canvas);

	plot_spark(&pane, 0, 0, points, 8, .003);
	ck_assert_int_eq(canvas_cell(canvas, 2, 0)->role, ROLE_BAD);
	expect(canvas, "\u2581\u2585\u2588\u2588\u00b7\u25cb\u00d7!\n");
	canvas = canvas_new(10, 1, true);
	pane = pane_all(canvas);
	plot_spark(&pane, 0, 0, points, 8, .003);
	expect(canvas, "_=##.ox!\n");
}
END_TEST

START_TEST(bar)
{
	struct canvas *canvas = canvas_new(8, 3, true);
	struct pane pane = pane_all(canvas);

	plot_bar(&pane, 0, 0, 8, ROLE_SERIES, 1, 4);
	plot_bar(&pane, 0, 1, 8, ROLE_SERIES, 9, 4);
	plot_bar(&pane, 0, 2, 8, ROLE_SERIES, 0, 0);
	expect(canvas, "##......\n########\n........\n");
}
END_TEST

/* A gap parts the line; the days' own signs stand below. */
START_TEST(chart)
{
	static const struct plot_point points[] = {
		{ 0, DATA_VALUE, ROLE_GOOD },
		{ .002, DATA_VALUE, ROLE_WARN },
		{ (double)NAN, DATA_WITHHELD, ROLE_DIM },
		{ .004, DATA_VALUE, ROLE_BAD },
		{ (double)NAN, DATA_PENDING, ROLE_DIM },
	};
	static const struct plot_line line = { .003, "violation", ROLE_BAD };
	struct plot plot = { points, 5, 20000, &line, 1, .004, 100, 2 };
	struct canvas *canvas = canvas_new(20, 7, true);
	struct pane pane = pane_all(canvas);

	plot_chart(&pane, &plot);
	expect(canvas,
	    "0.50|\n"
	    "    |          *\n"
	    "0.30|----*----------\n"
	    "    |\n"
	    "0.00| *\n"
	    "            .     o\n"
	    "    Sep 30    Oct 4\n");
}
END_TEST

static const struct {
	double value, nice;
} nices[] = { { .0041, .005 }, { .004, .005 }, { 1, 1 }, { 1.1, 2 },
	{ 2.2, 2.5 }, { 48200, 50000 }, { 0, 1 } };

START_TEST(nice)
{
	ck_assert_double_eq_tol(
	    plot_nice(nices[_i].value), nices[_i].nice, 1e-12);
}
END_TEST

Suite *
canvas_suite(void)
{
	Suite *suite = suite_create("canvas");
	TCase *c = tcase_create("canvas");

	tcase_add_loop_test(c, put, 0, (int)(sizeof(puts_) / sizeof(*puts_)));
	tcase_add_loop_test(c, fit, 0, (int)(sizeof(fits) / sizeof(*fits)));
	tcase_add_loop_test(c, wrap, 0, (int)(sizeof(wraps) / sizeof(*wraps)));
	tcase_add_test(c, parts);
	tcase_add_test(c, overwritten_wide);
	tcase_add_test(c, box);
	tcase_add_test(c, bounds);
	tcase_add_test(c, spark);
	tcase_add_test(c, bar);
	tcase_add_test(c, chart);
	tcase_add_loop_test(c, nice, 0, (int)(sizeof(nices) / sizeof(*nices)));
	suite_add_tcase(suite, c);
	return suite;
}
