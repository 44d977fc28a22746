/* TLS of an SMTP probe as a filter: octets in, octets out, no socket. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_NET_TLS_H
#define SENDTOP_NET_TLS_H

#include "sendtop/mem.h"
#include "sendtop/smtp.h"

/* What every session shares: trust anchors and the two ways to shake hands. */
struct tls_store;

/* ca_file NULL: the system's certificates. */
enum status tls_store_open(
    const char *ca_file, struct tls_store **out, struct error *err) MUST_CHECK;
void tls_store_close(struct tls_store *store);

enum tls_state {
	TLS_HANDSHAKE, /* wants more octets from the peer */
	TLS_READY,     /* the handshake is done */
	TLS_CLEAR,     /* the peer answers in clear text */
	TLS_FAILED,    /* see tls_error; an alert may wait to be sent */
	TLS_CLOSED     /* the peer said goodbye */
};

struct tls;

/*
 * A client session for the server name host.  With old, versions from TLS 1.0
 * and weak keys and ciphers are taken as well, only to be able to name them;
 * else TLS 1.2 is the least.  NULL when OpenSSL fails.
 */
struct tls *tls_new(struct tls_store *store, const char *host, bool old);
void tls_free(struct tls *tls);

/*
 * Takes octets from the peer (len 0 at the start) and goes on with whatever
 * comes next; appends clear text to plain and octets for the peer to wire.
 */
enum tls_state tls_take(struct tls *tls, const void *data, size_t len,
    struct buf *plain, struct buf *wire);

/* Encrypts text to wire; only when ready. */
enum tls_state tls_say(
    struct tls *tls, const char *text, size_t len, struct buf *wire);

/* OpenSSL's words for what went wrong, printable; "" when nothing did. */
const char *tls_error(const struct tls *tls);

/* Fills the TLS and certificate members of a session; the texts and the chain
 * are the arena's. */
void tls_describe(
    const struct tls *tls, struct arena *arena, struct smtp_session *out);

#endif
