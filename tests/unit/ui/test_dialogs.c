/* What is typed and chosen: lines, dialogs, commands, days. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "desk.h"
#include "sendtop/day.h"
#include "suites.h"
#include "ui/command.h"
#include "ui/dialog.h"
#include "ui/edit.h"
#include "ui/sort.h"
#include "ui/when.h"

#define CTRL(letter) ((letter)&0x1f)

static void
set_up(void)
{
	set_up_rows(24);
}

/* --- a line ------------------------------------------------------------------- */

static const struct {
	uint32_t code;
	const char *text;
	size_t at;
} edits[] = {
	{ 'a', "a", 1 },
	{ 0xe9, "a\u00e9", 3 },
	{ 0x65e5, "a\u00e9\u65e5", 6 },
	{ KEY_CODE_LEFT, "a\u00e9\u65e5", 3 },
	{ 'b', "a\u00e9b\u65e5", 4 },
	{ KEY_CODE_DELETE, "a\u00e9b", 4 },
	{ CTRL('a'), "a\u00e9b", 0 },
	{ KEY_CODE_BACKSPACE, "a\u00e9b", 0 },
	{ CTRL('d'), "\u00e9b", 0 },
	{ KEY_CODE_RIGHT, "\u00e9b", 2 },
	{ ' ', "\u00e9 b", 3 },
	{ CTRL('e'), "\u00e9 b", 4 },
	{ CTRL('w'), "\u00e9 ", 3 },
	{ CTRL('w'), "", 0 },
	{ 'x', "x", 1 },
	{ 0x0301, "x", 1 }, /* a mark alone cannot be seen */
	{ 0x200f, "x", 1 }, /* nor can what turns the line round */
	{ 'y', "xy", 2 },
	{ KEY_CODE_LEFT, "xy", 1 },
	{ CTRL('k'), "x", 1 },
	{ CTRL('u'), "", 0 },
};

START_TEST(editing)
{
	struct edit edit = { .at = 0 };

	for (size_t i = 0; i < sizeof(edits) / sizeof(*edits); i++) {
		ck_assert(edit_key(&edit, edits[i].code));
		ck_assert_str_eq(edit.text, edits[i].text);
		ck_assert_uint_eq(edit.at, edits[i].at);
	}
	ck_assert(!edit_key(&edit, KEY_CODE_UP));
	ck_assert(!edit_key(&edit, CTRL('g')));
	for (int i = 0; i < EDIT_SIZE * 2; i++)
		edit_key(&edit, 0x65e5);
	ck_assert_uint_lt(strlen(edit.text), EDIT_SIZE);
	ck_assert_uint_eq(strlen(edit.text) % 3, 0);
}
END_TEST

/* --- days --------------------------------------------------------------------- */

static const struct {
	const char *text;
	int32_t ago; /* days before Nov 21 2026; -1: no day */
} days[] = {
	{ "today", 0 },
	{ "yesterday", 1 },
	{ "week", 7 },
	{ "month", 30 },
	{ "-3", 3 },
	{ "2026-11-17", 4 },
	{ "Nov 17", 4 },
	{ "nov17", 4 },
	{ "Dec 1", 355 },
	{ "2026-11-22", -1 },
	{ "2026-02-30", -1 },
	{ "Nov 31", -1 },
	{ "soon", -1 },
	{ "", -1 },
};

START_TEST(a_day)
{
	int32_t today = day_of(FIXTURE_NOW), day = DAY_NONE;
	bool known = when_day(days[_i].text, today, &day);

	ck_assert_msg(known == (days[_i].ago >= 0), "%s", days[_i].text);
	if (known)
		ck_assert_msg(today - day == days[_i].ago, "%s is %d",
		    days[_i].text, today - day);
}
END_TEST

static const struct {
	const char *text;
	int64_t after_s; /* from now; 0: for good; -1: not understood */
} ends[] = {
	{ "12h", 12 * 3600 },
	{ "3d", 3 * DAY_SECONDS },
	{ "+2w", 14 * DAY_SECONDS },
	{ "forever", 0 },
	{ "today", 1200 }, /* 23:40 */
	{ "tomorrow", 1200 + DAY_SECONDS },
	{ "2026-11-23", 1200 + 2 * DAY_SECONDS },
	{ "Nov 23", 1200 + 2 * DAY_SECONDS },
	{ "2026-11-20", -1 },
	{ "0d", -1 },
	{ "3 d", -1 },
	{ "3", -1 },
	{ "99999999999999999999d", -1 },
	{ "", -1 },
};

START_TEST(an_end)
{
	int64_t until_s = -1;
	bool known = when_until(ends[_i].text, FIXTURE_NOW, &until_s);

	ck_assert_msg(known == (ends[_i].after_s >= 0), "%s", ends[_i].text);
	if (known && ends[_i].after_s == 0)
		ck_assert_int_eq(until_s, 0);
	else if (known)
		ck_assert_msg(until_s - FIXTURE_NOW == ends[_i].after_s,
		    "%s is %ld", ends[_i].text, (long)(until_s - FIXTURE_NOW));
}
END_TEST

/* --- dialogs ------------------------------------------------------------------ */

START_TEST(noting)
{
	press('n');
	ck_assert(shows("note on "));
	ck_assert_uint_eq(press(KEY_CODE_ENTER), 0);
	ck_assert(shows("a note needs a text"));
	type("q is a letter here");
	ck_assert_uint_eq(press(KEY_CODE_ENTER), WANT_NOTE);
	ck_assert_str_eq(f.model.ui.order.text, "q is a letter here");
	ck_assert_str_eq(f.model.ui.order.domain, f.model.rows[0].name);
	ck_assert_int_eq(f.model.ui.dialog.kind, DIALOG_NONE);
	/* Where no domain is meant the note is for all. */
	press('e');
	press('n');
	type("x");
	press(KEY_CODE_ENTER);
	ck_assert_str_eq(f.model.ui.order.domain, "");
}
END_TEST

START_TEST(muting)
{
	struct choice choices[CHOICES_MOST];
	size_t n;

	open_on("rising");
	n = dialog_choices(&f.model, DIALOG_MUTE, choices, CHOICES_MOST);
	ck_assert_uint_gt(n, 1);
	press('m');
	ck_assert(shows("1 of "));
	press(KEY_CODE_ENTER); /* to the end */
	press(CTRL('u'));
	type("sometime");
	press(KEY_CODE_ENTER); /* to the reason */
	type("they know");
	ck_assert_uint_eq(press(KEY_CODE_ENTER), 0);
	ck_assert(shows("until when?"));
	press(CTRL('u'));
	type("3d");
	ck_assert_uint_eq(press(KEY_CODE_ENTER), WANT_MUTE);
	ck_assert_str_eq(f.model.ui.order.check, choices[0].check);
	ck_assert_str_eq(f.model.ui.order.subject, choices[0].subject);
	ck_assert_str_eq(f.model.ui.order.text, "they know");
	ck_assert_int_eq(
	    f.model.ui.order.until_s, FIXTURE_NOW + 3 * DAY_SECONDS);
}
END_TEST

/* A mute without a reason is none; the whole domain is never the first. */
START_TEST(muting_needs_why)
{
	struct choice choices[CHOICES_MOST];
	size_t n;

	open_on("rising");
	n = dialog_choices(&f.model, DIALOG_MUTE, choices, CHOICES_MOST);
	ck_assert_str_ne(choices[0].check, "");
	ck_assert_str_eq(choices[n - 1].check, "");
	press('m');
	press(KEY_CODE_ENTER);
	press(KEY_CODE_ENTER);
	ck_assert_uint_eq(press(KEY_CODE_ENTER), 0);
	ck_assert(shows("a mute needs a reason"));
	ck_assert_uint_eq(press(KEY_CODE_ESCAPE), 0);
	ck_assert_int_eq(f.model.ui.dialog.kind, DIALOG_NONE);
}
END_TEST

/* A mute in force can be ended where it was made. */
START_TEST(unmuting)
{
	struct store_mute mute = { .id = 7,
		.domain = "",
		.check = "ptr",
		.subject = "",
		.why = "moving" };
	struct choice choices[CHOICES_MOST];
	struct view view;
	size_t n;

	open_on("rising");
	view = *f.model.view;
	view.mutes = &mute;
	view.mute_count = 1;
	f.model.view = &view;
	n = dialog_choices(&f.model, DIALOG_MUTE, choices, CHOICES_MOST);
	press('m');
	press(KEY_CODE_LEFT); /* round to the last */
	ck_assert_uint_eq(f.model.ui.dialog.choice, n - 1);
	ck_assert(shows("end the mute of ptr"));
	ck_assert(shows("Enter ends it now"));
	ck_assert(!shows("until  7d"));
	ck_assert_uint_eq(press(KEY_CODE_ENTER), WANT_UNMUTE);
	ck_assert_int_eq(f.model.ui.order.id, 7);
}
END_TEST

START_TEST(copying)
{
	open_on("rising");
	press('y');
	ck_assert(shows("1 news.example.com"));
	ck_assert_uint_eq(press('1'), WANT_COPY);
	ck_assert_str_eq(f.model.ui.order.text, "news.example.com");
	press('y');
	press(KEY_CODE_UP); /* round to the last: the screen */
	ck_assert_uint_eq(press(KEY_CODE_ENTER), WANT_COPY);
	ck_assert_int_eq(f.model.ui.order.scope, SCOPE_PANEL);
}
END_TEST

/* --- commands ----------------------------------------------------------------- */

static const struct {
	const char *line;
	unsigned want; /* 0: refused */
} lines[] = {
	{ "probe", WANT_PROBE },
	{ "  probe  other.example  ", WANT_PROBE },
	{ "poll", WANT_POLL },
	{ "cancel", WANT_CANCEL },
	{ "note x", WANT_NOTE },
	{ "note", 0 },
	{ "mute ptr/192.0.2.1 3d moving", WANT_MUTE },
	{ "mute all forever moving", WANT_MUTE },
	{ "mute ptr 3d", 0 },
	{ "mute ptr never why", 0 },
	{ "mute", 0 },
	{ "unmute ptr", WANT_UNMUTE },
	{ "theme mono", WANT_THEME },
	{ "sort spam", WANT_ORDER },
	{ "sort spam reverse", WANT_ORDER },
	{ "sort colour", 0 },
	{ "group tag", WANT_ORDER | WANT_FOLLOW },
	{ "group by", 0 },
	{ "filter ^a", WANT_ORDER },
	{ "at 2026-11-17", WANT_TIME },
	{ "at now", WANT_TIME },
	{ "at 2020-01-01", 0 },
	{ "at tomorrow", 0 },
	{ "since Nov 17", WANT_VIEW },
	{ "since then", 0 },
	{ "goto news.example.com", WANT_GOTO },
	{ "events", WANT_VIEW },
	{ "replies", WANT_VIEW },
	{ "snapshot", WANT_SNAPSHOT },
	{ "snapshot all markdown redacted since week", WANT_SNAPSHOT },
	{ "snapshot since then", 0 },
	{ "snapshot domain", WANT_SNAPSHOT }, /* the one under the cursor */
	{ "snapshot panel", 0 },              /* on the list */
	{ "snapshot all week.md", WANT_SNAPSHOT },
	{ "export", WANT_SNAPSHOT },
	{ "export csv", WANT_SNAPSHOT },
	{ "export xml", 0 },
	{ "export nosuch.example x.csv", 0 },
	{ "export news.example.com x.csv", WANT_SNAPSHOT },
	{ "export text", 0 },
	{ "export ./xml", WANT_SNAPSHOT },
	{ "tab spam", 0 }, /* on the list */
	{ "q", WANT_QUIT },
	{ "p", 0 }, /* probe or poll? */
	{ "nonsense", 0 },
};

START_TEST(commanding)
{
	press(':');
	type(lines[_i].line);
	ck_assert_msg(
	    press(KEY_CODE_ENTER) == lines[_i].want, "%s", lines[_i].line);
	/* What was refused stays open, with a sentence. */
	ck_assert_int_eq(f.model.ui.dialog.kind,
	    lines[_i].want == 0 ? DIALOG_COMMAND : DIALOG_NONE);
	if (lines[_i].want == 0)
		ck_assert_str_ne(f.model.ui.dialog.wrong, "");
}
END_TEST

START_TEST(command_meanings)
{
	const struct ui_state *ui = &f.model.ui;

	press(':');
	type("mute ptr/192.0.2.1 3d the provider moves");
	press(KEY_CODE_ENTER);
	ck_assert_str_eq(ui->order.check, "ptr");
	ck_assert_str_eq(ui->order.subject, "192.0.2.1");
	ck_assert_str_eq(ui->order.text, "the provider moves");
	press(':');
	type("sort volume reverse");
	press(KEY_CODE_ENTER);
	ck_assert_uint_eq(ui->sort, SORT_VOLUME);
	ck_assert(ui->reverse);
	press(':');
	type("probe Other.Example");
	press(KEY_CODE_ENTER);
	ck_assert_str_eq(ui->order.domain, "other.example");
	press(':');
	type("export json /tmp/x y");
	press(KEY_CODE_ENTER);
	ck_assert_str_eq(ui->order.format, "json");
	ck_assert_str_eq(ui->order.file, "/tmp/x y");
	ck_assert(ui->order.history);
	ck_assert_int_eq(ui->order.scope, SCOPE_ALL);
	press(':');
	type("export News.example.com since -3 out.JSON");
	press(KEY_CODE_ENTER);
	ck_assert_str_eq(ui->order.format, "json");
	ck_assert_str_eq(ui->order.domain, "news.example.com");
	ck_assert_int_eq(ui->order.scope, SCOPE_DOMAIN);
	ck_assert_int_eq(ui->order.since, day_of(FIXTURE_NOW) - 3);
	press(':');
	type("snapshot all redacted a.md");
	press(KEY_CODE_ENTER);
	ck_assert_str_eq(ui->order.format, "markdown");
	ck_assert_str_eq(ui->order.domain, "");
	ck_assert(ui->order.redact && !ui->order.history);
	press(':');
	type("help wheel");
	press(KEY_CODE_ENTER);
	ck_assert(ui->help);
	ck_assert_str_eq(ui->search.text, "wheel");
}
END_TEST

static const char *
line_text(void)
{
	return f.model.ui.dialog.line.text;
}

START_TEST(completing)
{
	static const char *const themes[] = { "dark", "light", NULL };

	f.model.themes = themes;
	press(':');
	type("sor");
	press(KEY_CODE_TAB);
	ck_assert_str_eq(line_text(), "sort ");
	type("re");
	press(KEY_CODE_TAB);
	ck_assert_str_eq(line_text(), "sort reputation ");
	press(CTRL('u'));
	type("p");
	ck_assert(shows("probe"));
	ck_assert(shows("poll"));
	press(KEY_CODE_TAB); /* nothing more in common */
	ck_assert_str_eq(line_text(), "p");
	press(CTRL('u'));
	type("theme l");
	press(KEY_CODE_TAB);
	ck_assert_str_eq(line_text(), "theme light ");
	press(CTRL('u'));
	press(KEY_CODE_BACKSPACE);
	ck_assert_int_eq(f.model.ui.dialog.kind, DIALOG_NONE);
}
END_TEST

START_TEST(completing_checks)
{
	open_on("rising");
	press(':');
	type("mute pt");
	press(KEY_CODE_TAB);
	ck_assert_str_eq(line_text(), "mute ptr/192.0.2.10 ");
}
END_TEST

START_TEST(remembering)
{
	static const char *const typed[] = { "poll", "events", "poll" };

	for (size_t i = 0; i < 3; i++) {
		press(':');
		type(typed[i]);
		press(KEY_CODE_ENTER);
	}
	press(':');
	press(KEY_CODE_UP);
	ck_assert_str_eq(line_text(), "poll");
	press(KEY_CODE_UP);
	ck_assert_str_eq(line_text(), "events");
	for (int i = 0; i < HISTORY_LINES * 2; i++)
		press(KEY_CODE_UP);
	ck_assert_str_eq(line_text(), "poll");
	for (int i = 0; i < HISTORY_LINES * 2; i++)
		press(KEY_CODE_DOWN);
	ck_assert_str_eq(line_text(), "");
}
END_TEST

/* Every command is explained and finds itself. */
START_TEST(command_table)
{
	const struct command *row;

	for (size_t i = 0; (row = command_row(i)) != NULL; i++) {
		ck_assert_ptr_eq(command_of(row->name, NULL), row);
		ck_assert_str_ne(row->help, "");
	}
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof(*(array))))

Suite *
dialogs_suite(void)
{
	Suite *suite = suite_create("dialogs");
	TCase *c = tcase_create("dialogs");

	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_test(c, editing);
	tcase_add_loop_test(c, a_day, 0, COUNT(days));
	tcase_add_loop_test(c, an_end, 0, COUNT(ends));
	tcase_add_test(c, noting);
	tcase_add_test(c, muting);
	tcase_add_test(c, muting_needs_why);
	tcase_add_test(c, unmuting);
	tcase_add_test(c, copying);
	tcase_add_loop_test(c, commanding, 0, COUNT(lines));
	tcase_add_test(c, command_meanings);
	tcase_add_test(c, completing);
	tcase_add_test(c, completing_checks);
	tcase_add_test(c, remembering);
	tcase_add_test(c, command_table);
	suite_add_tcase(suite, c);
	return suite;
}
