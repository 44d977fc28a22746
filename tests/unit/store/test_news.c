/* Events by number, what hooks were told, findings of the past. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "sendtop/store_news.h"
#include "store/db.h"
#include "store/schema.h"
#include "support.h"

static void
add(struct store *store, const char *domain, int64_t at_s, const char *text,
    bool begins)
{
	const struct store_news news = { .event = { .at_s = at_s,
					     .domain = domain,
					     .kind = "finding",
					     .verdict = VERDICT_FAIL,
					     .text = text },
		.check = "ptr",
		.subject = "192.0.2.1",
		.begins = begins };
	struct error err;

	must(store_news_add(store, &news, &err), &err);
}

static const struct {
	struct news_query query;
	const char *texts; /* one letter each */
} queries[] = {
	{ { 0, 0, NULL, 10 }, "abcd" },
	{ { 0, 0, NULL, 2 }, "ab" },
	{ { 2, 0, NULL, 10 }, "cd" },
	{ { 0, 200, NULL, 10 }, "bc" },
	{ { 0, 0, "a.test", 10 }, "ac" },
	{ { 1, 0, "a.test", 10 }, "c" },
	{ { 0, 301, "a.test", 10 }, "" },
	{ { 0, 0, "", 10 }, "d" },
	{ { 4, 0, NULL, 10 }, "" },
};

START_TEST(test_order)
{
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	struct arena *arena = arena_new();
	struct store_news *all;
	struct error err;
	int64_t last;
	size_t count;

	must(store_news_last(store, &last, &err), &err);
	ck_assert_int_eq(last, 0);
	add(store, "a.test", 100, "a", true);
	add(store, "b.test", 200, "b", false);
	add(store, "a.test", 300, "c", true);
	must(store_event_add(store, "", 50, "state", VERDICT_PASS, "d", &err),
	    &err);
	must(store_news_last(store, &last, &err), &err);
	ck_assert_int_eq(last, 4);
	must(store_news(store, &queries[_i].query, arena, &all, &count, &err),
	    &err);
	ck_assert_uint_eq(count, strlen(queries[_i].texts));
	for (size_t i = 0; i < count; i++) {
		bool own = all[i].event.domain[0] == '\0';

		ck_assert_int_eq(all[i].event.text[0], queries[_i].texts[i]);
		ck_assert_str_eq(all[i].check, own ? "" : "ptr");
		ck_assert_str_eq(all[i].subject, own ? "" : "192.0.2.1");
		ck_assert_int_eq(
		    all[i].begins, !own && all[i].event.text[0] != 'b');
	}
	arena_free(arena);
	store_close(store);
	place_free(&place);
}
END_TEST

static struct store_told
told_of(const char *hook, const char *subject)
{
	return (struct store_told){ .hook = hook,
		.domain = "a.test",
		.kind = "finding",
		.check = "ptr",
		.subject = subject };
}

static bool
is_told(struct store *store, const char *hook, const char *subject)
{
	struct store_told told = told_of(hook, subject);
	struct error err;

	told.told_s = 77;
	must(store_told_get(store, &told, &err), &err);
	return told.told_s != 0;
}

START_TEST(test_told)
{
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	struct store_told told = told_of("h", "one");
	struct error err;

	ck_assert(!is_told(store, "h", "one"));
	told.told_s = 100;
	told.verdict = VERDICT_FAIL;
	told.open = true;
	must(store_told_put(store, &told, &err), &err);
	told = told_of("h", "one");
	must(store_told_get(store, &told, &err), &err);
	ck_assert_int_eq(told.told_s, 100);
	ck_assert_int_eq(told.verdict, VERDICT_FAIL);
	ck_assert(told.open);
	ck_assert(!is_told(store, "h", "two") && !is_told(store, "g", "one"));
	/* What has not ended stays, what ended goes with time. */
	must(store_told_prune(store, "h", 1000, &err), &err);
	ck_assert(is_told(store, "h", "one"));
	told.open = false;
	must(store_told_put(store, &told, &err), &err);
	must(store_told_prune(store, "g", 1000, &err), &err);
	must(store_told_prune(store, "h", 100, &err), &err);
	ck_assert(is_told(store, "h", "one"));
	must(store_told_prune(store, "h", 101, &err), &err);
	ck_assert(!is_told(store, "h", "one"));
	store_close(store);
	place_free(&place);
}
END_TEST

static void
find(struct store *store, int64_t domain, enum verdict verdict,
    const char *reason, int64_t now_s)
{
	static const char *const checks[] = { "ptr" };
	const struct finding f = { .check = "ptr",
		.subject = "192.0.2.1",
		.verdict = verdict,
		.reason = reason,
		.detail = "d",
		.cure = "" };
	struct error err;

	must(store_findings_put(
		 store, domain, checks, 1, &f, 1, now_s, NULL, NULL, &err),
	    &err);
}

START_TEST(test_past)
{
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	struct arena *arena = arena_new();
	int64_t domain = add_domain(store, "a.test"), other;
	struct finding_span *all;
	struct error err;
	size_t count;

	other = add_domain(store, "b.test");
	find(store, domain, VERDICT_PASS, "ok", 100);
	find(store, other, VERDICT_FAIL, "missing", 150);
	find(store, domain, VERDICT_FAIL, "missing", 200);
	find(store, domain, VERDICT_PASS, "ok", 300);
	must(store_findings_past(
		 store, domain, 0, 0, 10, arena, &all, &count, &err),
	    &err);
	ck_assert_uint_eq(count, 3);
	ck_assert_int_eq(all[0].begun_s, 100);
	ck_assert_int_eq(all[0].ended_s, 200);
	ck_assert_str_eq(all[1].finding.reason, "missing");
	ck_assert_int_eq(all[1].finding.verdict, VERDICT_FAIL);
	ck_assert_int_eq(all[2].begun_s, 300);
	ck_assert_int_eq(all[2].ended_s, 0);
	/* A page at a time, and from a moment on. */
	must(store_findings_past(
		 store, domain, 0, all[0].id, 1, arena, &all, &count, &err),
	    &err);
	ck_assert_uint_eq(count, 1);
	ck_assert_str_eq(all[0].finding.reason, "missing");
	must(store_findings_past(
		 store, domain, 250, 0, 10, arena, &all, &count, &err),
	    &err);
	ck_assert_uint_eq(count, 2);
	arena_free(arena);
	store_close(store);
	place_free(&place);
}
END_TEST

/* One check on one subject, newest first. */
START_TEST(test_past_of_one)
{
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	struct arena *arena = arena_new();
	struct finding_key key = { .domain = add_domain(store, "a.test"),
		.check = "ptr",
		.subject = "192.0.2.1" };
	struct finding_span *all;
	struct error err;
	size_t count;

	find(store, key.domain, VERDICT_PASS, "ok", 100);
	find(store, add_domain(store, "b.test"), VERDICT_WARN, "other", 150);
	find(store, key.domain, VERDICT_FAIL, "missing", 200);
	find(store, key.domain, VERDICT_PASS, "ok", 300);
	must(store_finding_past(
		 store, &key, 1000, 10, arena, &all, &count, &err),
	    &err);
	ck_assert_uint_eq(count, 3);
	ck_assert_int_eq(all[0].begun_s, 300);
	ck_assert_int_eq(all[0].ended_s, 0);
	ck_assert_str_eq(all[1].finding.reason, "missing");
	ck_assert_int_eq(all[2].ended_s, 200);
	/* As it stood at a moment, and no more than asked for. */
	must(store_finding_past(store, &key, 250, 1, arena, &all, &count, &err),
	    &err);
	ck_assert_uint_eq(count, 1);
	ck_assert_str_eq(all[0].finding.reason, "missing");
	key.subject = "192.0.2.2";
	must(store_finding_past(
		 store, &key, 1000, 10, arena, &all, &count, &err),
	    &err);
	ck_assert_uint_eq(count, 0);
	arena_free(arena);
	store_close(store);
	place_free(&place);
}
END_TEST

/* Events of an older store are there, and are about nothing in particular. */
START_TEST(test_older_store)
{
	struct place place = place_new();
	const struct schema_steps third = { schema.steps, 3 };
	const struct news_query query = { .limit = 10 };
	struct arena *arena = arena_new();
	struct store_news *all;
	struct store *store;
	struct db *db = NULL;
	struct error err;
	size_t count;

	must(db_sqlite.open(place.path, DB_MAKE, &db, &err), &err);
	must(db_sqlite.accept(db, &err), &err);
	must(schema_migrate(db, &third, &err), &err);
	must(db->ops->exec(db,
		 "INSERT INTO event (at_s, domain, kind, verdict, said)"
		 " VALUES (5, 'a.test', 'state', 3, 'critical')",
		 &err),
	    &err);
	db_sqlite.close(db);
	store = open_store(&place, STORE_COLLECT);
	must(store_news(store, &query, arena, &all, &count, &err), &err);
	ck_assert_uint_eq(count, 1);
	ck_assert_str_eq(all[0].event.text, "critical");
	ck_assert_str_eq(all[0].check, "");
	ck_assert(!all[0].begins);
	arena_free(arena);
	store_close(store);
	place_free(&place);
}
END_TEST

Suite *
suite_news(void)
{
	Suite *suite = suite_create("news");
	TCase *tc = tcase_create("news");

	tcase_add_loop_test(tc, test_order, 0, (int)COUNT(queries));
	tcase_add_test(tc, test_told);
	tcase_add_test(tc, test_past);
	tcase_add_test(tc, test_past_of_one);
	tcase_add_test(tc, test_older_store);
	suite_add_tcase(suite, tc);
	return suite;
}
