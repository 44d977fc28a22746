/* Loader and snapshot on a real store in a directory of its own. */
/* SPDX-License-Identifier: MIT */
#include <glob.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fixture.h"
#include "sendtop/day.h"
#include "sendtop/text.h"
#include "suites.h"
#include "ui/load.h"
#include "ui/snapshot.h"
#include "ui/whole.h"

enum { DOMAINS = 30, ROWS = 5, NAME_SIZE = 32 };

static char dir[64], path[96];
static struct store *store;
static struct settings *settings;
static struct loader *loader;
static struct model model;
static int64_t ids[DOMAINS];

static void
remove_dir(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	ck_assert_int_eq(system(command), 0);
}

static void
must(enum status status, const struct error *err)
{
	ck_assert_msg(status == STATUS_OK, "%s", err->text);
}

/* The lower the number, the worse. */
static void
put_standing(int i, double rate)
{
	struct standing s = { .state = i < 2 ? STANDING_CRITICAL : STANDING_OK,
		.spam_day = day_of(FIXTURE_NOW) - 2,
		.spam_rate = rate,
		.mean7 = rate,
		.trend = 0,
		.volume = (double)NAN,
		.growth = (double)NAN,
		.ceiling = (double)NAN };
	struct error err;

	snprintf(s.why, sizeof(s.why), "why of %d", i);
	must(store_standing_put(store, ids[i], &s, &err), &err);
}

static void
set_up(void)
{
	struct error err;

	snprintf(dir, sizeof(dir), "/tmp/sendtop-ui-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/store.db", dir);
	must(settings_parse("", 0, "test", &settings, &err), &err);
	must(store_open(path, STORE_COLLECT, &store, &err), &err);
	for (int i = 0; i < DOMAINS; i++) {
		char name[NAME_SIZE];

		snprintf(name, sizeof(name), "d%02d.example.com", i);
		must(store_domain_add(
			 store, name, FROM_SETTINGS, "", &ids[i], &err),
		    &err);
		put_standing(i, (DOMAINS - i) * 1e-5);
	}
	loader = loader_new(settings, NULL);
	model = (struct model){ .label = "",
		.settings_path = "sendtop.conf",
		.now_s = FIXTURE_NOW,
		.selected = "",
		.message = "",
		.trouble = "",
		.ui = { .as_of = DAY_NONE } };
}

static void
tear_down(void)
{
	loader_free(loader);
	store_close(store);
	settings_free(settings);
	remove_dir();
}

static void
read_page(const char *follow)
{
	struct follow to = { .domain = follow };
	struct error err;

	must(load_page(loader, store, &model, ROWS, &to, &err), &err);
}

START_TEST(page)
{
	read_page(NULL);
	ck_assert_uint_eq(model.total, DOMAINS);
	ck_assert_uint_eq(model.row_count, ROWS);
	ck_assert_str_eq(model.rows[0].name, "d00.example.com");
	model.ui.cursor = 1000;
	read_page(NULL);
	ck_assert_uint_eq(model.ui.cursor, DOMAINS - 1);
	ck_assert_uint_eq(model.ui.top, DOMAINS - ROWS);
	ck_assert_str_eq(model_row(&model)->name, "d29.example.com");
	snprintf(model.ui.filter, FILTER_SIZE, "d07");
	read_page(NULL);
	ck_assert_uint_eq(model.total, 1);
	ck_assert_str_eq(model_row(&model)->name, "d07.example.com");
	snprintf(model.ui.filter, FILTER_SIZE, "no such");
	read_page(NULL);
	ck_assert_uint_eq(model.total, 0);
	ck_assert_ptr_null(model_row(&model));
}
END_TEST

/* News changes what a row says, never where it is, until asked. */
START_TEST(rows_keep_their_place)
{
	struct error err;

	read_page(NULL);
	put_standing(0, 0);
	must(load_rows(loader, store, &model, &err), &err);
	ck_assert_str_eq(model.rows[0].name, "d00.example.com");
	ck_assert_double_eq_tol(model.rows[0].standing.spam_rate, 0, 1e-12);
	read_page(NULL);
	ck_assert_str_eq(model.rows[0].name, "d01.example.com");
}
END_TEST

START_TEST(selection_follows)
{
	struct error err;

	read_page(NULL);
	model.ui.cursor = 3;
	ck_assert_str_eq(model_row(&model)->name, "d03.example.com");
	put_standing(3, 0);
	read_page("d03.example.com");
	ck_assert_str_eq(model_row(&model)->name, "d03.example.com");
	ck_assert_uint_eq(model.ui.cursor, DOMAINS - 1);
	must(store_domain_drop(store, ids[3], FROM_SETTINGS, &err), &err);
	read_page("d03.example.com");
	ck_assert_uint_eq(model.total, DOMAINS - 1);
	ck_assert_ptr_nonnull(model_row(&model));
}
END_TEST

START_TEST(view)
{
	struct error err;

	model.selected = "d05.example.com";
	must(load_view(loader, store, &model, &err), &err);
	ck_assert_str_eq(model.view->domain.name, "d05.example.com");
	model.selected = "nobody.example.com";
	ck_assert_int_eq(
	    load_view(loader, store, &model, &err), STATUS_NOT_FOUND);
	ck_assert_ptr_null(model.view); /* not another domain's */
	must(load_head(loader, store, &model, &err), &err);
	ck_assert_uint_eq(model.head->counts[STANDING_CRITICAL], 2);
	model.selected = "d05.example.com";
	must(load_view(loader, store, &model, &err), &err);
	must(store_domain_drop(store, ids[5], FROM_SETTINGS, &err), &err);
	ck_assert_int_eq(
	    load_view(loader, store, &model, &err), STATUS_NOT_FOUND);
	ck_assert_str_eq(model.view->domain.name, "d05.example.com");
}
END_TEST

static char *
snapshot(const char *domain, int32_t as_of, enum status want)
{
	struct snapshot_options options = { .store = store,
		.settings = settings,
		.domains = &domain,
		.domain_count = domain != NULL ? 1 : 0,
		.as_of = as_of,
		.since = DAY_NONE,
		.now_s = FIXTURE_NOW };
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	struct error err;

	ck_assert_ptr_nonnull(out);
	ck_assert_int_eq(snapshot_text(out, &options, &err), want);
	fclose(out);
	return text;
}

static void
expect(const char *text, const char *part)
{
	ck_assert_msg(
	    strstr(text, part) != NULL, "no \"%s\" in:\n%s", part, text);
}

START_TEST(snapshots)
{
	char *text = snapshot(NULL, DAY_NONE, STATUS_OK);

	expect(text, "time       2026-11-21T23:40:00Z\n");
	expect(text, "postmaster not connected");
	expect(text, "\n d29.example.com");
	expect(text, "why of 0");
	free(text);
	text = snapshot("d00.example.com", DAY_NONE, STATUS_OK);
	expect(text, " d00.example.com");
	expect(text, "What to do next");
	expect(text, "WHAT GMAIL ASKS");
	free(text);
	text = snapshot(NULL, day_of(FIXTURE_NOW) - 5, STATUS_OK);
	expect(text, "as of      the end of 2026-11-16\n");
	expect(text, "\n d29.example.com");
	free(text);
	free(snapshot("nobody.example.com", DAY_NONE, STATUS_NOT_FOUND));
}
END_TEST

/* No line is wider than it was told to be, none ends in a blank. */
START_TEST(snapshot_lines)
{
	char *text = snapshot(NULL, DAY_NONE, STATUS_OK);

	for (char *p = text; *p != '\0'; p++) {
		char *end = strchr(p, '\n');

		ck_assert_ptr_nonnull(end);
		*end = '\0';
		ck_assert_uint_le(text_width(p), SNAPSHOT_WIDTH);
		ck_assert(end == p || end[-1] != ' ');
		p = end;
	}
	free(text);
}
END_TEST

/* A file is there whole or not at all, and what was there stays. */
START_TEST(whole_files)
{
	char file[192], beside[200], there[64] = "";
	glob_t found;
	struct whole whole;
	struct stat st;
	struct error err;
	FILE *in;

	snprintf(file, sizeof(file), "%s/whole.txt", dir);
	must(whole_open(&whole, file, 0, &err), &err);
	fputs("first", whole.out);
	ck_assert_int_ne(access(file, F_OK), 0);
	must(whole_close(&whole, STATUS_OK, &err), &err);
	ck_assert_int_eq(access(file, R_OK), 0);
	must(whole_open(&whole, file, 0, &err), &err);
	fputs("half", whole.out);
	ck_assert_int_eq(
	    whole_close(&whole, STATUS_CANCELLED, &err), STATUS_CANCELLED);
	snprintf(beside, sizeof(beside), "%s.*", file);
	ck_assert_int_eq(glob(beside, 0, NULL, &found), GLOB_NOMATCH);
	in = fopen(file, "r");
	ck_assert_ptr_nonnull(in);
	ck_assert_ptr_nonnull(fgets(there, sizeof(there), in));
	ck_assert_str_eq(there, "first");
	fclose(in);
	/* What must be new leaves alone what is there, from the beginning and
	 * when it came meanwhile. */
	ck_assert_int_eq(
	    whole_text(file, WHOLE_NEW, "new", &err), STATUS_USAGE);
	ck_assert_ptr_nonnull(strstr(err.text, "is there already"));
	snprintf(beside, sizeof(beside), "%s/new.txt", dir);
	must(whole_open(&whole, beside, WHOLE_NEW | WHOLE_PRIVATE, &err), &err);
	must(whole_text(beside, 0, "meanwhile", &err), &err);
	ck_assert_int_eq(whole_close(&whole, STATUS_OK, &err), STATUS_USAGE);
	ck_assert_int_eq(unlink(beside), 0);
	must(whole_text(beside, WHOLE_PRIVATE, "x", &err), &err);
	ck_assert_int_eq(stat(beside, &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0600);
	ck_assert_int_eq(st.st_size, 1);
	/* A device is written to as it is; a full one is told. */
	must(whole_open(&whole, "/dev/full", 0, &err), &err);
	fputs("more", whole.out);
	ck_assert_int_ne(whole_close(&whole, STATUS_OK, &err), STATUS_OK);
	ck_assert_ptr_nonnull(strstr(err.text, "cannot write /dev/full"));
	ck_assert_int_ne(
	    whole_open(&whole, "/proc/no/such", 0, &err), STATUS_OK);
}
END_TEST

Suite *
store_suite(void)
{
	Suite *suite = suite_create("store");
	TCase *c = tcase_create("store");

	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_test(c, page);
	tcase_add_test(c, rows_keep_their_place);
	tcase_add_test(c, selection_follows);
	tcase_add_test(c, view);
	tcase_add_test(c, snapshots);
	tcase_add_test(c, snapshot_lines);
	tcase_add_test(c, whole_files);
	tcase_set_timeout(c, 60);
	suite_add_tcase(suite, c);
	return suite;
}
