/* A plan with all that it points to, for as long as its job takes. */
/* SPDX-License-Identifier: MIT */
#include "collect/plan_copy.h"

#include <string.h>

static const struct sender_helo *
copy_helos(struct arena *arena, const struct check_plan *plan)
{
	struct sender_helo *all = arena_alloc(
	    arena, (plan->helo_count + 1) * sizeof(*all));

	for (size_t i = 0; i < plan->helo_count; i++) {
		all[i] = plan->helos[i];
		all[i].name = arena_dup(arena, plan->helos[i].name);
	}
	return all;
}

static const int64_t *
copy_seen(struct arena *arena, const struct check_plan *plan)
{
	int64_t *all;

	if (plan->selectors_seen_s == NULL || plan->selector_count == 0)
		return NULL;
	all = arena_alloc(arena, plan->selector_count * sizeof(*all));
	memcpy(
	    all, plan->selectors_seen_s, plan->selector_count * sizeof(*all));
	return all;
}

struct check_plan
plan_copy(struct arena *arena, const struct check_plan *plan)
{
	struct check_plan copy = *plan;
	const char **selectors;
	struct address *ips;
	size_t i;

	copy.memo = NULL;
	copy.domain = arena_dup(arena, plan->domain);
	selectors = arena_alloc(
	    arena, (plan->selector_count + 1) * sizeof(*selectors));
	for (i = 0; i < plan->selector_count; i++)
		selectors[i] = arena_dup(arena, plan->selectors[i]);
	copy.selectors = selectors;
	copy.selectors_seen_s = copy_seen(arena, plan);
	ips = arena_alloc(arena, (plan->sending_ip_count + 1) * sizeof(*ips));
	if (plan->sending_ip_count > 0)
		memcpy(ips, plan->sending_ips,
		    plan->sending_ip_count * sizeof(*ips));
	copy.sending_ips = ips;
	copy.helo = arena_dup(arena, plan->helo);
	copy.helos = copy_helos(arena, plan);
	return copy;
}
