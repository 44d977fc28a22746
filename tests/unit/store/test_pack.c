/* Packed standings: every field survives, and no bytes are trusted. */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sendtop/day.h"
#include "store/pack.h"
#include "tests/unit/store/support.h"

/* No field as blank_standing leaves it, and no two alike. */
static struct standing
full(void)
{
	struct standing s;

	memset(&s, 0, sizeof(s));
	s.state = STANDING_CRITICAL;
	s.since_s = INT64_C(1) << 40;
	s.band = SPAM_VIOLATED;
	s.data = DATA_DENIED;
	s.poll = POLL_UNVERIFIED;
	s.spam_day = -20776;
	s.spam_rate = 0.00412;
	s.mean7 = 0.5;
	s.trend = -0.25;
	s.clean_days = 3;
	for (size_t i = 0; i < STANDING_SPARK; i++)
		s.spark[i] = i % 3 == 0 ? (double)NAN : (double)i / 1000;
	s.spark_last = 20777;
	s.volume = 48200;
	s.growth = 2.4;
	s.ceiling = 12000;
	s.volume_source = VOLUME_TLS;
	s.reputation = REPUTATION_LOW;
	s.ramp = RAMP_BACK_OFF;
	s.fails = 1;
	s.warns = 2;
	s.unknowns = 4;
	s.probed_s = 1795309200;
	s.fetched_s = 1795309201;
	memset(s.reasons, 'r', sizeof(s.reasons) - 1);
	snprintf(s.why, sizeof(s.why), "spam \303\251");
	return s;
}

#define SAME(member) ck_assert(a->member == b->member)

static void
same(const struct standing *a, const struct standing *b)
{
	SAME(state);
	SAME(since_s);
	SAME(band);
	SAME(data);
	SAME(poll);
	SAME(spam_day);
	SAME(spam_rate);
	SAME(mean7);
	SAME(trend);
	SAME(clean_days);
	SAME(spark_last);
	SAME(volume);
	SAME(growth);
	SAME(ceiling);
	SAME(volume_source);
	SAME(reputation);
	SAME(ramp);
	SAME(fails);
	SAME(warns);
	SAME(unknowns);
	SAME(probed_s);
	SAME(fetched_s);
	for (size_t i = 0; i < STANDING_SPARK; i++)
		ck_assert(isnan(a->spark[i]) ? isnan(b->spark[i])
					     : a->spark[i] == b->spark[i]);
	ck_assert_str_eq(a->reasons, b->reasons);
	ck_assert_str_eq(a->why, b->why);
}

START_TEST(test_round_trip)
{
	struct standing in = full(), out;
	struct buf buf = { 0 };

	pack_standing(&in, &buf);
	ck_assert(unpack_standing(buf.data, buf.len, &out));
	same(&in, &out);
	buf_free(&buf);
}
END_TEST

/* Cut anywhere, longer, or with any octet changed: refused or in bounds. */
START_TEST(test_damaged)
{
	struct standing in = full(), out;
	struct buf buf = { 0 };

	pack_standing(&in, &buf);
	for (size_t len = 0; len < buf.len; len++) {
		char *cut = mem_ndup(buf.data, len);

		ck_assert(!unpack_standing(cut, len, &out));
		ck_assert_int_eq(out.spam_day, DAY_NONE);
		free(cut);
	}
	ck_assert(!unpack_standing(NULL, 0, &out));
	for (size_t at = 0; at < buf.len; at++) {
		buf.data[at] = (char)~buf.data[at];
		if (unpack_standing(buf.data, buf.len, &out)) {
			ck_assert(out.state <= STANDING_CRITICAL);
			ck_assert(out.ramp <= RAMP_BLIND);
			ck_assert(!isinf(out.spam_rate));
			ck_assert_uint_lt(
			    strlen(out.reasons), sizeof(out.reasons));
		}
		buf.data[at] = (char)~buf.data[at];
	}
	buf_char(&buf, '\0');
	ck_assert(!unpack_standing(buf.data, buf.len, &out));
	buf_free(&buf);
}
END_TEST

Suite *
suite_pack(void)
{
	Suite *suite = suite_create("pack");
	TCase *tc = tcase_create("pack");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, test_round_trip);
	tcase_add_test(tc, test_damaged);
	suite_add_tcase(suite, tc);
	return suite;
}
