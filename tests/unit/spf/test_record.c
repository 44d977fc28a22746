/* The grammar of SPF records, row by row, and where each breaks. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checks/spf_parts.h"
#include "sendtop/dns.h"
#include "suites.h"

enum { GOOD = -1 };

/* at: the octet, from 0, that the fault names. */
static const struct {
	const char *text;
	int at;
	const char *why; /* a part of the words */
} grammar[] = {
	{ "v=spf1", GOOD, NULL },
	{ "v=spf1 ", GOOD, NULL },
	{ "V=SPF1  A  -ALL  ", GOOD, NULL },
	{ "v=spf1 a mx ptr ip4:192.0.2.0/24 ip6:2001:db8::/32 ~all", GOOD,
	    NULL },
	{ "v=spf1 a/24 a//64 a/24//64 a:x.test/24//64", GOOD, NULL },
	{ "v=spf1 ip4:192.0.2.1/0 ip6:::/0", GOOD, NULL },
	{ "v=spf1 include:%{d2}.test exists:%{ir}.%{l1r-}._spf.%{d}", GOOD,
	    NULL },
	{ "v=spf1 exp=e.test redirect=r.test x=%{c}%%%_%-", GOOD, NULL },
	{ "v=spf1 a:foo.test. a:foo.1-2 a:foo.xn--p1ai", GOOD, NULL },
	{ "v=spf1 a:foo:bar/baz.test/24", GOOD, NULL },
	{ "v=spf1 all ignored.x=1", GOOD, NULL },

	{ "v=spf1 mxx", 7, "unknown mechanism" },
	{ "v=spf1 -mxx", 8, "unknown mechanism" },
	{ "v=spf1 a,mx", 7, "unknown mechanism" },
	{ "v=spf1 redirect:a.test", 7, "unknown mechanism" },
	{ "v=spf1 +", 8, "unknown mechanism" },
	{ "v=spf1 --all", 8, "unknown mechanism" },
	{ "v=spf1 -all:x", 11, "nothing may follow" },
	{ "v=spf1 all/8", 10, "nothing may follow" },
	{ "v=spf1 include", 14, "must follow" },
	{ "v=spf1 include:", 15, "a domain must follow" },
	{ "v=spf1 exists", 13, "must follow" },
	{ "v=spf1 ptr/0", 10, "cannot stand here" },
	{ "v=spf1 a:", 9, "a domain must follow" },
	{ "v=spf1 a:museum", 9, "top label" },
	{ "v=spf1 a:foo.123", 13, "top label" },
	{ "v=spf1 a:foo.-com", 13, "top label" },
	{ "v=spf1 a:foo.com-", 13, "top label" },
	{ "v=spf1 a:foo..", 13, "top label" },
	{ "v=spf1 a:%{d}com", 13, "top label" },
	{ "v=spf1 a:foo.com:80", 13, "top label" },
	{ "v=spf1 a/33", 9, "0 to 32" },
	{ "v=spf1 a//129", 10, "0 to 128" },
	{ "v=spf1 a/024", 9, "leading zeros" },
	{ "v=spf1 a/99999999999999999999", 9, "0 to 32" },
	{ "v=spf1 a/24/64", 12, "0 to 32" },
	{ "v=spf1 a/24/32", 8, "cannot stand here" },
	{ "v=spf1 a/", 8, "cannot stand here" },
	{ "v=spf1 ip4", 10, "must follow" },
	{ "v=spf1 ip4:", 11, "not an IPv4" },
	{ "v=spf1 ip4:1.2.3", 11, "not an IPv4" },
	{ "v=spf1 ip4:1.2.3.4:25", 11, "not an IPv4" },
	{ "v=spf1 ip4:1.2.3.4//32", 11, "not an IPv4" },
	{ "v=spf1 ip4:::1", 11, "not an IPv4" },
	{ "v=spf1 ip6:1.2.3.4", 11, "not an IPv6" },
	{ "v=spf1 ip6:2001:db8::/129", 22, "0 to 128" },
	{ "v=spf1 ip4:1.2.3.4/32 ip4:1.2.3.4/33", 34, "0 to 32" },
	{ "v=spf1 =all", 7, "starts with a letter" },
	{ "v=spf1 1up=x", 7, "starts with a letter" },
	{ "v=spf1 exp=", 11, "a domain must follow" },
	{ "v=spf1 exp=-all", 11, "top label" },
	{ "v=spf1 redirect=a.test redirect=b.test", 23, "second redirect" },
	{ "v=spf1 exp=a.test exp=a.test", 18, "second exp" },
	{ "v=spf1 x=%a", 9, "not a macro" },
	{ "v=spf1 exists:%{c}.test", 14, "not a macro" },
	{ "v=spf1 exists:%{d0}.test", 14, "not a macro" },
	{ "v=spf1 exists:%{dr1}.test", 14, "not a macro" },
	{ "v=spf1 exists:%{d.test", 14, "not a macro" },
	{ "v=spf1 exists:%{d}.te%", 21, "not a macro" },
	{ "v=spf1 a\tmx", 8, "octet 0x09" },
	{ "v=spf1 \x80"
	  "a mx",
	    7, "octet 0x80" },
	{ "v=spf1 x=a\x7f", 10, "octet 0x7f" },
	{ "v=spf1 -all moo", 12, "unknown mechanism" },
};

START_TEST(test_grammar)
{
	struct spf_span text = { grammar[_i].text, strlen(grammar[_i].text) };
	struct spf_record record;
	struct spf_fault fault;
	bool good = spf_record_parse(text, &record, &fault);

	ck_assert_msg(good == (grammar[_i].at == GOOD), "%s: %s",
	    grammar[_i].text, good ? "accepted" : fault.why);
	if (good)
		return;
	ck_assert_msg((int)fault.at == grammar[_i].at, "%s: fault at %zu (%s)",
	    grammar[_i].text, fault.at, fault.why);
	ck_assert_msg(strstr(fault.why, grammar[_i].why) != NULL, "%s: %s",
	    grammar[_i].text, fault.why);
}
END_TEST

/* NUL is an octet like any other that may not stand in a record. */
START_TEST(test_nul)
{
	static const char octets[] = "v=spf1 a:foo.test\0";
	struct spf_span text = { octets, sizeof(octets) - 1 };
	struct spf_record record;
	struct spf_fault fault;

	ck_assert(!spf_record_parse(text, &record, &fault));
	ck_assert_uint_eq(fault.at, 17);
}
END_TEST

static const struct {
	const char *term;
	enum spf_kind kind;
	enum spf_result qualifier;
	const char *spec;
	unsigned bits4, bits6;
	bool asks;
} terms[] = {
	{ "a", SPF_TERM_A, SPF_PASS, "", 32, 128, true },
	{ "-A:x.test/8//9", SPF_TERM_A, SPF_FAIL, "x.test", 8, 9, true },
	{ "~mx//64", SPF_TERM_MX, SPF_SOFTFAIL, "", 32, 64, true },
	{ "?ptr:x.test", SPF_TERM_PTR, SPF_NEUTRAL, "x.test", 32, 128, true },
	{ "+all", SPF_TERM_ALL, SPF_PASS, "", 32, 128, false },
	{ "ip4:192.0.2.0/24", SPF_TERM_IP4, SPF_PASS, "", 24, 128, false },
	{ "ip6:2001:db8::/32", SPF_TERM_IP6, SPF_PASS, "", 32, 32, false },
	{ "exists:%{i}.x.test", SPF_TERM_EXISTS, SPF_PASS, "%{i}.x.test", 32,
	    128, true },
	{ "REDIRECT=x.test", SPF_TERM_REDIRECT, SPF_NONE, "x.test", 32, 128,
	    true },
	{ "exp=x.test", SPF_TERM_EXP, SPF_NONE, "x.test", 32, 128, false },
	{ "ra=", SPF_TERM_UNKNOWN, SPF_NONE, "", 32, 128, false },
};

START_TEST(test_term)
{
	char octets[128];
	struct spf_span text = { octets, 0 };
	struct spf_term term;
	struct spf_fault fault;
	size_t pos = 0;

	text.len = (size_t)snprintf(
	    octets, sizeof(octets), "v=spf1 %s", terms[_i].term);
	ck_assert_int_eq(spf_record_next(text, &pos, &term, &fault), 1);
	ck_assert_int_eq(term.kind, terms[_i].kind);
	ck_assert_int_eq(term.qualifier, terms[_i].qualifier);
	ck_assert_uint_eq(term.spec.len, strlen(terms[_i].spec));
	ck_assert_int_eq(memcmp(term.spec.s ? term.spec.s : "", terms[_i].spec,
			     term.spec.len),
	    0);
	ck_assert_uint_eq(term.bits4, terms[_i].bits4);
	ck_assert_uint_eq(term.bits6, terms[_i].bits6);
	ck_assert_int_eq(spf_term_asks(&term), terms[_i].asks);
	ck_assert_int_eq(spf_record_next(text, &pos, &term, &fault), 0);
}
END_TEST

START_TEST(test_select)
{
	static const char *const texts[] = { "v=spf10 a", "v=spf1a", "v=spf",
		"V=sPf1 -all", "google-site=1", "v=spf1" };
	struct dns_record records[6];
	struct dns_answer *answer;
	struct spf_span text = { NULL, 0 };
	size_t i;

	for (i = 0; i < 6; i++) {
		records[i].data = (const uint8_t *)texts[i];
		records[i].len = strlen(texts[i]);
		records[i].preference = 0;
	}
	answer = dns_answer_make(records, 6, 60);
	ck_assert_uint_eq(spf_record_select(answer, &text), 2);
	ck_assert_uint_eq(text.len, strlen("V=sPf1 -all"));
	free(answer);
}
END_TEST

/* A name of label repeated n times and a last label. */
static size_t
long_name(char *out, size_t n, const char *last)
{
	size_t i;

	for (i = 0; i < n; i++)
		memcpy(out + i * 8, "abcdefg.", 8);
	memcpy(out + n * 8, last, strlen(last));
	return n * 8 + strlen(last);
}

START_TEST(test_name_fit)
{
	char in[1024], out[SPF_NAME_SIZE];
	size_t len = long_name(in, 40, "test");

	ck_assert(spf_name_fit(out, in, len));
	ck_assert_uint_eq(strlen(out), 31 * 8 + 4);
	ck_assert_int_eq(memcmp(out, "abcdefg.abcdefg.", 16), 0);
	len = long_name(in, 31, "tests");
	ck_assert_uint_eq(len, 253);
	ck_assert(spf_name_fit(out, in, len));
	ck_assert_uint_eq(strlen(out), 253);
	ck_assert(spf_name_fit(out, "a.test.", 7));
	ck_assert_str_eq(out, "a.test");
	memset(in, 'x', sizeof(in));
	ck_assert(!spf_name_fit(out, in, sizeof(in)));
	ck_assert(!spf_name_fit(out, "test", 4));
	ck_assert(!spf_name_fit(out, "a..test", 7));
	ck_assert(!spf_name_fit(out, ".test", 5));
	ck_assert(!spf_name_fit(out, "", 0));
	ck_assert(!spf_name_fit(out, "a\0b.test", 8));
}
END_TEST

START_TEST(test_name_text)
{
	static const char octets[] = "a b.\x96\\x.te/st:1";
	char text[DNS_NAME_SIZE], back[SPF_NAME_SIZE];

	spf_name_text(text, octets, sizeof(octets) - 1);
	ck_assert_str_eq(text, "a\\032b.\\150\\092x.te/st:1");
	ck_assert(spf_name_octets(back, text));
	ck_assert_str_eq(back, octets);
	ck_assert(!spf_name_octets(back, "a\\.b.test"));
	ck_assert(!spf_name_octets(back, "a\\046b.test"));
	ck_assert(!spf_name_octets(back, "a\\000b.test"));
	ck_assert(!spf_name_octets(back, "a\\999b.test"));
	ck_assert(!spf_name_octets(back, "a\\"));
	ck_assert(!spf_name_octets(back, ""));
	ck_assert(spf_name_within("a.B.test", "b.TEST"));
	ck_assert(spf_name_within("b.test", "b.test"));
	ck_assert(!spf_name_within("ab.test", "b.test"));
	ck_assert(!spf_name_within("test", "b.test"));
}
END_TEST

Suite *
suite_record(void)
{
	Suite *suite = suite_create("spf_record");
	TCase *tc = tcase_create("record");

	tcase_add_loop_test(tc, test_grammar, 0, ROWS(grammar));
	tcase_add_loop_test(tc, test_term, 0, ROWS(terms));
	tcase_add_test(tc, test_nul);
	tcase_add_test(tc, test_select);
	tcase_add_test(tc, test_name_fit);
	tcase_add_test(tc, test_name_text);
	suite_add_tcase(suite, tc);
	return suite;
}
