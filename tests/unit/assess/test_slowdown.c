/* The clocks of receivers that ask for less mail. */
/* SPDX-License-Identifier: MIT */
#include "suites.h"

#include <string.h>

#include "past.h"
#include "sendtop/assess.h"
#include "sendtop/day.h"

#define DKIM "rate_limited_dkim_domain rate_limit 421/4.7.28 "
#define IP "rate_limited_ip_unsolicited rate_limit 421/4.7.28 "
#define NOBODY "rate_unsolicited_general rate_limit 421/4.7.28 "

/* What is allowed so many minutes after the last reply, with 10 minutes of
 * silence and one connection more a minute up to 20. */
static const struct {
	int minutes, connections, next; /* minutes from now; 0 none */
} clocks[] = {
	{ 0, 0, 10 },
	{ 9, 0, 1 },
	{ 10, 1, 1 },
	{ 11, 2, 1 },
	{ 14, 5, 1 },
	{ 28, 19, 1 },
	{ 29, 20, 0 },
	{ 600, 20, 0 },
	/* The clock was set back: as if it had just come. */
	{ -30, 0, 10 },
	{ -1439, 0, 10 },
};

START_TEST(test_clock)
{
	struct past *past = past_new("");
	struct slowdown s;
	int64_t now = past->h.now_s;
	char row[128];

	past_free(past);
	snprintf(row, sizeof(row), "reply %d " DKIM "7 dkim a.test",
	    clocks[_i].minutes);
	past = past_new(row);
	ck_assert_uint_eq(slowdowns_assess(&past->h, &s, 1), 1);
	ck_assert_str_eq(s.identity, "dkim a.test");
	ck_assert_str_eq(s.provider, "gmail");
	ck_assert_str_eq(s.reply, "421 4.7.28");
	ck_assert_str_eq(s.key, "rate_limited_dkim_domain");
	ck_assert_int_eq(s.count, 7);
	ck_assert_int_eq(s.connections, clocks[_i].connections);
	ck_assert_int_eq(
	    s.next_s, clocks[_i].next == 0 ? 0 : now + 60 * clocks[_i].next);
	ck_assert_int_eq(s.quiet_until_s, s.last_s + SLOWDOWN_QUIET_S);
	ck_assert_int_le(s.last_s, now);
	past_free(past);
}
END_TEST

static const struct {
	const char *rows;
	/* "identity count minutes-ago; ...", newest first */
	const char *said;
} cases[] = {
	{ "", "" },
	/* Rows of one identity are one, whatever hour or stream. */
	{ "reply 5 " DKIM "3 dkim a.test\nreply 70 " DKIM "4 dkim a.test",
	    "dkim a.test 7 5; " },
	{ "reply 70 " DKIM "4 dkim a.test\nreply 5 " IP "1 ip 192.0.2.1",
	    "ip 192.0.2.1 1 5; dkim a.test 4 70; " },
	/* Who names nobody means all of them. */
	{ "reply 70 " DKIM "4 dkim a.test\nreply 5 " NOBODY "2",
	    " 2 5; dkim a.test 4 5; " },
	{ "reply 5 " DKIM "4 dkim a.test\nreply 70 " NOBODY "2",
	    "dkim a.test 4 5;  2 70; " },
	/* A day is the end of it. */
	{ "reply 1439 " NOBODY "2", " 2 1439; " },
	{ "reply 1440 " NOBODY "2", "" },
	/* A stamp of tomorrow is a wrong year. */
	{ "reply -1441 " NOBODY "2", "" },
	/* Other meanings are no limits. */
	{ "reply 5 low_reputation_ip_temp reputation_ip 421/4.7.0 9", "" },
};

START_TEST(test_identities)
{
	struct past *past = past_new(cases[_i].rows);
	struct slowdown rows[SLOWDOWNS_MAX];
	size_t count = slowdowns_assess(&past->h, rows, SLOWDOWNS_MAX), i;
	struct buf said = { 0 };

	buf_str(&said, "");
	for (i = 0; i < count; i++)
		buf_printf(&said, "%s %d %d; ", rows[i].identity,
		    (int)rows[i].count,
		    (int)(past->h.now_s - rows[i].last_s) / 60);
	ck_assert_str_eq(said.data, cases[_i].said);
	buf_free(&said);
	past_free(past);
}
END_TEST

/* Another receiver's limits are another's; a 4.7.28 without slow_down is
 * none. */
START_TEST(test_providers)
{
	struct past *past = past_new("reply 70 " DKIM "4 dkim a.test\n"
				     "reply 5 " NOBODY "2\n"
				     "reply 6 " DKIM "9 dkim b.test");
	struct slowdown rows[SLOWDOWNS_MAX];

	past->replies[1].provider = "yahoo";
	past->replies[2].slow_down = false;
	ck_assert_uint_eq(slowdowns_assess(&past->h, rows, SLOWDOWNS_MAX), 2);
	ck_assert_str_eq(rows[0].provider, "yahoo");
	ck_assert_int_eq(past->h.now_s - rows[1].last_s, 70 * 60);
	past_free(past);
}
END_TEST

/* The newest are kept when there are more than fit, whatever their order. */
START_TEST(test_most)
{
	struct past *past = past_new("");
	struct slowdown rows[SLOWDOWNS_MAX];
	char identities[40][24];
	int i;

	for (i = 0; i < 40; i++) {
		struct reply_count *r = &past->replies[past->h.reply_count++];

		snprintf(
		    identities[i], sizeof(identities[i]), "ip 192.0.2.%d", i);
		*r = (struct reply_count){ .provider = "gmail",
			.category = "rate_limit",
			.key = "k",
			.reply = "421 4.7.28",
			.identity = identities[i],
			.slow_down = true,
			.count = 1,
			.last_s = past->h.now_s - 60 * ((i * 7) % 40) };
	}
	ck_assert_uint_eq(
	    slowdowns_assess(&past->h, rows, SLOWDOWNS_MAX), SLOWDOWNS_MAX);
	for (i = 0; i < SLOWDOWNS_MAX; i++)
		ck_assert_int_eq(past->h.now_s - rows[i].last_s, 60 * i);
	past_free(past);
}
END_TEST

/* The times are settings. */
START_TEST(test_settings)
{
	struct past *past = past_new("reply 25 " NOBODY "2");
	struct slowdown s;

	past->settings->ramp.limit_quiet_s = 1200;
	past->settings->ramp.limit_step_s = 120;
	past->settings->ramp.limit_connections = 4;
	slowdowns_assess(&past->h, &s, 1);
	ck_assert_int_eq(s.connections, 3);
	ck_assert_int_eq(s.next_s, past->h.now_s + 60);
	past->h.now_s += 60;
	slowdowns_assess(&past->h, &s, 1);
	ck_assert_int_eq(s.connections, 4);
	ck_assert_int_eq(s.next_s, 0);
	past_free(past);
}
END_TEST

/* Ten minutes without a line prove nothing. */
START_TEST(test_unsure)
{
	struct past *past = past_new("");

	ck_assert(!slowdowns_unsure(&past->h));
	past->h.log_last_s = past->h.now_s - 600;
	ck_assert(!slowdowns_unsure(&past->h));
	past->h.log_last_s--;
	ck_assert(slowdowns_unsure(&past->h));
	past->h.log_last_s = past->h.now_s + 60;
	ck_assert(!slowdowns_unsure(&past->h));
	past_free(past);
}
END_TEST

Suite *
suite_slowdown(void)
{
	Suite *suite = suite_create("slowdown");
	TCase *tc = tcase_create("slowdown");

	tcase_add_loop_test(tc, test_clock, 0, ROWS(clocks));
	tcase_add_loop_test(tc, test_identities, 0, ROWS(cases));
	tcase_add_test(tc, test_providers);
	tcase_add_test(tc, test_most);
	tcase_add_test(tc, test_settings);
	tcase_add_test(tc, test_unsure);
	suite_add_tcase(suite, tc);
	return suite;
}
