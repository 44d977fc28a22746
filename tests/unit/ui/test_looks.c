/* Themes, the clipboard's octets, a terminal that takes nothing, clocks. */
/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "suites.h"
#include "ui/clocks.h"
#include "ui/copy.h"
#include "ui/output.h"
#include "ui/theme.h"

static char *
themes_dir(void)
{
	const char *top = getenv("SENDTOP_SRCDIR");

	return mem_printf("%s/share/themes", top != NULL ? top : ".");
}

/* --- themes ------------------------------------------------------------------- */

static const char *const shipped[] = { "dark", "light", "high-contrast",
	"mono" };

/* No role is black on a terminal's own ground, bad never looks like good, and
 * mono needs no colour. */
START_TEST(shipped_themes)
{
	char *dir = themes_dir();
	struct theme theme;
	struct error err;

	ck_assert_msg(theme_load(dir, shipped[_i], &theme, &err) == STATUS_OK,
	    "%s", err.text);
	ck_assert_str_eq(theme.name, shipped[_i]);
	for (int r = 0; r < ROLE_COUNT; r++) {
		const struct style *s = &theme.styles[r];

		ck_assert_int_ne(s->few, 0);
		ck_assert_int_ne(s->many, 0);
		if (strcmp(theme.name, "mono") == 0) {
			ck_assert_int_eq(s->few, -1);
			ck_assert_int_eq(s->many, -1);
		}
	}
	ck_assert(memcmp(&theme.styles[ROLE_BAD], &theme.styles[ROLE_GOOD],
		      sizeof(struct style)) != 0);
	ck_assert(memcmp(&theme.styles[ROLE_BAD], &theme.styles[ROLE_WARN],
		      sizeof(struct style)) != 0);
	free(dir);
}
END_TEST

/* All roles in turn, and round. */
START_TEST(next_theme)
{
	char *dir = themes_dir();
	struct arena *arena = arena_new();
	const char *const *names = theme_names(dir, arena);
	struct theme theme;
	struct error err;

	ck_assert_str_eq(names[0], "dark");
	ck_assert_str_eq(names[3], "mono");
	ck_assert_int_eq(theme_next(dir, "dark", &theme, &err), STATUS_OK);
	ck_assert_str_eq(theme.name, "high-contrast");
	ck_assert_int_eq(theme_next(dir, "mono", &theme, &err), STATUS_OK);
	ck_assert_str_eq(theme.name, "dark");
	ck_assert_int_eq(
	    theme_next("/nonexistent", "x", &theme, &err), STATUS_NOT_FOUND);
	ck_assert_int_eq(
	    theme_load(dir, "nosuch", &theme, &err), STATUS_NOT_FOUND);
	ck_assert_str_eq(err.text,
	    "no theme nosuch: there are dark, high-contrast, light, mono");
	ck_assert_int_eq(theme_load("/nonexistent", "nosuch", &theme, &err),
	    STATUS_NOT_FOUND);
	ck_assert_str_eq(err.text, "no theme nosuch in /nonexistent");
	arena_free(arena);
	free(dir);
}
END_TEST

/* The terminal's ground chooses between dark and light. */
START_TEST(ground)
{
	static const struct {
		const char *value, *name;
	} grounds[] = { { "15;0", "dark" }, { "0;15", "light" },
		{ "0;default;15", "light" }, { "7;8", "dark" },
		{ "rubbish", "dark" }, { "0;7", "light" } };
	char *dir = themes_dir();
	struct theme theme;

	for (size_t i = 0; i < sizeof(grounds) / sizeof(*grounds); i++) {
		setenv("COLORFGBG", grounds[i].value, 1);
		ck_assert_int_eq(
		    theme_load(dir, "default", &theme, NULL), STATUS_OK);
		ck_assert_str_eq(theme.name, grounds[i].name);
	}
	unsetenv("COLORFGBG");
	free(dir);
}
END_TEST

static const struct {
	const char *text, *wrong; /* NULL: none */
} files[] = {
	{ "", NULL },
	{ "# only a word\n; and another\n\n", NULL },
	{ "bad = red 203 bold underline\r\n", NULL },
	{ "bad = default default", NULL },
	{ "\nworse = red 203\n", "theme my.theme:2: worse is no role" },
	{ "bad = pink 203\n", "theme my.theme:1: pink is no colour" },
	{ "bad = red 256\n", "expected a colour from 0 to 255" },
	{ "bad = red\n", "expected two colours" },
	{ "bad: red 1\n", "expected ROLE = COLOUR COLOUR" },
	{ "bad = red 203 loud\n", "got loud" },
};

START_TEST(parsing)
{
	struct theme theme;
	struct error err = { .status = STATUS_OK };
	enum status status = theme_parse(
	    files[_i].text, strlen(files[_i].text), "my.theme", &theme, &err);

	if (files[_i].wrong == NULL) {
		ck_assert_int_eq(status, STATUS_OK);
		ck_assert_str_eq(theme.name, "my");
		return;
	}
	ck_assert_int_eq(status, STATUS_PARSE);
	ck_assert_msg(
	    strstr(err.text, files[_i].wrong) != NULL, "%s", err.text);
}
END_TEST

START_TEST(parsed)
{
	static const char text[] = "bad = red 203 bold underline";
	struct theme theme;
	struct error err;

	ck_assert_int_eq(
	    theme_parse(text, strlen(text), "x", &theme, &err), STATUS_OK);
	ck_assert_int_eq(theme.styles[ROLE_BAD].few, 1);
	ck_assert_int_eq(theme.styles[ROLE_BAD].many, 203);
	ck_assert_uint_eq(
	    theme.styles[ROLE_BAD].attributes, STYLE_BOLD | STYLE_UNDERLINE);
	ck_assert_int_eq(theme.styles[ROLE_GOOD].few, -1);
	ck_assert_int_eq(
	    theme_parse("a\0b", 3, "x", &theme, &err), STATUS_PARSE);
}
END_TEST

START_TEST(colors)
{
	ck_assert(theme_wants_color("auto", NULL));
	ck_assert(theme_wants_color("auto", ""));
	ck_assert(!theme_wants_color("auto", "1"));
	ck_assert(theme_wants_color("always", "1"));
	ck_assert(!theme_wants_color("never", NULL));
}
END_TEST

/* --- the clipboard ------------------------------------------------------------ */

static const struct {
	struct copy_terminal terminal;
	enum copy_way way;
} ways[] = {
	{ { .term = "xterm-256color" }, COPY_SENT },
	{ { .term = "xterm" }, COPY_SENT },
	{ { .term = "foot" }, COPY_SENT },
	{ { .term = "alacritty" }, COPY_SENT },
	{ { .term = "st-256color" }, COPY_SENT },
	{ { .term = "stv52" }, COPY_REFUSED },
	{ { .term = "linux" }, COPY_REFUSED },
	{ { .term = "vt100" }, COPY_REFUSED },
	{ { .term = "odd", .capable = true }, COPY_SENT },
	{ { .term = NULL }, COPY_REFUSED },
	{ { .term = "screen-256color", .tmux = "/tmp/x,1,0" }, COPY_MAYBE },
	{ { .term = "tmux-256color" }, COPY_MAYBE },
	{ { .term = "screen" }, COPY_MAYBE },
	{ { .term = "xterm-256color", .vte = "6800" }, COPY_REFUSED },
	{ { .term = "xterm-256color", .vte = "7700" }, COPY_SENT },
	{ { .term = "xterm-256color", .term_program = "Apple_Terminal" },
	    COPY_REFUSED },
};

START_TEST(copy_ways)
{
	ck_assert_int_eq(copy_way(&ways[_i].terminal, 10), ways[_i].way);
	ck_assert_int_eq(
	    copy_way(&ways[_i].terminal, COPY_MOST + 1), COPY_REFUSED);
}
END_TEST

static const struct {
	const char *text, *octets;
} copies[] = {
	{ "", "\033]52;c;\a" },
	{ "f", "\033]52;c;Zg==\a" },
	{ "fo", "\033]52;c;Zm8=\a" },
	{ "foo", "\033]52;c;Zm9v\a" },
	{ "foob", "\033]52;c;Zm9vYg==\a" },
	{ "\xff\xfe\xfd", "\033]52;c;//79\a" },
};

START_TEST(copy_octets)
{
	static const struct copy_terminal xterm = { .term = "xterm" };
	struct buf out = { 0 };

	copy_encode(&xterm, copies[_i].text, strlen(copies[_i].text), &out);
	ck_assert_str_eq(out.data, copies[_i].octets);
	buf_free(&out);
}
END_TEST

START_TEST(copy_wrapped)
{
	static const struct copy_terminal tmux = { .term = "screen",
		.tmux = "x" };
	static const struct copy_terminal screen = { .term = "screen" };
	struct buf out = { 0 };

	copy_encode(&tmux, "f", 1, &out);
	ck_assert_str_eq(
	    out.data, "\033]52;c;Zg==\a\033Ptmux;\033\033]52;c;Zg==\a\033\\");
	buf_free(&out);
	copy_encode(&screen, "f", 1, &out);
	ck_assert_str_eq(out.data, "\033P\033]52;c;Zg==\a\033\\");
	buf_free(&out);
}
END_TEST

/* --- output ------------------------------------------------------------------- */

/* A terminal that nobody reads: nothing waits for it, nothing is lost while
 * there is hope, and what is dropped is told. */
START_TEST(slow_output)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY);
	char piece[4096] = "", *name;
	struct output *output;
	size_t total = 0;
	int slave;

	ck_assert_int_ge(master, 0);
	ck_assert_int_eq(grantpt(master) | unlockpt(master), 0);
	name = mem_dup(ptsname(master));
	slave = open(name, O_RDWR | O_NOCTTY);
	ck_assert_int_ge(slave, 0);
	output = output_new(slave);
	for (int i = 0; i < 100; i++)
		output_add(output, piece, sizeof(piece));
	ck_assert(output_pending(output));
	/* Whoever shares the terminal finds it as it was. */
	ck_assert_int_eq(fcntl(slave, F_GETFL) & O_NONBLOCK, 0);
	while (output_pending(output)) {
		ssize_t n = read(master, piece, sizeof(piece));

		ck_assert_int_gt((int)n, 0);
		total += (size_t)n;
		output_flush(output);
	}
	ck_assert_uint_gt(total, 100 * sizeof(piece) / 2);
	ck_assert(!output_drop(output));
	for (int i = 0; i < 100; i++)
		output_add(output, piece, sizeof(piece));
	ck_assert(output_drop(output));
	ck_assert(!output_pending(output));
	/* There is room again. */
	output_add(output, "end", 3);
	ck_assert(!output_pending(output));
	output_free(output);
	close(slave);
	close(master);
	free(name);
}
END_TEST

/* --- clocks ------------------------------------------------------------------- */

static const struct {
	int64_t utc_s, mono_ms;
	const char *says; /* NULL: nothing */
} ticks[] = {
	{ 1000000, 5000, NULL }, { 1000001, 6000, NULL },
	{ 1000041, 6500, NULL }, /* a correction */
	{ 1010041, 6500, "went forward by 2 h 46 min (or the machine slept)" },
	{ 1010042, 7500, NULL }, { 500000, 8500, "went back by 5 d" },
	{ 500500, 508500, NULL }, /* a long wait is none */
};

START_TEST(clock_jumps)
{
	struct clocks clocks = { 0 };
	char text[256];

	for (size_t i = 0; i < sizeof(ticks) / sizeof(*ticks); i++) {
		bool jumped = clocks_jumped(&clocks, ticks[i].utc_s,
		    ticks[i].mono_ms, text, sizeof(text));

		ck_assert_msg(jumped == (ticks[i].says != NULL), "%zu", i);
		if (jumped)
			ck_assert_msg(
			    strstr(text, ticks[i].says) != NULL, "%s", text);
	}
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof(*(array))))

Suite *
looks_suite(void)
{
	Suite *suite = suite_create("looks");
	TCase *c = tcase_create("looks");

	tcase_add_loop_test(c, shipped_themes, 0, COUNT(shipped));
	tcase_add_test(c, next_theme);
	tcase_add_test(c, ground);
	tcase_add_loop_test(c, parsing, 0, COUNT(files));
	tcase_add_test(c, parsed);
	tcase_add_test(c, colors);
	tcase_add_loop_test(c, copy_ways, 0, COUNT(ways));
	tcase_add_loop_test(c, copy_octets, 0, COUNT(copies));
	tcase_add_test(c, copy_wrapped);
	tcase_add_test(c, slow_output);
	tcase_add_test(c, clock_jumps);
	suite_add_tcase(suite, c);
	return suite;
}
