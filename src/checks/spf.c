/* check_host(): RFC 7208 section 4, restarted until no fact is missing. */
/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checks/spf_eval.h"
#include "sendtop/org.h"
#include "sendtop/text.h"

static enum spf_match check_domain(
    struct spf_eval *e, const char *domain, enum spf_result *result);

const char *
spf_result_name(enum spf_result result)
{
	static const char *const names[] = { "none", "neutral", "pass", "fail",
		"softfail", "temperror", "permerror" };

	return names[result];
}

enum spf_match
spf_permerror(struct spf_eval *e, const char *fmt, ...)
{
	char raw[SPF_PROBLEM_SIZE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	text_printable(e->problem, sizeof(e->problem), raw, strlen(raw));
	e->error = SPF_PERMERROR;
	return SPF_STOP;
}

static const char *
outcome_words(enum dns_outcome outcome)
{
	switch (outcome) {
	case DNS_SERVFAIL:
		return "the server failed (SERVFAIL)";
	case DNS_REFUSED:
		return "the server refused";
	case DNS_TIMEOUT:
		return "no answer in time";
	case DNS_UNREACHABLE:
		return "no resolver could be reached";
	default:
		return "the answer made no sense";
	}
}

static const char *
type_word(enum dns_type type)
{
	switch (type) {
	case DNS_A:
		return "A";
	case DNS_AAAA:
		return "AAAA";
	case DNS_MX:
		return "MX";
	default:
		return "TXT";
	}
}

enum spf_match
spf_temperror(struct spf_eval *e, enum dns_outcome outcome, const char *name,
    enum dns_type type)
{
	spf_permerror(
	    e, "%s %s: %s", name, type_word(type), outcome_words(outcome));
	e->error = SPF_TEMPERROR;
	e->dns = outcome;
	snprintf(e->dns_name, sizeof(e->dns_name), "%s", name);
	return SPF_STOP;
}

enum spf_match
spf_ask(struct spf_eval *e, const char *name, enum dns_type type,
    const struct dns_answer **out)
{
	*out = facts_dns(e->facts, name, type);
	if (*out == NULL)
		return SPF_WAIT;
	switch ((*out)->outcome) {
	case DNS_OK:
		return SPF_MATCH;
	case DNS_NONE:
	case DNS_BAD_NAME:
		return SPF_NO_MATCH;
	default:
		return spf_temperror(e, (*out)->outcome, name, type);
	}
}

/* --- the trail ----------------------------------------------------------- */

static void
step_name(
    struct spf_eval *e, struct spf_step *step, const struct spf_term *term)
{
	step->depth = e->depth;
	step->domain = text_printable_arena(
	    e->arena, e->values.domain.s, e->values.domain.len, SPF_NAME_SIZE);
	step->term = text_printable_arena(
	    e->arena, term->text.s, term->text.len, SPF_TERM_SHOWN);
	step->lookups = e->lookups;
	step->answer = step->cheaper = "";
	step->matched = false;
}

/* Past the bound the last place is written again, so that what matched is in
 * the trail whatever went before. */
size_t
spf_step_begin(struct spf_eval *e, const struct spf_term *term)
{
	size_t place = e->step_count;

	if (place == SPF_STEPS_MAX) {
		place--;
	} else {
		e->steps = mem_grow(
		    e->steps, place, &e->step_cap, sizeof(*e->steps));
		e->step_count++;
	}
	step_name(e, &e->steps[place], term);
	return place;
}

void
spf_step_end(struct spf_eval *e, size_t place, unsigned lookups,
    const struct spf_term *term, bool matched, const struct spf_told *told)
{
	struct spf_step *step = &e->steps[place];
	const struct buf *answer = &told->answer;

	/* Another may have been there since. */
	if (place + 1 == SPF_STEPS_MAX)
		step_name(e, step, term);
	step->lookups = lookups;
	if (answer->len > 0)
		step->answer = text_printable_arena(
		    e->arena, answer->data, answer->len, SPF_ANSWER_MAX);
	if (told->cheaper[0] != '\0')
		step->cheaper = arena_dup(e->arena, told->cheaper);
	step->matched = matched;
}

/* --- one record ---------------------------------------------------------- */

/* SPF_MATCH: a record; SPF_NO_MATCH: *result says why there is none. */
static enum spf_match
find_record(struct spf_eval *e, const char *domain,
    const struct spf_record **record, enum spf_result *result)
{
	char name[DNS_NAME_SIZE];
	const struct dns_answer *answer;
	const struct spf_read *read;
	struct spf_span text;
	enum spf_match got;
	size_t count = 0;

	spf_name_text(name, domain, strlen(domain));
	*result = SPF_NONE;
	got = spf_ask(e, name, DNS_TXT, &answer);
	if (got == SPF_MATCH)
		count = spf_record_select(answer, &text);
	if (got == SPF_STOP || got == SPF_WAIT) {
		*result = e->error;
		return got == SPF_WAIT ? got : SPF_NO_MATCH;
	}
	if (count == 0)
		return SPF_NO_MATCH;
	*result = SPF_PERMERROR;
	if (count > 1) {
		spf_permerror(e, "%s has %zu SPF records", name, count);
		return SPF_NO_MATCH;
	}
	read = spf_read(e->shelf, e->arena, text);
	*record = &read->record;
	if (read->good)
		return SPF_MATCH;
	spf_permerror(e, "the record of %s, at octet %zu: %s", name,
	    read->fault.at + 1, read->fault.why);
	return SPF_NO_MATCH;
}

/* Goes on with check_host() at the target of an include or redirect. */
static enum spf_match
descend(
    struct spf_eval *e, const struct spf_term *term, enum spf_result *result)
{
	struct spf_span domain = e->values.domain;
	char target[SPF_NAME_SIZE], shown[SPF_TERM_SHOWN];
	enum spf_match got = spf_target(e, term->spec, target);

	if (got == SPF_WAIT)
		return got;
	*result = SPF_NONE;
	if (got == SPF_MATCH) {
		e->depth++;
		got = check_domain(e, target, result);
		e->depth--;
		e->values.domain = domain;
	}
	if (got != SPF_WAIT && *result == SPF_NONE) {
		text_printable(shown, sizeof(shown), target, strlen(target));
		*result = SPF_PERMERROR;
		spf_permerror(e, "%s has no SPF record", shown);
	}
	return got;
}

static enum spf_match
match_include(
    struct spf_eval *e, const struct spf_term *term, struct spf_told *told)
{
	enum spf_result result;
	enum spf_match got;

	e->inside++;
	got = descend(e, term, &result);
	e->inside--;
	if (got == SPF_WAIT)
		return got;
	buf_str(&told->answer, spf_result_name(result));
	if (result == SPF_TEMPERROR || result == SPF_PERMERROR) {
		e->error = result;
		return SPF_STOP;
	}
	return result == SPF_PASS ? SPF_MATCH : SPF_NO_MATCH;
}

static enum spf_match
count_lookup(struct spf_eval *e, const struct spf_term *term)
{
	if (!spf_term_asks(term) || ++e->lookups <= SPF_LOOKUPS_MAX)
		return SPF_MATCH;
	return spf_permerror(e, "more than %d look-ups", SPF_LOOKUPS_MAX);
}

/* One mechanism, with its step in the trail. */
static enum spf_match
evaluate(struct spf_eval *e, const struct spf_term *term)
{
	struct spf_told told = { .answer = { .max = SPF_ANSWER_MAX } };
	enum spf_match got = count_lookup(e, term);
	unsigned lookups = e->lookups;
	size_t place = spf_step_begin(e, term);

	if (got == SPF_STOP)
		buf_str(&told.answer, "one look-up too many");
	else if (term->kind == SPF_TERM_INCLUDE)
		got = match_include(e, term, &told);
	else
		got = spf_mechanism(e, term, &told);
	if (got == SPF_STOP && told.answer.len == 0)
		buf_str(&told.answer, e->problem);
	spf_step_end(e, place, lookups, term, got == SPF_MATCH, &told);
	buf_free(&told.answer);
	return got;
}

static enum spf_match
follow_redirect(
    struct spf_eval *e, const struct spf_term *term, enum spf_result *result)
{
	enum spf_match got = count_lookup(e, term);
	size_t place = spf_step_begin(e, term);

	e->steps[place].matched = got == SPF_MATCH;
	if (got == SPF_MATCH)
		return descend(e, term, result);
	*result = e->error;
	return SPF_MATCH;
}

/* The explanation of a fail comes from the record whose mechanism matched,
 * over redirects but never out of an include (RFC 7208 6.2). */
static void
note_explanation(struct spf_eval *e, const struct spf_record *record)
{
	if (e->inside > 0 || !record->has_exp)
		return;
	e->exp = record->exp.spec;
	spf_name_fit(e->exp_domain, e->values.domain.s, e->values.domain.len);
}

static enum spf_match
evaluate_record(struct spf_eval *e, const struct spf_record *record,
    enum spf_result *result)
{
	struct spf_walk walk = { .record = record };
	const struct spf_term *term;
	enum spf_match got;

	while ((term = spf_walk_next(&walk)) != NULL) {
		if (term->kind >= SPF_TERM_REDIRECT)
			continue;
		got = evaluate(e, term);
		if (got == SPF_WAIT)
			return got;
		if (got == SPF_NO_MATCH)
			continue;
		*result = got == SPF_MATCH ? term->qualifier : e->error;
		if (*result == SPF_FAIL)
			note_explanation(e, record);
		return SPF_MATCH;
	}
	*result = SPF_NEUTRAL;
	if (record->has_redirect)
		return follow_redirect(e, &record->redirect, result);
	return SPF_MATCH;
}

/* Depth is bounded by the ten look-ups: each way down costs one.  SPF_WAIT,
 * or SPF_MATCH with the result. */
static enum spf_match
check_domain(struct spf_eval *e, const char *domain, enum spf_result *result)
{
	const struct spf_record *record;
	enum spf_match got;

	got = find_record(e, domain, &record, result);
	if (got != SPF_MATCH)
		return got == SPF_WAIT ? got : SPF_MATCH;
	e->values.domain.s = domain;
	e->values.domain.len = strlen(domain);
	return evaluate_record(e, record, result);
}

/* --- the explanation ----------------------------------------------------- */

static bool
is_explanation(struct spf_span text)
{
	struct spf_fault fault;
	size_t i;

	for (i = 0; i < text.len; i++)
		if (text.s[i] < 0x20 || text.s[i] > 0x7e)
			return false;
	return spf_macros_ok(text, true, 0, &fault);
}

/* Any trouble on the way counts as no exp= at all (RFC 7208 6.2). */
static enum spf_match
explain(struct spf_eval *e, struct buf *out)
{
	char octets[SPF_NAME_SIZE], name[DNS_NAME_SIZE];
	const struct dns_answer *answer;
	struct spf_span text;
	enum spf_match got;

	if (e->exp.len == 0)
		return SPF_NO_MATCH;
	e->values.domain.s = e->exp_domain;
	e->values.domain.len = strlen(e->exp_domain);
	got = spf_target(e, e->exp, octets);
	if (got != SPF_MATCH)
		return got;
	spf_name_text(name, octets, strlen(octets));
	answer = facts_dns(e->facts, name, DNS_TXT);
	if (answer == NULL)
		return SPF_WAIT;
	if (answer->outcome != DNS_OK || answer->count != 1)
		return SPF_NO_MATCH;
	text.s = (const char *)answer->records[0].data;
	text.len = answer->records[0].len;
	if (!is_explanation(text))
		return SPF_NO_MATCH;
	if (spf_prepare(e, text) == SPF_WAIT)
		return SPF_WAIT;
	spf_macros_expand(text, &e->values, out);
	return SPF_MATCH;
}

/* --- the request --------------------------------------------------------- */

static bool
is_ascii(const char *text)
{
	while (*text != '\0')
		if ((unsigned char)*text++ > 0x7e)
			return false;
	return true;
}

/* The domain to begin with; false: check_host() gives none at once (4.3). */
static bool
first_domain(const char *text, char out[SPF_NAME_SIZE])
{
	char ascii[ORG_NAME_SIZE];
	size_t len;

	if (!is_ascii(text)) {
		if (!org_ascii(text, ascii))
			return false;
		text = ascii;
	}
	len = strlen(text);
	if (len > 0 && text[len - 1] == '.')
		len--;
	if (text[0] == '[' || !spf_name_ok(text, len))
		return false;
	memcpy(out, text, len);
	out[len] = '\0';
	return true;
}

/* Sets the sender of e->values; *domain is where check_host() begins. */
static bool
read_request(struct spf_eval *e, const struct spf_request *request,
    char domain[SPF_NAME_SIZE])
{
	const char *from = request->mail_from, *at = strrchr(from, '@');
	struct spf_values *v = &e->values;

	v->ip = *request->ip;
	address_unmap(&v->ip);
	v->helo.s = request->helo;
	v->helo.len = strnlen(request->helo, SPF_SENDER_MAX);
	v->receiver = request->receiver;
	v->now_s = request->now_s;
	v->local.s = "postmaster";
	v->local.len = strlen(v->local.s);
	if (at != NULL && at > from) {
		v->local.s = from;
		v->local.len = (size_t)(at - from);
	}
	if (v->local.len > SPF_SENDER_MAX - SPF_NAME_SIZE)
		return false;
	if (from[0] == '\0')
		from = request->helo;
	if (!first_domain(at != NULL ? at + 1 : from, domain))
		return false;
	v->sender_domain.s = domain;
	v->sender_domain.len = strlen(domain);
	return true;
}

/* --- the outcome --------------------------------------------------------- */

static const struct spf_step *
keep_steps(const struct spf_eval *e)
{
	size_t size = e->step_count * sizeof(*e->steps);
	struct spf_step *steps = arena_alloc(e->arena, size + 1);

	if (size > 0)
		memcpy(steps, e->steps, size);
	return steps;
}

static void
keep(const struct spf_eval *e, enum spf_result result, const char *explanation,
    struct spf_outcome *out)
{
	bool failed = result == SPF_TEMPERROR || result == SPF_PERMERROR;
	struct arena *arena = e->arena;

	out->result = result;
	out->explanation = arena_dup(arena, explanation);
	out->problem = arena_dup(
	    arena, failed || result == SPF_NONE ? e->problem : "");
	out->dns = result == SPF_TEMPERROR ? e->dns : DNS_OK;
	out->dns_name = arena_dup(arena, e->dns_name);
	out->lookups = e->lookups;
	out->voids = e->voids;
	out->steps = keep_steps(e);
	out->step_count = e->step_count;
}

/* The result, and the explanation where there is one. */
static enum spf_match
run(struct spf_eval *e, const struct spf_request *request,
    enum spf_result *result, struct buf *explanation)
{
	char domain[SPF_NAME_SIZE];

	*result = SPF_NONE;
	if (!read_request(e, request, domain)) {
		spf_permerror(e, "not a sender with a domain name");
		return SPF_MATCH;
	}
	if (check_domain(e, domain, result) == SPF_WAIT)
		return SPF_WAIT;
	if (*result == SPF_NONE)
		spf_permerror(e, "%s has no SPF record", domain);
	if (*result != SPF_FAIL)
		return SPF_MATCH;
	switch (explain(e, explanation)) {
	case SPF_WAIT:
		return SPF_WAIT;
	case SPF_NO_MATCH:
		if (request->default_explanation != NULL)
			buf_str(explanation, request->default_explanation);
		break;
	default:
		break;
	}
	return SPF_MATCH;
}

enum check_state
spf_check_host(struct facts *facts, const struct spf_request *request,
    struct arena *arena, struct spf_outcome *out)
{
	struct buf explanation = { .max = SPF_EXPLANATION_MAX };
	struct spf_eval e = {
		.facts = facts, .shelf = request->shelf, .arena = arena
	};
	enum spf_result result;
	enum spf_match got;

	got = run(&e, request, &result, &explanation);
	if (got != SPF_WAIT)
		keep(&e, result, explanation.data ? explanation.data : "", out);
	buf_free(&explanation);
	free(e.steps);
	return got == SPF_WAIT ? CHECK_WAITING : CHECK_DONE;
}
