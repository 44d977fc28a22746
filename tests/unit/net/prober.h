/* What the tests of SMTP probes share: the dialogue and its client. */
/* SPDX-License-Identifier: MIT */
#ifndef TEST_NET_PROBER_H
#define TEST_NET_PROBER_H

#include "pki.h"
#include "script.h"
#include "sendtop/smtp.h"

#define GREET "> 220 mx.test ESMTP\n< EHLO probe.test\n"
#define OFFER "> 250-mx.test\n> 250-SIZE 1000\n> 250 STARTTLS\n"
#define START GREET OFFER "< STARTTLS\n"
#define READY START "> 220 go ahead\n"
#define SECURE READY "tls\n< EHLO probe.test\n> 250 mx.test\n"
#define BYE "< QUIT\n> 221 bye\n*"

enum { PROBE_MS = 10000 };

/* Settings for probes of a server of the tests; the texts are static. */
struct settings probe_settings(
    const struct script_server *server, const struct pki *pki);

struct probe_wait {
	struct loop *loop;
	size_t expected, count;
	struct smtp_session *last;
};

/* An smtp_done that stops the loop when as many as expected have come. */
void probe_arrived(void *wait, struct smtp_session *take);

/* Probes an address once, as host. */
struct smtp_session *probe_once(
    const struct settings *settings, const char *host, const char *at);

#endif
