/* Live findings as text: order, width, colour. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suites.h"
#include "world.h"

static char *
print(const struct finding *findings, size_t count, bool color)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	report_probe_text(out, "news.example.com", findings, count, color);
	fclose(out);
	return text;
}

START_TEST(test_whole)
{
	struct world world;
	char *text;

	world_init(&world);
	text = print(world.findings, 4, false);
	ck_assert_str_eq(text,
	    "news.example.com: 1 pass 1 note 1 fail 1 unknown\n"
	    "  FAIL  ptr         192.0.2.10  missing\n"
	    "        has | no \"PTR\"\n"
	    "        cure:\n"
	    "10.2.0.192.in-addr.arpa. IN PTR x.\n"
	    "  ?     mx          news.example.com  timeout\n"
	    "        no answer\n"
	    "  note  dmarc       =cmd()  policy_none\n"
	    "        *bold* [link](x)\n"
	    "  pass  spf         news.example.com\n"
	    "\n");
	free(text);
	world_fini(&world);
}
END_TEST

START_TEST(test_width)
{
	char detail[400];
	struct finding f = { "spf", "x", VERDICT_WARN, "no_all", detail, "", 0,
		0, 0, NULL, 0, "", false, 0, NULL };
	char *text, *line, *rest;
	size_t i;

	for (i = 0; i < sizeof(detail) - 1; i++)
		detail[i] = i % 7 == 6 ? ' ' : 'w';
	detail[sizeof(detail) - 1] = '\0';
	text = print(&f, 1, false);
	for (line = strtok_r(text, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest))
		ck_assert_msg(
		    strlen(line) <= 80, "%zu columns: %s", strlen(line), line);
	free(text);
}
END_TEST

/* What stands behind "cure:". */
static const struct {
	const char *cure, *lines;
} cures[] = {
	/* A record at the lines' start, as a master file has it. */
	{ "a.test. IN TXT \"v=spf1 include:one-more.example.test "
	  "include:another.example.test -all\" ; was \"v=spf1 +all\"",
	    "a.test. IN TXT ( \"v=spf1 include:one-more.example.test \"\n"
	    "  \"include:another.example.test -all\" )\n"
	    "; was \"v=spf1 +all\"\n" },
	/* No record: as any text. */
	{ "mode: enforce ; was mode: testing, in https://mta-sts.example.test/"
	  ".well-known/mta-sts.txt",
	    "          mode: enforce ; was mode: testing, in\n"
	    "          https://mta-sts.example.test/.well-known/mta-sts.txt\n" },
};

START_TEST(test_cure)
{
	struct finding f = { "spf", "x", VERDICT_WARN, "no_all", "d", "", 0, 0,
		0, NULL, 0, "", false, 0, NULL };
	char want[512], *text;

	f.cure = cures[_i].cure;
	snprintf(want, sizeof(want), "cure:\n%s\n", cures[_i].lines);
	text = print(&f, 1, false);
	ck_assert_msg(strstr(text, want) != NULL, "%s", text);
	free(text);
}
END_TEST

START_TEST(test_color)
{
	struct world world;
	char *text;

	world_init(&world);
	text = print(world.findings, 4, true);
	ck_assert_ptr_nonnull(strstr(text, "\033[1;31mFAIL\033[0m"));
	free(text);
	text = print(world.findings, 4, false);
	ck_assert_ptr_null(strchr(text, '\033'));
	free(text);
	world_fini(&world);
}
END_TEST

Suite *
suite_probe_text(void)
{
	Suite *suite = suite_create("probe_text");
	TCase *tc = tcase_create("probe_text");

	tcase_add_test(tc, test_whole);
	tcase_add_test(tc, test_width);
	tcase_add_loop_test(tc, test_cure, 0, sizeof(cures) / sizeof(cures[0]));
	tcase_add_test(tc, test_color);
	suite_add_tcase(suite, tc);
	return suite;
}
