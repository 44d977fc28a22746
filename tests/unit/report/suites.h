/* The suites of src/report. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_REPORT_SUITES_H
#define TESTS_REPORT_SUITES_H

#include <check.h>

Suite *suite_json(void);
Suite *suite_formats(void);
Suite *suite_import(void);
Suite *suite_openmetrics(void);
Suite *suite_plugin(void);
Suite *suite_probe_text(void);
Suite *suite_report_ramp(void);

#endif
