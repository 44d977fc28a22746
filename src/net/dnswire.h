/* DNS messages as bytes: names, the question, the answer.  Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_NET_DNSWIRE_H
#define SENDTOP_NET_DNSWIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sendtop/facts.h"

enum {
	DNSWIRE_NAME_MAX = 255, /* RFC 1035 2.3.4, the root's octet included */
	DNSWIRE_HEADER = 12,
	DNSWIRE_OPT = 11, /* an OPT record without options (RFC 6891) */
	DNSWIRE_QUERY_MAX = DNSWIRE_HEADER + DNSWIRE_NAME_MAX + 4 + DNSWIRE_OPT,
	DNSWIRE_UDP_SIZE = 1232, /* what we say we take over UDP */
};

/* A whole name, uncompressed, up to and with the root's zero octet. */
struct dnswire_name {
	uint8_t len;
	uint8_t octets[DNSWIRE_NAME_MAX];
};

/* Text form to wire; one final dot is allowed, "." is the root, \DDD and \X
 * are understood.  False if it is no name. */
bool dnswire_name_parse(const char *text, struct dnswire_name *out);

/* Wire to text: ASCII, dots and backslashes inside a label escaped, odd
 * octets as \DDD, no final dot, the root is "".  Returns the length. */
size_t dnswire_name_text(
    const struct dnswire_name *name, char out[DNS_NAME_SIZE]);

/* Without regard to ASCII case (RFC 4343). */
bool dnswire_name_same(
    const struct dnswire_name *a, const struct dnswire_name *b);

/* Reads the name at *pos, following compression pointers, which must point
 * backwards; *pos moves behind it.  False if it is broken. */
bool dnswire_name_read(
    const uint8_t *packet, size_t len, size_t *pos, struct dnswire_name *out);

/* Writes the question with RD and AD set (RFC 6840 5.7: ask for the AD bit
 * that way), id zero and an OPT record at the end; returns its length. */
size_t dnswire_query(uint8_t out[DNSWIRE_QUERY_MAX],
    const struct dnswire_name *name, enum dns_type type);
/* Has a resolver that validates send what it thinks bogus as well (RFC 4035
 * 3.2.2). */
void dnswire_query_unchecked(uint8_t *query);
/* Puts the id in and says whether the OPT record counts; returns how many of
 * the query's len octets to send. */
size_t dnswire_query_set(uint8_t *query, size_t len, uint16_t id, bool opt);

/* Whether a message, which has a header, says that it was cut. */
bool dnswire_cut(const uint8_t *packet);

/* What a message says beside its records. */
struct dnswire_meta {
	unsigned rcode; /* the extended one (RFC 6891 6.1.3) */
	bool opt;       /* carries an OPT record */
	bool response;  /* has a whole header that says so */
};

/* dns_decode with the name in wire form; meta may be NULL. */
struct dns_answer *dnswire_decode(const uint8_t *packet, size_t len,
    const struct dnswire_name *name, enum dns_type type,
    struct dnswire_meta *meta);

#endif
