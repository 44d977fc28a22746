/* RSA public keys in DER, read without OpenSSL's decoder. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_SPKI_H
#define SENDTOP_SPKI_H

#include <stddef.h>
#include <stdint.h>

/*
 * Bits of the modulus of an RSA key, as SubjectPublicKeyInfo (RFC 5280) or as
 * the bare RSAPublicKey (RFC 8017 A.1.1).  0: not plainly one of them, which
 * does not say that it is no key.  OpenSSL 3 takes half a millisecond for the
 * same, which is most of what an audit of thousands of domains would cost.
 */
int spki_rsa_bits(const uint8_t *der, size_t len);

#endif
