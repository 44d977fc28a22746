/* The mechanisms of SPF that look at the client: RFC 7208 section 5. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "checks/spf_eval.h"

enum { SHOWN_MAX = 4 }; /* addresses or hosts named in the trail */

static bool
record_address(
    const struct dns_record *record, unsigned family, struct address *out)
{
	size_t len = family == 6 ? 16 : 4;

	memset(out, 0, sizeof(*out));
	if (record->len != len)
		return false;
	out->family = (uint8_t)family;
	memcpy(out->bytes, record->data, len);
	return true;
}

static void
tell_more(struct spf_told *told, size_t shown, size_t count)
{
	if (count > shown)
		buf_printf(&told->answer, " and %zu more", count - shown);
}

static void
tell_addresses(
    struct spf_told *told, const struct dns_answer *answer, unsigned family)
{
	char text[ADDRESS_TEXT_SIZE];
	struct address address;
	size_t i;

	for (i = 0; i < answer->count && i < SHOWN_MAX; i++)
		if (record_address(&answer->records[i], family, &address))
			buf_printf(&told->answer, "%s%s", i > 0 ? ", " : "",
			    address_text(&address, text));
	tell_more(told, i, answer->count);
}

/* A term that names one address today could name it without a look-up. */
static void
tell_cheaper(struct spf_told *told, const struct dns_answer *answer,
    unsigned family, unsigned bits)
{
	char text[ADDRESS_TEXT_SIZE];
	struct address address;

	if (answer->count != 1 || bits != (family == 6 ? 128U : 32U) ||
	    !record_address(&answer->records[0], family, &address))
		return;
	snprintf(told->cheaper, sizeof(told->cheaper), "ip%u:%s", family,
	    address_text(&address, text));
}

static bool
holds(const struct dns_answer *answer, const struct address *ip, unsigned bits)
{
	struct address address;
	size_t i;

	for (i = 0; i < answer->count; i++)
		if (record_address(&answer->records[i], ip->family, &address) &&
		    address_in(ip, &address, bits))
			return true;
	return false;
}

/* A term whose question had an empty answer (RFC 7208 4.6.4). */
static enum spf_match
count_void(struct spf_eval *e)
{
	if (++e->voids <= SPF_VOIDS_MAX)
		return SPF_NO_MATCH;
	return spf_permerror(e, "more than %d void look-ups", SPF_VOIDS_MAX);
}

static unsigned
prefix(const struct spf_eval *e, const struct spf_term *term)
{
	return e->values.ip.family == 6 ? term->bits6 : term->bits4;
}

static enum dns_type
address_type(const struct spf_eval *e)
{
	return e->values.ip.family == 6 ? DNS_AAAA : DNS_A;
}

static const char *
address_word(const struct spf_eval *e)
{
	return e->values.ip.family == 6 ? "AAAA" : "A";
}

static enum spf_match
match_a(struct spf_eval *e, const struct spf_term *term, const char *name,
    struct spf_told *told)
{
	const struct dns_answer *answer;
	unsigned bits = prefix(e, term);
	enum spf_match got;

	got = spf_ask(e, name, address_type(e), &answer);
	if (got == SPF_NO_MATCH) {
		buf_printf(&told->answer, "no %s record", address_word(e));
		return count_void(e);
	}
	if (got != SPF_MATCH)
		return got;
	tell_addresses(told, answer, e->values.ip.family);
	tell_cheaper(told, answer, e->values.ip.family, bits);
	return holds(answer, &e->values.ip, bits) ? SPF_MATCH : SPF_NO_MATCH;
}

/* Asks for the addresses of all hosts at once, and reads what came in order.
 * *found counts the hosts that have an address. */
static enum spf_match
match_hosts(struct spf_eval *e, const struct dns_answer *mx, unsigned bits,
    const struct dns_answer **last, size_t *found)
{
	enum spf_match result = SPF_NO_MATCH;
	const struct dns_answer *answer;
	bool waiting = false;
	size_t i;

	for (i = 0; i < mx->count; i++) {
		const char *host = (const char *)mx->records[i].data;

		/* "MX 0 ." says that there is no mail host: RFC 7505. */
		if (host[0] == '\0' || strcmp(host, ".") == 0)
			continue;
		answer = facts_dns(e->facts, host, address_type(e));
		if (answer == NULL)
			waiting = true;
		if (answer == NULL || result != SPF_NO_MATCH)
			continue;
		result = spf_ask(e, host, address_type(e), &answer);
		if (result != SPF_MATCH)
			continue;
		++*found;
		*last = answer;
		if (!holds(answer, &e->values.ip, bits))
			result = SPF_NO_MATCH;
	}
	return waiting ? SPF_WAIT : result;
}

static enum spf_match
match_mx(struct spf_eval *e, const struct spf_term *term, const char *name,
    struct spf_told *told)
{
	const struct dns_answer *mx, *last = NULL;
	unsigned bits = prefix(e, term);
	enum spf_match got;
	size_t i, found = 0;

	got = spf_ask(e, name, DNS_MX, &mx);
	if (got == SPF_NO_MATCH) {
		buf_str(&told->answer, "no MX record");
		return count_void(e);
	}
	if (got != SPF_MATCH)
		return got;
	if (mx->count > SPF_HOSTS_MAX)
		return spf_permerror(e, "%s has %zu MX hosts, more than %d",
		    name, mx->count, SPF_HOSTS_MAX);
	for (i = 0; i < mx->count && i < SHOWN_MAX; i++)
		buf_printf(&told->answer, "%s%s", i > 0 ? ", " : "",
		    (const char *)mx->records[i].data);
	tell_more(told, i, mx->count);
	got = match_hosts(e, mx, bits, &last, &found);
	if (got == SPF_NO_MATCH && found == 0)
		return count_void(e);
	if (mx->count == 1 && last != NULL)
		tell_cheaper(told, last, e->values.ip.family, bits);
	return got;
}

/* The names of the client's PTR records whose addresses include it: the first
 * ten, errors ignored (RFC 7208 5.5, 4.6.4). */
static enum spf_match
find_hosts(struct spf_eval *e)
{
	char reverse[ADDRESS_REVERSE_SIZE];
	const struct dns_answer *names;
	bool waiting = false;
	size_t i;

	if (e->hosts_known)
		return SPF_MATCH;
	address_reverse(&e->values.ip, reverse);
	names = facts_dns(e->facts, reverse, DNS_PTR);
	if (names == NULL)
		return SPF_WAIT;
	if (e->hosts == NULL)
		e->hosts = arena_alloc(
		    e->arena, SPF_HOSTS_MAX * sizeof(*e->hosts));
	e->hosts_void = names->outcome == DNS_NONE;
	for (i = 0; i < names->count && i < SPF_HOSTS_MAX; i++) {
		const char *host = (const char *)names->records[i].data;

		if (!spf_name_octets(e->hosts[e->host_count], host))
			continue;
		switch (facts_host_has(e->facts, host, &e->values.ip)) {
		case 1:
			e->host_count++;
			break;
		case -1:
			waiting = true;
			break;
		default:
			break;
		}
	}
	if (waiting) {
		e->host_count = 0;
		return SPF_WAIT;
	}
	e->hosts_known = true;
	return SPF_MATCH;
}

static enum spf_match
match_ptr(struct spf_eval *e, const char *name, struct spf_told *told)
{
	struct buf *answer = &told->answer;
	size_t i;

	if (find_hosts(e) == SPF_WAIT)
		return SPF_WAIT;
	for (i = 0; i < e->host_count; i++) {
		buf_printf(answer, "%s%s", i > 0 ? ", " : "", e->hosts[i]);
		if (spf_name_within(e->hosts[i], name))
			return SPF_MATCH;
	}
	if (e->host_count == 0)
		buf_str(answer, "no confirmed PTR name");
	return e->hosts_void ? count_void(e) : SPF_NO_MATCH;
}

static enum spf_match
match_exists(struct spf_eval *e, const char *name, struct spf_told *told)
{
	const struct dns_answer *answer;
	enum spf_match got = spf_ask(e, name, DNS_A, &answer);

	if (got == SPF_NO_MATCH) {
		buf_str(&told->answer, "no A record");
		return count_void(e);
	}
	if (got == SPF_MATCH)
		tell_addresses(told, answer, 4);
	return got;
}

static enum spf_match
match_net(const struct spf_eval *e, const struct spf_term *term)
{
	unsigned bits = term->net.family == 6 ? term->bits6 : term->bits4;

	return address_in(&e->values.ip, &term->net, bits) ? SPF_MATCH
							   : SPF_NO_MATCH;
}

/* %{p}: the record's own domain, else a name below it, else any. */
static void
choose_validated(struct spf_eval *e)
{
	char domain[SPF_NAME_SIZE];
	const char *best = NULL;
	unsigned rank = 0;
	size_t i;

	spf_name_fit(domain, e->values.domain.s, e->values.domain.len);
	for (i = 0; i < e->host_count; i++) {
		bool within = spf_name_within(e->hosts[i], domain);
		unsigned r = !within                        ? 1
		    : strlen(e->hosts[i]) == strlen(domain) ? 3
							    : 2;

		if (r > rank) {
			rank = r;
			best = e->hosts[i];
		}
	}
	e->values.validated = best;
}

enum spf_match
spf_prepare(struct spf_eval *e, struct spf_span text)
{
	if (!spf_macros_beyond(text, "slodihvcrt"))
		return SPF_MATCH;
	if (find_hosts(e) == SPF_WAIT)
		return SPF_WAIT;
	choose_validated(e);
	return SPF_MATCH;
}

enum spf_match
spf_target(struct spf_eval *e, struct spf_span spec, char out[SPF_NAME_SIZE])
{
	bool ok;

	if (spec.len == 0)
		ok = spf_name_fit(
		    out, e->values.domain.s, e->values.domain.len);
	else if (spf_prepare(e, spec) == SPF_WAIT)
		return SPF_WAIT;
	else
		ok = spf_spec_expand(spec, &e->values, out);
	return ok ? SPF_MATCH : SPF_NO_MATCH;
}

enum spf_match
spf_mechanism(
    struct spf_eval *e, const struct spf_term *term, struct spf_told *told)
{
	char octets[SPF_NAME_SIZE], name[DNS_NAME_SIZE];
	enum spf_match got;

	if (term->kind == SPF_TERM_ALL)
		return SPF_MATCH;
	if (term->kind == SPF_TERM_IP4 || term->kind == SPF_TERM_IP6)
		return match_net(e, term);
	got = spf_target(e, term->spec, octets);
	if (got == SPF_NO_MATCH)
		buf_str(&told->answer, "not a domain name, never asked");
	if (got != SPF_MATCH)
		return got;
	spf_name_text(name, octets, strlen(octets));
	switch (term->kind) {
	case SPF_TERM_A:
		return match_a(e, term, name, told);
	case SPF_TERM_MX:
		return match_mx(e, term, name, told);
	case SPF_TERM_PTR:
		return match_ptr(e, octets, told);
	default:
		return match_exists(e, name, told);
	}
}
