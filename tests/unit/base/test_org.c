/* Registrable domains and A-labels. */
/* SPDX-License-Identifier: MIT */
#include "suites.h"

#include <string.h>

#include "sendtop/org.h"

static const struct {
	const char *name;
	const char *ascii; /* NULL: none */
} names[] = {
	{ "example.com", "example.com" },
	{ "Example.COM.", "example.com" },
	{ "B\xc3\x9c"
	  "CHER.example",
	    "xn--bcher-kva.example" },
	{ "xn--bcher-kva.example", "xn--bcher-kva.example" },
	{ "stra\xc3\x9f"
	  "e.example",
	    "xn--strae-oqa.example" },
	{ "_dmarc.example.com", "_dmarc.example.com" },
	{ "", NULL },
	{ ".", NULL },
	{ "a b.example", NULL },
	{ "a\nb.example", NULL },
	{ "a\xff.example", NULL },
	{ "0123456789012345678901234567890123456789012345678901234567890123."
	  "example",
	    NULL },
};

START_TEST(test_ascii)
{
	char out[ORG_NAME_SIZE];
	bool ok = org_ascii(names[_i].name, out);

	ck_assert_msg(ok == (names[_i].ascii != NULL), "%s", names[_i].name);
	if (ok)
		ck_assert_str_eq(out, names[_i].ascii);
}
END_TEST

START_TEST(test_long)
{
	char name[600], out[ORG_NAME_SIZE];

	name[0] = '\0';
	for (size_t i = 0; i + 1 < sizeof(name); i++)
		memcpy(name + i, i % 10 == 9 ? "." : "a", 2);
	ck_assert(!org_ascii(name, out));
	ck_assert(!org_registrable(name, out));
	name[254] = '\0';
	ck_assert(!org_ascii(name, out));
	name[253] = '\0';
	ck_assert(org_ascii(name, out));
	ck_assert_uint_eq(strlen(out), 253);
}
END_TEST

static const struct {
	const char *name;
	const char *registrable; /* NULL: none */
} registered[] = {
	{ "example.com", "example.com" },
	{ "a.b.Example.com", "example.com" },
	{ "mail.example.co.uk", "example.co.uk" },
	{ "a.b.example", "b.example" },
	{ "com", NULL },
	{ "co.uk", NULL },
	{ "", NULL },
	{ ".example.com", NULL },
	{ "a b.com", NULL },
};

START_TEST(test_registrable)
{
	char out[ORG_NAME_SIZE];
	bool ok = org_registrable(registered[_i].name, out);

	ck_assert_msg(ok == (registered[_i].registrable != NULL), "%s",
	    registered[_i].name);
	if (ok)
		ck_assert_str_eq(out, registered[_i].registrable);
}
END_TEST

Suite *
suite_org(void)
{
	Suite *suite = suite_create("org");
	TCase *tc = tcase_create("org");

	tcase_add_loop_test(tc, test_ascii, 0, ROWS(names));
	tcase_add_test(tc, test_long);
	tcase_add_loop_test(tc, test_registrable, 0, ROWS(registered));
	suite_add_tcase(suite, tc);
	return suite;
}
