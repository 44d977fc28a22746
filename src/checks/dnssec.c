/* dnssec: whether the domain is signed, and whether that holds (RFC 4035). */
/* SPDX-License-Identifier: MIT */
#include "checks/list.h"
#include "checks/secure.h"

static enum check_state
failed(struct facts *facts, const struct subject *subject, struct findings *out)
{
	switch (secure_bogus(facts, subject->domain, DNS_SOA)) {
	case SECURE_WAIT:
		return CHECK_WAITING;
	case SECURE_YES:
		return finding(out, VERDICT_FAIL, "bogus",
		    "the signatures do not hold: for everybody behind a "
		    "resolver that validates, the domain has vanished; look "
		    "at the DS record and for expired signatures");
	default:
		return finding_unknown(out, DNS_SERVFAIL, subject->domain);
	}
}

static enum check_state
dnssec_run(
    struct facts *facts, const struct subject *subject, struct findings *out)
{
	const struct dns_answer *soa;
	enum dns_outcome outcome = DNS_OK;
	enum secure resolver;

	soa = facts_dns(facts, subject->domain, DNS_SOA);
	resolver = secure_resolver(facts, &outcome);
	if (soa == NULL || resolver == SECURE_WAIT)
		return CHECK_WAITING;
	if (soa->outcome == DNS_SERVFAIL)
		return failed(facts, subject, out);
	if (soa->outcome != DNS_OK && soa->outcome != DNS_NONE)
		return finding_unknown(out, soa->outcome, subject->domain);
	if (soa->nxdomain && !soa->cname)
		return finding(
		    out, VERDICT_SKIP, "nxdomain", "there is no such domain");
	if (soa->authentic)
		return finding(
		    out, VERDICT_PASS, "ok", "signed, and the signatures hold");
	if (resolver == SECURE_UNTOLD)
		return finding_unknown(out, outcome, "the root");
	if (resolver == SECURE_NO)
		return finding(
		    out, VERDICT_SKIP, "no_validation", "%s", secure_doubt);
	return finding(out, VERDICT_NOTE, "unsigned",
	    "not signed: answers can be forged on their way, and DANE cannot "
	    "be used");
}

const struct check check_dnssec = {
	.name = "dnssec",
	.subject = SUBJECT_DOMAIN,
	.interval_s = 6 * 3600,
	.run = dnssec_run,
};
