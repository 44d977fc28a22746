/* bimi: the logo that receivers show beside the domain's mail. */
/* SPDX-License-Identifier: MIT */
#include "checks/bimi.h"

#include <string.h>
#include <strings.h>

#include "checks/dmarc.h"
#include "checks/list.h"
#include "checks/record.h"
#include "checks/remarks.h"
#include "checks/web.h"
#include "sendtop/day.h"
#include "sendtop/text.h"

struct run {
	struct facts *facts;
	const struct subject *subject;
	struct findings *out;
	struct arena *arena;
	struct dmarc_walk walk;
	char owner[DNS_NAME_SIZE]; /* where the record is, or would be */
	const struct dns_answer *txt;
	const struct dns_record *record, *meant;
	size_t records;
	bool inherited;
	struct tags tags;
	const char *logo, *mark; /* URLs, NULL when not given */
	struct web logo_web, mark_web;
	struct remarks remarks;
};

/* --- the record ----------------------------------------------------------- */

/* v=BIMI1 has to come first. */
static bool
is_record(const struct dns_record *record)
{
	struct tags tags;

	tags_parse(record->data, record->len, false, &tags);
	return tags.count > 0 && tags.items[0].name_len == 1 &&
	    tags.items[0].name[0] == 'v' &&
	    tag_is(&tags, &tags.items[0], "BIMI1");
}

static bool
is_meant(const struct dns_record *record)
{
	static const char word[] = "bimi1";
	size_t len = sizeof(word) - 1, i;

	for (i = 0; i + len <= record->len; i++)
		if (strncasecmp((const char *)record->data + i, word, len) == 0)
			return true;
	return false;
}

static enum check_state
record_ask(struct run *run, const char *domain)
{
	size_t i;

	record_name(run->owner, "default._bimi.%s", domain);
	run->txt = facts_dns(run->facts, run->owner, DNS_TXT);
	if (run->txt == NULL)
		return CHECK_WAITING;
	for (i = 0; i < run->txt->count; i++) {
		const struct dns_record *record = &run->txt->records[i];

		if (is_record(record)) {
			if (run->records++ == 0)
				run->record = record;
		} else if (run->meant == NULL && is_meant(record)) {
			run->meant = record;
		}
	}
	return CHECK_DONE;
}

static bool
told(const struct dns_answer *a)
{
	return a->outcome == DNS_OK || a->outcome == DNS_NONE;
}

/* The domain's own record, else that of its organizational domain. */
static enum check_state
record_find(struct run *run)
{
	const char *org;

	if (record_ask(run, run->subject->domain) == CHECK_WAITING)
		return CHECK_WAITING;
	if (run->records > 0 || run->meant != NULL || !told(run->txt))
		return CHECK_DONE;
	if (run->walk.waiting)
		return CHECK_WAITING;
	if (run->walk.failed != NULL)
		return CHECK_DONE;
	org = dmarc_walk_org(&run->walk);
	if (strcmp(org, run->subject->domain) == 0)
		return CHECK_DONE;
	run->inherited = true;
	return record_ask(run, org);
}

/* A URL of the record; NULL when the tag is missing or empty. */
static const char *
url_of(struct run *run, const char *name)
{
	const struct tag *tag = tags_find(&run->tags, name);

	return tag != NULL && tag->len > 0
	    ? arena_ndup(run->arena, tag->value, tag->len)
	    : NULL;
}

static bool
url_bad(const char *url)
{
	char host[ORG_NAME_SIZE];

	return url != NULL && !web_host(url, host);
}

/* Why receivers cannot use the record, or NULL. */
static const char *
record_problem(const struct run *run)
{
	if (run->records > 1)
		return "several records, of which receivers take none";
	if (run->records == 0)
		return "a record must begin with \"v=BIMI1;\"";
	if (run->tags.problem != NULL)
		return run->tags.problem;
	if (tags_find((struct tags *)(uintptr_t)&run->tags, "l") == NULL)
		return "there is no l= with the logo's place";
	if (url_bad(run->logo))
		return "l= is not an https URL of a host's name";
	if (url_bad(run->mark))
		return "a= is not an https URL of a host's name";
	return NULL;
}

static enum check_state
report_problem(struct run *run, const char *problem)
{
	const struct dns_record *record = run->record != NULL ? run->record
							      : run->meant;

	return finding(run->out, VERDICT_WARN, "syntax", "%s: %s", problem,
	    record_quote(run->arena, record->data, record->len));
}

/* --- DMARC ---------------------------------------------------------------- */

/* Why the policy is too weak for receivers to show a logo, or NULL. */
static const char *
weakness(struct dmarc_record *record, bool inherited)
{
	const struct tag *pct = tags_find(&record->tags, "pct");
	enum dmarc_policy policy = record->p;

	if (dmarc_record_broken(record) != NULL)
		return "the DMARC record is broken";
	if (inherited && record->sp != DMARC_ABSENT)
		policy = record->sp;
	if (policy == DMARC_NONE)
		return policy == record->p ? "the DMARC policy is none"
					   : "DMARC says sp=none";
	if (record->sp == DMARC_NONE)
		return "DMARC says sp=none";
	if (record->testing)
		return "DMARC says t=y";
	if (pct != NULL && !tag_is(&record->tags, pct, "100"))
		return "DMARC says pct= of less than 100";
	return NULL;
}

static const char *
stronger(
    struct run *run, const struct dmarc_step *step, struct dmarc_record *record)
{
	struct tags *tags = &record->tags;
	char owner[DNS_NAME_SIZE];

	if (dmarc_record_broken(record) != NULL)
		return NULL;
	if (record->p == DMARC_NONE)
		tags_set(tags, "p", "quarantine");
	if (record->sp == DMARC_NONE)
		tags_set(tags, "sp", NULL);
	tags_set(tags, "pct", NULL);
	tags_set(tags, "t", NULL);
	dmarc_owner(owner, step->domain);
	return record_cure(run->arena, step->answer, owner,
	    tags_join(tags, run->arena), record->record);
}

static void
remark_dmarc(struct run *run)
{
	const struct dmarc_step *step = dmarc_walk_policy(&run->walk);
	struct dmarc_record record;
	const char *why;

	if (step == NULL) {
		remark(&run->remarks, VERDICT_NOTE, "dmarc_too_weak", NULL,
		    "receivers show a logo only under DMARC: see dmarc");
		return;
	}
	dmarc_record_read(step->record, &record);
	why = weakness(&record, step != &run->walk.steps[0]);
	if (why != NULL)
		remark(&run->remarks, VERDICT_NOTE, "dmarc_too_weak",
		    stronger(run, step, &record),
		    "%s: receivers show a logo only under quarantine or "
		    "reject, for all mail and subdomains",
		    why);
}

/* Whether the walk leaves open which policy holds. */
static const struct dmarc_step *
dmarc_untold(const struct run *run)
{
	return run->walk.steps[0].record == NULL ? run->walk.failed : NULL;
}

/* --- what it points to ---------------------------------------------------- */

static enum check_state
fetch(struct run *run, const char *url, struct web *web)
{
	char host[ORG_NAME_SIZE];

	if (!run->subject->https_enabled || url == NULL || !web_host(url, host))
		return CHECK_DONE;
	return web_get(run->facts, run->subject, host, url, web);
}

static bool
is_unsafe(const struct web *web)
{
	return web->answer != NULL && web->answer->outcome == HTTPS_UNSAFE;
}

static void
remark_logo(struct run *run)
{
	const struct https_answer *a = run->logo_web.answer;
	const char *why;

	if (run->logo == NULL || web_is_untold(&run->logo_web))
		return;
	why = web_failure(&run->logo_web, run->arena);
	if (why != NULL && is_unsafe(&run->logo_web)) {
		remark(&run->remarks, VERDICT_WARN, "unsafe", NULL, "logo: %s",
		    why);
		return;
	}
	if (why != NULL) {
		remark(&run->remarks, VERDICT_WARN, "logo_unreachable", NULL,
		    "logo: %s", why);
		return;
	}
	if (logo_compressed(a->body, a->body_len)) {
		remark(&run->remarks, VERDICT_NOTE, "logo_compressed", NULL,
		    "the logo is compressed, which some receivers do not take "
		    "and which was not looked into");
		return;
	}
	why = logo_problem(a->body, a->body_len, run->arena);
	if (why != NULL)
		remark(&run->remarks, VERDICT_WARN, "logo_format", NULL,
		    "the logo is not SVG Tiny PS: %s", why);
}

static void
remark_dates(struct run *run, const struct mark *mark)
{
	char when[TIME_TEXT_SIZE];

	if (run->subject->now_s >= mark->not_after_s)
		remark(&run->remarks, VERDICT_WARN, "certificate_expired", NULL,
		    "the mark certificate ended on %s",
		    time_text(when, mark->not_after_s));
	else if (run->subject->now_s < mark->not_before_s)
		remark(&run->remarks, VERDICT_WARN, "certificate_expired", NULL,
		    "the mark certificate begins on %s",
		    time_text(when, mark->not_before_s));
}

static void
remark_mark(struct run *run)
{
	const struct https_answer *a = run->mark_web.answer;
	struct mark mark;
	const char *why;

	if (run->mark == NULL) {
		remark(&run->remarks, VERDICT_NOTE, "no_certificate", NULL,
		    "no a=: Gmail shows a logo only with a mark certificate");
		return;
	}
	if (web_is_untold(&run->mark_web))
		return;
	why = web_failure(&run->mark_web, run->arena);
	if (why != NULL && is_unsafe(&run->mark_web))
		remark(&run->remarks, VERDICT_WARN, "unsafe", NULL,
		    "certificate: %s", why);
	else if (why != NULL)
		remark(&run->remarks, VERDICT_WARN, "certificate_unreachable",
		    NULL, "certificate: %s", why);
	else if (!mark_read(a->body, a->body_len, &mark))
		remark(&run->remarks, VERDICT_WARN, "certificate_format", NULL,
		    "what a= leads to is no PEM certificate");
	else if (!mark.for_mark)
		remark(&run->remarks, VERDICT_WARN, "certificate_format", NULL,
		    "the certificate is not one for marks (its key usage)");
	else
		remark_dates(run, &mark);
}

/* --- all of it ------------------------------------------------------------ */

static enum check_state
report_good(struct run *run)
{
	return finding(run->out, VERDICT_PASS, "ok", "%s%s%s",
	    run->inherited ? "found at " : "", run->inherited ? run->owner : "",
	    run->inherited ? ""
			   : record_quote(run->arena, run->record->data,
				 run->record->len));
}

/* What is known to be wrong counts before what could not be told. */
static enum check_state
judge_all(struct run *run)
{
	const struct dmarc_step *untold = dmarc_untold(run);
	char owner[DNS_NAME_SIZE];

	if (untold == NULL)
		remark_dmarc(run);
	if (run->subject->https_enabled) {
		remark_logo(run);
		remark_mark(run);
	}
	if (run->remarks.count > 0)
		return remarks_report(&run->remarks, run->out, NULL);
	if (untold != NULL) {
		dmarc_owner(owner, untold->domain);
		return finding_unknown(
		    run->out, untold->answer->outcome, owner);
	}
	if (!run->subject->https_enabled)
		return finding(run->out, VERDICT_SKIP, "not_fetched",
		    "the record is good; logo and certificate are not looked "
		    "at: [https] enabled is off");
	if ((run->logo != NULL && web_untold(&run->logo_web, run->out)) ||
	    web_untold(&run->mark_web, run->out))
		return CHECK_DONE;
	return report_good(run);
}

static enum check_state
judge_record(struct run *run)
{
	enum check_state state = CHECK_DONE;
	const char *problem;

	if (run->record != NULL)
		tags_parse(
		    run->record->data, run->record->len, false, &run->tags);
	run->logo = url_of(run, "l");
	run->mark = url_of(run, "a");
	problem = record_problem(run);
	if (problem != NULL)
		return report_problem(run, problem);
	if (run->logo == NULL && run->mark == NULL)
		return finding(run->out, VERDICT_SKIP, "declined",
		    "the domain says that it has no logo");
	/* Both are asked for before either is waited for. */
	if (fetch(run, run->logo, &run->logo_web) == CHECK_WAITING)
		state = CHECK_WAITING;
	if (fetch(run, run->mark, &run->mark_web) == CHECK_WAITING)
		state = CHECK_WAITING;
	if (run->walk.steps[0].record == NULL && run->walk.waiting)
		state = CHECK_WAITING;
	return state == CHECK_WAITING ? state : judge_all(run);
}

static enum check_state
report_missing(struct run *run)
{
	char owner[DNS_NAME_SIZE];

	if (run->walk.failed != NULL && !run->inherited) {
		dmarc_owner(owner, run->walk.failed->domain);
		return finding_unknown(
		    run->out, run->walk.failed->answer->outcome, owner);
	}
	record_name(owner, "default._bimi.%s", run->subject->domain);
	return finding(run->out, VERDICT_NOTE, "missing",
	    "no record at %s%s%s: receivers show no logo", owner,
	    run->inherited ? " nor at " : "", run->inherited ? run->owner : "");
}

static enum check_state
judge(struct run *run)
{
	if (!told(run->txt))
		return finding_unknown(run->out, run->txt->outcome, run->owner);
	if (run->records == 0 && run->meant == NULL)
		return report_missing(run);
	if (judge_record(run) == CHECK_WAITING)
		return CHECK_WAITING;
	finding_record(run->out, "%s",
	    run->records > 0
		? record_texts(run->arena, run->txt, is_record, RECORD_BETWEEN)
		: record_text(run->arena, run->meant->data, run->meant->len));
	return CHECK_DONE;
}

static enum check_state
bimi_run(
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
	if (record_find(&run) == CHECK_WAITING)
		return CHECK_WAITING;
	return judge(&run);
}

const struct check check_bimi = {
	.name = "bimi",
	.subject = SUBJECT_DOMAIN,
	.interval_s = 6 * 3600,
	.run = bimi_run,
};
