/* The suites of src/net's tests. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_TESTS_NET_SUITES_H
#define SENDTOP_TESTS_NET_SUITES_H

#include <check.h>

/* How many rows a table has, for tcase_add_loop_test. */
#define ROWS(table) ((int)(sizeof(table) / sizeof((table)[0])))

Suite *suite_dane(void);
Suite *suite_dns(void);
Suite *suite_dns_odd(void);
Suite *suite_dnsdirect(void);
Suite *suite_dnsload(void);
Suite *suite_dnsname(void);
Suite *suite_dnspackets(void);
Suite *suite_dnsplan(void);
Suite *suite_dnswire(void);
Suite *suite_http(void);
Suite *suite_http_h2(void);
Suite *suite_http_text(void);
Suite *suite_http_to(void);
Suite *suite_loop(void);
Suite *suite_sign(void);
Suite *suite_smtp(void);
Suite *suite_smtp_cert(void);
Suite *suite_smtp_reply(void);

#endif
