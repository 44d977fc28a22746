/* The Checks tab: the list, and beside or below it what is under the cursor. */
/* SPDX-License-Identifier: MIT */
#include "checks.h"

#include <stdio.h>
#include <string.h>

#include "advice.h"
#include "cure.h"
#include "sendtop/day.h"
#include "sendtop/text.h"
#include "words.h"

enum {
	WIDE = 110,     /* from here on the detail stands beside the list */
	LIST_LEAST = 4, /* rows of a list that has a detail below */
	DETAIL_LEAST = 5,
	DETAIL_MOST = 14,
	MARK_WIDTH = 8,
	TIME_WIDTH = 14,
};

/* --- the detail ------------------------------------------------------------------- */

/* A label and what stands behind it, wrapped; 0 rows without a text. */
static int
put_marked(const struct pane *pane, int y, const char *mark, enum role role,
    const char *text)
{
	if (text == NULL || text[0] == '\0')
		return 0;
	pane_put(pane, 1, y, ROLE_KEY, mark);
	return pane_wrap(
	    pane, 1 + MARK_WIDTH, y, pane->w - MARK_WIDTH - 2, role, text);
}

static int
put_since(const struct pane *pane, int y, const struct model *model,
    const struct finding *f)
{
	char text[SENTENCE_SIZE], when[TIME_TEXT_SIZE], age[WORD_SIZE],
	    seen[WORD_SIZE];
	int64_t now_s = model->view->history.now_s;

	if (f->first_seen_s == 0)
		return 0;
	snprintf(text, sizeof(text), "%s UTC, for %s; checked %s ago",
	    time_short(when, f->first_seen_s),
	    text_age(age, sizeof(age), now_s - f->first_seen_s),
	    text_age(seen, sizeof(seen), now_s - f->last_seen_s));
	return put_marked(pane, y, "since", ROLE_PLAIN, text);
}

/* While it is unknown: what was known last, and how old that is. */
static int
put_known(const struct pane *pane, int y, const struct model *model,
    const struct finding *f)
{
	char text[SENTENCE_SIZE], when[TIME_TEXT_SIZE], age[WORD_SIZE];

	if (f->verdict != VERDICT_UNKNOWN || f->known_reason == NULL)
		return 0;
	snprintf(text, sizeof(text), "%s %s, known %s ago (%s UTC)",
	    word_verdict(f->known_verdict), f->known_reason,
	    text_age(age, sizeof(age), model->view->history.now_s - f->known_s),
	    time_short(when, f->known_s));
	return put_marked(pane, y, "was", role_verdict(f->known_verdict), text);
}

static int
put_muted(const struct pane *pane, int y, const struct finding *f)
{
	char text[SENTENCE_SIZE], until[TIME_TEXT_SIZE];

	if (!f->muted)
		return 0;
	snprintf(text, sizeof(text), "%s%s: %s",
	    f->muted_until_s > 0 ? "until " : "for good",
	    f->muted_until_s > 0 ? time_short(until, f->muted_until_s) : "",
	    f->muted_why != NULL ? f->muted_why : "");
	return put_marked(pane, y, "muted", ROLE_DIM, text);
}

static int
put_source(const struct pane *pane, int y, const struct view *view,
    const struct finding *f)
{
	char text[SENTENCE_SIZE];

	for (size_t i = 0; i < view->learned_count; i++) {
		const struct learned *l = &view->learned[i];

		if (strcmp(l->value, f->subject) != 0 ||
		    strcmp(l->source, "settings") == 0)
			continue;
		checks_learned_text(view, l, text, sizeof(text));
		return put_marked(pane, y, "known", ROLE_DIM, text);
	}
	return 0;
}

/* Which requirements of Gmail's it breaks. */
static int
put_breaks(const struct pane *pane, int y, const struct view *view,
    const struct finding *f)
{
	const struct judgements *j = &view->judgements;
	char why[WHY_SIZE], text[SENTENCE_SIZE];
	int start = y;

	snprintf(why, sizeof(why), "%s/%s/%s", f->check, f->subject, f->reason);
	for (size_t i = 0; i < j->requirement_count; i++) {
		const struct requirement_judgement *r = &j->requirements[i];

		for (size_t k = 0; r->applies && k < r->why_count; k++) {
			if (strcmp(r->why[k], why) != 0)
				continue;
			snprintf(text, sizeof(text), "%s: %s", r->row->id,
			    r->row->title);
			y += put_marked(pane, y, y == start ? "breaks" : "",
			    ROLE_PLAIN, text);
			break;
		}
	}
	return y - start;
}

/* How the verdict went, newest first. */
static int
put_history(const struct pane *pane, int y, const struct model *model,
    const struct finding *f)
{
	int start = y;

	if (model->span_check == NULL ||
	    strcmp(model->span_check, f->check) != 0 ||
	    strcmp(model->span_subject, f->subject) != 0)
		return 0;
	for (size_t i = 0; i < model->span_count; i++) {
		const struct finding_span *s = &model->spans[i];
		char when[TIME_TEXT_SIZE], text[SENTENCE_SIZE], age[WORD_SIZE];
		int64_t end_s = s->ended_s != 0 ? s->ended_s
						: model->view->history.now_s;
		int x = 1 + MARK_WIDTH;

		pane_put(pane, 1, y, ROLE_KEY, i == 0 ? "history" : "");
		x = pane_fit(pane, x, y, TIME_WIDTH, ROLE_DIM,
		    time_short(when, s->begun_s));
		snprintf(text, sizeof(text), "%s %s, for %s%s",
		    word_verdict(s->finding.verdict), s->finding.reason,
		    text_age(age, sizeof(age), end_s - s->begun_s),
		    s->ended_s == 0 ? " so far" : "");
		y += pane_wrap(pane, x, y, pane->w - x - 1,
		    role_verdict(s->finding.verdict), text);
	}
	return y - start;
}

static int
put_finding(
    const struct pane *pane, const struct model *model, const struct finding *f)
{
	const struct view *view = model->view;
	bool well = f->verdict == VERDICT_PASS || f->verdict == VERDICT_SKIP;
	const char *cure = well ? "" : advice_cure(view, f);
	char text[SENTENCE_SIZE];
	int x, y = 0;

	x = pane_put(
	    pane, 1, y, role_verdict(f->verdict), word_verdict(f->verdict));
	snprintf(
	    text, sizeof(text), "%s %s: %s", f->check, f->subject, f->reason);
	y += pane_wrap(pane, x + 1, y, pane->w - x - 2, ROLE_STRONG, text);
	if (f->detail[0] != '\0')
		y += pane_wrap(pane, 1, y, pane->w - 2, ROLE_PLAIN, f->detail);
	y += cure_put_marked(pane, 1, MARK_WIDTH, y, "do", cure);
	y += put_since(pane, y, model, f);
	y += put_known(pane, y, model, f);
	y += put_marked(
	    pane, y, cure[0] != '\0' ? "now" : "record", ROLE_PLAIN, f->record);
	y += put_muted(pane, y, f);
	y += put_source(pane, y, view, f);
	y += put_breaks(pane, y, view, f);
	return y + put_history(pane, y, model, f);
}

static int
put_learned(
    const struct pane *pane, const struct model *model, const struct learned *l)
{
	char text[SENTENCE_SIZE];
	int y;

	checks_learned_text(model->view, l, text, sizeof(text));
	y = pane_wrap(pane, 1, 0, pane->w - 2, ROLE_STRONG, text);
	return y +
	    pane_wrap(pane, 1, y, pane->w - 2, ROLE_DIM,
		"No setting names it: it is checked as long as it is seen.");
}

int
checks_detail(const struct pane *pane, const struct model *model,
    const struct check_row *row)
{
	return row->finding != NULL ? put_finding(pane, model, row->finding)
				    : put_learned(pane, model, row->learned);
}

/* --- the list --------------------------------------------------------------------- */

static void
put_row(const struct pane *pane, int y, const struct view *view,
    const struct check_row *row)
{
	char text[SENTENCE_SIZE];

	if (row->title != NULL)
		pane_title(pane, 1, y, pane->w - 2, row->title);
	else if (row->finding != NULL)
		checks_line(pane, y, view, row->finding);
	else {
		checks_learned_text(view, row->learned, text, sizeof(text));
		pane_fit(pane, 1, y, pane->w - 2, ROLE_PLAIN, text);
	}
}

/* The first row of the list, so that the cursor is on the screen, and the
 * heading above it where it is the first below one. */
static size_t
top_of(const struct check_rows *rows, size_t at, size_t top, size_t h)
{
	size_t first = at > 0 && rows->items[at - 1].title != NULL ? at - 1
								   : at;

	if (top + h > rows->count)
		top = rows->count > h ? rows->count - h : 0;
	if (first < top)
		top = first;
	if (at >= top + h)
		top = at - h + 1;
	return top;
}

static void
draw_list(const struct pane *pane, const struct model *model,
    const struct check_rows *rows, size_t at, struct frame *out)
{
	size_t h = pane->h > 0 ? (size_t)pane->h : 1;
	size_t top = top_of(rows, at, model->ui.check_top, h);

	for (size_t i = top; i < rows->count && i < top + h; i++) {
		put_row(pane, (int)(i - top), model->view, &rows->items[i]);
		if (i == at)
			pane_select(pane, (int)(i - top));
	}
	if (top > 0)
		pane_put(pane, pane->w - 1, 0, ROLE_KEY, "\u2191");
	else
		checks_age(pane, 0, model->view);
	if (top + h < rows->count)
		pane_put(pane, pane->w - 1, pane->h - 1, ROLE_KEY, "\u2193");
	out->check_y = pane->y;
	out->check_rows = pane->h;
	out->check_width = pane->w;
	out->check_top = top;
}

/* --- both ------------------------------------------------------------------------- */

/* A detail that goes on below says which key shows the rest. */
static void
draw_detail(const struct pane *pane, const struct model *model,
    const struct check_row *row)
{
	static const char more[] = " Enter shows the rest ";

	if (checks_detail(pane, model, row) <= pane->h || pane->h < 1)
		return;
	pane_right(pane, 0, pane->h - 1, pane->w - 1, ROLE_KEY, more);
}

static void
draw_beside(const struct pane *pane, const struct model *model,
    const struct check_rows *rows, size_t at, struct frame *out)
{
	int w = pane->w * 11 / 20;
	struct pane list = pane_part(pane, 0, 0, w, pane->h);
	struct pane detail = pane_part(
	    pane, w + 1, 0, pane->w - w - 1, pane->h);

	draw_list(&list, model, rows, at, out);
	pane_vline(pane, w, 0, pane->h);
	draw_detail(&detail, model, &rows->items[at]);
}

/* The same heights whatever is under the cursor: nothing jumps. */
static void
draw_below(const struct pane *pane, const struct model *model,
    const struct check_rows *rows, size_t at, struct frame *out)
{
	int h = pane->h * 9 / 20;
	struct pane list, detail;

	if (h < DETAIL_LEAST)
		h = DETAIL_LEAST;
	if (h > DETAIL_MOST)
		h = DETAIL_MOST;
	if (pane->h < LIST_LEAST + 1 + DETAIL_LEAST)
		h = -1; /* Enter shows it */
	list = pane_part(pane, 0, 0, pane->w, pane->h - h - 1);
	draw_list(&list, model, rows, at, out);
	if (h < 0)
		return;
	pane_hline(pane, 0, list.h, pane->w);
	detail = pane_part(pane, 0, list.h + 1, pane->w, h);
	draw_detail(&detail, model, &rows->items[at]);
}

/* What is under the cursor in all of the pane, scrolled. */
static void
draw_opened(const struct pane *pane, const struct model *model,
    const struct check_row *row, struct frame *out)
{
	struct pane moved = pane_scrolled(pane, model->ui.scroll);

	out->panel_rows = pane->h;
	out->content_rows = checks_detail(&moved, model, row);
	if (model->ui.scroll > 0)
		pane_put(pane, pane->w - 1, 0, ROLE_KEY, "\u2191");
	if (model->ui.scroll + pane->h < out->content_rows)
		pane_put(pane, pane->w - 1, pane->h - 1, ROLE_KEY, "\u2193");
}

void
checks_draw(
    const struct pane *pane, const struct model *model, struct frame *out)
{
	struct check_rows rows = checks_rows(model->view);
	size_t at = checks_selected(&rows, &model->ui);

	out->panel_rows = out->content_rows = pane->h;
	if (at >= rows.count)
		panel_checks(pane, model); /* which says why it is empty */
	else if (model->ui.opened)
		draw_opened(pane, model, &rows.items[at], out);
	else if (pane->w >= WIDE)
		draw_beside(pane, model, &rows, at, out);
	else
		draw_below(pane, model, &rows, at, out);
	checks_free(&rows);
}
