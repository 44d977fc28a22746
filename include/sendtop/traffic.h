/* What the MTA's logs told: deliveries and replies, counted by the hour. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_TRAFFIC_H
#define SENDTOP_TRAFFIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The provider that Postmaster speaks for; others are rows of
 * share/providers.json, and what no row knows is "other". */
#define PROVIDER_GMAIL "gmail"
#define PROVIDER_OTHER "other"

enum { HOUR_SECONDS = 3600, HOUR_MINUTES = 60 };

/*
 * One hour of one sender to one provider by one stream.  An attempt is a try
 * to hand over one message to one recipient: a message that is deferred five
 * times and then delivered makes five and one.  Provider: whose relay host
 * took (or refused) the mail, not the recipient's domain.
 */
struct traffic {
	int64_t hour_s; /* start of the UTC hour */
	const char *provider;
	const char *stream; /* source IP or pool; "" where the log has none */
	int64_t delivered, deferred, bounced; /* attempts by their end */
	int64_t tls, clear; /* delivered over TLS and in the clear, where the
				log tells */
	/* Ended attempts (delivered or bounced) in each minute of the hour. */
	uint32_t minutes[HOUR_MINUTES];
};

/* How often a receiver gave one meaning within an hour (or, in what is older
 * than two days, a day: span_s tells). */
struct reply_count {
	int64_t hour_s;
	int64_t span_s; /* HOUR_SECONDS or DAY_SECONDS */
	const char *provider;
	const char *stream;
	const char *key;      /* row of the reply catalogue, or "unknown" */
	const char *category; /* rate_limit, reputation_ip, ...; or "" */
	const char *reply;    /* "421 4.7.28" */
	const char *identity; /* "dkim news.example.com", "spf example.com",
				  "ip 192.0.2.10": whom the reply names; or "" */
	bool permanent;       /* 5xx */
	bool slow_down;       /* the receiver asks for less mail */
	int64_t count;
	int64_t last_s;     /* time of the last one */
	const char *sample; /* one of them as it came: printable, one line */
	/* Asked of all domains together (else "" and 1): whose row this is, or
	 * "" when domains are summed up; how many domains it is of. */
	const char *domain;
	int64_t domains;
};

/* An envelope sender seen in the logs, its variable part (VERP) cut. */
struct sender_seen {
	const char *address; /* "news@example.com" */
	const char *stream;
	int64_t count, first_s, last_s;
};

#endif
