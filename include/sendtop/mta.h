/* The MTA's logs: octets in, deliveries out; and their counting. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_MTA_H
#define SENDTOP_MTA_H

#include "sendtop/reply.h"
#include "sendtop/settings.h"
#include "sendtop/traffic.h"

/* Borrowed octets of a line; at NULL: the log does not tell. */
struct span {
	const char *at;
	size_t len;
};

enum delivery_end { DELIVERY_DONE, DELIVERY_DEFERRED, DELIVERY_BOUNCED };
enum delivery_tls { TLS_UNTOLD, TLS_NONE, TLS_USED };

/* One attempt to hand one message to one recipient, as a log tells it. */
struct delivery {
	int64_t at_s;
	struct span queue_id;
	struct span sender; /* envelope sender, joined by queue id where the
				log has it on another line; len 0: the null
				sender <> */
	struct span source_ip;
	struct span recipient_domain;
	struct span relay_host, relay_ip;
	struct span reply; /* what the receiver said, as it was logged */
	enum delivery_end end;
	enum delivery_tls tls;
};

/* What a reader tells; members may be NULL.  Everything is borrowed for the
 * call. */
struct mta_sink {
	void (*delivery)(void *arg, const struct delivery *delivery);
	/* DKIM signatures are made (opendkim, dkimpy-milter, rspamd, amavis,
	 * Exim); told of each selector once an hour at least. */
	void (*selector)(
	    void *arg, struct span domain, struct span selector, int64_t at_s);
	/* The name an own address says in HELO or EHLO. */
	void (*helo)(void *arg, struct span ip, struct span name, int64_t at_s);
	void *arg;
};

/* --- one log ------------------------------------------------------------------ */

/* A log that can be read anywhere, by several threads at once: as pread(2), but
 * 0 for errors. */
struct mta_octets {
	size_t (*read)(void *arg, uint64_t at, char *buf, size_t size);
	void *arg;
};

struct mta_options {
	const char *format; /* a row of mta_format(), or NULL: guessed */
	/* To settle stamps without a year or zone: the moment the log was
	 * last written (its mtime), its file's name, which may tell a day, and
	 * the zone's name or NULL for local. */
	int64_t written_s;
	int64_t now_s; /* names of files tell no later days */
	const char *name;
	const char *zone;
	/* Of a log that is read from its begin all of it, to look up how many
	 * years it has; NULL: it cannot be read twice.  Not kept. */
	const struct mta_octets *whole;
	uint64_t whole_size;
	const char *state; /* of an earlier reader of the same log, or NULL */
	bool goes_on;      /* that log goes on; else another one begins */
};
struct mta_stats {
	uint64_t octets; /* in whole lines that were taken */
	int64_t lines, attempts;
	int64_t skipped;  /* lines that should have been understood */
	int64_t unjoined; /* attempts whose sender was never seen */
	int64_t first_s, last_s;
	const char *format;  /* what it was taken for; NULL: not known yet */
	const char *trouble; /* the first line skipped, why; or "" */
	/* This machine does not know the zone of that name: local stamps were
	 * read as UTC. */
	bool zone_unknown;
	/* Stamps without years went on over the day when the log was last
	 * written: what came first was of earlier years. */
	bool years_late;
};

/* Whether the stamps at a log's begin lack the year. */
bool mta_lacks_years(const char *head, size_t len);

/* Names of the formats: postfix, exim, opensmtpd, sendmail, powermta,
 * kumomta, exchange; NULL past the end. */
const char *mta_format(size_t i);

struct mta_reader;
struct mta_reader *mta_reader_new(
    const struct mta_options *options, const struct mta_sink *sink);
void mta_reader_free(struct mta_reader *reader);
/* Octets in their order; lines may be cut anywhere.  Memory is bounded
 * whatever comes. */
void mta_reader_feed(struct mta_reader *reader, const char *data, size_t len);

/* What was fed so far came before the place where the state was made: with the
 * next octets the log goes on there. */
void mta_reader_here(struct mta_reader *reader);

/*
 * Instead of being fed a reader may fetch octets itself, and those behind them
 * while it takes them.  Returns how many from `at` on it holds ready; 0: it is
 * to be fed with them.  They are taken by mta_reader_take(), or not at all when
 * the reader is fed.  upto: how far the log is known to go.
 */
size_t mta_reader_ready(struct mta_reader *reader,
    const struct mta_octets *from, uint64_t at, uint64_t upto);
void mta_reader_take(struct mta_reader *reader);
/* Until the next call of one of those two nothing is fetched any more. */
void mta_reader_rest(struct mta_reader *reader);

/* The last line may lack its newline: takes it as it is. */
void mta_reader_end(struct mta_reader *reader);
void mta_reader_stats(const struct mta_reader *reader, struct mta_stats *out);
/* What a later reader of the same log needs (year, format, header row, open
 * queue ids as far as they fit into some KiB); the caller frees. */
char *mta_reader_state(const struct mta_reader *reader);

#endif
