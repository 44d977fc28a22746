/* Forgetting: what is too old goes, slice by slice, and nothing else. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sendtop/day.h"
#include "sendtop/store_mail.h"
#include "tests/unit/store/support.h"

enum {
	DAY = 20778, /* 2026-11-21 */
	KEPT = 3,    /* days */
	DOMAINS = 250,
	EVENTS = 12000, /* more than two slices */
};

/* A domain's ten days, one hour and reply each. */
static void
add_days(struct store *store, int64_t id)
{
	static const char *const providers[] = { "gmail", "yahoo" };
	struct error err;

	for (int32_t day = DAY - 9; day <= DAY; day++)
		for (size_t p = 0; p < COUNT(providers); p++) {
			struct traffic traffic = { .hour_s = day_start(day),
				.provider = providers[p],
				.stream = "",
				.delivered = 1 };
			struct reply_count reply = { .hour_s = day_start(day),
				.provider = providers[p],
				.stream = "",
				.key = "k",
				.category = "",
				.reply = "450",
				.identity = "",
				.count = 1,
				.last_s = day_start(day),
				.sample = "450 later" };

			must(
			    store_traffic_add(store, id, &traffic, &err), &err);
			must(store_reply_add(store, id, &reply, &err), &err);
		}
}

static int
prune_all(struct store *store, int64_t before_s)
{
	struct store_pruning pruning = { .before_s = before_s };
	struct error err;
	bool done = false;
	int turns;

	for (turns = 0; !done && turns < 1000; turns++)
		must(store_prune(store, &pruning, &done, &err), &err);
	ck_assert(done);
	must(store_prune(store, &pruning, &done, &err), &err);
	ck_assert(done);
	return turns;
}

static void
check_domain(struct store *store, int64_t id, struct arena *arena)
{
	struct reply_query query = { .domain = id,
		.until_s = INT64_MAX,
		.by_s = DAY_SECONDS,
		.limit = 99 };
	struct reply_count *replies;
	struct traffic *traffic;
	struct error err;
	double sums[10];
	size_t count;

	must(store_traffic_get(
		 store, id, NULL, 0, INT64_MAX, arena, &traffic, &count, &err),
	    &err);
	ck_assert_uint_eq(count, KEPT * 2);
	ck_assert_int_eq(traffic[0].hour_s, day_start(DAY - KEPT + 1));
	must(store_replies(store, &query, arena, &replies, &count, &err), &err);
	ck_assert_uint_eq(count, KEPT * 2);
	ck_assert_str_eq(replies[count - 1].sample, "450 later");
	/* The days' sums stay. */
	must(store_series_get(
		 store, id, METRIC_LOG_DELIVERED, DAY - 9, 10, sums, &err),
	    &err);
	for (int i = 0; i < 10; i++)
		ck_assert_double_eq(sums[i], 1);
}

START_TEST(test_prune)
{
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	struct arena *arena = arena_new();
	int64_t ids[DOMAINS];
	struct store_event *events;
	struct store_note *notes;
	struct error err;
	char name[32];
	size_t count;

	must(store_begin(store, &err), &err);
	for (int i = 0; i < DOMAINS; i++) {
		snprintf(name, sizeof(name), "d%d.example", i);
		ids[i] = add_domain(store, name);
		if (i % 50 == 0)
			add_days(store, ids[i]);
		else
			must(
			    store_traffic_add(store, ids[i],
				&(struct traffic){ .hour_s = day_start(DAY - 8),
				    .provider = "gmail",
				    .stream = "" },
				&err),
			    &err);
	}
	for (int i = 0; i < EVENTS; i++)
		must(store_event_add(store, "", day_start(DAY - 9) + i, "state",
			 VERDICT_PASS, "old", &err),
		    &err);
	must(store_event_add(store, "", day_start(DAY - KEPT + 1), "state",
		 VERDICT_PASS, "kept", &err),
	    &err);
	must(store_note_add(store, "", day_start(DAY - 9), "mine", &err), &err);
	must(store_commit(store, &err), &err);
	ck_assert_int_gt(prune_all(store, day_start(DAY - KEPT + 1)), 6);
	for (int i = 0; i < DOMAINS; i += 50)
		check_domain(store, ids[i], arena);
	must(store_events(store, NULL, 0, INT64_MAX, SIZE_MAX, arena, &events,
		 &count, &err),
	    &err);
	ck_assert_uint_eq(count, 1);
	ck_assert_str_eq(events[0].text, "kept");
	must(
	    store_notes(store, NULL, 0, INT64_MAX, arena, &notes, &count, &err),
	    &err);
	ck_assert_uint_eq(count, 1);
	store_close(store);
	arena_free(arena);
	place_free(&place);
}
END_TEST

/* Nothing too old: a turn for each part, and nothing is written. */
START_TEST(test_prune_nothing)
{
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	int64_t id = add_domain(store, "a.example");

	add_days(store, id);
	ck_assert_int_eq(prune_all(store, day_start(DAY - 20)), 5);
	store_close(store);
	place_free(&place);
}
END_TEST

Suite *
suite_prune(void)
{
	Suite *suite = suite_create("prune");
	TCase *tc = tcase_create("prune");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, test_prune);
	tcase_add_test(tc, test_prune_nothing);
	suite_add_tcase(suite, tc);
	return suite;
}
