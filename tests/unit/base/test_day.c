/* Days and times: the calendar, its texts, RFC 3339. */
/* SPDX-License-Identifier: MIT */
#include "suites.h"

#include "sendtop/day.h"

static const struct {
	int32_t day;
	int weekday; /* 0 Monday */
	const char *text, *brief;
} days[] = {
	{ 0, 3, "1970-01-01", "Jan 1" },
	{ -1, 2, "1969-12-31", "Dec 31" },
	{ 11016, 1, "2000-02-29", "Feb 29" },
	{ 11017, 2, "2000-03-01", "Mar 1" },
	{ 20778, 5, "2026-11-21", "Nov 21" },
	{ 47540, 6, "2100-02-28", "Feb 28" },
	{ 47541, 0, "2100-03-01", "Mar 1" },
	{ -719468, 2, "0000-03-01", "Mar 1" },
	{ -719469, 1, "0000-02-29", "Feb 29" },
	{ INT32_MAX, -1, "5881580-07-11", "Jul 11" },
	{ INT32_MIN + 1, -1, "-5877641-06-24", "Jun 24" },
	{ DAY_NONE, -1, "-", "-" },
};

START_TEST(test_texts)
{
	char out[DAY_TEXT_SIZE];
	int32_t day = days[_i].day;
	int year, month, mday;

	ck_assert_str_eq(day_text(out, day), days[_i].text);
	ck_assert_str_eq(day_short(out, day), days[_i].brief);
	if (days[_i].weekday >= 0)
		ck_assert_int_eq(day_weekday(day), days[_i].weekday);
	if (day == DAY_NONE)
		return;
	day_split(day, &year, &month, &mday);
	ck_assert_int_eq(day_civil(year, month, mday), day);
}
END_TEST

/* Every day of eight hundred years follows the one before it. */
START_TEST(test_calendar)
{
	static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31,
		30, 31 };
	int32_t day = day_civil(1600, 1, 1);

	for (int y = 1600; y < 2400; y++) {
		bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;

		for (int m = 1; m <= 12; m++) {
			int last = lengths[m - 1] + (m == 2 && leap ? 1 : 0);

			for (int d = 1; d <= last; d++, day++) {
				int year, month, mday;

				day_split(day, &year, &month, &mday);
				if (day_civil(y, m, d) != day || year != y ||
				    month != m || mday != d)
					ck_abort_msg("%d-%d-%d", y, m, d);
			}
		}
	}
}
END_TEST

static const struct {
	int64_t time_s;
	int32_t day;
} moments[] = {
	{ 0, 0 },
	{ 86399, 0 },
	{ 86400, 1 },
	{ -1, -1 },
	{ -86400, -1 },
	{ -86401, -2 },
	{ INT64_MAX, INT32_MAX },
	{ INT64_MIN, INT32_MIN + 1 },
};

START_TEST(test_day_of)
{
	ck_assert_int_eq(day_of(moments[_i].time_s), moments[_i].day);
}
END_TEST

enum { TODAY = 20778 };

static const struct {
	const char *text;
	int32_t day; /* DAY_NONE: does not parse */
} parses[] = {
	{ "2026-11-21", TODAY },
	{ "today", TODAY },
	{ "yesterday", TODAY - 1 },
	{ "-0", TODAY },
	{ "-7", TODAY - 7 },
	{ "2024-02-29", 19782 },
	{ "2023-02-29", DAY_NONE },
	{ "2026-13-01", DAY_NONE },
	{ "2026-00-01", DAY_NONE },
	{ "2026-04-31", DAY_NONE },
	{ "2026-11-21 ", DAY_NONE },
	{ "2026-1-2", DAY_NONE },
	{ "26-11-21", DAY_NONE },
	{ "--7", DAY_NONE },
	{ "-", DAY_NONE },
	{ "-99999999999", DAY_NONE },
	{ "7", DAY_NONE },
	{ "", DAY_NONE },
	{ "tomorrow", DAY_NONE },
};

START_TEST(test_parse)
{
	int32_t day = DAY_NONE;
	bool ok = day_parse(parses[_i].text, TODAY, &day);

	ck_assert_msg(
	    ok == (parses[_i].day != DAY_NONE), "%s", parses[_i].text);
	ck_assert_int_eq(day, parses[_i].day);
}
END_TEST

static const struct {
	const char *text;
	int64_t time_s;
	bool ok;
} times[] = {
	{ "1970-01-01T00:00:00Z", 0, true },
	{ "2026-11-21T03:12:44Z", 1795230764, true },
	{ "2026-11-21t03:12:44z", 1795230764, true },
	{ "2026-11-21T03:12:44.123456789Z", 1795230764, true },
	{ "2026-11-21T05:12:44+02:00", 1795230764, true },
	{ "2026-11-20T21:42:44-05:30", 1795230764, true },
	{ "2016-12-31T23:59:60Z", 1483228800, true },
	{ "2026-11-21T24:00:00Z", 0, false },
	{ "2026-11-21T03:60:00Z", 0, false },
	{ "2026-11-21T03:12:61Z", 0, false },
	{ "2026-11-21T03:12:44", 0, false },
	{ "2026-11-21T03:12:44.Z", 0, false },
	{ "2026-11-21T03:12:44Zx", 0, false },
	{ "2026-11-21T03:12:44+24:00", 0, false },
	{ "2026-11-21T03:12:44+0200", 0, false },
	{ "2026-02-30T03:12:44Z", 0, false },
	{ "", 0, false },
};

START_TEST(test_time_parse)
{
	int64_t time_s = 0;

	ck_assert_msg(time_parse(times[_i].text, &time_s) == times[_i].ok, "%s",
	    times[_i].text);
	ck_assert_int_eq(time_s, times[_i].time_s);
}
END_TEST

START_TEST(test_time_text)
{
	char out[TIME_TEXT_SIZE];

	ck_assert_str_eq(time_text(out, 1795230764), "2026-11-21T03:12:44Z");
	ck_assert_str_eq(time_short(out, 1795230764), "Nov 21 03:12");
	/* 03:12:44 is not over at 03:12. */
	ck_assert_str_eq(
	    time_short(out, time_minute_up(1795230764)), "Nov 21 03:13");
	ck_assert_int_eq(time_minute_up(1795230780), 1795230780);
	ck_assert_int_eq(time_minute_up(-61), -60);
	ck_assert_int_eq(time_minute_up(INT64_MAX), INT64_MAX);
	ck_assert_int_eq(time_minute_up(INT64_MIN) % 60, 0);
	ck_assert_str_eq(time_text(out, -1), "1969-12-31T23:59:59Z");
	ck_assert_int_eq(day_start(20778) + 11564, 1795230764);
}
END_TEST

START_TEST(test_clocks)
{
	int64_t before = clock_mono_ms();

	ck_assert_int_ge(clock_mono_ms(), before);
	ck_assert_int_gt(clock_utc_s(), 1700000000);
}
END_TEST

Suite *
suite_day(void)
{
	Suite *suite = suite_create("day");
	TCase *tc = tcase_create("day");

	tcase_add_loop_test(tc, test_texts, 0, ROWS(days));
	tcase_add_test(tc, test_calendar);
	tcase_add_loop_test(tc, test_day_of, 0, ROWS(moments));
	tcase_add_loop_test(tc, test_parse, 0, ROWS(parses));
	tcase_add_loop_test(tc, test_time_parse, 0, ROWS(times));
	tcase_add_test(tc, test_time_text);
	tcase_add_test(tc, test_clocks);
	suite_add_tcase(suite, tc);
	return suite;
}
