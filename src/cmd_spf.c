/* sendtop spf: check_host() over live DNS, with its trail. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "probe_world.h"
#include "sendtop/day.h"
#include "sendtop/mem.h"
#include "sendtop/smtp.h"
#include "sendtop/spf.h"

struct spf_run {
	struct probe_world world;
	struct spf_request request;
	struct spf_outcome outcome;
	struct arena *arena;
	char *receiver, *sender;
};

#define POSTMASTER "postmaster@"

static enum check_state
turn(void *arg)
{
	struct spf_run *run = arg;

	arena_reset(run->arena);
	return spf_check_host(
	    run->world.facts, &run->request, run->arena, &run->outcome);
}

/* The header field is a receiver's: this machine (RFC 7208 9.1). */
static char *
receiver_name(const struct cmd *cmd)
{
	const char *told = cmd->settings->helo;

	if (!cmd->header)
		return NULL;
	return told != NULL ? mem_dup(told) : smtp_own_name();
}

/* The address as SMTP has it: without the brackets of a log, and of a domain
 * alone its postmaster (RFC 7208 4.3). */
static char *
sender_dup(const char *word)
{
	size_t len = strlen(word);
	char *sender = mem_zero(len + sizeof(POSTMASTER), 1);
	bool brackets = len > 1 && word[0] == '<' && word[len - 1] == '>';

	if (brackets) {
		word++;
		len -= 2;
	}
	snprintf(sender, len + sizeof(POSTMASTER), "%s%.*s",
	    len > 0 && memchr(word, '@', len) == NULL ? POSTMASTER : "",
	    (int)len, word);
	return sender;
}

int
cmd_spf(struct cmd *cmd)
{
	struct spf_run run = { .arena = NULL };
	struct address ip;
	struct error err;

	if (cmd->args.count != 1 || cmd->ips.count != 1) {
		error_set(&err, STATUS_USAGE,
		    "spf needs one --ip and one address: sendtop spf "
		    "--ip 192.0.2.1 user@example.com");
		return cmd_fail(&err);
	}
	if (!address_parse(cmd->ips.items[0], &ip)) {
		error_set(&err, STATUS_USAGE,
		    "--ip: \"%s\" is not an IP address", cmd->ips.items[0]);
		return cmd_fail(&err);
	}
	run.request.ip = &ip;
	run.request.receiver = run.receiver = receiver_name(cmd);
	run.request.helo = cmd->helo != NULL ? cmd->helo : "";
	run.request.mail_from = run.sender = sender_dup(cmd->args.items[0]);
	run.request.default_explanation = cmd->explanation;
	run.request.now_s = clock_utc_s();
	if (probe_world_open(&run.world, cmd->settings, false, false, &err) !=
	    STATUS_OK) {
		free(run.receiver);
		free(run.sender);
		return cmd_fail(&err);
	}
	run.arena = arena_new();
	probe_world_ask(&run.world, run.request.now_s, turn, &run);
	if (cmd->header)
		spf_print_header(stdout, &run.request, &run.outcome);
	else
		spf_print(stdout, &run.outcome);
	probe_world_close(&run.world);
	arena_free(run.arena);
	free(run.receiver);
	free(run.sender);
	switch (run.outcome.result) {
	case SPF_PASS:
		return EXIT_FINE;
	case SPF_TEMPERROR:
		return EXIT_TROUBLE;
	default:
		return EXIT_FINDINGS;
	}
}
