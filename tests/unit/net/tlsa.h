/* TLSA records made from certificates, for tests. */
/* SPDX-License-Identifier: MIT */
#ifndef TEST_NET_TLSA_H
#define TEST_NET_TLSA_H

#include <stddef.h>
#include <stdint.h>

#include <openssl/x509.h>

enum { TLSA_MAX = 4096 };

/* RDATA of "USAGE SELECTOR TYPE" for the certificate (RFC 6698 2.1), by means
 * other than those under test; a selector or type that is none is taken for 0.
 * Returns its length, at most TLSA_MAX. */
size_t tlsa_make(
    const unsigned fields[3], const X509 *cert, uint8_t out[TLSA_MAX]);

/* Appends a certificate in DER; returns the new length. */
size_t tlsa_der(const X509 *cert, uint8_t *out, size_t len, size_t size);

#endif
