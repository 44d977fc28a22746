/* What is said of a record that changed. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "assess/change.h"
#include "sendtop/mem.h"
#include "sendtop/standing.h"
#include "sendtop/text.h"
#include "suites.h"

#define LONG_1 "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQE="
#define LONG_2 "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQF="

#define STS "v=STSv1; id=1 + mode: "
#define UNTOLD \
	"another policy under the same id=, so senders keep the old one: "

static const struct {
	const char *check, *before, *after, *words;
} rows[] = {
	{ "spf", "v=spf1 mx -all", "v=spf1 mx -all", "" },
	{ "spf", "v=spf1 include:_spf.esp.test mx -all", "v=spf1 mx -all",
	    "include:_spf.esp.test removed" },
	{ "spf", "v=spf1 mx -all", "v=spf1 mx ip4:192.0.2.1 -all",
	    "ip4:192.0.2.1 added" },
	{ "spf", "v=spf1 mx ~all", "v=spf1 mx -all", "~all -> -all" },
	{ "spf", "v=spf1 include:a.test -all", "v=spf1 include:b.test -all",
	    "include:a.test -> include:b.test" },
	{ "spf", "v=spf1 ip4:192.0.2.1 ip4:192.0.2.2 -all",
	    "v=spf1 ip4:192.0.2.2 ip4:192.0.2.3 ip4:192.0.2.4 -all",
	    "ip4:192.0.2.1 removed; ip4:192.0.2.3 added; ip4:192.0.2.4 added" },
	{ "spf", "v=spf1 a mx -all", "v=spf1 mx a -all",
	    "the same terms in another order" },
	{ "spf", "v=spf1  MX -all ", "v=spf1 mx -all",
	    "the same, written differently" },
	{ "spf", "v=spf1 mx mx -all", "v=spf1 mx -all", "mx removed" },
	{ "spf", "v=spf1 a/24 -all", "v=spf1 a/28 -all", "a/24 -> a/28" },
	{ "spf", "v=spf1 redirect=a.test", "v=spf1 -all",
	    "redirect=a.test removed; -all added" },
	{ "spf", "v=spf1 a b c d e f -all", "v=spf1 -all",
	    "a removed; b removed; c removed; d removed; and 2 more" },
	{ "spf", "v=spf1 -all", "v=spf1 -all | v=spf1 mx -all",
	    "now v=spf1 -all | v=spf1 mx -all" },
	{ "spf", "v=spf1 -", "v=spf1 ~", "- removed; ~ added" },
	{ "dmarc", "v=DMARC1; p=none", "v=DMARC1; p=quarantine",
	    "p=none -> p=quarantine" },
	{ "dmarc", "v=DMARC1;p=none;pct=50", "v=DMARC1; p = none; sp=reject",
	    "pct=50 removed; sp=reject added" },
	{ "dmarc", "v=DMARC1; p=none; rua=mailto:a@b.test",
	    "v=DMARC1; rua=mailto:a@b.test; p=none;",
	    "the same, written differently" },
	{ "dmarc", "v=DMARC1; rua=mailto:a@b.test,mailto:c@d.test",
	    "v=DMARC1; rua=mailto:a@b.test",
	    "rua=mailto:a@b.test,mailto:c@d.test -> rua=mailto:a@b.test" },
	{ "dkim", LONG_1, LONG_2, "key changed" },
	{ "dkim", LONG_1, "v=DKIM1; k=rsa; p=", "key revoked" },
	{ "dkim", "v=DKIM1; k=rsa; p=", LONG_1, "key set again" },
	{ "dkim", "v=DKIM1; k=rsa; p=", "v=DKIM1; k=rsa; p= ;",
	    "the same, written differently" },
	{ "dkim", "k=rsa; p=AB CD", "k=rsa; p=ABCD",
	    "the same, written differently" },
	{ "dkim", "v=DKIM1; t=y; " LONG_1, "v=DKIM1; " LONG_2,
	    "key changed; t=y removed" },
	{ "dkim", "v=DKIM1; k=rsa", "v=DKIM1; k=rsa; p=ABCD", "key added" },
	{ "mx", "10 mx1.test, 20 mx2.test", "10 mx1.test",
	    "20 mx2.test removed" },
	{ "mx", "10 mx1.test", "20 mx1.test", "10 mx1.test -> 20 mx1.test" },
	{ "mx", "10 mx1.test, 20 mx2.test", "10 mx3.test, 20 mx2.test",
	    "10 mx1.test removed; 10 mx3.test added" },
	{ "mta_sts", "v=STSv1; id=1", "v=STSv1; id=2", "id=1 -> id=2" },
	{ "mta_sts", STS "enforce; max_age: 86400; mx: a.test",
	    STS "testing; max_age: 86400; mx: a.test",
	    UNTOLD "mode: enforce -> mode: testing" },
	{ "mta_sts", STS "enforce; max_age: 86400; mx: a.test; mx: b.test",
	    STS "enforce; max_age: 86400; mx: a.test; mx: c.test",
	    UNTOLD "mx: b.test -> mx: c.test" },
	{ "mta_sts", STS "enforce; max_age: 86400; mx: a.test",
	    STS "enforce; max_age: 86400; mx: a.test; mx: b.test",
	    UNTOLD "mx: b.test added" },
	{ "mta_sts", STS "enforce; max_age: 86400; mx: a.test; mx: b.test",
	    STS "enforce; max_age: 86400; mx: b.test; mx: a.test",
	    "the same, written differently" },
	{ "mta_sts", STS "enforce; max_age: 86400; mx: a.test",
	    "v=STSv1; id=2 + mode: testing; max_age: 86400; mx: a.test",
	    "id=1 -> id=2; mode: enforce -> mode: testing" },
	{ "mta_sts", STS "enforce; max_age: 86400; mx: a.test",
	    "v=STSv1; id=2 + mode: enforce; max_age: 86400; mx: a.test",
	    "id=1 -> id=2" },
	{ "mta_sts", STS "enforce; max_age: 86400; mx: a.test", "v=STSv1; id=1",
	    "" },
	{ "mta_sts", "v=STSv1; id=1", STS "enforce; max_age: 86400; mx: a.test",
	    "" },
	{ "mta_sts", "v=STSv1; id=1", "v=STSv1; id=2 + mode: none; max_age: 9",
	    "id=1 -> id=2" },
	{ "ptr", "a.test, b.test", "b.test", "a.test removed" },
	{ "dane", "3 1 1 aa01, 3 1 1 bb02", "3 1 1 bb02",
	    "3 1 1 aa01 removed" },
	{ "dane", "3 1 1 aa01", "3 1 1 bb02",
	    "3 1 1 aa01 removed; 3 1 1 bb02 added" },
	{ "other", "some words", "other words", "some removed; other added" },
};

START_TEST(test_words)
{
	char out[CHANGE_SIZE];
	bool trouble = change_words(
	    out, rows[_i].check, rows[_i].before, rows[_i].after);

	ck_assert_str_eq(out, rows[_i].words);
	ck_assert(trouble == text_starts_nocase(out, UNTOLD));
}
END_TEST

/* Records as long as they come, in one term and in thousands. */
START_TEST(test_bounds)
{
	static const char *const ends[] = { "", " x", ";", ",", ";=" };
	char out[CHANGE_SIZE];
	struct buf one = { 0 }, many = { 0 };

	for (unsigned i = 0; i < 4000; i++) {
		buf_str(&one, "\xc3\xa4");
		buf_printf(&many, " t%u=\x1b;", i);
	}
	buf_str(&one, ends[_i]);
	for (size_t i = 0; i < 4; i++) {
		static const char *const checks[] = { "spf", "dkim", "mx",
			"ptr" };

		change_words(out, checks[i], one.data, many.data);
		ck_assert_uint_gt(strlen(out), 10);
		ck_assert_ptr_null(strchr(out, '\x1b'));
		change_words(out, checks[i], many.data, one.data);
		ck_assert_uint_lt(strlen(out), CHANGE_SIZE);
		change_words(out, checks[i], "", one.data);
		change_words(out, checks[i], many.data, "");
	}
	buf_free(&one);
	buf_free(&many);
}
END_TEST

static struct finding
spf(enum verdict verdict, const char *reason, const char *record)
{
	return (struct finding){ .check = "spf",
		.subject = "example.com",
		.verdict = verdict,
		.reason = reason,
		.detail = "",
		.cure = "",
		.record = record };
}

#define MX "v=spf1 mx -all"
#define NO_MX "v=spf1 -all"

static const struct {
	enum verdict was;
	const char *was_reason, *was_record;
	enum verdict is;
	const char *is_reason, *is_record, *kind, *text;
	enum verdict verdict;
} events[] = {
	{ VERDICT_PASS, "ok", MX, VERDICT_PASS, "ok", NO_MX, "record",
	    "spf changed: mx removed", VERDICT_NOTE },
	{ VERDICT_WARN, "no_all", MX, VERDICT_WARN, "no_all", NO_MX, "record",
	    "spf changed: mx removed", VERDICT_WARN },
	{ VERDICT_PASS, "ok", MX, VERDICT_WARN, "no_all", "v=spf1 mx",
	    "finding", "spf example.com: no_all (was ok); -all removed",
	    VERDICT_WARN },
	{ VERDICT_PASS, "ok", MX, VERDICT_FAIL, "missing", "", "finding",
	    "spf example.com: missing (was ok); it was " MX, VERDICT_FAIL },
	{ VERDICT_PASS, "ok", MX, VERDICT_FAIL, "missing", NULL, "finding",
	    "spf example.com: missing (was ok); it was " MX, VERDICT_FAIL },
	{ VERDICT_FAIL, "missing", "", VERDICT_PASS, "ok", MX, "finding",
	    "spf example.com: ok (was missing)", VERDICT_PASS },
	{ VERDICT_FAIL, "missing", NULL, VERDICT_PASS, "ok", MX, "finding",
	    "spf example.com: ok (was missing)", VERDICT_PASS },
	{ VERDICT_PASS, "ok", MX, VERDICT_UNKNOWN, "timeout", NO_MX, "finding",
	    "spf example.com: unknown, timeout (was ok)", VERDICT_UNKNOWN },
	{ VERDICT_UNKNOWN, "timeout", MX, VERDICT_PASS, "ok", MX, "finding",
	    "spf example.com: ok (was unknown, timeout)", VERDICT_PASS },
	{ VERDICT_UNKNOWN, "timeout", MX, VERDICT_PASS, "ok", NO_MX, "finding",
	    "spf example.com: ok (was unknown, timeout); mx removed",
	    VERDICT_PASS },
	{ VERDICT_NOTE, "x", MX, VERDICT_FAIL, "x", NO_MX, "finding",
	    "spf example.com: x is fail now (was note); mx removed",
	    VERDICT_FAIL },
};

START_TEST(test_event)
{
	struct finding before = spf(events[_i].was, events[_i].was_reason,
			   events[_i].was_record),
		       after = spf(events[_i].is, events[_i].is_reason,
			   events[_i].is_record);
	struct event_text event;

	ck_assert(finding_event(&before, &after, &event));
	ck_assert_str_eq(event.text, events[_i].text);
	ck_assert_str_eq(event.kind, events[_i].kind);
	ck_assert_int_eq(event.verdict, events[_i].verdict);
}
END_TEST

/* Good by itself, and good before: that nobody is told of it is not. */
START_TEST(test_policy_untold)
{
	static const struct {
		const char *reason, *record, *kind;
		enum verdict verdict;
	} now[] = {
		{ "ok", STS "enforce; max_age: 9; mx: b", "record",
		    VERDICT_WARN },
		{ "x", STS "enforce; max_age: 9; mx: b", "finding",
		    VERDICT_WARN },
		{ "x", "v=STSv1; id=2 + mode: enforce; max_age: 9; mx: b",
		    "finding", VERDICT_PASS },
		{ "ok", "v=STSv1; id=2 + mode: enforce; max_age: 9; mx: b",
		    "record", VERDICT_NOTE },
	};

	for (size_t i = 0; i < ROWS(now); i++) {
		struct finding before = spf(VERDICT_PASS, "ok",
				   STS "enforce; max_age: 9; mx: a"),
			       after = spf(
				   VERDICT_PASS, now[i].reason, now[i].record);
		struct event_text event;

		before.check = after.check = "mta_sts";
		ck_assert(finding_event(&before, &after, &event));
		ck_assert_str_eq(event.kind, now[i].kind);
		ck_assert_int_eq(event.verdict, now[i].verdict);
		ck_assert(!event.begins);
	}
}
END_TEST

START_TEST(test_subject_named)
{
	struct finding before = spf(VERDICT_PASS, "ok", LONG_1),
		       after = spf(VERDICT_PASS, "ok", LONG_2);
	struct event_text event;

	before.check = after.check = "dkim";
	before.subject = after.subject = "s1";
	ck_assert(finding_event(&before, &after, &event));
	ck_assert_str_eq(event.text, "dkim s1: key changed");
	ck_assert(!event.begins);
}
END_TEST

Suite *
suite_change(void)
{
	Suite *suite = suite_create("change");
	TCase *tc = tcase_create("change");

	tcase_add_loop_test(tc, test_words, 0, ROWS(rows));
	tcase_add_loop_test(tc, test_bounds, 0, 5);
	tcase_add_loop_test(tc, test_event, 0, ROWS(events));
	tcase_add_test(tc, test_policy_untold);
	tcase_add_test(tc, test_subject_named);
	suite_add_tcase(suite, tc);
	return suite;
}
