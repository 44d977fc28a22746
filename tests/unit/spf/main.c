/* Runs the tests of SPF. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "suites.h"

int
main(void)
{
	SRunner *runner = srunner_create(suite_record());
	int failed;

	srunner_add_suite(runner, suite_shelf());
	srunner_add_suite(runner, suite_macro());
	srunner_add_suite(runner, suite_rfc7208());
	srunner_add_suite(runner, suite_host());
	srunner_add_suite(runner, suite_spf_check());
	srunner_add_suite(runner, suite_header());
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
