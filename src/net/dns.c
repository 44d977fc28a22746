/* Channels to DNS servers, on c-ares: nothing else sees that library. */
/* SPDX-License-Identifier: MIT */
#include "net/dnschannel.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <netinet/in.h>

#include <ares.h>

#include "net/dnsdirect.h"
#include "net/dnspackets.h"
#include "sendtop/mem.h"

enum { FAILURES_MAX = 64 }; /* of sockets, looked into at a time */

/* A socket of c-ares. */
struct watch {
	struct watch *next;
	struct channel *channel;
	struct loop_fd *fd;
	ares_socket_t socket;
};

enum status
channel_library_open(struct error *err)
{
	int rc = ares_library_init(ARES_LIB_INIT_ALL);

	if (rc != ARES_SUCCESS)
		return error_set(err, STATUS_SYSTEM, "cannot start c-ares: %s",
		    ares_strerror(rc));
	return STATUS_OK;
}

void
channel_library_close(void)
{
	ares_library_cleanup();
}

int64_t
channel_now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

/* Whichever of the two has the sockets. */
static void
process(struct channel *channel, ares_socket_t in, ares_socket_t out)
{
	ares_process_fd(channel->ares, in, out);
	if (channel->over_tcp != NULL)
		ares_process_fd(channel->over_tcp, in, out);
}

static void
watch_ready(void *arg, int events)
{
	struct watch *watch = arg;
	struct channel *channel = watch->channel;
	ares_socket_t in = events & LOOP_READ ? watch->socket : ARES_SOCKET_BAD;
	ares_socket_t out = events & LOOP_WRITE ? watch->socket
						: ARES_SOCKET_BAD;

	channel->client->now_us = channel_now_us();
	/* c-ares may close the socket and so free the watch. */
	process(channel, in, out);
	channel->client->turn(channel->client->dns);
}

static void
watch_close(struct watch **at)
{
	struct watch *watch = *at;

	*at = watch->next;
	loop_fd_free(watch->fd);
	free(watch);
}

/* c-ares says what it wants to know of a socket; (0, 0) before it closes. */
static void
socket_state(void *arg, ares_socket_t socket, int readable, int writable)
{
	struct channel *channel = arg;
	struct watch **at = &channel->watches, *watch;

	while (*at != NULL && (*at)->socket != socket)
		at = &(*at)->next;
	if (!readable && !writable) {
		if (*at != NULL)
			watch_close(at);
		return;
	}
	watch = *at;
	if (watch == NULL) {
		watch = mem_zero(1, sizeof(*watch));
		watch->channel = channel;
		watch->socket = socket;
		watch->fd = loop_fd_new(
		    channel->client->loop, socket, watch_ready, watch);
		*at = watch;
	}
	if (watch->fd != NULL)
		loop_fd_want(watch->fd,
		    (readable ? LOOP_READ : 0) | (writable ? LOOP_WRITE : 0));
}

static const struct ares_socket_functions socket_functions = {
	.asocket = channel_socket_open,
	.aclose = channel_socket_close,
	.aconnect = channel_socket_connect,
	.arecvfrom = channel_socket_receive,
	.asendv = channel_socket_send,
};

/* --- c-ares --------------------------------------------------------------- */

/* The servers in the order in which this channel tries them. */
static int
set_servers(const struct channel *channel, struct ares_channeldata *ares)
{
	const struct dnsplan *plan = channel->plan;
	struct ares_addr_port_node nodes[DNSPLAN_SERVERS_MAX];
	const struct dnsserver *server;
	size_t count = plan->names.count, i;

	memset(nodes, 0, sizeof(nodes));
	for (i = 0; i < count; i++) {
		server = &plan->servers[(channel->first + i) % count];
		nodes[i].next = i + 1 < count ? &nodes[i + 1] : NULL;
		nodes[i].udp_port = server->port;
		nodes[i].tcp_port = server->port;
		nodes[i].family = server->address.family == 6 ? AF_INET6
							      : AF_INET;
		memcpy(&nodes[i].addr, server->address.bytes,
		    server->address.family == 6 ? 16 : 4);
	}
	return ares_set_servers_ports(ares, nodes);
}

/* With a first try of ours the library's begin with the second. */
static int
library_open(struct channel *channel, int flags, struct ares_channeldata **out)
{
	const struct dnsplan *plan = channel->plan;
	bool late = channel->direct != NULL;
	char lookups[] = "b";
	struct ares_options options = {
		.flags = flags | ARES_FLAG_NOCHECKRESP | ARES_FLAG_NOSEARCH |
		    ARES_FLAG_NOALIASES | (channel->edns ? ARES_FLAG_EDNS : 0),
		.timeout = late ? plan->timeout_ms * 2 : plan->timeout_ms,
		.tries = late ? plan->rounds - 1 : plan->rounds,
		.ednspsz = DNSWIRE_UDP_SIZE,
		.lookups = lookups,
		.sock_state_cb = socket_state,
		.sock_state_cb_data = channel,
	};
	int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES |
	    ARES_OPT_EDNSPSZ | ARES_OPT_LOOKUPS | ARES_OPT_DOMAINS |
	    ARES_OPT_NOROTATE | ARES_OPT_SOCK_STATE_CB;
	int rc = ares_init_options(out, &options, mask);

	if (rc != ARES_SUCCESS)
		return rc;
	ares_set_socket_functions(*out, &socket_functions, channel);
	rc = set_servers(channel, *out);
	if (rc != ARES_SUCCESS) {
		ares_destroy(*out);
		*out = NULL;
	}
	return rc;
}

/* --- first tries ---------------------------------------------------------- */

static void
let_go(struct channel *channel, struct question *q, enum channel_end end,
    const uint8_t *packet, size_t len)
{
	struct channel_client *client = channel->client;

	channel->sent--;
	q->channel = NULL;
	if (end == CHANNEL_REFUSED)
		channel->refused = true;
	client->ended(client->dns, channel, q, end, packet, len);
}

/* There is one server, and nobody there. */
static void
direct_refuse(struct channel *channel)
{
	struct question *q;

	while (channel->direct != NULL &&
	    (q = direct_oldest(channel->direct)) != NULL)
		let_go(channel, q, CHANNEL_REFUSED, NULL, 0);
}

static void reply(
    void *arg, int status, int timeouts, unsigned char *packet, int len);

/* c-ares goes on with it; where the answer was cut, not over UDP again. */
static void
direct_pass_on(struct channel *channel, struct question *q, bool cut)
{
	uint16_t id = (uint16_t)(q->query[0] << 8 | q->query[1]);
	size_t len = dnswire_query_set(q->query, q->len, id, channel->edns);

	if (q->ended) {
		let_go(channel, q, CHANNEL_TIMEOUT, NULL, 0);
		return;
	}
	if (cut && channel->over_tcp == NULL)
		cut = library_open(channel, ARES_FLAG_USEVC,
			  &channel->over_tcp) == ARES_SUCCESS;
	ares_send(cut ? channel->over_tcp : channel->ares, q->query, (int)len,
	    reply, q);
}

static void
direct_take(struct channel *channel, const uint8_t *packet, size_t len)
{
	struct question *q = direct_match(channel->direct, packet, len);

	if (q == NULL)
		return;
	if (dnswire_cut(packet))
		direct_pass_on(channel, q, true);
	else
		let_go(channel, q, CHANNEL_REPLY, packet, len);
}

static void
direct_ready(void *arg, int events)
{
	struct channel *channel = arg;
	struct channel_client *client = channel->client;
	int socket = direct_socket(channel->direct);
	const uint8_t *packet;
	size_t len;

	(void)events;
	client->now_us = channel_now_us();
	while ((packet = dnsinbox_next(client->in, socket, &len)) != NULL)
		direct_take(channel, packet, len);
	if (errno != EAGAIN && errno != EINTR)
		direct_refuse(channel);
	client->turn(client->dns);
}

/* Not for several servers: whom to try next is for c-ares to say, which has
 * to know of the first try then. */
static void
direct_begin(struct channel *channel)
{
	const struct dnsplan *plan = channel->plan;
	struct direct *direct;

	if (plan->names.count > 1 || plan->rounds < 2)
		return;
	direct = direct_open(&plan->servers[0]);
	if (direct == NULL)
		return;
	channel->direct_fd = loop_fd_new(channel->client->loop,
	    direct_socket(direct), direct_ready, channel);
	if (channel->direct_fd == NULL) {
		direct_close(direct);
		return;
	}
	channel->direct = direct;
	/* To a server elsewhere it would save little, and there are drivers
	 * and filters that do not take it well. */
	if (plan->local)
		dnsoutbox_join(channel->out, direct_socket(direct));
	channel->direct_us = (int64_t)plan->timeout_ms * 1000;
}

static void
direct_end(struct channel *channel)
{
	if (channel->direct == NULL)
		return;
	direct_refuse(channel);
	dnsinbox_forget(channel->client->in, direct_socket(channel->direct));
	dnsoutbox_forget(channel->out, direct_socket(channel->direct));
	loop_fd_free(channel->direct_fd);
	direct_close(channel->direct);
	channel->direct = NULL;
}

/* What had no answer in time; how many microseconds the next still has, -1
 * when there is none. */
static int64_t
direct_tick(struct channel *channel)
{
	int64_t now = channel_now_us(), sent;

	if (channel->direct == NULL)
		return -1;
	while ((sent = direct_sent_us(channel->direct)) >= 0) {
		if (now - sent < channel->direct_us)
			return channel->direct_us - (now - sent);
		direct_pass_on(channel, direct_oldest(channel->direct), false);
	}
	return -1;
}

/* What a socket failed with is told to whom it belongs, as a receive would. */
static void
failure_tell(struct channel *channel, int socket)
{
	if (channel->direct != NULL &&
	    socket == direct_socket(channel->direct)) {
		dnsoutbox_tell(channel->out);
		direct_refuse(channel);
		return;
	}
	ares_process_fd(channel->ares, socket, ARES_SOCKET_BAD);
}

bool
channel_flush(struct channel *channel)
{
	int failed, round;

	/* Each failure makes c-ares send to the next server, or give up. */
	for (round = 0; round < FAILURES_MAX; round++) {
		if (!dnsoutbox_send(channel->out))
			return false;
		failed = dnsoutbox_failed(channel->out);
		if (failed < 0)
			return true;
		failure_tell(channel, failed);
	}
	return false;
}

void
channel_rest(struct channel *channel)
{
	if (channel->direct != NULL)
		loop_fd_want(channel->direct_fd, 0);
}

/* --- channels ------------------------------------------------------------- */

void
channel_close(struct channel *channel)
{
	if (channel == NULL)
		return;
	direct_end(channel);
	ares_destroy(channel->ares);
	if (channel->over_tcp != NULL)
		ares_destroy(channel->over_tcp);
	while (channel->watches != NULL)
		watch_close(&channel->watches);
	dnsoutbox_free(channel->out);
	free(channel->streams);
	free(channel);
}

struct channel *
channel_open(struct channel_client *client, const struct dnsplan *plan,
    size_t first, bool edns, struct error *err)
{
	struct channel *channel = mem_zero(1, sizeof(*channel));
	int rc;

	channel->client = client;
	channel->plan = plan;
	channel->first = first;
	channel->edns = edns;
	channel->out = dnsoutbox_new();
	direct_begin(channel);
	rc = library_open(channel, 0, &channel->ares);
	if (rc == ARES_SUCCESS)
		return channel;
	direct_end(channel);
	dnsoutbox_free(channel->out);
	free(channel);
	error_set(err, STATUS_SYSTEM, "cannot set up a DNS channel: %s",
	    ares_strerror(rc));
	return NULL;
}

static enum channel_end
end_of(const struct channel *channel, const struct question *q, int status)
{
	if (status == ARES_ETIMEOUT)
		return CHANNEL_TIMEOUT;
	if (status == ARES_ECANCELLED)
		return CHANNEL_REFUSED;
	/* Only a truncated answer makes c-ares take to TCP. */
	return channel->tcp_us >= q->sent_us ? CHANNEL_TRUNCATED
					     : CHANNEL_REFUSED;
}

/* c-ares is done with the question; may run inside ares_send. */
static void
reply(void *arg, int status, int timeouts, unsigned char *packet, int len)
{
	struct question *q = arg;
	struct channel *channel = q->channel;
	enum channel_end end = CHANNEL_REPLY;

	(void)timeouts;
	if (packet == NULL || len < 0) {
		packet = NULL;
		len = 0;
		end = end_of(channel, q, status);
	}
	let_go(channel, q, end, packet, (size_t)len);
}

static bool
direct_send(struct channel *channel, struct question *q, size_t len)
{
	if (channel->direct == NULL || !direct_room(channel->direct) ||
	    dnsoutbox_put(channel->out, direct_socket(channel->direct),
		q->query, len) < 0)
		return false;
	loop_fd_want(channel->direct_fd, LOOP_READ);
	direct_add(channel->direct, q);
	return true;
}

void
channel_send(struct channel *channel, struct question *q, uint16_t id)
{
	size_t len = dnswire_query_set(q->query, q->len, id, channel->edns);

	q->channel = channel;
	q->sent_us = channel->client->now_us;
	channel->sent++;
	channel->used++;
	if (direct_send(channel, q, len))
		return;
	ares_send(channel->ares, q->query, (int)len, reply, q);
}

void
channel_cancel(struct channel *channel)
{
	direct_refuse(channel);
	ares_cancel(channel->ares);
	if (channel->over_tcp != NULL)
		ares_cancel(channel->over_tcp);
	channel->refused = false;
}

/* The sooner of two, of which -1 is never. */
static int64_t
sooner(int64_t a, int64_t b)
{
	return a < 0 || (b >= 0 && b < a) ? b : a;
}

static int64_t
library_left_us(struct ares_channeldata *ares)
{
	struct timeval tv;

	if (ares == NULL || ares_timeout(ares, NULL, &tv) == NULL)
		return -1;
	return (int64_t)tv.tv_sec * 1000000 + tv.tv_usec;
}

int64_t
channel_tick(struct channel *channel)
{
	int64_t left;

	if (channel->sent == 0)
		return -1;
	left = direct_tick(channel);
	process(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
	left = sooner(left, library_left_us(channel->ares));
	left = sooner(left, library_left_us(channel->over_tcp));
	/* Rounded up: too early would mean once more for nothing. */
	return left < 0 ? -1 : (left + 999) / 1000;
}

enum status
channel_system_servers(struct dnsplan *plan, struct error *err)
{
	struct ares_addr_port_node *nodes = NULL, *node;
	struct dnsserver server;
	ares_channel ares;
	enum status status = STATUS_OK;
	int rc = ares_init(&ares);

	if (rc != ARES_SUCCESS)
		goto fail;
	rc = ares_get_servers_ports(ares, &nodes);
	ares_destroy(ares);
	if (rc != ARES_SUCCESS)
		goto fail;
	for (node = nodes; node != NULL && status == STATUS_OK &&
	     plan->names.count < DNSPLAN_SERVERS_MAX;
	     node = node->next) {
		memset(&server, 0, sizeof(server));
		server.address.family = node->family == AF_INET6 ? 6 : 4;
		memcpy(server.address.bytes, &node->addr,
		    node->family == AF_INET6 ? 16 : 4);
		server.port = node->udp_port != 0 ? (uint16_t)node->udp_port
						  : DNSSERVER_PORT;
		status = dnsplan_add(plan, &server, err);
	}
	ares_free_data(nodes);
	if (plan->names.count > 0 || status != STATUS_OK)
		return status;
	rc = ARES_ENOTFOUND;
fail:
	return error_set(err, STATUS_SYSTEM,
	    "cannot find this system's DNS servers (%s); name them with "
	    "resolver.servers",
	    ares_strerror(rc));
}
