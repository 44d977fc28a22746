/* The rows that a counter fills between two flushes. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_MTA_COUNT_ROWS_H
#define SENDTOP_MTA_COUNT_ROWS_H

#include "sendtop/count.h"
#include "sendtop/mem.h"

enum { SAMPLE_MOST = 480 };

/* All rows of a kind in a table found by hash: open addressing, and each row
 * begins with its hash. */
struct row_table {
	void **slots;
	size_t cap, count;
};
/* Where the row is, or is to be put: look at *slot.  same(row, key) tells
 * whether it is the one. */
void **row_table_seek(struct row_table *table, uint64_t hash,
    bool (*same)(const void *row, const void *key), const void *key);
void row_table_clear(struct row_table *table);

struct traffic_row {
	uint64_t hash;
	int64_t domain;
	int64_t first_s, last_s;
	struct traffic traffic; /* provider and stream are interned */
};
struct reply_row_counted {
	uint64_t hash;
	int64_t domain;
	struct reply_count reply; /* its texts are in the arena; sample
					unset */
	size_t sample_len;
	char sample[SAMPLE_MOST]; /* as it came */
};
struct sender_row {
	uint64_t hash;
	int64_t domain;
	struct sender_seen sender; /* stream interned */
};
struct learned_row {
	uint64_t hash;
	int64_t domain;
	const char *kind, *value;
	int64_t first_s, last_s;
};

struct rows {
	struct arena *arena;
	struct row_table traffic, replies, senders, learned;
};

void rows_init(struct rows *rows);
void rows_fini(struct rows *rows);
void rows_forget(struct rows *rows);
size_t rows_count(const struct rows *rows);

/* Each finds its row or makes an empty one. */
struct traffic_row *rows_traffic(struct rows *rows, int64_t domain,
    int64_t hour_s, const char *provider, const char *stream);
/* Whether texts equal those of like tells whether it is the same row. */
struct reply_row_counted *rows_reply(
    struct rows *rows, int64_t domain, const struct reply_count *like);
struct sender_row *rows_sender(
    struct rows *rows, int64_t domain, const char *stem, const char *stream);
void rows_learned(struct rows *rows, int64_t domain, const char *kind,
    const char *value, int64_t first_s, int64_t last_s);

enum status rows_flush(struct rows *rows, const struct count_ops *ops,
    void *arg, struct error *err) MUST_CHECK;

/* Mixes a number into a hash. */
static inline uint64_t
row_hash(uint64_t hash, uint64_t more)
{
	hash = (hash ^ more) * 0x9e3779b97f4a7c15u;
	return hash ^ hash >> 29;
}

#endif
