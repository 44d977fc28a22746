/* The redirect's answer in all its forms, and the file that is written. */
/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "postmaster/login.h"
#include "suites.h"

#define STATE "st-1_x"
#define URL "http://127.0.0.1:1/?"

/* code: what was found, or NULL and words of the error. */
static const struct {
	const char *paste, *code, *words;
} rows[] = {
	{ URL "state=" STATE "&code=4/0Ab-_c&scope=x", "4/0Ab-_c", NULL },
	{ URL "code=4%2F0Ab&state=" STATE "#", "4/0Ab", NULL },
	{ "  " URL "code=4%2f0Ab&state=st%2D1_x \r", "4/0Ab", NULL },
	{ "?code=abc&state=" STATE, "abc", NULL },
	{ "code=abc&state=" STATE, "abc", NULL },
	{ "4/0AbCd", "4/0AbCd", NULL },
	{ "4%2F0AbCd", "4/0AbCd", NULL },
	{ URL "code=abc&state=other", NULL, "belongs to another login" },
	{ URL "code=abc&state=" STATE "x", NULL, "belongs to another login" },
	{ URL "code=abc", NULL, "belongs to another login" },
	{ URL "code=abc&state=", NULL, "belongs to another login" },
	{ URL "code=abc&state=" STATE "&state=" STATE, NULL,
	    "belongs to another login" },
	{ URL "error=access_denied&state=" STATE, NULL, "consent" },
	{ URL "error=access_denied&state=x", NULL, "another login" },
	{ URL "error=odd%1b%5b2J&state=" STATE, NULL, "odd\\x1b[2J" },
	{ URL "error=access_denied&code=abc&state=" STATE, NULL, "consent" },
	{ URL "code=&state=" STATE, NULL, "no code" },
	{ URL "code=a&code=b&state=" STATE, NULL, "no code" },
	{ URL "code=a%00b&state=" STATE, NULL, "no code" },
	{ URL "code=a%0d%0ab&state=" STATE, NULL, "no code" },
	{ URL "code=a%2&state=" STATE, NULL, "no code" },
	{ URL "code=%zz&state=" STATE, NULL, "no code" },
	{ URL "xcode=a&state=" STATE, NULL, "neither" /* not by this name */ },
	{ "", NULL, "neither" },
	{ "   ", NULL, "neither" },
	{ "two words", NULL, "gap" },
	{ "\xc3\xa4", NULL, "neither" },
};

START_TEST(paste)
{
	struct error err = { STATUS_OK, "" };
	char *code;
	enum status status = login_read_paste(
	    rows[_i].paste, STATE, &code, &err);

	ck_assert_msg((status == STATUS_OK) == (rows[_i].code != NULL),
	    "%s: %s", rows[_i].paste, err.text);
	ck_assert_pstr_eq(code, rows[_i].code);
	if (rows[_i].words != NULL)
		ck_assert_msg(strstr(err.text, rows[_i].words) != NULL,
		    "%s: %s", rows[_i].paste, err.text);
	free(code);
}
END_TEST

static const struct {
	const char *query;
	bool answer;
} queries[] = {
	{ "code=x", true },
	{ "a=b&error=x", true },
	{ "code=", true },
	{ "code", false },
	{ "", false },
	{ "&&", false },
	{ "xcode=1", false },
	{ "x=code=1", false },
	{ "#code=1", false },
};

START_TEST(answer)
{
	ck_assert_msg(login_is_answer(queries[_i].query) == queries[_i].answer,
	    "%s", queries[_i].query);
}
END_TEST

/* --- the file ------------------------------------------------------------- */

static char dir[64];

static void
setup(void)
{
	snprintf(dir, sizeof(dir), "/tmp/sendtop-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
}

static void
teardown(void)
{
	char *command = mem_printf("rm -rf %s", dir);

	ck_assert_int_eq(system(command), 0);
	free(command);
}

static const struct login_client client = {
	.token_uri = (char *)(uintptr_t) "https://x.test/token",
	.client_id = (char *)(uintptr_t) "id \"1\"",
	.client_secret = (char *)(uintptr_t) "secret",
};

START_TEST(written_for_its_owner)
{
	char *path = mem_printf("%s/a/b/google.json", dir);
	char *parent = mem_printf("%s/a", dir);
	struct credentials *got;
	struct error err;
	struct stat st;
	int i, entries = 0;
	DIR *list;
	mode_t mask = umask(0);

	for (i = 0; i < 2; i++) {
		ck_assert_int_eq(login_file_prepare(path, &err), STATUS_OK);
		ck_assert_int_eq(login_file_write(path, &client,
				     i == 0 ? "old" : "1//new", &err),
		    STATUS_OK);
	}
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	ck_assert_int_eq(stat(parent, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0700);
	ck_assert_int_eq(credentials_load(path, &got, &err), STATUS_OK);
	ck_assert_str_eq(got->refresh_token, "1//new");
	ck_assert_str_eq(got->client_id, "id \"1\"");
	ck_assert_str_eq(got->token_uri, "https://x.test/token");
	credentials_free(got);
	/* ".", ".." and the file: nothing is left behind. */
	*strrchr(path, '/') = '\0';
	list = opendir(path);
	while (readdir(list) != NULL)
		entries++;
	closedir(list);
	ck_assert_int_eq(entries, 3);
	free(path);
	free(parent);
	umask(mask);
}
END_TEST

START_TEST(places_that_cannot_be)
{
	struct error err;
	char *path = mem_printf("%s/file", dir);
	char *below = mem_printf("%s/file/x/google.json", dir);

	ck_assert_int_ne(login_file_prepare("/proc/none/x", &err), STATUS_OK);
	ck_assert_ptr_nonnull(strstr(err.text, "/proc/none"));
	ck_assert_int_eq(login_file_prepare(dir, &err), STATUS_USAGE);
	ck_assert_ptr_nonnull(strstr(err.text, "--out"));
	ck_assert_int_eq(
	    login_file_write(path, &client, "old", &err), STATUS_OK);
	ck_assert_int_ne(login_file_prepare(below, &err), STATUS_OK);
	ck_assert_int_ne(
	    login_file_write(below, &client, "x", &err), STATUS_OK);
	free(path);
	free(below);
}
END_TEST

START_TEST(names_without_a_directory)
{
	struct error err;
	int back = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	ck_assert_int_eq(chdir(dir), 0);
	ck_assert_int_eq(login_file_prepare("google.json", &err), STATUS_OK);
	ck_assert_int_eq(
	    login_file_write("google.json", &client, "x", &err), STATUS_OK);
	ck_assert_int_eq(access("google.json", R_OK), 0);
	ck_assert_int_eq(login_file_prepare("/google.json", &err) == STATUS_OK,
	    access("/", W_OK) == 0);
	ck_assert_int_eq(fchdir(back), 0);
	close(back);
}
END_TEST

Suite *
suite_login(void)
{
	Suite *suite = suite_create("login");
	TCase *tc = tcase_create("answers");

	tcase_add_loop_test(tc, paste, 0, COUNT(rows));
	tcase_add_loop_test(tc, answer, 0, COUNT(queries));
	suite_add_tcase(suite, tc);
	tc = tcase_create("file");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, written_for_its_owner);
	tcase_add_test(tc, places_that_cannot_be);
	tcase_add_test(tc, names_without_a_directory);
	suite_add_tcase(suite, tc);
	return suite;
}
