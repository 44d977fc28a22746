/* The suites that the runner runs. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UI_SUITES_H
#define TESTS_UI_SUITES_H

#include <check.h>

Suite *act_suite(void);
Suite *canvas_suite(void);
Suite *checks_suite(void);
Suite *cure_suite(void);
Suite *dialogs_suite(void);
Suite *form_suite(void);
Suite *looks_suite(void);
Suite *panels_suite(void);
Suite *roster_suite(void);
Suite *snapshot_suite(void);
Suite *sums_suite(void);
Suite *store_suite(void);
Suite *words_suite(void);

#endif
