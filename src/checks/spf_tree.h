/* What a domain's SPF record says by itself, with all that it includes. */
/* SPDX-License-Identifier: MIT */
#ifndef CHECKS_SPF_TREE_H
#define CHECKS_SPF_TREE_H

#include "checks/spf_parts.h"

enum {
	SPF_TREE_RECORDS = 64,  /* records read before the walk gives up */
	SPF_TREE_LOOKUPS = 200, /* look-ups counted before it does */
	SPF_TREE_TERMS = 5000,  /* terms */
	SPF_TREE_COSTS = 32,
	SPF_TREE_ADDRESSES = 256,
	SPF_TREE_SEVERAL = 8,
};

/* What may be wrong, worst first. */
enum spf_trouble {
	SPF_TROUBLE_MULTIPLE,
	SPF_TROUBLE_SYNTAX,
	SPF_TROUBLE_LOOP,
	SPF_TROUBLE_INCLUDE_MISSING,
	SPF_TROUBLE_LOOKUPS,
	SPF_TROUBLE_VOIDS,
	SPF_TROUBLE_PLUS_ALL,
	SPF_TROUBLE_PTR,
	SPF_TROUBLE_NEUTRAL_ALL,
	SPF_TROUBLE_NO_ALL,
	SPF_TROUBLE_RANGE,
	SPF_TROUBLE_NO_EFFECT,
	SPF_TROUBLE_NEAR_LIMIT,
	SPF_TROUBLES,
};

/* How far the walk goes. */
enum spf_extent {
	SPF_EXTENT_OWN,     /* the domain's own record */
	SPF_EXTENT_RECORDS, /* includes and redirect too */
	SPF_EXTENT_ALL,     /* and whether the hosts they name exist */
};

/* A term of the domain's own record, and what it costs with all below it. */
struct spf_cost {
	struct spf_span term;
	unsigned lookups;
	/* An a that names these addresses alone today. */
	bool single;
	struct address address;
	bool empty; /* what it names does not exist */
};

struct spf_tree {
	struct facts *facts;
	struct spf_shelf *shelf; /* or NULL */
	struct arena *arena;
	const char *domain; /* octets */
	enum spf_extent extent;

	bool waiting;
	bool missing;               /* no record at the domain itself */
	const struct spf_read *own; /* the first record there; NULL: none */
	size_t at_home;             /* how many records the domain itself has */
	size_t several; /* the same, when those below are all of many */
	struct spf_span records_at_home[SPF_TREE_SEVERAL];
	const struct dns_answer *home;   /* the TXT of the domain; NULL: none */
	const struct dns_record *almost; /* missing, but this looks like one */
	unsigned lookups, records, terms;
	unsigned voids;
	struct buf void_terms;
	enum dns_outcome error; /* of the first question that failed */
	const char *error_name; /* NULL: none failed */

	struct {
		const char *detail; /* NULL: not so */
		bool own;           /* it is a term of the own record */
		struct spf_term term;
	} troubles[SPF_TROUBLES];

	struct spf_cost costs[SPF_TREE_COSTS];
	size_t cost_count;
	struct address *addresses; /* single ones that may pass; arena;
				      NULL: none */
	size_t address_count;
};

/* Walks the record, its includes and its redirect as if nothing matched.
 * False while facts are wanted.  End with spf_tree_fini either way. */
bool spf_tree_walk(struct spf_tree *tree, struct facts *facts,
    struct spf_shelf *shelf, struct arena *arena, const char *domain,
    enum spf_extent extent);
void spf_tree_fini(struct spf_tree *tree);

/* A change to the own record: the term becomes `with`, "" takes it out. */
struct spf_edit {
	struct spf_span term;
	const char *with;
};

/*
 * The own record with changes, with more terms in front and at the end ("" for
 * none), as the line to publish, the present record behind it as a comment.
 * NULL when the record is broken or too long for that.
 */
const char *spf_tree_publish(const struct spf_tree *tree,
    const struct spf_edit *edits, size_t count, const char *front,
    const char *back);

/* The record or change that cures a trouble, or NULL when it takes a human. */
const char *spf_tree_cure(
    const struct spf_tree *tree, enum spf_trouble trouble);
/* The record to publish where there is none; terms name the senders.  One that
 * was meant as a record is made one: then terms are added where `needed`. */
const char *spf_tree_first(
    const struct spf_tree *tree, const char *terms, bool needed);

#endif
