/* The time line: events, notes, mutes, what was learned; newest first. */
/* SPDX-License-Identifier: MIT */
#include "panels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lines.h"
#include "sendtop/day.h"
#include "words.h"

enum { DAY_WIDTH = 7 };

/* Of several lists, the one whose newest entry is the newest of all. */
struct merge {
	const struct view *view;
	size_t event, note, learned;
	const struct store_mute **mutes; /* newest first */
	const struct learned **learneds;
	size_t mute;
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
	*m = (struct merge){ .view = view };
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
event_row(const struct store_event *e, struct line_row *out)
{
	*out = (struct line_row){ .at_s = e->at_s,
		.word = word_verdict(e->verdict),
		.role = role_verdict(e->verdict),
		.text = e->text };
}

static void
note_row(
    const struct store_note *n, char text[SENTENCE_SIZE], struct line_row *out)
{
	snprintf(text, SENTENCE_SIZE, "%s%s", n->text,
	    n->domain[0] == '\0' ? " (for all domains)" : "");
	*out = (struct line_row){ .at_s = n->at_s,
		.word = "NOTE",
		.role = ROLE_STRONG,
		.text = text };
}

static void
mute_row(
    const struct store_mute *m, char text[SENTENCE_SIZE], struct line_row *out)
{
	char until[TIME_TEXT_SIZE];

	snprintf(text, SENTENCE_SIZE, "%s%s%s muted %s%s%s%s",
	    m->check[0] != '\0' ? m->check : "everything",
	    m->subject[0] != '\0' ? " " : "", m->subject,
	    m->until_s > 0 ? "until " : "for good",
	    m->until_s > 0 ? time_short(until, m->until_s) : "",
	    m->why[0] != '\0' ? ": " : "", m->why);
	*out = (struct line_row){ .at_s = m->since_s,
		.word = "muted",
		.role = ROLE_DIM,
		.text = text };
}

static void
learned_row(
    const struct learned *l, char text[SENTENCE_SIZE], struct line_row *out)
{
	snprintf(text, SENTENCE_SIZE, "%s %s first seen (%s)",
	    strcmp(l->kind, "ip") == 0 ? "sending address" : l->kind, l->value,
	    l->source);
	*out = (struct line_row){ .at_s = l->first_s,
		.word = "new",
		.role = ROLE_NOTE,
		.text = text };
}

/* The next row of all; false past the last.  What the settings say was not
 * learned at a time. */
static bool
merge_next(struct merge *m, char text[SENTENCE_SIZE], struct line_row *out)
{
	const struct view *v = m->view;
	int64_t event, note, mute, learned;

	while (m->learned < v->learned_count &&
	    strcmp(m->learneds[m->learned]->source, "settings") == 0)
		m->learned++;
	event = m->event < v->event_count ? v->events[m->event].at_s : -1;
	note = m->note < v->note_count ? v->notes[m->note].at_s : -1;
	mute = m->mute < v->mute_count ? m->mutes[m->mute]->since_s : -1;
	learned = m->learned < v->learned_count
	    ? m->learneds[m->learned]->first_s
	    : -1;
	if (event < 0 && note < 0 && mute < 0 && learned < 0)
		return false;
	if (event >= note && event >= mute && event >= learned)
		event_row(&v->events[m->event++], out);
	else if (note >= mute && note >= learned)
		note_row(&v->notes[m->note++], text, out);
	else if (mute >= learned)
		mute_row(m->mutes[m->mute++], text, out);
	else
		learned_row(m->learneds[m->learned++], text, out);
	return true;
}

int
panel_timeline(const struct pane *pane, const struct model *model)
{
	struct pane part = pane_part(pane, 1, 0, pane->w - 2, CANVAS_MOST);
	struct lines lines = lines_new(
	    &part, "What happened, newest first (UTC)");
	char text[SENTENCE_SIZE];
	struct line_row row;
	struct merge merge;
	bool any = false;

	merge_open(&merge, model->view);
	while (merge_next(&merge, text, &row)) {
		lines_put(&lines, &row);
		any = true;
	}
	merge_close(&merge);
	if (!any)
		lines_say(&lines,
		    "Nothing has changed since sendtop first looked.  n writes "
		    "a note here.");
	return lines.y;
}

/* In short, for the summary: a line each, with the day. */
int
block_events(const struct pane *pane, const struct model *model)
{
	char text[SENTENCE_SIZE], day[DAY_TEXT_SIZE];
	struct line_row row;
	struct merge merge;
	int y = 1;

	merge_open(&merge, model->view);
	while (y < pane->h && merge_next(&merge, text, &row)) {
		int x = pane_fit(pane, 0, y, DAY_WIDTH, ROLE_DIM,
		    day_short(day, day_of(row.at_s)));

		x = pane_put(pane, x, y, row.role, row.word) + 1;
		pane_fit(pane, x, y++, pane->w - x, ROLE_PLAIN, row.text);
	}
	merge_close(&merge);
	if (y == 1)
		return 0;
	pane_title(pane, 0, 0, pane->w, "What happened");
	return y;
}
