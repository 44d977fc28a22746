/* The monitoring line: status, exit code, performance data. */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suites.h"
#include "world.h"

struct one {
	const char *name;
	enum standing_state state;
	double rate;
	const char *why;
};

static const struct {
	struct one domains[3];
	int code;
	const char *line;
} rows[] = {
	{ { { NULL, 0, 0, NULL } }, 3,
	    "SENDTOP UNKNOWN - no domain has been judged yet\n" },
	{ { { "a.test", STANDING_OK, 0, "" } }, 0,
	    "SENDTOP OK - 1 of 1 domains ok | critical=0;;1 warning=0;1 "
	    "unknown=0 ok=1 max_spam_rate=0.0000%;0.1;0.3;0 data_age=60s\n" },
	{ { { "a.test", STANDING_OK, 0.0002, "" },
	      { "b.test", STANDING_WARNING, 0.0012, "spam | \'x\'" } },
	    1,
	    "SENDTOP WARNING - b.test spam / /x/; 1 of 2 domains ok | "
	    "critical=0;;1 warning=1;1 unknown=0 ok=1 "
	    "max_spam_rate=0.1200%;0.1;0.3;0 data_age=60s\n" },
	{ { { "w.test", STANDING_WARNING, 0.0012, "mild" },
	      { "c.test", STANDING_CRITICAL, 0.00412, "spam >= 0.30" },
	      { "d.test", STANDING_CRITICAL, 0.00312, "ptr missing" } },
	    2,
	    "SENDTOP CRITICAL - c.test spam >= 0.30; d.test ptr missing; 0 "
	    "of 3 domains ok | critical=2;;1 warning=1;1 unknown=0 ok=0 "
	    "max_spam_rate=0.4120%;0.1;0.3;0 data_age=60s\n" },
};

START_TEST(test_row)
{
	struct plugin_line line;
	struct standing s;
	char *text = NULL;
	size_t len, i;
	FILE *out;
	int code;

	report_plugin_begin(&line);
	for (i = 0; i < 3 && rows[_i].domains[i].name != NULL; i++) {
		memset(&s, 0, sizeof(s));
		s.state = rows[_i].domains[i].state;
		s.spam_rate = rows[_i].domains[i].rate;
		s.fetched_s = WORLD_NOW - 60;
		snprintf(s.why, sizeof(s.why), "%s", rows[_i].domains[i].why);
		report_plugin_add(
		    &line, rows[_i].domains[i].name, &s, WORLD_NOW);
	}
	out = open_memstream(&text, &len);
	code = report_plugin(out, &line);
	fclose(out);
	ck_assert_str_eq(text, rows[_i].line);
	ck_assert_int_eq(code, rows[_i].code);
	free(text);
}
END_TEST

/* No number anywhere: the perfdata leaves it out rather than say zero. */
START_TEST(test_no_number)
{
	struct plugin_line line;
	struct standing s = { .state = STANDING_UNKNOWN,
		.spam_rate = (double)NAN };
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	report_plugin_begin(&line);
	report_plugin_add(&line, "a.test", &s, WORLD_NOW);
	ck_assert_int_eq(report_plugin(out, &line), 3);
	fclose(out);
	ck_assert_ptr_null(strstr(text, "max_spam_rate"));
	ck_assert_ptr_null(strstr(text, "data_age"));
	free(text);
}
END_TEST

Suite *
suite_plugin(void)
{
	Suite *suite = suite_create("plugin");
	TCase *tc = tcase_create("plugin");

	tcase_add_loop_test(
	    tc, test_row, 0, (int)(sizeof(rows) / sizeof(rows[0])));
	tcase_add_test(tc, test_no_number);
	suite_add_tcase(suite, tc);
	return suite;
}
