/* The findings: verdict, subject, reason, since when, and the cure. */
/* SPDX-License-Identifier: MIT */
#include "panels.h"

#include <stdio.h>
#include <string.h>

#include "advice.h"
#include "sendtop/day.h"
#include "sendtop/text.h"
#include "words.h"

enum {
	WIDE = 130,
	VERDICT_WIDTH = 8,
	CHECK_WIDTH = 12,
	REASON_WIDTH = 19,
	SINCE_WIDTH = 18,
	INDENT = 9,
};

struct widths {
	int subject, detail; /* detail 0: on rows of its own */
};

static struct widths
widths(const struct pane *pane)
{
	int fixed = 1 + VERDICT_WIDTH + CHECK_WIDTH + REASON_WIDTH +
	    SINCE_WIDTH;
	struct widths w = { .subject = pane->w - fixed };

	if (pane->w >= WIDE) {
		w.subject = 34;
		w.detail = pane->w - fixed - w.subject - 2;
	}
	if (w.subject < 8)
		w.subject = 8;
	return w;
}

static bool
is_google(const struct finding *f)
{
	return strncmp(f->check, "google.", 7) == 0;
}

/* The check and its subject; Google's own rows need the room of both. */
static int
put_subject(const struct pane *pane, int x, int y, int w,
    const struct view *view, const struct finding *f)
{
	bool own = strcmp(f->subject, view->domain.name) == 0;
	char text[SENTENCE_SIZE];

	if (!is_google(f)) {
		x = pane_fit(
			pane, x, y, CHECK_WIDTH - 1, ROLE_STRONG, f->check) +
		    1;
		return pane_fit(pane, x, y, w - 1, ROLE_PLAIN,
			   own ? "domain" : f->subject) +
		    1;
	}
	snprintf(text, sizeof(text), "%s%s%s", f->check + 7, own ? "" : " ",
	    own ? "" : f->subject);
	return pane_fit(pane, x, y, CHECK_WIDTH + w - 1, ROLE_STRONG, text) + 1;
}

static void
put_since(const struct pane *pane, int x, int y, const struct finding *f)
{
	char when[TIME_TEXT_SIZE], text[WORD_SIZE];

	if (f->first_seen_s == 0)
		return;
	snprintf(
	    text, sizeof(text), "since %s", time_short(when, f->first_seen_s));
	pane_fit(pane, x, y, SINCE_WIDTH, ROLE_DIM, text);
}

static bool
is_trouble(const struct finding *f)
{
	return f->verdict == VERDICT_FAIL || f->verdict == VERDICT_WARN ||
	    f->verdict == VERDICT_UNKNOWN;
}

/* What it found, what it knew before, and what to do: a row or more each. */
static int
put_below(const struct pane *pane, int y, const struct view *view,
    const struct finding *f, bool detail)
{
	const char *cure = is_trouble(f) || f->verdict == VERDICT_NOTE
	    ? advice_cure(view, f)
	    : "";
	char text[SENTENCE_SIZE], when[TIME_TEXT_SIZE];
	int start = y, w = pane->w - INDENT - 5;

	if (detail && f->detail[0] != '\0')
		y += pane_wrap(pane, INDENT, y, w + 4, ROLE_PLAIN, f->detail);
	if (f->verdict == VERDICT_UNKNOWN && f->known_reason != NULL) {
		snprintf(text, sizeof(text), "last known: %s %s, %s",
		    word_verdict(f->known_verdict), f->known_reason,
		    time_short(when, f->known_s));
		y += pane_wrap(pane, INDENT, y, w + 4, ROLE_DIM, text);
	}
	if (cure[0] != '\0') {
		pane_put(pane, INDENT, y, ROLE_KEY, "do:");
		y += pane_wrap(pane, INDENT + 4, y, w, ROLE_STRONG, cure);
	}
	return y - start;
}

static int
put_finding(const struct pane *pane, int y, const struct view *view,
    const struct finding *f, const struct widths *w)
{
	enum role role = role_verdict(f->verdict);
	bool beside = w->detail > 0 ||
	    !(is_trouble(f) || f->verdict == VERDICT_NOTE);
	int x = pane_fit(
	    pane, 1, y, VERDICT_WIDTH, role, word_verdict(f->verdict));

	x = put_subject(pane, x, y, w->subject, view, f);
	x = pane_fit(pane, x, y, REASON_WIDTH - 1, role, f->reason) + 1;
	if (w->detail > 0) {
		put_since(pane, x, y, f);
		pane_fit(pane, x + SINCE_WIDTH + 1, y, w->detail, ROLE_PLAIN,
		    f->detail);
	} else if (beside)
		pane_fit(pane, x, y, pane->w - x, ROLE_DIM, f->detail);
	else
		put_since(pane, x, y, f);
	/* A detail too long for its column is told in full below. */
	if (w->detail > 0 && is_trouble(f) &&
	    (int)text_width(f->detail) > w->detail)
		beside = false;
	return 1 + put_below(pane, y + 1, view, f, !beside);
}

static int
put_all(const struct pane *pane, int y, const struct view *view, bool google)
{
	struct widths w = widths(pane);
	int start = y;

	for (size_t i = 0; i < view->history.finding_count; i++) {
		const struct finding *f = &view->history.findings[i];

		if (is_google(f) == google)
			y += put_finding(pane, y, view, f, &w);
	}
	return y - start;
}

int
panel_checks(const struct pane *pane, const struct model *model)
{
	const struct view *view = model->view;
	char title[WORD_SIZE * 2], age[WORD_SIZE];
	int y = 1, rows;

	if (view->standing.probed_s > 0)
		snprintf(title, sizeof(title), "What sendtop finds (%s ago)",
		    text_age(age, sizeof(age),
			view->history.now_s - view->standing.probed_s));
	else
		snprintf(title, sizeof(title), "What sendtop finds");
	pane_title(pane, 1, 0, pane->w - 2, title);
	rows = put_all(pane, y, view, false);
	if (rows == 0)
		rows = pane_wrap(pane, 1, y, pane->w - 2, ROLE_DIM,
		    "No check has run on this domain yet: r probes it now.");
	y += rows + 1;
	pane_title(pane, 1, y++, pane->w - 2, "What Google's compliance says");
	rows = put_all(pane, y, view, true);
	if (rows == 0)
		rows = pane_wrap(pane, 1, y, pane->w - 2, ROLE_DIM,
		    "Google has not been asked, or gave no answer.");
	return y + rows;
}
