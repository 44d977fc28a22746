/* Counting: deliveries become rows by hour, sender and provider. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_COUNT_H
#define SENDTOP_COUNT_H

#include "sendtop/mta.h"

/*
 * A counter's memory is bounded by its user: look at count_rows() after every
 * SOURCE_CHUNK octets fed to a reader and flush once they are COUNT_ROWS_MOST;
 * a chunk adds a few thousand at most.  A row is below 1 KiB, so some 20 MiB
 * are the most, and 4 MiB more the caches of names and replies.
 */
enum { COUNT_ROWS_MOST = 12288, COUNT_UNWATCHED_MOST = 512 };

struct count;

struct count_options {
	const struct providers *providers;
	const struct reply_catalogue *catalogue;
};

/* Borrows both; they have to outlive it. */
struct count *count_new(const struct count_options *options);
void count_free(struct count *count);

/* The domains that are counted, with the numbers they are told by.  Names as
 * org_ascii() writes them; copied.  What was counted before stays. */
void count_watch(struct count *count, const char *name, int64_t id);
void count_watch_none(struct count *count);

/* Where a reader's news are to go. */
void count_sink(struct count *count, struct mta_sink *out);
/* While muted nothing is counted: for lines that were counted before and are
 * read again only because later ones hang on them. */
void count_mute(struct count *count, bool muted);

/* Rows that a flush would give out. */
size_t count_rows(const struct count *count);

/* The rows of one flush; what they point to is borrowed for the call.  Each
 * may fail, which ends the flush. */
struct count_ops {
	enum status (*traffic)(void *arg, int64_t domain,
	    const struct traffic *traffic, struct error *err);
	enum status (*reply)(void *arg, int64_t domain,
	    const struct reply_count *reply, struct error *err);
	enum status (*sender)(void *arg, int64_t domain,
	    const struct sender_seen *sender, struct error *err);
	/* kind: "selector", "ip", "helo"; see store_mail.h. */
	enum status (*learned)(void *arg, int64_t domain, const char *kind,
	    const char *value, int64_t first_s, int64_t last_s,
	    struct error *err);
};
/* Gives all rows out, and keeps them until count_forget(). */
enum status count_flush(struct count *count, const struct count_ops *ops,
    void *arg, struct error *err) MUST_CHECK;
void count_forget(struct count *count);

/* --- what was seen since the beginning ------------------------------------ */

struct count_totals {
	int64_t attempts;    /* all */
	int64_t watched;     /* of a watched sender */
	int64_t null_sender; /* <>: bounces and reports */
	int64_t unjoined;    /* the log never said who sends */
};
void count_totals(const struct count *count, struct count_totals *out);

struct count_name {
	const char *name;
	int64_t count, done, deferred, bounced;
	char *owned; /* the counter's own */
};
/* Attempts by provider, and sender domains that are not watched (at most
 * COUNT_UNWATCHED_MOST are told apart); most first, borrowed until something is
 * counted. */
size_t count_providers(struct count *count, const struct count_name **out);
size_t count_unwatched(struct count *count, const struct count_name **out);

/* --- parts that can be tested alone --------------------------------------- */

enum { SENDER_SIZE = 256 };
/*
 * An envelope sender without what changes from message to message: VERP
 * (news+4711@, bounce-ann=example.org@), BATV, SRS, numbers and tokens at the
 * end.  Lower-case domain, printable.  Returns out.
 */
char *sender_stem(const char *address, size_t len, char out[SENDER_SIZE]);
/* What of a local part is in the stem: octets of it. */
struct span sender_local(const char *local, size_t len);

/* A hash of a reply that leaves out what changes from message to message, so
 * that replies of one hash mean the same and name the same. */
uint64_t reply_hash(const char *text, size_t len);

#endif
