/* Servers and limits worked out from the settings. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "suites.h"
#include "net/dnsplan.h"

static const struct {
	const char *text;
	const char *back; /* NULL: refused */
	bool local;
} servers[] = {
	{ "127.0.0.1", "127.0.0.1:53", true },
	{ "127.9.9.9:5300", "127.9.9.9:5300", true },
	{ "192.0.2.1:53", "192.0.2.1:53", false },
	{ "::1", "[::1]:53", true },
	{ "[::1]", "[::1]:53", true },
	{ "[::1]:5300", "[::1]:5300", true },
	{ "2001:db8::53", "[2001:db8::53]:53", false },
	/* Another machine behind a translator, not this one. */
	{ "64:ff9b::7f00:1", "[64:ff9b::7f00:1]:53", false },
	{ "", NULL, false },
	{ ":53", NULL, false },
	{ "192.0.2.1:", NULL, false },
	{ "192.0.2.1:0", NULL, false },
	{ "192.0.2.1:65536", NULL, false },
	{ "192.0.2.1:53x", NULL, false },
	{ "192.0.2:53", NULL, false },
	{ "[192.0.2.1]:53", NULL, false },
	{ "[::1", NULL, false },
	{ "[::1]53", NULL, false },
	{ "[::1]:", NULL, false },
	{ "dns.example:53", NULL, false },
	{ "[1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb]:53", NULL,
	    false },
};

START_TEST(test_server)
{
	struct dnsserver server;
	char text[DNSSERVER_TEXT_SIZE];
	bool ok = dnsserver_parse(servers[_i].text, &server);

	ck_assert_msg(ok == (servers[_i].back != NULL), "%s", servers[_i].text);
	if (!ok)
		return;
	ck_assert_str_eq(dnsserver_text(&server, text), servers[_i].back);
	ck_assert_int_eq(dnsserver_local(&server), servers[_i].local);
}
END_TEST

static const struct {
	const char *why;
	int servers; /* below 0: of this machine */
	int64_t timeout_ms, tries, parallel;
	int rounds;
	int64_t limit_ms;
	unsigned spread, window;
} limits[] = {
	{ "one server", 1, 1000, 4, 128, 4, 15250, 8, 16 },
	/* 2 x (1 + 2 + 4) fits in 1 + 2 + 4 + 8; 3 x 7 does not. */
	{ "two servers", 2, 1000, 4, 128, 3, 15250, 8, 16 },
	{ "three servers", 3, 1000, 4, 128, 2, 15250, 8, 16 },
	{ "a single try goes round", 3, 1000, 1, 128, 1, 3250, 8, 16 },
	{ "few at a time", 1, 1000, 1, 3, 1, 1250, 3, 1 },
	{ "odd number", 1, 1000, 1, 100, 1, 1250, 8, 13 },
	{ "many at a time", 1, 1000, 1, 1000, 1, 1250, 16, 63 },
	{ "out of bounds", 1, 0, 99, 1 << 30, 8, 255 * 50 + 250, 16, 64 },
	{ "here", -1, 1000, 4, 128, 4, 15250, 2, 64 },
	{ "two here", -2, 1000, 4, 128, 3, 15250, 2, 64 },
	{ "few here", -1, 1000, 4, 50, 4, 15250, 2, 25 },
	{ "one here", -1, 1000, 4, 1, 4, 15250, 1, 1 },
	{ "many here", -1, 1000, 4, 200, 4, 15250, 4, 50 },
	{ "out of bounds here", -1, 1000, 4, 1 << 30, 4, 15250, 16, 64 },
	{ "the other bounds", 1, INT64_MAX, -1, 0, 1, 60250, 1, 1 },
};

START_TEST(test_limits)
{
	struct dnsplan plan = { 0 };
	struct settings settings;
	static const struct dnsserver here = { { 4, { 127, 0, 0, 1 } }, 53 };
	static const struct dnsserver there = { { 4, { 192, 0, 2, 1 } }, 53 };
	bool local = limits[_i].servers < 0;
	struct error err;
	int i;

	memset(&settings, 0, sizeof(settings));
	settings.dns_timeout_ms = limits[_i].timeout_ms;
	settings.dns_tries = limits[_i].tries;
	settings.dns_parallel = limits[_i].parallel;
	for (i = 0; i < abs(limits[_i].servers); i++)
		ck_assert_int_eq(
		    dnsplan_add(&plan, local ? &here : &there, &err),
		    STATUS_OK);
	dnsplan_limits(&plan, &settings);
	ck_assert_int_eq(plan.rounds, limits[_i].rounds);
	ck_assert_int_eq(plan.limit_ms, limits[_i].limit_ms);
	ck_assert_uint_eq(plan.spread, limits[_i].spread);
	ck_assert_uint_eq(plan.window, limits[_i].window);
	ck_assert_uint_le(plan.window, DNSPLAN_WINDOW_MAX);
	ck_assert_uint_ge(plan.window * plan.spread, plan.parallel);
	ck_assert_int_eq(plan.trust_ad, local);
	dnsplan_fini(&plan);
}
END_TEST

START_TEST(test_trust)
{
	struct dnsplan plan = { 0 };
	struct settings settings;
	struct dnsserver here = { { 4, { 127, 0, 0, 1 } }, 53 };
	struct dnsserver there = { { 4, { 192, 0, 2, 1 } }, 53 };
	struct error err;
	size_t i;

	memset(&settings, 0, sizeof(settings));
	ck_assert_int_eq(dnsplan_add(&plan, &here, &err), STATUS_OK);
	dnsplan_limits(&plan, &settings);
	ck_assert(plan.trust_ad);
	ck_assert_int_eq(dnsplan_add(&plan, &there, &err), STATUS_OK);
	dnsplan_limits(&plan, &settings);
	ck_assert(!plan.trust_ad);
	ck_assert_int_eq(dnsplan_add(&plan, &here, &err), STATUS_OK);
	dnsplan_limits(&plan, &settings);
	ck_assert(!plan.trust_ad);
	settings.dns_trust_ad = true;
	dnsplan_limits(&plan, &settings);
	ck_assert(plan.trust_ad);
	for (i = plan.names.count; i < DNSPLAN_SERVERS_MAX; i++)
		ck_assert_int_eq(dnsplan_add(&plan, &here, &err), STATUS_OK);
	ck_assert_int_eq(dnsplan_add(&plan, &here, &err), STATUS_USAGE);
	dnsplan_fini(&plan);
}
END_TEST

Suite *
suite_dnsplan(void)
{
	Suite *suite = suite_create("dnsplan");
	TCase *tc = tcase_create("dnsplan");

	tcase_add_loop_test(tc, test_server, 0, ROWS(servers));
	tcase_add_loop_test(tc, test_limits, 0, ROWS(limits));
	tcase_add_test(tc, test_trust);
	suite_add_tcase(suite, tc);
	return suite;
}
