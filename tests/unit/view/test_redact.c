/* Redaction: aliases that stay the same and let nothing through. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "sendtop/redact.h"
#include "suites.h"

#define KEY "00112233445566778899aabbccddeeff"

static struct redact *redact;
static struct arena *arena;

static void
set_up(void)
{
	redact = redact_new(KEY);
	arena = arena_new();
}

static void
tear_down(void)
{
	redact_free(redact);
	arena_free(arena);
}

static const char *
hide(const char *text)
{
	return redact_text(redact, arena, text);
}

/* What must stay as it is. */
static const char *const plain[] = {
	"",
	"spam rate 0.412 % on Nov 19 (>= 0.30)",
	"421 4.7.28 Our system has detected an unusual rate",
	"google.spf/organizational/needs_work",
	"https://support.google.com/a/answer/81126#spf",
	"temp_fail_anomalous_traffic_pattern_rate",
	"v=DMARC1; p=none; pct=50",
	"too_many_lookups (11 of 10)",
	"2026-11-19T03:12:44Z, TLSv1.3, RSA 2048 bits, 12:30",
	"e.g. this. And that...",
	"gmail-smtp-in.l.google.com: 250 2.0.0 OK",
	"TLSv1.3, TLS_AES_256_GCM_SHA384, ECDHE-RSA-AES256-GCM-SHA384",
	"openssl genpkey -out new-selector.pem; see sendtop.conf",
	"::",
};

START_TEST(test_plain)
{
	ck_assert_str_eq(hide(plain[_i]), plain[_i]);
}
END_TEST

/* What must not be seen in what comes out. */
static const struct {
	const char *text, *secret, *stays;
} secrets[] = {
	{ "news.example.com is down", "example.com", " is down" },
	{ "NEWS.Shop.COM.", "hop", "." },
	{ "ptr/192.0.2.10/missing", "192.0.2", "/missing" },
	{ "mx1.shop.test [127.0.0.1]:25", "shop", "]:25" },
	{ "ip 2001:db8::25 fails", "2001", " fails" },
	{ "[2001:db8::25]: refused", "db8", "]: refused" },
	{ "v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 include:_spf.esp.test -all",
	    "esp", "v=spf1 ip4:" },
	{ "_dmarc.shop.test", "shop", "_dmarc." },
	{ "s1._domainkey.shop.test", "shop", "._domainkey." },
	{ "10.2.0.192.in-addr.arpa. IN PTR mail.shop.test.", "2.0.192",
	    ".in-addr.arpa. IN PTR " },
	{ "from=<anna.smith@shop.test>", "anna", "@" },
	{ "from=<anna.smith@shop.test>", "shop", "from=<" },
	{ "bücher.example", "cher", ".example" },
	{ "\xd0\xbf\xd0\xbe\xd1\x87\xd1\x82\xd0\xb0.\xd1\x80\xd1\x84 grows",
	    "\xd0\xbf", " grows" },
	{ "/etc/keys/shop.test.pem is old", "shop", ".pem is old" },
	{ "keep abuse@shop.test read", "shop", "keep abuse@" },
	{ "https://mta-sts.shop.test/.well-known/mta-sts.txt", "shop",
	    "https://mta-sts." },
	{ "k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDoQgzaJsfK68nhmW5+zO3Pkio2",
	    "MIGf", "k=rsa; p=" },
	{ "google-site-verification=4Zk3wD0v8xYy8aQq1b7Rt2", "4Zk3wD0v8",
	    "google-site-verification=" },
	{ "127.0.0.1:5300", "127", ":5300" },
};

START_TEST(test_secret)
{
	const char *out = hide(secrets[_i].text);

	ck_assert_msg(strstr(out, secrets[_i].secret) == NULL, "%s", out);
	ck_assert_msg(strstr(out, secrets[_i].stays) != NULL, "%s", out);
}
END_TEST

/* The same name is the same alias, as itself, in any case and above itself. */
START_TEST(test_same)
{
	char *alias = mem_dup(hide("example.com"));

	ck_assert_str_eq(hide("EXAMPLE.com"), alias);
	ck_assert_ptr_nonnull(strstr(hide("a.b.example.com"), alias));
	ck_assert_ptr_nonnull(strstr(hide("x@example.com,"), alias));
	ck_assert_str_ne(hide("example.net"), alias);
	ck_assert_str_ne(hide("192.0.2.1"), hide("192.0.2.2"));
	ck_assert_str_eq(hide("2001:db8:0:0::25"), hide("2001:db8::25"));
	free(alias);
}
END_TEST

/* Another key gives other aliases; a key that is none gives no redactor. */
START_TEST(test_keys)
{
	struct redact *other = redact_new("ffeeddccbbaa99887766554433221100");

	ck_assert_str_ne(
	    redact_text(other, arena, "example.com"), hide("example.com"));
	redact_free(other);
	ck_assert_ptr_null(redact_new(""));
	ck_assert_ptr_null(redact_new("0011"));
	ck_assert_ptr_null(redact_new(KEY "0"));
	ck_assert_ptr_null(redact_new("zz112233445566778899aabbccddeeff"));
}
END_TEST

START_TEST(test_word)
{
	ck_assert_ptr_null(redact_word(redact, arena, NULL));
	ck_assert_str_eq(redact_word(redact, arena, ""), "");
	ck_assert_str_eq(redact_word(redact, arena, "Acme"),
	    redact_word(redact, arena, "acme"));
	ck_assert_ptr_null(strstr(redact_word(redact, arena, "Acme"), "cme"));
	ck_assert_ptr_null(hide(NULL));
}
END_TEST

/* Tags are hidden in what people write, as whole words alone. */
START_TEST(test_own)
{
	const char *text;

	redact_learn(redact, "Acme Ltd.");
	redact_learn(redact, "ACME");
	redact_learn(redact, "");
	text = redact_own(redact, arena, "told acme and Acme Ltd. of acmeism");
	ck_assert_ptr_null(strstr(text, "acme and"));
	ck_assert_ptr_null(strstr(text, "Ltd"));
	ck_assert_ptr_nonnull(strstr(text, " of acmeism"));
	ck_assert_ptr_nonnull(strstr(text, redact_word(redact, arena, "acme")));
	ck_assert_str_eq(
	    hide("acme stays in what is ours"), "acme stays in what is ours");
}
END_TEST

/* What was compared before keeps apart what has one alias. */
START_TEST(test_changes)
{
	static const struct change before[] = {
		{ .domain = "shop.test",
		    .kind = "record",
		    .text = "record of dkim s1.shop.test: a.test -> b.test",
		    .name = "record of dkim s1.shop.test",
		    .then = "a.test",
		    .now = "b.test" },
		{ .domain = "shop.test", .kind = "note", .text = "told Acme" }
	};
	const struct change *after;

	redact_learn(redact, "Acme");
	after = redact_changes(redact, arena, before, 2);
	ck_assert_str_eq(after[0].domain, hide("shop.test"));
	ck_assert_ptr_null(strstr(after[0].text, "shop"));
	ck_assert_ptr_null(strstr(after[0].name, "shop"));
	ck_assert_str_eq(after[0].then, hide("a.test"));
	ck_assert_str_eq(after[0].now, hide("b.test"));
	ck_assert_ptr_null(strstr(after[1].text, "Acme"));
	ck_assert_ptr_null(after[1].then);
	ck_assert_str_eq(before[1].text, "told Acme");
}
END_TEST

/* Any octets: it ends, and what comes out has no address in it. */
START_TEST(test_odd)
{
	char text[400];

	for (unsigned seed = 1; seed < 400; seed++) {
		unsigned x = seed;

		for (size_t i = 0; i < sizeof(text) - 1; i++) {
			x = x * 1103515245 + 12345;
			text[i] = "a1.:@/-_ \xc3\xbc+="[(x >> 16) % 13];
		}
		text[sizeof(text) - 1] = '\0';
		ck_assert_ptr_nonnull(hide(text));
	}
	memset(text, 'a', sizeof(text) - 1);
	ck_assert_ptr_nonnull(hide(text));
}
END_TEST

/* --- a view ------------------------------------------------------------------------- */

START_TEST(test_view)
{
	static const struct finding findings[] = { { .check = "ptr",
	    .subject = "192.0.2.10",
	    .reason = "missing",
	    .detail = "10.2.0.192.in-addr.arpa has no PTR record",
	    .cure = "x.shop.test. IN A 192.0.2.10",
	    .record = "x.shop.test" } };
	static const struct feedback loops[] = { { .id = "campaign7" } };
	struct store_event events[] = { { .domain = "shop.test",
	    .kind = "finding",
	    .text = "ptr 192.0.2.10: missing" } };
	struct view view = { .domain = { .name = "shop.test",
				 .registrable = "shop.test",
				 .tag = "Acme Ltd.",
				 .poll_error = "" },
		.history = { .domain = "shop.test",
		    .registrable = "shop.test",
		    .poll_error = "shop.test: refused",
		    .findings = findings,
		    .finding_count = 1,
		    .feedback = loops,
		    .feedback_count = 1 },
		.events = events,
		.event_count = 1 };

	snprintf(view.standing.why, sizeof(view.standing.why),
	    "ptr missing: 192.0.2.10");
	snprintf(view.standing.reasons, sizeof(view.standing.reasons),
	    "ptr/192.0.2.10/missing");
	reason_add(&view.judgements.ramp.reasons, 1, "k", "shop.test grows");
	redact_view(redact, arena, &view);
	ck_assert_str_eq(view.domain.name, hide("shop.test"));
	ck_assert_str_eq(view.history.domain, view.domain.name);
	ck_assert_str_eq(view.events[0].domain, view.domain.name);
	ck_assert_str_eq(view.history.findings[0].subject, hide("192.0.2.10"));
	ck_assert_str_eq(view.history.findings[0].check, "ptr");
	ck_assert_ptr_null(strstr(view.history.findings[0].cure, "shop"));
	ck_assert_ptr_null(strstr(view.history.findings[0].record, "shop"));
	ck_assert_ptr_null(strstr(view.history.poll_error, "shop"));
	ck_assert_ptr_null(strstr(view.history.feedback[0].id, "campaign"));
	ck_assert_ptr_null(strstr(view.domain.tag, "Acme"));
	ck_assert_ptr_null(strstr(view.standing.why, "192"));
	ck_assert_ptr_null(strstr(view.standing.reasons, "192"));
	ck_assert_ptr_null(
	    strstr(view.judgements.ramp.reasons.items[0].text, "shop"));
	/* What it was made from is as it was. */
	ck_assert_str_eq(findings[0].subject, "192.0.2.10");
}
END_TEST

Suite *
suite_redact(void)
{
	Suite *suite = suite_create("redact");
	TCase *tc = tcase_create("redact");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_loop_test(
	    tc, test_plain, 0, (int)(sizeof(plain) / sizeof(plain[0])));
	tcase_add_loop_test(
	    tc, test_secret, 0, (int)(sizeof(secrets) / sizeof(secrets[0])));
	tcase_add_test(tc, test_same);
	tcase_add_test(tc, test_keys);
	tcase_add_test(tc, test_word);
	tcase_add_test(tc, test_own);
	tcase_add_test(tc, test_changes);
	tcase_add_test(tc, test_odd);
	tcase_add_test(tc, test_view);
	suite_add_tcase(suite, tc);
	return suite;
}
