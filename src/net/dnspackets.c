/* UDP packets of DNS sockets, many to a system call. */
/* SPDX-License-Identifier: MIT */
#include "net/dnspackets.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <netinet/in.h>

#include "config.h"
#include "net/dnswire.h"
#include "sendtop/mem.h"

enum {
	PACKET_SIZE = 4097, /* one more than c-ares takes */
	NO_SOCKET = -1,
};

/* --- in ------------------------------------------------------------------ */

struct packet {
	struct sockaddr_in6 from; /* or sockaddr_in, which is smaller */
	socklen_t from_len;
	size_t len;
	unsigned char data[PACKET_SIZE];
};

struct dnsinbox {
	int socket;
	unsigned next, count;
	struct packet packets[DNSPACKETS_MAX];
};

struct dnsinbox *
dnsinbox_new(void)
{
	/* Most of it is never touched, so it is not cleared. */
	struct dnsinbox *in = mem_alloc(sizeof(*in));

	in->socket = NO_SOCKET;
	in->next = in->count = 0;
	return in;
}

void
dnsinbox_free(struct dnsinbox *in)
{
	free(in);
}

#if HAVE_MMSG
/* Waits for nothing.  How many came, or -1. */
static int
receive(struct dnsinbox *in, int socket)
{
	struct mmsghdr heads[DNSPACKETS_MAX];
	struct iovec parts[DNSPACKETS_MAX];
	struct packet *p;
	int count, i;

	for (i = 0; i < DNSPACKETS_MAX; i++) {
		p = &in->packets[i];
		parts[i] = (struct iovec){ p->data, sizeof(p->data) };
		heads[i].msg_hdr = (struct msghdr){
			.msg_name = &p->from,
			.msg_namelen = sizeof(p->from),
			.msg_iov = &parts[i],
			.msg_iovlen = 1,
		};
	}
	count = recvmmsg(socket, heads, DNSPACKETS_MAX, MSG_DONTWAIT, NULL);
	for (i = 0; i < count; i++) {
		in->packets[i].len = heads[i].msg_len;
		in->packets[i].from_len = heads[i].msg_hdr.msg_namelen;
	}
	return count;
}
#else
static int
receive(struct dnsinbox *in, int socket)
{
	struct packet *p = &in->packets[0];
	ssize_t len;

	p->from_len = sizeof(p->from);
	len = recvfrom(socket, p->data, sizeof(p->data), MSG_DONTWAIT,
	    (struct sockaddr *)&p->from, &p->from_len);
	if (len < 0)
		return -1;
	p->len = (size_t)len;
	return 1;
}
#endif

static bool
refill(struct dnsinbox *in, int socket)
{
	int count;

	/* Fewer than could have come were all there are. */
	if (in->socket == socket && in->count > 0 &&
	    in->count < DNSPACKETS_MAX && HAVE_MMSG) {
		in->count = in->next = 0;
		errno = EAGAIN;
		return false;
	}
	in->socket = socket;
	in->count = in->next = 0;
	count = receive(in, socket);
	if (count <= 0)
		return false;
	in->count = (unsigned)count;
	return true;
}

static const struct packet *
take(struct dnsinbox *in, int socket)
{
	const struct packet *p;

	do {
		if ((in->socket != socket || in->next == in->count) &&
		    !refill(in, socket))
			return NULL;
		p = &in->packets[in->next++];
	} while (p->len == 0); /* which answers nothing */
	return p;
}

const void *
dnsinbox_next(struct dnsinbox *in, int socket, size_t *len)
{
	const struct packet *p = take(in, socket);

	if (p == NULL)
		return NULL;
	*len = p->len;
	return p->data;
}

ssize_t
dnsinbox_take(struct dnsinbox *in, int socket, void *data, size_t size,
    struct sockaddr *from, socklen_t *from_len)
{
	const struct packet *p = take(in, socket);

	if (p == NULL)
		return -1;
	if (p->len < size)
		size = p->len;
	memcpy(data, p->data, size);
	if (p->from_len < *from_len)
		*from_len = p->from_len;
	memcpy(from, &p->from, *from_len);
	return (ssize_t)size;
}

void
dnsinbox_forget(struct dnsinbox *in, int socket)
{
	if (in->socket != socket)
		return;
	in->socket = NO_SOCKET;
	in->next = in->count = 0;
}

/* --- out ----------------------------------------------------------------- */

struct dnsoutbox {
	int socket;
	int failed, why; /* the socket and what is wrong with it */
	unsigned first, count;
	size_t used;
	size_t ends[DNSPACKETS_MAX]; /* of each packet, in data */
	unsigned char data[DNSPACKETS_MAX * DNSWIRE_QUERY_MAX];
};

struct dnsoutbox *
dnsoutbox_new(void)
{
	struct dnsoutbox *out = mem_alloc(sizeof(*out));

	out->socket = out->failed = NO_SOCKET;
	out->first = out->count = 0;
	out->used = 0;
	return out;
}

void
dnsoutbox_free(struct dnsoutbox *out)
{
	free(out);
}

static void
empty(struct dnsoutbox *out)
{
	out->first = out->count = 0;
	out->used = 0;
}

static void
note_error(struct dnsoutbox *out, int why)
{
	out->failed = out->socket;
	out->why = why;
}

static size_t
start_of(const struct dnsoutbox *out, unsigned i)
{
	return i > 0 ? out->ends[i - 1] : 0;
}

static ssize_t
send_first(const struct dnsoutbox *out)
{
	size_t start = start_of(out, out->first);

	return send(out->socket, out->data + start,
	    out->ends[out->first] - start, MSG_DONTWAIT);
}

static bool
is_full(int why)
{
	return why == EAGAIN;
}

/* Sends the first; 1, or -1 when there is no room.  An error of one that was
 * sent before comes up here too: then this one goes all the same. */
static int
send_one(struct dnsoutbox *out)
{
	if (send_first(out) >= 0)
		return 1;
	if (is_full(errno))
		return -1;
	note_error(out, errno);
	/* What will not go at all is as good as lost. */
	return send_first(out) >= 0 || !is_full(errno) ? 1 : -1;
}

#if HAVE_MMSG
static int
send_many(struct dnsoutbox *out)
{
	struct mmsghdr heads[DNSPACKETS_MAX];
	struct iovec parts[DNSPACKETS_MAX];
	unsigned n = out->count - out->first, i;
	size_t start;
	int sent;

	for (i = 0; i < n; i++) {
		start = start_of(out, out->first + i);
		parts[i].iov_base = out->data + start;
		parts[i].iov_len = out->ends[out->first + i] - start;
		heads[i].msg_hdr = (struct msghdr){
			.msg_iov = &parts[i],
			.msg_iovlen = 1,
		};
	}
	sent = sendmmsg(out->socket, heads, n, MSG_DONTWAIT);
	if (sent <= 0)
		return send_one(out);
	out->first += (unsigned)sent;
	if (out->first == out->count)
		return 0;
	/* What stopped it was not said.  If it does not stop the next, it was
	 * an error of one that was sent before. */
	sent = send_one(out);
	if (sent > 0 && out->failed == NO_SOCKET)
		note_error(out, ECONNREFUSED);
	return sent;
}
#else
static int
send_many(struct dnsoutbox *out)
{
	return send_one(out);
}
#endif

bool
dnsoutbox_send(struct dnsoutbox *out)
{
	unsigned n;
	int sent;

	while (out->first < out->count) {
		n = out->count - out->first;
		sent = n > 1 ? send_many(out) : send_one(out);
		if (sent < 0)
			return false;
		out->first += (unsigned)sent;
	}
	empty(out);
	return true;
}

ssize_t
dnsoutbox_put(struct dnsoutbox *out, int socket, const void *data, size_t len)
{
	if (len > DNSWIRE_QUERY_MAX) {
		errno = EMSGSIZE;
		return -1;
	}
	if ((out->socket != socket || out->count == DNSPACKETS_MAX) &&
	    !dnsoutbox_send(out)) {
		errno = EAGAIN;
		return -1;
	}
	out->socket = socket;
	memcpy(out->data + out->used, data, len);
	out->used += len;
	out->ends[out->count++] = out->used;
	return (ssize_t)len;
}

int
dnsoutbox_failed(const struct dnsoutbox *out)
{
	return out->failed;
}

int
dnsoutbox_tell(struct dnsoutbox *out)
{
	out->failed = NO_SOCKET;
	return out->why;
}

void
dnsoutbox_forget(struct dnsoutbox *out, int socket)
{
	if (out->failed == socket)
		out->failed = NO_SOCKET;
	if (out->socket != socket)
		return;
	out->socket = NO_SOCKET;
	empty(out);
}
