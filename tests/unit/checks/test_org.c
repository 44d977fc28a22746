/* Registrable domains against the public suffix list's own tests. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sendtop/org.h"
#include "suites.h"

enum { CASES = 78 };

static void
one(const char *input, const char *expected)
{
	char found[ORG_NAME_SIZE], wanted[ORG_NAME_SIZE];
	bool has;

	has = strcmp(input, "null") != 0 && org_registrable(input, found);
	if (strcmp(expected, "null") == 0) {
		ck_assert_msg(!has, "%s: %s", input, has ? found : "");
		return;
	}
	ck_assert_msg(has, "%s: nothing, expected %s", input, expected);
	ck_assert(org_ascii(expected, wanted));
	ck_assert_msg(strcmp(found, wanted) == 0, "%s: %s, expected %s", input,
	    found, wanted);
}

START_TEST(test_list)
{
	const char *root = getenv("SENDTOP_SRCDIR");
	char path[4096], line[1024], *tab;
	unsigned cases = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%s/tests/fixtures/psl.tsv",
	    root != NULL ? root : ".");
	file = fopen(path, "r");
	ck_assert_msg(file != NULL, "%s", path);
	while (fgets(line, sizeof(line), file) != NULL) {
		if (line[0] == '#')
			continue;
		line[strcspn(line, "\n")] = '\0';
		tab = strchr(line, '\t');
		ck_assert_msg(tab != NULL, "%s", line);
		*tab = '\0';
		one(line, tab + 1);
		cases++;
	}
	fclose(file);
	ck_assert_uint_eq(cases, CASES);
}
END_TEST

static const struct {
	const char *name, *ascii;
} rows[] = {
	{ "Example.COM", "example.com" },
	{ "example.com.", "example.com" },
	{ "b\xc3\xbc"
	  "cher.example",
	    "xn--bcher-kva.example" },
	{ "_dmarc.example.com", "_dmarc.example.com" },
	{ "", NULL },
	{ ".", NULL },
	{ "a b.example", NULL },
	{ "a..b", NULL },
	{ "\xff.example", NULL },
	{ "a\033[1m.example", NULL },
};

START_TEST(test_ascii)
{
	char out[ORG_NAME_SIZE];
	bool good = org_ascii(rows[_i].name, out);

	ck_assert_msg(good == (rows[_i].ascii != NULL), "%s", rows[_i].name);
	if (good)
		ck_assert_str_eq(out, rows[_i].ascii);
}
END_TEST

Suite *
suite_org(void)
{
	Suite *suite = suite_create("org");
	TCase *tc = tcase_create("org");

	tcase_add_test(tc, test_list);
	tcase_add_loop_test(tc, test_ascii, 0, ROWS(rows));
	suite_add_tcase(suite, tc);
	return suite;
}
