/* Signatures, digests, random octets, base64 and public keys. */
/* SPDX-License-Identifier: MIT */
#include "sendtop/sign.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>

#include "net/spki.h"

/* An RSA key of 16,384 bits takes about 2 KiB; nothing honest is larger. */
enum { KEY_DER_MAX = 8192, PEM_MAX = 65536 };

static const char base64url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				"abcdefghijklmnopqrstuvwxyz0123456789-_";

/* Without this OpenSSL would ask for a pass phrase on the terminal. */
static int
no_passphrase(char *out, int size, int writing, void *arg)
{
	(void)out;
	(void)size;
	(void)writing;
	(void)arg;
	return -1;
}

static EVP_PKEY *
private_key(const char *pem)
{
	size_t len = strlen(pem);
	EVP_PKEY *key;
	BIO *bio;

	if (len == 0 || len > PEM_MAX)
		return NULL;
	bio = BIO_new_mem_buf(pem, (int)len);
	if (bio == NULL)
		return NULL;
	key = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL);
	BIO_free(bio);
	return key;
}

/* Appends the signature; false when OpenSSL fails. */
static bool
rs256_append(EVP_PKEY *key, const void *data, size_t len, struct buf *out)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char *sig = NULL;
	size_t size = 0;
	bool ok = false;

	if (ctx == NULL ||
	    EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) != 1 ||
	    EVP_DigestSign(ctx, NULL, &size, data, len) != 1)
		goto out;
	sig = mem_alloc(size);
	if (EVP_DigestSign(ctx, sig, &size, data, len) != 1)
		goto out;
	buf_add(out, sig, size);
	ok = true;
out:
	free(sig);
	EVP_MD_CTX_free(ctx);
	return ok;
}

enum status
sign_rs256(const char *pem, const void *data, size_t len, struct buf *out,
    struct error *err)
{
	enum status status = STATUS_OK;
	EVP_PKEY *key;

	ERR_clear_error();
	key = private_key(pem);
	if (key == NULL)
		status = error_set(err, STATUS_AUTH,
		    "private key: expected an unencrypted PEM key; "
		    "download the credentials file again");
	else if (EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA)
		status = error_set(err, STATUS_AUTH,
		    "private key: expected an RSA key; "
		    "download the credentials file again");
	else if (!rs256_append(key, data, len, out))
		status = error_set(err, STATUS_AUTH,
		    "private key: it cannot sign; "
		    "download the credentials file again");
	EVP_PKEY_free(key);
	ERR_clear_error();
	return status;
}

void
digest_sha256(const void *data, size_t len, uint8_t out[SHA256_SIZE])
{
	/* Fails only where OpenSSL has no memory or no SHA-256 at all; going
	 * on with a wrong digest would be worse than ending here. */
	if (EVP_Digest(data, len, out, NULL, EVP_sha256(), NULL) != 1)
		abort();
}

enum status
random_fill(void *out, size_t len, struct error *err)
{
	if (len <= INT_MAX && RAND_bytes(out, (int)len) == 1)
		return STATUS_OK;
	ERR_clear_error();
	return error_set(err, STATUS_SYSTEM,
	    "random numbers: the system's generator gave none");
}

void
base64url_add(struct buf *out, const void *data, size_t len)
{
	const uint8_t *in = data;
	unsigned bits = 0;
	uint32_t hold = 0;
	size_t i;

	for (i = 0; i < len; i++) {
		hold = (hold << 8 | in[i]) & 0xffff;
		bits += 8;
		while (bits >= 6) {
			bits -= 6;
			buf_char(out, base64url[hold >> bits & 63]);
		}
	}
	if (bits > 0)
		buf_char(out, base64url[hold << (6 - bits) & 63]);
}

/* One more than what a digit stands for. */
/* clang-format off */
static const uint8_t base64_digits[UINT8_MAX + 1] = {
	['A'] = 1, ['B'] = 2, ['C'] = 3, ['D'] = 4, ['E'] = 5, ['F'] = 6,
	['G'] = 7, ['H'] = 8, ['I'] = 9, ['J'] = 10, ['K'] = 11, ['L'] = 12,
	['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16, ['Q'] = 17,
	['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22,
	['W'] = 23, ['X'] = 24, ['Y'] = 25, ['Z'] = 26, ['a'] = 27,
	['b'] = 28, ['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32,
	['g'] = 33, ['h'] = 34, ['i'] = 35, ['j'] = 36, ['k'] = 37,
	['l'] = 38, ['m'] = 39, ['n'] = 40, ['o'] = 41, ['p'] = 42,
	['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47,
	['v'] = 48, ['w'] = 49, ['x'] = 50, ['y'] = 51, ['z'] = 52,
	['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56, ['4'] = 57,
	['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62,
	['+'] = 63, ['/'] = 64,
};
/* clang-format on */

/* -1: not of the alphabet. */
static int
base64_value(char c)
{
	return base64_digits[(uint8_t)c] - 1;
}

/* Four digits that stand together are three octets; how many such fours the
 * text begins with. */
static size_t
base64_fours(const char *text, size_t len, struct buf *out)
{
	char piece[3 * 64] = { 0 };
	size_t i, n = 0;
	int a, b, c, d;

	for (i = 0; i + 4 <= len; i += 4) {
		a = base64_value(text[i]);
		b = base64_value(text[i + 1]);
		c = base64_value(text[i + 2]);
		d = base64_value(text[i + 3]);
		if ((a | b | c | d) < 0)
			break;
		piece[n] = (char)(a << 2 | b >> 4);
		piece[n + 1] = (char)(b << 4 | c >> 2);
		piece[n + 2] = (char)(c << 6 | d);
		n += 3;
		if (n == sizeof(piece)) {
			buf_add(out, piece, n);
			n = 0;
		}
	}
	buf_add(out, piece, n);
	return i / 4;
}

/* Padding may be missing, as it is in some published keys; when it is there
 * it must be right.  Bits left over are not looked at (RFC 4648 3.5). */
bool
base64_decode(const char *text, size_t len, struct buf *out)
{
	size_t i, n = 0, digits = base64_fours(text, len, out) * 4, pads = 0;
	uint32_t hold = 0;
	char piece[256] = { 0 };
	int value;

	for (i = digits; i < len; i++) {
		value = base64_value(text[i]);
		if (value < 0) {
			if (text[i] == '=')
				pads++;
			else if (text[i] == '\0' ||
			    strchr(" \t\r\n\f\v", text[i]) == NULL)
				return false;
			continue;
		}
		if (pads > 0)
			return false;
		hold = (hold << 6 | (uint32_t)value) & 0xfff;
		/* Of each four digits all but the first end an octet. */
		if (digits++ % 4 == 0)
			continue;
		piece[n++] = (char)(hold >> (6 - 2 * ((digits - 1) % 4)));
		if (n == sizeof(piece)) {
			buf_add(out, piece, n);
			n = 0;
		}
	}
	buf_add(out, piece, n);
	if (digits % 4 == 1)
		return false;
	return pads == 0 || (digits % 4 > 1 && pads == 4 - digits % 4);
}

/* Either form of RFC 6376 3.6.1, and nothing behind it. */
static EVP_PKEY *
public_key(const uint8_t *der, size_t len)
{
	const unsigned char *at = der;
	EVP_PKEY *key;

	key = d2i_PUBKEY(NULL, &at, (long)len);
	if (key == NULL) {
		at = der;
		key = d2i_PublicKey(EVP_PKEY_RSA, NULL, &at, (long)len);
	}
	if (key != NULL && at != der + len) {
		EVP_PKEY_free(key);
		key = NULL;
	}
	return key;
}

enum status
key_describe(
    const uint8_t *der, size_t len, char type[16], int *bits, struct error *err)
{
	EVP_PKEY *key = NULL;
	const char *name;

	type[0] = '\0';
	*bits = len <= KEY_DER_MAX ? spki_rsa_bits(der, len) : 0;
	if (*bits > 0) {
		memcpy(type, "RSA", sizeof("RSA"));
		return STATUS_OK;
	}
	if (len > 0 && len <= KEY_DER_MAX)
		key = public_key(der, len);
	ERR_clear_error();
	if (key == NULL || EVP_PKEY_get_bits(key) <= 0) {
		EVP_PKEY_free(key);
		return error_set(err, STATUS_PARSE,
		    "public key: %zu octets that are no key in DER", len);
	}
	name = EVP_PKEY_get0_type_name(key);
	snprintf(type, 16, "%s", name != NULL ? name : "unknown");
	*bits = EVP_PKEY_get_bits(key);
	EVP_PKEY_free(key);
	return STATUS_OK;
}

/* Ed25519 signs the digest of the data, not the data (RFC 8463 3). */
bool
key_verify(enum key_algorithm algorithm, const uint8_t *key, size_t key_len,
    const void *data, size_t len, const uint8_t *signature,
    size_t signature_len)
{
	bool rsa = algorithm == KEY_RSA_SHA256, ok = false;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t digest[SHA256_SIZE];
	EVP_PKEY *pkey = NULL;

	if (rsa && key_len > 0 && key_len <= KEY_DER_MAX)
		pkey = public_key(key, key_len);
	else if (!rsa)
		pkey = EVP_PKEY_new_raw_public_key(
		    EVP_PKEY_ED25519, NULL, key, key_len);
	if (pkey == NULL || ctx == NULL ||
	    (rsa && EVP_PKEY_get_base_id(pkey) != EVP_PKEY_RSA))
		goto out;
	if (!rsa) {
		digest_sha256(data, len, digest);
		data = digest;
		len = sizeof(digest);
	}
	ok = EVP_DigestVerifyInit(
		 ctx, NULL, rsa ? EVP_sha256() : NULL, NULL, pkey) == 1 &&
	    EVP_DigestVerify(ctx, signature, signature_len, data, len) == 1;
out:
	EVP_PKEY_free(pkey);
	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	return ok;
}
