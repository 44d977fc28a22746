/* sendtop explain: what a receiver's reply means and what to do about it. */
/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "sendtop/report.h"
#include "sendtop/traffic.h"

enum { LINE_SIZE = 16 * 1024 };

struct look {
	struct cmd *cmd;
	struct providers *providers;
	struct reply_catalogue *catalogue;
	struct requirements *requirements;
	const char *provider; /* told, or NULL */
	size_t count, unknown;
};

/* A provider's word, or the name of a host that is one's. */
static enum status
find_provider(struct look *look, struct error *err)
{
	const char *said = look->cmd->provider, *word = said;

	if (said == NULL)
		return STATUS_OK;
	if (strchr(said, '.') != NULL)
		word = provider_of(look->providers, said, strlen(said));
	else if (strcmp(said, PROVIDER_OTHER) != 0 &&
	    provider_label(look->providers, said) == said)
		return error_set(err, STATUS_USAGE,
		    "--provider: \"%s\" is neither a provider such as gmail "
		    "nor a relay's host name",
		    said);
	look->provider = word;
	return STATUS_OK;
}

/* "250 2.0.0 OK", "smtp;250 OK", and in a line of a log "(250 2.0.0 OK" or
 * C="250 OK": what is grepped from a log is mostly that. */
static bool
is_taken(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i + 3 < len; i++)
		if (text[i] == '2' && isdigit((unsigned char)text[i + 1]) &&
		    isdigit((unsigned char)text[i + 2]) &&
		    (text[i + 3] == ' ' || text[i + 3] == '-') &&
		    (i == 0 || strchr("(;\"=", text[i - 1]) != NULL ||
			(i > 1 && text[i - 1] == ' ' && text[i - 2] == ';')))
			return true;
	return false;
}

/* "421 4.7.28", "5.7.26": codes without a word. */
static bool
is_code(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (!isdigit((unsigned char)text[i]) &&
		    strchr(" .-", text[i]) == NULL)
			return false;
	return true;
}

static enum status
explain(struct look *look, const char *text, size_t len, struct error *err)
{
	struct reply_match match;
	struct report_reply reply = {
		.text = text,
		.len = len,
		.show_text = look->cmd->args.count == 0 || look->count > 0,
		.match = &match,
		.label = "",
	};

	reply_classify(look->catalogue, text, len, look->provider, &match);
	if (match.provider != NULL &&
	    strcmp(match.provider, PROVIDER_OTHER) != 0)
		reply.label = provider_label(look->providers, match.provider);
	reply.taken = match.row == NULL && match.reply[0] == '\0' &&
	    is_taken(text, len);
	if (match.row == NULL && match.reply[0] != '\0' && is_code(text, len))
		reply.coded = look->catalogue;
	if (match.row != NULL)
		reply.requirement = requirements_find(
		    look->requirements, match.row->requirement);
	if (!report_reply(stdout, look->cmd->format, &reply, look->count))
		return error_set(err, STATUS_USAGE,
		    "--format: a reply has no \"%s\"; text or json",
		    look->cmd->format);
	look->count++;
	look->unknown += match.row == NULL && !reply.taken;
	return STATUS_OK;
}

/* What one line has beyond its size is read over: nothing there would tell
 * more.  When nobody reads on, or the disk is full, no more is read. */
static enum status
explain_lines(struct look *look, struct error *err)
{
	char *line = mem_alloc(LINE_SIZE);
	enum status status = STATUS_OK;
	size_t len;
	int c;

	while (status == STATUS_OK && !ferror(stdout) &&
	    fgets(line, LINE_SIZE, stdin) != NULL) {
		len = strlen(line);
		for (c = 0; len == LINE_SIZE - 1 && line[len - 1] != '\n' &&
		     c != '\n' && c != EOF;)
			c = getchar();
		len = strcspn(line, "\r\n");
		if (strspn(line, " \t") < len)
			status = explain(look, line, len, err);
	}
	if (status == STATUS_OK && ferror(stdin))
		status = error_system(err, errno, "standard input");
	else if (status == STATUS_OK && look->count == 0)
		status = error_set(err, STATUS_USAGE,
		    "standard input has no reply; one a line is expected");
	free(line);
	return status;
}

/* Words that nobody put into quotes are one reply all the same. */
static enum status
explain_words(struct look *look, struct error *err)
{
	const struct words *words = &look->cmd->args;
	struct buf text = { 0 };
	enum status status;
	size_t i;

	for (i = 0; i < words->count; i++)
		buf_printf(&text, "%s%s", i > 0 ? " " : "", words->items[i]);
	status = explain(look, text.data, text.len, err);
	buf_free(&text);
	return status;
}

static enum status
run(struct look *look, struct error *err)
{
	struct words *words = &look->cmd->args;
	enum status status = find_provider(look, err);

	if (words->count == 1 && strcmp(words->items[0], "-") == 0)
		words->count = 0;
	else if (words->count == 0 && isatty(STDIN_FILENO))
		return error_set(err, STATUS_USAGE,
		    "explain needs a reply: sendtop explain "
		    "'550 5.7.1 ...', or one a line on standard input");
	if (status == STATUS_OK)
		status = words->count > 0 ? explain_words(look, err)
					  : explain_lines(look, err);
	if (status == STATUS_OK)
		report_reply(stdout, look->cmd->format, NULL, look->count);
	return status;
}

int
cmd_explain(struct cmd *cmd)
{
	struct look look = { .cmd = cmd };
	struct error err;
	enum status status = cmd_replies(
	    &look.providers, &look.catalogue, &err);

	if (status == STATUS_OK)
		status = cmd_requirements(&look.requirements, &err);
	if (status == STATUS_OK)
		status = run(&look, &err);
	requirements_free(look.requirements);
	reply_catalogue_free(look.catalogue);
	providers_free(look.providers);
	if (status != STATUS_OK)
		return cmd_fail(&err);
	return look.unknown > 0 ? EXIT_FINDINGS : EXIT_FINE;
}
