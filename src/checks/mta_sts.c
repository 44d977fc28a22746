/* mta_sts: TLS that senders may insist on, by record and policy (RFC 8461). */
/* SPDX-License-Identifier: MIT */
#include "checks/mta_sts.h"

#include <stdlib.h>
#include <string.h>

#include "checks/fields.h"
#include "checks/list.h"
#include "checks/record.h"
#include "checks/remarks.h"
#include "checks/sts_policy.h"
#include "checks/web.h"
#include "sendtop/day.h"
#include "sendtop/text.h"

#define VERSION "v=STSv1"
#define PATH "/.well-known/mta-sts.txt"

enum {
	ID_MAX = 32,
	SHORT_AGE_S = DAY_SECONDS,
	NAMES_SHOWN = 8,
	AGE_SIZE = 48,
};

struct run {
	struct facts *facts;
	const struct subject *subject;
	struct findings *out;
	struct arena *arena;
	char owner[DNS_NAME_SIZE]; /* of the record */
	char host[DNS_NAME_SIZE];  /* of the policy */
	const struct dns_answer *txt;
	struct fields fields;
	struct web web;
	struct sts_policy policy;
	bool policy_read; /* and nothing wrong with it */
	struct remarks remarks;
};

/* --- finding -------------------------------------------------------------- */

static bool
is_id(const struct field *id)
{
	size_t i;

	if (id == NULL || id->len > ID_MAX)
		return false;
	for (i = 0; i < id->len; i++)
		if (strchr(
			"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			"0123456789",
			id->value[i]) == NULL)
			return false;
	return true;
}

/* Why senders pass over what stands there, or NULL. */
static const char *
record_problem(const struct run *run)
{
	const struct fields *fields = &run->fields;

	if (fields->records > 1)
		return "several records, of which senders take none";
	if (fields->records == 0)
		return "a record must begin with \"" VERSION ";\"";
	if (fields->problem != NULL)
		return fields->problem;
	if (fields_find(fields, "id") == NULL)
		return "there is no id=";
	if (!is_id(fields_find(fields, "id")))
		return "id= is not made of 1 to 32 letters and digits";
	return NULL;
}

static enum check_state
record_find(struct run *run)
{
	record_name(run->owner, "_mta-sts.%s", run->subject->domain);
	record_name(run->host, "mta-sts.%s", run->subject->domain);
	run->txt = facts_dns(run->facts, run->owner, DNS_TXT);
	if (run->txt == NULL)
		return CHECK_WAITING;
	fields_read(run->txt, VERSION, "stsv1", &run->fields);
	return CHECK_DONE;
}

static bool
record_good(const struct run *run)
{
	return run->txt->outcome == DNS_OK && record_problem(run) == NULL;
}

static enum check_state
policy_get(struct run *run)
{
	const char *url = arena_printf(
	    run->arena, "https://%s" PATH, run->host);

	return web_get(run->facts, run->subject, run->host, url, &run->web);
}

/* The media type alone, without its parameters. */
static bool
is_plain(const char *type)
{
	static const char plain[] = "text/plain";
	size_t len = sizeof(plain) - 1;

	while (*type == ' ')
		type++;
	return text_starts_nocase(type, plain) &&
	    (type[len] == '\0' || type[len] == ';' || type[len] == ' ');
}

/* Reads what was fetched; returns what is wrong with it, or NULL. */
static const char *
policy_problem(struct run *run)
{
	const struct https_answer *a = run->web.answer;

	if (!is_plain(a->content_type))
		return arena_printf(run->arena,
		    "it comes as \"%s\" and not as text/plain",
		    a->content_type);
	sts_policy_read(a->body, a->body_len, &run->policy);
	if (run->policy.problem == NULL || run->policy.line == 0)
		return run->policy.problem;
	return arena_printf(
	    run->arena, "line %zu: %s", run->policy.line, run->policy.problem);
}

enum check_state
mta_sts_enforces(struct facts *facts, const struct subject *subject,
    struct arena *arena, bool *enforces)
{
	struct run run = {
		.facts = facts,
		.subject = subject,
		.arena = arena,
	};

	*enforces = false;
	if (!subject->https_enabled)
		return CHECK_DONE;
	if (record_find(&run) == CHECK_WAITING)
		return CHECK_WAITING;
	if (!record_good(&run))
		return CHECK_DONE;
	if (policy_get(&run) == CHECK_WAITING)
		return CHECK_WAITING;
	*enforces = !web_is_untold(&run.web) &&
	    web_failure(&run.web, arena) == NULL &&
	    policy_problem(&run) == NULL && run.policy.mode == STS_ENFORCE;
	return CHECK_DONE;
}

/* --- the record ----------------------------------------------------------- */

static enum check_state
report_missing(struct run *run)
{
	finding(run->out, VERDICT_NOTE, "missing",
	    "no record at %s: senders may be led to deliver in the clear",
	    run->owner);
	finding_cure(run->out,
	    "%s ; first https://%s" PATH
	    " with the lines version: STSv1, mode: testing, max_age: 604800 "
	    "and mx: HOST for each MX host",
	    record_cure(
		run->arena, run->txt, run->owner, VERSION "; id=1", NULL),
	    run->host);
	return CHECK_DONE;
}

/* The id as far as it can stand, else a first one. */
static const char *
good_id(const struct run *run)
{
	const struct field *id = fields_find(&run->fields, "id");
	char *text;
	size_t len = 0, i;

	if (id == NULL)
		return "1";
	text = arena_ndup(run->arena, id->value, id->len);
	for (i = 0; i < id->len && len < ID_MAX; i++)
		if ((text[i] >= '0' && text[i] <= '9') ||
		    (text[i] >= 'a' && text[i] <= 'z') ||
		    (text[i] >= 'A' && text[i] <= 'Z'))
			text[len++] = text[i];
	text[len] = '\0';
	return len > 0 ? text : "1";
}

static enum check_state
report_record(struct run *run, const char *problem)
{
	const struct dns_record *record = run->fields.record != NULL
	    ? run->fields.record
	    : run->fields.meant;
	const char *text = arena_printf(
	    run->arena, VERSION "; id=%s", good_id(run));

	finding(run->out, VERDICT_FAIL, "syntax", "%s: %s", problem,
	    record_quote(run->arena, record->data, record->len));
	if (run->fields.records > 1)
		finding_cure(run->out, "%s ; as the only one there",
		    record_cure(run->arena, run->txt, run->owner, text, NULL));
	else
		finding_cure(run->out, "%s",
		    record_cure(
			run->arena, run->txt, run->owner, text, record));
	return CHECK_DONE;
}

/* --- the policy ----------------------------------------------------------- */

/* No policy that can be read: what that means for senders. */
static enum check_state
report_web(struct run *run, const char *failure)
{
	const struct https_answer *a = run->web.answer;
	enum https_outcome outcome = a != NULL ? a->outcome : HTTPS_OK;

	switch (outcome) {
	case HTTPS_UNSAFE:
		return finding(run->out, VERDICT_WARN, "unsafe", "%s", failure);
	case HTTPS_UNTRUSTED:
		return finding(run->out, VERDICT_FAIL, "policy_certificate",
		    "%s: senders do not take the policy", failure);
	case HTTPS_TOO_LARGE:
		return finding(run->out, VERDICT_FAIL, "policy_syntax",
		    "%s: senders do not read it", failure);
	default:
		return finding(run->out, VERDICT_FAIL, "policy_unreachable",
		    "%s: senders get no policy", failure);
	}
}

/* The MX hosts that no pattern fits, as far as they are shown. */
struct uncovered {
	const char *names, *cure;
	size_t count;
};

static void
cover(struct run *run, const char *host, struct uncovered *out)
{
	if (host[0] == '\0' || sts_policy_covers(&run->policy, host))
		return;
	if (out->count++ == 0) {
		out->names = host;
		out->cure = arena_printf(run->arena, "mx: %s", host);
	} else if (out->count <= NAMES_SHOWN) {
		out->names = arena_printf(
		    run->arena, "%s, %s", out->names, host);
		out->cure = arena_printf(
		    run->arena, "%s and mx: %s", out->cure, host);
	}
}

static void
remark_mx(struct run *run, const struct dns_answer *mx)
{
	struct uncovered found = { .names = NULL };
	size_t i;

	for (i = 0; i < mx->count; i++)
		cover(run, (const char *)mx->records[i].data, &found);
	if (mx->outcome == DNS_NONE)
		cover(run, run->subject->domain, &found);
	if (found.count == 0)
		return;
	remark(&run->remarks, VERDICT_FAIL, "mx_not_covered",
	    arena_printf(run->arena,
		"%s ; added to https://%s" PATH ", then a new id= at %s",
		found.cure, run->host, run->owner),
	    "no mx line of the policy fits %s%s%s", found.names,
	    found.count > NAMES_SHOWN ? " and others" : "",
	    run->policy.mode == STS_ENFORCE ? ": senders do not deliver there"
					    : "");
}

static void
remark_mode(struct run *run)
{
	if (run->policy.mode == STS_TESTING)
		remark(&run->remarks, VERDICT_NOTE, "testing",
		    arena_printf(run->arena,
			"mode: enforce ; was mode: testing, in https://%s" PATH
			", then a new id= at %s",
			run->host, run->owner),
		    "mode testing: senders report what fails, and deliver "
		    "all the same");
	else if (run->policy.mode == STS_NONE)
		remark(&run->remarks, VERDICT_NOTE, "none", NULL,
		    "mode none: the policy asks senders for nothing");
}

static void
remark_age(struct run *run)
{
	char age[AGE_SIZE];

	if (run->policy.mode == STS_NONE ||
	    run->policy.max_age_s >= SHORT_AGE_S)
		return;
	text_age(age, sizeof(age), run->policy.max_age_s);
	remark(&run->remarks, VERDICT_NOTE, "short_max_age",
	    arena_printf(run->arena,
		"max_age: 604800 ; was max_age: %lld, in https://%s" PATH
		", then a new id= at %s",
		(long long)run->policy.max_age_s, run->host, run->owner),
	    "senders remember the policy for %s only; weeks are usual", age);
}

static void
remark_good(struct run *run)
{
	const struct sts_policy *policy = &run->policy;
	const char *mx = "";
	char age[AGE_SIZE];
	size_t i;

	for (i = 0; i < policy->mx_count && i < NAMES_SHOWN; i++)
		mx = arena_printf(run->arena, "%s%s%.*s", mx, i > 0 ? " " : "",
		    (int)policy->mx[i].len, policy->mx[i].text);
	text_age(age, sizeof(age), policy->max_age_s);
	remark(&run->remarks, VERDICT_PASS, "ok", NULL,
	    "mode %s for %s, mx %s%s", sts_mode_name(policy->mode), age, mx,
	    policy->mx_count > NAMES_SHOWN ? " ..." : "");
}

static enum check_state
judge_policy(struct run *run)
{
	const struct dns_answer *mx = facts_dns(
	    run->facts, run->subject->domain, DNS_MX);

	if (mx == NULL)
		return CHECK_WAITING;
	if (run->policy.mode != STS_NONE) {
		if (mx->outcome != DNS_OK && mx->outcome != DNS_NONE)
			return finding_unknown(
			    run->out, mx->outcome, run->subject->domain);
		remark_mx(run, mx);
	}
	remark_mode(run);
	remark_age(run);
	if (run->remarks.count == 0)
		remark_good(run);
	return remarks_report(&run->remarks, run->out, NULL);
}

static enum check_state
judge_web(struct run *run)
{
	const char *problem;

	if (!run->subject->https_enabled)
		return finding(run->out, VERDICT_SKIP, "not_fetched",
		    "the record is good; its policy is not looked at: "
		    "[https] enabled is off");
	if (policy_get(run) == CHECK_WAITING)
		return CHECK_WAITING;
	if (web_untold(&run->web, run->out))
		return CHECK_DONE;
	problem = web_failure(&run->web, run->arena);
	if (problem != NULL)
		return report_web(run, problem);
	problem = policy_problem(run);
	run->policy_read = problem == NULL;
	if (problem != NULL)
		return finding(run->out, VERDICT_FAIL, "policy_syntax",
		    "https://%s" PATH ": %s", run->host, problem);
	return judge_policy(run);
}

static bool
is_record(const struct dns_record *record)
{
	return fields_is_record(record, VERSION);
}

/* The policy beside the record, since it may change while the record does not;
 * "" for one that could not be read.  Host names know no case. */
static const char *
policy_text(struct run *run)
{
	const struct sts_policy *policy = &run->policy;
	struct buf text = { 0 };
	const char *kept;

	if (!run->policy_read)
		return "";
	buf_printf(&text, FINDING_POLICY "mode: %s; max_age: %lld",
	    sts_mode_name(policy->mode), (long long)policy->max_age_s);
	for (size_t i = 0; i < policy->mx_count; i++) {
		char *host = mem_ndup(policy->mx[i].text, policy->mx[i].len);

		text_lower(host);
		buf_printf(&text, "; mx: %s", host);
		free(host);
	}
	kept = arena_dup(run->arena, text.data);
	buf_free(&text);
	return kept;
}

static enum check_state
judge(struct run *run)
{
	const char *problem;

	if (run->txt->outcome != DNS_OK && run->txt->outcome != DNS_NONE)
		return finding_unknown(run->out, run->txt->outcome, run->owner);
	if (run->fields.records == 0 && run->fields.meant == NULL)
		return report_missing(run);
	problem = record_problem(run);
	if (problem != NULL)
		report_record(run, problem);
	else if (judge_web(run) == CHECK_WAITING)
		return CHECK_WAITING;
	if (run->fields.records == 0)
		finding_record(run->out, "%s",
		    record_text(run->arena, run->fields.meant->data,
			run->fields.meant->len));
	else
		finding_record(run->out, "%s%s",
		    record_texts(
			run->arena, run->txt, is_record, RECORD_BETWEEN),
		    policy_text(run));
	return CHECK_DONE;
}

static enum check_state
mta_sts_run(
    struct facts *facts, const struct subject *subject, struct findings *out)
{
	struct run run = {
		.facts = facts,
		.subject = subject,
		.out = out,
		.arena = out->arena,
		.remarks.arena = out->arena,
	};

	if (record_find(&run) == CHECK_WAITING)
		return CHECK_WAITING;
	return judge(&run);
}

const struct check check_mta_sts = {
	.name = "mta_sts",
	.subject = SUBJECT_DOMAIN,
	.interval_s = 3600,
	.run = mta_sts_run,
};
