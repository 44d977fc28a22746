/* The store's mail: what logs told, what was learned of senders. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_STORE_MAIL_H
#define SENDTOP_STORE_MAIL_H

#include "sendtop/store.h"
#include "sendtop/traffic.h"

/* --- deliveries and replies, added up ---------------------------------------- */

/*
 * Adds to the hour's row; what is there is summed, minute by minute.  With the
 * commit the sums of Gmail's days (METRIC_LOG_*) follow by themselves.
 * STATUS_USAGE: not the start of an hour, more than 19 years from now, or a
 * count below 0; nothing is written then, and a transaction stays good.
 */
enum status store_traffic_add(struct store *store, int64_t domain,
    const struct traffic *traffic, struct error *err) MUST_CHECK;
/* All hours from since_s up to, not including, until_s, oldest first; provider
 * NULL: all. */
enum status store_traffic_get(struct store *store, int64_t domain,
    const char *provider, int64_t since_s, int64_t until_s, struct arena *arena,
    struct traffic **out, size_t *count, struct error *err) MUST_CHECK;
/* Sets out[count] to what the other domains under the registrable domain sent,
 * by their logs: the days' sums of METRIC_LOG_DELIVERED and METRIC_LOG_BOUNCED,
 * NaN where none has a number.  Of many domains it may be a minute old. */
enum status store_series_siblings(struct store *store, int64_t domain,
    const char *registrable, int32_t first, size_t count, double *out,
    struct error *err) MUST_CHECK;

/* Adds to the hour's row of the same provider, stream, key, reply and
 * identity: counts are summed, of the samples the youngest of each day stays.
 * STATUS_USAGE as for traffic. */
enum status store_reply_add(struct store *store, int64_t domain,
    const struct reply_count *reply, struct error *err) MUST_CHECK;
/*
 * Newest first, of one time the most frequent first.  domain 0: of all watched
 * domains together.  by_s (HOUR_SECONDS or DAY_SECONDS): the span that rows
 * are summed up to, 0: all from since_s to until_s in one; streams are summed
 * up as well unless by_stream.
 */
struct reply_query {
	int64_t domain;
	int64_t since_s, until_s; /* until excluded */
	int64_t by_s;
	bool by_stream;
	size_t limit;
	bool by_domain;       /* a row a domain, when domain is 0 */
	bool any_identity;    /* identities are summed up: "" */
	bool by_count;        /* most frequent first: the top of a span */
	const char *provider; /* NULL: all */
};
enum status store_replies(struct store *store, const struct reply_query *query,
    struct arena *arena, struct reply_count **out, size_t *count,
    struct error *err) MUST_CHECK;

/* --- what was read ------------------------------------------------------------ */

/*
 * How far a log file was read.  head_hash is of its first head_len octets,
 * tail_hash of the tail_len octets that end at tail_end, head_steps of pieces
 * of the head: by them it is known in another file, and another one under the
 * same name or inode.
 */
struct log_cursor {
	const char *path;
	uint64_t device, inode;
	uint64_t offset; /* octets read, to the end of a whole line */
	uint64_t head_len, head_hash;
	uint64_t tail_end, tail_len, tail_hash; /* tail_len 0: not known */
	const char *head_steps;                 /* 8 hex digits each; or NULL */
	int64_t read_s;                         /* when it was last read */
	int64_t first_s, last_s; /* stamps of the oldest and newest line */
	int64_t lines, attempts, skipped;
	const char *state; /* the reader's own words (year, format), or "" */
	const char *error; /* one sentence, or "" */
};
/* STATUS_NOT_FOUND: never read. */
enum status store_cursor_get(struct store *store, const char *path,
    struct arena *arena, struct log_cursor *out, struct error *err) MUST_CHECK;
/* The one whose device and inode these are (a log renamed by rotation). */
enum status store_cursor_find(struct store *store, uint64_t device,
    uint64_t inode, struct arena *arena, struct log_cursor *out,
    struct error *err) MUST_CHECK;
enum status store_cursor_put(struct store *store,
    const struct log_cursor *cursor, struct error *err) MUST_CHECK;
/* It is known by another path by now. */
enum status store_cursor_drop(
    struct store *store, const char *path, struct error *err) MUST_CHECK;
enum status store_cursors(struct store *store, struct arena *arena,
    struct log_cursor **out, size_t *count, struct error *err) MUST_CHECK;

/* Stamps of the oldest and newest line of all logs; 0: none was read. */
enum status store_log_span(struct store *store, int64_t *first_s,
    int64_t *last_s, struct error *err) MUST_CHECK;

/* --- what was learned ---------------------------------------------------------- */

/* kind: "selector" (value: its name), "ip" (an address that sends), "helo"
 * (value "192.0.2.10 mail.example.com").  source: settings, log, message. */
struct learned {
	const char *kind, *value, *source;
	int64_t first_s, last_s; /* learned, last seen */
};
/* Known already: moves its times apart, source stays the first one.  At most
 * LEARNED_MOST of a kind are kept: the one not seen for longest gives way. */
enum { LEARNED_MOST = 256 };
enum status store_learned_add(struct store *store, int64_t domain,
    const struct learned *learned, struct error *err) MUST_CHECK;
/* kind NULL: all; by kind, then value. */
enum status store_learned(struct store *store, int64_t domain, const char *kind,
    struct arena *arena, struct learned **out, size_t *count,
    struct error *err) MUST_CHECK;

/* At most SENDERS_MOST addresses a domain are kept, and of each as many
 * streams: the least used give way. */
enum { SENDERS_MOST = 64 };
enum status store_sender_add(struct store *store, int64_t domain,
    const struct sender_seen *sender, struct error *err) MUST_CHECK;
enum status store_senders(struct store *store, int64_t domain, int64_t since_s,
    struct arena *arena, struct sender_seen **out, size_t *count,
    struct error *err) MUST_CHECK;

/* --- forgetting ------------------------------------------------------------------ */

/* Takes out events, replies and hours of traffic from before before_s (set by
 * the caller, all else 0), a slice a call so that nobody waits long; *done:
 * nothing is left.  The series, the findings and the operator's own stay. */
struct store_pruning {
	int64_t before_s;
	int part;
	int64_t domain; /* the last one whose traffic was looked at */
};
enum status store_prune(struct store *store, struct store_pruning *pruning,
    bool *done, struct error *err) MUST_CHECK;

/* --- the operator's own --------------------------------------------------------- */

struct store_note {
	int64_t id, at_s;
	const char *domain; /* "" for all */
	const char *text;   /* printable, one line */
};
enum { OWN_TEXT_SIZE = 512 };
/* The text is made printable, one line, and cut to OWN_TEXT_SIZE; an empty one
 * is STATUS_USAGE. */
enum status store_note_add(struct store *store, const char *domain,
    int64_t at_s, const char *text, struct error *err) MUST_CHECK;
enum status store_note_drop(
    struct store *store, int64_t id, struct error *err) MUST_CHECK;
/* Newest first, those of the domain and those of all; domain NULL: every
 * one. */
enum status store_notes(struct store *store, const char *domain,
    int64_t since_s, int64_t until_s, struct arena *arena,
    struct store_note **out, size_t *count, struct error *err) MUST_CHECK;

/* What is muted counts no more towards standing, events and alarms, and is
 * still shown. */
struct store_mute {
	int64_t id;
	const char *domain;       /* "" for all */
	const char *check;        /* a check, an event's kind, or "" for all */
	const char *subject;      /* or "" for all */
	int64_t since_s, until_s; /* until 0: for good */
	const char *why;
};
/* id and since_s: since_s must be set, id is the store's.  why as the text of
 * a note. */
enum status store_mute_add(struct store *store, const struct store_mute *mute,
    struct error *err) MUST_CHECK;
/* Ends it now; it stays in the past. */
enum status store_mute_end(struct store *store, int64_t id, int64_t now_s,
    struct error *err) MUST_CHECK;
/* Those in force at a moment that concern the domain; NULL: every one. */
enum status store_mutes(struct store *store, const char *domain, int64_t at_s,
    struct arena *arena, struct store_mute **out, size_t *count,
    struct error *err) MUST_CHECK;
/* Whether one of them covers the check (or event kind) and subject. */
const struct store_mute *mute_covers(const struct store_mute *mutes,
    size_t count, const char *check, const char *subject);

#endif
