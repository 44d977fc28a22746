/* mta_sts: the record, the policy behind it, and what it covers. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "checks/list.h"
#include "checks/mta_sts.h"
#include "checks/sts_policy.h"
#include "suites.h"
#include "world.h"

#define RECORD "_mta-sts.example.com TXT v=STSv1; id=20261101\n"
#define URL "https://mta-sts.example.com/.well-known/mta-sts.txt"
#define HOST "mta-sts.example.com A 8.8.8.8\n"
#define MX \
	"example.com MX 10 mx1.example.com\nexample.com MX 20 mx2.example.net\n"
#define LINES "version: STSv1|mode: enforce|max_age: 604800|"
#define POLICY LINES "mx: mx1.example.com|mx: *.example.net|"
#define AT URL " HTTPS 8.8.8.8 "
#define BEHIND RECORD HOST MX AT

static const struct {
	const char *why, *lines;
	enum verdict verdict;
	const char *reason, *text, *cure;
} rows[] = {
	{ "good", BEHIND "body=" POLICY, VERDICT_PASS, "ok", "mode enforce for",
	    NULL },
	{ "CRLF, spaces, an unknown key, no end of line",
	    BEHIND "body=version:STSv1\\013|mode:  enforce \\013|max_age: "
		   "604800\\013|new_key: any thing\\013|mx:*.example.com"
		   "\\013|mx: mx2.example.net",
	    VERDICT_PASS, "ok", "mx *.example.com", NULL },
	{ "the media type alone", BEHIND "type=Text/Plain body=" POLICY,
	    VERDICT_PASS, "ok", "", NULL },
	{ "delegated by CNAME",
	    "_mta-sts.example.com CNAME sts.host.test\n"
	    "sts.host.test TXT v=STSv1; id=1;\n"
	    "mta-sts.example.com CNAME web.host.test\n"
	    "web.host.test A 8.8.8.8\n" MX AT "body=" POLICY,
	    VERDICT_PASS, "ok", "", NULL },
	{ "an extension field",
	    "_mta-sts.example.com TXT v=STSv1 ; id=a1 ; x.y-z=1\n" HOST MX AT
	    "body=" POLICY,
	    VERDICT_PASS, "ok", "", NULL },
	{ "no MX: the domain itself",
	    RECORD HOST AT "body=" LINES "mx: example.com|", VERDICT_PASS, "ok",
	    "", NULL },
	{ "a null MX",
	    RECORD HOST "example.com MX 0 .\n" AT "body=" LINES "mx: x.test|",
	    VERDICT_PASS, "ok", "", NULL },
	{ "MX names in capitals",
	    RECORD HOST "example.com MX 10 MX1.Example.COM\n" AT "body=" POLICY,
	    VERDICT_PASS, "ok", "", NULL },
	{ "the second address answers",
	    RECORD "mta-sts.example.com A 8.8.4.4\n" HOST MX AT "body=" POLICY,
	    VERDICT_PASS, "ok", "", NULL },
	{ "only the IPv6 address answers",
	    RECORD HOST "mta-sts.example.com AAAA 2600::1\n" MX URL
			" HTTPS 2600::1 body=" POLICY,
	    VERDICT_PASS, "ok", "", NULL },
	{ "no IPv4 on this machine",
	    RECORD HOST "mta-sts.example.com AAAA 2600::1\n" MX AT
			"network\n" URL " HTTPS 2600::1 body=" POLICY,
	    VERDICT_PASS, "ok", "", NULL },
	{ "a special address beside a good one",
	    RECORD HOST "mta-sts.example.com A 0.0.0.1\n" MX AT "body=" POLICY,
	    VERDICT_PASS, "ok", "", NULL },

	{ "nothing", "example.com A 8.8.8.8\n", VERDICT_NOTE, "missing",
	    "_mta-sts.example.com",
	    "_mta-sts.example.com. IN TXT \"v=STSv1; id=1\"" },
	{ "another record", "_mta-sts.example.com TXT hello\n", VERDICT_NOTE,
	    "missing", "", "id=1" },

	{ "no semicolon", "_mta-sts.example.com TXT v=STSv1 id=7\n",
	    VERDICT_FAIL, "syntax", "must begin with",
	    "\"v=STSv1; id=1\" ; was \"v=STSv1 id=7\"" },
	{ "the version in small letters",
	    "_mta-sts.example.com TXT v=stsv1; id=7\n", VERDICT_FAIL, "syntax",
	    "must begin with", "v=STSv1" },
	{ "the version alone", "_mta-sts.example.com TXT v=STSv1\n",
	    VERDICT_FAIL, "syntax", "must begin with", "id=1" },
	{ "no id", "_mta-sts.example.com TXT v=STSv1;\n", VERDICT_FAIL,
	    "syntax", "no id=", "id=1" },
	{ "an id with dashes",
	    "_mta-sts.example.com TXT v=STSv1; id=2026-1-1\n", VERDICT_FAIL,
	    "syntax", "letters and digits", "\"v=STSv1; id=202611\" ; was" },
	{ "at the end of an alias",
	    "_mta-sts.example.com CNAME m.host.test\n"
	    "m.host.test TXT v=STSv1; id=a-1\n",
	    VERDICT_FAIL, "syntax", "letters and digits",
	    "m.host.test. IN TXT \"v=STSv1; id=a1\" ; was \"v=STSv1; id=a-1\" "
	    "; _mta-sts.example.com is an alias" },
	{ "an id of 33",
	    "_mta-sts.example.com TXT v=STSv1; "
	    "id=123456789012345678901234567890123\n",
	    VERDICT_FAIL, "syntax", "1 to 32",
	    "id=12345678901234567890123456789012\"" },
	{ "an id that comes twice",
	    "_mta-sts.example.com TXT v=STSv1; id=1; id=2\n", VERDICT_FAIL,
	    "syntax", "comes twice", "id=1" },
	{ "a field without a value",
	    "_mta-sts.example.com TXT v=STSv1; id=1; x=\n", VERDICT_FAIL,
	    "syntax", "without a value", "id=1" },
	{ "an empty field", "_mta-sts.example.com TXT v=STSv1;; id=1\n",
	    VERDICT_FAIL, "syntax", "without \"=\"", "id=1" },
	{ "octets that are none",
	    "_mta-sts.example.com TXT v=STSv1; id=\\000\n", VERDICT_FAIL,
	    "syntax", "", "id=1" },
	{ "several", RECORD "_mta-sts.example.com TXT v=STSv1; id=2\n",
	    VERDICT_FAIL, "syntax", "several records", "the only one" },

	{ "no host", RECORD MX, VERDICT_FAIL, "policy_unreachable",
	    "mta-sts.example.com has no address", NULL },
	{ "refused", BEHIND "unreachable", VERDICT_FAIL, "policy_unreachable",
	    "takes no connection", NULL },
	{ "not HTTPS", BEHIND "broken", VERDICT_FAIL, "policy_unreachable",
	    "no whole HTTPS answer", NULL },
	{ "404", BEHIND "code=404 body=" POLICY, VERDICT_FAIL,
	    "policy_unreachable", "HTTP 404", NULL },
	{ "a redirect", BEHIND "code=301 body=" POLICY, VERDICT_FAIL,
	    "policy_unreachable", "redirect", NULL },
	{ "204", BEHIND "code=204", VERDICT_FAIL, "policy_unreachable",
	    "HTTP 204", NULL },
	{ "a bad certificate", BEHIND "untrusted", VERDICT_FAIL,
	    "policy_certificate", "not trusted (why)", NULL },
	{ "a bad certificate here, nothing there",
	    RECORD "mta-sts.example.com A 8.8.4.4\n" HOST MX AT "untrusted",
	    VERDICT_FAIL, "policy_certificate", "", NULL },
	{ "too large", BEHIND "too_large", VERDICT_FAIL, "policy_syntax",
	    "larger than 64 KiB", NULL },
	{ "HTML", BEHIND "type=text/html body=" POLICY, VERDICT_FAIL,
	    "policy_syntax", "text/html", NULL },
	{ "no type", BEHIND "type= body=" POLICY, VERDICT_FAIL, "policy_syntax",
	    "text/plain", NULL },
	{ "a type that begins alike", BEHIND "type=text/plainer body=" POLICY,
	    VERDICT_FAIL, "policy_syntax", "text/plainer", NULL },
	{ "empty", BEHIND "body=", VERDICT_FAIL, "policy_syntax",
	    "no version line", NULL },
	{ "no mx", BEHIND "body=" LINES, VERDICT_FAIL, "policy_syntax",
	    "no mx line", NULL },

	{ "an MX that is left out",
	    RECORD HOST MX "example.com MX 30 mx3.example.org\n" AT
			   "body=" POLICY,
	    VERDICT_FAIL, "mx_not_covered",
	    "mx3.example.org: senders do not deliver",
	    "mx: mx3.example.org ; added to " URL },
	{ "a star is one label",
	    RECORD HOST "example.com MX 10 a.b.example.net\n" AT "body=" POLICY,
	    VERDICT_FAIL, "mx_not_covered", "a.b.example.net",
	    "mx: a.b.example.net" },
	{ "a star is not nothing",
	    RECORD HOST "example.com MX 10 example.net\n" AT "body=" POLICY,
	    VERDICT_FAIL, "mx_not_covered", "example.net", "mx: example.net" },
	{ "two that are left out",
	    RECORD HOST MX AT "body=" LINES "mx: other.example.com|",
	    VERDICT_FAIL, "mx_not_covered", "mx1.example.com, mx2.example.net",
	    "mx: mx1.example.com and mx: mx2.example.net" },
	{ "left out in testing",
	    BEHIND "body=version: STSv1|mode: testing|max_age: 604800|"
		   "mx: x.test|",
	    VERDICT_FAIL, "mx_not_covered", "testing: mode testing",
	    "mx: mx1.example.com" },
	{ "testing",
	    BEHIND "body=version: STSv1|mode: testing|max_age: 604800|"
		   "mx: *.example.com|mx: *.example.net|",
	    VERDICT_NOTE, "testing", "deliver all the same",
	    "mode: enforce ; was mode: testing" },
	{ "none", BEHIND "body=version: STSv1|mode: none|max_age: 86400|",
	    VERDICT_NOTE, "none", "asks senders for nothing", NULL },
	{ "an hour",
	    BEHIND "body=version: STSv1|mode: enforce|max_age: 3600|"
		   "mx: *.example.com|mx: *.example.net|",
	    VERDICT_NOTE, "short_max_age", "1 h", "was max_age: 3600" },

	{ "DNS is silent", "_mta-sts.example.com TXT !timeout\n",
	    VERDICT_UNKNOWN, "timeout", "_mta-sts.example.com", NULL },
	{ "DNS fails", "_mta-sts.example.com TXT !servfail\n", VERDICT_UNKNOWN,
	    "servfail", "", NULL },
	{ "DNS refuses", "_mta-sts.example.com TXT !refused\n", VERDICT_UNKNOWN,
	    "refused", "", NULL },
	{ "the host cannot be looked up",
	    RECORD MX "mta-sts.example.com A !timeout\n", VERDICT_UNKNOWN,
	    "timeout", "mta-sts.example.com", NULL },
	{ "half of it cannot be looked up",
	    RECORD HOST MX "mta-sts.example.com AAAA !servfail\n" AT
			   "unreachable",
	    VERDICT_UNKNOWN, "servfail", "mta-sts.example.com", NULL },
	{ "half of it, but the other answers",
	    RECORD HOST MX "mta-sts.example.com AAAA !servfail\n" AT
			   "body=" POLICY,
	    VERDICT_PASS, "ok", "", NULL },
	{ "HTTPS is silent", BEHIND "timeout", VERDICT_UNKNOWN, "timeout",
	    "mta-sts.example.com", NULL },
	{ "silent here, refused there",
	    RECORD "mta-sts.example.com A 8.8.4.4\n" HOST MX AT "timeout",
	    VERDICT_UNKNOWN, "timeout", "", NULL },
	{ "our own network", BEHIND "network", VERDICT_UNKNOWN, "network",
	    "this machine (why)", NULL },
	{ "the MX cannot be looked up",
	    RECORD HOST "example.com MX !timeout\n" AT "body=" POLICY,
	    VERDICT_UNKNOWN, "timeout", "example.com", NULL },
	{ "a private address", RECORD MX "mta-sts.example.com A 10.0.0.1\n",
	    VERDICT_WARN, "unsafe", "special address", NULL },
};

START_TEST(test_reasons)
{
	struct world *world = world_new(rows[_i].lines);

	world_domain(world, &check_mta_sts, "example.com");
	world_expect(world, rows[_i].why, rows[_i].verdict, rows[_i].reason,
	    rows[_i].text, rows[_i].cure);
	world_free(world);
}
END_TEST

/* No connection is made to an address that is not on the internet, unless it
 * is allowed. */
START_TEST(test_private)
{
	struct world *world = world_new(
	    RECORD "mta-sts.example.com A 127.0.0.1\n" MX URL
		   " HTTPS 127.0.0.1 body=" POLICY);
	struct subject subject = {
		.domain = "example.com",
		.https_enabled = true,
		.now_s = WORLD_NOW,
	};

	world_run(world, &check_mta_sts, &subject);
	ck_assert_str_eq(world_finding(world, 0)->reason, "unsafe");
	ck_assert_uint_eq(world_asked(world), 3);
	world_free(world);
	world = world_new(RECORD "mta-sts.example.com A 127.0.0.1\n" MX URL
				 " HTTPS 127.0.0.1 body=" POLICY);
	subject.allow_private = true;
	world_run(world, &check_mta_sts, &subject);
	ck_assert_str_eq(world_finding(world, 0)->reason, "ok");
	world_free(world);
}
END_TEST

START_TEST(test_https_off)
{
	struct world *world = world_new(BEHIND "body=" POLICY);
	struct subject subject = {
		.domain = "example.com",
		.now_s = WORLD_NOW,
	};

	world_run(world, &check_mta_sts, &subject);
	world_expect(
	    world, "off", VERDICT_SKIP, "not_fetched", "[https] enabled", NULL);
	ck_assert_uint_eq(world_asked(world), 1);
	world_free(world);
}
END_TEST

START_TEST(test_record_kept)
{
	struct world *world = world_new(
	    BEHIND "body=" LINES "mx: MX1.example.com|mx: *.Example.net|");

	world_domain(world, &check_mta_sts, "example.com");
	ck_assert_str_eq(world_finding(world, 0)->record,
	    "v=STSv1; id=20261101" FINDING_POLICY "mode: enforce; "
	    "max_age: 604800; mx: mx1.example.com; mx: *.example.net");
	world_free(world);
}
END_TEST

/* One that could not be read is not told as an empty one. */
START_TEST(test_record_alone)
{
	static const char *const lines[] = { BEHIND "code=404 body=" POLICY,
		BEHIND "body=" LINES, BEHIND "timeout" };

	for (size_t i = 0; i < ROWS(lines); i++) {
		struct world *world = world_new(lines[i]);

		world_domain(world, &check_mta_sts, "example.com");
		ck_assert_str_eq(
		    world_finding(world, 0)->record, "v=STSv1; id=20261101");
		world_free(world);
	}
}
END_TEST

/* What a policy in force means for the certificates of the MX hosts. */
static const struct {
	const char *why, *policy;
	enum verdict verdict;
} strict[] = {
	{ "enforced", "body=" POLICY, VERDICT_FAIL },
	{ "testing",
	    "body=version: STSv1|mode: testing|max_age: 604800|mx: *.test|",
	    VERDICT_WARN },
	{ "none", "body=version: STSv1|mode: none|max_age: 604800|",
	    VERDICT_WARN },
	{ "a policy that cannot be used", "code=404 body=" POLICY,
	    VERDICT_WARN },
	{ "broken", "body=" LINES, VERDICT_WARN },
	{ "silence", "timeout", VERDICT_WARN },
};

START_TEST(test_strictness)
{
	struct arena *arena = arena_new();
	struct world *world = world_new(arena_printf(arena,
	    RECORD HOST "example.com MX 10 mx1.example.com\n"
			"mx1.example.com A 8.8.8.1\n"
			"mx1.example.com SMTP 8.8.8.1 trust=self\n" AT "%s\n",
	    strict[_i].policy));
	struct check_plan plan = {
		.domain = "example.com",
		.smtp_enabled = true,
		.https_enabled = true,
		.memo = check_memo_new(arena),
		.now_s = WORLD_NOW,
	};
	const struct finding *item;

	world_plan(world, &plan);
	item = world_find(world, "certificate", "mx1.example.com");
	ck_assert_ptr_nonnull(item);
	ck_assert_str_eq(item->reason, "self_signed");
	ck_assert_msg(item->verdict == strict[_i].verdict, "%s: %s",
	    strict[_i].why, verdict_name(item->verdict));
	world_free(world);
	arena_free(arena);
}
END_TEST

/* --- the policy alone ----------------------------------------------------- */

static const struct {
	const char *body, *problem; /* NULL: good */
	size_t line;
} policies[] = {
	{ "version: STSv1\nmode: enforce\nmax_age: 1\nmx: a.test\n", NULL, 0 },
	{ "mx: a.test\nmax_age: 1\nmode: testing\nversion: STSv1", NULL, 0 },
	{ "version: STSv1\nversion: x\nmode: none\nmode: x\nmax_age: 1\n"
	  "max_age: x\n",
	    NULL, 0 },
	{ "\n\nversion: STSv1\n \nmode: none\nmax_age: 31557600\n\n", NULL, 0 },
	{ "version: stsv1\n", "version is not", 1 },
	{ "version: STSv1\nmode: Enforce\n", "mode is none of", 2 },
	{ "version: STSv1\nmode:\n", "mode is none of", 2 },
	{ "version: STSv1\nmode: none\nmax_age: 31557601\n", "longer than", 3 },
	{ "max_age: 12345678901\n", "no number", 1 },
	{ "max_age: -1\n", "no number", 1 },
	{ "max_age: 1d\n", "no number", 1 },
	{ "max_age:\n", "no number", 1 },
	{ "mx: *.\n", "no host name", 1 },
	{ "mx: *.*.a.test\n", "no host name", 1 },
	{ "mx: a..test\n", "no host name", 1 },
	{ "mx: a.test.\n", "no host name", 1 },
	{ "mx: <a.test>\n", "no host name", 1 },
	{ "mx:\n", "no host name", 1 },
	{ "hello\n", "\"key: value\"", 1 },
	{ "version STSv1\n", "\"key: value\"", 1 },
	{ ": x\n", "\"key: value\"", 1 },
	{ "a key: x\n", "\"key: value\"", 1 },
	{ "x: a\x01\n", "character", 1 },
	{ "mode: none\nmax_age: 1\n", "no version", 0 },
	{ "version: STSv1\nmax_age: 1\n", "no mode", 0 },
	{ "version: STSv1\nmode: none\n", "no max_age", 0 },
	{ "version: STSv1\nmode: testing\nmax_age: 1\n", "no mx", 0 },
	{ "", "no version", 0 },
};

START_TEST(test_policy)
{
	struct sts_policy policy;

	sts_policy_read(policies[_i].body, strlen(policies[_i].body), &policy);
	if (policies[_i].problem == NULL)
		ck_assert_msg(policy.problem == NULL, "%s: %s",
		    policies[_i].body, policy.problem);
	else
		ck_assert_msg(policy.problem != NULL &&
			strstr(policy.problem, policies[_i].problem) != NULL,
		    "%s: %s", policies[_i].body, policy.problem);
	ck_assert_uint_eq(policy.line, policies[_i].line);
}
END_TEST

START_TEST(test_many_mx)
{
	struct sts_policy policy;
	struct buf body = { 0 };
	int i;

	buf_str(&body, "version: STSv1\nmode: enforce\nmax_age: 1\n");
	for (i = 0; i < STS_MX_MAX; i++)
		buf_printf(&body, "mx: m%d.test\n", i);
	sts_policy_read(body.data, body.len, &policy);
	ck_assert_ptr_null(policy.problem);
	ck_assert(sts_policy_covers(&policy, "m255.test"));
	ck_assert(!sts_policy_covers(&policy, "m256.test"));
	buf_str(&body, "mx: m256.test\n");
	sts_policy_read(body.data, body.len, &policy);
	ck_assert_ptr_nonnull(policy.problem);
	buf_free(&body);
}
END_TEST

Suite *
suite_mta_sts(void)
{
	Suite *suite = suite_create("mta_sts");
	TCase *tc = tcase_create("mta_sts");

	tcase_add_loop_test(tc, test_reasons, 0, ROWS(rows));
	tcase_add_test(tc, test_private);
	tcase_add_test(tc, test_https_off);
	tcase_add_test(tc, test_record_kept);
	tcase_add_test(tc, test_record_alone);
	tcase_add_loop_test(tc, test_strictness, 0, ROWS(strict));
	tcase_add_loop_test(tc, test_policy, 0, ROWS(policies));
	tcase_add_test(tc, test_many_mx);
	suite_add_tcase(suite, tc);
	return suite;
}
