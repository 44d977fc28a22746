/* sendtop snapshot: the panels as text, or the data in a format. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd_out.h"
#include "sendtop/day.h"
#include "sendtop/org.h"
#include "sendtop/report.h"
#include "ui/snapshot.h"

struct snap {
	struct cmd *cmd;
	struct snapshot_options options;
	struct store *store;
	struct requirements *requirements;
	struct providers *providers;
	struct reply_catalogue *catalogue;
	struct redact *redact;
	struct arena *arena; /* names; lives to the end */
	FILE *out;
};

/* The domains that the command line names. */
static enum status
choose_named(struct snap *s, struct error *err)
{
	const struct words *args = &s->cmd->args;
	const char **names = arena_alloc(
	    s->arena, (args->count + 1) * sizeof(*names));
	char ascii[ORG_NAME_SIZE];

	for (size_t i = 0; i < args->count; i++) {
		if (!org_ascii(args->items[i], ascii))
			return error_set(err, STATUS_USAGE,
			    "\"%s\" is not a domain name", args->items[i]);
		names[i] = arena_dup(s->arena, ascii);
	}
	s->options.domains = names;
	s->options.domain_count = args->count;
	return STATUS_OK;
}

/* All that are watched: for people worst first, for programs by name. */
static enum status
choose_all(
    struct snap *s, const char ***names, size_t *count, struct error *err)
{
	bool worst = strcmp(s->cmd->format, "markdown") == 0;
	struct store_standing *rows = NULL;
	struct store_domain *all = NULL;
	enum status status = worst
	    ? snapshot_rows(&s->options, s->arena, &rows, count, err)
	    : store_domains(s->store, s->arena, &all, count, err);

	if (status != STATUS_OK)
		return status;
	*names = arena_alloc(s->arena, (*count + 1) * sizeof(**names));
	for (size_t i = 0; i < *count; i++)
		(*names)[i] = worst ? rows[i].name : all[i].name;
	free(rows);
	return STATUS_OK;
}

static enum status
write_domains(struct snap *s, struct report *report, const char *const *names,
    size_t count, struct error *err)
{
	struct arena *arena = arena_new();
	enum status status = STATUS_OK;
	struct view view;

	for (size_t i = 0; status == STATUS_OK && i < count; i++) {
		arena_reset(arena);
		status = snapshot_go_on(&s->options, i, count, err);
		if (status != STATUS_OK)
			break;
		status = snapshot_view(
		    &s->options, names[i], arena, &view, err);
		if (status == STATUS_OK)
			report_view(report, &view);
		else
			error_prefix(err, "%s", names[i]);
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
		.taken_s = s->options.now_s,
		.as_of = s->options.as_of,
		.since = s->options.since != DAY_NONE ? s->options.since : 0,
	};
	const char **all = NULL;
	size_t count = 0;
	struct report *report;
	enum status status = snapshot_head(
	    &s->options, s->arena, &view_head, err);

	if (status == STATUS_OK && head.since != 0 &&
	    s->options.domain_count == 0)
		status = snapshot_fleet(&s->options, s->arena, &head.changes,
		    &head.change_count, err);
	if (status == STATUS_OK && s->options.domain_count == 0)
		status = choose_all(s, &all, &count, err);
	if (status != STATUS_OK)
		return status;
	report = report_begin(s->cmd->format, s->out, &head);
	if (report == NULL)
		return error_set(err, STATUS_USAGE,
		    "--format: there is no \"%s\"; text, json, csv or "
		    "markdown",
		    s->cmd->format);
	status = all != NULL ? write_domains(s, report, all, count, err)
			     : write_domains(s, report, s->options.domains,
				   s->options.domain_count, err);
	if (!report_end(report) && !cmd_reader_left() && status == STATUS_OK)
		status = error_set(err, STATUS_FULL, "cannot write the output");
	return status;
}

static enum status
write_either(struct snap *s, FILE *out, struct error *err)
{
	s->out = out;
	return strcmp(s->cmd->format, "text") == 0
	    ? snapshot_text(out, &s->options, err)
	    : write_report(s, err);
}

static enum status
write_out(struct snap *s, struct error *err)
{
	struct cmd_out out;
	enum status status = cmd_out_open(&out, s->cmd, err);

	if (status != STATUS_OK)
		return status;
	s->options.progress = cmd_out_progress;
	s->options.arg = &out;
	return cmd_out_close(&out, write_either(s, out.stream, err), err);
}

/* --- what it is made from --------------------------------------------------------- */

static enum status
read_day(const char *option, const char *text, int64_t now_s, int32_t *day,
    struct error *err)
{
	if (text == NULL)
		return STATUS_OK;
	if (!day_parse(text, day_of(now_s), day))
		return error_set(err, STATUS_USAGE,
		    "%s: \"%s\" is not a day; write 2026-11-19, yesterday or "
		    "-3",
		    option, text);
	if (*day > day_of(now_s))
		return error_set(
		    err, STATUS_USAGE, "%s: %s is yet to come", option, text);
	return STATUS_OK;
}

static enum status
read_days(struct snap *s, struct error *err)
{
	struct snapshot_options *o = &s->options;
	int32_t last = day_of(o->now_s);
	enum status status = read_day(
	    "--at", s->cmd->at, o->now_s, &o->as_of, err);

	if (status == STATUS_OK)
		status = read_day(
		    "--since", s->cmd->since, o->now_s, &o->since, err);
	if (o->as_of != DAY_NONE)
		last = o->as_of;
	if (status == STATUS_OK && o->since != DAY_NONE && o->since > last)
		return error_set(err, STATUS_USAGE,
		    "--since: %s begins after what it is compared with",
		    s->cmd->since);
	return status;
}

/* A key that is lost makes other aliases the next time: that is told. */
static enum status
open_redact(struct snap *s, struct error *err)
{
	bool lasting;
	enum status status;

	if (!s->cmd->redact)
		return STATUS_OK;
	status = redact_open(s->store, &s->redact, &lasting, err);
	if (status == STATUS_OK && !lasting)
		fprintf(stderr,
		    "sendtop: the store cannot be written, so the aliases of "
		    "this snapshot are its own: the next one has others\n");
	s->options.redact = s->redact;
	return status;
}

/* What replies mean takes a while to read, and without a log there are none. */
static enum status
open_replies(struct snap *s, struct error *err)
{
	int64_t first_s, last_s;
	enum status status = store_log_span(s->store, &first_s, &last_s, err);

	if (status == STATUS_OK && last_s > 0)
		status = cmd_replies(&s->providers, &s->catalogue, err);
	return status;
}

static enum status
open_all(struct snap *s, struct error *err)
{
	enum status status = cmd_requirements(&s->requirements, err);

	if (status == STATUS_OK)
		status = store_open(s->cmd->store, STORE_READ, &s->store, err);
	if (status == STATUS_OK)
		status = open_replies(s, err);
	s->options.store = s->store;
	s->options.requirements = s->requirements;
	s->options.providers = s->providers;
	s->options.catalogue = s->catalogue;
	return status == STATUS_OK ? open_redact(s, err) : status;
}

static void
close_all(struct snap *s)
{
	redact_free(s->redact);
	store_close(s->store);
	reply_catalogue_free(s->catalogue);
	providers_free(s->providers);
	requirements_free(s->requirements);
	arena_free(s->arena);
}

int
cmd_snapshot(struct cmd *cmd)
{
	struct snap s = {
		.cmd = cmd,
		.options = { .settings = cmd->settings,
		    .as_of = DAY_NONE,
		    .since = DAY_NONE,
		    .now_s = clock_utc_s(),
		    .ascii = cmd->settings->ascii },
		.arena = arena_new(),
	};
	struct error err;
	enum status status = read_days(&s, &err);

	if (status == STATUS_OK)
		status = choose_named(&s, &err);
	if (status == STATUS_OK)
		status = open_all(&s, &err);
	if (status == STATUS_OK)
		status = write_out(&s, &err);
	close_all(&s);
	return status == STATUS_OK ? EXIT_FINE : cmd_fail(&err);
}
