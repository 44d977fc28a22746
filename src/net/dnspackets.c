/* UDP packets of DNS sockets, many to a system call. */
/* SPDX-License-Identifier: MIT */
#include "net/dnspackets.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <netinet/in.h>
#include <netinet/udp.h>

#include "config.h"
#include "net/dnswire.h"
#include "sendtop/mem.h"

enum {
	PACKET_SIZE = 4097, /* one more than c-ares takes */
	NO_SOCKET = -1,
	MANY = HAVE_MMSG ? DNSPACKETS_MAX : 1, /* to a call */
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

/* A packet that waits, in the data. */
struct waiting {
	uint16_t start, len;
};

struct dnsoutbox {
	int socket;
	int failed, why; /* the socket and what is wrong with it */
	int joined;      /* the socket whose packets may go together */
	unsigned first, count;
	size_t used;
	struct waiting list[DNSPACKETS_MAX];
	unsigned char data[DNSPACKETS_MAX * DNSWIRE_QUERY_MAX];
};

#ifdef UDP_SEGMENT
struct control {
	_Alignas(struct cmsghdr) char octets[CMSG_SPACE(sizeof(uint16_t))];
};
#else
struct control {
	char none;
};
#endif

#if HAVE_MMSG
typedef struct mmsghdr message;
#else
typedef struct {
	struct msghdr msg_hdr;
} message;
#endif

/* Messages as a call takes them, of one packet or of several. */
struct batch {
	message heads[MANY];
	struct iovec parts[MANY];
	struct control controls[MANY];
	unsigned count;
};

struct dnsoutbox *
dnsoutbox_new(void)
{
	struct dnsoutbox *out = mem_alloc(sizeof(*out));

	out->socket = out->failed = out->joined = NO_SOCKET;
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

static bool
is_full(int why)
{
	return why == EAGAIN;
}

/* --- packets of one length together (UDP_SEGMENT) */

#ifdef UDP_SEGMENT
/* A kernel that does not know of it would send them as one packet. */
static bool
can_join(int socket)
{
	int size;
	socklen_t len = sizeof(size);

	return getsockopt(socket, IPPROTO_UDP, UDP_SEGMENT, &size, &len) == 0;
}

static void
join(struct msghdr *head, struct control *control)
{
	uint16_t len = (uint16_t)head->msg_iov[0].iov_len;
	struct cmsghdr *cmsg;

	memset(control, 0, sizeof(*control));
	head->msg_control = control;
	head->msg_controllen = sizeof(control->octets);
	cmsg = CMSG_FIRSTHDR(head);
	cmsg->cmsg_level = IPPROTO_UDP;
	cmsg->cmsg_type = UDP_SEGMENT;
	cmsg->cmsg_len = CMSG_LEN(sizeof(len));
	memcpy(CMSG_DATA(cmsg), &len, sizeof(len));
}
#else
static bool
can_join(int socket)
{
	(void)socket;
	return false;
}

static void
join(struct msghdr *head, struct control *control)
{
	(void)head;
	(void)control;
}
#endif

/* This way out does not do it: for want of checksums in hardware, or since
 * the packets are too long for it. */
static bool
refuses_joined(int why)
{
	return why == EIO || why == EINVAL || why == EMSGSIZE ||
	    why == EOPNOTSUPP || why == ENOPROTOOPT;
}

void
dnsoutbox_join(struct dnsoutbox *out, int socket)
{
	if (HAVE_MMSG && can_join(socket))
		out->joined = socket;
}

/* What waits, by length: in what order it goes does not matter. */
static void
sort(struct dnsoutbox *out)
{
	uint8_t ends[DNSWIRE_QUERY_MAX + 2] = { 0 };
	struct waiting sorted[DNSPACKETS_MAX];
	unsigned i;

	for (i = out->first; i < out->count; i++)
		ends[out->list[i].len + 1]++;
	for (i = 1; i < DNSWIRE_QUERY_MAX + 2; i++)
		ends[i] = (uint8_t)(ends[i] + ends[i - 1]);
	for (i = out->first; i < out->count; i++)
		sorted[ends[out->list[i].len]++] = out->list[i];
	memcpy(out->list + out->first, sorted,
	    (out->count - out->first) * sizeof(*sorted));
}

/* --- messages */

static bool
goes_with(const struct dnsoutbox *out, const struct msghdr *head, size_t len)
{
	return out->joined == out->socket && head->msg_iov[0].iov_len == len;
}

static void
batch_make(struct batch *batch, struct dnsoutbox *out)
{
	unsigned n = out->count - out->first, i;
	struct msghdr *head = NULL;

	if (n > MANY)
		n = MANY;
	batch->count = 0;
	for (i = 0; i < n; i++) {
		const struct waiting *w = &out->list[out->first + i];

		batch->parts[i].iov_base = out->data + w->start;
		batch->parts[i].iov_len = w->len;
		if (head != NULL && goes_with(out, head, w->len)) {
			head->msg_iovlen++;
			continue;
		}
		head = &batch->heads[batch->count++].msg_hdr;
		*head = (struct msghdr){
			.msg_iov = &batch->parts[i],
			.msg_iovlen = 1,
		};
	}
	for (i = 0; i < batch->count; i++)
		if (batch->heads[i].msg_hdr.msg_iovlen > 1)
			join(&batch->heads[i].msg_hdr, &batch->controls[i]);
}

static bool
send_message(struct dnsoutbox *out, const struct msghdr *head)
{
	if (sendmsg(out->socket, head, MSG_DONTWAIT) < 0)
		return false;
	out->first += (unsigned)head->msg_iovlen;
	return true;
}

/* The first message that is left did not go, errno says why.  It may be an
 * error of one that was sent before: then this one goes all the same.  False
 * when there is no room. */
static bool
send_again(struct dnsoutbox *out, const struct msghdr *head)
{
	bool several = head->msg_iovlen > 1;

	if (is_full(errno))
		return false;
	if (!several || !refuses_joined(errno)) {
		note_error(out, errno);
		if (send_message(out, head))
			return true;
		if (is_full(errno))
			return false;
	}
	if (several)
		out->joined = NO_SOCKET;
	else
		out->first++; /* What will not go at all is as good as lost. */
	return true;
}

#if HAVE_MMSG
/* How many messages went, or -1. */
static int
send_batch(struct dnsoutbox *out, struct batch *batch)
{
	int sent = sendmmsg(
	    out->socket, batch->heads, batch->count, MSG_DONTWAIT);
	int i;

	for (i = 0; i < sent; i++)
		out->first += (unsigned)batch->heads[i].msg_hdr.msg_iovlen;
	return sent;
}
#else
static int
send_batch(struct dnsoutbox *out, struct batch *batch)
{
	return send_message(out, &batch->heads[0].msg_hdr) ? 1 : -1;
}
#endif

/* Sends some of what waits; false when there is no room. */
static bool
send_some(struct dnsoutbox *out)
{
	const struct msghdr *next;
	struct batch batch;
	int sent;

	if (out->joined == out->socket)
		sort(out);
	batch_make(&batch, out);
	sent = send_batch(out, &batch);
	if (sent <= 0)
		return send_again(out, &batch.heads[0].msg_hdr);
	if ((unsigned)sent == batch.count)
		return true;
	/* What stopped it was not said.  If it does not stop the next, it was
	 * an error of one that was sent before. */
	next = &batch.heads[sent].msg_hdr;
	if (!send_message(out, next))
		return send_again(out, next);
	if (out->failed == NO_SOCKET)
		note_error(out, ECONNREFUSED);
	return true;
}

bool
dnsoutbox_send(struct dnsoutbox *out)
{
	while (out->first < out->count)
		if (!send_some(out))
			return false;
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
	out->list[out->count++] = (struct waiting){
		.start = (uint16_t)out->used,
		.len = (uint16_t)len,
	};
	memcpy(out->data + out->used, data, len);
	out->used += len;
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
	if (out->joined == socket)
		out->joined = NO_SOCKET;
	if (out->socket != socket)
		return;
	out->socket = NO_SOCKET;
	empty(out);
}
