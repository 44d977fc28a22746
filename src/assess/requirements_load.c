/* Reads share/requirements.json. */
/* SPDX-License-Identifier: MIT */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "requirements.h"
#include "sendtop/text.h"

enum {
	FILE_MAX = 1024 * 1024,
	ROWS_MAX = 200,
	SOURCES_MAX = 32,
	TEXT_MAX = 1000
};

/* Words are printed: what is in them is made harmless here. */
static const char *
word(struct arena *arena, const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	if (text == NULL)
		return "";
	return text_printable_arena(arena, text, strlen(text), TEXT_MAX);
}

static const char *const row_keys[] = { "id", "audience", "title", "remedy",
	"page", "hard", "need", "most", "sources", NULL };
static const char *const source_keys[] = { "check", "google", "measure",
	"reasons", "family", "warn_from", "fail_from", "warn_below",
	"fail_below", NULL };

/* A misspelt line would be a row that never alarms. */
static enum status
check_keys(
    json_t *object, const char *const *keys, const char *id, struct error *err)
{
	const char *key;
	json_t *value;
	size_t i;

	json_object_foreach(object, key, value)
	{
		for (i = 0; keys[i] != NULL && strcmp(keys[i], key) != 0; i++)
			continue;
		if (keys[i] == NULL)
			return error_set(err, STATUS_PARSE,
			    "%s: there is no key \"%s\"", id, key);
	}
	return STATUS_OK;
}

/* A word out of two; left out it is the first. */
static enum status
load_choice(const json_t *object, const char *key, const char *first,
    const char *second, bool *is_second, const char *id, struct error *err)
{
	const json_t *value = json_object_get(object, key);
	const char *text = json_string_value(value);

	*is_second = text != NULL && strcmp(text, second) == 0;
	if (value == NULL || *is_second ||
	    (text != NULL && strcmp(text, first) == 0))
		return STATUS_OK;
	return error_set(err, STATUS_PARSE, "%s: \"%s\" must be %s or %s", id,
	    key, first, second);
}

static enum status
load_line(const json_t *object, const char *key, double *out, const char *id,
    struct error *err)
{
	const json_t *value = json_object_get(object, key);

	*out = (double)NAN;
	if (value == NULL)
		return STATUS_OK;
	*out = json_number_value(value);
	if (json_is_number(value) && *out > 0 && *out <= 1)
		return STATUS_OK;
	return error_set(err, STATUS_PARSE,
	    "%s: \"%s\" must be a ratio above 0 and at most 1", id, key);
}

static enum status
load_lines(
    const json_t *from, struct source *out, const char *id, struct error *err)
{
	const struct {
		const char *key;
		double *line;
	} lines[] = {
		{ "warn_from", &out->warn_from },
		{ "fail_from", &out->fail_from },
		{ "warn_below", &out->warn_below },
		{ "fail_below", &out->fail_below },
	};
	enum status status = STATUS_OK;
	bool any = false;
	size_t i;

	for (i = 0; status == STATUS_OK && i < 4; i++) {
		status = load_line(from, lines[i].key, lines[i].line, id, err);
		any = any || !isnan(*lines[i].line);
	}
	if (status == STATUS_OK && any != (out->kind == SOURCE_MEASURE))
		return error_set(err, STATUS_PARSE,
		    any ? "%s: \"%s\" is no measure and has no lines"
			: "%s: measure \"%s\" needs a line such as warn_from",
		    id, out->name);
	return status;
}

static enum status
load_reasons(struct arena *arena, const json_t *list, struct source *out,
    const char *id, struct error *err)
{
	const char **words;
	const json_t *item;
	size_t i, n = json_array_size(list);

	if (list == NULL)
		return STATUS_OK;
	if (out->kind != SOURCE_CHECK)
		return error_set(
		    err, STATUS_PARSE, "%s: only a check has \"reasons\"", id);
	if (n == 0 || n > SOURCES_MAX)
		return error_set(err, STATUS_PARSE,
		    "%s: \"reasons\" must be a list of 1 to %d words", id,
		    SOURCES_MAX);
	words = arena_alloc(arena, n * sizeof(*words));
	json_array_foreach(list, i, item)
	{
		if (!json_is_string(item))
			return error_set(err, STATUS_PARSE,
			    "%s: a reason must be a word", id);
		words[i] = arena_dup(arena, json_string_value(item));
	}
	out->reasons = words;
	out->reason_count = n;
	return STATUS_OK;
}

static enum status
load_family(
    const json_t *value, struct source *out, const char *id, struct error *err)
{
	if (value == NULL)
		return STATUS_OK;
	out->family = (int)json_integer_value(value);
	if (out->kind == SOURCE_CHECK && (out->family == 4 || out->family == 6))
		return STATUS_OK;
	return error_set(err, STATUS_PARSE,
	    "%s: \"family\" must be 4 or 6, and of a check", id);
}

/* Exactly one of the three kinds. */
static enum status
load_kind(struct arena *arena, const json_t *from, struct source *out,
    const char *id, struct error *err)
{
	static const char *const kinds[] = {
		[SOURCE_CHECK] = "check",
		[SOURCE_GOOGLE] = "google",
		[SOURCE_MEASURE] = "measure",
	};
	int count = 0, i;

	for (i = 0; i < 3; i++)
		if (word(arena, from, kinds[i])[0] != '\0') {
			out->kind = (enum source_kind)i;
			out->name = word(arena, from, kinds[i]);
			count++;
		}
	if (count != 1)
		return error_set(err, STATUS_PARSE,
		    "%s: a source needs one of \"check\", \"google\" and "
		    "\"measure\"",
		    id);
	if (out->kind == SOURCE_GOOGLE && strncmp(out->name, "google.", 7) != 0)
		return error_set(err, STATUS_PARSE,
		    "%s: \"%s\" does not begin with google.", id, out->name);
	if (out->kind == SOURCE_MEASURE)
		out->metric = metric_find(out->name);
	if (out->kind == SOURCE_MEASURE && out->metric == METRIC_COUNT)
		return error_set(err, STATUS_PARSE,
		    "%s: there is no measure \"%s\"", id, out->name);
	if (out->kind == SOURCE_MEASURE &&
	    metric_row(out->metric)->unit != UNIT_RATIO)
		return error_set(err, STATUS_PARSE,
		    "%s: measure \"%s\" is a count, a ratio is needed", id,
		    out->name);
	return STATUS_OK;
}

static enum status
load_source(struct arena *arena, json_t *from, struct source *out,
    const char *id, struct error *err)
{
	enum status status = check_keys(from, source_keys, id, err);

	if (status == STATUS_OK)
		status = load_kind(arena, from, out, id, err);
	if (status == STATUS_OK)
		status = load_lines(from, out, id, err);
	if (status == STATUS_OK)
		status = load_reasons(
		    arena, json_object_get(from, "reasons"), out, id, err);
	if (status == STATUS_OK)
		status = load_family(
		    json_object_get(from, "family"), out, id, err);
	return status;
}

static enum status
load_sources(struct arena *arena, const json_t *sources,
    struct requirement_row *out, struct error *err)
{
	enum status status = STATUS_OK;
	json_t *item;
	size_t i;

	out->source_count = json_array_size(sources);
	if (out->source_count == 0 || out->source_count > SOURCES_MAX)
		return error_set(err, STATUS_PARSE,
		    "%s: \"sources\" must hold 1 to %d rows", out->row.id,
		    SOURCES_MAX);
	out->sources = arena_alloc(
	    arena, out->source_count * sizeof(*out->sources));
	json_array_foreach(sources, i, item)
	{
		status = load_source(
		    arena, item, &out->sources[i], out->row.id, err);
		if (status != STATUS_OK)
			break;
	}
	return status;
}

static void
load_words(struct arena *arena, const json_t *from, struct requirement *row)
{
	row->id = word(arena, from, "id");
	row->audience = word(arena, from, "audience");
	row->title = word(arena, from, "title");
	row->remedy = word(arena, from, "remedy");
	row->page = word(arena, from, "page");
	row->hard = json_is_true(json_object_get(from, "hard"));
}

static enum status
load_row(struct arena *arena, json_t *from, struct requirement_row *out,
    struct error *err)
{
	const struct requirement *row = &out->row;
	enum status status;
	bool warn;

	load_words(arena, from, &out->row);
	out->bulk_only = strcmp(row->audience, "bulk") == 0;
	if (row->id[0] == '\0' || row->title[0] == '\0' ||
	    row->remedy[0] == '\0' ||
	    (!out->bulk_only && strcmp(row->audience, "all") != 0))
		return error_set(err, STATUS_PARSE,
		    "requirement \"%s\" needs id, audience (all or bulk), "
		    "title and remedy",
		    row->id);
	status = check_keys(from, row_keys, row->id, err);
	if (status == STATUS_OK)
		status = load_choice(
		    from, "need", "all", "any", &out->any, row->id, err);
	if (status == STATUS_OK)
		status = load_choice(
		    from, "most", "fail", "warn", &warn, row->id, err);
	if (status != STATUS_OK)
		return status;
	out->most = warn ? VERDICT_WARN : VERDICT_FAIL;
	return load_sources(arena, json_object_get(from, "sources"), out, err);
}

/* Whether a row before has the same id. */
static bool
is_known(const struct requirements *table, size_t count, const char *id)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strcmp(table->rows[i].row.id, id) == 0)
			return true;
	return false;
}

static enum status
load_rows(struct requirements *table, const json_t *rows, struct error *err)
{
	enum status status;
	json_t *item;
	size_t i;

	table->count = json_array_size(rows);
	if (table->count == 0 || table->count > ROWS_MAX)
		return error_set(err, STATUS_PARSE,
		    "\"requirements\" must hold 1 to %d rows", ROWS_MAX);
	table->rows = arena_alloc(
	    table->arena, table->count * sizeof(*table->rows));
	json_array_foreach(rows, i, item)
	{
		status = load_row(table->arena, item, &table->rows[i], err);
		if (status != STATUS_OK)
			return status;
		if (is_known(table, i, table->rows[i].row.id))
			return error_set(err, STATUS_PARSE,
			    "%s: there are two rows of this id",
			    table->rows[i].row.id);
	}
	return STATUS_OK;
}

enum status
requirements_load(
    const char *path, struct requirements **out, struct error *err)
{
	struct requirements *table = mem_zero(1, sizeof(*table));
	struct buf text = { 0 };
	json_error_t where;
	json_t *root = NULL;
	enum status status;

	table->arena = arena_new();
	status = buf_file(&text, path, FILE_MAX, err);
	if (status != STATUS_OK)
		goto out;
	root = json_loadb(text.data != NULL ? text.data : "", text.len,
	    JSON_REJECT_DUPLICATES, &where);
	if (root == NULL) {
		status = error_set(err, STATUS_PARSE, "%s:%d: %s", path,
		    where.line, where.text);
		goto out;
	}
	status = load_rows(table, json_object_get(root, "requirements"), err);
	if (status != STATUS_OK)
		error_prefix(err, "%s", path);
out:
	json_decref(root);
	buf_free(&text);
	if (status == STATUS_OK)
		*out = table;
	else
		requirements_free(table);
	return status;
}

void
requirements_free(struct requirements *table)
{
	if (table == NULL)
		return;
	arena_free(table->arena);
	free(table);
}

size_t
requirements_count(const struct requirements *table)
{
	return table->count;
}

const struct requirement *
requirements_find(const struct requirements *table, const char *id)
{
	size_t i;

	for (i = 0; i < table->count; i++)
		if (strcmp(table->rows[i].row.id, id) == 0)
			return &table->rows[i].row;
	return NULL;
}
