/* The form for a file: what of it, in which form, since when, under what names. */
/* SPDX-License-Identifier: MIT */
#include "file_form.h"

#include <stdio.h>
#include <string.h>

#include "sendtop/day.h"
#include "when.h"

/* What there is to write, in the order of the form. */
enum what { WHAT_PANEL, WHAT_DOMAIN, WHAT_ALL, WHAT_PAST, WHAT_PAST_ALL };
static const struct {
	const char *text;
	enum scope scope;
	bool history, inner, domain; /* an export; needs one of these */
	const char *formats[FORM_OPTIONS];
} whats[] = {
	[WHAT_PANEL] = { "this panel", SCOPE_PANEL, false, true, false,
	    { "text", "markdown" } },
	[WHAT_DOMAIN] = { "this domain", SCOPE_DOMAIN, false, false, true,
	    { "text", "markdown", "json", "csv" } },
	[WHAT_ALL] = { "all domains", SCOPE_ALL, false, false, false,
	    { "text", "markdown", "json", "csv" } },
	[WHAT_PAST] = { "its history", SCOPE_DOMAIN, true, false, true,
	    { "csv", "json" } },
	[WHAT_PAST_ALL] = { "all history", SCOPE_ALL, true, false, false,
	    { "csv", "json" } },
};
enum { WHATS = sizeof(whats) / sizeof(*whats) };

static const struct {
	const char *text, *of_history;
	int32_t days; /* back; 0: not asked; below 0: typed */
} sinces[] = {
	{ "as it stands", "from the beginning", 0 },
	{ "changed since yesterday", "since yesterday", 1 },
	{ "last week", "last week", 7 },
	{ "a day:", "a day:", -1 },
};
enum { SINCES = sizeof(sinces) / sizeof(*sinces) };

static const char *const names[] = { "as they are", "redacted" };

static const struct file_choice *
state(const struct model *model)
{
	return &model->ui.file;
}

static bool
is_offered(const struct model *model, size_t what)
{
	if (whats[what].inner && model->ui.screen == SCREEN_DOMAINS)
		return false;
	return !whats[what].domain || act_domain(model)[0] != '\0';
}

/* What was chosen last, as far as it is offered here. */
static size_t
what_of(const struct model *model)
{
	size_t what = state(model)->what;

	for (size_t i = 0; i < WHATS && !is_offered(model, what); i++)
		what = i;
	return what;
}

static size_t
format_of(const struct model *model)
{
	const char *const *formats = whats[what_of(model)].formats;

	for (size_t i = 0; i < FORM_OPTIONS && formats[i] != NULL; i++)
		if (strcmp(formats[i], state(model)->format) == 0)
			return i;
	return 0;
}

/* --- options ---------------------------------------------------------------------- */

/* Row number of offered thing i; WHATS past the last. */
static size_t
nth_what(const struct model *model, size_t i)
{
	for (size_t what = 0; what < WHATS; what++)
		if (is_offered(model, what) && i-- == 0)
			return what;
	return WHATS;
}

const char *
file_form_option(const struct model *model, size_t field, size_t i)
{
	size_t what = what_of(model), nth;

	switch (field) {
	case FORM_WHAT:
		nth = nth_what(model, i);
		return nth < WHATS ? whats[nth].text : NULL;
	case FORM_FORMAT:
		return i < FORM_OPTIONS ? whats[what].formats[i] : NULL;
	case FORM_SINCE:
		if (i >= SINCES || whats[what].scope == SCOPE_PANEL)
			return NULL;
		return whats[what].history ? sinces[i].of_history
					   : sinces[i].text;
	case FORM_NAMES:
		return i < 2 && !whats[what].history ? names[i] : NULL;
	default:
		return NULL;
	}
}

size_t
file_form_chosen(const struct model *model, size_t field)
{
	size_t at = 0;

	switch (field) {
	case FORM_WHAT:
		while (nth_what(model, at) < what_of(model))
			at++;
		return at;
	case FORM_FORMAT:
		return format_of(model);
	case FORM_SINCE:
		return state(model)->since;
	case FORM_NAMES:
		return state(model)->redact ? 1 : 0;
	default:
		return 0;
	}
}

bool
file_form_types_day(const struct model *model)
{
	return file_form_option(model, FORM_SINCE, 0) != NULL &&
	    sinces[state(model)->since].days < 0;
}

static void
choose(const struct model *model, struct ui_state *ui, size_t field, size_t i)
{
	if (file_form_option(model, field, i) == NULL)
		return;
	switch (field) {
	case FORM_WHAT:
		ui->file.what = nth_what(model, i);
		break;
	case FORM_FORMAT:
		ui->file.format = whats[what_of(model)].formats[i];
		break;
	case FORM_SINCE:
		ui->file.since = i;
		break;
	default:
		ui->file.redact = i == 1;
	}
}

/* --- what comes of it ------------------------------------------------------------- */

/* The day that the form says, from the one that is looked at; 0: none. */
static bool
since_of(const struct model *model, const struct ui_state *ui, int32_t *day)
{
	int32_t today = ui->as_of == DAY_NONE ? day_of(model->now_s)
					      : ui->as_of;
	int32_t days = sinces[ui->file.since].days;

	*day = 0;
	if (file_form_option(model, FORM_SINCE, 0) == NULL || days == 0)
		return true;
	*day = today - days;
	return days > 0 || when_day(ui->dialog.until.text, today, day);
}

const char *
file_form_order(
    const struct model *model, const struct ui_state *ui, struct order *out)
{
	size_t what = what_of(model);

	*out = (struct order){ .scope = whats[what].scope,
		.history = whats[what].history,
		.format = whats[what].formats[format_of(model)],
		.redact = ui->file.redact && !whats[what].history };
	if (out->scope != SCOPE_ALL)
		snprintf(
		    out->domain, sizeof(out->domain), "%s", act_domain(model));
	snprintf(out->file, sizeof(out->file), "%s", ui->dialog.line.text);
	if (!since_of(model, ui, &out->since))
		return "since which day?  2026-11-17, Nov 17, yesterday or -3";
	return "";
}

void
file_form_command(const struct model *model, char *out, size_t size)
{
	char since[DAY_TEXT_SIZE] = "", day[DAY_TEXT_SIZE] = "";
	const struct ui_state *ui = &model->ui;
	struct order o;

	if (file_form_order(model, ui, &o)[0] != '\0') {
		snprintf(out, size, "the day is typed behind \"a day:\"");
		return;
	}
	if (o.scope == SCOPE_PANEL) {
		snprintf(out, size, "what is on the screen, 80 columns wide");
		return;
	}
	if (o.since != 0)
		day_text(since, o.since);
	if (ui->as_of != DAY_NONE && !o.history)
		day_text(day, ui->as_of);
	snprintf(out, size, "= sendtop %s%s%s%s%s%s%s%s%s%s",
	    o.history ? "export" : "snapshot", day[0] != '\0' ? " --at " : "",
	    day, since[0] != '\0' ? " --since " : "", since,
	    o.redact ? " --redact" : "", " --format ", o.format,
	    o.domain[0] != '\0' ? " " : "", o.domain);
}

/* --- keys ------------------------------------------------------------------------- */

void
file_form_open(const struct model *model, struct ui_state *ui)
{
	(void)model;
	if (ui->file.format == NULL)
		ui->file.format = "text";
	edit_set(&ui->dialog.until, ui->file.day);
	ui->dialog.field = FORM_WHAT;
}

static bool
is_typed(const struct model *model, size_t field)
{
	return field == FORM_PATH ||
	    (field == FORM_SINCE && file_form_types_day(model));
}

static void
move(const struct model *model, struct ui_state *ui, size_t by)
{
	do
		ui->dialog.field = (ui->dialog.field + by) % FORM_FIELDS;
	while (ui->dialog.field != FORM_PATH &&
	    file_form_option(model, ui->dialog.field, 0) == NULL);
}

static void
turn(const struct model *model, struct ui_state *ui, bool back)
{
	size_t field = ui->dialog.field, n = 0;
	size_t at = file_form_chosen(model, field);

	while (file_form_option(model, field, n) != NULL)
		n++;
	if (n > 0)
		choose(model, ui, field, (at + (back ? n - 1 : 1)) % n);
}

static unsigned
send_order(const struct model *model, struct ui_state *ui)
{
	const char *wrong = file_form_order(model, ui, &ui->order);

	ui->dialog.wrong = wrong;
	if (wrong[0] != '\0') {
		ui->dialog.field = FORM_SINCE;
		return 0;
	}
	ui->file.what = what_of(model);
	snprintf(ui->file.day, sizeof(ui->file.day), "%.*s",
	    (int)sizeof(ui->file.day) - 1, ui->dialog.until.text);
	ui->dialog.kind = DIALOG_NONE;
	return WANT_SNAPSHOT;
}

static void
type(const struct model *model, struct ui_state *ui, uint32_t code)
{
	size_t field = ui->dialog.field;

	if (field == FORM_PATH)
		edit_key(&ui->dialog.line, code);
	else if (code == KEY_CODE_LEFT || code == KEY_CODE_RIGHT)
		turn(model, ui, code == KEY_CODE_LEFT);
	else if (is_typed(model, field))
		edit_key(&ui->dialog.until, code);
	else if (code == ' ' || code == 'l' || code == 'h')
		turn(model, ui, code == 'h');
	else if (code >= '1' && code <= '9')
		choose(model, ui, field, code - '1');
}

unsigned
file_form_key(const struct model *model, struct ui_state *ui, uint32_t code)
{
	bool typed = is_typed(model, ui->dialog.field);

	ui->dialog.wrong = "";
	if (code == KEY_CODE_ENTER)
		return send_order(model, ui);
	if (code == KEY_CODE_ESCAPE || (code == 'q' && !typed))
		ui->dialog.kind = DIALOG_NONE;
	else if (code == KEY_CODE_TAB || code == KEY_CODE_DOWN ||
	    (code == 'j' && !typed))
		move(model, ui, 1);
	else if (code == KEY_CODE_BACK_TAB || code == KEY_CODE_UP ||
	    (code == 'k' && !typed))
		move(model, ui, FORM_FIELDS - 1);
	else
		type(model, ui, code);
	return 0;
}

void
file_form_click(
    const struct model *model, struct ui_state *ui, size_t field, size_t at)
{
	ui->dialog.wrong = "";
	ui->dialog.field = field;
	choose(model, ui, field, at);
}
