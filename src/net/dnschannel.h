/* A channel to the DNS servers: c-ares as the client sees it. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_NET_DNSCHANNEL_H
#define SENDTOP_NET_DNSCHANNEL_H

#include "net/dnsplan.h"
#include "net/question.h"
#include "sendtop/loop.h"

enum channel_end {
	CHANNEL_REPLY,     /* a packet with our id and question */
	CHANNEL_TIMEOUT,   /* all tries */
	CHANNEL_REFUSED,   /* no server could be sent to */
	CHANNEL_TRUNCATED, /* the same, over TCP, after a cut UDP answer */
};

struct channel;

/* What the client does for its channels. */
struct channel_client {
	struct dns *dns;
	struct loop *loop;
	/* The channel let go of the question; packet is NULL but for
	 * CHANNEL_REPLY.  May run inside channel_send; may send only after a
	 * reply. */
	void (*ended)(struct dns *dns, const struct channel *channel,
	    struct question *q, enum channel_end end, const uint8_t *packet,
	    size_t len);
	/* A visit of the loop is over. */
	void (*turn)(struct dns *dns);
};

struct channel {
	struct channel *next; /* the client's */
	const struct channel_client *client;
	struct ares_channeldata *ares;
	struct watch *watches;
	int64_t tcp_us; /* when it last took to TCP */
	unsigned sent;  /* questions that it has */
	unsigned used;  /* questions it ever had */
	bool edns;
	bool refused; /* since channel_cancel */
};

/* Start and end of the library. */
enum status channel_library_open(struct error *err) MUST_CHECK;
void channel_library_close(void);

/* A channel that asks the plan's servers in turn, beginning with `first`, and
 * takes answers longer than 512 octets over UDP only with edns.  The client
 * must outlive it.  NULL with err filled when it cannot be made. */
struct channel *channel_open(const struct channel_client *client,
    const struct dnsplan *plan, size_t first, bool edns, struct error *err);
/* Not inside `ended`.  Questions it still has are let go of silently. */
void channel_close(struct channel *channel);

void channel_send(struct channel *channel, struct question *q, uint16_t id);

/*
 * Ends with CHANNEL_REFUSED what it still has; not inside `ended`.  The error
 * that tells of a closed port goes to one question only, which may be one
 * that was just being sent; those before it would wait for nothing.
 */
void channel_cancel(struct channel *channel);

/* Sees to time-outs.  Returns milliseconds to the next, or -1. */
int64_t channel_tick(struct channel *channel);

/* Adds the servers that this system uses to the plan. */
enum status channel_system_servers(
    struct dnsplan *plan, struct error *err) MUST_CHECK;

int64_t channel_now_us(void);

#endif
