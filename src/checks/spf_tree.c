/* The whole tree of an SPF record, walked as if nothing matched. */
/* SPDX-License-Identifier: MIT */
#include "checks/spf_tree.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "checks/record.h"
#include "sendtop/text.h"

/* Wider ranges than these hold hosts of strangers. */
enum {
	RANGE_V4 = 16,
	RANGE_V6 = 32,
	DETAIL_MAX = 400,
	DEPTH_MAX = 16,
	TERM_SHOWN = 60
};

/* One record on the way down from the domain's own. */
struct frame {
	const char *domain; /* octets */
	const struct frame *parent;
	bool main; /* the own record, or reached by redirect alone */
	bool pass; /* what matches here lets the sender pass */
	unsigned depth;
};

static void walk(struct spf_tree *tree, const struct frame *frame,
    const struct spf_term *by);

static void note(struct spf_tree *tree, enum spf_trouble trouble,
    const struct frame *frame, const struct spf_term *term, const char *fmt,
    ...) PRINTF(5, 6);

/* Keeps the first of each kind. */
static void
note(struct spf_tree *tree, enum spf_trouble trouble, const struct frame *frame,
    const struct spf_term *term, const char *fmt, ...)
{
	char text[DETAIL_MAX];
	va_list ap;

	if (tree->troubles[trouble].detail != NULL)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	tree->troubles[trouble].detail = text_printable_arena(
	    tree->arena, text, strlen(text), DETAIL_MAX);
	if (frame != NULL && frame->parent == NULL && term != NULL) {
		tree->troubles[trouble].own = true;
		tree->troubles[trouble].term = *term;
	}
}

/* ", in the record of x" for all but the own record. */
static const char *
where(const struct spf_tree *tree, const struct frame *frame)
{
	if (frame->parent == NULL)
		return "";
	return arena_printf(tree->arena, " in the record of %s", frame->domain);
}

static const char *
words(const struct spf_tree *tree, const struct spf_term *term)
{
	return text_printable_arena(
	    tree->arena, term->text.s, term->text.len, SPF_TERM_SHOWN);
}

/* The answer when there is one with records; NULL when waiting, empty or
 * failed.  *none says that there is nothing for certain. */
static const struct dns_answer *
ask(struct spf_tree *tree, const char *octets, enum dns_type type, bool *none)
{
	char name[DNS_NAME_SIZE];
	const struct dns_answer *answer;

	spf_name_text(name, octets, strlen(octets));
	answer = facts_dns(tree->facts, name, type);
	*none = false;
	if (answer == NULL) {
		tree->waiting = true;
		return NULL;
	}
	if (answer->outcome == DNS_OK)
		return answer;
	*none = answer->outcome == DNS_NONE || answer->outcome == DNS_BAD_NAME;
	if (!*none && tree->error_name == NULL) {
		tree->error = answer->outcome;
		tree->error_name = arena_dup(tree->arena, name);
	}
	return NULL;
}

/* The name of a term where it is the same for every message. */
static bool
fixed_target(const struct spf_tree *tree, const struct frame *frame,
    const struct spf_term *term, char out[SPF_NAME_SIZE])
{
	struct spf_values values = { .now_s = 0 };

	values.domain.s = frame->domain;
	values.domain.len = strlen(frame->domain);
	values.sender_domain.s = tree->domain;
	values.sender_domain.len = strlen(tree->domain);
	if (term->spec.len == 0)
		return spf_name_fit(out, frame->domain, values.domain.len);
	if (spf_macros_beyond(term->spec, "do"))
		return false;
	return spf_spec_expand(term->spec, &values, out);
}

static void
count_void(struct spf_tree *tree, const struct frame *frame,
    const struct spf_term *term)
{
	if (frame->parent == NULL && tree->cost_count < SPF_TREE_COSTS)
		tree->costs[tree->cost_count].empty = true;
	tree->voids++;
	buf_printf(&tree->void_terms, "%s%s", tree->voids > 1 ? ", " : "",
	    words(tree, term));
}

/* For the costs: an a of the own record that names one address alone. */
static void
note_single(struct spf_tree *tree, const struct spf_term *term,
    const struct dns_answer *answer, unsigned family)
{
	struct spf_cost *cost = &tree->costs[tree->cost_count];
	size_t len = family == 6 ? 16 : 4;

	if (term->qualifier != SPF_PASS || answer->count != 1 ||
	    answer->records[0].len != len || term->bits4 != 32 ||
	    term->bits6 != 128)
		return;
	cost->single = true;
	cost->address.family = (uint8_t)family;
	memcpy(cost->address.bytes, answer->records[0].data, len);
}

/* An a is void for every client only when it has neither A nor AAAA. */
static void
walk_a(struct spf_tree *tree, const struct frame *frame,
    const struct spf_term *term, const char *name)
{
	bool own = frame->parent == NULL && tree->cost_count < SPF_TREE_COSTS;
	const struct dns_answer *a, *aaaa = NULL;
	bool no_a, no_aaaa = false;

	a = ask(tree, name, DNS_A, &no_a);
	if (no_a || own)
		aaaa = ask(tree, name, DNS_AAAA, &no_aaaa);
	if (no_a && no_aaaa)
		count_void(tree, frame, term);
	if (own && a != NULL && no_aaaa)
		note_single(tree, term, a, 4);
	if (own && aaaa != NULL && no_a)
		note_single(tree, term, aaaa, 6);
}

static void
walk_host(struct spf_tree *tree, const struct frame *frame,
    const struct spf_term *term)
{
	const struct dns_answer *answer;
	char name[SPF_NAME_SIZE];
	bool none;

	if (tree->extent < SPF_EXTENT_ALL ||
	    !fixed_target(tree, frame, term, name))
		return;
	if (term->kind == SPF_TERM_A) {
		walk_a(tree, frame, term, name);
		return;
	}
	answer = ask(
	    tree, name, term->kind == SPF_TERM_MX ? DNS_MX : DNS_A, &none);
	if (none)
		count_void(tree, frame, term);
	if (answer != NULL && term->kind == SPF_TERM_MX &&
	    answer->count > SPF_HOSTS_MAX)
		note(tree, SPF_TROUBLE_LOOKUPS, frame, NULL,
		    "%s%s: %s has %zu MX hosts, and receivers stop at more "
		    "than %d",
		    words(tree, term), where(tree, frame), name, answer->count,
		    SPF_HOSTS_MAX);
}

static void
walk_below(struct spf_tree *tree, const struct frame *frame,
    const struct spf_term *term)
{
	bool redirect = term->kind == SPF_TERM_REDIRECT;
	char name[SPF_NAME_SIZE];
	struct frame below = {
		.domain = name,
		.parent = frame,
		.main = frame->main && redirect,
		.pass = frame->pass &&
		    (redirect || term->qualifier == SPF_PASS),
		.depth = frame->depth + 1,
	};

	if (tree->extent < SPF_EXTENT_RECORDS ||
	    spf_macros_beyond(term->spec, "do"))
		return;
	if (fixed_target(tree, frame, term, name))
		walk(tree, &below, term);
	else
		note(tree, SPF_TROUBLE_INCLUDE_MISSING, frame, term,
		    "%s%s does not name a domain", words(tree, term),
		    where(tree, frame));
}

static void
keep_address(struct spf_tree *tree, const struct address *address)
{
	size_t i;

	for (i = 0; i < tree->address_count; i++)
		if (address_equal(&tree->addresses[i], address))
			return;
	if (tree->addresses == NULL)
		tree->addresses = arena_room(
		    tree->arena, SPF_TREE_ADDRESSES * sizeof(*tree->addresses));
	if (tree->address_count < SPF_TREE_ADDRESSES)
		tree->addresses[tree->address_count++] = *address;
}

static void
check_range(struct spf_tree *tree, const struct frame *frame,
    const struct spf_term *term, bool v4, bool v6)
{
	if (!frame->pass || term->qualifier != SPF_PASS)
		return;
	if ((v4 && term->bits4 < RANGE_V4) || (v6 && term->bits6 < RANGE_V6))
		note(tree, SPF_TROUBLE_RANGE, frame, term,
		    "%s%s covers more than a /%d", words(tree, term),
		    where(tree, frame),
		    v4 && term->bits4 < RANGE_V4 ? RANGE_V4 : RANGE_V6);
}

static void
walk_net(struct spf_tree *tree, const struct frame *frame,
    const struct spf_term *term)
{
	bool v6 = term->net.family == 6;

	check_range(tree, frame, term, !v6, v6);
	if (frame->pass && term->qualifier == SPF_PASS &&
	    (v6 ? term->bits6 == 128 : term->bits4 == 32))
		keep_address(tree, &term->net);
}

static void
walk_all(struct spf_tree *tree, const struct frame *frame,
    const struct spf_term *term)
{
	if (term->qualifier == SPF_PASS && frame->pass)
		note(tree, SPF_TROUBLE_PLUS_ALL, frame, term,
		    "%s%s lets every host in the world pass", words(tree, term),
		    where(tree, frame));
	if (term->qualifier == SPF_NEUTRAL && frame->main)
		note(tree, SPF_TROUBLE_NEUTRAL_ALL, frame, term,
		    "%s%s says nothing about other hosts", words(tree, term),
		    where(tree, frame));
}

static void
walk_term(struct spf_tree *tree, const struct frame *frame,
    const struct spf_term *term)
{
	if (spf_term_asks(term))
		tree->lookups++;
	switch (term->kind) {
	case SPF_TERM_INCLUDE:
	case SPF_TERM_REDIRECT:
		walk_below(tree, frame, term);
		break;
	case SPF_TERM_A:
	case SPF_TERM_MX:
		check_range(tree, frame, term, true, true);
		walk_host(tree, frame, term);
		break;
	case SPF_TERM_EXISTS:
		walk_host(tree, frame, term);
		break;
	case SPF_TERM_PTR:
		note(tree, SPF_TROUBLE_PTR, frame, term,
		    "%s%s is slow and unreliable, and some receivers ignore it",
		    words(tree, term), where(tree, frame));
		break;
	case SPF_TERM_IP4:
	case SPF_TERM_IP6:
		walk_net(tree, frame, term);
		break;
	case SPF_TERM_ALL:
		walk_all(tree, frame, term);
		break;
	default:
		break;
	}
}

/* A mechanism written with "=" is a modifier, and unknown ones are passed over
 * (RFC 7208 6): the record is good, and lacks what was meant. */
static void
note_modifier(struct spf_tree *tree, const struct frame *frame,
    const struct spf_term *term)
{
	if (spf_mechanism_meant(term->text))
		note(tree, SPF_TROUBLE_NO_EFFECT, frame, term,
		    "%s%s has no effect: \"=\" makes it a modifier that "
		    "nobody knows, and a mechanism has \":\"",
		    words(tree, term), where(tree, frame));
}

/* The same, and what it cost where the term is the domain's own. */
static void
walk_counted(struct spf_tree *tree, const struct frame *frame,
    const struct spf_term *term)
{
	unsigned before = tree->lookups;
	struct spf_cost *cost;

	walk_term(tree, frame, term);
	if (frame->parent != NULL || tree->lookups == before ||
	    tree->cost_count >= SPF_TREE_COSTS)
		return;
	cost = &tree->costs[tree->cost_count++];
	cost->term = term->text;
	cost->lookups = tree->lookups - before;
}

/* The term that an octet of a record belongs to. */
static const char *
term_at(const struct spf_tree *tree, struct spf_span text, size_t at)
{
	size_t from = at < text.len ? at : text.len, to = from;

	while (from > 0 && text.s[from - 1] != ' ')
		from--;
	while (to < text.len && text.s[to] != ' ')
		to++;
	return text_printable_arena(
	    tree->arena, text.s + from, to - from, TERM_SHOWN);
}

/* What follows an all is never read, nor is a redirect then. */
static void
walk_record(
    struct spf_tree *tree, const struct frame *frame, struct spf_span text)
{
	const struct spf_read *read = spf_read(tree->shelf, tree->arena, text);
	const struct spf_record *record = &read->record;
	struct spf_walk walk = { .record = record };
	const struct spf_term *term;

	if (frame->parent == NULL)
		tree->own = read;
	if (!read->good)
		note(tree, SPF_TROUBLE_SYNTAX, NULL, NULL,
		    "octet %zu%s, \"%s\": %s", read->fault.at + 1,
		    where(tree, frame), term_at(tree, text, read->fault.at),
		    read->fault.why);
	while (tree->lookups < SPF_TREE_LOOKUPS &&
	    tree->terms++ < SPF_TREE_TERMS &&
	    (term = spf_walk_next(&walk)) != NULL) {
		if (term->kind < SPF_TERM_REDIRECT)
			walk_counted(tree, frame, term);
		else if (term->kind == SPF_TERM_UNKNOWN)
			note_modifier(tree, frame, term);
		if (term->kind == SPF_TERM_ALL)
			return;
	}
	if (record->has_redirect)
		walk_counted(tree, frame, &record->redirect);
	else if (read->good && frame->main)
		note(tree, SPF_TROUBLE_NO_ALL, frame, NULL,
		    "nothing is said about other hosts%s: no all at the end",
		    where(tree, frame));
}

/* A TXT that was meant to be a record but is not selected as one. */
static const struct dns_record *
find_almost(const struct spf_tree *tree, const struct dns_answer *answer)
{
	size_t i;

	for (i = 0; answer != NULL && i < answer->count; i++)
		if (text_starts_nocase(
			record_bare(tree->arena, &answer->records[i]), "v=spf"))
			return &answer->records[i];
	return NULL;
}

static void
walk_missing(struct spf_tree *tree, const struct frame *frame,
    const struct spf_term *by, const struct dns_answer *answer)
{
	if (frame->parent == NULL) {
		tree->missing = true;
		tree->almost = find_almost(tree, answer);
		return;
	}
	note(tree, SPF_TROUBLE_INCLUDE_MISSING, frame->parent, by,
	    "%s%s: %s has no SPF record", words(tree, by),
	    where(tree, frame->parent), frame->domain);
}

static bool
is_loop(const struct frame *frame)
{
	const struct frame *up;

	for (up = frame->parent; up != NULL; up = up->parent)
		if (text_equal_nocase(up->domain, frame->domain))
			return true;
	return false;
}

/* All of the domain's own records are kept, to make one of them. */
static void
note_several(struct spf_tree *tree, const struct frame *frame,
    const struct dns_answer *answer, size_t count)
{
	struct dns_answer one = { .count = 1 };
	size_t i;

	note(tree, SPF_TROUBLE_MULTIPLE, frame, NULL,
	    "%s has %zu SPF records; receivers use none of them", frame->domain,
	    count);
	if (frame->parent != NULL || count > SPF_TREE_SEVERAL)
		return;
	for (i = 0; i < answer->count; i++) {
		one.records = &answer->records[i];
		if (spf_record_select(
			&one, &tree->records_at_home[tree->several]) > 0)
			tree->several++;
	}
}

/* One record and all below it; by is the term that led here. */
static void
walk(
    struct spf_tree *tree, const struct frame *frame, const struct spf_term *by)
{
	const struct dns_answer *answer;
	struct spf_span text = { NULL, 0 };
	char name[DNS_NAME_SIZE];
	size_t count = 0;
	bool none;

	if (is_loop(frame)) {
		note(tree, SPF_TROUBLE_LOOP, frame->parent, by,
		    "%s%s comes back to itself", words(tree, by),
		    where(tree, frame->parent));
		return;
	}
	if (++tree->records > SPF_TREE_RECORDS || frame->depth > DEPTH_MAX)
		return;
	answer = ask(tree, frame->domain, DNS_TXT, &none);
	if (answer == NULL && !none)
		return;
	if (frame->parent == NULL)
		tree->home = answer != NULL
		    ? answer
		    : facts_dns(tree->facts,
			  spf_name_text(
			      name, frame->domain, strlen(frame->domain)),
			  DNS_TXT);
	if (answer != NULL)
		count = spf_record_select(answer, &text);
	if (count == 0) {
		walk_missing(tree, frame, by, answer);
		return;
	}
	if (frame->parent == NULL)
		tree->at_home = count;
	if (count > 1)
		note_several(tree, frame, answer, count);
	walk_record(tree, frame, text);
}

static void
note_limits(struct spf_tree *tree)
{
	if (tree->lookups > SPF_LOOKUPS_MAX)
		note(tree, SPF_TROUBLE_LOOKUPS, NULL, NULL,
		    "receivers stop at the eleventh");
	else if (tree->lookups + 1 >= SPF_LOOKUPS_MAX)
		note(tree, SPF_TROUBLE_NEAR_LIMIT, NULL, NULL,
		    "little room is left");
	if (tree->voids > SPF_VOIDS_MAX)
		note(tree, SPF_TROUBLE_VOIDS, NULL, NULL,
		    "%u terms name hosts that do not exist, %d are allowed: %s",
		    tree->voids, SPF_VOIDS_MAX, tree->void_terms.data);
}

bool
spf_tree_walk(struct spf_tree *tree, struct facts *facts,
    struct spf_shelf *shelf, struct arena *arena, const char *domain,
    enum spf_extent extent)
{
	struct frame frame = { .main = true, .pass = true };
	char name[SPF_NAME_SIZE];

	memset(tree, 0, sizeof(*tree));
	tree->facts = facts;
	tree->shelf = shelf;
	tree->arena = arena;
	tree->domain = domain;
	tree->extent = extent;
	tree->void_terms.max = DETAIL_MAX / 2;
	if (strlen(domain) > SPF_NAME_MAX ||
	    !spf_name_fit(name, domain, strlen(domain))) {
		tree->missing = true;
		return true;
	}
	frame.domain = tree->domain = arena_dup(arena, name);
	walk(tree, &frame, NULL);
	if (!tree->waiting)
		note_limits(tree);
	return !tree->waiting;
}

void
spf_tree_fini(struct spf_tree *tree)
{
	buf_free(&tree->void_terms);
}
