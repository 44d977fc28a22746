/* DANE: real certificates against TLSA records, right and wrong ones. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pki.h"
#include "prober.h"
#include "script.h"
#include "sendtop/dane.h"
#include "sendtop/day.h"
#include "sendtop/dns.h"
#include "sendtop/mem.h"
#include "suites.h"
#include "tlsa.h"

enum { CHAIN_SIZE = 16384, RECORDS = 4 };

static struct pki pki;

static void
setup(void)
{
	pki_init(&pki);
}

static void
teardown(void)
{
	pki_fini(&pki);
}

#define GOOD                                            \
	{                                               \
		.cn = "mx.test", .names = "DNS:mx.test" \
	}

/*
 * Records are "U S M WHOSE": leaf, ca, or other, a certificate that is not in
 * the chain; cut leaves the last octet of the leaf's out.
 */
static const struct {
	const char *why;
	struct cert_spec cert;
	bool with_ca; /* the server sends its authority too */
	const char *records[RECORDS];
	enum dane_fit fit;
	unsigned usable;
	const char *shown; /* start of the record that fits */
} rows[] = {
	{ "the key's digest", GOOD, false, { "3 1 1 leaf" }, DANE_FITS, 1,
	    "3 1 1 " },
	{ "the key's long digest", GOOD, false, { "3 1 2 leaf" }, DANE_FITS, 1,
	    "3 1 2 " },
	{ "the key itself", GOOD, false, { "3 1 0 leaf" }, DANE_FITS, 1,
	    "3 1 0 " },
	{ "the certificate's digest", GOOD, false, { "3 0 1 leaf" }, DANE_FITS,
	    1, "3 0 1 " },
	{ "the certificate itself", GOOD, false, { "3 0 0 leaf" }, DANE_FITS, 1,
	    "3 0 0 " },
	{ "a key does not care for names, dates and issuers",
	    { .cn = "else.test",
		.from_day = -9,
		.to_day = -1,
		.self_signed = true },
	    false, { "3 1 1 leaf" }, DANE_FITS, 1, "3 1 1 " },
	{ "another key", GOOD, false, { "3 1 1 other" }, DANE_MISFITS, 1, "" },
	{ "the old key and the new", GOOD, false,
	    { "3 1 1 other", "3 1 1 leaf" }, DANE_FITS, 2, "3 1 1 " },
	{ "the authority's certificate, which is sent", GOOD, true,
	    { "2 0 1 ca" }, DANE_FITS, 1, "2 0 1 " },
	{ "the authority's key, which is sent", GOOD, true, { "2 1 1 ca" },
	    DANE_FITS, 1, "2 1 1 " },
	{ "the authority is not sent", GOOD, false, { "2 0 1 ca" },
	    DANE_MISFITS, 1, "" },
	{ "the authority is in the record itself", GOOD, false, { "2 0 0 ca" },
	    DANE_FITS, 1, "2 0 0 " },
	{ "another authority", GOOD, true, { "2 0 1 other" }, DANE_MISFITS, 1,
	    "" },
	{ "an authority cares for the name",
	    { .cn = "else.test", .names = "DNS:else.test" }, true,
	    { "2 0 1 ca" }, DANE_MISFITS, 1, "" },
	{ "the name of the domain will do",
	    { .cn = "example.test", .names = "DNS:example.test" }, true,
	    { "2 0 1 ca" }, DANE_FITS, 1, "2 0 1 " },
	{ "an authority cares for dates",
	    { .cn = "mx.test",
		.names = "DNS:mx.test",
		.from_day = -9,
		.to_day = -1 },
	    true, { "2 0 1 ca" }, DANE_MISFITS, 1, "" },
	{ "an authority is not the server itself", GOOD, true,
	    { "2 0 1 leaf", "2 1 1 leaf" }, DANE_MISFITS, 2, "" },
	{ "public authorities do not count for mail", GOOD, true,
	    { "0 0 1 ca", "1 1 1 leaf" }, DANE_UNUSABLE, 0, "" },
	{ "unknown fields", GOOD, true,
	    { "3 9 1 leaf", "3 1 9 leaf", "9 1 1 leaf" }, DANE_UNUSABLE, 0,
	    "" },
	{ "a digest that is too short", GOOD, true, { "3 1 1 cut" },
	    DANE_UNUSABLE, 0, "" },
	{ "one that is unusable beside one that fits", GOOD, true,
	    { "1 1 1 leaf", "3 1 1 leaf" }, DANE_FITS, 1, "3 1 1 " },
	{ "the strongest digest decides", GOOD, true,
	    { "3 1 1 leaf", "3 1 2 other" }, DANE_MISFITS, 2, "" },
};

static struct dns_answer *
records_make(const char *const words[RECORDS], const X509 *leaf,
    const X509 *other, size_t *count)
{
	static uint8_t data[RECORDS][TLSA_MAX];
	struct dns_record records[RECORDS];
	char whose[8];
	unsigned f[3];
	size_t i;

	memset(records, 0, sizeof(records));
	for (i = 0; i < RECORDS && words[i] != NULL; i++) {
		ck_assert_int_eq(sscanf(words[i], "%u %u %u %7s", &f[0], &f[1],
				     &f[2], whose),
		    4);
		records[i].data = data[i];
		records[i].len = tlsa_make(f,
		    strcmp(whose, "ca") == 0          ? pki.ca
			: strcmp(whose, "other") == 0 ? other
						      : leaf,
		    data[i]);
		if (strcmp(whose, "cut") == 0)
			records[i].len--;
	}
	*count = i;
	return dns_answer_make(records, i, 300);
}

START_TEST(test_match)
{
	const struct cert_spec spare = GOOD;
	SSL_CTX *server = pki_server(&pki, &rows[_i].cert);
	SSL_CTX *other = pki_server(&pki, &spare);
	X509 *leaf = SSL_CTX_get0_certificate(server);
	static uint8_t chain[CHAIN_SIZE];
	struct dns_answer *tlsa;
	struct dane_match match;
	size_t len, count;

	len = tlsa_der(leaf, chain, 0, sizeof(chain));
	if (rows[_i].with_ca)
		len = tlsa_der(pki.ca, chain, len, sizeof(chain));
	tlsa = records_make(
	    rows[_i].records, leaf, SSL_CTX_get0_certificate(other), &count);
	dane_match(
	    tlsa, chain, len, "mx.test", "example.test", clock_utc_s(), &match);
	ck_assert_msg(match.fit == rows[_i].fit, "%s: %d (%s)", rows[_i].why,
	    match.fit, match.why);
	ck_assert_msg(match.usable == rows[_i].usable, "%s: %u usable",
	    rows[_i].why, match.usable);
	ck_assert_msg(
	    strncmp(match.record, rows[_i].shown, strlen(rows[_i].shown)) == 0,
	    "%s: %s", rows[_i].why, match.record);
	ck_assert((match.fit == DANE_MISFITS) == (match.why[0] != '\0'));
	free(tlsa);
	SSL_CTX_free(server);
	SSL_CTX_free(other);
}
END_TEST

/* The moment is the caller's, not the clock's. */
START_TEST(test_moment)
{
	static const char *const words[RECORDS] = { "2 0 0 ca" };
	const struct cert_spec good = GOOD;
	SSL_CTX *server = pki_server(&pki, &good);
	X509 *leaf = SSL_CTX_get0_certificate(server);
	static uint8_t chain[CHAIN_SIZE];
	int64_t now = clock_utc_s();
	struct dns_answer *tlsa;
	struct dane_match match;
	size_t len, count;

	len = tlsa_der(leaf, chain, 0, sizeof(chain));
	tlsa = records_make(words, leaf, leaf, &count);
	dane_match(tlsa, chain, len, "mx.test", "test", now, &match);
	ck_assert_int_eq(match.fit, DANE_FITS);
	dane_match(tlsa, chain, len, "mx.test", "test",
	    now + 31 * (int64_t)DAY_SECONDS, &match);
	ck_assert_int_eq(match.fit, DANE_MISFITS);
	dane_match(tlsa, chain, len, "mx.test", "test",
	    now - 2 * (int64_t)DAY_SECONDS, &match);
	ck_assert_int_eq(match.fit, DANE_MISFITS);
	free(tlsa);
	SSL_CTX_free(server);
}
END_TEST

/* Whatever stands in the place of certificates fits nothing. */
START_TEST(test_no_chain)
{
	static const uint8_t junk[] = "\x30\x82\xff\xff not a certificate";
	static uint8_t digest[35] = { 3, 1, 1 };
	struct dns_record record = { digest, sizeof(digest), 0 };
	struct dns_answer *tlsa = dns_answer_make(&record, 1, 300);
	char text[DANE_TEXT_SIZE];
	struct dane_match match;

	dane_match(tlsa, junk, 0, "mx.test", "test", 0, &match);
	ck_assert_int_eq(match.fit, DANE_MISFITS);
	dane_match(tlsa, junk, sizeof(junk), "mx.test", "test", 0, &match);
	ck_assert_int_eq(match.fit, DANE_MISFITS);
	ck_assert(!dane_record(junk, sizeof(junk), text));
	free(tlsa);
}
END_TEST

START_TEST(test_text)
{
	static uint8_t data[203] = { 3, 1, 0, 0xab, 0xcd };
	struct dns_record record = { data, 5, 0 };
	char text[DANE_TEXT_SIZE];

	ck_assert_str_eq(dane_text(&record, text), "3 1 0 abcd");
	record.len = 2;
	ck_assert_str_eq(dane_text(&record, text), "(too short)");
	data[0] = data[1] = data[2] = 255;
	record.len = sizeof(data);
	dane_text(&record, text);
	ck_assert_uint_eq(strlen(text), 3 * 4 + 64 * 2 + 3);
	ck_assert_str_eq(text + 3 * 4 + 64 * 2, "...");
}
END_TEST

/* What a session with a real server keeps is enough to match against, and the
 * record made from it is the one to publish. */
START_TEST(test_session)
{
	static const char *const script[] = { SECURE BYE, NULL };
	static const char *const ca[RECORDS] = { "2 0 1 ca" };
	static const char *const own[RECORDS] = { "3 1 1 leaf" };
	const struct cert_spec good = GOOD;
	SSL_CTX *tls = pki_server(&pki, &good);
	struct script_server server;
	struct settings settings;
	struct smtp_session *s;
	struct dns_answer *tlsa;
	struct dane_match match;
	char text[DANE_TEXT_SIZE];
	size_t count;

	ck_assert_int_eq(SSL_CTX_add1_chain_cert(tls, pki.ca), 1);
	script_start(&server, "127.0.0.1", 0, script, tls);
	settings = probe_settings(&server, &pki);
	s = probe_once(&settings, "mx.test", "127.0.0.1");
	ck_assert_int_eq(s->starttls, STARTTLS_OK);
	tlsa = records_make(ca, SSL_CTX_get0_certificate(tls), pki.ca, &count);
	dane_match(tlsa, s->chain, s->chain_len, "mx.test", "example.test",
	    clock_utc_s(), &match);
	ck_assert_int_eq(match.fit, DANE_FITS);
	free(tlsa);

	tlsa = records_make(own, SSL_CTX_get0_certificate(tls), pki.ca, &count);
	dane_match(tlsa, s->chain, s->chain_len, "mx.test", "example.test",
	    clock_utc_s(), &match);
	ck_assert_int_eq(match.fit, DANE_FITS);
	ck_assert(dane_record(s->chain, s->chain_len, text));
	ck_assert_str_eq(text, match.record);
	free(tlsa);
	free(s);
	script_stop(&server);
}
END_TEST

/* A chain past the bounds is kept as far as they go. */
START_TEST(test_long_chain)
{
	static const char *const script[] = { SECURE BYE, NULL };
	const struct cert_spec good = GOOD;
	SSL_CTX *tls = pki_server(&pki, &good);
	struct script_server server;
	struct settings settings;
	struct smtp_session *s;
	const unsigned char *at;
	X509 *cert;
	int i, certs = 0;

	for (i = 0; i < 2 * SMTP_CHAIN_CERTS; i++)
		ck_assert_int_eq(SSL_CTX_add1_chain_cert(tls, pki.ca), 1);
	script_start(&server, "127.0.0.1", 0, script, tls);
	settings = probe_settings(&server, &pki);
	s = probe_once(&settings, "mx.test", "127.0.0.1");
	ck_assert_int_eq(s->starttls, STARTTLS_OK);
	at = s->chain;
	while (at < s->chain + s->chain_len) {
		cert = d2i_X509(NULL, &at, s->chain + s->chain_len - at);
		ck_assert_ptr_nonnull(cert);
		X509_free(cert);
		certs++;
	}
	ck_assert_int_eq(certs, SMTP_CHAIN_CERTS);
	free(s);
	script_stop(&server);
}
END_TEST

Suite *
suite_dane(void)
{
	Suite *suite = suite_create("dane");
	TCase *tcase = tcase_create("dane");

	tcase_add_unchecked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, test_match, 0, ROWS(rows));
	tcase_add_test(tcase, test_moment);
	tcase_add_test(tcase, test_no_chain);
	tcase_add_test(tcase, test_text);
	tcase_add_test(tcase, test_session);
	tcase_add_test(tcase, test_long_chain);
	suite_add_tcase(suite, tcase);
	return suite;
}
