/* What the checks of SMTP sessions share. */
/* SPDX-License-Identifier: MIT */
#ifndef CHECKS_SESSION_H
#define CHECKS_SESSION_H

#include "sendtop/check.h"
#include "sendtop/smtp.h"

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
