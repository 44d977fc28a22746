/* Whole senders over months: what the ramp says of each, and why. */
/* SPDX-License-Identifier: MIT */
#include "suites.h"

#include <math.h>
#include <string.h>

#include "past.h"
#include "sendtop/assess.h"
#include "sendtop/day.h"

enum { LIFE = 100 };

/* age: days before the newest one; 0 for a number, NaN for none. */
static double
steady(int age)
{
	return 10000 + (age * 131) % 500;
}

static double
doubling(int age)
{
	return age > 12 ? (double)NAN : floor(100 * pow(2, 12 - age));
}

static double
burst(int age)
{
	return age == 0 ? 60000 : 8000;
}

static double
after_burst(int age)
{
	return age == 3 ? 60000 : 8000;
}

static double
dying(int age)
{
	return 2000 + 300.0 * age;
}

static double
weekly(int age)
{
	return age % 7 == 0 ? 20000 + 5000.0 * (LIFE - age) / LIFE
			    : (double)NAN;
}

/* On the eve of the next mailing: the last one is six days ago. */
static double
weekly_eve(int age)
{
	return age % 7 == 4 ? 20000 : (double)NAN;
}

/* Google tells a rate of days with mail, and of others none. */
static double
low_weekly(int age)
{
	return age % 7 == 4 ? 0.0002 : (double)NAN;
}

/* The last two mailings have none yet. */
static double
low_weekly_late(int age)
{
	return age > 11 ? low_weekly(age) : (double)NAN;
}

static double
weekly_doubling(int age)
{
	if (age % 7 != 0 || age > 42)
		return (double)NAN;
	return 1000 * pow(2, (42 - age) / 7.0);
}

static double
weekdays(int age)
{
	return age % 7 < 5 ? 12000 : 900;
}

/* Nothing for eleven months of the year, then the season. */
static double
season(int age)
{
	if (age > 60)
		return 30000;
	return age > 1 ? (double)NAN : 25000;
}

static double
season_begun_small(int age)
{
	if (age > 60)
		return 30000;
	return age > 1 ? (double)NAN : age == 1 ? 300 : 500;
}

static double
low(int age)
{
	return 0.0002 + (age % 5) * 0.00002;
}

static double
rising(int age)
{
	return age < 10 ? 0.0032 - 0.0003 * age : 0.0002;
}

/* 0.35 % for a week that ended four days ago. */
static double
recovering(int age)
{
	if (age < 4)
		return 0.0006;
	return age < 11 ? 0.0035 : 0.0003;
}

static double
recovered(int age)
{
	return recovering(age - 5);
}

static double
nothing(int age)
{
	return age < 0 ? 0 : (double)NAN;
}

static const struct {
	const char *name;
	double (*volume)(int age), (*spam)(int age);
	enum ramp_state state;
	const char *key;
	double ceiling;
} senders[] = {
	/* Level for months, few complaints: twice its best day is allowed. */
	{ "steady", steady, low, RAMP_GO, NULL, 20978 },
	/* x2 each day is in order until 50,000; from 102,400 on, where x1.2 is
	 * allowed, it is far too much, and the last good day is long ago. */
	{ "doubling", doubling, low, RAMP_BACK_OFF, "growth_back_off", 51200 },
	/* x7.5 in one day: back to the last good day. */
	{ "burst", burst, low, RAMP_BACK_OFF, "growth_back_off", 8000 },
	/* The burst is over and licenses nothing: the base is 8,000. */
	{ "after a burst", after_burst, low, RAMP_GO, NULL, 16000 },
	/* Less every day is no danger, and receivers still know the month's
	 * best day, 10,700; but a week of its double would be seven times the
	 * last one, so five times that week's 2,900 a day it is. */
	{ "dying", dying, low, RAMP_GO, "week_room", 14500 },
	/* One day in seven: half of the cap's growth, days between are no
	 * zeros and no bursts. */
	{ "weekly", weekly, low, RAMP_GO, NULL, 37500 },
	/* The newest rate is six days old, and so is the newest mail: nothing
	 * went out unseen, and the next mailing may grow. */
	{ "weekly, the eve", weekly_eve, low_weekly, RAMP_GO, NULL, 30000 },
	/* But of these mailings nobody knows how they were taken. */
	{ "weekly, unseen", weekly_eve, low_weekly_late, RAMP_HOLD,
	    "no_spam_rate", 20000 },
	/* Twice as much each week: who sends rarely may grow x1.5, so x2 is
	 * too much, and was so on all four days of the last thirty; the least
	 * of them is what is left. */
	{ "weekly, doubling", weekly_doubling, low, RAMP_BACK_OFF,
	    "growth_back_off", 4000 },
	/* A weekend is no decline and Monday no burst. */
	{ "weekdays", weekdays, low, RAMP_GO, NULL, 24000 },
	/* The rate passed 0.30 %: stop, whatever the volume. */
	{ "rising complaints", steady, rising, RAMP_STOP, "spam_stop", 0 },
	/* Below 0.30 % again, but four days are not seven. */
	{ "recovering", steady, recovering, RAMP_HOLD, "seven_day_clock",
	    10000 },
	/* Nine clean days: growth may begin again. */
	{ "recovered", steady, recovered, RAMP_GO, NULL, 20978 },
	/* Silent for two months: neither what was sent then licenses anything
	 * nor the burst that began the season. */
	{ "season", season, low, RAMP_BACK_OFF, "growth_back_off", 12500 },
	/* The same, begun small: x1.67 of a cap of x1.75, since there was mail
	 * on two of fourteen days only. */
	{ "season, begun small", season_begun_small, low, RAMP_GO, NULL, 875 },
	/* Ten thousand a day and never a rate: nobody knows how it is taken. */
	{ "unknown rate", steady, nothing, RAMP_HOLD, "no_spam_rate", 10000 },
};

START_TEST(test_sender)
{
	struct past *past = past_new("");
	struct ramp_judgement ramp;
	const char *key;
	int age;

	for (age = 0; age < LIFE; age++) {
		past_volume(past, age, senders[_i].volume(age));
		past_set(past, METRIC_SPAM_RATE, age, senders[_i].spam(age));
	}
	ramp_assess(&past->h, &ramp);
	key = ramp.reasons.count > 0 ? ramp.reasons.items[0].key : "none";
	ck_assert_msg(ramp.state == senders[_i].state, "%s: %s by %s",
	    senders[_i].name, ramp_state_name(ramp.state), key);
	if (senders[_i].key != NULL)
		ck_assert_msg(strcmp(key, senders[_i].key) == 0, "%s: %s",
		    senders[_i].name, key);
	ck_assert_msg(ramp.ceiling == senders[_i].ceiling, "%s: %f",
	    senders[_i].name, ramp.ceiling);
	past_free(past);
}
END_TEST

/*
 * The same senders seen through their own log, today so far included: age -2
 * is today, of which the log has what was sent until six in the evening.
 */
static double
taken(int age)
{
	(void)age;
	return 0.002;
}

/* 6 % are deferred since yesterday. */
static double
slowed(int age)
{
	return age <= -1 ? 0.06 : 0.002;
}

/* A week of limits that ended three days ago. */
static double
slowed_once(int age)
{
	return age >= 1 && age < 8 ? 0.12 : 0.002;
}

/* An old list: 7 % bounce on the day it is used. */
static double
old_list(int age)
{
	return age <= -1 ? 0.07 : 0.004;
}

static double
steady_today(int age)
{
	return age == -2 ? 7500 : 10000;
}

static double
doubling_today(int age)
{
	return age > 8 ? (double)NAN : floor(100 * pow(2, 8 - age));
}

static double
burst_today(int age)
{
	return age == -2 ? 60000 : 8000;
}

static double
dying_today(int age)
{
	return 2600 + 300.0 * age;
}

static double
weekly_today(int age)
{
	return (age + 2) % 7 == 0 ? 20000 : 0;
}

static double
season_today(int age)
{
	return age > 60 ? 30000 : age > -2 ? 0 : 25000;
}

static const struct {
	const char *name;
	double (*volume)(int age), (*deferred)(int age), (*bounced)(int age);
	enum ramp_state state;
	const char *key;
	double ceiling;
} logged[] = {
	/* Six in the evening, three quarters of the day's mail: no decline, and
	 * tomorrow twice the base. */
	{ "steady", steady_today, taken, taken, RAMP_GO, NULL, 20000 },
	/* It has doubled every day to 102,400: x2 from 51,200, where x1.5 is
	 * allowed, is over 1.25 of that, and no Google needed to see it.  No
	 * day before was better by the week, but yesterday's own growth was
	 * in order. */
	{ "doubling", doubling_today, taken, taken, RAMP_BACK_OFF,
	    "growth_back_off", 51200 },
	/* The burst is seen on the day itself. */
	{ "burst", burst_today, taken, taken, RAMP_BACK_OFF, "growth_back_off",
	    8000 },
	/* Less every day: nothing to say against it; five times the week's
	 * 3,050 a day. */
	{ "dying", dying_today, taken, taken, RAMP_GO, "week_room", 15250 },
	/* Gmail defers 6 %: back to the last day on which it did not. */
	{ "slowed down", steady_today, slowed, taken, RAMP_BACK_OFF,
	    "deferred_log", 10000 },
	/* It took three good days: grow again. */
	{ "recovered", steady_today, slowed_once, taken, RAMP_GO, NULL, 20000 },
	/* Half of an old list is gone: stop mailing it before Gmail does. */
	{ "old list", steady_today, taken, old_list, RAMP_BACK_OFF, "bounced",
	    10000 },
	/* One day in seven, known to be none on the others: x1.5. */
	{ "weekly", weekly_today, taken, taken, RAMP_GO, NULL, 30000 },
	/* Two months without mail, then 25,000 at once: one burst licenses
	 * nothing, the base is the cold 200 still. */
	{ "season", season_today, taken, taken, RAMP_BACK_OFF,
	    "growth_back_off", 350 },
};

START_TEST(test_logged)
{
	struct past *past = past_new("spam_rate 99: 0.0002x100");
	struct ramp_judgement ramp;
	const char *key;
	int age;

	for (age = LIFE - 1; age >= -2; age--) {
		double all = logged[_i].volume(age);
		double bounced = floor(all * logged[_i].bounced(age));

		past_set(past, METRIC_LOG_DELIVERED, age, all - bounced);
		past_set(past, METRIC_LOG_BOUNCED, age, bounced);
		past_set(past, METRIC_LOG_DEFERRED, age,
		    floor(all * logged[_i].deferred(age) /
			(1 - logged[_i].deferred(age))));
	}
	past->h.now_s = day_start(PAST_TODAY) + 18 * 3600;
	past_log_until(past, LIFE, past->h.now_s);
	ramp_assess(&past->h, &ramp);
	key = ramp.reasons.count > 0 ? ramp.reasons.items[0].key : "none";
	ck_assert_msg(ramp.state == logged[_i].state, "%s: %s by %s",
	    logged[_i].name, ramp_state_name(ramp.state), key);
	if (logged[_i].key != NULL)
		ck_assert_msg(strcmp(key, logged[_i].key) == 0, "%s: %s",
		    logged[_i].name, key);
	ck_assert_msg(ramp.ceiling == logged[_i].ceiling, "%s: %f",
	    logged[_i].name, ramp.ceiling);
	past_free(past);
}
END_TEST

/* The first day of a season is a burst from a cold base. */
START_TEST(test_season_begins)
{
	struct past *past = past_new("volume 100: 30000x40\n"
				     "volume 0: 25000\nspam_rate 0: 0.0001");
	struct ramp_judgement ramp;

	ramp_assess(&past->h, &ramp);
	ck_assert_int_eq(ramp.state, RAMP_BACK_OFF);
	ck_assert(ramp.base == 200);
	past_free(past);
}
END_TEST

/* x1.9 from day to day: the week's growth sees it while no day does. */
START_TEST(test_doubling_week)
{
	struct past *past = past_new("");
	struct ramp_judgement ramp;
	int age;

	for (age = 0; age < 14; age++) {
		past_volume(past, age, floor(11 * pow(1.9, 13 - age)));
		past_set(past, METRIC_SPAM_RATE, age, 0.0001);
	}
	ramp_assess(&past->h, &ramp);
	ck_assert_double_le(ramp.growth, ramp.cap);
	ck_assert_int_eq(ramp.state, RAMP_BACK_OFF);
	ck_assert_str_eq(ramp.reasons.items[0].key, "week_growth");
	past_free(past);
}
END_TEST

Suite *
suite_senders(void)
{
	Suite *suite = suite_create("senders");
	TCase *tc = tcase_create("senders");

	tcase_add_loop_test(tc, test_sender, 0, ROWS(senders));
	tcase_add_loop_test(tc, test_logged, 0, ROWS(logged));
	tcase_add_test(tc, test_season_begins);
	tcase_add_test(tc, test_doubling_week);
	suite_add_tcase(suite, tc);
	return suite;
}
