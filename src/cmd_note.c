/* sendtop note: the operator's own remarks on the time line. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "moment.h"
#include "own.h"
#include "sendtop/day.h"
#include "sendtop/store_mail.h"
#include "sendtop/text.h"

/* What is one word with a dot in it is meant as a domain. */
static bool
looks_like_domain(const char *word)
{
	return strchr(word, '.') != NULL &&
	    word[strcspn(word, " \t\n:/@")] == '\0' &&
	    word[strlen(word) - 1] != '.';
}

static char *
join(const char *const *words, size_t count)
{
	struct buf out = { 0 };

	for (size_t i = 0; i < count; i++)
		buf_printf(&out, "%s%s", i > 0 ? " " : "", words[i]);
	return buf_take(&out);
}

static enum status
list(struct store *store, const char *domain, struct error *err)
{
	struct arena *arena = arena_new();
	struct store_note *notes;
	char when[OWN_TIME_SIZE];
	size_t count;
	enum status status = store_notes(
	    store, domain, INT64_MIN, INT64_MAX, arena, &notes, &count, err);

	for (size_t i = 0; status == STATUS_OK && i < count; i++)
		printf("%3ld  %s  %-24s  %s\n", (long)notes[i].id,
		    own_time(when, notes[i].at_s),
		    notes[i].domain[0] != '\0' ? notes[i].domain : OWN_ALL,
		    notes[i].text);
	if (status == STATUS_OK && count == 0)
		fprintf(stderr, "sendtop: there are no notes%s%s\n",
		    domain != NULL ? " for " : "",
		    domain != NULL ? domain : "");
	arena_free(arena);
	return status;
}

/* The moment that --at names, or now.  Nothing is noted of what is to come. */
static enum status
moment(const struct cmd *cmd, int64_t *out, struct error *err)
{
	int64_t now_s = clock_utc_s();

	*out = now_s;
	if (cmd->at == NULL)
		return STATUS_OK;
	if (!moment_parse(cmd->at, now_s, false, out))
		return error_set(err, STATUS_USAGE,
		    "--at: \"%s\" is no time; write 2026-11-19, "
		    "\"2026-11-19 14:02\", yesterday or -3",
		    cmd->at);
	if (*out > now_s)
		return error_set(err, STATUS_USAGE,
		    "--at: \"%s\" is yet to come; a note is of what was",
		    cmd->at);
	return STATUS_OK;
}

static enum status
add(const struct cmd *cmd, struct store *store, const char *domain, size_t from,
    struct error *err)
{
	char *text = join(cmd->args.items + from, cmd->args.count - from);
	int64_t at_s;
	enum status status = moment(cmd, &at_s, err);

	if (status == STATUS_OK)
		status = store_note_add(
		    store, domain != NULL ? domain : "", at_s, text, err);
	free(text);
	return status;
}

static enum status
run(const struct cmd *cmd, struct store *store, struct arena *arena,
    struct error *err)
{
	const char *domain = NULL;
	size_t from = 0;
	int64_t id;
	enum status status;

	if (cmd->drop != NULL) {
		status = own_number(cmd, "--drop", cmd->drop, &id, err);
		return status == STATUS_OK ? store_note_drop(store, id, err)
					   : status;
	}
	if (cmd->args.count > 0 && looks_like_domain(cmd->args.items[0])) {
		status = own_domain(
		    store, cmd->args.items[0], arena, &domain, err);
		if (status != STATUS_OK)
			return status;
		from = 1;
	} else if (cmd->args.count > 0 &&
	    strcmp(cmd->args.items[0], OWN_ALL) == 0) {
		from = 1;
	}
	if (cmd->args.count > from)
		return add(cmd, store, domain, from, err);
	if (cmd->at != NULL)
		return error_set(
		    err, STATUS_USAGE, "--at needs a text to note");
	return list(store, domain, err);
}

int
cmd_note(struct cmd *cmd)
{
	bool writes = cmd->drop != NULL || cmd->args.count > 0;

	return own_run(cmd, writes ? STORE_WRITE : STORE_READ, run);
}
