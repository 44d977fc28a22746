/* Keys, signatures and digests: OAuth's RS256 and PKCE, DKIM's public keys. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_SIGN_H
#define SENDTOP_SIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sendtop/error.h"
#include "sendtop/mem.h"

enum { SHA256_SIZE = 32 };

/* RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 3.3) of data by a PEM key; the
 * signature is appended to out as raw octets. */
enum status sign_rs256(const char *pem, const void *data, size_t len,
    struct buf *out, struct error *err) MUST_CHECK;

void digest_sha256(const void *data, size_t len, uint8_t out[SHA256_SIZE]);

/* Random octets fit for secrets. */
enum status random_fill(void *out, size_t len, struct error *err) MUST_CHECK;

/* RFC 4648 section 5, without padding. */
void base64url_add(struct buf *out, const void *data, size_t len);
/* RFC 4648 section 4; white space is skipped; false when it is not base64. */
bool base64_decode(const char *text, size_t len, struct buf *out);

/* A public key as DKIM publishes it: DER SubjectPublicKeyInfo, or the bare
 * PKCS#1 RSAPublicKey (RFC 6376 3.6.1).  Fills bits and type ("RSA",
 * "ED25519", ...); fails when it is no key. */
enum status key_describe(const uint8_t *der, size_t len, char type[16],
    int *bits, struct error *err) MUST_CHECK;

/* How a DKIM signature is made (RFC 6376 3.3.2, RFC 8463 3). */
enum key_algorithm { KEY_RSA_SHA256, KEY_ED25519_SHA256 };
/* Whether the signature over data was made by the key that DKIM publishes
 * (RSA: as for key_describe; Ed25519: its 32 octets).  False as well when it
 * is no key. */
bool key_verify(enum key_algorithm algorithm, const uint8_t *key,
    size_t key_len, const void *data, size_t len, const uint8_t *signature,
    size_t signature_len);

#endif
