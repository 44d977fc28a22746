/* Where a domain's mail goes: its MX hosts and their addresses. */
/* SPDX-License-Identifier: MIT */
#ifndef CHECKS_MX_H
#define CHECKS_MX_H

#include "sendtop/check.h"

enum {
	MX_HOSTS_MAX = 32,     /* hosts that are looked at */
	MX_ADDRESSES_MAX = 64, /* addresses of all hosts together */
};

struct mx_host {
	const char *name; /* "" is the root, as in a null MX */
	unsigned preference;
	const struct dns_answer *answers[2]; /* A and AAAA */
};

/* Names and answers are borrowed from the facts. */
struct mx {
	const struct dns_answer *answer; /* to the MX question */
	bool null;                       /* RFC 7505: takes no mail; no hosts */
	bool implicit; /* no MX: the domain is the host (RFC 5321 5.1) */
	bool cut;      /* more than MX_HOSTS_MAX */
	size_t count;  /* in the order of preference */
	struct mx_host hosts[MX_HOSTS_MAX];
};

/* Finds the hosts and asks for all their addresses at once.  CHECK_DONE with
 * answer->outcome other than OK and NONE: there are no hosts to be told. */
enum check_state mx_find(
    struct facts *facts, const char *domain, struct mx *out);

/* Record i of an A or AAAA answer; false when it is not an address. */
bool mx_address(const struct dns_answer *answer, size_t i, struct address *out);

/* The word (such as "loopback") for the first address of the host that is
 * not on the public internet, or NULL. */
const char *mx_unsafe(const struct mx_host *host);

#endif
