/* What the formats of logs share: the reader, lines, syslog's frame. */
/* SPDX-License-Identifier: MIT */
#ifndef MTA_READER_H
#define MTA_READER_H

#include "join.h"
#include "sendtop/mta.h"
#include "stamp.h"

enum { LINE_MOST = 64 * 1024, TROUBLE_SIZE = 200 };

struct mta_format {
	const char *name;
	/* Whether a line is certainly of this format. */
	bool (*looks)(const char *line, size_t len);
	void (*line)(struct mta_reader *r, const char *line, size_t len);
	/* Whole lines at once, where that is quicker; or NULL.  Counts them. */
	void (*block)(struct mta_reader *r, const char *block, size_t len);
	void (*close)(struct mta_reader *r); /* frees r->own; or NULL */
};

struct mta_reader {
	struct mta_sink sink;
	const struct mta_format *format;
	struct stamps stamps;
	struct join *senders; /* envelope senders by queue id */
	struct join *hosts;   /* what else lines say of an id */
	struct mta_stats stats;
	char trouble[TROUBLE_SIZE];
	struct buf partial;  /* a line whose end has not come */
	uint64_t unfinished; /* octets of that line so far */
	bool too_long;       /* it is: what is left of it is passed over */
	bool tls_told;       /* the log names TLS sessions at all */
	struct buf header;   /* of a CSV: its first line, kept for later runs */
	void *own;           /* the format's own */
};

/* --- for the formats ------------------------------------------------------------------ */

/* Hands an attempt over and counts it.  joined: its sender was looked for on
 * other lines. */
void reader_emit(struct mta_reader *r, const struct delivery *delivery);
void reader_selector(struct mta_reader *r, struct span domain,
    struct span selector, int64_t at_s);
/* A line that should have been understood. */
void reader_skip(struct mta_reader *r, const char *line, const char *why);
/* Moves the log's span of time. */
void reader_time(struct mta_reader *r, int64_t at_s);

/* A line of syslog: "Nov 22 03:12:44 host tag[pid]: text", also with RFC 3339
 * stamps, behind <PRI>, as RFC 5424, or behind a container's "name | ". */
struct syslog {
	int64_t at_s;
	struct span tag; /* "postfix/smtp" */
	struct span pid;
	struct span text;
};
bool syslog_read(
    struct mta_reader *r, const char *line, size_t len, struct syslog *out);
/* The same without settling the stamp: for guessing. */
bool syslog_tag(const char *line, size_t len, struct span *tag);

/* DKIM signers beside the MTA: opendkim, rspamd, dkimpy-milter. */
void signer_line(struct mta_reader *r, const struct syslog *line);

/* --- spans ------------------------------------------------------------------------------ */

bool span_is(struct span span, const char *word);
bool span_starts(struct span span, const char *start);
/* Where a text begins in the span, or NULL. */
const char *span_find(struct span span, const char *text);
/* What is behind `start`, up to one of `stops` or the end; at NULL: none. */
struct span span_after(struct span span, const char *start, const char *stops);
/* The right side of the last @ of an address without its brackets. */
struct span span_domain(struct span address);
/* "host[ip]:port", "host:port", "host (ip)": host and ip. */
void span_relay(struct span relay, struct span *host, struct span *ip);

/* The formats, ended by NULL. */
extern const struct mta_format *const mta_formats[];
extern const struct mta_format format_postfix, format_exim, format_opensmtpd,
    format_sendmail, format_powermta, format_kumomta, format_exchange;

#endif
