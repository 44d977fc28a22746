/* Runs the tests of src/facts and src/checks. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "suites.h"

int
main(void)
{
	SRunner *runner = srunner_create(suite_facts());
	int failed;

	srunner_add_suite(runner, suite_facts_trim());
	srunner_add_suite(runner, suite_finding());
	srunner_add_suite(runner, suite_org());
	srunner_add_suite(runner, suite_tags());
	srunner_add_suite(runner, suite_record());
	srunner_add_suite(runner, suite_ptr());
	srunner_add_suite(runner, suite_helo());
	srunner_add_suite(runner, suite_lint());
	srunner_add_suite(runner, suite_mx());
	srunner_add_suite(runner, suite_dkim());
	srunner_add_suite(runner, suite_dmarc());
	srunner_add_suite(runner, suite_dmarc_suite());
	srunner_add_suite(runner, suite_smtp());
	srunner_add_suite(runner, suite_starttls());
	srunner_add_suite(runner, suite_tls_version());
	srunner_add_suite(runner, suite_certificate());
	srunner_add_suite(runner, suite_mta_sts());
	srunner_add_suite(runner, suite_tls_rpt());
	srunner_add_suite(runner, suite_bimi());
	srunner_add_suite(runner, suite_dane());
	srunner_add_suite(runner, suite_dnsbl());
	srunner_add_suite(runner, suite_dnssec());
	srunner_add_suite(runner, suite_abuse());
	srunner_add_suite(runner, suite_egress());
	srunner_add_suite(runner, suite_run());
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
