/* Gmail's guidelines: Google's answer beside ours, why, and the remedy. */
/* SPDX-License-Identifier: MIT */
#include "panels.h"

#include <stdio.h>
#include <string.h>

#include "glyph.h"
#include "words.h"

enum {
	ID_WIDTH = 13,
	OURS_WIDTH = 9,
	GOOGLE_WIDTH = 13,
};

static bool
is_word(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

/* What a disagreement usually comes from; both are said, neither hidden. */
static const char *
disagreement(const struct requirement_judgement *r)
{
	if (is_word(r->google, "needs_work"))
		return "Google sees a fault that sendtop does not: perhaps an "
		       "unknown sending IP or selector, or its answer (up to "
		       "7 days old) is out of date.";
	return "Google sees no fault; its answer may be up to 7 days old.";
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

static int
put_whys(const struct pane *pane, int y, const struct requirement_judgement *r)
{
	char text[SENTENCE_SIZE * 2] = "";
	size_t at = 0;

	for (size_t i = 0; i < r->why_count && at < sizeof(text); i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%s",
		    i > 0 ? ", " : "", r->why[i]);
	return at > 0 ? put_note(pane, y, "why", ROLE_PLAIN, text) : 0;
}

static int
put_requirement(
    const struct pane *pane, int y, const struct requirement_judgement *r)
{
	bool bad = is_word(r->google, "needs_work");
	const char *google = bad   ? "NEEDS WORK"
	    : r->google[0] == '\0' ? "-"
				   : r->google;
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
	y += put_whys(pane, y, r);
	if (is_trouble(r) && r->row->remedy[0] != '\0')
		y += put_note(pane, y, "do", ROLE_STRONG, r->row->remedy);
	if (r->disagrees)
		y += put_note(
		    pane, y, GLYPH_DIFFERS, ROLE_WARN, disagreement(r));
	return y - start;
}

/* In three rounds: trouble, what is fine or unknown, what does not apply. */
static int
put_round(const struct pane *pane, int y, const struct judgements *j, int round)
{
	int start = y;

	for (size_t i = 0; i < j->requirement_count; i++) {
		const struct requirement_judgement *r = &j->requirements[i];
		int of = !r->applies ? 2 : is_trouble(r) ? 0 : 1;

		if (of == round)
			y += put_requirement(pane, y, r);
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
		y += put_round(pane, y, j, round);
	if (j->requirement_count == 0)
		y += pane_wrap(pane, 1, y, pane->w - 2, ROLE_DIM,
		    "The table of requirements could not be read, so none "
		    "is judged.");
	return y;
}
