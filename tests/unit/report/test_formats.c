/* CSV and Markdown: whole lines, and that outside text stays text. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "suites.h"
#include "world.h"

static const struct {
	const char *format, *line;
} rows[] = {
	{ "csv", "domain,kind,name,subject,day,value,verdict,reason\r\n" },
	{ "csv",
	    "\"news.example.com\",\"measure\",\"spam_rate\",\"\","
	    "\"2026-11-19\",\"0.0041\",\"\",\"\"\r\n" },
	{ "csv",
	    "\"news.example.com\",\"measure\",\"spam_rate\",\"\","
	    "\"2026-11-18\",\"0\",\"\",\"\"\r\n" },
	{ "csv",
	    "\"news.example.com\",\"finding\",\"dmarc\",\"'=cmd()\","
	    "\"\",\"\",\"note\",\"policy_none\"\r\n" },
	{ "csv",
	    "\"news.example.com\",\"requirement\",\"A2-PTR\",\"\",\"\","
	    "\"\",\"fail\",\"ptr/192.0.2.10/missing\"\r\n" },
	{ "markdown",
	    "Postmaster data to 2026-11-19 (D-2); resolver "
	    "127.0.0.1:5300.\n" },
	{ "markdown", "## news.example.com: critical\n" },
	{ "markdown",
	    "- spam rate: **0.41 %** on Nov 19 (violation since "
	    "Nov 19), 7-day mean 0.21 %, 0 of 7 clean days\n" },
	{ "markdown", "- ramp: **stop** (too much spam)\n" },
	{ "markdown",
	    "| fail | ptr | 192.0.2.10 | missing: has \\| no "
	    "\"PTR\" | Nov 20 23:40 |\n" },
	{ "markdown", "\\*bold\\* \\[link\\](x)" },
	{ "markdown",
	    "To publish:\n\n```\n10.2.0.192.in-addr.arpa. IN PTR x.\n"
	    "```\n\n" },
	{ "markdown", "- fail A2-PTR: PTR. Set it.\n" },
};

START_TEST(test_line)
{
	struct world world;
	char *text;

	world_init(&world);
	text = world_report(&world, rows[_i].format, 1);
	ck_assert_msg(strstr(text, rows[_i].line) != NULL,
	    "%s lacks: %s\nin:\n%s", rows[_i].format, rows[_i].line, text);
	free(text);
	world_fini(&world);
}
END_TEST

START_TEST(test_passes_are_left_out)
{
	struct world world;
	char *text;

	world_init(&world);
	text = world_report(&world, "markdown", 1);
	ck_assert_ptr_null(strstr(text, "| pass |"));
	free(text);
	world_fini(&world);
}
END_TEST

/* A record is one in its block, what is no record stands in none. */
START_TEST(test_markdown_cures)
{
	static const char want[] =
	    "To publish:\n\n```\n"
	    "a.test. IN TXT ( \"v=spf1 include:one-more.example.test \"\n"
	    "  \"include:another.example.test -all\" )\n"
	    "; was \"v=spf1 +all\"\n"
	    "```\n\n"
	    "To do:\n\n- mx: \\*.example.test ; added to it\n\n";
	struct world world;
	char *text;

	world_init(&world);
	world.findings[0].cure =
	    "a.test. IN TXT \"v=spf1 include:one-more.example.test "
	    "include:another.example.test -all\" ; was \"v=spf1 +all\"";
	world.findings[1].verdict = VERDICT_FAIL;
	world.findings[1].cure = "mx: *.example.test ; added to it";
	text = world_report(&world, "markdown", 1);
	ck_assert_msg(strstr(text, want) != NULL, "%s", text);
	free(text);
	world_fini(&world);
}
END_TEST

/* A full disk is noticed at the end. */
START_TEST(test_full_disk)
{
	const struct report_head head = { .taken_s = WORLD_NOW,
		.as_of = INT32_MIN };
	FILE *full = fopen("/dev/full", "w");
	struct world world;
	struct report *r;

	ck_assert_ptr_nonnull(full);
	world_init(&world);
	r = report_begin("json", full, &head);
	report_view(r, &world.view);
	ck_assert(!report_end(r));
	fclose(full);
	world_fini(&world);
}
END_TEST

START_TEST(test_unknown_format)
{
	const struct report_head head = { .taken_s = WORLD_NOW };

	ck_assert_ptr_null(report_begin("yaml", stdout, &head));
}
END_TEST

Suite *
suite_formats(void)
{
	Suite *suite = suite_create("formats");
	TCase *tc = tcase_create("formats");

	tcase_add_loop_test(
	    tc, test_line, 0, (int)(sizeof(rows) / sizeof(rows[0])));
	tcase_add_test(tc, test_passes_are_left_out);
	tcase_add_test(tc, test_markdown_cures);
	tcase_add_test(tc, test_full_disk);
	tcase_add_test(tc, test_unknown_format);
	suite_add_tcase(suite, tc);
	return suite;
}
