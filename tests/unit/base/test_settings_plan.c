/* Plans of one's own, tiers and days in the settings. */
/* SPDX-License-Identifier: MIT */
#include "suites.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sendtop/day.h"
#include "sendtop/settings.h"

enum { START = 20800 }; /* 2026-12-13 */

static const struct {
	const char *text, *steps; /* "day volume; ..." counted from START */
} plans[] = {
	{ "1,50\n2,100\n3,250\n", "0 50; 1 100; 2 250; " },
	{ "day,volume\n2026-12-13,50\n2026-12-20,100", "0 50; 7 100; " },
	{ "\xef\xbb\xbf"
	  "Day , Messages a day\r\n\r\n# by hand\r\n 1 , 50 \r\n9,1e3 # more\r\n",
	    "0 50; 8 1000; " },
	{ "\"1\",\"50\"\n", "0 50; " },
	{ "1,0\n2,1.5", "0 0; 1 1.5; " },
	/* Dates and numbers may stand together, as long as they rise. */
	{ "1,50\n2026-12-14,100", "0 50; 1 100; " },
};

START_TEST(test_plan)
{
	struct settings_plan *steps;
	struct error err;
	char said[256] = "";
	size_t count, i, used = 0;

	ck_assert_msg(
	    settings_plan_parse(plans[_i].text, strlen(plans[_i].text), "p.csv",
		START, &steps, &count, &err) == STATUS_OK,
	    "%s", err.text);
	for (i = 0; i < count; i++)
		used += (size_t)snprintf(said + used, sizeof(said) - used,
		    "%d %g; ", steps[i].day - START, steps[i].messages);
	ck_assert_str_eq(said, plans[_i].steps);
	free(steps);
}
END_TEST

#define FORM "expected day,volume (2026-11-21,5000 or 1,5000), got "

static const struct {
	const char *text, *error;
} bad[] = {
	{ "", "p.csv: a plan needs a line day,volume" },
	{ "day,volume\n# nothing\n", "p.csv: a plan needs a line day,volume" },
	{ "1,50\n2\n", "p.csv:2: " FORM "\"2\"" },
	{ "1,50\n2,many\n", "p.csv:2: " FORM "\"2,many\"" },
	{ "1,50\nday,volume\n", "p.csv:2: " FORM "\"day,volume\"" },
	{ "1,-5\n", "p.csv:1: " FORM "\"1,-5\"" },
	{ "1,nan\n", "p.csv:1: " FORM "\"1,nan\"" },
	{ "1,2e12\n", "p.csv:1: " FORM "\"1,2e12\"" },
	{ "0,50\n", "p.csv:1: " FORM "\"0,50\"" },
	{ "20001,50\n", "p.csv:1: " FORM "\"20001,50\"" },
	{ "yesterday,50\n", "p.csv:1: " FORM "\"yesterday,50\"" },
	{ "2026-02-30,50\n", "p.csv:1: " FORM "\"2026-02-30,50\"" },
	{ "1,2,3\n", "p.csv:1: " FORM "\"1,2,3\"" },
	{ "1,50\x1b[2J\n", "p.csv:1: " FORM "\"1,50\\x1b[2J\"" },
	{ "2,50\n2,60\n",
	    "p.csv:2: expected a day after that of the line before, got "
	    "\"2,60\"" },
	{ "2026-12-14,50\n1,60\n",
	    "p.csv:2: expected a day after that of the line before, got "
	    "\"1,60\"" },
};

START_TEST(test_bad)
{
	struct settings_plan *steps;
	struct error err;
	size_t count;

	ck_assert_int_eq(settings_plan_parse(bad[_i].text, strlen(bad[_i].text),
			     "p.csv", START, &steps, &count, &err),
	    STATUS_PARSE);
	ck_assert_str_eq(err.text, bad[_i].error);
}
END_TEST

START_TEST(test_no_start)
{
	struct settings_plan *steps;
	struct error err;
	size_t count;

	ck_assert_int_eq(settings_plan_parse("1,50\n", 5, "p.csv", DAY_NONE,
			     &steps, &count, &err),
	    STATUS_PARSE);
	ck_assert_str_eq(err.text,
	    "p.csv:1: day 1 counts from the setting plan-start: set it");
}
END_TEST

static void
write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	ck_assert_int_eq(fclose(f), 0);
}

/* Through a file of settings, as in real life. */
START_TEST(test_file)
{
	char dir[] = "/tmp/sendtop-plan-XXXXXX", conf[64], plan[64];
	struct settings *s;
	struct error err;
	char text[256];

	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(conf, sizeof(conf), "%s/t.conf", dir);
	snprintf(plan, sizeof(plan), "%s/p.csv", dir);
	snprintf(text, sizeof(text),
	    "[domain \"b.test\"]\n[domain \"a.test\"]\nplan = %s\n"
	    "plan-start = 2026-12-13\n",
	    plan);
	write_file(conf, text);
	ck_assert_int_ne(settings_load(conf, &s, &err), STATUS_OK);
	ck_assert_ptr_nonnull(strstr(err.text, "domain.a.test.plan: cannot "));
	write_file(plan, "1,50\n2,x\n");
	ck_assert_int_eq(settings_load(conf, &s, &err), STATUS_PARSE);
	ck_assert_ptr_nonnull(strstr(err.text, "/p.csv:2: expected"));
	write_file(plan, "1,50\n2,80\n");
	ck_assert_int_eq(settings_load(conf, &s, &err), STATUS_OK);
	ck_assert_uint_eq(settings_domain(s, "a.test")->step_count, 2);
	ck_assert_int_eq(settings_domain(s, "a.test")->steps[1].day, START + 1);
	ck_assert_uint_eq(settings_domain(s, "b.test")->step_count, 0);
	settings_free(s);
	unlink(conf);
	unlink(plan);
	rmdir(dir);
}
END_TEST

static const struct {
	const char *value;
	bool good;
} tiers[] = {
	{ "1.1", true },
	{ "1000:2.5, 1.4", true },
	{ "1000:2.5, 50000:2, 1e5:1.5, 1.1", true },
	{ "", false },
	{ "1000:2.5", false },
	{ "1.4, 1000:2.5", false },
	{ "1000:2.5, 1000:2, 1.4", false },
	{ "5000:2.5, 1000:2, 1.4", false },
	{ "1000:0.9, 1.4", false },
	{ "1000:2.5, 101", false },
	{ "0:2.5, 1.4", false },
	{ "x:2.5, 1.4", false },
	{ "1000:2.5:3, 1.4", false },
};

START_TEST(test_tiers)
{
	char text[128];
	struct settings *s;
	struct error err;
	const struct settings_tiers *t;

	snprintf(text, sizeof(text), "[ramp]\ncautious = %s", tiers[_i].value);
	if (!tiers[_i].good) {
		ck_assert_int_eq(
		    settings_parse(text, strlen(text), "t", &s, &err),
		    STATUS_PARSE);
		ck_assert_ptr_nonnull(strstr(err.text, "rising BELOW:GROWTH"));
		return;
	}
	ck_assert_int_eq(
	    settings_parse(text, strlen(text), "t", &s, &err), STATUS_OK);
	t = &s->ramp.cautious;
	ck_assert_uint_ge(t->count, 1);
	ck_assert(isinf(t->items[t->count - 1].below));
	settings_free(s);
}
END_TEST

static const struct {
	const char *value;
	int32_t day; /* 0: refused */
} days[] = {
	{ "2026-12-13", START },
	{ "", DAY_NONE },
	{ "yesterday", 0 },
	{ "-3", 0 },
	{ "2026-12-32", 0 },
	{ "2026-12-1", 0 },
};

START_TEST(test_days)
{
	char text[128];
	struct settings *s;
	struct error err;

	snprintf(text, sizeof(text), "[domain a.test]\nplan-start = %s",
	    days[_i].value);
	if (settings_parse(text, strlen(text), "t", &s, &err) != STATUS_OK) {
		ck_assert_int_eq(days[_i].day, 0);
		return;
	}
	ck_assert_int_eq(
	    settings_domain(s, "a.test")->plan_start, days[_i].day);
	settings_free(s);
}
END_TEST

Suite *
suite_settings_plan(void)
{
	Suite *suite = suite_create("settings_plan");
	TCase *tc = tcase_create("settings_plan");

	tcase_add_loop_test(tc, test_plan, 0, ROWS(plans));
	tcase_add_loop_test(tc, test_bad, 0, ROWS(bad));
	tcase_add_test(tc, test_no_start);
	tcase_add_test(tc, test_file);
	tcase_add_loop_test(tc, test_tiers, 0, ROWS(tiers));
	tcase_add_loop_test(tc, test_days, 0, ROWS(days));
	suite_add_tcase(suite, tc);
	return suite;
}
