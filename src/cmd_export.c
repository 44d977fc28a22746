/* sendtop export: the store's rows for other tools, a page at a time. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "cmd_out.h"
#include "sendtop/day.h"
#include "sendtop/org.h"
#include "sendtop/report.h"

static enum status
read_words(const struct cmd *cmd, struct arena *arena,
    struct report_export *what, struct error *err)
{
	const char **names = arena_alloc(
	    arena, (cmd->args.count + 1) * sizeof(*names));
	char ascii[ORG_NAME_SIZE];
	int32_t day;

	for (size_t i = 0; i < cmd->args.count; i++) {
		if (!org_ascii(cmd->args.items[i], ascii))
			return error_set(err, STATUS_USAGE,
			    "\"%s\" is not a domain name", cmd->args.items[i]);
		names[i] = arena_dup(arena, ascii);
	}
	what->domains = names;
	what->domain_count = cmd->args.count;
	if (cmd->since == NULL)
		return STATUS_OK;
	if (!day_parse(cmd->since, day_of(what->now_s), &day))
		return error_set(err, STATUS_USAGE,
		    "--since: \"%s\" is not a day; write 2026-11-19, "
		    "yesterday or -3",
		    cmd->since);
	what->since_s = day_start(day);
	return STATUS_OK;
}

/* text is what every command has without the option. */
static const char *
format_of(const struct cmd *cmd)
{
	return strcmp(cmd->format, "text") == 0 ? "csv" : cmd->format;
}

static enum status
write_out(const struct cmd *cmd, struct report_export *what, struct error *err)
{
	struct cmd_out out;
	enum status status = cmd_out_open(&out, cmd, err);

	if (status != STATUS_OK)
		return status;
	what->progress = cmd_out_progress;
	what->arg = &out;
	status = report_export(out.stream, format_of(cmd), what, err);
	return cmd_out_close(&out, status, err);
}

int
cmd_export(struct cmd *cmd)
{
	struct report_export what = { .now_s = clock_utc_s() };
	struct arena *arena = arena_new();
	struct error err;
	enum status status = read_words(cmd, arena, &what, &err);

	if (status == STATUS_OK)
		status = store_open(cmd->store, STORE_READ, &what.store, &err);
	if (status == STATUS_OK)
		status = write_out(cmd, &what, &err);
	store_close(what.store);
	arena_free(arena);
	/* What stdout suffers from, main says of every command. */
	return status == STATUS_OK || ferror(stdout) ? EXIT_FINE
						     : cmd_fail(&err);
}
