/* The log: form of a line, levels, the closed sink. */
/* SPDX-License-Identifier: MIT */
#include "suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sendtop/day.h"
#include "sendtop/log.h"

START_TEST(test_line)
{
	char *text = NULL;
	size_t len = 0;
	FILE *stream = open_memstream(&text, &len);
	int64_t time_s;

	ck_assert_ptr_nonnull(stream);
	log_to(stream, LOG_LEVEL_WARN);
	log_write(LOG_LEVEL_WARN, "a%db\n\033", 1);
	log_write(LOG_LEVEL_INFO, "not this one");
	log_write(LOG_LEVEL_ERROR, "second");
	log_to(NULL, LOG_LEVEL_DEBUG);
	log_write(LOG_LEVEL_ERROR, "nor this");
	fclose(stream);

	ck_assert_uint_gt(len, 21);
	ck_assert_str_eq(
	    text + len - strlen(" error: second\n"), " error: second\n");
	text[20] = '\0';
	ck_assert(time_parse(text, &time_s));
	*strchr(text + 21, '\n') = '\0';
	ck_assert_str_eq(text + 21, "warn: a1b\\x0a\\x1b");
	ck_assert_ptr_null(strstr(text + 21 + strlen(text + 21) + 1, "this"));
	free(text);
}
END_TEST

Suite *
suite_log(void)
{
	Suite *suite = suite_create("log");
	TCase *tc = tcase_create("log");

	tcase_add_test(tc, test_line);
	suite_add_tcase(suite, tc);
	return suite;
}
