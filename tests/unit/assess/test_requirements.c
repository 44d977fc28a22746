/* How one row of the table is judged. */
/* SPDX-License-Identifier: MIT */
#include "suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "past.h"
#include "sendtop/standing.h"
#include "table.h"

#define ALL "\"need\":\"all\",\"sources\":"
#define ANY "\"need\":\"any\",\"sources\":"
#define WARN "\"most\":\"warn\",\"sources\":"
#define SPF_DKIM "[{\"check\":\"spf\"},{\"check\":\"dkim\"}]"
#define PTR_BOTH "[{\"check\":\"ptr\"},{\"google\":\"google.dns_records\"}]"
#define ANY_BOTH                                                          \
	"[{\"check\":\"spf\"},{\"check\":\"dkim\"},{\"google\":\"google." \
	"spf\"},{\"google\":\"google.dkim\"}]"
#define RATE \
	"[{\"measure\":\"spam_rate\",\"warn_from\":0.001,\"fail_from\":0.003}]"
#define PASSED                                                             \
	"[{\"measure\":\"auth_dmarc\",\"warn_below\":0.99,\"fail_below\":" \
	"0.95}]"
#define REPORTS \
	"[{\"check\":\"dmarc\",\"reasons\":[\"no_reports\",\"missing\"]}]"
#define SIX "[{\"check\":\"ptr\",\"family\":6}]"

static const struct {
	const char *row, *rows;
	const char *verdict, *ours, *google;
	const char *why; /* joined by spaces */
} cases[] = {
	/* All must be in order. */
	{ ALL SPF_DKIM,
	    "finding spf example.com pass ok\n"
	    "finding dkim s1 pass ok",
	    "pass", "pass", "", "" },
	{ ALL SPF_DKIM,
	    "finding spf example.com fail missing\n"
	    "finding dkim s1 pass ok",
	    "fail", "fail", "", "spf/example.com/missing" },
	{ ALL SPF_DKIM,
	    "finding spf example.com fail missing\n"
	    "finding dkim s1 fail missing\n"
	    "finding dkim s2 warn revoked\n"
	    "finding dkim s3 pass ok",
	    "fail", "fail", "",
	    "spf/example.com/missing dkim/s1/missing dkim/s2/revoked" },
	{ ALL SPF_DKIM,
	    "finding spf example.com warn no_all\n"
	    "finding dkim s1 note short_key",
	    "warn", "warn", "", "spf/example.com/no_all" },
	{ ALL SPF_DKIM,
	    "finding spf example.com unknown timeout\n"
	    "finding dkim s1 pass ok",
	    "unknown", "unknown", "", "spf/example.com/timeout" },
	{ ALL SPF_DKIM,
	    "finding spf example.com unknown timeout\n"
	    "finding dkim s1 fail missing",
	    "fail", "fail", "", "dkim/s1/missing" },
	{ ALL SPF_DKIM, "finding dkim example.com skip no_selector", "unknown",
	    "unknown", "", "" },
	{ ALL SPF_DKIM, "", "unknown", "unknown", "", "" },
	{ ALL SPF_DKIM, "finding spf example.com note near_limit", "pass",
	    "pass", "", "" },
	/* Any one is enough, even one good key among bad ones. */
	{ ANY SPF_DKIM,
	    "finding spf example.com fail missing\n"
	    "finding dkim s1 pass ok",
	    "pass", "pass", "", "" },
	{ ANY SPF_DKIM,
	    "finding spf example.com unknown timeout\n"
	    "finding dkim s1 pass ok",
	    "pass", "pass", "", "" },
	{ ANY SPF_DKIM,
	    "finding spf example.com fail missing\n"
	    "finding dkim s1 fail missing\n"
	    "finding dkim s2 pass ok",
	    "pass", "pass", "", "" },
	{ ANY SPF_DKIM,
	    "finding spf example.com fail missing\n"
	    "finding dkim s1 fail bad_key",
	    "fail", "fail", "", "spf/example.com/missing dkim/s1/bad_key" },
	{ ANY SPF_DKIM,
	    "finding spf example.com fail missing\n"
	    "finding dkim s1 unknown timeout",
	    "unknown", "unknown", "", "dkim/s1/timeout" },
	{ ANY SPF_DKIM,
	    "finding spf example.com fail missing\n"
	    "finding dkim s1 warn testing",
	    "warn", "warn", "", "spf/example.com/missing dkim/s1/testing" },
	{ ANY SPF_DKIM, "finding spf example.com fail missing", "fail", "fail",
	    "", "spf/example.com/missing" },
	{ ANY ANY_BOTH,
	    "finding spf example.com pass ok\n"
	    "finding google.spf example.com fail needs_work\n"
	    "finding google.dkim example.com pass compliant",
	    "pass", "pass", "compliant", "" },
	{ ANY ANY_BOTH,
	    "finding spf example.com pass ok\n"
	    "finding google.spf example.com fail needs_work\n"
	    "finding google.dkim example.com fail needs_work",
	    "fail", "pass", "needs_work",
	    "google.spf/example.com/needs_work "
	    "google.dkim/example.com/needs_work" },
	/* Google beside us. */
	{ ALL PTR_BOTH,
	    "finding ptr 192.0.2.1 pass ok\n"
	    "finding google.dns_records example.com pass compliant",
	    "pass", "pass", "compliant", "" },
	{ ALL PTR_BOTH, "finding google.dns_records example.com pass compliant",
	    "pass", "unknown", "compliant", "" },
	{ ALL PTR_BOTH,
	    "finding google.dns_records example.com fail needs_work", "fail",
	    "unknown", "needs_work",
	    "google.dns_records/example.com/needs_work" },
	{ ALL PTR_BOTH,
	    "finding google.dns_records example.com unknown unspecified",
	    "unknown", "unknown", "unspecified", "" },
	{ ALL PTR_BOTH,
	    "finding ptr 192.0.2.1 pass ok\n"
	    "finding google.dns_records example.com unknown "
	    "PARTIALLY_COMPLIANT",
	    "pass", "pass", "PARTIALLY_COMPLIANT", "" },
	{ ALL PTR_BOTH,
	    "finding ptr 192.0.2.1 unknown servfail\n"
	    "finding google.dns_records example.com pass compliant",
	    "unknown", "unknown", "compliant", "ptr/192.0.2.1/servfail" },
	/* A time-out is no evidence beside Google's word. */
	{ ALL PTR_BOTH,
	    "finding ptr 192.0.2.1 unknown servfail\n"
	    "finding google.dns_records example.com fail needs_work",
	    "fail", "unknown", "needs_work",
	    "google.dns_records/example.com/needs_work" },
	/* The worse of the domain's and the registrable domain's answers. */
	{ ALL PTR_BOTH,
	    "finding google.dns_records example.com pass compliant\n"
	    "finding google.dns_records organizational fail needs_work",
	    "fail", "unknown", "needs_work",
	    "google.dns_records/organizational/needs_work" },
	/* Capped by the row. */
	{ WARN SPF_DKIM, "finding spf example.com fail missing", "warn", "fail",
	    "", "spf/example.com/missing" },
	{ WARN SPF_DKIM, "finding spf example.com warn no_all", "warn", "warn",
	    "", "spf/example.com/no_all" },
	/* A measure at its lines. */
	{ ALL RATE, "spam_rate 0: 0.00099", "pass", "pass", "", "" },
	{ ALL RATE, "spam_rate 0: 0.001", "warn", "warn", "",
	    "spam_rate/2026-11-19/0.100%" },
	{ ALL RATE, "spam_rate 0: 0.0029999", "warn", "warn", "",
	    "spam_rate/2026-11-19/0.299%" },
	{ ALL RATE, "spam_rate 0: 0.003", "fail", "fail", "",
	    "spam_rate/2026-11-19/0.300%" },
	{ ALL RATE, "spam_rate 3: 0.0041", "fail", "fail", "",
	    "spam_rate/2026-11-16/0.41%" },
	{ ALL RATE, "spam_rate 6: 0.003", "fail", "fail", "",
	    "spam_rate/2026-11-13/0.300%" },
	{ ALL RATE, "spam_rate 7: 0.003", "unknown", "unknown", "", "" },
	{ ALL RATE, "spam_rate 0: 0", "pass", "pass", "", "" },
	{ ALL PASSED, "auth_dmarc 0: 0.99", "pass", "pass", "", "" },
	{ ALL PASSED, "auth_dmarc 0: 0.9899", "warn", "warn", "",
	    "auth_dmarc/2026-11-19/98.99%" },
	{ ALL PASSED, "auth_dmarc 0: 0.95", "warn", "warn", "",
	    "auth_dmarc/2026-11-19/95.00%" },
	{ ALL PASSED, "auth_dmarc 0: 0.9499", "fail", "fail", "",
	    "auth_dmarc/2026-11-19/94.99%" },
	{ ALL PASSED, "auth_dmarc 0: 0", "fail", "fail", "",
	    "auth_dmarc/2026-11-19/0.00%" },
	/* Only the reasons named count. */
	{ ALL REPORTS, "finding dmarc example.com pass ok", "pass", "pass", "",
	    "" },
	{ ALL REPORTS, "finding dmarc example.com note policy_none p=none",
	    "pass", "pass", "", "" },
	{ ALL REPORTS, "finding dmarc example.com note no_reports", "note",
	    "note", "", "dmarc/example.com/no_reports" },
	{ ALL REPORTS, "finding dmarc example.com fail missing", "fail", "fail",
	    "", "dmarc/example.com/missing" },
	/* Told behind another remark. */
	{ ALL REPORTS,
	    "finding dmarc example.com note policy_none p=none; no_reports: "
	    "no rua",
	    "note", "note", "", "dmarc/example.com/policy_none" },
	/* Hidden behind a failure of another kind: it cannot be told. */
	{ ALL REPORTS, "finding dmarc example.com fail multiple", "unknown",
	    "unknown", "", "" },
	{ ALL REPORTS, "finding dmarc example.com unknown timeout", "unknown",
	    "unknown", "", "dmarc/example.com/timeout" },
	/* One family of addresses. */
	{ ALL SIX,
	    "finding ptr 2001:db8::25 fail missing\n"
	    "finding ptr 192.0.2.1 pass ok",
	    "fail", "fail", "", "ptr/2001:db8::25/missing" },
	{ ALL SIX,
	    "finding ptr 2001:db8::25 pass ok\n"
	    "finding ptr 192.0.2.1 fail missing",
	    "pass", "pass", "", "" },
	{ ALL SIX, "finding ptr 192.0.2.1 fail missing", "skip", "unknown", "",
	    "" },
	{ ALL SIX, "", "unknown", "unknown", "", "" },
};

static void
join_whys(const struct requirement_judgement *r, char *out, size_t size)
{
	size_t used = 0, i;

	out[0] = '\0';
	for (i = 0; i < r->why_count; i++)
		used += (size_t)snprintf(out + used, size - used, "%s%s",
		    i > 0 ? " " : "", r->why[i]);
}

START_TEST(test_judging)
{
	struct past *past = past_new(cases[_i].rows);
	struct requirements *table;
	struct requirement_judgement r;
	char whys[WHY_MAX * WHY_SIZE];
	struct error err;

	ck_assert_msg(table_load(cases[_i].row, &table, &err) == STATUS_OK,
	    "%s", err.text);
	requirements_assess(table, &past->h, false, &r);
	join_whys(&r, whys, sizeof(whys));
	ck_assert_msg(strcmp(verdict_name(r.verdict), cases[_i].verdict) == 0,
	    "%s\n%s\n%s", cases[_i].row, cases[_i].rows,
	    verdict_name(r.verdict));
	ck_assert_msg(strcmp(verdict_name(r.ours), cases[_i].ours) == 0,
	    "%s\nours %s", cases[_i].rows, verdict_name(r.ours));
	ck_assert_str_eq(r.google, cases[_i].google);
	ck_assert_str_eq(whys, cases[_i].why);
	requirements_free(table);
	past_free(past);
}
END_TEST

static const struct {
	const char *rows;
	bool disagrees;
} sides[] = {
	{ "finding ptr 192.0.2.1 pass ok\n"
	  "finding google.dns_records example.com fail needs_work",
	    true },
	{ "finding ptr 192.0.2.1 fail missing\n"
	  "finding google.dns_records example.com pass compliant",
	    true },
	{ "finding ptr 192.0.2.1 fail missing\n"
	  "finding google.dns_records example.com fail needs_work",
	    false },
	{ "finding ptr 192.0.2.1 unknown timeout\n"
	  "finding google.dns_records example.com fail needs_work",
	    false },
	{ "finding ptr 192.0.2.1 fail missing\n"
	  "finding google.dns_records example.com unknown unspecified",
	    false },
	{ "finding ptr 192.0.2.1 fail missing", false },
	{ "finding google.dns_records example.com fail needs_work", false },
};

START_TEST(test_sides)
{
	struct past *past = past_new(sides[_i].rows);
	struct requirements *table;
	struct requirement_judgement r;
	struct error err;

	ck_assert_msg(table_load(ALL PTR_BOTH, &table, &err) == STATUS_OK, "%s",
	    err.text);
	requirements_assess(table, &past->h, false, &r);
	ck_assert_msg(r.disagrees == sides[_i].disagrees, "%s", sides[_i].rows);
	requirements_free(table);
	past_free(past);
}
END_TEST

/* A row for bulk senders does not apply to others, and is then no trouble. */
START_TEST(test_bulk)
{
	struct past *past = past_new("finding spf example.com fail missing");
	struct requirements *table;
	struct requirement_judgement r;
	struct error err;

	ck_assert_msg(
	    table_load_text("{\"requirements\":[{\"id\":\"B1\",\"audience\":"
			    "\"bulk\",\"title\":\"t\",\"remedy\":\"r\","
			    "\"sources\":[{\"check\":\"spf\"}]}]}",
		&table, &err) == STATUS_OK,
	    "%s", err.text);
	requirements_assess(table, &past->h, true, &r);
	ck_assert(r.applies);
	ck_assert_int_eq(r.verdict, VERDICT_FAIL);
	requirements_assess(table, &past->h, false, &r);
	ck_assert(!r.applies);
	ck_assert_int_eq(r.verdict, VERDICT_SKIP);
	ck_assert_str_eq(r.row->id, "B1");
	requirements_free(table);
	past_free(past);
}
END_TEST

/* More faults than there is room for; and a name cut between characters. */
START_TEST(test_whys)
{
	struct past *past = past_new("");
	struct requirements *table;
	struct requirement_judgement r;
	char subject[300];
	struct error err;
	int i;

	for (i = 0; i < 298; i++)
		subject[i] = i % 2 == 0 ? '\xc3' : '\xa9';
	subject[298] = '\0';
	for (i = 0; i < 20; i++) {
		past_finding(
		    past, "ptr", subject + i * 2, VERDICT_FAIL, "missing", "");
	}
	ck_assert_msg(table_load(ALL PTR_BOTH, &table, &err) == STATUS_OK, "%s",
	    err.text);
	requirements_assess(table, &past->h, false, &r);
	ck_assert_uint_eq(r.why_count, WHY_MAX);
	ck_assert_str_eq(r.why[0] + strlen(r.why[0]) - 3, "...");
	ck_assert_uint_eq((strlen(r.why[0]) - strlen("ptr/...")) % 2, 0);
	requirements_free(table);
	past_free(past);
}
END_TEST

Suite *
suite_requirements(void)
{
	Suite *suite = suite_create("requirements");
	TCase *tc = tcase_create("requirements");

	tcase_add_loop_test(tc, test_judging, 0, ROWS(cases));
	tcase_add_loop_test(tc, test_sides, 0, ROWS(sides));
	tcase_add_test(tc, test_bulk);
	tcase_add_test(tc, test_whys);
	suite_add_tcase(suite, tc);
	return suite;
}
