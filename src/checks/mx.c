/* mx: where mail for the domain goes, and whether it can (RFC 5321 5.1). */
/* SPDX-License-Identifier: MIT */
#include "checks/mx.h"

#include <stdio.h>
#include <string.h>

#include "checks/list.h"
#include "checks/remarks.h"
#include "sendtop/text.h"

struct mx_run {
	struct facts *facts;
	const struct subject *subject;
	struct findings *out;
	struct mx mx;
	struct remarks remarks;
};

/* The hosts of one fault, in one remark. */
struct sharers {
	struct arena *arena;
	const char *names;
	const char *first;
	unsigned first_preference;
	size_t count;
};

static const char *
shown(const char *name)
{
	return name[0] != '\0' ? name : ".";
}

static void
share(struct sharers *sharers, const struct mx_host *host)
{
	const char *name = shown(host->name);

	if (sharers->count++ == 0) {
		sharers->names = sharers->first = name;
		sharers->first_preference = host->preference;
	} else {
		sharers->names = arena_printf(
		    sharers->arena, "%s, %s", sharers->names, name);
	}
}

/* RFC 2181 10.3: whether a host has no address, some, or cannot be told. */
static enum dns_outcome
host_outcome(const struct mx_host *host)
{
	enum dns_outcome a = host->answers[0]->outcome;
	enum dns_outcome aaaa = host->answers[1]->outcome;

	if (a == DNS_OK || aaaa == DNS_OK)
		return DNS_OK;
	if (a == DNS_NONE || a == DNS_BAD_NAME)
		a = DNS_NONE;
	return a == DNS_NONE && aaaa != DNS_BAD_NAME ? aaaa : a;
}

static void
remark_dangling(struct mx_run *run)
{
	struct sharers sharers = { .arena = run->out->arena };
	struct address address;
	size_t i;

	for (i = 0; i < run->mx.count; i++)
		if (host_outcome(&run->mx.hosts[i]) == DNS_NONE)
			share(&sharers, &run->mx.hosts[i]);
	if (sharers.count == 0)
		return;
	if (address_parse(sharers.first, &address))
		remark(&run->remarks, VERDICT_FAIL, "dangling", NULL,
		    "%s is an address: an MX record must name a host",
		    sharers.names);
	else
		remark(&run->remarks, VERDICT_FAIL, "dangling", NULL,
		    "no address: %s", sharers.names);
}

/* RFC 2181 10.3: an MX record must not name an alias. */
static enum check_state
remark_cname(struct mx_run *run)
{
	struct sharers sharers = { .arena = run->out->arena };
	const struct dns_answer *target;
	const char *cure = NULL;
	size_t i;

	for (i = 0; i < run->mx.count; i++)
		if (run->mx.hosts[i].answers[0]->cname ||
		    run->mx.hosts[i].answers[1]->cname)
			share(&sharers, &run->mx.hosts[i]);
	if (sharers.count == 0 || run->mx.implicit)
		return CHECK_DONE;
	target = facts_dns(run->facts, sharers.first, DNS_CNAME);
	if (target == NULL)
		return CHECK_WAITING;
	if (target->outcome == DNS_OK)
		cure = arena_printf(run->out->arena,
		    "%s. IN MX %u %s. ; was %s.", run->subject->domain,
		    sharers.first_preference,
		    (const char *)target->records[0].data, sharers.first);
	remark(&run->remarks, VERDICT_WARN, "cname", cure,
	    "an alias, which an MX record must not name: %s", sharers.names);
	return CHECK_DONE;
}

static void
remark_unsafe(struct mx_run *run)
{
	struct sharers sharers = { .arena = run->out->arena };
	const char *first = NULL, *what;
	size_t i;

	if (run->subject->allow_private)
		return;
	for (i = 0; i < run->mx.count; i++) {
		what = mx_unsafe(&run->mx.hosts[i]);
		if (what == NULL)
			continue;
		if (first == NULL)
			first = what;
		share(&sharers, &run->mx.hosts[i]);
	}
	if (first != NULL)
		remark(&run->remarks, VERDICT_WARN, "unsafe", NULL,
		    "%s address, which is not connected to: %s", first,
		    sharers.names);
}

/* A host that cannot be told hides nothing: what is known stays worse. */
static void
report_unknown(struct mx_run *run)
{
	size_t i;

	for (i = 0; i < run->mx.count; i++) {
		enum dns_outcome outcome = host_outcome(&run->mx.hosts[i]);

		if (outcome == DNS_OK || outcome == DNS_NONE)
			continue;
		finding_unknown(run->out, outcome, run->mx.hosts[i].name);
		return;
	}
}

static enum check_state
report_missing(struct mx_run *run)
{
	enum dns_outcome outcome = host_outcome(&run->mx.hosts[0]);
	const char *domain = run->subject->domain;

	if (outcome == DNS_OK)
		remark(&run->remarks, VERDICT_NOTE, "missing", NULL,
		    "mail goes to the address of %s itself", domain);
	else if (run->mx.answer->nxdomain && !run->mx.answer->cname)
		remark(&run->remarks, VERDICT_NOTE, "missing", NULL,
		    "there is no such domain: %s", domain);
	else if (outcome == DNS_NONE)
		remark(&run->remarks, VERDICT_NOTE, "missing", NULL,
		    "%s has no address either: not even bounces reach it",
		    domain);
	else
		remark(&run->remarks, VERDICT_NOTE, "missing", NULL,
		    "whether %s itself has an address cannot be told", domain);
	return remarks_report(&run->remarks, run->out, NULL);
}

static enum check_state
report_hosts(struct mx_run *run)
{
	struct sharers sharers = { .arena = run->out->arena };
	size_t i;

	for (i = 0; i < run->mx.count; i++)
		share(&sharers, &run->mx.hosts[i]);
	return finding(run->out, VERDICT_PASS, "ok", "%s%s", sharers.names,
	    run->mx.cut ? ", and more" : "");
}

static enum check_state
judge(struct mx_run *run)
{
	size_t before = run->out->count;

	if (run->mx.null)
		return finding(run->out, VERDICT_SKIP, "null",
		    "the domain says that it takes no mail (RFC 7505)");
	if (run->mx.answer->outcome != DNS_OK &&
	    run->mx.answer->outcome != DNS_NONE)
		return finding_unknown(
		    run->out, run->mx.answer->outcome, run->subject->domain);
	if (!run->mx.implicit)
		remark_dangling(run);
	if (remark_cname(run) == CHECK_WAITING)
		return CHECK_WAITING;
	remark_unsafe(run);
	if (run->mx.implicit)
		return report_missing(run);
	if (run->remarks.count > 0)
		return remarks_report(&run->remarks, run->out, NULL);
	report_unknown(run);
	return run->out->count > before ? CHECK_DONE : report_hosts(run);
}

/* "10 mx1.example.com, 20 mx2.example.com"; none of so many that the ones
 * looked at hang on the order of the answer. */
static const char *
list_text(const struct mx_run *run)
{
	char name[DNS_NAME_SIZE];
	const char *list = run->mx.null ? "0 ." : "";
	size_t i;

	if (run->mx.implicit || run->mx.cut)
		return "";
	for (i = 0; i < run->mx.count; i++) {
		snprintf(
		    name, sizeof(name), "%s", shown(run->mx.hosts[i].name));
		text_lower(name);
		list = arena_printf(run->out->arena, "%s%s%u %s", list,
		    i > 0 ? ", " : "", run->mx.hosts[i].preference, name);
	}
	return list;
}

static enum check_state
mx_run(struct facts *facts, const struct subject *subject, struct findings *out)
{
	struct mx_run run = { .facts = facts, .subject = subject, .out = out };

	run.remarks.arena = out->arena;
	if (mx_find(facts, subject->domain, &run.mx) == CHECK_WAITING)
		return CHECK_WAITING;
	if (judge(&run) == CHECK_WAITING)
		return CHECK_WAITING;
	finding_record(out, "%s", list_text(&run));
	return CHECK_DONE;
}

const struct check check_mx = {
	.name = "mx",
	.subject = SUBJECT_DOMAIN,
	.interval_s = 3600,
	.run = mx_run,
};
