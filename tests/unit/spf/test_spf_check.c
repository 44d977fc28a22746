/* The checks spf and spf_sender: each reason from a world that has it. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "checks/list.h"
#include "sendtop/spf.h"
#include "suites.h"
#include "world.h"

enum { ROUNDS_MAX = 60, SMTP = 25 };

static const struct finding *
run(const struct check *check, const char *world, const char *ip,
    struct arena *arena)
{
	struct spf_world *w = spf_world_of(world);
	struct facts *facts = facts_new();
	struct findings found;
	struct address address;
	struct subject subject = { .domain = "a.test" };
	int rounds = 0;

	if (ip != NULL) {
		ck_assert(address_parse(ip, &address));
		subject.address = &address;
	}
	facts_begin(facts, 0);
	findings_init(&found, arena);
	found.subject = &subject;
	found.check = check->name;
	while (check->run(facts, &subject, &found) == CHECK_WAITING) {
		ck_assert_uint_eq(found.count, 0);
		ck_assert_uint_gt(spf_world_answer(w, facts), 0);
		ck_assert_int_lt(++rounds, ROUNDS_MAX);
	}
	ck_assert_uint_eq(found.count, 1);
	facts_free(facts);
	spf_world_free(w);
	return &found.items[0];
}

#define TEN_INCLUDES                                                  \
	"a.test TXT v=spf1 include:b.test include:c.test mx %s-all\n" \
	"a.test MX 1 m.test\n"                                        \
	"b.test TXT v=spf1 exists:%%{i}.x.test exists:%%{i}.y.test "  \
	"exists:%%{i}.z.test -all\n"                                  \
	"c.test TXT v=spf1 redirect=d.test\n"                         \
	"d.test TXT v=spf1 exists:%%{i}.e.test exists:%%{i}.f.test -all\n"

#define ELEVEN_HOSTS                                                      \
	"m.test MX 1 h1.test\nm.test MX 2 h2.test\nm.test MX 3 h3.test\n" \
	"m.test MX 4 h4.test\nm.test MX 5 h5.test\nm.test MX 6 h6.test\n" \
	"m.test MX 7 h7.test\nm.test MX 8 h8.test\nm.test MX 9 h9.test\n" \
	"m.test MX 10 h10.test\nm.test MX 11 h11.test\n"

static const struct {
	const char *world;
	enum verdict verdict;
	const char *reason;
	const char *detail; /* a part of it */
	const char *cure;   /* a part of it; "" none at all */
} rows[] = {
	{ "a.test TXT v=spf1 ip4:192.0.2.1 -all\n", VERDICT_PASS, "ok",
	    "0 of 10 look-ups", "" },
	{ "a.test TXT v=spf1 include:b.test mx -all\n"
	  "a.test MX 1 m.test\n"
	  "b.test TXT v=spf1 a:m.test ~all\n"
	  "m.test A 192.0.2.1\n",
	    VERDICT_PASS, "ok", "3 of 10 look-ups: include:b.test 2, mx 1",
	    "" },
	{ "", VERDICT_FAIL, "missing", "there is no such domain: a.test",
	    "a.test. IN TXT \"v=spf1 mx ~all\"" },
	{ "a.test A 192.0.2.1\n", VERDICT_FAIL, "missing",
	    "a.test has no SPF record", "a.test. IN TXT \"v=spf1 mx ~all\"" },
	/* What was meant as a record keeps its senders. */
	{ "a.test TXT \"v=spf1 ip4:192.0.2.1 -all\"\n", VERDICT_FAIL, "missing",
	    "this is none: \"\"v=spf1 ip4:192.0.2.1 -all\"\"",
	    "IN TXT \"v=spf1 ip4:192.0.2.1 -all\" ; was \"\\\"v=spf1" },
	{ "a.test TXT  v=spf1 ip4:192.0.2.1 -all\n", VERDICT_FAIL, "missing",
	    "this is none", "IN TXT \"v=spf1 ip4:192.0.2.1 -all\" ; was \" v" },
	{ "a.test TXT \"v=spf1 ip4:192.0.2 -all\"\n", VERDICT_FAIL, "missing",
	    "this is none", "IN TXT \"v=spf1 mx ~all\" ; was" },
	/* Behind an alias it is published where that leads. */
	{ "a.test CNAME b.test\nb.test TXT v=spf1 ip4:192.0.2.1 ?all\n",
	    VERDICT_WARN, "neutral_all", "?all",
	    "b.test. IN TXT \"v=spf1 ip4:192.0.2.1 ~all\" ; was \"v=spf1 "
	    "ip4:192.0.2.1 ?all\" ; a.test is an alias of that name" },
	{ "a.test TXT v=spf1mx ~all\n", VERDICT_FAIL, "missing",
	    "this is none: \"v=spf1mx ~all\"", "v=spf1 mx ~all" },
	{ "a.test TXT v=spf1 mx -all\na.test TXT v=spf1 ip4:192.0.2.1 mx ~all\n"
	  "a.test MX 1 m.test\n",
	    VERDICT_FAIL, "multiple", "a.test has 2 SPF records",
	    "\"v=spf1 mx ip4:192.0.2.1 -all\" ; was \"v=spf1 mx -all\" and "
	    "\"v=spf1 ip4:192.0.2.1 mx ~all\"" },
	{ "a.test TXT v=spf1 ip4:1.2.3 -all\n", VERDICT_FAIL, "syntax",
	    "octet 12, \"ip4:1.2.3\": not an IPv4 address", "" },
	{ "a.test TXT v=spf1 ipv4:192.0.2.1 -ipv6:2001:db8::1 -all\n",
	    VERDICT_FAIL, "syntax", "\"ipv4:192.0.2.1\": unknown mechanism",
	    "\"v=spf1 ip4:192.0.2.1 -ip6:2001:db8::1 -all\" ; was" },
	{ "a.test TXT v=spf1 ipv4:192.0.2.1 xipv4:192.0.2.1 -all\n",
	    VERDICT_FAIL, "syntax", "unknown mechanism", "" },
	{ "a.test TXT v=spf1 include:b.test -all\n"
	  "b.test TXT v=spf1 mxx -all\n",
	    VERDICT_FAIL, "syntax",
	    "octet 8 in the record of b.test, \"mxx\": unknown mechanism", "" },
	{ "a.test TXT v=spf1 include:b.test -all\n"
	  "b.test TXT v=spf1 include:c.test -all\n"
	  "c.test TXT v=spf1 include:B.test -all\n",
	    VERDICT_FAIL, "loop",
	    "include:B.test in the record of c.test comes back to itself", "" },
	{ "a.test TXT v=spf1 mx include:a.test -all\na.test MX 1 m.test\n",
	    VERDICT_FAIL, "loop", "include:a.test comes back to itself",
	    "\"v=spf1 mx -all\" ; was \"v=spf1 mx include:a.test -all\"" },
	{ "a.test TXT v=spf1 mx include:b.test -all\na.test MX 1 m.test\n"
	  "b.test TXT hello\n",
	    VERDICT_FAIL, "include_missing",
	    "include:b.test: b.test has no SPF record", "\"v=spf1 mx -all\"" },
	{ "a.test TXT v=spf1 redirect=b.test\n", VERDICT_FAIL,
	    "include_missing", "redirect=b.test: b.test has no SPF record",
	    "" },
	{ "a.test TXT v=spf1 a:n1.test a:n2.test mx:n3.test -all\n",
	    VERDICT_FAIL, "too_many_void",
	    "3 terms name hosts that do not exist, 2 are allowed: a:n1.test, "
	    "a:n2.test, mx:n3.test",
	    "\"v=spf1 mx ~all\" ; was \"v=spf1 a:n1.test" },
	/* A cure that lets nobody pass would stop the domain's own mail. */
	{ "a.test TXT v=spf1 +all\n", VERDICT_FAIL, "plus_all", "+all",
	    "\"v=spf1 mx ~all\" ; was" },
	{ "a.test TXT v=spf1 ptr -all\n", VERDICT_WARN, "ptr_mechanism", "ptr",
	    "\"v=spf1 mx ~all\" ; was" },
	/* The names of one mx, RFC 7208 4.6.4. */
	{ "a.test TXT v=spf1 mx:m.test -all\n" ELEVEN_HOSTS, VERDICT_FAIL,
	    "too_many_lookups", "mx:m.test: m.test has 11 MX hosts", "" },
	{ "a.test TXT v=spf1 a:n1.test a:n2.test mx:n3.test -all\n"
	  "n1.test AAAA 2001:db8::1\n",
	    VERDICT_PASS, "ok", "3 of 10", "" },
	{ "a.test TXT v=spf1 mx +all\na.test MX 1 m.test\n", VERDICT_FAIL,
	    "plus_all", "+all lets every host in the world pass",
	    "\"v=spf1 mx ~all\" ; was \"v=spf1 mx +all\"" },
	{ "a.test TXT v=spf1 include:b.test -all\nb.test TXT v=spf1 all\n",
	    VERDICT_FAIL, "plus_all",
	    "all in the record of b.test lets every host", "" },
	{ "a.test TXT v=spf1 ?include:b.test -all\nb.test TXT v=spf1 all\n",
	    VERDICT_PASS, "ok", "1 of 10", "" },
	{ "a.test TXT v=spf1 mx ptr:a.test -all\na.test MX 1 m.test\n",
	    VERDICT_WARN, "ptr_mechanism", "ptr:a.test is slow",
	    "\"v=spf1 mx -all\"" },
	{ "a.test TXT v=spf1 ip4:192.0.2.1 ?all\n", VERDICT_WARN, "neutral_all",
	    "?all says nothing about other hosts",
	    "\"v=spf1 ip4:192.0.2.1 ~all\"" },
	{ "a.test TXT v=spf1 ip4:192.0.2.1\n", VERDICT_WARN, "no_all",
	    "no all at the end", "\"v=spf1 ip4:192.0.2.1 ~all\"" },
	{ "a.test TXT v=spf1 redirect=b.test\n"
	  "b.test TXT v=spf1 ip4:192.0.2.1\n",
	    VERDICT_WARN, "no_all", "in the record of b.test", "" },
	{ "a.test TXT v=spf1 redirect=b.test\n"
	  "b.test TXT v=spf1 ip4:192.0.2.1 -all\n",
	    VERDICT_PASS, "ok", "redirect=b.test 1", "" },
	{ "a.test TXT v=spf1 ip4:10.0.0.0/8 -all\n", VERDICT_WARN,
	    "unsafe_range", "ip4:10.0.0.0/8 covers more than a /16", "" },
	{ "a.test TXT v=spf1 ip6:2000::/31 -all\n", VERDICT_WARN,
	    "unsafe_range", "covers more than a /32", "" },
	{ "a.test TXT v=spf1 a/15 -all\na.test A 192.0.2.1\n", VERDICT_WARN,
	    "unsafe_range", "a/15 covers more than a /16", "" },
	{ "a.test TXT v=spf1 ip4:10.0.0.0/16 ip6:2000::/32 -ip4:0.0.0.0/0 "
	  "-all\n",
	    VERDICT_PASS, "ok", "0 of 10", "" },
	{ "a.test TXT v=spf1 ip4:10.0.0.0/8 ?all\n", VERDICT_WARN,
	    "neutral_all", "; unsafe_range: ip4:10.0.0.0/8", "" },
	{ "a.test TXT v=spf1 IP4=192.0.2.1 x=y include=b.test -all\n",
	    VERDICT_WARN, "no_effect", "IP4=192.0.2.1 has no effect",
	    "\"v=spf1 IP4:192.0.2.1 x=y include:b.test -all\" ; was" },
	{ "a.test TXT v=spf1 mx ip4=192.0.2 -all\na.test MX 1 m.test\n",
	    VERDICT_WARN, "no_effect", "ip4=192.0.2 has", "" },
	{ "a.test TXT v=spf1 x=y a4=b all=c -all\n", VERDICT_PASS, "ok",
	    "0 of 10", "" },
	{ "a.test TXT v=spf1 -all ptr include:n.test redirect=n.test\n",
	    VERDICT_PASS, "ok", "0 of 10", "" },
	{ "a.test TXT !timeout\n", VERDICT_UNKNOWN, "timeout", "a.test", "" },
	{ "a.test TXT v=spf1 include:b.test -all\nb.test TXT !servfail\n",
	    VERDICT_UNKNOWN, "servfail", "b.test", "" },
	{ "a.test TXT v=spf1 include:b.test ?all\nb.test TXT !timeout\n",
	    VERDICT_WARN, "neutral_all", "?all", "~all" },
};

START_TEST(test_spf)
{
	struct arena *arena = arena_new();
	const struct finding *f = run(&check_spf, rows[_i].world, NULL, arena);

	ck_assert_msg(strcmp(f->reason, rows[_i].reason) == 0,
	    "%s: %s instead of %s (%s)", rows[_i].world, f->reason,
	    rows[_i].reason, f->detail);
	ck_assert_int_eq(f->verdict, rows[_i].verdict);
	ck_assert_msg(
	    strstr(f->detail, rows[_i].detail) != NULL, "%s", f->detail);
	if (rows[_i].cure[0] == '\0')
		ck_assert_msg(
		    rows[_i].verdict == VERDICT_WARN || f->cure[0] == '\0',
		    "%s", f->cure);
	else
		ck_assert_msg(
		    strstr(f->cure, rows[_i].cure) != NULL, "%s", f->cure);
	arena_free(arena);
}
END_TEST

/* 2 includes with 3 and 1 + 2 below, an mx, and as many a as it takes. */
static const struct {
	const char *more;
	enum verdict verdict;
	const char *reason, *detail, *cure;
} limits[] = {
	{ "", VERDICT_NOTE, "near_limit",
	    "9 of 10 look-ups: include:b.test 4, include:c.test 4, mx 1", "" },
	{ "a:o.test ", VERDICT_NOTE, "near_limit", "10 of 10 look-ups",
	    "\"v=spf1 include:b.test include:c.test mx ip4:192.0.2.7 -all\"" },
	{ "a:o.test a:p.test ", VERDICT_FAIL, "too_many_lookups",
	    "11 of 10 look-ups: include:b.test 4, include:c.test 4, mx 1, "
	    "a:o.test 1, a:p.test 1",
	    "mx ip4:192.0.2.7 a:p.test -all\"" },
};

START_TEST(test_limits)
{
	struct arena *arena = arena_new();
	const struct finding *f;
	char *world = arena_printf(arena,
	    TEN_INCLUDES "o.test A 192.0.2.7\n"
			 "p.test A 192.0.2.8\np.test A 192.0.2.9\n",
	    limits[_i].more);

	f = run(&check_spf, world, NULL, arena);
	ck_assert_msg(strcmp(f->reason, limits[_i].reason) == 0, "%s: %s",
	    f->reason, f->detail);
	ck_assert_int_eq(f->verdict, limits[_i].verdict);
	ck_assert_str_eq(f->detail, f->detail);
	ck_assert_msg(
	    strstr(f->detail, limits[_i].detail) == f->detail, "%s", f->detail);
	ck_assert_msg(strstr(f->cure, limits[_i].cure) != NULL, "%s", f->cure);
	arena_free(arena);
}
END_TEST

static const struct {
	const char *world, *ip;
	enum verdict verdict;
	const char *reason, *detail, *cure;
} senders[] = {
	{ "a.test TXT v=spf1 include:b.test -all\n"
	  "b.test TXT v=spf1 ip4:192.0.2.0/24 -all\n",
	    "192.0.2.1", VERDICT_PASS, "pass", "ip4:192.0.2.0/24 of b.test",
	    "" },
	{ "a.test TXT v=spf1 include:b.test mx -all\na.test MX 1 m.test\n"
	  "b.test TXT v=spf1 -all\n",
	    "192.0.2.1", VERDICT_FAIL, "fail", "-all of a.test",
	    "\"v=spf1 ip4:192.0.2.1 include:b.test mx -all\" ; was" },
	{ "a.test TXT v=spf1 ~all\n", "2001:db8::1", VERDICT_WARN, "softfail",
	    "~all of a.test", "v=spf1 ip6:2001:db8::1 ~all" },
	{ "a.test TXT v=spf1 redirect=b.test\nb.test TXT v=spf1\n", "192.0.2.1",
	    VERDICT_WARN, "neutral", "nothing in the record",
	    "v=spf1 ip4:192.0.2.1 redirect=b.test" },
	{ "a.test TXT v=spf1 redirect=b.test\nb.test TXT v=spf1 -all\n",
	    "192.0.2.1", VERDICT_FAIL, "fail", "-all of b.test", "ip4:" },
	{ "", "192.0.2.1", VERDICT_FAIL, "none", "a.test has no SPF record",
	    "a.test. IN TXT \"v=spf1 ip4:192.0.2.1 ~all\"" },
	{ "a.test TXT v=spf1 mxx\n", "192.0.2.1", VERDICT_FAIL, "permerror",
	    "octet 8: unknown mechanism", "" },
	{ "a.test TXT v=spf1 include:b.test -all\nb.test TXT !timeout\n",
	    "192.0.2.1", VERDICT_UNKNOWN, "timeout", "b.test", "" },
	{ "a.test TXT v=spf1 exists:%{l}.%{o} -all\n"
	  "postmaster.a.test A 127.0.0.2\n",
	    "192.0.2.1", VERDICT_PASS, "pass", "exists:", "" },
};

START_TEST(test_sender)
{
	struct arena *arena = arena_new();
	const struct finding *f = run(
	    &check_spf_sender, senders[_i].world, senders[_i].ip, arena);

	ck_assert_msg(strcmp(f->reason, senders[_i].reason) == 0, "%s: %s",
	    f->reason, f->detail);
	ck_assert_int_eq(f->verdict, senders[_i].verdict);
	ck_assert_str_eq(f->subject, senders[_i].ip);
	ck_assert_msg(
	    strstr(f->detail, senders[_i].detail) != NULL, "%s", f->detail);
	ck_assert_msg(strstr(f->cure, senders[_i].cure) != NULL &&
		(senders[_i].cure[0] != '\0') == (f->cure[0] != '\0'),
	    "%s", f->cure);
	arena_free(arena);
}
END_TEST

/* Bounded whatever the records say: every one includes two more. */
START_TEST(test_exponential)
{
	struct arena *arena = arena_new();
	char *world = arena_dup(
	    arena, "a.test TXT v=spf1 include:0.test include:0.test -all\n");
	const struct finding *f;
	int i;

	for (i = 0; i < 14; i++)
		world = arena_printf(arena,
		    "%s%d.test TXT v=spf1 include:%d.test include:%d.test "
		    "-all\n",
		    world, i, i + 1, i + 1);
	f = run(&check_spf, world, NULL, arena);
	ck_assert_int_eq(f->verdict, VERDICT_FAIL);
	arena_free(arena);
}
END_TEST

START_TEST(test_addresses)
{
	static const char world[] =
	    "a.test TXT v=spf1 ip4:192.0.2.1 ip4:192.0.2.0/24 -ip4:192.0.2.9 "
	    "ip6:2001:db8::1 include:b.test ?include:c.test redirect=d.test\n"
	    "b.test TXT v=spf1 ip4:192.0.2.2 ip4:192.0.2.1 mxx\n"
	    "c.test TXT v=spf1 ip4:192.0.2.3 -all\n"
	    "d.test TXT v=spf1 a ip4:192.0.2.4/32 -all\n";
	static const char *const want[] = { "192.0.2.1", "2001:db8::1",
		"192.0.2.2", "192.0.2.4" };
	struct spf_world *w = spf_world_of(world);
	struct facts *facts = facts_new();
	struct arena *arena = arena_new();
	char text[ADDRESS_TEXT_SIZE];
	struct address *found;
	size_t count, i, asked = 0;

	facts_begin(facts, 0);
	while (spf_addresses(facts, "a.test", NULL, arena, &found, &count) ==
	    CHECK_WAITING)
		asked += spf_world_answer(w, facts);
	ck_assert_uint_eq(asked, 4);
	ck_assert_uint_eq(count, 4);
	for (i = 0; i < count; i++)
		ck_assert_str_eq(address_text(&found[i], text), want[i]);
	arena_free(arena);
	facts_free(facts);
	spf_world_free(w);
}
END_TEST

Suite *
suite_spf_check(void)
{
	Suite *suite = suite_create("spf_check");
	TCase *tc = tcase_create("check");

	tcase_add_loop_test(tc, test_spf, 0, ROWS(rows));
	tcase_add_loop_test(tc, test_limits, 0, ROWS(limits));
	tcase_add_loop_test(tc, test_sender, 0, ROWS(senders));
	tcase_add_test(tc, test_exponential);
	tcase_add_test(tc, test_addresses);
	suite_add_tcase(suite, tc);
	return suite;
}
