/* dnsbl: whether public blocklists list a sending address or the domain. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "checks/list.h"
#include "checks/record.h"
#include "sendtop/org.h"
#include "sendtop/settings.h"
#include "sendtop/text.h"

enum {
	CODES_MAX = 8,  /* return codes told */
	TEXTS_MAX = 3,  /* reasons told */
	TEXT_MAX = 160, /* octets of one */
	NAMES_MAX = 2,  /* the domain, and the one it is registered under */
};

/* What is asked of a list: who is meant, and the two entries by which a list
 * shows that it works (RFC 5782 5). */
struct query {
	const char *shown;    /* the address or domain for people */
	const char *owner;    /* as a name below the list */
	const char *listed;   /* every list has this entry */
	const char *unlisted; /* and none may have this */
	bool v6;
};

/* The questions to a list. */
enum {
	LISTED,
	UNLISTED,
	OWN,
	ANSWERS,
};

/* What one list says. */
struct answer {
	enum verdict verdict;
	const char *reason;
	const char *detail;
	enum dns_outcome outcome; /* when the verdict is unknown */
};

/* --- one list ------------------------------------------------------------- */

static const struct dns_answer *
ask(struct facts *facts, const char *owner, const char *zone,
    enum dns_type type)
{
	char name[DNS_NAME_SIZE];

	record_name(name, "%s.%s", owner, zone);
	return facts_dns(facts, name, type);
}

/* Whether any of the addresses begins with these octets. */
static bool
has(const struct dns_answer *a, const char *octets, size_t len)
{
	size_t i;

	for (i = 0; i < a->count; i++)
		if (a->records[i].len == 4 &&
		    memcmp(a->records[i].data, octets, len) == 0)
			return true;
	return false;
}

/* A list that will not serve this resolver says so by an error, by codes that
 * stand for nothing else, or, as some do, by 127.0.0.1. */
static bool
refuses(const struct dns_answer *a)
{
	return a->outcome == DNS_REFUSED || has(a, "\177\377\377", 3) ||
	    has(a, "\177\0\0\1", 4);
}

/* Listings are addresses in 127/8; others come from a parked domain, or from
 * a resolver that makes up answers (RFC 5782 2.1). */
static bool
strange(const struct dns_answer *a)
{
	size_t i;

	for (i = 0; i < a->count; i++)
		if (a->records[i].len != 4 || a->records[i].data[0] != 127)
			return true;
	return false;
}

static int
by_octets(const void *a, const void *b)
{
	const struct dns_record *x = a, *y = b;
	size_t len = x->len < y->len ? x->len : y->len;
	int order = len > 0 ? memcmp(x->data, y->data, len) : 0;

	if (order != 0)
		return order;
	return x->len < y->len ? -1 : x->len > y->len;
}

/* Copies the first records in an order of our own: a resolver's changes. */
static size_t
sorted(const struct dns_answer *a, struct dns_record *out, size_t max)
{
	size_t count = a->count < max ? a->count : max;

	if (count > 0)
		memcpy(out, a->records, count * sizeof(*out));
	qsort(out, count, sizeof(*out), by_octets);
	return count;
}

static const char *
listing_text(struct arena *arena, const struct dns_answer *codes,
    const struct dns_answer *texts, int64_t weight)
{
	struct dns_record records[CODES_MAX];
	struct address address = { .family = 4 };
	char text[ADDRESS_TEXT_SIZE];
	struct buf buf = { 0 };
	char *result;
	size_t i, count;

	count = sorted(codes, records, CODES_MAX);
	for (i = 0; i < count; i++) {
		memcpy(address.bytes, records[i].data, 4);
		buf_printf(&buf, "%s%s", i > 0 ? ", " : "",
		    address_text(&address, text));
	}
	count = sorted(texts, records, TEXTS_MAX);
	for (i = 0; i < count; i++)
		buf_printf(&buf, "%s%s", i > 0 ? "; " : ": ",
		    text_printable_arena(
			arena, records[i].data, records[i].len, TEXT_MAX));
	buf_printf(&buf, " (weight %lld)", (long long)weight);
	result = arena_dup(arena, buf.data);
	buf_free(&buf);
	return result;
}

static void
tell(struct answer *out, enum verdict verdict, const char *reason,
    const char *detail)
{
	out->verdict = verdict;
	out->reason = reason;
	out->detail = detail;
}

/* A question that has not ended well, or NULL. */
static const struct dns_answer *
first_untold(const struct dns_answer *const answers[ANSWERS])
{
	size_t i;

	for (i = 0; i < ANSWERS; i++)
		if (answers[i]->outcome != DNS_OK &&
		    answers[i]->outcome != DNS_NONE)
			return answers[i];
	return NULL;
}

static bool
any(const struct dns_answer *const answers[ANSWERS],
    bool (*is)(const struct dns_answer *))
{
	size_t i;

	for (i = 0; i < ANSWERS; i++)
		if (is(answers[i]))
			return true;
	return false;
}

/* What keeps the list from being believed; false when nothing does. */
static bool
unfit(const struct query *query, const struct dns_answer *const answers[],
    struct answer *out)
{
	const struct dns_answer *failed = first_untold(answers);

	if (any(answers, refuses)) {
		tell(out, VERDICT_SKIP, "refused",
		    "the list does not serve this resolver: use one of your "
		    "own, or ask the list for access");
	} else if (failed != NULL) {
		out->verdict = VERDICT_UNKNOWN;
		out->outcome = failed->outcome;
	} else if (any(answers, strange)) {
		tell(out, VERDICT_SKIP, "broken",
		    "answers addresses outside 127.0.0.0/8: the list is gone, "
		    "or the resolver makes answers up");
	} else if (answers[UNLISTED]->outcome == DNS_OK) {
		tell(out, VERDICT_SKIP, "broken",
		    "lists its test entry that must never be listed, so it "
		    "lists everything");
	} else if (answers[LISTED]->outcome == DNS_NONE && query->v6) {
		tell(out, VERDICT_SKIP, "no_ipv6",
		    "the list has no test entry for IPv6, so it is silent "
		    "about such addresses");
	} else if (answers[LISTED]->outcome == DNS_NONE) {
		tell(out, VERDICT_SKIP, "broken",
		    "does not list its test entry that must always be "
		    "listed: the list is gone or empty");
	} else {
		return false;
	}
	return true;
}

/* Asks all three at once, and for the reason once there is a listing. */
static enum check_state
consult(struct facts *facts, const struct query *query,
    const struct settings_zone *zone, struct arena *arena, struct answer *out)
{
	const struct dns_answer *const answers[ANSWERS] = {
		[LISTED] = ask(facts, query->listed, zone->name, DNS_A),
		[UNLISTED] = ask(facts, query->unlisted, zone->name, DNS_A),
		[OWN] = ask(facts, query->owner, zone->name, DNS_A),
	};
	const struct dns_answer *text;
	const char *detail;

	if (answers[LISTED] == NULL || answers[UNLISTED] == NULL ||
	    answers[OWN] == NULL)
		return CHECK_WAITING;
	if (unfit(query, answers, out))
		return CHECK_DONE;
	if (answers[OWN]->outcome == DNS_NONE) {
		tell(out, VERDICT_PASS, "ok", "not listed");
		return CHECK_DONE;
	}
	text = ask(facts, query->owner, zone->name, DNS_TXT);
	if (text == NULL)
		return CHECK_WAITING;
	detail = listing_text(arena, answers[OWN], text, zone->weight);
	if (zone->weight > 0)
		tell(out, VERDICT_FAIL, "listed", detail);
	else
		tell(out, VERDICT_NOTE, "listed", detail);
	return CHECK_DONE;
}

/* --- all lists ------------------------------------------------------------ */

static void
report(struct findings *out, const struct query *query,
    const struct settings_zone *zone, const struct answer *answer)
{
	const char *subject = arena_printf(
	    out->arena, "%s @ %s", query->shown, zone->name);

	if (answer->verdict == VERDICT_UNKNOWN)
		finding_unknown_on(out, subject, answer->outcome, zone->name);
	else
		finding_on(out, subject, answer->verdict, answer->reason, "%s",
		    answer->detail);
}

static enum check_state
consult_all(struct facts *facts, const struct settings_zones *lists,
    const struct query *queries, size_t count, struct findings *out)
{
	struct answer *answers = arena_alloc(
	    out->arena, (lists->count * count + 1) * sizeof(*answers));
	enum check_state state = CHECK_DONE;
	size_t i, n = lists->count;

	for (i = 0; i < n * count; i++)
		if (consult(facts, &queries[i / n], &lists->items[i % n],
			out->arena, &answers[i]) == CHECK_WAITING)
			state = CHECK_WAITING;
	for (i = 0; state == CHECK_DONE && i < n * count; i++)
		report(out, &queries[i / n], &lists->items[i % n], &answers[i]);
	return state;
}

/* The octets or nibbles of an address, last first, without the arpa zone. */
static const char *
reversed(struct arena *arena, const struct address *address)
{
	char name[ADDRESS_REVERSE_SIZE];
	size_t len;

	address_reverse(address, name);
	len = strlen(name) -
	    strlen(address->family == 4 ? ".in-addr.arpa" : ".ip6.arpa");
	return arena_ndup(arena, name, len);
}

static enum check_state
by_address(
    struct facts *facts, const struct subject *subject, struct findings *out)
{
	bool v6 = subject->address->family == 6;
	const char *special = address_special(subject->address);
	char text[ADDRESS_TEXT_SIZE];
	struct query query = { .v6 = v6 };
	struct address test;

	if (special != NULL && !subject->allow_private)
		return finding(out, VERDICT_SKIP, "special",
		    "a %s address is on no public list", special);
	query.shown = arena_dup(
	    out->arena, address_text(subject->address, text));
	query.owner = reversed(out->arena, subject->address);
	query.listed = "2.0.0.127";
	query.unlisted = "1.0.0.127";
	if (v6 && address_parse("::ffff:7f00:2", &test)) {
		query.listed = reversed(out->arena, &test);
		test.bytes[15] = 1;
		query.unlisted = reversed(out->arena, &test);
	}
	return consult_all(facts, subject->lists, &query, 1, out);
}

/* Some lists know whole registrations only, so that one is asked too. */
static enum check_state
by_domain(
    struct facts *facts, const struct subject *subject, struct findings *out)
{
	char registered[ORG_NAME_SIZE];
	struct query queries[NAMES_MAX] = {
		{ subject->domain, subject->domain, "test", "invalid", false },
	};
	const char *dot = strchr(subject->domain, '.');
	size_t count = 1;

	/* Two labels are a registration, or a suffix that nobody owns. */
	if (dot != NULL && strchr(dot + 1, '.') != NULL &&
	    org_registrable(subject->domain, registered) &&
	    !text_equal_nocase(registered, subject->domain)) {
		queries[1] = queries[0];
		queries[1].shown = queries[1].owner = registered;
		count = 2;
	}
	return consult_all(facts, subject->lists, queries, count, out);
}

static enum check_state
dnsbl_run(
    struct facts *facts, const struct subject *subject, struct findings *out)
{
	if (subject->lists == NULL || subject->lists->count == 0)
		return CHECK_DONE;
	return subject->address != NULL ? by_address(facts, subject, out)
					: by_domain(facts, subject, out);
}

const struct check check_dnsbl = {
	.name = "dnsbl",
	.subject = SUBJECT_LISTED,
	.interval_s = 3600,
	.run = dnsbl_run,
};
