/* Typing a command: completion, history, and running it. */
/* SPDX-License-Identifier: MIT */
#include "command.h"

#include <stdio.h>
#include <string.h>

#include "roster.h"
#include "sendtop/text.h"

const struct command *
command_of(const char *line, const char **arg)
{
	const struct command *found = NULL, *row;
	size_t n;

	line += strspn(line, " :");
	n = strcspn(line, " ");
	if (arg != NULL)
		*arg = line + n + strspn(line + n, " ");
	for (size_t i = 0; n > 0 && (row = command_row(i)) != NULL; i++) {
		if (strncmp(row->name, line, n) != 0)
			continue;
		if (row->name[n] == '\0')
			return row;
		if (found != NULL)
			return NULL;
		found = row;
	}
	return found;
}

/* --- completion ---------------------------------------------------------------- */

struct words {
	const char *start; /* of the word, len octets */
	size_t len;
	struct completion *items;
	size_t count, max;
};

static void
offer(struct words *words, const char *text)
{
	if (words->count == words->max || strlen(text) >= DOMAIN_SIZE ||
	    strncmp(text, words->start, words->len) != 0)
		return;
	snprintf(words->items[words->count++].text, DOMAIN_SIZE, "%s", text);
}

static void
offer_domains(struct words *words, const struct model *model)
{
	if (model->roster == NULL)
		return;
	for (size_t i = 0; i < roster_count(model->roster); i++)
		offer(words, roster_name(model->roster, i));
}

/* The checks of the open domain that could be muted, with their subjects. */
static void
offer_checks(struct words *words, const struct model *model)
{
	offer(words, "all");
	for (size_t i = 0;
	     model->view != NULL && i < model->view->history.finding_count;
	     i++) {
		const struct finding *f = &model->view->history.findings[i];
		char text[DOMAIN_SIZE];

		if (verdict_weight(f->verdict) <= verdict_weight(VERDICT_PASS))
			continue;
		if (snprintf(text, sizeof(text), "%s/%s", f->check,
			f->subject) < (int)sizeof(text))
			offer(words, text);
	}
}

static void
offer_muted(struct words *words, const struct model *model)
{
	for (size_t i = 0; model->view != NULL && i < model->view->mute_count;
	     i++) {
		const struct store_mute *m = &model->view->mutes[i];
		char text[DOMAIN_SIZE];

		if (snprintf(text, sizeof(text), "%s%s%s",
			m->check[0] != '\0' ? m->check : "all",
			m->subject[0] != '\0' ? "/" : "",
			m->subject) < (int)sizeof(text))
			offer(words, text);
	}
}

static void
offer_arguments(struct words *words, const struct model *model,
    const struct command *command)
{
	static const char *const days[] = { "now", "today", "yesterday", "week",
		"month" };
	const char *word;

	switch (command->argument) {
	case ARG_DOMAIN:
		offer_domains(words, model);
		break;
	case ARG_MUTE:
		offer_checks(words, model);
		break;
	case ARG_MUTED:
		offer_muted(words, model);
		break;
	case ARG_DAY:
		for (size_t i = 0; i < sizeof(days) / sizeof(*days); i++)
			offer(words, days[i]);
		break;
	case ARG_THEME:
		for (size_t i = 0;
		     model->themes != NULL && model->themes[i] != NULL; i++)
			offer(words, model->themes[i]);
		break;
	default:
		for (size_t i = 0;
		     (word = command_word(command->argument, i)) != NULL; i++)
			offer(words, word);
	}
}

size_t
command_complete(const struct model *model, const struct edit *line,
    struct completion *out, size_t max, size_t *len)
{
	struct words words = { .items = out, .max = max };
	const struct command *command;
	const char *arg, *begin = line->text + strspn(line->text, " :");
	size_t at = line->at;

	while (at > 0 && line->text[at - 1] != ' ' && line->text[at - 1] != ':')
		at--;
	words.start = line->text + at;
	words.len = *len = line->at - at;
	command = command_of(line->text, &arg);
	if (words.start <= begin)
		for (size_t i = 0; (command = command_row(i)) != NULL; i++)
			offer(&words, command->name);
	else if (command != NULL &&
	    (words.start == arg || command->argument == ARG_SNAPSHOT ||
		command->argument == ARG_EXPORT))
		offer_arguments(&words, model, command);
	return words.count;
}

/* How many octets all of them begin with. */
static size_t
common(const struct completion *items, size_t count)
{
	size_t n = strlen(items[0].text);

	for (size_t i = 1; i < count; i++)
		for (size_t k = 0; k < n; k++)
			if (items[i].text[k] != items[0].text[k])
				n = k;
	return n;
}

static void
complete(const struct model *model, struct ui_state *ui)
{
	struct completion items[COMPLETIONS_MOST];
	char text[DOMAIN_SIZE + 1];
	size_t len,
	    n = command_complete(
		model, &ui->dialog.line, items, COMPLETIONS_MOST, &len);

	if (n == 0)
		return;
	if (n == 1)
		snprintf(text, sizeof(text), "%s ", items[0].text);
	else
		snprintf(text, sizeof(text), "%.*s", (int)common(items, n),
		    items[0].text);
	if (strlen(text) >= len)
		edit_replace(&ui->dialog.line, len, text);
}

/* --- history ------------------------------------------------------------------- */

static void
remember(struct ui_state *ui, const char *line)
{
	if (strcmp(ui->history[0], line) == 0)
		return;
	memmove(ui->history[1], ui->history[0],
	    sizeof(ui->history) - sizeof(ui->history[0]));
	snprintf(ui->history[0], sizeof(ui->history[0]), "%s", line);
}

static void
recall(struct ui_state *ui, bool older)
{
	size_t at = ui->dialog.recalled;

	if (older && at < HISTORY_LINES && ui->history[at][0] != '\0')
		at++;
	else if (!older && at > 0)
		at--;
	if (at == ui->dialog.recalled)
		return;
	ui->dialog.recalled = at;
	edit_set(&ui->dialog.line, at > 0 ? ui->history[at - 1] : "");
}

/* --- running ------------------------------------------------------------------- */

static unsigned
run(const struct model *model, const struct frame *frame, struct ui_state *ui)
{
	const struct command *command;
	char line[EDIT_SIZE];
	const char *arg;
	size_t len;
	unsigned want;

	snprintf(line, sizeof(line), "%s", ui->dialog.line.text);
	for (len = strlen(line); len > 0 && line[len - 1] == ' '; len--)
		line[len - 1] = '\0';
	ui->dialog.wrong = "";
	if (line[strspn(line, " :")] == '\0') {
		ui->dialog.kind = DIALOG_NONE;
		return 0;
	}
	command = command_of(line, &arg);
	if (command == NULL) {
		ui->dialog.wrong = "there is no such command: Tab shows them";
		return 0;
	}
	want = command->run(model, frame, ui, arg);
	if (ui->dialog.wrong[0] != '\0')
		return 0;
	remember(ui, line);
	ui->dialog.kind = DIALOG_NONE;
	return want;
}

unsigned
command_key(const struct model *model, const struct frame *frame,
    struct ui_state *ui, uint32_t code)
{
	ui->dialog.wrong = "";
	switch (code) {
	case KEY_CODE_ESCAPE:
		ui->dialog.kind = DIALOG_NONE;
		return 0;
	case KEY_CODE_ENTER:
		return run(model, frame, ui);
	case KEY_CODE_TAB:
		complete(model, ui);
		return 0;
	case KEY_CODE_UP:
	case KEY_CODE_DOWN:
		recall(ui, code == KEY_CODE_UP);
		return 0;
	case KEY_CODE_BACKSPACE:
		if (ui->dialog.line.text[0] == '\0')
			ui->dialog.kind = DIALOG_NONE;
		break;
	default:
		break;
	}
	edit_key(&ui->dialog.line, code);
	return 0;
}
