/* tls_version: the newest version a host speaks, told in facts. */
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
	{ "1.3", MX, VERDICT_PASS, "ok", "TLSv1.3" },
	{ "1.2", MX "tls=1.2", VERDICT_PASS, "ok", "TLSv1.2" },
	{ "1.1", MX "tls=1.1", VERDICT_FAIL, "old_only", "TLSv1.1" },
	{ "1.0", MX "tls=1.0", VERDICT_FAIL, "old_only", "TLSv1 " },
	{ "no TLS", MX "starttls=not_offered", VERDICT_SKIP, "no_tls",
	    "see starttls" },
	{ "no handshake", MX "starttls=handshake", VERDICT_SKIP, "no_tls",
	    "see starttls" },
	{ "too slow", MX "starttls=timeout", VERDICT_UNKNOWN, "timeout", "" },
	{ "cut off", MX "starttls=reset", VERDICT_UNKNOWN, "unreachable", "" },
	{ "turned away", MX "outcome=rejected starttls=not_reached",
	    VERDICT_UNKNOWN, "refused", "" },
	{ "not there", MX "outcome=unreachable starttls=not_reached",
	    VERDICT_UNKNOWN, "unreachable", "" },
	{ "our own side", MX "outcome=network starttls=not_reached",
	    VERDICT_UNKNOWN, "network", "" },
};

START_TEST(test_tls_version)
{
	struct world *world = world_new(rows[_i].world);

	world_mx(world, &check_tls_version, "mx.example", "192.0.2.1");
	world_expect(world, rows[_i].why, rows[_i].verdict, rows[_i].reason,
	    rows[_i].detail, NULL);
	ck_assert_str_eq(world_finding(world, 0)->subject, "mx.example");
	world_free(world);
}
END_TEST

Suite *
suite_tls_version(void)
{
	Suite *suite = suite_create("tls_version");
	TCase *tc = tcase_create("tls_version");

	tcase_add_loop_test(tc, test_tls_version, 0, ROWS(rows));
	suite_add_tcase(suite, tc);
	return suite;
}
