/* History from elsewhere: each row once, the store's own first. */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>

#include "sendtop/day.h"
#include "sendtop/store_bring.h"
#include "support.h"

#define HOUR (day_start(day_of(clock_utc_s()) - 1) + 5 * HOUR_SECONDS)
#define T0 INT64_C(1790000000)

static struct bringing *
begin(struct store *store, bool replace)
{
	struct bringing *b = NULL;
	struct error err;

	must(store_bring_begin(store, replace, &b, &err), &err);
	return b;
}

static void
end(struct bringing *b, bool keep)
{
	struct error err;

	must(store_bring_end(b, keep, &err), &err);
}

/* --- traffic --------------------------------------------------------------- */

static struct traffic
hour_of(int64_t hour_s, int64_t delivered)
{
	return (struct traffic){ .hour_s = hour_s,
		.provider = PROVIDER_GMAIL,
		.stream = "pool",
		.delivered = delivered,
		.deferred = 2,
		.minutes = { [7] = (uint32_t)delivered } };
}

static int64_t
delivered(struct store *store, int64_t domain, int64_t hour_s)
{
	struct arena *arena = arena_new();
	struct traffic *all;
	struct error err;
	int64_t out = -1;
	size_t count;

	must(store_traffic_get(store, domain, NULL, hour_s, hour_s + 1, arena,
		 &all, &count, &err),
	    &err);
	ck_assert_uint_le(count, 1);
	if (count == 1) {
		ck_assert_int_eq(all[0].minutes[7], all[0].delivered);
		out = all[0].delivered;
	}
	arena_free(arena);
	return out;
}

START_TEST(test_traffic)
{
	static const struct {
		int64_t count;
		bool replace;
		enum fate fate;
		int64_t after;
	} rows[] = {
		{ 5, false, FATE_NEW, 5 },
		{ 5, false, FATE_KNOWN, 5 },
		{ 5, true, FATE_KNOWN, 5 },
		{ 6, false, FATE_OTHER, 5 },
		{ 6, true, FATE_OTHER, 6 },
	};
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_WRITE);
	int64_t domain = add_domain(store, "a.test"), hour_s = HOUR;
	struct error err;
	double sum;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bringing *b = begin(store, rows[i].replace);
		struct traffic t = hour_of(hour_s, rows[i].count);
		enum fate fate;

		must(bring_traffic(b, domain, &t, &fate, &err), &err);
		end(b, true);
		ck_assert_int_eq(fate, rows[i].fate);
		ck_assert_int_eq(
		    delivered(store, domain, hour_s), rows[i].after);
	}
	/* The day's sum is a row of its own. */
	must(store_series_get(store, domain, METRIC_LOG_DELIVERED,
		 day_of(hour_s), 1, &sum, &err),
	    &err);
	ck_assert(isnan(sum));
	store_close(store);
	place_free(&place);
}
END_TEST

START_TEST(test_undone)
{
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_WRITE);
	int64_t domain = add_domain(store, "a.test"), hour_s = HOUR;
	struct bringing *b = begin(store, false);
	struct traffic t = hour_of(hour_s, 5);
	struct error err;
	enum fate fate;

	must(bring_traffic(b, domain, &t, &fate, &err), &err);
	end(b, false);
	ck_assert_int_eq(delivered(store, domain, hour_s), -1);
	/* Bad ones are refused, and leave the rest as it is. */
	b = begin(store, false);
	must(bring_traffic(b, domain, &t, &fate, &err), &err);
	t.hour_s++;
	must_be(bring_traffic(b, domain, &t, &fate, &err), STATUS_USAGE, &err);
	t = hour_of(hour_s, -1);
	must_be(bring_traffic(b, domain, &t, &fate, &err), STATUS_USAGE, &err);
	end(b, true);
	ck_assert_int_eq(delivered(store, domain, hour_s), 5);
	store_close(store);
	place_free(&place);
}
END_TEST

/* --- replies --------------------------------------------------------------- */

static int64_t
replies(struct store *store, int64_t domain, int64_t by_s, int64_t since_s)
{
	struct arena *arena = arena_new();
	const struct reply_query query = { .domain = domain,
		.since_s = since_s,
		.until_s = since_s + by_s,
		.by_s = by_s,
		.by_stream = true,
		.limit = 10 };
	struct reply_count *all;
	struct error err;
	int64_t out = 0;
	size_t count;

	must(store_replies(store, &query, arena, &all, &count, &err), &err);
	for (size_t i = 0; i < count; i++)
		out += all[i].count;
	arena_free(arena);
	return out;
}

START_TEST(test_replies)
{
	static const struct {
		int64_t count;
		bool replace;
		enum fate fate;
		int64_t after;
	} rows[] = {
		{ 5, false, FATE_NEW, 5 },
		{ 5, false, FATE_KNOWN, 5 },
		{ 9, false, FATE_OTHER, 5 },
		{ 9, true, FATE_OTHER, 9 },
		{ 3, true, FATE_OTHER, 3 },
	};
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_WRITE);
	int64_t domain = add_domain(store, "a.test"), hour_s = HOUR;
	struct reply_count reply = { .hour_s = hour_s + HOUR_SECONDS,
		.provider = PROVIDER_GMAIL,
		.stream = "",
		.key = "spam",
		.category = "content",
		.reply = "550 5.7.1",
		.identity = "",
		.permanent = true,
		.count = 4,
		.last_s = hour_s + 7,
		.sample = "no" };
	struct error err;

	/* Another hour of the same day. */
	must(store_reply_add(store, domain, &reply, &err), &err);
	reply.hour_s = hour_s;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bringing *b = begin(store, rows[i].replace);
		enum fate fate;

		reply.count = rows[i].count;
		must(bring_reply(b, domain, &reply, &fate, &err), &err);
		end(b, true);
		ck_assert_int_eq(fate, rows[i].fate);
		ck_assert_int_eq(replies(store, domain, HOUR_SECONDS, hour_s),
		    rows[i].after);
		ck_assert_int_eq(replies(store, domain, DAY_SECONDS,
				     day_start(day_of(hour_s))),
		    rows[i].after + 4);
	}
	store_close(store);
	place_free(&place);
}
END_TEST

/* --- feedback -------------------------------------------------------------- */

START_TEST(test_feedback)
{
	static const struct {
		const char *id;
		double rate;
		bool replace;
		enum fate fate;
		double after;
	} rows[] = {
		{ "a", (double)NAN, false, FATE_NEW, (double)NAN },
		{ "a", (double)NAN, false, FATE_KNOWN, (double)NAN },
		{ "a", 0.25, false, FATE_NEW, 0.25 },
		{ "a", (double)NAN, true, FATE_KNOWN, 0.25 },
		{ "a", 0.25 * (1 + 1e-13), false, FATE_KNOWN, 0.25 },
		{ "a", 0.5, false, FATE_OTHER, 0.25 },
		{ "a", 0.5, true, FATE_OTHER, 0.5 },
	};
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_WRITE);
	int64_t domain = add_domain(store, "a.test");
	struct arena *arena = arena_new();
	struct feedback *all;
	struct error err;
	size_t count;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bringing *b = begin(store, rows[i].replace);
		const struct feedback f = { rows[i].id, true, 20000,
			rows[i].rate };
		enum fate fate;

		must(bring_feedback(b, domain, &f, &fate, &err), &err);
		end(b, true);
		ck_assert_int_eq(fate, rows[i].fate);
		must(store_feedback_get(store, domain, 20000, 20000, arena,
			 &all, &count, &err),
		    &err);
		ck_assert_uint_eq(count, 1);
		ck_assert(isnan(rows[i].after) ? isnan(all[0].rate)
					       : all[0].rate == rows[i].after);
	}
	arena_free(arena);
	store_close(store);
	place_free(&place);
}
END_TEST

/* --- findings -------------------------------------------------------------- */

static struct finding_span
span_of(int64_t begun_s, int64_t ended_s, int64_t seen_s, enum verdict verdict)
{
	return (struct finding_span){
		.finding = { .check = "ptr",
		    .subject = "192.0.2.1",
		    .verdict = verdict,
		    .reason = "word",
		    .detail = "",
		    .cure = "",
		    .record = "",
		    .known_verdict = VERDICT_UNKNOWN,
		    .first_seen_s = begun_s,
		    .last_seen_s = seen_s },
		.begun_s = begun_s,
		.ended_s = ended_s,
	};
}

/* "10-20 fail; 20- pass", times from T0. */
static void
holds(struct store *store, int64_t domain, const char *want)
{
	struct arena *arena = arena_new();
	struct buf out = { 0 };
	struct finding_span *all;
	struct error err;
	size_t count;

	must(store_findings_past(
		 store, domain, 0, 0, 100, arena, &all, &count, &err),
	    &err);
	buf_str(&out, "");
	for (size_t i = 0; i < count; i++) {
		buf_printf(&out, "%s%lld-", i > 0 ? "; " : "",
		    (long long)(all[i].begun_s - T0));
		if (all[i].ended_s != 0)
			buf_printf(
			    &out, "%lld", (long long)(all[i].ended_s - T0));
		buf_printf(&out, " %s", verdict_name(all[i].finding.verdict));
	}
	ck_assert_str_eq(out.data, want);
	buf_free(&out);
	arena_free(arena);
}

START_TEST(test_findings)
{
	/* The store's own: one from 100 on, last seen at 200. */
	static const struct {
		int64_t begun, ended, seen;
		enum verdict verdict;
		enum fate fate;
		const char *after;
	} rows[] = {
		{ 100, 0, 150, VERDICT_FAIL, FATE_KNOWN, "100- fail" },
		{ 120, 130, 130, VERDICT_WARN, FATE_OWN, "100- fail" },
		{ 50, 60, 60, VERDICT_WARN, FATE_NEW, "100- fail; 50-60 warn" },
		{ 60, 150, 150, VERDICT_PASS, FATE_NEW,
		    "100- fail; 60-100 pass" },
		{ 60, 0, 150, VERDICT_PASS, FATE_NEW,
		    "100- fail; 60-100 pass" },
		{ 201, 0, 220, VERDICT_PASS, FATE_NEW, "100- fail; 201- pass" },
		{ 100, 210, 209, VERDICT_FAIL, FATE_NEW, "100-210 fail" },
		{ 100, 0, 210, VERDICT_FAIL, FATE_NEW, "100- fail" },
		{ 100, 0, 210, VERDICT_NOTE, FATE_OWN, "100- fail" },
	};
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_WRITE);
	struct error err;

	for (size_t i = 0; i < COUNT(rows); i++) {
		char name[16];
		int64_t domain;
		struct finding_span span = span_of(
		    T0 + 100, 0, T0 + 200, VERDICT_FAIL);
		struct bringing *b;
		enum fate fate;

		snprintf(name, sizeof(name), "d%zu.test", i);
		domain = add_domain(store, name);
		b = begin(store, false);
		must(bring_finding(b, domain, &span, &fate, &err), &err);
		ck_assert_int_eq(fate, FATE_NEW);
		end(b, true);
		b = begin(store, false);
		span = span_of(T0 + rows[i].begun,
		    rows[i].ended != 0 ? T0 + rows[i].ended : 0,
		    T0 + rows[i].seen, rows[i].verdict);
		must(bring_finding(b, domain, &span, &fate, &err), &err);
		ck_assert_msg(fate == rows[i].fate, "%zu: %d", i, (int)fate);
		/* Twice in a file, or in two, it counts once. */
		must(bring_finding(b, domain, &span, &fate, &err), &err);
		ck_assert_int_ne(fate, FATE_NEW);
		end(b, true);
		holds(store, domain, rows[i].after);
		b = begin(store, false);
		must(bring_finding(b, domain, &span, &fate, &err), &err);
		ck_assert_int_ne(fate, FATE_NEW);
		end(b, true);
		holds(store, domain, rows[i].after);
	}
	store_close(store);
	place_free(&place);
}
END_TEST

/* A history into a store without one stays as it is. */
START_TEST(test_findings_whole)
{
	static const int64_t at[][2] = { { 10, 20 }, { 20, 30 }, { 15, 0 },
		{ 30, 0 } };
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_WRITE);
	int64_t domain = add_domain(store, "a.test");
	struct bringing *b = begin(store, false);
	struct error err;
	enum fate fate;

	for (size_t i = 0; i < COUNT(at); i++) {
		struct finding_span span = span_of(T0 + at[i][0],
		    at[i][1] != 0 ? T0 + at[i][1] : 0, T0 + at[i][0],
		    i % 2 == 0 ? VERDICT_FAIL : VERDICT_WARN);

		must(bring_finding(b, domain, &span, &fate, &err), &err);
		ck_assert_int_eq(fate, FATE_NEW);
	}
	end(b, true);
	holds(store, domain, "10-20 fail; 20-30 warn; 15- fail; 30- warn");
	store_close(store);
	place_free(&place);
}
END_TEST

/* What one import brings is not the store's own to it, however much comes in
 * between. */
START_TEST(test_findings_many)
{
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_WRITE);
	int64_t domain = add_domain(store, "a.test");
	struct bringing *b = begin(store, false);
	struct error err;
	enum fate fate;
	char check[16];

	for (int i = 0; i < 5000; i++) {
		struct finding_span span = span_of(
		    T0 + 10 + i, T0 + 20 + i, T0 + 15, VERDICT_FAIL);

		snprintf(check, sizeof(check), "c%d", i % 4999);
		span.finding.check = check;
		if (i == 4999)
			span.begun_s = T0 + 12;
		must(bring_finding(b, domain, &span, &fate, &err), &err);
		ck_assert_int_eq(fate, FATE_NEW);
	}
	end(b, true);
	store_close(store);
	place_free(&place);
}
END_TEST

/* --- events ---------------------------------------------------------------- */

static struct store_news
news_of(int64_t at_s, const char *text)
{
	return (struct store_news){ .event = { .at_s = at_s,
					.domain = "a.test",
					.kind = "state",
					.verdict = VERDICT_FAIL,
					.text = text },
		.check = "",
		.subject = "" };
}

/* What is brought is no news to who reads on from a number. */
START_TEST(test_events)
{
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_WRITE);
	struct bringing *b = begin(store, false);
	struct store_news news = news_of(T0, "one"), *all;
	struct news_query query = { .after = 0, .limit = 10 };
	struct arena *arena = arena_new();
	struct error err;
	enum fate fate;
	int64_t last;
	size_t count;

	must(bring_event(b, &news, &fate, &err), &err);
	ck_assert_int_eq(fate, FATE_NEW);
	must(bring_event(b, &news, &fate, &err), &err);
	ck_assert_int_eq(fate, FATE_KNOWN);
	end(b, true);
	must(store_news_last(store, &last, &err), &err);
	ck_assert_int_eq(last, 0);
	news = news_of(T0 + 1, "two");
	must(store_news_add(store, &news, &err), &err);
	must(store_event_add(
		 store, "", T0 + 2, "error", VERDICT_WARN, "three", &err),
	    &err);
	must(store_news_last(store, &last, &err), &err);
	ck_assert_int_eq(last, 2);
	b = begin(store, false);
	news = news_of(T0 + 3, "four");
	must(bring_event(b, &news, &fate, &err), &err);
	news = news_of(T0 + 1, "two");
	must(bring_event(b, &news, &fate, &err), &err);
	ck_assert_int_eq(fate, FATE_KNOWN);
	end(b, true);
	must(store_news(store, &query, arena, &all, &count, &err), &err);
	ck_assert_uint_eq(count, 2);
	query.after = INT64_MIN;
	must(store_news(store, &query, arena, &all, &count, &err), &err);
	ck_assert_uint_eq(count, 4);
	ck_assert_str_eq(all[3].event.text, "three");
	arena_free(arena);
	store_close(store);
	place_free(&place);
}
END_TEST

Suite *
suite_bring(void)
{
	Suite *suite = suite_create("bring");
	TCase *tc = tcase_create("bring");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, test_traffic);
	tcase_add_test(tc, test_undone);
	tcase_add_test(tc, test_replies);
	tcase_add_test(tc, test_feedback);
	tcase_add_test(tc, test_findings);
	tcase_add_test(tc, test_findings_whole);
	tcase_add_test(tc, test_findings_many);
	tcase_add_test(tc, test_events);
	suite_add_tcase(suite, tc);
	return suite;
}
