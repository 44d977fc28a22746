/* Whose relay host it is: a table of the ends of host names. */
/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "json_file.h"
#include "octets.h"
#include "octets_find.h"
#include "sendtop/reply.h"
#include "sendtop/text.h"
#include "sendtop/traffic.h"

enum {
	PROVIDERS_MOST = 200,
	HOSTS_MOST = 50,
	NAME_MOST = 253,
	SLOTS = 2048, /* a power of two, much more than there are hosts */
};

struct provider {
	const char *word, *label;
};

/* A name that relay hosts end in. */
struct host_end {
	const char *name; /* lower case; NULL: the slot is free */
	size_t len;
	const char *provider;
};

struct providers {
	struct arena *arena;
	struct provider *rows;
	size_t count, cap, hosts;
	bool lengths[NAME_MOST + 1]; /* that hosts have */
	struct host_end slots[SLOTS];
};

/* --- looking up ----------------------------------------------------------- */

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Of eight octets, letters or not: what is equal but for the case stays so. */
static uint64_t
word_at(const char *at)
{
	uint64_t word;

	memcpy(&word, at, sizeof(word));
	return word | UINT64_C(0x2020202020202020);
}

static size_t
slot_of(const char *name, size_t len)
{
	const uint64_t k = UINT64_C(0x9fb21c651e98df25);
	uint64_t hash = len;
	size_t i;

	if (len < 8) {
		for (i = 0; i < len; i++)
			hash = (hash ^ (unsigned char)lower(name[i])) * k;
	} else {
		for (i = 0; i + 8 < len; i += 8)
			hash = (hash ^ word_at(name + i)) * k;
		hash = (hash ^ word_at(name + len - 8)) * k;
	}
	return (size_t)(hash >> 32) & (SLOTS - 1);
}

static bool
same_name(const char *name, const char *host, size_t len)
{
	size_t i;

	if (octets_same(name, host, len))
		return true;
	for (i = 0; i < len; i++)
		if (name[i] != lower(host[i]))
			return false;
	return true;
}

static const struct host_end *
find_end(const struct providers *providers, const char *host, size_t len)
{
	size_t slot = slot_of(host, len);

	for (; providers->slots[slot].name != NULL;
	     slot = (slot + 1) & (SLOTS - 1))
		if (providers->slots[slot].len == len &&
		    same_name(providers->slots[slot].name, host, len))
			return &providers->slots[slot];
	return NULL;
}

/* The longest end that is known. */
const char *
provider_of(const struct providers *providers, const char *host, size_t len)
{
	const struct host_end *end;
	const char *dot;

	if (len > 0 && host[len - 1] == '.')
		len--;
	if (len > NAME_MOST)
		return PROVIDER_OTHER;
	for (; len > 0; host = dot + 1) {
		/* Each has a dot within. */
		dot = octets_find(host, len, '.');
		if (dot == NULL)
			break;
		end = providers->lengths[len] ? find_end(providers, host, len)
					      : NULL;
		if (end != NULL)
			return end->provider;
		len -= (size_t)(dot + 1 - host);
	}
	return PROVIDER_OTHER;
}

const char *
provider_label(const struct providers *providers, const char *provider)
{
	size_t i;

	for (i = 0; i < providers->count; i++)
		if (strcmp(providers->rows[i].word, provider) == 0)
			return providers->rows[i].label;
	return provider;
}

/* --- reading -------------------------------------------------------------- */

static const char *const file_members[] = { "about", "licence", "providers",
	NULL };
static const char *const row_members[] = { "provider", "label", "hosts", NULL };

static bool
is_host(const char *name)
{
	size_t len = strlen(name);

	return len >= 3 && len <= NAME_MOST && strchr(name, '.') != NULL &&
	    name[0] != '.' && name[len - 1] != '.' &&
	    strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-.") == len;
}

static enum status
add_host(struct providers *providers, const json_t *host, const char *word,
    struct error *err)
{
	const char *name = json_string_value(host);
	size_t slot;

	if (name == NULL || !is_host(name))
		return error_set(err, STATUS_PARSE,
		    "%s: \"hosts\" must be a list of names such as "
		    "mx.example.com, in lower case",
		    word);
	if (find_end(providers, name, strlen(name)) != NULL)
		return error_set(err, STATUS_PARSE,
		    "%s: the host %s is there twice", word, name);
	if (++providers->hosts > SLOTS / 2)
		return error_set(
		    err, STATUS_PARSE, "more than %d hosts", SLOTS / 2);
	for (slot = slot_of(name, strlen(name));
	     providers->slots[slot].name != NULL;)
		slot = (slot + 1) & (SLOTS - 1);
	providers->lengths[strlen(name)] = true;
	providers->slots[slot] = (struct host_end){
		.name = arena_dup(providers->arena, name),
		.len = strlen(name),
		.provider = word,
	};
	return STATUS_OK;
}

static bool
is_known(const struct providers *providers, const char *word)
{
	return strcmp(word, PROVIDER_OTHER) == 0 ||
	    provider_label(providers, word) != word;
}

static enum status
add_provider(struct providers *providers, json_t *from, struct error *err)
{
	const json_t *hosts = json_object_get(from, "hosts");
	struct provider row = { NULL, NULL };
	enum status status = json_file_text(providers->arena, from, "provider",
	    JSON_NEEDED, &row.word, "a row", err);
	size_t i, count = json_array_size(hosts);

	if (status == STATUS_OK)
		status = json_file_members(from, row_members, row.word, err);
	if (status == STATUS_OK)
		status = json_file_text(providers->arena, from, "label",
		    JSON_NEEDED, &row.label, row.word, err);
	if (status != STATUS_OK)
		return status;
	if (is_known(providers, row.word))
		return error_set(err, STATUS_PARSE,
		    "%s: there are two rows of this provider", row.word);
	if (count == 0 || count > HOSTS_MOST)
		return error_set(err, STATUS_PARSE,
		    "%s: \"hosts\" must be a list of 1 to %d names", row.word,
		    HOSTS_MOST);
	providers->rows = mem_grow(providers->rows, providers->count,
	    &providers->cap, sizeof(*providers->rows));
	providers->rows[providers->count++] = row;
	for (i = 0; status == STATUS_OK && i < count; i++)
		status = add_host(
		    providers, json_array_get(hosts, i), row.word, err);
	return status;
}

static enum status
add_all(struct providers *providers, json_t *root, struct error *err)
{
	const json_t *rows = json_object_get(root, "providers");
	enum status status = json_file_members(
	    root, file_members, "the file", err);
	size_t i, count = json_array_size(rows);

	if (status == STATUS_OK && (count == 0 || count > PROVIDERS_MOST))
		status = error_set(err, STATUS_PARSE,
		    "\"providers\" must be a list of 1 to %d rows",
		    PROVIDERS_MOST);
	for (i = 0; status == STATUS_OK && i < count; i++)
		status = add_provider(providers, json_array_get(rows, i), err);
	return status;
}

enum status
providers_load(const char *path, struct providers **out, struct error *err)
{
	struct providers *providers = mem_zero(1, sizeof(*providers));
	json_t *root;
	enum status status = json_file_read(path, &root, err);

	providers->arena = arena_new();
	if (status == STATUS_OK) {
		status = add_all(providers, root, err);
		if (status != STATUS_OK)
			error_prefix(err, "%s", path);
	}
	json_decref(root);
	*out = status == STATUS_OK ? providers : NULL;
	if (status != STATUS_OK)
		providers_free(providers);
	return status;
}

void
providers_free(struct providers *providers)
{
	if (providers == NULL)
		return;
	arena_free(providers->arena);
	free(providers->rows);
	free(providers);
}
