/* ptr: forward-confirmed reverse DNS of one address (RFC 8601 2.7.3). */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "checks/generic.h"
#include "checks/list.h"
#include "checks/record.h"
#include "sendtop/text.h"

/* Receivers stop reading here; so does RFC 7208 4.6.4 for its ptr. */
enum { NAMES_MAX = 10 };

struct tally {
	const char *confirmed; /* the best name that leads back, or NULL */
	bool generic;          /* every such name is a pool's */
	bool waiting;
	const char *unsure; /* a name that could not be looked up */
	enum dns_outcome outcome;
};

/* An MX host need not send: what a sender must have is good style there. */
static enum verdict
failure(const struct subject *subject)
{
	return subject->is_mx ? VERDICT_NOTE : VERDICT_FAIL;
}

static enum dns_type
forward_type(const struct address *address)
{
	return address->family == 4 ? DNS_A : DNS_AAAA;
}

static void
confirm_one(struct tally *t, struct facts *facts, const char *name,
    const struct address *address)
{
	switch (facts_host_has(facts, name, address)) {
	case 1:
		if (t->confirmed == NULL || t->generic) {
			t->confirmed = name;
			t->generic = generic_name(name, address);
		}
		break;
	case 0:
		break;
	case -1:
		t->waiting = true;
		break;
	default:
		t->unsure = name;
		t->outcome =
		    facts_dns(facts, name, forward_type(address))->outcome;
	}
}

static size_t
names_read(const struct dns_answer *names)
{
	return names->count < NAMES_MAX ? names->count : NAMES_MAX;
}

static const char *
name_at(const struct dns_answer *names, size_t i)
{
	const char *name = (const char *)names->records[i].data;

	return name[0] != '\0' ? name : ".";
}

/* Asks for the addresses of every name at once, so one round answers all. */
static struct tally
confirm(struct facts *facts, const struct dns_answer *names,
    const struct address *address)
{
	struct tally t = { .confirmed = NULL };
	size_t i;

	for (i = 0; i < names_read(names); i++)
		confirm_one(&t, facts, name_at(names, i), address);
	return t;
}

/* Whether any of the names has an address at all: 1 yes, 0 no, -1 wait. */
static int
any_address(struct facts *facts, const struct dns_answer *names)
{
	static const enum dns_type types[] = { DNS_A, DNS_AAAA };
	const struct dns_answer *a;
	bool waiting = false;
	size_t i;

	for (i = 0; i < names_read(names) * 2; i++) {
		a = facts_dns(facts, name_at(names, i / 2), types[i % 2]);
		if (a == NULL)
			waiting = true;
		else if (a->outcome == DNS_OK)
			return 1;
	}
	return waiting ? -1 : 0;
}

static enum check_state
denied(struct facts *facts, const struct subject *subject, struct findings *out,
    const struct dns_answer *names)
{
	char address[ADDRESS_TEXT_SIZE];
	const char *first = name_at(names, 0);
	int any = any_address(facts, names);

	if (any < 0)
		return CHECK_WAITING;
	if (any > 0)
		finding(out, failure(subject), "mismatch",
		    "%s%s does not resolve back to this address", first,
		    names->count > 1 ? " (and every other name)" : "");
	else
		finding(out, failure(subject), "dangling", "%s has no address",
		    first);
	address_text(subject->address, address);
	if (strcmp(first, ".") != 0)
		finding_cure(out, "%s. IN %s %s", first,
		    subject->address->family == 4 ? "A" : "AAAA", address);
	return CHECK_DONE;
}

/* Where the PTR is to be published: behind the alias of a zone that is shared
 * out in parts (RFC 2317).  NULL: wait. */
static const char *
owner(struct facts *facts, const char *reverse, const struct dns_answer *names)
{
	const struct dns_answer *alias;

	if (!names->cname)
		return reverse;
	alias = facts_dns(facts, reverse, DNS_CNAME);
	if (alias == NULL)
		return NULL;
	return alias->outcome == DNS_OK ? (const char *)alias->records[0].data
					: reverse;
}

static enum check_state
missing(
    const struct subject *subject, struct findings *out, const char *reverse)
{
	char address[ADDRESS_TEXT_SIZE];
	const char *host = subject->domain;

	finding(
	    out, failure(subject), "missing", "%s has no PTR record", reverse);
	if (subject->mx_host != NULL) {
		finding_cure(out, "%s. IN PTR %s.", reverse, subject->mx_host);
		return CHECK_DONE;
	}
	address_text(subject->address, address);
	finding_cure(out, "%s. IN PTR mail.%s. ; with mail.%s. IN %s %s",
	    reverse, host, host, subject->address->family == 4 ? "A" : "AAAA",
	    address);
	return CHECK_DONE;
}

static enum check_state
confirmed(const struct subject *subject, struct findings *out,
    const struct dns_answer *names, const struct tally *t, const char *reverse)
{
	if (names->count > NAMES_MAX)
		return finding(out, VERDICT_NOTE, "too_many",
		    "%zu names, of which receivers read %d; %s leads back",
		    names->count, NAMES_MAX, t->confirmed);
	if (!t->generic)
		return finding(out, VERDICT_PASS, "ok", "%s", t->confirmed);
	finding(out, VERDICT_NOTE, "generic",
	    "%s looks like a name from a pool, which receivers distrust",
	    t->confirmed);
	if (subject->mx_host == NULL)
		finding_cure(out, "%s. IN PTR mail.%s. ; was %s.", reverse,
		    subject->domain, t->confirmed);
	else if (!text_equal_nocase(subject->mx_host, t->confirmed))
		finding_cure(out, "%s. IN PTR %s. ; was %s.", reverse,
		    subject->mx_host, t->confirmed);
	return CHECK_DONE;
}

static enum check_state
judge(struct facts *facts, const struct subject *subject, struct findings *out,
    const struct dns_answer *names, const char *at)
{
	struct tally t;

	t = confirm(facts, names, subject->address);
	if (t.waiting)
		return CHECK_WAITING;
	if (t.confirmed != NULL)
		return confirmed(subject, out, names, &t, at);
	if (t.unsure != NULL)
		return finding_unknown(out, t.outcome, t.unsure);
	return denied(facts, subject, out, names);
}

static enum check_state
ptr_run(
    struct facts *facts, const struct subject *subject, struct findings *out)
{
	char reverse[ADDRESS_REVERSE_SIZE];
	const struct dns_answer *names;
	const char *at;

	address_reverse(subject->address, reverse);
	names = facts_dns(facts, reverse, DNS_PTR);
	if (names == NULL)
		return CHECK_WAITING;
	if (names->outcome != DNS_OK && names->outcome != DNS_NONE)
		return finding_unknown(out, names->outcome, reverse);
	at = owner(facts, reverse, names);
	if (at == NULL)
		return CHECK_WAITING;
	if (names->outcome == DNS_NONE)
		return missing(subject, out, at);
	if (judge(facts, subject, out, names, at) == CHECK_WAITING)
		return CHECK_WAITING;
	if (names->count <= NAMES_MAX)
		finding_record(
		    out, "%s", record_texts(out->arena, names, NULL, ", "));
	return CHECK_DONE;
}

const struct check check_ptr = {
	.name = "ptr",
	.subject = SUBJECT_ADDRESS,
	.interval_s = 3600,
	.run = ptr_run,
};
