/* Runs the tests of src/view. */
/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <stdlib.h>

#include "tests/unit/view/suites.h"

int
main(void)
{
	SRunner *runner = srunner_create(suite_view());
	int failed;

	srunner_add_suite(runner, suite_view_mail());
	srunner_add_suite(runner, suite_redact());
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
