/* dkim: key records, told in facts. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "checks/list.h"
#include "keys.h"
#include "suites.h"
#include "world.h"

#define AT "s1._domainkey.example.com"
#define KEY(record) AT " TXT " record "\n"
#define GOOD "v=DKIM1; k=rsa; p=" RSA_2048
#define NEW_KEY "openssl genpkey"

static const struct {
	const char *why, *world;
	enum verdict verdict;
	const char *reason, *detail, *cure;
} rows[] = {
	{ "RSA 2048", KEY(GOOD), VERDICT_PASS, "ok", "RSA 2048 bits", NULL },
	{ "only p=", KEY("p=" RSA_2048), VERDICT_PASS, "ok", "RSA 2048", NULL },
	{ "the bare PKCS#1 key", KEY("v=DKIM1; p=" RSA_2048_PKCS1),
	    VERDICT_PASS, "ok", "RSA 2048 bits", NULL },
	{ "white space around everything",
	    KEY(" v = DKIM1 ; \\009k = rsa ;\\013\\010 p = " RSA_2048 " ; "),
	    VERDICT_PASS, "ok", "RSA 2048", NULL },
	{ "folding white space in the key",
	    KEY("v=DKIM1; p=" ED25519 " ; k= ed25519"), VERDICT_PASS, "ok",
	    "Ed25519 256", NULL },
	{ "folded base64",
	    KEY("k=ed25519; p=YNEd xyhkp5KVYeQHAwaCePpn\\013\\010 "
		"/JXlA9kyD7dIMbndc+s="),
	    VERDICT_PASS, "ok", "Ed25519 256 bits", NULL },
	{ "Ed25519", KEY("v=DKIM1; k=ed25519; p=" ED25519), VERDICT_PASS, "ok",
	    "Ed25519 256 bits", NULL },
	{ "notes and unknown tags",
	    KEY("v=DKIM1; n=hello world; x_1=!; s=email; t=s; h=sha1:sha256; "
		"p=" RSA_2048),
	    VERDICT_PASS, "ok", "RSA 2048", NULL },
	{ "every service", KEY("s=*; p=" RSA_2048), VERDICT_PASS, "ok", "",
	    NULL },
	{ "over an alias",
	    AT " CNAME s1.esp.example\n"
	       "s1.esp.example TXT " GOOD "\n",
	    VERDICT_PASS, "ok", "RSA 2048", NULL },
	{ "nothing there", "", VERDICT_FAIL, "missing", AT, NULL },
	{ "an alias to nothing", AT " CNAME s1.esp.example\n", VERDICT_FAIL,
	    "missing", AT " is an alias of s1.esp.example, where there is no",
	    NULL },
	{ "testing, at the end of two aliases",
	    AT " CNAME s1.esp.example\ns1.esp.example CNAME k.esp.example\n"
	       "k.esp.example TXT t=y; k=ed25519; p=" ED25519 "\n",
	    VERDICT_WARN, "testing", "t=y",
	    "k.esp.example. IN TXT \"k=ed25519; p=" ED25519
	    "\" ; was \"t=y; k=ed25519; p=" ED25519 "\" ; " AT
	    " is an alias of that name" },
	{ "a wildcard's SPF record", KEY("v=spf1 -all"), VERDICT_FAIL,
	    "missing", "v=spf1 -all", NULL },
	{ "p= empty", KEY("v=DKIM1; p="), VERDICT_WARN, "revoked", "p=", NULL },
	{ "p= all white space", KEY("v=DKIM1; p=  ;"), VERDICT_WARN, "revoked",
	    "p=", NULL },
	{ "RSA 512", KEY("p=" RSA_512), VERDICT_FAIL, "weak_key",
	    "RSA 512 bits", NEW_KEY },
	{ "RSA 1024", KEY("p=" RSA_1024), VERDICT_NOTE, "short_key",
	    "RSA 1024 bits", NEW_KEY },
	{ "testing", KEY("v=DKIM1; t=y; p=" ED25519 "; k=ed25519"),
	    VERDICT_WARN, "testing", "t=y",
	    AT ". IN TXT \"v=DKIM1; p=" ED25519
	       "; k=ed25519\" ; was \"v=DKIM1; t=y;" },
	{ "testing among flags", KEY("v=DKIM1; t=s : y; k=ed25519; p=" ED25519),
	    VERDICT_WARN, "testing", "t=y", "\"v=DKIM1; t=s; k=ed25519; p=" },
	{ "testing with a short key says both", KEY("t=y; p=" RSA_1024),
	    VERDICT_WARN, "testing", "short_key: RSA 1024", "" },
	{ "only SHA-1", KEY("h=sha1; k=ed25519; p=" ED25519), VERDICT_FAIL,
	    "sha1_only", "RFC 8301", AT ". IN TXT \"k=ed25519; p=" },
	{ "a hash that nobody uses", KEY("h=sha3; p=" RSA_2048), VERDICT_FAIL,
	    "bad_key", "h= allows no hash", NULL },
	{ "not for email", KEY("s=other; p=" RSA_2048), VERDICT_FAIL, "bad_key",
	    "s= does not allow", AT ". IN TXT \"p=" },
	{ "not base64", KEY("v=DKIM1; p=!!!!"), VERDICT_FAIL, "bad_key",
	    "not base64", NULL },
	{ "base64 of nothing", KEY("v=DKIM1; p=aGVsbG8="), VERDICT_FAIL,
	    "bad_key", "not a public key", NULL },
	{ "an EC key as RSA", KEY("v=DKIM1; k=rsa; p=" EC_P256), VERDICT_FAIL,
	    "bad_key", "k= says rsa", NULL },
	{ "Ed25519 wrapped in DER", KEY("k=ed25519; p=" ED25519_DER),
	    VERDICT_FAIL, "bad_key", "p= has 44", NULL },
	{ "an RSA key as Ed25519", KEY("k=ed25519; p=" RSA_1024), VERDICT_FAIL,
	    "bad_key", "an Ed25519 key has 32", NULL },
	{ "unknown key type", KEY("k=dsa; p=" RSA_2048), VERDICT_FAIL,
	    "bad_key", "k=dsa", NULL },
	{ "values are case-sensitive", KEY("k=RSA; p=" RSA_2048), VERDICT_FAIL,
	    "bad_key", "k=RSA", NULL },
	{ "no p=", KEY("v=DKIM1; k=rsa"), VERDICT_FAIL, "syntax",
	    "no p=", NULL },
	{ "its quotes are in it", KEY("\"v=DKIM1; k=ed25519; p=" ED25519 "\""),
	    VERDICT_FAIL, "syntax", "a tag name that is none",
	    AT ". IN TXT \"v=DKIM1; k=ed25519; p=" ED25519
	       "\" ; was \"\\\"v=DKIM1;" },
	{ "its escapes are in it",
	    KEY("v=DKIM1\\092; k=ed25519\\092; p=" ED25519), VERDICT_FAIL,
	    "syntax", "v= is not DKIM1",
	    AT ". IN TXT \"v=DKIM1; k=ed25519; p=" ED25519 "\" ; was" },
	{ "another version", KEY("v=DKIM2; p=" RSA_2048), VERDICT_FAIL,
	    "syntax", "v= is not DKIM1", NULL },
	{ "version not first", KEY("p=" ED25519 "; v=DKIM1"), VERDICT_FAIL,
	    "syntax", "first tag", NULL },
	{ "no tags at all", KEY("hello"), VERDICT_FAIL, "syntax",
	    "without \"=\"", NULL },
	{ "empty record", KEY(""), VERDICT_FAIL, "syntax", "", NULL },
	{ "a tag twice", KEY("k=rsa; k=rsa; p=" RSA_2048), VERDICT_FAIL,
	    "syntax", "twice", NULL },
	{ "two semicolons", KEY("v=DKIM1;; p=" RSA_2048), VERDICT_FAIL,
	    "syntax", "empty part", NULL },
	{ "a control character", KEY("v=DKIM1; n=\\027[2J; p=" RSA_2048),
	    VERDICT_FAIL, "syntax", "\\x1b[2J", NULL },
	{ "an octet beyond ASCII", KEY("v=DKIM1; n=\\200; p=" RSA_2048),
	    VERDICT_FAIL, "syntax", "character", NULL },
	{ "a NUL", KEY("v=DKIM1; p=\\000" RSA_2048), VERDICT_FAIL, "syntax",
	    "character", NULL },
	{ "two records", KEY(GOOD) KEY("v=DKIM1; p=" ED25519 "; k=ed25519"),
	    VERDICT_FAIL, "multiple", "2 TXT records", NULL },
	{ "a key beside an SPF record", KEY(GOOD) KEY("v=spf1 -all"),
	    VERDICT_FAIL, "multiple", "2 TXT records", NULL },
	{ "two records, none a key", KEY("v=spf1 -all") KEY("v=DMARC1"),
	    VERDICT_FAIL, "missing", "no DKIM key", NULL },
	{ "time-out", AT " TXT !timeout\n", VERDICT_UNKNOWN, "timeout", AT,
	    NULL },
	{ "SERVFAIL", AT " TXT !servfail\n", VERDICT_UNKNOWN, "servfail", AT,
	    NULL },
	{ "REFUSED", AT " TXT !refused\n", VERDICT_UNKNOWN, "refused", AT,
	    NULL },
	{ "no resolver", AT " TXT !unreachable\n", VERDICT_UNKNOWN,
	    "unreachable", AT, NULL },
	{ "broken answer", AT " TXT !malformed\n", VERDICT_UNKNOWN, "malformed",
	    AT, NULL },
};

static void
run(struct world *world, const char *selector)
{
	struct subject subject = {
		.domain = "example.com",
		.selector = selector,
	};

	world_run(world, &check_dkim, &subject);
}

START_TEST(test_dkim)
{
	struct world *world = world_new(rows[_i].world);

	run(world, "s1");
	world_expect(world, rows[_i].why, rows[_i].verdict, rows[_i].reason,
	    rows[_i].detail, rows[_i].cure);
	ck_assert_str_eq(world_finding(world, 0)->subject, "s1");
	world_free(world);
}
END_TEST

/* Never asked: it cannot be, and must not become another name. */
START_TEST(test_selector_too_long)
{
	struct world *world = world_new("");
	char selector[2048];

	memset(selector, 'a', sizeof(selector));
	selector[sizeof(selector) - 1] = '\0';
	run(world, selector);
	world_expect(world, "long", VERDICT_UNKNOWN, "malformed", "", NULL);
	ck_assert_uint_eq(world_asked(world), 0);
	world_free(world);
}
END_TEST

/* What a log told of and is out of use is no failure; what the operator names
 * always is, and so is a record that is there and bad. */
START_TEST(test_retired)
{
	enum { NOW = 1795305600, DAY = 86400 };
	static const struct {
		const char *world;
		int64_t seen_s;
		enum verdict verdict;
		const char *reason;
	} cases[] = {
		{ "", NOW - 31 * DAY, VERDICT_SKIP, "retired" },
		{ "", NOW - 29 * DAY, VERDICT_FAIL, "missing" },
		{ "", 0, VERDICT_FAIL, "missing" },
		{ AT " TXT v=DKIM1; p=", NOW - 31 * DAY, VERDICT_WARN,
		    "revoked" },
	};

	for (size_t i = 0; i < ROWS(cases); i++) {
		struct world *world = world_new(cases[i].world);
		struct subject subject = { .domain = "example.com",
			.selector = "s1",
			.selector_seen_s = cases[i].seen_s,
			.now_s = NOW };

		world_run(world, &check_dkim, &subject);
		world_expect(world, "retired", cases[i].verdict,
		    cases[i].reason, "", NULL);
		world_free(world);
	}
}
END_TEST

/* A 64 KiB record costs a bounded detail and no cure that is cut. */
START_TEST(test_flood)
{
	struct buf text = { 0 };
	struct world *world;
	int i;

	buf_str(&text, AT " TXT t=y; k=ed25519; p=" ED25519 "; n=");
	for (i = 0; i < 6500; i++)
		buf_str(&text, "0123456789");
	world = world_new(text.data);
	run(world, "s1");
	world_expect(world, "flood", VERDICT_WARN, "testing", "", NULL);
	world_free(world);
	buf_free(&text);
}
END_TEST

Suite *
suite_dkim(void)
{
	Suite *suite = suite_create("dkim");
	TCase *tc = tcase_create("dkim");

	tcase_add_loop_test(tc, test_dkim, 0, ROWS(rows));
	tcase_add_test(tc, test_selector_too_long);
	tcase_add_test(tc, test_retired);
	tcase_add_test(tc, test_flood);
	suite_add_tcase(suite, tc);
	return suite;
}
