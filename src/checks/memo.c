/* What of a domain's checks is done already, between runs over one pass. */
/* SPDX-License-Identifier: MIT */
#include "checks/memo.h"

#include <string.h>

/* One check on one subject that is done. */
struct done {
	struct done *next;
	const struct check *check;
	struct subject subject;
	const struct finding *items;
	size_t count;
};

struct check_memo {
	struct arena *arena;
	struct done *first;
	struct address *senders; /* NULL: not known yet */
	size_t sender_count;
};

struct check_memo *
check_memo_new(struct arena *arena)
{
	struct check_memo *memo = arena_alloc(arena, sizeof(*memo));

	memo->arena = arena;
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
memo_take(const struct check_memo *memo, const struct check *check,
    const struct subject *subject, struct findings *out)
{
	const struct done *done = memo != NULL ? memo->first : NULL;
	size_t i;

	while (done != NULL &&
	    (done->check != check || !same_subject(&done->subject, subject)))
		done = done->next;
	for (i = 0; done != NULL && i < done->count; i++)
		findings_add(out, &done->items[i]);
	return done != NULL;
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

void
memo_keep(struct check_memo *memo, const struct check *check,
    const struct subject *subject, const struct findings *found, size_t first)
{
	size_t count = found->count - first, i;
	struct finding *items;
	struct done *done;

	if (memo == NULL)
		return;
	done = arena_alloc(memo->arena, sizeof(*done));
	items = arena_alloc(memo->arena, (count + 1) * sizeof(*items));
	for (i = 0; i < count; i++)
		items[i] = finding_copy(memo->arena, &found->items[first + i]);
	done->check = check;
	done->subject = subject_copy(memo->arena, subject);
	done->items = items;
	done->count = count;
	done->next = memo->first;
	memo->first = done;
}

bool
memo_senders(const struct check_memo *memo, const struct address **addresses,
    size_t *count)
{
	if (memo == NULL || memo->senders == NULL)
		return false;
	*addresses = memo->senders;
	*count = memo->sender_count;
	return true;
}

void
memo_keep_senders(
    struct check_memo *memo, const struct address *addresses, size_t count)
{
	if (memo == NULL)
		return;
	memo->senders = arena_alloc(
	    memo->arena, (count + 1) * sizeof(*addresses));
	if (count > 0)
		memcpy(memo->senders, addresses, count * sizeof(*addresses));
	memo->sender_count = count;
}
