/* helo, told in facts: each row is a name said, a world and the verdict. */
/* SPDX-License-Identifier: MIT */
#include "checks/list.h"
#include "suites.h"
#include "world.h"

#define REV4 "1.2.0.192.in-addr.arpa"
#define REV6                                                              \
	"5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2" \
	".ip6.arpa"
#define FORWARD "out.example A 192.0.2.1\n"
#define LABEL63 \
	"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk"

static const struct {
	const char *why, *address, *helo, *world;
	enum verdict verdict;
	const char *reason, *detail, *cure;
} rows[] = {
	{ "said, published and leading back", "192.0.2.1", "out.example",
	    REV4 " PTR out.example\n" FORWARD, VERDICT_PASS, "ok",
	    "out.example", NULL },
	{ "in another case", "192.0.2.1", "OUT.Example",
	    REV4 " PTR out.example\n" FORWARD, VERDICT_PASS, "ok", "", NULL },
	{ "the second of two PTR names", "192.0.2.1", "out.example",
	    REV4 " PTR a.example\n" REV4 " PTR out.example\n" FORWARD,
	    VERDICT_PASS, "ok", "", NULL },
	{ "v6", "2001:db8::25", "out.example",
	    REV6 " PTR out.example\nout.example AAAA 2001:db8::25\n",
	    VERDICT_PASS, "ok", "", NULL },
	{ "leads back, but the PTR says another", "192.0.2.1", "out.example",
	    REV4 " PTR vps1.isp.example\n" FORWARD, VERDICT_NOTE, "not_ptr",
	    "its PTR is vps1.isp.example", NULL },
	{ "leads back, and there is no PTR", "192.0.2.1", "out.example",
	    FORWARD, VERDICT_NOTE, "not_ptr", "no PTR record", NULL },
	{ "leads elsewhere", "192.0.2.1", "out.example",
	    REV4 " PTR out.example\nout.example A 192.0.2.9\n", VERDICT_NOTE,
	    "mismatch", "does not resolve to this address", NULL },
	{ "has the other family only", "192.0.2.1", "out.example",
	    REV4 " PTR out.example\nout.example AAAA 2001:db8::25\n",
	    VERDICT_NOTE, "mismatch", "", NULL },
	{ "leads nowhere", "192.0.2.1", "out.example",
	    REV4 " PTR out.example\n", VERDICT_WARN, "dangling",
	    "has no address", "out.example. IN A 192.0.2.1" },
	{ "leads nowhere, v6", "2001:db8::25", "out.example", "", VERDICT_WARN,
	    "dangling", "", "out.example. IN AAAA 2001:db8::25" },
	{ "a time-out is not a missing name", "192.0.2.1", "out.example",
	    REV4 " PTR out.example\nout.example A !timeout\n", VERDICT_UNKNOWN,
	    "timeout", "out.example", NULL },
	{ "SERVFAIL of the other family is not none", "192.0.2.1",
	    "out.example",
	    REV4 " PTR out.example\nout.example AAAA !servfail\n",
	    VERDICT_UNKNOWN, "servfail", "out.example", NULL },
	{ "the PTR cannot be told", "192.0.2.1", "out.example",
	    REV4 " PTR !refused\n" FORWARD, VERDICT_UNKNOWN, "refused", REV4,
	    NULL },
	{ "one label", "192.0.2.1", "localhost", "", VERDICT_WARN, "syntax",
	    "\"localhost\"", NULL },
	{ "an address", "192.0.2.1", "[192.0.2.1]", "", VERDICT_WARN, "syntax",
	    "", NULL },
	{ "an underscore", "192.0.2.1", "my_host.example", "", VERDICT_WARN,
	    "syntax", "", NULL },
	{ "an empty label", "192.0.2.1", "out..example", "", VERDICT_WARN,
	    "syntax", "", NULL },
	{ "a hyphen at an end", "192.0.2.1", "out-.example", "", VERDICT_WARN,
	    "syntax", "", NULL },
	{ "a label of 64", "192.0.2.1", LABEL63 "x.example", "", VERDICT_WARN,
	    "syntax", "", NULL },
	{ "a label of 63", "192.0.2.1", LABEL63 ".example",
	    REV4 " PTR " LABEL63 ".example\n" LABEL63 ".example A 192.0.2.1\n",
	    VERDICT_PASS, "ok", "", NULL },
};

static void
run(struct world *world, const char *text, const char *helo)
{
	struct address address;
	struct subject subject = {
		.domain = "example.com",
		.address = &address,
		.helo = helo,
		.now_s = WORLD_NOW,
	};

	ck_assert(address_parse(text, &address));
	world_run(world, &check_helo, &subject);
}

START_TEST(test_helo)
{
	struct world *world = world_new(rows[_i].world);

	run(world, rows[_i].address, rows[_i].helo);
	world_expect(world, rows[_i].why, rows[_i].verdict, rows[_i].reason,
	    rows[_i].detail, rows[_i].cure);
	ck_assert_str_eq(world_finding(world, 0)->subject, rows[_i].address);
	world_free(world);
}
END_TEST

/* A name that nobody knows is no finding, and asks nothing. */
START_TEST(test_not_known)
{
	struct world *world = world_new("");

	run(world, "192.0.2.1", NULL);
	ck_assert_uint_eq(world_asked(world), 0);
	world_free(world);
}
END_TEST

Suite *
suite_helo(void)
{
	Suite *suite = suite_create("helo");
	TCase *tc = tcase_create("helo");

	tcase_add_loop_test(tc, test_helo, 0, ROWS(rows));
	tcase_add_test(tc, test_not_known);
	suite_add_tcase(suite, tc);
	return suite;
}
