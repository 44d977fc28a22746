/* The commands that write files: what is meant by their words. */
/* SPDX-License-Identifier: MIT */
#include "command_file.h"

#include <stdio.h>
#include <string.h>

#include "roster.h"
#include "sendtop/day.h"
#include "sendtop/text.h"
#include "when.h"

/* A word, and what it sets. */
enum sets { SETS_SCOPE, SETS_FORMAT, SETS_REDACT, SETS_SINCE };
static const struct row {
	const char *word;
	enum sets sets;
	enum scope scope;
	bool snapshot, export; /* means something there */
} rows[] = {
	{ "domain", SETS_SCOPE, SCOPE_DOMAIN, true, true },
	{ "all", SETS_SCOPE, SCOPE_ALL, true, true },
	{ "panel", SETS_SCOPE, SCOPE_PANEL, true, false },
	{ "text", SETS_FORMAT, SCOPE_PANEL, true, false },
	{ "markdown", SETS_FORMAT, SCOPE_PANEL, true, false },
	{ "json", SETS_FORMAT, SCOPE_PANEL, true, true },
	{ "csv", SETS_FORMAT, SCOPE_PANEL, true, true },
	{ "redacted", SETS_REDACT, SCOPE_PANEL, true, false },
	{ "since", SETS_SINCE, SCOPE_PANEL, true, true },
};
enum { ROWS = sizeof(rows) / sizeof(*rows) };

static bool
means(const struct row *row, bool history)
{
	return history ? row->export : row->snapshot;
}

const char *
command_file_word(bool history, size_t i)
{
	for (size_t k = 0; k < ROWS; k++)
		if (means(&rows[k], history) && i-- == 0)
			return rows[k].word;
	return NULL;
}

static const struct row *
row_of(const char *word, bool history)
{
	for (size_t i = 0; i < ROWS; i++)
		if (means(&rows[i], history) && strcmp(rows[i].word, word) == 0)
			return &rows[i];
	return NULL;
}

/* The first word, copied; returns what is behind it. */
static const char *
split(const char *text, char *word, size_t size)
{
	size_t n = strcspn(text, " ");

	snprintf(word, size, "%.*s", (int)(n < size ? n : size - 1), text);
	return text + n + strspn(text + n, " ");
}

/* A domain that is watched, by the list in memory. */
static bool
is_watched(const struct model *model, const char *name)
{
	for (size_t i = 0;
	     model->roster != NULL && i < roster_count(model->roster); i++)
		if (text_equal_nocase(roster_name(model->roster, i), name))
			return true;
	return text_equal_nocase(act_domain(model), name);
}

/* By the end of its name. */
static const char *
format_of_file(const char *file, bool history)
{
	static const struct {
		const char *end, *format;
	} ends[] = { { ".csv", "csv" }, { ".json", "json" },
		{ ".md", "markdown" } };
	size_t n = strlen(file);

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		size_t len = strlen(ends[i].end);

		if (n > len && text_equal_nocase(file + n - len, ends[i].end) &&
		    row_of(ends[i].format, history) != NULL)
			return ends[i].format;
	}
	return history ? "csv" : "text";
}

/* Takes the words before the file's name; returns that, or NULL when the day
 * is none. */
static const char *
take_words(const struct model *model, struct order *order, const char *arg)
{
	while (arg[0] != '\0') {
		char word[DOMAIN_SIZE];
		const char *rest = split(arg, word, sizeof(word));
		const struct row *row = row_of(word, order->history);

		if (row == NULL && is_watched(model, word)) {
			order->scope = SCOPE_DOMAIN;
			snprintf(
			    order->domain, sizeof(order->domain), "%s", word);
			text_lower(order->domain);
		} else if (row == NULL)
			return arg;
		else if (row->sets == SETS_SCOPE)
			order->scope = row->scope;
		else if (row->sets == SETS_FORMAT)
			order->format = row->word;
		else if (row->sets == SETS_REDACT)
			order->redact = true;
		else {
			rest = split(rest, word, sizeof(word));
			if (!when_day(
				word, day_of(model->now_s), &order->since))
				return NULL;
		}
		arg = rest;
	}
	return arg;
}

/* A word that was mistyped is no file's name, nor a domain that is not
 * watched and what follows it. */
static bool
is_file(const char *text)
{
	if (text[0] == '\0' || strchr(text, '/') != NULL)
		return true;
	return strchr(text, '.') != NULL && strchr(text, ' ') == NULL;
}

/* What is still wrong with the order, or "". */
static const char *
check(const struct model *model, struct order *order)
{
	if (order->format == NULL)
		order->format = format_of_file(order->file, order->history);
	if (!is_file(order->file))
		return "no such word or domain; a file of that name is ./NAME";
	if (order->scope == SCOPE_DOMAIN && order->domain[0] == '\0')
		return "which domain?  open one, or put the cursor on it";
	if (order->scope == SCOPE_ALL)
		order->domain[0] = '\0';
	if (order->scope != SCOPE_PANEL)
		return "";
	if (model->ui.screen == SCREEN_DOMAINS)
		return "the list is no panel: snapshot all writes it";
	if (strcmp(order->format, "text") != 0 &&
	    strcmp(order->format, "markdown") != 0)
		return "a panel is written as text or markdown";
	return order->since != 0 ? "a panel is written as it stands" : "";
}

const char *
command_file_order(const struct model *model, bool history, const char *arg,
    struct order *order)
{
	const char *file;

	*order = (struct order){ .history = history,
		.scope = model->ui.screen == SCREEN_DOMAIN ? SCOPE_DOMAIN
							   : SCOPE_ALL };
	snprintf(order->domain, sizeof(order->domain), "%s", act_domain(model));
	file = take_words(model, order, arg);
	if (file == NULL)
		return "since which day?  2026-11-17, yesterday, week or -3";
	snprintf(order->file, sizeof(order->file), "%s", file);
	return check(model, order);
}
