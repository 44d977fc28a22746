/* Events, requests, activity and single values. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "sendtop/day.h"
#include "tests/unit/store/support.h"

static const struct {
	const char *domain;
	int64_t at;
	const char *text;
} happened[] = {
	{ "a.example", 10, "1" }, { "b.example", 20, "2" }, { "", 20, "3" },
	{ "a.example", 30, "4" }, { "a.example", 25, "5" }, /* told late */
};

static const struct {
	const char *domain;
	int64_t since, until;
	size_t limit;
	const char *wanted;
} asked[] = {
	{ NULL, 0, 100, 99, "45321" },
	{ NULL, 20, 25, 99, "532" },
	{ NULL, 0, 100, 2, "45" },
	{ NULL, 0, INT64_MAX, SIZE_MAX, "45321" },
	{ "a.example", 0, 100, 99, "451" },
	{ "a.example", 0, 29, 1, "5" },
	{ "", 0, 100, 99, "3" },
	{ "c.example", 0, 100, 99, "" },
	{ NULL, 31, 100, 99, "" },
};

START_TEST(test_events)
{
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	struct arena *arena = arena_new();
	struct store_event *events;
	struct buf text = { 0 };
	struct error err;
	size_t count;

	for (size_t i = 0; i < COUNT(happened); i++)
		must(store_event_add(store, happened[i].domain, happened[i].at,
			 "state", VERDICT_FAIL, happened[i].text, &err),
		    &err);
	must(
	    store_events(store, asked[_i].domain, asked[_i].since,
		asked[_i].until, asked[_i].limit, arena, &events, &count, &err),
	    &err);
	for (size_t i = 0; i < count; i++) {
		buf_str(&text, events[i].text);
		ck_assert_str_eq(events[i].kind, "state");
		ck_assert_int_eq(events[i].verdict, VERDICT_FAIL);
		ck_assert_int_gt(events[i].id, 0);
	}
	ck_assert_str_eq(text.data != NULL ? text.data : "", asked[_i].wanted);
	buf_free(&text);
	arena_free(arena);
	store_close(store);
	place_free(&place);
}
END_TEST

START_TEST(test_requests)
{
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	struct arena *arena = arena_new();
	struct store_request *all, one;
	struct error err;
	int64_t poll = 0, probe = 0, again = 0;
	size_t count;

	must(store_request_add(store, REQUEST_POLL, "", 5, &poll, &err), &err);
	must(store_request_add(
		 store, REQUEST_PROBE, "a.example", 6, &probe, &err),
	    &err);
	must(store_request_add(
		 store, REQUEST_PROBE, "a.example", 7, &again, &err),
	    &err);
	ck_assert_int_eq(again, probe);
	must(store_requests(store, 2, arena, &all, &count, &err), &err);
	ck_assert_uint_eq(count, 2);
	ck_assert_int_gt(all[0].id, all[1].id);
	must(store_requests_waiting(store, arena, &all, &count, &err), &err);
	ck_assert_uint_eq(count, 2);
	ck_assert_int_eq(all[0].id, poll);
	ck_assert_int_eq(all[0].kind, REQUEST_POLL);
	ck_assert_int_eq(all[1].id, probe);
	ck_assert_int_eq(all[1].asked_s, 6);
	must(store_request_set(store, probe, REQUEST_RUNNING, "", 8, &err),
	    &err);
	/* One that runs already does not see what happens from now on. */
	must(store_request_add(
		 store, REQUEST_PROBE, "a.example", 9, &again, &err),
	    &err);
	ck_assert_int_ne(again, probe);
	must(store_request_set(
		 store, probe, REQUEST_FAILED, "no resolver", 10, &err),
	    &err);
	must(store_request_get(store, probe, arena, &one, &err), &err);
	ck_assert_int_eq(one.state, REQUEST_FAILED);
	ck_assert_str_eq(one.result, "no resolver");
	ck_assert_int_eq(one.ended_s, 10);
	must_be(store_request_get(store, 999, arena, &one, &err),
	    STATUS_NOT_FOUND, &err);
	must_be(store_request_set(store, 999, REQUEST_DONE, "", 1, &err),
	    STATUS_NOT_FOUND, &err);
	/* The ended ones do not pile up. */
	must(store_request_add(store, REQUEST_POLL, "b.example",
		 30 * DAY_SECONDS, NULL, &err),
	    &err);
	must_be(store_request_get(store, probe, arena, &one, &err),
	    STATUS_NOT_FOUND, &err);
	must(store_requests_waiting(store, arena, &all, &count, &err), &err);
	ck_assert_uint_eq(count, 3);
	arena_free(arena);
	store_close(store);
	place_free(&place);
}
END_TEST

START_TEST(test_activity)
{
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	struct arena *arena = arena_new();
	struct store_activity probe = { .kind = "probe",
		.done = 118,
		.total = 412,
		.since_s = 1,
		.next_s = 2,
		.beat_s = 3,
		.error = "servfail",
		.error_s = 4,
		.text = "DNS 8 ms" };
	struct store_activity poll = { .kind = "poll" }, *all;
	struct error err;
	size_t count;

	must(store_activities(store, arena, &all, &count, &err), &err);
	ck_assert_uint_eq(count, 0);
	must(store_activity_set(store, &probe, &err), &err);
	must(store_activity_set(store, &poll, &err), &err);
	probe.done = 119;
	must(store_activity_set(store, &probe, &err), &err);
	must(store_activities(store, arena, &all, &count, &err), &err);
	ck_assert_uint_eq(count, 2);
	ck_assert_str_eq(all[0].kind, "poll");
	ck_assert_str_eq(all[0].error, "");
	ck_assert_int_eq(all[1].done, 119);
	ck_assert_int_eq(all[1].total, 412);
	ck_assert_int_eq(all[1].since_s, 1);
	ck_assert_int_eq(all[1].next_s, 2);
	ck_assert_int_eq(all[1].beat_s, 3);
	ck_assert_str_eq(all[1].error, "servfail");
	ck_assert_int_eq(all[1].error_s, 4);
	ck_assert_str_eq(all[1].text, "DNS 8 ms");
	arena_free(arena);
	store_close(store);
	place_free(&place);
}
END_TEST

START_TEST(test_values)
{
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	struct arena *arena = arena_new();
	const char *value = NULL;
	struct error err;

	must(store_value_get(store, "resolver", arena, &value, &err), &err);
	ck_assert_str_eq(value, "");
	must(store_value_set(store, "resolver", "127.0.0.1:53", &err), &err);
	must(store_value_set(store, "resolver", "[::1]:53", &err), &err);
	must(store_value_get(store, "resolver", arena, &value, &err), &err);
	ck_assert_str_eq(value, "[::1]:53");
	arena_free(arena);
	store_close(store);
	place_free(&place);
}
END_TEST

Suite *
suite_live(void)
{
	Suite *suite = suite_create("live");
	TCase *tc = tcase_create("live");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, test_events, 0, (int)COUNT(asked));
	tcase_add_test(tc, test_requests);
	tcase_add_test(tc, test_activity);
	tcase_add_test(tc, test_values);
	suite_add_tcase(suite, tc);
	return suite;
}
