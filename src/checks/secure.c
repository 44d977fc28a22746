/* What can be told of DNSSEC through a resolver (RFC 4035 4.9). */
/* SPDX-License-Identifier: MIT */
#include "checks/secure.h"

const char secure_doubt[] =
    "the resolver does not validate, or is not believed because it is not on "
    "this machine: see [resolver] servers and trust-ad";

enum secure
secure_resolver(struct facts *facts, enum dns_outcome *outcome)
{
	const struct dns_answer *root = facts_dns(facts, ".", DNS_SOA);

	if (root == NULL)
		return SECURE_WAIT;
	*outcome = root->outcome;
	if (root->outcome == DNS_TIMEOUT || root->outcome == DNS_UNREACHABLE)
		return SECURE_UNTOLD;
	return root->outcome == DNS_OK && root->authentic ? SECURE_YES
							  : SECURE_NO;
}

enum secure
secure_bogus(struct facts *facts, const char *name, enum dns_type type)
{
	const struct dns_answer *open = facts_dns_cd(facts, name, type);
	const struct dns_answer *again = facts_dns(facts, name, DNS_NS);

	if (open == NULL || again == NULL)
		return SECURE_WAIT;
	return again->outcome == DNS_SERVFAIL &&
		(open->outcome == DNS_OK || open->outcome == DNS_NONE)
	    ? SECURE_YES
	    : SECURE_NO;
}
