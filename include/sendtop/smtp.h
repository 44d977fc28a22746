/* SMTP sessions with STARTTLS: what a server showed, as one fact. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_SMTP_H
#define SENDTOP_SMTP_H

#include "sendtop/address.h"
#include "sendtop/loop.h"
#include "sendtop/settings.h"

enum smtp_outcome {
	SMTP_OK,          /* greeted and took our EHLO */
	SMTP_REJECTED,    /* greeting or EHLO answered 4xx or 5xx */
	SMTP_TIMEOUT,     /* nobody answered in time, in any phase before TLS */
	SMTP_UNREACHABLE, /* refused, no route, host down */
	SMTP_RESET,       /* connected, then cut off */
	SMTP_MALFORMED,   /* not SMTP: garbage, or a flood past the cap */
	SMTP_UNSAFE,      /* not tried: a special address, not allowed */
	SMTP_NETWORK,     /* our own side: no such network here */
};

enum starttls_outcome {
	STARTTLS_NOT_REACHED, /* the session ended before */
	STARTTLS_OK,
	STARTTLS_NOT_OFFERED,
	STARTTLS_REFUSED,         /* e.g. 454 */
	STARTTLS_HANDSHAKE,       /* the TLS handshake failed; see tls_error */
	STARTTLS_PLAINTEXT_AFTER, /* 220, then clear text instead of TLS */
	STARTTLS_INJECTED,        /* octets sent together with the 220 */
	STARTTLS_TIMEOUT,
	STARTTLS_RESET,
};

/* How the chain was judged by OpenSSL, against [tls] ca-file. */
enum cert_trust {
	CERT_TRUSTED,
	CERT_SELF_SIGNED,
	CERT_UNTRUSTED, /* unknown issuer, broken chain, ... */
};

enum { SMTP_CHAIN_CERTS = 10, SMTP_CHAIN_OCTETS = 64 * 1024 };

/* One block of memory: free(3) frees it all.  All texts are printable and
 * never NULL ("" when there is none). */
struct smtp_session {
	enum smtp_outcome outcome;
	const char *phase;    /* where it stopped short: connect, greeting,
				   ehlo, starttls, tls, ehlo_tls; or quit */
	const char *greeting; /* first line of the greeting, with its code */
	const char *reply;    /* the refusing or strange reply in one line;
				   the system's words when connect failed;
				   the kind of a special address */
	int reply_code;       /* its number, or 0 */
	const char *ehlo;     /* extensions before TLS, comma separated */
	enum starttls_outcome starttls;
	const char *tls_error; /* OpenSSL's words for a failed handshake;
				   kept when only old TLS succeeded */
	int tls_version;       /* 0x0304 TLS 1.3 ... 0x0301 TLS 1.0; or 0 */
	const char *tls_name;  /* "TLSv1.3" */
	const char *cipher;
	bool has_cert;
	enum cert_trust trust;
	const char *trust_error; /* OpenSSL's words; also for dates, which
				   trust leaves to not_before and not_after */
	bool name_match;         /* the host name, RFC 6125, no CN if SANs */
	const char *cert_subject, *cert_issuer;
	const char *cert_names; /* subjectAltNames, comma separated; at most
				   64 and 4 KiB */
	int64_t not_before_s, not_after_s;
	const char *key_type; /* RSA, EC, ED25519, ... */
	int key_bits;
	/* The certificates shown, DER, one behind the other, the server's own
	 * first: as many whole ones as fit the bounds below. */
	const uint8_t *chain;
	size_t chain_len;
	uint32_t connect_us, greeting_us, total_us;
};

enum egress_state {
	EGRESS_OPEN,    /* at least one server talked to us */
	EGRESS_BLOCKED, /* three hosts or more, and none gave an answer */
	EGRESS_UNTOLD,  /* too few hosts to tell whose fault it is */
};
struct egress {
	enum egress_state state;
	unsigned tried; /* addresses without an answer; 0 when open */
};

struct smtp;

/* Port, HELO name, time-outs, CA file and parallelism come from settings. */
enum status smtp_open(struct loop *loop, const struct settings *settings,
    struct smtp **out, struct error *err) MUST_CHECK;
/* Open sessions are dropped without a callback. */
void smtp_close(struct smtp *smtp);

/* Gets the session (free(3)); never called before smtp_probe returned. */
typedef void smtp_done(void *arg, struct smtp_session *take);

/*
 * Probes address as MX host `host` (the TLS server name): greeting, EHLO,
 * STARTTLS, EHLO, QUIT and never MAIL (RFC 5321, 3207).  At most one session
 * per address at a time; the rest wait.  A server that refuses TLS 1.2 is
 * asked once more with older versions allowed, only to be able to name them.
 */
void smtp_probe(struct smtp *smtp, const char *host,
    const struct address *address, smtp_done *done, void *arg);

/* This machine's name, for free(), where it is one that others can make sense
 * of; else NULL (EHLO then has an address literal). */
char *smtp_own_name(void);

/* A session made from given members (texts and chain copied), for tests. */
struct smtp_session *smtp_session_make(const struct smtp_session *from);

/* --- reply parsing, pure (RFC 5321 4.2) --------------------------------- */

enum { SMTP_LINE_MAX = 4096, SMTP_REPLY_MAX = 65536, SMTP_LINES_MAX = 256 };

struct smtp_reply {
	int code;      /* 0 until known */
	size_t octets; /* of the whole reply, CRLF included */
	size_t lines;
};

/*
 * Looks for one whole reply at the start of data.  1: found, *reply filled;
 * 0: more octets are needed; -1: not a reply (bad code, code changes within
 * it, line or reply too long).
 */
int smtp_reply_parse(const char *data, size_t len, struct smtp_reply *reply);

#endif
