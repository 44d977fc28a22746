/* TLS sessions over memory, and the store of trust they share. */
/* SPDX-License-Identifier: MIT */
#include "tls.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "sendtop/text.h"

enum {
	ERROR_SIZE = 256,
	CHAIN_MAX = 64 * 1024, /* octets of certificates that are read */
	READ_SIZE = 4096,
	NAMES_MAX = 64, /* subject alternative names told */
	NAMES_SIZE = 4096,
	NAME_SIZE = 512
};

struct tls_store {
	SSL_CTX *now, *old;
};

struct tls {
	SSL *ssl;
	BIO *in, *out; /* owned by ssl */
	char *host;
	enum tls_state state;
	bool heard;     /* the peer has said anything at all */
	int trust_code; /* first error of the chain that tells on trust */
	int first_code; /* first error of the chain, dates included */
	char error[ERROR_SIZE];
};

/* Dates of the server's own certificate are told apart from trust. */
static bool
tells_on_trust(int code, int depth)
{
	return depth > 0 ||
	    (code != X509_V_ERR_CERT_HAS_EXPIRED &&
		code != X509_V_ERR_CERT_NOT_YET_VALID);
}

/* Notes what is wrong and goes on: a probe wants to see the certificate. */
static int
note_chain(int ok, X509_STORE_CTX *ctx)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(
	    ctx, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct tls *tls = ssl != NULL ? SSL_get_app_data(ssl) : NULL;
	int code = X509_STORE_CTX_get_error(ctx);

	if (ok || tls == NULL)
		return 1;
	if (tls->first_code == X509_V_OK)
		tls->first_code = code;
	if (tls->trust_code == X509_V_OK &&
	    tells_on_trust(code, X509_STORE_CTX_get_error_depth(ctx)))
		tls->trust_code = code;
	return 1;
}

static SSL_CTX *
context(int least)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());

	if (ctx == NULL)
		return NULL;
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, note_chain);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
	SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_max_cert_list(ctx, CHAIN_MAX);
	/* OpenSSL looks no further once it has found a key too small for its
	 * level, and would leave unsaid that nobody signed it.  Level 1 takes
	 * RSA from 1,024 bits: those are the check's to judge. */
	X509_VERIFY_PARAM_set_auth_level(SSL_CTX_get0_param(ctx), 1);
	if (SSL_CTX_set_min_proto_version(ctx, least) != 1 ||
	    SSL_CTX_set_max_proto_version(ctx, 0) != 1) {
		SSL_CTX_free(ctx);
		return NULL;
	}
	return ctx;
}

/* Whatever an old server may want; its answer is only named, not relied on. */
static SSL_CTX *
context_old(SSL_CTX *now)
{
	SSL_CTX *ctx = context(TLS1_VERSION);

	if (ctx == NULL)
		return NULL;
	SSL_CTX_set_options(ctx, SSL_OP_LEGACY_SERVER_CONNECT);
	SSL_CTX_set_security_level(ctx, 0);
	SSL_CTX_set1_cert_store(ctx, SSL_CTX_get_cert_store(now));
	if (SSL_CTX_set_cipher_list(ctx, "ALL:!aNULL:!eNULL:@SECLEVEL=0") !=
	    1) {
		SSL_CTX_free(ctx);
		return NULL;
	}
	return ctx;
}

static bool
load_trust(SSL_CTX *ctx, const char *ca_file)
{
	if (ca_file == NULL)
		return SSL_CTX_set_default_verify_paths(ctx) == 1;
	return SSL_CTX_load_verify_locations(ctx, ca_file, NULL) == 1;
}

enum status
tls_store_open(const char *ca_file, struct tls_store **out, struct error *err)
{
	struct tls_store *store = mem_zero(1, sizeof(*store));
	enum status status = STATUS_OK;

	ERR_clear_error();
	store->now = context(TLS1_2_VERSION);
	if (store->now != NULL && !load_trust(store->now, ca_file))
		status = error_set(err, STATUS_SYSTEM,
		    "%s: no certificates can be read from it; set ca-file in "
		    "[tls] to a PEM file of trusted authorities",
		    ca_file != NULL ? ca_file : "the system's trust store");
	else if (store->now == NULL ||
	    (store->old = context_old(store->now)) == NULL)
		status = error_set(err, STATUS_SYSTEM,
		    "TLS cannot be set up; check OpenSSL's openssl.cnf");
	ERR_clear_error();
	if (status == STATUS_OK)
		*out = store;
	else
		tls_store_close(store);
	return status;
}

void
tls_store_close(struct tls_store *store)
{
	if (store == NULL)
		return;
	SSL_CTX_free(store->now);
	SSL_CTX_free(store->old);
	free(store);
}

/* SNI carries names only (RFC 6066 3), without their final dot. */
static void
set_name(struct tls *tls)
{
	struct address address;
	size_t len = strlen(tls->host);

	if (len > 1 && tls->host[len - 1] == '.')
		tls->host[len - 1] = '\0';
	if (tls->host[0] != '\0' && !address_parse(tls->host, &address))
		SSL_set_tlsext_host_name(tls->ssl, tls->host);
	ERR_clear_error();
}

struct tls *
tls_new(struct tls_store *store, const char *host, bool old)
{
	struct tls *tls = mem_zero(1, sizeof(*tls));

	ERR_clear_error();
	tls->host = mem_dup(host);
	tls->ssl = SSL_new(old ? store->old : store->now);
	tls->in = BIO_new(BIO_s_mem());
	tls->out = BIO_new(BIO_s_mem());
	if (tls->ssl == NULL || tls->in == NULL || tls->out == NULL) {
		BIO_free(tls->in);
		BIO_free(tls->out);
		SSL_free(tls->ssl);
		free(tls->host);
		free(tls);
		ERR_clear_error();
		return NULL;
	}
	BIO_set_mem_eof_return(tls->in, -1);
	SSL_set_bio(tls->ssl, tls->in, tls->out);
	SSL_set_app_data(tls->ssl, tls);
	SSL_set_connect_state(tls->ssl);
	set_name(tls);
	return tls;
}

void
tls_free(struct tls *tls)
{
	if (tls == NULL)
		return;
	SSL_free(tls->ssl);
	free(tls->host);
	free(tls);
}

const char *
tls_error(const struct tls *tls)
{
	return tls->error;
}

/* Moves what OpenSSL has written to wire. */
static void
drain(struct tls *tls, struct buf *wire)
{
	char *data;
	long len = BIO_get_mem_data(tls->out, &data);

	if (len > 0)
		buf_add(wire, data, (size_t)len);
	(void)BIO_reset(tls->out);
}

/* What a call that returned rc means.  The error queue is OpenSSL's global
 * one: it was emptied before the call. */
static enum tls_state
judge(struct tls *tls, int rc)
{
	unsigned long code;
	const char *words;

	switch (SSL_get_error(tls->ssl, rc)) {
	case SSL_ERROR_WANT_READ:
	case SSL_ERROR_WANT_WRITE:
		return tls->state;
	case SSL_ERROR_ZERO_RETURN:
		return TLS_CLOSED;
	default:
		break;
	}
	code = ERR_get_error();
	words = code != 0 ? ERR_reason_error_string(code) : NULL;
	if (words == NULL)
		words = "unknown TLS error";
	text_printable(tls->error, sizeof(tls->error), words, strlen(words));
	ERR_clear_error();
	return TLS_FAILED;
}

/* A record begins with its type: handshake or alert, before anything else
 * may come (RFC 8446 5.1). */
static bool
is_tls(const unsigned char *data)
{
	return data[0] == 0x15 || data[0] == 0x16;
}

static void
handshake(struct tls *tls)
{
	int rc;

	ERR_clear_error();
	rc = SSL_do_handshake(tls->ssl);
	tls->state = rc == 1 ? TLS_READY : judge(tls, rc);
}

static void
read_plain(struct tls *tls, struct buf *plain)
{
	char chunk[READ_SIZE];
	int n;

	do {
		ERR_clear_error();
		n = SSL_read(tls->ssl, chunk, sizeof(chunk));
		if (n > 0)
			buf_add(plain, chunk, (size_t)n);
	} while (n > 0);
	tls->state = judge(tls, n);
}

enum tls_state
tls_take(struct tls *tls, const void *data, size_t len, struct buf *plain,
    struct buf *wire)
{
	if (len > 0 && !tls->heard && !is_tls(data))
		return tls->state = TLS_CLEAR;
	if (len > 0) {
		tls->heard = true;
		if (len > INT_MAX ||
		    BIO_write(tls->in, data, (int)len) != (int)len)
			return tls->state = TLS_FAILED;
	}
	if (tls->state == TLS_HANDSHAKE)
		handshake(tls);
	if (tls->state == TLS_READY)
		read_plain(tls, plain);
	drain(tls, wire);
	return tls->state;
}

enum tls_state
tls_say(struct tls *tls, const char *text, size_t len, struct buf *wire)
{
	int rc;

	if (tls->state != TLS_READY || len == 0 || len > INT_MAX)
		return tls->state;
	ERR_clear_error();
	rc = SSL_write(tls->ssl, text, (int)len);
	if (rc <= 0)
		tls->state = judge(tls, rc);
	drain(tls, wire);
	return tls->state;
}

/* --- what the handshake showed -------------------------------------------- */

static const char *
printable(struct arena *arena, const char *text)
{
	if (text == NULL)
		return "";
	return text_printable_arena(arena, text, strlen(text), NAME_SIZE);
}

static const char *
name_text(struct arena *arena, const X509_NAME *name)
{
	BIO *bio = BIO_new(BIO_s_mem());
	const char *text = "";
	char *data;
	long len;

	if (bio == NULL)
		return text;
	X509_NAME_print_ex(bio, name, 0,
	    XN_FLAG_ONELINE & ~XN_FLAG_SPC_EQ &
		~(unsigned long)ASN1_STRFLGS_ESC_MSB);
	len = BIO_get_mem_data(bio, &data);
	if (len > 0)
		text = text_printable_arena(
		    arena, data, (size_t)len, NAME_SIZE);
	BIO_free(bio);
	return text;
}

/* One name as text: DNS names as they stand, addresses in their text form. */
static void
add_name(struct buf *names, const GENERAL_NAME *name)
{
	char text[NAME_SIZE];
	struct address address = { 0 };
	const unsigned char *data;
	size_t len;

	if (name->type != GEN_DNS && name->type != GEN_IPADD)
		return;
	data = ASN1_STRING_get0_data(
	    name->type == GEN_DNS ? name->d.dNSName : name->d.iPAddress);
	len = (size_t)ASN1_STRING_length(
	    name->type == GEN_DNS ? name->d.dNSName : name->d.iPAddress);
	if (name->type == GEN_DNS) {
		/* A comma inside would look like two names. */
		text_printable(text, sizeof(text), data, len);
		if (len == 0 || strpbrk(text, ", ") != NULL)
			return;
	} else {
		if (len != 4 && len != 16)
			return;
		address.family = len == 4 ? 4 : 6;
		memcpy(address.bytes, data, len);
		address_text(&address, text);
	}
	buf_printf(names, "%s%s", names->len > 0 ? ", " : "", text);
}

static const char *
alt_names(struct arena *arena, const X509 *cert)
{
	GENERAL_NAMES *list = X509_get_ext_d2i(
	    cert, NID_subject_alt_name, NULL, NULL);
	struct buf names = { .max = NAMES_SIZE };
	const char *text = "";
	int i, count = list != NULL ? sk_GENERAL_NAME_num(list) : 0;

	for (i = 0; i < count && i < NAMES_MAX && !names.full; i++)
		add_name(&names, sk_GENERAL_NAME_value(list, i));
	if (names.len > 0)
		text = text_printable_arena(
		    arena, names.data, names.len, NAMES_SIZE);
	buf_free(&names);
	GENERAL_NAMES_free(list);
	return text;
}

/* 0 when the date cannot be read. */
static int64_t
date_s(const ASN1_TIME *time)
{
	ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
	int64_t result = 0;
	int days, seconds;

	if (epoch != NULL && ASN1_TIME_diff(&days, &seconds, epoch, time) == 1)
		result = (int64_t)days * 86400 + seconds;
	ASN1_TIME_free(epoch);
	return result;
}

/* RFC 6125: a CN counts only in a certificate without DNS names. */
static bool
name_matches(const char *host, X509 *cert)
{
	struct address address;

	if (host[0] == '\0')
		return false;
	if (address_parse(host, &address))
		return X509_check_ip_asc(cert, host, 0) == 1;
	return X509_check_host(cert, host, 0,
		   X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, NULL) == 1;
}

static enum cert_trust
trust_of(int code)
{
	if (code == X509_V_OK)
		return CERT_TRUSTED;
	if (code == X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT)
		return CERT_SELF_SIGNED;
	return CERT_UNTRUSTED;
}

static void
describe_cert(const struct tls *tls, X509 *cert, struct arena *arena,
    struct smtp_session *out)
{
	EVP_PKEY *key = X509_get0_pubkey(cert);
	int code = tls->trust_code != X509_V_OK ? tls->trust_code
						: tls->first_code;

	out->has_cert = true;
	out->trust = trust_of(tls->trust_code);
	if (code != X509_V_OK)
		out->trust_error = printable(
		    arena, X509_verify_cert_error_string(code));
	out->name_match = name_matches(tls->host, cert);
	out->cert_subject = name_text(arena, X509_get_subject_name(cert));
	out->cert_issuer = name_text(arena, X509_get_issuer_name(cert));
	out->cert_names = alt_names(arena, cert);
	out->not_before_s = date_s(X509_get0_notBefore(cert));
	out->not_after_s = date_s(X509_get0_notAfter(cert));
	if (key == NULL)
		return;
	out->key_type = printable(arena, EVP_PKEY_get0_type_name(key));
	out->key_bits = EVP_PKEY_get_bits(key);
}

/* Keeps the certificates as they came, for who wants to look closer. */
static void
keep_chain(
    const STACK_OF(X509) * certs, struct arena *arena, struct smtp_session *out)
{
	int count = sk_X509_num(certs), len[SMTP_CHAIN_CERTS], i;
	size_t total = 0;
	unsigned char *chain, *at;

	if (count > SMTP_CHAIN_CERTS)
		count = SMTP_CHAIN_CERTS;
	for (i = 0; i < count; i++) {
		len[i] = i2d_X509(sk_X509_value(certs, i), NULL);
		if (len[i] <= 0 || total + (size_t)len[i] > SMTP_CHAIN_OCTETS)
			break;
		total += (size_t)len[i];
	}
	count = i;
	chain = at = arena_alloc(arena, total + 1);
	for (i = 0; i < count; i++)
		if (i2d_X509(sk_X509_value(certs, i), &at) != len[i])
			return;
	out->chain = chain;
	out->chain_len = total;
}

void
tls_describe(
    const struct tls *tls, struct arena *arena, struct smtp_session *out)
{
	X509 *cert = SSL_get0_peer_certificate(tls->ssl);

	out->tls_version = SSL_version(tls->ssl);
	out->tls_name = printable(arena, SSL_get_version(tls->ssl));
	out->cipher = printable(
	    arena, SSL_CIPHER_get_name(SSL_get_current_cipher(tls->ssl)));
	if (cert != NULL) {
		describe_cert(tls, cert, arena, out);
		keep_chain(SSL_get_peer_cert_chain(tls->ssl), arena, out);
	}
	ERR_clear_error();
}
