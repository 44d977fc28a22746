/* sendtop snapshot: the panels as text, or the data in a format. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "sendtop/day.h"
#include "sendtop/org.h"
#include "sendtop/report.h"
#include "ui/snapshot.h"

struct snap {
	struct cmd *cmd;
	struct store *store;
	struct requirements *requirements;
	struct arena *arena; /* names; lives to the end */
	const char **names;
	size_t count;
	int32_t as_of;
	int64_t now_s;
};

/* The domains named, or all that are watched. */
static enum status
choose(struct snap *s, struct error *err)
{
	const struct words *args = &s->cmd->args;
	char ascii[ORG_NAME_SIZE];
	struct store_domain *all;
	enum status status;
	size_t i;

	if (args->count == 0) {
		status = store_domains(
		    s->store, s->arena, &all, &s->count, err);
		if (status != STATUS_OK)
			return status;
		s->names = arena_alloc(
		    s->arena, (s->count + 1) * sizeof(*s->names));
		for (i = 0; i < s->count; i++)
			s->names[i] = all[i].name;
		return STATUS_OK;
	}
	s->names = arena_alloc(s->arena, args->count * sizeof(*s->names));
	for (i = 0; i < args->count; i++) {
		if (!org_ascii(args->items[i], ascii))
			return error_set(err, STATUS_USAGE,
			    "\"%s\" is not a domain name", args->items[i]);
		s->names[s->count++] = arena_dup(s->arena, ascii);
	}
	return STATUS_OK;
}

static enum status
write_domains(struct snap *s, struct report *report, struct error *err)
{
	struct arena *arena = arena_new();
	enum status status = STATUS_OK;
	struct view view;
	size_t i;

	for (i = 0; status == STATUS_OK && i < s->count; i++) {
		arena_reset(arena);
		status = view_load(s->store, s->cmd->settings, s->requirements,
		    s->names[i], s->as_of, s->now_s, arena, &view, err);
		if (status == STATUS_OK)
			report_view(report, &view);
		else
			error_prefix(err, "%s", s->names[i]);
	}
	arena_free(arena);
	return status;
}

static enum status
write_report(struct snap *s, struct error *err)
{
	struct view_head view_head;
	struct report_head head = {
		.view = &view_head,
		.taken_s = s->now_s,
		.as_of = s->as_of,
	};
	struct report *report;
	enum status status;

	status = choose(s, err);
	if (status == STATUS_OK)
		status = view_head_load(s->store, s->cmd->settings, s->as_of,
		    s->now_s, s->arena, &view_head, err);
	if (status != STATUS_OK)
		return status;
	report = report_begin(s->cmd->format, stdout, &head);
	if (report == NULL)
		return error_set(err, STATUS_USAGE,
		    "--format: there is no \"%s\"; text, json, csv or "
		    "markdown",
		    s->cmd->format);
	status = write_domains(s, report, err);
	if (!report_end(report) && !cmd_reader_left() && status == STATUS_OK)
		status = error_set(err, STATUS_FULL, "cannot write the output");
	return status;
}

static enum status
write_text(struct snap *s, struct error *err)
{
	struct snapshot_options options = {
		.store = s->store,
		.settings = s->cmd->settings,
		.requirements = s->requirements,
		.as_of = s->as_of,
		.now_s = s->now_s,
		.ascii = s->cmd->settings->ascii,
	};
	enum status status = STATUS_OK;

	if (s->cmd->args.count > 0)
		status = choose(s, err);
	options.domains = s->names;
	options.domain_count = s->count;
	return status == STATUS_OK ? snapshot_text(stdout, &options, err)
				   : status;
}

int
cmd_snapshot(struct cmd *cmd)
{
	struct snap s = {
		.cmd = cmd,
		.as_of = DAY_NONE,
		.now_s = clock_utc_s(),
	};
	struct error err;
	enum status status = STATUS_OK;

	if (cmd->at != NULL && !day_parse(cmd->at, day_of(s.now_s), &s.as_of))
		status = error_set(&err, STATUS_USAGE,
		    "--at: \"%s\" is not a day; write 2026-11-19, yesterday "
		    "or -3",
		    cmd->at);
	if (status == STATUS_OK)
		status = cmd_requirements(&s.requirements, &err);
	if (status == STATUS_OK)
		status = store_open(cmd->store, STORE_READ, &s.store, &err);
	s.arena = arena_new();
	if (status == STATUS_OK)
		status = strcmp(cmd->format, "text") == 0
		    ? write_text(&s, &err)
		    : write_report(&s, &err);
	store_close(s.store);
	requirements_free(s.requirements);
	arena_free(s.arena);
	return status == STATUS_OK ? EXIT_FINE : cmd_fail(&err);
}
