/* The suites of src/collect. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_COLLECT_SUITES_H
#define TESTS_COLLECT_SUITES_H

#include <check.h>

Suite *suite_egress(void);
Suite *suite_gather(void);
Suite *suite_collector(void);
Suite *suite_cancel(void);
Suite *suite_ingest(void);
Suite *suite_ingest_more(void);
Suite *suite_alike(void);
Suite *suite_hook_wants(void);
Suite *suite_hooks(void);
Suite *suite_https_queue(void);

#endif
