/* certificate: what a host shows, told in facts. */
/* SPDX-License-Identifier: MIT */
#include "checks/list.h"
#include "suites.h"
#include "world.h"

#define MX "mx.example SMTP 192.0.2.1 "

static const struct {
	const char *why, *world;
	enum verdict verdict;
	const char *reason, *detail;
} rows[] = {
	{ "good", MX, VERDICT_PASS, "ok",
	    "RSA 2048 bits, until 2027-01-20T23:40:00Z, by CN=Test CA" },
	{ "EC needs fewer bits", MX "key=EC/256", VERDICT_PASS, "ok",
	    "EC 256" },
	{ "expired", MX "until=-3 trust=untrusted reply=has expired",
	    VERDICT_FAIL, "expired", "since 2026-11-18T23:40:00Z" },
	{ "expires this second", MX "until=0", VERDICT_FAIL, "expired", "" },
	{ "thirteen days left", MX "until=13", VERDICT_WARN, "expiring",
	    "2026-12-04" },
	{ "fourteen days left", MX "until=14", VERDICT_PASS, "ok", "" },
	{ "not yet valid", MX "from=1", VERDICT_FAIL, "not_yet_valid",
	    "2026-11-22" },
	{ "another name", MX "match=no names=other.example", VERDICT_WARN,
	    "name_mismatch", "it names other.example, not mx.example" },
	{ "self-signed", MX "trust=self", VERDICT_WARN, "self_signed",
	    "CN=mx" },
	{ "untrusted", MX "trust=untrusted reply=unable to get local issuer",
	    VERDICT_WARN, "untrusted", "unable to get local issuer" },
	{ "RSA 1024", MX "key=RSA/1024", VERDICT_WARN, "weak_key",
	    "RSA 1024 bits" },
	{ "none at all", MX "cert=no", VERDICT_WARN, "untrusted",
	    "without any certificate" },
	{ "several faults, one of them grave",
	    MX "match=no trust=self until=-1 key=RSA/1024", VERDICT_FAIL,
	    "expired", "; name_mismatch: " },
	{ "several faults, none grave", MX "match=no trust=self names=other",
	    VERDICT_WARN, "name_mismatch",
	    "; self_signed: issued by itself: CN=mx" },
	{ "no TLS", MX "starttls=not_offered", VERDICT_SKIP, "no_tls", "" },
	{ "too slow", MX "outcome=timeout starttls=not_reached",
	    VERDICT_UNKNOWN, "timeout", "" },
	{ "turned away", MX "outcome=rejected starttls=not_reached",
	    VERDICT_UNKNOWN, "refused", "" },
};

START_TEST(test_certificate)
{
	struct world *world = world_new(rows[_i].world);

	world_mx(world, &check_certificate, "mx.example", "192.0.2.1");
	world_expect(world, rows[_i].why, rows[_i].verdict, rows[_i].reason,
	    rows[_i].detail, NULL);
	ck_assert_str_eq(world_finding(world, 0)->subject, "mx.example");
	world_free(world);
}
END_TEST

/* Under MTA-STS and DANE a doubtful certificate loses mail. */
START_TEST(test_counts)
{
	struct world *world = world_new(rows[_i].world);
	struct address address;
	struct subject subject = {
		.domain = "example.com",
		.host = "mx.example",
		.address = &address,
		.certificate_counts = true,
		.now_s = WORLD_NOW,
	};

	ck_assert(address_parse("192.0.2.1", &address));
	world_run(world, &check_certificate, &subject);
	world_expect(world, rows[_i].why,
	    rows[_i].verdict == VERDICT_WARN ? VERDICT_FAIL : rows[_i].verdict,
	    rows[_i].reason, rows[_i].detail, NULL);
	world_free(world);
}
END_TEST

Suite *
suite_certificate(void)
{
	Suite *suite = suite_create("certificate");
	TCase *tc = tcase_create("certificate");

	tcase_add_loop_test(tc, test_certificate, 0, ROWS(rows));
	tcase_add_loop_test(tc, test_counts, 0, ROWS(rows));
	suite_add_tcase(suite, tc);
	return suite;
}
