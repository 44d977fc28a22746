/* The screen line by line: what can be typed, and what it shows. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "linear.h"
#include "sendtop/day.h"
#include "sendtop/text.h"
#include "signals.h"
#include "spoken.h"

enum {
	HEAD_WIDTH = 300, /* nothing is left out for want of room */
	LIST_WIDTH = 200,
	PANEL_WIDTH = 100, /* one column of everything */
	PANEL_ROWS = 20,
	BLOCK_ROWS = 200,
	SHORT_ROWS = 9, /* the tabs tell the rest */
};

static const char list_label[] = "domain: ";

static bool
speak(struct linear *l, panel_draw *draw, int width, int rows)
{
	return spoken_panel(
	    l->out, draw, &l->app->model, width, rows, l->ascii);
}

/* --- the list --------------------------------------------------------------------- */

void
linear_forget(struct linear *l)
{
	for (size_t i = 0; i < l->name_count; i++)
		free(l->names[i]);
	l->name_count = 0;
}

static size_t
number_row(struct linear *l, const char *name)
{
	l->names = mem_grow(
	    l->names, l->name_count, &l->name_cap, sizeof(*l->names));
	l->names[l->name_count++] = mem_dup(name);
	return l->name_count;
}

/* The next row of the page that is a domain, from *i on. */
static const struct store_standing *
next_domain(const struct model *model, size_t *i)
{
	for (; *i < model->row_count; ++*i)
		if (model->headings == NULL || model->headings[*i] == NULL)
			return &model->rows[(*i)++];
	return NULL;
}

/* The rows as the panel has them, each domain behind its number. */
static void
put_rows(struct linear *l)
{
	const struct model *model = &l->app->model;
	char *text = NULL, *line, *rest;
	size_t size = 0, i = 0;
	FILE *memory = open_memstream(&text, &size);

	if (memory == NULL)
		return;
	spoken_panel(memory, panel_domains, model, LIST_WIDTH,
	    model->total > 0 ? (int)model->row_count + 1 : PANEL_ROWS,
	    l->ascii);
	fclose(memory);
	rest = text;
	while ((line = strsep(&rest, "\n")) != NULL && rest != NULL) {
		const struct store_standing *row = NULL;
		size_t skip = strlen(list_label);

		if (strncmp(line, list_label, skip) == 0)
			row = next_domain(model, &i);
		if (row != NULL)
			fprintf(l->out, "%zu. %s\n", number_row(l, row->name),
			    line + skip);
		else
			fprintf(l->out, "%s\n", line);
	}
	free(text);
}

static void
show_list(struct linear *l)
{
	const struct model *model = &l->app->model;
	size_t end = model->first + model->row_count;

	if (model->first == 0) {
		linear_forget(l);
		speak(l, panel_header, HEAD_WIDTH, 2);
	}
	if (model->ui.filter[0] != '\0')
		fprintf(l->out, "Filter %s: %zu domains.\n", model->ui.filter,
		    model->total);
	put_rows(l);
	if (end < model->total)
		fprintf(l->out,
		    "%zu to %zu of %zu; more tells the next ones.\n",
		    model->first + 1, end, model->total);
}

/* --- a domain --------------------------------------------------------------------- */

/* The summary's blocks one after the other; beside each other they would be
 * read mixed. */
static void
show_summary(struct linear *l)
{
	static const struct {
		panel_draw *draw;
		int rows;
	} blocks[] = { { block_advice, BLOCK_ROWS },
		{ block_numbers, PANEL_ROWS }, { block_replies, PANEL_ROWS },
		{ block_events, SHORT_ROWS }, { block_google, SHORT_ROWS } };

	for (size_t i = 0; i < sizeof(blocks) / sizeof(*blocks); i++)
		if (speak(l, blocks[i].draw, PANEL_WIDTH, blocks[i].rows))
			fputc('\n', l->out);
}

static void
show_domain(struct linear *l)
{
	const struct model *model = &l->app->model;
	const struct panel *panel = panel_row(model->ui.tab);

	if (model->view == NULL) {
		linear_say(l, "Nothing has been read of this domain yet.");
		return;
	}
	speak(l, panel_domain_header, HEAD_WIDTH, 2);
	fputc('\n', l->out);
	if (model->ui.tab == 0)
		show_summary(l);
	else if (panel != NULL)
		speak(l, panel->draw, PANEL_WIDTH, PANEL_ROWS);
}

void
linear_show(struct linear *l)
{
	l->prompted = false;
	switch (l->app->model.ui.screen) {
	case SCREEN_DOMAINS:
		show_list(l);
		break;
	case SCREEN_DOMAIN:
		show_domain(l);
		break;
	case SCREEN_REPLIES:
		speak(l, panel_fleet_replies, PANEL_WIDTH, PANEL_ROWS);
		break;
	case SCREEN_EVENTS:
		speak(l, panel_events, PANEL_WIDTH, PANEL_ROWS);
		break;
	case SCREEN_CHANGES:
		speak(l, panel_changes, PANEL_WIDTH, PANEL_ROWS);
		break;
	}
}

/* --- doing ------------------------------------------------------------------------ */

enum {
	WANT_TO_SEE = WANT_PAGE | WANT_ORDER | WANT_VIEW | WANT_OPEN |
	    WANT_TIME,
	WANT_NEVER = WANT_COPY | WANT_THEME | WANT_SUSPEND | WANT_FOLLOW,
};

/* Reads whatever the list waits for; a signal ends that. */
static void
read_on(struct app *app)
{
	while (!app->quit && app_read_on(app))
		if (signals_take() & SIGNAL_QUIT)
			app->quit = true;
}

static void
perform(struct linear *l, unsigned want)
{
	struct app *app = l->app;
	struct ui_state *ui = &app->model.ui;

	if (want & (WANT_ORDER | WANT_TIME))
		ui->top = 0;
	ui->cursor = ui->top;
	ui->moved = false;
	app_obey(app, want & ~(unsigned)WANT_NEVER);
	read_on(app);
	if (want & WANT_GOTO && ui->screen == SCREEN_DOMAIN &&
	    strcmp(app->model.selected, ui->order.domain) == 0) {
		ui->tab = 0;
		want |= WANT_VIEW;
	}
	if (want & WANT_TO_SEE && !app->quit)
		linear_show(l);
}

/* No row of the list is meant unless it is named. */
static void
run_command(struct linear *l, const struct command *command, const char *arg)
{
	struct app *app = l->app;
	struct ui_state *ui = &app->model.ui;
	unsigned want;

	app->model.now_s = clock_utc_s();
	ui->cursor = SIZE_MAX;
	ui->dialog.wrong = "";
	want = command->run(&app->model, &app->frame, ui, arg);
	ui->cursor = ui->top;
	if (ui->dialog.wrong[0] != '\0')
		linear_say(l, ui->dialog.wrong);
	else
		perform(l, want);
}

static void
go_to(struct linear *l, const char *name)
{
	run_command(l, command_of("goto", NULL), name);
}

/* --- words of its own ------------------------------------------------------------- */

static void
do_list(struct linear *l, const char *arg)
{
	struct ui_state *ui = &l->app->model.ui;

	(void)arg;
	ui->screen = ui->from = SCREEN_DOMAINS;
	perform(l, WANT_ORDER);
}

static void
do_more(struct linear *l, const char *arg)
{
	struct model *model = &l->app->model;

	(void)arg;
	if (model->ui.screen != SCREEN_DOMAINS ||
	    model->first + model->row_count >= model->total) {
		linear_say(l, "That was all of it.");
		return;
	}
	model->ui.top = model->first + model->row_count;
	perform(l, WANT_PAGE);
}

/* One step up: from a screen to the domain it was opened from, to the list. */
static void
do_back(struct linear *l, const char *arg)
{
	struct ui_state *ui = &l->app->model.ui;

	if (ui->screen == SCREEN_DOMAIN || ui->from != SCREEN_DOMAIN) {
		do_list(l, arg);
		return;
	}
	ui->screen = SCREEN_DOMAIN;
	perform(l, WANT_VIEW);
}

static void
do_status(struct linear *l, const char *arg)
{
	(void)arg;
	app_read_all(l->app, ORDER_KEPT);
	speak(l, panel_header, HEAD_WIDTH, 2);
}

static void
do_again(struct linear *l, const char *arg)
{
	(void)arg;
	app_read_all(l->app, ORDER_KEPT);
	linear_forget(l);
	linear_show(l);
}

static void do_help(struct linear *l, const char *arg);

static const struct word {
	const char *name, *help;
	void (*run)(struct linear *l, const char *arg);
} words[] = {
	{ "list", "the domains, worst first, with their numbers", do_list },
	{ "more", "the next domains of the list", do_more },
	{ "back", "back to the domain, or to the list", do_back },
	{ "again", "what was shown last, as it is now", do_again },
	{ "status", "how many are well, what is asked and probed", do_status },
	{ "help", "this", do_help },
};
enum { WORDS = sizeof(words) / sizeof(*words) };

/* What makes no sense without a screen. */
static bool
is_for_screens(const struct command *command)
{
	return strcmp(command->name, "theme") == 0 ||
	    strcmp(command->name, "help") == 0;
}

static void
do_help(struct linear *l, const char *arg)
{
	(void)arg;
	fputs("A name or a number: open that domain\n", l->out);
	for (size_t i = 0; panel_row(i) != NULL; i++)
		fprintf(l->out, "%s%s", i > 0 ? ", " : "", panel_row(i)->name);
	fputs(": that part of the open domain\n", l->out);
	for (size_t i = 0; i < WORDS; i++)
		fprintf(l->out, "%s: %s\n", words[i].name, words[i].help);
	for (size_t i = 0; command_row(i) != NULL; i++) {
		const struct command *c = command_row(i);

		if (!is_for_screens(c))
			fprintf(l->out, "%s%s%s: %s\n", c->name,
			    c->arguments[0] != '\0' ? " " : "", c->arguments,
			    c->help);
	}
}

/* --- what was typed --------------------------------------------------------------- */

static bool
take_own(struct linear *l, const char *line)
{
	for (size_t i = 0; i < WORDS; i++)
		if (text_equal_nocase(words[i].name, line)) {
			words[i].run(l, "");
			return true;
		}
	return false;
}

static bool
take_number(struct linear *l, const char *line)
{
	char name[DOMAIN_SIZE];
	int64_t number;

	if (!text_to_int(line, 0, INT64_MAX, &number))
		return false;
	if (number < 1 || (size_t)number > l->name_count) {
		linear_say(l, "No domain has that number: list tells them.");
		return true;
	}
	snprintf(name, sizeof(name), "%s", l->names[number - 1]);
	go_to(l, name);
	return true;
}

/* A part of the domain that is open, or that another screen was opened from. */
static bool
take_tab(struct linear *l, const char *line)
{
	struct ui_state *ui = &l->app->model.ui;

	for (size_t i = 0; panel_row(i) != NULL; i++) {
		if (!text_equal_nocase(panel_row(i)->name, line))
			continue;
		if (ui->screen != SCREEN_DOMAIN &&
		    (ui->screen == SCREEN_DOMAINS || ui->from != SCREEN_DOMAIN))
			/* The replies of all have the name of a part. */
			return false;
		ui->screen = SCREEN_DOMAIN;
		ui->tab = i;
		perform(l, WANT_VIEW);
		return true;
	}
	return false;
}

static bool
is_tab(const char *line)
{
	for (size_t i = 0; panel_row(i) != NULL; i++)
		if (text_equal_nocase(panel_row(i)->name, line))
			return true;
	return false;
}

void
linear_obey(struct linear *l, const char *line)
{
	const struct command *command;
	char text[EDIT_SIZE];
	const char *arg = "";
	size_t len;

	line += strspn(line, " ");
	snprintf(text, sizeof(text), "%s", line);
	for (len = strlen(text); len > 0 && text[len - 1] == ' ';)
		text[--len] = '\0';
	if (len == 0 || take_own(l, text) || take_number(l, text) ||
	    take_tab(l, text))
		return;
	command = command_of(text, &arg);
	if (command != NULL && is_for_screens(command))
		do_help(l, "");
	else if (command != NULL && strcmp(command->name, "tab") == 0)
		linear_obey(l, arg);
	else if (command != NULL)
		run_command(l, command, arg);
	else if (strchr(text, '.') != NULL && strchr(text, ' ') == NULL)
		go_to(l, text);
	else if (is_tab(text))
		linear_say(l, "Which domain?  Its name or number opens it.");
	else
		linear_say(l,
		    "That is no command, number or domain: help tells them.");
}
