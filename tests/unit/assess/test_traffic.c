/* How mail is sent: bursts, addresses, senders, and kinds by their words. */
/* SPDX-License-Identifier: MIT */
#include "suites.h"

#include <string.h>

#include "assess/sender_kind.h"
#include "past.h"
#include "sendtop/assess.h"
#include "sendtop/day.h"

static const struct finding *
find(struct past *past, const char *check, const char *subject)
{
	struct finding *findings;
	size_t count = traffic_findings(&past->h, past->arena, &findings), i;

	for (i = 0; i < count; i++)
		if (strcmp(findings[i].check, check) == 0 &&
		    (subject == NULL ||
			strcmp(findings[i].subject, subject) == 0))
			return &findings[i];
	return NULL;
}

/* Twenty-four hours of `each` messages a minute on one day. */
static void
even_day(struct past *past, int32_t day, uint32_t each)
{
	int hour;

	for (hour = 0; hour < 24; hour++)
		past_hour(past, day_start(day) + hour * HOUR_SECONDS,
		    HOUR_MINUTES, each);
}

START_TEST(test_steady)
{
	struct past *past = past_new("");
	const struct finding *f;

	ck_assert_ptr_null(find(past, "burst", NULL));
	even_day(past, PAST_TODAY - 1, 40);
	f = find(past, "burst", "example.com");
	ck_assert_str_eq(f->reason, "steady");
	ck_assert_int_eq(f->verdict, VERDICT_PASS);
	ck_assert_str_eq(f->detail,
	    "at most 200 messages in 5 minutes on Nov 20 at 00:00 UTC, x1.0 of "
	    "that day's steady rate (200); own log");
	past_free(past);
}
END_TEST

/* 200 in five minutes are steady; with 1,022 more the day's rate, they being in
 * it, is x6. */
static const struct {
	int at; /* minute of the hour */
	uint32_t more;
	bool burst;
} bursts[] = {
	{ 20, 900, false },
	{ 20, 1020, false },
	{ 20, 1023, true },
	{ 0, 1023, true },
	{ 55, 1023, true },
	{ 59, 5000, true },
};

START_TEST(test_burst)
{
	struct past *past = past_new("");
	const struct finding *f;

	even_day(past, PAST_TODAY - 3, 40);
	even_day(past, PAST_TODAY - 1, 40);
	past->traffic[9].minutes[bursts[_i].at] += bursts[_i].more;
	f = find(past, "burst", "example.com");
	ck_assert_msg((f->verdict == VERDICT_NOTE) == bursts[_i].burst, "%u %s",
	    bursts[_i].more, f->detail);
	ck_assert_str_eq(f->reason, bursts[_i].burst ? "burst" : "steady");
	if (bursts[_i].burst)
		ck_assert_ptr_nonnull(strstr(f->detail, "; on 1 of 2 days"));
	/* A week later it is forgotten. */
	past->h.today += 5;
	f = find(past, "burst", "example.com");
	ck_assert_str_eq(f->reason, "steady");
	past_free(past);
}
END_TEST

/* A mailing in one hour is no burst, the same in four minutes is one, and of
 * little mail nothing is. */
START_TEST(test_mailing)
{
	struct past *past = past_new("");
	int64_t hour = day_start(PAST_TODAY - 1) + 9 * HOUR_SECONDS;

	past_hour(past, hour, 60, 1000);
	ck_assert_str_eq(find(past, "burst", NULL)->reason, "steady");
	past->h.traffic_count = 0;
	past_hour(past, hour, 4, 15000);
	ck_assert_str_eq(find(past, "burst", NULL)->reason, "burst");
	past->h.traffic_count = 0;
	past_hour(past, hour, 1, 499);
	ck_assert_str_eq(find(past, "burst", NULL)->reason, "steady");
	past_free(past);
}
END_TEST

/* Of an hour that is not over only its part counts: ten minutes of even mail
 * past midnight are no burst.  Streams add up, other receivers do not. */
START_TEST(test_hour_begun)
{
	struct past *past = past_new("");
	int64_t hour = day_start(PAST_TODAY);
	struct traffic *t;

	past_log_until(past, 3, hour + 600);
	past_hour(past, hour, 10, 300);
	ck_assert_str_eq(find(past, "burst", NULL)->reason, "steady");
	past_log_until(past, 3, hour + HOUR_SECONDS);
	ck_assert_str_eq(find(past, "burst", NULL)->reason, "burst");
	t = past_hour(past, hour, 60, 600);
	t->stream = "192.0.2.2";
	ck_assert_str_eq(find(past, "burst", NULL)->reason, "steady");
	t->provider = "yahoo";
	ck_assert_str_eq(find(past, "burst", NULL)->reason, "burst");
	past_free(past);
}
END_TEST

static const struct {
	const char *rows, *check, *subject, *reason; /* reason NULL: none */
	enum verdict verdict;
	const char *detail; /* a part of it */
} uses[] = {
	{ "sender news@example.com - 10", "ip_use", NULL, NULL, VERDICT_PASS,
	    NULL },
	/* One address for all is what Google likes best. */
	{ "sender news@example.com 192.0.2.1 10\n"
	  "sender order@example.com 192.0.2.1 10",
	    "ip_use", "192.0.2.1", "single", VERDICT_PASS,
	    "the only address that sends: marketing 50 %, transactional 50 %" },
	{ "sender news@example.com 192.0.2.1 10\n"
	  "sender order@example.com 192.0.2.1 30\n"
	  "sender order@example.com 192.0.2.2 10",
	    "ip_use", "192.0.2.1", "mixed", VERDICT_NOTE,
	    "marketing 25 %, transactional 75 %" },
	{ "sender news@example.com 192.0.2.1 10\n"
	  "sender order@example.com 192.0.2.2 10",
	    "ip_use", "192.0.2.2", "single", VERDICT_PASS,
	    "transactional 100 %" },
	/* A person's mail is no kind of its own, one in two hundred no share. */
	{ "sender news@example.com 192.0.2.1 100\n"
	  "sender ann@example.com 192.0.2.1 100\n"
	  "sender password@example.com 192.0.2.1 1\n"
	  "sender order@example.com 192.0.2.2 10",
	    "ip_use", "192.0.2.1", "single", VERDICT_PASS, "marketing 50 %" },
	{ "sender ann@example.com 192.0.2.1 100\n"
	  "sender order@example.com 192.0.2.2 10",
	    "ip_use", "192.0.2.1", "single", VERDICT_PASS,
	    "its senders tell no kind of mail" },
	/* Senders of a kind, over all addresses. */
	{ "sender news@example.com 192.0.2.1 10\n"
	  "sender news@example.com 192.0.2.2 10",
	    "from_use", "marketing", "one", VERDICT_PASS,
	    "news@example.com; envelope senders" },
	{ "sender news@example.com 192.0.2.1 10\n"
	  "sender promo@example.com 192.0.2.2 30",
	    "from_use", "marketing", "several", VERDICT_NOTE,
	    "promo@example.com, news@example.com;" },
	{ "sender news@example.com - 1\nsender promo@example.com - 300",
	    "from_use", "marketing", "one", VERDICT_PASS,
	    "promo@example.com;" },
	{ "sender a.news@example.com - 9\nsender b.news@example.com - 8\n"
	  "sender c.news@example.com - 7\nsender d.news@example.com - 6\n"
	  "sender e.news@example.com - 5\nsender f.news@example.com - 4",
	    "from_use", "marketing", "several", VERDICT_NOTE,
	    "d.news@example.com and 2 more;" },
	{ "sender ann@example.com - 10\nsender bob@example.com - 10",
	    "from_use", NULL, NULL, VERDICT_PASS, NULL },
};

START_TEST(test_use)
{
	struct past *past = past_new(uses[_i].rows);
	const struct finding *f = find(past, uses[_i].check, uses[_i].subject);

	if (uses[_i].reason == NULL) {
		ck_assert_ptr_null(f);
	} else {
		ck_assert_ptr_nonnull(f);
		ck_assert_str_eq(f->reason, uses[_i].reason);
		ck_assert_int_eq(f->verdict, uses[_i].verdict);
		ck_assert_msg(strstr(f->detail, uses[_i].detail) != NULL, "%s",
		    f->detail);
	}
	past_free(past);
}
END_TEST

static const struct {
	const char *address;
	enum sender_kind kind;
} kinds[] = {
	{ "news@example.com", KIND_MARKETING },
	{ "NewsLetter@example.com", KIND_MARKETING },
	{ "newsletters@example.com", KIND_MARKETING },
	{ "eu-promo.2026@example.com", KIND_MARKETING },
	{ "bounce+offers@example.com", KIND_MARKETING },
	{ "invoice@example.com", KIND_TRANSACTIONAL },
	{ "order_confirm@example.com", KIND_TRANSACTIONAL },
	{ "receipts@example.com", KIND_TRANSACTIONAL },
	{ "security@example.com", KIND_ACCOUNT },
	{ "password-reset@example.com", KIND_ACCOUNT },
	{ "alerts@example.com", KIND_ACCOUNT },
	/* Words of the domain, parts of words, and people. */
	{ "info@news.example.com", KIND_OTHER },
	{ "newsome@example.com", KIND_OTHER },
	{ "dealer@example.com", KIND_OTHER },
	{ "borders@example.com", KIND_OTHER },
	{ "ann.smith@example.com", KIND_OTHER },
	{ "no-reply@example.com", KIND_OTHER },
	{ "@example.com", KIND_OTHER },
	{ "", KIND_OTHER },
};

START_TEST(test_kind)
{
	ck_assert_msg(sender_kind(kinds[_i].address) == kinds[_i].kind, "%s",
	    kinds[_i].address);
}
END_TEST

Suite *
suite_traffic(void)
{
	Suite *suite = suite_create("traffic");
	TCase *tc = tcase_create("traffic");

	tcase_add_test(tc, test_steady);
	tcase_add_loop_test(tc, test_burst, 0, ROWS(bursts));
	tcase_add_test(tc, test_mailing);
	tcase_add_test(tc, test_hour_begun);
	tcase_add_loop_test(tc, test_use, 0, ROWS(uses));
	tcase_add_loop_test(tc, test_kind, 0, ROWS(kinds));
	suite_add_tcase(suite, tc);
	return suite;
}
