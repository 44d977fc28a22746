/* TLSA records made from certificates, for tests. */
/* SPDX-License-Identifier: MIT */
#include "tlsa.h"

#include <check.h>
#include <string.h>

#include <openssl/evp.h>

size_t
tlsa_der(const X509 *cert, uint8_t *out, size_t len, size_t size)
{
	int octets = i2d_X509(cert, NULL);
	unsigned char *at = out + len;

	ck_assert_int_gt(octets, 0);
	ck_assert_uint_le(len + (size_t)octets, size);
	ck_assert_int_eq(i2d_X509(cert, &at), octets);
	return len + (size_t)octets;
}

size_t
tlsa_make(const unsigned fields[3], const X509 *cert, uint8_t out[TLSA_MAX])
{
	uint8_t whole[TLSA_MAX];
	unsigned char *at = whole;
	size_t len = 0;
	unsigned digest = 0;
	int i;

	for (i = 0; i < 3; i++)
		out[i] = (uint8_t)fields[i];
	if (fields[1] == 1) {
		ck_assert_int_le(
		    i2d_PUBKEY(X509_get0_pubkey(cert), NULL), TLSA_MAX - 3);
		len = (size_t)i2d_PUBKEY(X509_get0_pubkey(cert), &at);
	} else {
		len = tlsa_der(cert, whole, 0, TLSA_MAX - 3);
	}
	if (fields[2] == 1 || fields[2] == 2) {
		ck_assert_int_eq(
		    EVP_Digest(whole, len, out + 3, &digest,
			fields[2] == 1 ? EVP_sha256() : EVP_sha512(), NULL),
		    1);
		return 3 + digest;
	}
	memcpy(out + 3, whole, len);
	return 3 + len;
}
