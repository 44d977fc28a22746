/* dane: what TLSA records and a session come to, with real certificates. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checks/dane.h"
#include "checks/list.h"
#include "sendtop/day.h"
#include "suites.h"
#include "tests/unit/net/pki.h"
#include "tests/unit/net/tlsa.h"
#include "world.h"

#define HOST "mx.example"
#define ROOT ". SOA+ a.root.test\n"
#define SIGNED                         \
	ROOT "mx.example A+ 8.8.8.1\n" \
	     "example.com MX+ 10 mx.example\n"
#define TLSA "_25._tcp.mx.example TLSA+ "
#define SESSION "mx.example SMTP 8.8.8.1 chain=%s\n"
#define WITHOUT(words) "mx.example SMTP 8.8.8.1 " words "\n"

/* In the worlds %s is the certificate, {good} "3 1 1" of it, {old} of another,
 * {pkix} a record that mail has no use for. */
static const struct {
	const char *why, *world;
	enum verdict verdict;
	const char *reason, *detail, *cure;
	bool refuses;
} rows[] = {
	{ "fits", SIGNED TLSA "{good}\n" SESSION, VERDICT_PASS, "ok",
	    "TLSA 3 1 1 ", NULL, false },
	{ "the old and the new", SIGNED TLSA "{old}\n" TLSA "{good}\n" SESSION,
	    VERDICT_PASS, "ok", "TLSA 3 1 1 ", NULL, false },
	{ "fits, but nobody can trust the way there",
	    ROOT "mx.example A+ 8.8.8.1\nexample.com MX 10 mx.example\n" TLSA
		 "{good}\n" SESSION,
	    VERDICT_PASS, "ok", "MX record is not signed", NULL, false },
	{ "does not fit", SIGNED TLSA "{old}\n" SESSION, VERDICT_FAIL,
	    "mismatch", "none of 1 usable",
	    "_25._tcp.mx.example. IN TLSA 3 1 1 ", true },
	{ "no certificate at all", SIGNED TLSA "{good}\n" WITHOUT(""),
	    VERDICT_FAIL, "mismatch", "no certificate", NULL, true },
	{ "only records that mail has no use for",
	    SIGNED TLSA "{pkix}\n" SESSION, VERDICT_FAIL, "unusable",
	    "none of the 1", "_25._tcp.mx.example. IN TLSA 3 1 1 ", false },
	{ "neither of two fits, behind an alias",
	    SIGNED
	    "_25._tcp.mx.example CNAME+ all.mx.example\n"
	    "all.mx.example TLSA+ {old}\nall.mx.example TLSA+ {old}\n" SESSION,
	    VERDICT_FAIL, "mismatch", "none of 2",
	    "all.mx.example. IN TLSA 3 1 1 ", true },
	{ "none, in a signed zone", SIGNED SESSION, VERDICT_NOTE, "none",
	    "_25._tcp.mx.example", "_25._tcp.mx.example. IN TLSA 3 1 1 ",
	    false },
	{ "none, in a zone without signatures",
	    ROOT "mx.example A 8.8.8.1\n" SESSION, VERDICT_NOTE, "none",
	    "_25._tcp.mx.example", NULL, false },
	{ "not signed",
	    ROOT
	    "mx.example A 8.8.8.1\n_25._tcp.mx.example TLSA {old}\n" SESSION,
	    VERDICT_WARN, "insecure", "they are not signed", NULL, false },
	{ "the host's address is not signed",
	    ROOT "mx.example A 8.8.8.1\n" TLSA "{old}\n" SESSION, VERDICT_WARN,
	    "insecure", "addresses are not signed", NULL, false },
	{ "a resolver that does not validate",
	    ". SOA a.root.test\nmx.example A 8.8.8.1\n"
	    "_25._tcp.mx.example TLSA {good}\n" SESSION,
	    VERDICT_SKIP, "no_validation", "cannot be told", NULL, false },
	{ "whether it validates cannot be told",
	    ". SOA !timeout\nmx.example A 8.8.8.1\n"
	    "_25._tcp.mx.example TLSA {good}\n" SESSION,
	    VERDICT_UNKNOWN, "timeout", "the root", NULL, false },
	{ "STARTTLS is not offered",
	    SIGNED TLSA "{good}\n" WITHOUT("starttls=not_offered"),
	    VERDICT_FAIL, "no_tls", "promise", NULL, false },
	{ "the handshake fails",
	    SIGNED TLSA "{good}\n" WITHOUT("starttls=handshake"), VERDICT_FAIL,
	    "no_tls", "", NULL, false },
	{ "cut off in the handshake",
	    SIGNED TLSA "{good}\n" WITHOUT("starttls=reset"), VERDICT_UNKNOWN,
	    "unreachable", "", NULL, false },
	{ "the server does not answer",
	    SIGNED TLSA
	    "{good}\n" WITHOUT("outcome=timeout starttls=not_reached"),
	    VERDICT_UNKNOWN, "timeout", "", NULL, false },
	{ "time-out", SIGNED TLSA "!timeout\n" SESSION, VERDICT_UNKNOWN,
	    "timeout", "_25._tcp", NULL, false },
	{ "bogus",
	    SIGNED TLSA "!servfail\n_25._tcp.mx.example NS !servfail\n"
			"_25._tcp.mx.example TLSA/cd {good}\n" SESSION,
	    VERDICT_FAIL, "bogus", "hold the mail back", NULL, false },
	{ "SERVFAIL", SIGNED TLSA "!servfail\n" SESSION, VERDICT_UNKNOWN,
	    "servfail", "", NULL, false },
};

static struct pki pki;
static char *chain, *good, *old, *pkix;

static char *
hex(const uint8_t *octets, size_t len)
{
	struct buf text = { 0 };
	size_t i;

	for (i = 0; i < len; i++)
		buf_printf(&text, "%02x", octets[i]);
	return buf_take(&text);
}

static char *
tlsa_hex(unsigned usage, const X509 *cert)
{
	const unsigned fields[3] = { usage, 1, 1 };
	uint8_t octets[TLSA_MAX];
	size_t len = tlsa_make(fields, cert, octets);

	return hex(octets, len);
}

static void
setup(void)
{
	const struct cert_spec spec = {
		.cn = "mx.example",
		.names = "DNS:mx.example",
		.self_signed = true,
	};
	uint8_t der[TLSA_MAX];
	SSL_CTX *ctx;
	X509 *cert;

	pki_init(&pki);
	ctx = pki_server(&pki, &spec);
	cert = SSL_CTX_get0_certificate(ctx);
	chain = hex(der, tlsa_der(cert, der, 0, sizeof(der)));
	good = tlsa_hex(3, cert);
	old = tlsa_hex(3, pki.ca);
	pkix = tlsa_hex(1, cert);
	SSL_CTX_free(ctx);
}

static void
teardown(void)
{
	free(chain);
	free(good);
	free(old);
	free(pkix);
	pki_fini(&pki);
}

/* Puts the certificate and the records in. */
static struct world *
world_make(const char *text)
{
	const struct {
		const char *mark, *value;
	} marks[] = {
		{ "%s", chain },
		{ "{good}", good },
		{ "{old}", old },
		{ "{pkix}", pkix },
	};
	struct buf lines = { 0 };
	struct world *world;
	size_t i;

	while (*text != '\0') {
		for (i = 0; i < 4; i++)
			if (strncmp(text, marks[i].mark,
				strlen(marks[i].mark)) == 0)
				break;
		if (i < 4) {
			buf_str(&lines, marks[i].value);
			text += strlen(marks[i].mark);
		} else {
			buf_char(&lines, *text++);
		}
	}
	world = world_new(lines.data);
	buf_free(&lines);
	return world;
}

static struct subject
subject_make(struct address *address)
{
	ck_assert(address_parse("8.8.8.1", address));
	return (struct subject){
		.domain = "example.com",
		.host = HOST,
		.address = address,
		.now_s = clock_utc_s(),
	};
}

START_TEST(test_dane)
{
	struct world *world = world_make(rows[_i].world);
	struct address address;
	struct subject subject = subject_make(&address);

	world_run(world, &check_dane, &subject);
	world_expect(world, rows[_i].why, rows[_i].verdict, rows[_i].reason,
	    rows[_i].detail, rows[_i].cure);
	ck_assert_str_eq(world_finding(world, 0)->subject, HOST);
	world_free(world);
}
END_TEST

/* Whichever comes first: else each turn would be told as a change. */
START_TEST(test_records)
{
	static const char *const worlds[] = {
		SIGNED TLSA "{old}\n" TLSA "{good}\n" SESSION,
		SIGNED TLSA "{good}\n" TLSA "{old}\n" SESSION,
	};
	char *records[2];

	for (int i = 0; i < 2; i++) {
		struct world *world = world_make(worlds[i]);
		struct address address;
		struct subject subject = subject_make(&address);

		world_run(world, &check_dane, &subject);
		records[i] = mem_dup(world_finding(world, 0)->record);
		world_free(world);
	}
	ck_assert_str_eq(records[0], records[1]);
	ck_assert_ptr_nonnull(strstr(records[0], ", 3 1 1 "));
	free(records[0]);
	free(records[1]);
}
END_TEST

START_TEST(test_refuses)
{
	struct world *world = world_make(rows[_i].world);
	struct address address;
	struct subject subject = subject_make(&address);
	bool refuses = true;

	while (dane_refuses(world_facts(world), &subject, &refuses) ==
	    CHECK_WAITING)
		ck_assert_uint_gt(world_answer(world), 0);
	ck_assert_msg(refuses == rows[_i].refuses, "%s", rows[_i].why);
	world_free(world);
}
END_TEST

/* A self-signed certificate that a record vouches for stays a warning; where
 * the records are against it, it loses mail. */
START_TEST(test_certificate)
{
	static const struct {
		const char *world;
		enum verdict dane, certificate;
	} cases[] = {
		{ SIGNED TLSA "{good}\n" SESSION, VERDICT_PASS, VERDICT_WARN },
		{ SIGNED TLSA "{old}\n" SESSION, VERDICT_FAIL, VERDICT_FAIL },
		{ SIGNED SESSION, VERDICT_NOTE, VERDICT_WARN },
	};
	const struct check_plan plan = {
		.domain = "example.com",
		.smtp_enabled = true,
		.now_s = clock_utc_s(),
	};
	struct world *world;
	struct buf lines = { 0 };
	const char *chain_at = strstr(cases[_i].world, "chain=");

	buf_add(&lines, cases[_i].world, (size_t)(chain_at - cases[_i].world));
	buf_str(&lines, "trust=self from=-9999 until=9999 chain=%s\n");
	world = world_make(lines.data);
	buf_free(&lines);
	world_plan(world, &plan);
	ck_assert_int_eq(
	    world_find(world, "dane", HOST)->verdict, cases[_i].dane);
	ck_assert_int_eq(world_find(world, "certificate", HOST)->verdict,
	    cases[_i].certificate);
	world_free(world);
}
END_TEST

Suite *
suite_dane(void)
{
	Suite *suite = suite_create("dane");
	TCase *tcase = tcase_create("dane");

	tcase_add_unchecked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, test_dane, 0, ROWS(rows));
	tcase_add_test(tcase, test_records);
	tcase_add_loop_test(tcase, test_refuses, 0, ROWS(rows));
	tcase_add_loop_test(tcase, test_certificate, 0, 3);
	suite_add_tcase(suite, tcase);
	return suite;
}
