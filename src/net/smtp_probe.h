/* One probe: at most two sessions with one server, and what they showed. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_NET_SMTP_PROBE_H
#define SENDTOP_NET_SMTP_PROBE_H

#include "sendtop/smtp.h"
#include "tls.h"

/* What all probes share; outlives them. */
struct probe_setup {
	struct loop *loop;
	struct tls_store *tls;
	uint16_t port;
	char *helo; /* NULL: an address literal (RFC 5321 4.1.4) */
	bool allow_private;
	int64_t timeout_ms; /* of a whole probe */
};

struct probe;

/*
 * Starts a probe; done gets the session (free(3)) as the probe's last act,
 * never before probe_new has returned, and frees the probe.
 */
struct probe *probe_new(const struct probe_setup *setup, const char *host,
    const struct address *address, smtp_done *done, void *arg);
void probe_free(struct probe *probe);

#endif
