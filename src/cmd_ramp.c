/* sendtop ramp: what may be sent tomorrow, why, and the way to a target. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "sendtop/day.h"
#include "sendtop/org.h"
#include "sendtop/report.h"

struct look {
	struct cmd *cmd;
	struct store *store;
	struct arena *arena;
	char domain[ORG_NAME_SIZE];
	int32_t as_of;
	int64_t now_s;
};

/* Whether the state is one that --fail-on names: growth forbidden warns, less
 * mail fails, a reason to go carefully is a note. */
static enum verdict
verdict_of(const struct ramp_judgement *ramp)
{
	static const enum verdict verdicts[] = {
		[RAMP_GO] = VERDICT_PASS,
		[RAMP_HOLD] = VERDICT_WARN,
		[RAMP_BLIND] = VERDICT_WARN,
		[RAMP_BACK_OFF] = VERDICT_FAIL,
		[RAMP_STOP] = VERDICT_FAIL,
	};

	if (ramp->state == RAMP_GO && ramp->reasons.count > 0)
		return VERDICT_NOTE;
	return verdicts[ramp->state];
}

static enum status
read_words(struct look *look, struct error *err)
{
	const struct cmd *cmd = look->cmd;
	enum status status = STATUS_OK;
	char *key;

	if (cmd->args.count != 1)
		return error_set(err, STATUS_USAGE,
		    "ramp takes one domain (see sendtop ramp --help)");
	if (!org_ascii(cmd->args.items[0], look->domain))
		return error_set(err, STATUS_USAGE,
		    "\"%s\" is not a domain name", cmd->args.items[0]);
	if (cmd->at != NULL &&
	    !day_parse(cmd->at, day_of(look->now_s), &look->as_of))
		return error_set(err, STATUS_USAGE,
		    "--at: \"%s\" is not a day; write 2026-11-19, yesterday "
		    "or -3",
		    cmd->at);
	if (look->as_of != DAY_NONE && look->as_of > day_of(look->now_s))
		return error_set(
		    err, STATUS_USAGE, "--at: %s is yet to come", cmd->at);
	if (cmd->target == NULL)
		return STATUS_OK;
	key = mem_printf("domain.%s.target", look->domain);
	status = settings_set(cmd->settings, key, cmd->target, err);
	free(key);
	if (status != STATUS_OK)
		error_prefix(err, "--target");
	return status;
}

static enum status
print(const struct look *look, enum verdict *verdict, struct error *err)
{
	struct view_head view_head;
	struct view view;
	struct report_head head = {
		.view = &view_head,
		.taken_s = look->now_s,
		.as_of = look->as_of,
	};
	enum status status;

	status = view_head_load(look->store, look->cmd->settings, look->as_of,
	    look->now_s, look->arena, &view_head, err);
	if (status == STATUS_OK)
		status = view_load(look->store, look->cmd->settings, NULL,
		    look->domain, look->as_of, look->now_s, look->arena, &view,
		    err);
	if (status != STATUS_OK)
		return error_prefix(err, "%s", look->domain);
	*verdict = verdict_of(&view.judgements.ramp);
	if (!report_ramp(stdout, look->cmd->format, &head, &view))
		return error_set(err, STATUS_USAGE,
		    "--format: a ramp has no \"%s\"; text, json or csv",
		    look->cmd->format);
	return STATUS_OK;
}

int
cmd_ramp(struct cmd *cmd)
{
	struct look look = {
		.cmd = cmd,
		.as_of = DAY_NONE,
		.now_s = clock_utc_s(),
	};
	enum verdict verdict = VERDICT_PASS;
	struct error err;
	enum status status;

	look.arena = arena_new();
	status = read_words(&look, &err);
	if (status == STATUS_OK)
		status = store_open(cmd->store, STORE_READ, &look.store, &err);
	if (status == STATUS_OK)
		status = print(&look, &verdict, &err);
	store_close(look.store);
	arena_free(look.arena);
	if (status != STATUS_OK)
		return cmd_fail(&err);
	return verdict_weight(verdict) >= verdict_weight(cmd->fail_on)
	    ? EXIT_FINDINGS
	    : EXIT_FINE;
}
