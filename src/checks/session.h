/* What the checks of SMTP sessions share. */
/* SPDX-License-Identifier: MIT */
#ifndef CHECKS_SESSION_H
#define CHECKS_SESSION_H

#include "sendtop/check.h"
#include "sendtop/smtp.h"

/*
 * The session with the subject's host and address, or NULL: wait.  When no
 * server anywhere can be reached from here, one that could not be is a session
 * that our own side kept from taking place (SMTP_NETWORK).
 */
const struct smtp_session *session_find(
    struct facts *facts, const struct subject *subject);

/*
 * Says of a TLS check why the session does not tell: nothing came so far, or
 * there is no TLS at all.  subject NULL means the check's own.  Returns false
 * and reports nothing when TLS was reached.
 */
bool session_untold(const struct smtp_session *session, struct findings *out,
    const char *subject);

/* The same for a session that never got to STARTTLS. */
bool session_failed(const struct smtp_session *session, struct findings *out,
    const char *subject);

#endif
