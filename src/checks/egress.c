/* egress: whether this machine reaches mail servers at all. */
/* SPDX-License-Identifier: MIT */
#include "checks/list.h"
#include "sendtop/smtp.h"

/*
 * It is one answer for the whole pass: a domain whose servers all answer has
 * it at once, one whose servers do not waits for the others.
 */
static enum check_state
egress_run(
    struct facts *facts, const struct subject *subject, struct findings *out)
{
	static const char machine[] = "this machine";
	const struct smtp_session *s = facts_smtp(
	    facts, subject->host, subject->address);
	const struct egress *egress;

	/* Only from the end of the sessions on is there anything to tell. */
	egress = s != NULL ? facts_egress(facts) : NULL;
	if (egress == NULL)
		return CHECK_WAITING;
	switch (egress->state) {
	case EGRESS_OPEN:
		return finding_on(out, machine, VERDICT_PASS, "ok",
		    "mail servers can be reached from here");
	case EGRESS_BLOCKED:
		return finding_on(out, machine, VERDICT_WARN, "blocked",
		    "none of %u addresses of mail servers could be connected "
		    "to: the way out is probably closed here, by the hoster "
		    "or a firewall; ask for it to be opened, or set [smtp] "
		    "enabled = no",
		    egress->tried);
	case EGRESS_UNTOLD:
		break;
	}
	return finding_on(out, machine, VERDICT_SKIP, "untold",
	    "too few mail servers were tried to tell whose fault it is");
}

const struct check check_egress = {
	.name = "egress",
	.subject = SUBJECT_MX,
	.interval_s = 6 * 3600,
	.run = egress_run,
};
