/* egress: one answer about this machine out of all sessions. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "checks/list.h"
#include "suites.h"
#include "world.h"

#define HOSTS                             \
	"example.com MX 10 mx1.example\n" \
	"example.com MX 20 mx2.example\n" \
	"example.com MX 30 mx3.example\n" \
	"mx1.example A 8.8.8.1\n"         \
	"mx2.example A 8.8.8.2\n"         \
	"mx3.example A 8.8.8.3\n"
#define DOWN(host, address)   \
	host " SMTP " address \
	     " outcome=timeout starttls=not_reached phase=connect\n"
#define GONE(host, address)   \
	host " SMTP " address \
	     " outcome=unreachable starttls=not_reached phase=connect\n"
#define TWO_DOWN DOWN("mx1.example", "8.8.8.1") GONE("mx2.example", "8.8.8.2")

static const struct {
	const char *why, *world;
	enum verdict verdict;
	const char *reason, *detail;
	const char *smtp; /* what is said of mx1 */
} rows[] = {
	{ "all answer",
	    HOSTS "mx1.example SMTP 8.8.8.1\nmx2.example SMTP 8.8.8.2\n"
		  "mx3.example SMTP 8.8.8.3\n",
	    VERDICT_PASS, "ok", "", "ok" },
	{ "one of them answers", HOSTS TWO_DOWN "mx3.example SMTP 8.8.8.3\n",
	    VERDICT_PASS, "ok", "", "timeout" },
	{ "one turns us away",
	    HOSTS TWO_DOWN
	    "mx3.example SMTP 8.8.8.3 outcome=rejected starttls=not_reached\n",
	    VERDICT_PASS, "ok", "", "timeout" },
	{ "one takes the connection and is silent",
	    HOSTS TWO_DOWN
	    "mx3.example SMTP 8.8.8.3 outcome=timeout starttls=not_reached "
	    "phase=greeting\n",
	    VERDICT_PASS, "ok", "", "timeout" },
	{ "none can be connected to",
	    HOSTS TWO_DOWN DOWN("mx3.example", "8.8.8.3"), VERDICT_WARN,
	    "blocked", "none of 3 addresses", "network" },
	{ "three addresses, but two hosts",
	    "example.com MX 10 mx1.example\nexample.com MX 20 mx2.example\n"
	    "mx1.example A 8.8.8.1\nmx1.example A 8.8.8.9\n"
	    "mx2.example A 8.8.8.2\n" TWO_DOWN DOWN("mx1.example", "8.8.8.9"),
	    VERDICT_SKIP, "untold", "too few", "timeout" },
	{ "no such network is no closed port",
	    HOSTS TWO_DOWN
	    "mx3.example SMTP 8.8.8.3 outcome=network starttls=not_reached "
	    "phase=connect\n",
	    VERDICT_SKIP, "untold", "", "timeout" },
	{ "a single host",
	    "example.com MX 10 mx1.example\nmx1.example A 8.8.8.1\n" DOWN(
		"mx1.example", "8.8.8.1"),
	    VERDICT_SKIP, "untold", "", "timeout" },
};

START_TEST(test_egress)
{
	static const char *const checks[] = { "smtp", "starttls" };
	static const char *const hosts[] = { "tls_version", "certificate" };
	const struct check_plan plan = {
		.domain = "example.com",
		.smtp_enabled = true,
		.now_s = WORLD_NOW,
	};
	struct world *world = world_new(rows[_i].world);
	const struct finding *f;
	size_t i;

	world_plan(world, &plan);
	f = world_find(world, "egress", "this machine");
	ck_assert_msg(f != NULL, "%s: nothing said", rows[_i].why);
	ck_assert_msg(
	    f->verdict == rows[_i].verdict, "%s: %s", rows[_i].why, f->reason);
	ck_assert_str_eq(f->reason, rows[_i].reason);
	ck_assert_ptr_nonnull(strstr(f->detail, rows[_i].detail));
	for (i = 0; i < 2; i++) {
		f = world_find(world, checks[i], "mx1.example [8.8.8.1]");
		ck_assert_msg(strcmp(f->reason, rows[_i].smtp) == 0,
		    "%s: %s %s", rows[_i].why, f->check, f->reason);
		f = world_find(world, hosts[i], "mx1.example");
		ck_assert_msg(strcmp(f->reason, rows[_i].smtp) == 0,
		    "%s: %s %s", rows[_i].why, f->check, f->reason);
	}
	world_free(world);
}
END_TEST

/* Without a session there is nothing to be told, and nobody waits for it. */
START_TEST(test_no_session)
{
	const struct check_plan plan = {
		.domain = "example.com",
		.smtp_enabled = true,
		.now_s = WORLD_NOW,
	};
	struct world *world = world_new("example.com MX 0 .\n");

	world_plan(world, &plan);
	ck_assert_ptr_null(world_find(world, "egress", "this machine"));
	world_free(world);
}
END_TEST

Suite *
suite_egress(void)
{
	Suite *suite = suite_create("egress");
	TCase *tcase = tcase_create("egress");

	tcase_add_loop_test(tcase, test_egress, 0, ROWS(rows));
	tcase_add_test(tcase, test_no_session);
	suite_add_tcase(suite, tcase);
	return suite;
}
