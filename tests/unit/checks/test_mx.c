/* mx: where mail goes, told in facts. */
/* SPDX-License-Identifier: MIT */
#include "checks/list.h"
#include "suites.h"
#include "world.h"

#define MX1 "example.com MX 10 mx1.example\n"
#define MX2 "example.com MX 20 mx2.example\n"
#define A1 "mx1.example A 8.8.8.1\n"
#define A2 "mx2.example AAAA 2600::2\n"

static const struct {
	const char *why, *world;
	enum verdict verdict;
	const char *reason, *detail, *cure;
} rows[] = {
	{ "two hosts, in order", MX2 MX1 A1 A2, VERDICT_PASS, "ok",
	    "mx1.example, mx2.example", NULL },
	{ "only v6 is fine", MX2 A2, VERDICT_PASS, "ok", "mx2.example", NULL },
	{ "no MX, but an address", "example.com A 8.8.8.8\n", VERDICT_NOTE,
	    "missing", "address of example.com itself", NULL },
	{ "no MX, but a v6 address", "example.com AAAA 2600::1\n", VERDICT_NOTE,
	    "missing", "address of example.com itself", NULL },
	{ "nothing at all", "", VERDICT_NOTE, "missing",
	    "there is no such domain: example.com", NULL },
	{ "no address", "example.com TXT x\n", VERDICT_NOTE, "missing",
	    "no address either", NULL },
	{ "no MX, address unsure", "example.com A !timeout\n", VERDICT_NOTE,
	    "missing", "cannot be told", NULL },
	{ "no MX, and the address is private", "example.com A 10.0.0.1\n",
	    VERDICT_WARN, "unsafe", "private address", NULL },
	{ "null MX", "example.com MX 0 .\n", VERDICT_SKIP, "null", "RFC 7505",
	    NULL },
	{ "null MX beside another", "example.com MX 0 .\n" MX1 A1, VERDICT_FAIL,
	    "dangling", "no address: .", NULL },
	{ "host without address", MX1 MX2 A1, VERDICT_FAIL, "dangling",
	    "no address: mx2.example", NULL },
	{ "both hosts without", MX1 MX2, VERDICT_FAIL, "dangling",
	    "mx1.example, mx2.example", NULL },
	{ "an address for a name", "example.com MX 10 8.8.8.8\n", VERDICT_FAIL,
	    "dangling", "must name a host", NULL },
	{ "a name that DNS cannot carry", "example.com MX 10 a..b\n",
	    VERDICT_FAIL, "dangling", "a..b", NULL },
	{ "an alias",
	    MX1 "mx1.example CNAME real.example\n"
		"real.example A 8.8.8.8\n",
	    VERDICT_WARN, "cname", "mx1.example",
	    "example.com. IN MX 10 real.example. ; was mx1.example." },
	{ "an alias to nothing", MX1 "mx1.example CNAME real.example\n",
	    VERDICT_FAIL, "dangling", "cname: an alias", NULL },
	{ "loopback", MX1 "mx1.example A 127.0.0.1\n", VERDICT_WARN, "unsafe",
	    "mx1.example", NULL },
	{ "private beside public", MX1 MX2 A1 "mx2.example A 10.1.2.3\n",
	    VERDICT_WARN, "unsafe", "mx2.example", NULL },
	{ "v6 link-local", MX1 "mx1.example AAAA fe80::1\n", VERDICT_WARN,
	    "unsafe", "mx1.example", NULL },
	{ "time-out", "example.com MX !timeout\n", VERDICT_UNKNOWN, "timeout",
	    "example.com", NULL },
	{ "SERVFAIL", "example.com MX !servfail\n", VERDICT_UNKNOWN, "servfail",
	    "example.com", NULL },
	{ "a host times out", MX1 "mx1.example A !timeout\n", VERDICT_UNKNOWN,
	    "timeout", "mx1.example", NULL },
	{ "a host's v6 times out and v4 is not there",
	    MX1 "mx1.example AAAA !timeout\n", VERDICT_UNKNOWN, "timeout",
	    "mx1.example", NULL },
	{ "a host's v6 times out, v4 is enough",
	    MX1 A1 "mx1.example AAAA !timeout\n", VERDICT_PASS, "ok",
	    "mx1.example", NULL },
	{ "one unsure, one dangling", MX1 MX2 "mx1.example A !timeout\n",
	    VERDICT_FAIL, "dangling", "mx2.example", NULL },
};

START_TEST(test_mx)
{
	struct world *world = world_new(rows[_i].world);

	world_domain(world, &check_mx, "example.com");
	world_expect(world, rows[_i].why, rows[_i].verdict, rows[_i].reason,
	    rows[_i].detail, rows[_i].cure);
	ck_assert_str_eq(world_finding(world, 0)->subject, "example.com");
	world_free(world);
}
END_TEST

START_TEST(test_allow_private)
{
	struct world *world = world_new(MX1 "mx1.example A 127.0.0.1\n");
	struct subject subject = {
		.domain = "example.com",
		.allow_private = true,
	};

	world_run(world, &check_mx, &subject);
	world_expect(world, "allowed", VERDICT_PASS, "ok", "mx1", NULL);
	world_free(world);
}
END_TEST

/* A flood of MX records is read up to a bound and said to be cut. */
START_TEST(test_many)
{
	struct buf text = { 0 };
	struct world *world;
	int i;

	for (i = 0; i < 50; i++)
		buf_printf(&text,
		    "example.com MX %d mx%02d.example\n"
		    "mx%02d.example A 8.8.8.%d\n",
		    i, i, i, i + 1);
	world = world_new(text.data);
	world_domain(world, &check_mx, "example.com");
	world_expect(world, "many", VERDICT_PASS, "ok", ", and more", NULL);
	ck_assert_uint_eq(world_asked(world), 1 + 2 * 32);
	ck_assert_uint_eq(world_rounds(world), 2);
	world_free(world);
	buf_free(&text);
}
END_TEST

Suite *
suite_mx(void)
{
	Suite *suite = suite_create("mx");
	TCase *tc = tcase_create("mx");

	tcase_add_loop_test(tc, test_mx, 0, ROWS(rows));
	tcase_add_test(tc, test_allow_private);
	tcase_add_test(tc, test_many);
	suite_add_tcase(suite, tc);
	return suite;
}
