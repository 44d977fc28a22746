/* Records to publish, as they are taken off screens and out of files. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "sendtop/mem.h"
#include "suites.h"
#include "tests/unit/base/cures.h"
#include "tests/unit/base/master.h"
#include "ui/checks.h"
#include "ui/cure.h"
#include "ui/snapshot_job.h"

enum {
	NARROW = 40,
	WIDE = 200,
	ROWS = 60,
	CURES = sizeof(cures) / sizeof(*cures)
};

/* A domain with one finding. */
struct one {
	struct fixture f;
	struct view view;
	struct finding finding;
};

static void
one_init(struct one *one, const char *check, const char *cure)
{
	fixture_init(&one->f, "healthy");
	one->view = *one->f.model.view;
	one->finding = (struct finding){ .check = check,
		.subject = one->view.domain.name,
		.verdict = VERDICT_FAIL,
		.reason = "missing",
		.detail = "it is not there",
		.cure = cure,
		.record = "what is there" };
	one->view.history.findings = &one->finding;
	one->view.history.finding_count = 1;
	one->f.model.view = &one->view;
}

static void
one_fini(struct one *one)
{
	fixture_fini(&one->f);
}

/* --- reading back ----------------------------------------------------------------- */

/* The lines of the record that begins with the owner: to the bracket's end, and
 * the remarks behind it.  NULL: it begins no line. */
static char *
take_lines(const char *text, const char *owner)
{
	const char *at = text, *end, *open;

	while (strncmp(at, owner, strlen(owner)) != 0) {
		at = strchr(at, '\n');
		if (at == NULL || *++at == '\0')
			return NULL;
	}
	end = strchr(at, '\n') + 1;
	open = memchr(at, '(', (size_t)(end - at));
	if (open != NULL && open[-1] == ' ' && strchr(" \n", open[1]) != NULL) {
		end = strstr(at, " )\n");
		ck_assert_msg(end != NULL, "no end of brackets: %s", text);
		end += strlen(" )\n");
	}
	while (*end == ';')
		end = strchr(end, '\n') + 1;
	return mem_ndup(at, (size_t)(end - at));
}

/* Whether the text has the record, as lines of its own or behind a label. */
static void
check_text(const char *text, const char *cure, int width)
{
	char *owner = mem_ndup(cure, strcspn(cure, " ") + 1), *lines, *read,
	     *whole = master_read(cure);

	lines = take_lines(text, owner);
	if (lines == NULL) {
		/* All in one row: from the owner to the row's end. */
		const char *at = strstr(text, cure);

		ck_assert_msg(at != NULL && at[strlen(cure)] == '\n',
		    "%d columns, no %s in:\n%s", width, cure, text);
		lines = mem_dup(cure);
	}
	read = master_read(lines);
	ck_assert_msg(
	    strcmp(read, whole) == 0, "%d columns:\n%s\n%s", width, text, read);
	free(read);
	free(lines);
	free(whole);
	free(owner);
}

/* --- files ------------------------------------------------------------------------ */

static void
check_file(const char *check, panel_draw *draw, const char *cure)
{
	const struct snapshot_options options = { .width = 0 };
	struct one one;

	one_init(&one, check, cure);
	one.f.model.in_full = true;
	for (int width = NARROW; width <= WIDE; width++) {
		struct snapshot_job job = { .options = &options,
			.width = width,
			.model = one.f.model };
		char *text = NULL;
		size_t size;

		/* There the half is too narrow for the longest names. */
		if (draw == panel_tls && width >= 150)
			break;
		job.out = open_memstream(&text, &size);
		snapshot_panel(&job, draw, ROWS);
		fclose(job.out);
		check_text(text, cure, width);
		free(text);
	}
	one_fini(&one);
}

START_TEST(file_checks)
{
	check_file("spf", panel_checks, cures[_i]);
}
END_TEST

START_TEST(file_tls)
{
	check_file("tls_rpt", panel_tls, cures[_i]);
}
END_TEST

START_TEST(file_advice)
{
	check_file("spf", block_advice, cures[_i]);
}
END_TEST

/* --- screens ---------------------------------------------------------------------- */

/* What a selection of the rows from a column on takes. */
static char *
columns_from(const struct canvas *canvas, int x)
{
	struct buf text = { 0 };

	for (int y = 0; y < canvas_height(canvas); y++) {
		for (int i = x; i < canvas_width(canvas); i++)
			buf_str(&text, canvas_cell(canvas, i, y)->text);
		while (text.len > 0 && text.data[text.len - 1] == ' ')
			text.len--;
		buf_char(&text, '\n');
	}
	return buf_take(&text);
}

/* The panel as it stands in a screen of some height, with all it has. */
static char *
screen(struct one *one, int width, int x)
{
	struct canvas *canvas = canvas_new(width, ROWS, false);
	struct frame frame;
	char *text;

	frame_draw(canvas, &one->f.model, &frame);
	text = columns_from(canvas, x);
	canvas_free(canvas);
	return text;
}

static bool
is_cut(int width, const char *cure)
{
	struct canvas *canvas = canvas_new(width, 1, false);
	struct pane pane = pane_all(canvas);
	bool cut = cure_is_cut(&pane, cure);

	canvas_free(canvas);
	return cut;
}

static void
check_screen(struct one *one, int width, int x)
{
	char *text = screen(one, width, x);

	if (is_cut(width - x, one->finding.cure))
		ck_assert_msg(strstr(text, "publish (too") != NULL, "%s", text);
	else
		check_text(text, one->finding.cure, width);
	free(text);
}

START_TEST(screen_opened)
{
	struct one one;

	one_init(&one, "spf", cures[_i]);
	one.f.model.ui.tab = 2;
	one.f.model.ui.opened = true;
	for (int width = NARROW; width <= WIDE; width++)
		check_screen(&one, width, 0);
	one_fini(&one);
}
END_TEST

/* Beside the list. */
START_TEST(screen_beside)
{
	struct one one;

	one_init(&one, "spf", cures[_i]);
	one.f.model.ui.tab = 2;
	for (int width = 110; width <= WIDE; width++)
		check_screen(&one, width, width * 11 / 20 + 1);
	one_fini(&one);
}
END_TEST

/* The rows that are told are those that are drawn, whatever is scrolled. */
START_TEST(row_count)
{
	struct check_row row = { .title = NULL };
	struct one one;

	one_init(&one, "spf", cures[_i]);
	row.finding = &one.finding;
	for (int width = NARROW; width <= WIDE; width++) {
		struct canvas *canvas = canvas_new(width, ROWS, false);
		struct pane pane = pane_all(canvas);
		int rows = checks_detail(&pane, &one.f.model, &row), last = 0;
		char *text = columns_from(canvas, 0), *at = text;

		for (int y = 1; *at != '\0'; y++) {
			if (*at != '\n')
				last = y;
			at = strchr(at, '\n') + 1;
		}
		ck_assert_int_eq(rows, last);
		free(text);
		canvas_free(canvas);
	}
	one_fini(&one);
}
END_TEST

/* Half a record is none: where there is no room the summary says where it is. */
START_TEST(summary_short)
{
	struct one one;
	char *text;

	one_init(&one, "spf", cures[1]);
	text = screen(&one, 80, 0);
	ck_assert_ptr_nonnull(
	    strstr(text, "1 spf missing: publish the record"));
	ck_assert_ptr_null(strstr(text, "DKIM1"));
	free(text);
	one_fini(&one);
}
END_TEST

/* Who listens is told of it in one piece. */
static void
hear(void *arg, const struct piece *piece)
{
	int *heard = arg;

	*heard += strcmp(piece->text, cures[0]) == 0;
}

START_TEST(listened)
{
	struct canvas *canvas = canvas_new(NARROW, 1, false);
	struct pane pane = pane_all(canvas);
	int heard = 0;

	canvas_listen(canvas, hear, &heard);
	pane = pane_all(canvas);
	cure_put_marked(&pane, 1, 8, 0, "do", cures[0]);
	ck_assert_int_eq(heard, 1);
	canvas_free(canvas);
}
END_TEST

/* Words are wrapped behind their label. */
START_TEST(words)
{
	struct canvas *canvas = canvas_new(NARROW, 4, false);
	struct pane pane = pane_all(canvas);
	char *text;

	ck_assert_int_eq(cure_put_marked(&pane, 1, 4, 0, "do", ""), 0);
	ck_assert_int_eq(cure_put_marked(&pane, 1, 4, 0, "do", NULL), 0);
	ck_assert_int_eq(cure_put_marked(&pane, 1, 4, 0, "do",
			     "Publish an SPF record that lists your senders."),
	    2);
	text = columns_from(canvas, 0);
	ck_assert_str_eq(text,
	    " do  Publish an SPF record that lists\n"
	    "     your senders.\n\n\n");
	free(text);
	canvas_free(canvas);
}
END_TEST

Suite *
cure_suite(void)
{
	Suite *suite = suite_create("cure");
	TCase *tc = tcase_create("cure");

	tcase_add_loop_test(tc, file_checks, 0, CURES);
	tcase_add_loop_test(tc, file_tls, 0, CURES);
	tcase_add_loop_test(tc, file_advice, 0, CURES);
	tcase_add_loop_test(tc, screen_opened, 0, CURES);
	tcase_add_loop_test(tc, screen_beside, 0, CURES);
	tcase_add_loop_test(tc, row_count, 0, CURES);
	tcase_add_test(tc, summary_short);
	tcase_add_test(tc, listened);
	tcase_add_test(tc, words);
	suite_add_tcase(suite, tc);
	return suite;
}
