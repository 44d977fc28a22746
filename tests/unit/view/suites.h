/* The suites of src/view. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_VIEW_SUITES_H
#define TESTS_UNIT_VIEW_SUITES_H

#include <check.h>

Suite *suite_view(void);
Suite *suite_view_mail(void);
Suite *suite_redact(void);

#endif
