/* The findings of the fixture's stories; for fixture.c alone. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UI_FIXTURE_FINDINGS_H
#define TESTS_UI_FIXTURE_FINDINGS_H

#include "sendtop/day.h"
#include "sendtop/finding.h"

enum { HOUR = 3600 };

#define AT(day, hour) ((int64_t)(20775 + (day)) * DAY_SECONDS + (hour)*HOUR)
#define SINCE(from, to) .first_seen_s = from, .last_seen_s = to
#define PROBED AT(3, 21)

/* Of a key of 1024 bits. */
#define KEY                                                                   \
	"MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC7JxWbzFQoYEu5yGmFtDhrd1nTqXs" \
	"Zk0vLc4eH2pRaUiOoK9wM8f6SgT5bXjN3lPyVqDhCz7RtEuWmA1x0BsYvGnJkQoLrFe" \
	"4cIdHp9T2aVw6ZyMgXU5bSf8KqNjOhRl3DtCz0wIDAQAB"

static const struct finding rising_findings[] = {
	{ "ptr", "192.0.2.10", VERDICT_FAIL, "missing",
	    "10.2.0.192.in-addr.arpa has no PTR record",
	    "10.2.0.192.in-addr.arpa. IN PTR out1.news.example.com.",
	    SINCE(AT(-2, 3), PROBED) },
	{ "spf", "news.example.com", VERDICT_FAIL, "too_many_lookups",
	    "11 of at most 10 look-ups: include:spf.esp.example takes 6", "",
	    SINCE(AT(-1, 9), PROBED) },
	{ "google.dns_records", "news.example.com", VERDICT_FAIL, "needs_work",
	    "PTR_RECORD_MISSING", "", SINCE(AT(-1, 2), PROBED) },
	{ "dkim", "s2", VERDICT_WARN, "testing",
	    "t=y: receivers treat the signature as none",
	    "s2._domainkey.news.example.com. IN TXT \"v=DKIM1; k=rsa; p=" KEY
	    "\" ; was \"v=DKIM1; t=y; k=rsa; p=" KEY "\"",
	    SINCE(AT(-3, 8), PROBED) },
	{ "starttls", "mx2.news.example.com [192.0.2.26]", VERDICT_UNKNOWN,
	    "timeout", "no answer within 20 s", "", SINCE(AT(3, 9), PROBED),
	    .known_verdict = VERDICT_PASS, .known_reason = "ok",
	    .known_s = AT(2, 21) },
	{ "dmarc", "news.example.com", VERDICT_NOTE, "policy_none",
	    "p=none asks receivers for nothing; found at example.com", "",
	    SINCE(AT(-60, 8), PROBED) },
	{ "mx", "news.example.com", VERDICT_PASS, "ok",
	    "mx1.news.example.com, mx2.news.example.com", "",
	    SINCE(AT(-60, 8), PROBED) },
	{ "certificate", "mx1.news.example.com", VERDICT_PASS, "ok",
	    "RSA 2048 bits, until 2027-01-30T00:00:00Z, by Example CA R3", "",
	    SINCE(AT(-22, 8), PROBED) },
	{ "google.spf", "news.example.com", VERDICT_PASS, "compliant", "", "",
	    SINCE(AT(-60, 2), PROBED) },
	{ "google.user_reported_spam_rate", "organizational", VERDICT_PASS,
	    "compliant", "", "", SINCE(AT(-60, 2), PROBED) },
};

static const struct finding healthy_findings[] = {
	{ "ptr", "192.0.2.40", VERDICT_PASS, "ok", "out1.shop.example.net", "",
	    SINCE(AT(-60, 3), PROBED) },
	{ "spf", "shop.example.net", VERDICT_PASS, "ok", "3 of 10 look-ups", "",
	    SINCE(AT(-60, 3), PROBED) },
	{ "dmarc", "shop.example.net", VERDICT_PASS, "ok", "p=reject", "",
	    SINCE(AT(-60, 3), PROBED) },
	{ "google.dns_records", "shop.example.net", VERDICT_PASS, "compliant",
	    "", "", SINCE(AT(-60, 2), PROBED) },
};

static const struct finding watch_findings[] = {
	{ "mx", "mail.example.org", VERDICT_PASS, "ok",
	    "mx1.mail.example.org, mx2.mail.example.org", "",
	    SINCE(AT(-60, 3), PROBED) },
	{ "smtp", "mx1.mail.example.org [192.0.2.61]", VERDICT_PASS, "ok",
	    "220 mx1.mail.example.org ESMTP", "", SINCE(AT(-60, 3), PROBED) },
	{ "starttls", "mx1.mail.example.org [192.0.2.61]", VERDICT_PASS, "ok",
	    "TLSv1.3, TLS_AES_256_GCM_SHA384", "", SINCE(AT(-60, 3), PROBED) },
	{ "tls_version", "mx1.mail.example.org", VERDICT_PASS, "ok", "TLSv1.3",
	    "", SINCE(AT(-60, 3), PROBED) },
	{ "certificate", "mx1.mail.example.org", VERDICT_PASS, "ok",
	    "RSA 2048 bits, until 2027-01-30T00:00:00Z, by Example CA R3", "",
	    SINCE(AT(-60, 3), PROBED) },
	{ "dane", "mx1.mail.example.org", VERDICT_NOTE, "none",
	    "there is no TLSA record at _25._tcp.mx1.mail.example.org", "",
	    SINCE(AT(-60, 3), PROBED) },
	{ "smtp", "mx2.mail.example.org [2001:db8::62]", VERDICT_PASS, "ok",
	    "220 mx2.mail.example.org ESMTP", "", SINCE(AT(-60, 3), PROBED) },
	{ "starttls", "mx2.mail.example.org [2001:db8::62]", VERDICT_PASS, "ok",
	    "TLSv1.2, ECDHE-RSA-AES128-GCM-SHA256", "",
	    SINCE(AT(-60, 3), PROBED) },
	{ "tls_version", "mx2.mail.example.org", VERDICT_PASS, "ok", "TLSv1.2",
	    "", SINCE(AT(-60, 3), PROBED) },
	{ "certificate", "mx2.mail.example.org", VERDICT_WARN, "expiring",
	    "in 5 d, on 2026-11-27T12:00:00Z", "", SINCE(AT(0, 3), PROBED) },
	{ "mta_sts", "mail.example.org", VERDICT_PASS, "ok",
	    "mode enforce, max_age 604800", "", SINCE(AT(-60, 3), PROBED) },
	{ "tls_rpt", "mail.example.org", VERDICT_NOTE, "missing",
	    "no record at _smtp._tls.mail.example.org",
	    "_smtp._tls.mail.example.org. IN TXT \"v=TLSRPTv1; "
	    "rua=mailto:tls@mail.example.org\"",
	    SINCE(AT(-60, 3), PROBED) },
};

static const struct finding limited_findings[] = {
	{ "dkim", "nov", VERDICT_PASS, "ok", "RSA 2048 bits", "",
	    SINCE(AT(-2, 3), PROBED) },
	{ "spf", "bulk.example.net", VERDICT_PASS, "ok", "3 of 10 look-ups", "",
	    SINCE(AT(-60, 3), PROBED), .record = "v=spf1 ip4:192.0.2.21 -all" },
	{ "ptr", "192.0.2.21", VERDICT_PASS, "ok", "out1.bulk.example.net", "",
	    SINCE(AT(-60, 3), PROBED) },
	{ "bimi", "bulk.example.net", VERDICT_WARN, "bad_svg",
	    "the logo has a script in it", "", SINCE(AT(-60, 3), PROBED),
	    .muted = true, .muted_until_s = 1796000000,
	    .muted_why = "no logo before the new year" },
};

static const struct finding noptr_findings[] = {
	{ "ptr", "192.0.2.31", VERDICT_FAIL, "missing",
	    "31.2.0.192.in-addr.arpa has no PTR record",
	    "31.2.0.192.in-addr.arpa. PTR out1.noptr.example.org.",
	    SINCE(AT(1, 3), PROBED) },
};

static const struct finding disagree_findings[] = {
	{ "ptr", "192.0.2.71", VERDICT_PASS, "ok", "out1.both.example.org", "",
	    SINCE(AT(-60, 3), PROBED) },
	{ "ptr", "192.0.2.72", VERDICT_PASS, "ok", "out2.both.example.org", "",
	    SINCE(AT(-60, 3), PROBED) },
	{ "google.dns_records", "both.example.org", VERDICT_FAIL, "needs_work",
	    "PTR_RECORD_MISSING", "", SINCE(AT(-9, 2), PROBED) },
};

static const struct finding hostile_findings[] = {
	{ "smtp", "mx.xn--fiq228c.example [2001:db8::25]", VERDICT_WARN,
	    "rejected",
	    "554 \\x1b[31mgo away\\x07 \u65e5\u672c\u8a9e\u306e\u90f5\u4fbf "
	    "e\u0301\u0302 \\u{202e}",
	    "", SINCE(AT(1, 3), PROBED) },
};

#endif
