/* starttls: what came of STARTTLS, told in facts. */
/* SPDX-License-Identifier: MIT */
#include "checks/list.h"
#include "suites.h"
#include "world.h"

#define MX "mx.example SMTP 2001:db8::1 "

static const struct {
	const char *why, *world;
	enum verdict verdict;
	const char *reason, *detail;
} rows[] = {
	{ "good", MX, VERDICT_PASS, "ok", "TLSv1.3, TLS_AES_256_GCM_SHA384" },
	{ "not offered", MX "starttls=not_offered", VERDICT_FAIL, "not_offered",
	    "EHLO" },
	{ "refused", MX "starttls=refused reply=454 4.7.0 TLS not available",
	    VERDICT_FAIL, "refused", "454 4.7.0 TLS not available" },
	{ "handshake", MX "starttls=handshake reply=no shared cipher",
	    VERDICT_FAIL, "handshake", "no shared cipher" },
	{ "goes on in the clear", MX "starttls=plaintext_after reply=250 hello",
	    VERDICT_FAIL, "plaintext_after", "250 hello" },
	{ "injected", MX "starttls=injected", VERDICT_FAIL, "injected", "220" },
	{ "too slow", MX "starttls=timeout", VERDICT_UNKNOWN, "timeout", "" },
	{ "cut off", MX "starttls=reset", VERDICT_UNKNOWN, "unreachable",
	    "cut off" },
	{ "ended before", MX "starttls=not_reached", VERDICT_UNKNOWN,
	    "unreachable", "before STARTTLS" },
	{ "turned away is not no TLS",
	    MX "outcome=rejected starttls=not_reached reply=421 busy",
	    VERDICT_UNKNOWN, "refused", "" },
	{ "a slow server is not no TLS",
	    MX "outcome=timeout starttls=not_reached", VERDICT_UNKNOWN,
	    "timeout", "" },
	{ "nor one not there", MX "outcome=unreachable starttls=not_reached",
	    VERDICT_UNKNOWN, "unreachable", "" },
	{ "nor one cut off", MX "outcome=reset starttls=not_reached",
	    VERDICT_UNKNOWN, "unreachable", "" },
	{ "nor one that speaks something else",
	    MX "outcome=malformed starttls=not_reached", VERDICT_UNKNOWN,
	    "malformed", "" },
	{ "nor our own side", MX "outcome=network starttls=not_reached",
	    VERDICT_UNKNOWN, "network", "" },
	{ "not tried", MX "outcome=unsafe starttls=not_reached", VERDICT_SKIP,
	    "unsafe", "" },
};

START_TEST(test_starttls)
{
	struct world *world = world_new(rows[_i].world);

	world_mx(world, &check_starttls, "mx.example", "2001:db8::1");
	world_expect(world, rows[_i].why, rows[_i].verdict, rows[_i].reason,
	    rows[_i].detail, NULL);
	ck_assert_str_eq(
	    world_finding(world, 0)->subject, "mx.example [2001:db8::1]");
	world_free(world);
}
END_TEST

Suite *
suite_starttls(void)
{
	Suite *suite = suite_create("starttls");
	TCase *tc = tcase_create("starttls");

	tcase_add_loop_test(tc, test_starttls, 0, ROWS(rows));
	suite_add_tcase(suite, tc);
	return suite;
}
