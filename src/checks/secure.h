/* What can be told of DNSSEC through a resolver (RFC 4035 4.9). */
/* SPDX-License-Identifier: MIT */
#ifndef CHECKS_SECURE_H
#define CHECKS_SECURE_H

#include "sendtop/check.h"

enum secure {
	SECURE_WAIT,
	SECURE_NO,
	SECURE_YES,
	SECURE_UNTOLD, /* *outcome says why */
};

/* Whether "not authentic" means something: the resolver validates, and its
 * word on that is believed.  The root, which is signed, shows it. */
enum secure secure_resolver(struct facts *facts, enum dns_outcome *outcome);

/* After SERVFAIL to this question: whether it is because signatures do not
 * hold.  Then the answer comes once nobody checks it, and another question
 * about the same name fails as well; so a server that merely stumbled is not
 * taken for a forger. */
enum secure secure_bogus(
    struct facts *facts, const char *name, enum dns_type type);

/* Why SECURE_NO leaves a check without an answer, as a sentence. */
extern const char secure_doubt[];

#endif
