/* Names between text and wire, the question, answers made by hand. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "suites.h"
#include "net/dnswire.h"
#include "sendtop/dns.h"

#define L10 "aaaaaaaaaa"
#define L60 L10 L10 L10 L10 L10 L10
#define L63 L60 "aaa"

static const struct {
	const char *text;
	bool ok;
	const char *back; /* NULL: as it was */
} names[] = {
	{ "example.com", true, NULL },
	{ "example.com.", true, "example.com" },
	{ ".", true, "" },
	{ "", false, NULL },
	{ "..", false, NULL },
	{ ".a", false, NULL },
	{ "a..b", false, NULL },
	{ "a..", false, NULL },
	{ L63 ".b", true, NULL },
	{ L63 "a.b", false, NULL },
	/* 3 x 64 + 62 + 1 = 255 octets, and one more. */
	{ L63 "." L63 "." L63 "." L60 "a", true, NULL },
	{ L63 "." L63 "." L63 "." L60 "a.", true,
	    L63 "." L63 "." L63 "." L60 "a" },
	{ L63 "." L63 "." L63 "." L60 "aa", false, NULL },
	{ L63 "." L63 "." L63 "." L60 ".a", false, NULL },
	{ "_dmarc.Example", true, NULL },
	{ "a\\.b.c", true, NULL },
	{ "a\\046b.c", true, "a\\.b.c" },
	{ "\\065b", true, "Ab" },
	{ "a\\000b", true, NULL },
	{ "a\\255b", true, NULL },
	{ "a\\256b", false, NULL },
	{ "a\\25", false, NULL },
	{ "a\\2x5", false, NULL },
	{ "a\\", false, NULL },
	{ "\\", false, NULL },
	{ "a\\\\b", true, NULL },
	{ "a b\tc", true, "a\\032b\\009c" },
	{ "\xc3\xa9", true, "\\195\\169" },
	{ "*.a", true, NULL },
};

START_TEST(test_name)
{
	struct dnswire_name wire, again;
	char text[DNS_NAME_SIZE];
	size_t pos = 0;
	const char *back = names[_i].back;

	ck_assert_msg(
	    dns_name_ok(names[_i].text) == names[_i].ok, "%s", names[_i].text);
	if (!names[_i].ok)
		return;
	ck_assert(dnswire_name_parse(names[_i].text, &wire));
	ck_assert_uint_eq(dnswire_name_text(&wire, text), strlen(text));
	ck_assert_str_eq(text, back != NULL ? back : names[_i].text);
	ck_assert(dnswire_name_read(wire.octets, wire.len, &pos, &again));
	ck_assert_uint_eq(pos, wire.len);
	ck_assert(dnswire_name_same(&wire, &again));
	ck_assert_mem_eq(wire.octets, again.octets, wire.len);
}
END_TEST

START_TEST(test_query)
{
	static const uint8_t expected[] = "\x12\x34\x01\x20\0\1\0\0\0\0\0\1"
					  "\1a\2bc\0\0\x10\0\1"
					  "\0\0\x29\x04\xd0\0\0\0\0\0\0";
	uint8_t query[DNSWIRE_QUERY_MAX];
	struct dnswire_name name;
	size_t len;

	ck_assert(dnswire_name_parse("a.bc", &name));
	len = dnswire_query(query, &name, DNS_TXT);
	ck_assert_uint_eq(len, sizeof(expected) - 1);
	ck_assert_uint_eq(dnswire_query_set(query, len, 0x1234, true), len);
	ck_assert_mem_eq(query, expected, len);
	ck_assert_uint_eq(
	    dnswire_query_set(query, len, 0x1234, false), len - 11);
	ck_assert_uint_eq(query[11], 0);
	ck_assert_uint_eq(dnswire_query_set(query, len, 1, true), len);
	ck_assert_uint_eq(query[11], 1);
	dnswire_query_unchecked(query);
	ck_assert_uint_eq(query[3], 0x30); /* AD and CD */
}
END_TEST

START_TEST(test_make)
{
	const struct dns_record in[] = {
		{ (const uint8_t *)"a\0b", 3, 0 },
		{ (const uint8_t *)"", 0, 7 },
		{ NULL, 0, 8 },
	};
	struct dns_answer *a = dns_answer_make(in, 3, 77);

	ck_assert_int_eq(a->outcome, DNS_OK);
	ck_assert_uint_eq(a->ttl_s, 77);
	ck_assert_uint_eq(a->count, 3);
	ck_assert_ptr_ne(a->records[0].data, in[0].data);
	ck_assert_mem_eq(a->records[0].data, "a\0b", 4);
	ck_assert_uint_eq(a->records[1].preference, 7);
	ck_assert_uint_eq(a->records[2].data[0], 0);
	free(a);
	a = dns_answer_make(NULL, 0, 5);
	ck_assert_int_eq(a->outcome, DNS_NONE);
	free(a);
	a = dns_answer_empty(DNS_TIMEOUT);
	ck_assert_int_eq(a->outcome, DNS_TIMEOUT);
	ck_assert_uint_eq(a->ttl_s, 0);
	free(a);
}
END_TEST

Suite *
suite_dnsname(void)
{
	Suite *suite = suite_create("dnsname");
	TCase *tc = tcase_create("dnsname");

	tcase_add_loop_test(tc, test_name, 0, ROWS(names));
	tcase_add_test(tc, test_query);
	tcase_add_test(tc, test_make);
	suite_add_tcase(suite, tc);
	return suite;
}
