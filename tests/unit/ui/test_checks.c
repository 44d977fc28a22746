/* The Checks tab: its order, its cursor, and what is done with a finding. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "golden.h"
#include "sendtop/day.h"
#include "suites.h"
#include "ui/advice.h"
#include "ui/checks.h"
#include "ui/dialog.h"

static struct fixture f;
static struct canvas *canvas;
static struct frame frame;

static void
draw(void)
{
	frame_draw(canvas, &f.model, &frame);
}

static void
open_tab(const char *story, int w, int h)
{
	fixture_init(&f, story);
	canvas = canvas_new(w, h, false);
	f.model.ui.tab = 2;
	draw();
}

static void
close_tab(void)
{
	canvas_free(canvas);
	fixture_fini(&f);
}

static unsigned
press(uint32_t code)
{
	struct key_event event = { .code = code };
	unsigned want = act(&f.model, &frame, &event, &f.model.ui);

	draw();
	return want;
}

static bool
shows(const char *text)
{
	char *all = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&all, &size);
	bool found;

	canvas_text(canvas, out);
	fclose(out);
	found = strstr(all, text) != NULL;
	free(all);
	return found;
}

static const char *
selected(void)
{
	const struct finding *finding = checks_finding(&f.model);

	return finding != NULL ? finding->check : "none";
}

/* --- order ------------------------------------------------------------------------ */

START_TEST(order)
{
	static const char *const wanted[] = { "Authentication", "spf", "dkim",
		"dmarc", "Sending addresses", "ptr",
		"What Google's compliance says", "google.dns_records",
		"google.spf", "google.user_reported_spam_rate",
		"Receiving mail and TLS", "starttls", "certificate", "mx" };
	struct check_rows rows;

	open_tab("rising", 80, 24);
	rows = checks_rows(f.model.view);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++) {
		const struct check_row *row = &rows.items[i];

		ck_assert_uint_lt(i, rows.count);
		ck_assert_str_eq(
		    row->title != NULL ? row->title : row->finding->check,
		    wanted[i]);
	}
	checks_free(&rows);
	close_tab();
}
END_TEST

/* --- the cursor ------------------------------------------------------------------- */

static const struct {
	uint32_t code;
	const char *check;
} moves[] = {
	{ KEY_CODE_NONE, "spf" },
	{ KEY_CODE_UP, "spf" },
	{ KEY_CODE_DOWN, "dkim" },
	{ 'j', "dmarc" },
	{ KEY_CODE_DOWN, "ptr" }, /* past a heading */
	{ KEY_CODE_DOWN, "google.dns_records" },
	{ KEY_CODE_UP, "ptr" },
	{ KEY_CODE_HOME, "spf" },
	{ KEY_CODE_PAGE_DOWN, "starttls" },
	{ KEY_CODE_PAGE_UP, "dkim" },
	{ KEY_CODE_END, "mx" },
	{ KEY_CODE_DOWN, "mx" },
	{ 'g', "spf" },
	{ 'G', "mx" },
};

START_TEST(moving)
{
	open_tab("rising", 80, 24);
	for (size_t i = 0; i < sizeof(moves) / sizeof(*moves); i++) {
		ck_assert_uint_eq(press(moves[i].code), 0);
		ck_assert_msg(strcmp(selected(), moves[i].check) == 0,
		    "move %zu: %s, not %s", i, selected(), moves[i].check);
	}
	close_tab();
}
END_TEST

/* The cursor stays with its finding, wherever that goes. */
START_TEST(steady)
{
	struct view view;
	struct finding all[16];
	size_t n;

	open_tab("rising", 80, 24);
	press(KEY_CODE_DOWN);
	press(KEY_CODE_DOWN);
	press(KEY_CODE_DOWN);
	ck_assert_str_eq(selected(), "ptr");
	view = *f.model.view;
	n = view.history.finding_count;
	ck_assert_uint_le(n, 16);
	memcpy(all, view.history.findings, n * sizeof(*all));
	for (size_t i = 0; i < n; i++)
		if (strcmp(all[i].check, "ptr") == 0)
			all[i].verdict = VERDICT_PASS;
	view.history.findings = all;
	f.model.view = &view;
	draw();
	ck_assert_str_eq(selected(), "ptr");
	ck_assert(shows("ptr 192.0.2.10: missing"));
	/* Where it went, one near to it. */
	for (size_t i = 0; i < n; i++)
		if (strcmp(all[i].check, "ptr") == 0)
			memmove(all + i, all + i + 1, (--n - i) * sizeof(*all));
	view.history.finding_count = n;
	draw();
	ck_assert_str_ne(selected(), "none");
	ck_assert_str_ne(selected(), "ptr");
	/* And where nothing is left, nothing is under it. */
	view.history.finding_count = 0;
	view.learned_count = 0;
	draw();
	ck_assert_str_eq(selected(), "none");
	press(KEY_CODE_DOWN);
	press(KEY_CODE_ENTER);
	ck_assert(shows("No check has run"));
	close_tab();
}
END_TEST

START_TEST(clicking)
{
	struct key_event event = { .code = KEY_CODE_CLICK, .x = 5 };

	open_tab("rising", 80, 24);
	ck_assert_int_gt(frame.check_rows, 5);
	event.y = frame.check_y + 2;
	event.at_ms = 1000;
	act(&f.model, &frame, &event, &f.model.ui);
	draw();
	ck_assert_str_eq(selected(), "dkim");
	ck_assert(!f.model.ui.opened);
	/* A heading is nothing. */
	event.y = frame.check_y;
	act(&f.model, &frame, &event, &f.model.ui);
	draw();
	ck_assert_str_eq(selected(), "dkim");
	event.y = frame.check_y + 2;
	event.at_ms = 1400;
	act(&f.model, &frame, &event, &f.model.ui);
	ck_assert(f.model.ui.opened);
	close_tab();
}
END_TEST

START_TEST(opening)
{
	open_tab("rising", 80, 24);
	press(KEY_CODE_DOWN);
	ck_assert(shows("Authentication"));
	press(KEY_CODE_ENTER);
	ck_assert(f.model.ui.opened);
	ck_assert(!shows("Authentication"));
	ck_assert(shows("dkim s2: testing"));
	press(KEY_CODE_ESCAPE);
	ck_assert(!f.model.ui.opened);
	ck_assert_int_eq(f.model.ui.screen, SCREEN_DOMAIN);
	ck_assert_str_eq(selected(), "dkim");
	press(KEY_CODE_ENTER);
	press(KEY_CODE_ENTER);
	ck_assert(!f.model.ui.opened);
	/* Another tab, and the list is there again. */
	press(KEY_CODE_ENTER);
	press(KEY_CODE_TAB);
	ck_assert(!f.model.ui.opened);
	press('q');
	ck_assert_int_eq(f.model.ui.screen, SCREEN_DOMAINS);
	close_tab();
}
END_TEST

/* --- what is told of one ---------------------------------------------------------- */

START_TEST(history)
{
	const struct finding_span spans[] = {
		{ .finding = { .verdict = VERDICT_FAIL, .reason = "missing" },
		    .begun_s = FIXTURE_NOW - 7200 },
		{ .finding = { .verdict = VERDICT_PASS, .reason = "ok" },
		    .begun_s = FIXTURE_NOW - 86400 * 3,
		    .ended_s = FIXTURE_NOW - 7200 },
	};

	open_tab("rising", 120, 40);
	f.model.spans = spans;
	f.model.span_count = 2;
	f.model.span_check = "ptr";
	f.model.span_subject = "192.0.2.10";
	draw();
	ck_assert(!shows("history")); /* it is of another one */
	for (int i = 0; i < 3; i++)
		press(KEY_CODE_DOWN);
	ck_assert(shows("FAIL missing, for 2 h so far"));
	ck_assert(shows("pass ok, for 2 d"));
	close_tab();
}
END_TEST

/* What was known before it became unknown, and how old that is. */
START_TEST(unknown)
{
	open_tab("rising", 120, 40);
	for (int i = 0; i < 7; i++)
		press(KEY_CODE_DOWN);
	ck_assert_str_eq(selected(), "starttls");
	ck_assert(shows("pass ok, known "));
	close_tab();
}
END_TEST

/* A requirement's remedy is for what is missing, not for what did not answer. */
START_TEST(untold)
{
	struct requirement row = { .remedy = "Publish one." };
	struct requirement_judgement judgement = {
		.row = &row,
		.why = { "dmarc/a.test/timeout" },
		.why_count = 1,
	};
	struct view view = {
		.judgements = { .requirements = &judgement,
		    .requirement_count = 1 },
	};
	struct finding one = {
		.check = "dmarc",
		.subject = "a.test",
		.reason = "timeout",
		.cure = "",
		.verdict = VERDICT_UNKNOWN,
	};

	ck_assert_str_eq(advice_cure(&view, &one), "");
	one.verdict = VERDICT_FAIL;
	ck_assert_str_eq(advice_cure(&view, &one), "Publish one.");
}
END_TEST

/* A file has all of it. */
START_TEST(in_full)
{
	open_tab("rising", 80, 60);
	f.model.in_full = true;
	draw();
	ck_assert_int_eq(frame.check_rows, 0);
	ck_assert(shows("do    10.2.0.192.in-addr.arpa. IN PTR out1.news"));
	close_tab();
}
END_TEST

/* --- what is done with one -------------------------------------------------------- */

START_TEST(copying)
{
	open_tab("rising", 80, 24);
	for (int i = 0; i < 3; i++)
		press(KEY_CODE_DOWN);
	press('y');
	ck_assert(shows("1 do: 10.2.0.192.in-addr.arpa. IN PTR out1.news"));
	ck_assert_uint_eq(press('y'), WANT_COPY);
	ck_assert_int_eq(f.model.ui.order.part, COPY_CURE);
	ck_assert_str_eq(f.model.ui.order.check, "ptr");
	ck_assert_str_eq(f.model.ui.order.subject, "192.0.2.10");
	/* Elsewhere it begins with the name. */
	press('1');
	press('y');
	ck_assert(shows("1 news.example.com"));
	close_tab();
}
END_TEST

START_TEST(muting)
{
	open_tab("rising", 80, 24);
	for (int i = 0; i < 3; i++)
		press(KEY_CODE_DOWN);
	press('m');
	ck_assert(shows("ptr 192.0.2.10 (missing)"));
	press(KEY_CODE_ESCAPE);
	/* What is well can be muted too, when it is meant. */
	press(KEY_CODE_END);
	press('m');
	ck_assert(shows("mx (ok)"));
	close_tab();
}
END_TEST

START_TEST(noting)
{
	open_tab("rising", 80, 24);
	for (int i = 0; i < 3; i++)
		press(KEY_CODE_DOWN);
	press('n');
	ck_assert_str_eq(f.model.ui.dialog.line.text, "ptr 192.0.2.10: ");
	ck_assert_uint_eq(press(KEY_CODE_ENTER), 0);
	ck_assert(shows("a note needs a text"));
	press('x');
	ck_assert_uint_eq(press(KEY_CODE_ENTER), WANT_NOTE);
	ck_assert_str_eq(f.model.ui.order.text, "ptr 192.0.2.10: x");
	close_tab();
}
END_TEST

/* --- how it looks ----------------------------------------------------------------- */

static const struct {
	int w, h;
	const char *story, *name;
} looks[] = {
	{ 80, 24, "rising", "findings-80x24" },
	{ 120, 40, "rising", "findings-120x40" },
	{ 200, 60, "disagree", "findings-200x60" },
	{ 40, 12, "rising", "findings-40x12" },
};
enum { LOOKS = sizeof(looks) / sizeof(*looks) };

START_TEST(look)
{
	open_tab(looks[_i].story, looks[_i].w, looks[_i].h);
	golden_canvas(looks[_i].name, canvas);
	close_tab();
}
END_TEST

/* Every row of every story at every size, opened and not. */
START_TEST(sizes)
{
	static const char *const stories[] = { "rising", "limited", "wide",
		"long", "disagree", "never" };

	for (int w = 1; w < 140; w += 23)
		for (int h = 1; h < 50; h += 6) {
			open_tab(stories[_i], w, h);
			for (int k = 0; k < 30; k++) {
				press(KEY_CODE_DOWN);
				press(KEY_CODE_ENTER);
				press(KEY_CODE_END);
				press(KEY_CODE_ENTER);
			}
			close_tab();
		}
}
END_TEST

Suite *
checks_suite(void)
{
	Suite *suite = suite_create("checks");
	TCase *c = tcase_create("checks");

	tcase_add_test(c, order);
	tcase_add_test(c, moving);
	tcase_add_test(c, steady);
	tcase_add_test(c, clicking);
	tcase_add_test(c, opening);
	tcase_add_test(c, history);
	tcase_add_test(c, unknown);
	tcase_add_test(c, untold);
	tcase_add_test(c, in_full);
	tcase_add_test(c, copying);
	tcase_add_test(c, muting);
	tcase_add_test(c, noting);
	tcase_add_loop_test(c, look, 0, LOOKS);
	tcase_add_loop_test(c, sizes, 0, 6);
	tcase_set_timeout(c, 60);
	suite_add_tcase(suite, c);
	return suite;
}
