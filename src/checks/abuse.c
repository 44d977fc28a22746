/* abuse: where complaints about the domain's mail go (RFC 2142). */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "checks/list.h"
#include "checks/record.h"
#include "sendtop/text.h"

enum { CONTACTS_MAX = 8 };

/* The registry answers postmaster@ for a domain it knows nothing about. */
static bool
is_default(const char *contact)
{
	return text_starts_nocase(contact, "postmaster@");
}

static int
by_text(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

/* What looks like an address, in an order of our own. */
static size_t
contacts_read(const struct dns_answer *answer, struct arena *arena,
    const char *contacts[CONTACTS_MAX])
{
	size_t count = 0, i;

	for (i = 0; i < answer->count && count < CONTACTS_MAX; i++) {
		const struct dns_record *r = &answer->records[i];

		if (r->len > 0 && memchr(r->data, '@', r->len) != NULL)
			contacts[count++] = record_quote(
			    arena, r->data, r->len);
	}
	if (count > 0)
		qsort(contacts, count, sizeof(*contacts), by_text);
	return count;
}

static const char *
joined(struct arena *arena, const char *const *contacts, size_t count)
{
	const char *list = contacts[0];
	size_t i;

	for (i = 1; i < count; i++)
		list = arena_printf(arena, "%s, %s", list, contacts[i]);
	return list;
}

static enum check_state
judge(const struct dns_answer *answer, const struct subject *subject,
    struct findings *out)
{
	const char *contacts[CONTACTS_MAX];
	size_t count = contacts_read(answer, out->arena, contacts);

	if (count == 0)
		return finding(out, VERDICT_NOTE, "missing",
		    "%s knows no address for complaints; keep abuse@%s and "
		    "postmaster@%s read (RFC 2142), and register them",
		    subject->abuse_zone, subject->domain, subject->domain);
	if (count == 1 && is_default(contacts[0]))
		return finding(out, VERDICT_NOTE, "default_only",
		    "%s knows only %s, its guess for any domain; keep abuse@%s "
		    "read too (RFC 2142), and register it",
		    subject->abuse_zone, contacts[0], subject->domain);
	return finding(out, VERDICT_PASS, "ok", "complaints go to %s",
	    joined(out->arena, contacts, count));
}

static enum check_state
abuse_run(
    struct facts *facts, const struct subject *subject, struct findings *out)
{
	const struct dns_answer *answer;
	char name[DNS_NAME_SIZE];

	if (subject->abuse_zone == NULL || subject->abuse_zone[0] == '\0')
		return CHECK_DONE;
	record_name(name, "%s.%s", subject->domain, subject->abuse_zone);
	answer = facts_dns(facts, name, DNS_TXT);
	if (answer == NULL)
		return CHECK_WAITING;
	if (answer->outcome != DNS_OK && answer->outcome != DNS_NONE)
		return finding_unknown(out, answer->outcome, name);
	return judge(answer, subject, out);
}

const struct check check_abuse = {
	.name = "abuse",
	.subject = SUBJECT_DOMAIN,
	.interval_s = 24 * 3600,
	.run = abuse_run,
};
