/* One domain's story in a store, and what is seen of it from each day. */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sendtop/day.h"
#include "sendtop/view.h"
#include "tests/unit/store/support.h"
#include "tests/unit/view/suites.h"

enum {
	TODAY = 20778, /* 2026-11-21 */
	NEWEST = TODAY - 2,
	FIRST = TODAY - 20,
	ASKED = NEWEST - FIRST + 1,
	ROSE = TODAY - 4, /* the first day over 0.30 */
};
static const char name[] = "news.example.com";

static int64_t
noon(int32_t day)
{
	return day_start(day) + DAY_SECONDS / 2;
}

/* Quiet, then over the line; a PTR record lost the day after. */
static void
tell_numbers(struct store *store, int64_t id)
{
	double values[ASKED];
	struct feedback feedback[] = { { "camp1", false, ROSE - 3, 0.001 },
		{ "camp2", false, ROSE, 0.009 } };
	struct error err;

	for (int i = 0; i < ASKED; i++)
		values[i] = FIRST + i >= ROSE ? 0.0041 : 0.0002;
	must(store_series_put(
		 store, id, METRIC_SPAM_RATE, FIRST, ASKED, values, &err),
	    &err);
	must(store_feedback_put(store, id, FIRST, NEWEST, feedback, 2, &err),
	    &err);
}

static void
tell_findings(struct store *store, int64_t id)
{
	static const char *const checks[] = { "ptr" };
	struct finding ptr = { .check = "ptr",
		.subject = "192.0.2.10",
		.verdict = VERDICT_PASS,
		.reason = "ok",
		.detail = "",
		.cure = "" };
	struct error err;

	must(store_findings_put(store, id, checks, 1, &ptr, 1, noon(ROSE - 5),
		 NULL, NULL, &err),
	    &err);
	ptr.verdict = VERDICT_FAIL;
	ptr.reason = "missing";
	must(store_findings_put(store, id, checks, 1, &ptr, 1, noon(ROSE + 1),
		 NULL, NULL, &err),
	    &err);
	must(store_event_add(store, name, noon(ROSE - 5), "state", VERDICT_PASS,
		 "first", &err),
	    &err);
	must(store_event_add(store, name, noon(ROSE + 1), "state", VERDICT_FAIL,
		 "second", &err),
	    &err);
}

static struct store *
tell(const struct place *place)
{
	struct store *store = open_store(place, STORE_COLLECT);
	struct store_domain domain = { .id = add_domain(store, name),
		.poll = POLL_OK,
		.poll_error = "",
		.fetched_s = noon(TODAY),
		.asked_first = FIRST,
		.asked_last = TODAY,
		.probed_s = noon(TODAY) - 60 };
	struct error err;

	must(store_domain_update(store, &domain, &err), &err);
	must(
	    store_value_set(store, "postmaster.newest_day", "2026-11-19", &err),
	    &err);
	must(store_value_set(
		 store, "postmaster.fetched", "2026-11-21T12:00:00Z", &err),
	    &err);
	tell_numbers(store, domain.id);
	tell_findings(store, domain.id);
	return store;
}

static struct settings *
no_settings(void)
{
	struct settings *settings = NULL;
	struct error err;

	must(settings_parse("", 0, "none", &settings, &err), &err);
	return settings;
}

static const struct {
	const char *why;
	int32_t as_of;
	enum spam_band band;
	int32_t spam_day;
	enum verdict ptr; /* VERDICT_SKIP: none yet */
	size_t events, feedback;
	int32_t newest;
} rows[] = {
	{ "now", DAY_NONE, SPAM_VIOLATED, NEWEST, VERDICT_FAIL, 2, 2, NEWEST },
	{ "today", TODAY, SPAM_VIOLATED, NEWEST, VERDICT_FAIL, 2, 2, NEWEST },
	{ "the day it rose", ROSE, SPAM_VIOLATED, ROSE, VERDICT_PASS, 1, 2,
	    ROSE },
	{ "the day before", ROSE - 1, SPAM_OK, ROSE - 1, VERDICT_PASS, 1, 1,
	    ROSE - 1 },
	{ "before the probes", ROSE - 6, SPAM_OK, ROSE - 6, VERDICT_SKIP, 0, 0,
	    ROSE - 6 },
	{ "before everything", FIRST - 1, SPAM_UNKNOWN, DAY_NONE, VERDICT_SKIP,
	    0, 0, DAY_NONE },
};

START_TEST(test_as_of)
{
	struct place place = place_new();
	struct store *store = tell(&place);
	struct settings *settings = no_settings();
	struct arena *arena = arena_new();
	struct view v;
	const struct finding *ptr;
	struct error err;

	must(view_load(store, settings, NULL, name, rows[_i].as_of, noon(TODAY),
		 arena, &v, &err),
	    &err);
	ck_assert_msg(v.judgements.spam.band == rows[_i].band, "%s: %s",
	    rows[_i].why, spam_band_name(v.judgements.spam.band));
	ck_assert_int_eq(v.judgements.spam.day, rows[_i].spam_day);
	ptr = history_finding(&v.history, "ptr", NULL);
	ck_assert_int_eq(
	    ptr != NULL ? ptr->verdict : VERDICT_SKIP, rows[_i].ptr);
	ck_assert_uint_eq(v.event_count, rows[_i].events);
	ck_assert_uint_eq(v.history.feedback_count, rows[_i].feedback);
	ck_assert_int_eq(v.history.newest_day, rows[_i].newest);
	ck_assert_uint_eq(v.history.days, VIEW_DAYS);
	ck_assert_int_le(v.history.asked_last, v.history.today);
	ck_assert_int_le(v.standing.probed_s, v.history.now_s);
	ck_assert_int_le(v.standing.since_s, v.history.now_s);
	ck_assert_str_eq(v.history.registrable, "example.com");
	arena_free(arena);
	settings_free(settings);
	store_close(store);
	place_free(&place);
}
END_TEST

/* The stored standing knows since when; in the past, the events do. */
START_TEST(test_since)
{
	struct place place = place_new();
	struct store *store = tell(&place);
	struct settings *settings = no_settings();
	struct arena *arena = arena_new();
	struct view v;
	struct error err;

	must(view_load(store, settings, NULL, name, DAY_NONE, noon(TODAY),
		 arena, &v, &err),
	    &err);
	ck_assert_int_eq(v.standing.state, STANDING_CRITICAL);
	/* Nothing is stored yet: Google's numbers tell. */
	ck_assert_int_eq(v.standing.since_s, day_start(ROSE));
	ck_assert_int_eq(v.standing.probed_s, noon(TODAY) - 60);
	v.standing.since_s = noon(ROSE + 2);
	must(store_standing_put(store, v.domain.id, &v.standing, &err), &err);
	must(view_load(store, settings, NULL, name, DAY_NONE, noon(TODAY) + 9,
		 arena, &v, &err),
	    &err);
	ck_assert_int_eq(v.standing.since_s, noon(ROSE + 2));
	must(view_load(store, settings, NULL, name, ROSE + 1, noon(TODAY),
		 arena, &v, &err),
	    &err);
	ck_assert_int_eq(v.standing.since_s, noon(ROSE + 1));
	/* Before the event of that state there is the day that broke it; when
	 * nothing tells, the day that is looked at is no begin. */
	must(view_load(store, settings, NULL, name, ROSE - 6, noon(TODAY),
		 arena, &v, &err),
	    &err);
	ck_assert_int_eq(v.standing.since_s, 0);
	ck_assert_int_eq(v.standing.probed_s, 0);
	must_be(view_load(store, settings, NULL, "other.example", DAY_NONE,
		    noon(TODAY), arena, &v, &err),
	    STATUS_NOT_FOUND, &err);
	arena_free(arena);
	settings_free(settings);
	store_close(store);
	place_free(&place);
}
END_TEST

START_TEST(test_requirements)
{
	const char *src = getenv("SENDTOP_SRCDIR");
	char *path = mem_printf(
	    "%s/share/requirements.json", src != NULL ? src : ".");
	struct place place = place_new();
	struct store *store = tell(&place);
	struct settings *settings = no_settings();
	struct arena *arena = arena_new();
	struct requirements *table = NULL;
	bool found = false;
	struct view v;
	struct error err;

	must(requirements_load(path, &table, &err), &err);
	must(view_load(store, settings, table, name, DAY_NONE, noon(TODAY),
		 arena, &v, &err),
	    &err);
	ck_assert_uint_eq(
	    v.judgements.requirement_count, requirements_count(table));
	for (size_t i = 0; i < v.judgements.requirement_count; i++)
		found |= strcmp(v.judgements.requirements[i].row->id,
			     "A2-PTR") == 0 &&
		    v.judgements.requirements[i].verdict == VERDICT_FAIL;
	ck_assert_msg(found, "the missing PTR record fails no requirement");
	requirements_free(table);
	arena_free(arena);
	settings_free(settings);
	store_close(store);
	place_free(&place);
	free(path);
}
END_TEST

START_TEST(test_head)
{
	struct place place = place_new();
	struct store *store = tell(&place);
	struct settings *settings = no_settings();
	struct arena *arena = arena_new();
	struct store_activity poll = { .kind = "poll", .done = 3 };
	struct view_head head;
	struct error err;

	must(store_activity_set(store, &poll, &err), &err);
	must(
	    store_value_set(store, "postmaster.error", "no token", &err), &err);
	must(view_head_load(
		 store, settings, DAY_NONE, noon(TODAY), arena, &head, &err),
	    &err);
	ck_assert_int_eq(head.newest_day, NEWEST);
	ck_assert_int_eq(head.fetched_s, noon(TODAY));
	ck_assert_str_eq(head.resolver, "");
	ck_assert_str_eq(head.store, place.path);
	ck_assert_str_eq(head.postmaster_error, "no token");
	ck_assert(!head.postmaster_partly);
	must(store_value_set(store, "postmaster.partly", "1", &err), &err);
	ck_assert_uint_eq(head.counts[4], 1);
	ck_assert_uint_eq(head.activity_count, 1);
	ck_assert(!head.connected);
	must(view_head_load(
		 store, settings, ROSE, noon(TODAY), arena, &head, &err),
	    &err);
	ck_assert_int_eq(head.newest_day, ROSE);
	ck_assert(head.postmaster_partly);
	must(view_head_load(
		 store, settings, FIRST - 1, noon(TODAY), arena, &head, &err),
	    &err);
	ck_assert_int_eq(head.newest_day, DAY_NONE);
	arena_free(arena);
	settings_free(settings);
	store_close(store);
	place_free(&place);
}
END_TEST

/* Numbers that came in without anybody asking Google count as well. */
START_TEST(test_reaches_back)
{
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	int64_t id = add_domain(store, name);
	double value = 0.0002;
	struct error err;
	bool reaches;

	must(store_reaches_back(store, TODAY, &reaches, &err), &err);
	ck_assert(!reaches);
	must(store_series_put(
		 store, id, METRIC_SPAM_RATE, FIRST, 1, &value, &err),
	    &err);
	must(store_reaches_back(store, FIRST, &reaches, &err), &err);
	ck_assert(reaches);
	must(store_reaches_back(store, FIRST - 1, &reaches, &err), &err);
	ck_assert(!reaches);
	store_close(store);
	place_free(&place);
}
END_TEST

Suite *
suite_view(void)
{
	Suite *suite = suite_create("view");
	TCase *tc = tcase_create("view");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, test_as_of, 0, (int)COUNT(rows));
	tcase_add_test(tc, test_since);
	tcase_add_test(tc, test_requirements);
	tcase_add_test(tc, test_head);
	tcase_add_test(tc, test_reaches_back);
	suite_add_tcase(suite, tc);
	return suite;
}
