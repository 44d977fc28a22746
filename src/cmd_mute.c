/* sendtop mute: what the operator does not want to hear of for a while. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "moment.h"
#include "own.h"
#include "sendtop/check.h"
#include "sendtop/day.h"
#include "sendtop/metric.h"
#include "sendtop/store_mail.h"

/* What may be muted besides checks and measures. */
static const char *const kinds[] = { "state", "spam_band", "ramp", "reputation",
	"data", "record", "burst", "ip_use", "from_use" };

static const char *
or_all(const char *word)
{
	return word[0] != '\0' ? word : OWN_ALL;
}

static bool
is_known(const char *name)
{
	const struct check *check;

	for (size_t i = 0; (check = check_row(i)) != NULL; i++)
		if (strcmp(check->name, name) == 0)
			return true;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i], name) == 0)
			return true;
	return strncmp(name, "google.", 7) == 0 ||
	    metric_find(name) != METRIC_COUNT;
}

/* --- listing --------------------------------------------------------------- */

static void
print_mute(const struct store_mute *mute)
{
	char until[OWN_TIME_SIZE];

	printf("%3ld  %-16s  %-24s  %s%s%s  %s\n", (long)mute->id,
	    mute->until_s == 0 ? "for good" : own_time(until, mute->until_s),
	    or_all(mute->domain), or_all(mute->check),
	    mute->subject[0] != '\0' ? "/" : "", mute->subject, mute->why);
}

static enum status
list(struct store *store, const char *domain, struct error *err)
{
	struct arena *arena = arena_new();
	struct store_mute *mutes;
	size_t count;
	enum status status = store_mutes(
	    store, domain, clock_utc_s(), arena, &mutes, &count, err);

	for (size_t i = 0; status == STATUS_OK && i < count; i++)
		print_mute(&mutes[i]);
	if (status == STATUS_OK && count == 0)
		fprintf(stderr, "sendtop: nothing is muted%s%s\n",
		    domain != NULL ? " of " : "", domain != NULL ? domain : "");
	arena_free(arena);
	return status;
}

/* --- muting ---------------------------------------------------------------- */

/* CHECK/SUBJECT; a subject may hold slashes itself. */
static enum status
read_check(const char *word, struct arena *arena, struct store_mute *mute,
    struct error *err)
{
	const char *slash = strchr(word, '/');
	char *check = arena_ndup(
	    arena, word, slash != NULL ? (size_t)(slash - word) : strlen(word));

	if (strcmp(check, OWN_ALL) == 0)
		check[0] = '\0';
	else if (!is_known(check))
		return error_set(err, STATUS_USAGE,
		    "there is no check, measure or event \"%s\" to mute (see "
		    "sendtop-checks(7))",
		    check);
	mute->check = check;
	mute->subject = slash != NULL ? slash + 1 : "";
	return STATUS_OK;
}

static enum status
read_until(const struct cmd *cmd, struct store_mute *mute, struct error *err)
{
	if (cmd->for_good && cmd->until != NULL)
		return error_set(err, STATUS_USAGE,
		    "--until and --for-good exclude each other");
	if (cmd->for_good)
		return STATUS_OK;
	if (cmd->until == NULL)
		return error_set(err, STATUS_USAGE,
		    "say until when with --until DAY, or --for-good");
	if (!moment_parse(cmd->until, mute->since_s, true, &mute->until_s))
		return error_set(err, STATUS_USAGE,
		    "--until: \"%s\" is no time; write 2026-12-01, "
		    "\"2026-12-01 14:00\", tomorrow or +7",
		    cmd->until);
	if (mute->until_s <= mute->since_s)
		return error_set(err, STATUS_USAGE,
		    "--until: \"%s\" is over already", cmd->until);
	return STATUS_OK;
}

static enum status
add(const struct cmd *cmd, struct store *store, const char *domain,
    struct arena *arena, struct error *err)
{
	struct store_mute mute = { .domain = domain != NULL ? domain : "",
		.since_s = clock_utc_s(),
		.why = cmd->why };
	enum status status = read_check(cmd->args.items[1], arena, &mute, err);

	if (status == STATUS_OK && cmd->args.count > 2)
		status = error_set(err, STATUS_USAGE,
		    "\"%s\" is too much: one DOMAIN and one CHECK at a time",
		    cmd->args.items[2]);
	if (status == STATUS_OK)
		status = read_until(cmd, &mute, err);
	if (status == STATUS_OK && cmd->why == NULL)
		status = error_set(err, STATUS_USAGE,
		    "say why with --why TEXT, for who comes after you");
	return status == STATUS_OK ? store_mute_add(store, &mute, err) : status;
}

static enum status
run(const struct cmd *cmd, struct store *store, struct arena *arena,
    struct error *err)
{
	const char *domain = NULL;
	enum status status = STATUS_OK;
	int64_t id;

	if (cmd->end != NULL) {
		status = own_number(cmd, "--end", cmd->end, &id, err);
		return status == STATUS_OK
		    ? store_mute_end(store, id, clock_utc_s(), err)
		    : status;
	}
	if (cmd->args.count > 0 && strcmp(cmd->args.items[0], OWN_ALL) != 0)
		status = own_domain(
		    store, cmd->args.items[0], arena, &domain, err);
	if (status != STATUS_OK)
		return status;
	if (cmd->args.count > 1)
		return add(cmd, store, domain, arena, err);
	if (cmd->until != NULL || cmd->for_good || cmd->why != NULL)
		return error_set(err, STATUS_USAGE,
		    "say what to mute: sendtop mute DOMAIN CHECK");
	return list(store, domain, err);
}

int
cmd_mute(struct cmd *cmd)
{
	bool writes = cmd->end != NULL || cmd->args.count > 1;

	return own_run(cmd, writes ? STORE_WRITE : STORE_READ, run);
}
