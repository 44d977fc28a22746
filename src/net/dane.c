/* DANE: whether certificates fit TLSA records. */
/* SPDX-License-Identifier: MIT */
#include "sendtop/dane.h"

#include <stdio.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "sendtop/smtp.h"

enum {
	USAGE_TA = 2,
	USAGE_EE = 3,
	SELECTORS = 2, /* certificate, key */
	TYPES = 3,     /* whole, SHA-256, SHA-512 */
	FIELDS = 3,    /* octets before the data (RFC 6698 2.1) */
	DATA_SHOWN = 64,
	TBS_FIELDS = 5, /* before the key, version aside (RFC 5280 4.1) */
	TAG_SEQUENCE = 0x30,
	TAG_VERSION = 0xa0,
};

struct octets {
	const uint8_t *at;
	size_t len;
};

/* Certificates out of their DER; NULL when the first is none. */
static STACK_OF(X509) * chain_read(const uint8_t *chain, size_t chain_len)
{
	STACK_OF(X509) *certs = sk_X509_new_null();
	const unsigned char *at = chain, *end = at + chain_len;
	X509 *cert;

	while (certs != NULL && at < end &&
	    sk_X509_num(certs) < SMTP_CHAIN_CERTS &&
	    (cert = d2i_X509(NULL, &at, end - at)) != NULL)
		if (sk_X509_push(certs, cert) == 0)
			X509_free(cert);
	if (certs != NULL && sk_X509_num(certs) > 0)
		return certs;
	sk_X509_free(certs);
	return NULL;
}

/* A session that is never connected: what OpenSSL keeps the records in. */
static SSL *
holder(SSL_CTX *ctx, const char *host, const char *domain)
{
	SSL *ssl = NULL;

	if (ctx == NULL || SSL_CTX_dane_enable(ctx) <= 0)
		return NULL;
	ssl = SSL_new(ctx);
	if (ssl == NULL)
		return NULL;
	if (SSL_dane_enable(ssl, host) <= 0 ||
	    SSL_add1_host(ssl, domain) != 1) {
		SSL_free(ssl);
		return NULL;
	}
	/* RFC 7672 3.1.1: the key is named by its record, not by a name. */
	SSL_dane_set_flags(ssl, DANE_FLAG_NO_DANE_EE_NAMECHECKS);
	return ssl;
}

static unsigned
records_add(SSL *ssl, const struct dns_answer *tlsa)
{
	unsigned usable = 0;
	size_t i;

	for (i = 0; i < tlsa->count && i < DANE_RECORDS_MAX; i++) {
		const struct dns_record *r = &tlsa->records[i];

		if (r->len <= FIELDS ||
		    (r->data[0] != USAGE_TA && r->data[0] != USAGE_EE))
			continue;
		if (SSL_dane_tlsa_add(ssl, r->data[0], r->data[1], r->data[2],
			r->data + FIELDS, r->len - FIELDS) > 0)
			usable++;
	}
	return usable;
}

/* What OpenSSL does inside a handshake, with a chain from elsewhere. */
static bool
verify(SSL *ssl, STACK_OF(X509) * certs, int64_t now_s, const char **why)
{
	X509_STORE *nobody = X509_STORE_new();
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	bool fits = false;

	*why = "";
	if (nobody != NULL && ctx != NULL &&
	    X509_STORE_CTX_init(ctx, nobody, sk_X509_value(certs, 0), certs) ==
		1) {
		X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);

		X509_STORE_CTX_set0_dane(ctx, SSL_get0_dane(ssl));
		X509_STORE_CTX_set_default(ctx, "ssl_server");
		X509_VERIFY_PARAM_set1(param, SSL_get0_param(ssl));
		X509_VERIFY_PARAM_set_time(param, (time_t)now_s);
		fits = X509_verify_cert(ctx) == 1;
		if (!fits)
			*why = X509_verify_cert_error_string(
			    X509_STORE_CTX_get_error(ctx));
	}
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(nobody);
	return fits;
}

/* --- DANE-EE, which nearly all records are -------------------------------- */

/* Takes the first DER element off; *content is what is inside of it. */
static bool
der_take(struct octets *in, struct octets *whole, struct octets *content)
{
	size_t head = 2, len, octets;

	if (in->len < 2)
		return false;
	len = in->at[1];
	if (len >= 0x80) {
		octets = len & 0x7f;
		if (octets == 0 || octets > 3 || in->len < 2 + octets)
			return false;
		for (len = 0; head < 2 + octets; head++)
			len = len << 8 | in->at[head];
	}
	if (len > in->len - head)
		return false;
	*whole = (struct octets){ in->at, head + len };
	*content = (struct octets){ in->at + head, len };
	in->at += head + len;
	in->len -= head + len;
	return true;
}

/* The first certificate and its SubjectPublicKeyInfo, as they were sent.
 * OpenSSL would take most of a millisecond to say the same. */
static bool
leaf_find(const uint8_t *chain, size_t chain_len, struct octets out[SELECTORS])
{
	struct octets in = { chain, chain_len }, tbs, content;
	int fields = TBS_FIELDS;

	if (!der_take(&in, &out[0], &content) || out[0].at[0] != TAG_SEQUENCE ||
	    !der_take(&content, &out[1], &tbs) || tbs.len == 0)
		return false;
	if (tbs.at[0] == TAG_VERSION)
		fields++;
	for (; fields >= 0; fields--)
		if (!der_take(&tbs, &out[1], &content))
			return false;
	return out[1].at[0] == TAG_SEQUENCE;
}

static const EVP_MD *
digest_of(unsigned type)
{
	return type == 1 ? EVP_sha256() : EVP_sha512();
}

/* Usage, selector, type and length are such as SMTP can use. */
static bool
plausible(const struct dns_record *r)
{
	return r->len > FIELDS &&
	    (r->data[0] == USAGE_TA || r->data[0] == USAGE_EE) &&
	    r->data[1] < SELECTORS && r->data[2] < TYPES &&
	    (r->data[2] == 0 ||
		r->len - FIELDS ==
		    (size_t)EVP_MD_get_size(digest_of(r->data[2])));
}

/* RFC 7671 9: beside a stronger digest of the same thing it says nothing. */
static bool
outdone(const struct dns_answer *tlsa, const struct dns_record *r)
{
	size_t i;

	for (i = 0; i < tlsa->count && i < DANE_RECORDS_MAX; i++) {
		const struct dns_record *other = &tlsa->records[i];

		if (r->data[2] != 0 && plausible(other) &&
		    memcmp(other->data, r->data, 2) == 0 &&
		    other->data[2] > r->data[2])
			return true;
	}
	return false;
}

static bool
is_of(const struct dns_record *r, const struct octets *thing)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	struct octets value = *thing;
	unsigned len = 0;

	if (r->data[2] != 0) {
		if (EVP_Digest(thing->at, thing->len, digest, &len,
			digest_of(r->data[2]), NULL) != 1)
			return false;
		value = (struct octets){ digest, len };
	}
	return r->len - FIELDS == value.len &&
	    memcmp(r->data + FIELDS, value.at, value.len) == 0;
}

/* The record that names the server's own certificate or key, or NULL. */
static const struct dns_record *
match_leaf(const struct dns_answer *tlsa, const uint8_t *chain,
    size_t chain_len, unsigned *usable)
{
	const struct dns_record *found = NULL;
	struct octets leaf[SELECTORS];
	bool has_leaf = leaf_find(chain, chain_len, leaf);
	size_t i;

	for (i = 0; i < tlsa->count && i < DANE_RECORDS_MAX; i++) {
		const struct dns_record *r = &tlsa->records[i];

		if (!plausible(r))
			continue;
		++*usable;
		if (found == NULL && has_leaf && r->data[0] == USAGE_EE &&
		    !outdone(tlsa, r) && is_of(r, &leaf[r->data[1]]))
			found = r;
	}
	return found;
}

/* --- the rest --------------------------------------------------------------- */

static void
fields_text(uint8_t usage, uint8_t selector, uint8_t type,
    const unsigned char *data, size_t len, char out[DANE_TEXT_SIZE])
{
	size_t shown = len < DATA_SHOWN ? len : DATA_SHOWN, at, i;

	at = (size_t)snprintf(
	    out, DANE_TEXT_SIZE, "%u %u %u ", usage, selector, type);
	for (i = 0; i < shown; i++)
		at += (size_t)snprintf(
		    out + at, DANE_TEXT_SIZE - at, "%02x", data[i]);
	if (shown < len)
		snprintf(out + at, DANE_TEXT_SIZE - at, "...");
}

static void
name_match(SSL *ssl, char out[DANE_TEXT_SIZE])
{
	const unsigned char *data;
	uint8_t usage, selector, type;
	size_t len;

	if (SSL_get0_dane_tlsa(ssl, &usage, &selector, &type, &data, &len) >= 0)
		fields_text(usage, selector, type, data, len, out);
}

/* With chains, names and dates; also says what is wrong. */
static void
match_chain(const struct dns_answer *tlsa, STACK_OF(X509) * certs,
    const char *host, const char *domain, int64_t now_s, struct dane_match *out)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	SSL *ssl = holder(ctx, host, domain);

	out->fit = DANE_UNTOLD;
	if (ssl != NULL)
		out->usable = records_add(ssl, tlsa);
	if (ssl != NULL && out->usable == 0) {
		out->fit = DANE_UNUSABLE;
	} else if (ssl != NULL && certs == NULL) {
		out->fit = DANE_MISFITS;
		out->why = "no certificate";
	} else if (ssl != NULL) {
		out->fit = verify(ssl, certs, now_s, &out->why) ? DANE_FITS
								: DANE_MISFITS;
		name_match(ssl, out->record);
	}
	SSL_free(ssl);
	SSL_CTX_free(ctx);
}

void
dane_match(const struct dns_answer *tlsa, const uint8_t *chain,
    size_t chain_len, const char *host, const char *domain, int64_t now_s,
    struct dane_match *out)
{
	const struct dns_record *leaf;
	STACK_OF(X509) * certs;

	memset(out, 0, sizeof(*out));
	out->why = "";
	leaf = match_leaf(tlsa, chain, chain_len, &out->usable);
	if (leaf != NULL) {
		out->fit = DANE_FITS;
		dane_text(leaf, out->record);
		return;
	}
	certs = chain_read(chain, chain_len);
	match_chain(tlsa, certs, host, domain, now_s, out);
	sk_X509_pop_free(certs, X509_free);
	ERR_clear_error();
}

bool
dane_record(const uint8_t *chain, size_t chain_len, char out[DANE_TEXT_SIZE])
{
	STACK_OF(X509) *certs = chain_read(chain, chain_len);
	unsigned char *key = NULL, digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	int octets;

	if (certs == NULL)
		return false;
	octets = i2d_X509_PUBKEY(
	    X509_get_X509_PUBKEY(sk_X509_value(certs, 0)), &key);
	if (octets > 0 &&
	    EVP_Digest(key, (size_t)octets, digest, &len, EVP_sha256(), NULL) ==
		1)
		fields_text(USAGE_EE, 1, 1, digest, len, out);
	OPENSSL_free(key);
	sk_X509_pop_free(certs, X509_free);
	ERR_clear_error();
	return len > 0;
}

char *
dane_text(const struct dns_record *record, char out[DANE_TEXT_SIZE])
{
	const uint8_t *d = record->data;

	if (record->len < FIELDS)
		snprintf(out, DANE_TEXT_SIZE, "(too short)");
	else
		fields_text(
		    d[0], d[1], d[2], d + FIELDS, record->len - FIELDS, out);
	return out;
}
