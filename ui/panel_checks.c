/* The findings by group: verdict, subject, reason, since, record, cure. */
/* SPDX-License-Identifier: MIT */
#include "panels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "advice.h"
#include "checks.h"
#include "cure.h"
#include "sendtop/day.h"
#include "sendtop/text.h"
#include "words.h"

enum {
	WIDE = 116,
	VERDICT_WIDTH = 8,
	CHECK_WIDTH = 12,
	REASON_WIDTH = 19,
	SINCE_WIDTH = 18,
	SINCE_DAY_WIDTH = 12,
	SINCE_WIDE = 96, /* columns, from which on there is room for the time */
	INDENT = 9,
	MARK_WIDTH = 6,
	SUBJECT_LEAST = 20, /* where there is room for the time as well */
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

bool
checks_is_google(const struct finding *f)
{
	return strncmp(f->check, "google.", 7) == 0;
}

/* The check and its subject; Google's own rows need the room of both.  On one
 * row, or (whole) wrapped; returns the rows. */
static int
put_subject(const struct pane *pane, int x, int y, int w,
    const struct view *view, const struct finding *f, bool whole)
{
	bool own = strcmp(f->subject, view->domain.name) == 0;
	enum role role = ROLE_STRONG;
	char text[SENTENCE_SIZE];

	if (checks_is_google(f)) {
		snprintf(text, sizeof(text), "%s%s%s", f->check + 7,
		    own ? "" : " ", own ? "" : f->subject);
		w += CHECK_WIDTH;
	} else {
		pane_fit(pane, x, y, CHECK_WIDTH - 1, ROLE_STRONG, f->check);
		x += CHECK_WIDTH;
		role = ROLE_PLAIN;
		snprintf(text, sizeof(text), "%s", own ? "domain" : f->subject);
	}
	if (whole)
		return pane_wrap(pane, x, y, w - 1, role, text);
	pane_fit(pane, x, y, w - 1, role, text);
	return 1;
}

/* The day alone where there is no room for more. */
static void
put_since_day(const struct pane *pane, int x, int y, const struct finding *f)
{
	char day[DAY_TEXT_SIZE], text[WORD_SIZE];

	if (f->first_seen_s == 0)
		return;
	snprintf(text, sizeof(text), "since %s",
	    day_short(day, day_of(f->first_seen_s)));
	pane_fit(pane, x, y, SINCE_DAY_WIDTH, ROLE_DIM, text);
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

static int
put_marked(const struct pane *pane, int y, const char *mark, enum role role,
    const char *text)
{
	if (text == NULL || text[0] == '\0')
		return 0;
	pane_put(pane, INDENT, y, ROLE_KEY, mark);
	return pane_wrap(pane, INDENT + MARK_WIDTH, y,
	    pane->w - INDENT - MARK_WIDTH - 1, role, text);
}

static int
put_muted(const struct pane *pane, int y, const struct finding *f)
{
	char text[SENTENCE_SIZE], until[TIME_TEXT_SIZE];

	if (!f->muted)
		return 0;
	snprintf(text, sizeof(text), "%s, %s%s%s%s", word_verdict(f->verdict),
	    f->muted_until_s > 0 ? "muted until " : "muted for good",
	    f->muted_until_s > 0 ? time_short(until, f->muted_until_s) : "",
	    f->muted_why != NULL && f->muted_why[0] != '\0' ? ": " : "",
	    f->muted_why != NULL ? f->muted_why : "");
	return put_marked(pane, y, "is", ROLE_DIM, text);
}

/* Where a selector or an address came from that no setting names. */
static int
put_learned(const struct pane *pane, int y, const struct view *view,
    const struct finding *f)
{
	char text[SENTENCE_SIZE], first[TIME_TEXT_SIZE], age[WORD_SIZE];

	for (size_t i = 0; i < view->learned_count; i++) {
		const struct learned *l = &view->learned[i];

		if (strcmp(l->value, f->subject) != 0 ||
		    strcmp(l->source, "settings") == 0)
			continue;
		snprintf(text, sizeof(text),
		    "from a %s, first seen %s, last %s ago", l->source,
		    time_short(first, l->first_s),
		    text_age(
			age, sizeof(age), view->history.now_s - l->last_s));
		return put_marked(pane, y, "known", ROLE_DIM, text);
	}
	return 0;
}

/* What it found, what it knew before, and what to do: a row or more each. */
static int
put_below(const struct pane *pane, int y, const struct view *view,
    const struct finding *f, bool detail)
{
	bool told = is_trouble(f) || f->verdict == VERDICT_NOTE;
	char text[SENTENCE_SIZE], when[TIME_TEXT_SIZE];
	int start = y;

	if (detail && f->detail[0] != '\0')
		y += pane_wrap(pane, INDENT, y, pane->w - INDENT - 1,
		    ROLE_PLAIN, f->detail);
	if (f->verdict == VERDICT_UNKNOWN && f->known_reason != NULL) {
		snprintf(text, sizeof(text), "%s %s, %s",
		    word_verdict(f->known_verdict), f->known_reason,
		    time_short(when, f->known_s));
		y += put_marked(pane, y, "was", ROLE_DIM, text);
	}
	y += put_muted(pane, y, f);
	y += put_learned(pane, y, view, f);
	if (!told || f->muted)
		return y - start;
	y += put_marked(pane, y, f->verdict == VERDICT_UNKNOWN ? "had" : "now",
	    ROLE_DIM, f->record);
	y += cure_put_marked(
	    pane, INDENT, MARK_WIDTH, y, "do", advice_cure(view, f));
	return y - start;
}

void
checks_line(const struct pane *pane, int y, const struct view *view,
    const struct finding *f)
{
	enum role role = f->muted ? ROLE_DIM : role_verdict(f->verdict);
	int subject = pane->w - 2 - VERDICT_WIDTH - CHECK_WIDTH - REASON_WIDTH;
	bool wide = pane->w >= SINCE_WIDE;
	int since_width = wide ? SINCE_WIDTH : SINCE_DAY_WIDTH;
	bool since = subject - since_width >= SUBJECT_LEAST;
	int x = pane_fit(pane, 1, y, VERDICT_WIDTH, role,
	    f->muted ? "muted" : word_verdict(f->verdict));

	if (since)
		subject -= since_width;
	subject = subject < 8 ? 8 : subject;
	put_subject(pane, x, y, subject, view, f, false);
	x += CHECK_WIDTH + subject;
	x = pane_fit(pane, x, y, REASON_WIDTH - 1, role, f->reason) + 1;
	if (since && wide)
		put_since(pane, x, y, f);
	else if (since)
		put_since_day(pane, x, y, f);
}

static int
put_finding(const struct pane *pane, int y, const struct view *view,
    const struct finding *f, const struct widths *w)
{
	enum role role = f->muted ? ROLE_DIM : role_verdict(f->verdict);
	bool told = is_trouble(f) || f->verdict == VERDICT_NOTE, beside;
	int rows, room,
	    x = pane_fit(pane, 1, y, VERDICT_WIDTH, role,
		f->muted ? "muted" : word_verdict(f->verdict));

	rows = put_subject(pane, x, y, w->subject, view, f, true);
	x += CHECK_WIDTH + w->subject;
	x = pane_fit(pane, x, y, REASON_WIDTH - 1, role, f->reason) + 1;
	room = w->detail > 0 ? w->detail : told ? 0 : pane->w - x;
	if (w->detail > 0 || told)
		put_since(pane, x, y, f);
	/* A detail too long for its column is told in full below. */
	beside = (int)text_width(f->detail) <= room;
	if (beside)
		pane_fit(pane, w->detail > 0 ? x + SINCE_WIDTH + 1 : x, y, room,
		    w->detail > 0 ? ROLE_PLAIN : ROLE_DIM, f->detail);
	return rows + put_below(pane, y + rows, view, f, !beside);
}

/* What belongs together; a check that no row names comes under the last. */
static const struct group_row {
	const char *title;
	const char *checks[9];
} groups[] = {
	{ "Authentication", { "spf", "spf_sender", "dkim", "dmarc" } },
	{ "Sending addresses", { "ptr", "helo", "egress", "dnsbl" } },
	{ "How mail is sent, by the log", { "burst", "ip_use", "from_use" } },
	{ "Receiving mail and TLS",
	    { "mx", "smtp", "starttls", "tls_version", "certificate", "dane",
		"mta_sts", "tls_rpt", "dnssec" } },
	{ "The rest", { "bimi", "abuse" } },
};
enum { GROUPS = sizeof(groups) / sizeof(*groups), GROUP_CHECKS = 9 };
_Static_assert((int)GROUPS == (int)CHECK_GROUPS, "as many as in checks.h");

const char *
checks_group_title(int group)
{
	return groups[group].title;
}

int
checks_group(const struct finding *f)
{
	for (int g = 0; g < GROUPS; g++)
		for (int i = 0; i < GROUP_CHECKS; i++)
			if (groups[g].checks[i] != NULL &&
			    strcmp(groups[g].checks[i], f->check) == 0)
				return g;
	return GROUPS - 1;
}

/* Muted trouble stands behind what is not. */
int
checks_weight(const struct finding *f)
{
	return f->muted ? verdict_weight(VERDICT_PASS)
			: verdict_weight(f->verdict);
}

static int
put_group(const struct pane *pane, int y, const struct view *view,
    const struct finding **list, int group)
{
	struct widths w = widths(pane);
	int start = y;

	for (int level = verdict_weight(VERDICT_FAIL); level >= 0; level--)
		for (size_t i = 0; i < view->history.finding_count; i++) {
			const struct finding *f = list[i];

			if (checks_is_google(f) || checks_group(f) != group ||
			    checks_weight(f) != level)
				continue;
			if (y == start)
				pane_title(pane, 1, y++, pane->w - 2,
				    groups[group].title);
			y += put_finding(pane, y, view, f, &w);
		}
	return y - start;
}

/* The groups by the worst that each has. */
static int
put_groups(const struct pane *pane, int y, const struct view *view,
    const struct finding **list)
{
	int worst[GROUPS], start = y;

	for (int g = 0; g < GROUPS; g++)
		worst[g] = -1;
	for (size_t i = 0; i < view->history.finding_count; i++) {
		int g = checks_group(list[i]);

		if (!checks_is_google(list[i]) &&
		    checks_weight(list[i]) > worst[g])
			worst[g] = checks_weight(list[i]);
	}
	for (int level = verdict_weight(VERDICT_FAIL); level >= 0; level--)
		for (int g = 0; g < GROUPS; g++)
			if (worst[g] == level)
				y += put_group(pane, y, view, list, g);
	return y - start;
}

static int
put_google(const struct pane *pane, int y, const struct view *view,
    const struct finding **list)
{
	struct widths w = widths(pane);
	int start = y;

	pane_title(pane, 1, y++, pane->w - 2, "What Google's compliance says");
	for (size_t i = 0; i < view->history.finding_count; i++)
		if (checks_is_google(list[i]))
			y += put_finding(pane, y, view, list[i], &w);
	if (y == start + 1)
		y += pane_wrap(pane, 1, y, pane->w - 2, ROLE_DIM,
		    "Google has not been asked, or gave no answer.");
	return y - start;
}

void
checks_learned_text(
    const struct view *view, const struct learned *l, char *out, size_t size)
{
	char first[TIME_TEXT_SIZE], age[WORD_SIZE];

	snprintf(out, size, "%-9s %.253s  (%s, %s, last %s ago)",
	    strcmp(l->kind, "ip") == 0 ? "address" : l->kind, l->value,
	    l->source, time_short(first, l->first_s),
	    text_age(age, sizeof(age), view->history.now_s - l->last_s));
}

/* What logs and messages told of the senders. */
static int
put_learned_all(const struct pane *pane, int y, const struct view *view)
{
	int start = y;

	for (size_t i = 0; i < view->learned_count; i++) {
		const struct learned *l = &view->learned[i];
		char text[SENTENCE_SIZE];

		if (strcmp(l->source, "settings") == 0)
			continue;
		if (y == start)
			pane_title(pane, 1, y++, pane->w - 2,
			    "Learned of the senders");
		checks_learned_text(view, l, text, sizeof(text));
		y += pane_wrap(pane, 1, y, pane->w - 2, ROLE_PLAIN, text);
	}
	return y > start ? y - start + 1 : 0;
}

void
checks_age(const struct pane *pane, int y, const struct view *view)
{
	char text[WORD_SIZE * 2], age[WORD_SIZE];

	if (view->standing.probed_s == 0)
		return;
	snprintf(text, sizeof(text), " probed %s ago ",
	    text_age(age, sizeof(age),
		view->history.now_s - view->standing.probed_s));
	pane_right(pane, 0, y, pane->w - 2, ROLE_DIM, text);
}

int
panel_checks(const struct pane *pane, const struct model *model)
{
	const struct view *view = model->view;
	const struct finding **list = words_findings(&view->history);
	int y = put_groups(pane, 0, view, list);

	if (y == 0)
		y += pane_wrap(pane, 1, 0, pane->w - 2, ROLE_DIM,
		    model->ui.as_of != DAY_NONE
			? "No check had run on this domain by that day."
			: "No check has run on this domain yet: r probes it "
			  "now.");
	else
		checks_age(pane, 0, view);
	y += put_learned_all(pane, y + 1, view) + 1;
	y += put_google(pane, y, view, list);
	free(list);
	return y;
}
