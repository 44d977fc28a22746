/* What changed between two moments: findings, and the records they read. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "changes_list.h"
#include "words.h"

enum { NAME_SIZE = 320 };

static bool
is_same_place(const struct finding *a, const struct finding *b)
{
	return strcmp(a->check, b->check) == 0 &&
	    strcmp(a->subject, b->subject) == 0;
}

static bool
is_same(const struct finding *a, const struct finding *b)
{
	return is_same_place(a, b) && a->verdict == b->verdict &&
	    a->muted == b->muted && strcmp(a->reason, b->reason) == 0;
}

/* "ptr 192.0.2.10", or the check alone when it is about the domain. */
static const char *
name_of(struct change_list *list, const struct finding *f)
{
	if (strcmp(f->subject, list->domain) == 0 || f->subject[0] == '\0')
		return arena_dup(list->arena, f->check);
	return arena_printf(list->arena, "%s %s", f->check, f->subject);
}

static const char *
state_of(struct change_list *list, const struct finding *f)
{
	if (f == NULL)
		return "not there";
	return arena_printf(list->arena, "%s (%s)%s", word_verdict(f->verdict),
	    f->reason, f->muted ? ", muted" : "");
}

static struct change *
add(struct change_list *list, const char *kind, enum verdict verdict,
    const char *name, const char *then, const char *now)
{
	struct change *c = change_add(list, kind, verdict,
	    arena_printf(list->arena, "%s: %s -> %s", name, then, now));

	c->name = name;
	c->then = then;
	c->now = now;
	return c;
}

/* --- findings -------------------------------------------------------------------- */

static bool
is_trouble(const struct finding *f)
{
	return f->verdict == VERDICT_FAIL || f->verdict == VERDICT_WARN ||
	    f->verdict == VERDICT_UNKNOWN;
}

static void
add_verdict(struct change_list *list, const struct finding *then,
    const struct finding *now)
{
	const struct finding *any = now != NULL ? now : then;

	/* That something is looked at for the first time, or no more, is news
	 * only where it hurts. */
	if ((then == NULL || now == NULL) && !is_trouble(any))
		return;
	add(list, "verdict",
	    now == NULL || now->muted ? VERDICT_PASS : now->verdict,
	    name_of(list, any), state_of(list, then), state_of(list, now));
}

/* The first of them, from `at` on, that is not paired yet. */
static const struct finding *
take(const struct history *h, bool *taken, const struct finding *f,
    bool (*fits)(const struct finding *, const struct finding *))
{
	for (size_t i = 0; i < h->finding_count; i++)
		if (!taken[i] && fits(&h->findings[i], f)) {
			taken[i] = true;
			return &h->findings[i];
		}
	return NULL;
}

/* Pairs what is the same, then what is of the same subject; the rest came or
 * went. */
static void
add_verdicts(struct change_list *list, const struct history *before,
    const struct history *after)
{
	bool *then = arena_alloc(list->arena, before->finding_count + 1);
	bool *now = arena_alloc(list->arena, after->finding_count + 1);

	memset(then, 0, before->finding_count + 1);
	memset(now, 0, after->finding_count + 1);
	for (size_t i = 0; i < after->finding_count; i++)
		now[i] = take(before, then, &after->findings[i], is_same) !=
		    NULL;
	for (size_t i = 0; i < after->finding_count; i++)
		if (!now[i])
			add_verdict(list,
			    take(before, then, &after->findings[i],
				is_same_place),
			    &after->findings[i]);
	for (size_t i = 0; i < before->finding_count; i++)
		if (!then[i])
			add_verdict(list, &before->findings[i], NULL);
}

/* --- records --------------------------------------------------------------------- */

static const char *
record_of(const struct finding *f)
{
	return f->record != NULL ? f->record : "";
}

/* A policy that could not be read is none that went or came. */
static bool
same_record(const char *a, const char *b)
{
	const char *in_a = strstr(a, FINDING_POLICY);
	const char *in_b = strstr(b, FINDING_POLICY);
	size_t len = in_a != NULL ? (size_t)(in_a - a) : strlen(a);

	if ((in_a == NULL) == (in_b == NULL))
		return strcmp(a, b) == 0;
	return len == (in_b != NULL ? (size_t)(in_b - b) : strlen(b)) &&
	    strncmp(a, b, len) == 0;
}

static const struct finding *
first_at(const struct history *h, const struct finding *f)
{
	for (size_t i = 0; i < h->finding_count; i++)
		if (is_same_place(&h->findings[i], f))
			return &h->findings[i];
	return NULL;
}

static const char *
quoted(struct change_list *list, const char *record)
{
	if (record[0] == '\0')
		return "none";
	return arena_printf(list->arena, "\"%s\"", record);
}

/* Several findings may tell of one record: the first speaks. */
static void
add_records(struct change_list *list, const struct history *before,
    const struct history *after)
{
	for (size_t i = 0; i < after->finding_count; i++) {
		const struct finding *now = &after->findings[i];
		const struct finding *then = first_at(before, now);

		if (then == NULL || first_at(after, now) != now ||
		    same_record(record_of(then), record_of(now)))
			continue;
		add(list, "record", VERDICT_NOTE,
		    arena_printf(
			list->arena, "record of %s", name_of(list, now)),
		    quoted(list, record_of(then)),
		    quoted(list, record_of(now)));
	}
}

void
changes_findings(struct change_list *list, const struct view *before,
    const struct view *after)
{
	if (before->history.finding_count == 0)
		return;
	add_verdicts(list, &before->history, &after->history);
	add_records(list, &before->history, &after->history);
}
