/* Whole frames against golden files, and every size without a crash. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "fixture.h"
#include "golden.h"
#include "suites.h"
#include "ui/frame.h"

static void
draw(const char *domain, size_t tab, int w, int h, bool ascii, const char *name)
{
	struct fixture f;
	struct frame frame;
	struct canvas *canvas = canvas_new(w, h, ascii);

	fixture_init(&f, domain);
	f.model.ui.tab = tab;
	f.model.ui.help = strcmp(name, "help") == 0;
	frame_draw(canvas, &f.model, &frame);
	golden_canvas(name, canvas);
	canvas_free(canvas);
	fixture_fini(&f);
}

static const char *const stories[] = { "rising", "watch", "healthy", "withheld",
	"denied", "error", "long", "wide" };
static const struct {
	int w, h;
} sizes[] = { { 80, 24 }, { 200, 60 } };

START_TEST(list)
{
	char name[64];
	int w = sizes[_i].w, h = sizes[_i].h;

	snprintf(name, sizeof(name), "domains-%dx%d", w, h);
	draw(NULL, 0, w, h, false, name);
}
END_TEST

/* Every tab of the story that has everything. */
START_TEST(tabs)
{
	size_t tab = (size_t)_i / 2;
	int w = sizes[_i % 2].w, h = sizes[_i % 2].h;
	char name[64];

	snprintf(name, sizeof(name), "%s-%dx%d", panel_row(tab)->name, w, h);
	draw("rising", tab, w, h, false, name);
}
END_TEST

START_TEST(summaries)
{
	char name[64];

	snprintf(name, sizeof(name), "summary-%s", stories[_i]);
	draw(stories[_i], 0, 80, 24, false, name);
}
END_TEST

START_TEST(first_screen)
{
	draw("empty", 0, 80, 24, false, "empty");
}
END_TEST

START_TEST(ascii)
{
	draw(NULL, 0, 80, 24, true, "domains-ascii");
	draw("rising", 0, 80, 24, true, "summary-ascii");
	draw("wide", 2, 80, 24, true, "checks-wide-ascii");
}
END_TEST

START_TEST(checks_wide)
{
	draw("wide", 2, 80, 24, false, "checks-wide");
}
END_TEST

START_TEST(help)
{
	draw(NULL, 0, 80, 60, false, "help");
}
END_TEST

/* No size makes a panel write outside of its canvas or loop. */
START_TEST(tiny)
{
	static const int edges[] = { 1, 2, 3, 5, 8, 13, 24, 40, 79, 131 };
	struct fixture f;
	struct frame frame;

	fixture_init(&f, stories[_i]);
	for (size_t w = 0; w < 10; w++)
		for (size_t h = 0; h < 10; h++) {
			struct canvas *canvas = canvas_new(
			    edges[w], edges[h], h % 2 == 0);

			for (size_t tab = 0; tab <= panel_count(); tab++) {
				f.model.ui.tab = tab % panel_count();
				f.model.ui.screen = tab == panel_count()
				    ? SCREEN_DOMAINS
				    : SCREEN_DOMAIN;
				f.model.ui.scroll = (int)tab * 7;
				frame_draw(canvas, &f.model, &frame);
				ck_assert_int_eq(frame.width, edges[w]);
			}
			canvas_free(canvas);
		}
	fixture_fini(&f);
}
END_TEST

Suite *
panels_suite(void)
{
	Suite *suite = suite_create("panels");
	TCase *c = tcase_create("frames");

	tcase_add_loop_test(c, list, 0, 2);
	tcase_add_loop_test(c, tabs, 0, (int)panel_count() * 2);
	tcase_add_loop_test(c, summaries, 0, 8);
	tcase_add_test(c, first_screen);
	tcase_add_test(c, ascii);
	tcase_add_test(c, checks_wide);
	tcase_add_test(c, help);
	tcase_add_loop_test(c, tiny, 0, 8);
	tcase_set_timeout(c, 30);
	suite_add_tcase(suite, c);
	return suite;
}
