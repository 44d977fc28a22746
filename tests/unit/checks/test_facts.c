/* The cache of facts: what is asked, kept, dropped and counted. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "sendtop/dns.h"
#include "sendtop/facts.h"
#include "sendtop/https.h"
#include "sendtop/smtp.h"
#include "suites.h"

enum { NOW = 1000000, TTL = 300 };

static struct facts *facts;
static const struct fact_want *wants;

static void
setup(void)
{
	facts = facts_new();
	facts_begin(facts, NOW);
}

static void
teardown(void)
{
	facts_free(facts);
}

static struct dns_answer *
text_answer(const char *text, uint32_t ttl_s)
{
	struct dns_record record = {
		.data = (const uint8_t *)text,
		.len = strlen(text),
	};

	return dns_answer_make(&record, 1, ttl_s);
}

START_TEST(test_asked_once)
{
	ck_assert_ptr_null(facts_dns(facts, "a.example", DNS_TXT));
	ck_assert_ptr_null(facts_dns(facts, "A.Example.", DNS_TXT));
	ck_assert_ptr_null(facts_dns(facts, "a.example", DNS_A));
	ck_assert_uint_eq(facts_wanted(facts, &wants), 2);
	ck_assert_str_eq(wants[0].name, "a.example");
	ck_assert_int_eq(wants[0].kind, FACT_DNS);
	ck_assert_int_eq(wants[0].type, DNS_TXT);
	ck_assert_int_eq(wants[1].type, DNS_A);
	/* Still wanted, but on its way. */
	ck_assert_ptr_null(facts_dns(facts, "a.example", DNS_TXT));
	ck_assert_uint_eq(facts_wanted(facts, &wants), 0);
	facts_put_dns(facts, "A.example", DNS_TXT, text_answer("x", TTL));
	ck_assert_ptr_nonnull(facts_dns(facts, "a.EXAMPLE.", DNS_TXT));
	ck_assert_uint_eq(facts_wanted(facts, &wants), 0);
	ck_assert_uint_eq(facts_count(facts), 1);
}
END_TEST

START_TEST(test_answered_before_reported)
{
	ck_assert_ptr_null(facts_dns(facts, "a.example", DNS_TXT));
	facts_put_dns(facts, "a.example", DNS_TXT, text_answer("x", TTL));
	ck_assert_uint_eq(facts_wanted(facts, &wants), 0);
}
END_TEST

static const char *
text_of(const char *name, enum dns_type type)
{
	const struct dns_answer *a = facts_dns(facts, name, type);

	return a != NULL ? (const char *)a->records[0].data : "";
}

/* A want is answered by its id, once; by its name where the id is another's,
 * or that of an earlier pass. */
START_TEST(test_answer_to_want)
{
	struct fact_want a = { .id = 99 }, b = { .id = 99 };

	facts_dns(facts, "a.example", DNS_TXT);
	facts_dns_cd(facts, "b.example", DNS_TXT);
	ck_assert_uint_eq(facts_wanted(facts, &wants), 2);
	a = wants[0];
	b = wants[1];
	facts_answer_dns(facts, &a, text_answer("one", TTL));
	facts_answer_dns(facts, &a, text_answer("two", TTL));
	ck_assert_str_eq(text_of("a.example", DNS_TXT), "one");
	ck_assert_ptr_null(facts_dns_cd(facts, "b.example", DNS_TXT));
	ck_assert_uint_eq(facts_count(facts), 1);
	b.name = "c.example";
	facts_answer_dns(facts, &b, text_answer("three", TTL));
	ck_assert_ptr_null(facts_dns_cd(facts, "b.example", DNS_TXT));
	ck_assert_ptr_nonnull(facts_dns_cd(facts, "c.example", DNS_TXT));
	facts_begin(facts, NOW + TTL);
	b.name = "b.example";
	facts_answer_dns(facts, &b, text_answer("four", TTL));
	ck_assert_ptr_nonnull(facts_dns_cd(facts, "b.example", DNS_TXT));
	ck_assert_ptr_null(facts_dns(facts, "d.example", DNS_TXT));
	b.id = 0;
	facts_answer_dns(facts, &b, text_answer("five", TTL));
	ck_assert_ptr_null(facts_dns(facts, "d.example", DNS_TXT));
	ck_assert_uint_eq(facts_count(facts), 1);
}
END_TEST

static const struct {
	const char *name;
	enum dns_outcome outcome;
} bad[] = {
	{ "", DNS_BAD_NAME },
	{ "..", DNS_BAD_NAME },
	{ "a..b", DNS_BAD_NAME },
	{ ".a", DNS_BAD_NAME },
	{ "0123456789012345678901234567890123456789012345678901234567890123",
	    DNS_BAD_NAME },
};

START_TEST(test_bad_names)
{
	const struct dns_answer *a = facts_dns(facts, bad[_i].name, DNS_TXT);

	ck_assert_ptr_nonnull(a);
	ck_assert_int_eq(a->outcome, DNS_BAD_NAME);
	ck_assert_uint_eq(facts_wanted(facts, &wants), 0);
}
END_TEST

START_TEST(test_very_long_name)
{
	char name[5000];
	const struct dns_answer *a;

	memset(name, 'a', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	a = facts_dns(facts, name, DNS_TXT);
	ck_assert_ptr_nonnull(a);
	ck_assert_int_eq(a->outcome, DNS_BAD_NAME);
	facts_put_dns(facts, name, DNS_TXT, text_answer("x", TTL));
	ck_assert_uint_eq(facts_count(facts), 0);
}
END_TEST

/* What was handed out stays good to the end of the pass. */
START_TEST(test_first_answer_stays)
{
	const struct dns_answer *a;

	facts_put_dns(facts, "a.example", DNS_TXT, text_answer("one", TTL));
	a = facts_dns(facts, "a.example", DNS_TXT);
	facts_put_dns(facts, "a.example", DNS_TXT, text_answer("two", TTL));
	ck_assert_ptr_eq(facts_dns(facts, "a.example", DNS_TXT), a);
	ck_assert_str_eq((const char *)a->records[0].data, "one");
	ck_assert_uint_eq(facts_count(facts), 1);
}
END_TEST

static bool
known(const char *name)
{
	return facts_dns(facts, name, DNS_TXT) != NULL;
}

START_TEST(test_ttl)
{
	struct dns_answer *none = dns_answer_empty(DNS_NONE);

	none->ttl_s = TTL;
	facts_put_dns(facts, "ok.example", DNS_TXT, text_answer("x", TTL));
	facts_put_dns(facts, "zero.example", DNS_TXT, text_answer("x", 0));
	facts_put_dns(facts, "none.example", DNS_TXT, none);
	facts_put_dns(
	    facts, "long.example", DNS_TXT, text_answer("x", UINT32_MAX));
	facts_put_dns(
	    facts, "error.example", DNS_TXT, dns_answer_empty(DNS_TIMEOUT));
	ck_assert(known("zero.example"));
	ck_assert_uint_eq(facts_count(facts), 5);
	facts_begin(facts, NOW);
	ck_assert(!known("zero.example"));
	ck_assert(known("error.example"));
	facts_begin(facts, NOW + 59);
	ck_assert(known("error.example"));
	facts_begin(facts, NOW + 60);
	ck_assert(!known("error.example"));
	facts_begin(facts, NOW + TTL - 1);
	ck_assert(known("ok.example"));
	ck_assert(known("none.example"));
	facts_begin(facts, NOW + TTL);
	ck_assert(!known("ok.example"));
	ck_assert(!known("none.example"));
	facts_begin(facts, NOW + 86399);
	ck_assert(known("long.example"));
	facts_begin(facts, NOW + 86400);
	ck_assert_uint_eq(facts_count(facts), 0);
}
END_TEST

/* A clock that is set back a year must not keep a fact for a year. */
START_TEST(test_clock_back)
{
	facts_put_dns(facts, "a.example", DNS_TXT, text_answer("x", TTL));
	facts_begin(facts, NOW - 365 * 86400);
	ck_assert(!known("a.example"));
}
END_TEST

/* A want that nobody answered is wanted anew in the next pass. */
START_TEST(test_unanswered)
{
	ck_assert(!known("a.example"));
	ck_assert_uint_eq(facts_wanted(facts, &wants), 1);
	facts_begin(facts, NOW + 1);
	ck_assert_uint_eq(facts_wanted(facts, &wants), 0);
	ck_assert(!known("a.example"));
	ck_assert_uint_eq(facts_wanted(facts, &wants), 1);
}
END_TEST

static const struct address v4 = { .family = 4, .bytes = { 192, 0, 2, 1 } };
static const struct address v4_other = { .family = 4,
	.bytes = { 192, 0, 2, 2 } };
static const struct address v6 = { .family = 6,
	.bytes = { 0x20, 1, 0xd, 0xb8, [15] = 1 } };

static struct smtp_session *
session(enum smtp_outcome outcome)
{
	const struct smtp_session from = {
		.outcome = outcome,
		.phase = "quit",
		.greeting = "220 hello",
		.reply = "",
		.ehlo = "",
		.tls_error = "",
		.tls_name = "",
		.cipher = "",
		.trust_error = "",
		.cert_subject = "",
		.cert_issuer = "",
		.cert_names = "",
		.key_type = "",
	};

	return smtp_session_make(&from);
}

START_TEST(test_smtp)
{
	ck_assert_ptr_null(facts_smtp(facts, "MX.example", &v4));
	ck_assert_ptr_null(facts_smtp(facts, "mx.example", &v4));
	ck_assert_ptr_null(facts_smtp(facts, "mx.example", &v4_other));
	ck_assert_ptr_null(facts_smtp(facts, "mx.example", &v6));
	ck_assert_uint_eq(facts_wanted(facts, &wants), 3);
	ck_assert_int_eq(wants[0].kind, FACT_SMTP);
	ck_assert_str_eq(wants[0].name, "mx.example");
	ck_assert(address_equal(&wants[2].address, &v6));
	facts_put_smtp(facts, "mx.example", &v4, session(SMTP_OK));
	facts_put_smtp(facts, "mx.example", &v6, session(SMTP_TIMEOUT));
	ck_assert_str_eq(
	    facts_smtp(facts, "mx.example", &v4)->greeting, "220 hello");
	ck_assert_ptr_null(facts_smtp(facts, "mx.example", &v4_other));
	facts_begin(facts, NOW + 60);
	ck_assert_ptr_null(facts_smtp(facts, "mx.example", &v6));
	ck_assert_ptr_nonnull(facts_smtp(facts, "mx.example", &v4));
	facts_begin(facts, NOW + 3600);
	ck_assert_ptr_null(facts_smtp(facts, "mx.example", &v4));
	/* A host that is no name must not be waited for. */
	ck_assert_int_eq(facts_smtp(facts, "", &v4)->outcome, SMTP_MALFORMED);
}
END_TEST

START_TEST(test_forget_smtp)
{
	facts_put_smtp(facts, "mx.example", &v4, session(SMTP_OK));
	facts_put_dns(facts, "a.example", DNS_TXT, text_answer("x", TTL));
	facts_forget_smtp(facts);
	ck_assert_ptr_nonnull(facts_smtp(facts, "mx.example", &v4));
	facts_begin(facts, NOW + 1);
	ck_assert_ptr_null(facts_smtp(facts, "mx.example", &v4));
	ck_assert(known("a.example"));
	facts_put_smtp(facts, "mx.example", &v4, session(SMTP_OK));
	facts_begin(facts, NOW + 2);
	ck_assert_ptr_nonnull(facts_smtp(facts, "mx.example", &v4));
}
END_TEST

/* With and without checking are two questions; the root is a name. */
START_TEST(test_unchecked)
{
	ck_assert_ptr_null(facts_dns(facts, ".", DNS_SOA));
	ck_assert_ptr_null(facts_dns_cd(facts, "A.example.", DNS_SOA));
	ck_assert_ptr_null(facts_dns(facts, "a.example", DNS_SOA));
	ck_assert_uint_eq(facts_wanted(facts, &wants), 3);
	ck_assert_str_eq(wants[0].name, ".");
	ck_assert_int_eq(wants[1].kind, FACT_DNS_CD);
	ck_assert_str_eq(wants[1].name, "a.example");
	ck_assert_int_eq(wants[2].kind, FACT_DNS);
	facts_put_dns_cd(facts, "a.example", DNS_SOA, text_answer("x", TTL));
	ck_assert_ptr_null(facts_dns(facts, "a.example", DNS_SOA));
	ck_assert_ptr_nonnull(facts_dns_cd(facts, "a.example", DNS_SOA));
	facts_put_dns(facts, ".", DNS_SOA, text_answer("x", TTL));
	ck_assert_ptr_nonnull(facts_dns(facts, ".", DNS_SOA));
	facts_begin(facts, NOW + TTL);
	ck_assert_ptr_null(facts_dns_cd(facts, "a.example", DNS_SOA));
}
END_TEST

static struct smtp_session *
no_connection(void)
{
	struct smtp_session *made = session(SMTP_TIMEOUT);

	made->phase = "connect";
	return made;
}

START_TEST(test_egress)
{
	ck_assert_ptr_null(facts_egress(facts));
	ck_assert_uint_eq(facts_wanted(facts, &wants), 1);
	ck_assert_int_eq(wants[0].kind, FACT_EGRESS);
	facts_settle_egress(facts);
	ck_assert_int_eq(facts_egress(facts)->state, EGRESS_UNTOLD);

	/* The next pass asks anew. */
	facts_begin(facts, NOW + 1);
	ck_assert_ptr_null(facts_egress(facts));
	facts_put_smtp(facts, "a.example", &v4, no_connection());
	facts_put_smtp(facts, "b.example", &v4, no_connection());
	facts_put_smtp(facts, "b.example", &v6, no_connection());
	facts_put_smtp(facts, "c.example", &v4, session(SMTP_NETWORK));
	ck_assert_ptr_null(facts_egress(facts));
	facts_settle_egress(facts);
	ck_assert_int_eq(facts_egress(facts)->state, EGRESS_UNTOLD);

	facts_begin(facts, NOW + 2);
	facts_put_smtp(facts, "d.example", &v4, no_connection());
	facts_settle_egress(facts);
	ck_assert_int_eq(facts_egress(facts)->state, EGRESS_BLOCKED);
	ck_assert_uint_eq(facts_egress(facts)->tried, 4);

	/* One word out of a server tells at once, and for an hour. */
	facts_begin(facts, NOW + 3);
	facts_put_smtp(facts, "e.example", &v4, session(SMTP_REJECTED));
	ck_assert_int_eq(facts_egress(facts)->state, EGRESS_OPEN);
	facts_begin(facts, NOW + 3599);
	ck_assert_int_eq(facts_egress(facts)->state, EGRESS_OPEN);
	facts_begin(facts, NOW + 3603);
	ck_assert_ptr_null(facts_egress(facts));
}
END_TEST

static struct https_answer *
page(enum https_outcome outcome, const char *body, size_t len)
{
	const struct https_answer from = {
		.outcome = outcome,
		.code = 200,
		.content_type = "text/\033plain",
		.body = body,
		.body_len = len,
		.error = "",
	};

	return https_answer_make(&from);
}

#define PAGE "https://Policy.example/A."

/* A URL is itself, capitals, dots and all; and one from another address is
 * another fact. */
START_TEST(test_https)
{
	const struct https_answer *a;

	ck_assert_ptr_null(facts_https(facts, PAGE, &v4));
	ck_assert_ptr_null(facts_https(facts, PAGE, &v4));
	ck_assert_ptr_null(facts_https(facts, PAGE, &v6));
	ck_assert_ptr_null(facts_https(facts, "https://policy.example/a", &v4));
	ck_assert_uint_eq(facts_wanted(facts, &wants), 3);
	ck_assert_int_eq(wants[0].kind, FACT_HTTPS);
	ck_assert_str_eq(wants[0].name, PAGE);
	ck_assert(address_equal(&wants[1].address, &v6));
	facts_put_https(facts, PAGE, &v4, page(HTTPS_OK, "a\0b", 3));
	a = facts_https(facts, PAGE, &v4);
	ck_assert_ptr_nonnull(a);
	ck_assert_uint_eq(a->body_len, 3);
	ck_assert_mem_eq(a->body, "a\0b", 4);
	ck_assert_str_eq(a->content_type, "text/\\x1bplain");
	ck_assert_ptr_null(facts_https(facts, PAGE, &v6));
	ck_assert_ptr_null(facts_smtp(facts, PAGE, &v4));
}
END_TEST

/* A server that answered, whatever it was, is left alone for an hour. */
static const struct {
	enum https_outcome outcome;
	int64_t holds_s;
} pages[] = {
	{ HTTPS_OK, 3600 },
	{ HTTPS_UNTRUSTED, 3600 },
	{ HTTPS_TOO_LARGE, 3600 },
	{ HTTPS_BROKEN, 3600 },
	{ HTTPS_UNREACHABLE, 60 },
	{ HTTPS_TIMEOUT, 60 },
	{ HTTPS_UNSAFE, 60 },
	{ HTTPS_NETWORK, 60 },
};

START_TEST(test_https_ttl)
{
	facts_put_https(facts, PAGE, &v4, page(pages[_i].outcome, "", 0));
	facts_begin(facts, NOW + pages[_i].holds_s - 1);
	ck_assert_ptr_nonnull(facts_https(facts, PAGE, &v4));
	facts_begin(facts, NOW + pages[_i].holds_s);
	ck_assert_ptr_null(facts_https(facts, PAGE, &v4));
}
END_TEST

START_TEST(test_https_bounds)
{
	static char big[HTTPS_BODY_MAX + 1];
	char url[5000];
	size_t before = facts_memory(facts);

	memset(big, 'x', sizeof(big));
	facts_put_https(facts, PAGE, &v4, page(HTTPS_OK, big, sizeof(big)));
	ck_assert_int_eq(
	    facts_https(facts, PAGE, &v4)->outcome, HTTPS_TOO_LARGE);
	ck_assert_uint_eq(facts_https(facts, PAGE, &v4)->body_len, 0);
	facts_put_https(facts, PAGE, &v6, page(HTTPS_OK, big, HTTPS_BODY_MAX));
	ck_assert_uint_eq(
	    facts_https(facts, PAGE, &v6)->body_len, HTTPS_BODY_MAX);
	ck_assert_uint_gt(facts_memory(facts), before + HTTPS_BODY_MAX);
	/* One that is too long must not be waited for. */
	memset(url, 'a', sizeof(url));
	url[sizeof(url) - 1] = '\0';
	ck_assert_int_eq(facts_https(facts, url, &v4)->outcome, HTTPS_BROKEN);
	ck_assert_uint_eq(facts_wanted(facts, &wants), 0);
}
END_TEST

/* What the operator asks for is asked of the servers, not of the memory. */
START_TEST(test_forget_https)
{
	facts_put_https(facts, PAGE, &v4, page(HTTPS_OK, "", 0));
	facts_forget_smtp(facts);
	facts_begin(facts, NOW + 1);
	ck_assert_ptr_null(facts_https(facts, PAGE, &v4));
}
END_TEST

START_TEST(test_host_has)
{
	const struct dns_record record = { .data = v4.bytes, .len = 4 };

	ck_assert_int_eq(facts_host_has(facts, "h.example", &v4), -1);
	ck_assert_uint_eq(facts_wanted(facts, &wants), 1);
	ck_assert_int_eq(wants[0].type, DNS_A);
	facts_put_dns(
	    facts, "h.example", DNS_A, dns_answer_make(&record, 1, TTL));
	ck_assert_int_eq(facts_host_has(facts, "h.example", &v4), 1);
	ck_assert_int_eq(facts_host_has(facts, "h.example", &v4_other), 0);
	ck_assert_int_eq(facts_host_has(facts, "h.example", &v6), -1);
	ck_assert_uint_eq(facts_wanted(facts, &wants), 1);
	ck_assert_int_eq(wants[0].type, DNS_AAAA);
	facts_put_dns(
	    facts, "h.example", DNS_AAAA, dns_answer_empty(DNS_TIMEOUT));
	ck_assert_int_eq(facts_host_has(facts, "h.example", &v6), -2);
	facts_put_dns(facts, "n.example", DNS_A, dns_answer_empty(DNS_NONE));
	ck_assert_int_eq(facts_host_has(facts, "n.example", &v4), 0);
	ck_assert_int_eq(facts_host_has(facts, "a..b", &v4), 0);
}
END_TEST

struct misses {
	uint32_t ids[16];
	size_t count;
};

static void
note_miss(void *arg, uint32_t id)
{
	struct misses *misses = arg;

	misses->ids[misses->count++] = id;
}

/* Ids tell a gatherer who waits for what, also for what is on its way. */
START_TEST(test_on_miss)
{
	struct misses misses = { .count = 0 };

	facts_on_miss(facts, note_miss, &misses);
	known("a.example");
	known("b.example");
	ck_assert_uint_eq(facts_wanted(facts, &wants), 2);
	ck_assert_uint_eq(wants[0].id, 0);
	ck_assert_uint_eq(wants[1].id, 1);
	known("a.example");
	ck_assert_uint_eq(misses.count, 3);
	ck_assert_uint_eq(misses.ids[2], 0);
	facts_put_dns(facts, "a.example", DNS_TXT, text_answer("x", TTL));
	known("a.example");
	ck_assert_uint_eq(misses.count, 3);
	facts_begin(facts, NOW + 1);
	known("c.example");
	ck_assert_uint_eq(misses.ids[3], 0);
	facts_on_miss(facts, NULL, NULL);
	known("d.example");
	ck_assert_uint_eq(misses.count, 4);
}
END_TEST

/* A fleet's worth: 100,000 facts, none lost over growth and a sweep. */
START_TEST(test_many)
{
	enum { MANY = 100000 };
	char name[64];
	size_t count, i, before;

	for (i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "d%zu.example", i);
		ck_assert(!known(name));
	}
	count = facts_wanted(facts, &wants);
	ck_assert_uint_eq(count, MANY);
	for (i = 0; i < count; i++)
		facts_put_dns(facts, wants[i].name, wants[i].type,
		    text_answer("v=spf1 -all", i % 2 == 0 ? 10 : 1000));
	ck_assert_uint_eq(facts_count(facts), MANY);
	ck_assert_uint_lt(facts_memory(facts) / MANY, 400);
	before = facts_memory(facts);
	facts_begin(facts, NOW + 100);
	ck_assert_uint_eq(facts_count(facts), MANY / 2);
	ck_assert_uint_lt(facts_memory(facts), before);
	for (i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "D%zu.example.", i);
		ck_assert_int_eq(known(name), i % 2 == 1);
	}
	ck_assert_uint_eq(facts_wanted(facts, &wants), MANY / 2);
}
END_TEST

Suite *
suite_facts(void)
{
	Suite *suite = suite_create("facts");
	TCase *tc = tcase_create("facts");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_asked_once);
	tcase_add_test(tc, test_answered_before_reported);
	tcase_add_test(tc, test_answer_to_want);
	tcase_add_loop_test(tc, test_bad_names, 0, ROWS(bad));
	tcase_add_test(tc, test_very_long_name);
	tcase_add_test(tc, test_first_answer_stays);
	tcase_add_test(tc, test_ttl);
	tcase_add_test(tc, test_clock_back);
	tcase_add_test(tc, test_unanswered);
	tcase_add_test(tc, test_smtp);
	tcase_add_test(tc, test_forget_smtp);
	tcase_add_test(tc, test_unchecked);
	tcase_add_test(tc, test_egress);
	tcase_add_test(tc, test_https);
	tcase_add_loop_test(tc, test_https_ttl, 0, ROWS(pages));
	tcase_add_test(tc, test_https_bounds);
	tcase_add_test(tc, test_forget_https);
	tcase_add_test(tc, test_host_has);
	tcase_add_test(tc, test_on_miss);
	tcase_add_test(tc, test_many);
	suite_add_tcase(suite, tc);
	return suite;
}
