/* Runs the tests of src/assess. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "suites.h"

int
main(void)
{
	SRunner *runner = srunner_create(suite_history());
	int failed;

	srunner_add_suite(runner, suite_spam());
	srunner_add_suite(runner, suite_volume());
	srunner_add_suite(runner, suite_ramp());
	srunner_add_suite(runner, suite_ramp_log());
	srunner_add_suite(runner, suite_ramp_path());
	srunner_add_suite(runner, suite_reasons());
	srunner_add_suite(runner, suite_schedules());
	srunner_add_suite(runner, suite_senders());
	srunner_add_suite(runner, suite_properties());
	srunner_add_suite(runner, suite_log_properties());
	srunner_add_suite(runner, suite_allowed());
	srunner_add_suite(runner, suite_reputation());
	srunner_add_suite(runner, suite_reputation_log());
	srunner_add_suite(runner, suite_slowdown());
	srunner_add_suite(runner, suite_traffic());
	srunner_add_suite(runner, suite_table());
	srunner_add_suite(runner, suite_requirements());
	srunner_add_suite(runner, suite_standing());
	srunner_add_suite(runner, suite_events());
	srunner_add_suite(runner, suite_milestone());
	srunner_add_suite(runner, suite_change());
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
