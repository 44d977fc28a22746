/* Panels and frames against golden files, and every size without a crash. */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "fixture_mail.h"
#include "golden.h"
#include "sendtop/day.h"
#include "sendtop/mem.h"
#include "suites.h"
#include "ui/command.h"
#include "ui/edit.h"
#include "ui/frame.h"
#include "ui/glyph.h"

/* What a frame leaves to the panel: less two rows of header, one of tabs and
 * two at the bottom. */
enum { FRAME_ROWS = 5, NAME_LENGTH = 64 };

static panel_draw *
panel_of(const char *name)
{
	static const struct {
		const char *name;
		panel_draw *draw;
	} others[] = { { "domains", panel_domains },
		{ "preview", panel_preview }, { "replies", panel_replies },
		{ "fleet", panel_fleet_replies } };

	for (size_t i = 0; i < panel_count(); i++)
		if (strcmp(panel_row(i)->name, name) == 0)
			return panel_row(i)->draw;
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (strcmp(others[i].name, name) == 0)
			return others[i].draw;
	ck_abort_msg("no panel named %s", name);
}

/* Draws a panel alone, in the room that a screen of that size gives it. */
static void
draw_panel(const char *story, const char *panel, int w, int h, bool ascii,
    const char *name)
{
	struct fixture f;
	struct canvas *canvas = canvas_new(w, h - FRAME_ROWS, ascii);
	struct pane pane = pane_all(canvas);

	fixture_init(&f, story);
	f.model.replies = fixture_replies;
	f.model.reply_count = fixture_reply_count;
	f.model.replies_since_s = FIXTURE_NOW - 48 * 3600;
	panel_of(panel)(&pane, &f.model);
	golden_canvas(name, canvas);
	canvas_free(canvas);
	fixture_fini(&f);
}

static void
draw_frame(const char *story, int w, int h, bool ascii, const char *name)
{
	struct fixture f;
	struct frame frame;
	struct canvas *canvas = canvas_new(w, h, ascii);

	fixture_init(&f, story);
	f.model.ui.help = strcmp(name, "help") == 0;
	frame_draw(canvas, &f.model, &frame);
	golden_canvas(name, canvas);
	canvas_free(canvas);
	fixture_fini(&f);
}

static const struct {
	int w, h;
} sizes[] = { { 80, 24 }, { 120, 40 }, { 200, 60 } };
enum { SIZES = 3 };

static const char *const stories[] = { "rising", "watch", "healthy", "withheld",
	"denied", "error", "long", "wide", "limited", "noptr", "blind",
	"disagree", "never" };
enum { STORIES = sizeof(stories) / sizeof(*stories) };

/* A domain's whole screen, tab by tab. */
static void
put_tabs(FILE *out, const char *story, int w, int h)
{
	struct fixture f;
	struct frame frame;

	fixture_init(&f, story);
	f.model.ui.screen = SCREEN_DOMAIN;
	for (size_t tab = 0; tab < panel_count(); tab++) {
		struct canvas *canvas = canvas_new(w, h, false);

		f.model.ui.tab = tab;
		frame_draw(canvas, &f.model, &frame);
		canvas_text(canvas, out);
		canvas_free(canvas);
	}
	fixture_fini(&f);
}

static char *
drawn(const struct canvas *canvas)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	ck_assert_ptr_nonnull(out);
	canvas_text(canvas, out);
	fclose(out);
	return text;
}

/* Each story on each tab at each size. */
START_TEST(each_story)
{
	const char *story = stories[_i / SIZES];
	int w = sizes[_i % SIZES].w, h = sizes[_i % SIZES].h;
	char name[NAME_LENGTH];
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	ck_assert_ptr_nonnull(out);
	put_tabs(out, story, w, h);
	fclose(out);
	snprintf(name, sizeof(name), "stories/%s-%dx%d", story, w, h);
	golden_text(name, text);
	free(text);
}
END_TEST

/* In ASCII, where a panel has signs of its own. */
static const struct {
	const char *panel, *story;
} plain[] = {
	{ "summary", "rising" },
	{ "spam", "healthy" },
	{ "checks", "wide" },
	{ "replies", "limited" },
	{ "ramp", "rising" },
};
enum { PLAIN = sizeof(plain) / sizeof(*plain) };

START_TEST(each_ascii)
{
	char name[NAME_LENGTH];

	snprintf(name, sizeof(name), "%s-%s-ascii", plain[_i].panel,
	    plain[_i].story);
	draw_panel(plain[_i].story, plain[_i].panel, 80, 24, true, name);
}
END_TEST

/* What the panel draws says one thing and not another. */
static void
check_drawn(
    struct fixture *f, const char *panel, const char *has, const char * not )
{
	struct canvas *canvas = canvas_new(100, 60, false);
	struct pane pane = pane_all(canvas);
	char *text;

	for (size_t tab = 0; tab < panel_count(); tab++)
		if (strcmp(panel_row(tab)->name, panel) == 0)
			panel_row(tab)->draw(&pane, &f->model);
	text = drawn(canvas);
	ck_assert_msg(strstr(text, has) != NULL, "%s", text);
	ck_assert_msg(strstr(text, not ) == NULL, "%s", text);
	free(text);
	canvas_free(canvas);
}

/* An hour after the last such reply nothing is limited. */
START_TEST(limit_over)
{
	struct fixture f;
	struct view view;

	fixture_init(&f, "limited");
	view = *f.model.view;
	view.history.now_s += 3600;
	f.model.view = &view;
	check_drawn(&f, "replies",
	    "over: 20 connections or more (by the log to", "at most");
	/* It was read all the while. */
	view.history.log_last_s = view.history.now_s - 60;
	check_drawn(
	    &f, "replies", "over: 20 connections or more", "by the log to");
	fixture_fini(&f);
}
END_TEST

/* A base is told by its own source, cold or not at all, and what is allowed
 * beside growth as exactly as it is judged. */
START_TEST(bases)
{
	struct fixture f;
	struct view view;
	struct ramp_judgement *ramp = &view.judgements.ramp;

	fixture_init(&f, "healthy");
	view = *f.model.view;
	f.model.view = &view;
	ramp->source = VOLUME_LOG;
	ramp->base = 9000;
	ramp->base_day = view.history.today - 3;
	ramp->base_source = VOLUME_TLS;
	ramp->growth = 1.78;
	ramp->cap = 1.75;
	check_drawn(
	    &f, "ramp", "x1.78 of the base ~9.0k, up to x1.75 allowed", "cold");
	ramp->base_source = VOLUME_NONE;
	ramp->base_day = DAY_NONE;
	check_drawn(&f, "ramp", "of the base 9.0k (cold)", "~9.0k");
	ramp->base = ramp->growth = (double)NAN;
	check_drawn(&f, "ramp", "no volume of a day before is known; up to",
	    "of the base");
	fixture_fini(&f);
}
END_TEST

/* An old rate has no band that began some day. */
START_TEST(no_band)
{
	struct fixture f;
	struct view view;

	fixture_init(&f, "healthy");
	view = *f.model.view;
	f.model.view = &view;
	view.judgements.spam.band = SPAM_UNKNOWN;
	view.judgements.spam.since = DAY_NONE;
	check_drawn(&f, "summary", "unknown: no rate for 7 days", "since -");
	fixture_fini(&f);
}
END_TEST

/* Whether a target is reached cannot be told while nothing may be sent. */
START_TEST(stopped_target)
{
	struct fixture f;
	struct view view;

	fixture_init(&f, "rising");
	view = *f.model.view;
	ck_assert_int_eq(view.judgements.ramp.state, RAMP_STOP);
	view.judgements.ramp.target = 90000;
	view.judgements.ramp.target_day = DAY_NONE;
	f.model.view = &view;
	check_drawn(&f, "ramp", "no path leads there while the state is stop",
	    "within a year");
	fixture_fini(&f);
}
END_TEST

/* What receivers answer all domains. */
START_TEST(fleet)
{
	int w = sizes[_i].w, h = sizes[_i].h;
	char name[NAME_LENGTH];

	snprintf(name, sizeof(name), "fleet-%dx%d", w, h);
	draw_panel("rising", "fleet", w, h, false, name);
}
END_TEST

START_TEST(list)
{
	int w = sizes[_i].w, h = sizes[_i].h;
	char name[NAME_LENGTH];

	snprintf(name, sizeof(name), "domains-%dx%d", w, h);
	draw_panel(NULL, "domains", w, h < 40 ? h : 30, false, name);
}
END_TEST

START_TEST(lists)
{
	draw_panel("empty", "domains", 80, 24, false, "empty");
	draw_panel(NULL, "domains", 80, 24, true, "domains-ascii");
}
END_TEST

/* Headings take the place of rows, folded or not. */
START_TEST(grouped)
{
	static const struct group prod = { "prod", { 1, 0, 1, 1, 0 }, 3,
		false },
				  rest = { "", { 2, 1, 0, 0, 1 }, 4, true };
	const struct group *headings[32] = { &prod, NULL, NULL, &rest };
	struct canvas *canvas = canvas_new(80, 10, false);
	struct pane pane = pane_all(canvas);
	struct fixture f;

	fixture_init(&f, NULL);
	f.model.headings = headings;
	f.model.row_count = f.model.total = 4;
	panel_domains(&pane, &f.model);
	golden_canvas("domains-grouped", canvas);
	canvas_free(canvas);
	fixture_fini(&f);
}
END_TEST

/* Beside the list, below it, and without the domain's whole view. */
START_TEST(previews)
{
	draw_panel(
	    "rising", "preview", 200, 12 + FRAME_ROWS, false, "preview-below");
	draw_panel(
	    NULL, "preview", 200, 12 + FRAME_ROWS, false, "preview-short");
	draw_panel("rising", "preview", 80, 24, false, "preview-rising");
}
END_TEST

START_TEST(frames)
{
	draw_frame(NULL, 80, 60, false, "help");
}
END_TEST

/* No size makes a panel write outside of its canvas or loop. */
/* Where there is little room, the domain and the open tab are what is left. */
START_TEST(narrow)
{
	struct fixture f;
	struct frame frame;
	struct canvas *canvas = canvas_new(40, 10, false);
	char open[NAME_LENGTH], *text;

	fixture_init(&f, "rising");
	f.model.ui.screen = SCREEN_DOMAIN;
	for (size_t tab = 0; tab < panel_count(); tab++) {
		f.model.ui.tab = tab;
		frame_draw(canvas, &f.model, &frame);
		text = drawn(canvas);
		snprintf(open, sizeof(open), "[%zu %s]", tab + 1,
		    panel_row(tab)->title);
		ck_assert_ptr_nonnull(strstr(text, "news.example.com"));
		ck_assert_ptr_nonnull(strstr(text, "CRIT"));
		ck_assert_ptr_nonnull(strstr(text, open));
		ck_assert_int_eq(frame.tab_count, (int)panel_count());
		free(text);
	}
	canvas_free(canvas);
	fixture_fini(&f);
}
END_TEST

/* A domain on a past day: the way back in front, and nothing of now. */
START_TEST(past_day)
{
	static const char *const words[] = { " Esc live  > later  q back",
		"No check had run on this domain by that day.",
		"No log that was read goes back to that day", "by that day, or",
		"not probed by then" };
	struct fixture f;
	struct frame frame;
	struct canvas *canvas = canvas_new(80, 24, false);
	struct buf all = { 0 };
	char *text;

	fixture_init(&f, "never");
	f.model.ui.screen = SCREEN_DOMAIN;
	f.model.ui.as_of = day_of(FIXTURE_NOW) - 3;
	for (size_t tab = 0; tab < panel_count(); tab++) {
		f.model.ui.tab = tab;
		frame_draw(canvas, &f.model, &frame);
		text = drawn(canvas);
		buf_str(&all, text);
		free(text);
	}
	text = buf_take(&all);
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		ck_assert_msg(strstr(text, words[i]) != NULL, "%s", words[i]);
	ck_assert(frame.keys[0].escape);
	free(text);
	canvas_free(canvas);
	fixture_fini(&f);
}
END_TEST

/* On a past day the list's head has all counts at 80 columns. */
START_TEST(past_list)
{
	static const struct view_head head = { .as_of = 1,
		.counts = { 8, 4, 3, 5, 0 },
		.newest_day = DAY_NONE,
		.now_s = FIXTURE_NOW };
	struct fixture f;
	struct frame frame;
	struct canvas *canvas = canvas_new(80, 24, false);
	char *text;

	fixture_init(&f, NULL);
	f.model.head = &head;
	f.model.ui.as_of = day_of(FIXTURE_NOW) - 3;
	frame_draw(canvas, &f.model, &frame);
	text = drawn(canvas);
	ck_assert_ptr_nonnull(strstr(text, " AS OF Nov 18  20 domains: "));
	ck_assert_ptr_nonnull(
	    strstr(text, "5 critical 3 warning 8 ok 4 unknown "));
	ck_assert_ptr_nonnull(strstr(text, "unknown "));
	free(text);
	canvas_free(canvas);
	fixture_fini(&f);
}
END_TEST

/* What is wrong with a command is read to its end. */
START_TEST(command_box)
{
	struct fixture f;
	struct frame frame;
	struct canvas *canvas = canvas_new(80, 24, false);
	char *text;

	fixture_init(&f, NULL);
	f.model.ui.dialog.kind = DIALOG_COMMAND;
	edit_set(&f.model.ui.dialog.line, "mute all");
	frame_draw(canvas, &f.model, &frame);
	text = drawn(canvas);
	ck_assert_ptr_nonnull(strstr(text, command_of("mute", NULL)->help));
	free(text);
	f.model.ui.dialog.wrong = "mute what, until when, why: mute "
				  "ptr/192.0.2.1 3d the provider is at it";
	frame_draw(canvas, &f.model, &frame);
	text = drawn(canvas);
	ck_assert_ptr_nonnull(strstr(text, f.model.ui.dialog.wrong));
	free(text);
	canvas_free(canvas);
	fixture_fini(&f);
}
END_TEST

START_TEST(tiny)
{
	static const int edges[] = { 1, 2, 3, 5, 8, 13, 24, 40, 79, 131, 201 };
	enum { EDGES = sizeof(edges) / sizeof(*edges) };
	struct fixture f;
	struct frame frame;

	fixture_init(&f, stories[_i]);
	for (size_t i = 0; i < EDGES * EDGES; i++) {
		struct canvas *canvas = canvas_new(
		    edges[i / EDGES], edges[i % EDGES], i % 2 == 0);

		for (size_t tab = 0; tab <= panel_count(); tab++) {
			f.model.ui.tab = tab % panel_count();
			f.model.ui.screen = tab == panel_count()
			    ? SCREEN_DOMAINS
			    : SCREEN_DOMAIN;
			f.model.ui.scroll = (int)tab * 7;
			frame_draw(canvas, &f.model, &frame);
			ck_assert_int_eq(frame.width, edges[i / EDGES]);
		}
		canvas_free(canvas);
	}
	fixture_fini(&f);
}
END_TEST

/* A poll that some domains failed is no failed poll; one that nobody makes does
 * not come next. */
START_TEST(polls)
{
	struct canvas *canvas = canvas_new(160, 2, false);
	struct pane pane = pane_all(canvas);
	struct view_head head;
	struct fixture f;
	char *text;

	fixture_init(&f, "rising");
	head = *f.model.head;
	f.model.head = &head;
	head.postmaster_error = "1 of 9 domains could not be polled: a.test";
	panel_header(&pane, &f.model);
	text = drawn(canvas);
	ck_assert_ptr_nonnull(strstr(text, "last poll failed: 1 of 9"));
	free(text);
	head.postmaster_partly = true;
	canvas_clear(canvas);
	panel_header(&pane, &f.model);
	text = drawn(canvas);
	ck_assert_ptr_nonnull(strstr(text, "last poll: 1 of 9"));
	ck_assert_ptr_null(strstr(text, "nobody collects"));
	free(text);
	head.postmaster_error = "";
	f.model.nobody_collects = true;
	canvas_clear(canvas);
	panel_header(&pane, &f.model);
	text = drawn(canvas);
	ck_assert_ptr_nonnull(strstr(text, "nobody collects"));
	ck_assert_ptr_null(strstr(text, "next poll"));
	free(text);
	canvas_free(canvas);
	fixture_fini(&f);
}
END_TEST

/* What is pasted into a note is not cut: each story on each tab, as a file has
 * it. */
START_TEST(whole_words)
{
	static const struct requirement wordy = { .id = "A6-STREAMS",
		.title = "All mail leaves from one IP, or each kind of mail "
			 "from one of its own",
		.remedy = "",
		.page = "" };
	struct requirement_judgement *all;
	struct reasons *why;
	struct view view;
	struct fixture f;

	fixture_init(&f, stories[_i]);
	f.model.in_full = true;
	view = *f.model.view;
	f.model.view = &view;
	all = view.judgements.requirements;
	all[0].row = &wordy;
	/* Of the length at which a first line ends before the edge. */
	why = &view.judgements.reputation.reasons;
	why->count = 0;
	reason_add(why, 0, "steady", "%s",
	    "all of 14 days below 0.10 %, nothing rejected for reputation");
	f.model.ui.screen = SCREEN_DOMAIN;
	for (size_t tab = 0; tab < panel_count(); tab++) {
		struct canvas *canvas = canvas_new(80, 200, false);
		struct pane pane = pane_all(canvas);
		char *text;

		f.model.ui.tab = tab;
		panel_row(tab)->draw(&pane, &f.model);
		text = drawn(canvas);
		ck_assert_msg(strstr(text, GLYPH_ELLIPSIS) == NULL, "%s: %s",
		    panel_row(tab)->name, text);
		free(text);
		canvas_free(canvas);
	}
	fixture_fini(&f);
}
END_TEST

Suite *
panels_suite(void)
{
	Suite *suite = suite_create("panels");
	TCase *c = tcase_create("panels");

	tcase_add_loop_test(c, each_story, 0, STORIES * SIZES);
	tcase_add_loop_test(c, each_ascii, 0, PLAIN);
	tcase_add_test(c, limit_over);
	tcase_add_test(c, stopped_target);
	tcase_add_test(c, bases);
	tcase_add_test(c, no_band);
	tcase_add_loop_test(c, fleet, 0, SIZES);
	tcase_add_loop_test(c, list, 0, SIZES);
	tcase_add_test(c, lists);
	tcase_add_test(c, grouped);
	tcase_add_test(c, previews);
	tcase_add_test(c, frames);
	tcase_add_test(c, narrow);
	tcase_add_test(c, command_box);
	tcase_add_test(c, past_day);
	tcase_add_test(c, past_list);
	tcase_add_test(c, polls);
	tcase_add_loop_test(c, whole_words, 0, STORIES);
	tcase_add_loop_test(c, tiny, 0, STORIES);
	tcase_set_timeout(c, 30);
	suite_add_tcase(suite, c);
	return suite;
}
