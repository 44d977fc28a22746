/* The facts within their bound: what was used longest ago goes. */
/* SPDX-License-Identifier: MIT */
#include "facts/table.h"

enum { AGES = 512 }; /* steps that the time of use is told apart in */

/* What a trim drops: all that was used before a run, but for some. */
struct trim {
	bool servers; /* sessions and answers of servers too */
	uint64_t before;
	const uint64_t *needed;
	size_t needed_count;
};

static bool
is_needed(const struct trim *trim, uint64_t run)
{
	size_t low = 0, high = trim->needed_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (trim->needed[middle] < run)
			low = middle + 1;
		else
			high = middle;
	}
	return low < trim->needed_count && trim->needed[low] == run;
}

static bool
may_go(const struct trim *trim, const struct fact *fact)
{
	if (fact->value == NULL || fact->kind == FACT_EGRESS)
		return false;
	return trim->servers || fact->kind == FACT_DNS ||
	    fact->kind == FACT_DNS_CD;
}

static bool
untrimmed(const struct facts *facts, const struct fact *fact, const void *arg)
{
	const struct trim *trim = arg;

	(void)facts;
	return !may_go(trim, fact) || fact->run >= trim->before ||
	    is_needed(trim, fact->run);
}

static uint64_t
oldest_run(const struct facts *facts, const struct trim *trim)
{
	uint64_t oldest = facts->run;
	const struct fact *fact;

	for (fact = facts->newest; fact != NULL; fact = fact->older)
		if (may_go(trim, fact) && fact->run < oldest)
			oldest = fact->run;
	return oldest;
}

/* The run before which so many octets were used last, to a step of the runs
 * there are. */
static uint64_t
run_to_keep(const struct facts *facts, const struct trim *trim, size_t excess)
{
	uint64_t oldest = oldest_run(facts, trim);
	uint64_t step = (facts->run - oldest) / AGES + 1;
	size_t octets[AGES] = { 0 }, i;
	const struct fact *fact;

	for (fact = facts->newest; fact != NULL; fact = fact->older)
		if (may_go(trim, fact))
			octets[(fact->run - oldest) / step] += fact_octets(
			    fact);
	for (i = 0; i + 1 < AGES && octets[i] < excess; i++)
		excess -= octets[i];
	return oldest + (i + 1) * step;
}

uint64_t
facts_run(struct facts *facts)
{
	return ++facts->run;
}

void
facts_bound(struct facts *facts, size_t octets)
{
	facts->bound = facts->trim_again = octets;
}

bool
facts_full(const struct facts *facts)
{
	return facts->octets > facts->trim_again;
}

/* Half of it goes, so that it is not done again soon: each time all are looked
 * at. */
void
facts_trim(struct facts *facts, const uint64_t *needed, size_t count)
{
	struct trim trim = { .needed = needed, .needed_count = count };
	size_t goal = facts->bound / 2;
	int round;

	for (round = 0; round < 2 && facts->octets > facts->bound; round++) {
		trim.servers = round > 0;
		trim.before = run_to_keep(facts, &trim, facts->octets - goal);
		facts_sweep(facts, untrimmed, &trim);
	}
	facts->trim_again = facts->octets + facts->bound / 8;
	if (facts->trim_again < facts->bound)
		facts->trim_again = facts->bound;
}
