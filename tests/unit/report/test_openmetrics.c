/* openmetrics: a sample for each number that is there, and none for others. */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sendtop/day.h"
#include "sendtop/report.h"
#include "sendtop/store_mail.h"
#include "suites.h"
#include "tests/unit/store/support.h"

enum { DAY = 20778, NOON = 43200 };

static struct place place;
static struct store *store;
static char *text;
static int64_t now_s, first, second;

static void
setup(void)
{
	place = place_new();
	store = open_store(&place, STORE_COLLECT);
	now_s = day_start(DAY) + NOON;
	first = add_domain(store, "a.test");
	second = add_domain(store, "b.test");
	text = NULL;
}

static void
teardown(void)
{
	free(text);
	store_close(store);
	place_free(&place);
}

static void
take(void)
{
	size_t len;
	FILE *out;
	struct error err;

	free(text);
	out = open_memstream(&text, &len);
	must(report_openmetrics(out, store, now_s, &err), &err);
	fclose(out);
}

static bool
has(const char *line)
{
	char *whole = mem_printf("\n%s\n", line);
	bool found = strstr(text, whole) != NULL;

	free(whole);
	return found;
}

static void
put_standing(int64_t id, double rate, double volume)
{
	const struct standing standing = {
		.state = STANDING_CRITICAL,
		.since_s = now_s - 60,
		.band = SPAM_VIOLATED,
		.poll = POLL_OK,
		.spam_day = isnan(rate) ? DAY_NONE : DAY - 2,
		.spam_rate = rate,
		.mean7 = rate,
		.trend = (double)NAN,
		.clean_days = 2,
		.spark_last = DAY_NONE,
		.volume = volume,
		.growth = (double)NAN,
		.ceiling = (double)NAN,
		.ramp = RAMP_BACK_OFF,
		.reputation = REPUTATION_LOW,
		.fails = 2,
		.warns = 1,
		.probed_s = now_s - 30,
	};
	struct error err;

	must(store_standing_put(store, id, &standing, &err), &err);
}

START_TEST(test_numbers)
{
	put_standing(first, 0.0041, 48200);
	take();
	ck_assert(has("sendtop_domains{state=\"critical\"} 1"));
	ck_assert(has("sendtop_domains{state=\"unjudged\"} 1"));
	ck_assert(has("sendtop_domain_state{domain=\"a.test\","
		      "state=\"critical\"} 1"));
	ck_assert(has("sendtop_domain_state{domain=\"b.test\","
		      "state=\"unjudged\"} 1"));
	ck_assert(has("sendtop_domain_spam_band{domain=\"a.test\","
		      "band=\"violation\"} 1"));
	ck_assert(has("sendtop_domain_ramp{domain=\"a.test\","
		      "state=\"back_off\"} 1"));
	ck_assert(has("sendtop_domain_reputation{domain=\"a.test\","
		      "estimate=\"low\"} 1"));
	ck_assert(has("sendtop_domain_spam_rate_ratio{domain=\"a.test\"} "
		      "0.0041"));
	ck_assert(has("sendtop_domain_volume_messages{domain=\"a.test\"} "
		      "48200"));
	ck_assert(has("sendtop_domain_clean_seconds{domain=\"a.test\"} "
		      "172800"));
	ck_assert(has("sendtop_domain_findings{domain=\"a.test\","
		      "verdict=\"fail\"} 2"));
	ck_assert(has("sendtop_domain_findings{domain=\"a.test\","
		      "verdict=\"unknown\"} 0"));
	/* What is not known is not there, nor is what nobody judged. */
	ck_assert_ptr_null(strstr(text, "sendtop_domain_growth_ratio{"));
	ck_assert_ptr_null(strstr(text, "sendtop_domain_ceiling_messages{"));
	ck_assert_ptr_null(
	    strstr(text, "sendtop_domain_fetched_timestamp_seconds{"));
	ck_assert_ptr_null(strstr(text, "findings{domain=\"b.test\""));
	ck_assert_ptr_null(strstr(text, "nan"));
	ck_assert_str_eq(text + strlen(text) - 6, "# EOF\n");
}
END_TEST

/* A day without a rate is no zero, and its clock no number. */
START_TEST(test_no_rate)
{
	put_standing(first, (double)NAN, (double)NAN);
	take();
	ck_assert_ptr_null(strstr(text, "sendtop_domain_spam_rate_ratio{"));
	ck_assert_ptr_null(strstr(text, "sendtop_domain_clean_seconds{"));
	ck_assert_ptr_null(strstr(text, "day_timestamp_seconds{"));
	put_standing(first, 0, 0);
	take();
	ck_assert(has("sendtop_domain_spam_rate_ratio{domain=\"a.test\"} 0"));
}
END_TEST

static void
put_cursor(void)
{
	const struct log_cursor log = {
		.path = "/var/log/a \"b\" \\c.log",
		.read_s = now_s - 5,
		.last_s = now_s - 9,
		.lines = 1000,
		.attempts = 300,
		.skipped = 2,
		.state = "",
		.error = "",
	};
	struct error err;

	must(store_cursor_put(store, &log, &err), &err);
}

static void
put_traffic(int64_t id, const char *provider, const char *stream, int hour,
    int64_t delivered)
{
	const struct traffic traffic = {
		.hour_s = day_start(DAY) + hour * HOUR_SECONDS,
		.provider = provider,
		.stream = stream,
		.delivered = delivered,
		.deferred = 1,
	};
	struct error err;

	must(store_traffic_add(store, id, &traffic, &err), &err);
}

static void
put_reply(int64_t id, const char *key, const char *identity, int64_t count)
{
	const struct reply_count reply = {
		.hour_s = day_start(DAY),
		.span_s = HOUR_SECONDS,
		.provider = "gmail",
		.stream = "",
		.key = key,
		.category = "rate_limit",
		.reply = "421 4.7.28",
		.identity = identity,
		.slow_down = true,
		.count = count,
		.last_s = day_start(DAY) + 1,
		.sample = "421 4.7.28 x",
	};
	struct error err;

	must(store_reply_add(store, id, &reply, &err), &err);
}

START_TEST(test_mail)
{
	put_cursor();
	put_traffic(first, "gmail", "", 0, 10);
	put_traffic(first, "gmail", "192.0.2.1", 0, 5);
	put_traffic(first, "gmail", "", 11, 7);
	put_traffic(first, "yahoo", "", 3, 4);
	put_traffic(first, "gmail", "", -1, 100); /* yesterday */
	put_reply(first, "rate_limited_dkim_domain", "dkim a.test", 3);
	put_reply(first, "rate_limited_dkim_domain", "dkim x.test", 4);
	put_reply(second, "unknown", "", 1);
	take();
	ck_assert(has("sendtop_log_lines_total{path=\"/var/log/a \\\"b\\\" "
		      "\\\\c.log\"} 1000"));
	ck_assert(has("sendtop_attempts_total{domain=\"a.test\","
		      "provider=\"gmail\",end=\"delivered\"} 22"));
	ck_assert(has("sendtop_attempts_total{domain=\"a.test\","
		      "provider=\"gmail\",end=\"deferred\"} 3"));
	ck_assert(has("sendtop_attempts_total{domain=\"a.test\","
		      "provider=\"gmail\",end=\"bounced\"} 0"));
	ck_assert(has("sendtop_attempts_total{domain=\"a.test\","
		      "provider=\"yahoo\",end=\"delivered\"} 4"));
	ck_assert(has("sendtop_attempts_created{domain=\"a.test\","
		      "provider=\"yahoo\",end=\"delivered\"} 1795219200"));
	ck_assert(has("sendtop_replies_total{domain=\"a.test\","
		      "provider=\"gmail\",key=\"rate_limited_dkim_domain\","
		      "class=\"temporary\"} 7"));
	ck_assert(has("sendtop_replies_total{domain=\"b.test\","
		      "provider=\"gmail\",key=\"unknown\","
		      "class=\"temporary\"} 1"));
	/* The next day begins with nothing. */
	now_s += DAY_SECONDS;
	take();
	ck_assert_ptr_null(strstr(text, "sendtop_attempts_total{"));
	ck_assert_ptr_null(strstr(text, "sendtop_replies_total{"));
}
END_TEST

START_TEST(test_works)
{
	const struct store_activity works[] = {
		{ .kind = "poll",
		    .beat_s = now_s - 3,
		    .error = "no way",
		    .text = "" },
		{ .kind = "probe",
		    .beat_s = now_s - 4,
		    .error = "",
		    .text = "" },
	};
	struct error err;

	for (size_t i = 0; i < 2; i++)
		must(store_activity_set(store, &works[i], &err), &err);
	must(
	    store_value_set(store, "postmaster.newest_day", "2026-11-19", &err),
	    &err);
	take();
	ck_assert(has("sendtop_work_beat_timestamp_seconds{work=\"poll\"} "
		      "1795262397"));
	ck_assert(has("sendtop_work_failing{work=\"poll\"} 1"));
	ck_assert(has("sendtop_work_failing{work=\"probe\"} 0"));
	ck_assert(has("sendtop_postmaster_day_timestamp_seconds 1795046400"));
}
END_TEST

/* More than a page, and each domain once. */
START_TEST(test_pages)
{
	struct error err;
	char name[32];
	size_t count = 0;

	must(store_begin(store, &err), &err);
	for (int i = 0; i < 1200; i++) {
		snprintf(name, sizeof(name), "d%04d.test", i);
		add_domain(store, name);
	}
	must(store_commit(store, &err), &err);
	take();
	for (const char *at = text;
	     (at = strstr(at, "\nsendtop_domain_state{")) != NULL; at++)
		count++;
	ck_assert_uint_eq(count, 1202);
	ck_assert(has("sendtop_domains{state=\"unjudged\"} 1202"));
}
END_TEST

Suite *
suite_openmetrics(void)
{
	Suite *suite = suite_create("openmetrics");
	TCase *tcase = tcase_create("openmetrics");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, test_numbers);
	tcase_add_test(tcase, test_no_rate);
	tcase_add_test(tcase, test_mail);
	tcase_add_test(tcase, test_works);
	tcase_add_test(tcase, test_pages);
	suite_add_tcase(suite, tcase);
	return suite;
}
