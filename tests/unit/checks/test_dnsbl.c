/* dnsbl: blocklists that work, and those that must not be believed. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "checks/list.h"
#include "sendtop/settings.h"
#include "suites.h"
#include "world.h"

/* A list that works. */
#define GOOD                              \
	"2.0.0.127.bl.test A 127.0.0.2\n" \
	"test.bl.test A 127.0.0.2\n"
#define V6_TEST \
	"2.0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0"
#define V6_INVALID \
	"1.0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0"
#define V6_OWN "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.6.2"
#define GOOD_V6 GOOD V6_TEST ".bl.test A 127.0.0.2\n"
#define OWN "1.8.8.8.bl.test "

static char zone_name[] = "bl.test";

/* A sender of 8.8.8.1 or 2600::1, or the domain news.example.com. */
enum who {
	V4,
	V6,
	DOMAIN,
};

static const struct {
	const char *why;
	enum who who;
	const char *world;
	int64_t weight;
	enum verdict verdict;
	const char *reason, *detail;
} rows[] = {
	{ "not listed", V4, GOOD, 1, VERDICT_PASS, "ok", "not listed" },
	{ "listed", V4,
	    GOOD OWN "A 127.0.0.4\n" OWN "A 127.0.0.2\n" OWN "TXT see https://"
		     "bl.test/8.8.8.1\n",
	    3, VERDICT_FAIL, "listed",
	    "127.0.0.2, 127.0.0.4: see https://bl.test/8.8.8.1 (weight 3)" },
	{ "listed, and no reason given", V4, GOOD OWN "A 127.0.0.2\n", 1,
	    VERDICT_FAIL, "listed", "127.0.0.2 (weight 1)" },
	{ "listed, and the reason comes too late", V4,
	    GOOD OWN "A 127.0.0.2\n" OWN "TXT !timeout\n", 1, VERDICT_FAIL,
	    "listed", "127.0.0.2 (weight 1)" },
	{ "listed, the reason is hostile", V4,
	    GOOD OWN "A 127.0.0.2\n" OWN "TXT \\027[2Jgone\n", 1, VERDICT_FAIL,
	    "listed", "\\x1b[2Jgone" },
	{ "a list of no weight", V4, GOOD OWN "A 127.0.0.2\n", 0, VERDICT_NOTE,
	    "listed", "(weight 0)" },
	{ "serves no public resolvers", V4,
	    OWN "A 127.255.255.254\n"
		"2.0.0.127.bl.test A 127.255.255.254\n"
		"1.0.0.127.bl.test A 127.255.255.254\n",
	    1, VERDICT_SKIP, "refused", "resolver" },
	{ "too many questions", V4, GOOD OWN "A 127.255.255.255\n", 1,
	    VERDICT_SKIP, "refused", "" },
	{ "REFUSED", V4,
	    "2.0.0.127.bl.test A !refused\n"
	    "1.0.0.127.bl.test A !refused\n" OWN "A !refused\n",
	    1, VERDICT_SKIP, "refused", "" },
	{ "127.0.0.1 is no listing", V4, GOOD OWN "A 127.0.0.1\n", 1,
	    VERDICT_SKIP, "refused", "" },
	{ "lists all the world", V4,
	    GOOD "1.0.0.127.bl.test A 127.0.0.2\n" OWN "A 127.0.0.2\n", 1,
	    VERDICT_SKIP, "broken", "everything" },
	{ "lists nobody any more", V4, OWN "A 127.0.0.2\n", 1, VERDICT_SKIP,
	    "broken", "gone or empty" },
	{ "a parked domain", V4,
	    "2.0.0.127.bl.test A 192.0.2.80\n"
	    "1.0.0.127.bl.test A 192.0.2.80\n" OWN "A 192.0.2.80\n",
	    1, VERDICT_SKIP, "broken", "outside 127.0.0.0/8" },
	{ "a resolver that makes answers up", V4, GOOD OWN "A 192.0.2.80\n", 1,
	    VERDICT_SKIP, "broken", "outside" },
	{ "the address times out", V4, GOOD OWN "A !timeout\n", 1,
	    VERDICT_UNKNOWN, "timeout", "bl.test" },
	{ "the test entry times out", V4,
	    "2.0.0.127.bl.test A !timeout\n" OWN "A 127.0.0.2\n", 1,
	    VERDICT_UNKNOWN, "timeout", "" },
	{ "the other test entry fails", V4,
	    GOOD "1.0.0.127.bl.test A "
		 "!servfail\n" OWN "A 127.0.0.2\n",
	    1, VERDICT_UNKNOWN, "servfail", "" },
	{ "v6 not listed", V6, GOOD_V6, 1, VERDICT_PASS, "ok", "" },
	{ "v6 listed", V6, GOOD_V6 V6_OWN ".bl.test A 127.0.0.3\n", 1,
	    VERDICT_FAIL, "listed", "127.0.0.3" },
	{ "v6 on a list that has no v6", V6,
	    GOOD V6_OWN ".bl.test A 127.0.0.3\n", 1, VERDICT_SKIP, "no_ipv6",
	    "" },
	{ "v6 on a list of all the world", V6,
	    GOOD_V6 V6_INVALID ".bl.test A 127.0.0.2\n", 1, VERDICT_SKIP,
	    "broken", "" },
};

static void
run(struct world *world, enum who who, struct settings_zones *zones)
{
	struct address address;
	struct subject subject = {
		.domain = "news.example.com",
		.lists = zones,
		.now_s = WORLD_NOW,
	};

	if (who != DOMAIN) {
		ck_assert(
		    address_parse(who == V4 ? "8.8.8.1" : "2600::1", &address));
		subject.address = &address;
	}
	world_run(world, &check_dnsbl, &subject);
}

START_TEST(test_list)
{
	struct settings_zone zone = { zone_name, rows[_i].weight };
	struct settings_zones zones = { &zone, 1 };
	struct world *world = world_new(rows[_i].world);

	run(world, rows[_i].who, &zones);
	world_expect(world, rows[_i].why, rows[_i].verdict, rows[_i].reason,
	    rows[_i].detail, NULL);
	ck_assert_str_eq(world_finding(world, 0)->subject,
	    rows[_i].who == V4 ? "8.8.8.1 @ bl.test" : "2600::1 @ bl.test");
	world_free(world);
}
END_TEST

/* The name itself and the one it is registered under. */
START_TEST(test_domain)
{
	struct settings_zone zone = { zone_name, 2 };
	struct settings_zones zones = { &zone, 1 };
	struct world *world = world_new(
	    GOOD "example.com.bl.test A 127.0.1.2\n");
	const struct finding *f;

	run(world, DOMAIN, &zones);
	ck_assert_uint_eq(world_count(world), 2);
	f = world_find(world, "dnsbl", "news.example.com @ bl.test");
	ck_assert_str_eq(f->reason, "ok");
	f = world_find(world, "dnsbl", "example.com @ bl.test");
	ck_assert_str_eq(f->reason, "listed");
	world_free(world);

	world = world_new(GOOD "invalid.bl.test A 127.0.1.2\n");
	run(world, DOMAIN, &zones);
	ck_assert_str_eq(world_finding(world, 0)->reason, "broken");
	world_free(world);
}
END_TEST

/* Three senders on two lists: each test entry is asked for once, and no more
 * than lists times senders besides. */
START_TEST(test_plan)
{
	static char other[] = "other.test";
	struct settings_zone items[] = { { zone_name, 1 }, { other, 1 } };
	struct settings_zones ip_lists = { items, 2 }, domains = { items, 1 };
	const struct check_plan plan = {
		.domain = "example.com",
		.ip_lists = &ip_lists,
		.domain_lists = &domains,
		.now_s = WORLD_NOW,
		.only = "dnsbl",
	};
	struct world *world = world_new(GOOD
	    "2.0.0.127.other.test A 127.0.0.2\n"
	    "example.com TXT v=spf1 ip4:8.8.8.1 ip4:8.8.8.2 ip4:10.0.0.1 -all\n"
	    "2.8.8.8.other.test A 127.0.0.9\n");
	const struct finding *f;

	world_plan(world, &plan);
	/* One SPF record, 2 x 2 test entries and 2 x 2 addresses, the reason
	 * for the listing; 2 test entries and the domain. */
	ck_assert_uint_eq(world_asked(world), 1 + 4 + 4 + 1 + 3);
	ck_assert_uint_eq(world_count(world), 2 * 2 + 1 + 1);
	ck_assert_str_eq(
	    world_finding(world, 0)->subject, "8.8.8.2 @ other.test");
	ck_assert_int_eq(world_finding(world, 0)->verdict, VERDICT_FAIL);
	f = world_find(world, "dnsbl", "10.0.0.1");
	ck_assert_str_eq(f->reason, "special");
	ck_assert_ptr_nonnull(
	    world_find(world, "dnsbl", "example.com @ bl.test"));
	world_free(world);
}
END_TEST

/* Without lists nothing is asked and nothing said. */
START_TEST(test_none)
{
	const struct check_plan plan = {
		.domain = "example.com",
		.now_s = WORLD_NOW,
		.only = "dnsbl",
	};
	struct world *world = world_new("");

	world_plan(world, &plan);
	ck_assert_uint_eq(world_asked(world), 0);
	ck_assert_uint_eq(world_count(world), 0);
	world_free(world);
}
END_TEST

Suite *
suite_dnsbl(void)
{
	Suite *suite = suite_create("dnsbl");
	TCase *tcase = tcase_create("dnsbl");

	tcase_add_loop_test(tcase, test_list, 0, ROWS(rows));
	tcase_add_test(tcase, test_domain);
	tcase_add_test(tcase, test_plan);
	tcase_add_test(tcase, test_none);
	suite_add_tcase(suite, tcase);
	return suite;
}
