/* The client against the world's strict API, when all is well. */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "asker.h"
#include "suites.h"

/* --- what goes well ------------------------------------------------------- */

START_TEST(every_page_of_the_list)
{
	struct live live;
	struct got got;

	open_user(&live);
	list(&live, &got);
	ck_assert_msg(!got.failed, "%s", got.error.text);
	ck_assert_uint_eq(got.domains, LIVE_BENCH + 19);
	ck_assert_uint_eq(got.denied, 1);
	ck_assert_uint_eq(got.unverified, 1);
	ck_assert_int_eq(live_count(&live, "methods", "domains.list"), 2);
	ck_assert_int_eq(
	    live_count(&live, "methods", "token.refresh_token"), 1);
	live_close(&live);
}
END_TEST

static const char *const stories[] = { "shop.test", "news.example.test",
	"billing.example.test", "offers.test", "edge.test", "noptr.test",
	"expired.test", "lookups.test", "weakkey.test", "nodmarc.test",
	"quiet.test", "spamfolder.test", "newcomer.test", "disagree.test",
	"oldtls.test", "plain.test", "six.test", "denied.test",
	"unverified.test", "hostile.test" };

START_TEST(first_sync)
{
	struct live live;
	struct got got;
	struct postmaster_counts counts;
	size_t i;

	open_user(&live);
	query(&live, &got, stories, COUNT(stories), SYNC_FIRST_DAYS);
	ck_assert_msg(!got.failed, "%s", got.error.text);
	for (i = 0; i < 17; i++)
		ck_assert_msg(find(&got, stories[i])->state == POLL_OK,
		    "%s: %s", stories[i], find(&got, stories[i])->error);
	for (; i < COUNT(stories); i++)
		ck_assert_int_eq(find(&got, stories[i])->state, POLL_DENIED);
	ck_assert_double_eq_tol(
	    find(&got, "news.example.test")->spam, 0.0041067763, 1e-9);
	ck_assert_double_eq_tol(find(&got, "edge.test")->spam, 0.003, 1e-9);
	ck_assert(isnan(find(&got, "quiet.test")->spam));
	/* All metrics of the 119 days that the world has. */
	ck_assert_uint_eq(
	    find(&got, "shop.test")->numbers, 119 * METRIC_GOOGLE);
	ck_assert_uint_eq(find(&got, "six.test")->numbers, 119 * METRIC_GOOGLE);
	ck_assert_uint_lt(find(&got, "quiet.test")->numbers, 1500);
	/* Two identifiers on six days, by both keys, each with its rate. */
	ck_assert_uint_eq(find(&got, "news.example.test")->feedback, 24);
	ck_assert_uint_eq(find(&got, "news.example.test")->rates, 24);
	ck_assert(find(&got, "billing.example.test")->organizational);
	ck_assert(!find(&got, "shop.test")->organizational);
	ck_assert_uint_eq(find(&got, "shop.test")->compliance, 11);
	ck_assert_uint_eq(find(&got, "edge.test")->compliance, 12);
	/* 119 * 32 numbers are 20 pages; the feedback loops' rates one. */
	postmaster_counts(live.pm, &counts);
	ck_assert_uint_eq(counts.batches, 21);
	ck_assert_uint_eq(counts.retries, 0);
	ck_assert_int_eq(
	    live_count(&live, "methods", "domainStats.batchQuery"), 21);
	ck_assert_int_eq(
	    live_count(&live, "methods", "domains.getComplianceStatus"),
	    COUNT(stories));
	live_close(&live);
}
END_TEST

/* 250 domains with two pages each are 500 pages: five requests of 100. */
START_TEST(as_few_requests_as_can_be)
{
	char names[250][NAME_SIZE];
	const char *domains[250];
	struct live live;
	struct got got;
	struct postmaster_counts counts;
	size_t i;

	bench_names(names, domains, 250);
	open_user(&live);
	query(&live, &got, domains, 250, 7);
	ck_assert_msg(!got.failed, "%s", got.error.text);
	for (i = 0; i < 250; i++) {
		ck_assert_int_eq(got.results[i].state, POLL_OK);
		ck_assert_uint_eq(got.results[i].numbers, 7 * METRIC_GOOGLE);
	}
	postmaster_counts(live.pm, &counts);
	ck_assert_uint_eq(counts.batches, 5);
	ck_assert_uint_eq(counts.requests, 5 + 250);
	ck_assert_uint_eq(counts.retries, 0);
	ck_assert_int_eq(
	    live_count(&live, "methods", "domainStats.batchQuery"), 5);
	ck_assert_int_eq(
	    live_count(&live, "methods", "token.refresh_token"), 1);
	live_close(&live);
}
END_TEST

START_TEST(nothing_to_ask)
{
	struct live live;
	struct got got;

	open_user(&live);
	query(&live, &got, NULL, 0, 7);
	ck_assert(!got.failed);
	ck_assert_int_eq(
	    live_count(&live, "methods", "domainStats.batchQuery"), 0);
	live_close(&live);
}
END_TEST

static const struct {
	const char *subject;
	size_t domains;
	const char *words; /* of the error */
} robots[] = {
	{ "operator@example.test", LIVE_BENCH + 19, NULL },
	{ NULL, 0, NULL },
	{ "stranger@example.test", 0, "domain-wide delegation" },
};

START_TEST(service_account)
{
	struct live live;
	struct got got;

	live_open(&live);
	live_robot(&live, robots[_i].subject);
	live_connect(&live);
	list(&live, &got);
	ck_assert_msg(
	    got.failed == (robots[_i].words != NULL), "%s", got.error.text);
	ck_assert_uint_eq(got.domains, robots[_i].domains);
	if (got.failed)
		ck_assert_msg(strstr(got.error.text, robots[_i].words) != NULL,
		    "%s", got.error.text);
	live_close(&live);
}
END_TEST

/* --- tokens --------------------------------------------------------------- */

START_TEST(one_refresh_for_all)
{
	char names[120][NAME_SIZE];
	const char *domains[120];
	struct live live;
	struct got got;

	bench_names(names, domains, 120);
	open_user(&live);
	list(&live, &got);
	live_order(&live, "{\"revoke\":true}");
	query(&live, &got, domains, 120, 2);
	ck_assert_msg(!got.failed, "%s", got.error.text);
	ck_assert_int_eq(
	    live_count(&live, "methods", "token.refresh_token"), 2);
	ck_assert_int_ge(live_count(&live, "statuses", "401"), 1);
	live_close(&live);
}
END_TEST

START_TEST(refused_for_ever)
{
	struct live live;
	struct got got;

	open_user(&live);
	live_order(&live, "{\"mode\":\"401\",\"count\":1000}");
	list(&live, &got);
	ck_assert(got.failed);
	ck_assert_int_eq(got.error.status, STATUS_AUTH);
	ck_assert_ptr_nonnull(strstr(got.error.text, "sendtop login"));
	ck_assert_int_eq(live_count(&live, "statuses", "401"), 2);
	ck_assert_int_eq(
	    live_count(&live, "methods", "token.refresh_token"), 2);
	live_close(&live);
}
END_TEST

START_TEST(a_retry_after_a_refresh_keeps_the_token)
{
	struct live live;
	struct got got;

	open_user(&live);
	live_order(&live, "{\"mode\":\"401\",\"count\":1}");
	live_order(&live, "{\"mode\":\"503\",\"count\":3}");
	list(&live, &got);
	ck_assert_msg(!got.failed, "%s", got.error.text);
	ck_assert_int_eq(
	    live_count(&live, "methods", "token.refresh_token"), 2);
	live_close(&live);
}
END_TEST

/* Gone after five seconds: never good for a minute, so asked for each time. */
START_TEST(short_lives)
{
	struct live live;
	struct got got;

	open_user(&live);
	live_order(&live, "{\"token_lifetime\":5}");
	list(&live, &got);
	ck_assert_msg(!got.failed, "%s", got.error.text);
	ck_assert_int_eq(
	    live_count(&live, "methods", "token.refresh_token"), 2);
	live_close(&live);
}
END_TEST

static const struct {
	const char *refresh_token, *order;
	enum status status; /* STATUS_OK: it works in the end */
	const char *words;
} tokens[] = {
	{ "1//gone", NULL, STATUS_AUTH, "seven days" },
	{ "1//world-refresh-domain-only", NULL, STATUS_AUTH,
	    "postmaster.traffic.readonly was not granted" },
	{ "1//world-refresh-traffic-only", NULL, STATUS_AUTH,
	    "postmaster.domain was not granted" },
	{ "1//world-refresh-v1", NULL, STATUS_AUTH,
	    "postmaster.domain was not granted" },
	{ USER, "{\"mode\":\"invalid_client\",\"match\":\"/token\"}",
	    STATUS_AUTH, "download" },
	{ USER, "{\"mode\":\"wrong-types\",\"match\":\"/token\"}", STATUS_PARSE,
	    "no access token" },
	{ USER, "{\"mode\":\"html-ok\",\"match\":\"/token\"}", STATUS_PARSE,
	    "not whole JSON" },
	{ USER, "{\"mode\":\"redirect\",\"match\":\"/token\"}", STATUS_AUTH,
	    "HTTP 302" },
	{ USER, "{\"mode\":\"503\",\"count\":4,\"match\":\"/token\"}",
	    STATUS_OK, "" },
	{ USER, "{\"mode\":\"503\",\"count\":5,\"match\":\"/token\"}",
	    STATUS_NETWORK, "HTTP 503" },
	{ USER,
	    "{\"mode\":\"429\",\"count\":2,\"retry_after\":1,"
	    "\"match\":\"/token\"}",
	    STATUS_OK, "" },
	{ USER, "{\"mode\":\"429\",\"retry_after\":3600,\"match\":\"/token\"}",
	    STATUS_QUOTA, "slow down" },
	{ USER, "{\"mode\":\"cut\",\"match\":\"/token\"}", STATUS_OK, "" },
	{ USER, "{\"mode\":\"close\",\"match\":\"/token\"}", STATUS_OK, "" },
};

START_TEST(token)
{
	struct live live;
	struct got got;

	live_open(&live);
	live_user(&live, tokens[_i].refresh_token);
	live_connect(&live);
	if (tokens[_i].order != NULL)
		live_order(&live, tokens[_i].order);
	list(&live, &got);
	ck_assert_msg(got.failed == (tokens[_i].status != STATUS_OK), "%s: %s",
	    tokens[_i].words, got.error.text);
	if (got.failed) {
		ck_assert_msg(strstr(got.error.text, tokens[_i].words) != NULL,
		    "%s", got.error.text);
		ck_assert_int_eq(got.error.status, tokens[_i].status);
		ck_assert_int_eq(
		    live_count(&live, "methods", "domains.list"), 0);
	}
	ck_assert_ptr_null(strstr(got.error.text, "world-secret"));
	live_close(&live);
}
END_TEST

Suite *
suite_live(void)
{
	Suite *suite = suite_create("live");
	TCase *tc = tcase_create("api");

	tcase_set_timeout(tc, 60);
	tcase_add_unchecked_fixture(tc, live_server_start, live_server_stop);
	tcase_add_test(tc, every_page_of_the_list);
	tcase_add_test(tc, first_sync);
	tcase_add_test(tc, as_few_requests_as_can_be);
	tcase_add_test(tc, nothing_to_ask);
	tcase_add_loop_test(tc, service_account, 0, COUNT(robots));
	tcase_add_test(tc, one_refresh_for_all);
	tcase_add_test(tc, refused_for_ever);
	tcase_add_test(tc, a_retry_after_a_refresh_keeps_the_token);
	tcase_add_test(tc, short_lives);
	tcase_add_loop_test(tc, token, 0, COUNT(tokens));
	suite_add_tcase(suite, tc);
	return suite;
}
