/* What of a domain's checks is done already, between runs over one pass. */
/* SPDX-License-Identifier: MIT */
#include "checks/memo.h"

#include <string.h>

enum { DONE_FIRST = 32 };

/* One check on one subject that is done.  They lie side by side: every run of
 * the checks goes over all of them. */
struct done {
	const struct subject *subject;
	const struct finding *items;
	uint32_t count;
	uint32_t before; /* another of its row: its place, from 1; 0 none */
};

struct check_memo {
	struct arena *arena;
	struct done *done;
	uint32_t done_count, done_cap;
	uint32_t *rows;          /* of each check the last, as in `before` */
	struct address *senders; /* NULL: not known yet */
	size_t sender_count;
	struct subjects *subjects; /* NULL: not all known yet */
};

struct check_memo *
check_memo_new(struct arena *arena)
{
	struct check_memo *memo = arena_alloc(arena, sizeof(*memo));
	size_t rows = 0;

	while (check_row(rows) != NULL)
		rows++;
	memo->arena = arena;
	memo->rows = arena_alloc(arena, rows * sizeof(*memo->rows));
	return memo;
}

static bool
same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* What all subjects of a plan share in every run need not be compared. */
static bool
same_subject(const struct subject *a, const struct subject *b)
{
	if (a->is_mx != b->is_mx || a->lists != b->lists ||
	    a->certificate_counts != b->certificate_counts ||
	    (a->address == NULL) != (b->address == NULL))
		return false;
	if (a->address != NULL && !address_equal(a->address, b->address))
		return false;
	return same_text(a->host, b->host) &&
	    same_text(a->selector, b->selector);
}

bool
memo_find(const struct check_memo *memo, size_t row,
    const struct subject *subject, const struct finding **items, size_t *count)
{
	const struct done *done;
	uint32_t place;

	for (place = memo->rows[row]; place > 0; place = done->before) {
		done = &memo->done[place - 1];
		if (done->subject != subject &&
		    !same_subject(done->subject, subject))
			continue;
		*items = done->items;
		*count = done->count;
		return true;
	}
	return false;
}

static struct subject
subject_copy(struct arena *arena, const struct subject *subject)
{
	struct subject copy = *subject;
	struct address *address;

	copy.host = arena_dup(arena, subject->host);
	copy.selector = arena_dup(arena, subject->selector);
	if (subject->address != NULL) {
		address = arena_alloc(arena, sizeof(*address));
		*address = *subject->address;
		copy.address = address;
	}
	return copy;
}

/* A subject that the memo has already need not be copied. */
static const struct subject *
subject_keep(struct check_memo *memo, const struct subject *subject)
{
	struct subject *copy;

	if (memo->subjects != NULL)
		return subject;
	copy = arena_alloc(memo->arena, sizeof(*copy));
	*copy = subject_copy(memo->arena, subject);
	return copy;
}

static const char *
text_keep(struct arena *arena, const char *text)
{
	return text == NULL || text[0] == '\0' ? "" : arena_dup(arena, text);
}

/* As a check has just reported it: its words outlive the program. */
static struct finding
finding_keep(struct arena *arena, const struct finding *item)
{
	struct finding copy = *item;

	copy.subject = text_keep(arena, item->subject);
	copy.detail = text_keep(arena, item->detail);
	copy.cure = text_keep(arena, item->cure);
	copy.record = text_keep(arena, item->record);
	return copy;
}

static struct done *
done_add(struct check_memo *memo)
{
	struct done *done;
	uint32_t cap;

	if (memo->done_count == memo->done_cap) {
		cap = memo->done_cap > 0 ? memo->done_cap * 2 : DONE_FIRST;
		done = arena_room(memo->arena, cap * sizeof(*done));
		if (memo->done_count > 0)
			memcpy(
			    done, memo->done, memo->done_count * sizeof(*done));
		memo->done = done;
		memo->done_cap = cap;
	}
	return &memo->done[memo->done_count++];
}

void
memo_keep(struct check_memo *memo, size_t row, const struct subject *subject,
    const struct finding *items, size_t count)
{
	struct done *done = done_add(memo);
	struct finding *copies;
	size_t i;

	copies = arena_room(memo->arena, (count + 1) * sizeof(*copies));
	for (i = 0; i < count; i++)
		copies[i] = finding_keep(memo->arena, &items[i]);
	done->subject = subject_keep(memo, subject);
	done->items = copies;
	done->count = (uint32_t)count;
	done->before = memo->rows[row];
	memo->rows[row] = memo->done_count;
}

bool
memo_senders(const struct check_memo *memo, const struct address **addresses,
    size_t *count)
{
	if (memo->senders == NULL)
		return false;
	*addresses = memo->senders;
	*count = memo->sender_count;
	return true;
}

void
memo_keep_senders(
    struct check_memo *memo, const struct address *addresses, size_t count)
{
	memo->senders = arena_alloc(
	    memo->arena, (count + 1) * sizeof(*addresses));
	if (count > 0)
		memcpy(memo->senders, addresses, count * sizeof(*addresses));
	memo->sender_count = count;
}

bool
memo_subjects(const struct check_memo *memo, struct subjects *out)
{
	if (memo->subjects == NULL)
		return false;
	*out = *memo->subjects;
	return true;
}

void
memo_keep_subjects(struct check_memo *memo, const struct subjects *subjects)
{
	struct subjects *kept = arena_alloc(memo->arena, sizeof(*kept));
	const struct subject_list *from;
	struct subject_list *to;
	size_t kind, i;

	*kept = *subjects;
	kept->base.domain = arena_dup(memo->arena, subjects->base.domain);
	for (kind = 0; kind < SUBJECT_KINDS; kind++) {
		from = &subjects->by_kind[kind];
		to = &kept->by_kind[kind];
		to->cap = from->count + 1;
		to->items = arena_alloc(
		    memo->arena, to->cap * sizeof(*to->items));
		for (i = 0; i < from->count; i++) {
			to->items[i] = subject_copy(
			    memo->arena, &from->items[i]);
			to->items[i].domain = kept->base.domain;
		}
	}
	memo->subjects = kept;
}
