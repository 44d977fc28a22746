/* Addresses: what parses, how it is written, what is special. */
/* SPDX-License-Identifier: MIT */
#include "suites.h"

#include "sendtop/address.h"

static const struct {
	const char *text;
	const char *canonical; /* NULL: not an address */
	const char *reverse;
} parses[] = {
	{ "192.0.2.1", "192.0.2.1", "1.2.0.192.in-addr.arpa" },
	{ "0.0.0.0", "0.0.0.0", "0.0.0.0.in-addr.arpa" },
	{ "255.255.255.255", "255.255.255.255",
	    "255.255.255.255.in-addr.arpa" },
	{ "2001:DB8::1", "2001:db8::1",
	    "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2."
	    "ip6.arpa" },
	{ "::ffff:192.0.2.1", "::ffff:192.0.2.1",
	    "1.0.2.0.0.0.0.c.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0."
	    "ip6.arpa" },
	{ "::", "::", NULL },
	{ "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8", NULL },
	{ "1:0:0:2:0:0:0:3", "1:0:0:2::3", NULL },
	{ "", NULL, NULL },
	{ "1.2.3", NULL, NULL },
	{ "1.2.3.4.5", NULL, NULL },
	{ "1.2.3.256", NULL, NULL },
	{ "01.2.3.4", NULL, NULL },
	{ " 1.2.3.4", NULL, NULL },
	{ "1.2.3.4 ", NULL, NULL },
	{ "0x7f.1", NULL, NULL },
	{ "1:2:3:4:5:6:7", NULL, NULL },
	{ "1::2::3", NULL, NULL },
	{ "fe80::1%eth0", NULL, NULL },
	{ "12345::", NULL, NULL },
	{ "::1.2.3", NULL, NULL },
	{ "[::1]", NULL, NULL },
};

START_TEST(test_parse)
{
	struct address a;
	char text[ADDRESS_TEXT_SIZE], reverse[ADDRESS_REVERSE_SIZE];
	bool ok = address_parse(parses[_i].text, &a);

	ck_assert_msg(
	    ok == (parses[_i].canonical != NULL), "%s", parses[_i].text);
	if (!ok)
		return;
	ck_assert_str_eq(address_text(&a, text), parses[_i].canonical);
	if (parses[_i].reverse != NULL)
		ck_assert_str_eq(
		    address_reverse(&a, reverse), parses[_i].reverse);
}
END_TEST

static const struct {
	const char *text;
	int bits; /* -1: not a prefix */
} prefixes[] = {
	{ "192.0.2.0/24", 24 },
	{ "192.0.2.1", 32 },
	{ "192.0.2.1/0", 0 },
	{ "192.0.2.1/32", 32 },
	{ "192.0.2.1/33", -1 },
	{ "192.0.2.1/", -1 },
	{ "192.0.2.1/024", -1 },
	{ "192.0.2.1/-1", -1 },
	{ "192.0.2.1/8/8", -1 },
	{ "/8", -1 },
	{ "2001:db8::", 128 },
	{ "2001:db8::/33", 33 },
	{ "2001:db8::/129", -1 },
	{ "1111:1111:1111:1111:1111:1111:1111:1111:1111:1111/8", -1 },
};

START_TEST(test_prefix)
{
	struct address a;
	unsigned bits = 999;
	bool ok = address_parse_prefix(prefixes[_i].text, &a, &bits);

	ck_assert_msg(ok == (prefixes[_i].bits >= 0), "%s", prefixes[_i].text);
	if (ok)
		ck_assert_int_eq((int)bits, prefixes[_i].bits);
	else
		ck_assert_uint_eq(bits, 999);
}
END_TEST

static const struct {
	const char *address, *net;
	bool in;
} memberships[] = {
	{ "192.0.2.77", "192.0.2.0/24", true },
	{ "192.0.3.77", "192.0.2.0/24", false },
	{ "192.0.3.77", "192.0.2.0/23", true },
	{ "192.0.2.128", "192.0.2.128/25", true },
	{ "192.0.2.127", "192.0.2.128/25", false },
	{ "10.0.0.1", "0.0.0.0/0", true },
	{ "2001:db8:8000::1", "2001:db8::/33", false },
	{ "2001:db8:7fff::1", "2001:db8::/33", true },
	{ "::1", "0.0.0.0/0", false },
	{ "::ffff:192.0.2.1", "192.0.2.0/24", false },
};

START_TEST(test_in)
{
	struct address a, net;
	unsigned bits;

	ck_assert(address_parse(memberships[_i].address, &a));
	ck_assert(address_parse_prefix(memberships[_i].net, &net, &bits));
	ck_assert_msg(address_in(&a, &net, bits) == memberships[_i].in,
	    "%s in %s", memberships[_i].address, memberships[_i].net);
}
END_TEST

static const struct {
	const char *text;
	const char *word; /* NULL: ordinary */
} specials[] = {
	{ "8.8.8.8", NULL },
	{ "9.255.255.255", NULL },
	{ "10.0.0.0", "private" },
	{ "11.0.0.0", NULL },
	{ "0.0.0.0", "unspecified" },
	{ "0.0.0.1", "reserved" },
	{ "100.63.255.255", NULL },
	{ "100.64.0.1", "shared" },
	{ "100.128.0.0", NULL },
	{ "127.0.0.1", "loopback" },
	{ "127.255.255.254", "loopback" },
	{ "169.254.169.254", "link-local" },
	{ "172.15.255.255", NULL },
	{ "172.31.255.255", "private" },
	{ "172.32.0.0", NULL },
	{ "192.0.0.8", "reserved" },
	{ "192.0.1.1", NULL },
	{ "192.0.2.1", "documentation" },
	{ "192.168.1.1", "private" },
	{ "198.17.255.255", NULL },
	{ "198.19.0.1", "benchmarking" },
	{ "198.51.100.1", "documentation" },
	{ "203.0.113.9", "documentation" },
	{ "223.255.255.255", NULL },
	{ "224.0.0.1", "multicast" },
	{ "240.0.0.1", "reserved" },
	{ "255.255.255.255", "broadcast" },
	{ "::", "unspecified" },
	{ "::1", "loopback" },
	{ "::2", "reserved" },
	{ "::ffff:127.0.0.1", "loopback" },
	{ "::ffff:8.8.8.8", NULL },
	{ "64:ff9b::10.0.0.1", "private" },
	{ "64:ff9b::8.8.8.8", NULL },
	{ "64:ff9b:1::1", "private" },
	{ "2002:7f00:1::", "loopback" },
	{ "2002:808:808::1", NULL },
	{ "2001:db8::1", "documentation" },
	{ "2001:2::1", "benchmarking" },
	{ "2001:0:1::", "reserved" },
	{ "2001:200::1", NULL },
	{ "2607:f8b0::1", NULL },
	{ "3fff:fff::1", "documentation" },
	{ "3fff:1000::1", NULL },
	{ "4000::1", "reserved" },
	{ "100::1", "reserved" },
	{ "fd00::1", "private" },
	{ "fe80::1", "link-local" },
	{ "fec0::1", "private" },
	{ "ff02::1", "multicast" },
};

START_TEST(test_special)
{
	struct address a;
	const char *word;

	ck_assert(address_parse(specials[_i].text, &a));
	word = address_special(&a);
	ck_assert_pstr_eq(word, specials[_i].word);
}
END_TEST

START_TEST(test_unmap)
{
	struct address a, b;

	ck_assert(address_parse("::ffff:192.0.2.1", &a));
	ck_assert(address_parse("192.0.2.1", &b));
	ck_assert(!address_equal(&a, &b));
	ck_assert_int_gt(address_compare(&a, &b), 0);
	address_unmap(&a);
	ck_assert(address_equal(&a, &b));
	ck_assert(address_parse("2001:db8::1", &a));
	b = a;
	address_unmap(&b);
	ck_assert(address_equal(&a, &b));
}
END_TEST

START_TEST(test_no_family)
{
	struct address none = { 0 };
	char text[ADDRESS_TEXT_SIZE];

	ck_assert_str_eq(address_text(&none, text), "-");
	ck_assert_str_eq(address_special(&none), "invalid");
}
END_TEST

Suite *
suite_address(void)
{
	Suite *suite = suite_create("address");
	TCase *tc = tcase_create("address");

	tcase_add_loop_test(tc, test_parse, 0, ROWS(parses));
	tcase_add_loop_test(tc, test_prefix, 0, ROWS(prefixes));
	tcase_add_loop_test(tc, test_in, 0, ROWS(memberships));
	tcase_add_loop_test(tc, test_special, 0, ROWS(specials));
	tcase_add_test(tc, test_unmap);
	tcase_add_test(tc, test_no_family);
	suite_add_tcase(suite, tc);
	return suite;
}
