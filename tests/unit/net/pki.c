/* Certificates made on the spot, for the servers inside the tests. */
/* SPDX-License-Identifier: MIT */
#include "pki.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/pem.h>
#include <openssl/x509v3.h>

static EVP_PKEY *
new_key(int rsa_bits)
{
	EVP_PKEY *key = rsa_bits > 0 ? EVP_RSA_gen((unsigned)rsa_bits)
				     : EVP_EC_gen("P-256");

	ck_assert_ptr_nonnull(key);
	return key;
}

static void
add_extension(X509 *cert, int nid, const char *value)
{
	X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

	ck_assert_ptr_nonnull(ext);
	ck_assert_int_eq(X509_add_ext(cert, ext, -1), 1);
	X509_EXTENSION_free(ext);
}

static X509 *
new_cert(const struct cert_spec *spec, EVP_PKEY *key, const X509_NAME *issuer)
{
	static long serial;
	X509 *cert = X509_new();
	X509_NAME *name = X509_get_subject_name(cert);
	int from = spec->from_day, to = spec->to_day;

	if (from == 0 && to == 0) {
		from = -1;
		to = 30;
	}
	X509_set_version(cert, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(cert), ++serial);
	X509_time_adj_ex(X509_getm_notBefore(cert), from, 0, NULL);
	X509_time_adj_ex(X509_getm_notAfter(cert), to, 0, NULL);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
	    (const unsigned char *)spec->cn, -1, -1, 0);
	X509_set_issuer_name(cert, issuer != NULL ? issuer : name);
	X509_set_pubkey(cert, key);
	if (spec->names != NULL)
		add_extension(cert, NID_subject_alt_name, spec->names);
	return cert;
}

static X509 *
new_authority(const char *cn, EVP_PKEY *key)
{
	struct cert_spec spec = { .cn = cn };
	X509 *cert = new_cert(&spec, key, NULL);

	add_extension(cert, NID_basic_constraints, "critical,CA:TRUE");
	ck_assert_int_gt(X509_sign(cert, key, EVP_sha256()), 0);
	return cert;
}

void
pki_init(struct pki *pki)
{
	const char *tmp = getenv("TMPDIR");
	FILE *file;
	int fd;

	pki->key = new_key(0);
	pki->ca = new_authority("Test Authority", pki->key);
	snprintf(pki->ca_file, sizeof(pki->ca_file),
	    "%s/sendtop-test-ca.XXXXXX", tmp != NULL ? tmp : "/tmp");
	fd = mkstemp(pki->ca_file);
	ck_assert_int_ge(fd, 0);
	file = fdopen(fd, "w");
	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(PEM_write_X509(file, pki->ca), 1);
	fclose(file);
}

void
pki_fini(struct pki *pki)
{
	unlink(pki->ca_file);
	X509_free(pki->ca);
	EVP_PKEY_free(pki->key);
}

static void
set_version(SSL_CTX *ctx, int version)
{
	SSL_CTX_set_security_level(ctx, 0);
	ck_assert_int_eq(SSL_CTX_set_cipher_list(ctx, "ALL:@SECLEVEL=0"), 1);
	SSL_CTX_set_min_proto_version(
	    ctx, version != 0 ? version : TLS1_2_VERSION);
	SSL_CTX_set_max_proto_version(ctx, version);
}

SSL_CTX *
pki_server(const struct pki *pki, const struct cert_spec *spec)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	EVP_PKEY *key = new_key(spec->rsa_bits), *signer = pki->key;
	X509 *stranger = NULL, *cert;
	const X509_NAME *issuer = X509_get_subject_name(pki->ca);

	if (spec->stranger) {
		signer = new_key(0);
		stranger = new_authority("Somebody Else", signer);
		issuer = X509_get_subject_name(stranger);
	} else if (spec->self_signed) {
		signer = key;
		issuer = NULL;
	}
	cert = new_cert(spec, key, issuer);
	ck_assert_int_gt(X509_sign(cert, signer, EVP_sha256()), 0);
	set_version(ctx, spec->version);
	ck_assert_int_eq(SSL_CTX_use_certificate(ctx, cert), 1);
	ck_assert_int_eq(SSL_CTX_use_PrivateKey(ctx, key), 1);
	if (spec->stranger)
		EVP_PKEY_free(signer);
	X509_free(stranger);
	X509_free(cert);
	EVP_PKEY_free(key);
	return ctx;
}

void
pki_write(const SSL_CTX *ctx, const char *cert, const char *key)
{
	FILE *file = fopen(cert, "w");

	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(
	    PEM_write_X509(file, SSL_CTX_get0_certificate(ctx)), 1);
	fclose(file);
	file = fopen(key, "w");
	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(
	    PEM_write_PrivateKey(
		file, SSL_CTX_get0_privatekey(ctx), NULL, NULL, 0, NULL, NULL),
	    1);
	fclose(file);
}
