/* Whether the receivers of a domain's aggregate reports take them. */
/* SPDX-License-Identifier: MIT */
#include "checks/reports.h"

#include <string.h>

#include "checks/record.h"
#include "sendtop/org.h"

enum permission {
	PERMITTED,
	DENIED,
	UNTOLD,
	WAITING,
};

/* Whose the two names are by the public suffix list: only a forecast, so that
 * the permission is asked for in the same round as the tree walk. */
static bool
surely_foreign(const char *a, const char *b)
{
	char org_a[ORG_NAME_SIZE], org_b[ORG_NAME_SIZE];

	return org_registrable(a, org_a) && org_registrable(b, org_b) &&
	    strcmp(org_a, org_b) != 0;
}

static enum permission
permission_read(const struct dns_answer *a)
{
	size_t i;

	if (a == NULL)
		return WAITING;
	if (a->outcome == DNS_NONE || a->outcome == DNS_BAD_NAME)
		return DENIED;
	if (a->outcome != DNS_OK)
		return UNTOLD;
	for (i = 0; i < a->count; i++)
		if (dmarc_is_record(&a->records[i]))
			return PERMITTED;
	return DENIED;
}

static const struct dns_answer *
permission_ask(struct facts *facts, const char *domain, const char *host)
{
	char name[DNS_NAME_SIZE];

	record_name(name, "%s._report._dmarc.%s", domain, host);
	return facts_dns(facts, name, DNS_TXT);
}

/* Whether both walks end at one organizational domain: 1, 0, -1 waiting, -2
 * cannot be told. */
static int
same_org(const struct dmarc_walk *a, const struct dmarc_walk *b)
{
	if (a->waiting || b->waiting)
		return -1;
	if (a->failed != NULL || b->failed != NULL)
		return -2;
	return strcmp(dmarc_walk_org(a), dmarc_walk_org(b)) == 0;
}

static enum permission
host_ask(struct facts *facts, const char *domain, const char *host,
    const struct dmarc_walk *own, enum dns_outcome *outcome)
{
	struct dmarc_walk walk;
	const struct dns_answer *a;
	enum permission permission;
	int same;

	dmarc_walk(facts, host, &walk);
	if (surely_foreign(domain, host))
		permission_ask(facts, domain, host);
	same = same_org(own, &walk);
	if (same == 1)
		return PERMITTED;
	if (same == -1)
		return WAITING;
	a = permission_ask(facts, domain, host);
	permission = permission_read(a);
	if (permission == UNTOLD) {
		*outcome = a->outcome;
	} else if (permission == DENIED && same == -2) {
		*outcome = own->failed != NULL ? own->failed->answer->outcome
					       : walk.failed->answer->outcome;
		return UNTOLD;
	}
	return permission;
}

static void
host_note(struct reports *out, struct arena *arena, const char *host,
    enum permission permission, enum dns_outcome outcome)
{
	if (permission == DENIED && out->denied == NULL) {
		out->denied = out->denied_first = host;
	} else if (permission == DENIED) {
		out->denied = arena_printf(arena, "%s, %s", out->denied, host);
	} else if (permission == UNTOLD) {
		out->untold = host;
		out->outcome = outcome;
	}
}

enum check_state
reports_find(struct facts *facts, struct dmarc_record *record,
    const char *domain, struct arena *arena, struct reports *out)
{
	enum check_state state = CHECK_DONE;
	enum dns_outcome outcome = DNS_OK;
	struct dmarc_walk own;
	size_t i;

	memset(out, 0, sizeof(*out));
	out->domain = domain;
	dmarc_rua_read(record, arena, &out->rua);
	if (out->rua.host_count == 0)
		return CHECK_DONE;
	dmarc_walk(facts, domain, &own);
	for (i = 0; i < out->rua.host_count; i++) {
		const char *host = out->rua.hosts[i];
		enum permission permission;

		if (strcmp(host, domain) == 0)
			continue;
		permission = host_ask(facts, domain, host, &own, &outcome);
		if (permission == WAITING)
			state = CHECK_WAITING;
		host_note(out, arena, host, permission, outcome);
	}
	return state;
}

void
reports_remark_bad(const struct reports *reports, struct remarks *remarks,
    const char *rua_cure)
{
	char name[DNS_NAME_SIZE];

	if (reports->denied != NULL) {
		record_name(name, "%s._report._dmarc.%s", reports->domain,
		    reports->denied_first);
		remark(remarks, VERDICT_WARN, "report_unauthorised",
		    record_txt(remarks->arena, name, "v=DMARC1", NULL),
		    "reports are not sent: %s does not say that it takes "
		    "them for %s",
		    reports->denied, reports->domain);
	}
	if (reports->rua.invalid != NULL)
		remark(remarks, VERDICT_WARN, "bad_tag", rua_cure,
		    "rua= has \"%s\", which is no mailto: address",
		    reports->rua.invalid);
}

void
reports_remark_untold(const struct reports *reports, struct remarks *remarks)
{
	if (reports->untold != NULL)
		remark(remarks, VERDICT_PASS, "report_untold", NULL,
		    "whether %s takes the reports cannot be told (%s)",
		    reports->untold,
		    reports->outcome == DNS_TIMEOUT ? "no answer in time"
						    : "DNS fails");
}
