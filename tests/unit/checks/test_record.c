/* The record that a finding speaks of, for the watch over its changes. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "checks/list.h"
#include "suites.h"
#include "world.h"

#define KEY "MCowBQYDK2VwAyEA"

static const struct {
	const char *why;
	const struct check *check;
	const char *world, *reason, *record;
} rows[] = {
	{ "spf", &check_spf, "example.com TXT v=spf1 mx -all\n", "ok",
	    "v=spf1 mx -all" },
	{ "spf, nothing but its own record", &check_spf,
	    "example.com TXT v=spf1 include:a.test -all\n"
	    "a.test TXT v=spf1 ip4:8.8.8.8 -all\n",
	    "ok", "v=spf1 include:a.test -all" },
	{ "spf, an escape sequence in it", &check_spf,
	    "example.com TXT v=spf1 \\027[2J -all\n", "syntax",
	    "v=spf1 \\x1b[2J -all" },
	{ "spf, two", &check_spf,
	    "example.com TXT v=spf1 mx -all\nexample.com TXT v=spf1 -all\n",
	    "multiple", "v=spf1 -all | v=spf1 mx -all" },
	{ "spf, two in the other order", &check_spf,
	    "example.com TXT v=spf1 -all\nexample.com TXT v=spf1 mx -all\n",
	    "multiple", "v=spf1 -all | v=spf1 mx -all" },
	{ "spf, none", &check_spf, "", "missing", "" },
	{ "spf, not told", &check_spf, "example.com TXT !timeout\n", "timeout",
	    "" },
	{ "spf, an include not told", &check_spf,
	    "example.com TXT v=spf1 include:a.test -all\n"
	    "a.test TXT !servfail\n",
	    "servfail", "v=spf1 include:a.test -all" },
	{ "dmarc", &check_dmarc,
	    "_dmarc.example.com TXT v=DMARC1; p=none; rua=mailto:a@example.com\n"
	    "_dmarc.example.com TXT another text\n",
	    "policy_none", "v=DMARC1; p=none; rua=mailto:a@example.com" },
	{ "dmarc, inherited", &check_dmarc,
	    "_dmarc.com TXT v=DMARC1; p=reject; psd=y\n", "no_reports",
	    "v=DMARC1; p=reject; psd=y" },
	{ "dmarc, two", &check_dmarc,
	    "_dmarc.example.com TXT v=DMARC1; p=reject\n"
	    "_dmarc.example.com TXT another text\n"
	    "_dmarc.example.com TXT v=DMARC1; p=none\n",
	    "multiple", "v=DMARC1; p=none | v=DMARC1; p=reject" },
	{ "dmarc, meant to be one", &check_dmarc,
	    "_dmarc.example.com TXT v=dmarc1; p=none\n", "syntax",
	    "v=dmarc1; p=none" },
	{ "dmarc, none", &check_dmarc, "", "missing", "" },
	{ "dkim", &check_dkim, "s1._domainkey.example.com TXT p=\n", "revoked",
	    "p=" },
	{ "dkim, two", &check_dkim,
	    "s1._domainkey.example.com TXT p=" KEY "\n"
	    "s1._domainkey.example.com TXT p=\n",
	    "multiple", "p= | p=" KEY },
	{ "dkim, something else there", &check_dkim,
	    "s1._domainkey.example.com TXT v=spf1 -all\n", "missing", "" },
	{ "mx", &check_mx,
	    "example.com MX 20 MX2.test\nexample.com MX 10 mx1.test\n"
	    "mx1.test A 8.8.8.8\nMX2.test A 8.8.4.4\n",
	    "ok", "10 mx1.test, 20 mx2.test" },
	{ "mx, one host twice", &check_mx,
	    "example.com MX 20 mx1.test\nexample.com MX 15 mx2.test\n"
	    "example.com MX 10 MX1.test\n"
	    "mx1.test A 8.8.8.8\nmx2.test A 8.8.4.4\n",
	    "ok", "10 mx1.test, 15 mx2.test" },
	{ "mx, the list is known though a host is not", &check_mx,
	    "example.com MX 10 mx1.test\nmx1.test A !timeout\n", "timeout",
	    "10 mx1.test" },
	{ "mx, null", &check_mx, "example.com MX 0 .\n", "null", "0 ." },
	{ "mx, none", &check_mx, "example.com A 8.8.8.8\n", "missing", "" },
	{ "ptr", &check_ptr,
	    "10.2.0.192.in-addr.arpa PTR out.test\n"
	    "10.2.0.192.in-addr.arpa PTR another.test\n"
	    "out.test A 192.0.2.10\n",
	    "ok", "another.test, out.test" },
	{ "ptr, none", &check_ptr, "", "missing", "" },
};

START_TEST(test_record)
{
	struct world *world = world_new(rows[_i].world);
	struct address address;
	struct subject subject = {
		.domain = "example.com",
		.selector = rows[_i].check == &check_dkim ? "s1" : NULL,
		.address = rows[_i].check == &check_ptr ? &address : NULL,
		.now_s = WORLD_NOW,
	};
	const struct finding *f;

	ck_assert(address_parse("192.0.2.10", &address));
	world_run(world, rows[_i].check, &subject);
	f = world_finding(world, 0);
	ck_assert_msg(strcmp(f->reason, rows[_i].reason) == 0 &&
		strcmp(f->record, rows[_i].record) == 0,
	    "%s: %s \"%s\"", rows[_i].why, f->reason, f->record);
	world_free(world);
}
END_TEST

/* More hosts than are looked at: which of them hangs on the answer. */
START_TEST(test_too_many)
{
	struct buf lines = { 0 };
	struct world *world;
	unsigned i;

	for (i = 0; i < 33; i++)
		buf_printf(&lines,
		    "example.com MX 10 m%02u.test\nm%02u.test A 8.8.8.8\n", i,
		    i);
	world = world_new(lines.data);
	world_domain(world, &check_mx, "example.com");
	ck_assert_str_eq(world_finding(world, 0)->reason, "ok");
	ck_assert_str_eq(world_finding(world, 0)->record, "");
	world_free(world);
	buf_free(&lines);
}
END_TEST

Suite *
suite_record(void)
{
	Suite *suite = suite_create("record");
	TCase *tc = tcase_create("record");

	tcase_add_loop_test(tc, test_record, 0, ROWS(rows));
	tcase_add_test(tc, test_too_many);
	suite_add_tcase(suite, tc);
	return suite;
}
