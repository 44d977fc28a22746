/* sendtop check: the store's standings as a monitoring plugin says them. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "sendtop/day.h"
#include "sendtop/org.h"
#include "sendtop/report.h"
#include "sendtop/store_live.h"

enum { PAGE = 500, EXIT_UNKNOWN = 3, SLACK_S = 600 };

static enum status
add_all(struct store *store, struct plugin_line *line, int64_t now_s,
    struct error *err)
{
	struct standing_page page = { .sort = SORT_WORST, .limit = PAGE };
	struct arena *arena = arena_new();
	struct store_standing *rows;
	enum status status;
	size_t count, total, i;

	do {
		arena_reset(arena);
		status = store_standing_page(
		    store, &page, arena, &rows, &count, &total, err);
		if (status != STATUS_OK)
			break;
		for (i = 0; i < count; i++)
			if (rows[i].judged)
				report_plugin_add(line, rows[i].name,
				    &rows[i].standing, now_s);
		page.offset += count;
	} while (count > 0 && page.offset < total);
	arena_free(arena);
	return status;
}

static enum status
add_named(struct store *store, const struct words *names,
    struct plugin_line *line, int64_t now_s, struct error *err)
{
	struct arena *arena = arena_new();
	struct store_domain domain;
	struct standing standing;
	char ascii[ORG_NAME_SIZE];
	enum status status = STATUS_OK;
	size_t i;

	for (i = 0; status == STATUS_OK && i < names->count; i++) {
		if (!org_ascii(names->items[i], ascii)) {
			status = error_set(err, STATUS_USAGE,
			    "\"%s\" is not a domain name", names->items[i]);
			break;
		}
		status = store_domain_get(store, ascii, arena, &domain, err);
		if (status == STATUS_OK)
			status = store_standing_get(
			    store, domain.id, &standing, err);
		if (status == STATUS_OK)
			report_plugin_add(line, ascii, &standing, now_s);
		else
			error_prefix(err, "%s", ascii);
	}
	arena_free(arena);
	return status;
}

/* Twice the longest pause between two rounds, and some: who collects with a
 * timer instead of for good is heard of no more often. */
static int64_t
patience_s(const struct settings *settings)
{
	int64_t longest = settings->poll_s > settings->check_interval_s
	    ? settings->poll_s
	    : settings->check_interval_s;

	return 2 * longest + SLACK_S;
}

static enum status
look_for_life(struct store *store, const struct settings *settings,
    struct plugin_line *line, int64_t now_s, struct error *err)
{
	struct arena *arena = arena_new();
	struct store_activity *works;
	size_t count, i;
	int64_t beat_s = 0;
	enum status status = store_activities(
	    store, arena, &works, &count, err);

	for (i = 0; status == STATUS_OK && i < count; i++)
		if (works[i].beat_s > beat_s)
			beat_s = works[i].beat_s;
	if (status == STATUS_OK && now_s - beat_s > patience_s(settings))
		line->silent_s = now_s - beat_s;
	arena_free(arena);
	return status;
}

int
cmd_check_fail(const struct error *err)
{
	printf("SENDTOP UNKNOWN - %s\n", err->text);
	return EXIT_UNKNOWN;
}

int
cmd_check(struct cmd *cmd)
{
	struct plugin_line line;
	int64_t now_s = clock_utc_s();
	struct store *store;
	struct error err;
	enum status status;

	report_plugin_begin(&line);
	status = store_open(cmd->store, STORE_READ, &store, &err);
	if (status == STATUS_OK) {
		status = cmd->args.count > 0
		    ? add_named(store, &cmd->args, &line, now_s, &err)
		    : add_all(store, &line, now_s, &err);
		if (status == STATUS_OK)
			status = look_for_life(
			    store, cmd->settings, &line, now_s, &err);
		store_close(store);
	}
	if (status == STATUS_OK)
		return report_plugin(stdout, &line);
	return cmd_check_fail(&err);
}
