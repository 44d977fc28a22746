/* Gmail's guidelines: Google's answer beside ours, why, and the remedy. */
/* SPDX-License-Identifier: MIT */
#include "panels.h"

#include <stdio.h>
#include <string.h>

#include "glyph.h"
#include "sendtop/day.h"
#include "words.h"

enum {
	ID_WIDTH = 13,
	OURS_WIDTH = 9,
	GOOGLE_WIDTH = 13,
	STRANGERS_TOLD = 4,
};

static bool
is_word(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

/* Whether the row hangs on who sends: then senders that no setting names may
 * be what Google sees and sendtop does not. */
static bool
is_about_senders(const struct requirement_judgement *r)
{
	static const char *const ids[] = { "A1", "A2", "B1", "B3" };

	for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++)
		if (strncmp(r->row->id, ids[i], 2) == 0)
			return true;
	return false;
}

static bool
is_configured(const struct view *view, const char *value)
{
	for (size_t i = 0; i < view->learned_count; i++)
		if (strcmp(view->learned[i].source, "settings") == 0 &&
		    strcmp(view->learned[i].value, value) == 0)
			return true;
	return false;
}

/* "sending address 192.0.2.77 (log) since Nov 9: ptr missing" for those that
 * no setting names; returns how many there are. */
static size_t
strangers(const struct view *view, char *out, size_t size)
{
	size_t at = 0, count = 0;

	for (size_t i = 0; i < view->learned_count && at < size; i++) {
		const struct learned *l = &view->learned[i];
		bool ip = strcmp(l->kind, "ip") == 0;
		const struct finding *f;
		char day[DAY_TEXT_SIZE];

		if ((!ip && strcmp(l->kind, "selector") != 0) ||
		    strcmp(l->source, "settings") == 0 ||
		    is_configured(view, l->value) || ++count > STRANGERS_TOLD)
			continue;
		f = history_finding(
		    &view->history, ip ? "ptr" : "dkim", l->value);
		at += (size_t)snprintf(out + at, size - at,
		    "%s%s %s (%s) since %s%s%s%s", at > 0 ? ", " : "",
		    ip ? "sending address" : "selector", l->value, l->source,
		    day_short(day, day_of(l->first_s)),
		    f != NULL ? ip ? ": ptr " : ": dkim " : "",
		    f != NULL ? f->reason : "",
		    f == NULL ? ", not checked" : "");
	}
	if (count > STRANGERS_TOLD && at < size)
		snprintf(out + at, size - at, " and %zu more",
		    count - STRANGERS_TOLD);
	return count;
}

/* What a disagreement comes from, as far as it can be told; both sides are
 * said, neither hidden. */
static void
disagreement(char *out, size_t size, const struct view *view,
    const struct requirement_judgement *r)
{
	char who[SENTENCE_SIZE] = "";

	if (!is_word(r->google, "needs_work"))
		snprintf(out, size,
		    "Google sees no fault; its answer may be up to 7 days "
		    "old.");
	else if (is_about_senders(r) && strangers(view, who, sizeof(who)) > 0)
		snprintf(out, size,
		    "Google sees a fault that sendtop does not.  Likely cause: "
		    "mail also goes out by what no setting names: %s",
		    who);
	else
		snprintf(out, size,
		    "Google sees a fault that sendtop does not: perhaps an "
		    "unknown sending address or selector, or its answer (up "
		    "to 7 days old) is out of date.");
}

static int
put_note(const struct pane *pane, int y, const char *label, enum role role,
    const char *text)
{
	pane_put(pane, ID_WIDTH + 1, y, ROLE_DIM, label);
	return pane_wrap(
	    pane, ID_WIDTH + 7, y, pane->w - ID_WIDTH - 8, role, text);
}

static bool
is_trouble(const struct requirement_judgement *r)
{
	return r->verdict == VERDICT_FAIL || r->verdict == VERDICT_WARN ||
	    is_word(r->google, "needs_work") || r->disagrees;
}

/* "ptr/192.0.2.40/missing" as "ptr 192.0.2.40 missing", a measure's day and
 * number as "spam rate 0.41 % on Nov 20", and whose answer it is. */
static size_t
why_words(char *out, size_t size, const struct view *view, const char *why)
{
	const char *subject = strchr(why, '/'), *end = strrchr(why, '/');
	char name[WORD_SIZE], what[SENTENCE_SIZE], short_day[DAY_TEXT_SIZE];
	enum metric metric;
	int32_t day;

	if (subject == NULL || end == subject)
		return (size_t)snprintf(out, size, "%s", why);
	snprintf(name, sizeof(name), "%.*s", (int)(subject - why), why);
	snprintf(
	    what, sizeof(what), "%.*s", (int)(end - subject - 1), subject + 1);
	metric = metric_find(name);
	if (metric != METRIC_COUNT &&
	    day_parse(what, view->history.today, &day))
		return (size_t)snprintf(out, size, "%s %.*s %% on %s",
		    metric_row(metric)->label, (int)strcspn(end + 1, "%"),
		    end + 1, day_short(short_day, day));
	if (strncmp(name, "google.", 7) == 0)
		return (size_t)snprintf(out, size, "Google says %s %s%s",
		    name + 7,
		    is_word(end + 1, "needs_work") ? "needs work" : end + 1,
		    is_word(what, "organizational") ? " (organizational domain)"
						    : "");
	return (size_t)snprintf(out, size, "%s %s%s%s", name,
	    is_word(what, view->domain.name) ? "" : what,
	    is_word(what, view->domain.name) ? "" : " ", end + 1);
}

/* Google's answer on the organizational domain, after the same on this one. */
static bool
is_organizational(const char *before, const char *why)
{
	const char *subject = strchr(why, '/');
	size_t len = subject != NULL ? (size_t)(subject - why) : 0;

	return len > 0 && strncmp(before, why, len + 1) == 0 &&
	    strncmp(why, "google.", 7) == 0 &&
	    strncmp(subject, "/organizational/", 16) == 0;
}

static int
put_whys(const struct pane *pane, int y, const struct view *view,
    const struct requirement_judgement *r)
{
	char text[SENTENCE_SIZE * 2] = "";
	size_t at = 0;

	for (size_t i = 0; i < r->why_count && at < sizeof(text); i++) {
		if (i > 0 && is_organizational(r->why[i - 1], r->why[i])) {
			at += (size_t)snprintf(text + at, sizeof(text) - at,
			    ", and of the organizational domain");
			continue;
		}
		at += (size_t)snprintf(
		    text + at, sizeof(text) - at, "%s", i > 0 ? "; " : "");
		if (at < sizeof(text))
			at += why_words(
			    text + at, sizeof(text) - at, view, r->why[i]);
	}
	return at > 0 ? put_note(pane, y, "why", ROLE_PLAIN, text) : 0;
}

static int
put_requirement(const struct pane *pane, int y, const struct view *view,
    const struct requirement_judgement *r)
{
	bool bad = is_word(r->google, "needs_work");
	const char *google = bad   ? "NEEDS WORK"
	    : r->google[0] == '\0' ? "-"
				   : r->google;
	char text[SENTENCE_SIZE * 2];
	int start = y, title = pane->w - ID_WIDTH - OURS_WIDTH - GOOGLE_WIDTH;
	int x = pane_fit(pane, 1, y, ID_WIDTH, ROLE_STRONG, r->row->id);

	x = pane_fit(pane, x, y, OURS_WIDTH,
	    r->applies ? role_verdict(own_verdict(r)) : ROLE_DIM,
	    r->applies ? word_verdict(own_verdict(r)) : "n/a");
	x = pane_fit(
	    pane, x, y, GOOGLE_WIDTH, bad ? ROLE_BAD : ROLE_PLAIN, google);
	y += pane_wrap(pane, x, y, title - 2,
	    r->applies ? ROLE_PLAIN : ROLE_DIM, r->row->title);
	if (!r->applies || !(is_trouble(r) || r->verdict == VERDICT_UNKNOWN))
		return y - start;
	y += put_whys(pane, y, view, r);
	if (is_trouble(r) && r->row->remedy[0] != '\0')
		y += put_note(pane, y, "do", ROLE_STRONG, r->row->remedy);
	if (r->disagrees) {
		disagreement(text, sizeof(text), view, r);
		y += put_note(pane, y, GLYPH_DIFFERS, ROLE_WARN, text);
	}
	if (is_trouble(r) && r->row->page[0] != '\0')
		y += put_note(pane, y, "page", ROLE_DIM, r->row->page);
	return y - start;
}

/* In three rounds: trouble, what is fine or unknown, what does not apply. */
static int
put_round(const struct pane *pane, int y, const struct view *view, int round)
{
	const struct judgements *j = &view->judgements;
	int start = y;

	for (size_t i = 0; i < j->requirement_count; i++) {
		const struct requirement_judgement *r = &j->requirements[i];
		int of = !r->applies ? 2 : is_trouble(r) ? 0 : 1;

		if (of == round)
			y += put_requirement(pane, y, view, r);
	}
	return y - start;
}

int
panel_guidelines(const struct pane *pane, const struct model *model)
{
	const struct judgements *j = &model->view->judgements;
	int x, y = 1;

	x = pane_fit(pane, 1, 0, ID_WIDTH, ROLE_TITLE, "REQUIREMENT");
	x = pane_fit(pane, x, 0, OURS_WIDTH, ROLE_TITLE, "SENDTOP");
	pane_fit(pane, x, 0, GOOGLE_WIDTH, ROLE_TITLE, "GOOGLE");
	pane_put(pane, x + GOOGLE_WIDTH, 0, ROLE_TITLE,
	    j->ramp.bulk ? "WHAT GMAIL ASKS OF A BULK SENDER"
			 : "WHAT GMAIL ASKS OF A SENDER");
	for (int round = 0; round < 3; round++)
		y += put_round(pane, y, model->view, round);
	if (j->requirement_count == 0)
		y += pane_wrap(pane, 1, y, pane->w - 2, ROLE_DIM,
		    "The table of requirements could not be read, so none "
		    "is judged.");
	return y;
}
