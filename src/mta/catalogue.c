/* Says what a reply means: by its codes, then by the words that tell most. */
/* SPDX-License-Identifier: MIT */
#include "catalogue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "identity.h"
#include "normalise.h"
#include "sendtop/traffic.h"

enum {
	HITS_MOST = 96,
	/* Words as long as that tell the meaning behind another code, too, or
	 * without knowing who spoke. */
	TELLING_LEAST = 24,
};

static const struct {
	const char *provider, *file;
} families[] = {
	{ PROVIDER_GMAIL, "gmail-replies.json" },
	{ "yahoo", "yahoo-replies.json" },
	{ "microsoft", "microsoft-replies.json" },
};
enum { FAMILIES = sizeof(families) / sizeof(families[0]) };

size_t
catalogue_hash(const char *word, size_t len)
{
	uint32_t hash = 2166136261u;
	size_t i;

	for (i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)word[i]) * 16777619u;
	return (hash ^ hash >> 15) & (CATALOGUE_BUCKETS - 1);
}

/* --- words in a reply ----------------------------------------------------- */

/* What a reply's words may mean, before it is known which counts. */
struct hits {
	const struct needle *items[HITS_MOST];
	size_t count;
	const char *first_mark; /* the provider of the first mark */
	bool given_mark;        /* one of the provider given is there */
};

/* A single word counts whole; of several the last may go on ("prohibit",
 * "prohibited"). */
static bool
is_here(
    const struct needle *needle, const char *at, size_t word_len, size_t left)
{
	return needle->first_len == word_len && needle->len <= left &&
	    memcmp(needle->words, at, needle->len) == 0;
}

static void
note_hit(struct hits *hits, const struct needle *needle, const char *given)
{
	if (needle->kind != NEEDLE_MARK) {
		if (hits->count < HITS_MOST)
			hits->items[hits->count++] = needle;
		return;
	}
	if (hits->first_mark == NULL)
		hits->first_mark = needle->provider;
	if (given != NULL && strcmp(needle->provider, given) == 0)
		hits->given_mark = true;
}

static void
find_hits(const struct reply_catalogue *catalogue, const struct gist *gist,
    const char *given, struct hits *out)
{
	const char *at = gist->words, *end = at + gist->words_len;
	const struct needle *needle;
	size_t len;

	out->count = 0;
	out->first_mark = NULL;
	out->given_mark = false;
	while (at < end) {
		const char *space = memchr(at, ' ', (size_t)(end - at));

		len = (size_t)((space != NULL ? space : end) - at);
		needle = catalogue->buckets[catalogue_hash(at, len)];
		for (; needle != NULL; needle = needle->next)
			if (is_here(needle, at, len, (size_t)(end - at)))
				note_hit(out, needle, given);
		at += len + 1;
	}
}

/* --- whose it is ---------------------------------------------------------- */

static const char *
family_of(const char *provider)
{
	size_t i;

	for (i = 0; provider != NULL && i < FAMILIES; i++)
		if (strcmp(families[i].provider, provider) == 0)
			return families[i].provider;
	return NULL;
}

/* The text tells before the relay does: mail may go through SES, and a house
 * may hand its mail to Yahoo.  Where it has marks of two, one that quotes the
 * other, the relay decides, else the first of them. */
static const char *
whose(const struct hits *hits, const char *given)
{
	if (hits->first_mark == NULL)
		return given;
	return hits->given_mark ? family_of(given) : hits->first_mark;
}

/* --- which row it is ------------------------------------------------------ */

/* How well codes fit, worst first. */
enum fit {
	FIT_NOT,
	FIT_CLASS,   /* other codes, but both 4xx or both 5xx */
	FIT_NO_CODE, /* the reply has none */
	FIT_PART,    /* one of the two is not known */
	FIT_WHOLE,
};

static bool
in_range(const struct catalogue_row *row, const char *enhanced)
{
	size_t len = strlen(row->start);
	unsigned long part;

	if (strncmp(row->start, enhanced, len) != 0)
		return false;
	part = strtoul(enhanced + len, NULL, 10);
	return part >= row->first && part <= row->last;
}

static enum fit
fit_of(const struct catalogue_row *row, const struct gist *gist)
{
	bool any = row->start[0] == '\0', none = gist->enhanced[0] == '\0';
	bool same = !any && !none && in_range(row, gist->enhanced);

	if (gist->reply == 0 && none)
		return FIT_NO_CODE;
	if (gist->reply == 0)
		return same ? FIT_PART
		    : (gist->enhanced[0] == '5') == row->row.permanent
		    ? FIT_CLASS
		    : FIT_NOT;
	if (gist->reply == row->row.reply && (same || (any && none)))
		return FIT_WHOLE;
	if (gist->reply == row->row.reply && (any || none))
		return FIT_PART;
	return gist->reply / 100 == row->row.reply / 100 ? FIT_CLASS : FIT_NOT;
}

struct best {
	const struct catalogue_row *row;
	enum fit fit;
	enum needle_kind kind;
	size_t len;
	bool torn; /* two rows are as good and mean different things */
};

/* Whether words may tell a meaning where the codes or the speaker do not help:
 * what nobody else would say. */
static bool
is_telling(const struct needle *needle)
{
	return needle->kind != NEEDLE_TEXT || needle->len >= TELLING_LEAST;
}

static bool
may_mean(const struct catalogue_row *row, const struct needle *needle,
    enum fit fit, const char *provider)
{
	if (fit == FIT_NOT || (fit < FIT_PART && !is_telling(needle)))
		return false;
	if (provider == NULL)
		return !row->generic && is_telling(needle);
	return strcmp(provider, row->row.provider) == 0;
}

static int
compare(const struct best *a, const struct best *b)
{
	if (a->fit != b->fit)
		return a->fit < b->fit ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return a->len < b->len ? -1 : a->len > b->len;
}

/* Rows of the same words differ in code; without one it is not known which of
 * them it is, and of the same class the first stands for all. */
static bool
is_torn(const struct best *a, const struct best *b)
{
	return strcmp(a->row->row.provider, b->row->row.provider) != 0 ||
	    a->row->row.permanent != b->row->row.permanent;
}

static const struct reply_row *
choose(const struct reply_catalogue *catalogue, const struct hits *hits,
    const struct gist *gist, const char *provider)
{
	struct best best = { .row = NULL };
	size_t i;

	for (i = 0; i < hits->count; i++) {
		const struct needle *needle = hits->items[i];
		struct best next = { .row = &catalogue->rows[needle->row],
			.kind = needle->kind,
			.len = needle->len };
		int order;

		next.fit = fit_of(next.row, gist);
		if (!may_mean(next.row, needle, next.fit, provider))
			continue;
		order = best.row == NULL ? -1 : compare(&best, &next);
		if (order == 0) {
			next.torn = best.torn || is_torn(&best, &next);
			if (next.row > best.row)
				next.row = best.row;
		}
		if (order <= 0)
			best = next;
	}
	return best.row != NULL && !best.torn ? &best.row->row : NULL;
}

static void
put_codes(const struct gist *gist, struct reply_match *out)
{
	out->reply[0] = '\0';
	if (gist->reply != 0)
		snprintf(out->reply, sizeof(out->reply), "%d%s%s", gist->reply,
		    gist->enhanced[0] != '\0' ? " " : "", gist->enhanced);
	else
		snprintf(out->reply, sizeof(out->reply), "%s", gist->enhanced);
	out->permanent = out->reply[0] == '5';
}

void
reply_classify(const struct reply_catalogue *catalogue, const char *text,
    size_t len, const char *provider, struct reply_match *out)
{
	struct gist gist;
	struct hits hits;
	const char *owner;

	normalise(text, len, &gist);
	find_hits(catalogue, &gist, provider, &hits);
	owner = whose(&hits, provider);
	out->row = choose(catalogue, &hits, &gist, owner);
	out->provider = owner == NULL && out->row != NULL ? out->row->provider
							  : owner;
	put_codes(&gist, out);
	identity_find(&gist, out->row, out->identity);
}

/* --- the catalogue -------------------------------------------------------- */

enum status
reply_catalogue_load(
    const char *dir, struct reply_catalogue **out, struct error *err)
{
	struct reply_catalogue *catalogue = mem_zero(1, sizeof(*catalogue));
	enum status status = STATUS_OK;
	char *path;
	size_t i;

	catalogue->arena = arena_new();
	catalogue->keys = map_new();
	for (i = 0; status == STATUS_OK && i < FAMILIES; i++) {
		path = mem_printf("%s/%s", dir, families[i].file);
		status = catalogue_load_family(
		    catalogue, path, families[i].provider, err);
		free(path);
	}
	*out = status == STATUS_OK ? catalogue : NULL;
	if (status != STATUS_OK) {
		reply_catalogue_free(catalogue);
		return status;
	}
	for (i = 0; i < catalogue->count; i++)
		map_put(catalogue->keys, catalogue->rows[i].row.key,
		    &catalogue->rows[i].row);
	return STATUS_OK;
}

void
reply_catalogue_free(struct reply_catalogue *catalogue)
{
	if (catalogue == NULL)
		return;
	map_free(catalogue->keys, NULL);
	arena_free(catalogue->arena);
	free(catalogue->rows);
	free(catalogue);
}

const struct reply_row *
reply_catalogue_row(const struct reply_catalogue *catalogue, size_t i)
{
	return i < catalogue->count ? &catalogue->rows[i].row : NULL;
}

const struct reply_row *
reply_catalogue_coded(const struct reply_catalogue *catalogue,
    const char *codes, const char *provider, size_t *i)
{
	struct gist gist;

	normalise(codes, strlen(codes), &gist);
	while ((gist.reply != 0 || gist.enhanced[0] != '\0') &&
	    *i < catalogue->count) {
		const struct catalogue_row *row = &catalogue->rows[(*i)++];

		if (provider != NULL &&
		    strcmp(provider, row->row.provider) != 0)
			continue;
		if ((gist.reply == 0 || gist.reply == row->row.reply) &&
		    (gist.enhanced[0] == '\0' ||
			(row->start[0] != '\0' &&
			    in_range(row, gist.enhanced))))
			return &row->row;
	}
	return NULL;
}

const struct reply_row *
reply_catalogue_find(const struct reply_catalogue *catalogue, const char *key)
{
	return map_get(catalogue->keys, key);
}
