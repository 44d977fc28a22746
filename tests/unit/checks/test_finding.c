/* Findings: subjects, harmless texts, cures, unknowns. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "checks/record.h"
#include "checks/remarks.h"
#include "sendtop/check.h"
#include "suites.h"

static struct arena *arena;
static struct findings found;

static void
setup(void)
{
	arena = arena_new();
	findings_init(&found, arena);
	found.check = "test";
}

static void
teardown(void)
{
	arena_free(arena);
}

START_TEST(test_subjects)
{
	struct address address = { .family = 4, .bytes = { 192, 0, 2, 1 } };
	const struct subject subjects[] = {
		{ .domain = "example.com" },
		{ .domain = "example.com", .selector = "s1" },
		{ .domain = "example.com", .address = &address },
		{ .domain = "example.com",
		    .address = &address,
		    .host = "mx.example" },
		{ .domain = "example.com", .host = "mx.example" },
	};
	static const char *const texts[] = { "example.com", "s1", "192.0.2.1",
		"mx.example [192.0.2.1]", "mx.example" };

	found.subject = &subjects[_i];
	ck_assert_int_eq(
	    finding(&found, VERDICT_NOTE, "word", "n=%d", 7), CHECK_DONE);
	ck_assert_str_eq(found.items[0].subject, texts[_i]);
	ck_assert_str_eq(found.items[0].check, "test");
	ck_assert_str_eq(found.items[0].reason, "word");
	ck_assert_str_eq(found.items[0].detail, "n=7");
	ck_assert_str_eq(found.items[0].cure, "");
}
END_TEST

START_TEST(test_harmless)
{
	char flood[70000];

	finding_on(&found, "a\033[1m", VERDICT_FAIL, "word", "%s",
	    "\r\n\x9b\xe2\x80\xae");
	ck_assert_str_eq(found.items[0].subject, "a\\x1b[1m");
	ck_assert_str_eq(found.items[0].detail, "\\x0d\\x0a\\x9b\\u{202e}");
	memset(flood, '\a', sizeof(flood));
	flood[sizeof(flood) - 1] = '\0';
	finding_on(&found, flood, VERDICT_FAIL, "word", "%s", flood);
	ck_assert_uint_lt(strlen(found.items[1].subject), 1024);
	ck_assert_uint_lt(strlen(found.items[1].detail), 1024);
}
END_TEST

START_TEST(test_cure)
{
	char flood[70000];

	finding_cure(&found, "nothing to cure");
	finding_on(&found, "a", VERDICT_FAIL, "word", "x");
	finding_cure(&found, "%s. IN A %d", "a", 1);
	ck_assert_str_eq(found.items[0].cure, "a. IN A 1");
	finding_on(&found, "b", VERDICT_FAIL, "word", "x");
	memset(flood, 'x', sizeof(flood));
	flood[sizeof(flood) - 1] = '\0';
	finding_cure(&found, "%s", flood);
	ck_assert_str_eq(found.items[1].cure, "");
	ck_assert_str_eq(found.items[0].cure, "a. IN A 1");
}
END_TEST

START_TEST(test_record)
{
	char flood[70000];

	finding_record(&found, "nothing to speak of");
	finding_on(&found, "a", VERDICT_PASS, "ok", "x");
	ck_assert_str_eq(found.items[0].record, "");
	finding_record(&found, "%s; %d", "v=\033", 1);
	ck_assert_str_eq(found.items[0].record, "v=\\x1b; 1");
	memset(flood, '\a', sizeof(flood));
	flood[sizeof(flood) - 1] = '\0';
	finding_record(&found, "%s", flood);
	ck_assert_uint_gt(strlen(found.items[0].record), 4000);
	ck_assert_uint_le(strlen(found.items[0].record), 4096);
}
END_TEST

START_TEST(test_unknown)
{
	static const struct {
		enum dns_outcome outcome;
		const char *reason;
	} rows[] = {
		{ DNS_SERVFAIL, "servfail" },
		{ DNS_REFUSED, "refused" },
		{ DNS_TIMEOUT, "timeout" },
		{ DNS_UNREACHABLE, "unreachable" },
		{ DNS_MALFORMED, "malformed" },
		{ DNS_BAD_NAME, "malformed" },
	};
	struct subject subject = { .domain = "example.com" };

	found.subject = &subject;
	finding_unknown(&found, rows[_i].outcome, "x.example");
	ck_assert_int_eq(found.items[0].verdict, VERDICT_UNKNOWN);
	ck_assert_str_eq(found.items[0].reason, rows[_i].reason);
	ck_assert_ptr_nonnull(strstr(found.items[0].detail, "x.example: "));
}
END_TEST

START_TEST(test_many)
{
	char name[16];
	int i;

	for (i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "%d", i);
		finding_on(&found, name, VERDICT_PASS, "ok", "%d", i);
	}
	ck_assert_uint_eq(found.count, 1000);
	ck_assert_str_eq(found.items[0].subject, "0");
	ck_assert_str_eq(found.items[999].detail, "999");
}
END_TEST

START_TEST(test_remarks)
{
	struct remarks remarks = { .arena = arena };
	struct subject subject = { .domain = "example.com" };
	int i;

	found.subject = &subject;
	remark(&remarks, VERDICT_NOTE, "small", "cure small", "one");
	remark(&remarks, VERDICT_FAIL, "grave", "cure grave", "two");
	remark(&remarks, VERDICT_FAIL, "graver", "cure graver", "three");
	for (i = 0; i < 100; i++)
		remark(&remarks, VERDICT_PASS, "more", NULL, "x");
	remarks_report(&remarks, &found, NULL);
	ck_assert_uint_eq(found.count, 1);
	ck_assert_int_eq(found.items[0].verdict, VERDICT_FAIL);
	ck_assert_str_eq(found.items[0].reason, "grave");
	ck_assert_str_eq(found.items[0].cure, "cure grave");
	ck_assert(strncmp(found.items[0].detail,
		      "two; small: one; graver: three; more: x", 39) == 0);
}
END_TEST

START_TEST(test_record_txt)
{
	char text[600];
	const char *line;
	const struct dns_record before = {
		.data = (const uint8_t *)"a\"b\\c\x80\n",
		.len = 7,
	};

	ck_assert_str_eq(record_txt(arena, "x.example", "v=1", NULL),
	    "x.example. IN TXT \"v=1\"");
	ck_assert_str_eq(record_txt(arena, "x.example", "v=1", &before),
	    "x.example. IN TXT \"v=1\" ; was \"a\\\"b\\\\c\\128\\010\"");
	memset(text, 'x', sizeof(text));
	text[510] = '\0';
	line = record_txt(arena, "x", text, NULL);
	ck_assert_uint_eq(strlen(line), strlen("x. IN TXT ") + 510 + 5);
	ck_assert_int_eq(line[strlen("x. IN TXT ") + 256], '"');
	ck_assert_int_eq(line[strlen("x. IN TXT ") + 258], '"');
}
END_TEST

Suite *
suite_finding(void)
{
	Suite *suite = suite_create("finding");
	TCase *tc = tcase_create("finding");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, test_subjects, 0, 5);
	tcase_add_test(tc, test_harmless);
	tcase_add_test(tc, test_cure);
	tcase_add_test(tc, test_record);
	tcase_add_loop_test(tc, test_unknown, 0, 6);
	tcase_add_test(tc, test_many);
	tcase_add_test(tc, test_remarks);
	tcase_add_test(tc, test_record_txt);
	suite_add_tcase(suite, tc);
	return suite;
}
