/* Runs the tests of src/base. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "suites.h"

int
main(void)
{
	SRunner *runner = srunner_create(suite_address());
	int failed;

	srunner_add_suite(runner, suite_day());
	srunner_add_suite(runner, suite_error());
	srunner_add_suite(runner, suite_format());
	srunner_add_suite(runner, suite_late());
	srunner_add_suite(runner, suite_log());
	srunner_add_suite(runner, suite_map());
	srunner_add_suite(runner, suite_mem());
	srunner_add_suite(runner, suite_number());
	srunner_add_suite(runner, suite_org());
	srunner_add_suite(runner, suite_paste());
	srunner_add_suite(runner, suite_settings());
	srunner_add_suite(runner, suite_settings_dirs());
	srunner_add_suite(runner, suite_settings_hook());
	srunner_add_suite(runner, suite_settings_plan());
	srunner_add_suite(runner, suite_settings_values());
	srunner_add_suite(runner, suite_text());
	srunner_add_suite(runner, suite_words());
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
