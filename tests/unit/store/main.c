/* Runs the tests of src/store. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "tests/unit/store/support.h"

int
main(void)
{
	SRunner *runner = srunner_create(suite_store());
	int failed;

	srunner_add_suite(runner, suite_refusal());
	srunner_add_suite(runner, suite_schema());
	srunner_add_suite(runner, suite_domain());
	srunner_add_suite(runner, suite_series());
	srunner_add_suite(runner, suite_findings());
	srunner_add_suite(runner, suite_records());
	srunner_add_suite(runner, suite_standing());
	srunner_add_suite(runner, suite_pack());
	srunner_add_suite(runner, suite_live());
	srunner_add_suite(runner, suite_mail());
	srunner_add_suite(runner, suite_reply());
	srunner_add_suite(runner, suite_news());
	srunner_add_suite(runner, suite_bring());
	srunner_add_suite(runner, suite_own());
	srunner_add_suite(runner, suite_prune());
	srunner_add_suite(runner, suite_crash());
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
