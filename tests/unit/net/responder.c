/* A small DNS server that misbehaves on order. */
/* SPDX-License-Identifier: MIT */
#include "responder.h"

#include <arpa/inet.h>
#include <check.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONNECTIONS = 8, HEADER = 12, OPT = 11, REPLY_MAX = 4096 };

struct connection {
	struct responder *responder;
	struct loop_fd *watch;
	int fd;
	size_t len;
	uint8_t data[1024];
};

struct responder {
	struct loop *loop;
	enum responder_mode mode;
	uint16_t port;
	int udp, tcp;
	struct loop_fd *udp_watch, *tcp_watch;
	struct connection *connections[CONNECTIONS];
	unsigned late;
	struct responder_seen seen;
};

/* A query taken apart as far as an answer needs it. */
struct query {
	const uint8_t *data;
	size_t len, question_end;
	char label[64];
	bool opt, over_tcp;
};

static int
bound(int type, uint16_t port)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	int fd = socket(AF_INET, type, 0), one = 1;

	ck_assert_int_ge(fd, 0);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	if (type == SOCK_STREAM)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	sin.sin_port = htons(port);
	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(fd, (struct sockaddr *)&sin, sizeof(sin)) == 0)
		return fd;
	close(fd);
	return -1;
}

static uint16_t
port_of(int fd)
{
	struct sockaddr_in sin;
	socklen_t len = sizeof(sin);

	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&sin, &len), 0);
	return ntohs(sin.sin_port);
}

/* Both sockets on one port; any that is free on both when port is 0. */
static void
bind_both(struct responder *r, uint16_t port)
{
	int tries;

	for (tries = 0; tries < 50; tries++) {
		r->udp = bound(SOCK_DGRAM, port);
		if (r->udp < 0)
			continue;
		r->port = port_of(r->udp);
		r->tcp = bound(SOCK_STREAM, r->port);
		if (r->tcp >= 0 && listen(r->tcp, 16) == 0)
			return;
		close(r->udp);
	}
	ck_abort_msg("no port on 127.0.0.1 can be bound");
}

uint16_t
free_port(void)
{
	struct responder r = { 0 };

	bind_both(&r, 0);
	close(r.udp);
	close(r.tcp);
	return r.port;
}

static bool
query_read(struct query *q, const uint8_t *data, size_t len)
{
	size_t pos = HEADER;

	memset(q, 0, sizeof(*q));
	q->data = data;
	q->len = len;
	if (len < HEADER + 5)
		return false;
	memcpy(q->label, data + HEADER + 1, data[HEADER] & 63);
	while (pos < len && data[pos] != 0)
		pos += data[pos] + 1u;
	q->question_end = pos + 5;
	q->opt = q->question_end + OPT <= len && data[11] == 1;
	return q->question_end <= len;
}

static bool
label_is(const struct query *q, const char *word)
{
	/* "late7" is a "late": so one test can have several. */
	return strncmp(q->label, word, strlen(word)) == 0;
}

/* The query's header and question with other flags; OPT at the end if told. */
static size_t
reply_make(
    const struct query *q, uint8_t *out, unsigned rcode, int records, bool opt)
{
	static const uint8_t a[] = "\xc0\x0c\0\1\0\1\0\0\1\0\0\4\xc0\0\2\1";
	static const uint8_t end[OPT + 1] = "\0\0\x29\x04\xd0\0\0\0\0\0\0";
	size_t len = q->question_end;
	int i;

	memcpy(out, q->data, len);
	out[2] = 0x81;
	out[3] = (uint8_t)(0xa0 | rcode);
	memset(out + 6, 0, 6);
	out[7] = (uint8_t)records;
	for (i = 0; i < records; i++, len += 16)
		memcpy(out + len, a, 16);
	if (opt) {
		out[11] = 1;
		memcpy(out + len, end, OPT);
		len += OPT;
	}
	return len;
}

static size_t
reply_by_name(struct responder *r, const struct query *q, uint8_t *out)
{
	size_t len = reply_make(q, out, 0, 1, q->opt);

	if (label_is(q, "servfail"))
		return reply_make(q, out, 2, 0, q->opt);
	if (label_is(q, "refused"))
		return reply_make(q, out, 5, 0, q->opt);
	if (label_is(q, "nxdomain"))
		return reply_make(q, out, 3, 0, q->opt);
	if (label_is(q, "drop") || (label_is(q, "late") && r->late++ == 0))
		return 0;
	if (label_is(q, "wrongid"))
		out[1] ^= 1;
	if (label_is(q, "wrongname"))
		out[HEADER + 1] ^= 1;
	if (label_is(q, "garbage"))
		memset(out + 4, 0xff, len - 4);
	if (label_is(q, "broken"))
		out[7]++;
	if (label_is(q, "noedns") && q->opt)
		return reply_make(q, out, 1, 0, false);
	if (label_is(q, "tc")) {
		len = reply_make(q, out, 0, q->over_tcp ? 200 : 0, q->opt);
		if (!q->over_tcp)
			out[2] |= 2;
		else if (label_is(q, "tchang"))
			return 0;
	}
	return len;
}

static size_t
reply(struct responder *r, const struct query *q, uint8_t *out)
{
	switch (r->mode) {
	case RESPONDER_SERVFAIL_ONCE:
		if (r->seen.udp > 1)
			return 0;
		return reply_make(q, out, 2, 0, q->opt);
	case RESPONDER_SERVFAIL:
		return reply_make(q, out, 2, 0, q->opt);
	case RESPONDER_REFUSED:
		return reply_make(q, out, 5, 0, q->opt);
	case RESPONDER_SILENT:
		return 0;
	case RESPONDER_NO_EDNS:
		return reply_make(q, out, q->opt ? 1 : 0, !q->opt, false);
	case RESPONDER_OLD:
		return reply_make(q, out, 0, 1, false);
	case RESPONDER_BY_NAME:
		break;
	}
	return reply_by_name(r, q, out);
}

static size_t
answer(struct responder *r, const uint8_t *data, size_t len, bool over_tcp,
    uint8_t *out)
{
	struct query q;

	if (!query_read(&q, data, len))
		return 0;
	q.over_tcp = over_tcp;
	if (!over_tcp && r->seen.udp < RESPONDER_IDS)
		r->seen.ids[r->seen.udp] = (uint16_t)(data[0] << 8 | data[1]);
	r->seen.udp += !over_tcp;
	r->seen.tcp += over_tcp;
	r->seen.opt += q.opt;
	return reply(r, &q, out);
}

static void
udp_ready(void *arg, int events)
{
	struct responder *r = arg;
	struct sockaddr_in from;
	socklen_t size = sizeof(from);
	uint8_t in[1024], out[REPLY_MAX];
	ssize_t n;
	size_t len;

	(void)events;
	while ((n = recvfrom(r->udp, in, sizeof(in), 0,
		    (struct sockaddr *)&from, &size)) > 0) {
		len = answer(r, in, (size_t)n, false, out);
		if (len > 0)
			ck_assert_int_eq(sendto(r->udp, out, len, 0,
					     (struct sockaddr *)&from, size),
			    (ssize_t)len);
	}
}

static void
connection_free(struct connection *c)
{
	if (c == NULL)
		return;
	loop_fd_free(c->watch);
	close(c->fd);
	free(c);
}

static void
connection_ready(void *arg, int events)
{
	struct connection *c = arg;
	uint8_t out[2 + REPLY_MAX];
	ssize_t n = read(c->fd, c->data + c->len, sizeof(c->data) - c->len);
	size_t need, len;

	(void)events;
	if (n <= 0) {
		loop_fd_want(c->watch, 0);
		return;
	}
	c->len += (size_t)n;
	while (c->len >= 2) {
		need = 2 + (size_t)(c->data[0] << 8 | c->data[1]);
		if (c->len < need)
			return;
		len = answer(
		    c->responder, c->data + 2, need - 2, true, out + 2);
		out[0] = (uint8_t)(len >> 8);
		out[1] = (uint8_t)len;
		if (len > 0)
			ck_assert_int_eq(
			    write(c->fd, out, len + 2), (ssize_t)len + 2);
		memmove(c->data, c->data + need, c->len - need);
		c->len -= need;
	}
}

static void
tcp_ready(void *arg, int events)
{
	struct responder *r = arg;
	struct connection *c;
	size_t i;
	int fd = accept(r->tcp, NULL, NULL);

	(void)events;
	if (fd < 0)
		return;
	for (i = 0; i < CONNECTIONS && r->connections[i] != NULL; i++)
		;
	ck_assert_uint_lt(i, CONNECTIONS);
	c = calloc(1, sizeof(*c));
	ck_assert_ptr_nonnull(c);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	c->fd = fd;
	c->responder = r;
	c->watch = loop_fd_new(r->loop, fd, connection_ready, c);
	loop_fd_want(c->watch, LOOP_READ);
	r->connections[i] = c;
}

struct responder *
responder_new(struct loop *loop, enum responder_mode mode, uint16_t port)
{
	struct responder *r = calloc(1, sizeof(*r));

	ck_assert_ptr_nonnull(r);
	r->loop = loop;
	r->mode = mode;
	bind_both(r, port);
	r->udp_watch = loop_fd_new(loop, r->udp, udp_ready, r);
	loop_fd_want(r->udp_watch, LOOP_READ);
	r->tcp_watch = loop_fd_new(loop, r->tcp, tcp_ready, r);
	loop_fd_want(r->tcp_watch, LOOP_READ);
	return r;
}

void
responder_close_tcp(struct responder *r)
{
	if (r->tcp < 0)
		return;
	loop_fd_free(r->tcp_watch);
	close(r->tcp);
	r->tcp = -1;
}

void
responder_free(struct responder *r)
{
	size_t i;

	if (r == NULL)
		return;
	for (i = 0; i < CONNECTIONS; i++)
		connection_free(r->connections[i]);
	responder_close_tcp(r);
	loop_fd_free(r->udp_watch);
	close(r->udp);
	free(r);
}

uint16_t
responder_port(const struct responder *responder)
{
	return responder->port;
}

const struct responder_seen *
responder_seen(const struct responder *responder)
{
	return &responder->seen;
}
