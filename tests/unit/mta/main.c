/* Runs the tests of src/mta. */
/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <stdlib.h>

#include "tests/unit/mta/suites.h"

int
main(void)
{
	SRunner *runner = srunner_create(suite_source());
	int failed;

	srunner_add_suite(runner, suite_catalogue());
	srunner_add_suite(runner, suite_catalogue_load());
	srunner_add_suite(runner, suite_normalise());
	srunner_add_suite(runner, suite_providers());
	srunner_add_suite(runner, suite_journal());
	srunner_add_suite(runner, suite_count());
	srunner_add_suite(runner, suite_formats());
	srunner_add_suite(runner, suite_stamp());
	srunner_add_suite(runner, suite_grok());
	srunner_add_suite(runner, suite_odd());
	srunner_add_suite(runner, suite_join());
	srunner_add_suite(runner, suite_reader());
	srunner_add_suite(runner, suite_ahead());
	srunner_add_suite(runner, suite_quick());
	srunner_add_suite(runner, suite_years());
	srunner_add_suite(runner, suite_zone());
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
