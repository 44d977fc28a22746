/* The two rows at the top: the fleet on the list, else the domain. */
/* SPDX-License-Identifier: MIT */
#include "panels.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "glyph.h"
#include "plot.h"
#include "sendtop/day.h"
#include "sendtop/text.h"
#include "words.h"

enum {
	BEAT_LATE_S = 120, /* a collector this long silent is news */
	BAR_WIDTH = 10,
	CLOCK_SIZE = 16,
	SENTENCE_LEAST = 30, /* columns in which one makes sense */
	WIDE = 110,
	NAME_END = 8,    /* of "sendtop" */
	NAME_LEAST = 24, /* of the domain, before its state is cut short */
};

/* A row that is filled from the left, part by part. */
struct row {
	const struct pane *pane;
	int x, y;
};

/* Puts a part that fits with `more` columns behind it, else leaves it out; a
 * sentence is rather cut than left out. */
static bool
part_with(struct row *row, enum role role, const char *text, int more)
{
	int x = row->x > 1 ? row->x + 3 : row->x;
	int room = row->pane->w - 1 - more - x;
	int width = (int)text_width(text);

	if (width == 0 || (width > room && room < SENTENCE_LEAST) ||
	    (width > room && width <= SENTENCE_LEAST))
		return false;
	if (row->x > 1)
		pane_put(
		    row->pane, row->x, row->y, ROLE_DIM, " " GLYPH_DOT " ");
	row->x = pane_fit(
	    row->pane, x, row->y, width > room ? room : width, role, text);
	return true;
}

static void
part(struct row *row, enum role role, const char *text)
{
	part_with(row, role, text, 0);
}

/* The clock stands in whole minutes: an idle screen draws once a minute. */
static int
put_clock(const struct pane *pane, const struct model *model)
{
	char text[TIME_TEXT_SIZE], clock[CLOCK_SIZE];
	int w;

	time_text(text, model->now_s);
	snprintf(clock, sizeof(clock), " %.5s UTC ", text + 11);
	w = (int)strlen(clock);
	if (w < pane->w)
		pane_put(pane, pane->w - w, 0, ROLE_HEAD, clock);
	return pane->w - w;
}

static void
counts_text(const struct view_head *head, char *out, size_t size)
{
	static const struct {
		size_t index;
		const char *word;
	} parts[] = { { STANDING_CRITICAL, "critical" },
		{ STANDING_WARNING, "warning" }, { STANDING_OK, "ok" },
		{ STANDING_UNKNOWN, "unknown" }, { 4, "new" } };
	size_t total = 0, at;

	for (size_t i = 0; i < 5; i++)
		total += head->counts[i];
	if (total == 0 && head->as_of != DAY_NONE) {
		snprintf(out, size, "(counting)");
		return;
	}
	at = (size_t)snprintf(
	    out, size, "%zu %s", total, total == 1 ? "domain" : "domains");
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		size_t n = head->counts[parts[i].index];

		if (n > 0 && at < size)
			at += (size_t)snprintf(out + at, size - at, "%s %zu %s",
			    strchr(out, ':') != NULL ? "" : ":", n,
			    parts[i].word);
	}
}

static void
put_postmaster(struct row *row, const struct view_head *head)
{
	char text[SENTENCE_SIZE], day[DAY_TEXT_SIZE];

	if (!head->connected) {
		part(row, ROLE_WARN,
		    "Postmaster is not connected: sendtop login");
		return;
	}
	if (head->newest_day == DAY_NONE)
		part(row, ROLE_DIM, "Postmaster: no data yet");
	else {
		snprintf(text, sizeof(text), "Postmaster to %s (D-%" PRId32 ")",
		    day_short(day, head->newest_day),
		    day_of(head->now_s) - head->newest_day);
		part(row, ROLE_PLAIN, text);
	}
	if (head->postmaster_error[0] != '\0') {
		snprintf(text, sizeof(text), "last poll%s: %s",
		    head->postmaster_partly ? "" : " failed",
		    head->postmaster_error);
		part(row, head->postmaster_partly ? ROLE_WARN : ROLE_BAD, text);
	}
}

/* "probing 118/412" with a bar. */
static void
put_progress(struct row *row, const struct store_activity *activity)
{
	char text[WORD_SIZE];
	bool poll = strcmp(activity->kind, "poll") == 0;

	snprintf(text, sizeof(text), "%s %" PRId64 "/%" PRId64,
	    poll ? "polling" : "probing", activity->done, activity->total);
	if (!part_with(row, ROLE_STRONG, text, BAR_WIDTH + 1))
		return;
	plot_bar(row->pane, row->x + 1, row->y, BAR_WIDTH, ROLE_SERIES,
	    (double)activity->done, (double)activity->total);
	row->x += BAR_WIDTH + 1;
}

static void
put_next(struct row *row, const struct store_activity *activity, int64_t now_s)
{
	char text[WORD_SIZE], age[WORD_SIZE / 2];

	if (activity->next_s <= now_s)
		return;
	snprintf(text, sizeof(text), "next %s in %s",
	    strcmp(activity->kind, "poll") == 0 ? "poll" : "probe",
	    text_age(age, sizeof(age), activity->next_s - now_s));
	part(row, ROLE_DIM, text);
}

static bool
busy(const struct store_activity *activity)
{
	return activity->total > 0 && activity->done < activity->total;
}

static void
put_activities(struct row *row, const struct view_head *head)
{
	for (size_t i = 0; i < head->activity_count; i++) {
		const struct store_activity *a = &head->activities[i];

		if (strcmp(a->kind, "collector") != 0 && busy(a))
			put_progress(row, a);
	}
	for (size_t i = 0; i < head->activity_count; i++) {
		const struct store_activity *a = &head->activities[i];

		if (strcmp(a->kind, "collector") != 0 && !busy(a))
			put_next(row, a, head->now_s);
	}
	for (size_t i = 0; i < head->activity_count; i++)
		if (row->pane->w >= WIDE && head->activities[i].text[0] != '\0')
			part(row, ROLE_DIM, head->activities[i].text);
}

static void
put_asked(struct row *row, const struct view_head *head)
{
	char text[WORD_SIZE * 2], age[WORD_SIZE];

	if (head->fetched_s <= 0)
		return;
	snprintf(text, sizeof(text), "asked %s ago",
	    text_age(age, sizeof(age), head->now_s - head->fetched_s));
	part(row, ROLE_DIM, text);
}

/* Whether anybody collects: the last sign of life of any activity. */
static void
put_life(struct row *row, const struct view_head *head, bool nobody)
{
	int64_t beat = 0;
	char text[WORD_SIZE], age[WORD_SIZE / 2];

	for (size_t i = 0; i < head->activity_count; i++)
		if (head->activities[i].beat_s > beat)
			beat = head->activities[i].beat_s;
	if (nobody)
		part(row, ROLE_WARN, "nobody collects");
	else if (beat == 0)
		part(row, ROLE_WARN, "no collector has run yet");
	else if (head->now_s - beat > BEAT_LATE_S) {
		snprintf(text, sizeof(text), "collector silent for %s",
		    text_age(age, sizeof(age), head->now_s - beat));
		part(row, ROLE_WARN, text);
	} else if (beat - head->now_s > BEAT_LATE_S) {
		snprintf(text, sizeof(text),
		    "the collector's clock is %s ahead",
		    text_age(age, sizeof(age), beat - head->now_s));
		part(row, ROLE_WARN, text);
	}
}

/* A past day: what is shown, how far it was read, and the way back. */
static void
put_past(struct row *row, const struct model *model)
{
	char text[WORD_SIZE * 2], day[DAY_TEXT_SIZE];

	snprintf(text, sizeof(text), "as it stood at the end of %s UTC",
	    day_short(day, model->ui.as_of));
	part(row, ROLE_WARN, text);
	if (model->reading) {
		snprintf(
		    text, sizeof(text), "%zu domains read", model->read_count);
		part(row, ROLE_STRONG, text);
	}
	part(row, ROLE_DIM, "< earlier, > later, Esc live");
}

static void
put_live(struct row *row, const struct model *model)
{
	const struct view_head *head = model->head;
	char text[WORD_SIZE * 4];

	put_life(row, head, model->nobody_collects);
	put_postmaster(row, head);
	put_asked(row, head);
	/* What an ended collector was doing, or was to do next, it does not. */
	if (!model->nobody_collects)
		put_activities(row, head);
	if (row->pane->w >= WIDE && head->resolver[0] != '\0') {
		snprintf(text, sizeof(text), "resolver %s", head->resolver);
		part(row, ROLE_DIM, text);
	}
}

/* What stands beside the program's name: a past day, else the label. */
static void
label_text(const struct model *model, char *out, size_t size)
{
	char day[DAY_TEXT_SIZE];

	if (model->ui.as_of != DAY_NONE)
		snprintf(
		    out, size, "AS OF %s", day_short(day, model->ui.as_of));
	else
		snprintf(out, size, "%s", model->label);
}

int
panel_header(const struct pane *pane, const struct model *model)
{
	bool past = model->ui.as_of != DAY_NONE;
	struct row row = { pane, 1, 1 };
	char counts[WORD_SIZE * 4] = "", label[WORD_SIZE * 4];
	int end = put_clock(pane, model), x;
	struct pane left = pane_part(pane, 0, 0, end, 1);

	pane_fill(&left, 0, 0, end, 1, ROLE_HEAD, " ");
	if (model->head != NULL)
		counts_text(model->head, counts, sizeof(counts));
	label_text(model, label, sizeof(label));
	/* On a past day the program's name makes room for the counts. */
	x = past &&
		NAME_END + 4 + (int)(text_width(label) + text_width(counts)) >=
		    end
	    ? -1
	    : pane_put(&left, 1, 0, ROLE_HEAD, "sendtop");
	/* The counts are worth more than the label, but for the day. */
	if (past || x + 4 + (int)(text_width(label) + text_width(counts)) < end)
		x = pane_put(&left, x + 2, 0, ROLE_HEAD, label);
	if (model->head == NULL)
		return 2;
	pane_fit(&left, x + 2, 0, end - x - 2, ROLE_HEAD, counts);
	if (past)
		put_past(&row, model);
	else
		put_live(&row, model);
	return 2;
}

static void
put_spam(struct row *row, const struct standing *s)
{
	char text[SENTENCE_SIZE], rate[WORD_SIZE], day[DAY_TEXT_SIZE];

	if (s->spam_day == DAY_NONE || isnan(s->spam_rate))
		snprintf(text, sizeof(text), "no spam rate: %s",
		    data_gap_words(s->poll, s->data));
	else
		snprintf(text, sizeof(text), "spam rate %s on %s (%s)",
		    word_percent(rate, s->spam_rate),
		    day_short(day, s->spam_day), spam_band_name(s->band));
	part(row, role_band(s->band), text);
}

/* What would fail or warn, were it not muted. */
static size_t
muted_count(const struct history *history)
{
	size_t n = 0;

	for (size_t i = 0; i < history->finding_count; i++) {
		const struct finding *f = &history->findings[i];

		n += f->muted &&
		    (f->verdict == VERDICT_FAIL || f->verdict == VERDICT_WARN);
	}
	return n;
}

static void
put_findings(
    struct row *row, const struct standing *s, const struct history *history)
{
	size_t muted = muted_count(history);
	char text[WORD_SIZE];

	if (s->fails > 0) {
		snprintf(text, sizeof(text), "%d failing", s->fails);
		part(row, ROLE_BAD, text);
	}
	if (s->warns > 0) {
		snprintf(text, sizeof(text), "%d warning%s", s->warns,
		    s->warns == 1 ? "" : "s");
		part(row, ROLE_WARN, text);
	}
	if (s->unknowns > 0) {
		snprintf(text, sizeof(text), "%d unknown", s->unknowns);
		part(row, ROLE_UNKNOWN, text);
	}
	if (muted > 0) {
		snprintf(text, sizeof(text), "%zu muted", muted);
		part(row, ROLE_DIM, text);
	}
	if (s->fails + s->warns + s->unknowns == 0 && muted == 0 &&
	    s->probed_s > 0)
		part(row, ROLE_GOOD, "no check fails");
}

/* How old what is shown is. */
static void
put_ages(struct row *row, const struct standing *s, int64_t now_s, bool past)
{
	char text[WORD_SIZE * 2], age[WORD_SIZE];

	if (s->probed_s > 0)
		snprintf(text, sizeof(text), "probed %s ago",
		    text_age(age, sizeof(age), now_s - s->probed_s));
	else
		snprintf(text, sizeof(text), "not probed %s",
		    past ? "by then" : "yet: r");
	part(row, ROLE_DIM, text);
	if (s->fetched_s > 0) {
		snprintf(text, sizeof(text), "polled %s ago",
		    text_age(age, sizeof(age), now_s - s->fetched_s));
		part(row, ROLE_DIM, text);
	}
}

static void
put_name(const struct pane *pane, const struct model *model, int end)
{
	const struct view *view = model->view;
	enum standing_state state = view->standing.state;
	char text[WORD_SIZE * 2], when[TIME_TEXT_SIZE];
	int width = (int)text_width(view->domain.name), room;

	snprintf(text, sizeof(text), "%s", word_state(state));
	if (view->standing.since_s > 0)
		snprintf(text, sizeof(text), "%s since %s", word_state(state),
		    time_short(when, view->standing.since_s));
	if (model->ui.as_of != DAY_NONE)
		snprintf(text, sizeof(text), "%s  AS OF %s", word_state(state),
		    day_text(when, model->ui.as_of));
	room = end - 3 - (int)text_width(text);
	/* Which domain it is, is worth more than since when. */
	if (room < width && room < NAME_LEAST) {
		snprintf(text, sizeof(text), "%s%s%s", word_state_short(state),
		    model->ui.as_of != DAY_NONE ? " " : "",
		    model->ui.as_of != DAY_NONE
			? day_short(when, model->ui.as_of)
			: "");
		room = end - 3 - (int)text_width(text);
	}
	width = width > room ? room : width;
	pane_fit(pane, 1, 0, width, ROLE_HEAD, view->domain.name);
	pane_put(pane, width > 0 ? width + 3 : 1, 0, ROLE_HEAD, text);
}

int
panel_domain_header(const struct pane *pane, const struct model *model)
{
	struct row row = { pane, 1, 1 };
	int end = put_clock(pane, model);
	struct pane left = pane_part(pane, 0, 0, end, 1);
	const struct standing *s;
	char text[WORD_SIZE];

	pane_fill(&left, 0, 0, end, 1, ROLE_HEAD, " ");
	if (model->view == NULL) {
		pane_put(&left, 1, 0, ROLE_HEAD, model->selected);
		return 2;
	}
	s = &model->view->standing;
	put_name(&left, model, end);
	put_spam(&row, s);
	snprintf(text, sizeof(text), "ramp %s", word_ramp(s->ramp));
	part(&row, role_ramp(s->ramp), text);
	put_findings(&row, s, &model->view->history);
	put_ages(
	    &row, s, model->view->history.now_s, model->ui.as_of != DAY_NONE);
	return 2;
}
