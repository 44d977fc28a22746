/* dmarc: policies and the tree walk, told in facts. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "checks/dmarc.h"
#include "checks/list.h"
#include "suites.h"
#include "world.h"

#define AT(domain, record) "_dmarc." domain " TXT " record "\n"
#define PERMIT(domain, host, record) \
	domain "._report._dmarc." host " TXT " record "\n"
#define RUA "rua=mailto:d@example.com"
#define GOOD "v=DMARC1; p=reject; " RUA
#define NEW(domain)                                      \
	"_dmarc." domain ". IN TXT \"v=DMARC1; p=none; " \
	"rua=mailto:dmarc@" domain "\""
#define DEEP "a.b.c.d.e.f.g.h.i.j.example.com"

static const struct {
	const char *why, *domain, *world;
	enum verdict verdict;
	const char *reason, *detail, *cure;
} rows[] = {
	/* The record. */
	{ "reject", "example.com", AT("example.com", GOOD), VERDICT_PASS, "ok",
	    "p=reject", NULL },
	{ "quarantine", "example.com",
	    AT("example.com", "v=DMARC1; p=quarantine; " RUA), VERDICT_PASS,
	    "ok", "p=quarantine", NULL },
	{ "white space, upper case, trailing semicolon", "example.com",
	    AT("example.com",
		"V = DMARC1 ;  P = Reject ; RUA = "
		"MAILTO:d@EXAMPLE.com ; "),
	    VERDICT_PASS, "ok", "", NULL },
	{ "unknown tags are passed over", "example.com",
	    AT("example.com", GOOD "; x=1; y=z"), VERDICT_PASS, "ok", "",
	    NULL },
	{ "every tag", "example.com",
	    AT("example.com",
		GOOD "; sp=quarantine; np=reject; adkim=s; "
		     "aspf=r; fo=1:d:s; psd=n; t=n; "
		     "ruf=mailto:f@example.com"),
	    VERDICT_PASS, "ok", "", NULL },
	{ "another TXT record beside it", "example.com",
	    AT("example.com", "v=spf1 -all") AT("example.com", GOOD),
	    VERDICT_PASS, "ok", "", NULL },
	{ "p=none", "example.com", AT("example.com", "v=DMARC1; p=none; " RUA),
	    VERDICT_NOTE, "policy_none", "none", NULL },
	{ "p=none in a test stays p=none", "example.com",
	    AT("example.com", "v=DMARC1; p=none; t=y; " RUA), VERDICT_NOTE,
	    "policy_none", "none", NULL },
	{ "testing", "example.com",
	    AT("example.com", "v=DMARC1; p=reject; t=y; " RUA), VERDICT_NOTE,
	    "testing", "reject is applied as quarantine",
	    "_dmarc.example.com. IN TXT \"v=DMARC1; p=reject; " RUA
	    "\" ; was \"v=DMARC1; p=reject; t=y; " RUA "\"" },
	{ "pct", "example.com",
	    AT("example.com", "v=DMARC1; p=reject; pct=50; " RUA), VERDICT_NOTE,
	    "obsolete_tag", "pct",
	    "_dmarc.example.com. IN TXT \"" GOOD "\" ; was \"" },
	{ "pct=0 was a test", "example.com", AT("example.com", GOOD "; pct=0"),
	    VERDICT_NOTE, "obsolete_tag", "pct; what pct=0 meant, t=y says",
	    "IN TXT \"" GOOD "; t=y\" ; was" },
	{ "rf and ri", "example.com",
	    AT("example.com", GOOD "; rf=afrf; ri=86400"), VERDICT_NOTE,
	    "obsolete_tag", "rf, ri", "IN TXT \"" GOOD "\" ; was" },
	{ "no reports", "example.com", AT("example.com", "v=DMARC1; p=reject"),
	    VERDICT_NOTE, "no_reports",
	    "rua=", "\"v=DMARC1; p=reject; rua=mailto:dmarc@example.com\"" },
	{ "empty rua", "example.com",
	    AT("example.com", "v=DMARC1; p=reject; rua="), VERDICT_NOTE,
	    "no_reports", "rua=", "" },
	{ "none, and no reports", "example.com",
	    AT("example.com", "v=DMARC1; p=none"), VERDICT_NOTE, "policy_none",
	    "no_reports:", NULL },

	/* Broken records. */
	{ "no record", "example.com", "", VERDICT_FAIL, "missing",
	    "_dmarc.example.com", NEW("example.com") },
	{ "only other TXT records", "example.com",
	    AT("example.com", "hello world"), VERDICT_FAIL, "missing", "",
	    NEW("example.com") },
	{ "two records", "example.com",
	    AT("example.com", GOOD) AT("example.com", "v=DMARC1; p=none"),
	    VERDICT_FAIL, "multiple", "2 DMARC records",
	    "_dmarc.example.com. IN TXT \"" GOOD "\" ; as the only one" },
	{ "version in lower case", "example.com",
	    AT("example.com", "v=dmarc1; p=reject; " RUA), VERDICT_FAIL,
	    "syntax", "must begin with",
	    "_dmarc.example.com. IN TXT \"" GOOD
	    "\" ; was \"v=dmarc1; p=reject; " RUA "\"" },
	{ "version not first", "example.com",
	    AT("example.com", "p=reject; v = DMARC1; " RUA), VERDICT_FAIL,
	    "syntax", "must begin with", "IN TXT \"" GOOD "\" ; was" },
	{ "version with a space in front", "example.com",
	    AT("example.com", "\\032" GOOD), VERDICT_FAIL, "syntax",
	    "must begin with", "IN TXT \"" GOOD "\" ; was \" v=" },
	{ "its quotes are in it", "example.com",
	    AT("example.com", "\"" GOOD "\""), VERDICT_FAIL, "syntax",
	    "must begin with", "IN TXT \"" GOOD "\" ; was" },
	{ "semicolon forgotten", "example.com",
	    AT("example.com", "v=DMARC1 p=reject; " RUA), VERDICT_FAIL,
	    "syntax", "must begin with", "IN TXT \"" GOOD "\" ; was" },
	{ "nothing of it can be kept", "example.com",
	    AT("example.com", "dmarc1 p=reject"), VERDICT_FAIL, "syntax",
	    "must begin with", NEW("example.com") " ; was \"dmarc1 p=" },
	{ "its policy cannot be kept", "example.com",
	    AT("example.com", "v=dmarc1; p=all"), VERDICT_FAIL, "syntax",
	    "must begin with", NEW("example.com") " ; was \"v=dmarc1" },
	{ "at the end of an alias", "example.com",
	    "_dmarc.example.com CNAME example.com.host.test\n"
	    "example.com.host.test TXT " GOOD "; t=y\n",
	    VERDICT_NOTE, "testing", "t=y",
	    "example.com.host.test. IN TXT \"" GOOD "\" ; was \"" GOOD
	    "; t=y\" ; _dmarc.example.com is an alias of that name" },
	{ "no p=", "example.com", AT("example.com", "v=DMARC1; " RUA),
	    VERDICT_FAIL, "syntax", "take it for p=none",
	    "\"v=DMARC1; p=none; " RUA "\" ; was" },
	{ "p= unknown, with reports", "example.com",
	    AT("example.com", "v=DMARC1; p=block; " RUA), VERDICT_FAIL,
	    "syntax", "take it for p=none", "\"v=DMARC1; p=none; " RUA },
	{ "p= unknown, without", "example.com",
	    AT("example.com", "v=DMARC1; p=block"), VERDICT_FAIL, "syntax",
	    "do not apply DMARC", "\"v=DMARC1; p=none\" ; was" },
	{ "sp= unknown", "example.com",
	    AT("example.com", "v=DMARC1; p=reject; sp=all; " RUA), VERDICT_FAIL,
	    "syntax", "sp=", "IN TXT \"" GOOD "\" ; was" },
	{ "np= empty", "example.com",
	    AT("example.com", "v=DMARC1; p=reject; np=; " RUA), VERDICT_FAIL,
	    "syntax", "np=", "IN TXT \"" GOOD "\" ; was" },
	{ "p= twice", "example.com",
	    AT("example.com", "v=DMARC1; p=reject; p=none; " RUA), VERDICT_FAIL,
	    "syntax", "twice", "IN TXT \"" GOOD "\" ; was" },
	{ "nothing but the version", "example.com",
	    AT("example.com", "v=DMARC1"), VERDICT_FAIL, "syntax",
	    "no p=", "\"v=DMARC1; p=none\"" },
	{ "an empty part", "example.com",
	    AT("example.com", "v=DMARC1;; p=reject; " RUA), VERDICT_WARN,
	    "bad_tag", "empty part", "IN TXT \"" GOOD "\" ; was" },
	{ "a part that is no tag", "example.com", AT("example.com", GOOD "; x"),
	    VERDICT_WARN, "bad_tag", "without", "IN TXT \"" GOOD "\" ; was" },
	{ "adkim unknown", "example.com", AT("example.com", GOOD "; adkim=x"),
	    VERDICT_WARN, "bad_tag", "adkim=", "IN TXT \"" GOOD "\" ; was" },
	{ "fo with both", "example.com", AT("example.com", GOOD "; fo=0:1"),
	    VERDICT_WARN, "bad_tag", "fo=", "IN TXT \"" GOOD "\" ; was" },
	{ "rua without mailto:", "example.com",
	    AT("example.com",
		"v=DMARC1; p=reject; rua=d@example.com , mailto:e@example.com"),
	    VERDICT_WARN, "bad_tag", "d@example.com",
	    "rua=mailto:d@example.com,mailto:e@example.com\" ; was" },
	{ "rua without a domain", "example.com",
	    AT("example.com", "v=DMARC1; p=reject; rua=mailto:dmarc"),
	    VERDICT_WARN, "bad_tag", "mailto:dmarc", NULL },
	{ "escape sequences stay harmless", "example.com",
	    AT("example.com", "v=DMARC1; p=\\027]0;x\\007"), VERDICT_FAIL,
	    "syntax", "\\x1b]0;x\\x07", "" },

	/* Parents. */
	{ "found at the organizational domain", "news.example.com",
	    AT("example.com", GOOD), VERDICT_PASS, "inherited",
	    "_dmarc.example.com: reject", NULL },
	{ "sp= holds there", "news.example.com",
	    AT("example.com", GOOD "; sp=quarantine"), VERDICT_PASS,
	    "inherited", "quarantine", NULL },
	{ "sp=none there", "news.example.com",
	    AT("example.com", GOOD "; sp=none"), VERDICT_NOTE, "policy_none",
	    "inherited: found at _dmarc.example.com", NULL },
	{ "np= for a name that is not", "news.example.com",
	    AT("example.com", GOOD "; sp=reject; np=quarantine"), VERDICT_PASS,
	    "inherited", "quarantine", NULL },
	{ "np= is nothing to a name that is", "news.example.com",
	    AT("example.com", GOOD "; np=quarantine") "news.example.com A "
						      "192.0.2.1\n",
	    VERDICT_PASS, "inherited", "reject", NULL },
	{ "the own record counts, not the parent's", "news.example.com",
	    AT("example.com", "v=DMARC1; p=none; " RUA)
		AT("news.example.com", GOOD),
	    VERDICT_PASS, "ok", "p=reject", NULL },
	{ "the own p= counts, not its sp=", "news.example.com",
	    AT("news.example.com",
		"v=DMARC1; p=reject; sp=none; rua=mailto:d@news.example.com"),
	    VERDICT_PASS, "ok", "", NULL },
	{ "the highest record counts, not the nearest", "a.b.example.com",
	    AT("b.example.com", "v=DMARC1; p=none; " RUA)
		AT("example.com", GOOD),
	    VERDICT_PASS, "inherited", "_dmarc.example.com", NULL },
	{ "psd=n ends the walk", "a.b.example.com",
	    AT("b.example.com",
		"v=DMARC1; p=reject; psd=n; "
		"rua=mailto:d@b.example.com")
		AT("example.com", "v=DMARC1; p=none; " RUA),
	    VERDICT_PASS, "inherited", "_dmarc.b.example.com", NULL },
	{ "a public suffix's own policy", "giant.bank.example",
	    AT("bank.example",
		"v=DMARC1; p=reject; psd=y; "
		"rua=mailto:d@bank.example"),
	    VERDICT_PASS, "inherited", "_dmarc.bank.example", NULL },
	{ "below a public suffix the organization's counts",
	    "a.giant.bank.example",
	    AT("bank.example",
		"v=DMARC1; p=none; psd=y; "
		"rua=mailto:d@bank.example") AT("giant.bank.example",
		"v=DMARC1; p=reject; "
		"rua=mailto:d@giant.bank.example"),
	    VERDICT_PASS, "inherited", "_dmarc.giant.bank.example", NULL },
	{ "a name with many labels", DEEP, AT("example.com", GOOD),
	    VERDICT_PASS, "inherited", "_dmarc.example.com", NULL },
	{ "its seven labels are asked", DEEP,
	    AT("f.g.h.i.j.example.com",
		"v=DMARC1; p=reject; psd=n; "
		"rua=mailto:d@f.g.h.i.j.example.com"),
	    VERDICT_PASS, "inherited", "_dmarc.f.g.h.i.j.example.com", NULL },
	{ "what lies between is not", DEEP,
	    AT("d.e.f.g.h.i.j.example.com", GOOD), VERDICT_FAIL, "missing", "",
	    "" },
	{ "two records above count as none", "news.example.com",
	    AT("example.com", GOOD) AT("example.com", GOOD "; x=1"),
	    VERDICT_FAIL, "multiple", "_dmarc.example.com",
	    "_dmarc.example.com. IN TXT \"" GOOD "\"" },
	{ "a broken record above", "news.example.com",
	    AT("example.com", "v=DMARC1; p=block"), VERDICT_FAIL, "syntax",
	    "_dmarc.example.com", "_dmarc.example.com. IN TXT" },
	{ "a version that is none above", "news.example.com",
	    AT("example.com", "v=DMARC2; p=none")
		AT("example.com", "v=dmarc1; p=none"),
	    VERDICT_FAIL, "syntax", "_dmarc.example.com", "" },
	{ "obsolete tags above are named there", "news.example.com",
	    AT("example.com", GOOD "; pct=10"), VERDICT_NOTE, "obsolete_tag",
	    "inherited: ", "_dmarc.example.com. IN TXT \"" GOOD "\"" },
	{ "a single label", "localhost", "", VERDICT_FAIL, "missing",
	    "_dmarc.localhost", "" },

	/* What cannot be told. */
	{ "time-out", "example.com", "_dmarc.example.com TXT !timeout\n",
	    VERDICT_UNKNOWN, "timeout", "_dmarc.example.com", NULL },
	{ "SERVFAIL", "example.com", "_dmarc.example.com TXT !servfail\n",
	    VERDICT_UNKNOWN, "servfail", "", NULL },
	{ "REFUSED", "example.com", "_dmarc.example.com TXT !refused\n",
	    VERDICT_UNKNOWN, "refused", "", NULL },
	{ "no resolver", "example.com", "_dmarc.example.com TXT !unreachable\n",
	    VERDICT_UNKNOWN, "unreachable", "", NULL },
	{ "a name DNS cannot carry", "a..b", "", VERDICT_UNKNOWN, "malformed",
	    "", NULL },
	{ "time-out above, nothing here", "news.example.com",
	    "_dmarc.example.com TXT !timeout\n", VERDICT_UNKNOWN, "timeout",
	    "_dmarc.example.com", NULL },
	{ "time-out above is no matter with a record here", "news.example.com",
	    AT("news.example.com",
		"v=DMARC1; p=reject; "
		"rua=mailto:d@news.example.com") AT("example.com", "!timeout"),
	    VERDICT_PASS, "ok", "", NULL },

	/* Reports to others. */
	{ "within the organization", "example.com",
	    AT("example.com",
		"v=DMARC1; p=reject; rua=mailto:d@reports.example.com"),
	    VERDICT_PASS, "ok", "", NULL },
	{ "to the organization above", "news.example.com",
	    AT("example.com", GOOD)
		AT("news.example.com", "v=DMARC1; p=reject; " RUA),
	    VERDICT_PASS, "ok", "", NULL },
	{ "to another that agrees", "example.com",
	    AT("example.com", "v=DMARC1; p=reject; rua=mailto:d@red.example")
		PERMIT("example.com", "red.example", "v=DMARC1"),
	    VERDICT_PASS, "ok", "", NULL },
	{ "to another that agrees, at length", "example.com",
	    AT("example.com",
		"v=DMARC1; p=reject; rua=mailto:d@red.example!10m")
		PERMIT("example.com", "red.example",
		    "v=DMARC1; rua=mailto:all@red.example"),
	    VERDICT_PASS, "ok", "", NULL },
	{ "to another that says nothing", "example.com",
	    AT("example.com", "v=DMARC1; p=reject; rua=mailto:d@red.example"),
	    VERDICT_WARN, "report_unauthorised", "red.example",
	    "example.com._report._dmarc.red.example. IN TXT \"v=DMARC1\"" },
	{ "to another that says something else", "example.com",
	    AT("example.com", "v=DMARC1; p=reject; rua=mailto:d@red.example")
		PERMIT("example.com", "red.example", "v=spf1 -all"),
	    VERDICT_WARN, "report_unauthorised", "red.example", "" },
	{ "one of two agrees", "example.com",
	    AT("example.com",
		"v=DMARC1; p=reject; rua=mailto:d@red.example , "
		"mailto:d@blue.example")
		PERMIT("example.com", "red.example", "v=DMARC1;"),
	    VERDICT_WARN, "report_unauthorised", "blue.example",
	    "example.com._report._dmarc.blue.example." },
	{ "two that do not", "example.com",
	    AT("example.com",
		"v=DMARC1; p=reject; rua=mailto:d@red.example,"
		"mailto:d@blue.example"),
	    VERDICT_WARN, "report_unauthorised", "red.example, blue.example",
	    "" },
	{ "only mail is looked at", "example.com",
	    AT("example.com", GOOD ",https://red.example/dmarc"), VERDICT_PASS,
	    "ok", "", NULL },
	{ "the parent's record names it", "news.example.com",
	    AT("example.com", "v=DMARC1; p=reject; rua=mailto:d@red.example")
		PERMIT("example.com", "red.example", "v=DMARC1"),
	    VERDICT_PASS, "inherited", "", NULL },
	{ "a parent without a record is another, as the walk sees it",
	    "news.example.com", AT("news.example.com", GOOD), VERDICT_WARN,
	    "report_unauthorised", "example.com", "" },
	{ "psd=n makes the subdomain another", "example.com",
	    AT("example.com",
		"v=DMARC1; p=reject; rua=mailto:d@red.example.com")
		AT("red.example.com",
		    "v=DMARC1; p=reject; psd=n; rua=mailto:d@red.example.com"),
	    VERDICT_WARN, "report_unauthorised", "red.example.com", "" },
	{ "the permission times out", "example.com",
	    AT("example.com", "v=DMARC1; p=reject; rua=mailto:d@red.example")
		PERMIT("example.com", "red.example", "!timeout"),
	    VERDICT_PASS, "ok", "report_untold: whether red.example", NULL },
	{ "whose the other is times out", "example.com",
	    AT("example.com", "v=DMARC1; p=reject; rua=mailto:d@red.example")
		AT("red.example", "!servfail"),
	    VERDICT_PASS, "ok", "report_untold: whether red.example", NULL },
};

START_TEST(test_dmarc)
{
	struct world *world = world_new(rows[_i].world);

	world_domain(world, &check_dmarc, rows[_i].domain);
	world_expect(world, rows[_i].why, rows[_i].verdict, rows[_i].reason,
	    rows[_i].detail, rows[_i].cure);
	ck_assert_str_eq(world_finding(world, 0)->subject, rows[_i].domain);
	world_free(world);
}
END_TEST

/* RFC 9989 4.10: never more than eight, and these eight. */
START_TEST(test_eight)
{
	static const char *const asked[] = { DEEP, "e.f.g.h.i.j.example.com",
		"f.g.h.i.j.example.com", "g.h.i.j.example.com" };
	struct world *world = world_new("");
	struct dmarc_walk walk;

	dmarc_walk(
	    world_facts(world), "a.b.c.d.e.f.g.h.i.j.mail.example.com", &walk);
	ck_assert_uint_eq(walk.count, 8);
	ck_assert_str_eq(walk.steps[1].domain, "g.h.i.j.mail.example.com");
	ck_assert_str_eq(walk.steps[7].domain, "com");
	ck_assert_uint_eq(world_answer(world), 8);
	dmarc_walk(world_facts(world), "a.b.c.d.e.f.example.com", &walk);
	ck_assert_uint_eq(walk.count, 8);
	ck_assert_str_eq(walk.steps[1].domain, "b.c.d.e.f.example.com");
	dmarc_walk(world_facts(world), asked[1], &walk);
	ck_assert_uint_eq(walk.count, 8);
	ck_assert_str_eq(walk.steps[1].domain, asked[2]);
	ck_assert_str_eq(walk.steps[2].domain, asked[3]);
	world_free(world);
}
END_TEST

static const struct {
	const char *domain, *world, *org;
} orgs[] = {
	{ "a.mail.example.com",
	    AT("mail.example.com", "v=DMARC1") AT("example.com", "v=DMARC1"),
	    "example.com" },
	{ "a.mail.example.com", AT("mail.example.com", "v=DMARC1; psd=n"),
	    "mail.example.com" },
	{ "a.mail.example.com", AT("com", "v=DMARC1; psd=y"), "example.com" },
	{ "a.mail.example.com", "", "a.mail.example.com" },
	{ "mail.giant.bank.example",
	    AT("giant.bank.example", "v=DMARC1")
		AT("bank.example", "v=DMARC1; psd=y"),
	    "giant.bank.example" },
	{ "mail.mega.bank.example", AT("bank.example", "v=DMARC1; psd=y"),
	    "mega.bank.example" },
	{ "bank.example", AT("bank.example", "v=DMARC1; psd=y"),
	    "bank.example" },
	{ "signing.example.com",
	    AT("signing.example.com", "v=DMARC1") AT("example.com", "v=DMARC1"),
	    "example.com" },
};

START_TEST(test_org)
{
	struct world *world = world_new(orgs[_i].world);
	struct dmarc_walk walk;

	dmarc_walk(world_facts(world), orgs[_i].domain, &walk);
	ck_assert(walk.waiting);
	world_answer(world);
	dmarc_walk(world_facts(world), orgs[_i].domain, &walk);
	ck_assert(!walk.waiting);
	ck_assert_str_eq(dmarc_walk_org(&walk), orgs[_i].org);
	world_free(world);
}
END_TEST

/* The walk is one round; a foreign receiver's permission is another. */
START_TEST(test_rounds)
{
	struct world *world = world_new(AT("a.b.example.com",
	    "v=DMARC1; p=reject; rua=mailto:d@red.example.net")
		PERMIT("a.b.example.com", "red.example.net", "v=DMARC1"));

	world_domain(world, &check_dmarc, "a.b.example.com");
	world_expect(world, "rounds", VERDICT_PASS, "ok", "", NULL);
	ck_assert_uint_eq(world_rounds(world), 2);
	ck_assert_uint_eq(world_asked(world), 4 + 1 + 3);
	world_free(world);
}
END_TEST

/* A record of report addresses without end is read up to a bound. */
START_TEST(test_flood)
{
	struct buf text = { 0 };
	struct world *world;
	int i;

	buf_str(&text, "_dmarc.example.com TXT v=DMARC1; p=reject; rua=");
	for (i = 0; i < 2000; i++)
		buf_printf(&text, "%smailto:x@h%d.example%d.net",
		    i > 0 ? "," : "", i, i);
	world = world_new(text.data);
	world_domain(world, &check_dmarc, "example.com");
	world_expect(
	    world, "flood", VERDICT_WARN, "report_unauthorised", "h0", "");
	ck_assert_uint_lt(world_asked(world), 2 + DMARC_HOSTS_MAX * 9);
	world_free(world);
	buf_free(&text);
}
END_TEST

Suite *
suite_dmarc(void)
{
	Suite *suite = suite_create("dmarc");
	TCase *tc = tcase_create("dmarc");

	tcase_add_loop_test(tc, test_dmarc, 0, ROWS(rows));
	tcase_add_loop_test(tc, test_org, 0, ROWS(orgs));
	tcase_add_test(tc, test_eight);
	tcase_add_test(tc, test_rounds);
	tcase_add_test(tc, test_flood);
	suite_add_tcase(suite, tc);
	return suite;
}
