/* starttls: whether an MX host offers STARTTLS and keeps to it (RFC 3207). */
/* SPDX-License-Identifier: MIT */
#include "checks/list.h"
#include "checks/session.h"

static enum check_state
judge(const struct smtp_session *s, struct findings *out)
{
	switch (s->starttls) {
	case STARTTLS_OK:
		return finding(out, VERDICT_PASS, "ok", "%s%s%s", s->tls_name,
		    s->cipher[0] != '\0' ? ", " : "", s->cipher);
	case STARTTLS_NOT_OFFERED:
		return finding(out, VERDICT_FAIL, "not_offered",
		    "EHLO does not announce STARTTLS: mail comes in the clear");
	case STARTTLS_REFUSED:
		return finding(out, VERDICT_FAIL, "refused",
		    "STARTTLS is announced and then refused: %s", s->reply);
	case STARTTLS_HANDSHAKE:
		return finding(out, VERDICT_FAIL, "handshake",
		    "the TLS handshake fails: %s", s->tls_error);
	case STARTTLS_PLAINTEXT_AFTER:
		return finding(out, VERDICT_FAIL, "plaintext_after",
		    "after the 220 it goes on in the clear: %s", s->reply);
	case STARTTLS_INJECTED:
		return finding(out, VERDICT_FAIL, "injected",
		    "sends clear text together with the 220, as an attacker "
		    "in between would");
	case STARTTLS_TIMEOUT:
	case STARTTLS_RESET:
	case STARTTLS_NOT_REACHED:
		break;
	}
	session_untold(s, out, NULL);
	return CHECK_DONE;
}

static enum check_state
starttls_run(
    struct facts *facts, const struct subject *subject, struct findings *out)
{
	const struct smtp_session *s = session_find(facts, subject);

	if (s == NULL)
		return CHECK_WAITING;
	if (session_failed(s, out, NULL))
		return CHECK_DONE;
	return judge(s, out);
}

const struct check check_starttls = {
	.name = "starttls",
	.subject = SUBJECT_MX,
	.interval_s = 6 * 3600,
	.run = starttls_run,
};
