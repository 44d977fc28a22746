/* dane: whether an MX host's TLSA records fit what it shows (RFC 7672). */
/* SPDX-License-Identifier: MIT */
#include "checks/dane.h"

#include <string.h>

#include "checks/list.h"
#include "checks/record.h"
#include "checks/secure.h"
#include "checks/session.h"
#include "sendtop/dane.h"

enum {
	SHOWN = 22,  /* octets of a record that fits */
	WAS_MAX = 4, /* records that do not, named with the cure */
	TOLD_MAX = 8 /* records whose changes are told */
};

struct dane_run {
	struct facts *facts;
	const struct subject *subject;
	char name[DNS_NAME_SIZE]; /* of the records */
	const struct dns_answer *tlsa;
	const struct dns_answer *host; /* its address records */
	const struct smtp_session *session;
	enum secure resolver;
	enum dns_outcome outcome; /* why resolver is untold */
};

/* Asks for all at once: the session is wanted by other checks anyhow. */
static enum check_state
collect(
    struct dane_run *run, struct facts *facts, const struct subject *subject)
{
	*run = (struct dane_run){ .facts = facts, .subject = subject };
	record_name(run->name, "_25._tcp.%s", subject->host);
	run->tlsa = facts_dns(facts, run->name, DNS_TLSA);
	run->host = facts_dns(facts, subject->host,
	    subject->address->family == 4 ? DNS_A : DNS_AAAA);
	run->resolver = secure_resolver(facts, &run->outcome);
	run->session = session_find(facts, subject);
	return run->tlsa == NULL || run->host == NULL ||
		run->resolver == SECURE_WAIT || run->session == NULL
	    ? CHECK_WAITING
	    : CHECK_DONE;
}

/* Senders go by TLSA records only when they, and the host's addresses, come
 * with signatures that hold (RFC 7672 2.2.1). */
static bool
applies(const struct dane_run *run)
{
	return run->tlsa->outcome == DNS_OK && run->tlsa->authentic &&
	    run->host->authentic;
}

static void
match(const struct dane_run *run, struct dane_match *out)
{
	const struct smtp_session *s = run->session;

	dane_match(run->tlsa, s->chain, s->chain_len, run->subject->host,
	    run->subject->domain, run->subject->now_s, out);
}

/* --- reports -------------------------------------------------------------- */

static enum check_state
failed(const struct dane_run *run, struct findings *out)
{
	const char *host = run->subject->host;

	switch (secure_bogus(run->facts, run->name, DNS_TLSA)) {
	case SECURE_WAIT:
		return CHECK_WAITING;
	case SECURE_YES:
		return finding_on(out, host, VERDICT_FAIL, "bogus",
		    "the signatures at %s do not hold: senders that look for "
		    "TLSA records hold the mail back",
		    run->name);
	default:
		return finding_unknown_on(out, host, DNS_SERVFAIL, run->name);
	}
}

/* Where its records have to be published. */
static const char *
owner(const struct dane_run *run)
{
	return run->tlsa->owner != NULL ? run->tlsa->owner : run->name;
}

/* The record that fits what the host shows, in the place of those there. */
static void
cure(const struct dane_run *run, struct findings *out)
{
	char record[DANE_TEXT_SIZE], was[DANE_TEXT_SIZE];
	const char *all = "";
	size_t i;

	if (!dane_record(run->session->chain, run->session->chain_len, record))
		return;
	for (i = 0; i < run->tlsa->count && i < WAS_MAX; i++)
		all = arena_printf(out->arena, "%s%s%s", all,
		    i > 0 ? " and " : "",
		    dane_text(&run->tlsa->records[i], was));
	finding_cure(out, "%s. IN TLSA %s ; was %s%s", owner(run), record, all,
	    run->tlsa->count > WAS_MAX ? " and more" : "");
}

/* A record for a host whose zone is signed and which shows a certificate. */
static enum check_state
none(const struct dane_run *run, struct findings *out)
{
	char record[DANE_TEXT_SIZE];

	finding_on(out, run->subject->host, VERDICT_NOTE, "none",
	    "there is no TLSA record at %s", run->name);
	if (run->host->authentic &&
	    dane_record(run->session->chain, run->session->chain_len, record))
		finding_cure(out, "%s. IN TLSA %s", owner(run), record);
	return CHECK_DONE;
}

static enum check_state
ignored(const struct dane_run *run, struct findings *out)
{
	const char *host = run->subject->host;

	if (run->resolver == SECURE_UNTOLD)
		return finding_unknown_on(out, host, run->outcome, "the root");
	if (run->resolver == SECURE_NO)
		return finding_on(out, host, VERDICT_SKIP, "no_validation",
		    "there are TLSA records, but whether they are signed "
		    "cannot be told: %s",
		    secure_doubt);
	return finding_on(out, host, VERDICT_WARN, "insecure",
	    "%s not signed (DNSSEC), so senders do not look at the TLSA "
	    "records",
	    run->tlsa->authentic ? "the host's addresses are" : "they are");
}

static enum check_state
mismatch(const struct dane_run *run, const struct dane_match *found,
    struct findings *out)
{
	finding_on(out, run->subject->host, VERDICT_FAIL, "mismatch",
	    "none of %u usable TLSA records fits the certificate (%s): senders "
	    "that look at them hold the mail back",
	    found->usable, found->why);
	cure(run, out);
	return CHECK_DONE;
}

static enum check_state
unusable(const struct dane_run *run, struct findings *out)
{
	finding_on(out, run->subject->host, VERDICT_FAIL, "unusable",
	    "none of the %zu TLSA records can be used for mail: it takes usage "
	    "2 or 3, selector 0 or 1 and matching 0, 1 or 2, with data to fit",
	    run->tlsa->count);
	cure(run, out);
	return CHECK_DONE;
}

/* A domain whose own MX record is not signed can be led elsewhere, so most
 * senders then leave DANE alone (RFC 7672 2.2.1). */
static enum check_state
fits(const struct dane_run *run, const struct dane_match *found,
    struct findings *out)
{
	const struct dns_answer *mx = facts_dns(
	    run->facts, run->subject->domain, DNS_MX);

	if (mx == NULL)
		return CHECK_WAITING;
	return finding_on(out, run->subject->host, VERDICT_PASS, "ok",
	    "TLSA %.*s%s fits%s", SHOWN, found->record,
	    strlen(found->record) > SHOWN ? "..." : "",
	    mx->authentic ? ""
			  : ", but the domain's MX record is not signed, so "
			    "few senders will look at it");
}

static enum check_state
judge(const struct dane_run *run, struct findings *out)
{
	const char *host = run->subject->host;
	struct dane_match found;

	match(run, &found);
	if (found.fit == DANE_UNUSABLE)
		return unusable(run, out);
	if (session_failed(run->session, out, host))
		return CHECK_DONE;
	if (run->session->starttls == STARTTLS_TIMEOUT ||
	    run->session->starttls == STARTTLS_RESET) {
		session_untold(run->session, out, host);
		return CHECK_DONE;
	}
	if (run->session->starttls != STARTTLS_OK)
		return finding_on(out, host, VERDICT_FAIL, "no_tls",
		    "the TLSA records promise TLS, which the server does not "
		    "give: senders that look at them hold the mail back; see "
		    "starttls");
	if (found.fit == DANE_UNTOLD)
		return finding_unknown_on(out, host, DNS_MALFORMED, run->name);
	return found.fit == DANE_FITS ? fits(run, &found, out)
				      : mismatch(run, &found, out);
}

/* In an order of their own: name servers may turn theirs. */
static const char *
records_text(const struct dane_run *run, struct arena *arena)
{
	char text[DANE_TEXT_SIZE];
	const char *texts[TOLD_MAX], *all = "";
	size_t count = run->tlsa->count < TOLD_MAX ? run->tlsa->count
						   : TOLD_MAX;
	size_t i, k;

	for (i = 0; i < count; i++) {
		dane_text(&run->tlsa->records[i], text);
		for (k = i; k > 0 && strcmp(text, texts[k - 1]) < 0; k--)
			texts[k] = texts[k - 1];
		texts[k] = arena_dup(arena, text);
	}
	for (i = 0; i < count; i++)
		all = arena_printf(
		    arena, "%s%s%s", all, i > 0 ? ", " : "", texts[i]);
	return all;
}

static enum check_state
there(const struct dane_run *run, struct findings *out)
{
	size_t before = out->count;
	enum check_state state = applies(run) ? judge(run, out)
					      : ignored(run, out);

	if (out->count > before &&
	    out->items[out->count - 1].verdict != VERDICT_UNKNOWN)
		finding_record(out, "%s", records_text(run, out->arena));
	return state;
}

static enum check_state
dane_check_run(
    struct facts *facts, const struct subject *subject, struct findings *out)
{
	struct dane_run run;

	if (collect(&run, facts, subject) == CHECK_WAITING)
		return CHECK_WAITING;
	switch (run.tlsa->outcome) {
	case DNS_OK:
		return there(&run, out);
	case DNS_NONE:
		return none(&run, out);
	case DNS_SERVFAIL:
		return failed(&run, out);
	default:
		return finding_unknown_on(
		    out, subject->host, run.tlsa->outcome, run.name);
	}
}

enum check_state
dane_refuses(struct facts *facts, const struct subject *subject, bool *refuses)
{
	struct dane_match found;
	struct dane_run run;

	*refuses = false;
	if (collect(&run, facts, subject) == CHECK_WAITING)
		return CHECK_WAITING;
	if (!applies(&run) || run.session->starttls != STARTTLS_OK)
		return CHECK_DONE;
	match(&run, &found);
	*refuses = found.fit == DANE_MISFITS;
	return CHECK_DONE;
}

const struct check check_dane = {
	.name = "dane",
	.subject = SUBJECT_MX,
	.interval_s = 6 * 3600,
	.run = dane_check_run,
};
