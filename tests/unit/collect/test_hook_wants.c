/* Which events a hook is told of, and in which words. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "collect/hooks.h"
#include "logplace.h"
#include "suites.h"

static const struct {
	const char *settings;
	const char *kind;
	enum verdict verdict;
	bool begins;
	int64_t told_ago_s; /* 0: not told before */
	enum verdict told;
	bool open;
	bool wanted;
} wishes[] = {
	{ "", "state", VERDICT_FAIL, true, 0, 0, false, true },
	{ "", "state", VERDICT_WARN, true, 0, 0, false, false },
	{ "severity = warn", "state", VERDICT_WARN, true, 0, 0, false, true },
	{ "severity = warn", "state", VERDICT_UNKNOWN, true, 0, 0, false,
	    false },
	{ "severity = warn", "state", VERDICT_NOTE, true, 0, 0, false, false },
	/* Worse than it should be, but it does not begin. */
	{ "", "record", VERDICT_FAIL, false, 0, 0, false, false },
	{ "kinds = state, ramp", "ramp", VERDICT_FAIL, true, 0, 0, false,
	    true },
	{ "kinds = state, ramp", "finding", VERDICT_FAIL, true, 0, 0, false,
	    false },
	/* Again, within the hour and after it; worse within it. */
	{ "", "state", VERDICT_FAIL, true, 3599, VERDICT_FAIL, true, false },
	{ "", "state", VERDICT_FAIL, true, 3600, VERDICT_FAIL, true, true },
	{ "repeat = 0s", "state", VERDICT_FAIL, true, 1, VERDICT_FAIL, true,
	    true },
	{ "severity = warn", "state", VERDICT_FAIL, true, 60, VERDICT_WARN,
	    true, true },
	{ "", "state", VERDICT_FAIL, true, 1, VERDICT_FAIL, true, false },
	/* The clock was years ahead then, and was put right since. */
	{ "", "state", VERDICT_FAIL, true, -90000000, VERDICT_FAIL, true,
	    true },
	/* Ends: only where asked for, and only of what was told. */
	{ "", "state", VERDICT_PASS, false, 60, VERDICT_FAIL, true, false },
	{ "ends = yes", "state", VERDICT_PASS, false, 60, VERDICT_FAIL, true,
	    true },
	{ "ends = yes", "state", VERDICT_WARN, false, 60, VERDICT_FAIL, true,
	    true },
	{ "ends = yes", "state", VERDICT_UNKNOWN, false, 60, VERDICT_FAIL, true,
	    false },
	{ "ends = yes", "state", VERDICT_PASS, false, 60, VERDICT_FAIL, false,
	    false },
	{ "ends = yes\nseverity = warn", "state", VERDICT_WARN, false, 60,
	    VERDICT_FAIL, true, false },
	/* Another hook's failure may be told, its own not. */
	{ "severity = warn", "hook", VERDICT_WARN, true, 0, 0, false, false },
};

START_TEST(test_wants)
{
	char *text = mem_printf(
	    "[hook \"h\"]\ncommand = /x\n%s\n", wishes[_i].settings);
	const struct store_news news = { .event = { .at_s = 1795304400,
					     .domain = "a.test",
					     .kind = wishes[_i].kind,
					     .verdict = wishes[_i].verdict,
					     .text = "" },
		.check = "",
		.subject = "h",
		.begins = wishes[_i].begins };
	const struct store_told told = { .told_s = wishes[_i].told_ago_s == 0
		    ? 0
		    : news.event.at_s - wishes[_i].told_ago_s,
		.verdict = wishes[_i].told,
		.open = wishes[_i].open };
	struct settings *settings;
	struct error err;

	must(settings_parse(text, strlen(text), "t", &settings, &err), &err);
	ck_assert_int_eq(
	    hook_wants(&settings->hooks[0], &news, &told), wishes[_i].wanted);
	settings_free(settings);
	free(text);
}
END_TEST

START_TEST(test_json)
{
	const struct store_news news = { .event = { .id = 7,
					     .at_s = 1795304400,
					     .domain = "a.test",
					     .kind = "finding",
					     .verdict = VERDICT_FAIL,
					     .text = "\"$(x)\" '`y`' \\ é" },
		.check = "ptr",
		.subject = "192.0.2.1",
		.begins = true };
	char *json = hook_json("h", &news, 2);

	ck_assert_str_eq(json,
	    "{\"schema\":\"sendtop-event/1\",\"hook\":\"h\",\"id\":7,"
	    "\"at\":\"2026-11-21T23:40:00Z\",\"domain\":\"a.test\","
	    "\"kind\":\"finding\",\"begins\":true,\"verdict\":\"fail\","
	    "\"check\":\"ptr\",\"subject\":\"192.0.2.1\","
	    "\"text\":\"\\\"$(x)\\\" '`y`' \\\\ é\",\"attempt\":2}\n");
	free(json);
}
END_TEST

Suite *
suite_hook_wants(void)
{
	Suite *suite = suite_create("hook_wants");
	TCase *tc = tcase_create("hook_wants");

	tcase_add_loop_test(
	    tc, test_wants, 0, (int)(sizeof(wishes) / sizeof(wishes[0])));
	tcase_add_test(tc, test_json);
	suite_add_tcase(suite, tc);
	return suite;
}
