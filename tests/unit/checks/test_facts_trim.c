/* The cache of facts within its bound: what goes first, what never does. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sendtop/dns.h"
#include "sendtop/facts.h"
#include "sendtop/smtp.h"
#include "suites.h"
#include "world.h"

enum {
	FACTS = 1000,
	TTL = 300,
};

static struct facts *facts;
static const struct fact_want *wants;
static const struct address v4 = { .family = 4, .bytes = { 192, 0, 2, 1 } };

static void
setup(void)
{
	facts = facts_new();
	facts_begin(facts, WORLD_NOW);
}

static void
teardown(void)
{
	facts_free(facts);
}

static const char *
name_of(unsigned i, char out[32])
{
	snprintf(out, 32, "n%u.example", i);
	return out;
}

static bool
known(unsigned i)
{
	char name[32];

	return facts_dns(facts, name_of(i, name), DNS_TXT) != NULL;
}

/* Each in a run of its own, as the domains of a fleet. */
static void
fill(void)
{
	struct dns_record record = { .data = (const uint8_t *)"text",
		.len = 4 };
	char name[32];

	for (unsigned i = 0; i < FACTS; i++) {
		facts_run(facts);
		ck_assert(!known(i));
		ck_assert_uint_eq(facts_wanted(facts, &wants), 1);
		facts_put_dns(facts, name_of(i, name), DNS_TXT,
		    dns_answer_make(&record, 1, TTL));
	}
}

START_TEST(test_oldest_go)
{
	size_t none = facts_memory(facts), half;

	fill();
	half = (facts_memory(facts) - none) / 2;
	ck_assert(!facts_full(facts));
	facts_bound(facts, half);
	ck_assert(facts_full(facts));
	/* What is used again is young again. */
	facts_run(facts);
	ck_assert(known(0));
	facts_trim(facts, NULL, 0);
	ck_assert(!facts_full(facts));
	ck_assert_uint_lt(facts_memory(facts), none + half);
	ck_assert_uint_gt(facts_count(facts), FACTS / 4);
	ck_assert(known(0));
	ck_assert(known(FACTS - 1));
	ck_assert(!known(1));
	/* What went is wanted as anything else, and once. */
	ck_assert(!known(1));
	ck_assert_uint_eq(facts_wanted(facts, &wants), 1);
	ck_assert_str_eq(wants[0].name, "n1.example");
}
END_TEST

START_TEST(test_needed_stay)
{
	const uint64_t needed[] = { 4, 6, 900 };

	fill();
	facts_bound(facts, 1000);
	facts_trim(facts, needed, 3);
	ck_assert(known(3));
	ck_assert(known(5));
	ck_assert(known(899));
	ck_assert_uint_lt(facts_count(facts), 10);
}
END_TEST

/* A want has its fact on the way; an answer to it is taken. */
START_TEST(test_wants_stay)
{
	fill();
	ck_assert(!known(FACTS));
	facts_bound(facts, 1000);
	facts_trim(facts, NULL, 0);
	ck_assert_uint_eq(facts_wanted(facts, &wants), 1);
	facts_put_dns(
	    facts, "n1000.example", DNS_TXT, dns_answer_empty(DNS_NONE));
	ck_assert(known(FACTS));
	ck_assert_uint_eq(facts_wanted(facts, &wants), 0);
}
END_TEST

/* Names are cheap to ask again; a server is to be left alone. */
START_TEST(test_servers_last)
{
	const struct smtp_session from = {
		.outcome = SMTP_OK,
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

	facts_run(facts);
	facts_put_smtp(facts, "mx.example", &v4, smtp_session_make(&from));
	fill();
	facts_bound(facts, 4000);
	facts_trim(facts, NULL, 0);
	ck_assert(!known(0));
	ck_assert_ptr_nonnull(facts_smtp(facts, "mx.example", &v4));
	facts_bound(facts, 10);
	facts_run(facts);
	facts_trim(facts, NULL, 0);
	ck_assert_ptr_null(facts_smtp(facts, "mx.example", &v4));
}
END_TEST

/* When nothing may go it is not tried again at once. */
START_TEST(test_nothing_to_go)
{
	uint64_t needed[FACTS];

	fill();
	for (unsigned i = 0; i < FACTS; i++)
		needed[i] = i + 1;
	facts_bound(facts, 1000);
	ck_assert(facts_full(facts));
	facts_trim(facts, needed, FACTS);
	ck_assert_uint_eq(facts_count(facts), FACTS);
	ck_assert(!facts_full(facts));
	/* The next pass keeps what is left of the TTL, and may trim. */
	facts_begin(facts, WORLD_NOW + 1);
	ck_assert_uint_eq(facts_count(facts), FACTS);
	ck_assert(facts_full(facts));
}
END_TEST

Suite *
suite_facts_trim(void)
{
	Suite *suite = suite_create("facts_trim");
	TCase *tc = tcase_create("facts_trim");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_oldest_go);
	tcase_add_test(tc, test_needed_stay);
	tcase_add_test(tc, test_wants_stay);
	tcase_add_test(tc, test_servers_last);
	tcase_add_test(tc, test_nothing_to_go);
	suite_add_tcase(suite, tc);
	return suite;
}
