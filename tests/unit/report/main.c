/* Runs the tests of src/report. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "suites.h"

int
main(void)
{
	SRunner *runner = srunner_create(suite_json());
	int failed;

	srunner_add_suite(runner, suite_formats());
	srunner_add_suite(runner, suite_import());
	srunner_add_suite(runner, suite_openmetrics());
	srunner_add_suite(runner, suite_plugin());
	srunner_add_suite(runner, suite_probe_text());
	srunner_add_suite(runner, suite_report_ramp());
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
