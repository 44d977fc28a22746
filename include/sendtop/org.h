/* Organizational domains: the public suffix list, and RFC 9989's tree walk. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_ORG_H
#define SENDTOP_ORG_H

#include <stdbool.h>
#include <stddef.h>

enum { ORG_NAME_SIZE = 256 };

/* The registrable domain ("primary domain" in Google's words) by the public
 * suffix list, lower case A-labels; false when name is itself a suffix or not
 * a domain name. */
bool org_registrable(const char *name, char out[ORG_NAME_SIZE]);

/* A domain name in lower-case A-label form without a final dot (IDNA2008 with
 * UTS #46 mapping); false when it cannot be one. */
bool org_ascii(const char *name, char out[ORG_NAME_SIZE]);

#endif
