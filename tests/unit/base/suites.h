/* The suites of this folder's runner. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_BASE_SUITES_H
#define TESTS_UNIT_BASE_SUITES_H

#include <check.h>

/* How many rows a table has, for tcase_add_loop_test. */
#define ROWS(table) ((int)(sizeof(table) / sizeof((table)[0])))

Suite *suite_address(void);
Suite *suite_day(void);
Suite *suite_error(void);
Suite *suite_format(void);
Suite *suite_late(void);
Suite *suite_log(void);
Suite *suite_map(void);
Suite *suite_mem(void);
Suite *suite_number(void);
Suite *suite_org(void);
Suite *suite_paste(void);
Suite *suite_settings(void);
Suite *suite_settings_dirs(void);
Suite *suite_settings_hook(void);
Suite *suite_settings_plan(void);
Suite *suite_settings_values(void);
Suite *suite_text(void);
Suite *suite_words(void);

#endif
