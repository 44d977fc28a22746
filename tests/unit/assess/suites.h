/* The suites of this folder's runner. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_ASSESS_SUITES_H
#define TESTS_UNIT_ASSESS_SUITES_H

#include <check.h>

/* How many rows a table has, for tcase_add_loop_test. */
#define ROWS(table) ((int)(sizeof(table) / sizeof((table)[0])))

Suite *suite_allowed(void);
Suite *suite_change(void);
Suite *suite_events(void);
Suite *suite_milestone(void);
Suite *suite_history(void);
Suite *suite_log_properties(void);
Suite *suite_properties(void);
Suite *suite_ramp(void);
Suite *suite_ramp_log(void);
Suite *suite_ramp_path(void);
Suite *suite_reasons(void);
Suite *suite_reputation(void);
Suite *suite_reputation_log(void);
Suite *suite_requirements(void);
Suite *suite_schedules(void);
Suite *suite_senders(void);
Suite *suite_slowdown(void);
Suite *suite_spam(void);
Suite *suite_standing(void);
Suite *suite_table(void);
Suite *suite_traffic(void);
Suite *suite_volume(void);

#endif
