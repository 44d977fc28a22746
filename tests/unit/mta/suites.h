/* The suites of src/mta. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_MTA_SUITES_H
#define TESTS_MTA_SUITES_H

#include <check.h>

Suite *suite_ahead(void);
Suite *suite_catalogue(void);
Suite *suite_catalogue_load(void);
Suite *suite_count(void);
Suite *suite_formats(void);
Suite *suite_journal(void);
Suite *suite_normalise(void);
Suite *suite_providers(void);
Suite *suite_stamp(void);
Suite *suite_grok(void);
Suite *suite_odd(void);
Suite *suite_join(void);
Suite *suite_quick(void);
Suite *suite_reader(void);
Suite *suite_source(void);
Suite *suite_years(void);
Suite *suite_zone(void);

#endif
