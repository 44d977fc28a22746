/* Which days to ask for, and how long to wait. */
/* SPDX-License-Identifier: MIT */
#include "postmaster/api.h"
#include "sendtop/day.h"
#include "suites.h"

enum { TODAY = 20000 };

static const struct {
	const char *why;
	int32_t asked_last, first;
} spans[] = {
	{ "the first time", DAY_NONE, TODAY - 119 },
	{ "today already", TODAY, TODAY - 9 },
	{ "yesterday", TODAY - 1, TODAY - 9 },
	{ "ten days away", TODAY - 10, TODAY - 9 },
	{ "eleven days away", TODAY - 11, TODAY - 10 },
	{ "a month away", TODAY - 30, TODAY - 29 },
	{ "a year away", TODAY - 365, TODAY - 119 },
	{ "a clock that went back", TODAY + 3, TODAY - 119 },
};

START_TEST(span)
{
	struct postmaster_span got = sync_span(
	    "a.test", spans[_i].asked_last, TODAY);

	ck_assert_str_eq(got.domain, "a.test");
	ck_assert_msg(got.first == spans[_i].first, "%s: %d", spans[_i].why,
	    got.first - TODAY);
	ck_assert_int_eq(got.last, TODAY);
}
END_TEST

static const struct {
	int32_t newest_value, newest;
} newest_days[] = {
	{ DAY_NONE, TODAY - 4 },
	{ TODAY - 30, TODAY - 4 },
	{ TODAY - 4, TODAY - 4 },
	{ TODAY - 2, TODAY - 2 },
	{ TODAY, TODAY },
	{ TODAY + 1, TODAY },
};

START_TEST(newest)
{
	ck_assert_int_eq(sync_newest_day(newest_days[_i].newest_value, TODAY),
	    newest_days[_i].newest);
}
END_TEST

static const struct pace pace = { 500, 300000, 1000, 60000 };

static const struct {
	unsigned try;
	int64_t retry_after_s, least, most;
} waits[] = {
	{ 1, -1, 500, 750 },
	{ 2, -1, 1000, 1500 },
	{ 3, -1, 2000, 3000 },
	{ 4, -1, 4000, 6000 },
	{ 60, -1, 300000, 300000 },
	{ 4000000000, -1, 300000, 300000 },
	{ 1, 0, 500, 750 },
	{ 1, 7, 7000, 7500 },
	{ 4, 2, 4000, 6000 },
	{ 1, 600, 600000, 600500 },
	{ 1, 366 * 86400, 31622400000, 31622400500 },
};

START_TEST(back_off)
{
	static const uint32_t dice[] = { 0, 1, 500, 4711, UINT32_MAX };
	size_t i;

	for (i = 0; i < sizeof(dice) / sizeof(dice[0]); i++) {
		int64_t ms = back_off_ms(
		    &pace, waits[_i].try, waits[_i].retry_after_s, dice[i]);

		ck_assert_int_ge(ms, waits[_i].least);
		ck_assert_int_le(ms, waits[_i].most);
	}
	ck_assert_int_ne(
	    back_off_ms(&pace, 2, -1, 1), back_off_ms(&pace, 2, -1, 400));
}
END_TEST

Suite *
suite_sync(void)
{
	Suite *suite = suite_create("sync");
	TCase *tc = tcase_create("numbers");

	tcase_add_loop_test(tc, span, 0, COUNT(spans));
	tcase_add_loop_test(tc, newest, 0, COUNT(newest_days));
	tcase_add_loop_test(tc, back_off, 0, COUNT(waits));
	suite_add_tcase(suite, tc);
	return suite;
}
