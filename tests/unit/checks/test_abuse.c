/* abuse: who is known for complaints. */
/* SPDX-License-Identifier: MIT */
#include "checks/list.h"
#include "suites.h"
#include "world.h"

#define OWN "example.com.contacts.test TXT "

static const struct {
	const char *why, *world;
	enum verdict verdict;
	const char *reason, *detail;
} rows[] = {
	{ "registered", OWN "abuse@example.com\n", VERDICT_PASS, "ok",
	    "complaints go to abuse@example.com" },
	{ "several, in an order of our own",
	    OWN "z@example.net\n" OWN "abuse@example.com\n", VERDICT_PASS, "ok",
	    "abuse@example.com, z@example.net" },
	{ "postmaster beside another",
	    OWN "postmaster@example.com\n" OWN "abuse@example.com\n",
	    VERDICT_PASS, "ok", "abuse@example.com, postmaster@example.com" },
	{ "postmaster before another",
	    OWN "postmaster@example.com\n" OWN "security@example.com\n",
	    VERDICT_PASS, "ok",
	    "postmaster@example.com, security@example.com" },
	{ "a guess", OWN "Postmaster@example.com\n", VERDICT_NOTE,
	    "default_only", "abuse@example.com" },
	{ "nothing", "", VERDICT_NOTE, "missing", "contacts.test knows no" },
	{ "words that are no address", OWN "none known\n" OWN "\n",
	    VERDICT_NOTE, "missing", "" },
	{ "hostile", OWN "a@\\027[2J\n", VERDICT_PASS, "ok", "a@\\x1b[2J" },
	{ "time-out", OWN "!timeout\n", VERDICT_UNKNOWN, "timeout", "" },
	{ "refused", OWN "!refused\n", VERDICT_UNKNOWN, "refused", "" },
};

static void
run(struct world *world, const char *zone)
{
	struct subject subject = {
		.domain = "example.com",
		.abuse_zone = zone,
		.now_s = WORLD_NOW,
	};

	world_run(world, &check_abuse, &subject);
}

START_TEST(test_abuse)
{
	struct world *world = world_new(rows[_i].world);

	run(world, "contacts.test");
	world_expect(world, rows[_i].why, rows[_i].verdict, rows[_i].reason,
	    rows[_i].detail, NULL);
	world_free(world);
}
END_TEST

START_TEST(test_off)
{
	struct world *world = world_new("");

	run(world, NULL);
	ck_assert_uint_eq(world_count(world), 0);
	ck_assert_uint_eq(world_asked(world), 0);
	world_free(world);
}
END_TEST

Suite *
suite_abuse(void)
{
	Suite *suite = suite_create("abuse");
	TCase *tcase = tcase_create("abuse");

	tcase_add_loop_test(tcase, test_abuse, 0, ROWS(rows));
	tcase_add_test(tcase, test_off);
	suite_add_tcase(suite, tcase);
	return suite;
}
