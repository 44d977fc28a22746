/* The DNS client against servers that misbehave. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "suites.h"
#include "asker.h"

/* What is answered at once may take as long as a busy machine needs; where
 * a time-out is what happens, it is long enough for the rest beside it. */
enum { AMPLE_MS = 10000, WAIT_MS = 500, SHORT_MS = 100, PAIR_MS = 300 };

/* --- against one server that misbehaves ---------------------------------- */

static const struct {
	const char *name;
	enum dns_outcome outcome;
	size_t count;
	unsigned udp, tcp; /* queries it takes */
	int64_t wait_ms;
} odd[] = {
	{ "fine.example", DNS_OK, 1, 1, 0, AMPLE_MS },
	{ "servfail.example", DNS_SERVFAIL, 0, 1, 0, AMPLE_MS },
	{ "refused.example", DNS_REFUSED, 0, 1, 0, AMPLE_MS },
	{ "nxdomain.example", DNS_NONE, 0, 1, 0, AMPLE_MS },
	{ "broken.example", DNS_MALFORMED, 0, 1, 0, AMPLE_MS },
	{ "late.example", DNS_OK, 1, 2, 0, WAIT_MS },
	{ "drop.example", DNS_TIMEOUT, 0, 3, 0, SHORT_MS },
	{ "wrongid.example", DNS_TIMEOUT, 0, 3, 0, SHORT_MS },
	{ "wrongname.example", DNS_TIMEOUT, 0, 3, 0, SHORT_MS },
	{ "garbage.example", DNS_TIMEOUT, 0, 3, 0, SHORT_MS },
	{ "noedns.example", DNS_OK, 1, 2, 0, AMPLE_MS },
	{ "tc.example", DNS_OK, 200, 1, 1, AMPLE_MS },
	{ "tchang.example", DNS_TIMEOUT, 0, 1, 0, PAIR_MS },
};

START_TEST(test_odd)
{
	struct responder *r = asker_responder(RESPONDER_BY_NAME);
	const struct responder_seen *seen = responder_seen(r);
	const struct dns_answer *a;

	s.settings.dns_timeout_ms = odd[_i].wait_ms;
	asker_open();
	a = asker_ask_one(odd[_i].name, DNS_A);
	ck_assert_int_eq(a->outcome, odd[_i].outcome);
	ck_assert_uint_eq(a->count, odd[_i].count);
	ck_assert_uint_eq(seen->udp, odd[_i].udp);
	if (odd[_i].tcp > 0)
		ck_assert_uint_eq(seen->tcp, odd[_i].tcp);
	/* Others are not the worse for it. */
	a = asker_ask_one("fine.example", DNS_A);
	ck_assert_int_eq(a->outcome, DNS_OK);
	ck_assert(a->authentic);
	responder_free(r);
}
END_TEST

START_TEST(test_bad_name)
{
	struct responder *r = asker_responder(RESPONDER_BY_NAME);
	struct dns_counts counts;

	asker_open();
	asker_ask("a..example", DNS_A);
	asker_ask("", DNS_TXT);
	asker_run();
	ck_assert_uint_eq(s.outcomes[DNS_BAD_NAME], 2);
	ck_assert_uint_eq(responder_seen(r)->udp, 0);
	dns_counts(s.dns, &counts);
	ck_assert_uint_eq(counts.asked, 0);
	ck_assert_uint_eq(counts.pending, 0);
	responder_free(r);
}
END_TEST

START_TEST(test_truncated_without_tcp)
{
	struct responder *r = asker_responder(RESPONDER_BY_NAME);

	asker_open();
	responder_close_tcp(r);
	ck_assert_int_eq(
	    asker_ask_one("tc.example", DNS_A)->outcome, DNS_MALFORMED);
	ck_assert_int_eq(asker_ask_one("fine.example", DNS_A)->outcome, DNS_OK);
	responder_free(r);
}
END_TEST

/* One that does not take to EDNS harms none of the others under way, and
 * after it nothing is asked with EDNS for a while. */
START_TEST(test_edns_formerr)
{
	struct responder *r = asker_responder(RESPONDER_BY_NAME);
	const struct responder_seen *seen = responder_seen(r);
	unsigned opt;

	asker_open();
	asker_ask_many("fine", 100);
	asker_ask("noedns.example", DNS_A);
	asker_ask_many("other", 100);
	asker_ask("tc.example", DNS_A);
	asker_run();
	ck_assert_uint_eq(s.outcomes[DNS_OK], 202);
	ck_assert_uint_gt(seen->opt, 0);
	opt = seen->opt;
	asker_ask_many("again", 50);
	asker_ask("noedns.example", DNS_A);
	asker_run();
	ck_assert_uint_eq(s.outcomes[DNS_OK], 202 + 51);
	ck_assert_uint_eq(seen->opt, opt);
	responder_free(r);
}
END_TEST

START_TEST(test_edns_unknown)
{
	struct responder *r = asker_responder(
	    _i == 0 ? RESPONDER_NO_EDNS : RESPONDER_OLD);

	asker_open();
	asker_ask_many("fine", 300);
	asker_run();
	ck_assert_uint_eq(s.outcomes[DNS_OK], 300);
	ck_assert_uint_le(responder_seen(r)->opt, 128);
	responder_free(r);
}
END_TEST

/* Ids are neither counted up nor few. */
START_TEST(test_ids)
{
	struct responder *r = asker_responder(RESPONDER_BY_NAME);
	const uint16_t *ids = responder_seen(r)->ids;
	unsigned i, j, same = 0, near = 0, n = 500;

	asker_open();
	asker_ask_many("fine", n);
	asker_run();
	for (i = 0; i < n; i++)
		for (j = i + 1; j < n; j++) {
			same += ids[i] == ids[j];
			near += j == i + 1 && abs(ids[i] - ids[j]) < 16;
		}
	/* About 1.9 and 0.25 are to be expected. */
	ck_assert_uint_lt(same, 30);
	ck_assert_uint_lt(near, 20);
	responder_free(r);
}
END_TEST

/* A server that never says a word: all questions end with the first ones'
 * deadline, also those that still wait for their turn. */
START_TEST(test_silent)
{
	struct responder *r = asker_responder(RESPONDER_SILENT);
	int64_t before = loop_now_ms(s.loop);

	s.settings.dns_timeout_ms = 50;
	s.settings.dns_tries = 2;
	s.settings.dns_parallel = 16;
	asker_open();
	asker_ask_many("x", 5000);
	asker_run();
	ck_assert_uint_eq(s.outcomes[DNS_TIMEOUT], 5000);
	ck_assert_int_ge(loop_now_ms(s.loop) - before, 150);
	/* One after the other they take 47 s. */
	ck_assert_int_lt(loop_now_ms(s.loop) - before, 20000);
	responder_free(r);
}
END_TEST

/* Dropped questions cost their own time, not that of others. */
START_TEST(test_some_dropped)
{
	struct responder *r = asker_responder(RESPONDER_BY_NAME);

	s.settings.dns_timeout_ms = WAIT_MS;
	s.settings.dns_tries = 2;
	asker_open();
	asker_ask_many("drop", 100);
	asker_ask_many("fine", 2000);
	asker_run();
	ck_assert_uint_eq(s.outcomes[DNS_OK], 2000);
	ck_assert_uint_eq(s.outcomes[DNS_TIMEOUT], 100);
	responder_free(r);
}
END_TEST

START_TEST(test_unreachable)
{
	asker_server(free_port());
	asker_open();
	asker_ask_many("x", 5000);
	asker_run();
	ck_assert_uint_eq(s.outcomes[DNS_UNREACHABLE], 5000);
}
END_TEST

static void
reopen(void *arg)
{
	struct responder **r = arg;

	*r = responder_new(s.loop, RESPONDER_BY_NAME,
	    (uint16_t)atoi(strchr(s.text[0], ':') + 1));
}

/* A resolver that is started anew is waited for. */
START_TEST(test_restart)
{
	struct responder *r = asker_responder(RESPONDER_BY_NAME);
	struct loop_timer *timer = loop_timer_new(s.loop, reopen, &r);

	asker_open();
	asker_ask_one("fine.example", DNS_A);
	responder_free(r);
	r = NULL;
	loop_timer_start(timer, 300, 0);
	asker_ask_many("fine", 1000);
	asker_run();
	ck_assert_uint_eq(s.outcomes[DNS_OK], 1001);
	responder_free(r);
}
END_TEST

/* --- several servers ----------------------------------------------------- */

static const struct {
	const char *why;
	int first, second; /* a mode, or -1: nobody there */
	enum dns_outcome outcome;
} pairs[] = {
	{ "SERVFAIL, then good", RESPONDER_SERVFAIL, RESPONDER_BY_NAME,
	    DNS_OK },
	{ "REFUSED, then good", RESPONDER_REFUSED, RESPONDER_BY_NAME, DNS_OK },
	{ "SERVFAIL twice", RESPONDER_SERVFAIL, RESPONDER_SERVFAIL,
	    DNS_SERVFAIL },
	{ "SERVFAIL, then REFUSED", RESPONDER_SERVFAIL, RESPONDER_REFUSED,
	    DNS_REFUSED },
	{ "SERVFAIL, then nobody", RESPONDER_SERVFAIL, -1, DNS_SERVFAIL },
	{ "REFUSED, then silence", RESPONDER_REFUSED, RESPONDER_SILENT,
	    DNS_REFUSED },
	{ "nobody, then good", -1, RESPONDER_BY_NAME, DNS_OK },
	{ "silence, then good", RESPONDER_SILENT, RESPONDER_BY_NAME, DNS_OK },
	{ "nobody twice", -1, -1, DNS_UNREACHABLE },
	{ "nobody, then silence", -1, RESPONDER_SILENT, DNS_TIMEOUT },
};

START_TEST(test_pair)
{
	struct responder *r[2] = { NULL, NULL };
	int i, mode;

	for (i = 0; i < 2; i++) {
		mode = i == 0 ? pairs[_i].first : pairs[_i].second;
		if (mode >= 0)
			r[i] = asker_responder((enum responder_mode)mode);
		else
			asker_server(free_port());
	}
	s.settings.dns_timeout_ms = PAIR_MS;
	s.settings.dns_tries = 2;
	asker_open();
	ck_assert_uint_eq(dns_servers(s.dns)->count, 2);
	ck_assert_str_eq(dns_servers(s.dns)->items[1], s.text[1]);
	asker_ask_many("fine", 300);
	asker_run();
	ck_assert_msg(s.outcomes[pairs[_i].outcome] == 300, "%s: %u %u",
	    pairs[_i].why, s.outcomes[pairs[_i].outcome],
	    s.outcomes[DNS_TIMEOUT]);
	responder_free(r[0]);
	responder_free(r[1]);
}
END_TEST

/* What the first server said is not forgotten when nobody says any more. */
START_TEST(test_pair_falls_silent)
{
	struct responder *first = asker_responder(RESPONDER_SERVFAIL_ONCE);
	struct responder *second = asker_responder(RESPONDER_SILENT);

	s.settings.dns_timeout_ms = PAIR_MS;
	asker_open();
	ck_assert_int_eq(
	    asker_ask_one("x.example", DNS_A)->outcome, DNS_SERVFAIL);
	ck_assert_uint_gt(responder_seen(second)->udp, 0);
	responder_free(first);
	responder_free(second);
}
END_TEST

/* --- opening and closing ------------------------------------------------- */

static void
close_and_stop(void *arg, struct dns_answer *take)
{
	(void)arg;
	free(take);
	s.pending++;
	dns_close(s.dns);
	s.dns = NULL;
	loop_stop(s.loop);
}

/* Closed by the first of many callbacks: no other comes, nothing is lost. */
START_TEST(test_close_inside)
{
	struct responder *r = asker_responder(RESPONDER_BY_NAME);
	int i;

	asker_open();
	for (i = 0; i < 500; i++)
		dns_ask(s.dns, "fine.example", DNS_A, close_and_stop, NULL);
	asker_guard();
	loop_run(s.loop);
	ck_assert_uint_eq(s.pending, 1);
	s.pending = 0;
	responder_free(r);
}
END_TEST

static void
ask_next(void *arg, struct dns_answer *take)
{
	(void)arg;
	free(take);
	if (++s.pending == 100)
		loop_stop(s.loop);
	else
		dns_ask(s.dns, "fine.example", DNS_A, ask_next, NULL);
}

START_TEST(test_ask_inside)
{
	struct responder *r = asker_responder(RESPONDER_BY_NAME);

	asker_open();
	dns_ask(s.dns, "fine.example", DNS_A, ask_next, NULL);
	asker_guard();
	loop_run(s.loop);
	ck_assert_uint_eq(s.pending, 100);
	responder_free(r);
}
END_TEST

static void
stop(void *arg)
{
	(void)arg;
	loop_stop(s.loop);
}

/* Closed with questions waiting and under way: silence. */
START_TEST(test_close_early)
{
	struct responder *r = asker_responder(RESPONDER_SILENT);
	struct loop_timer *timer = loop_timer_new(s.loop, stop, NULL);

	s.settings.dns_parallel = 16;
	asker_open();
	asker_ask_many("x", 100);
	if (_i > 0) {
		loop_timer_start(timer, 20, 0);
		loop_run(s.loop);
		ck_assert_uint_eq(responder_seen(r)->udp, 16);
	}
	dns_close(s.dns);
	s.dns = NULL;
	loop_timer_start(timer, 20, 0);
	loop_run(s.loop);
	ck_assert_uint_eq(s.pending, 100);
	responder_free(r);
}
END_TEST

START_TEST(test_system_servers)
{
	asker_open();
	ck_assert_uint_gt(dns_servers(s.dns)->count, 0);
	ck_assert_ptr_nonnull(strchr(dns_servers(s.dns)->items[0], ':'));
}
END_TEST

START_TEST(test_bad_server)
{
	char bad[] = "localhost:53";
	struct error err;

	s.settings.servers.count = 1;
	s.items[0] = bad;
	ck_assert_int_eq(
	    dns_open(s.loop, &s.settings, &s.dns, &err), STATUS_USAGE);
	ck_assert_str_eq(err.text,
	    "resolver.servers: expected ADDRESS or ADDRESS:PORT, got "
	    "'localhost:53'");
}
END_TEST

Suite *
suite_dns_odd(void)
{
	Suite *suite = suite_create("dns_odd");
	TCase *tc = tcase_create("responder");

	tcase_add_checked_fixture(tc, asker_setup, asker_teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, test_odd, 0, ROWS(odd));
	tcase_add_loop_test(tc, test_pair, 0, ROWS(pairs));
	tcase_add_test(tc, test_pair_falls_silent);
	tcase_add_test(tc, test_bad_name);
	tcase_add_test(tc, test_truncated_without_tcp);
	tcase_add_test(tc, test_edns_formerr);
	tcase_add_loop_test(tc, test_edns_unknown, 0, 2);
	tcase_add_test(tc, test_ids);
	tcase_add_test(tc, test_silent);
	tcase_add_test(tc, test_some_dropped);
	tcase_add_test(tc, test_unreachable);
	tcase_add_test(tc, test_restart);
	tcase_add_test(tc, test_close_inside);
	tcase_add_test(tc, test_ask_inside);
	tcase_add_loop_test(tc, test_close_early, 0, 2);
	tcase_add_test(tc, test_system_servers);
	tcase_add_test(tc, test_bad_server);
	suite_add_tcase(suite, tc);
	return suite;
}
