/* The lines of whyscream's postfix-grok-patterns (BSD-3-Clause, the licence is
 * beside them in tests/suites), read by us. */
/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/mta/logs.h"
#include "tests/unit/mta/shared.h"
#include "tests/unit/mta/suites.h"

static const char *
text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text != NULL ? text : "";
}

/* "smtp_0018" is of smtp; features of TLS are of smtp's lines too. */
static void
program_of(const char *name, char out[32])
{
	size_t len = strcspn(name, "_");

	if (strncmp(name, "tls_features", 12) == 0)
		snprintf(out, 32, "smtp");
	else
		snprintf(out, 32, "%.*s", (int)(len < 31 ? len : 31), name);
}

/* What goes to the same machine is none. */
static bool
is_attempt(const char *program, const char *line)
{
	return (strcmp(program, "smtp") == 0 || strcmp(program, "lmtp") == 0) &&
	    strstr(line, ": to=<") != NULL &&
	    strstr(line, " status=") != NULL &&
	    strstr(line, "relay=127.0.0.1[") == NULL;
}

/* The line says of itself, with its sender and TLS told before, as much as
 * their patterns find in it. */
static void
check_line(const json_t *test)
{
	static const struct {
		const char *status, *end;
	} ends[] = { { "sent", "] done " }, { "deferred", "] deferred " },
		{ "bounced", "] bounced " } };
	const char *line = text_of(test, "line");
	const json_t *expect = json_object_get(test, "expect");
	const char *status = text_of(expect, "postfix_status");
	const char *reply = text_of(expect, "postfix_smtp_response");
	char program[32], *log, *told, *id;
	struct mta_options options = {
		.format = "postfix", .written_s = WRITTEN_S, .zone = "UTC"
	};
	struct mta_stats stats;

	program_of(text_of(test, "name"), program);
	log = mem_printf(
	    "Nov 22 03:12:44 mx postfix/%s[9]: %s\n", program, line);
	told = log_read(log, strlen(log), &options, 0, &stats);
	ck_assert_msg(stats.skipped == 0, "%s: %s", line, stats.trouble);
	ck_assert_msg((stats.attempts == 1) == is_attempt(program, line),
	    "%s: %s: %s", text_of(test, "name"), line, told);
	if (stats.attempts == 1) {
		id = mem_printf("Z %s <", text_of(expect, "postfix_queueid"));
		ck_assert_msg(strstr(told, id) != NULL, "%s: %s", line, told);
		free(id);
		for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
			if (strcmp(status, ends[i].status) == 0)
				ck_assert_msg(strstr(told, ends[i].end) != NULL,
				    "%s: %s", line, told);
		ck_assert_msg(
		    strstr(told, reply) != NULL, "%s: %s", line, told);
	}
	free(told);
	free(log);
}

START_TEST(the_suite_s_lines_are_read)
{
	char *path = shared_path("tests/suites/postfix-grok.json");
	json_t *suite = json_load_file(path, 0, NULL), *tests, *test;
	size_t i;

	ck_assert_msg(suite != NULL, "%s", path);
	tests = json_object_get(suite, "tests");
	ck_assert_uint_eq(json_array_size(tests), 191);
	json_array_foreach(tests, i, test)
	{
		check_line(test);
	}
	json_decref(suite);
	free(path);
}
END_TEST

Suite *
suite_grok(void)
{
	Suite *suite = suite_create("grok");
	TCase *tcase = tcase_create("lines");

	tcase_add_test(tcase, the_suite_s_lines_are_read);
	suite_add_tcase(suite, tcase);
	return suite;
}
