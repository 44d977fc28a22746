/* The first try of questions, at a socket of our own. */
/* SPDX-License-Identifier: MIT */
#include "net/dnsdirect.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <netinet/in.h>
#include <sys/socket.h>

#include "net/dnsplan.h"
#include "sendtop/mem.h"

enum { FIXED = 4 }; /* type and class, behind the name */

struct direct {
	int socket;
	unsigned count;
	struct question *list[DNSPLAN_WINDOW_MAX]; /* as they were sent */
};

static bool
connect_to(int socket, const struct dnsserver *server)
{
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in v4 = { .sin_family = AF_INET };

	if (server->address.family == 6) {
		v6.sin6_port = htons(server->port);
		memcpy(&v6.sin6_addr, server->address.bytes, 16);
		return connect(socket, (struct sockaddr *)&v6, sizeof(v6)) == 0;
	}
	v4.sin_port = htons(server->port);
	memcpy(&v4.sin_addr, server->address.bytes, 4);
	return connect(socket, (struct sockaddr *)&v4, sizeof(v4)) == 0;
}

struct direct *
direct_open(const struct dnsserver *server)
{
	int family = server->address.family == 6 ? AF_INET6 : AF_INET;
	int fd = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct direct *direct;

	if (fd < 0)
		return NULL;
	if (!connect_to(fd, server)) {
		close(fd);
		return NULL;
	}
	direct = mem_zero(1, sizeof(*direct));
	direct->socket = fd;
	return direct;
}

void
direct_close(struct direct *direct)
{
	if (direct == NULL)
		return;
	close(direct->socket);
	free(direct);
}

int
direct_socket(const struct direct *direct)
{
	return direct->socket;
}

bool
direct_room(const struct direct *direct)
{
	return direct->count < DNSPLAN_WINDOW_MAX;
}

void
direct_add(struct direct *direct, struct question *q)
{
	direct->list[direct->count++] = q;
}

static struct question *
take_out(struct direct *direct, unsigned i)
{
	struct question *q = direct->list[i];

	direct->count--;
	memmove(&direct->list[i], &direct->list[i + 1],
	    (direct->count - i) * sizeof(struct question *));
	return q;
}

static uint8_t
lower(uint8_t octet)
{
	return octet >= 'A' && octet <= 'Z' ? (uint8_t)(octet + 32) : octet;
}

/* Length octets are below 64, so folding case leaves them alone. */
static bool
same_name(const uint8_t *a, const uint8_t *b, size_t len)
{
	size_t i;

	if (memcmp(a, b, len) == 0)
		return true;
	for (i = 0; i < len; i++)
		if (lower(a[i]) != lower(b[i]))
			return false;
	return true;
}

/* Whether the packet repeats the question, and no other. */
static bool
repeats(const struct question *q, const uint8_t *packet, size_t len)
{
	size_t name_len = q->len - DNSWIRE_HEADER - FIXED - DNSWIRE_OPT;
	size_t fixed = DNSWIRE_HEADER + name_len;

	return len >= fixed + FIXED && packet[4] == 0 && packet[5] == 1 &&
	    memcmp(packet + fixed, q->query + fixed, FIXED) == 0 &&
	    same_name(
		packet + DNSWIRE_HEADER, q->query + DNSWIRE_HEADER, name_len);
}

struct question *
direct_match(struct direct *direct, const uint8_t *packet, size_t len)
{
	unsigned i;

	if (len < DNSWIRE_HEADER)
		return NULL;
	for (i = 0; i < direct->count; i++)
		if (memcmp(direct->list[i]->query, packet, 2) == 0 &&
		    repeats(direct->list[i], packet, len))
			return take_out(direct, i);
	return NULL;
}

int64_t
direct_sent_us(const struct direct *direct)
{
	return direct->count > 0 ? direct->list[0]->sent_us : -1;
}

struct question *
direct_oldest(struct direct *direct)
{
	return direct->count > 0 ? take_out(direct, 0) : NULL;
}
