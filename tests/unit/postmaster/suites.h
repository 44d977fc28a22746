/* The suites of this runner. */
/* SPDX-License-Identifier: MIT */
#ifndef TEST_POSTMASTER_SUITES_H
#define TEST_POSTMASTER_SUITES_H

#include <check.h>

Suite *suite_parse(void);
Suite *suite_scan(void);
Suite *suite_stats(void);
Suite *suite_failure(void);
Suite *suite_compliance(void);
Suite *suite_body(void);
Suite *suite_job(void);
Suite *suite_sync(void);
Suite *suite_oauth_answer(void);
Suite *suite_credentials(void);
Suite *suite_login(void);
Suite *suite_live(void);
Suite *suite_live_bad(void);
Suite *suite_live_login(void);

#define COUNT(array) (int)(sizeof(array) / sizeof((array)[0]))

#endif
