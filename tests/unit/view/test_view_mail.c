/* What logs told and operators wrote, as it was known at each moment. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "sendtop/day.h"
#include "sendtop/view.h"
#include "tests/unit/store/support.h"
#include "tests/unit/view/suites.h"

enum { TODAY = 20778 /* 2026-11-21 */ };
static const char name[] = "news.example.com";

static int64_t
at(int32_t day, int hour)
{
	return day_start(day) + hour * HOUR_SECONDS;
}

static void
add_hours(struct store *store, int64_t id)
{
	struct error err;

	/* One an hour for forty days, to the running hour. */
	must(store_begin(store, &err), &err);
	for (int64_t t = at(TODAY - 39, 0); t <= at(TODAY, 12);
	     t += HOUR_SECONDS) {
		struct traffic traffic = { .hour_s = t,
			.provider = PROVIDER_GMAIL,
			.stream = "192.0.2.1",
			.delivered = 10 };
		struct reply_count reply = { .hour_s = t,
			.provider = PROVIDER_GMAIL,
			.stream = "192.0.2.1",
			.key = "rate",
			.category = "rate_limit",
			.reply = "421 4.7.28",
			.identity = "",
			.slow_down = true,
			.count = 2,
			.last_s = t + 60,
			.sample = "421-4.7.28 ..." };

		must(store_traffic_add(store, id, &traffic, &err), &err);
		traffic.provider = "yahoo";
		must(store_traffic_add(store, id, &traffic, &err), &err);
		must(store_reply_add(store, id, &reply, &err), &err);
	}
	must(store_commit(store, &err), &err);
}

static void
add_learned(struct store *store, int64_t id)
{
	struct sender_seen senders[] = {
		{ "old@example.com", "", 9, at(TODAY - 90, 0),
		    at(TODAY - 80, 0) },
		{ "news@example.com", "", 8, at(TODAY - 20, 0), at(TODAY, 9) },
		{ "new@example.com", "", 7, at(TODAY - 1, 0), at(TODAY, 8) },
	};
	struct learned learned[] = {
		{ "selector", "s1", "log", at(TODAY - 30, 0), at(TODAY, 9) },
		{ "selector", "s2", "log", at(TODAY - 2, 0), at(TODAY, 9) },
	};
	struct log_cursor cursor = { .path = "/var/log/mail.log",
		.first_s = at(TODAY - 39, 0),
		.last_s = at(TODAY, 12) + 100,
		.state = "",
		.error = "" };
	struct error err;

	for (size_t i = 0; i < COUNT(senders); i++)
		must(store_sender_add(store, id, &senders[i], &err), &err);
	for (size_t i = 0; i < COUNT(learned); i++)
		must(store_learned_add(store, id, &learned[i], &err), &err);
	must(store_cursor_put(store, &cursor, &err), &err);
}

static void
add_own(struct store *store, int64_t id)
{
	static const char *const checks[] = { "ptr" };
	struct finding ptr[2] = { { .check = "ptr",
	    .subject = "192.0.2.10",
	    .verdict = VERDICT_FAIL,
	    .reason = "missing",
	    .detail = "",
	    .cure = "" } };
	struct store_mute mute = { 0, name, "ptr", "192.0.2.10",
		at(TODAY - 5, 0), at(TODAY - 2, 0), "moving" };
	struct error err;

	ptr[1] = ptr[0];
	ptr[1].subject = "192.0.2.11";
	must(store_findings_put(store, id, checks, 1, ptr, 2, at(TODAY - 8, 0),
		 NULL, NULL, &err),
	    &err);
	must(store_mute_add(store, &mute, &err), &err);
	must(store_note_add(store, name, at(TODAY - 4, 1), "campaign", &err),
	    &err);
	must(store_note_add(store, "", at(TODAY - 1, 1), "new host", &err),
	    &err);
	must(store_note_add(
		 store, "other.example", at(TODAY - 4, 1), "not here", &err),
	    &err);
}

static const struct {
	int32_t as_of;
	size_t traffic, replies, senders, learned, notes, muted;
	int64_t log_last; /* in hours after today's midnight; 99: no log */
} looks[] = {
	/* 14 days and the running one; 2 and it by the hour, 28 by the day. */
	{ DAY_NONE, 14 * 24 + 12, 2 * 24 + 12 + 28, 2, 2, 2, 0, 11 },
	{ TODAY, 14 * 24 + 12, 2 * 24 + 12 + 28, 2, 2, 2, 0, 11 },
	{ TODAY - 1, 15 * 24, 3 * 24 + 28, 2, 2, 2, 0, 0 },
	{ TODAY - 2, 15 * 24, 3 * 24 + 28, 1, 2, 1, 0, -24 },
	{ TODAY - 3, 15 * 24, 3 * 24 + 28, 1, 1, 1, 1, -48 },
	{ TODAY - 5, 15 * 24, 3 * 24 + 28, 1, 1, 0, 1, -96 },
	{ TODAY - 6, 15 * 24, 3 * 24 + 28, 1, 1, 0, 0, -120 },
	{ TODAY - 38, 2 * 24, 2 * 24, 0, 0, 0, 0, -37 * 24 },
	{ TODAY - 50, 0, 0, 0, 0, 0, 0, 99 },
};

/* Newest first, hours before days, and nothing from after the look. */
static void
check_replies(const struct history *h)
{
	int64_t before = INT64_MAX, sum = 0;

	for (size_t i = 0; i < h->reply_count; i++) {
		const struct reply_count *r = &h->replies[i];

		ck_assert_int_lt(r->hour_s, before);
		ck_assert_int_le(r->last_s, h->now_s);
		ck_assert(
		    r->span_s == HOUR_SECONDS || r->span_s == DAY_SECONDS);
		ck_assert_int_eq(r->count, r->span_s / HOUR_SECONDS * 2);
		ck_assert_str_eq(r->stream, "192.0.2.1");
		ck_assert_str_eq(r->sample, "421-4.7.28 ...");
		before = r->hour_s;
		sum += r->count;
	}
	ck_assert(sum == 0 || h->replies[0].span_s == HOUR_SECONDS);
}

START_TEST(test_looks)
{
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	struct arena *arena = arena_new();
	struct settings *settings = NULL;
	int64_t id = add_domain(store, name), last;
	struct view v;
	struct error err;
	size_t muted = 0;

	must(settings_parse("", 0, "none", &settings, &err), &err);
	add_hours(store, id);
	add_learned(store, id);
	add_own(store, id);
	must(view_load(store, settings, NULL, name, looks[_i].as_of,
		 at(TODAY, 12) - 1, arena, &v, &err),
	    &err);
	ck_assert_uint_eq(v.history.traffic_count, looks[_i].traffic);
	for (size_t i = 0; i < v.history.traffic_count; i++) {
		ck_assert_str_eq(v.history.traffic[i].provider, PROVIDER_GMAIL);
		ck_assert_int_le(v.history.traffic[i].hour_s, v.history.now_s);
	}
	if (looks[_i].traffic == 15 * 24)
		ck_assert_uint_eq(v.history.reply_count, looks[_i].replies);
	check_replies(&v.history);
	ck_assert_uint_eq(v.history.sender_count, looks[_i].senders);
	for (size_t i = 0; i < v.history.sender_count; i++)
		ck_assert_int_le(v.history.senders[i].last_s, v.history.now_s);
	ck_assert_uint_eq(v.learned_count, looks[_i].learned);
	for (size_t i = 0; i < v.learned_count; i++)
		ck_assert_int_le(v.learned[i].last_s, v.history.now_s);
	ck_assert_uint_eq(v.note_count, looks[_i].notes);
	ck_assert_uint_eq(v.mute_count, looks[_i].muted);
	for (size_t i = 0; i < v.history.finding_count; i++) {
		const struct finding *f = &v.history.findings[i];

		muted += f->muted;
		ck_assert(f->muted ==
		    (f->muted_why != NULL &&
			strcmp(f->subject, "192.0.2.10") == 0));
	}
	ck_assert_uint_eq(muted, looks[_i].muted);
	last = looks[_i].log_last == 99 ? 0
					: at(TODAY, (int)looks[_i].log_last) +
		(looks[_i].log_last == 11 ? 3599 : -1);
	ck_assert_int_eq(v.history.log_last_s, last);
	arena_free(arena);
	settings_free(settings);
	store_close(store);
	place_free(&place);
}
END_TEST

Suite *
suite_view_mail(void)
{
	Suite *suite = suite_create("view_mail");
	TCase *tc = tcase_create("view_mail");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, test_looks, 0, (int)COUNT(looks));
	suite_add_tcase(suite, tc);
	return suite;
}
