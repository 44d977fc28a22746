/* The suites of src/facts and src/checks. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_CHECKS_SUITES_H
#define TESTS_UNIT_CHECKS_SUITES_H

#include <check.h>

#define ROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

Suite *suite_abuse(void);
Suite *suite_bimi(void);
Suite *suite_certificate(void);
Suite *suite_dane(void);
Suite *suite_dkim(void);
Suite *suite_dmarc(void);
Suite *suite_dmarc_suite(void);
Suite *suite_dnsbl(void);
Suite *suite_dnssec(void);
Suite *suite_egress(void);
Suite *suite_facts(void);
Suite *suite_facts_trim(void);
Suite *suite_finding(void);
Suite *suite_mta_sts(void);
Suite *suite_mx(void);
Suite *suite_org(void);
Suite *suite_helo(void);
Suite *suite_lint(void);
Suite *suite_ptr(void);
Suite *suite_record(void);
Suite *suite_run(void);
Suite *suite_smtp(void);
Suite *suite_starttls(void);
Suite *suite_tags(void);
Suite *suite_tls_rpt(void);
Suite *suite_tls_version(void);

#endif
