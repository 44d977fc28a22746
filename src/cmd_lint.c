/* sendtop lint: one message against the guidelines, with live DNS. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "probe_world.h"
#include "sendtop/day.h"
#include "sendtop/lint.h"
#include "sendtop/report.h"
#include "sendtop/store_mail.h"
#include "sendtop/text.h"

struct lint_run {
	struct cmd *cmd;
	struct probe_world world;
	struct arena *kept;  /* the message; lives to the end */
	struct arena *arena; /* of one turn */
	const char *name;    /* of the file, for people */
	struct message message;
	struct address ip;
	struct lint lint;
	struct findings findings;
	struct lint_result result;
};

/* --- the message ------------------------------------------------------------------ */

static enum status
read_stream(struct lint_run *run, FILE *in, struct error *err)
{
	struct buf data = { .max = (size_t)MESSAGE_MOST + 1 };
	char block[65536];
	enum status status;
	size_t n;

	while (!data.full && (n = fread(block, 1, sizeof(block), in)) > 0)
		buf_add(&data, block, n);
	if (ferror(in))
		status = error_system(err, errno, "%s", run->name);
	else
		status = message_parse(data.data != NULL ? data.data : "",
		    data.len, run->kept, &run->message, err);
	if (status == STATUS_PARSE || status == STATUS_USAGE)
		error_prefix(err, "%s", run->name);
	buf_free(&data);
	return status;
}

static enum status
read_message(struct lint_run *run, struct error *err)
{
	const char *path = run->cmd->args.items[0];
	enum status status;
	FILE *in = stdin;

	run->name = "standard input";
	if (strcmp(path, "-") != 0) {
		run->name = text_printable_arena(
		    run->kept, path, strlen(path), 512);
		in = fopen(path, "rb");
		if (in == NULL)
			return error_system(err, errno, "%s", run->name);
	}
	status = read_stream(run, in, err);
	if (in != stdin)
		fclose(in);
	return status;
}

static enum status
read_words(struct lint_run *run, struct error *err)
{
	const struct cmd *cmd = run->cmd;

	if (cmd->args.count != 1 || cmd->ips.count > 1)
		return error_set(err, STATUS_USAGE,
		    "lint needs one message: sendtop lint message.eml, or - "
		    "for standard input");
	if (cmd->ips.count == 1) {
		if (!address_parse(cmd->ips.items[0], &run->ip))
			return error_set(err, STATUS_USAGE,
			    "--ip: \"%s\" is not an IP address",
			    cmd->ips.items[0]);
		run->lint.ip = &run->ip;
	} else if (cmd->mail_from != NULL) {
		return error_set(err, STATUS_USAGE,
		    "--mail-from needs --ip: SPF judges an address");
	}
	run->lint.helo = cmd->helo;
	run->lint.mail_from = cmd->mail_from;
	run->lint.now_s = clock_utc_s();
	run->lint.message = &run->message;
	return read_message(run, err);
}

static enum check_state
turn(void *arg)
{
	struct lint_run *run = arg;

	arena_reset(run->arena);
	findings_init(&run->findings, run->arena);
	return lint_run(
	    run->world.facts, &run->lint, &run->findings, &run->result);
}

/* --- what is learned from it ------------------------------------------------------- */

static enum status
remember(struct lint_run *run, struct store *store, struct error *err)
{
	enum status status = STATUS_OK;
	struct store_domain domain;
	size_t i;

	for (i = 0; status == STATUS_OK && i < run->result.signature_count;
	     i++) {
		const struct lint_signature *sig = &run->result.signatures[i];
		struct learned learned = {
			.kind = "selector",
			.value = sig->selector,
			.source = "message",
			.first_s = run->lint.now_s,
			.last_s = run->lint.now_s,
		};

		/* A key of another name would be looked for under this one. */
		status = store_domain_get(
		    store, sig->domain, run->arena, &domain, err);
		if (status == STATUS_NOT_FOUND) {
			status = STATUS_OK;
			continue;
		}
		if (status == STATUS_OK && sig->verified)
			status = store_learned_add(
			    store, domain.id, &learned, err);
	}
	return status;
}

/* Without a store there is nobody to remember; that is no failure. */
static enum status
learn(struct lint_run *run, struct error *err)
{
	enum status status;
	struct store *store;

	if (run->result.signature_count == 0)
		return STATUS_OK;
	status = store_open(run->cmd->store, STORE_READ, &store, err);
	if (status == STATUS_NOT_FOUND)
		return STATUS_OK;
	if (status != STATUS_OK)
		return status;
	store_close(store);
	status = store_open(run->cmd->store, STORE_WRITE, &store, err);
	if (status == STATUS_OK)
		status = remember(run, store, err);
	store_close(store);
	return status;
}

/* --- what is said ------------------------------------------------------------------- */

static enum status
print(struct lint_run *run, struct error *err)
{
	const struct text_list *servers = dns_servers(run->world.dns);
	const char *subject = run->result.from_domain;
	struct report_head head = {
		.taken_s = run->lint.now_s,
		.as_of = DAY_NONE,
		.resolvers = (const char *const *)servers->items,
		.resolver_count = servers->count,
	};
	struct report *report;

	if (strcmp(run->cmd->format, "text") == 0) {
		report_probe_text(stdout, run->name, run->findings.items,
		    run->findings.count, cmd_color(run->cmd));
		return STATUS_OK;
	}
	report = report_begin(run->cmd->format, stdout, &head);
	if (report == NULL)
		return error_set(err, STATUS_USAGE,
		    "--format: there is no \"%s\"; text, json, csv or "
		    "markdown",
		    run->cmd->format);
	report_findings(report, subject != NULL ? subject : run->name,
	    run->findings.items, run->findings.count);
	if (!report_end(report) && !cmd_reader_left())
		return error_set(err, STATUS_FULL, "cannot write the output");
	return STATUS_OK;
}

static bool
found(const struct lint_run *run)
{
	for (size_t i = 0; i < run->findings.count; i++)
		if (run->findings.items[i].verdict <= VERDICT_FAIL &&
		    run->findings.items[i].verdict >= run->cmd->fail_on)
			return true;
	return false;
}

int
cmd_lint(struct cmd *cmd)
{
	struct lint_run run = {
		.cmd = cmd,
		.kept = arena_new(),
		.arena = arena_new(),
	};
	struct error err;
	enum status status = read_words(&run, &err);
	int code;

	if (status == STATUS_OK)
		status = probe_world_open(
		    &run.world, cmd->settings, false, false, &err);
	if (status == STATUS_OK) {
		probe_world_ask(&run.world, run.lint.now_s, turn, &run);
		status = print(&run, &err);
		if (status == STATUS_OK)
			status = learn(&run, &err);
		probe_world_close(&run.world);
	}
	if (status == STATUS_OK)
		code = found(&run) ? EXIT_FINDINGS : EXIT_FINE;
	else
		code = cmd_fail(&err);
	arena_free(run.kept);
	arena_free(run.arena);
	return code;
}
