/* What the menus offer: to copy, to mute. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "advice.h"
#include "checks.h"
#include "dialog.h"
#include "sendtop/day.h"
#include "words.h"

struct list {
	struct choice *items;
	size_t count, max;
};

static struct choice *
add(struct list *list, const char *text, const char *value)
{
	struct choice *c;

	if (list->count == list->max)
		return NULL;
	c = &list->items[list->count++];
	*c = (struct choice){ .scope = SCOPE_DOMAIN };
	snprintf(c->text, sizeof(c->text), "%s", text);
	snprintf(c->value, sizeof(c->value), "%s", value);
	return c;
}

/* The loaded view, when it is of the domain that is acted on. */
static const struct view *
view_of(const struct model *model, const char *domain)
{
	const struct view *view = model->view;

	return view != NULL && domain[0] != '\0' &&
		strcmp(view->domain.name, domain) == 0
	    ? view
	    : NULL;
}

static bool
is_trouble(const struct finding *f)
{
	return f->verdict == VERDICT_FAIL || f->verdict == VERDICT_WARN ||
	    f->verdict == VERDICT_UNKNOWN || f->verdict == VERDICT_NOTE;
}

/* "ptr 192.0.2.40", or the check alone when it is about the domain. */
static void
name_finding(
    const struct view *view, const struct finding *f, char *out, size_t size)
{
	bool own = strcmp(f->subject, view->domain.name) == 0;

	snprintf(out, size, "%s%s%s", f->check, own ? "" : " ",
	    own ? "" : f->subject);
}

static void
name_choice(struct choice *c, const char *check, const char *subject)
{
	if (c == NULL)
		return;
	snprintf(c->check, sizeof(c->check), "%s", check);
	snprintf(c->subject, sizeof(c->subject), "%s", subject);
}

/* --- copy ---------------------------------------------------------------------- */

/* The whole text is found again by the finding's name: it may be longer than
 * a choice. */
static void
add_part(struct list *list, const struct finding *f, enum copy_part part,
    const char *name, const char *text)
{
	char line[CHOICE_SIZE];
	struct choice *c;

	if (text == NULL || text[0] == '\0')
		return;
	snprintf(line, sizeof(line), "%.80s: %.400s", name, text);
	c = add(list, line, "");
	name_choice(c, f->check, f->subject);
	if (c != NULL)
		c->part = part;
}

/* What is under the cursor on Checks: the line to paste first. */
static void
add_selected(struct list *list, const struct model *model)
{
	const struct finding *f = checks_finding(model);
	const struct learned *l = checks_learned(model);
	char name[DOMAIN_SIZE * 2], text[CHOICE_SIZE];

	if (l != NULL)
		add(list, l->value, l->value);
	if (f == NULL)
		return;
	add_part(list, f, COPY_CURE, "do", advice_cure(model->view, f));
	add_part(list, f, COPY_RECORD, "now", f->record);
	name_finding(model->view, f, name, sizeof(name));
	snprintf(text, sizeof(text), "%.200s %s %.60s: %.200s", name,
	    word_verdict(f->verdict), f->reason, f->detail);
	add(list, text, text);
}

static void
add_cures(
    struct list *list, const struct view *view, const struct finding *told)
{
	for (size_t i = 0; i < view->history.finding_count; i++) {
		const struct finding *f = &view->history.findings[i];
		char name[DOMAIN_SIZE * 2];

		if (!is_trouble(f) || f == told)
			continue;
		name_finding(view, f, name, sizeof(name));
		add_part(list, f, COPY_CURE, name, f->cure);
	}
}

static void
add_copies(struct list *list, const struct model *model)
{
	const char *domain = act_domain(model);
	const struct view *view = view_of(model, domain);
	const struct store_standing *row = model_row(model);
	struct choice *panel;
	char line[CHOICE_SIZE];

	add_selected(list, model);
	if (domain[0] != '\0')
		add(list, domain, domain);
	if (row != NULL && strcmp(row->name, domain) == 0 && row->judged) {
		snprintf(line, sizeof(line), "%s: %s: %s", domain,
		    standing_state_name(row->standing.state),
		    row->standing.why[0] != '\0' ? row->standing.why
						 : "nothing is wrong");
		add(list, line, line);
	}
	if (view != NULL)
		add_cures(list, view, checks_finding(model));
	panel = add(list, "what is on the screen, as text", "");
	if (panel != NULL)
		panel->scope = SCOPE_PANEL;
}

/* --- mute ---------------------------------------------------------------------- */

static void
add_findings(struct list *list, const struct model *model)
{
	const struct finding *selected = checks_finding(model);
	const struct view *view = model->view;

	for (size_t i = 0; i < view->history.finding_count; i++) {
		const struct finding *f = &view->history.findings[i];
		char text[CHOICE_SIZE], name[DOMAIN_SIZE * 2];
		struct choice *c;

		if ((!is_trouble(f) && f != selected) || f->muted)
			continue;
		name_finding(view, f, name, sizeof(name));
		snprintf(
		    text, sizeof(text), "%.300s (%.100s)", name, f->reason);
		c = add(list, text, "");
		name_choice(c, f->check, f->subject);
	}
}

static void
add_mutes(struct list *list, const struct view *view)
{
	for (size_t i = 0; i < view->mute_count; i++) {
		const struct store_mute *m = &view->mutes[i];
		char text[CHOICE_SIZE], when[TIME_TEXT_SIZE];
		struct choice *c;

		snprintf(text, sizeof(text),
		    "end the mute of %.100s%s%.150s (%s%s: %.150s)",
		    m->check[0] != '\0' ? m->check : "everything",
		    m->subject[0] != '\0' ? " " : "", m->subject,
		    m->until_s != 0 ? "until " : "for good",
		    m->until_s != 0 ? time_short(when, m->until_s) : "",
		    m->why);
		c = add(list, text, "");
		name_choice(c, m->check, m->subject);
		if (c != NULL)
			c->id = m->id;
	}
}

static void
add_mutables(struct list *list, const struct model *model)
{
	const char *domain = act_domain(model);
	const struct view *view = view_of(model, domain);
	char text[CHOICE_SIZE];

	if (domain[0] == '\0')
		return;
	if (view != NULL)
		add_findings(list, model);
	snprintf(text, sizeof(text), "everything of %s", domain);
	add(list, text, "");
	if (view != NULL)
		add_mutes(list, view);
}

size_t
dialog_choices(
    const struct model *model, enum dialog kind, struct choice *out, size_t max)
{
	struct list list = { .items = out, .max = max };

	if (kind == DIALOG_COPY)
		add_copies(&list, model);
	else if (kind == DIALOG_MUTE)
		add_mutables(&list, model);
	return list.count;
}
