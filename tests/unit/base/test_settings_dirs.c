/* Settings files on disk: directories, loading, who may read secrets. */
/* SPDX-License-Identifier: MIT */
#include "suites.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sendtop/mem.h"
#include "sendtop/settings.h"

static const char template[] = "/tmp/sendtop-test-XXXXXX";
static char root[sizeof(template)];

static void
setup(void)
{
	memcpy(root, template, sizeof(root));
	ck_assert_ptr_nonnull(mkdtemp(root));
	ck_assert_int_eq(chdir(root), 0);
	unsetenv("XDG_CONFIG_HOME");
	unsetenv("XDG_STATE_HOME");
	setenv("HOME", root, 1);
}

static void
teardown(void)
{
	static const char *const paths[] = { "other.conf", "secret",
		".config/sendtop/sendtop.conf", ".config/sendtop", ".config",
		".local/state/sendtop", ".local/state", ".local",
		"deep/state/sendtop", "deep/state", "deep", "." };

	for (size_t i = 0; i + 1 < sizeof(paths) / sizeof(paths[0]); i++)
		(void)remove(paths[i]);
	ck_assert_int_eq(chdir("/"), 0);
	ck_assert_int_eq(rmdir(root), 0);
}

static void
write_file(const char *path, const char *text, mode_t mode)
{
	FILE *file = fopen(path, "w");

	ck_assert_ptr_nonnull(file);
	ck_assert_int_ge(fputs(text, file), 0);
	ck_assert_int_eq(fclose(file), 0);
	ck_assert_int_eq(chmod(path, mode), 0);
}

START_TEST(test_state_dir)
{
	char *expected = mem_printf("%s/.local/state/sendtop", root);
	char *dir = NULL, *base = mem_printf("%s/deep/state", root);
	struct error err = { 0 };
	struct stat st;

	ck_assert_int_eq(settings_state_dir(&dir, &err), STATUS_OK);
	ck_assert_str_eq(dir, expected);
	ck_assert_int_eq(stat(dir, &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0700);
	free(dir);
	setenv("XDG_STATE_HOME", base, 1);
	ck_assert_int_eq(settings_state_dir(&dir, &err), STATUS_OK);
	ck_assert_int_eq(strncmp(dir, base, strlen(base)), 0);
	free(dir);
	ck_assert_int_eq(settings_state_dir(&dir, &err), STATUS_OK);
	free(dir);
	setenv("XDG_STATE_HOME", "relative", 1);
	ck_assert_int_eq(settings_state_dir(&dir, &err), STATUS_OK);
	ck_assert_str_eq(dir, expected);
	free(dir);
	free(base);
	free(expected);
}
END_TEST

START_TEST(test_state_dir_refused)
{
	struct error err = { 0 };
	char *dir = NULL;

	setenv("XDG_STATE_HOME", "/dev/null/state", 1);
	ck_assert_int_eq(settings_state_dir(&dir, &err), STATUS_SYSTEM);
	ck_assert_ptr_nonnull(
	    strstr(err.text, "cannot make directory /dev/null"));
	ck_assert_ptr_null(dir);
}
END_TEST

START_TEST(test_load)
{
	struct settings *s = NULL;
	struct error err = { 0 };
	char *expected = mem_printf("%s/.config/sendtop/sendtop.conf", root);

	ck_assert_int_eq(settings_load(NULL, &s, &err), STATUS_OK);
	ck_assert_ptr_null(s->path);
	settings_free(s);
	ck_assert_int_eq(mkdir(".config", 0700), 0);
	ck_assert_int_eq(mkdir(".config/sendtop", 0700), 0);
	write_file(expected, "[smtp]\nport = 2525\n", 0600);
	ck_assert_int_eq(settings_load(NULL, &s, &err), STATUS_OK);
	ck_assert_str_eq(s->path, expected);
	ck_assert_int_eq(s->smtp_port, 2525);
	settings_free(s);
	write_file("other.conf", "[smtp]\nport = x\n", 0644);
	ck_assert_int_eq(settings_load("other.conf", &s, &err), STATUS_PARSE);
	ck_assert_ptr_nonnull(strstr(err.text, "other.conf:2: smtp.port: "));
	write_file("other.conf", "", 0644);
	ck_assert_int_eq(settings_load("other.conf", &s, &err), STATUS_OK);
	settings_free(s);
	free(expected);
}
END_TEST

START_TEST(test_load_refused)
{
	struct settings *s = NULL;
	struct error err = { 0 };

	ck_assert_int_eq(
	    settings_load("missing.conf", &s, &err), STATUS_SYSTEM);
	ck_assert_str_eq(
	    err.text, "cannot open missing.conf: No such file or directory");
	ck_assert_int_eq(settings_load("/", &s, &err), STATUS_SYSTEM);
	ck_assert_str_eq(err.text, "cannot read /: Is a directory");
	ck_assert_int_eq(settings_load("/dev/zero", &s, &err), STATUS_PARSE);
	ck_assert_str_eq(
	    err.text, "/dev/zero: a settings file may have 1024 KiB");
	ck_assert_ptr_null(s);
}
END_TEST

static const struct {
	mode_t mode;
	enum status status;
} modes[] = {
	{ 0600, STATUS_OK },
	{ 0400, STATUS_OK },
	{ 0640, STATUS_DENIED },
	{ 0604, STATUS_DENIED },
	{ 0620, STATUS_DENIED },
	{ 0602, STATUS_DENIED },
	{ 0644, STATUS_DENIED },
};

START_TEST(test_private)
{
	struct error err = { 0 };

	write_file("secret", "x", modes[_i].mode);
	ck_assert_int_eq(
	    settings_check_private("secret", &err), modes[_i].status);
	if (modes[_i].status != STATUS_OK)
		ck_assert_str_eq(err.text,
		    "secret holds secrets but others may "
		    "read or write it: run chmod 600 'secret'");
}
END_TEST

START_TEST(test_private_odd)
{
	struct error err = { 0 };

	ck_assert_int_eq(
	    settings_check_private("missing", &err), STATUS_NOT_FOUND);
	ck_assert_int_eq(err.status, STATUS_NOT_FOUND);
	ck_assert_str_eq(
	    err.text, "cannot read missing: No such file or directory");
	ck_assert_int_eq(settings_check_private("/", &err), STATUS_DENIED);
	ck_assert_str_eq(err.text, "/ is not a plain file");
}
END_TEST

Suite *
suite_settings_dirs(void)
{
	Suite *suite = suite_create("settings_dirs");
	TCase *tc = tcase_create("settings_dirs");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_state_dir);
	tcase_add_test(tc, test_state_dir_refused);
	tcase_add_test(tc, test_load);
	tcase_add_test(tc, test_load_refused);
	tcase_add_loop_test(tc, test_private, 0, ROWS(modes));
	tcase_add_test(tc, test_private_odd);
	suite_add_tcase(suite, tc);
	return suite;
}
