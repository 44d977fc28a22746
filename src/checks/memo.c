/* What of a domain's checks is done already, between runs over one pass. */
/* SPDX-License-Identifier: MIT */
#include "checks/memo.h"

#include <string.h>

#include "sendtop/spf.h"

enum { DONE_FIRST = 32 };

/* One check on one subject that is done.  They lie side by side: every run of
 * the checks goes over all of them. */
struct done {
	const struct subject *subject;
	uint32_t first, count; /* of its findings */
	uint32_t before; /* another of its row: its place, from 1; 0 none */
};

struct row {
	uint32_t last; /* as in `before` */
	bool complete;
};

struct check_memo {
	struct arena *arena;
	struct spf_shelf *shelf;
	struct findings found;
	struct done *done;
	uint32_t done_count, done_cap;
	struct row *rows;        /* of each check */
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
	memo->shelf = spf_shelf_new(arena);
	findings_init(&memo->found, arena);
	memo->rows = arena_alloc(arena, rows * sizeof(*memo->rows));
	return memo;
}

struct arena *
memo_arena(struct check_memo *memo)
{
	return memo->arena;
}

struct spf_shelf *
memo_shelf(struct check_memo *memo)
{
	return memo->shelf;
}

struct findings *
memo_findings(struct check_memo *memo)
{
	return &memo->found;
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
    const struct subject *subject, size_t *first, size_t *count)
{
	const struct done *done;
	uint32_t place;

	for (place = memo->rows[row].last; place > 0; place = done->before) {
		done = &memo->done[place - 1];
		if (done->subject != subject &&
		    !same_subject(done->subject, subject))
			continue;
		*first = done->first;
		*count = done->count;
		return true;
	}
	return false;
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
    size_t first)
{
	struct done *done = done_add(memo);

	done->subject = subject;
	done->first = (uint32_t)first;
	done->count = (uint32_t)(memo->found.count - first);
	done->before = memo->rows[row].last;
	memo->rows[row].last = memo->done_count;
}

bool
memo_complete(const struct check_memo *memo, size_t row)
{
	return memo->rows[row].complete;
}

void
memo_keep_complete(struct check_memo *memo, size_t row)
{
	memo->rows[row].complete = true;
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

const struct subjects *
memo_subjects(const struct check_memo *memo)
{
	return memo->subjects;
}

void
memo_keep_subjects(struct check_memo *memo, const struct subjects *subjects)
{
	memo->subjects = arena_room(memo->arena, sizeof(*memo->subjects));
	*memo->subjects = *subjects;
}
