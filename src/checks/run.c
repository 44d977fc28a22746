/* One domain's checks, run over the facts there are. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "checks/list.h"
#include "checks/memo.h"
#include "checks/subjects.h"
#include "sendtop/spf.h"

struct run {
	struct facts *facts;
	const struct check_plan *plan;
	struct check_memo *memo;
	struct subjects subjects;
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
		struct finding item;

		if (finding_compare(&out->items[i - 1], &out->items[i]) <= 0)
			continue;
		item = out->items[i];
		for (k = i; k > first &&
		     finding_compare(&out->items[k - 1], &item) > 0;
		     k--)
			out->items[k] = out->items[k - 1];
		out->items[k] = item;
	}
}

/* Whatever else is in the memo's arena than a check's own. */
static size_t
lasting(const struct run *run)
{
	return memo_findings(run->memo)->cap +
	    spf_shelf_count(memo_shelf(run->memo));
}

/* What was done in an earlier run is not done again.  Of what waits nothing
 * stays, unless something that does came between. */
static bool
check_subject(struct run *run, size_t row, const struct subject *subject)
{
	struct findings *found = memo_findings(run->memo);
	size_t first = found->count, before = lasting(run), i, n;
	struct arena_mark mark;

	if (memo_find(run->memo, row, subject, &i, &n))
		return true;
	mark = arena_mark(found->arena);
	found->subject = subject;
	if (check_row(row)->run(run->facts, subject, found) == CHECK_DONE) {
		memo_keep(run->memo, row, subject, first);
		return true;
	}
	run->state = CHECK_WAITING;
	found->count = first;
	if (lasting(run) == before)
		arena_release(found->arena, &mark);
	return false;
}

static const struct subject_list *
subjects_of(const struct run *run, size_t row)
{
	return &run->subjects.by_kind[check_row(row)->subject];
}

static void
check_run(struct run *run, size_t row)
{
	const struct subject_list *list = subjects_of(run, row);
	bool done = memo_subjects(run->memo) != NULL;
	size_t i;

	memo_findings(run->memo)->check = check_row(row)->name;
	for (i = 0; i < list->count; i++)
		done = check_subject(run, row, &list->items[i]) && done;
	if (done)
		memo_keep_complete(run->memo, row);
}

/* The findings of one check. */
static void
check_report(const struct run *run, size_t row, struct findings *out)
{
	const struct finding *items = memo_findings(run->memo)->items;
	const struct subject_list *list = subjects_of(run, row);
	const struct check *check = check_row(row);
	const char *domain = run->subjects.base.domain;
	size_t before = out->count, first, count, i, k;

	for (i = 0; i < list->count; i++)
		if (memo_find(run->memo, row, &list->items[i], &first, &count))
			for (k = 0; k < count; k++)
				findings_add(out, &items[first + k]);
	if (check->subject == SUBJECT_SELECTOR && list->count == 0) {
		out->check = check->name;
		finding_on(out, domain, VERDICT_SKIP, "no_selector",
		    "no selector is known: name them in [domain \"%s\"] "
		    "selectors",
		    domain);
	}
	if (check->subject == SUBJECT_MX)
		merge(out, before);
	sort(out, before);
}

/* Once all of them are found they are the same in every run. */
static void
subjects_get(struct run *run)
{
	const struct subjects *known = memo_subjects(run->memo);

	if (known != NULL) {
		run->subjects = *known;
		return;
	}
	run->state = subjects_find(
	    run->facts, run->plan, run->memo, &run->subjects);
	if (run->state == CHECK_DONE)
		memo_keep_subjects(run->memo, &run->subjects);
}

/* Every check runs even when another waits: all their wants go out in one
 * round. */
enum check_state
checks_run(
    struct facts *facts, const struct check_plan *plan, struct findings *out)
{
	struct run run = { .facts = facts, .plan = plan, .memo = plan->memo };
	const struct check *check;
	size_t i;

	if (run.memo == NULL)
		run.memo = check_memo_new(out->arena);
	subjects_get(&run);
	for (i = 0; (check = check_row(i)) != NULL; i++)
		if (!memo_complete(run.memo, i) && check_planned(plan, check))
			check_run(&run, i);
	for (i = 0; run.state == CHECK_DONE && (check = check_row(i)) != NULL;
	     i++)
		if (check_planned(plan, check))
			check_report(&run, i, out);
	return run.state;
}
