/* Redaction of what panels and reports are made from, text by text. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "sendtop/redact.h"

/* The redactor and the arena, for every text that is replaced. */
struct pen {
	const struct redact *redact;
	struct arena *arena;
};

static void
text(const struct pen *pen, const char **at)
{
	*at = redact_text(pen->redact, pen->arena, *at);
}

/* What people wrote. */
static void
own_text(const struct pen *pen, const char **at)
{
	*at = redact_own(pen->redact, pen->arena, *at);
}

/* A text of a size of its own. */
static void
array(const struct pen *pen, char *at, size_t size)
{
	snprintf(at, size, "%s", redact_text(pen->redact, pen->arena, at));
}

/* A word of the operator's own, such as a customer's name. */
static void
word(const struct pen *pen, const char **at)
{
	*at = redact_word(pen->redact, pen->arena, *at);
}

static void
reasons(const struct pen *pen, struct reasons *all)
{
	for (size_t i = 0; i < all->count; i++)
		array(pen, all->items[i].text, sizeof(all->items[i].text));
}

/* --- a domain's history --------------------------------------------------------------- */

static void
finding(const struct pen *pen, struct finding *f)
{
	text(pen, &f->subject);
	text(pen, &f->detail);
	text(pen, &f->cure);
	text(pen, &f->record);
	own_text(pen, &f->muted_why);
}

/* The arrays of a history are borrowed: what is changed is a copy. */
static void *
copy(const struct pen *pen, const void *from, size_t count, size_t size)
{
	void *to = arena_alloc(pen->arena, count * size + 1);

	if (count > 0)
		memcpy(to, from, count * size);
	return to;
}

static void
findings(const struct pen *pen, struct history *h)
{
	struct finding *all = copy(
	    pen, h->findings, h->finding_count, sizeof(*all));

	for (size_t i = 0; i < h->finding_count; i++)
		finding(pen, &all[i]);
	h->findings = all;
}

static void
feedback(const struct pen *pen, struct history *h)
{
	struct feedback *all = copy(
	    pen, h->feedback, h->feedback_count, sizeof(*all));

	/* A loop's identifier names a campaign or a customer. */
	for (size_t i = 0; i < h->feedback_count; i++)
		word(pen, &all[i].id);
	h->feedback = all;
}

static void
replies(const struct pen *pen, struct reply_count *all, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		text(pen, &all[i].stream);
		text(pen, &all[i].identity);
		text(pen, &all[i].sample);
		text(pen, &all[i].domain);
	}
}

static void
traffic(const struct pen *pen, struct history *h)
{
	struct traffic *hours = copy(
	    pen, h->traffic, h->traffic_count, sizeof(*hours));
	struct sender_seen *senders = copy(
	    pen, h->senders, h->sender_count, sizeof(*senders));
	struct reply_count *all = copy(
	    pen, h->replies, h->reply_count, sizeof(*all));

	for (size_t i = 0; i < h->traffic_count; i++)
		text(pen, &hours[i].stream);
	for (size_t i = 0; i < h->sender_count; i++) {
		text(pen, &senders[i].address);
		text(pen, &senders[i].stream);
	}
	replies(pen, all, h->reply_count);
	h->traffic = hours;
	h->senders = senders;
	h->replies = all;
}

static void
history(const struct pen *pen, struct history *h)
{
	text(pen, &h->domain);
	text(pen, &h->registrable);
	text(pen, &h->poll_error);
	findings(pen, h);
	feedback(pen, h);
	traffic(pen, h);
}

/* --- judgements ------------------------------------------------------------------------- */

static void
requirement(const struct pen *pen, struct requirement_judgement *judgement)
{
	for (size_t i = 0; i < judgement->why_count; i++)
		array(pen, judgement->why[i], sizeof(judgement->why[i]));
}

static void
judgements(const struct pen *pen, struct judgements *j)
{
	reasons(pen, &j->ramp.reasons);
	reasons(pen, &j->reputation.reasons);
	for (size_t i = 0; i < j->requirement_count; i++)
		requirement(pen, &j->requirements[i]);
}

static void
standing(const struct pen *pen, struct standing *s)
{
	array(pen, s->reasons, sizeof(s->reasons));
	array(pen, s->why, sizeof(s->why));
}

/* --- the operator's own -------------------------------------------------------------------- */

void
redact_notes(const struct redact *redact, struct arena *arena,
    struct store_note *notes, size_t count)
{
	const struct pen pen = { redact, arena };

	for (size_t i = 0; i < count; i++) {
		text(&pen, &notes[i].domain);
		own_text(&pen, &notes[i].text);
	}
}

void
redact_mutes(const struct redact *redact, struct arena *arena,
    struct store_mute *mutes, size_t count)
{
	const struct pen pen = { redact, arena };

	for (size_t i = 0; i < count; i++) {
		text(&pen, &mutes[i].domain);
		text(&pen, &mutes[i].subject);
		own_text(&pen, &mutes[i].why);
	}
}

static void
own(const struct pen *pen, struct view *view)
{
	redact_notes(pen->redact, pen->arena, view->notes, view->note_count);
	redact_mutes(pen->redact, pen->arena, view->mutes, view->mute_count);
	for (size_t i = 0; i < view->learned_count; i++)
		text(pen, &view->learned[i].value);
}

const struct change *
redact_changes(const struct redact *redact, struct arena *arena,
    const struct change *changes, size_t count)
{
	const struct pen pen = { redact, arena };
	struct change *all = copy(&pen, changes, count, sizeof(*all));

	for (size_t i = 0; i < count; i++) {
		bool people = strcmp(all[i].kind, "note") == 0 ||
		    strcmp(all[i].kind, "mute") == 0;

		text(&pen, &all[i].domain);
		(people ? own_text : text)(&pen, &all[i].text);
		text(&pen, &all[i].name);
		text(&pen, &all[i].then);
		text(&pen, &all[i].now);
	}
	return all;
}

/* --- what the header names ------------------------------------------------------------------ */

void
redact_view(const struct redact *redact, struct arena *arena, struct view *view)
{
	const struct pen pen = { redact, arena };

	text(&pen, &view->domain.name);
	text(&pen, &view->domain.registrable);
	text(&pen, &view->domain.poll_error);
	word(&pen, &view->domain.tag);
	history(&pen, &view->history);
	judgements(&pen, &view->judgements);
	standing(&pen, &view->standing);
	redact_events(redact, arena, view->events, view->event_count);
	own(&pen, view);
}

void
redact_head(
    const struct redact *redact, struct arena *arena, struct view_head *head)
{
	const struct pen pen = { redact, arena };

	text(&pen, &head->resolver);
	text(&pen, &head->postmaster_error);
	head->store = "[hidden]";
	for (size_t i = 0; i < head->activity_count; i++) {
		text(&pen, &head->activities[i].error);
		text(&pen, &head->activities[i].text);
	}
}

void
redact_standings(const struct redact *redact, struct arena *arena,
    struct store_standing *rows, size_t count)
{
	const struct pen pen = { redact, arena };

	for (size_t i = 0; i < count; i++) {
		text(&pen, &rows[i].name);
		text(&pen, &rows[i].registrable);
		word(&pen, &rows[i].tag);
		standing(&pen, &rows[i].standing);
	}
}

void
redact_events(const struct redact *redact, struct arena *arena,
    struct store_event *events, size_t count)
{
	const struct pen pen = { redact, arena };

	for (size_t i = 0; i < count; i++) {
		text(&pen, &events[i].domain);
		text(&pen, &events[i].text);
	}
}

void
redact_replies(const struct redact *redact, struct arena *arena,
    struct reply_count *all, size_t count)
{
	const struct pen pen = { redact, arena };

	replies(&pen, all, count);
}
