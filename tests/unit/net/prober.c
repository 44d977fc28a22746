/* What the tests of SMTP probes share: the dialogue and its client. */
/* SPDX-License-Identifier: MIT */
#include "prober.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

struct settings
probe_settings(const struct script_server *server, const struct pki *pki)
{
	static char helo[] = "probe.test";
	static char ca_file[sizeof(pki->ca_file)];
	struct settings settings = {
		.smtp_port = server->port,
		.helo = helo,
		.allow_private = true,
		.smtp_timeout_ms = PROBE_MS,
		.smtp_parallel = 4,
		.ca_file = ca_file,
	};

	memcpy(ca_file, pki->ca_file, sizeof(ca_file));
	return settings;
}

void
probe_arrived(void *arg, struct smtp_session *take)
{
	struct probe_wait *wait = arg;

	free(wait->last);
	wait->last = take;
	if (++wait->count == wait->expected)
		loop_stop(wait->loop);
}

struct smtp_session *
probe_once(const struct settings *settings, const char *host, const char *at)
{
	struct probe_wait wait = { .expected = 1 };
	struct address address;
	struct smtp *smtp;

	ck_assert(address_parse(at, &address));
	ck_assert_int_eq(loop_open(&wait.loop, NULL), STATUS_OK);
	ck_assert_int_eq(
	    smtp_open(wait.loop, settings, &smtp, NULL), STATUS_OK);
	smtp_probe(smtp, host, &address, probe_arrived, &wait);
	ck_assert_uint_eq(wait.count, 0);
	loop_run(wait.loop);
	smtp_close(smtp);
	loop_close(wait.loop);
	ck_assert_uint_eq(wait.count, 1);
	return wait.last;
}
