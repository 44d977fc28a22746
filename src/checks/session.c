/* What the checks of SMTP sessions share. */
/* SPDX-License-Identifier: MIT */
#include "checks/session.h"

/* Why a session leaves the other checks without an answer; how it failed is
 * for the check smtp to say. */
static const struct {
	enum verdict verdict;
	const char *reason, *words;
} failures[] = {
	[SMTP_REJECTED] = { VERDICT_UNKNOWN, "refused",
	    "the server turned the probe away" },
	[SMTP_TIMEOUT] = { VERDICT_UNKNOWN, "timeout",
	    "the server did not answer in time" },
	[SMTP_UNREACHABLE] = { VERDICT_UNKNOWN, "unreachable",
	    "the server cannot be reached from here" },
	[SMTP_RESET] = { VERDICT_UNKNOWN, "unreachable",
	    "the connection was cut off" },
	[SMTP_MALFORMED] = { VERDICT_UNKNOWN, "malformed",
	    "the server does not speak SMTP" },
	[SMTP_UNSAFE] = { VERDICT_SKIP, "unsafe",
	    "a special address is not connected to" },
	[SMTP_NETWORK] = { VERDICT_UNKNOWN, "network",
	    "this machine has no way out to it" },
};

/* What stands for a session while nothing gets out of here. */
static const struct smtp_session walled = {
	.outcome = SMTP_NETWORK,
	.phase = "connect",
	.greeting = "",
	.reply = "no mail server anywhere can be reached; see egress",
	.ehlo = "",
	.tls_error = "",
	.tls_name = "",
	.cipher = "",
	.trust_error = "",
	.cert_subject = "",
	.cert_issuer = "",
	.cert_names = "",
	.key_type = "",
};

const struct smtp_session *
session_find(struct facts *facts, const struct subject *subject)
{
	const struct smtp_session *s = facts_smtp(
	    facts, subject->host, subject->address);
	const struct egress *egress;

	if (s == NULL ||
	    (s->outcome != SMTP_TIMEOUT && s->outcome != SMTP_UNREACHABLE))
		return s;
	egress = facts_egress(facts);
	if (egress == NULL)
		return NULL;
	return egress->state == EGRESS_BLOCKED ? &walled : s;
}

static void
report(struct findings *out, const char *subject, enum verdict verdict,
    const char *reason, const char *words)
{
	if (subject != NULL)
		finding_on(out, subject, verdict, reason, "%s", words);
	else
		finding(out, verdict, reason, "%s", words);
}

bool
session_failed(const struct smtp_session *session, struct findings *out,
    const char *subject)
{
	if (session->outcome == SMTP_OK &&
	    session->starttls != STARTTLS_NOT_REACHED)
		return false;
	if (session->outcome == SMTP_OK)
		report(out, subject, VERDICT_UNKNOWN, "unreachable",
		    "the session ended before STARTTLS");
	else
		report(out, subject, failures[session->outcome].verdict,
		    failures[session->outcome].reason,
		    failures[session->outcome].words);
	return true;
}

bool
session_untold(const struct smtp_session *session, struct findings *out,
    const char *subject)
{
	if (session_failed(session, out, subject))
		return true;
	switch (session->starttls) {
	case STARTTLS_OK:
		return false;
	case STARTTLS_TIMEOUT:
		report(out, subject, VERDICT_UNKNOWN, "timeout",
		    "STARTTLS was not answered in time");
		return true;
	case STARTTLS_RESET:
		report(out, subject, VERDICT_UNKNOWN, "unreachable",
		    "the connection was cut off during STARTTLS");
		return true;
	default:
		report(out, subject, VERDICT_SKIP, "no_tls",
		    "there is no TLS to judge: see starttls");
		return true;
	}
}
