/* Runs the tests of src/net. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "suites.h"

int
main(void)
{
	SRunner *runner = srunner_create(suite_loop());
	int failed;

	srunner_add_suite(runner, suite_dnswire());
	srunner_add_suite(runner, suite_dnsplan());
	srunner_add_suite(runner, suite_dnsload());
	srunner_add_suite(runner, suite_dnspackets());
	srunner_add_suite(runner, suite_dnsdirect());
	srunner_add_suite(runner, suite_dnsname());
	srunner_add_suite(runner, suite_dns());
	srunner_add_suite(runner, suite_dns_odd());
	srunner_add_suite(runner, suite_sign());
	srunner_add_suite(runner, suite_smtp_reply());
	srunner_add_suite(runner, suite_smtp());
	srunner_add_suite(runner, suite_smtp_cert());
	srunner_add_suite(runner, suite_dane());
	srunner_add_suite(runner, suite_http_text());
	srunner_add_suite(runner, suite_http());
	srunner_add_suite(runner, suite_http_h2());
	srunner_add_suite(runner, suite_http_to());
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
