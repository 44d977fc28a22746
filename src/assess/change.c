/* What changed in a DNS record, in words. */
/* SPDX-License-Identifier: MIT */
#include "change.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "phrase.h"
#include "sendtop/mem.h"

enum {
	TERMS_MAX = 256,
	TERM_SHOWN = 72, /* octets of a term that people see */
	TOLD_MAX = 4,
};

/* How a record falls into terms. */
enum grammar {
	WORDS, /* apart by spaces: SPF; the order counts */
	TAGS,  /* name=value; name=value */
	HOSTS, /* "10 mx1, 20 mx2"; "3 1 1 4fd6..." */
};

static const struct row {
	const char *check;
	enum grammar grammar;
	bool one_subject;
} rows[] = {
	{ "spf", WORDS, true },
	{ "dmarc", TAGS, true },
	{ "dkim", TAGS, false },
	{ "mta_sts", TAGS, true },
	{ "tls_rpt", TAGS, true },
	{ "bimi", TAGS, true },
	{ "mx", HOSTS, true },
	{ "ptr", HOSTS, false },
	{ "dane", HOSTS, false },
};

struct term {
	const char *s;
	size_t len, key_at, key_len; /* the key: what it is known by */
	bool told;
};

struct terms {
	struct term items[TERMS_MAX];
	size_t count;
};

struct change {
	enum grammar grammar;
	bool dkim;
	struct terms before, after;
	struct buf out;
	size_t told, untold;
};

static const struct row *
row_of(const char *check)
{
	static const struct row other = { "", WORDS, false };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i].check, check) == 0)
			return &rows[i];
	return &other;
}

bool
change_has_one_subject(const char *check)
{
	return row_of(check)->one_subject;
}

/* "-all" and "~all" are known as all, include:x as include, p=none as p,
 * "10 mx1" as mx1. */
static void
find_key(struct term *term, enum grammar grammar)
{
	const char *end = term->s + term->len, *s = term->s;

	if (grammar == HOSTS) {
		const char *space = memchr(s, ' ', term->len);

		s = space != NULL ? space + 1 : s;
		term->key_len = (size_t)(end - s);
	} else if (grammar == TAGS) {
		term->key_len = strcspn(s, "= \t;");
	} else {
		s += strspn(s, "+-~?") < term->len ? strspn(s, "+-~?") : 0;
		term->key_len = strcspn(s, ":=/ \t");
	}
	term->key_at = (size_t)(s - term->s);
	if (term->key_len > (size_t)(end - s))
		term->key_len = (size_t)(end - s);
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\t';
}

static void
cut(struct terms *out, const char *text, enum grammar grammar)
{
	static const char *const ends[] = { " \t", ";", "," };
	size_t n;

	out->count = 0;
	for (; out->count < TERMS_MAX && *text != '\0';
	     text += n + (text[n] != '\0')) {
		struct term *term = &out->items[out->count];

		while (is_space(*text))
			text++;
		n = strcspn(text, ends[grammar]);
		*term = (struct term){ .s = text, .len = n };
		while (term->len > 0 && is_space(text[term->len - 1]))
			term->len--;
		find_key(term, grammar);
		if (term->len > 0)
			out->count++;
	}
}

static bool
same_key(const struct term *a, const struct term *b)
{
	return a->key_len == b->key_len &&
	    strncasecmp(a->s + a->key_at, b->s + b->key_at, a->key_len) == 0;
}

/* The next octet of a tag's value, white space and the "=" left out; NUL at
 * its end. */
static char
value_next(const struct term *term, size_t *at)
{
	if (*at < term->key_len)
		*at = term->key_len;
	while (*at < term->len &&
	    (is_space(term->s[*at]) ||
		(term->s[*at] == '=' && memchr(term->s, '=', *at) == NULL)))
		++*at;
	return *at < term->len ? term->s[(*at)++] : '\0';
}

static bool
same_value(const struct term *a, const struct term *b)
{
	size_t at_a = 0, at_b = 0;
	char c;

	do {
		c = value_next(a, &at_a);
		if (c != value_next(b, &at_b))
			return false;
	} while (c != '\0');
	return true;
}

static bool
has_value(const struct term *term)
{
	size_t at = 0;

	return value_next(term, &at) != '\0';
}

/* Names know no case, the values of tags do: a key is base64. */
static bool
same_term(const struct term *a, const struct term *b, enum grammar grammar)
{
	if (grammar == TAGS)
		return same_key(a, b) && same_value(a, b);
	return a->len == b->len && strncasecmp(a->s, b->s, a->len) == 0;
}

static void
pair_same(struct change *c)
{
	for (size_t i = 0; i < c->before.count; i++)
		for (size_t k = 0; k < c->after.count; k++) {
			struct term *a = &c->before.items[i];
			struct term *b = &c->after.items[k];

			if (a->told || b->told || !same_term(a, b, c->grammar))
				continue;
			a->told = b->told = true;
		}
}

static void
add_term(struct buf *out, const struct term *term)
{
	bool whole = term->len <= TERM_SHOWN;

	buf_printf(out, "%.*s%s", (int)(whole ? term->len : TERM_SHOWN),
	    term->s, whole ? "" : "...");
}

/* Whether there is room to tell one more, and what stands between. */
static bool
begin(struct change *c)
{
	if (c->told == TOLD_MAX) {
		c->untold++;
		return false;
	}
	if (c->told++ > 0)
		buf_str(&c->out, "; ");
	return true;
}

static void
tell(struct change *c, const struct term *term, const char *word)
{
	if (!begin(c))
		return;
	add_term(&c->out, term);
	buf_printf(&c->out, " %s", word);
}

static bool
is_tag(const struct term *term, const char *name)
{
	return term->key_len == strlen(name) &&
	    strncasecmp(term->s, name, term->key_len) == 0;
}

/* Nobody can read the difference of two keys. */
static const char *
key_word(const struct term *before, const struct term *after)
{
	if (!has_value(after))
		return "key revoked";
	return has_value(before) ? "key changed" : "key set again";
}

static void
tell_changed(
    struct change *c, const struct term *before, const struct term *after)
{
	if (!begin(c))
		return;
	if (c->dkim && is_tag(before, "p")) {
		buf_str(&c->out, key_word(before, after));
		return;
	}
	add_term(&c->out, before);
	buf_str(&c->out, " -> ");
	add_term(&c->out, after);
}

/* The one term of that key which is not told yet; NULL: none, or several. */
static struct term *
only(struct terms *terms, const struct term *key)
{
	struct term *found = NULL;

	for (size_t i = 0; i < terms->count; i++) {
		if (terms->items[i].told || !same_key(&terms->items[i], key))
			continue;
		if (found != NULL)
			return NULL;
		found = &terms->items[i];
	}
	return found;
}

static void
tell_pairs(struct change *c)
{
	for (size_t i = 0; i < c->before.count; i++) {
		struct term *a = &c->before.items[i], *b;

		if (a->told || only(&c->before, a) == NULL)
			continue;
		b = only(&c->after, a);
		if (b == NULL)
			continue;
		tell_changed(c, a, b);
		a->told = b->told = true;
	}
}

static void
tell_rest(struct change *c, const struct terms *terms, const char *word)
{
	for (size_t i = 0; i < terms->count; i++) {
		const struct term *term = &terms->items[i];

		if (term->told)
			continue;
		if (c->dkim && is_tag(term, "p")) {
			if (begin(c))
				buf_printf(&c->out, "key %s", word);
		} else {
			tell(c, term, word);
		}
	}
}

static bool
same_order(const struct change *c)
{
	for (size_t i = 0; i < c->before.count; i++)
		if (!same_term(
			&c->before.items[i], &c->after.items[i], c->grammar))
			return false;
	return true;
}

static void
compare(struct change *c, const char *before, const char *after)
{
	cut(&c->before, before, c->grammar);
	cut(&c->after, after, c->grammar);
	pair_same(c);
	tell_pairs(c);
	tell_rest(c, &c->before, "removed");
	tell_rest(c, &c->after, "added");
	if (c->untold > 0)
		buf_printf(&c->out, "; and %zu more", c->untold);
	if (c->told == 0)
		buf_str(&c->out,
		    c->grammar == WORDS && !same_order(c)
			? "the same terms in another order"
			: "the same, written differently");
}

/* Of an MTA-STS record the policy behind it counts as more of its tags; where
 * one of the two has none, since it could not be read, for neither. */
static char *
with_policy(const char *record, bool both)
{
	const char *policy = strstr(record, FINDING_POLICY);

	if (policy == NULL)
		return mem_dup(record);
	return mem_printf("%.*s%s%s", (int)(policy - record), record,
	    both ? "; " : "", both ? policy + strlen(FINDING_POLICY) : "");
}

static const struct term *
same_in(const struct terms *terms, const struct term *term)
{
	for (size_t i = 0; i < terms->count; i++)
		if (same_term(&terms->items[i], term, TAGS))
			return &terms->items[i];
	return NULL;
}

/* A line of the policy, "mode: enforce", that the other has not. */
static bool
has_more(const struct terms *terms, const struct terms *other)
{
	for (size_t i = 0; i < terms->count; i++) {
		const struct term *term = &terms->items[i];

		if (memchr(term->s, ':', term->key_len) != NULL &&
		    same_in(other, term) == NULL)
			return true;
	}
	return false;
}

/* Another policy needs another id= (RFC 8461 3.1): by that senders see it. */
static bool
is_unannounced(const struct change *c)
{
	for (size_t i = 0; i < c->before.count; i++)
		if (is_tag(&c->before.items[i], "id"))
			return same_in(&c->after, &c->before.items[i]) !=
			    NULL &&
			    (has_more(&c->before, &c->after) ||
				has_more(&c->after, &c->before));
	return false;
}

/* What is compared of two records; both are for free(). */
static void
take_texts(const char *check, const char *before, const char *after, char **was,
    char **is)
{
	bool sts = strcmp(check, "mta_sts") == 0;
	bool both = sts && strstr(before, FINDING_POLICY) != NULL &&
	    strstr(after, FINDING_POLICY) != NULL;

	*was = sts ? with_policy(before, both) : mem_dup(before);
	*is = sts ? with_policy(after, both) : mem_dup(after);
}

/* Returns whether the change itself is a trouble. */
static bool
write_words(
    char out[CHANGE_SIZE], const char *check, const char *was, const char *is)
{
	struct change *c = mem_zero(1, sizeof(*c));
	bool trouble;

	c->grammar = row_of(check)->grammar;
	c->dkim = strcmp(check, "dkim") == 0;
	compare(c, was, is);
	trouble = strcmp(check, "mta_sts") == 0 && is_unannounced(c);
	phrase(out, CHANGE_SIZE, "%s%s",
	    trouble ? "another policy under the same id=, so senders keep the "
		      "old one: "
		    : "",
	    c->out.data);
	buf_free(&c->out);
	free(c);
	return trouble;
}

bool
change_words(char out[CHANGE_SIZE], const char *check, const char *before,
    const char *after)
{
	bool trouble = false;
	char *was, *is;

	out[0] = '\0';
	take_texts(check, before, after, &was, &is);
	/* Several records where one should be: the words would mix them. */
	if (strcmp(was, is) != 0 &&
	    (strstr(was, " | ") != NULL || strstr(is, " | ") != NULL))
		phrase(out, CHANGE_SIZE, "now %s", after);
	else if (strcmp(was, is) != 0)
		trouble = write_words(out, check, was, is);
	free(was);
	free(is);
	return trouble;
}

bool
change_of_record(char out[CHANGE_SIZE], const struct finding *before,
    const struct finding *after)
{
	out[0] = '\0';
	if (after->verdict == VERDICT_UNKNOWN || before->record == NULL ||
	    before->record[0] == '\0')
		return false;
	if (after->record != NULL && after->record[0] != '\0')
		return change_words(
		    out, after->check, before->record, after->record);
	phrase(out, CHANGE_SIZE, "it was %s", before->record);
	return false;
}
