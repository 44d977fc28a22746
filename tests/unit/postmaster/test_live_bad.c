/* The client against the world's API, when that misbehaves or it is closed. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "asker.h"
#include "sendtop/day.h"
#include "suites.h"

static const char *const two[] = { "shop.test", "offers.test" };

/* --- bad answers ---------------------------------------------------------- */

/* Of a batch of two, once.  state: of both at the end. */
static const struct {
	const char *mode;
	enum poll_state state;
	uint64_t batches;  /* requests for batches in all */
	const char *words; /* of the error */
} modes[] = {
	{ "500", POLL_OK, 2, "" },
	{ "503", POLL_OK, 2, "" },
	{ "504", POLL_OK, 2, "" },
	{ "429", POLL_OK, 2, "" },
	{ "401", POLL_OK, 2, "" },
	{ "hostile", POLL_OK, 2, "" },
	{ "html", POLL_OK, 2, "" },
	{ "cut", POLL_OK, 2, "" },
	{ "400", POLL_OK, 3, "" },
	{ "403", POLL_OK, 3, "" },
	{ "404", POLL_OK, 3, "" },
	{ "wrong-types", POLL_OK, 3, "" },
	{ "nulls", POLL_OK, 3, "" },
	{ "empty", POLL_OK, 3, "" },
	{ "empty-body", POLL_OK, 3, "" },
	{ "array", POLL_OK, 3, "" },
	{ "not-json", POLL_OK, 3, "" },
	{ "nan", POLL_OK, 3, "" },
	{ "duplicate", POLL_OK, 3, "" },
	{ "bad-utf8", POLL_OK, 3, "" },
	{ "deep", POLL_OK, 3, "" },
	{ "wide", POLL_OK, 3, "" },
	{ "endless", POLL_OK, 3, "" },
	{ "html-ok", POLL_OK, 3, "" },
	{ "no-http", POLL_OK, 3, "" },
	{ "item-503", POLL_OK, 2, "" },
	{ "huge-number", POLL_ERROR, 1, "type" },
	{ "redirect", POLL_ERROR, 1, "HTTP 302" },
	{ "scope", POLL_ERROR, 1, "postmaster.traffic.readonly" },
	{ "disabled", POLL_ERROR, 1, "enable" },
	{ "gone", POLL_ERROR, 1, "no longer supported" },
};

START_TEST(bad_answer)
{
	struct postmaster_counts counts;
	struct live live;
	struct got got;
	char order[128];
	size_t i;

	open_user(&live);
	snprintf(order, sizeof(order),
	    "{\"mode\":\"%s\",\"match\":\"batchQuery\"}", modes[_i].mode);
	live_order(&live, order);
	query(&live, &got, two, 2, 3);
	for (i = 0; i < 2; i++) {
		const struct result *r = find(&got, two[i]);

		ck_assert_msg(r->state == modes[_i].state, "%s: %s: %s",
		    modes[_i].mode, two[i], r->error);
		ck_assert_msg(strstr(r->error, modes[_i].words) != NULL,
		    "%s: %s", modes[_i].mode, r->error);
		if (r->state == POLL_OK)
			ck_assert_uint_eq(r->numbers, 3 * METRIC_GOOGLE);
	}
	postmaster_counts(live.pm, &counts);
	/* One request for the compliance of each. */
	ck_assert_msg(counts.requests == modes[_i].batches + 2,
	    "%s: %llu requests", modes[_i].mode,
	    (unsigned long long)counts.requests);
	live_close(&live);
}
END_TEST

/* For ever: it ends, soon, and says why. */
static const struct {
	const char *mode;
	long long most; /* requests */
	const char *words;
} lasting[] = {
	{ "500", 60, "inner error" },
	{ "429", 5, "slow down" },
	{ "not-json", 40, "not whole JSON" },
	{ "400", 40, "did not take the query" },
	/* libcurl itself tries again on a connection that was in use. */
	{ "close", 12, "without an answer" },
	{ "gone", 1, "no longer supported" },
	{ "empty", 40, "0 of" },
};

START_TEST(bad_for_ever)
{
	char names[100][NAME_SIZE];
	const char *domains[100];
	struct live live;
	struct got got;
	char order[128];
	size_t i;

	bench_names(names, domains, 100);
	open_user(&live);
	snprintf(order, sizeof(order),
	    "{\"mode\":\"%s\",\"match\":\"batchQuery\",\"count\":100000}",
	    lasting[_i].mode);
	live_order(&live, order);
	query(&live, &got, domains, 100, 3);
	ck_assert(got.failed);
	ck_assert_msg(strstr(got.error.text, lasting[_i].words) != NULL,
	    "%s: %s", lasting[_i].mode, got.error.text);
	for (i = 0; i < 100; i++)
		ck_assert_int_eq(got.results[i].state, POLL_ERROR);
	ck_assert_int_le(
	    batches_seen(&live, lasting[_i].mode), lasting[_i].most);
	live_close(&live);
}
END_TEST

START_TEST(no_answer_in_time)
{
	struct live live;
	struct got got;

	open_user(&live);
	list(&live, &got);
	live.pm->pace.timeout_ms = 2000;
	live_order(&live, "{\"mode\":\"hang\",\"match\":\"batchQuery\"}");
	query(&live, &got, two, 2, 1);
	ck_assert_msg(!got.failed, "%s", got.error.text);
	ck_assert_int_eq(live_count(&live, "methods", "spoiled.hang"), 1);
	ck_assert_int_ge(batches_seen(&live, "hang"), 2);
	live_close(&live);
}
END_TEST

START_TEST(retry_after)
{
	struct live live;
	struct got got;
	int64_t before;

	open_user(&live);
	live.pm->pace.second_ms = 40;
	live_order(&live, "{\"mode\":\"429\",\"count\":2,\"retry_after\":3}");
	before = clock_mono_ms();
	list(&live, &got);
	ck_assert_msg(!got.failed, "%s", got.error.text);
	ck_assert_int_ge(clock_mono_ms() - before, 240);
	ck_assert_int_eq(live_count(&live, "statuses", "429"), 2);
	live_close(&live);
}
END_TEST

/* Longer than anything waits: given up, and nobody else asks meanwhile. */
START_TEST(retry_after_an_hour)
{
	struct live live;
	struct got got;

	open_user(&live);
	live_order(&live, "{\"mode\":\"429\",\"retry_after\":36000}");
	list(&live, &got);
	ck_assert(got.failed);
	ck_assert_int_eq(got.error.status, STATUS_QUOTA);
	query(&live, &got, two, 2, 1);
	ck_assert(got.failed);
	ck_assert_ptr_nonnull(strstr(got.error.text, "not before"));
	ck_assert_int_eq(
	    live_count(&live, "methods", "domainStats.batchQuery"), 0);
	live_close(&live);
}
END_TEST

START_TEST(the_guilty_domain_is_found)
{
	char names[100][NAME_SIZE];
	const char *domains[100];
	struct live live;
	struct got got;
	size_t i;

	bench_names(names, domains, 100);
	domains[37] = "denied.test";
	domains[38] = "unverified.test";
	open_user(&live);
	live_order(&live, "{\"whole_batch\":true}");
	query(&live, &got, domains, 100, 1);
	ck_assert_msg(!got.failed, "%s", got.error.text);
	for (i = 0; i < 100; i++)
		ck_assert_int_eq(find(&got, domains[i])->state,
		    i == 37 || i == 38 ? POLL_DENIED : POLL_OK);
	ck_assert_int_le(
	    live_count(&live, "methods", "domainStats.batchQuery"), 20);
	live_close(&live);
}
END_TEST

START_TEST(numbers_without_compliance)
{
	char names[40][NAME_SIZE];
	const char *domains[40];
	struct live live;
	struct got got;
	size_t i;

	bench_names(names, domains, 40);
	open_user(&live);
	live_order(&live,
	    "{\"mode\":\"500\",\"match\":\"complianceStatus\","
	    "\"count\":100000}");
	query(&live, &got, domains, 40, 1);
	ck_assert_msg(!got.failed, "%s", got.error.text);
	for (i = 0; i < 40; i++) {
		ck_assert_int_eq(got.results[i].state, POLL_OK);
		ck_assert_msg(strstr(got.results[i].compliance_error,
				  "compliance: ") != NULL,
		    "%s", got.results[i].compliance_error);
	}
	/* Eight at once, five times, and then no more. */
	ck_assert_int_le(live_count(&live, "methods", "spoiled.500"), 80);
	live_close(&live);
}
END_TEST

static const struct {
	const char *mode;
	bool fails;
	const char *words;
} list_modes[] = {
	{ "wrong-types", true, "domains" },
	{ "not-json", true, "not whole JSON" },
	{ "endless", true, "larger than 4 MiB" },
	{ "wide", false, NULL },
	{ "deep", true, "not whole JSON" },
	{ "bad-utf8", true, "not whole JSON" },
	{ "gone", true, "update sendtop" },
	{ "disabled", true, "enable" },
	{ "html", false, NULL },
	{ "drip", true, "in time" },
	{ "hang", true, "in time" },
};

START_TEST(bad_list)
{
	struct live live;
	struct got got;
	char order[128];
	bool slow = list_modes[_i].fails &&
	    strcmp(list_modes[_i].words, "in time") == 0;

	open_user(&live);
	query(&live, &got, two, 1, 1);
	if (slow)
		live.pm->pace.timeout_ms = 60;
	snprintf(order, sizeof(order), "{\"mode\":\"%s\",\"count\":%d}",
	    list_modes[_i].mode, slow ? 1000 : 1);
	live_order(&live, order);
	list(&live, &got);
	if (strcmp(list_modes[_i].mode, "wide") == 0) {
		/* A million empty objects under another name. */
		ck_assert(got.failed);
		ck_assert_ptr_nonnull(strstr(got.error.text, "more values"));
	} else {
		ck_assert_msg(got.failed == list_modes[_i].fails, "%s: %s",
		    list_modes[_i].mode, got.error.text);
		if (got.failed)
			ck_assert_msg(strstr(got.error.text,
					  list_modes[_i].words) != NULL,
			    "%s: %s", list_modes[_i].mode, got.error.text);
	}
	live_close(&live);
}
END_TEST

/* --- closing -------------------------------------------------------------- */

/* After the first, a middle and the last result. */
START_TEST(closed_by_the_sink)
{
	static const size_t ats[] = { 1, 30, 120 };
	char names[120][NAME_SIZE];
	const char *domains[120];
	struct postmaster_span spans[120];
	struct live live;
	struct got got;
	const struct postmaster_sink sink = { got_result, got_all, &got };
	size_t i;

	bench_names(names, domains, 120);
	for (i = 0; i < 120; i++)
		spans[i] = (struct postmaster_span){ domains[i], today() - 2,
			today() - 2 };
	open_user(&live);
	if (_i >= 3)
		live_order(&live, "{\"mode\":\"gone\",\"count\":100000}");
	reset(&got, &live);
	got.close_at = ats[_i % 3];
	postmaster_query(live.pm, spans, 120, &sink);
	loop_run(live.loop);
	ck_assert_ptr_null(live.pm);
	ck_assert_uint_eq(got.count, ats[_i % 3]);
	ck_assert(!got.done);
	live_close(&live);
}
END_TEST

static const char *const closings[] = {
	NULL,
	"{\"mode\":\"gone\"}",
	"{\"mode\":\"invalid_grant\",\"match\":\"/token\"}",
	"{\"mode\":\"endless\"}",
};

START_TEST(closed_by_the_list)
{
	struct live live;
	struct got got, other;
	const struct postmaster_sink sink = { got_result, got_all, &other };
	struct postmaster_span span = { "shop.test", today() - 2, today() - 2 };

	open_user(&live);
	if (closings[_i] != NULL)
		live_order(&live, closings[_i]);
	reset(&got, &live);
	reset(&other, &live);
	got.close_at = 1;
	postmaster_domains(live.pm, got_domains, &got);
	postmaster_query(live.pm, &span, 1, &sink);
	while (!got.done)
		loop_run(live.loop);
	ck_assert_ptr_null(live.pm);
	live_close(&live);
}
END_TEST

static void
stop_it(void *arg)
{
	close_all(arg);
}

START_TEST(closed_at_any_moment)
{
	struct live live;
	struct got got, listed;
	const struct postmaster_sink sink = { got_result, got_all, &got };
	struct postmaster_span span = { "shop.test", today() - 119, today() };
	struct loop_timer *timer;

	open_user(&live);
	reset(&got, &live);
	reset(&listed, &live);
	postmaster_query(live.pm, &span, 1, &sink);
	postmaster_domains(live.pm, got_domains, &listed);
	timer = loop_timer_new(live.loop, stop_it, &got);
	loop_timer_start(timer, _i * 5, 0);
	while (live.pm != NULL)
		loop_run(live.loop);
	loop_timer_free(timer);
	live_close(&live);
}
END_TEST

Suite *
suite_live_bad(void)
{
	Suite *suite = suite_create("live bad");
	TCase *tc = tcase_create("api");

	tcase_set_timeout(tc, 60);
	tcase_add_unchecked_fixture(tc, live_server_start, live_server_stop);
	tcase_add_loop_test(tc, bad_answer, 0, COUNT(modes));
	tcase_add_loop_test(tc, bad_for_ever, 0, COUNT(lasting));
	tcase_add_test(tc, no_answer_in_time);
	tcase_add_test(tc, retry_after);
	tcase_add_test(tc, retry_after_an_hour);
	tcase_add_test(tc, the_guilty_domain_is_found);
	tcase_add_test(tc, numbers_without_compliance);
	tcase_add_loop_test(tc, bad_list, 0, COUNT(list_modes));
	tcase_add_loop_test(tc, closed_by_the_sink, 0, 6);
	tcase_add_loop_test(tc, closed_by_the_list, 0, COUNT(closings));
	tcase_add_loop_test(tc, closed_at_any_moment, 0, 16);
	suite_add_tcase(suite, tc);
	return suite;
}
