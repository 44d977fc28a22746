/* The words of metrics, data states and verdicts. */
/* SPDX-License-Identifier: MIT */
#include "suites.h"

#include <string.h>

#include "sendtop/finding.h"
#include "sendtop/metric.h"

/* Every metric is found by its own name, and Google knows it. */
START_TEST(test_metrics)
{
	for (int m = 0; m < METRIC_COUNT; m++) {
		const struct metric_row *row = metric_row((enum metric)m);
		const char *tail = strrchr(row->name, '_');

		ck_assert_int_eq((int)metric_find(row->name), m);
		ck_assert_ptr_nonnull(row->label);
		ck_assert_int_eq(row->standard != NULL, m < METRIC_GOOGLE);
		ck_assert_msg((strcmp(tail, "_count") == 0) ==
			(row->unit == UNIT_MESSAGES),
		    "%s", row->name);
	}
	ck_assert_int_eq((int)metric_find("nothing"), METRIC_COUNT);
}
END_TEST

static const struct {
	enum data_state state;
	const char *name;
} states[] = {
	{ DATA_VALUE, "value" },
	{ DATA_WITHHELD, "withheld" },
	{ DATA_PENDING, "pending" },
	{ DATA_DENIED, "denied" },
	{ DATA_ERROR, "error" },
};

START_TEST(test_states)
{
	ck_assert_str_eq(data_state_name(states[_i].state), states[_i].name);
	ck_assert_uint_gt(strlen(data_state_words(states[_i].state)), 0);
}
END_TEST

/* The worst first, as people read them. */
START_TEST(test_verdicts)
{
	static const char *const worst_first[] = { "fail", "warn", "unknown",
		"note", "pass", "skip" };

	for (int i = 0; i < 6; i++) {
		int verdict = verdict_parse(worst_first[i]);

		ck_assert_int_ge(verdict, 0);
		ck_assert_int_eq(verdict_weight((enum verdict)verdict), 5 - i);
		ck_assert_str_eq(
		    verdict_name((enum verdict)verdict), worst_first[i]);
	}
	ck_assert_int_eq(verdict_parse("Pass"), -1);
}
END_TEST

START_TEST(test_order)
{
	struct finding warn = {
		.check = "ptr", .subject = "192.0.2.2", .verdict = VERDICT_WARN
	};
	struct finding other = warn;

	ck_assert_int_eq(finding_compare(&warn, &other), 0);
	other.subject = "192.0.2.10";
	ck_assert_int_gt(finding_compare(&warn, &other), 0);
	other.check = "spf";
	ck_assert_int_lt(finding_compare(&warn, &other), 0);
	other.verdict = VERDICT_FAIL;
	ck_assert_int_gt(finding_compare(&warn, &other), 0);
}
END_TEST

Suite *
suite_words(void)
{
	Suite *suite = suite_create("words");
	TCase *tc = tcase_create("words");

	tcase_add_test(tc, test_metrics);
	tcase_add_loop_test(tc, test_states, 0, ROWS(states));
	tcase_add_test(tc, test_verdicts);
	tcase_add_test(tc, test_order);
	suite_add_tcase(suite, tc);
	return suite;
}
