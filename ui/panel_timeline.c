/* The time line: events, what Google's numbers tell, notes, mutes, what was
 * learned; newest first. */
/* SPDX-License-Identifier: MIT */
#include "panels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lines.h"
#include "sendtop/day.h"
#include "sendtop/milestone.h"
#include "words.h"

enum { DAY_WIDTH = 7 };

/* Of several lists, the one whose newest entry is the newest of all. */
struct merge {
	const struct view *view;
	size_t event, note, learned;
	const struct store_mute **mutes; /* newest first */
	const struct learned **learneds;
	size_t mute;
	struct milestone milestones[MILESTONES_MAX];
	size_t milestone_count, milestone;
};

struct timeline_row {
	struct line_row line;
	bool minor; /* gives way where there is little room */
	char text[SENTENCE_SIZE];
};

static int
compare_mutes(const void *a, const void *b)
{
	const struct store_mute *const *x = a, *const *y = b;

	return ((*x)->since_s < (*y)->since_s) -
	    ((*x)->since_s > (*y)->since_s);
}

static int
compare_learned(const void *a, const void *b)
{
	const struct learned *const *x = a, *const *y = b;

	return ((*x)->first_s < (*y)->first_s) -
	    ((*x)->first_s > (*y)->first_s);
}

static void
merge_open(struct merge *m, const struct view *view)
{
	memset(m, 0, sizeof(*m));
	m->view = view;
	m->milestone_count = milestones_find(
	    &view->history, m->milestones, MILESTONES_MAX);
	m->mutes = mem_zero(view->mute_count + 1, sizeof(*m->mutes));
	m->learneds = mem_zero(view->learned_count + 1, sizeof(*m->learneds));
	for (size_t i = 0; i < view->mute_count; i++)
		m->mutes[i] = &view->mutes[i];
	for (size_t i = 0; i < view->learned_count; i++)
		m->learneds[i] = &view->learned[i];
	qsort(m->mutes, view->mute_count, sizeof(*m->mutes), compare_mutes);
	qsort(m->learneds, view->learned_count, sizeof(*m->learneds),
	    compare_learned);
}

static void
merge_close(struct merge *m)
{
	free(m->mutes);
	free(m->learneds);
}

static void
event_row(const struct store_event *e, struct timeline_row *out)
{
	out->line = (struct line_row){ .at_s = e->at_s,
		.word = word_verdict(e->verdict),
		.role = role_verdict(e->verdict),
		.text = e->text };
	out->minor = e->verdict == VERDICT_NOTE || e->verdict == VERDICT_PASS;
}

/* The last moment of the day: its numbers are of all of it. */
static int64_t
milestone_s(const struct milestone *m)
{
	return day_start(m->day + 1) - 1;
}

static void
milestone_row(const struct milestone *m, struct timeline_row *out)
{
	out->line = (struct line_row){ .at_s = milestone_s(m),
		.whole_day = true,
		.word = word_verdict(m->verdict),
		.role = role_verdict(m->verdict),
		.text = m->text };
	out->minor = m->verdict == VERDICT_PASS;
}

static void
note_row(const struct store_note *n, struct timeline_row *out)
{
	snprintf(out->text, sizeof(out->text), "%s%s", n->text,
	    n->domain[0] == '\0' ? " (for all domains)" : "");
	out->line = (struct line_row){ .at_s = n->at_s,
		.word = "NOTE",
		.role = ROLE_STRONG,
		.text = out->text };
}

static void
mute_row(const struct store_mute *m, struct timeline_row *out)
{
	char until[TIME_TEXT_SIZE];

	snprintf(out->text, sizeof(out->text), "%s%s%s muted %s%s%s%s",
	    m->check[0] != '\0' ? m->check : "everything",
	    m->subject[0] != '\0' ? " " : "", m->subject,
	    m->until_s > 0 ? "until " : "for good",
	    m->until_s > 0 ? time_short(until, m->until_s) : "",
	    m->why[0] != '\0' ? ": " : "", m->why);
	out->line = (struct line_row){ .at_s = m->since_s,
		.word = "muted",
		.role = ROLE_DIM,
		.text = out->text };
}

static void
learned_row(const struct learned *l, struct timeline_row *out)
{
	snprintf(out->text, sizeof(out->text), "%s %s first seen (%s)",
	    strcmp(l->kind, "ip") == 0 ? "sending address" : l->kind, l->value,
	    l->source);
	out->line = (struct line_row){ .at_s = l->first_s,
		.word = "new",
		.role = ROLE_NOTE,
		.text = out->text };
}

enum { OF_EVENTS, OF_MILESTONES, OF_NOTES, OF_MUTES, OF_LEARNED, LISTS };

/* When the next row of each list was; -1 past its last.  What the settings say
 * was not learned at a time. */
static void
heads(struct merge *m, int64_t at_s[LISTS])
{
	const struct view *v = m->view;

	while (m->learned < v->learned_count &&
	    strcmp(m->learneds[m->learned]->source, "settings") == 0)
		m->learned++;
	at_s[OF_EVENTS] = m->event < v->event_count ? v->events[m->event].at_s
						    : -1;
	at_s[OF_MILESTONES] = m->milestone < m->milestone_count
	    ? milestone_s(&m->milestones[m->milestone])
	    : -1;
	at_s[OF_NOTES] = m->note < v->note_count ? v->notes[m->note].at_s : -1;
	at_s[OF_MUTES] = m->mute < v->mute_count ? m->mutes[m->mute]->since_s
						 : -1;
	at_s[OF_LEARNED] = m->learned < v->learned_count
	    ? m->learneds[m->learned]->first_s
	    : -1;
}

/* The next row of all; false past the last. */
static bool
merge_next(struct merge *m, struct timeline_row *out)
{
	const struct view *v = m->view;
	int64_t at_s[LISTS];
	int newest = 0;

	heads(m, at_s);
	for (int i = 1; i < LISTS; i++)
		if (at_s[i] > at_s[newest])
			newest = i;
	if (at_s[newest] < 0)
		return false;
	out->minor = false;
	if (newest == OF_EVENTS)
		event_row(&v->events[m->event++], out);
	else if (newest == OF_MILESTONES)
		milestone_row(&m->milestones[m->milestone++], out);
	else if (newest == OF_NOTES)
		note_row(&v->notes[m->note++], out);
	else if (newest == OF_MUTES)
		mute_row(m->mutes[m->mute++], out);
	else
		learned_row(m->learneds[m->learned++], out);
	return true;
}

int
panel_timeline(const struct pane *pane, const struct model *model)
{
	struct pane part = pane_part(pane, 1, 0, pane->w - 2, CANVAS_MOST);
	struct lines lines = lines_new(
	    &part, "What happened, newest first (UTC)");
	struct timeline_row row;
	struct merge merge;
	bool any = false;

	merge_open(&merge, model->view);
	while (merge_next(&merge, &row)) {
		lines_put(&lines, &row.line);
		any = true;
	}
	merge_close(&merge);
	if (!any)
		lines_say(&lines,
		    "Nothing has changed since sendtop first looked.  n writes "
		    "a note here.");
	return lines.y;
}

static bool
has_major(const struct view *view)
{
	struct timeline_row row;
	struct merge merge;
	bool major = false;

	merge_open(&merge, view);
	while (!major && merge_next(&merge, &row))
		major = !row.minor;
	merge_close(&merge);
	return major;
}

/* In short, for the summary: a line each, with the day; what is no trouble
 * only where there is nothing else. */
int
block_events(const struct pane *pane, const struct model *model)
{
	bool major = has_major(model->view);
	char day[DAY_TEXT_SIZE];
	struct timeline_row row;
	struct merge merge;
	int y = 1;

	merge_open(&merge, model->view);
	while (y < pane->h && merge_next(&merge, &row)) {
		int x;

		if (major && row.minor)
			continue;
		x = pane_fit(pane, 0, y, DAY_WIDTH, ROLE_DIM,
		    day_short(day, day_of(row.line.at_s)));
		x = pane_put(pane, x, y, row.line.role, row.line.word) + 1;
		pane_fit(pane, x, y++, pane->w - x, ROLE_PLAIN, row.line.text);
	}
	merge_close(&merge);
	if (y == 1)
		return 0;
	pane_title(pane, 0, 0, pane->w, "What happened");
	return y;
}
