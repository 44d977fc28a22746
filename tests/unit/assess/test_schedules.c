/* Published schedules, replayed day by day by their growth alone. */
/* SPDX-License-Identifier: MIT */
#include "suites.h"

#include <stdio.h>
#include <string.h>

#include "past.h"
#include "sendtop/assess.h"
#include "sendtop/day.h"

enum { DAYS_MAX = 24 };

#define SENDGRID                                                            \
	"50 100 250 500 1000 2500 5000 7500 10000 15000 20000 30000 40000 " \
	"55000 70000 100000"
#define BRAZE                                                           \
	"50 100 500 1000 2000 4000 8000 16000 25000 35000 50000 75000 " \
	"100000 150000 200000 250000 300000 400000"
#define ONESIGNAL \
	"300 360 432 518 622 727 896 1075 1548 2229 2675 3210 3852 4622 5547"
#define BURSTS                                                         \
	"10000 10000 10000 10000 10000 10000 10000 10000 10000 10000 " \
	"50000 10000 10000 10000 40000 10000 10000 10000"

/* One letter a day: h hold, b back off, a point go. */
static const struct {
	const char *name, *volumes, *preset, *days;
} schedules[] = {
	{ "SendGrid", SENDGRID, "cautious", ".....h.........." },
	{ "SendGrid", SENDGRID, "standard", ".....bbh.h.h...h" },
	{ "SendGrid", SENDGRID, "slow", ".....bbhhhhhhhhh" },
	{ "Braze", BRAZE, "cautious", "..bb.........hhhhh" },
	{ "Braze", BRAZE, "standard", "..bbbbbbh.hh.h...." },
	{ "Braze", BRAZE, "slow", "..bbbbbbbhhhhhhh.h" },
	{ "OneSignal", ONESIGNAL, "cautious", "..............." },
	{ "OneSignal", ONESIGNAL, "standard", "........hh....." },
	{ "OneSignal", ONESIGNAL, "slow", "........hh....." },
	{ "bursts", BURSTS, "cautious", "..........b...b..." },
	{ "bursts", BURSTS, "standard", "..........b...b..." },
	{ "bursts", BURSTS, "slow", "..........b...b..." },
};

/* The day's growth as the ramp judges it, other factors left aside. */
static char
growth_letter(const struct past *past)
{
	struct ramp_judgement ramp;
	size_t i;

	ramp_assess(&past->h, &ramp);
	for (i = 0; i < ramp.reasons.count; i++) {
		if (strcmp(ramp.reasons.items[i].key, "growth_hold") == 0)
			return 'h';
		if (strcmp(ramp.reasons.items[i].key, "growth_back_off") == 0)
			return 'b';
	}
	return '.';
}

/* Once by Postmaster's numbers, two days late, and once by the own log. */
static void
add_day(struct past *past, int day, double volume, bool log)
{
	past_set(past, METRIC_SPAM_RATE, DAYS_MAX - day, 0.0001);
	past->h.newest_day = PAST_NEWEST - DAYS_MAX + day;
	past->h.today = past->h.newest_day + 2;
	if (!log) {
		past_volume(past, DAYS_MAX - day, volume);
		return;
	}
	past_set(past, METRIC_LOG_DELIVERED, DAYS_MAX - day, volume);
	past->h.today = past->h.newest_day;
	past->h.now_s = day_start(past->h.today + 1) - 1;
	past_log_until(past, 90, past->h.now_s);
}

static void
replay(int i, bool log)
{
	char rows[64], letters[DAYS_MAX + 1] = "";
	const char *at = schedules[i].volumes;
	struct past *past;
	int day, n;
	double volume;

	snprintf(rows, sizeof(rows), "preset %s", schedules[i].preset);
	past = past_new(rows);
	for (day = 0; sscanf(at, "%lf%n", &volume, &n) == 1; day++, at += n) {
		ck_assert_int_lt(day, DAYS_MAX);
		add_day(past, day, volume, log);
		letters[day] = growth_letter(past);
	}
	letters[day] = '\0';
	ck_assert_msg(strcmp(letters, schedules[i].days) == 0,
	    "%s, %s, %s: %s, not %s", schedules[i].name, schedules[i].preset,
	    log ? "log" : "Postmaster", letters, schedules[i].days);
	past_free(past);
}

START_TEST(test_schedule)
{
	replay(_i, false);
	replay(_i, true);
}
END_TEST

Suite *
suite_schedules(void)
{
	Suite *suite = suite_create("schedules");
	TCase *tc = tcase_create("schedules");

	tcase_add_loop_test(tc, test_schedule, 0, ROWS(schedules));
	suite_add_tcase(suite, tc);
	return suite;
}
