/* What changed between two moments. */
/* SPDX-License-Identifier: MIT */
#include "changes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "changes_list.h"
#include "sendtop/day.h"
#include "sendtop/milestone.h"
#include "sendtop/text.h"
#include "words.h"

struct change *
change_add(struct change_list *list, const char *kind, enum verdict verdict,
    const char *text)
{
	struct change *c = &list->items[list->count];

	if (list->count < list->most)
		list->count++;
	*c = (struct change){ .domain = list->domain,
		.kind = kind,
		.verdict = verdict,
		.text = text };
	return c;
}

/* --- numbers ------------------------------------------------------------------- */

/* Two words for the same thing; nothing when they are the same. */
static struct change *
add_words(struct change_list *list, const char *what, const char *then,
    const char *now, enum verdict verdict)
{
	struct change *c;

	if (strcmp(then, now) == 0)
		return NULL;
	c = change_add(list, "number", verdict,
	    arena_printf(list->arena, "%s: %s -> %s", what, then, now));
	c->name = what;
	c->then = arena_dup(list->arena, then);
	c->now = arena_dup(list->arena, now);
	return c;
}

/* The same of a number that is another one on most days. */
static void
add_small(struct change_list *list, const char *what, const char *then,
    const char *now, enum verdict verdict)
{
	struct change *c = add_words(list, what, then, now, verdict);

	if (c != NULL)
		c->small = true;
}

/* How grave a move of a number is: that it got worse is worth a note. */
static enum verdict
weigh(double then, double now, bool more_is_worse)
{
	if (isnan(then) || isnan(now) || (now > then) != more_is_worse)
		return VERDICT_PASS;
	return VERDICT_NOTE;
}

static enum verdict
state_verdict(enum standing_state state)
{
	static const enum verdict verdicts[] = {
		[STANDING_OK] = VERDICT_PASS,
		[STANDING_UNKNOWN] = VERDICT_UNKNOWN,
		[STANDING_WARNING] = VERDICT_WARN,
		[STANDING_CRITICAL] = VERDICT_FAIL,
	};

	return verdicts[state];
}

static enum verdict
band_verdict(enum spam_band band, enum verdict otherwise)
{
	if (band == SPAM_VIOLATED)
		return VERDICT_FAIL;
	return band == SPAM_WATCHED ? VERDICT_WARN : otherwise;
}

static const char *
spam_text(struct arena *arena, const struct standing *s)
{
	char rate[WORD_SIZE], day[DAY_TEXT_SIZE];

	if (isnan(s->spam_rate) || s->spam_day == DAY_NONE)
		return word_gap(s->poll, s->data);
	return arena_printf(arena, "%s on %s", word_percent(rate, s->spam_rate),
	    day_short(day, s->spam_day));
}

/* The same rate on a later day is no news. */
static void
add_rate(struct change_list *list, const struct standing *then,
    const struct standing *now)
{
	char a[WORD_SIZE], b[WORD_SIZE];
	struct change *c;

	word_percent(a, then->spam_rate);
	word_percent(b, now->spam_rate);
	if (!isnan(then->spam_rate) && strcmp(a, b) == 0)
		return;
	c = add_words(list, "spam rate", spam_text(list->arena, then),
	    spam_text(list->arena, now),
	    band_verdict(
		now->band, weigh(then->spam_rate, now->spam_rate, true)));
	if (c != NULL)
		c->small = then->band == now->band;
}

static void
add_spam(struct change_list *list, const struct standing *then,
    const struct standing *now)
{
	char a[WORD_SIZE], b[WORD_SIZE];

	add_rate(list, then, now);
	add_small(list, "7-day mean", word_percent(a, then->mean7),
	    word_percent(b, now->mean7), weigh(then->mean7, now->mean7, true));
	add_small(list, "clean days",
	    arena_printf(list->arena, "%d of 7", then->clean_days),
	    arena_printf(list->arena, "%d of 7", now->clean_days),
	    weigh(then->clean_days, now->clean_days, false));
}

static void
add_volume(struct change_list *list, const struct standing *then,
    const struct standing *now)
{
	char a[WORD_SIZE], b[WORD_SIZE];

	add_small(list, "volume a day",
	    word_volume(a, then->volume, then->volume_source),
	    word_volume(b, now->volume, now->volume_source), VERDICT_PASS);
	add_small(list, "growth", word_growth(a, then->growth),
	    word_growth(b, now->growth), VERDICT_PASS);
	add_small(list, "at most tomorrow",
	    text_count(a, sizeof(a), then->ceiling),
	    text_count(b, sizeof(b), now->ceiling),
	    weigh(then->ceiling, now->ceiling, false));
}

static char *
checks_text(char out[WORD_SIZE], const struct view *view)
{
	if (view->history.finding_count == 0)
		snprintf(out, WORD_SIZE, "not probed yet");
	else
		snprintf(out, WORD_SIZE, "%d failing, %d warning",
		    view->standing.fails, view->standing.warns);
	return out;
}

static void
add_numbers(struct change_list *list, const struct view *before,
    const struct view *after)
{
	const struct standing *then = &before->standing,
			      *now = &after->standing;
	char a[WORD_SIZE], b[WORD_SIZE];
	struct change *c;

	add_words(list, "state", word_state(then->state),
	    word_state(now->state), state_verdict(now->state));
	add_spam(list, then, now);
	add_volume(list, then, now);
	add_words(list, "ramp", word_ramp(then->ramp), word_ramp(now->ramp),
	    ramp_gravity(now->ramp) > ramp_gravity(then->ramp) ? VERDICT_WARN
							       : VERDICT_PASS);
	add_words(list, "reputation (estimate)",
	    reputation_name(then->reputation), reputation_name(now->reputation),
	    now->reputation > then->reputation ? VERDICT_WARN : VERDICT_PASS);
	c = add_words(list, "checks", checks_text(a, before),
	    checks_text(b, after),
	    now->fails > then->fails       ? VERDICT_FAIL
		: now->warns > then->warns ? VERDICT_WARN
					   : VERDICT_PASS);
	/* That it was probed, and nothing was wrong, is no news. */
	if (c != NULL && before->history.finding_count == 0)
		c->small = c->verdict == VERDICT_PASS;
}

/* --- what the numbers tell ------------------------------------------------------ */

/* The first day of which Google had published nothing when `since` began, if it
 * was as late then as it is now. */
static int32_t
first_news(const struct history *h, int32_t since)
{
	if (h->newest_day == DAY_NONE || h->newest_day >= h->today)
		return since;
	return since - (h->today - h->newest_day);
}

/* Lines that were crossed on those days.  Each names its day and has no other
 * time: the number came later than its day. */
static void
add_milestones(struct change_list *list, const struct history *h, int32_t since)
{
	struct milestone *found = arena_alloc(
	    list->arena, MILESTONES_MAX * sizeof(*found));
	size_t count = milestones_find(h, found, MILESTONES_MAX);
	int32_t first = first_news(h, since);
	char day[DAY_TEXT_SIZE];

	for (size_t i = 0; i < count && found[i].day >= first; i++)
		change_add(list, "milestone", found[i].verdict,
		    arena_printf(list->arena, "%s: %s",
			day_short(day, found[i].day), found[i].text));
}

/* --- what happened ------------------------------------------------------------- */

static const char *
mute_text(struct arena *arena, const struct store_mute *mute)
{
	char until[TIME_TEXT_SIZE] = "for good";

	if (mute->until_s != 0) {
		char when[TIME_TEXT_SIZE];

		snprintf(until, sizeof(until), "until %.20s",
		    time_short(when, mute->until_s));
	}
	return arena_printf(arena, "muted %s%s%s %s: %s",
	    mute->check[0] != '\0' ? mute->check : "everything",
	    mute->subject[0] != '\0' ? " " : "", mute->subject, until,
	    mute->why);
}

static struct change *
list_new(struct change_list *list, struct arena *arena, size_t most,
    const char *domain)
{
	*list = (struct change_list){ .arena = arena, .most = most };
	list->items = arena_alloc(arena, (most + 1) * sizeof(*list->items));
	list->domain = domain;
	return list->items;
}

static void
add_event(struct change_list *list, const struct store_event *e)
{
	list->domain = e->domain;
	change_add(list, e->kind, e->verdict, e->text)->at_s = e->at_s;
}

static void
add_note(struct change_list *list, const struct store_note *n)
{
	list->domain = n->domain;
	change_add(list, "note", VERDICT_NOTE, n->text)->at_s = n->at_s;
}

static void
add_mute(struct change_list *list, const struct store_mute *m)
{
	list->domain = m->domain;
	change_add(list, "mute", VERDICT_NOTE, mute_text(list->arena, m))
	    ->at_s = m->since_s;
}

static int
compare_mutes(const void *a, const void *b)
{
	const struct store_mute *const *x = a, *const *y = b;

	return ((*x)->since_s < (*y)->since_s) -
	    ((*x)->since_s > (*y)->since_s);
}

/* Newest first, as events and notes are. */
static const struct store_mute **
sorted_mutes(struct arena *arena, const struct view *view)
{
	const struct store_mute **all = arena_alloc(
	    arena, (view->mute_count + 1) * sizeof(*all));

	for (size_t i = 0; i < view->mute_count; i++)
		all[i] = &view->mutes[i];
	qsort(all, view->mute_count, sizeof(*all), compare_mutes);
	return all;
}

static void
add_happened(struct change_list *list, const struct view *view, int64_t since_s)
{
	const struct store_mute **mutes = sorted_mutes(list->arena, view);
	size_t e = 0, n = 0, m = 0;

	for (;;) {
		int64_t at_e = e < view->event_count ? view->events[e].at_s
						     : INT64_MIN;
		int64_t at_n = n < view->note_count ? view->notes[n].at_s
						    : INT64_MIN;
		int64_t at_m = m < view->mute_count ? mutes[m]->since_s
						    : INT64_MIN;
		int64_t at = at_e > at_n ? at_e : at_n;

		if (at_m > at)
			at = at_m;
		if (at < since_s || at == INT64_MIN)
			return;
		if (at == at_e)
			add_event(list, &view->events[e++]);
		else if (at == at_n)
			add_note(list, &view->notes[n++]);
		else
			add_mute(list, mutes[m++]);
	}
}

enum { NUMBERS = 16 };

void
changes_domain(const struct view *before, const struct view *after,
    int32_t since, struct arena *arena, const struct change **out,
    size_t *count)
{
	struct change_list list;
	size_t most = NUMBERS + after->event_count + after->note_count +
	    after->mute_count + MILESTONES_MAX +
	    2 * after->history.finding_count;

	if (before != NULL)
		most += before->history.finding_count;
	*out = list_new(&list, arena, most, after->domain.name);
	if (before != NULL) {
		add_numbers(&list, before, after);
		changes_findings(&list, before, after);
		add_milestones(&list, &after->history, since);
	}
	add_happened(&list, after, day_start(since));
	*count = list.count;
}

void
changes_fleet(const struct store_event *events, size_t event_count,
    const struct store_note *notes, size_t note_count, struct arena *arena,
    const struct change **out, size_t *count)
{
	struct change_list list;
	size_t n = 0;

	*out = list_new(&list, arena, event_count + note_count, "");
	for (size_t e = 0; e < event_count; e++) {
		while (n < note_count && notes[n].at_s >= events[e].at_s)
			add_note(&list, &notes[n++]);
		add_event(&list, &events[e]);
	}
	while (n < note_count)
		add_note(&list, &notes[n++]);
	*count = list.count;
}

bool
changes_matter(const struct change *changes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!changes[i].small)
			return true;
	return false;
}
