/* RSA public keys in DER, read without OpenSSL's decoder. */
/* SPDX-License-Identifier: MIT */
#include "net/spki.h"

#include <stdbool.h>
#include <string.h>

enum {
	TAG_INTEGER = 0x02,
	TAG_BIT_STRING = 0x03,
	TAG_SEQUENCE = 0x30,
};

/* What is left to be read. */
struct der {
	const uint8_t *at;
	size_t len;
};

/* AlgorithmIdentifier of rsaEncryption with its NULL (RFC 3279 2.3.1). */
static const uint8_t rsa_encryption[] = { 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
	0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00 };

/* The length octets: short, or one or two of the long form, never longer
 * than need be. */
static bool
take_length(struct der *in, size_t *len)
{
	size_t octets, i;

	if (in->len < 1)
		return false;
	*len = *in->at++;
	in->len--;
	if (*len < 0x80)
		return true;
	octets = *len - 0x80;
	if (octets < 1 || octets > 2 || in->len < octets)
		return false;
	*len = 0;
	for (i = 0; i < octets; i++)
		*len = *len << 8 | *in->at++;
	in->len -= octets;
	return *len >= (octets == 1 ? 0x80 : 0x100);
}

/* The content of the next element, which must have this tag. */
static bool
take(struct der *in, uint8_t tag, struct der *out)
{
	if (in->len < 1 || *in->at != tag)
		return false;
	in->at++;
	in->len--;
	if (!take_length(in, &out->len) || out->len > in->len)
		return false;
	out->at = in->at;
	in->at += out->len;
	in->len -= out->len;
	return true;
}

/* A positive INTEGER without needless octets in front; its size in bits. */
static int
take_integer(struct der *in)
{
	struct der value;
	int bits;

	if (!take(in, TAG_INTEGER, &value) || value.len == 0 ||
	    value.at[0] >= 0x80)
		return 0;
	if (value.at[0] == 0) {
		value.at++;
		value.len--;
		if (value.len == 0 || value.at[0] < 0x80)
			return 0;
	}
	bits = (int)value.len * 8;
	for (uint8_t top = value.at[0]; top < 0x80; top = (uint8_t)(top << 1))
		bits--;
	return bits;
}

static int
bare_bits(struct der in)
{
	struct der key;
	int bits;

	if (!take(&in, TAG_SEQUENCE, &key) || in.len != 0)
		return 0;
	bits = take_integer(&key);
	return bits > 0 && take_integer(&key) > 0 && key.len == 0 ? bits : 0;
}

int
spki_rsa_bits(const uint8_t *der, size_t len)
{
	struct der in = { der, len }, outer, algorithm, string;
	int bits = bare_bits(in);

	if (bits > 0)
		return bits;
	if (!take(&in, TAG_SEQUENCE, &outer) || in.len != 0 ||
	    !take(&outer, TAG_SEQUENCE, &algorithm) ||
	    algorithm.len != sizeof(rsa_encryption) ||
	    memcmp(algorithm.at, rsa_encryption, sizeof(rsa_encryption)) != 0 ||
	    !take(&outer, TAG_BIT_STRING, &string) || outer.len != 0 ||
	    string.len < 1 || string.at[0] != 0)
		return 0;
	string.at++;
	string.len--;
	return bare_bits(string);
}
