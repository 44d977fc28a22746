/* The suites of this folder's runner. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_SPF_SUITES_H
#define TESTS_UNIT_SPF_SUITES_H

#include <check.h>

/* How many rows a table has, for tcase_add_loop_test. */
#define ROWS(table) ((int)(sizeof(table) / sizeof((table)[0])))

Suite *suite_record(void);
Suite *suite_shelf(void);
Suite *suite_macro(void);
Suite *suite_rfc7208(void);
Suite *suite_header(void);
Suite *suite_host(void);
Suite *suite_spf_check(void);

#endif
