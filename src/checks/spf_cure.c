/* Cures for SPF records: the line to publish, where that is mechanical. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "checks/record.h"
#include "checks/spf_tree.h"
#include "sendtop/text.h"

enum { RECORD_MAX = 3500 }; /* longer ones take more than a hint */

static const struct spf_edit *
find_edit(const struct spf_edit *edits, size_t count, struct spf_span term)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (edits[i].term.s == term.s)
			return &edits[i];
	return NULL;
}

static void
add_term(struct buf *out, const char *term, size_t len)
{
	if (len == 0)
		return;
	buf_char(out, ' ');
	buf_add(out, term, len);
}

static const char *
publish_over(const struct spf_tree *tree, const char *record,
    const struct dns_record *before, size_t count)
{
	static const struct dns_answer nothing = { .outcome = DNS_NONE };
	char name[DNS_NAME_SIZE];

	spf_name_text(name, tree->domain, strlen(tree->domain));
	return record_cures(tree->arena,
	    tree->home != NULL ? tree->home : &nothing, name, record, before,
	    count);
}

static const char *
publish(const struct spf_tree *tree, const char *record)
{
	struct dns_record before = { 0 };

	if (tree->own == NULL)
		return publish_over(tree, record, NULL, 0);
	before.data = (const uint8_t *)tree->own->record.text.s;
	before.len = tree->own->record.text.len;
	return publish_over(tree, record, &before, 1);
}

/* Whether a record still lets anybody pass. */
static bool
has_senders(struct spf_span text)
{
	struct spf_fault fault;
	struct spf_term term;
	size_t pos = 0;

	while (spf_record_next(text, &pos, &term, &fault) > 0)
		if (term.kind == SPF_TERM_REDIRECT ||
		    (term.kind < SPF_TERM_REDIRECT &&
			term.kind != SPF_TERM_ALL &&
			term.qualifier == SPF_PASS))
			return true;
	return false;
}

const char *
spf_tree_publish(const struct spf_tree *tree, const struct spf_edit *edits,
    size_t count, const char *front, const char *back)
{
	struct buf out = { .max = RECORD_MAX };
	const struct spf_edit *edit;
	struct spf_fault fault;
	struct spf_term term;
	const char *line;
	size_t pos = 0;

	if (tree->own == NULL || !tree->own->good)
		return NULL;
	buf_str(&out, "v=spf1");
	add_term(&out, front, strlen(front));
	while (
	    spf_record_next(tree->own->record.text, &pos, &term, &fault) > 0) {
		edit = find_edit(edits, count, term.text);
		if (edit != NULL)
			add_term(&out, edit->with, strlen(edit->with));
		else
			add_term(&out, term.text.s, term.text.len);
	}
	add_term(&out, back, strlen(back));
	/* A record that nobody passes would stop the domain's own mail. */
	if (count > 0 && !out.full &&
	    !has_senders((struct spf_span){ out.data, out.len }))
		line = publish(tree, "v=spf1 mx ~all");
	else
		line = out.full ? NULL : publish(tree, out.data);
	buf_free(&out);
	return line;
}

/* What was meant as a record, where that is a good one; NULL where not. */
static const char *
meant(const struct spf_tree *tree)
{
	struct dns_record record;
	struct dns_answer answer = { .count = 1, .records = &record };
	struct spf_span text;
	const char *bare;

	if (tree->almost == NULL)
		return NULL;
	bare = record_bare(tree->arena, tree->almost);
	record = (struct dns_record){ .data = (const uint8_t *)bare,
		.len = strlen(bare) };
	return spf_record_select(&answer, &text) == 1 &&
		spf_read(NULL, tree->arena, text)->good
	    ? bare
	    : NULL;
}

const char *
spf_tree_first(const struct spf_tree *tree, const char *terms, bool needed)
{
	const char *bare = meant(tree);
	size_t count = tree->almost != NULL ? 1 : 0;

	if (bare == NULL)
		return publish_over(tree,
		    arena_printf(tree->arena, "v=spf1 %s ~all", terms),
		    tree->almost, count);
	if (needed)
		bare = arena_printf(
		    tree->arena, "v=spf1 %s%s", terms, bare + strlen("v=spf1"));
	return publish_over(tree, bare, tree->almost, count);
}

/* Puts something in the place of the term at fault, when it is the domain's
 * own. */
static const char *
replace(const struct spf_tree *tree, enum spf_trouble trouble, const char *with)
{
	struct spf_edit edit = { tree->troubles[trouble].term.text, with };

	/* Without its redirect a record says nothing any more. */
	if (!tree->troubles[trouble].own ||
	    tree->troubles[trouble].term.kind == SPF_TERM_REDIRECT)
		return NULL;
	return spf_tree_publish(tree, &edit, 1, "", "");
}

/* Addresses in the place of own terms that name one address each, and nothing
 * in the place of those that name none. */
static const char *
spare_lookups(const struct spf_tree *tree)
{
	struct spf_edit edits[SPF_TREE_COSTS];
	char text[ADDRESS_TEXT_SIZE];
	size_t i, count = 0;

	for (i = 0; i < tree->cost_count && count < SPF_TREE_COSTS; i++) {
		const struct spf_cost *cost = &tree->costs[i];

		if (!cost->single && !cost->empty)
			continue;
		edits[count].term = cost->term;
		edits[count++].with = cost->empty
		    ? ""
		    : arena_printf(tree->arena, "ip%u:%s",
			  (unsigned)cost->address.family,
			  address_text(&cost->address, text));
	}
	if (count == 0)
		return NULL;
	return spf_tree_publish(tree, edits, count, "", "");
}

static bool
has_term(const struct buf *record, struct spf_span term)
{
	struct spf_span text = { record->data, record->len };
	struct spf_fault fault;
	struct spf_term other;
	size_t pos = 0;

	while (spf_record_next(text, &pos, &other, &fault) > 0)
		if (other.text.len == term.len &&
		    memcmp(other.text.s, term.s, term.len) == 0)
			return true;
	return false;
}

/* The mechanisms of one more record, none of them twice, without its all. */
static void
merge_one(struct buf *out, struct spf_span text)
{
	struct spf_fault fault;
	struct spf_term term;
	size_t pos = 0;

	while (!out->full && spf_record_next(text, &pos, &term, &fault) > 0)
		if (term.kind < SPF_TERM_REDIRECT &&
		    term.kind != SPF_TERM_ALL && !has_term(out, term.text))
			add_term(out, term.text.s, term.text.len);
}

/* One record out of several, with the end and modifiers of the first. */
static const char *
merge(const struct spf_tree *tree)
{
	struct buf out = { .max = RECORD_MAX };
	const struct spf_record *own = &tree->own->record;
	struct dns_record before[SPF_TREE_SEVERAL];
	const char *line;
	size_t i;

	buf_str(&out, "v=spf1");
	for (i = 0; i < tree->several; i++) {
		merge_one(&out, tree->records_at_home[i]);
		before[i].data = (const uint8_t *)tree->records_at_home[i].s;
		before[i].len = tree->records_at_home[i].len;
	}
	add_term(&out, own->redirect.text.s, own->redirect.text.len);
	add_term(&out, own->exp.text.s, own->exp.text.len);
	add_term(&out, own->all.text.s, own->all.text.len);
	line = out.full ? NULL
			: publish_over(tree, out.data, before, tree->several);
	buf_free(&out);
	return line;
}

/* Whether a word begins here, behind a blank and perhaps a qualifier. */
static bool
begins_at(const char *text, size_t at, const char *word)
{
	size_t before = at > 0 && strchr("+-~?", text[at - 1]) != NULL ? 2 : 1;

	return at >= before && text[at - before] == ' ' &&
	    text_starts_nocase(text + at, word);
}

/* "ipv4:" and "ipv6:" as SPF spells them, where that is all that is wrong. */
static const char *
respell(const struct spf_tree *tree)
{
	const struct spf_span *own = &tree->own->record.text;
	const char *text = arena_ndup(tree->arena, own->s, own->len);
	char *out = arena_dup(tree->arena, text);
	struct spf_span span = { out, 0 };
	size_t i;

	for (i = 0; i < own->len; i++) {
		out[span.len++] = text[i];
		if (!begins_at(text, i, "ipv4:") &&
		    !begins_at(text, i, "ipv6:"))
			continue;
		out[span.len++] = text[++i];
		i++; /* the v */
	}
	out[span.len] = '\0';
	return !tree->own->good && spf_read(NULL, tree->arena, span)->good
	    ? publish(tree, out)
	    : NULL;
}

/* The mechanisms that were written with "=", as they were meant; NULL when
 * one of them is none that way either. */
static const char *
colons(const struct spf_tree *tree)
{
	struct spf_edit edits[SPF_TREE_COSTS];
	struct spf_fault fault;
	struct spf_term term;
	size_t pos = 0, count = 0;

	while (count < SPF_TREE_COSTS &&
	    spf_record_next(tree->own->record.text, &pos, &term, &fault) > 0) {
		const char *equals = memchr(term.text.s, '=', term.text.len);
		struct spf_span whole;
		char *text;

		if (term.kind != SPF_TERM_UNKNOWN ||
		    !spf_mechanism_meant(term.text))
			continue;
		text = arena_printf(tree->arena, "v=spf1 %.*s",
		    (int)term.text.len, term.text.s);
		text[strlen("v=spf1 ") + (size_t)(equals - term.text.s)] = ':';
		whole = (struct spf_span){ text, strlen(text) };
		if (!spf_read(NULL, tree->arena, whole)->good)
			return NULL;
		edits[count].term = term.text;
		edits[count++].with = text + strlen("v=spf1 ");
	}
	return count > 0 ? spf_tree_publish(tree, edits, count, "", "") : NULL;
}

const char *
spf_tree_cure(const struct spf_tree *tree, enum spf_trouble trouble)
{
	switch (trouble) {
	case SPF_TROUBLE_MULTIPLE:
		return tree->several > 1 ? merge(tree) : NULL;
	case SPF_TROUBLE_LOOP:
	case SPF_TROUBLE_INCLUDE_MISSING:
	case SPF_TROUBLE_PTR:
		return replace(tree, trouble, "");
	case SPF_TROUBLE_PLUS_ALL:
	case SPF_TROUBLE_NEUTRAL_ALL:
		return replace(tree, trouble, "~all");
	case SPF_TROUBLE_NO_ALL:
		return tree->own->record.has_redirect
		    ? NULL
		    : spf_tree_publish(tree, NULL, 0, "", "~all");
	case SPF_TROUBLE_SYNTAX:
		return respell(tree);
	case SPF_TROUBLE_NO_EFFECT:
		return colons(tree);
	case SPF_TROUBLE_LOOKUPS:
		return tree->lookups > SPF_LOOKUPS_MAX ? spare_lookups(tree)
						       : NULL;
	case SPF_TROUBLE_VOIDS:
	case SPF_TROUBLE_NEAR_LIMIT:
		return spare_lookups(tree);
	default:
		return NULL;
	}
}
