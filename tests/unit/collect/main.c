/* Runs the tests of src/collect. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "suites.h"

int
main(void)
{
	SRunner *runner = srunner_create(suite_gather());
	int failed;

	srunner_add_suite(runner, suite_egress());
	srunner_add_suite(runner, suite_https_queue());
	srunner_add_suite(runner, suite_hook_wants());
	srunner_add_suite(runner, suite_hooks());
	srunner_add_suite(runner, suite_collector());
	srunner_add_suite(runner, suite_cancel());
	srunner_add_suite(runner, suite_ingest());
	srunner_add_suite(runner, suite_ingest_more());
	srunner_add_suite(runner, suite_alike());
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
