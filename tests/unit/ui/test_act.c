/* Keys: what each changes, and what is wanted then. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "desk.h"
#include "sendtop/day.h"
#include "suites.h"
#include "ui/act.h"
#include "ui/sort.h"

static void
set_up(void)
{
	set_up_rows(9); /* four of them are the list's */
}

static unsigned
click_at(uint32_t code, int x, int y, int64_t at_ms)
{
	struct key_event event = {
		.code = code, .x = x, .y = y, .at_ms = at_ms
	};

	return act(&f.model, &frame, &event, &f.model.ui);
}

static unsigned
click(uint32_t code, int x, int y)
{
	return click_at(code, x, y, 1000);
}

static const struct {
	uint32_t code;
	size_t cursor, top;
	unsigned want;
} moves[] = {
	{ KEY_CODE_UP, 0, 0, 0 },
	{ 'j', 1, 0, 0 },
	{ KEY_CODE_DOWN, 2, 0, 0 },
	{ KEY_CODE_PAGE_DOWN, 5, 2, WANT_PAGE },
	{ KEY_CODE_END, 13, 10, WANT_PAGE },
	{ KEY_CODE_DOWN, 13, 10, 0 },
	{ 'k', 12, 10, 0 },
	{ KEY_CODE_PAGE_UP, 9, 9, WANT_PAGE },
	{ 'g', 0, 0, WANT_PAGE },
};

START_TEST(moving)
{
	ck_assert_int_eq(frame.list_rows, 4);
	for (size_t i = 0; i < sizeof(moves) / sizeof(*moves); i++) {
		ck_assert_uint_eq(press(moves[i].code), moves[i].want);
		ck_assert_uint_eq(f.model.ui.cursor, moves[i].cursor);
		ck_assert_uint_eq(f.model.ui.top, moves[i].top);
	}
	ck_assert(f.model.ui.moved);
}
END_TEST

START_TEST(entering)
{
	ck_assert_uint_eq(press(KEY_CODE_ENTER), WANT_OPEN | WANT_VIEW);
	ck_assert_int_eq(f.model.ui.screen, SCREEN_DOMAIN);
	ck_assert_uint_eq(press('q'), WANT_PAGE | WANT_FOLLOW);
	ck_assert_int_eq(f.model.ui.screen, SCREEN_DOMAINS);
	ck_assert_uint_eq(press('q'), WANT_QUIT);
	ck_assert_uint_eq(press(KEY_CODE_ESCAPE), 0);
	ck_assert_uint_eq(press(3), WANT_QUIT);
}
END_TEST

/* Nothing to enter: no crash, no screen without a domain. */
START_TEST(entering_nothing)
{
	f.model.row_count = f.model.total = 0;
	ck_assert_uint_eq(press(KEY_CODE_ENTER), 0);
	ck_assert_int_eq(f.model.ui.screen, SCREEN_DOMAINS);
	ck_assert_uint_eq(press(KEY_CODE_DOWN), 0);
	ck_assert_uint_eq(click(KEY_CODE_CLICK, 3, 4), 0);
}
END_TEST

START_TEST(filtering)
{
	ck_assert_uint_eq(press('/'), 0);
	ck_assert_int_eq(f.model.ui.dialog.kind, DIALOG_FILTER);
	ck_assert_uint_eq(press('q'), WANT_ORDER);
	ck_assert_uint_eq(press(0x65e5), WANT_ORDER);
	ck_assert_str_eq(f.model.ui.filter, "q\u65e5");
	press(KEY_CODE_BACKSPACE);
	ck_assert_str_eq(f.model.ui.filter, "q");
	ck_assert_uint_eq(press(KEY_CODE_ENTER), 0);
	ck_assert_int_eq(f.model.ui.dialog.kind, DIALOG_NONE);
	ck_assert_uint_eq(press(KEY_CODE_ESCAPE), WANT_ORDER | WANT_FOLLOW);
	ck_assert_str_eq(f.model.ui.filter, "");
	press('/');
	for (int i = 0; i < 100; i++)
		press(0x65e5);
	ck_assert_uint_lt(strlen(f.model.ui.filter), FILTER_SIZE);
	ck_assert_uint_eq(strlen(f.model.ui.filter) % 3, 0);
	press(KEY_CODE_ESCAPE);
	ck_assert_str_eq(f.model.ui.filter, "");
}
END_TEST

START_TEST(sorting)
{
	f.model.ui.cursor = 3;
	ck_assert_uint_eq(press('s'), WANT_ORDER);
	ck_assert_uint_eq(f.model.ui.sort, SORT_NAME);
	ck_assert_uint_eq(f.model.ui.cursor, 0);
	ck_assert_uint_eq(press('S'), WANT_ORDER);
	ck_assert(f.model.ui.reverse);
	for (int i = 1; i < SORT_COUNT; i++)
		press('s');
	ck_assert_uint_eq(f.model.ui.sort, SORT_WORST);
	ck_assert(!f.model.ui.reverse);
}
END_TEST

/* A click on a head sorts by it, the next one turns it round. */
START_TEST(sorting_by_heads)
{
	ck_assert_int_gt(frame.head_count, 3);
	for (int i = 0; i < frame.head_count; i++) {
		unsigned sort = frame.heads[i].sort;
		int x = frame.heads[i].span.x;

		f.model.ui.sort = SORT_COUNT;
		f.model.ui.reverse = false;
		ck_assert_uint_eq(
		    click(KEY_CODE_CLICK, x, frame.list_y - 1), WANT_ORDER);
		ck_assert_uint_eq(f.model.ui.sort, sort);
		ck_assert(!f.model.ui.reverse);
		click(KEY_CODE_CLICK, x, frame.list_y - 1);
		ck_assert_uint_eq(f.model.ui.sort, sort);
		ck_assert(f.model.ui.reverse);
	}
}
END_TEST

START_TEST(grouping)
{
	ck_assert_uint_eq(press('z'), 0);
	ck_assert_uint_eq(press('t'), WANT_ORDER | WANT_FOLLOW);
	ck_assert_int_eq(f.model.ui.grouping, GROUP_TAG);
	ck_assert_uint_eq(press('z'), WANT_FOLD_ALL | WANT_ORDER | WANT_FOLLOW);
	press('t');
	ck_assert_int_eq(f.model.ui.grouping, GROUP_REGISTRABLE);
	press('t');
	ck_assert_int_eq(f.model.ui.grouping, GROUP_NONE);
}
END_TEST

/* Enter on a heading folds; it opens nothing. */
START_TEST(folding)
{
	struct group group = { .name = "customers", .total = 2 };
	const struct group *headings[16] = { &group };

	f.model.headings = headings;
	ck_assert_ptr_null(model_row(&f.model));
	ck_assert_uint_eq(
	    press(KEY_CODE_ENTER), WANT_FOLD | WANT_ORDER | WANT_FOLLOW);
	ck_assert_int_eq(f.model.ui.screen, SCREEN_DOMAINS);
	ck_assert_uint_eq(press('r'), WANT_PROBE);
	ck_assert_str_eq(f.model.ui.order.domain, "");
	press('m');
	ck_assert_int_eq(f.model.ui.dialog.kind, DIALOG_NONE);
}
END_TEST

START_TEST(tabs_and_scrolling)
{
	fixture_fini(&f);
	fixture_init(&f, "rising");
	frame_draw(canvas, &f.model, &frame);
	press('5');
	ck_assert_uint_eq(f.model.ui.tab, 4);
	press(KEY_CODE_END);
	ck_assert_int_gt(f.model.ui.scroll, 0);
	ck_assert_int_eq(
	    f.model.ui.scroll, frame.content_rows - frame.panel_rows);
	press(KEY_CODE_DOWN);
	ck_assert_int_eq(
	    f.model.ui.scroll, frame.content_rows - frame.panel_rows);
	press(KEY_CODE_TAB);
	ck_assert_uint_eq(f.model.ui.tab, 5);
	ck_assert_int_eq(f.model.ui.scroll, 0);
	for (int i = 0; i < 6; i++)
		press(KEY_CODE_LEFT);
	ck_assert_uint_eq(f.model.ui.tab, panel_count() - 1);
	press('8');
	ck_assert_uint_eq(f.model.ui.tab, panel_count() - 1);
	click(KEY_CODE_CLICK, frame.tabs[1].x + 1, frame.tab_y);
	ck_assert_uint_eq(f.model.ui.tab, 1);
}
END_TEST

START_TEST(time_cursor)
{
	int32_t newest = day_of(FIXTURE_NOW) - 2;

	fixture_fini(&f);
	fixture_init(&f, "rising");
	ck_assert_uint_eq(press('>'), 0);
	ck_assert_uint_eq(press('<'), WANT_TIME);
	ck_assert_int_eq(f.model.ui.as_of, newest);
	press('<');
	ck_assert_int_eq(f.model.ui.as_of, newest - 1);
	press('>');
	press('>');
	press('>');
	ck_assert_int_eq(f.model.ui.as_of, DAY_NONE);
	for (int i = 0; i < VIEW_DAYS * 2; i++)
		press('<');
	ck_assert_int_gt(f.model.ui.as_of, newest - VIEW_DAYS);
	ck_assert_uint_eq(press(KEY_CODE_ESCAPE), WANT_TIME);
	ck_assert_int_eq(f.model.ui.as_of, DAY_NONE);
	ck_assert_int_eq(f.model.ui.screen, SCREEN_DOMAIN);
}
END_TEST

/* The day stays when screens change; q keeps it, Esc gives it up. */
START_TEST(time_on_the_list)
{
	int32_t newest = day_of(FIXTURE_NOW) - 2;

	ck_assert_uint_eq(press('<'), WANT_TIME);
	ck_assert_int_eq(f.model.ui.as_of, newest);
	press(KEY_CODE_ENTER);
	ck_assert_int_eq(f.model.ui.as_of, newest);
	ck_assert_uint_eq(press('q'), WANT_PAGE | WANT_FOLLOW);
	ck_assert_int_eq(f.model.ui.as_of, newest);
	ck_assert_uint_eq(press(KEY_CODE_ESCAPE), WANT_TIME);
	ck_assert_int_eq(f.model.ui.as_of, DAY_NONE);
}
END_TEST

START_TEST(changes)
{
	int32_t today = day_of(FIXTURE_NOW);

	ck_assert_uint_eq(press('d'), WANT_VIEW);
	ck_assert_int_eq(f.model.ui.screen, SCREEN_CHANGES);
	ck_assert_int_eq(f.model.ui.since, today - 1);
	press('d');
	ck_assert_int_eq(f.model.ui.since, today - 7);
	press('d');
	ck_assert_int_eq(f.model.ui.since, today - 30);
	press('d');
	ck_assert_int_eq(f.model.ui.since, today - 1);
	ck_assert_uint_eq(press('q'), WANT_PAGE | WANT_FOLLOW);
	ck_assert_int_eq(f.model.ui.screen, SCREEN_DOMAINS);
}
END_TEST

/* Every screen leads back to where it was opened. */
START_TEST(screens)
{
	fixture_fini(&f);
	fixture_init(&f, "rising");
	frame_draw(canvas, &f.model, &frame);
	press('e');
	ck_assert_int_eq(f.model.ui.screen, SCREEN_EVENTS);
	press('v');
	ck_assert_int_eq(f.model.ui.screen, SCREEN_REPLIES);
	ck_assert_str_eq(act_domain(&f.model), "");
	press('d');
	ck_assert_str_eq(act_domain(&f.model), f.model.selected);
	ck_assert_uint_eq(press('q'), WANT_VIEW);
	ck_assert_int_eq(f.model.ui.screen, SCREEN_DOMAIN);
	ck_assert_uint_eq(press('q'), WANT_PAGE | WANT_FOLLOW);
	ck_assert_int_eq(f.model.ui.screen, SCREEN_DOMAINS);
}
END_TEST

START_TEST(helping)
{
	/* What is the same everywhere is so here as well. */
	press('/');
	ck_assert_uint_eq(press(12), WANT_WHOLE);
	ck_assert_int_eq(f.model.ui.dialog.kind, DIALOG_FILTER);
	press(KEY_CODE_ESCAPE);
	press('?');
	ck_assert(f.model.ui.help);
	press('q');
	ck_assert_str_eq(f.model.ui.search.text, "q");
	press(KEY_CODE_BACKSPACE);
	press(KEY_CODE_DOWN);
	ck_assert_int_gt(f.model.ui.help_scroll, 0);
	press(KEY_CODE_ESCAPE);
	ck_assert(!f.model.ui.help);
}
END_TEST

START_TEST(mouse)
{
	ck_assert_uint_eq(click(KEY_CODE_CLICK, 5, frame.list_y + 2), 0);
	ck_assert_uint_eq(f.model.ui.cursor, 2);
	/* Again, but long after: no double click. */
	ck_assert_uint_eq(
	    click_at(KEY_CODE_CLICK, 5, frame.list_y + 2, 2000), 0);
	ck_assert_uint_eq(click_at(KEY_CODE_CLICK, 5, frame.list_y + 2, 2300),
	    WANT_OPEN | WANT_VIEW);
	f.model.ui.screen = SCREEN_DOMAINS;
	ck_assert_uint_eq(click(KEY_CODE_WHEEL_DOWN, 1, 1), WANT_PAGE);
	ck_assert_uint_eq(f.model.ui.cursor, 5);
	ck_assert_uint_eq(click(KEY_CODE_CLICK, 5, 0), 0);
	ck_assert_uint_eq(click(KEY_CODE_CLICK, 500, 500), 0);
}
END_TEST

static const struct {
	uint32_t code;
	unsigned want;
} wants[] = { { 'r', WANT_PROBE }, { 'R', WANT_POLL }, { 'c', WANT_CANCEL },
	{ 'T', WANT_THEME }, { ':', WANT_NAMES }, { 12, WANT_WHOLE },
	{ 26, WANT_SUSPEND }, { 'x', 0 }, { KEY_CODE_NONE, 0 },
	{ 0x10ffff, 0 } };

START_TEST(wanting)
{
	ck_assert_uint_eq(press(wants[_i].code), wants[_i].want);
}
END_TEST

/* A click on a key of the footer is that key. */
START_TEST(footer_keys)
{
	ck_assert_int_gt(frame.key_count, 3);
	for (int i = 0; i < frame.key_count; i++)
		if (frame.keys[i].action == ACTION_HELP)
			click(
			    KEY_CODE_CLICK, frame.keys[i].span.x, frame.key_y);
	ck_assert(f.model.ui.help);
}
END_TEST

START_TEST(pausing)
{
	ck_assert_uint_eq(press(' '), 0);
	ck_assert(f.model.ui.paused);
	ck_assert_uint_eq(press(' '), WANT_PAGE | WANT_VIEW | WANT_FOLLOW);
	ck_assert(!f.model.ui.paused);
}
END_TEST

/* No key means two things on one screen, and every one is explained. */
START_TEST(key_table)
{
	const struct key_row *a, *b;

	for (size_t i = 0; (a = key_row(i)) != NULL; i++) {
		ck_assert_ptr_nonnull(a->help);
		ck_assert_int_ne((int)a->where, 0);
		for (size_t k = i + 1; (b = key_row(k)) != NULL; k++)
			for (int m = 0; m < KEY_CODES * KEY_CODES; m++) {
				uint32_t x = a->codes[m / KEY_CODES];
				uint32_t y = b->codes[m % KEY_CODES];

				ck_assert(x == 0 || x != y ||
				    (a->where & b->where) == 0);
			}
	}
}
END_TEST

Suite *
act_suite(void)
{
	Suite *suite = suite_create("act");
	TCase *c = tcase_create("keys");

	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_test(c, moving);
	tcase_add_test(c, entering);
	tcase_add_test(c, entering_nothing);
	tcase_add_test(c, filtering);
	tcase_add_test(c, sorting);
	tcase_add_test(c, sorting_by_heads);
	tcase_add_test(c, grouping);
	tcase_add_test(c, folding);
	tcase_add_test(c, tabs_and_scrolling);
	tcase_add_test(c, time_cursor);
	tcase_add_test(c, time_on_the_list);
	tcase_add_test(c, changes);
	tcase_add_test(c, screens);
	tcase_add_test(c, helping);
	tcase_add_test(c, mouse);
	tcase_add_loop_test(
	    c, wanting, 0, (int)(sizeof(wants) / sizeof(*wants)));
	tcase_add_test(c, footer_keys);
	tcase_add_test(c, pausing);
	tcase_add_test(c, key_table);
	suite_add_tcase(suite, c);
	return suite;
}
