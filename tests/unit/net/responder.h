/* A small DNS server on loopback that misbehaves by name, in the test's own
 * loop. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_TESTS_NET_RESPONDER_H
#define SENDTOP_TESTS_NET_RESPONDER_H

#include <stdint.h>

#include "sendtop/loop.h"

enum responder_mode {
	RESPONDER_BY_NAME,
	RESPONDER_SERVFAIL,
	RESPONDER_SERVFAIL_ONCE, /* then silent */
	RESPONDER_REFUSED,
	RESPONDER_SILENT,
	RESPONDER_NO_EDNS, /* FORMERR without OPT to what has OPT */
	RESPONDER_OLD,     /* ignores OPT */
};

/*
 * By name, the first label says what happens: "servfail", "refused",
 * "nxdomain", "drop" (no answer), "late" (no answer the first time),
 * "wrongid", "wrongname", "garbage", "broken" (a record cut short), "noedns",
 * "tc" (cut over UDP, whole over TCP), "tchang" (cut, and TCP never answers);
 * anything else is answered with A 192.0.2.1 and the AD bit.
 */
struct responder;
struct responder *responder_new(
    struct loop *loop, enum responder_mode mode, uint16_t port);
void responder_free(struct responder *responder);
/* Stops listening for TCP. */
void responder_close_tcp(struct responder *responder);
uint16_t responder_port(const struct responder *responder);

enum { RESPONDER_IDS = 1024 };
struct responder_seen {
	unsigned udp, tcp, opt; /* queries; those with an OPT record */
	uint16_t ids[RESPONDER_IDS];
};
const struct responder_seen *responder_seen(const struct responder *responder);

/* A port on 127.0.0.1 where nobody listens just now. */
uint16_t free_port(void);

#endif
