/* dmarc: the policy for mail from the domain (RFC 9989). */
/* SPDX-License-Identifier: MIT */
#include "checks/dmarc.h"

#include <string.h>

#include "checks/list.h"
#include "checks/record.h"
#include "checks/remarks.h"
#include "checks/reports.h"
#include "sendtop/text.h"

struct run {
	struct facts *facts;
	const struct subject *subject;
	struct findings *out;
	struct arena *arena;
	struct dmarc_walk walk;
	const struct dmarc_step *step; /* where the policy is */
	char owner[DNS_NAME_SIZE];     /* its owner name */
	bool inherited;
	struct dmarc_record record;
	struct remarks remarks;
};

static const char *
quote(const struct run *run, const struct dns_record *record)
{
	return record_quote(run->arena, record->data, record->len);
}

/* The record with a tag's value changed, or without it (NULL). */
static const char *
changed(const struct run *run, const char *name, const char *value)
{
	struct tags tags = run->record.tags;

	tags_set(&tags, name, value);
	return record_cure(run->arena, run->step->answer, run->owner,
	    tags_join(&tags, run->arena), run->record.record);
}

static const char *
first_record(const struct run *run, const struct dmarc_step *step,
    const char *owner, const struct dns_record *before)
{
	return record_cure(run->arena, step->answer, owner,
	    arena_printf(run->arena, "v=DMARC1; p=none; rua=mailto:dmarc@%s",
		run->subject->domain),
	    before);
}

/* --- no policy ------------------------------------------------------------ */

static const struct dns_record *
meant_at(const struct dmarc_step *step)
{
	const struct dns_answer *a = step->answer;
	size_t i;

	for (i = 0; i < a->count; i++)
		if (dmarc_is_meant(&a->records[i]))
			return &a->records[i];
	return NULL;
}

static enum check_state
report_multiple(struct run *run, const struct dmarc_step *step)
{
	const struct dns_answer *a = step->answer;
	const char *text = NULL;
	char owner[DNS_NAME_SIZE];
	size_t i;

	for (i = 0; i < a->count && text == NULL; i++)
		if (dmarc_is_record(&a->records[i]))
			text = arena_ndup(
			    run->arena, a->records[i].data, a->records[i].len);
	dmarc_owner(owner, step->domain);
	finding(run->out, VERDICT_FAIL, "multiple",
	    "%zu DMARC records at %s: receivers pass over all of them",
	    step->records, owner);
	finding_cure(run->out, "%s ; as the only one there",
	    record_cure(run->arena, a, owner, text, NULL));
	finding_record(run->out, "%s",
	    record_texts(run->arena, a, dmarc_is_record, RECORD_BETWEEN));
	return CHECK_DONE;
}

/* Where "v=DMARC1" stands in a text that has at least its last word: its
 * octets, and where it begins. */
static size_t
version_find(const char *text, size_t *at)
{
	size_t end, i;

	for (end = 0; !text_starts_nocase(text + end, "DMARC1"); end++)
		if (text[end] == '\0')
			return 0;
	for (i = end; i > 0 && text[i - 1] == ' '; i--)
		continue;
	if (i == 0 || text[--i] != '=')
		return 0;
	while (i > 0 && text[i - 1] == ' ')
		i--;
	if (i == 0 || (text[i - 1] != 'v' && text[i - 1] != 'V'))
		return 0;
	*at = i - 1;
	return end + strlen("DMARC1") - *at;
}

/* What was meant, as a record: the version first, and all else as it is.
 * NULL when that is no good one either. */
static const char *
repaired(const struct run *run, const struct dns_record *meant)
{
	const char *bare = record_bare(run->arena, meant);
	struct dmarc_record record;
	struct dns_record whole;
	size_t at = 0, len = version_find(bare, &at);
	char *text;

	if (len == 0)
		return NULL;
	text = arena_printf(
	    run->arena, "v=DMARC1; %.*s; %s", (int)at, bare, bare + at + len);
	whole = (struct dns_record){ .data = (const uint8_t *)text,
		.len = strlen(text) };
	dmarc_record_read(&whole, &record);
	return dmarc_record_broken(&record) == NULL
	    ? tags_join(&record.tags, run->arena)
	    : NULL;
}

static enum check_state
report_meant(struct run *run, const struct dmarc_step *step,
    const struct dns_record *meant)
{
	const char *text = repaired(run, meant);
	char owner[DNS_NAME_SIZE];

	dmarc_owner(owner, step->domain);
	finding(run->out, VERDICT_FAIL, "syntax",
	    "receivers pass over the record at %s, which must begin with "
	    "\"v=DMARC1;\": %s",
	    owner, quote(run, meant));
	finding_cure(run->out, "%s",
	    text != NULL
		? record_cure(run->arena, step->answer, owner, text, meant)
		: first_record(run, step, owner, meant));
	finding_record(
	    run->out, "%s", record_text(run->arena, meant->data, meant->len));
	return CHECK_DONE;
}

/* Looks for what went wrong before saying that there is nothing. */
static enum check_state
report_missing(struct run *run)
{
	const struct dmarc_walk *walk = &run->walk;
	const struct dns_record *meant;
	char owner[DNS_NAME_SIZE];
	size_t i;

	for (i = 0; i < walk->read; i++) {
		if (walk->steps[i].records > 1)
			return report_multiple(run, &walk->steps[i]);
		meant = meant_at(&walk->steps[i]);
		if (meant != NULL)
			return report_meant(run, &walk->steps[i], meant);
	}
	dmarc_owner(owner, walk->steps[0].domain);
	finding(run->out, VERDICT_FAIL, "missing",
	    "no DMARC record at %s, nor at a name above it", owner);
	finding_cure(
	    run->out, "%s", first_record(run, &walk->steps[0], owner, NULL));
	return CHECK_DONE;
}

/* --- a policy ------------------------------------------------------------- */

/* The record stands, but receivers cannot read its policy (4.10.1). */
static enum check_state
report_broken(struct run *run, const char *why)
{
	struct dmarc_rua rua;
	struct tags *tags = &run->record.tags;

	dmarc_rua_read(&run->record, run->arena, &rua);
	finding(run->out, VERDICT_FAIL, "syntax", "%s at %s: receivers %s: %s",
	    why, run->owner,
	    run->record.p == DMARC_ABSENT || rua.valid > 0
		? "take it for p=none"
		: "do not apply DMARC",
	    quote(run, run->record.record));
	if (run->record.sp == DMARC_INVALID)
		tags_set(tags, "sp", NULL);
	if (run->record.np == DMARC_INVALID)
		tags_set(tags, "np", NULL);
	if (run->record.p == DMARC_ABSENT || run->record.p == DMARC_INVALID)
		tags_set(tags, "p", "none");
	finding_cure(run->out, "%s",
	    record_cure(run->arena, run->step->answer, run->owner,
		tags_join(tags, run->arena), run->record.record));
	return CHECK_DONE;
}

/* Which of p, sp and np holds for the domain; waits to learn whether the
 * domain exists where that decides (RFC 8020). */
static enum check_state
policy_in_force(struct run *run, enum dmarc_policy *policy)
{
	const struct dns_answer *a;
	bool exists = true;

	if (run->inherited && run->record.np != DMARC_ABSENT) {
		a = facts_dns(run->facts, run->subject->domain, DNS_MX);
		if (a == NULL)
			return CHECK_WAITING;
		exists = a->outcome != DNS_NONE || !a->nxdomain;
	}
	*policy = dmarc_record_policy(&run->record, run->inherited, exists);
	return CHECK_DONE;
}

static void
remark_ignored(struct run *run)
{
	const char *tag, *why = dmarc_record_ignored(&run->record, &tag);

	if (why != NULL)
		remark(&run->remarks, VERDICT_WARN, "bad_tag",
		    changed(run, tag != NULL ? tag : "", NULL),
		    "%s, and receivers pass over it: %s", why,
		    quote(run, run->record.record));
}

/* RFC 9989 appendix A.6 and C: tags of RFC 7489 that are gone. */
static void
remark_obsolete(struct run *run)
{
	static const char *const gone[] = { "pct", "rf", "ri" };
	struct tags tags = run->record.tags;
	const char *found = NULL;
	bool zero = tag_is(&tags, tags_find(&tags, "pct"), "0") &&
	    tags_find(&tags, "t") == NULL;
	size_t i;

	for (i = 0; i < sizeof(gone) / sizeof(gone[0]); i++) {
		if (tags_find(&tags, gone[i]) == NULL)
			continue;
		found = found == NULL
		    ? gone[i]
		    : arena_printf(run->arena, "%s, %s", found, gone[i]);
		tags_set(&tags, gone[i], NULL);
	}
	if (found == NULL)
		return;
	if (zero)
		tags_set(&tags, "t", "y");
	remark(&run->remarks, VERDICT_NOTE, "obsolete_tag",
	    record_cure(run->arena, run->step->answer, run->owner,
		tags_join(&tags, run->arena), run->record.record),
	    "RFC 9989 no longer knows %s%s", found,
	    zero ? "; what pct=0 meant, t=y says" : "");
}

static void
remark_policy(struct run *run, enum dmarc_policy policy)
{
	if (policy == DMARC_NONE)
		remark(&run->remarks, VERDICT_NOTE, "policy_none", NULL,
		    "the policy is none: forged mail is let through");
	else if (run->record.testing)
		remark(&run->remarks, VERDICT_NOTE, "testing",
		    changed(run, "t", NULL), "t=y: %s is applied as %s",
		    dmarc_policy_name(policy), dmarc_policy_name(policy - 1));
}

static void
remark_good(struct run *run, enum dmarc_policy policy)
{
	if (run->inherited)
		remark(&run->remarks, VERDICT_PASS, "inherited", NULL,
		    "found at %s: %s applies here", run->owner,
		    dmarc_policy_name(policy));
	else if (run->remarks.count == 0)
		remark(&run->remarks, VERDICT_PASS, "ok", NULL, "%s",
		    quote(run, run->record.record));
}

/* The record with "mailto:" before the addresses that lack it, or NULL. */
static const char *
cure_rua(const struct run *run, const struct reports *reports)
{
	return reports->rua.mended != NULL
	    ? changed(run, "rua", reports->rua.mended)
	    : NULL;
}

static enum check_state
judge(struct run *run)
{
	const char *broken;
	struct reports reports;
	enum dmarc_policy policy;
	enum check_state state;

	dmarc_record_read(run->step->record, &run->record);
	broken = dmarc_record_broken(&run->record);
	if (broken != NULL)
		return report_broken(run, broken);
	state = reports_find(
	    run->facts, &run->record, run->step->domain, run->arena, &reports);
	if (policy_in_force(run, &policy) == CHECK_WAITING ||
	    state == CHECK_WAITING)
		return CHECK_WAITING;
	reports_remark_bad(&reports, &run->remarks, cure_rua(run, &reports));
	remark_ignored(run);
	remark_policy(run, policy);
	remark_obsolete(run);
	if (!reports.rua.present)
		remark(&run->remarks, VERDICT_NOTE, "no_reports",
		    changed(run, "rua",
			arena_printf(
			    run->arena, "mailto:dmarc@%s", run->step->domain)),
		    "no rua=: nobody is told who sends in the domain's name");
	remark_good(run, policy);
	reports_remark_untold(&reports, &run->remarks);
	return remarks_report(&run->remarks, run->out, NULL);
}

static enum check_state
unknown(struct run *run, const struct dmarc_step *step)
{
	char owner[DNS_NAME_SIZE];

	dmarc_owner(owner, step->domain);
	return finding_unknown(run->out, step->answer->outcome, owner);
}

/* The domain's own record needs nothing from above; without one the walk has
 * to be whole. */
static enum check_state
find(struct run *run)
{
	const struct dmarc_step *own = &run->walk.steps[0];

	if (own->answer == NULL)
		return CHECK_WAITING;
	if (own->answer->outcome == DNS_BAD_NAME || run->walk.failed == own)
		return unknown(run, own);
	if (own->records > 1)
		return report_multiple(run, own);
	if (own->record == NULL) {
		const struct dns_record *meant = meant_at(own);

		if (meant != NULL)
			return report_meant(run, own, meant);
		if (run->walk.waiting)
			return CHECK_WAITING;
		if (run->walk.failed != NULL)
			return unknown(run, run->walk.failed);
	}
	run->step = dmarc_walk_policy(&run->walk);
	if (run->step == NULL)
		return report_missing(run);
	run->inherited = run->step != own;
	dmarc_owner(run->owner, run->step->domain);
	if (judge(run) == CHECK_WAITING)
		return CHECK_WAITING;
	finding_record(run->out, "%s",
	    record_text(
		run->arena, run->step->record->data, run->step->record->len));
	return CHECK_DONE;
}

static enum check_state
dmarc_run(
    struct facts *facts, const struct subject *subject, struct findings *out)
{
	struct run run = {
		.facts = facts,
		.subject = subject,
		.out = out,
		.arena = out->arena,
		.remarks.arena = out->arena,
	};

	dmarc_walk(facts, subject->domain, &run.walk);
	return find(&run);
}

const struct check check_dmarc = {
	.name = "dmarc",
	.subject = SUBJECT_DOMAIN,
	.interval_s = 3600,
	.run = dmarc_run,
};
