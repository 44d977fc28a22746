/* helo: the name a sending address says in EHLO, against DNS (RFC 5321 2.3.5). */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "checks/list.h"
#include "sendtop/text.h"

/* A name of at least two labels of letters, digits and hyphens (RFC 1123 2.1);
 * an address in brackets is allowed by RFC 5321 4.1.3, but no name. */
static bool
is_host_name(const char *name)
{
	size_t len = strlen(name), label = 0;
	bool dot = false;

	if (len == 0 || len > 253)
		return false;
	for (size_t i = 0; i <= len; i++) {
		char c = name[i];

		if (c == '.' || c == '\0') {
			if (label == 0 || label > 63 || name[i - 1] == '-')
				return false;
			dot = dot || c == '.';
			label = 0;
			continue;
		}
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			(c >= '0' && c <= '9') || (c == '-' && label > 0)))
			return false;
		label++;
	}
	return dot;
}

static bool
same_name(const char *a, const char *b)
{
	return text_equal_nocase(a, b);
}

/* Whether one of the PTR names is the one said. */
static bool
among(const struct dns_answer *names, const char *helo)
{
	for (size_t i = 0; i < names->count; i++)
		if (same_name((const char *)names->records[i].data, helo))
			return true;
	return false;
}

/* The name leads back; that the PTR says another is a matter of style. */
static enum check_state
compare(const struct dns_answer *names, const char *reverse, const char *helo,
    struct findings *out)
{
	if (names->outcome != DNS_OK && names->outcome != DNS_NONE)
		return finding_unknown(out, names->outcome, reverse);
	if (names->outcome == DNS_NONE)
		return finding(out, VERDICT_NOTE, "not_ptr",
		    "says %s, and the address has no PTR record", helo);
	if (!among(names, helo))
		return finding(out, VERDICT_NOTE, "not_ptr",
		    "says %s, and its PTR is %s", helo,
		    (const char *)names->records[0].data);
	return finding(out, VERDICT_PASS, "ok", "%s", helo);
}

static enum check_state
unlike(struct facts *facts, const struct subject *subject, struct findings *out)
{
	static const enum dns_type types[] = { DNS_A, DNS_AAAA };
	const char *helo = subject->helo;
	char address[ADDRESS_TEXT_SIZE];
	const struct dns_answer *a[2];

	for (size_t i = 0; i < 2; i++)
		a[i] = facts_dns(facts, helo, types[i]);
	if (a[0] == NULL || a[1] == NULL)
		return CHECK_WAITING;
	if (a[0]->outcome == DNS_OK || a[1]->outcome == DNS_OK)
		return finding(out, VERDICT_NOTE, "mismatch",
		    "says %s, which does not resolve to this address", helo);
	for (size_t i = 0; i < 2; i++)
		if (a[i]->outcome != DNS_NONE)
			return finding_unknown(out, a[i]->outcome, helo);
	finding(out, VERDICT_WARN, "dangling", "says %s, which has no address",
	    helo);
	address_text(subject->address, address);
	finding_cure(out, "%s. IN %s %s", helo,
	    subject->address->family == 4 ? "A" : "AAAA", address);
	return CHECK_DONE;
}

static enum check_state
helo_run(
    struct facts *facts, const struct subject *subject, struct findings *out)
{
	char reverse[ADDRESS_REVERSE_SIZE];
	const struct dns_answer *names;
	const char *helo = subject->helo;
	enum dns_type type;
	int has;

	if (helo == NULL)
		return CHECK_DONE;
	if (!is_host_name(helo))
		return finding(out, VERDICT_WARN, "syntax",
		    "says \"%s\", which is no complete host name", helo);
	address_reverse(subject->address, reverse);
	names = facts_dns(facts, reverse, DNS_PTR);
	has = facts_host_has(facts, helo, subject->address);
	if (names == NULL || has == -1)
		return CHECK_WAITING;
	if (has == 1)
		return compare(names, reverse, helo, out);
	if (has == 0)
		return unlike(facts, subject, out);
	type = subject->address->family == 4 ? DNS_A : DNS_AAAA;
	return finding_unknown(
	    out, facts_dns(facts, helo, type)->outcome, helo);
}

const struct check check_helo = {
	.name = "helo",
	.subject = SUBJECT_SENDER,
	.interval_s = 3600,
	.run = helo_run,
};
