/* Series: what is put comes back, gaps stay gaps, damage is named. */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sendtop/day.h"
#include "sendtop/store_mail.h"
#include "tests/unit/store/support.h"

enum {
	DAY = 20000,
	SHOWN = 12,
};
#define NO ((double)NAN)

/* Writes in order; then days DAY..DAY+11 as the last column says, where '-'
 * is no number and a letter or digit stands for itself / 100. */
static const struct {
	const char *why;
	struct {
		int at; /* from DAY */
		const char *values;
	} puts[4];
	const char *shown;
	int first, last; /* span from DAY; both -1: none */
} rows[] = {
	{ "nothing", { { 0, NULL } }, "------------", -1, -1 },
	{ "one value", { { 3, "7" } }, "---7--------", 3, 3 },
	{ "a run", { { 0, "0123456789ab" } }, "0123456789ab", 0, 11 },
	{ "a zero is a number", { { 2, "000" } }, "--000-------", 2, 4 },
	{ "a gap", { { 1, "5---6" } }, "-5---6------", 1, 5 },
	{ "before what is there", { { 6, "9" }, { 2, "1" } }, "--1---9-----", 2,
	    6 },
	{ "after what is there", { { 2, "1" }, { 6, "9" } }, "--1---9-----", 2,
	    6 },
	{ "over what is there", { { 2, "12345" }, { 3, "99" } }, "--19945-----",
	    2, 6 },
	{ "a number taken back", { { 2, "123" }, { 3, "-" } }, "--1-3-------",
	    2, 4 },
	{ "ends taken back", { { 2, "12345" }, { 5, "--" }, { 2, "-" } },
	    "---23-------", 3, 4 },
	{ "all taken back", { { 2, "123" }, { 2, "---" } }, "------------", -1,
	    -1 },
	{ "only gaps", { { 2, "---" } }, "------------", -1, -1 },
	{ "outside of what is shown", { { -5, "123456" }, { 11, "78" } },
	    "6----------7", -5, 12 },
};

static double
value_of(char c)
{
	static const char letters[] = "0123456789ab";
	const char *at = strchr(letters, c);

	return c == '-' || at == NULL ? NO : (double)(at - letters) / 100;
}

static void
put_text(struct store *store, int64_t id, int at, const char *text)
{
	double values[SHOWN];
	struct error err;
	size_t count = strlen(text);

	for (size_t i = 0; i < count; i++)
		values[i] = value_of(text[i]);
	must(store_series_put(
		 store, id, METRIC_AUTH_SPF, DAY + at, count, values, &err),
	    &err);
}

/* All at once is as each by itself, and nothing beside or past the days. */
static void
check_all(struct store *store, int64_t id, int32_t first, size_t count)
{
	double all[METRIC_COUNT][SHOWN + 1], *out[METRIC_COUNT], one[SHOWN];
	struct error err;

	for (size_t m = 0; m < METRIC_COUNT; m++) {
		out[m] = all[m];
		all[m][count] = 77;
	}
	must(store_series_all(store, id, first, count, out, &err), &err);
	for (size_t m = 0; m < METRIC_COUNT; m++) {
		must(store_series_get(
			 store, id, (enum metric)m, first, count, one, &err),
		    &err);
		for (size_t i = 0; i < count; i++)
			ck_assert_msg(isnan(one[i]) ? isnan(all[m][i])
						    : one[i] == all[m][i],
			    "metric %zu, day %zu", m, i);
		ck_assert_double_eq(all[m][count], 77);
	}
}

static void
put_five(struct store *store, int64_t id, enum metric metric)
{
	static const double five[] = { 1, 2, NO, 4, 5 };
	struct error err;

	must(store_series_put(store, id, metric, DAY, 5, five, &err), &err);
}

static void
siblings(struct store *store, int64_t id, const char *registrable,
    const double wanted[4])
{
	double sums[4] = { 7, 7, 7, 7 };
	struct error err;

	must(store_series_siblings(
		 store, id, registrable, DAY + 1, 4, sums, &err),
	    &err);
	for (size_t i = 0; i < 4; i++)
		ck_assert(isnan(wanted[i])
			? isnan(sums[i])
			: sums[i] >= wanted[i] && sums[i] <= wanted[i]);
}

/* What all others under the same registrable domain have, and no more. */
START_TEST(test_siblings)
{
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	int64_t ids[4], other;

	ids[0] = add_domain(store, "example.com");
	ids[1] = add_domain(store, "a.example.com");
	ids[2] = add_domain(store, "b.a.example.com");
	ids[3] = add_domain(store, "c.example.com");
	other = add_domain(store, "example.org");
	put_five(store, ids[0], METRIC_LOG_BOUNCED);
	put_five(store, ids[1], METRIC_LOG_DELIVERED);
	put_five(store, ids[1], METRIC_LOG_DEFERRED);
	put_five(store, ids[2], METRIC_LOG_DELIVERED);
	put_five(store, ids[2], METRIC_LOG_BOUNCED);
	put_five(store, other, METRIC_LOG_BOUNCED);
	siblings(store, ids[2], "example.com", (double[]){ 4, NO, 8, 10 });
	siblings(store, ids[0], "example.com", (double[]){ 6, NO, 12, 15 });
	siblings(store, ids[3], "example.com", (double[]){ 8, NO, 16, 20 });
	/* Of few domains it is as it is now. */
	put_five(store, ids[3], METRIC_LOG_BOUNCED);
	siblings(store, ids[0], "example.com", (double[]){ 8, NO, 16, 20 });
	siblings(store, other, "example.org", (double[]){ NO, NO, NO, NO });
	store_close(store);
	place_free(&place);
}
END_TEST

/* However many they are, all count; and are not read anew for each of them. */
START_TEST(test_many_siblings)
{
	enum { MANY = 2500 };
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	int64_t ids[MANY];
	char name[32];
	struct error err;

	must(store_begin(store, &err), &err);
	for (size_t i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "a%zu.example.com", i);
		ids[i] = add_domain(store, name);
		put_five(store, ids[i], METRIC_LOG_DELIVERED);
	}
	must(store_commit(store, &err), &err);
	siblings(store, ids[7], "example.com",
	    (double[]){
		2.0 * (MANY - 1), NO, 4.0 * (MANY - 1), 5.0 * (MANY - 1) });
	/* Younger than the sums: left out of them as far as they go. */
	put_five(store, ids[8], METRIC_LOG_BOUNCED);
	siblings(store, ids[8], "example.com",
	    (double[]){
		2.0 * (MANY - 2), NO, 4.0 * (MANY - 2), 5.0 * (MANY - 2) });
	siblings(store, ids[9], "example.com",
	    (double[]){
		2.0 * (MANY - 1), NO, 4.0 * (MANY - 1), 5.0 * (MANY - 1) });
	store_close(store);
	place_free(&place);
}
END_TEST

START_TEST(test_all)
{
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	int64_t ids[3];
	struct error err;

	ids[0] = add_domain(store, "a.example.com");
	ids[1] = add_domain(store, "b.example.com");
	ids[2] = add_domain(store, "c.example.com");
	for (size_t d = 0; d < 3; d += 2)
		for (size_t m = 0; m < METRIC_COUNT; m += 1 + d) {
			double values[5] = { NO, (double)m, (double)d, NO, 4 };

			must(store_series_put(store, ids[d], (enum metric)m,
				 DAY + (int32_t)(m % 4), 5, values, &err),
			    &err);
		}
	for (size_t d = 0; d < 3; d++)
		for (int first = -9; first < 12; first++)
			for (size_t count = 0; count <= SHOWN; count += 3)
				check_all(store, ids[d], DAY + first, count);
	store_close(store);
	place_free(&place);
}
END_TEST

START_TEST(test_puts)
{
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	int64_t id = add_domain(store, "example.com");
	double out[SHOWN];
	int32_t first, last;
	struct error err;

	for (size_t i = 0; i < 4 && rows[_i].puts[i].values != NULL; i++)
		put_text(
		    store, id, rows[_i].puts[i].at, rows[_i].puts[i].values);
	must(
	    store_series_get(store, id, METRIC_AUTH_SPF, DAY, SHOWN, out, &err),
	    &err);
	for (size_t i = 0; i < SHOWN; i++) {
		double wanted = value_of(rows[_i].shown[i]);

		ck_assert_msg(isnan(wanted) ? isnan(out[i]) : out[i] == wanted,
		    "%s: day %zu is %g", rows[_i].why, i, out[i]);
	}
	must(store_series_span(store, id, &first, &last, &err), &err);
	if (rows[_i].first == -1 && rows[_i].last == -1) {
		ck_assert_int_eq(first, DAY_NONE);
		ck_assert_int_eq(last, DAY_NONE);
	} else {
		ck_assert_int_eq(first, DAY + rows[_i].first);
		ck_assert_int_eq(last, DAY + rows[_i].last);
	}
	store_close(store);
	place_free(&place);
}
END_TEST

START_TEST(test_exact)
{
	static const double values[] = { 0.003, 0.3e-2 + 1e-18, 1e-300, -0.0,
		12345678901234.5, (double)INFINITY, (double)NAN, 1 };
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	int64_t id = add_domain(store, "example.com");
	double out[COUNT(values)];
	struct error err;

	must(store_series_put(
		 store, id, METRIC_SPAM_RATE, DAY, COUNT(values), values, &err),
	    &err);
	must(store_series_get(
		 store, id, METRIC_SPAM_RATE, DAY, COUNT(values), out, &err),
	    &err);
	for (size_t i = 0; i < COUNT(values); i++)
		if (isfinite(values[i]))
			ck_assert_mem_eq(&out[i], &values[i], sizeof(*out));
		else
			ck_assert(isnan(out[i]));
	/* Neither another metric nor another domain has any of it. */
	must(store_series_get(
		 store, id, METRIC_AUTH_DKIM, DAY, COUNT(values), out, &err),
	    &err);
	ck_assert(isnan(out[0]));
	must(store_series_get(store, add_domain(store, "b.example"),
		 METRIC_SPAM_RATE, DAY, COUNT(values), out, &err),
	    &err);
	ck_assert(isnan(out[0]));
	store_close(store);
	place_free(&place);
}
END_TEST

START_TEST(test_bounds)
{
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	int64_t id = add_domain(store, "example.com");
	double value = 1, out[3];
	struct error err;

	must_be(store_series_put(
		    store, id, METRIC_SPAM_RATE, DAY, 1 << 20, &value, &err),
	    STATUS_USAGE, &err);
	must_be(store_series_put(
		    store, id, METRIC_SPAM_RATE, INT32_MAX, 2, &value, &err),
	    STATUS_USAGE, &err);
	must(store_series_put(store, id, METRIC_SPAM_RATE, DAY, 0, NULL, &err),
	    &err);
	must(
	    store_series_put(store, id, METRIC_SPAM_RATE, DAY, 1, &value, &err),
	    &err);
	/* Too far from what is there, before and after. */
	must_be(store_series_put(
		    store, id, METRIC_SPAM_RATE, DAY + 30000, 1, &value, &err),
	    STATUS_USAGE, &err);
	must_be(store_series_put(
		    store, id, METRIC_SPAM_RATE, INT32_MIN, 1, &value, &err),
	    STATUS_USAGE, &err);
	must(store_series_put(
		 store, id, METRIC_SPAM_RATE, DAY + 10000, 1, &value, &err),
	    &err);
	must(store_series_get(
		 store, id, METRIC_SPAM_RATE, INT32_MAX - 2, 3, out, &err),
	    &err);
	ck_assert(isnan(out[0]) && isnan(out[2]));
	must(store_series_get(
		 store, id, METRIC_SPAM_RATE, INT32_MIN, 3, out, &err),
	    &err);
	ck_assert(isnan(out[0]) && isnan(out[2]));
	store_close(store);
	place_free(&place);
}
END_TEST

/* Rows that the store would never write. */
START_TEST(test_damaged)
{
	static const char *const changes[] = {
		"UPDATE series SET numbers = x'00'",
		"UPDATE series SET numbers = x''",
		"UPDATE series SET days = 4",
		"UPDATE series SET days = -1",
		"UPDATE series SET days = 1000000000",
		"UPDATE series SET days = 9223372036854775807",
		"UPDATE series SET first_day = 9223372036854775807",
		"UPDATE series SET first_day = -9223372036854775808",
		"UPDATE series SET numbers = 'text'",
		"UPDATE series SET days = 20000, numbers = zeroblob(160000)",
	};
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	int64_t id = add_domain(store, "example.com");
	double values[3] = { 1, 2, 3 };
	double all[METRIC_COUNT][3], *out[METRIC_COUNT];
	struct error err;

	for (size_t m = 0; m < METRIC_COUNT; m++)
		out[m] = all[m];
	must(
	    store_series_put(store, id, METRIC_SPAM_RATE, DAY, 3, values, &err),
	    &err);
	store_close(store);
	run_sql(&place, changes[_i]);
	store = open_store(&place, STORE_COLLECT);
	must_be(
	    store_series_get(store, id, METRIC_SPAM_RATE, DAY, 3, values, &err),
	    STATUS_CORRUPT, &err);
	ck_assert(isnan(values[0]));
	must_be(store_series_all(store, id, DAY, 3, out, &err), STATUS_CORRUPT,
	    &err);
	ck_assert_int_ne(
	    store_series_put(store, id, METRIC_SPAM_RATE, DAY, 1, values, &err),
	    STATUS_OK);
	store_close(store);
	place_free(&place);
}
END_TEST

/* Bits that are no number are a gap, whoever wrote them. */
START_TEST(test_odd_bits)
{
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	int64_t id = add_domain(store, "example.com");
	double values[3] = { 1, 2, 3 };
	struct error err;

	must(
	    store_series_put(store, id, METRIC_SPAM_RATE, DAY, 3, values, &err),
	    &err);
	store_close(store);
	run_sql(&place,
	    "UPDATE series SET numbers ="
	    " x'000000000000f07f000000000000e03f0100000000f0ffff'");
	store = open_store(&place, STORE_READ);
	must(
	    store_series_get(store, id, METRIC_SPAM_RATE, DAY, 3, values, &err),
	    &err);
	ck_assert(isnan(values[0]));
	ck_assert_double_eq(values[1], 0.5);
	ck_assert(isnan(values[2]));
	store_close(store);
	place_free(&place);
}
END_TEST

static void
check_feedback(struct store *store, int64_t id, const char *wanted)
{
	struct arena *arena = arena_new();
	struct feedback *all;
	struct buf text = { 0 };
	struct error err;
	size_t count;

	must(store_feedback_get(
		 store, id, DAY, DAY + 9, arena, &all, &count, &err),
	    &err);
	buf_str(&text, "");
	for (size_t i = 0; i < count; i++)
		buf_printf(&text, "%d %s%s %g;", (int)(all[i].day - DAY),
		    all[i].id, all[i].by_dkim ? "+dkim" : "", all[i].rate);
	ck_assert_str_eq(text.data != NULL ? text.data : "", wanted);
	buf_free(&text);
	arena_free(arena);
}

START_TEST(test_feedback)
{
	static const struct feedback first[] = {
		{ "camp1", false, DAY, 0.25 }, { "camp1", true, DAY, 0.5 },
		{ "camp2", false, DAY + 1, NO },
		{ "camp1", false, DAY + 2, 0.125 },
		{ "camp1", false, DAY + 2, 0.75 }, /* the later one counts */
	};
	static const struct feedback second[] = { { "x", true, DAY + 1, 0 } };
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	int64_t id = add_domain(store, "example.com");
	struct error err;

	check_feedback(store, id, "");
	must(store_feedback_put(
		 store, id, DAY, DAY + 2, first, COUNT(first), &err),
	    &err);
	check_feedback(store, id,
	    "2 camp1 0.75;1 camp2 nan;0 camp1 0.25;0 camp1+dkim 0.5;");
	must(store_feedback_put(store, id, DAY + 1, DAY + 2, second, 1, &err),
	    &err);
	check_feedback(store, id, "1 x+dkim 0;0 camp1 0.25;0 camp1+dkim 0.5;");
	must_be(store_feedback_put(store, id, DAY, DAY, second, 1, &err),
	    STATUS_USAGE, &err);
	must(store_feedback_put(store, id, DAY, DAY + 9, NULL, 0, &err), &err);
	check_feedback(store, id, "");
	store_close(store);
	place_free(&place);
}
END_TEST

Suite *
suite_series(void)
{
	Suite *suite = suite_create("series");
	TCase *tc = tcase_create("series");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, test_puts, 0, (int)COUNT(rows));
	tcase_add_test(tc, test_all);
	tcase_add_test(tc, test_siblings);
	tcase_add_test(tc, test_many_siblings);
	tcase_add_test(tc, test_exact);
	tcase_add_test(tc, test_bounds);
	tcase_add_loop_test(tc, test_damaged, 0, 10);
	tcase_add_test(tc, test_odd_bits);
	tcase_add_test(tc, test_feedback);
	suite_add_tcase(suite, tc);
	return suite;
}
