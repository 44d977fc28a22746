/* ptr, told in facts: each row is a world and what must be said of it. */
/* SPDX-License-Identifier: MIT */
#include "checks/generic.h"
#include "checks/list.h"
#include "suites.h"
#include "world.h"

#define REV4 "1.2.0.192.in-addr.arpa"
#define IP6 "2001:db8::25"
#define REV6                                                              \
	"5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2" \
	".ip6.arpa"
#define PTR4(name) REV4 " PTR " name "\n"

static const struct {
	const char *why, *address, *world;
	enum verdict verdict;
	const char *reason, *detail, *cure;
} rows[] = {
	{ "confirmed", "192.0.2.1",
	    PTR4("out.example") "out.example A 192.0.2.1\n", VERDICT_PASS, "ok",
	    "out.example", NULL },
	{ "confirmed, v6", IP6,
	    REV6 " PTR out.example\nout.example AAAA 2001:db8:0::25\n",
	    VERDICT_PASS, "ok", "out.example", NULL },
	{ "no PTR at all", "192.0.2.1", "", VERDICT_FAIL, "missing", REV4,
	    REV4 ". IN PTR mail.example.com. ; with mail.example.com. IN A "
		 "192.0.2.1" },
	{ "no PTR at all, v6", IP6, "", VERDICT_FAIL, "missing", REV6,
	    "IN AAAA 2001:db8::25" },
	{ "names another host", "192.0.2.1",
	    PTR4("out.example") "out.example A 192.0.2.9\n", VERDICT_FAIL,
	    "mismatch", "out.example", "out.example. IN A 192.0.2.1" },
	{ "has only an address of the other family", "192.0.2.1",
	    PTR4("out.example") "out.example AAAA " IP6 "\n", VERDICT_FAIL,
	    "mismatch", "out.example", "out.example. IN A 192.0.2.1" },
	{ "its name has no address", "192.0.2.1", PTR4("out.example"),
	    VERDICT_FAIL, "dangling", "out.example has no address",
	    "out.example. IN A 192.0.2.1" },
	{ "no name of two has an address", "192.0.2.1",
	    PTR4("a.example") PTR4("b.example"), VERDICT_FAIL, "dangling",
	    "a.example", "" },
	{ "the root as its name", "192.0.2.1", PTR4(""), VERDICT_FAIL,
	    "dangling", ". has no address", NULL },
	{ "second name confirms", "192.0.2.1",
	    PTR4("a.example") PTR4("b.example") "b.example A 192.0.2.1\n",
	    VERDICT_PASS, "ok", "b.example", NULL },
	{ "second address confirms", "192.0.2.1",
	    PTR4("a.example") "a.example A 192.0.2.7\na.example A 192.0.2.1\n",
	    VERDICT_PASS, "ok", "a.example", NULL },
	{ "delegated as RFC 2317 has it", "192.0.2.1",
	    REV4 " CNAME 1.0-25.2.0.192.in-addr.arpa\n"
		 "1.0-25.2.0.192.in-addr.arpa PTR out.example\n"
		 "out.example A 192.0.2.1\n",
	    VERDICT_PASS, "ok", "out.example", NULL },
	{ "delegated, and missing there", "192.0.2.1",
	    REV4 " CNAME 1.0-25.2.0.192.in-addr.arpa\n", VERDICT_FAIL,
	    "missing", "1.0-25.2.0.192.in-addr.arpa has no PTR",
	    "1.0-25.2.0.192.in-addr.arpa. IN PTR mail.example.com. ;" },
	{ "delegated, and a pool's name there", "192.0.2.1",
	    REV4 " CNAME 1.0-25.2.0.192.in-addr.arpa\n"
		 "1.0-25.2.0.192.in-addr.arpa PTR ip-192-0-2-1.isp.example\n"
		 "ip-192-0-2-1.isp.example A 192.0.2.1\n",
	    VERDICT_NOTE, "generic", "",
	    "1.0-25.2.0.192.in-addr.arpa. IN PTR mail.example.com. ; was" },
	{ "its name is an alias that leads back", "192.0.2.1",
	    PTR4("out.example") "out.example CNAME real.example\n"
				"real.example A 192.0.2.1\n",
	    VERDICT_PASS, "ok", "out.example", NULL },
	{ "a pool's name", "192.0.2.1",
	    PTR4("ip-192-0-2-1.isp.example") "ip-192-0-2-1.isp.example A "
					     "192.0.2.1\n",
	    VERDICT_NOTE, "generic", "ip-192-0-2-1.isp.example",
	    REV4 ". IN PTR mail.example.com. ; was ip-192-0-2-1" },
	{ "a pool's name beside a real one", "192.0.2.1",
	    PTR4("ip-192-0-2-1.isp.example")
		PTR4("out.example") "ip-192-0-2-1.isp.example A 192.0.2.1\n"
				    "out.example A 192.0.2.1\n",
	    VERDICT_PASS, "ok", "out.example", NULL },
	{ "ten names are not too many", "192.0.2.1",
	    PTR4("a.example") PTR4("b.example") PTR4("c.example")
		PTR4("d.example") PTR4("e.example") PTR4("f.example")
		    PTR4("g.example") PTR4("h.example") PTR4("i.example")
			PTR4("j.example") "j.example A 192.0.2.1\n",
	    VERDICT_PASS, "ok", "j.example", NULL },
	{ "eleven are", "192.0.2.1",
	    PTR4("a.example") PTR4("b.example") PTR4("c.example")
		PTR4("d.example") PTR4("e.example") PTR4("f.example")
		    PTR4("g.example") PTR4("h.example") PTR4("i.example")
			PTR4("j.example")
			    PTR4("k.example") "a.example A 192.0.2.1\n",
	    VERDICT_NOTE, "too_many", "11 names", NULL },
	{ "the eleventh is not read", "192.0.2.1",
	    PTR4("a.example") PTR4("b.example") PTR4("c.example")
		PTR4("d.example") PTR4("e.example") PTR4("f.example")
		    PTR4("g.example") PTR4("h.example") PTR4("i.example")
			PTR4("j.example")
			    PTR4("k.example") "k.example A 192.0.2.1\n",
	    VERDICT_FAIL, "dangling", "a.example", "" },
	{ "a time-out is not a missing record", "192.0.2.1",
	    REV4 " PTR !timeout\n", VERDICT_UNKNOWN, "timeout", REV4, NULL },
	{ "SERVFAIL neither", "192.0.2.1", REV4 " PTR !servfail\n",
	    VERDICT_UNKNOWN, "servfail", REV4, NULL },
	{ "REFUSED neither", "192.0.2.1", REV4 " PTR !refused\n",
	    VERDICT_UNKNOWN, "refused", REV4, NULL },
	{ "no resolver", "192.0.2.1", REV4 " PTR !unreachable\n",
	    VERDICT_UNKNOWN, "unreachable", REV4, NULL },
	{ "a broken answer", "192.0.2.1", REV4 " PTR !malformed\n",
	    VERDICT_UNKNOWN, "malformed", REV4, NULL },
	{ "nor is a time-out of the forward side", "192.0.2.1",
	    PTR4("out.example") "out.example A !timeout\n", VERDICT_UNKNOWN,
	    "timeout", "out.example", NULL },
	{ "the forward side fails in its own way", "192.0.2.1",
	    PTR4("out.example") "out.example A !servfail\n", VERDICT_UNKNOWN,
	    "servfail", "out.example", NULL },
	{ "one name unsure, one denied", "192.0.2.1",
	    PTR4("a.example") PTR4("b.example") "a.example A 192.0.2.9\n"
						"b.example A !timeout\n",
	    VERDICT_UNKNOWN, "timeout", "b.example", NULL },
	{ "one name unsure, one confirmed", "192.0.2.1",
	    PTR4("a.example") PTR4("b.example") "a.example A 192.0.2.1\n"
						"b.example A !timeout\n",
	    VERDICT_PASS, "ok", "a.example", NULL },
};

START_TEST(test_ptr)
{
	struct world *world = world_new(rows[_i].world);

	world_address(world, &check_ptr, rows[_i].address);
	world_expect(world, rows[_i].why, rows[_i].verdict, rows[_i].reason,
	    rows[_i].detail, rows[_i].cure);
	ck_assert_str_eq(world_finding(world, 0)->subject, rows[_i].address);
	world_free(world);
}
END_TEST

/* An MX host's address need not send: what fails a sender is a note there. */
START_TEST(test_mx_address)
{
	static const char *const worlds[][3] = {
		{ "", "missing", "1.2.0.192.in-addr.arpa. IN PTR mx.example." },
		{ PTR4("out.example"), "dangling", "" },
		{ PTR4("out.example") "out.example A 192.0.2.9\n", "mismatch",
		    "" },
		{ PTR4(
		      "ip-192-0-2-1.example") "ip-192-0-2-1.example A 192.0.2.1\n",
		    "generic", "IN PTR mx.example. ; was ip-192-0-2-1" },
	};
	struct world *world = world_new(worlds[_i][0]);
	struct address address;
	struct subject subject = {
		.domain = "example.com",
		.address = &address,
		.is_mx = true,
		.mx_host = "mx.example",
	};

	ck_assert(address_parse("192.0.2.1", &address));
	world_run(world, &check_ptr, &subject);
	world_expect(world, "MX address", VERDICT_NOTE, worlds[_i][1], "",
	    worlds[_i][2]);
	world_free(world);
}
END_TEST

/* Ten names cost one round, not ten. */
START_TEST(test_rounds)
{
	struct world *world = world_new(
	    PTR4("a.example") PTR4("b.example") "b.example A 192.0.2.1\n");

	world_address(world, &check_ptr, "192.0.2.1");
	ck_assert_uint_eq(world_rounds(world), 2);
	ck_assert_uint_eq(world_asked(world), 3);
	world_free(world);
}
END_TEST

static const struct {
	const char *address, *name;
	bool generic;
} names[] = {
	{ "192.0.2.10", "host-192-0-2-10.isp.example", true },
	{ "192.0.2.10", "192.0.2.10.isp.example", true },
	{ "192.0.2.10", "10.2.0.192.dyn.isp.example", true },
	{ "192.0.2.10", "HOST192_0_2_10.isp.example", true },
	{ "192.0.2.10", "192-000-002-010.isp.example", true },
	{ "192.0.2.10", "ip192000002010.isp.example", true },
	{ "192.0.2.10", "010002000192.isp.example", true },
	{ "192.0.2.10", "ipc000020a.isp.example", true },
	{ "192.0.2.10", "x0a0200c0.isp.example", true },
	{ "203.0.113.25", "c203011325.isp.example", true },
	{ "192.0.2.1", "host-192-0-2-10.isp.example", false },
	{ "192.0.2.1", "mail1.example", false },
	{ "192.0.2.1", "mx2.1.example", false },
	{ "192.0.2.1", "a192b0-2-1.example", true },
	{ "192.0.2.10", "192--0-2-10.example", false },
	{ "192.0.2.10", "mail.example", false },
	{ "192.0.2.10", "", false },
	{ "1.2.3.4", "s1234.example", false },
	{ "2001:db8::25", "2001-db8--25.isp.example", true },
	{ "2001:db8::25", "2001-db8-0-0-0-0-0-25.isp.example", true },
	{ "2001:db8::25", "2001-0db8-0000-0000-0000-0000-0000-0025.isp.example",
	    true },
	{ "2001:db8::25", "20010db8000000000000000000000025.example", true },
	{ "2001:db8::25",
	    "5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2"
	    ".isp.example",
	    true },
	{ "2001:db8::25", "mx25.example", false },
	{ "2001:db8::25", "2001-db8--251.isp.example", false },
	{ "::ffff:192.0.2.10", "ip-192-0-2-10.isp.example", true },
};

START_TEST(test_generic)
{
	struct address address;

	ck_assert(address_parse(names[_i].address, &address));
	ck_assert_msg(
	    generic_name(names[_i].name, &address) == names[_i].generic,
	    "%s %s", names[_i].address, names[_i].name);
}
END_TEST

Suite *
suite_ptr(void)
{
	Suite *suite = suite_create("ptr");
	TCase *tc = tcase_create("ptr");

	tcase_add_loop_test(tc, test_ptr, 0, ROWS(rows));
	tcase_add_loop_test(tc, test_mx_address, 0, 4);
	tcase_add_test(tc, test_rounds);
	tcase_add_loop_test(tc, test_generic, 0, ROWS(names));
	suite_add_tcase(suite, tc);
	return suite;
}
