/* Runs the unit tests of ui/. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "suites.h"

int
main(void)
{
	SRunner *runner = srunner_create(canvas_suite());
	int failed;

	srunner_add_suite(runner, act_suite());
	srunner_add_suite(runner, checks_suite());
	srunner_add_suite(runner, cure_suite());
	srunner_add_suite(runner, dialogs_suite());
	srunner_add_suite(runner, form_suite());
	srunner_add_suite(runner, looks_suite());
	srunner_add_suite(runner, words_suite());
	srunner_add_suite(runner, panels_suite());
	srunner_add_suite(runner, snapshot_suite());
	srunner_add_suite(runner, sums_suite());
	srunner_add_suite(runner, store_suite());
	srunner_add_suite(runner, roster_suite());
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
