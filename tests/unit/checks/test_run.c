/* checks_run: subjects found from facts, everything in few rounds. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "checks/list.h"
#include "checks/memo.h"
#include "suites.h"
#include "world.h"

#define RSA "p=aGVsbG8="

/* A healthy domain but for its key: two MX hosts, one of them with two
 * addresses, and a sender that SPF names. */
static const char whole[] =
    "example.com TXT v=spf1 ip4:192.0.2.10 include:esp.example -all\n"
    "esp.example TXT v=spf1 ip4:198.51.100.0/24 ip4:192.0.2.11 -all\n"
    "_dmarc.example.com TXT v=DMARC1; p=reject; rua=mailto:d@example.com\n"
    "_mta-sts.example.com TXT v=STSv1; id=1\n"
    "_smtp._tls.example.com TXT v=TLSRPTv1; rua=mailto:t@example.com\n"
    "default._bimi.example.com TXT v=BIMI1; l=\n"
    "s1._domainkey.example.com TXT v=DKIM1; " RSA "\n"
    "10.2.0.192.in-addr.arpa PTR out.example.com\n"
    "out.example.com A 192.0.2.10\n"
    "20.2.0.192.in-addr.arpa PTR two.example.com\n"
    "two.example.com A 192.0.2.20\n"
    "example.com MX 10 mx1.example.com\n"
    "example.com MX 20 mx2.example.com\n"
    "mx1.example.com A 8.8.8.1\n"
    "mx1.example.com AAAA 2600::1\n"
    "mx2.example.com A 8.8.8.2\n"
    "1.8.8.8.in-addr.arpa PTR mx1.example.com\n"
    "mx1.example.com SMTP 8.8.8.1\n"
    "mx1.example.com SMTP 2600::1 outcome=network starttls=not_reached\n"
    "mx2.example.com SMTP 8.8.8.2 until=-1 tls=1.1\n";

static const char *const selectors[] = { "s1", "s2" };
static const struct address ips[] = {
	{ .family = 4, .bytes = { 192, 0, 2, 20 } },
	{ .family = 4, .bytes = { 192, 0, 2, 10 } },
};

static struct check_plan
plan_make(void)
{
	return (struct check_plan){
		.domain = "Example.COM.",
		.selectors = selectors,
		.selector_count = 2,
		.sending_ips = ips,
		.sending_ip_count = 2,
		.smtp_enabled = true,
		.now_s = WORLD_NOW,
	};
}

static const struct {
	const char *check, *subject;
	enum verdict verdict;
	const char *reason;
} expected[] = {
	{ "spf", "example.com", VERDICT_PASS, "ok" },
	{ "spf_sender", "192.0.2.20", VERDICT_FAIL, "fail" },
	{ "spf_sender", "192.0.2.10", VERDICT_PASS, "pass" },
	{ "spf_sender", "192.0.2.11", VERDICT_PASS, "pass" },
	{ "dkim", "s1", VERDICT_FAIL, "bad_key" },
	{ "dkim", "s2", VERDICT_FAIL, "missing" },
	{ "dmarc", "example.com", VERDICT_PASS, "ok" },
	{ "ptr", "192.0.2.10", VERDICT_PASS, "ok" },
	{ "ptr", "192.0.2.20", VERDICT_PASS, "ok" },
	{ "ptr", "192.0.2.11", VERDICT_FAIL, "missing" },
	{ "ptr", "8.8.8.1", VERDICT_PASS, "ok" },
	{ "ptr", "8.8.8.2", VERDICT_NOTE, "missing" },
	{ "ptr", "2600::1", VERDICT_NOTE, "missing" },
	{ "mx", "example.com", VERDICT_PASS, "ok" },
	{ "smtp", "mx1.example.com [8.8.8.1]", VERDICT_PASS, "ok" },
	{ "smtp", "mx1.example.com [2600::1]", VERDICT_UNKNOWN, "network" },
	{ "smtp", "mx2.example.com [8.8.8.2]", VERDICT_PASS, "ok" },
	{ "starttls", "mx1.example.com [8.8.8.1]", VERDICT_PASS, "ok" },
	{ "starttls", "mx1.example.com [2600::1]", VERDICT_UNKNOWN, "network" },
	{ "starttls", "mx2.example.com [8.8.8.2]", VERDICT_PASS, "ok" },
	{ "tls_version", "mx1.example.com", VERDICT_PASS, "ok" },
	{ "tls_version", "mx2.example.com", VERDICT_FAIL, "old_only" },
	{ "certificate", "mx1.example.com", VERDICT_PASS, "ok" },
	{ "certificate", "mx2.example.com", VERDICT_FAIL, "expired" },
	{ "mta_sts", "example.com", VERDICT_SKIP, "not_fetched" },
	{ "tls_rpt", "example.com", VERDICT_PASS, "ok" },
	{ "dane", "mx1.example.com", VERDICT_NOTE, "none" },
	{ "dane", "mx2.example.com", VERDICT_NOTE, "none" },
	{ "bimi", "example.com", VERDICT_SKIP, "declined" },
	{ "dnssec", "example.com", VERDICT_SKIP, "no_validation" },
	{ "egress", "this machine", VERDICT_PASS, "ok" },
};

START_TEST(test_whole)
{
	struct world *world = world_new(whole);
	struct check_plan plan = plan_make();
	int i;

	world_plan(world, &plan);
	for (i = 0; i < ROWS(expected); i++) {
		const struct finding *item = world_find(
		    world, expected[i].check, expected[i].subject);

		ck_assert_msg(item != NULL, "%s %s", expected[i].check,
		    expected[i].subject);
		ck_assert_msg(item->verdict == expected[i].verdict &&
			strcmp(item->reason, expected[i].reason) == 0,
		    "%s %s: %s %s", item->check, item->subject, item->reason,
		    item->detail);
	}
	ck_assert_uint_eq(world_count(world), (size_t)ROWS(expected));
	/* An exchanger's address has its own name, a sender's one of ours. */
	ck_assert_str_eq(world_find(world, "ptr", "8.8.8.2")->cure,
	    "2.8.8.8.in-addr.arpa. IN PTR mx2.example.com.");
	ck_assert_ptr_nonnull(
	    strstr(world_find(world, "ptr", "192.0.2.11")->cure,
		" IN PTR mail.example.com. ; with mail.example.com. IN A"));
	world_free(world);
}
END_TEST

/* What a check that waits leaves behind for its next run is still there:
 * records within records, each of which is waited for. */
START_TEST(test_alone)
{
	static const char records[] =
	    "example.com TXT v=spf1 include:a.example include:b.example -all\n"
	    "a.example TXT v=spf1 ip4:192.0.2.10 include:c.example ~all\n"
	    "b.example TXT v=spf1 a:mx.example ip4:192.0.2.20 -all\n"
	    "c.example TXT v=spf1 exists:d.example include:e.example ?all\n"
	    "e.example TXT v=spf1 ip4:192.0.2.30 mx:none.example -all\n"
	    "mx.example A 192.0.2.40\n"
	    "example.com MX 10 mx.example\n";
	struct world *world = world_new(records);
	struct check_plan plan = plan_make();

	plan.only = check_row((size_t)_i)->name;
	world_plan(world, &plan);
	if (strcmp(plan.only, "spf") == 0)
		ck_assert_str_eq(world_finding(world, 0)->record,
		    "v=spf1 include:a.example include:b.example -all");
	world_free(world);
}
END_TEST

static size_t
place(const char *check)
{
	size_t i;

	for (i = 0; strcmp(check_row(i)->name, check) != 0; i++)
		;
	return i;
}

/* The list's order; within a check, worst first. */
START_TEST(test_order)
{
	struct world *world = world_new(whole);
	struct check_plan plan = plan_make();
	size_t i;

	world_plan(world, &plan);
	for (i = 1; i < world_count(world); i++) {
		const struct finding *a = world_finding(world, i - 1);
		const struct finding *b = world_finding(world, i);

		ck_assert_uint_le(place(a->check), place(b->check));
		if (strcmp(a->check, b->check) == 0)
			ck_assert_int_ge(verdict_weight(a->verdict),
			    verdict_weight(b->verdict));
	}
	world_free(world);
}
END_TEST

/* The domain's own names; what they name; sessions and reverse names of that:
 * the rounds that the data forces, and none for the sake of the code.  That
 * nothing is wanted twice is proved by the world. */
START_TEST(test_rounds)
{
	struct world *world = world_new(whole);
	struct check_plan plan = plan_make();

	world_plan(world, &plan);
	ck_assert_uint_eq(world_rounds(world), 3);
	world_free(world);
}
END_TEST

/* A second domain behind the same hosts asks only for its own names. */
START_TEST(test_shared)
{
	struct buf text = { 0 };
	struct world *world;
	struct check_plan plan = plan_make();
	size_t asked;

	buf_str(&text, whole);
	buf_str(&text,
	    "example.net MX 10 mx1.example.com\n"
	    "example.net TXT v=spf1 include:esp.example -all\n");
	world = world_new(text.data);
	world_plan(world, &plan);
	asked = world_asked(world);
	plan.domain = "example.net";
	world_plan(world, &plan);
	/* SPF, MX, two selectors, DMARC here and at net, MTA-STS, TLSRPT,
	 * BIMI, DNSSEC. */
	ck_assert_uint_eq(world_asked(world) - asked, 10);
	world_free(world);
	buf_free(&text);
}
END_TEST

START_TEST(test_only)
{
	struct world *world = world_new(whole);
	struct check_plan plan = plan_make();

	plan.only = "dmarc";
	world_plan(world, &plan);
	ck_assert_uint_eq(world_count(world), 1);
	ck_assert_uint_eq(world_asked(world), 2);
	world_free(world);
	world = world_new(whole);
	plan.only = "certificate";
	world_plan(world, &plan);
	ck_assert_uint_eq(world_count(world), 2);
	/* MX, four addresses, three sessions; nothing is doubtful that TLSA
	 * records would make worse. */
	ck_assert_uint_eq(world_asked(world), 1 + 4 + 3);
	world_free(world);
	world = world_new(whole);
	plan.only = "no such check";
	world_plan(world, &plan);
	ck_assert_uint_eq(world_count(world), 0);
	ck_assert_uint_eq(world_asked(world), 0);
	world_free(world);
}
END_TEST

START_TEST(test_no_smtp)
{
	struct world *world = world_new(whole);
	struct check_plan plan = plan_make();

	plan.smtp_enabled = false;
	world_plan(world, &plan);
	ck_assert_ptr_nonnull(world_find(world, "ptr", "8.8.8.1"));
	ck_assert_ptr_nonnull(world_find(world, "mx", "example.com"));
	ck_assert_ptr_null(
	    world_find(world, "smtp", "mx1.example.com [8.8.8.1]"));
	ck_assert_ptr_null(world_find(world, "certificate", "mx2.example.com"));
	world_free(world);
}
END_TEST

/* Hostile DNS must not aim a probe at our own network. */
START_TEST(test_unsafe)
{
	static const char text[] = "example.com MX 10 mx.example.com\n"
				   "mx.example.com A 127.0.0.1\n"
				   "mx.example.com A 10.0.0.1\n"
				   "mx.example.com AAAA ::1\n"
				   "mx.example.com SMTP 127.0.0.1\n";
	struct world *world = world_new(text);
	struct check_plan plan = {
		.domain = "example.com",
		.smtp_enabled = true,
		.now_s = WORLD_NOW,
	};

	world_plan(world, &plan);
	ck_assert_str_eq(
	    world_find(world, "mx", "example.com")->reason, "unsafe");
	ck_assert_ptr_null(
	    world_find(world, "smtp", "mx.example.com [127.0.0.1]"));
	ck_assert_ptr_null(world_find(world, "certificate", "mx.example.com"));
	ck_assert_ptr_null(world_find(world, "ptr", "127.0.0.1"));
	world_free(world);
	world = world_new(text);
	plan.allow_private = true;
	world_plan(world, &plan);
	ck_assert_str_eq(world_find(world, "mx", "example.com")->reason, "ok");
	ck_assert_ptr_nonnull(
	    world_find(world, "smtp", "mx.example.com [127.0.0.1]"));
	ck_assert_str_eq(
	    world_find(world, "certificate", "mx.example.com")->reason, "ok");
	world_free(world);
}
END_TEST

START_TEST(test_implicit_and_null)
{
	struct world *world = world_new("example.com A 8.8.8.8\n"
					"example.com SMTP 8.8.8.8\n"
					"null.example MX 0 .\n");
	struct check_plan plan = {
		.domain = "example.com",
		.smtp_enabled = true,
		.now_s = WORLD_NOW,
	};

	world_plan(world, &plan);
	ck_assert_str_eq(
	    world_find(world, "mx", "example.com")->reason, "missing");
	ck_assert_str_eq(
	    world_find(world, "smtp", "example.com [8.8.8.8]")->reason, "ok");
	ck_assert_str_eq(
	    world_find(world, "dkim", "example.com")->reason, "no_selector");
	world_free(world);
	world = world_new("null.example MX 0 .\n");
	plan.domain = "null.example";
	world_plan(world, &plan);
	ck_assert_str_eq(
	    world_find(world, "mx", "null.example")->reason, "null");
	ck_assert_uint_eq(world_count(world), 8);
	world_free(world);
}
END_TEST

/* Nothing answers: everything is unknown, nothing is missing. */
START_TEST(test_all_timeouts)
{
	struct world *world = world_new(
	    "example.com TXT !timeout\nexample.com MX !timeout\n"
	    "example.com SOA !timeout\n"
	    "_dmarc.example.com TXT !timeout\n_dmarc.com TXT !timeout\n"
	    "_mta-sts.example.com TXT !timeout\n"
	    "_smtp._tls.example.com TXT !timeout\n"
	    "default._bimi.example.com TXT !timeout\n"
	    "s1._domainkey.example.com TXT !timeout\n"
	    "s2._domainkey.example.com TXT !timeout\n"
	    "10.2.0.192.in-addr.arpa PTR !timeout\n"
	    "20.2.0.192.in-addr.arpa PTR !timeout\n");
	struct check_plan plan = plan_make();
	size_t i;

	world_plan(world, &plan);
	for (i = 0; i < world_count(world); i++) {
		const struct finding *item = world_finding(world, i);

		ck_assert_msg(item->verdict == VERDICT_UNKNOWN &&
			strcmp(item->reason, "timeout") == 0,
		    "%s %s: %s", item->check, item->subject, item->reason);
	}
	ck_assert_uint_eq(world_count(world), 13);
	ck_assert_uint_eq(world_rounds(world), 1);
	world_free(world);
}
END_TEST

/* Addresses of one host that disagree: the worst counts, but an answer
 * counts more than none. */
START_TEST(test_merge)
{
	static const struct {
		const char *first, *second, *reason;
	} rows[] = {
		{ "", "", "ok" },
		{ "until=-1", "", "expired" },
		{ "", "until=-1", "expired" },
		{ "match=no", "until=-1", "expired" },
		{ "outcome=timeout starttls=not_reached", "", "ok" },
		{ "outcome=timeout starttls=not_reached", "match=no",
		    "name_mismatch" },
		{ "starttls=not_offered", "", "ok" },
		{ "outcome=timeout starttls=not_reached",
		    "starttls=not_offered", "timeout" },
	};
	struct arena *arena = arena_new();
	struct world *world = world_new(arena_printf(arena,
	    "example.com MX 10 mx.example\nmx.example A 8.8.8.1\n"
	    "mx.example A 8.8.8.2\nmx.example SMTP 8.8.8.1 %s\n"
	    "mx.example SMTP 8.8.8.2 %s\n",
	    rows[_i].first, rows[_i].second));
	struct check_plan plan = {
		.domain = "example.com",
		.smtp_enabled = true,
		.only = "certificate",
		.now_s = WORLD_NOW,
	};

	world_plan(world, &plan);
	ck_assert_uint_eq(world_count(world), 1);
	ck_assert_str_eq(world_finding(world, 0)->reason, rows[_i].reason);
	world_free(world);
	arena_free(arena);
}
END_TEST

/* What was done for one subject is not taken for another. */
START_TEST(test_memo)
{
	static const struct address one = { .family = 4, .bytes = { 1 } },
				    two = { .family = 4, .bytes = { 2 } };
	const struct subject subject = { .host = "mx", .address = &one };
	struct address same = one;
	struct subject other[5], equal = subject;
	struct arena *arena = arena_new();
	struct check_memo *memo = check_memo_new(arena);
	struct findings *found = memo_findings(memo);
	size_t first, count, i;

	for (i = 0; i < 5; i++)
		other[i] = subject;
	other[0].host = NULL;
	other[1].address = &two;
	other[2].is_mx = true;
	other[3].certificate_counts = true;
	other[4].selector = "s1";
	equal.address = &same;
	found->check = "smtp";
	finding_on(found, "mx", VERDICT_PASS, "ok", "of another");
	finding_on(found, "mx", VERDICT_PASS, "ok", "fine");
	ck_assert(!memo_find(memo, 1, &subject, &first, &count));
	memo_keep(memo, 1, &subject, 1);
	ck_assert(memo_find(memo, 1, &subject, &first, &count));
	ck_assert(memo_find(memo, 1, &equal, &first, &count));
	ck_assert_uint_eq(count, 1);
	ck_assert_str_eq(found->items[first].detail, "fine");
	for (i = 0; i < 5; i++)
		ck_assert(!memo_find(memo, 1, &other[i], &first, &count));
	ck_assert(!memo_find(memo, 2, &subject, &first, &count));
	arena_free(arena);
}
END_TEST

START_TEST(test_list)
{
	static const char *const names[] = { "spf", "spf_sender", "dkim",
		"dmarc", "ptr", "helo", "mx", "smtp", "starttls", "tls_version",
		"certificate", "mta_sts", "tls_rpt", "dane", "bimi", "dnsbl",
		"dnssec", "abuse", "egress" };
	size_t i;

	for (i = 0; i < (size_t)ROWS(names); i++) {
		ck_assert_str_eq(check_row(i)->name, names[i]);
		ck_assert_ptr_eq(check_find(names[i]), check_row(i));
		ck_assert_uint_gt(check_row(i)->interval_s, 0);
	}
	ck_assert_ptr_null(check_row(i));
	ck_assert_ptr_null(check_find("nonsense"));
}
END_TEST

Suite *
suite_run(void)
{
	Suite *suite = suite_create("run");
	TCase *tc = tcase_create("run");

	tcase_add_test(tc, test_whole);
	tcase_add_loop_test(tc, test_alone, 0, (int)place("egress") + 1);
	tcase_add_test(tc, test_order);
	tcase_add_test(tc, test_rounds);
	tcase_add_test(tc, test_shared);
	tcase_add_test(tc, test_only);
	tcase_add_test(tc, test_no_smtp);
	tcase_add_test(tc, test_unsafe);
	tcase_add_test(tc, test_implicit_and_null);
	tcase_add_test(tc, test_all_timeouts);
	tcase_add_loop_test(tc, test_merge, 0, 8);
	tcase_add_test(tc, test_memo);
	tcase_add_test(tc, test_list);
	suite_add_tcase(suite, tc);
	return suite;
}
