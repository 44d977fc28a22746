/* Ingesting: counts and cursors go to the store together. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include "collect/ingest.h"
#include "sendtop/day.h"

static void
touch(struct ingest *ingest, int64_t domain, int32_t day)
{
	struct touched *t;
	char key[24];

	snprintf(key, sizeof(key), "%lld", (long long)domain);
	t = map_get(ingest->touched, key);
	if (t == NULL) {
		t = mem_zero(1, sizeof(*t));
		*t = (struct touched){ domain, day };
		map_put(ingest->touched, key, t);
	}
	t->since = day < t->since ? day : t->since;
}

/* An hour that no log can be of is left out, and the rest is kept. */
static enum status
forgive(struct ingest *ingest, enum status status, const struct error *err)
{
	if (status != STATUS_USAGE)
		return status;
	ingest->skipped++;
	if (ingest->first_trouble[0] == '\0') {
		free(ingest->first_trouble);
		ingest->first_trouble = mem_dup(err->text);
	}
	return STATUS_OK;
}

static enum status
put_traffic(
    void *arg, int64_t domain, const struct traffic *traffic, struct error *err)
{
	struct ingest *ingest = arg;
	enum status status = store_traffic_add(
	    ingest->o.store, domain, traffic, err);

	if (status == STATUS_OK)
		touch(ingest, domain, day_of(traffic->hour_s));
	return forgive(ingest, status, err);
}

static enum status
put_reply(void *arg, int64_t domain, const struct reply_count *reply,
    struct error *err)
{
	struct ingest *ingest = arg;

	return forgive(
	    ingest, store_reply_add(ingest->o.store, domain, reply, err), err);
}

static enum status
put_sender(void *arg, int64_t domain, const struct sender_seen *sender,
    struct error *err)
{
	struct ingest *ingest = arg;

	return store_sender_add(ingest->o.store, domain, sender, err);
}

static enum status
put_learned(void *arg, int64_t domain, const char *kind, const char *value,
    int64_t first_s, int64_t last_s, struct error *err)
{
	struct ingest *ingest = arg;
	const struct learned learned = { kind, value, "log", first_s, last_s };

	return store_learned_add(ingest->o.store, domain, &learned, err);
}

static enum status
begin(struct ingest *ingest, struct error *err)
{
	if (ingest->o.before != NULL)
		ingest->o.before(ingest->o.arg);
	return store_begin(ingest->o.store, err);
}

static enum status
write_batch(struct ingest *ingest, struct error *err)
{
	static const struct count_ops ops = { put_traffic, put_reply,
		put_sender, put_learned };
	struct store *store = ingest->o.store;
	enum status status = begin(ingest, err);

	if (status != STATUS_OK)
		return status;
	status = writers_pass(ingest, err);
	if (status == STATUS_OK)
		status = count_flush(ingest->count, &ops, ingest, err);
	if (status == STATUS_OK)
		status = contents_put(ingest, err);
	if (status != STATUS_OK) {
		store_rollback(store);
		return status;
	}
	return store_commit(store, err);
}

static enum status
settle_touched(struct ingest *ingest, struct error *err)
{
	struct log_span *spans = NULL;
	enum status status;
	size_t count, cursor = 0;
	const char *key;
	void *value;
	bool changed;

	status = begin(ingest, err);
	if (status != STATUS_OK)
		return status;
	status = ingest_spans(ingest->o.store, &spans, &count, err);
	while (status == STATUS_OK &&
	    map_next(ingest->touched, &cursor, &key, &value)) {
		const struct touched *t = value;

		status = ingest_settle_days(ingest->o.store, t->domain,
		    t->since, spans, count, &changed, err);
	}
	free(spans);
	if (status != STATUS_OK) {
		store_rollback(ingest->o.store);
		return status;
	}
	return store_commit(ingest->o.store, err);
}

static void
tell_touched(struct ingest *ingest)
{
	size_t cursor = 0;
	const char *key;
	void *value;

	while (map_next(ingest->touched, &cursor, &key, &value))
		if (ingest->o.touched != NULL)
			ingest->o.touched(ingest->o.arg,
			    ((const struct touched *)value)->domain);
	map_free(ingest->touched, free);
	ingest->touched = map_new();
}

bool
ingest_waits(const struct ingest *ingest)
{
	return ingest->waits || map_count(ingest->touched) > 0;
}

static void
keep_tails(const struct ingest *ingest)
{
	for (size_t i = 0; i < ingest->file_count; i++) {
		struct logfile *file = ingest->files[i];

		if (file->source != NULL && file->content != NULL)
			content_keep_tail(file->content, file);
	}
}

enum status
ingest_commit(struct ingest *ingest, struct error *err)
{
	enum status status;

	if (ingest->waits) {
		keep_tails(ingest);
		status = write_batch(ingest, err);
		if (status != STATUS_OK)
			return status;
		count_forget(ingest->count);
		contents_put_done(ingest);
		ingest->waits = false;
		ingest->batch = 0;
		ingest->batch_ms = clock_mono_ms();
	}
	if (map_count(ingest->touched) == 0)
		return STATUS_OK;
	/* The sums of days follow the hours, and can be made again. */
	status = settle_touched(ingest, err);
	if (status == STATUS_OK)
		tell_touched(ingest);
	return status;
}
