/* Who a domain's checks are run on: found in its settings and in the facts. */
/* SPDX-License-Identifier: MIT */
#include "checks/subjects.h"

#include <string.h>

#include "checks/list.h"
#include "checks/memo.h"
#include "checks/mta_sts.h"
#include "checks/mx.h"
#include "sendtop/org.h"
#include "sendtop/spf.h"

enum { SENDERS_MAX = 512 };

struct search {
	struct facts *facts;
	const struct check_plan *plan;
	struct arena *arena;
	struct check_memo *memo;
	struct subjects *found;
	enum check_state state;
};

bool
check_planned(const struct check_plan *plan, const struct check *check)
{
	if (plan->only != NULL && strcmp(plan->only, check->name) != 0)
		return false;
	return check->subject != SUBJECT_MX || plan->smtp_enabled;
}

static struct subject *
subject_add(struct search *s, enum subject_kind kind)
{
	struct subject_list *list = &s->found->by_kind[kind];
	struct subject *items;
	size_t cap;

	if (list->count == list->cap) {
		cap = list->cap > 0 ? list->cap * 2 : 8;
		items = arena_alloc(s->arena, cap * sizeof(*items));
		if (list->count > 0)
			memcpy(
			    items, list->items, list->count * sizeof(*items));
		list->items = items;
		list->cap = cap;
	}
	list->items[list->count] = s->found->base;
	return &list->items[list->count++];
}

static bool
has_address(const struct subject_list *list, const struct address *address)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (address_equal(list->items[i].address, address))
			return true;
	return false;
}

static const struct address *
address_keep(struct search *s, const struct address *address)
{
	struct address *kept = arena_alloc(s->arena, sizeof(*kept));

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
senders_add(struct search *s, const struct address *addresses, size_t count)
{
	struct subject_list *senders = &s->found->by_kind[SUBJECT_SENDER];
	struct subject *sender;
	size_t i;

	for (i = 0; i < count && senders->count < SENDERS_MAX; i++) {
		if (has_address(senders, &addresses[i]))
			continue;
		sender = subject_add(s, SUBJECT_SENDER);
		sender->address = address_keep(s, &addresses[i]);
		sender->helo = helo_of(s->plan, sender->address);
		subject_add(s, SUBJECT_ADDRESS)->address = sender->address;
	}
}

static void
senders_find(struct search *s)
{
	const struct address *known;
	struct address *named = NULL;
	size_t count = 0;

	senders_add(s, s->plan->sending_ips, s->plan->sending_ip_count);
	if (memo_senders(s->memo, &known, &count)) {
		senders_add(s, known, count);
		return;
	}
	if (spf_addresses(s->facts, s->found->base.domain, s->found->base.spf,
		s->arena, &named, &count) == CHECK_WAITING) {
		s->state = CHECK_WAITING;
		return;
	}
	senders_add(s, named, count);
	memo_keep_senders(s->memo, named, count);
}

/* An address that also sends is judged as a sender, which is stricter. */
static void
mx_address_add(
    struct search *s, const struct mx_host *host, const struct address *address)
{
	const struct subject *mx;
	struct subject *subject;

	if (!s->plan->allow_private && address_special(address) != NULL)
		return;
	if (s->found->by_kind[SUBJECT_MX].count == MX_ADDRESSES_MAX)
		return;
	subject = subject_add(s, SUBJECT_MX);
	subject->host = arena_dup(s->arena, host->name);
	subject->address = address_keep(s, address);
	if (has_address(&s->found->by_kind[SUBJECT_ADDRESS], address))
		return;
	mx = subject;
	subject = subject_add(s, SUBJECT_ADDRESS);
	subject->address = mx->address;
	subject->mx_host = mx->host;
	subject->is_mx = true;
}

static void
mx_subjects_find(struct search *s)
{
	struct address address;
	struct mx mx;
	size_t i, k;

	if (mx_find(s->facts, s->found->base.domain, &mx) == CHECK_WAITING)
		s->state = CHECK_WAITING;
	for (i = 0; i < mx.count * 2; i++) {
		const struct dns_answer *a = mx.hosts[i / 2].answers[i % 2];

		for (k = 0; a != NULL && k < a->count; k++)
			if (mx_address(a, k, &address))
				mx_address_add(s, &mx.hosts[i / 2], &address);
	}
}

/* What blocklists are asked about, and which of them. */
static void
listed_find(struct search *s)
{
	const struct subject_list *senders = &s->found->by_kind[SUBJECT_SENDER];
	struct subject *subject;
	size_t i;

	for (i = 0; s->plan->ip_lists != NULL && i < senders->count; i++) {
		subject = subject_add(s, SUBJECT_LISTED);
		subject->address = senders->items[i].address;
		subject->lists = s->plan->ip_lists;
	}
	if (s->plan->domain_lists != NULL)
		subject_add(s, SUBJECT_LISTED)->lists = s->plan->domain_lists;
}

/* Whether senders may insist on good certificates.  Until that is known they
 * are judged as if nobody did, and judged again. */
static void
strictness_find(struct search *s)
{
	if (check_planned(s->plan, &check_certificate) &&
	    mta_sts_enforces(s->facts, &s->found->base, s->arena,
		&s->found->base.certificate_counts) == CHECK_WAITING)
		s->state = CHECK_WAITING;
}

static void
base_find(struct search *s)
{
	struct subject *base = &s->found->base;
	char domain[ORG_NAME_SIZE];

	base->domain = org_ascii(s->plan->domain, domain)
	    ? arena_dup(s->arena, domain)
	    : s->plan->domain;
	base->allow_private = s->plan->allow_private;
	base->https_enabled = s->plan->https_enabled;
	base->abuse_zone = s->plan->abuse_zone;
	base->now_s = s->plan->now_s;
	base->spf = memo_shelf(s->memo);
}

static void
wanted_find(struct search *s, bool wanted[SUBJECT_KINDS])
{
	const struct check *check;
	size_t i;

	for (i = 0; (check = check_row(i)) != NULL; i++)
		if (check_planned(s->plan, check))
			wanted[check->subject] = true;
}

/* Only what the planned checks need is asked for. */
enum check_state
subjects_find(struct facts *facts, const struct check_plan *plan,
    struct check_memo *memo, struct subjects *out)
{
	bool wanted[SUBJECT_KINDS] = { false };
	struct search s = { facts, plan, memo_arena(memo), memo, out,
		CHECK_DONE };
	struct subject *subject;
	size_t i;

	memset(out, 0, sizeof(*out));
	wanted_find(&s, wanted);
	base_find(&s);
	strictness_find(&s);
	subject_add(&s, SUBJECT_DOMAIN);
	for (i = 0; i < plan->selector_count; i++) {
		subject = subject_add(&s, SUBJECT_SELECTOR);
		subject->selector = plan->selectors[i];
		if (plan->selectors_seen_s != NULL)
			subject->selector_seen_s = plan->selectors_seen_s[i];
	}
	if (wanted[SUBJECT_SENDER] || wanted[SUBJECT_ADDRESS] ||
	    (wanted[SUBJECT_LISTED] && plan->ip_lists != NULL))
		senders_find(&s);
	if (wanted[SUBJECT_LISTED])
		listed_find(&s);
	if (wanted[SUBJECT_MX] || wanted[SUBJECT_ADDRESS])
		mx_subjects_find(&s);
	return s.state;
}
