/* Libraries loaded late: what is there, and what is said of what is not. */
/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "suites.h"

#include <string.h>

#include "sendtop/late.h"

#if LATE_LOADING

static const struct late_name version[] = { { "archive_version_number",
    NULL } };
static const struct late_name unknown[] = { { "archive_version_number", NULL },
	{ "sendtop_has_no_such_function", NULL } };

static const struct {
	struct late_library library;
	const char *said[3];
} rows[] = {
	{ { LIBARCHIVE_SONAME, "tests need", version, 1 }, { NULL } },
	{ { "libsendtop-none.so.1", "tests need", version, 1 },
	    { "libsendtop-none.so.1 cannot be loaded: ", "No such file",
		"; install it, tests need it" } },
	{ { LIBARCHIVE_SONAME, "tests need", unknown, 2 },
	    { LIBARCHIVE_SONAME " cannot be loaded: ",
		"sendtop_has_no_such_function", "; install it" } },
};

START_TEST(load)
{
	struct {
		int (*number)(void);
		late_call *none;
	} calls = { NULL, NULL };
	enum status expected = rows[_i].said[0] == NULL ? STATUS_OK
							: STATUS_SYSTEM;
	struct error err;
	size_t i;

	ck_assert_int_eq(late_load(&rows[_i].library, &calls, &err), expected);
	if (expected == STATUS_OK)
		ck_assert_int_gt(calls.number(), 3000000);
	for (i = 0; i < 3 && rows[_i].said[i] != NULL; i++)
		ck_assert_msg(strstr(err.text, rows[_i].said[i]) != NULL,
		    "\"%s\" says nothing of \"%s\"", err.text,
		    rows[_i].said[i]);
}
END_TEST

#else

static int
answer(void)
{
	return 42;
}

static const struct {
	struct late_library library;
} rows[] = {
	{ { "", "", (const struct late_name[]){ LATE_NAME(answer) }, 1 } }
};

START_TEST(load)
{
	struct {
		int (*answer)(void);
	} calls = { NULL };

	ck_assert_int_eq(late_load(&rows[_i].library, &calls, NULL), STATUS_OK);
	ck_assert_int_eq(calls.answer(), 42);
}
END_TEST

#endif

Suite *
suite_late(void)
{
	Suite *suite = suite_create("late");
	TCase *tc = tcase_create("late");

	tcase_add_loop_test(tc, load, 0, ROWS(rows));
	suite_add_tcase(suite, tc);
	return suite;
}
