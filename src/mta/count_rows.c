/* The rows that a counter fills between two flushes. */
/* SPDX-License-Identifier: MIT */
#include "mta/count_rows.h"

#include <stdlib.h>
#include <string.h>

#include "sendtop/source.h"
#include "sendtop/text.h"

enum { SLOTS_FIRST = 256 };

/* --- tables --------------------------------------------------------------- */

static uint64_t
row_hash_text(uint64_t hash, const char *text)
{
	return row_hash(hash, source_hash(text, strlen(text)));
}

static uint64_t
hash_at(const void *row)
{
	return *(const uint64_t *)row;
}

static void
grow(struct row_table *table)
{
	size_t cap = table->cap > 0 ? table->cap * 2 : SLOTS_FIRST, i, k;
	void **slots = mem_zero(cap, sizeof(*slots));

	for (i = 0; i < table->cap; i++) {
		if (table->slots[i] == NULL)
			continue;
		k = hash_at(table->slots[i]) & (cap - 1);
		while (slots[k] != NULL)
			k = (k + 1) & (cap - 1);
		slots[k] = table->slots[i];
	}
	free(table->slots);
	table->slots = slots;
	table->cap = cap;
}

void **
row_table_seek(struct row_table *table, uint64_t hash,
    bool (*same)(const void *row, const void *key), const void *key)
{
	size_t i;

	if (table->count * 2 >= table->cap)
		grow(table);
	i = hash & (table->cap - 1);
	while (table->slots[i] != NULL &&
	    (hash_at(table->slots[i]) != hash || !same(table->slots[i], key)))
		i = (i + 1) & (table->cap - 1);
	return &table->slots[i];
}

void
row_table_clear(struct row_table *table)
{
	free(table->slots);
	*table = (struct row_table){ NULL, 0, 0 };
}

/* Puts a new row of size octets into the slot that was found empty. */
static void *
put(struct rows *rows, struct row_table *table, void **slot, size_t size,
    uint64_t hash)
{
	void *row = arena_alloc(rows->arena, size);

	*(uint64_t *)row = hash;
	*slot = row;
	table->count++;
	return row;
}

void
rows_init(struct rows *rows)
{
	memset(rows, 0, sizeof(*rows));
	rows->arena = arena_new();
}

void
rows_fini(struct rows *rows)
{
	rows_forget(rows);
	arena_free(rows->arena);
}

void
rows_forget(struct rows *rows)
{
	row_table_clear(&rows->traffic);
	row_table_clear(&rows->replies);
	row_table_clear(&rows->senders);
	row_table_clear(&rows->learned);
	arena_reset(rows->arena);
}

size_t
rows_count(const struct rows *rows)
{
	return rows->traffic.count + rows->replies.count + rows->senders.count +
	    rows->learned.count;
}

/* --- finding a row -------------------------------------------------------- */

static bool
same_traffic(const void *row, const void *key)
{
	const struct traffic_row *a = row, *b = key;

	return a->domain == b->domain &&
	    a->traffic.hour_s == b->traffic.hour_s &&
	    a->traffic.provider == b->traffic.provider &&
	    a->traffic.stream == b->traffic.stream;
}

struct traffic_row *
rows_traffic(struct rows *rows, int64_t domain, int64_t hour_s,
    const char *provider, const char *stream)
{
	uint64_t hash = row_hash(row_hash((uint64_t)domain, (uint64_t)hour_s),
	    row_hash((uintptr_t)provider, (uintptr_t)stream));
	const struct traffic_row key = {
		.domain = domain,
		.traffic = { .hour_s = hour_s,
		    .provider = provider,
		    .stream = stream },
	};
	void **slot = row_table_seek(&rows->traffic, hash, same_traffic, &key);
	struct traffic_row *row = *slot;

	if (row != NULL)
		return row;
	row = put(rows, &rows->traffic, slot, sizeof(*row), hash);
	row->domain = domain;
	row->traffic = key.traffic;
	row->first_s = INT64_MAX;
	row->last_s = INT64_MIN;
	return row;
}

static bool
same_reply(const void *row, const void *key)
{
	const struct reply_row_counted *a = row, *b = key;
	const struct reply_count *r = &a->reply, *s = &b->reply;

	return a->domain == b->domain && r->hour_s == s->hour_s &&
	    r->stream == s->stream && r->permanent == s->permanent &&
	    strcmp(r->provider, s->provider) == 0 &&
	    strcmp(r->key, s->key) == 0 && strcmp(r->reply, s->reply) == 0 &&
	    strcmp(r->identity, s->identity) == 0;
}

struct reply_row_counted *
rows_reply(struct rows *rows, int64_t domain, const struct reply_count *like)
{
	const struct reply_row_counted key = { .domain = domain,
		.reply = *like };
	struct reply_row_counted *row;
	uint64_t hash;
	void **slot;

	hash = row_hash((uint64_t)domain, (uint64_t)like->hour_s);
	hash = row_hash(hash, (uintptr_t)like->stream);
	hash = row_hash_text(hash, like->provider);
	hash = row_hash_text(hash, like->key);
	hash = row_hash_text(hash, like->reply);
	hash = row_hash_text(hash, like->identity);
	slot = row_table_seek(&rows->replies, hash, same_reply, &key);
	if (*slot != NULL)
		return *slot;
	row = put(rows, &rows->replies, slot, sizeof(*row), hash);
	row->domain = domain;
	row->reply = *like;
	row->reply.reply = arena_dup(rows->arena, like->reply);
	row->reply.identity = arena_dup(rows->arena, like->identity);
	return row;
}

static bool
same_sender(const void *row, const void *key)
{
	const struct sender_row *a = row, *b = key;

	return a->domain == b->domain && a->sender.stream == b->sender.stream &&
	    strcmp(a->sender.address, b->sender.address) == 0;
}

struct sender_row *
rows_sender(
    struct rows *rows, int64_t domain, const char *stem, const char *stream)
{
	const struct sender_row key = {
		.domain = domain,
		.sender = { .address = stem, .stream = stream },
	};
	uint64_t hash = row_hash_text(
	    row_hash((uint64_t)domain, (uintptr_t)stream), stem);
	void **slot = row_table_seek(&rows->senders, hash, same_sender, &key);
	struct sender_row *row = *slot;

	if (row != NULL)
		return row;
	row = put(rows, &rows->senders, slot, sizeof(*row), hash);
	row->domain = domain;
	row->sender.address = arena_dup(rows->arena, stem);
	row->sender.stream = stream;
	row->sender.first_s = INT64_MAX;
	row->sender.last_s = INT64_MIN;
	return row;
}

static bool
same_learned(const void *row, const void *key)
{
	const struct learned_row *a = row, *b = key;

	return a->domain == b->domain && strcmp(a->kind, b->kind) == 0 &&
	    strcmp(a->value, b->value) == 0;
}

void
rows_learned(struct rows *rows, int64_t domain, const char *kind,
    const char *value, int64_t first_s, int64_t last_s)
{
	const struct learned_row key = {
		.domain = domain, .kind = kind, .value = value
	};
	uint64_t hash = row_hash_text(
	    row_hash_text((uint64_t)domain, kind), value);
	void **slot = row_table_seek(&rows->learned, hash, same_learned, &key);
	struct learned_row *row = *slot;

	if (row == NULL) {
		row = put(rows, &rows->learned, slot, sizeof(*row), hash);
		row->domain = domain;
		row->kind = kind;
		row->value = arena_dup(rows->arena, value);
		row->first_s = first_s;
		row->last_s = last_s;
	}
	row->first_s = first_s < row->first_s ? first_s : row->first_s;
	row->last_s = last_s > row->last_s ? last_s : row->last_s;
}

/* --- giving them out ------------------------------------------------------ */

static enum status
flush_traffic(struct rows *rows, const struct count_ops *ops, void *arg,
    struct error *err)
{
	enum status status = STATUS_OK;
	const struct traffic_row *row;

	for (size_t i = 0; status == STATUS_OK && i < rows->traffic.cap; i++) {
		row = rows->traffic.slots[i];
		if (row != NULL)
			status = ops->traffic(
			    arg, row->domain, &row->traffic, err);
	}
	return status;
}

static enum status
flush_replies(struct rows *rows, const struct count_ops *ops, void *arg,
    struct error *err)
{
	char sample[SAMPLE_MOST * 2];
	enum status status = STATUS_OK;
	struct reply_row_counted *row;

	for (size_t i = 0; status == STATUS_OK && i < rows->replies.cap; i++) {
		row = rows->replies.slots[i];
		if (row == NULL)
			continue;
		text_printable(
		    sample, sizeof(sample), row->sample, row->sample_len);
		row->reply.sample = sample;
		status = ops->reply(arg, row->domain, &row->reply, err);
		row->reply.sample = NULL;
	}
	return status;
}

static enum status
flush_senders(struct rows *rows, const struct count_ops *ops, void *arg,
    struct error *err)
{
	enum status status = STATUS_OK;
	const struct sender_row *row;

	for (size_t i = 0; status == STATUS_OK && i < rows->senders.cap; i++) {
		row = rows->senders.slots[i];
		if (row != NULL)
			status = ops->sender(
			    arg, row->domain, &row->sender, err);
	}
	return status;
}

static enum status
flush_learned(struct rows *rows, const struct count_ops *ops, void *arg,
    struct error *err)
{
	enum status status = STATUS_OK;
	const struct learned_row *row;

	for (size_t i = 0; status == STATUS_OK && i < rows->learned.cap; i++) {
		row = rows->learned.slots[i];
		if (row != NULL)
			status = ops->learned(arg, row->domain, row->kind,
			    row->value, row->first_s, row->last_s, err);
	}
	return status;
}

enum status
rows_flush(struct rows *rows, const struct count_ops *ops, void *arg,
    struct error *err)
{
	enum status status = flush_traffic(rows, ops, arg, err);

	if (status == STATUS_OK)
		status = flush_replies(rows, ops, arg, err);
	if (status == STATUS_OK)
		status = flush_senders(rows, ops, arg, err);
	if (status == STATUS_OK)
		status = flush_learned(rows, ops, arg, err);
	return status;
}
