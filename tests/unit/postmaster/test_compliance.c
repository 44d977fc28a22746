/* Google's own verdicts become findings. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "postmaster/parse.h"
#include "suites.h"

#define ROW(requirement, status)                \
	"{\"requirement\":\"" requirement "\"," \
	"\"status\":{\"status\":\"" status "\"}}"

/* expected: "check subject verdict reason detail|" each; NULL: refused. */
static const struct {
	const char *why, *domain, *body, *expected;
} rows[] = {
	{ "nothing", "a.test", "{}", "" },
	{ "null is nothing", "a.test", "{\"complianceData\":null}", "" },
	{ "the domain's own", "a.test",
	    "{\"complianceData\":{\"domainId\":\"A.test\",\"rowData\":[" ROW(
		"SPF", "COMPLIANT") "," ROW("DMARC_POLICY", "NEEDS_WORK") "]}}",
	    "google.spf a.test pass compliant |"
	    "google.dmarc_policy a.test fail needs_work |" },
	{ "the registrable domain's, for a subdomain", "m.a.test",
	    "{\"complianceData\":{\"domainId\":\"a.test\",\"rowData\":[" ROW(
		"DKIM", "COMPLIANT") "]}}",
	    "google.dkim organizational pass compliant |" },
	{ "both", "m.a.test",
	    "{\"complianceData\":{\"domainId\":\"a.test\",\"rowData\":[" ROW(
		"ENCRYPTION",
		"NEEDS_WORK") "]},"
			      "\"subdomainComplianceData\":{\"domainId\":\"m.a.test\","
			      "\"rowData\":[" ROW(
				  "ENCRYPTION", "COMPLIANT") "]}}",
	    "google.encryption organizational fail needs_work |"
	    "google.encryption m.a.test pass compliant |" },
	{ "verdicts with their reasons", "a.test",
	    "{\"complianceData\":{\"oneClickUnsubscribeVerdict\":{\"status\":"
	    "{\"status\":\"NEEDS_WORK\"},\"reason\":\"NO_UNSUB_GENERAL\"},"
	    "\"honorUnsubscribeVerdict\":{\"status\":{\"status\":"
	    "\"COMPLIANT\"}},\"deliverabilityStatusVerdict\":{\"state\":"
	    "{\"status\":\"NEEDS_WORK\"},\"reason\":\"SMTP_ERRORS_HIGH\"}}}",
	    "google.one_click_unsubscribe a.test fail needs_work "
	    "NO_UNSUB_GENERAL|"
	    "google.honor_unsubscribe a.test pass compliant |"
	    "google.deliverability a.test fail needs_work SMTP_ERRORS_HIGH|" },
	{ "deliverability under \"status\" is not Google's", "a.test",
	    "{\"complianceData\":{\"deliverabilityStatusVerdict\":{\"status\":"
	    "{\"status\":\"COMPLIANT\"}}}}",
	    "google.deliverability a.test unknown unspecified |" },
	{ "the verdict says more than the row", "a.test",
	    "{\"complianceData\":{\"rowData\":[" ROW("ONE_CLICK_UNSUBSCRIBE",
		"COMPLIANT") "],"
			     "\"oneClickUnsubscribeVerdict\":{\"status\":{\"status\":"
			     "\"NEEDS_WORK\"}}}}",
	    "google.one_click_unsubscribe a.test fail needs_work |" },
	{ "unknown words stay as they are", "a.test",
	    "{\"complianceData\":{\"rowData\":[" ROW(
		"ARC_SEALING", "COMPLIANT") "," ROW("SPF",
		"PARTIALLY_COMPLIANT") "," ROW("DKIM", "\\u001b[1mx") "]}}",
	    "google.arc_sealing a.test pass compliant |"
	    "google.spf a.test unknown PARTIALLY_COMPLIANT |"
	    "google.dkim a.test unknown \\x1b[1mx |" },
	{ "unspecified", "a.test",
	    "{\"complianceData\":{\"rowData\":[" ROW("SPF",
		"STATE_UNSPECIFIED") ",{\"requirement\":\"DKIM\"},"
				     "{\"requirement\":\"ENCRYPTION\",\"status\":{}},{}]}}",
	    "google.spf a.test unknown unspecified |"
	    "google.dkim a.test unknown unspecified |"
	    "google.encryption a.test unknown unspecified |" },
	{ "one row a name", "a.test",
	    "{\"complianceData\":{\"rowData\":[" ROW(
		"SPF", "COMPLIANT") "," ROW("SPF", "NEEDS_WORK") "]}}",
	    "google.spf a.test pass compliant |" },
	{ "a list for data", "a.test", "{\"complianceData\":[]}", NULL },
	{ "a text for rows", "a.test",
	    "{\"complianceData\":{\"rowData\":\"x\"}"
	    "}",
	    NULL },
	{ "texts in rows", "a.test",
	    "{\"complianceData\":{\"rowData\":[\"x\"]}}", NULL },
	{ "a text for a status", "a.test",
	    "{\"complianceData\":{\"rowData\":[{\"requirement\":\"SPF\","
	    "\"status\":\"COMPLIANT\"}]}}",
	    NULL },
	{ "a list for a verdict", "a.test",
	    "{\"complianceData\":{\"honorUnsubscribeVerdict\":[]}}", NULL },
	{ "cut", "a.test", "{\"complianceData\":{\"rowD", NULL },
	{ "an array", "a.test", "[]", NULL },
};

START_TEST(compliance)
{
	struct arena *arena = arena_new();
	struct finding *findings;
	struct buf got = { 0 };
	struct error err;
	enum status status;
	size_t count, i;

	status = parse_compliance(rows[_i].body, strlen(rows[_i].body),
	    rows[_i].domain, arena, &findings, &count, &err);
	ck_assert_msg((status == STATUS_OK) == (rows[_i].expected != NULL),
	    "%s", rows[_i].why);
	buf_str(&got, "");
	for (i = 0; i < count; i++)
		buf_printf(&got, "%s %s %s %s %s|", findings[i].check,
		    findings[i].subject, verdict_name(findings[i].verdict),
		    findings[i].reason, findings[i].detail);
	ck_assert_str_eq(
	    got.data, rows[_i].expected != NULL ? rows[_i].expected : "");
	buf_free(&got);
	arena_free(arena);
}
END_TEST

START_TEST(too_many_rows)
{
	struct arena *arena = arena_new();
	struct finding *findings;
	struct buf body = { 0 };
	struct error err;
	size_t count;
	int i;

	buf_str(&body, "{\"complianceData\":{\"rowData\":[{}");
	for (i = 0; i < 1000; i++)
		buf_printf(&body, ",{\"requirement\":\"R%d\"}", i);
	buf_str(&body, "]}}");
	ck_assert_int_eq(parse_compliance(body.data, body.len, "a.test", arena,
			     &findings, &count, &err),
	    STATUS_OK);
	ck_assert_uint_eq(count, 64);
	buf_free(&body);
	arena_free(arena);
}
END_TEST

Suite *
suite_compliance(void)
{
	Suite *suite = suite_create("compliance");
	TCase *tc = tcase_create("answers");

	tcase_add_loop_test(tc, compliance, 0, COUNT(rows));
	tcase_add_test(tc, too_many_rows);
	suite_add_tcase(suite, tc);
	return suite;
}
