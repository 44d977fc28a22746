/* Reads a family of the reply catalogue and proves every row of it. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "catalogue.h"
#include "json_file.h"
#include "normalise.h"
#include "sendtop/text.h"

enum { MATCHES_MOST = 32, MARKS_MOST = 200, WHAT_SIZE = 80 };

static const char *const file_members[] = { "about", "licence", "provider",
	"marks", "replies", NULL };
static const char *const row_members[] = { "key", "reply", "enhanced", "match",
	"category", "class", "severity", "slow_down", "generic", "meaning",
	"remedy", "requirement", "check", "edition", "note", NULL };

static const char *const categories[] = { "attachments_security", "auth_dkim",
	"auth_dmarc", "auth_none", "auth_spf", "content", "dns",
	"format_rfc5322", "header_size", "login", "loop", "mailbox_disabled",
	"mailbox_full", "mailbox_unknown", "policy", "protocol", "ptr",
	"quota_daily", "rate_limit", "recipient_rate", "relay",
	"reputation_domain", "reputation_ip", "size", "temporary_system", "tls",
	NULL };
static const char *const classes[] = { "temporary", "permanent", NULL };
static const char *const severities[] = { "info", "warn", "critical", NULL };

/* --- one row -------------------------------------------------------------- */

/* One of a few words; the list's own text comes out. */
static enum status
load_word(const json_t *from, const char *name, const char *const *words,
    const char **out, const char *what, struct error *err)
{
	const char *text = json_string_value(json_object_get(from, name));
	size_t i;

	for (i = 0; text != NULL && words[i] != NULL; i++)
		if (strcmp(words[i], text) == 0) {
			*out = words[i];
			return STATUS_OK;
		}
	return error_set(err, STATUS_PARSE, "%s: \"%s\" must be %s or the like",
	    what, name, words[0]);
}

static enum status
load_bool(const json_t *from, const char *name, bool needed, bool *out,
    const char *what, struct error *err)
{
	const json_t *value = json_object_get(from, name);

	*out = json_is_true(value);
	if (json_is_boolean(value) || (value == NULL && !needed))
		return STATUS_OK;
	return error_set(
	    err, STATUS_PARSE, "%s: \"%s\" must be true or false", what, name);
}

/* "4.7.28", "5.7.606-649" or "" for any. */
static bool
parse_enhanced(const char *text, struct catalogue_row *out)
{
	size_t n = strspn(text, "0123456789."), start;
	const char *dot = strrchr(text, '.');
	char extra;

	out->start[0] = '\0';
	if (text[0] == '\0')
		return true;
	if (dot == NULL || (text[0] != '4' && text[0] != '5') || n < 5)
		return false;
	start = (size_t)(dot - text) + 1;
	if (start >= sizeof(out->start) || strchr(text, '.') == dot)
		return false;
	memcpy(out->start, text, start);
	out->start[start] = '\0';
	if (sscanf(dot + 1, "%3u-%3u%c", &out->first, &out->last, &extra) == 2)
		return out->first < out->last;
	out->last = 0;
	if (sscanf(dot + 1, "%3u%c", &out->first, &extra) != 1)
		return false;
	out->last = out->first;
	return true;
}

/* What an MTA does next is told by the reply code alone. */
static enum status
load_codes(struct arena *arena, const json_t *from, struct catalogue_row *out,
    const char *what, struct error *err)
{
	const json_t *reply = json_object_get(from, "reply");
	const char *class = "";
	enum status status;

	if (!json_is_integer(reply) || json_integer_value(reply) < 400 ||
	    json_integer_value(reply) > 599)
		return error_set(err, STATUS_PARSE,
		    "%s: \"reply\" must be a number of 400 to 599", what);
	out->row.reply = (int)json_integer_value(reply);
	out->row.permanent = out->row.reply >= 500;
	status = json_file_text(arena, from, "enhanced", JSON_OPTIONAL,
	    &out->row.enhanced, what, err);
	if (status == STATUS_OK && !parse_enhanced(out->row.enhanced, out))
		return error_set(err, STATUS_PARSE,
		    "%s: \"enhanced\" must be like 5.7.1 or 5.7.606-649", what);
	if (status == STATUS_OK)
		status = load_word(from, "class", classes, &class, what, err);
	if (status == STATUS_OK &&
	    out->row.permanent != (strcmp(class, "permanent") == 0))
		return error_set(err, STATUS_PARSE,
		    "%s: \"class\" does not fit the reply code", what);
	return status;
}

static enum status
load_texts(struct arena *arena, const json_t *from, struct reply_row *out,
    const char *what, struct error *err)
{
	const struct {
		const char *name, **out;
		int optional;
	} texts[] = {
		{ "meaning", &out->meaning, JSON_NEEDED },
		{ "remedy", &out->remedy, JSON_NEEDED },
		{ "edition", &out->edition, JSON_NEEDED },
		{ "requirement", &out->requirement, JSON_OPTIONAL },
		{ "check", &out->check, JSON_OPTIONAL },
		{ "note", &out->note, JSON_OPTIONAL },
	};
	enum status status = STATUS_OK;
	size_t i;

	for (i = 0; status == STATUS_OK && i < sizeof(texts) / sizeof(*texts);
	     i++)
		status = json_file_text(arena, from, texts[i].name,
		    texts[i].optional, texts[i].out, what, err);
	return status;
}

static enum status
load_row(struct reply_catalogue *catalogue, json_t *from, const char *provider,
    const char *what, struct error *err)
{
	struct arena *arena = catalogue->arena;
	struct catalogue_row *out = &catalogue->rows[catalogue->count];
	struct reply_row *row = &out->row;
	char named[WHAT_SIZE];
	enum status status;

	*out = (struct catalogue_row){ .row.provider = provider };
	status = json_file_text(
	    arena, from, "key", JSON_NEEDED, &row->key, what, err);
	if (status != STATUS_OK)
		return status;
	snprintf(
	    named, sizeof(named), "%.*s", (int)sizeof(named) - 1, row->key);
	status = json_file_members(from, row_members, named, err);
	if (status == STATUS_OK)
		status = load_codes(arena, from, out, named, err);
	if (status == STATUS_OK)
		status = load_word(
		    from, "category", categories, &row->category, named, err);
	if (status == STATUS_OK)
		status = load_word(
		    from, "severity", severities, &row->severity, named, err);
	if (status == STATUS_OK)
		status = load_bool(
		    from, "slow_down", true, &row->slow_down, named, err);
	if (status == STATUS_OK)
		status = load_bool(
		    from, "generic", false, &out->generic, named, err);
	if (status == STATUS_OK)
		status = load_texts(arena, from, row, named, err);
	return status;
}

/* --- the words that choose it --------------------------------------------- */

static enum needle_kind
kind_of(const char *words)
{
	if (strncmp(words, "p=", 2) == 0 || strncmp(words, "answer", 6) == 0)
		return NEEDLE_LINK;
	return strchr(words, ' ') == NULL ? NEEDLE_NAME : NEEDLE_TEXT;
}

/* row: an index, or -1 for a mark. */
static enum status
add_needle(struct reply_catalogue *catalogue, const json_t *text, long row,
    const char *provider, const char *what, struct error *err)
{
	struct needle *needle, **bucket;
	struct gist gist;

	normalise(
	    json_string_value(text) != NULL ? json_string_value(text) : "",
	    json_string_length(text), &gist);
	if (!json_is_string(text) || gist.words_len < 4)
		return error_set(err, STATUS_PARSE,
		    "%s: \"%s\" must be a list of texts of some length", what,
		    row < 0 ? "marks" : "match");
	if (gist.reply != 0 || gist.enhanced[0] != '\0')
		return error_set(err, STATUS_PARSE,
		    "%s: \"%s\" has a code in it; codes are taken out of "
		    "replies before they are looked at",
		    what, json_string_value(text));
	needle = arena_alloc(catalogue->arena, sizeof(*needle));
	*needle = (struct needle){
		.words = arena_dup(catalogue->arena, gist.words),
		.provider = provider,
		.len = gist.words_len,
		.first_len = strcspn(gist.words, " "),
		.kind = row < 0 ? NEEDLE_MARK : kind_of(gist.words),
		.row = row,
	};
	bucket =
	    &catalogue
		 ->buckets[catalogue_hash(needle->words, needle->first_len)];
	needle->next = *bucket;
	*bucket = needle;
	return STATUS_OK;
}

static enum status
add_needles(struct reply_catalogue *catalogue, const json_t *list, long row,
    size_t most, const char *provider, const char *what, struct error *err)
{
	enum status status = STATUS_OK;
	size_t i, count = json_array_size(list);

	if (count == 0 || count > most)
		return error_set(err, STATUS_PARSE,
		    "%s: \"%s\" must be a list of 1 to %zu texts", what,
		    row < 0 ? "marks" : "match", most);
	for (i = 0; status == STATUS_OK && i < count; i++)
		status = add_needle(catalogue, json_array_get(list, i), row,
		    provider, what, err);
	return status;
}

/* --- one file ------------------------------------------------------------- */

static enum status
add_row(struct reply_catalogue *catalogue, json_t *from, size_t number,
    const char *provider, struct error *err)
{
	struct reply_row *row;
	char what[WHAT_SIZE];
	enum status status;

	if (catalogue->count == CATALOGUE_ROWS)
		return error_set(
		    err, STATUS_PARSE, "more than %d rows", CATALOGUE_ROWS);
	catalogue->rows = mem_grow(catalogue->rows, catalogue->count,
	    &catalogue->cap, sizeof(*catalogue->rows));
	row = &catalogue->rows[catalogue->count].row;
	snprintf(what, sizeof(what), "row %zu", number + 1);
	status = load_row(catalogue, from, provider, what, err);
	if (status != STATUS_OK)
		return status;
	if (map_put(catalogue->keys, row->key, catalogue) != NULL)
		return error_set(err, STATUS_PARSE,
		    "%s: there are two rows of this key", row->key);
	status = add_needles(catalogue, json_object_get(from, "match"),
	    (long)catalogue->count, MATCHES_MOST, provider, row->key, err);
	catalogue->count++;
	return status;
}

static enum status
load_file(struct reply_catalogue *catalogue, json_t *root, const char *provider,
    struct error *err)
{
	const char *said = json_string_value(json_object_get(root, "provider"));
	const json_t *rows = json_object_get(root, "replies");
	enum status status = json_file_members(
	    root, file_members, "the file", err);
	size_t i;

	if (status == STATUS_OK &&
	    (said == NULL || strcmp(said, provider) != 0))
		status = error_set(
		    err, STATUS_PARSE, "\"provider\" must be \"%s\"", provider);
	if (status == STATUS_OK && json_array_size(rows) == 0)
		status = error_set(
		    err, STATUS_PARSE, "\"replies\" must be a list of rows");
	if (status == STATUS_OK)
		status = add_needles(catalogue, json_object_get(root, "marks"),
		    -1, MARKS_MOST, provider, "the file", err);
	for (i = 0; status == STATUS_OK && i < json_array_size(rows); i++)
		status = add_row(
		    catalogue, json_array_get(rows, i), i, provider, err);
	return status;
}

enum status
catalogue_load_family(struct reply_catalogue *catalogue, const char *path,
    const char *provider, struct error *err)
{
	json_t *root;
	enum status status = json_file_read(path, &root, err);

	if (status != STATUS_OK)
		return status;
	status = load_file(catalogue, root, provider, err);
	if (status != STATUS_OK)
		error_prefix(err, "%s", path);
	json_decref(root);
	return status;
}
