/* sendtop spf: check_host() over live DNS, with its trail. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "probe_world.h"
#include "sendtop/day.h"
#include "sendtop/spf.h"

struct spf_run {
	struct probe_world world;
	struct spf_request request;
	struct spf_outcome outcome;
	struct arena *arena;
	struct loop_timer *turn;
	size_t asked;
};

struct question {
	struct spf_run *run;
	enum dns_type type;
	char *name;
};

static void
got_answer(void *arg, struct dns_answer *take)
{
	struct question *q = arg;
	struct spf_run *run = q->run;

	facts_put_dns(run->world.facts, q->name, q->type, take);
	free(q->name);
	free(q);
	if (--run->asked == 0)
		loop_timer_start(run->turn, 0, 0);
}

/* Runs the evaluation; what it misses is asked, then it runs again. */
static void
turn(void *arg)
{
	struct spf_run *run = arg;
	const struct fact_want *wants;
	struct question *q;
	size_t i, n;

	arena_reset(run->arena);
	if (spf_check_host(run->world.facts, &run->request, run->arena,
		&run->outcome) == CHECK_DONE) {
		loop_stop(run->world.loop);
		return;
	}
	n = facts_wanted(run->world.facts, &wants);
	run->asked += n;
	for (i = 0; i < n; i++) {
		q = mem_zero(1, sizeof(*q));
		q->run = run;
		q->type = wants[i].type;
		q->name = mem_dup(wants[i].name);
		dns_ask(run->world.dns, q->name, q->type, got_answer, q);
	}
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
	run.request.helo = cmd->helo != NULL ? cmd->helo : "";
	run.request.mail_from = cmd->args.items[0];
	run.request.default_explanation = cmd->explanation;
	run.request.now_s = clock_utc_s();
	if (probe_world_open(&run.world, cmd->settings, false, false, &err) !=
	    STATUS_OK)
		return cmd_fail(&err);
	run.arena = arena_new();
	facts_begin(run.world.facts, run.request.now_s);
	run.turn = loop_timer_new(run.world.loop, turn, &run);
	loop_timer_start(run.turn, 0, 0);
	loop_run(run.world.loop);
	if (cmd->header)
		spf_print_header(stdout, &run.request, &run.outcome);
	else
		spf_print(stdout, &run.outcome);
	loop_timer_free(run.turn);
	probe_world_close(&run.world);
	arena_free(run.arena);
	switch (run.outcome.result) {
	case SPF_PASS:
		return EXIT_FINE;
	case SPF_TEMPERROR:
		return EXIT_TROUBLE;
	default:
		return EXIT_FINDINGS;
	}
}
