/* What a probe tells of a server's certificate. */
/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "prober.h"
#include "sendtop/day.h"
#include "suites.h"

static const char *const script[] = { SECURE BYE, NULL };

static const struct cert_spec good = {
	.cn = "mx.test",
	.names = "DNS:mx.test,DNS:*.alt.test,IP:127.0.0.1",
};
static const struct {
	const char *why;
	const char *host;
	struct cert_spec spec;
	enum cert_trust trust;
	const char *error; /* part of it */
	bool match;
	const char *type;
	int bits;
} certs[] = {
	{ "good", "mx.test", { .cn = "mx.test", .names = "DNS:mx.test" },
	    CERT_TRUSTED, "", true, "EC", 256 },
	{ "final dot, other case", "MX.Test.",
	    { .cn = "mx.test", .names = "DNS:mx.test" }, CERT_TRUSTED, "", true,
	    "EC", 256 },
	{ "wildcard", "in.alt.test", { .cn = "x", .names = "DNS:*.alt.test" },
	    CERT_TRUSTED, "", true, "EC", 256 },
	{ "wildcard is one label", "a.in.alt.test",
	    { .cn = "x", .names = "DNS:*.alt.test" }, CERT_TRUSTED, "", false,
	    "EC", 256 },
	{ "no CN beside names", "mx.test",
	    { .cn = "mx.test", .names = "DNS:other.test" }, CERT_TRUSTED, "",
	    false, "EC", 256 },
	{ "CN alone", "mx.test", { .cn = "mx.test" }, CERT_TRUSTED, "", true,
	    "EC", 256 },
	{ "an address", "127.0.0.1", { .cn = "x", .names = "IP:127.0.0.1" },
	    CERT_TRUSTED, "", true, "EC", 256 },
	{ "expired", "mx.test",
	    { .cn = "mx.test",
		.names = "DNS:mx.test",
		.from_day = -10,
		.to_day = -2 },
	    CERT_TRUSTED, "expired", true, "EC", 256 },
	{ "not yet valid", "mx.test",
	    { .cn = "mx.test",
		.names = "DNS:mx.test",
		.from_day = 2,
		.to_day = 9 },
	    CERT_TRUSTED, "not yet valid", true, "EC", 256 },
	{ "self-signed", "mx.test",
	    { .cn = "mx.test", .names = "DNS:mx.test", .self_signed = true },
	    CERT_SELF_SIGNED, "self-signed", true, "EC", 256 },
	{ "self-signed and expired", "mx.test",
	    { .cn = "mx.test",
		.names = "DNS:mx.test",
		.from_day = -10,
		.to_day = -2,
		.self_signed = true },
	    CERT_SELF_SIGNED, "self-signed", true, "EC", 256 },
	{ "unknown authority", "mx.test",
	    { .cn = "mx.test", .names = "DNS:mx.test", .stranger = true },
	    CERT_UNTRUSTED, "unable to get local issuer", true, "EC", 256 },
	{ "small key, self-signed", "mx.test",
	    { .cn = "mx.test",
		.names = "DNS:mx.test",
		.rsa_bits = 1024,
		.self_signed = true },
	    CERT_SELF_SIGNED, "self-signed", true, "RSA", 1024 },
	{ "small key of a stranger", "mx.test",
	    { .cn = "mx.test",
		.names = "DNS:mx.test",
		.rsa_bits = 1024,
		.stranger = true },
	    CERT_UNTRUSTED, "local issuer", true, "RSA", 1024 },
	{ "tiny key, self-signed", "mx.test",
	    { .cn = "mx.test",
		.names = "DNS:mx.test",
		.rsa_bits = 768,
		.self_signed = true },
	    CERT_UNTRUSTED, "too weak", true, "RSA", 768 },
	{ "small key", "mx.test",
	    { .cn = "mx.test", .names = "DNS:mx.test", .rsa_bits = 1024 },
	    CERT_TRUSTED, "", true, "RSA", 1024 },
};

START_TEST(certificates)
{
	struct smtp_session *got;
	struct script_server server;
	struct settings settings;
	struct pki pki;

	pki_init(&pki);
	script_start(
	    &server, "127.0.0.1", 0, script, pki_server(&pki, &certs[_i].spec));
	settings = probe_settings(&server, &pki);
	got = probe_once(&settings, certs[_i].host, "127.0.0.1");
	script_stop(&server);
	pki_fini(&pki);
	ck_assert_msg(got->starttls == STARTTLS_OK && got->has_cert,
	    "%s: starttls %d (%s)", certs[_i].why, got->starttls,
	    got->tls_error);
	ck_assert_msg(got->trust == certs[_i].trust, "%s: trust %d (%s)",
	    certs[_i].why, got->trust, got->trust_error);
	ck_assert_msg(strstr(got->trust_error, certs[_i].error) != NULL,
	    "%s: trust error '%s'", certs[_i].why, got->trust_error);
	ck_assert_msg(got->name_match == certs[_i].match, "%s: match %d",
	    certs[_i].why, got->name_match);
	ck_assert_str_eq(got->key_type, certs[_i].type);
	ck_assert_int_eq(got->key_bits, certs[_i].bits);
	free(got);
}
END_TEST

START_TEST(facts)
{
	struct smtp_session *got;
	struct script_server server;
	struct settings settings;
	struct pki pki;
	int64_t now = clock_utc_s();

	pki_init(&pki);
	script_start(&server, "127.0.0.1", 0, script, pki_server(&pki, &good));
	settings = probe_settings(&server, &pki);
	got = probe_once(&settings, "mx.test", "127.0.0.1");
	script_stop(&server);
	pki_fini(&pki);
	ck_assert_str_eq(got->greeting, "220 mx.test ESMTP");
	ck_assert_str_eq(got->ehlo, "SIZE 1000, STARTTLS");
	ck_assert_str_eq(got->tls_name, "TLSv1.3");
	ck_assert_str_eq(got->cipher, "TLS_AES_256_GCM_SHA384");
	ck_assert_str_eq(got->cert_subject, "CN=mx.test");
	ck_assert_str_eq(got->cert_issuer, "CN=Test Authority");
	ck_assert_str_eq(got->cert_names, "mx.test, *.alt.test, 127.0.0.1");
	ck_assert_int_le(llabs(got->not_before_s - (now - DAY_SECONDS)), 5);
	ck_assert_int_le(llabs(got->not_after_s - (now + 30 * DAY_SECONDS)), 5);
	ck_assert_uint_gt(got->total_us, 0);
	ck_assert_uint_ge(got->total_us, got->connect_us + got->greeting_us);
	free(got);
}
END_TEST

/* A certificate with more names than anybody needs, some of them hostile. */
START_TEST(hostile_certificate)
{
	struct cert_spec spec = { .cn = "\x1b[31m\xe2\x80\xae" };
	struct smtp_session *got;
	struct script_server server;
	struct settings settings;
	struct buf names = { 0 };
	struct pki pki;
	size_t i, commas = 0;

	for (i = 0; i < 200; i++)
		buf_printf(&names, "%sDNS:n%zu.\x1b.test", i > 0 ? "," : "", i);
	spec.names = names.data;
	pki_init(&pki);
	script_start(&server, "127.0.0.1", 0, script, pki_server(&pki, &spec));
	settings = probe_settings(&server, &pki);
	got = probe_once(&settings, "mx.test", "127.0.0.1");
	script_stop(&server);
	pki_fini(&pki);
	buf_free(&names);
	for (i = 0; got->cert_names[i] != '\0'; i++) {
		commas += got->cert_names[i] == ',';
		ck_assert(got->cert_names[i] >= ' ');
	}
	ck_assert_uint_eq(commas, 63);
	for (i = 0; got->cert_subject[i] != '\0'; i++)
		ck_assert(
		    got->cert_subject[i] >= ' ' && got->cert_subject[i] <= '~');
	free(got);
}
END_TEST

Suite *
suite_smtp_cert(void)
{
	Suite *suite = suite_create("smtp_cert");
	TCase *tc = tcase_create("smtp_cert");

	tcase_set_timeout(tc, 30);
	tcase_add_loop_test(
	    tc, certificates, 0, (int)(sizeof(certs) / sizeof(certs[0])));
	tcase_add_test(tc, facts);
	tcase_add_test(tc, hostile_certificate);
	suite_add_tcase(suite, tc);
	return suite;
}
