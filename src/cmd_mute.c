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
#include "sendtop/text.h"

/* What may be muted besides checks and measures. */
static const char *const kinds[] = { "state", "spam_band", "ramp", "reputation",
	"data", "record", "burst", "ip_use", "from_use" };
enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };
#define GOOGLE "google."

static const char *
or_all(const char *word)
{
	return word[0] != '\0' ? word : OWN_ALL;
}

enum { NEAR_MOST = 3, NEAR_EDITS = 3, OTHERS_MOST = 300 };

/* What may be muted by name: checks, kinds, measures; NULL past the last. */
static const char *
name_at(size_t i)
{
	const struct check *check;
	size_t checks = 0;

	while ((check = check_row(checks)) != NULL && i > 0) {
		checks++;
		i--;
	}
	if (check != NULL)
		return check->name;
	if (i < KINDS)
		return kinds[i];
	return i - KINDS < METRIC_COUNT
	    ? metric_row((enum metric)(i - KINDS))->name
	    : NULL;
}

static bool
is_known(const char *name)
{
	const char *known;

	for (size_t i = 0; (known = name_at(i)) != NULL; i++)
		if (strcmp(known, name) == 0)
			return true;
	return strncmp(name, GOOGLE, strlen(GOOGLE)) == 0;
}

/* ", is it \"ptr\" or \"spf\"?", the nearest first; "" where none is near. */
static void
near_names(const char *typed, struct buf *out)
{
	size_t most = strlen(typed) / 2 < NEAR_EDITS ? strlen(typed) / 2
						     : NEAR_EDITS;
	const char *name;
	size_t count = 0;

	for (size_t edits = 1; edits <= most; edits++)
		for (size_t i = 0; (name = name_at(i)) != NULL; i++)
			if (count < NEAR_MOST &&
			    text_distance(typed, name) == edits)
				buf_printf(out, "%s\"%s\"",
				    count++ == 0 ? "; is it " : " or ", name);
	if (count > 0)
		buf_char(out, '?');
}

static enum status
unknown_name(const char *typed, struct error *err)
{
	struct buf near = { 0 };
	enum status status;

	near_names(typed, &near);
	status = error_set(err, STATUS_USAGE,
	    "there is no check, measure or event \"%s\" to mute%s (see "
	    "sendtop-checks(7))",
	    typed, near.len > 0 ? near.data : "");
	buf_free(&near);
	return status;
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

/* CHECK/SUBJECT; a subject may hold slashes itself, and is printable as those
 * of findings are. */
static enum status
read_check(const char *typed, struct arena *arena, struct store_mute *mute,
    struct error *err)
{
	const char *word = text_printable_arena(
	    arena, typed, strlen(typed), OWN_TEXT_SIZE);
	const char *slash = strchr(word, '/');
	char *check = arena_ndup(
	    arena, word, slash != NULL ? (size_t)(slash - word) : strlen(word));

	if (strcmp(check, OWN_ALL) == 0)
		check[0] = '\0';
	else if (!is_known(check))
		return unknown_name(check, err);
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

/* Whether findings have that name: then one that none has is worth a word. */
static bool
is_of_findings(const char *name)
{
	const struct check *check;

	for (size_t i = 0; (check = check_row(i)) != NULL; i++)
		if (strcmp(check->name, name) == 0)
			return true;
	return strncmp(name, GOOGLE, strlen(GOOGLE)) == 0;
}

/* The domain's findings of that check: whether one is muted, and which others
 * there are. */
static enum status
look_for(struct store *store, const struct store_domain *domain,
    const struct store_mute *mute, struct arena *arena, bool *found,
    struct buf *others, struct error *err)
{
	struct finding *all;
	size_t count;
	enum status status = store_findings_get(
	    store, domain->id, mute->since_s, arena, &all, &count, err);

	for (size_t i = 0; status == STATUS_OK && i < count; i++) {
		if (strcmp(all[i].check, mute->check) != 0)
			continue;
		if (mute->subject[0] == '\0' ||
		    strcmp(all[i].subject, mute->subject) == 0)
			*found = true;
		else if (others->len < OTHERS_MOST)
			buf_printf(others, "%s%s/%s",
			    others->len > 0 ? ", " : "", all[i].check,
			    all[i].subject);
	}
	return status;
}

/* A mute ahead of time is taken; that nothing is muted by it yet is said. */
static enum status
tell_ahead(struct store *store, const struct store_mute *mute,
    struct arena *arena, struct error *err)
{
	bool found = mute->domain[0] == '\0' || !is_of_findings(mute->check);
	struct store_domain domain;
	struct buf others = { 0 };
	enum status status = STATUS_OK;

	if (!found) {
		status = store_domain_get(
		    store, mute->domain, arena, &domain, err);
		if (status == STATUS_OK)
			status = look_for(
			    store, &domain, mute, arena, &found, &others, err);
	}
	if (status == STATUS_OK && !found)
		fprintf(stderr,
		    "sendtop: nothing is muted by this yet: %s has no finding "
		    "%s%s%s%s%s\n",
		    mute->domain, mute->check,
		    mute->subject[0] != '\0' ? "/" : "", mute->subject,
		    others.len > 0 ? ", but " : "",
		    others.len > 0 ? others.data : "");
	buf_free(&others);
	return status;
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
	if (status == STATUS_OK)
		status = store_mute_add(store, &mute, err);
	return status == STATUS_OK ? tell_ahead(store, &mute, arena, err)
				   : status;
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
