/* Replies, traffic and days of a ramp added up: what is counted where. */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "fixture.h"
#include "sendtop/day.h"
#include "suites.h"
#include "ui/ramp_days.h"
#include "ui/reply_sum.h"

/* 23:40 of a day: the present hour began forty minutes ago. */
#define NOW FIXTURE_NOW
#define HOUR_AGO(n) (NOW - NOW % HOUR_SECONDS - (n)*HOUR_SECONDS)

#define GIVEN(at, by, word, who, n)                                         \
	.hour_s = (at), .span_s = HOUR_SECONDS, .provider = (by),           \
	.stream = "", .key = (word), .category = "", .reply = "421 4.7.28", \
	.identity = (who), .count = (n), .last_s = (at) + 5,                \
	.sample = "as it came", .domain = "a.test", .domains = 1

/* Where an hour's replies are counted; 48 and more hours ago in the total
 * alone, as what spans a day is. */
static const struct {
	int ago;
	int64_t span_s;
	int at; /* in hours[], -1 not at all */
	int64_t day, hour;
} places[] = {
	{ 0, HOUR_SECONDS, 47, 3, 3 },
	{ 1, HOUR_SECONDS, 46, 3, 3 },
	{ 2, HOUR_SECONDS, 45, 3, 0 },
	{ 23, HOUR_SECONDS, 24, 3, 0 },
	{ 24, HOUR_SECONDS, 23, 0, 0 },
	{ 47, HOUR_SECONDS, 0, 0, 0 },
	{ 48, HOUR_SECONDS, -1, 0, 0 },
	{ -1, HOUR_SECONDS, -1, 0, 0 }, /* a clock ahead of ours */
	{ 2, DAY_SECONDS, -1, 0, 0 },
};

START_TEST(place)
{
	struct reply_count r = { GIVEN(
	    HOUR_AGO(places[_i].ago), "gmail", "k", "", 3) };
	struct reply_sum sum;
	int64_t all = 0;

	r.span_s = places[_i].span_s;
	ck_assert_uint_eq(reply_sums(&r, 1, NOW, &sum, 1), 1);
	ck_assert_int_eq(sum.total, 3);
	ck_assert_int_eq(sum.day, places[_i].day);
	ck_assert_int_eq(sum.hour, places[_i].hour);
	for (int i = 0; i < SUM_HOURS; i++)
		all += sum.hours[i];
	ck_assert_int_eq(all, places[_i].at < 0 ? 0 : 3);
	if (places[_i].at >= 0)
		ck_assert_int_eq(sum.hours[places[_i].at], 3);
}
END_TEST

/* One key of two providers is two; identities are counted, most first. */
START_TEST(groups)
{
	const struct reply_count given[] = {
		{ GIVEN(HOUR_AGO(0), "gmail", "k", "ip 192.0.2.1", 2) },
		{ GIVEN(HOUR_AGO(0), "yahoo", "k", "", 1) },
		{ GIVEN(HOUR_AGO(1), "gmail", "k", "ip 192.0.2.2", 5) },
		{ GIVEN(HOUR_AGO(2), "gmail", "k", "ip 192.0.2.1", 1) },
	};
	struct reply_sum sums[4];

	ck_assert_uint_eq(reply_sums(given, 4, NOW, sums, 4), 2);
	ck_assert_str_eq(sums[0].provider, "gmail");
	ck_assert_int_eq(sums[0].day, 8);
	ck_assert_int_eq(sums[0].last_s, HOUR_AGO(0) + 5);
	ck_assert_uint_eq(sums[0].identities.count, 2);
	ck_assert_str_eq(sums[0].identities.items[0].name, "ip 192.0.2.2");
	ck_assert_int_eq(sums[0].identities.items[1].count, 3);
	ck_assert_uint_eq(sums[1].identities.count, 0);
	ck_assert_uint_eq(reply_sums(given, 4, NOW, sums, 1), 1);
	ck_assert_str_eq(sums[0].provider, "gmail");
	ck_assert_uint_eq(reply_sums(given, 0, NOW, sums, 4), 0);
}
END_TEST

/* More names than there is room for are told to be more, not lost. */
START_TEST(many_names)
{
	enum { MANY = SUM_NAMES + 8 };
	char names[MANY][32];
	struct reply_count given[MANY];
	struct reply_sum sum;

	for (int i = 0; i < MANY; i++) {
		snprintf(names[i], sizeof(names[i]), "ip 192.0.2.%d", i);
		given[i] = (struct reply_count){ GIVEN(
		    HOUR_AGO(0), "gmail", "k", names[i], 1) };
	}
	ck_assert_uint_eq(reply_sums(given, MANY, NOW, &sum, 1), 1);
	ck_assert_int_eq(sum.total, MANY);
	ck_assert_uint_eq(sum.identities.count, SUM_NAMES);
	ck_assert(sum.identities.more);
	ck_assert_uint_eq(sum.domains.count, 1);
	ck_assert(!sum.domains.more);
}
END_TEST

START_TEST(traffic_counts)
{
	const struct traffic given[] = {
		{ .hour_s = 0, .delivered = 100, .tls = 100 },
		{ .hour_s = 3600, .delivered = 5, .deferred = 2, .tls = 5 },
		{ .hour_s = 3600, .delivered = 1, .bounced = 1, .clear = 1 },
		{ .hour_s = 7200, .delivered = 7 },
	};
	struct traffic_sum sum = traffic_sum(given, 4, 3600, 7200);

	ck_assert_int_eq(sum.delivered, 6);
	ck_assert_int_eq(sum.attempts, 9);
	ck_assert_int_eq(sum.tls, 5);
	ck_assert_int_eq(sum.clear, 1);
	ck_assert_int_eq(sum.hours, 1);
}
END_TEST

/* A day's ceiling is what was told the evening before; before the history
 * began nothing was. */
START_TEST(days)
{
	struct ramp_day out[VIEW_DAYS + 2];
	struct fixture f;
	const struct history *h;
	int n = VIEW_DAYS + 2;

	fixture_init(&f, "rising");
	h = &f.model.view->history;
	ramp_days(h, h->today, n, out);
	ck_assert_int_eq(out[n - 1].day, h->today);
	ck_assert(!out[0].known);
	ck_assert(isnan(out[0].ceiling));
	ck_assert(isnan(out[2].ceiling)); /* the first day of all */
	ck_assert(out[n - 3].known);
	ck_assert_int_eq(out[n - 3].source, VOLUME_TLS);
	ck_assert_int_eq(out[n - 3].state, RAMP_STOP);
	ck_assert(out[n - 3].ceiling <= 0); /* Nov 18 was a violation */
	ck_assert_int_eq(out[n - 5].state, RAMP_STOP);
	ck_assert(out[n - 5].ceiling > 0); /* Nov 16 was none */
	ck_assert(out[n - 12].ceiling > out[n - 12].sent);
	fixture_fini(&f);
}
END_TEST

START_TEST(plan)
{
	static struct settings_plan steps[] = { { 100, 50 }, { 103, 200 } };
	struct settings_domain own = { .steps = steps, .step_count = 2 };
	struct history h = { .configured = &own };

	ck_assert(isnan(ramp_days_plan(&h, 99)));
	ck_assert(fabs(ramp_days_plan(&h, 100) - 50) < 1e-9);
	ck_assert(fabs(ramp_days_plan(&h, 102) - 50) < 1e-9);
	ck_assert(fabs(ramp_days_plan(&h, 500) - 200) < 1e-9);
	h.configured = NULL;
	ck_assert(isnan(ramp_days_plan(&h, 100)));
}
END_TEST

/* A slower preset never allows more; none changes the settings in force. */
START_TEST(presets)
{
	struct fixture f;
	const struct history *h;
	double cautious, slow;

	fixture_init(&f, "blind");
	h = &f.model.view->history;
	cautious = ramp_days_preset(h, "cautious");
	slow = ramp_days_preset(h, "slow");
	ck_assert(slow < cautious);
	ck_assert_str_eq(h->ramp->preset, "cautious");
	fixture_fini(&f);
}
END_TEST

Suite *
sums_suite(void)
{
	Suite *suite = suite_create("sums");
	TCase *c = tcase_create("sums");

	tcase_add_loop_test(
	    c, place, 0, (int)(sizeof(places) / sizeof(*places)));
	tcase_add_test(c, groups);
	tcase_add_test(c, many_names);
	tcase_add_test(c, traffic_counts);
	tcase_add_test(c, days);
	tcase_add_test(c, plan);
	tcase_add_test(c, presets);
	suite_add_tcase(suite, c);
	return suite;
}
