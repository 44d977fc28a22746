/* The client against the world's strict API, end to end. */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "live.h"
#include "sendtop/day.h"
#include "suites.h"

#define USER "1//world-refresh-token"

enum { NAME_SIZE = 64, RESULTS_MAX = 300 };

/* The API's own idea of today. */
static int32_t
today(void)
{
	return day_civil(2026, 11, 21);
}

/* One result, copied. */
struct result {
	char domain[NAME_SIZE];
	enum poll_state state;
	char error[ERROR_TEXT_SIZE], compliance_error[ERROR_TEXT_SIZE];
	double spam; /* two days ago */
	size_t numbers, feedback, rates, compliance;
	bool organizational;
};

struct got {
	struct live *live;
	struct result results[RESULTS_MAX];
	size_t count, domains, denied, unverified;
	bool done, failed;
	struct error error;
	size_t close_at; /* results after which everything is closed */
};

static size_t
count_numbers(const struct postmaster_result *result)
{
	size_t days = (size_t)(result->last - result->first) + 1, n = 0, m, i;

	for (m = 0; result->values != NULL && m < METRIC_COUNT; m++)
		for (i = 0; i < days; i++)
			n += isnan(result->values[m][i]) ? 0U : 1U;
	return n;
}

static void
close_all(struct got *got)
{
	postmaster_close(got->live->pm);
	got->live->pm = NULL;
	loop_stop(got->live->loop);
}

static void
got_result(void *arg, const struct postmaster_result *result)
{
	struct got *got = arg;
	struct result *r = &got->results[got->count++];
	size_t at = (size_t)(today() - 2 - result->first), i;

	ck_assert_uint_le(got->count, RESULTS_MAX);
	snprintf(r->domain, sizeof(r->domain), "%s", result->domain);
	r->state = result->state;
	snprintf(r->error, sizeof(r->error), "%s", result->error);
	snprintf(r->compliance_error, sizeof(r->compliance_error), "%s",
	    result->compliance_error);
	ck_assert((result->values != NULL) == (result->state == POLL_OK));
	r->numbers = count_numbers(result);
	if (result->values != NULL && result->last >= today() - 2)
		r->spam = result->values[METRIC_SPAM_RATE][at];
	r->feedback = result->feedback_count;
	for (i = 0; i < r->feedback; i++)
		r->rates += isnan(result->feedback[i].rate) ? 0U : 1U;
	r->compliance = result->compliance_count;
	for (i = 0; i < r->compliance; i++)
		r->organizational = r->organizational ||
		    strcmp(result->compliance[i].subject, "organizational") ==
			0;
	if (got->count == got->close_at)
		close_all(got);
}

static void
got_all(void *arg, const struct error *err)
{
	struct got *got = arg;

	ck_assert(!got->done);
	got->done = true;
	got->failed = err != NULL;
	if (err != NULL)
		got->error = *err;
	loop_stop(got->live->loop);
}

static void
got_domains(void *arg, const struct postmaster_domain *domains, size_t count,
    const struct error *err)
{
	struct got *got = arg;
	size_t i;

	ck_assert(!got->done);
	got->done = true;
	got->failed = err != NULL;
	if (err != NULL)
		got->error = *err;
	got->domains = count;
	for (i = 0; i < count; i++) {
		got->denied += domains[i].state == POLL_DENIED;
		got->unverified += domains[i].state == POLL_UNVERIFIED;
	}
	if (got->close_at > 0)
		close_all(got);
	loop_stop(got->live->loop);
}

static void
reset(struct got *got, struct live *live)
{
	memset(got, 0, sizeof(*got));
	got->live = live;
}

static void
list(struct live *live, struct got *got)
{
	reset(got, live);
	postmaster_domains(live->pm, got_domains, got);
	ck_assert(!got->done);
	loop_run(live->loop);
	ck_assert(got->done);
}

static void
query(struct live *live, struct got *got, const char *const *domains,
    size_t count, int32_t days)
{
	struct postmaster_span spans[RESULTS_MAX];
	const struct postmaster_sink sink = { got_result, got_all, got };
	size_t i;

	for (i = 0; i < count; i++) {
		spans[i].domain = domains[i];
		spans[i].first = today() - 1 - days;
		spans[i].last = today() - 2;
	}
	reset(got, live);
	postmaster_query(live->pm, spans, count, &sink);
	ck_assert(!got->done);
	loop_run(live->loop);
	ck_assert(got->done);
	ck_assert_uint_eq(got->count, count);
}

static const struct result *
find(const struct got *got, const char *domain)
{
	size_t i;

	for (i = 0; i < got->count; i++)
		if (strcmp(got->results[i].domain, domain) == 0)
			return &got->results[i];
	ck_abort_msg("no result for %s", domain);
	return NULL;
}

static void
open_user(struct live *live)
{
	live_open(live);
	live_user(live, USER);
	live_connect(live);
}

static const char *const two[] = { "shop.test", "offers.test" };

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
	ck_assert_uint_eq(find(&got, "shop.test")->numbers, 119 * METRIC_COUNT);
	ck_assert_uint_eq(find(&got, "six.test")->numbers, 119 * METRIC_COUNT);
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

static void
bench_names(char names[][NAME_SIZE], const char **domains, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		snprintf(names[i], NAME_SIZE, "d%05zu.bench", i);
		domains[i] = names[i];
	}
}

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
		ck_assert_uint_eq(got.results[i].numbers, 7 * METRIC_COUNT);
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

static long long
batches_seen(struct live *live, const char *mode)
{
	char spoiled[NAME_SIZE];

	snprintf(spoiled, sizeof(spoiled), "spoiled.%s", mode);
	return live_count(live, "methods", "domainStats.batchQuery") +
	    live_count(live, "methods", spoiled);
}

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
			ck_assert_uint_eq(r->numbers, 3 * METRIC_COUNT);
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
	live.pm->pace.timeout_ms = 400;
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

static void
add_good(TCase *tc)
{
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
}

Suite *
suite_live(void)
{
	Suite *suite = suite_create("live");
	TCase *tc = tcase_create("api");

	tcase_set_timeout(tc, 60);
	tcase_add_unchecked_fixture(tc, live_server_start, live_server_stop);
	add_good(tc);
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
