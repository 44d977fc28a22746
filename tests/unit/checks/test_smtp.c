/* smtp: what a session's beginning says, told in facts. */
/* SPDX-License-Identifier: MIT */
#include "checks/list.h"
#include "suites.h"
#include "world.h"

#define MX "mx.example SMTP 192.0.2.1 "

static const struct {
	const char *why, *world;
	enum verdict verdict;
	const char *reason, *detail;
} rows[] = {
	{ "good", MX, VERDICT_PASS, "ok", "220 mx ESMTP ready" },
	{ "no STARTTLS is no matter here", MX "starttls=not_offered",
	    VERDICT_PASS, "ok", "220" },
	{ "turned away",
	    MX "outcome=rejected starttls=not_reached "
	       "phase=greeting reply=554 5.7.1 go away",
	    VERDICT_WARN, "rejected", "(greeting): 554 5.7.1 go away" },
	{ "its text is made harmless",
	    MX "outcome=rejected phase=greeting reply=554 \033[31mred",
	    VERDICT_WARN, "rejected", "554 \\x1b[31mred" },
	{ "too slow", MX "outcome=timeout phase=greeting", VERDICT_UNKNOWN,
	    "timeout", "(greeting)" },
	{ "not there", MX "outcome=unreachable phase=connect", VERDICT_UNKNOWN,
	    "unreachable", "(connect)" },
	{ "cut off", MX "outcome=reset phase=ehlo", VERDICT_UNKNOWN, "reset",
	    "(ehlo)" },
	{ "garbage", MX "outcome=malformed reply=HTTP/1.1 400 Bad Request",
	    VERDICT_UNKNOWN, "malformed", "HTTP/1.1 400" },
	{ "our own side", MX "outcome=network", VERDICT_UNKNOWN, "network",
	    "this machine" },
	{ "not tried", MX "outcome=unsafe", VERDICT_SKIP, "unsafe",
	    "allow-private" },
};

START_TEST(test_smtp)
{
	struct world *world = world_new(rows[_i].world);

	world_mx(world, &check_smtp, "mx.example", "192.0.2.1");
	world_expect(world, rows[_i].why, rows[_i].verdict, rows[_i].reason,
	    rows[_i].detail, NULL);
	ck_assert_str_eq(
	    world_finding(world, 0)->subject, "mx.example [192.0.2.1]");
	world_free(world);
}
END_TEST

Suite *
suite_smtp(void)
{
	Suite *suite = suite_create("smtp");
	TCase *tc = tcase_create("smtp");

	tcase_add_loop_test(tc, test_smtp, 0, ROWS(rows));
	suite_add_tcase(suite, tc);
	return suite;
}
