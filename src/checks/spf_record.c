/* The grammar of SPF records: RFC 7208 section 12, errors with position. */
/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "checks/spf_parts.h"

enum argument {
	ARG_NONE,
	ARG_DOMAIN,     /* required */
	ARG_MAYBE,      /* a domain or nothing */
	ARG_MAYBE_CIDR, /* the same with prefix lengths */
	ARG_NET,        /* an address with a prefix length */
};

static const struct mechanism {
	const char *name;
	enum spf_kind kind;
	enum argument argument;
} mechanisms[] = {
	{ "all", SPF_TERM_ALL, ARG_NONE },
	{ "include", SPF_TERM_INCLUDE, ARG_DOMAIN },
	{ "a", SPF_TERM_A, ARG_MAYBE_CIDR },
	{ "mx", SPF_TERM_MX, ARG_MAYBE_CIDR },
	{ "ptr", SPF_TERM_PTR, ARG_MAYBE },
	{ "ip4", SPF_TERM_IP4, ARG_NET },
	{ "ip6", SPF_TERM_IP6, ARG_NET },
	{ "exists", SPF_TERM_EXISTS, ARG_DOMAIN },
};

static const char version[] = "v=spf1";
enum { VERSION_LEN = sizeof(version) - 1 };

static bool fault_at(struct spf_fault *fault, size_t at, const char *why, ...)
    PRINTF(3, 4);

static bool
fault_at(struct spf_fault *fault, size_t at, const char *why, ...)
{
	va_list ap;

	fault->at = at;
	va_start(ap, why);
	vsnprintf(fault->why, sizeof(fault->why), why, ap);
	va_end(ap);
	return false;
}

static bool
is_name(char c)
{
	return spf_is_alpha(c) || spf_is_digit(c) || c == '-' || c == '_' ||
	    c == '.';
}

static bool
equal_nocase(struct spf_span span, const char *word)
{
	size_t i;

	for (i = 0; i < span.len && word[i] != '\0'; i++)
		if ((spf_is_alpha(span.s[i]) ? span.s[i] | 0x20 : span.s[i]) !=
		    word[i])
			return false;
	return i == span.len && word[i] == '\0';
}

bool
spf_mechanism_meant(struct spf_span term)
{
	const char *equals = memchr(term.s, '=', term.len);
	size_t i;

	if (equals == NULL)
		return false;
	term.len = (size_t)(equals - term.s);
	for (i = 0; i < sizeof(mechanisms) / sizeof(mechanisms[0]); i++)
		if (mechanisms[i].argument != ARG_NONE &&
		    equal_nocase(term, mechanisms[i].name))
			return true;
	return false;
}

static struct spf_span
skip(struct spf_span span, size_t n)
{
	span.s += n;
	span.len -= n;
	return span;
}

static bool
is_record(const uint8_t *data, size_t len)
{
	struct spf_span head = { (const char *)data, VERSION_LEN };

	if (len < VERSION_LEN || !equal_nocase(head, version))
		return false;
	return len == VERSION_LEN || data[VERSION_LEN] == ' ';
}

size_t
spf_record_select(const struct dns_answer *answer, struct spf_span *out)
{
	size_t i, count = 0;

	for (i = 0; i < answer->count; i++) {
		const struct dns_record *record = &answer->records[i];

		if (!is_record(record->data, record->len))
			continue;
		if (count++ == 0) {
			out->s = (const char *)record->data;
			out->len = record->len;
		}
	}
	return count;
}

bool
spf_term_asks(const struct spf_term *term)
{
	switch (term->kind) {
	case SPF_TERM_INCLUDE:
	case SPF_TERM_A:
	case SPF_TERM_MX:
	case SPF_TERM_PTR:
	case SPF_TERM_EXISTS:
	case SPF_TERM_REDIRECT:
		return true;
	default:
		return false;
	}
}

/* Takes "/24" off the end of *rest, or "//64" if twice. 1 taken, 0 nothing
 * there, -1 a fault. */
static int
take_prefix(struct spf_span *rest, bool twice, unsigned max, unsigned *bits,
    size_t at, struct spf_fault *fault)
{
	size_t digits = rest->len, slashes = twice ? 2 : 1, i;
	unsigned value = 0;

	while (digits > 0 && spf_is_digit(rest->s[digits - 1]))
		digits--;
	if (digits == rest->len || digits < slashes ||
	    rest->s[digits - 1] != '/' || (twice && rest->s[digits - 2] != '/'))
		return 0;
	for (i = digits; i < rest->len && value <= max; i++)
		value = value * 10 + (unsigned)(rest->s[i] - '0');
	if (value > max || (rest->s[digits] == '0' && rest->len > digits + 1)) {
		fault_at(fault, at + digits,
		    "the prefix length must be 0 to %u without leading zeros",
		    max);
		return -1;
	}
	*bits = value;
	rest->len = digits - slashes;
	return 1;
}

/* dual-cidr-length at the end of a or mx. */
static bool
take_dual_prefix(struct spf_span *rest, struct spf_term *term, size_t at,
    struct spf_fault *fault)
{
	if (take_prefix(rest, true, 128, &term->bits6, at, fault) < 0)
		return false;
	return take_prefix(rest, false, 32, &term->bits4, at, fault) >= 0;
}

static bool
parse_domain(struct spf_span rest, bool required, struct spf_term *term,
    size_t at, struct spf_fault *fault)
{
	if (rest.len == 0 && !required)
		return true;
	if (rest.len == 0)
		return fault_at(fault, at, "a colon and a domain must follow");
	if (rest.s[0] != ':')
		return fault_at(
		    fault, at, "\"%c\" cannot stand here", rest.s[0]);
	term->spec = skip(rest, 1);
	return spf_spec_ok(term->spec, at + 1, fault);
}

static bool
parse_net(struct spf_span rest, struct spf_term *term, size_t at,
    struct spf_fault *fault)
{
	bool v6 = term->kind == SPF_TERM_IP6;
	unsigned *bits = v6 ? &term->bits6 : &term->bits4;
	char text[ADDRESS_TEXT_SIZE];

	if (take_prefix(&rest, false, *bits, bits, at, fault) < 0)
		return false;
	if (rest.len > 0 && rest.s[0] == ':')
		rest = skip(rest, 1);
	else
		return fault_at(
		    fault, at, "a colon and an address must follow");
	if (rest.len >= sizeof(text))
		return fault_at(fault, at + 1, "not an address");
	memcpy(text, rest.s, rest.len);
	text[rest.len] = '\0';
	if (!address_parse(text, &term->net) ||
	    term->net.family != (v6 ? 6 : 4))
		return fault_at(
		    fault, at + 1, "not an IPv%d address", v6 ? 6 : 4);
	return true;
}

static bool
parse_argument(enum argument argument, struct spf_span rest,
    struct spf_term *term, size_t at, struct spf_fault *fault)
{
	switch (argument) {
	case ARG_NONE:
		if (rest.len > 0)
			return fault_at(fault, at, "nothing may follow");
		return true;
	case ARG_MAYBE_CIDR:
		return take_dual_prefix(&rest, term, at, fault) &&
		    parse_domain(rest, false, term, at, fault);
	case ARG_NET:
		return parse_net(rest, term, at, fault);
	default:
		return parse_domain(
		    rest, argument == ARG_DOMAIN, term, at, fault);
	}
}

static bool
parse_directive(struct spf_span text, struct spf_term *term, size_t at,
    struct spf_fault *fault)
{
	static const char signs[] = "+-~?";
	static const enum spf_result results[] = { SPF_PASS, SPF_FAIL,
		SPF_SOFTFAIL, SPF_NEUTRAL };
	const char *sign = text.s[0] != '\0' ? strchr(signs, text.s[0]) : NULL;
	struct spf_span name;
	size_t i;

	term->qualifier = sign ? results[sign - signs] : SPF_PASS;
	name = skip(text, sign ? 1 : 0);
	text = name;
	for (i = 0; i < text.len && text.s[i] != ':' && text.s[i] != '/'; i++)
		continue;
	name.len = i;
	if (sign != NULL)
		at++;
	for (i = 0; i < sizeof(mechanisms) / sizeof(mechanisms[0]); i++) {
		if (!equal_nocase(name, mechanisms[i].name))
			continue;
		term->kind = mechanisms[i].kind;
		return parse_argument(mechanisms[i].argument,
		    skip(text, name.len), term, at + name.len, fault);
	}
	return fault_at(fault, at, "unknown mechanism");
}

static bool
parse_modifier(struct spf_span text, size_t name_len, struct spf_term *term,
    size_t at, struct spf_fault *fault)
{
	struct spf_span name = { text.s, name_len };

	if (name_len == 0 || !spf_is_alpha(text.s[0]))
		return fault_at(
		    fault, at, "the name of a modifier starts with a letter");
	term->spec = skip(text, name_len + 1);
	at += name_len + 1;
	if (equal_nocase(name, "redirect"))
		term->kind = SPF_TERM_REDIRECT;
	else if (equal_nocase(name, "exp"))
		term->kind = SPF_TERM_EXP;
	else {
		term->kind = SPF_TERM_UNKNOWN;
		return spf_macros_ok(term->spec, true, at, fault);
	}
	return spf_spec_ok(term->spec, at, fault);
}

int
spf_record_next(struct spf_span text, size_t *pos, struct spf_term *term,
    struct spf_fault *fault)
{
	size_t i, name = 0;
	bool ok;

	if (*pos < VERSION_LEN)
		*pos = VERSION_LEN;
	while (*pos < text.len && text.s[*pos] == ' ')
		++*pos;
	if (*pos >= text.len)
		return 0;
	for (i = *pos; i < text.len && text.s[i] != ' '; i++)
		if (text.s[i] < 0x21 || text.s[i] > 0x7e) {
			fault_at(fault, i, "octet 0x%02x is not allowed",
			    (unsigned)(unsigned char)text.s[i]);
			return -1;
		}
	memset(term, 0, sizeof(*term));
	term->text.s = text.s + *pos;
	term->text.len = i - *pos;
	term->bits4 = 32;
	term->bits6 = 128;
	while (name < term->text.len && is_name(term->text.s[name]))
		name++;
	if (name < term->text.len && term->text.s[name] == '=')
		ok = parse_modifier(term->text, name, term, *pos, fault);
	else
		ok = parse_directive(term->text, term, *pos, fault);
	*pos = i;
	return ok ? 1 : -1;
}

/* Modifiers that may stand once only, and the first all. */
static bool
note_term(struct spf_record *record, const struct spf_term *term, size_t at,
    struct spf_fault *fault)
{
	if (term->kind == SPF_TERM_ALL && !record->has_all) {
		record->has_all = true;
		record->all = *term;
	} else if (term->kind == SPF_TERM_REDIRECT) {
		if (record->has_redirect)
			return fault_at(fault, at, "a second redirect=");
		record->has_redirect = true;
		record->redirect = *term;
	} else if (term->kind == SPF_TERM_EXP) {
		if (record->has_exp)
			return fault_at(fault, at, "a second exp=");
		record->has_exp = true;
		record->exp = *term;
	}
	return true;
}

static void
keep_term(struct spf_record *record, const struct spf_term *term, size_t end)
{
	if (record->term_count == SPF_TERMS_KEPT)
		return;
	record->terms[record->term_count++] = *term;
	record->rest = end;
}

bool
spf_record_parse(
    struct spf_span text, struct spf_record *out, struct spf_fault *fault)
{
	struct spf_term term;
	size_t pos = 0;
	int got;

	memset(out, 0, offsetof(struct spf_record, terms));
	fault->at = 0;
	fault->why[0] = '\0';
	out->text = text;
	while ((got = spf_record_next(text, &pos, &term, fault)) > 0) {
		keep_term(out, &term, pos);
		if (!note_term(
			out, &term, (size_t)(term.text.s - text.s), fault))
			return false;
	}
	return got == 0;
}

const struct spf_term *
spf_walk_next(struct spf_walk *walk)
{
	const struct spf_record *record = walk->record;

	if (walk->next < record->term_count)
		return &record->terms[walk->next++];
	if (walk->pos < record->rest)
		walk->pos = record->rest;
	return spf_record_next(
		   record->text, &walk->pos, &walk->term, &walk->fault) > 0
	    ? &walk->term
	    : NULL;
}
