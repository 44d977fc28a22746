/* Errors: status, text, context in front. */
/* SPDX-License-Identifier: MIT */
#include "suites.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "sendtop/error.h"

START_TEST(test_set)
{
	struct error err;

	ck_assert_int_eq(
	    error_set(&err, STATUS_PARSE, "%s:%d: no", "a", 3), STATUS_PARSE);
	ck_assert_int_eq(err.status, STATUS_PARSE);
	ck_assert_str_eq(err.text, "a:3: no");
	ck_assert_int_eq(error_set(NULL, STATUS_AUTH, "x"), STATUS_AUTH);
}
END_TEST

START_TEST(test_system)
{
	struct error err;
	char expected[200];

	snprintf(
	    expected, sizeof(expected), "cannot open /x: %s", strerror(ENOENT));
	ck_assert_int_eq(
	    error_system(&err, ENOENT, "cannot open %s", "/x"), STATUS_SYSTEM);
	ck_assert_str_eq(err.text, expected);
	ck_assert_int_eq(error_system(NULL, ENOENT, "x"), STATUS_SYSTEM);
}
END_TEST

START_TEST(test_prefix)
{
	struct error err;

	error_set(&err, STATUS_QUOTA, "asked to slow down");
	ck_assert_int_eq(
	    error_prefix(&err, "sync of %s", "a.example"), STATUS_QUOTA);
	ck_assert_str_eq(err.text, "sync of a.example: asked to slow down");
	ck_assert_int_eq(error_prefix(NULL, "x"), STATUS_SYSTEM);
}
END_TEST

START_TEST(test_hostile)
{
	struct error err;
	char big[5000];

	error_set(&err, STATUS_NETWORK, "said \"%s\"", "\033[2J\xff\r\n");
	ck_assert_str_eq(err.text, "said \"\\x1b[2J\\xff\\x0d\\x0a\"");
	memset(big, 'a', sizeof(big));
	big[sizeof(big) - 1] = '\0';
	error_set(&err, STATUS_NETWORK, "%s", big);
	ck_assert_uint_eq(strlen(err.text), ERROR_TEXT_SIZE - 1);
	ck_assert_str_eq(err.text + ERROR_TEXT_SIZE - 4, "...");
	error_prefix(&err, "%s", big);
	ck_assert_uint_eq(strlen(err.text), ERROR_TEXT_SIZE - 1);
}
END_TEST

Suite *
suite_error(void)
{
	Suite *suite = suite_create("error");
	TCase *tc = tcase_create("error");

	tcase_add_test(tc, test_set);
	tcase_add_test(tc, test_system);
	tcase_add_test(tc, test_prefix);
	tcase_add_test(tc, test_hostile);
	suite_add_tcase(suite, tc);
	return suite;
}
