/* tls_version: the newest TLS version an MX host speaks (RFC 8996). */
/* SPDX-License-Identifier: MIT */
#include "checks/list.h"
#include "checks/session.h"

enum { TLS_1_2 = 0x0303 };

static enum check_state
tls_version_run(
    struct facts *facts, const struct subject *subject, struct findings *out)
{
	const struct smtp_session *s = session_find(facts, subject);

	if (s == NULL)
		return CHECK_WAITING;
	if (session_untold(s, out, subject->host))
		return CHECK_DONE;
	if (s->tls_version < TLS_1_2)
		return finding_on(out, subject->host, VERDICT_FAIL, "old_only",
		    "%s at best: receivers and senders drop what is older "
		    "than TLS 1.2",
		    s->tls_name);
	return finding_on(
	    out, subject->host, VERDICT_PASS, "ok", "%s", s->tls_name);
}

const struct check check_tls_version = {
	.name = "tls_version",
	.subject = SUBJECT_MX,
	.interval_s = 6 * 3600,
	.run = tls_version_run,
};
