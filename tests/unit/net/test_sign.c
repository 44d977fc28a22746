/* Signatures, digests, base64 and keys, by vectors and by OpenSSL. */
/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/pem.h>

#include "net/spki.h"
#include "sendtop/sign.h"
#include "suites.h"

static char *
pem_of(EVP_PKEY *key, const char *passphrase)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *data, *pem;
	long len;

	ck_assert_int_eq(
	    PEM_write_bio_PKCS8PrivateKey(bio, key,
		passphrase != NULL ? EVP_aes_128_cbc() : NULL, passphrase,
		passphrase != NULL ? (int)strlen(passphrase) : 0, NULL, NULL),
	    1);
	len = BIO_get_mem_data(bio, &data);
	pem = mem_ndup(data, (size_t)len);
	BIO_free(bio);
	return pem;
}

static int
verify(EVP_PKEY *key, const struct buf *sig, const char *data, size_t len)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int rc;

	ck_assert_int_eq(
	    EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, key), 1);
	rc = EVP_DigestVerify(ctx, (const unsigned char *)sig->data, sig->len,
	    (const unsigned char *)data, len);
	EVP_MD_CTX_free(ctx);
	return rc;
}

START_TEST(rs256)
{
	static const char text[] = "header.payload";
	EVP_PKEY *key = EVP_RSA_gen(2048);
	char *pem = pem_of(key, NULL);
	struct buf sig = { 0 };
	struct error err;

	ck_assert_int_eq(
	    sign_rs256(pem, text, strlen(text), &sig, &err), STATUS_OK);
	ck_assert_uint_eq(sig.len, 256);
	ck_assert_int_eq(verify(key, &sig, text, strlen(text)), 1);
	ck_assert_int_ne(verify(key, &sig, "header.Payload", 14), 1);
	buf_free(&sig);
	free(pem);
	EVP_PKEY_free(key);
}
END_TEST

START_TEST(keys_refused)
{
	EVP_PKEY *rsa = EVP_RSA_gen(2048), *ec = EVP_EC_gen("P-256");
	char *pems[] = { pem_of(ec, NULL), pem_of(rsa, "secret"),
		mem_dup("-----BEGIN PRIVATE KEY-----\n"), mem_dup("") };
	struct buf sig = { 0 };
	struct error err;
	size_t i;

	for (i = 0; i < sizeof(pems) / sizeof(pems[0]); i++) {
		ck_assert_int_eq(
		    sign_rs256(pems[i], "x", 1, &sig, &err), STATUS_AUTH);
		ck_assert_ptr_nonnull(strstr(err.text, "private key"));
		free(pems[i]);
	}
	ck_assert_uint_eq(sig.len, 0);
	buf_free(&sig);
	EVP_PKEY_free(rsa);
	EVP_PKEY_free(ec);
}
END_TEST

/* FIPS 180-4 examples. */
static const struct {
	const char *text, *hex;
} digests[] = {
	{ "",
	    "e3b0c44298fc1c149afbf4c8996fb924"
	    "27ae41e4649b934ca495991b7852b855" },
	{ "abc",
	    "ba7816bf8f01cfea414140de5dae2223"
	    "b00361a396177a9cb410ff61f20015ad" },
	{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	    "248d6a61d20638b8e5c026930c3e6039"
	    "a33ce45964ff2167f6ecedd419db06c1" },
};

START_TEST(sha256)
{
	uint8_t digest[SHA256_SIZE];
	struct buf hex = { 0 };
	size_t i;

	digest_sha256(digests[_i].text, strlen(digests[_i].text), digest);
	for (i = 0; i < sizeof(digest); i++)
		buf_printf(&hex, "%02x", digest[i]);
	ck_assert_str_eq(hex.data, digests[_i].hex);
	buf_free(&hex);
}
END_TEST

/* The code verifier and challenge of RFC 7636, appendix B. */
START_TEST(pkce)
{
	static const uint8_t octets[] = { 116, 24, 223, 180, 151, 153, 224, 37,
		79, 250, 96, 125, 216, 173, 187, 186, 22, 212, 37, 77, 105, 214,
		191, 240, 91, 88, 5, 88, 83, 132, 141, 121 };
	uint8_t digest[SHA256_SIZE];
	struct buf out = { 0 };

	base64url_add(&out, octets, sizeof(octets));
	ck_assert_str_eq(
	    out.data, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
	digest_sha256(out.data, out.len, digest);
	buf_free(&out);
	base64url_add(&out, digest, sizeof(digest));
	ck_assert_str_eq(
	    out.data, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
	buf_free(&out);
}
END_TEST

/* RFC 4648, section 10, and what it leaves open. */
static const struct {
	const char *text, *octets; /* NULL: refused */
} base64s[] = {
	{ "", "" },
	{ "Zg==", "f" },
	{ "Zm8=", "fo" },
	{ "Zm9v", "foo" },
	{ "Zm9vYg==", "foob" },
	{ "Zm9vYmE=", "fooba" },
	{ "Zm9vYmFy", "foobar" },
	{ " Z m\t9\r\nv ", "foo" },
	{ "Zg", "f" },
	{ "Zm8", "fo" },
	{ "+/+/", "\xfb\xff\xbf" },
	{ "Z", NULL },
	{ "Zm9vY", NULL },
	{ "Zg=", NULL },
	{ "Zg===", NULL },
	{ "Zm9v=", NULL },
	{ "=", NULL },
	{ "Zg==Zg==", NULL },
	{ "Zm-_", NULL },
	{ "Zm9\x80", NULL },
};

START_TEST(base64)
{
	const char *text = base64s[_i].text;
	struct buf out = { 0 };
	bool ok = base64_decode(text, strlen(text), &out);

	ck_assert_msg(ok == (base64s[_i].octets != NULL), "'%s'", text);
	if (ok) {
		ck_assert_uint_eq(out.len, strlen(base64s[_i].octets));
		ck_assert_mem_eq(
		    out.len > 0 ? out.data : "", base64s[_i].octets, out.len);
	}
	buf_free(&out);
}
END_TEST

START_TEST(base64_nul)
{
	struct buf out = { 0 };

	ck_assert(!base64_decode("Zm\0v", 4, &out));
	buf_free(&out);
	base64url_add(&out, "\xfb\xff\xbf", 3);
	ck_assert_str_eq(out.data, "-_-_");
	buf_free(&out);
}
END_TEST

static void
describe(EVP_PKEY *key, bool bare, const char *type, int bits)
{
	unsigned char *der = NULL;
	int len = bare ? i2d_PublicKey(key, &der) : i2d_PUBKEY(key, &der);
	char found[16];
	int found_bits;

	ck_assert_int_gt(len, 0);
	ck_assert_int_eq(
	    key_describe(der, (size_t)len, found, &found_bits, NULL),
	    STATUS_OK);
	ck_assert_str_eq(found, type);
	ck_assert_int_eq(found_bits, bits);
	/* Neither less nor more is a key. */
	ck_assert_int_eq(
	    key_describe(der, (size_t)len - 1, found, &found_bits, NULL),
	    STATUS_PARSE);
	der = realloc(der, (size_t)len + 1);
	der[len] = 0;
	ck_assert_int_eq(
	    key_describe(der, (size_t)len + 1, found, &found_bits, NULL),
	    STATUS_PARSE);
	free(der);
	EVP_PKEY_free(key);
}

START_TEST(keys_described)
{
	struct error err;
	char type[16];
	int bits;

	describe(EVP_RSA_gen(2048), false, "RSA", 2048);
	describe(EVP_RSA_gen(1024), true, "RSA", 1024);
	describe(EVP_RSA_gen(768), true, "RSA", 768);
	describe(EVP_EC_gen("P-256"), false, "EC", 256);
	describe(
	    EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), false, "ED25519", 256);
	ck_assert_int_eq(
	    key_describe((const uint8_t *)"key", 3, type, &bits, &err),
	    STATUS_PARSE);
	ck_assert_int_eq(
	    key_describe(NULL, 0, type, &bits, &err), STATUS_PARSE);
}
END_TEST

/* What the quick reader takes for a key OpenSSL takes for the same one. */
START_TEST(keys_read_quickly)
{
	static const unsigned sizes[] = { 512, 768, 1024, 2048 };
	EVP_PKEY *key = EVP_RSA_gen(sizes[_i]), *back;
	unsigned char *der = NULL;
	const unsigned char *at;
	int len = _i % 2 ? i2d_PublicKey(key, &der) : i2d_PUBKEY(key, &der);
	int i, bit, bits;

	ck_assert_int_eq(
	    spki_rsa_bits(der, (size_t)len), EVP_PKEY_get_bits(key));
	for (i = 0; i < 40; i++)
		for (bit = 0; bit < 8; bit++) {
			der[i] = (unsigned char)(der[i] ^ 1u << bit);
			bits = spki_rsa_bits(der, (size_t)len);
			at = der;
			back = NULL;
			if (bits > 0)
				back = _i % 2 ? d2i_PublicKey(EVP_PKEY_RSA,
						    NULL, &at, len)
					      : d2i_PUBKEY(NULL, &at, len);
			ck_assert(bits == 0 || back != NULL);
			if (bits > 0)
				ck_assert_int_eq(bits, EVP_PKEY_get_bits(back));
			EVP_PKEY_free(back);
			der[i] = (unsigned char)(der[i] ^ 1u << bit);
		}
	for (i = 0; i < len; i++)
		ck_assert_int_eq(spki_rsa_bits(der, (size_t)i), 0);
	OPENSSL_free(der);
	EVP_PKEY_free(key);
}
END_TEST

START_TEST(random_octets)
{
	uint8_t a[32] = { 0 }, b[32] = { 0 };

	ck_assert_int_eq(random_fill(a, sizeof(a), NULL), STATUS_OK);
	ck_assert_int_eq(random_fill(b, sizeof(b), NULL), STATUS_OK);
	ck_assert_mem_ne(a, b, sizeof(a));
}
END_TEST

Suite *
suite_sign(void)
{
	Suite *suite = suite_create("sign");
	TCase *tc = tcase_create("sign");

	tcase_add_test(tc, rs256);
	tcase_add_test(tc, keys_refused);
	tcase_add_loop_test(
	    tc, sha256, 0, (int)(sizeof(digests) / sizeof(digests[0])));
	tcase_add_test(tc, pkce);
	tcase_add_loop_test(
	    tc, base64, 0, (int)(sizeof(base64s) / sizeof(base64s[0])));
	tcase_add_test(tc, base64_nul);
	tcase_add_test(tc, keys_described);
	tcase_add_loop_test(tc, keys_read_quickly, 0, 4);
	tcase_add_test(tc, random_octets);
	suite_add_tcase(suite, tc);
	return suite;
}
