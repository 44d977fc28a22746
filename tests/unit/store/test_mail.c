/* Deliveries and replies: summed alike in any order, asked for in any cut. */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sendtop/day.h"
#include "sendtop/store_mail.h"
#include "store/pack.h"
#include "tests/unit/store/support.h"

enum {
	DAY = 20778, /* 2026-11-21 */
	ADDS = 400,
	SPLITS = 3, /* in how many parts an hour may come */
};

/* The same numbers in every run (Numerical Recipes' generator). */
static uint32_t
next(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static int64_t
hour(int n)
{
	return day_start(DAY) + n * HOUR_SECONDS;
}

/* --- the minutes of an hour ------------------------------------------------- */

START_TEST(test_minutes)
{
	uint32_t seed = 1, in[HOUR_MINUTES], out[HOUR_MINUTES];

	for (int round = 0; round < 2000; round++) {
		uint32_t mask = next(&seed) % 4 == 0 ? UINT32_MAX : 255;
		uint32_t full = next(&seed) % 5; /* of 4: how many are set */
		struct buf packed = { 0 };

		for (size_t i = 0; i < HOUR_MINUTES; i++)
			in[i] = next(&seed) % 4 < full
			    ? (next(&seed) << 8 | next(&seed)) & mask
			    : 0;
		pack_minutes(in, &packed);
		ck_assert(unpack_minutes(packed.data, packed.len, out));
		ck_assert_mem_eq(in, out, sizeof(in));
		buf_free(&packed);
	}
}
END_TEST

START_TEST(test_minutes_small)
{
	uint32_t minutes[HOUR_MINUTES] = { 0 };
	struct buf packed = { 0 };

	pack_minutes(minutes, &packed);
	ck_assert_uint_eq(packed.len, 0);
	minutes[59] = 7;
	pack_minutes(minutes, &packed);
	ck_assert_uint_eq(packed.len, 3);
	buf_free(&packed);
}
END_TEST

static const struct {
	const char *bytes;
	size_t len;
	bool good;
} blobs[] = {
	{ "", 0, true },
	{ "\x05", 1, true },
	{ "\x00\x3b", 2, true },             /* sixty zeros */
	{ "\x00\x3c", 2, false },            /* sixty-one */
	{ "\x00\x3a\x01", 3, true },         /* the last minute */
	{ "\x00\x3b\x01", 3, false },        /* one behind it */
	{ "\x00", 1, false },                /* how many zeros? */
	{ "\x80", 1, false },                /* cut */
	{ "\xff\xff\xff\xff\x0f", 5, true }, /* the largest there is */
	{ "\xff\xff\xff\xff\x1f", 5, false },
	{ "\x80\x80\x80\x80\x80\x00", 6, false },
};

START_TEST(test_minutes_damaged)
{
	uint32_t minutes[HOUR_MINUTES], sum = 0;

	ck_assert_int_eq(
	    unpack_minutes(blobs[_i].bytes, blobs[_i].len, minutes),
	    blobs[_i].good);
	for (size_t i = 0; i < HOUR_MINUTES; i++)
		sum |= minutes[i];
	if (!blobs[_i].good)
		ck_assert_uint_eq(sum, 0);
}
END_TEST

/* --- deliveries ------------------------------------------------------------- */

static const char *const streams[] = { "", "192.0.2.1", "192.0.2.2" };
static const char *const providers[] = { "gmail", "yahoo" };

static struct traffic
any_traffic(uint32_t *seed)
{
	struct traffic t = { .hour_s = hour((int)(next(seed) % 60)),
		.provider = providers[next(seed) % COUNT(providers)],
		.stream = streams[next(seed) % COUNT(streams)],
		.delivered = next(seed) % 50 * SPLITS,
		.deferred = next(seed) % 9 * SPLITS,
		.bounced = next(seed) % 5 * SPLITS };

	t.tls = t.delivered;
	t.minutes[next(seed) % HOUR_MINUTES] = (uint32_t)t.delivered;
	t.minutes[0] += (uint32_t)t.bounced;
	return t;
}

static struct traffic
part_of(const struct traffic *whole)
{
	struct traffic t = *whole;

	t.delivered /= SPLITS;
	t.deferred /= SPLITS;
	t.bounced /= SPLITS;
	t.tls /= SPLITS;
	for (size_t i = 0; i < HOUR_MINUTES; i++)
		t.minutes[i] /= SPLITS;
	return t;
}

static void
add_traffic(struct store *store, int64_t id, const struct traffic *t)
{
	struct error err;

	must(store_traffic_add(store, id, t, &err), &err);
}

/* All of them, as text. */
static char *
traffic_text(struct store *store, int64_t id, const char *provider)
{
	struct arena *arena = arena_new();
	struct buf out = { 0 };
	struct traffic *all;
	struct error err;
	double values[3];
	size_t count;

	must(store_traffic_get(
		 store, id, provider, 0, INT64_MAX, arena, &all, &count, &err),
	    &err);
	for (size_t i = 0; i < count; i++) {
		buf_printf(&out, "%ld %s %s %ld %ld %ld %ld %ld",
		    (long)all[i].hour_s, all[i].provider, all[i].stream,
		    (long)all[i].delivered, (long)all[i].deferred,
		    (long)all[i].bounced, (long)all[i].tls, (long)all[i].clear);
		for (size_t k = 0; k < HOUR_MINUTES; k++)
			buf_printf(&out, " %u", (unsigned)all[i].minutes[k]);
		buf_char(&out, '\n');
	}
	for (int m = METRIC_LOG_DELIVERED; m < METRIC_COUNT; m++) {
		must(store_series_get(
			 store, id, (enum metric)m, DAY, 3, values, &err),
		    &err);
		buf_printf(
		    &out, "%.0f %.0f %.0f\n", values[0], values[1], values[2]);
	}
	arena_free(arena);
	return buf_take(&out);
}

/* One add after another; or each in parts, from behind, some of them in
 * transactions of their own. */
START_TEST(test_any_order)
{
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	int64_t a = add_domain(store, "a.example");
	int64_t b = add_domain(store, "b.example");
	struct traffic *all = mem_alloc(ADDS * sizeof(*all));
	uint32_t seed = 7;
	struct error err;
	char *one, *other;

	for (size_t i = 0; i < ADDS; i++)
		all[i] = any_traffic(&seed);
	must(store_begin(store, &err), &err);
	for (size_t i = 0; i < ADDS; i++)
		add_traffic(store, a, &all[i]);
	must(store_commit(store, &err), &err);
	for (size_t k = 0; k < SPLITS; k++)
		for (size_t i = ADDS; i-- > 0;) {
			struct traffic part = part_of(&all[i]);

			if (i % 50 == 40)
				must(store_begin(store, &err), &err);
			add_traffic(store, b, &part);
			if (i % 50 == 10)
				must(store_commit(store, &err), &err);
		}
	one = traffic_text(store, a, NULL);
	other = traffic_text(store, b, NULL);
	ck_assert_str_eq(one, other);
	ck_assert_uint_gt(strlen(one), 1000);
	free(one);
	free(other);
	free(all);
	store_close(store);
	place_free(&place);
}
END_TEST

/* The daily sums are Gmail's alone; a minute is one of all streams. */
START_TEST(test_daily_sums)
{
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	int64_t id = add_domain(store, "a.example");
	struct traffic t = { .hour_s = hour(3),
		.provider = "gmail",
		.stream = "x",
		.delivered = 5,
		.deferred = 2,
		.bounced = 1 };
	char *text;

	t.minutes[10] = 6;
	add_traffic(store, id, &t);
	t.stream = "y";
	add_traffic(store, id, &t);
	t.hour_s = hour(4);
	t.minutes[10] = 0;
	t.minutes[11] = 8;
	add_traffic(store, id, &t);
	t.hour_s = hour(30); /* the day after, nothing that ended */
	t.minutes[11] = 0;
	t.delivered = t.bounced = 0;
	add_traffic(store, id, &t);
	t.provider = "yahoo";
	t.hour_s = hour(50);
	add_traffic(store, id, &t);
	text = traffic_text(store, id, "nobody");
	ck_assert_str_eq(text,
	    "15 0 nan\n"
	    "6 2 nan\n"
	    "3 0 nan\n"
	    "12 0 nan\n");
	free(text);
	store_close(store);
	place_free(&place);
}
END_TEST

/* Who knows that nothing was sent says so; sums of other days leave it. */
START_TEST(test_zero_stays)
{
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	int64_t id = add_domain(store, "a.example");
	const double zero = 0;
	struct error err;
	char *text;

	must(store_series_put(
		 store, id, METRIC_LOG_DELIVERED, DAY + 1, 1, &zero, &err),
	    &err);
	must(store_begin(store, &err), &err);
	for (int day = 0; day < 3; day += 2)
		add_traffic(store, id,
		    &(struct traffic){ .hour_s = hour(day * 24),
			.provider = "gmail",
			.stream = "",
			.delivered = 4 });
	must(store_commit(store, &err), &err);
	text = traffic_text(store, id, "nobody");
	ck_assert_ptr_nonnull(strstr(text, "4 0 4\n"));
	free(text);
	store_close(store);
	place_free(&place);
}
END_TEST

START_TEST(test_span)
{
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	int64_t id = add_domain(store, "a.example");
	struct arena *arena = arena_new();
	struct traffic *all;
	struct error err;
	size_t count;

	for (int i = 0; i < 4; i++)
		for (size_t p = 0; p < COUNT(providers); p++)
			add_traffic(store, id,
			    &(struct traffic){ .hour_s = hour(3 - i),
				.provider = providers[p],
				.stream = "",
				.delivered = i + 1 });
	must(store_traffic_get(store, id, "yahoo", hour(1), hour(3), arena,
		 &all, &count, &err),
	    &err);
	ck_assert_uint_eq(count, 2);
	ck_assert_int_eq(all[0].hour_s, hour(1));
	ck_assert_int_eq(all[0].delivered, 3);
	ck_assert_str_eq(all[1].provider, "yahoo");
	must(store_traffic_get(
		 store, id, NULL, hour(1), hour(3), arena, &all, &count, &err),
	    &err);
	ck_assert_uint_eq(count, 4);
	ck_assert_str_eq(all[0].provider, "gmail");
	ck_assert_str_eq(all[1].provider, "yahoo");
	must(store_traffic_get(
		 store, id + 1, NULL, 0, INT64_MAX, arena, &all, &count, &err),
	    &err);
	ck_assert_uint_eq(count, 0);
	store_close(store);
	arena_free(arena);
	place_free(&place);
}
END_TEST

static const struct traffic refused[] = {
	{ .hour_s = 0, .provider = "gmail", .stream = "" },
	{ .hour_s = INT64_MIN, .provider = "gmail", .stream = "" },
	{ .hour_s = INT64_MAX, .provider = "gmail", .stream = "" },
	{ .hour_s = (int64_t)DAY * DAY_SECONDS + 1,
	    .provider = "gmail",
	    .stream = "" },
	{ .hour_s = (int64_t)DAY * DAY_SECONDS,
	    .provider = "gmail",
	    .stream = "",
	    .bounced = -1 },
	{ .hour_s = (int64_t)DAY * DAY_SECONDS,
	    .provider = "gmail",
	    .stream = "",
	    .delivered = INT64_MAX },
};

/* What is refused does not spoil the rest of its transaction. */
START_TEST(test_refused)
{
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	int64_t id = add_domain(store, "a.example");
	struct traffic good = { .hour_s = hour(0),
		.provider = "gmail",
		.stream = "",
		.delivered = 1 };
	struct error err;
	char *text;

	must(store_begin(store, &err), &err);
	must_be(store_traffic_add(store, id, &refused[_i], &err), STATUS_USAGE,
	    &err);
	add_traffic(store, id, &good);
	must(store_commit(store, &err), &err);
	text = traffic_text(store, id, "nobody");
	ck_assert_ptr_nonnull(strstr(text, "1 nan nan\n"));
	free(text);
	store_close(store);
	place_free(&place);
}
END_TEST

/* Hours that were not added after all leave no sums behind. */
START_TEST(test_rolled_back)
{
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	int64_t id = add_domain(store, "a.example");
	struct traffic t = { .hour_s = hour(0),
		.provider = "gmail",
		.stream = "",
		.delivered = 1 };
	struct error err;
	char *text;

	must(store_begin(store, &err), &err);
	add_traffic(store, id, &t);
	store_rollback(store);
	t.hour_s = hour(24);
	add_traffic(store, id, &t);
	text = traffic_text(store, id, "nobody");
	ck_assert_ptr_nonnull(strstr(text, "nan 1 nan\n"));
	free(text);
	store_close(store);
	place_free(&place);
}
END_TEST

static const char *const damages[] = {
	"UPDATE traffic SET delivered = -1",
	"UPDATE traffic SET bounced = 9223372036854775807",
	"UPDATE traffic SET minutes = x'00'",
	"UPDATE traffic SET minutes = x'ffffffffffffffffffff'",
	"UPDATE traffic SET minutes = zeroblob(100000)",
};

START_TEST(test_damaged)
{
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	int64_t id = add_domain(store, "a.example");
	struct traffic t = { .hour_s = hour(0),
		.provider = "gmail",
		.stream = "",
		.delivered = 1 };
	struct arena *arena = arena_new();
	struct traffic *all;
	struct error err;
	size_t count;

	add_traffic(store, id, &t);
	store_close(store);
	run_sql(&place, damages[_i]);
	store = open_store(&place, STORE_COLLECT);
	must_be(store_traffic_get(
		    store, id, NULL, 0, INT64_MAX, arena, &all, &count, &err),
	    STATUS_CORRUPT, &err);
	must_be(store_traffic_add(store, id, &t, &err), STATUS_CORRUPT, &err);
	t.stream = "other";
	must_be(store_traffic_add(store, id, &t, &err), STATUS_CORRUPT, &err);
	store_close(store);
	arena_free(arena);
	place_free(&place);
}
END_TEST

Suite *
suite_mail(void)
{
	Suite *suite = suite_create("mail");
	TCase *tc = tcase_create("mail");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, test_minutes);
	tcase_add_test(tc, test_minutes_small);
	tcase_add_loop_test(tc, test_minutes_damaged, 0, (int)COUNT(blobs));
	tcase_add_test(tc, test_any_order);
	tcase_add_test(tc, test_daily_sums);
	tcase_add_test(tc, test_zero_stays);
	tcase_add_test(tc, test_span);
	tcase_add_loop_test(tc, test_refused, 0, (int)COUNT(refused));
	tcase_add_test(tc, test_rolled_back);
	tcase_add_loop_test(tc, test_damaged, 0, (int)COUNT(damages));
	suite_add_tcase(suite, tc);
	return suite;
}
