/* The form for a file: what is chosen there, and what comes of it. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "desk.h"
#include "sendtop/day.h"
#include "suites.h"
#include "ui/act.h"
#include "ui/file_form.h"

static void
set_up(void)
{
	set_up_rows(24);
}

/* What is chosen is ordered, and stays chosen. */
START_TEST(writing_files)
{
	const struct ui_state *ui = &f.model.ui;

	open_on("rising");
	press('p');
	ck_assert(shows("[this panel]"));
	ck_assert(shows("what is on the screen, 80 columns wide"));
	ck_assert_uint_eq(press(KEY_CODE_ENTER), WANT_SNAPSHOT);
	ck_assert_int_eq(ui->order.scope, SCOPE_PANEL);
	ck_assert_str_eq(ui->order.format, "text");
	press('p');
	press('2'); /* this domain */
	press(KEY_CODE_DOWN);
	press(KEY_CODE_RIGHT);
	press(KEY_CODE_DOWN);
	press('2'); /* since yesterday */
	press(KEY_CODE_DOWN);
	press(' '); /* redacted */
	ck_assert(shows("= sendtop snapshot --since 2026-11-20 --redact "
			"--format markdown news.exa"));
	press(KEY_CODE_TAB);
	type("a.md");
	ck_assert_uint_eq(press(KEY_CODE_ENTER), WANT_SNAPSHOT);
	ck_assert_int_eq(ui->order.scope, SCOPE_DOMAIN);
	ck_assert_str_eq(ui->order.format, "markdown");
	ck_assert_str_eq(ui->order.domain, "news.example.com");
	ck_assert_str_eq(ui->order.file, "a.md");
	ck_assert_int_eq(ui->order.since, day_of(FIXTURE_NOW) - 1);
	ck_assert(ui->order.redact);
	/* It is remembered, but for the file's name. */
	press('p');
	ck_assert(shows("[this domain]"));
	ck_assert(shows("[redacted]"));
	ck_assert_uint_eq(press(KEY_CODE_ENTER), WANT_SNAPSHOT);
	ck_assert_str_eq(ui->order.file, "");
	ck_assert_str_eq(ui->order.format, "markdown");
	press('p');
	ck_assert_uint_eq(press('q'), 0);
	ck_assert_int_eq(ui->dialog.kind, DIALOG_NONE);
}
END_TEST

START_TEST(writing_history)
{
	const struct ui_state *ui = &f.model.ui;

	/* On the list there is no panel, and an export knows no aliases. */
	press('p');
	ck_assert(!shows("this panel"));
	ck_assert(shows("[this domain]"));
	press('4'); /* all history */
	ck_assert(shows("= sendtop export --format csv"));
	ck_assert(!shows("redacted"));
	press(KEY_CODE_UP); /* to the file's name, */
	press(KEY_CODE_UP); /* and past the names */
	press('4');         /* a day: */
	ck_assert_uint_eq(press(KEY_CODE_ENTER), 0);
	ck_assert(shows("since which day?"));
	type("Nov 17");
	ck_assert(shows("= sendtop export --since 2026-11-17 --format csv"));
	ck_assert_uint_eq(press(KEY_CODE_ENTER), WANT_SNAPSHOT);
	ck_assert(ui->order.history);
	ck_assert_int_eq(ui->order.scope, SCOPE_ALL);
	ck_assert_str_eq(ui->order.domain, "");
	ck_assert_int_eq(ui->order.since, day_of(FIXTURE_NOW) - 4);
	/* The day is remembered as well. */
	press('p');
	ck_assert_uint_eq(press(KEY_CODE_ENTER), WANT_SNAPSHOT);
	ck_assert_int_eq(ui->order.since, day_of(FIXTURE_NOW) - 4);
}
END_TEST

/* A form is clicked where it was drawn, and nothing behind it. */
START_TEST(clicking_menus)
{
	struct key_event event = { .code = KEY_CODE_CLICK, .x = 5 };

	press('p');
	ck_assert_int_gt(frame.form_count, 9);
	event.y = frame.list_y;
	ck_assert_uint_eq(act(&f.model, &frame, &event, &f.model.ui), 0);
	ck_assert_int_eq(f.model.ui.dialog.kind, DIALOG_SNAPSHOT);
	for (int i = 0; i < frame.form_count; i++) {
		const struct frame_option *o = &frame.form[i];

		if (o->field != FORM_FORMAT || o->at != 2)
			continue;
		event.x = o->span.x + 1;
		event.y = o->y;
	}
	ck_assert_uint_eq(act(&f.model, &frame, &event, &f.model.ui), 0);
	ck_assert_uint_eq(f.model.ui.dialog.field, FORM_FORMAT);
	ck_assert_uint_eq(press(KEY_CODE_ENTER), WANT_SNAPSHOT);
	ck_assert_str_eq(f.model.ui.order.format, "json");
}
END_TEST

/* On a narrow screen what is chosen is seen all the same. */
START_TEST(narrow)
{
	canvas_resize(canvas, 50, 24);
	press('p');
	ck_assert(shows("[this domain] 1 of 4"));
	press(KEY_CODE_LEFT);
	ck_assert(shows("[all history] 4 of 4"));
}
END_TEST

/* Esc ends what is being written before it goes back. */
START_TEST(giving_up)
{
	open_on("rising");
	f.model.writing = "writing x: 1 of 2 domains";
	frame_draw(canvas, &f.model, &frame);
	ck_assert(shows("writing x: 1 of 2 domains"));
	ck_assert_uint_eq(press(KEY_CODE_ESCAPE), WANT_CANCEL);
	ck_assert_int_eq(f.model.ui.screen, SCREEN_DOMAIN);
	f.model.writing = "";
	press(KEY_CODE_ESCAPE);
	ck_assert_int_eq(f.model.ui.screen, SCREEN_DOMAINS);
}
END_TEST

Suite *
form_suite(void)
{
	Suite *suite = suite_create("form");
	TCase *c = tcase_create("form");

	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_test(c, writing_files);
	tcase_add_test(c, writing_history);
	tcase_add_test(c, clicking_menus);
	tcase_add_test(c, narrow);
	tcase_add_test(c, giving_up);
	suite_add_tcase(suite, c);
	return suite;
}
