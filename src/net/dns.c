/* Channels to DNS servers, on c-ares: nothing else sees that library. */
/* SPDX-License-Identifier: MIT */
#include "net/dnschannel.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <ares.h>

#include "sendtop/mem.h"

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

static void
watch_ready(void *arg, int events)
{
	struct watch *watch = arg;
	const struct channel_client *client = watch->channel->client;

	/* c-ares may close the socket and so free the watch. */
	ares_process_fd(watch->channel->ares,
	    events & LOOP_READ ? watch->socket : ARES_SOCKET_BAD,
	    events & LOOP_WRITE ? watch->socket : ARES_SOCKET_BAD);
	client->turn(client->dns);
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

static int
socket_made(ares_socket_t socket, int type, void *arg)
{
	struct channel *channel = arg;

	(void)socket;
	if (type == SOCK_STREAM)
		channel->tcp_us = channel_now_us();
	return 0;
}

void
channel_close(struct channel *channel)
{
	if (channel == NULL)
		return;
	ares_destroy(channel->ares);
	while (channel->watches != NULL)
		watch_close(&channel->watches);
	free(channel);
}

/* The servers in the order in which this channel tries them. */
static int
channel_servers(
    struct channel *channel, const struct dnsplan *plan, size_t first)
{
	struct ares_addr_port_node nodes[DNSPLAN_SERVERS_MAX];
	const struct dnsserver *server;
	size_t count = plan->names.count, i;

	memset(nodes, 0, sizeof(nodes));
	for (i = 0; i < count; i++) {
		server = &plan->servers[(first + i) % count];
		nodes[i].next = i + 1 < count ? &nodes[i + 1] : NULL;
		nodes[i].udp_port = server->port;
		nodes[i].tcp_port = server->port;
		nodes[i].family = server->address.family == 6 ? AF_INET6
							      : AF_INET;
		memcpy(&nodes[i].addr, server->address.bytes,
		    server->address.family == 6 ? 16 : 4);
	}
	return ares_set_servers_ports(channel->ares, nodes);
}

struct channel *
channel_open(const struct channel_client *client, const struct dnsplan *plan,
    size_t first, bool edns, struct error *err)
{
	struct channel *channel = mem_zero(1, sizeof(*channel));
	char lookups[] = "b";
	struct ares_options options = {
		.flags = ARES_FLAG_NOCHECKRESP | ARES_FLAG_NOSEARCH |
		    ARES_FLAG_NOALIASES | (edns ? ARES_FLAG_EDNS : 0),
		.timeout = plan->timeout_ms,
		.tries = plan->rounds,
		.ednspsz = DNSWIRE_UDP_SIZE,
		.lookups = lookups,
		.sock_state_cb = socket_state,
		.sock_state_cb_data = channel,
	};
	int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES |
	    ARES_OPT_EDNSPSZ | ARES_OPT_LOOKUPS | ARES_OPT_DOMAINS |
	    ARES_OPT_NOROTATE | ARES_OPT_SOCK_STATE_CB;
	int rc = ares_init_options(&channel->ares, &options, mask);

	channel->client = client;
	channel->edns = edns;
	if (rc == ARES_SUCCESS) {
		rc = channel_servers(channel, plan, first);
		if (rc == ARES_SUCCESS) {
			ares_set_socket_callback(
			    channel->ares, socket_made, channel);
			return channel;
		}
		ares_destroy(channel->ares);
	}
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
	const struct channel_client *client = channel->client;

	enum channel_end end = CHANNEL_REPLY;

	(void)timeouts;
	channel->sent--;
	q->channel = NULL;
	if (packet == NULL || len < 0) {
		packet = NULL;
		len = 0;
		end = end_of(channel, q, status);
	}
	if (end == CHANNEL_REFUSED)
		channel->refused = true;
	client->ended(client->dns, channel, q, end, packet, (size_t)len);
}

void
channel_send(struct channel *channel, struct question *q, uint16_t id)
{
	size_t len = dnswire_query_set(q->query, q->len, id, channel->edns);

	q->channel = channel;
	q->sent_us = channel_now_us();
	channel->sent++;
	channel->used++;
	ares_send(channel->ares, q->query, (int)len, reply, q);
}

void
channel_cancel(struct channel *channel)
{
	ares_cancel(channel->ares);
	channel->refused = false;
}

int64_t
channel_tick(struct channel *channel)
{
	struct timeval tv;

	if (channel->sent == 0)
		return -1;
	ares_process_fd(channel->ares, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
	if (ares_timeout(channel->ares, NULL, &tv) == NULL)
		return -1;
	/* Rounded up: too early would mean once more for nothing. */
	return (int64_t)tv.tv_sec * 1000 + (tv.tv_usec + 999) / 1000;
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
