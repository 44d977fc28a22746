/* Ingesting: logs are found, read on from where they were left, and counted. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_INGEST_H
#define SENDTOP_INGEST_H

#include "sendtop/count.h"
#include "sendtop/store.h"

struct ingest;

struct ingest_options {
	struct store *store; /* STORE_WRITE or STORE_COLLECT */
	const struct providers *providers;
	const struct reply_catalogue *catalogue;
	const char *format, *zone; /* see struct mta_options; NULL */
	/* A batch is written when one of these is reached. */
	uint64_t batch_octets;
	int64_t batch_ms;
	size_t batch_rows; /* at most COUNT_ROWS_MOST */
	bool follow;       /* logs grow, rotate and come later */
	bool remember;     /* what the store says of a log was told before */
	/* May be NULL.  A log cannot be read (one sentence, told once), or
	 * again can (NULL). */
	void (*trouble)(void *arg, const char *path, const char *sentence);
	/* May be NULL.  A domain has new numbers, and they are committed. */
	void (*touched)(void *arg, int64_t domain);
	/* May be NULL.  A transaction is about to begin: end your own. */
	void (*before)(void *arg);
	void *arg;
};

/* Knows all logs that the store was told of. */
enum status ingest_open(const struct ingest_options *options,
    struct ingest **out, struct error *err) MUST_CHECK;
/* What was read and not committed will be read again. */
void ingest_close(struct ingest *ingest);

/* The domains that the store watches by now; lines read from now on count for
 * them. */
enum status ingest_watch(
    struct ingest *ingest, size_t *count, struct error *err) MUST_CHECK;

/* A log to read: a path, "-" for standard input, or with `pattern` what glob(3)
 * makes of it, now and later. */
void ingest_add(struct ingest *ingest, const char *path, bool pattern);

/*
 * Looks what became of the logs: which grew, were rotated (by renaming or by
 * copying and truncating), went or came.  The rest of a rotated log is found
 * beside it and read first.
 */
void ingest_look(struct ingest *ingest);

/*
 * Reads for max_ms at most, one log after the other, the oldest first.  Batches
 * are committed as they fill; what remains waits for ingest_commit().  *more:
 * there was more to read.  Fails when the store does; nothing is lost then,
 * call it again later.
 */
enum status ingest_turn(struct ingest *ingest, int64_t max_ms, bool *more,
    struct error *err) MUST_CHECK;
/* Counts and cursors, all in one transaction. */
enum status ingest_commit(struct ingest *ingest, struct error *err) MUST_CHECK;
/* Whether there is something to commit. */
bool ingest_waits(const struct ingest *ingest);
/* Whether a commit came to nothing since another process counted of logs
 * meanwhile: nothing can be committed any more.  Close it, and open another. */
bool ingest_outrun(const struct ingest *ingest);

struct ingest_totals {
	size_t logs;     /* read at least in part */
	size_t troubles; /* logs that could not be read, or not wholly */
	int64_t lines, attempts, skipped;
	const char *trouble; /* the first line skipped, and why; or "" */
	const char *format;  /* of the log read last, or NULL */
	const char *reading; /* its path, or "" */
	bool zone_unknown;   /* see struct mta_stats */
	bool years_late;     /* the same */
	struct count *count; /* for count_totals() and the like */
};
void ingest_totals(const struct ingest *ingest, struct ingest_totals *out);

/* --- the days that logs cover --------------------------------------------- */

/* A stretch that a log speaks of. */
struct log_span {
	int64_t first_s, last_s;
};

/*
 * What is known of one UTC day.  Silence of up to 18 hours between two logs is
 * silence; a longer one is a hole.  A day counts when logs speak of its first
 * hour and of its last; the newest day of all counts as far as it goes, as
 * today does everywhere.
 */
enum day_cover { DAY_DARK, DAY_PARTLY, DAY_COVERED };
/* Puts the spans in order, and joins them; returns how many are left. */
size_t log_spans_join(struct log_span *spans, size_t count);
enum day_cover log_spans_cover(
    const struct log_span *spans, size_t count, int32_t day);

/*
 * Corrects the daily series METRIC_LOG_* of a domain from day `since` on: a
 * covered day without mail is 0 when mail was seen within 30 days before it; a
 * day that is covered in part has no number.  *changed: something was written.
 */
enum status ingest_settle_days(struct store *store, int64_t domain,
    int32_t since, const struct log_span *spans, size_t count, bool *changed,
    struct error *err) MUST_CHECK;
/* The spans of all logs that the store knows, joined; the caller frees. */
enum status ingest_spans(struct store *store, struct log_span **out,
    size_t *count, struct error *err) MUST_CHECK;

#endif
