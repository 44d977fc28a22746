/* smtp: whether an MX host greets and takes our EHLO. */
/* SPDX-License-Identifier: MIT */
#include "checks/list.h"
#include "checks/session.h"

/* Only a refusal says something about the server; for the rest the fault may
 * lie anywhere between us and it. */
static const struct {
	enum verdict verdict;
	const char *reason, *words;
} rows[] = {
	[SMTP_OK] = { VERDICT_PASS, "ok", "" },
	[SMTP_REJECTED] = { VERDICT_WARN, "rejected", "refused the probe" },
	[SMTP_TIMEOUT] = { VERDICT_UNKNOWN, "timeout", "no answer in time" },
	[SMTP_UNREACHABLE] = { VERDICT_UNKNOWN, "unreachable",
	    "no connection: refused, no route, or host down" },
	[SMTP_RESET] = { VERDICT_UNKNOWN, "reset", "connected, then cut off" },
	[SMTP_MALFORMED] = { VERDICT_UNKNOWN, "malformed",
	    "what answers does not speak SMTP" },
	[SMTP_UNSAFE] = { VERDICT_SKIP, "unsafe",
	    "a special address: not connected to without [smtp] "
	    "allow-private" },
	[SMTP_NETWORK] = { VERDICT_UNKNOWN, "network",
	    "no way out from this machine" },
};

static enum check_state
smtp_run(
    struct facts *facts, const struct subject *subject, struct findings *out)
{
	const struct smtp_session *s = session_find(facts, subject);
	const char *text;

	if (s == NULL)
		return CHECK_WAITING;
	if (s->outcome == SMTP_OK)
		return finding(out, VERDICT_PASS, "ok", "%s", s->greeting);
	text = s->reply[0] != '\0' ? s->reply : s->greeting;
	return finding(out, rows[s->outcome].verdict, rows[s->outcome].reason,
	    "%s (%s)%s%s", rows[s->outcome].words, s->phase,
	    text[0] != '\0' ? ": " : "", text);
}

const struct check check_smtp = {
	.name = "smtp",
	.subject = SUBJECT_MX,
	.interval_s = 6 * 3600,
	.run = smtp_run,
};
