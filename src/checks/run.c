/* One domain's checks, run over the facts there are. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "checks/list.h"
#include "checks/memo.h"
#include "checks/subjects.h"

/* One check on one subject: done before, or in this run. */
struct part {
	size_t row;
	const struct subject *subject;
	const struct finding *kept; /* NULL: done in this run */
	size_t first, count;        /* of its findings */
};

struct run {
	struct facts *facts;
	const struct check_plan *plan;
	struct check_memo *memo;
	struct subjects subjects;
	struct findings fresh; /* of this run */
	struct part *parts;    /* what is done, in order */
	size_t part_count, part_cap;
	enum check_state state;
};

/* How two answers to the same question are weighed: worst first, but what one
 * address of a host could tell outdoes what another could not. */
static int
weight(const struct finding *item)
{
	if (item->verdict == VERDICT_UNKNOWN)
		return verdict_weight(VERDICT_SKIP) * 2 + 1;
	return verdict_weight(item->verdict) * 2;
}

/* A host that has several addresses is reported once. */
static void
merge(struct findings *out, size_t first)
{
	size_t kept = first, i, k;

	for (i = first; i < out->count; i++) {
		for (k = first; k < kept; k++)
			if (strcmp(out->items[k].subject,
				out->items[i].subject) == 0)
				break;
		if (k == kept)
			out->items[kept++] = out->items[i];
		else if (weight(&out->items[i]) > weight(&out->items[k]))
			out->items[k] = out->items[i];
	}
	out->count = kept;
}

static void
sort(struct findings *out, size_t first)
{
	size_t i, k;

	for (i = first + 1; i < out->count; i++) {
		struct finding item = out->items[i];

		for (k = i; k > first &&
		     finding_compare(&out->items[k - 1], &item) > 0;
		     k--)
			out->items[k] = out->items[k - 1];
		out->items[k] = item;
	}
}

static void
part_add(struct run *run, const struct part *part)
{
	struct part *parts;
	size_t cap;

	if (run->part_count == run->part_cap) {
		cap = run->part_cap > 0 ? run->part_cap * 2 : 32;
		parts = arena_room(run->fresh.arena, cap * sizeof(*parts));
		if (run->part_count > 0)
			memcpy(parts, run->parts,
			    run->part_count * sizeof(*parts));
		run->parts = parts;
		run->part_cap = cap;
	}
	run->parts[run->part_count++] = *part;
}

/* What was done in an earlier run is not done again. */
static void
check_subject(struct run *run, size_t row, const struct subject *subject)
{
	struct part part = {
		.row = row,
		.subject = subject,
		.first = run->fresh.count,
	};

	if (!memo_find(run->memo, row, subject, &part.kept, &part.count)) {
		run->fresh.subject = subject;
		if (check_row(row)->run(run->facts, subject, &run->fresh) ==
		    CHECK_WAITING) {
			run->fresh.count = part.first;
			run->state = CHECK_WAITING;
			return;
		}
		part.count = run->fresh.count - part.first;
	}
	part_add(run, &part);
}

static void
check_run(struct run *run, size_t row)
{
	const struct check *check = check_row(row);
	const struct subject_list *list =
	    &run->subjects.by_kind[check->subject];
	size_t i;

	run->fresh.check = check->name;
	for (i = 0; i < list->count; i++)
		check_subject(run, row, &list->items[i]);
	run->fresh.subject = NULL;
}

/* For the next run; what an earlier one did is kept already. */
static void
parts_keep(struct run *run)
{
	const struct part *part;
	size_t i;

	for (i = 0; i < run->part_count; i++) {
		part = &run->parts[i];
		if (part->kept == NULL)
			memo_keep(run->memo, part->row, part->subject,
			    part->count > 0 ? run->fresh.items + part->first
					    : NULL,
			    part->count);
	}
}

/* The findings of one check, beginning with part *at. */
static void
check_report(
    const struct run *run, size_t row, size_t *at, struct findings *out)
{
	const struct check *check = check_row(row);
	const char *domain = run->subjects.base.domain;
	size_t first = out->count, i;

	for (; *at < run->part_count && run->parts[*at].row == row; ++*at) {
		const struct part *part = &run->parts[*at];
		const struct finding *items = part->kept;

		if (items == NULL)
			items = run->fresh.items + part->first;
		for (i = 0; i < part->count; i++)
			findings_add(out, &items[i]);
	}
	if (check->subject == SUBJECT_SELECTOR &&
	    run->subjects.by_kind[SUBJECT_SELECTOR].count == 0) {
		out->check = check->name;
		finding_on(out, domain, VERDICT_SKIP, "no_selector",
		    "no selector is known: name them in [domain \"%s\"] "
		    "selectors",
		    domain);
	}
	if (check->subject == SUBJECT_MX)
		merge(out, first);
	sort(out, first);
}

/* Once all of them are found they are the same in every run. */
static void
subjects_get(struct run *run)
{
	if (memo_subjects(run->memo, &run->subjects))
		return;
	run->state = subjects_find(
	    run->facts, run->plan, run->memo, run->fresh.arena, &run->subjects);
	if (run->state == CHECK_DONE)
		memo_keep_subjects(run->memo, &run->subjects);
	memo_subjects(run->memo, &run->subjects);
}

/* Every check runs even when another waits: all their wants go out in one
 * round. */
enum check_state
checks_run(
    struct facts *facts, const struct check_plan *plan, struct findings *out)
{
	struct run run = { .facts = facts, .plan = plan, .memo = plan->memo };
	const struct check *check;
	size_t i, at = 0;

	findings_init(&run.fresh, out->arena);
	if (run.memo == NULL)
		run.memo = check_memo_new(out->arena);
	subjects_get(&run);
	for (i = 0; (check = check_row(i)) != NULL; i++)
		if (check_planned(plan, check))
			check_run(&run, i);
	if (run.state == CHECK_WAITING) {
		parts_keep(&run);
		return CHECK_WAITING;
	}
	for (i = 0; (check = check_row(i)) != NULL; i++)
		if (check_planned(plan, check))
			check_report(&run, i, &at, out);
	return CHECK_DONE;
}
