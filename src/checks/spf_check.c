/* spf and spf_sender: the record as a whole, and each sending address. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "checks/list.h"
#include "checks/record.h"
#include "checks/remarks.h"
#include "checks/spf_tree.h"
#include "sendtop/text.h"

enum { COSTS_SHOWN = 6, COST_TERM_SHOWN = 60 };

static const struct {
	const char *reason;
	enum verdict verdict;
} troubles[] = {
	[SPF_TROUBLE_MULTIPLE] = { "multiple", VERDICT_FAIL },
	[SPF_TROUBLE_SYNTAX] = { "syntax", VERDICT_FAIL },
	[SPF_TROUBLE_LOOP] = { "loop", VERDICT_FAIL },
	[SPF_TROUBLE_INCLUDE_MISSING] = { "include_missing", VERDICT_FAIL },
	[SPF_TROUBLE_LOOKUPS] = { "too_many_lookups", VERDICT_FAIL },
	[SPF_TROUBLE_VOIDS] = { "too_many_void", VERDICT_FAIL },
	[SPF_TROUBLE_PLUS_ALL] = { "plus_all", VERDICT_FAIL },
	[SPF_TROUBLE_PTR] = { "ptr_mechanism", VERDICT_WARN },
	[SPF_TROUBLE_NEUTRAL_ALL] = { "neutral_all", VERDICT_WARN },
	[SPF_TROUBLE_NO_ALL] = { "no_all", VERDICT_WARN },
	[SPF_TROUBLE_RANGE] = { "unsafe_range", VERDICT_WARN },
	[SPF_TROUBLE_NO_EFFECT] = { "no_effect", VERDICT_WARN },
	[SPF_TROUBLE_NEAR_LIMIT] = { "near_limit", VERDICT_NOTE },
};

/* The own term that costs most among those not yet shown. */
static const struct spf_cost *
next_cost(const struct spf_tree *tree, bool shown[SPF_TREE_COSTS])
{
	size_t i, best = tree->cost_count;

	for (i = 0; i < tree->cost_count; i++)
		if (!shown[i] &&
		    (best == tree->cost_count ||
			tree->costs[i].lookups > tree->costs[best].lookups))
			best = i;
	if (best == tree->cost_count)
		return NULL;
	shown[best] = true;
	return &tree->costs[best];
}

/* "11 of 10 look-ups: include:_spf.a.test 4, mx 1, ..." */
static const char *
lookups_text(const struct spf_tree *tree)
{
	bool shown[SPF_TREE_COSTS] = { false };
	const struct spf_cost *cost;
	const char *text, *between = ": ";
	size_t n = 0;

	text = arena_printf(
	    tree->arena, "%u of %d look-ups", tree->lookups, SPF_LOOKUPS_MAX);
	while (n++ < COSTS_SHOWN && (cost = next_cost(tree, shown)) != NULL) {
		size_t len = cost->term.len < COST_TERM_SHOWN ? cost->term.len
							      : COST_TERM_SHOWN;

		text = arena_printf(tree->arena, "%s%s%.*s %u", text, between,
		    (int)len, cost->term.s, cost->lookups);
		between = ", ";
	}
	if (tree->cost_count > COSTS_SHOWN)
		text = arena_printf(tree->arena, "%s, ...", text);
	return text;
}

static enum check_state
missing(const struct spf_tree *tree, struct findings *out)
{
	if (tree->almost != NULL)
		finding(out, VERDICT_FAIL, "missing",
		    "no SPF record; this is none: \"%s\"",
		    record_quote(
			tree->arena, tree->almost->data, tree->almost->len));
	else if (tree->home != NULL && tree->home->nxdomain &&
	    !tree->home->cname)
		finding(out, VERDICT_FAIL, "missing",
		    "there is no such domain: %s", tree->domain);
	else
		finding(out, VERDICT_FAIL, "missing", "%s has no SPF record",
		    tree->domain);
	finding_cure(out, "%s", spf_tree_first(tree, "mx", false));
	return CHECK_DONE;
}

/* Limits say how many look-ups there are; the others what is wrong. */
static void
add_trouble(const struct spf_tree *tree, struct remarks *remarks,
    enum spf_trouble trouble)
{
	bool limit = trouble == SPF_TROUBLE_NEAR_LIMIT ||
	    (trouble == SPF_TROUBLE_LOOKUPS && tree->lookups > SPF_LOOKUPS_MAX);

	remark(remarks, troubles[trouble].verdict, troubles[trouble].reason,
	    spf_tree_cure(tree, trouble), "%s",
	    limit ? lookups_text(tree) : tree->troubles[trouble].detail);
}

static enum check_state
judge(const struct spf_tree *tree, struct findings *out)
{
	struct remarks remarks = { .arena = out->arena };
	bool bad = false;
	unsigned i;

	for (i = 0; i < SPF_TROUBLES; i++) {
		if (tree->troubles[i].detail == NULL)
			continue;
		if (troubles[i].verdict >= VERDICT_WARN)
			bad = true;
		add_trouble(tree, &remarks, (enum spf_trouble)i);
	}
	if (tree->error_name != NULL && !bad)
		return finding_unknown(out, tree->error, tree->error_name);
	if (tree->missing)
		return missing(tree, out);
	if (remarks.count == 0)
		remark(&remarks, VERDICT_PASS, "ok", NULL, "%s",
		    lookups_text(tree));
	return remarks_report(&remarks, out, NULL);
}

/* The domain's own record, not those that it includes. */
static const char *
own_text(const struct spf_tree *tree)
{
	struct dns_record records[SPF_TREE_SEVERAL];
	struct dns_answer all = { .count = tree->several, .records = records };
	size_t i;

	if (tree->at_home == 1)
		return record_text(tree->arena, tree->own->record.text.s,
		    tree->own->record.text.len);
	for (i = 0; i < tree->several; i++)
		records[i] = (struct dns_record){
			.data = (const uint8_t *)tree->records_at_home[i].s,
			.len = tree->records_at_home[i].len,
		};
	return record_texts(tree->arena, &all, NULL, RECORD_BETWEEN);
}

static enum check_state
spf_run(
    struct facts *facts, const struct subject *subject, struct findings *out)
{
	struct spf_tree tree;
	enum check_state state = CHECK_WAITING;

	if (spf_tree_walk(&tree, facts, subject->spf, out->arena,
		subject->domain, SPF_EXTENT_ALL)) {
		state = judge(&tree, out);
		finding_record(out, "%s", own_text(&tree));
	}
	spf_tree_fini(&tree);
	return state;
}

enum check_state
spf_addresses(struct facts *facts, const char *domain, struct spf_shelf *shelf,
    struct arena *arena, struct address **out, size_t *count)
{
	struct spf_tree tree;
	bool done = spf_tree_walk(
	    &tree, facts, shelf, arena, domain, SPF_EXTENT_RECORDS);

	*out = tree.addresses;
	*count = tree.address_count;
	spf_tree_fini(&tree);
	return done ? CHECK_DONE : CHECK_WAITING;
}

/* --- spf_sender ---------------------------------------------------------- */

static const struct {
	const char *reason;
	enum verdict verdict;
} results[] = {
	[SPF_NONE] = { "none", VERDICT_FAIL },
	[SPF_NEUTRAL] = { "neutral", VERDICT_WARN },
	[SPF_PASS] = { "pass", VERDICT_PASS },
	[SPF_FAIL] = { "fail", VERDICT_FAIL },
	[SPF_SOFTFAIL] = { "softfail", VERDICT_WARN },
	[SPF_TEMPERROR] = { "temperror", VERDICT_UNKNOWN },
	[SPF_PERMERROR] = { "permerror", VERDICT_FAIL },
};

/* The step that decided, NULL when nothing matched: the last that matched in
 * the own record, or the one below it where that went into another. */
static const struct spf_step *
deciding_step(const struct spf_outcome *outcome)
{
	const struct spf_step *steps = outcome->steps, *found = NULL;
	size_t from = 0, count = outcome->step_count, i;
	unsigned depth = 0;

	while (from < count) {
		for (i = count; i > from; i--)
			if (steps[i - 1].depth == depth && steps[i - 1].matched)
				break;
		if (i == from)
			return found;
		found = &steps[i - 1];
		if (text_starts_nocase(found->term, "redirect="))
			found = NULL;
		if (i == count || steps[i].depth <= depth)
			return found;
		from = i;
		depth++;
	}
	return found;
}

/* The own record with the address in front, where none is what it lacks. */
static void
cure_sender(struct facts *facts, const struct subject *subject,
    struct findings *out, enum spf_result result)
{
	struct spf_tree tree;
	char text[ADDRESS_TEXT_SIZE];
	const char *term, *line = NULL;

	term = arena_printf(out->arena, "ip%u:%s",
	    (unsigned)subject->address->family,
	    address_text(subject->address, text));
	if (spf_tree_walk(&tree, facts, subject->spf, out->arena,
		subject->domain, SPF_EXTENT_OWN)) {
		if (tree.missing)
			line = spf_tree_first(&tree, term, true);
		else if (result != SPF_PERMERROR && tree.own != NULL)
			line = spf_tree_publish(&tree, NULL, 0, term, "");
	}
	spf_tree_fini(&tree);
	if (line != NULL)
		finding_cure(out, "%s", line);
}

static enum check_state
report_sender(struct facts *facts, const struct subject *subject,
    struct findings *out, const struct spf_outcome *outcome)
{
	const struct spf_step *step = deciding_step(outcome);

	if (outcome->result == SPF_TEMPERROR)
		return finding_unknown(out, outcome->dns, outcome->dns_name);
	if (outcome->problem[0] != '\0')
		finding(out, results[outcome->result].verdict,
		    results[outcome->result].reason, "%s", outcome->problem);
	else if (step != NULL)
		finding(out, results[outcome->result].verdict,
		    results[outcome->result].reason, "%s of %s", step->term,
		    step->domain);
	else
		finding(out, results[outcome->result].verdict,
		    results[outcome->result].reason,
		    "nothing in the record of %s matches", subject->domain);
	if (outcome->result != SPF_PASS)
		cure_sender(facts, subject, out, outcome->result);
	return CHECK_DONE;
}

/* The identity is postmaster@ the domain, from the address at hand. */
static enum check_state
spf_sender_run(
    struct facts *facts, const struct subject *subject, struct findings *out)
{
	struct spf_request request = {
		.ip = subject->address,
		.helo = subject->domain,
		.mail_from = subject->domain,
		.now_s = subject->now_s,
		.shelf = subject->spf,
	};
	struct spf_outcome outcome;

	if (spf_check_host(facts, &request, out->arena, &outcome) ==
	    CHECK_WAITING)
		return CHECK_WAITING;
	return report_sender(facts, subject, out, &outcome);
}

const struct check check_spf = {
	.name = "spf",
	.subject = SUBJECT_DOMAIN,
	.interval_s = 3600,
	.run = spf_run,
};

const struct check check_spf_sender = {
	.name = "spf_sender",
	.subject = SUBJECT_SENDER,
	.interval_s = 3600,
	.run = spf_sender_run,
};
