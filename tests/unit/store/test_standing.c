/* Standings: pages in every order, filters, counts, and what a page costs. */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/internal.h"
#include "store/pack.h"
#include "tests/unit/store/support.h"

#define NO ((double)NAN)

static const struct {
	const char *name, *tag;
	bool judged;
	enum standing_state state;
	double spam, volume, growth;
	enum ramp_state ramp;
	enum reputation reputation;
	int64_t probed_s, fetched_s;
	const char *reasons;
} fleet[] = {
	{ "b.example", "prod", true, STANDING_CRITICAL, 0.0041, 48200, 2.4,
	    RAMP_STOP, REPUTATION_LOW, 50, 10,
	    "spam_violation, ptr/192.0.2.10/missing" },
	{ "a.example", "prod", true, STANDING_CRITICAL, NO, 12100, 1, RAMP_HOLD,
	    REPUTATION_HIGH, 20, 40, "ptr/192.0.2.9/missing" },
	{ "d.example", "Test_1", true, STANDING_WARNING, 0.0012, 9800, 1.3,
	    RAMP_HOLD, REPUTATION_MEDIUM, 30, 0, "spam_watch" },
	{ "c.example", "", true, STANDING_OK, 0, NO, NO, RAMP_GO,
	    REPUTATION_UNKNOWN, 0, 60, "" },
	{ "e.example", "", true, STANDING_UNKNOWN, NO, NO, NO, RAMP_BLIND,
	    REPUTATION_UNKNOWN, 70, 70, "100%_sure!" },
	{ "f.example", "", false, STANDING_OK, NO, NO, NO, RAMP_GO,
	    REPUTATION_UNKNOWN, 0, 0, "" },
};

static struct standing
standing_of(size_t i)
{
	struct standing s;

	blank_standing(&s);
	s.state = fleet[i].state;
	s.spam_rate = fleet[i].spam;
	s.volume = fleet[i].volume;
	s.growth = fleet[i].growth;
	s.ramp = fleet[i].ramp;
	s.reputation = fleet[i].reputation;
	s.probed_s = fleet[i].probed_s;
	s.fetched_s = fleet[i].fetched_s;
	/* Withheld: what b has is the rate of an older day. */
	s.data = fleet[i].name[0] == 'b' ? DATA_WITHHELD : DATA_VALUE;
	snprintf(s.reasons, sizeof(s.reasons), "%s", fleet[i].reasons);
	return s;
}

static struct store *
make_fleet(const struct place *place)
{
	struct store *store = open_store(place, STORE_COLLECT);
	struct standing standing;
	struct error err;
	int64_t id = 0;

	for (size_t i = 0; i < COUNT(fleet); i++) {
		must(store_domain_add(store, fleet[i].name, FROM_USER,
			 fleet[i].tag, &id, &err),
		    &err);
		standing = standing_of(i);
		if (fleet[i].judged)
			must(store_standing_put(store, id, &standing, &err),
			    &err);
	}
	return store;
}

/* The first letters of the page's names, and behind them the total. */
static char *
page_text(struct store *store, const struct standing_page *page)
{
	struct arena *arena = arena_new();
	struct store_standing *rows;
	struct buf out = { 0 };
	struct error err;
	size_t count, total;

	must(store_standing_page(
		 store, page, arena, &rows, &count, &total, &err),
	    &err);
	for (size_t i = 0; i < count; i++)
		buf_char(&out, rows[i].name[0]);
	buf_printf(&out, "/%zu", total);
	arena_free(arena);
	return buf_take(&out);
}

static const struct {
	struct standing_page page;
	const char *wanted;
} pages[] = {
	{ { SORT_WORST, false, NULL, 0, 99, NULL }, "badecf/6" },
	{ { SORT_WORST, true, NULL, 0, 99, NULL }, "fcedab/6" },
	{ { SORT_NAME, false, NULL, 0, 99, NULL }, "abcdef/6" },
	{ { SORT_NAME, true, "", 0, 99, NULL }, "fedcba/6" },
	{ { SORT_SPAM, false, NULL, 0, 99, NULL }, "dcbaef/6" },
	{ { SORT_VOLUME, false, NULL, 0, 99, NULL }, "badcef/6" },
	{ { SORT_GROWTH, false, NULL, 0, 99, NULL }, "bdacef/6" },
	{ { SORT_RAMP, false, NULL, 0, 99, NULL }, "ebadcf/6" },
	{ { SORT_REPUTATION, false, NULL, 0, 99, NULL }, "bdacef/6" },
	{ { SORT_AGE, false, NULL, 0, 99, NULL }, "fdabce/6" },
	{ { SORT_WORST, false, NULL, 0, 2, NULL }, "ba/6" },
	{ { SORT_WORST, false, NULL, 2, 2, NULL }, "de/6" },
	{ { SORT_WORST, false, NULL, 6, 2, NULL }, "/6" },
	{ { SORT_WORST, false, NULL, 0, 0, NULL }, "/6" },
	{ { SORT_WORST, false, NULL, 0, SIZE_MAX, NULL }, "badecf/6" },
	{ { SORT_WORST, false, "PROD", 0, 99, NULL }, "ba/2" },
	{ { SORT_WORST, false, "PROD", 1, 99, NULL }, "a/2" },
	{ { SORT_WORST, false, "C.Exam", 0, 99, NULL }, "c/1" },
	{ { SORT_WORST, false, "ptr/192.0.2.10", 0, 99, NULL }, "b/1" },
	{ { SORT_WORST, false, "nothing", 0, 99, NULL }, "/0" },
	/* What LIKE makes something of is only itself. */
	{ { SORT_WORST, false, "%", 0, 99, NULL }, "e/1" },
	{ { SORT_WORST, false, "_", 0, 99, NULL }, "bde/3" },
	{ { SORT_WORST, false, "t_1", 0, 99, NULL }, "d/1" },
	{ { SORT_WORST, false, "!", 0, 99, NULL }, "e/1" },
	{ { SORT_WORST, false, "'", 0, 99, NULL }, "/0" },
	{ { SORT_WORST, false, "example prod", 0, 99, NULL }, "/0" },
	/* After a name, which need not be there. */
	{ { SORT_NAME, false, NULL, 0, 2, "b.example" }, "cd/6" },
	{ { SORT_NAME, false, "", 1, 2, "b.example" }, "de/6" },
	{ { SORT_NAME, false, NULL, 0, 99, "dd" }, "ef/6" },
	{ { SORT_NAME, false, NULL, 0, 99, "" }, "abcdef/6" },
	{ { SORT_NAME, false, NULL, 0, 99, "z" }, "/6" },
};

START_TEST(test_pages)
{
	struct place place = place_new();
	struct store *store = make_fleet(&place);
	char *text = page_text(store, &pages[_i].page);

	ck_assert_str_eq(text, pages[_i].wanted);
	free(text);
	store_close(store);
	place_free(&place);
}
END_TEST

/* The order must be the one that the judgements define. */
START_TEST(test_worst_is_worst)
{
	struct place place = place_new();
	struct store *store = make_fleet(&place);
	struct standing_page page = { .limit = 99 };
	struct arena *arena = arena_new();
	struct store_standing *rows;
	size_t count, total;
	struct error err;

	must(store_standing_page(
		 store, &page, arena, &rows, &count, &total, &err),
	    &err);
	for (size_t i = 1; i < count; i++)
		ck_assert(!rows[i].judged ||
		    rows[i - 1].standing.state >= rows[i].standing.state);
	ck_assert(!rows[count - 1].judged);
	ck_assert_str_eq(rows[0].registrable, "b.example");
	ck_assert_str_eq(rows[0].tag, "prod");
	ck_assert_str_eq(rows[0].standing.reasons, fleet[0].reasons);
	arena_free(arena);
	store_close(store);
	place_free(&place);
}
END_TEST

static void
check_counts(struct store *store, const char *wanted)
{
	size_t counts[5];
	struct error err;
	char text[64];

	must(store_standing_counts(store, counts, &err), &err);
	snprintf(text, sizeof(text), "%zu %zu %zu %zu %zu", counts[0],
	    counts[1], counts[2], counts[3], counts[4]);
	ck_assert_str_eq(text, wanted);
}

START_TEST(test_counts)
{
	struct place place = place_new();
	struct store *store = make_fleet(&place);
	struct standing standing = standing_of(0);
	struct error err;
	int64_t id = 0;

	check_counts(store, "1 1 1 2 1");
	must(store_domain_add(store, "b.example", FROM_USER, NULL, &id, &err),
	    &err);
	check_counts(store, "1 1 1 2 1");
	standing.state = STANDING_OK;
	must(store_standing_put(store, id, &standing, &err), &err);
	check_counts(store, "2 1 1 1 1");
	must(store_domain_drop(store, id, FROM_USER, &err), &err);
	check_counts(store, "1 1 1 1 1");
	/* Judged while nobody watches: counted when it comes back. */
	standing.state = STANDING_WARNING;
	must(store_standing_put(store, id, &standing, &err), &err);
	check_counts(store, "1 1 1 1 1");
	add_domain(store, "b.example");
	check_counts(store, "1 1 2 1 1");
	must(store_begin(store, &err), &err);
	add_domain(store, "g.example");
	store_rollback(store);
	check_counts(store, "1 1 2 1 1");
	store_close(store);
	place_free(&place);
}
END_TEST

START_TEST(test_labels_follow)
{
	struct place place = place_new();
	struct store *store = make_fleet(&place);
	struct standing_page page = { .filter = "blue", .limit = 9 };
	struct standing back, standing = standing_of(0);
	struct error err;
	int64_t id = 0;
	uint64_t changes;
	char *text;

	must(store_domain_add(store, "f.example", FROM_USER, "Blue", &id, &err),
	    &err);
	text = page_text(store, &page);
	ck_assert_str_eq(text, "f/1");
	free(text);
	must_be(
	    store_standing_get(store, id, &back, &err), STATUS_NOT_FOUND, &err);
	must_be(store_standing_get(store, 999, &back, &err), STATUS_NOT_FOUND,
	    &err);
	must_be(store_standing_put(store, 999, &standing, &err),
	    STATUS_NOT_FOUND, &err);
	must(store_standing_put(store, id, &standing, &err), &err);
	must(store_standing_get(store, id, &back, &err), &err);
	ck_assert_str_eq(back.reasons, standing.reasons);
	/* Nothing new wakes nobody. */
	changes = store_changes(store);
	must(store_standing_put(store, id, &standing, &err), &err);
	ck_assert_uint_eq(store_changes(store), changes);
	store_close(store);
	place_free(&place);
}
END_TEST

/* What another version packed is judged anew, not shown as something else. */
START_TEST(test_other_version)
{
	struct place place = place_new();
	struct store *store = make_fleet(&place);
	struct standing_page page = { .limit = 1 };
	struct arena *arena = arena_new();
	struct store_standing *rows;
	size_t count, total;
	struct error err;

	store_close(store);
	run_sql(&place, "UPDATE standing SET packed = x'7f00'");
	store = open_store(&place, STORE_READ);
	must(store_standing_page(
		 store, &page, arena, &rows, &count, &total, &err),
	    &err);
	ck_assert_uint_eq(count, 1);
	ck_assert(!rows[0].judged);
	ck_assert(isnan(rows[0].standing.spam_rate));
	arena_free(arena);
	store_close(store);
	place_free(&place);
}
END_TEST

/* A page must cost the rows on the screen: no sorting of all domains. */
START_TEST(test_plan)
{
	static const struct standing_page indexed[] = {
		{ .sort = SORT_WORST },
		{ .sort = SORT_WORST, .reverse = true },
		{ .sort = SORT_WORST, .filter = "x" },
		{ .sort = SORT_NAME },
		{ .sort = SORT_NAME, .reverse = true },
		{ .sort = SORT_SPAM },
		{ .sort = SORT_SPAM, .reverse = true },
		{ .sort = SORT_VOLUME },
		{ .sort = SORT_GROWTH, .reverse = true },
		{ .sort = SORT_RAMP },
		{ .sort = SORT_REPUTATION, .reverse = true },
		{ .sort = SORT_AGE },
		{ .sort = SORT_NAME, .after = "x" },
	};
	struct place place = place_new();
	struct store *store = make_fleet(&place);
	struct buf sql = { 0 };
	struct db_stmt *stmt = NULL;
	struct error err;
	bool row, index = false;

	buf_str(&sql, "EXPLAIN QUERY PLAN ");
	store_standing_sql(&indexed[_i], &sql);
	must(store_statement(store, sql.data, &stmt, &err), &err);
	for (;;) {
		const char *step;

		must(stmt->ops->step(stmt, &row, &err), &err);
		if (!row)
			break;
		step = stmt->ops->column_text(stmt, 3);
		index |= strstr(step, "INDEX standing_") != NULL;
		ck_assert_msg(strstr(step, "TEMP") == NULL, "%s", step);
	}
	ck_assert(index);
	stmt->ops->reset(stmt);
	buf_free(&sql);
	store_close(store);
	place_free(&place);
}
END_TEST

Suite *
suite_standing(void)
{
	Suite *suite = suite_create("standing");
	TCase *tc = tcase_create("standing");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, test_pages, 0, (int)COUNT(pages));
	tcase_add_test(tc, test_worst_is_worst);
	tcase_add_test(tc, test_counts);
	tcase_add_test(tc, test_labels_follow);
	tcase_add_test(tc, test_other_version);
	tcase_add_loop_test(tc, test_plan, 0, 13);
	suite_add_tcase(suite, tc);
	return suite;
}
