/* Certificates made on the spot, for the servers inside the tests. */
/* SPDX-License-Identifier: MIT */
#ifndef TEST_NET_PKI_H
#define TEST_NET_PKI_H

#include <stdbool.h>

#include <openssl/ssl.h>

struct pki {
	EVP_PKEY *key;
	X509 *ca;
	char ca_file[256]; /* PEM of the authority; removed by pki_fini */
};

struct cert_spec {
	const char *cn;
	const char *names;    /* "DNS:a.test,IP:127.0.0.1", or NULL */
	int from_day, to_day; /* from today on; both 0: -1 to 30 */
	int rsa_bits;         /* 0: P-256 */
	bool self_signed;
	bool stranger; /* signed by an authority that nobody knows */
	int version;   /* the only TLS version, or 0 for 1.2 and later */
};

void pki_init(struct pki *pki);
void pki_fini(struct pki *pki);

/* A server's context with a new key and certificate. */
SSL_CTX *pki_server(const struct pki *pki, const struct cert_spec *spec);

/* Writes the certificate and key of a context as PEM files. */
void pki_write(const SSL_CTX *ctx, const char *cert, const char *key);

#endif
