/* The command line: one table for what it does, completes and explains. */
/* SPDX-License-Identifier: MIT */
#include "command.h"

#include <stdio.h>
#include <string.h>

#include "command_file.h"
#include "sendtop/day.h"
#include "sendtop/text.h"
#include "sort.h"
#include "when.h"

static unsigned
complain(struct ui_state *ui, const char *wrong)
{
	ui->dialog.wrong = wrong;
	return 0;
}

static void
order_new(const struct model *model, struct ui_state *ui)
{
	ui->order = (struct order){ .format = "text" };
	snprintf(ui->order.domain, sizeof(ui->order.domain), "%s",
	    act_domain(model));
}

static unsigned
about(const struct model *model, struct ui_state *ui, const char *arg,
    unsigned want)
{
	order_new(model, ui);
	if (arg[0] != '\0')
		snprintf(ui->order.domain, sizeof(ui->order.domain), "%s", arg);
	if (ui->order.domain[0] == '\0')
		return complain(ui, "which domain?");
	text_lower(ui->order.domain);
	return want;
}

/* --- what each does ------------------------------------------------------------ */

static unsigned
run_probe(const struct model *model, const struct frame *frame,
    struct ui_state *ui, const char *arg)
{
	(void)frame;
	return about(model, ui, arg, WANT_PROBE);
}

static unsigned
run_goto(const struct model *model, const struct frame *frame,
    struct ui_state *ui, const char *arg)
{
	(void)frame;
	return about(model, ui, arg, WANT_GOTO);
}

static unsigned
run_poll(const struct model *model, const struct frame *frame,
    struct ui_state *ui, const char *arg)
{
	(void)arg;
	return act_perform(model, frame, ui, ACTION_POLL);
}

static unsigned
run_cancel(const struct model *model, const struct frame *frame,
    struct ui_state *ui, const char *arg)
{
	(void)arg;
	return act_perform(model, frame, ui, ACTION_CANCEL);
}

static unsigned
run_note(const struct model *model, const struct frame *frame,
    struct ui_state *ui, const char *arg)
{
	(void)frame;
	if (arg[0] == '\0')
		return complain(ui, "a note needs a text");
	order_new(model, ui);
	snprintf(ui->order.text, sizeof(ui->order.text), "%s", arg);
	return WANT_NOTE;
}

/* The first word, copied; returns what is behind it. */
static const char *
split(const char *text, char *word, size_t size)
{
	size_t n = strcspn(text, " ");

	snprintf(word, size, "%.*s", (int)(n < size ? n : size - 1), text);
	return text + n + strspn(text + n, " ");
}

/* "ptr/192.0.2.40" or "ptr" or "all". */
static void
set_muted(struct ui_state *ui, const char *word)
{
	const char *slash = strchr(word, '/');
	size_t n = slash != NULL ? (size_t)(slash - word) : strlen(word);

	if (strcmp(word, "all") == 0)
		return;
	snprintf(
	    ui->order.check, sizeof(ui->order.check), "%.*s", (int)n, word);
	if (slash != NULL)
		snprintf(ui->order.subject, sizeof(ui->order.subject), "%s",
		    slash + 1);
}

static unsigned
run_mute(const struct model *model, const struct frame *frame,
    struct ui_state *ui, const char *arg)
{
	char what[DOMAIN_SIZE], until[DOMAIN_SIZE];
	const char *why = split(
	    split(arg, what, sizeof(what)), until, sizeof(until));

	(void)frame;
	order_new(model, ui);
	if (ui->order.domain[0] == '\0')
		return complain(ui,
		    "a mute is for the domain that is open or "
		    "under the cursor: there is none");
	if (!when_until(until, model->now_s, &ui->order.until_s))
		return complain(ui,
		    "mute what, until when, why: mute ptr/192.0.2.1 3d "
		    "the provider is at it");
	if (why[0] == '\0')
		return complain(ui, "a mute needs a reason behind its end");
	set_muted(ui, what);
	snprintf(ui->order.text, sizeof(ui->order.text), "%s", why);
	return WANT_MUTE;
}

static unsigned
run_unmute(const struct model *model, const struct frame *frame,
    struct ui_state *ui, const char *arg)
{
	(void)frame;
	order_new(model, ui);
	set_muted(ui, arg[0] != '\0' ? arg : "all");
	return WANT_UNMUTE;
}

static unsigned
run_theme(const struct model *model, const struct frame *frame,
    struct ui_state *ui, const char *arg)
{
	(void)frame;
	order_new(model, ui);
	snprintf(ui->order.text, sizeof(ui->order.text), "%s", arg);
	return WANT_THEME;
}

static unsigned
run_sort(const struct model *model, const struct frame *frame,
    struct ui_state *ui, const char *arg)
{
	char word[DOMAIN_SIZE];
	const char *more = split(arg, word, sizeof(word));
	unsigned sort = sort_find(word);

	(void)model;
	(void)frame;
	if (sort == SORT_COUNT ||
	    (more[0] != '\0' && strcmp(more, "reverse") != 0))
		return complain(ui,
		    "sort by what?  Tab shows the words; "
		    "reverse may follow");
	ui->sort = sort;
	ui->reverse = more[0] != '\0';
	ui->cursor = ui->top = 0;
	ui->moved = false;
	return WANT_ORDER;
}

static const char *const groupings[] = {
	[GROUP_NONE] = "none",
	[GROUP_TAG] = "tag",
	[GROUP_REGISTRABLE] = "domain",
};

static unsigned
run_group(const struct model *model, const struct frame *frame,
    struct ui_state *ui, const char *arg)
{
	(void)model;
	(void)frame;
	for (int i = 0; i < GROUP_COUNT; i++)
		if (strcmp(arg, groupings[i]) == 0) {
			ui->grouping = (enum grouping)i;
			return WANT_ORDER | WANT_FOLLOW;
		}
	return complain(ui, "group by tag, domain or none");
}

static unsigned
run_filter(const struct model *model, const struct frame *frame,
    struct ui_state *ui, const char *arg)
{
	(void)model;
	(void)frame;
	if (strlen(arg) >= FILTER_SIZE)
		return complain(ui, "that is too long for a filter");
	snprintf(ui->filter, sizeof(ui->filter), "%s", arg);
	ui->screen = ui->from = SCREEN_DOMAINS;
	ui->cursor = ui->top = 0;
	return WANT_ORDER;
}

static unsigned
run_at(const struct model *model, const struct frame *frame,
    struct ui_state *ui, const char *arg)
{
	int32_t day = DAY_NONE;

	(void)frame;
	if (strcmp(arg, "now") != 0 &&
	    !when_day(arg, day_of(model->now_s), &day))
		return complain(ui,
		    "which day?  2026-11-17, Nov 17, "
		    "yesterday, -3 or now");
	if (!act_at(model, ui, day))
		return complain(ui, "that is too long ago");
	return WANT_TIME;
}

static unsigned
run_since(const struct model *model, const struct frame *frame,
    struct ui_state *ui, const char *arg)
{
	int32_t day;

	if (!when_day(arg, day_of(model->now_s), &day))
		return complain(ui,
		    "since which day?  2026-11-17, Nov 17, "
		    "yesterday, week or -3");
	act_perform(model, frame, ui, ACTION_CHANGES);
	ui->since = day;
	return WANT_VIEW;
}

static unsigned
run_tab(const struct model *model, const struct frame *frame,
    struct ui_state *ui, const char *arg)
{
	(void)model;
	(void)frame;
	if (ui->screen != SCREEN_DOMAIN)
		return complain(ui, "tabs are a domain's: open one first");
	for (size_t i = 0; panel_row(i) != NULL; i++)
		if (strcmp(panel_row(i)->name, arg) == 0) {
			ui->tab = i;
			ui->scroll = 0;
			return 0;
		}
	return complain(ui, "there is no such tab");
}

static unsigned
run_events(const struct model *model, const struct frame *frame,
    struct ui_state *ui, const char *arg)
{
	(void)arg;
	return act_perform(model, frame, ui, ACTION_EVENTS);
}

static unsigned
run_replies(const struct model *model, const struct frame *frame,
    struct ui_state *ui, const char *arg)
{
	(void)arg;
	return act_perform(model, frame, ui, ACTION_REPLIES);
}

static unsigned
write_file(const struct model *model, struct ui_state *ui, bool history,
    const char *arg)
{
	const char *wrong = command_file_order(model, history, arg, &ui->order);

	return wrong[0] != '\0' ? complain(ui, wrong) : WANT_SNAPSHOT;
}

static unsigned
run_snapshot(const struct model *model, const struct frame *frame,
    struct ui_state *ui, const char *arg)
{
	(void)frame;
	return write_file(model, ui, false, arg);
}

static unsigned
run_export(const struct model *model, const struct frame *frame,
    struct ui_state *ui, const char *arg)
{
	(void)frame;
	return write_file(model, ui, true, arg);
}

static unsigned
run_help(const struct model *model, const struct frame *frame,
    struct ui_state *ui, const char *arg)
{
	unsigned want = act_perform(model, frame, ui, ACTION_HELP);

	edit_set(&ui->search, arg);
	return want;
}

static unsigned
run_quit(const struct model *model, const struct frame *frame,
    struct ui_state *ui, const char *arg)
{
	(void)model;
	(void)frame;
	(void)ui;
	(void)arg;
	return WANT_QUIT;
}

static const struct command rows[] = {
	{ "probe", "[DOMAIN]", "probe a domain now", ARG_DOMAIN, run_probe },
	{ "poll", "", "poll Postmaster now", ARG_NONE, run_poll },
	{ "cancel", "",
	    "cancel the file that is written, or what was asked for", ARG_NONE,
	    run_cancel },
	{ "note", "TEXT", "put a note on the time line", ARG_TEXT, run_note },
	{ "mute", "CHECK[/SUBJECT]|all UNTIL WHY",
	    "mute a check of the domain, or all of it: 12h, 3d, 2w, a day, "
	    "forever",
	    ARG_MUTE, run_mute },
	{ "unmute", "[CHECK[/SUBJECT]|all]", "end a mute of the domain",
	    ARG_MUTED, run_unmute },
	{ "goto", "DOMAIN", "open a domain", ARG_DOMAIN, run_goto },
	{ "tab", "NAME", "open a tab of the domain", ARG_TAB, run_tab },
	{ "filter", "[TEXT]",
	    "show only domains that have a text or match a regular "
	    "expression; without one all",
	    ARG_TEXT, run_filter },
	{ "sort", "COLUMN [reverse]", "sort the list", ARG_SORT, run_sort },
	{ "group", "tag|domain|none", "put the list in groups", ARG_GROUP,
	    run_group },
	{ "at", "DAY|now", "show the screen as it stood at the end of a day",
	    ARG_DAY, run_at },
	{ "since", "DAY", "show what changed since a day began", ARG_DAY,
	    run_since },
	{ "events", "", "what happened in all domains, and to sendtop",
	    ARG_NONE, run_events },
	{ "replies", "", "what receivers answer all domains", ARG_NONE,
	    run_replies },
	{ "snapshot",
	    "[panel|domain|all] [FORMAT] [redacted] [since DAY] [FILE]",
	    "write what is known, as sendtop snapshot does, to a new file",
	    ARG_SNAPSHOT, run_snapshot },
	{ "export", "[domain|all] [csv|json] [since DAY] [FILE]",
	    "write the history, as sendtop export does, to a new file",
	    ARG_EXPORT, run_export },
	{ "theme", "[NAME]", "use a theme; without a name the next one",
	    ARG_THEME, run_theme },
	{ "help", "[TEXT]", "search the help", ARG_TEXT, run_help },
	{ "quit", "", "leave sendtop", ARG_NONE, run_quit },
};

const struct command *
command_row(size_t i)
{
	return i < sizeof(rows) / sizeof(*rows) ? &rows[i] : NULL;
}

const char *
command_word(enum argument argument, size_t i)
{
	switch (argument) {
	case ARG_SORT:
		return sort_row((unsigned)i) != NULL
		    ? sort_row((unsigned)i)->name
		    : NULL;
	case ARG_GROUP:
		return i < GROUP_COUNT ? groupings[i] : NULL;
	case ARG_SNAPSHOT:
	case ARG_EXPORT:
		return command_file_word(argument == ARG_EXPORT, i);
	case ARG_TAB:
		return panel_row(i) != NULL ? panel_row(i)->name : NULL;
	default:
		return NULL;
	}
}
