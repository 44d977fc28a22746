/* What the formats of logs share: the reader, lines, syslog's frame. */
/* SPDX-License-Identifier: MIT */
#ifndef MTA_READER_H
#define MTA_READER_H

#include <string.h>

#include "join.h"
#include "octets_find.h"
#include "sendtop/mta.h"
#include "stamp.h"
#include "years.h"

enum { LINE_MOST = 64 * 1024, TROUBLE_SIZE = 200, SELECTORS_KEPT = 512 };

struct mta_format {
	const char *name;
	/* Whether a line is certainly of this format. */
	bool (*looks)(const char *line, size_t len);
	void (*line)(struct mta_reader *r, const char *line, size_t len);
	/* Whole lines at once, where that is quicker; or NULL.  Counts them. */
	void (*block)(struct mta_reader *r, const char *block, size_t len);
	/*
	 * Reading ahead; all of them, or NULL.  ready: returns how many octets
	 * from `at` on are read and taken apart, 0 for none; they go on at
	 * least up to `upto`.  go_on: the other thread may begin with those
	 * behind them.  take_ready: whole lines of those that are ready.  rest:
	 * returns once nothing is read any more.
	 */
	size_t (*ready)(struct mta_reader *r, const struct mta_octets *from,
	    uint64_t at, uint64_t upto, const char **octets);
	void (*go_on)(struct mta_reader *r);
	void (*take_ready)(struct mta_reader *r, const char *at, size_t len);
	void (*rest)(struct mta_reader *r);
	void (*close)(struct mta_reader *r); /* frees r->own; or NULL */
};

struct mta_reader {
	struct mta_sink sink;
	const struct mta_format *format;
	struct stamps *stamps;
	struct years *years;  /* of a log without them; or NULL */
	int64_t last_s;       /* where the state was made; 0 not known */
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
	/* Selectors that were told of, by the hour. */
	struct {
		uint64_t hash;
		int64_t hour;
	} selectors[SELECTORS_KEPT];
	const char *ready; /* octets that mta_reader_take() is to take */
	size_t ready_len;
	const char *block, *block_at; /* a line that is read before the lines
					 of its block are counted */
};

/* --- for the formats ------------------------------------------------------ */

/* Hands an attempt over and counts it, unless it went to this machine. */
void reader_emit(struct mta_reader *r, const struct delivery *delivery);
/* A domain's host as its last line named it, for those that name none. */
void reader_know_host(struct mta_reader *r, struct delivery *d);
void reader_selector(struct mta_reader *r, struct span domain,
    struct span selector, int64_t at_s);
/* Whole lines, one after the other. */
void reader_lines(struct mta_reader *r, const char *at, size_t len);
/* A line that should have been understood; text: the part of it to show. */
void reader_skip(struct mta_reader *r, struct span text, const char *why);
/* Moves the log's span of time. */
void reader_time(struct mta_reader *r, int64_t at_s);

/* A line of syslog: "Nov 22 03:12:44 host tag[pid]: text", also with RFC 3339
 * stamps, behind <PRI>, as RFC 5424, or behind a container's "name | ". */
struct syslog {
	struct span stamp;
	bool modern; /* of RFC 5424 */
	int64_t at_s;
	struct span tag; /* "postfix/smtp" */
	struct span pid;
	struct span text;
};
bool syslog_read(
    struct mta_reader *r, const char *line, size_t len, struct syslog *out);
/* The same without settling the stamp: at_s is not set. */
bool syslog_frame(const char *line, size_t len, struct syslog *out);
bool syslog_tag(
    const char *line, size_t len, struct span *tag, struct span *text);

/* DKIM signers beside the MTA: opendkim, dkimpy-milter, rspamd, amavis. */
void signer_line(struct mta_reader *r, const struct syslog *line);
/* Whether a tag is one of theirs. */
bool signer_has(struct span tag);

/* --- spans ---------------------------------------------------------------- */

/* Here, so that the lengths of words are known when it is compiled. */
static inline bool
span_is(struct span span, const char *word)
{
	return strlen(word) == span.len && memcmp(span.at, word, span.len) == 0;
}

static inline bool
span_same(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

static inline bool
span_starts(struct span span, const char *start)
{
	size_t len = strlen(start);

	return span.len >= len && memcmp(span.at, start, len) == 0;
}

/* The span without its first n octets. */
static inline struct span
span_cut(struct span span, size_t n)
{
	if (span.at == NULL)
		return span;
	n = n < span.len ? n : span.len;
	return (struct span){ span.at + n, span.len - n };
}

/* The first word, up to a blank. */
static inline struct span
span_word(struct span span)
{
	const char *blank = octets_find(span.at, span.len, ' ');

	if (blank != NULL)
		span.len = (size_t)(blank - span.at);
	return span;
}

/* Eight octets at a time in two lanes, the last of them perhaps twice. */
static inline uint64_t
span_hash_seeded(struct span span, uint64_t seed)
{
	const uint64_t k = 0x9fb21c651e98df25;
	uint64_t h = seed ^ span.len, g = h, word = 0, more;
	size_t n = 0;

	for (; span.len - n > 16; n += 16) {
		memcpy(&word, span.at + n, 8);
		memcpy(&more, span.at + n + 8, 8);
		h = (h ^ word) * k;
		g = (g ^ more) * k;
		h ^= h >> 32;
		g ^= g >> 29;
	}
	if (span.len - n > 8) {
		memcpy(&word, span.at + n, 8);
		h = (h ^ word) * k;
		h ^= h >> 32;
	}
	if (span.len >= 8)
		memcpy(&word, span.at + span.len - 8, 8);
	else
		for (word = 0, n = 0; n < span.len; n++)
			word = word << 8 | (unsigned char)span.at[n];
	g = (g ^ word) * k;
	h = (h ^ g ^ g >> 32) * k;
	return h ^ h >> 32;
}

static inline uint64_t
span_hash(struct span span)
{
	return span_hash_seeded(span, 0x9e3779b97f4a7c15);
}

/* What tells relays from each other: their ends, where address and port are. */
static inline uint64_t
span_relay_hash(struct span relay)
{
	const uint64_t k = 0x9fb21c651e98df25;
	uint64_t a, b, c;

	if (relay.len < 24)
		return span_hash(relay);
	memcpy(&a, relay.at + relay.len - 24, 8);
	memcpy(&b, relay.at + relay.len - 16, 8);
	memcpy(&c, relay.at + relay.len - 8, 8);
	a = (a ^ relay.len) * k;
	b = (b ^ a >> 32) * k;
	c = (c ^ a ^ b >> 29) * k;
	return c ^ c >> 32;
}

/* Where a text begins in the span, or NULL. */
const char *span_find(struct span span, const char *text);
/* What is behind `start`, up to one of `stops` or the end; at NULL: none. */
struct span span_after(struct span span, const char *start, const char *stops);
/* The right side of the last @ of an address without its brackets. */
struct span span_domain(struct span address);
/* "host[ip]:port" or "host (helo) [ip]": host, without a final dot, and ip. */
void span_relay(struct span relay, struct span *host, struct span *ip);

/* The formats, ended by NULL. */
extern const struct mta_format *const mta_formats[];
extern const struct mta_format format_postfix, format_exim, format_opensmtpd,
    format_sendmail, format_powermta, format_kumomta, format_exchange;

#endif
