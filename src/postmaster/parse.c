/* Google's answers: the list of domains, and batches of statistics. */
/* SPDX-License-Identifier: MIT */
#include "parse.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "failure.h"
#include "json_read.h"
#include "scan.h"
#include "sendtop/day.h"
#include "sendtop/org.h"
#include "sendtop/text.h"
#include "stats.h"

enum { PERMISSION_MAX = 64, TOKEN_MAX = 4096 };

static enum status
wrong_type(const char *key, struct error *err)
{
	return error_set(err, STATUS_PARSE,
	    "Postmaster sent a value of a type that its documentation excludes "
	    "(%.60s)",
	    key);
}

/* A token of a wrong type must not pass for the end of a list. */
static enum status
next_page(const json_t *object, struct arena *arena, const char **out,
    struct error *err)
{
	const json_t *token;

	*out = NULL;
	if (!json_read_member(object, "nextPageToken", JSON_STRING, &token) ||
	    json_string_length(token) > TOKEN_MAX)
		return wrong_type("nextPageToken", err);
	if (json_string_length(token) > 0)
		*out = arena_dup(arena, json_string_value(token));
	return STATUS_OK;
}

/* --- domains.list --------------------------------------------------------- */

static enum poll_state
state_of(const json_t *row)
{
	if (strcmp(json_read_text(row, "verificationState"), "UNVERIFIED") == 0)
		return POLL_UNVERIFIED;
	if (strcmp(json_read_text(row, "permission"), "NONE") == 0)
		return POLL_DENIED;
	return POLL_OK;
}

static const char *
permission_words(
    enum poll_state state, const char *permission, struct arena *arena)
{
	if (state == POLL_UNVERIFIED)
		return "not verified in Postmaster Tools: verify it there";
	if (state == POLL_DENIED)
		return "no permission: ask the domain's owner in Postmaster "
		       "Tools to add this account";
	return text_printable_arena(
	    arena, permission, strlen(permission), PERMISSION_MAX);
}

/* False when the row names no domain that could be asked about. */
static bool
read_domain(const json_t *row, struct arena *arena, struct postmaster_domain *d)
{
	const char *resource = json_read_text(row, "name");
	char name[ORG_NAME_SIZE];

	if (strncmp(resource, "domains/", 8) != 0 ||
	    !org_ascii(resource + 8, name))
		return false;
	d->name = arena_dup(arena, name);
	d->state = state_of(row);
	d->permission = permission_words(
	    d->state, json_read_text(row, "permission"), arena);
	return true;
}

enum status
parse_domains(const char *body, size_t len, struct arena *arena,
    struct domain_page *out, struct error *err)
{
	const json_t *list, *row;
	enum status status;
	json_t *root;
	size_t i;

	memset(out, 0, sizeof(*out));
	status = json_read_object(
	    body, len, "Postmaster's list of domains", &root, err);
	if (status != STATUS_OK)
		return status;
	/* A broken list must not look like an account without domains. */
	if (!json_read_member(root, "domains", JSON_ARRAY, &list))
		status = wrong_type("domains", err);
	else
		out->domains = arena_alloc(
		    arena, (json_array_size(list) + 1) * sizeof(*out->domains));
	for (i = 0; status == STATUS_OK && i < json_array_size(list); i++) {
		row = json_array_get(list, i);
		if (!json_is_object(row))
			status = wrong_type("domains", err);
		else if (read_domain(row, arena, &out->domains[out->count]))
			out->count++;
	}
	if (status == STATUS_OK)
		status = next_page(root, arena, &out->next, err);
	json_decref(root);
	return status;
}

/* --- batches -------------------------------------------------------------- */

static enum status
read_response(const json_t *response, struct stats *stats, struct arena *arena,
    struct stats_item *out)
{
	const json_t *list;
	size_t i;

	if (!json_read_member(response, "domainStats", JSON_ARRAY, &list))
		return wrong_type("domainStats", &out->error);
	for (i = 0; i < json_array_size(list); i++) {
		const json_t *row = json_array_get(list, i);

		if (!stats_read(stats, row))
			return wrong_type(json_is_object(row)
				? json_read_text(row, "metric")
				: "domainStats",
			    &out->error);
	}
	return next_page(response, arena, &out->next, &out->error);
}

/* An item that is {} has no numbers: that is how proto3 writes it. */
static void
read_item(const json_t *result, struct stats *stats, struct arena *arena,
    struct stats_item *out)
{
	const json_t *response = NULL, *error = NULL;

	memset(out, 0, sizeof(*out));
	if (!json_is_object(result) ||
	    !json_read_member(result, "response", JSON_OBJECT, &response) ||
	    !json_read_member(result, "error", JSON_OBJECT, &error) ||
	    (response == NULL && error == NULL && json_object_size(result) > 0))
		wrong_type("results", &out->error);
	else if (error != NULL)
		out->failure = failure_of_item(error, &out->error);
	else if (response != NULL)
		(void)read_response(response, stats, arena, out);
	if (out->failure == API_FINE && out->error.status != STATUS_OK)
		out->failure = API_FATAL;
}

/* By the objects of its JSON. */
static enum status
item_parse(const struct scan_item *item, json_t **out)
{
	struct error err;

	return json_read_object(
	    item->text.s, item->text.len, "Postmaster's answer", out, &err);
}

/* False when a row is not as it must be, which read_item finds words for. */
static bool
take_rows(const struct scan *scan, const struct scan_item *item,
    struct stats *stats, struct arena *arena, struct stats_item *out)
{
	enum metric guess = METRIC_SPAM_RATE;
	size_t i;

	memset(out, 0, sizeof(*out));
	for (i = 0; i < item->count; i++)
		if (!stats_take(stats, &scan->rows[item->first + i], &guess))
			return false;
	if (item->next.len > TOKEN_MAX)
		return false;
	if (item->next.len > 0)
		out->next = arena_ndup(arena, item->next.s, item->next.len);
	return true;
}

static void
take_item(const struct scan *scan, size_t i, struct stats *stats,
    struct arena *arena, const json_t *odd, struct stats_item *out)
{
	json_t *objects = NULL;

	if (odd == NULL && take_rows(scan, &scan->items[i], stats, arena, out))
		return;
	if (odd == NULL && item_parse(&scan->items[i], &objects) == STATUS_OK)
		odd = objects;
	read_item(odd, stats, arena, out);
	json_decref(objects);
}

/* Nothing is taken before all of it is known to be JSON.  False when it is
 * not, or not in the usual form. */
static bool
batch_scanned(const char *body, size_t len, size_t count,
    struct stats *const *stats, struct arena *arena, struct stats_item *items)
{
	json_t **odd = mem_zero(count + 1, sizeof(*odd));
	bool all_plain = true, ok;
	struct scan scan;
	size_t i;

	ok = scan_batch(body, len, count, &scan);
	for (i = 0; ok && i < count; i++)
		all_plain = all_plain && !scan.items[i].odd;
	if (ok && !all_plain)
		ok = json_read_affordable(body, len);
	for (i = 0; ok && i < count; i++)
		if (scan.items[i].odd)
			ok = item_parse(&scan.items[i], &odd[i]) == STATUS_OK;
	for (i = 0; ok && i < count; i++)
		take_item(&scan, i, stats[i], arena, odd[i], &items[i]);
	for (i = 0; i < count; i++)
		json_decref(odd[i]);
	free(odd);
	scan_free(&scan);
	return ok;
}

enum status
parse_batch(const char *body, size_t len, size_t count,
    struct stats *const *stats, struct arena *arena, struct stats_item *items,
    struct error *err)
{
	const json_t *results;
	enum status status;
	json_t *root;
	size_t i;

	if (batch_scanned(body, len, count, stats, arena, items))
		return STATUS_OK;
	status = json_read_object(body, len, "Postmaster's answer", &root, err);
	if (status != STATUS_OK)
		return status;
	if (!json_read_member(root, "results", JSON_ARRAY, &results))
		status = wrong_type("results", err);
	else if (json_array_size(results) != count)
		status = error_set(err, STATUS_PARSE,
		    "Postmaster answered %zu of %zu queries of a batch",
		    json_array_size(results), count);
	for (i = 0; status == STATUS_OK && i < count; i++)
		read_item(
		    json_array_get(results, i), stats[i], arena, &items[i]);
	json_decref(root);
	return status;
}
