/* dnssec: signed, unsigned, broken, and not to be told from here. */
/* SPDX-License-Identifier: MIT */
#include "checks/list.h"
#include "suites.h"
#include "world.h"

#define VALIDATES ". SOA+ a.root.test\n"
#define DOES_NOT ". SOA a.root.test\n"

static const struct {
	const char *why, *world;
	enum verdict verdict;
	const char *reason, *detail;
} rows[] = {
	{ "signed", VALIDATES "example.com SOA+ ns.test\n", VERDICT_PASS, "ok",
	    "" },
	{ "signed, and no zone of its own",
	    VALIDATES "example.com SOA+ !none\n", VERDICT_PASS, "ok", "" },
	{ "unsigned", VALIDATES "example.com SOA ns.test\n", VERDICT_NOTE,
	    "unsigned", "" },
	{ "unsigned, as far as this resolver knows",
	    DOES_NOT "example.com SOA ns.test\n", VERDICT_SKIP, "no_validation",
	    "trust-ad" },
	{ "no root here", "example.com SOA ns.test\n", VERDICT_SKIP,
	    "no_validation", "" },
	{ "the root is refused", ". SOA !refused\nexample.com SOA ns.test\n",
	    VERDICT_SKIP, "no_validation", "" },
	{ "the root times out", ". SOA !timeout\nexample.com SOA ns.test\n",
	    VERDICT_UNKNOWN, "timeout", "the root" },
	{ "no such domain", VALIDATES, VERDICT_SKIP, "nxdomain", "" },
	{ "bogus",
	    VALIDATES "example.com SOA !servfail\n"
		      "example.com NS !servfail\nexample.com SOA/cd ns.test\n",
	    VERDICT_FAIL, "bogus", "signatures" },
	{ "bogus denial",
	    VALIDATES "example.com SOA !servfail\n"
		      "example.com NS !servfail\nexample.com SOA/cd !none\n",
	    VERDICT_FAIL, "bogus", "" },
	{ "bogus, seen by a resolver whose word does not count",
	    DOES_NOT "example.com SOA !servfail\n"
		     "example.com NS !servfail\nexample.com SOA/cd ns.test\n",
	    VERDICT_FAIL, "bogus", "" },
	{ "broken in any case",
	    VALIDATES "example.com SOA !servfail\n"
		      "example.com NS !servfail\n",
	    VERDICT_UNKNOWN, "servfail", "" },
	{ "a server that stumbled",
	    VALIDATES "example.com SOA !servfail\n"
		      "example.com NS ns.test\nexample.com SOA/cd ns.test\n",
	    VERDICT_UNKNOWN, "servfail", "" },
	{ "the question without checking times out",
	    VALIDATES "example.com SOA !servfail\nexample.com NS !servfail\n"
		      "example.com SOA/cd !timeout\n",
	    VERDICT_UNKNOWN, "servfail", "" },
	{ "time-out", VALIDATES "example.com SOA !timeout\n", VERDICT_UNKNOWN,
	    "timeout", "" },
	{ "refused", VALIDATES "example.com SOA !refused\n", VERDICT_UNKNOWN,
	    "refused", "" },
};

START_TEST(test_dnssec)
{
	struct world *world = world_new(rows[_i].world);

	world_domain(world, &check_dnssec, "example.com");
	world_expect(world, rows[_i].why, rows[_i].verdict, rows[_i].reason,
	    rows[_i].detail, NULL);
	ck_assert_str_eq(world_finding(world, 0)->subject, "example.com");
	world_free(world);
}
END_TEST

/* The root is asked about once, whatever the domain. */
START_TEST(test_root_once)
{
	struct world *world = world_new(VALIDATES "a.test SOA+ ns.test\n"
						  "b.test SOA ns.test\n");
	struct check_plan plan = {
		.domain = "a.test",
		.now_s = WORLD_NOW,
		.only = "dnssec",
	};

	world_plan(world, &plan);
	ck_assert_str_eq(world_finding(world, 0)->reason, "ok");
	plan.domain = "b.test";
	world_plan(world, &plan);
	ck_assert_str_eq(world_finding(world, 0)->reason, "unsigned");
	ck_assert_uint_eq(world_asked(world), 3);
	world_free(world);
}
END_TEST

Suite *
suite_dnssec(void)
{
	Suite *suite = suite_create("dnssec");
	TCase *tcase = tcase_create("dnssec");

	tcase_add_loop_test(tcase, test_dnssec, 0, ROWS(rows));
	tcase_add_test(tcase, test_root_once);
	suite_add_tcase(suite, tcase);
	return suite;
}
