/* A channel to the DNS servers: c-ares as the client sees it. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_NET_DNSCHANNEL_H
#define SENDTOP_NET_DNSCHANNEL_H

#include <sys/socket.h>
#include <sys/types.h>

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
struct direct;
struct dnsinbox;
struct dnsoutbox;

/* What the client does for its channels. */
struct channel_client {
	struct dns *dns;
	struct loop *loop;
	struct dnsinbox *in; /* for all of them */
	int64_t now_us;      /* of this visit of the loop */
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
	struct channel_client *client;
	const struct dnsplan *plan;
	size_t first; /* of its servers, the one it begins with */
	struct ares_channeldata *ares;
	struct ares_channeldata *over_tcp; /* for answers that were cut */
	struct watch *watches;
	struct dnsoutbox *out;
	struct direct *direct; /* for first tries, or NULL */
	struct loop_fd *direct_fd;
	int64_t direct_us; /* how long they may take */
	int *streams;      /* its TCP sockets */
	size_t stream_count, stream_cap;
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
 * takes answers longer than 512 octets over UDP only with edns.  Client and
 * plan must outlive it.  NULL with err filled when it cannot be made. */
struct channel *channel_open(struct channel_client *client,
    const struct dnsplan *plan, size_t first, bool edns, struct error *err);
/* Not inside `ended`.  Questions it still has are let go of silently. */
void channel_close(struct channel *channel);

/* The packet goes out with channel_flush at the latest. */
void channel_send(struct channel *channel, struct question *q, uint16_t id);
/* Not inside `ended`.  False: it could not all be sent now. */
bool channel_flush(struct channel *channel);
/* Has nothing under way: it keeps the loop no more, until the next is sent. */
void channel_rest(struct channel *channel);

/*
 * Ends with CHANNEL_REFUSED what it still has; not inside `ended`.  The error
 * that tells of a closed port goes to one question only, which may be one
 * that was just being sent; those before it would wait for nothing.
 */
void channel_cancel(struct channel *channel);

/* Sees to time-outs.  Returns milliseconds to the next, or -1. */
int64_t channel_tick(struct channel *channel);

/* What c-ares does with its sockets; arg is the channel.  Packets go by its
 * boxes, the rest is as ever. */
int channel_socket_open(int family, int type, int protocol, void *arg);
int channel_socket_close(int socket, void *arg);
int channel_socket_connect(
    int socket, const struct sockaddr *address, socklen_t len, void *arg);
ssize_t channel_socket_receive(int socket, void *data, size_t size, int flags,
    struct sockaddr *from, socklen_t *from_len, void *arg);
ssize_t channel_socket_send(
    int socket, const struct iovec *parts, int count, void *arg);

/* Adds the servers that this system uses to the plan. */
enum status channel_system_servers(
    struct dnsplan *plan, struct error *err) MUST_CHECK;

int64_t channel_now_us(void);

#endif
