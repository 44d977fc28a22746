/* The parts of SPF that only its own files see: names, records, macros. */
/* SPDX-License-Identifier: MIT */
#ifndef CHECKS_SPF_PARTS_H
#define CHECKS_SPF_PARTS_H

#include "sendtop/mem.h"
#include "sendtop/spf.h"

enum {
	SPF_LOOKUPS_MAX = 10, /* DNS terms of one evaluation, RFC 7208 4.6.4 */
	SPF_VOIDS_MAX = 2,
	SPF_HOSTS_MAX = 10, /* names of one mx, one ptr, one %{p} */
	SPF_NAME_MAX = 253,
	SPF_NAME_SIZE = 256,
	SPF_SENDER_MAX = 1024, /* local part, @ and domain together */
	SPF_EXPLANATION_MAX = 4096,
	SPF_TERM_SHOWN = 240, /* octets of a term that people see */
	SPF_TERMS_KEPT = 16,  /* terms of a record read once only */
};

/* Octets that belong to somebody else. */
struct spf_span {
	const char *s;
	size_t len;
};

static inline bool
spf_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool
spf_is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* --- names: octets as in a record, text with escapes as in facts -------- */

/* Whether octets are a domain name that check_host() goes on with: two labels
 * at least, each 1..63 octets, 253 in all, no final dot (RFC 7208 4.3). */
bool spf_name_ok(const char *name, size_t len);

/* The text form that facts are asked in; name is at most SPF_NAME_MAX. */
char *spf_name_text(char out[DNS_NAME_SIZE], const char *name, size_t len);

/* Back to octets; false for a name that a macro could not carry unchanged: a
 * dot or a NUL inside a label, or more than SPF_NAME_MAX octets. */
bool spf_name_octets(char out[SPF_NAME_SIZE], const char *text);

/* Whether name is domain or lies below it, without regard to case. */
bool spf_name_within(const char *name, const char *domain);

/* Copies into out without a final dot and, when longer than SPF_NAME_MAX,
 * without as many left labels as that takes (RFC 7208 7.3).  False when what
 * is left is not spf_name_ok. */
bool spf_name_fit(char out[SPF_NAME_SIZE], const char *name, size_t len);

/* --- records: the grammar of RFC 7208 12 -------------------------------- */

enum spf_kind {
	SPF_TERM_ALL,
	SPF_TERM_INCLUDE,
	SPF_TERM_A,
	SPF_TERM_MX,
	SPF_TERM_PTR,
	SPF_TERM_IP4,
	SPF_TERM_IP6,
	SPF_TERM_EXISTS,
	SPF_TERM_REDIRECT,
	SPF_TERM_EXP,
	SPF_TERM_UNKNOWN, /* a modifier of another name */
};

struct spf_term {
	enum spf_kind kind;
	enum spf_result qualifier; /* of mechanisms */
	struct spf_span text;      /* as written */
	struct spf_span spec;      /* domain-spec; empty: none */
	struct address net;        /* ip4, ip6 */
	unsigned bits4, bits6;
};

/* Where a record breaks its grammar, and how. */
struct spf_fault {
	size_t at; /* octet, from 0 */
	char why[96];
};

struct spf_record {
	struct spf_span text;
	bool has_all, has_redirect, has_exp;
	struct spf_term all, redirect, exp; /* all: the first */
	/* The first terms as they were read, and where the others begin. */
	size_t term_count, rest;
	struct spf_term terms[SPF_TERMS_KEPT];
};

/* The terms of a record one after the other, up to one that is broken. */
struct spf_walk {
	const struct spf_record *record;
	size_t next, pos;
	struct spf_term term;
	struct spf_fault fault;
};

/* How many SPF records an answer holds (RFC 7208 4.5); *out is the first. */
size_t spf_record_select(const struct dns_answer *answer, struct spf_span *out);

/* Reads the whole record; false with *fault filled. */
bool spf_record_parse(
    struct spf_span text, struct spf_record *out, struct spf_fault *fault);

/* A record that was read, whether it is good, and if not why. */
struct spf_read {
	bool good;
	struct spf_fault fault;
	struct spf_record record;
};

/* Reads a record, unless it is on the shelf already; it stays there as long as
 * the shelf's arena.  Without a shelf, and where it takes no more, it is in the
 * arena, and the text is borrowed. */
const struct spf_read *spf_read(
    struct spf_shelf *shelf, struct arena *arena, struct spf_span text);

/* The next term of a record: 1, 0 at its end, -1 with *fault filled.  Start
 * with *pos = 0. */
int spf_record_next(struct spf_span text, size_t *pos, struct spf_term *term,
    struct spf_fault *fault);

/* The next term; NULL behind the last.  Start with a walk that has a record
 * and nothing else. */
const struct spf_term *spf_walk_next(struct spf_walk *walk);

/* Whether a modifier is a mechanism's name with "=" in the place of ":". */
bool spf_mechanism_meant(struct spf_span term);

/* Whether a term counts among the ten. */
bool spf_term_asks(const struct spf_term *term);

/* --- macros: RFC 7208 7 ------------------------------------------------- */

/* What the letters stand for; octets. */
struct spf_values {
	struct spf_span local, sender_domain, domain, helo;
	struct address ip;
	const char *validated; /* %{p}; NULL: "unknown" */
	const char *receiver;  /* %{r}; NULL: "unknown" */
	int64_t now_s;
};

/* Whether text is a domain-spec; *fault counts from base. */
bool spf_spec_ok(struct spf_span text, size_t base, struct spf_fault *fault);
/* Whether text is a macro-string; explain allows %{c}, %{r}, %{t}. */
bool spf_macros_ok(
    struct spf_span text, bool explain, size_t base, struct spf_fault *fault);
/* Whether a valid macro-string uses a letter other than those listed. */
bool spf_macros_beyond(struct spf_span text, const char *letters);

/* Expands a valid macro-string at the end of out. */
void spf_macros_expand(
    struct spf_span text, const struct spf_values *values, struct buf *out);
/* Expands a valid domain-spec to a name; false as spf_name_fit. */
bool spf_spec_expand(struct spf_span spec, const struct spf_values *values,
    char out[SPF_NAME_SIZE]);

#endif
