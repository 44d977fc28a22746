/* Runs the tests of src/postmaster. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "suites.h"

int
main(void)
{
	SRunner *runner = srunner_create(suite_parse());
	int failed;

	srunner_add_suite(runner, suite_scan());
	srunner_add_suite(runner, suite_stats());
	srunner_add_suite(runner, suite_failure());
	srunner_add_suite(runner, suite_compliance());
	srunner_add_suite(runner, suite_body());
	srunner_add_suite(runner, suite_job());
	srunner_add_suite(runner, suite_sync());
	srunner_add_suite(runner, suite_oauth_answer());
	srunner_add_suite(runner, suite_credentials());
	srunner_add_suite(runner, suite_login());
	srunner_add_suite(runner, suite_live());
	srunner_add_suite(runner, suite_live_bad());
	srunner_add_suite(runner, suite_live_login());
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
