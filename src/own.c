/* What the commands share that keep the operator's own words. */
/* SPDX-License-Identifier: MIT */
#include "own.h"

#include <stdio.h>

#include "sendtop/day.h"
#include "sendtop/org.h"
#include "sendtop/text.h"

char *
own_time(char out[OWN_TIME_SIZE], int64_t time_s)
{
	char text[TIME_TEXT_SIZE];

	time_text(text, time_s);
	snprintf(out, OWN_TIME_SIZE, "%.10s %.5s", text, text + 11);
	return out;
}

enum status
own_domain(struct store *store, const char *word, struct arena *arena,
    const char **out, struct error *err)
{
	char ascii[ORG_NAME_SIZE];
	struct store_domain domain;
	enum status status;

	if (!org_ascii(word, ascii))
		return error_set(
		    err, STATUS_USAGE, "\"%s\" is not a domain name", word);
	status = store_domain_get(store, ascii, arena, &domain, err);
	*out = status == STATUS_OK ? domain.name : NULL;
	return status;
}

enum status
own_number(const struct cmd *cmd, const char *option, const char *word,
    int64_t *out, struct error *err)
{
	if (cmd->args.count > 0)
		return error_set(err, STATUS_USAGE,
		    "%s stands alone: \"%s\" is too much", option,
		    cmd->args.items[0]);
	if (!text_to_int(word, 1, INT64_MAX, out))
		return error_set(err, STATUS_USAGE,
		    "%s: \"%s\" is none of the numbers that sendtop %s lists",
		    option, word, cmd->name);
	return STATUS_OK;
}

int
own_run(const struct cmd *cmd, enum store_mode mode,
    enum status (*run)(const struct cmd *cmd, struct store *store,
	struct arena *arena, struct error *err))
{
	struct arena *arena = arena_new();
	struct store *store = NULL;
	struct error err;
	enum status status = store_open(cmd->store, mode, &store, &err);

	if (status == STATUS_OK)
		status = run(cmd, store, arena, &err);
	store_close(store);
	arena_free(arena);
	return status == STATUS_OK ? EXIT_FINE : cmd_fail(&err);
}
