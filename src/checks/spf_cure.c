/* Cures for SPF records: the line to publish, where that is mechanical. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "checks/record.h"
#include "checks/spf_tree.h"

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
publish(const struct spf_tree *tree, const char *record)
{
	struct dns_record before = { 0 };
	char name[DNS_NAME_SIZE];

	if (tree->own != NULL) {
		before.data = (const uint8_t *)tree->own->record.text.s;
		before.len = tree->own->record.text.len;
	}

	spf_name_text(name, tree->domain, strlen(tree->domain));
	return record_txt(
	    tree->arena, name, record, tree->own != NULL ? &before : NULL);
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
	line = out.full ? NULL : publish(tree, out.data);
	buf_free(&out);
	return line;
}

const char *
spf_tree_first(const struct spf_tree *tree, const char *terms)
{
	return publish(
	    tree, arena_printf(tree->arena, "v=spf1 %s ~all", terms));
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
	const char *line;
	size_t i;

	buf_str(&out, "v=spf1");
	for (i = 0; i < tree->several; i++)
		merge_one(&out, tree->records_at_home[i]);
	add_term(&out, own->redirect.text.s, own->redirect.text.len);
	add_term(&out, own->exp.text.s, own->exp.text.len);
	add_term(&out, own->all.text.s, own->all.text.len);
	line = out.full ? NULL : publish(tree, out.data);
	buf_free(&out);
	return line;
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
	case SPF_TROUBLE_LOOKUPS:
	case SPF_TROUBLE_VOIDS:
	case SPF_TROUBLE_NEAR_LIMIT:
		return spare_lookups(tree);
	default:
		return NULL;
	}
}
