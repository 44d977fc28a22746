/* The address and port of a resolver, as settings write it. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_NET_DNSSERVER_H
#define SENDTOP_NET_DNSSERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "sendtop/address.h"

enum {
	DNSSERVER_TEXT_SIZE = ADDRESS_TEXT_SIZE + 8,
	DNSSERVER_PORT = 53,
};

struct dnsserver {
	struct address address;
	uint16_t port;
};

/* "192.0.2.1", "192.0.2.1:53", "2001:db8::1", "[2001:db8::1]:53"; the port is
 * 53 when it is not said. */
bool dnsserver_parse(const char *text, struct dnsserver *out);

/* Always with the port; IPv6 in brackets.  Returns out. */
char *dnsserver_text(
    const struct dnsserver *server, char out[DNSSERVER_TEXT_SIZE]);

/* Whether it is this machine itself. */
bool dnsserver_local(const struct dnsserver *server);

#endif
