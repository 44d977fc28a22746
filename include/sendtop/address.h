/* IPv4 and IPv6 addresses. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_ADDRESS_H
#define SENDTOP_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ADDRESS_TEXT_SIZE = 46, ADDRESS_REVERSE_SIZE = 74 };

/* family 4: bytes[0..3]; family 6: bytes[0..15]; unused octets are zero. */
struct address {
	uint8_t family;
	uint8_t bytes[16];
};

/* Strict textual forms (RFC 4291 for v6, dotted quad for v4). */
bool address_parse(const char *text, struct address *out);
/* "192.0.2.0/24": without a slash the prefix is the whole address. */
bool address_parse_prefix(
    const char *text, struct address *out, unsigned *bits);
char *address_text(const struct address *address, char out[ADDRESS_TEXT_SIZE]);
/* The name under in-addr.arpa (RFC 1035 3.5) or ip6.arpa (RFC 3596 2.5),
 * without a final dot. */
char *address_reverse(
    const struct address *address, char out[ADDRESS_REVERSE_SIZE]);
bool address_equal(const struct address *a, const struct address *b);
int address_compare(const struct address *a, const struct address *b);
/* Whether the first bits of both are the same; false across families. */
bool address_in(
    const struct address *address, const struct address *net, unsigned bits);
/* Private, loopback, link-local, documentation, multicast, unspecified or
 * otherwise not a host on the public internet (IANA special registries;
 * v4-mapped, NAT64 and 6to4 are looked through).  Returns a word such as
 * "loopback", or NULL for an ordinary address. */
const char *address_special(const struct address *address);
/* ::ffff:a.b.c.d becomes its v4 form in place. */
void address_unmap(struct address *address);

#endif
