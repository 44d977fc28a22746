/* Replies: added in any order, asked for by hour, day, stream and domain. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sendtop/day.h"
#include "sendtop/store_mail.h"
#include "tests/unit/store/support.h"

enum { DAY = 20778 /* 2026-11-21 */ };

static int64_t
hour(int n)
{
	return day_start(DAY) + n * HOUR_SECONDS;
}

/* What came: two domains, two days, two streams, two identities. */
static const struct {
	int domain, hour;
	const char *stream, *key, *identity;
	int64_t count;
	int minute; /* of the last one */
	const char *sample;
} came[] = {
	{ 0, 0, "s1", "rate", "dkim a.example", 1, 5, "first" },
	{ 0, 0, "s2", "rate", "dkim a.example", 2, 7, "second" },
	{ 0, 0, "s1", "rate", "ip 192.0.2.1", 4, 1, "third" },
	{ 0, 1, "s1", "rate", "dkim a.example", 8, 9, "fourth" },
	{ 0, 25, "s1", "rate", "dkim a.example", 16, 3, "fifth" },
	{ 0, 25, "s1", "ptr", "", 32, 3, "sixth" },
	{ 1, 1, "s1", "rate", "dkim a.example", 64, 2, "seventh" },
	{ 1, 25, "s3", "ptr", "", 128, 1, "eighth" },
	/* Once more what is there already: sums, but an older sample. */
	{ 0, 25, "s1", "ptr", "", 1, 2, "older" },
};

static struct reply_count
reply_of(size_t i)
{
	bool rate = strcmp(came[i].key, "rate") == 0;

	return (struct reply_count){
		.hour_s = hour(came[i].hour),
		.provider = rate ? "gmail" : "yahoo",
		.stream = came[i].stream,
		.key = came[i].key,
		.category = rate ? "rate_limit" : "ptr",
		.reply = rate ? "421 4.7.28" : "550 5.7.25",
		.identity = came[i].identity,
		.permanent = !rate,
		.slow_down = rate,
		.count = came[i].count,
		.last_s = hour(came[i].hour) + came[i].minute * 60,
		.sample = came[i].sample,
	};
}

/* In the order that they are written in, or from behind. */
static void
tell(struct store *store, const int64_t ids[2], bool backwards)
{
	struct error err;

	for (size_t i = 0; i < COUNT(came); i++) {
		size_t at = backwards ? COUNT(came) - 1 - i : i;
		struct reply_count reply = reply_of(at);

		must(store_reply_add(store, ids[came[at].domain], &reply, &err),
		    &err);
	}
}

static const struct {
	const char *why;
	struct reply_query query; /* domain 1, 2: which of them; times: hours */
	const char *wanted; /* HOUR KEY STREAM IDENTITY COUNT SAMPLE, ... */
} asks[] = {
	{ "one domain by the hour",
	    { .domain = 1, .until_s = 99, .by_s = HOUR_SECONDS, .limit = 99 },
	    "25 ptr   33 sixth,25 rate  dkim a.example 16 fifth,"
	    "1 rate  dkim a.example 8 fourth,"
	    "0 rate  ip 192.0.2.1 4 third,0 rate  dkim a.example 3 fourth," },
	{ "by the day",
	    { .domain = 1, .until_s = 99, .by_s = DAY_SECONDS, .limit = 99 },
	    "24 ptr   33 sixth,24 rate  dkim a.example 16 fifth,"
	    "0 rate  dkim a.example 11 fourth,0 rate  ip 192.0.2.1 4 third," },
	{ "by stream",
	    { .domain = 1,
		.until_s = 1,
		.by_s = HOUR_SECONDS,
		.by_stream = true,
		.limit = 99 },
	    "0 rate s1 ip 192.0.2.1 4 third,0 rate s2 dkim a.example 2 fourth,"
	    "0 rate s1 dkim a.example 1 fourth," },
	{ "a span of its own",
	    { .domain = 1,
		.since_s = 1,
		.until_s = 25,
		.by_s = HOUR_SECONDS,
		.limit = 99 },
	    "1 rate  dkim a.example 8 fourth," },
	{ "the newest two",
	    { .domain = 1, .until_s = 99, .by_s = HOUR_SECONDS, .limit = 2 },
	    "25 ptr   33 sixth,25 rate  dkim a.example 16 fifth," },
	{ "one provider",
	    { .domain = 1,
		.until_s = 99,
		.by_s = DAY_SECONDS,
		.provider = "yahoo",
		.limit = 99 },
	    "24 ptr   33 sixth," },
	{ "all domains, all of the time", { .until_s = 99, .limit = 99 },
	    "0 ptr   161 eighth,0 rate  dkim a.example 91 seventh,"
	    "0 rate  ip 192.0.2.1 4 third," },
	{ "the top of all, whomever they name",
	    { .until_s = 99,
		.any_identity = true,
		.by_count = true,
		.limit = 1 },
	    "0 ptr   161 eighth," },
	{ "and by whom",
	    { .until_s = 99,
		.by_domain = true,
		.any_identity = true,
		.by_count = true,
		.limit = 3 },
	    "0 ptr   128 eighth b.example,0 rate   64 seventh b.example,"
	    "0 ptr   33 sixth a.example," },
	{ "most frequent hours first",
	    { .domain = 1,
		.until_s = 99,
		.by_s = HOUR_SECONDS,
		.any_identity = true,
		.by_count = true,
		.limit = 3 },
	    "25 ptr   33 sixth,25 rate   16 fifth,1 rate   8 fourth," },
	{ "nobody's", { .domain = 99, .until_s = 99, .limit = 9 }, "" },
};

static char *
ask(struct store *store, const int64_t ids[2], size_t i)
{
	struct reply_query query = asks[i].query;
	struct arena *arena = arena_new();
	struct buf out = { 0 };
	struct reply_count *all;
	struct error err;
	size_t count;

	if (query.domain == 1 || query.domain == 2)
		query.domain = ids[query.domain - 1];
	query.since_s = hour((int)query.since_s);
	query.until_s = hour((int)query.until_s);
	must(store_replies(store, &query, arena, &all, &count, &err), &err);
	for (size_t k = 0; k < count; k++) {
		buf_printf(&out, "%ld %s %s %s %ld %s",
		    (long)(all[k].hour_s - hour(0)) / HOUR_SECONDS, all[k].key,
		    all[k].stream, all[k].identity, (long)all[k].count,
		    all[k].sample);
		if (all[k].domain[0] != '\0')
			buf_printf(&out, " %s", all[k].domain);
		buf_char(&out, ',');
		ck_assert_str_eq(
		    all[k].category, all[k].slow_down ? "rate_limit" : "ptr");
		ck_assert(all[k].slow_down != all[k].permanent);
	}
	arena_free(arena);
	return buf_take(&out);
}

START_TEST(test_asked)
{
	for (int backwards = 0; backwards < 2; backwards++) {
		struct place place = place_new();
		struct store *store = open_store(&place, STORE_COLLECT);
		int64_t ids[] = { add_domain(store, "a.example"),
			add_domain(store, "b.example") };
		char *text;

		tell(store, ids, backwards != 0);
		text = ask(store, ids, (size_t)_i);
		ck_assert_msg(strcmp(text, asks[_i].wanted) == 0,
		    "%s:\n%s\nnot\n%s", asks[_i].why, text, asks[_i].wanted);
		free(text);
		store_close(store);
		place_free(&place);
	}
}
END_TEST

/* How many domains one row speaks of; who is watched no more is left out. */
START_TEST(test_watched)
{
	struct reply_query query = { .until_s = INT64_MAX,
		.any_identity = true,
		.by_count = true,
		.limit = 2 };
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	int64_t ids[] = { add_domain(store, "a.example"),
		add_domain(store, "b.example") };
	struct arena *arena = arena_new();
	struct reply_count *all;
	struct error err;
	size_t count;

	tell(store, ids, false);
	must(store_replies(store, &query, arena, &all, &count, &err), &err);
	ck_assert_int_eq(all[0].domains, 2);
	/* Of two identities and two domains. */
	ck_assert_str_eq(all[1].key, "rate");
	ck_assert_int_eq(all[1].domains, 2);
	must(store_domain_drop(store, ids[1], FROM_USER, &err), &err);
	must(store_replies(store, &query, arena, &all, &count, &err), &err);
	ck_assert_uint_eq(count, 2);
	ck_assert_int_eq(all[0].domains, 1);
	ck_assert_int_eq(all[0].count, 33);
	store_close(store);
	arena_free(arena);
	place_free(&place);
}
END_TEST

static const char *const damages[] = {
	"UPDATE reply SET times = -5",
	"UPDATE reply SET times = 9223372036854775807",
};

START_TEST(test_damaged)
{
	struct reply_query query = { .until_s = INT64_MAX, .limit = 9 };
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	int64_t ids[] = { add_domain(store, "a.example"),
		add_domain(store, "b.example") };
	struct arena *arena = arena_new();
	struct reply_count *all;
	struct error err;
	size_t count;

	tell(store, ids, false);
	store_close(store);
	run_sql(&place, damages[_i]);
	store = open_store(&place, STORE_READ);
	must_be(store_replies(store, &query, arena, &all, &count, &err),
	    STATUS_CORRUPT, &err);
	store_close(store);
	arena_free(arena);
	place_free(&place);
}
END_TEST

START_TEST(test_refused)
{
	struct place place = place_new();
	struct store *store = open_store(&place, STORE_COLLECT);
	int64_t id = add_domain(store, "a.example");
	struct reply_count reply = reply_of(0);
	struct error err;

	reply.count = -1;
	must_be(store_reply_add(store, id, &reply, &err), STATUS_USAGE, &err);
	reply.count = 1;
	reply.hour_s++;
	must_be(store_reply_add(store, id, &reply, &err), STATUS_USAGE, &err);
	store_close(store);
	place_free(&place);
}
END_TEST

Suite *
suite_reply(void)
{
	Suite *suite = suite_create("reply");
	TCase *tc = tcase_create("reply");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, test_asked, 0, (int)COUNT(asks));
	tcase_add_test(tc, test_watched);
	tcase_add_loop_test(tc, test_damaged, 0, (int)COUNT(damages));
	tcase_add_test(tc, test_refused);
	suite_add_tcase(suite, tc);
	return suite;
}
