/* One domain's checks: finds their subjects in the facts and runs them all. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "checks/list.h"
#include "checks/memo.h"
#include "checks/mta_sts.h"
#include "checks/mx.h"
#include "sendtop/org.h"
#include "sendtop/spf.h"
#include "sendtop/text.h"

enum { SENDERS_MAX = 512 };

struct subjects {
	struct subject *items;
	size_t count, cap;
};

struct run {
	struct facts *facts;
	const struct check_plan *plan;
	struct findings *out;
	struct arena *arena;
	struct subject base; /* what all subjects share */
	struct subjects by_kind[SUBJECT_LISTED + 1];
	bool wanted[SUBJECT_LISTED + 1];
	enum check_state state;
};

static struct subject *
subject_add(struct run *run, enum subject_kind kind)
{
	struct subjects *list = &run->by_kind[kind];
	struct subject *items;
	size_t cap;

	if (list->count == list->cap) {
		cap = list->cap > 0 ? list->cap * 2 : 8;
		items = arena_alloc(run->arena, cap * sizeof(*items));
		if (list->count > 0)
			memcpy(
			    items, list->items, list->count * sizeof(*items));
		list->items = items;
		list->cap = cap;
	}
	list->items[list->count] = run->base;
	return &list->items[list->count++];
}

static bool
has_address(const struct subjects *list, const struct address *address)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (address_equal(list->items[i].address, address))
			return true;
	return false;
}

static const struct address *
address_keep(struct run *run, const struct address *address)
{
	struct address *kept = arena_alloc(run->arena, sizeof(*kept));

	*kept = *address;
	return kept;
}

static const char *
helo_of(const struct check_plan *plan, const struct address *address)
{
	for (size_t i = 0; i < plan->helo_count; i++)
		if (address_equal(&plan->helos[i].address, address))
			return plan->helos[i].name;
	return plan->helo;
}

static void
senders_add(struct run *run, const struct address *addresses, size_t count)
{
	struct subjects *senders = &run->by_kind[SUBJECT_SENDER];
	struct subject *sender;
	size_t i;

	for (i = 0; i < count && senders->count < SENDERS_MAX; i++) {
		if (has_address(senders, &addresses[i]))
			continue;
		sender = subject_add(run, SUBJECT_SENDER);
		sender->address = address_keep(run, &addresses[i]);
		sender->helo = helo_of(run->plan, sender->address);
		subject_add(run, SUBJECT_ADDRESS)->address = sender->address;
	}
}

static void
senders_find(struct run *run)
{
	struct check_memo *memo = run->plan->memo;
	const struct address *known;
	struct address *named = NULL;
	size_t count = 0;

	senders_add(run, run->plan->sending_ips, run->plan->sending_ip_count);
	if (memo_senders(memo, &known, &count)) {
		senders_add(run, known, count);
		return;
	}
	if (spf_addresses(run->facts, run->base.domain, run->arena, &named,
		&count) == CHECK_WAITING) {
		run->state = CHECK_WAITING;
		return;
	}
	senders_add(run, named, count);
	memo_keep_senders(memo, named, count);
}

/* An address that also sends is judged as a sender, which is stricter. */
static void
mx_address_add(
    struct run *run, const struct mx_host *host, const struct address *address)
{
	struct subject *subject;

	if (!run->plan->allow_private && address_special(address) != NULL)
		return;
	if (run->by_kind[SUBJECT_MX].count == MX_ADDRESSES_MAX)
		return;
	subject = subject_add(run, SUBJECT_MX);
	subject->host = host->name;
	subject->address = address_keep(run, address);
	if (has_address(&run->by_kind[SUBJECT_ADDRESS], address))
		return;
	address = subject->address;
	subject = subject_add(run, SUBJECT_ADDRESS);
	subject->address = address;
	subject->is_mx = true;
}

static void
mx_subjects_find(struct run *run)
{
	struct address address;
	struct mx mx;
	size_t i, k;

	if (mx_find(run->facts, run->base.domain, &mx) == CHECK_WAITING)
		run->state = CHECK_WAITING;
	for (i = 0; i < mx.count * 2; i++) {
		const struct dns_answer *a = mx.hosts[i / 2].answers[i % 2];

		for (k = 0; a != NULL && k < a->count; k++)
			if (mx_address(a, k, &address))
				mx_address_add(run, &mx.hosts[i / 2], &address);
	}
}

static bool
planned(const struct run *run, const struct check *check)
{
	if (run->plan->only != NULL &&
	    strcmp(run->plan->only, check->name) != 0)
		return false;
	return check->subject != SUBJECT_MX || run->plan->smtp_enabled;
}

/* What blocklists are asked about, and which of them. */
static void
listed_find(struct run *run)
{
	const struct subjects *senders = &run->by_kind[SUBJECT_SENDER];
	struct subject *subject;
	size_t i;

	for (i = 0; run->plan->ip_lists != NULL && i < senders->count; i++) {
		subject = subject_add(run, SUBJECT_LISTED);
		subject->address = senders->items[i].address;
		subject->lists = run->plan->ip_lists;
	}
	if (run->plan->domain_lists != NULL)
		subject_add(run, SUBJECT_LISTED)->lists =
		    run->plan->domain_lists;
}

/* Whether senders may insist on good certificates.  Until that is known they
 * are judged as if nobody did, and judged again. */
static void
strictness_find(struct run *run)
{
	if (planned(run, &check_certificate) &&
	    mta_sts_enforces(run->facts, &run->base, run->arena,
		&run->base.certificate_counts) == CHECK_WAITING)
		run->state = CHECK_WAITING;
}

/* Only what the planned checks need is asked for. */
static void
subjects_find(struct run *run)
{
	const bool *wanted = run->wanted;
	size_t i;

	strictness_find(run);
	subject_add(run, SUBJECT_DOMAIN);
	for (i = 0; i < run->plan->selector_count; i++)
		subject_add(run, SUBJECT_SELECTOR)->selector =
		    run->plan->selectors[i];
	if (wanted[SUBJECT_SENDER] || wanted[SUBJECT_ADDRESS] ||
	    (wanted[SUBJECT_LISTED] && run->plan->ip_lists != NULL))
		senders_find(run);
	if (wanted[SUBJECT_LISTED])
		listed_find(run);
	if (wanted[SUBJECT_MX] || wanted[SUBJECT_ADDRESS])
		mx_subjects_find(run);
}

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

/* What was done in an earlier run is not done again. */
static void
check_subject(
    struct run *run, const struct check *check, const struct subject *subject)
{
	struct check_memo *memo = run->plan->memo;
	size_t first = run->out->count;

	if (memo_take(memo, check, subject, run->out))
		return;
	run->out->subject = subject;
	if (check->run(run->facts, subject, run->out) == CHECK_WAITING)
		run->state = CHECK_WAITING;
	else
		memo_keep(memo, check, subject, run->out, first);
}

static void
check_run(struct run *run, const struct check *check)
{
	const struct subjects *list = &run->by_kind[check->subject];
	size_t first = run->out->count, i;

	run->out->check = check->name;
	for (i = 0; i < list->count; i++)
		check_subject(run, check, &list->items[i]);
	if (check->subject == SUBJECT_SELECTOR && list->count == 0)
		finding_on(run->out, run->base.domain, VERDICT_SKIP,
		    "no_selector",
		    "no selector is known: name them in [domain \"%s\"] "
		    "selectors",
		    run->base.domain);
	if (check->subject == SUBJECT_MX)
		merge(run->out, first);
	sort(run->out, first);
	run->out->subject = NULL;
}

/* Every check runs even when another waits: all their wants go out in one
 * round. */
static void
all_run(struct run *run)
{
	const struct check *check;
	size_t i;

	for (i = 0; (check = check_row(i)) != NULL; i++)
		if (planned(run, check))
			run->wanted[check->subject] = true;
	subjects_find(run);
	for (i = 0; (check = check_row(i)) != NULL; i++)
		if (planned(run, check))
			check_run(run, check);
}

enum check_state
checks_run(
    struct facts *facts, const struct check_plan *plan, struct findings *out)
{
	char domain[ORG_NAME_SIZE];
	size_t first = out->count;
	struct run run = {
		.facts = facts,
		.plan = plan,
		.out = out,
		.arena = out->arena,
		.state = CHECK_DONE,
	};

	run.base.domain = org_ascii(plan->domain, domain)
	    ? arena_dup(out->arena, domain)
	    : plan->domain;
	run.base.allow_private = plan->allow_private;
	run.base.https_enabled = plan->https_enabled;
	run.base.abuse_zone = plan->abuse_zone;
	run.base.now_s = plan->now_s;
	all_run(&run);
	if (run.state == CHECK_WAITING)
		out->count = first;
	return run.state;
}
