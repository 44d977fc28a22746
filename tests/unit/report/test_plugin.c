/* The monitoring line: status, exit code, performance data. */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <regex.h>
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
	    "SENDTOP OK - 1 of 1 domains ok | critical=0;;0;0;1 "
	    "warning=0;0;;0;1 unknown=0;;;0;1 ok=1;;;0;1 "
	    "max_spam_rate=0.0000%;0.1;0.3;0;100 data_age=60s;;;0\n" },
	{ { { "a.test", STANDING_OK, 0.0002, "" },
	      { "b.test", STANDING_WARNING, 0.0012, "spam | \'x\'" } },
	    1,
	    "SENDTOP WARNING - b.test spam / 'x'; 1 of 2 domains ok | "
	    "critical=0;;0;0;2 warning=1;0;;0;2 unknown=0;;;0;2 ok=1;;;0;2 "
	    "max_spam_rate=0.1200%;0.1;0.3;0;100 data_age=60s;;;0\n" },
	{ { { "w.test", STANDING_WARNING, 0.0012, "mild" },
	      { "c.test", STANDING_CRITICAL, 0.00412,
		  "spam >= 0.30 % since Nov 17" },
	      { "d.test", STANDING_CRITICAL, 0.00312, "ptr missing" } },
	    2,
	    "SENDTOP CRITICAL - c.test spam rate 0.41 % (>= 0.30 % since "
	    "Nov 17); d.test ptr missing; 0 "
	    "of 3 domains ok | critical=2;;0;0;3 warning=1;0;;0;3 unknown=0;;;0;3 "
	    "ok=0;;;0;3 max_spam_rate=0.4120%;0.1;0.3;0;100 data_age=60s;;;0\n" },
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

/* 'label'=value[UOM];[warn];[crit];[min];[max] and nothing else. */
START_TEST(test_grammar)
{
	const char *item = strchr(rows[_i].line, '|');
	regex_t form;

	if (item == NULL)
		return;
	ck_assert_int_eq(
	    regcomp(&form,
		"^ [a-z_]+=[0-9.]+(%|s)?(;[0-9.]*(;[0-9.]*(;[0-9.]*"
		"(;[0-9.]*)?)?)?)?([ \n])",
		REG_EXTENDED),
	    0);
	for (item++; *item != '\n' && *item != '\0';) {
		regmatch_t found[1];

		ck_assert_msg(
		    regexec(&form, item, 1, found, 0) == 0, "%s", item);
		item += found[0].rm_eo - 1;
	}
	ck_assert_str_eq(item, "\n");
	regfree(&form);
}
END_TEST

/* Nobody collects: what was in order is not known any more, what was wrong
 * still is. */
START_TEST(test_silent)
{
	static const struct {
		enum standing_state state;
		int code;
		const char *start;
	} silences[] = {
		{ STANDING_OK, 3,
		    "SENDTOP UNKNOWN - nobody has collected for 3 d; 1 of 1" },
		{ STANDING_WARNING, 1,
		    "SENDTOP WARNING - nobody has collected for 3 d; a.test" },
		{ STANDING_CRITICAL, 2,
		    "SENDTOP CRITICAL - nobody has collected for 3 d; a.test" },
	};

	for (size_t i = 0; i < sizeof(silences) / sizeof(silences[0]); i++) {
		struct plugin_line line;
		struct standing s = { .state = silences[i].state,
			.spam_rate = (double)NAN };
		char *text = NULL;
		size_t len;
		FILE *out = open_memstream(&text, &len);

		report_plugin_begin(&line);
		report_plugin_add(&line, "a.test", &s, WORLD_NOW);
		line.silent_s = 3 * 86400 + 7200;
		ck_assert_int_eq(report_plugin(out, &line), silences[i].code);
		fclose(out);
		ck_assert_msg(strncmp(text, silences[i].start,
				  strlen(silences[i].start)) == 0,
		    "%s", text);
		free(text);
	}
}
END_TEST

/* Numbers came and come no more: likewise, behind what is wrong already. */
START_TEST(test_stale)
{
	static const struct {
		enum standing_state state;
		int64_t silent_s;
		size_t count;
		const char *trouble;
		int code;
		const char *start;
	} ages[] = {
		{ STANDING_OK, 0, 1, "", 3,
		    "SENDTOP UNKNOWN - Postmaster gave no numbers of a.test for "
		    "4 d; 1 of 1" },
		{ STANDING_OK, 0, 3, "no token | login", 3,
		    "SENDTOP UNKNOWN - Postmaster gave no numbers of a.test and "
		    "2 more for 4 d: no token / login; 1 of 1" },
		{ STANDING_CRITICAL, 0, 1, NULL, 2,
		    "SENDTOP CRITICAL - a.test critical; Postmaster gave no "
		    "numbers of a.test for 4 d; 0 of 1" },
		{ STANDING_OK, 4 * 86400, 1, "", 3,
		    "SENDTOP UNKNOWN - nobody has collected for 4 d; 1 of 1" },
	};

	for (size_t i = 0; i < sizeof(ages) / sizeof(ages[0]); i++) {
		struct plugin_line line;
		struct standing s = { .state = ages[i].state,
			.spam_rate = (double)NAN };
		char *text = NULL;
		size_t len;
		FILE *out = open_memstream(&text, &len);

		report_plugin_begin(&line);
		report_plugin_add(&line, "a.test", &s, WORLD_NOW);
		line.silent_s = ages[i].silent_s;
		line.stale_s = 4 * 86400;
		line.stale_count = ages[i].count;
		line.trouble = ages[i].trouble;
		snprintf(line.stale, sizeof(line.stale), "a.test");
		ck_assert_int_eq(report_plugin(out, &line), ages[i].code);
		fclose(out);
		ck_assert_msg(
		    strncmp(text, ages[i].start, strlen(ages[i].start)) == 0,
		    "%s", text);
		free(text);
	}
}
END_TEST

/* What could not be looked at may hold anything that was typed. */
START_TEST(test_fail)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	ck_assert_int_eq(report_plugin_fail(out, "store a|b=1: it's gone"), 3);
	fclose(out);
	ck_assert_str_eq(text, "SENDTOP UNKNOWN - store a/b=1: it's gone\n");
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
	tcase_add_loop_test(
	    tc, test_grammar, 0, (int)(sizeof(rows) / sizeof(rows[0])));
	tcase_add_test(tc, test_no_number);
	tcase_add_test(tc, test_silent);
	tcase_add_test(tc, test_stale);
	tcase_add_test(tc, test_fail);
	suite_add_tcase(suite, tc);
	return suite;
}
