/* sendtop check: the store's standings as a monitoring plugin says them. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "sendtop/day.h"
#include "sendtop/org.h"
#include "sendtop/report.h"
#include "sendtop/store_live.h"
#include "sendtop/store_mail.h"

enum { PAGE = 500, SLACK_S = 600 };

struct look {
	struct store *store;
	struct plugin_line line;
	int64_t now_s, patience_s;
	struct arena *arena; /* for what lives as long as the look */
	struct store_mute *mutes;
	size_t mute_count;
};

/* --- one domain ----------------------------------------------------------- */

/* Whether it is known, and wanted, that no numbers come. */
static bool
is_muted(const struct look *look, const char *domain)
{
	for (size_t i = 0; i < look->mute_count; i++) {
		const struct store_mute *mute = &look->mutes[i];

		if ((mute->domain[0] == '\0' ||
			strcmp(mute->domain, domain) == 0) &&
		    mute_covers(mute, 1, "data", "") != NULL)
			return true;
	}
	return false;
}

/* Numbers came once and come no more, though Postmaster never said that they
 * would not: a token that died, an API that fails. */
static void
look_at_age(
    struct look *look, const char *domain, const struct standing *standing)
{
	struct plugin_line *line = &look->line;
	int64_t age_s = look->now_s - standing->fetched_s;

	if (standing->fetched_s == 0 || age_s <= look->patience_s ||
	    (standing->poll != POLL_OK && standing->poll != POLL_ERROR) ||
	    is_muted(look, domain))
		return;
	line->stale_count++;
	if (age_s <= line->stale_s)
		return;
	line->stale_s = age_s;
	snprintf(line->stale, sizeof(line->stale), "%s", domain);
}

static void
add(struct look *look, const char *domain, const struct standing *standing)
{
	report_plugin_add(&look->line, domain, standing, look->now_s);
	look_at_age(look, domain, standing);
}

/* --- which domains -------------------------------------------------------- */

static enum status
add_all(struct look *look, struct error *err)
{
	struct standing_page page = { .sort = SORT_WORST, .limit = PAGE };
	struct arena *arena = arena_new();
	struct store_standing *rows;
	enum status status;
	size_t count, total, i;

	do {
		arena_reset(arena);
		status = store_standing_page(
		    look->store, &page, arena, &rows, &count, &total, err);
		if (status != STATUS_OK)
			break;
		for (i = 0; i < count; i++)
			if (rows[i].judged)
				add(look, rows[i].name, &rows[i].standing);
		page.offset += count;
	} while (count > 0 && page.offset < total);
	arena_free(arena);
	return status;
}

static enum status
add_named(struct look *look, const struct words *names, struct error *err)
{
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
		status = store_domain_get(
		    look->store, ascii, look->arena, &domain, err);
		if (status == STATUS_OK)
			status = store_standing_get(
			    look->store, domain.id, &standing, err);
		if (status == STATUS_OK)
			add(look, ascii, &standing);
		else
			error_prefix(err, "%s", ascii);
	}
	return status;
}

/* --- the collector -------------------------------------------------------- */

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
look_for_life(struct look *look, struct error *err)
{
	struct store_activity *works;
	size_t count, i;
	int64_t beat_s = 0;
	enum status status = store_activities(
	    look->store, look->arena, &works, &count, err);

	for (i = 0; status == STATUS_OK && i < count; i++) {
		if (works[i].beat_s > beat_s)
			beat_s = works[i].beat_s;
		if (strcmp(works[i].kind, "poll") == 0)
			look->line.trouble = works[i].error;
	}
	if (status == STATUS_OK && look->now_s - beat_s > look->patience_s)
		look->line.silent_s = look->now_s - beat_s;
	return status;
}

/* --- the command ---------------------------------------------------------- */

static enum status
look_at_store(struct look *look, const struct words *names, struct error *err)
{
	enum status status = store_mutes(look->store, NULL, look->now_s,
	    look->arena, &look->mutes, &look->mute_count, err);

	if (status == STATUS_OK)
		status = names->count > 0 ? add_named(look, names, err)
					  : add_all(look, err);
	if (status == STATUS_OK)
		status = look_for_life(look, err);
	return status;
}

int
cmd_check_fail(const struct error *err)
{
	return report_plugin_fail(stdout, err->text);
}

int
cmd_check(struct cmd *cmd)
{
	struct look look = { .now_s = clock_utc_s(),
		.patience_s = patience_s(cmd->settings),
		.arena = arena_new() };
	struct error err;
	enum status status;
	int code;

	report_plugin_begin(&look.line);
	status = store_open(cmd->store, STORE_READ, &look.store, &err);
	if (status == STATUS_OK) {
		status = look_at_store(&look, &cmd->args, &err);
		store_close(look.store);
	}
	code = status == STATUS_OK ? report_plugin(stdout, &look.line)
				   : cmd_check_fail(&err);
	arena_free(look.arena);
	return code;
}
