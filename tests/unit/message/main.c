/* Runs the tests of messages. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "suites.h"

int
main(void)
{
	SRunner *runner = srunner_create(suite_message());
	int failed;

	srunner_add_suite(runner, suite_mailbox());
	srunner_add_suite(runner, suite_dkim_form());
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
