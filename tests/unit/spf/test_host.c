/* check_host() beyond the public suite: errors, the trail, its printing. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sendtop/spf.h"
#include "suites.h"
#include "world.h"

enum { ROUNDS_MAX = 200, TEXT_SIZE = 16384 };

static void
check_host(const char *world, const char *ip, const char *helo,
    const char *from, struct arena *arena, struct spf_outcome *out)
{
	struct spf_world *w = spf_world_of(world);
	struct facts *facts = facts_new();
	struct address address;
	struct spf_request request = {
		.ip = &address, .helo = helo, .mail_from = from
	};
	int rounds = 0;

	ck_assert(address_parse(ip, &address));
	facts_begin(facts, 0);
	while (spf_check_host(facts, &request, arena, out) == CHECK_WAITING) {
		ck_assert_uint_gt(spf_world_answer(w, facts), 0);
		ck_assert_int_lt(++rounds, ROUNDS_MAX);
	}
	facts_free(facts);
	spf_world_free(w);
}

static const struct {
	const char *why, *world, *ip, *helo, *from;
	enum spf_result result;
	const char *problem; /* a part of it */
	enum dns_outcome dns;
} rows[] = {
	{ "a refusal is temporary and says whose", "a.test TXT !servfail\n",
	    "192.0.2.1", "", "x@a.test", SPF_TEMPERROR,
	    "a.test TXT: the server failed", DNS_SERVFAIL },
	{ "so is a time-out below an include",
	    "a.test TXT v=spf1 include:b.test -all\n"
	    "b.test TXT v=spf1 mx -all\n"
	    "b.test MX !timeout\n",
	    "192.0.2.1", "", "x@a.test", SPF_TEMPERROR,
	    "b.test MX: no answer in time", DNS_TIMEOUT },
	{ "what matches before it still passes",
	    "a.test TXT v=spf1 ip4:192.0.2.1 a:b.test -all\n"
	    "b.test A !timeout\n",
	    "192.0.2.1", "", "x@a.test", SPF_PASS, "", DNS_OK },
	{ "none at all", "", "192.0.2.1", "", "x@a.test", SPF_NONE,
	    "a.test has no SPF record", DNS_OK },
	{ "a bare domain",
	    "a.test TXT v=spf1 -exists:%{l}.a.test ?all\n"
	    "postmaster.a.test A 127.0.0.2\n",
	    "192.0.2.1", "", "a.test", SPF_FAIL, "", DNS_OK },
	{ "the HELO name", "a.test TXT v=spf1 ip6:2001:db8::/32 -all\n",
	    "2001:db8::1", "a.test.", "", SPF_PASS, "", DNS_OK },
	{ "neither", "", "192.0.2.1", "", "", SPF_NONE, "not a sender",
	    DNS_OK },
	{ "an IDN goes as A-label", "xn--bcher-kva.test TXT v=spf1 +all\n",
	    "192.0.2.1", "",
	    "x@b\xc3\xbc"
	    "cher.test",
	    SPF_PASS, "", DNS_OK },
	{ "the last at divides",
	    "a.test TXT v=spf1 exists:%{l}.a.test -all\n"
	    "x@y.a.test A 127.0.0.2\n",
	    "192.0.2.1", "", "x@y@a.test", SPF_PASS, "", DNS_OK },
	{ "redirect to nothing", "a.test TXT v=spf1 redirect=b.test\n",
	    "192.0.2.1", "", "x@a.test", SPF_PERMERROR,
	    "b.test has no SPF record", DNS_OK },
	{ "a fault has its place and record",
	    "a.test TXT v=spf1 include:b.test -all\n"
	    "b.test TXT v=spf1 ip4:1.2.3 -all\n",
	    "192.0.2.1", "", "x@a.test", SPF_PERMERROR,
	    "the record of b.test, at octet 12: not an IPv4 address", DNS_OK },
	{ "mx hosts without any address are one void look-up",
	    "a.test TXT v=spf1 mx a:n1.test a:n2.test ?all\n"
	    "a.test MX 1 m1.test\na.test MX 2 m2.test\n",
	    "192.0.2.1", "", "x@a.test", SPF_PERMERROR,
	    "more than 2 void look-ups", DNS_OK },
	{ "the order of mx hosts does not hide an error",
	    "a.test TXT v=spf1 mx -all\n"
	    "a.test MX 1 m1.test\na.test MX 2 m2.test\n"
	    "m1.test A !timeout\nm2.test A 192.0.2.1\n",
	    "192.0.2.1", "", "x@a.test", SPF_TEMPERROR, "m1.test A",
	    DNS_TIMEOUT },
	{ "nor does it when the matching host is known before",
	    "a.test TXT v=spf1 include:b.test mx -all\n"
	    "b.test TXT v=spf1 -a:m2.test ?all\n"
	    "a.test MX 1 m1.test\na.test MX 2 m2.test\n"
	    "m1.test A !timeout\nm2.test A 192.0.2.1\n",
	    "192.0.2.1", "", "x@a.test", SPF_TEMPERROR, "m1.test A",
	    DNS_TIMEOUT },
	{ "the own name is the best for a macro, then one below it",
	    "a.test TXT v=spf1 exists:%{p}.p.test include:b.a.test -all\n"
	    "b.a.test TXT v=spf1 exists:%{p}.q.test -all\n"
	    "1.2.0.192.in-addr.arpa PTR other.test\n"
	    "1.2.0.192.in-addr.arpa PTR h.b.a.test\n"
	    "1.2.0.192.in-addr.arpa PTR a.test\n"
	    "1.2.0.192.in-addr.arpa PTR z.other.test\n"
	    "other.test A 192.0.2.1\nh.b.a.test A 192.0.2.1\n"
	    "a.test A 192.0.2.1\nz.other.test A 192.0.2.1\n"
	    "h.b.a.test.q.test A 127.0.0.2\n"
	    "other.test.p.test A 127.0.0.2\n"
	    "z.other.test.p.test A 127.0.0.2\n"
	    "h.b.a.test.p.test A 127.0.0.2\n"
	    "a.test.p.test A !servfail\n",
	    "192.0.2.1", "", "x@a.test", SPF_TEMPERROR, "a.test.p.test A",
	    DNS_SERVFAIL },
	{ "below the own name",
	    "a.test TXT v=spf1 exists:%{p}.p.test -all\n"
	    "1.2.0.192.in-addr.arpa PTR other.test\n"
	    "1.2.0.192.in-addr.arpa PTR h.a.test\n"
	    "1.2.0.192.in-addr.arpa PTR z.other.test\n"
	    "other.test A 192.0.2.1\nh.a.test A 192.0.2.1\n"
	    "z.other.test A 192.0.2.1\n"
	    "h.a.test.p.test A 127.0.0.2\n",
	    "192.0.2.1", "", "x@a.test", SPF_PASS, "", DNS_OK },
	{ "errors of ptr are nothing",
	    "a.test TXT v=spf1 ptr ?all\n"
	    "1.2.0.192.in-addr.arpa PTR !servfail\n",
	    "192.0.2.1", "", "x@a.test", SPF_NEUTRAL, "", DNS_OK },
	{ "a PTR name below, its neighbour not to be told",
	    "a.test TXT v=spf1 ptr -all\n"
	    "1.2.0.192.in-addr.arpa PTR bad.test\n"
	    "1.2.0.192.in-addr.arpa PTR h.a.test\n"
	    "bad.test A !timeout\nh.a.test A 192.0.2.1\n",
	    "192.0.2.1", "", "x@a.test", SPF_PASS, "", DNS_OK },
};

START_TEST(test_host)
{
	struct arena *arena = arena_new();
	struct spf_outcome out;

	check_host(rows[_i].world, rows[_i].ip, rows[_i].helo, rows[_i].from,
	    arena, &out);
	ck_assert_msg(out.result == rows[_i].result, "%s: %s (%s)",
	    rows[_i].why, spf_result_name(out.result), out.problem);
	ck_assert_msg(strstr(out.problem, rows[_i].problem) != NULL &&
		(rows[_i].problem[0] != '\0') == (out.problem[0] != '\0'),
	    "%s: %s", rows[_i].why, out.problem);
	ck_assert_int_eq(out.dns, rows[_i].dns);
	arena_free(arena);
}
END_TEST

/* The words of a record that is included are not ours. */
START_TEST(test_include_explains_nothing)
{
	struct arena *arena = arena_new();
	struct spf_outcome out;

	check_host("a.test TXT v=spf1 include:b.test -all\n"
		   "b.test TXT v=spf1 -all exp=e.test\n"
		   "e.test TXT not ours\n",
	    "192.0.2.1", "", "x@a.test", arena, &out);
	ck_assert_int_eq(out.result, SPF_FAIL);
	ck_assert_str_eq(out.explanation, "");
	arena_free(arena);
}
END_TEST

/* Nothing that is not needed is asked for. */
START_TEST(test_lazy)
{
	struct arena *arena = arena_new();
	struct spf_outcome out;

	check_host("a.test TXT v=spf1 ip4:192.0.2.1 include:b.test -all\n",
	    "192.0.2.1", "", "x@a.test", arena, &out);
	ck_assert_int_eq(out.result, SPF_PASS);
	ck_assert_uint_eq(out.lookups, 0);
	ck_assert_uint_eq(out.step_count, 1);
	arena_free(arena);
}
END_TEST

/* The printed trail of a world, whole. */
static const struct {
	const char *world, *ip, *from, *text;
} prints[] = {
	{ "a.test TXT v=spf1 a:one.a.test include:b.test exp=e.a.test -all\n"
	  "one.a.test A 192.0.2.9\n"
	  "e.a.test TXT go\\x09away\n"
	  "e.a.test TXT !none\n"
	  "b.test TXT v=spf1 mx/24 ~all\n",
	    "198.51.100.1", "x@a.test",
	    "result: fail\n"
	    "look-ups: 3 of 10, void: 1 of 2\n"
	    "a.test\n"
	    "   1  a:one.a.test                      no match: 192.0.2.9\n"
	    "   2  include:b.test                    no match: softfail\n"
	    "  b.test\n"
	    "     3  mx/24                             no match: no MX record\n"
	    "        ~all                              matched\n"
	    "a.test\n"
	    "      -all                              matched\n"
	    "could be saved: a:one.a.test names one address;\n"
	    "  ip4:192.0.2.9 needs no look-up\n" },
	{ "a.test TXT v=spf1 -all exp=e.a.test\n"
	  "e.a.test TXT %{i} may not send as %{s}\n",
	    "198.51.100.1", "\xe2\x80\xaex@a.test",
	    "result: fail\n"
	    "explanation: 198.51.100.1 may not send as \\u{202e}x@a.test\n"
	    "look-ups: 0 of 10, void: 0 of 2\n"
	    "a.test\n"
	    "      -all                              matched\n" },
	{ "a.test TXT v=spf1 a:\\x1b[31m.a.test -all\n", "198.51.100.1",
	    "x@a.test",
	    "result: permerror\n"
	    "problem: the record of a.test, at octet 10: octet 0x1b is not "
	    "allowed\n"
	    "look-ups: 0 of 10, void: 0 of 2\n" },
	{ "a.test TXT v=spf1 ip4:192.0.2.1 ip4:192.0.2.2 ip4:192.0.2.3 "
	  "ip6:2001:db8::1 ip4:198.51.100.0/24 -all\n",
	    "198.51.100.1", "x@a.test",
	    "result: pass\n"
	    "look-ups: 0 of 10, void: 0 of 2\n"
	    "a.test\n"
	    "      4 ip4 and ip6 terms               no match\n"
	    "      ip4:198.51.100.0/24               matched\n" },
};

static void
print_text(const struct spf_outcome *out, char text[TEXT_SIZE])
{
	FILE *file = fmemopen(text, TEXT_SIZE, "w");

	ck_assert_ptr_nonnull(file);
	spf_print(file, out);
	fclose(file);
}

START_TEST(test_print)
{
	struct arena *arena = arena_new();
	char text[TEXT_SIZE] = "";
	struct spf_outcome out;

	check_host(
	    prints[_i].world, prints[_i].ip, "", prints[_i].from, arena, &out);
	print_text(&out, text);
	ck_assert_str_eq(text, prints[_i].text);
	arena_free(arena);
}
END_TEST

/* However long and deep, no line of the trail is wider than 80 columns. */
START_TEST(test_print_width)
{
	static const char label[] =
	    "a123456789.a123456789.a123456789.a123456789.a123456789.test";
	struct arena *arena = arena_new();
	char text[TEXT_SIZE] = "", world[TEXT_SIZE] = "", *line, *rest = text;
	struct spf_outcome out;
	size_t len = 0;
	int i;

	for (i = 0; i < 10; i++)
		len += (size_t)snprintf(world + len, sizeof(world) - len,
		    "%d.%s TXT v=spf1 redirect=%d.%s\n", i, label, i + 1,
		    label);
	snprintf(world + len, sizeof(world) - len,
	    "10.%s TXT v=spf1 ip4:192.0.2.1 -all\n", label);
	check_host(world, "192.0.2.1", "",
	    "0.a123456789.a123456789.a123456789.a123456789.a123456789.test",
	    arena, &out);
	ck_assert_int_eq(out.result, SPF_PASS);
	ck_assert_uint_eq(out.lookups, 10);
	print_text(&out, text);
	while ((line = strsep(&rest, "\n")) != NULL)
		ck_assert_msg(
		    strlen(line) <= 80, "%zu: %s", strlen(line), line);
	arena_free(arena);
}
END_TEST

/* A record of the largest size that DNS carries, thousands of terms. */
START_TEST(test_large)
{
	enum { TERMS = 6500 };
	struct arena *arena = arena_new();
	char *world = mem_alloc(TERMS * 16);
	size_t len = (size_t)snprintf(world, 64, "a.test TXT v=spf1");
	struct spf_outcome out;
	int i;

	for (i = 0; i < TERMS - 100; i++) {
		memcpy(world + len, " ip6:::1", 8);
		len += 8;
	}
	memcpy(world + len, " -all", 6);
	check_host(world, "192.0.2.1", "", "x@a.test", arena, &out);
	ck_assert_int_eq(out.result, SPF_FAIL);
	ck_assert_uint_le(out.step_count, 400);
	ck_assert_str_eq(out.steps[out.step_count - 1].term, "-all");
	ck_assert(out.steps[out.step_count - 1].matched);
	free(world);
	arena_free(arena);
}
END_TEST

Suite *
suite_host(void)
{
	Suite *suite = suite_create("spf_host");
	TCase *tc = tcase_create("host");

	tcase_add_loop_test(tc, test_host, 0, ROWS(rows));
	tcase_add_loop_test(tc, test_print, 0, ROWS(prints));
	tcase_add_test(tc, test_include_explains_nothing);
	tcase_add_test(tc, test_lazy);
	tcase_add_test(tc, test_print_width);
	tcase_add_test(tc, test_large);
	suite_add_tcase(suite, tc);
	return suite;
}
