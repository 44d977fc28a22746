/* The sockets of a channel, as c-ares uses them. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <unistd.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "net/dnschannel.h"
#include "net/dnspackets.h"
#include "sendtop/mem.h"

int
channel_socket_open(int family, int type, int protocol, void *arg)
{
	struct channel *channel = arg;
	int fd, on = 1;

	fd = socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
	if (fd < 0 || type != SOCK_STREAM)
		return fd;
	channel->tcp_us = channel_now_us();
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	channel->streams = mem_grow(channel->streams, channel->stream_count,
	    &channel->stream_cap, sizeof(*channel->streams));
	channel->streams[channel->stream_count++] = fd;
	return fd;
}

static bool
is_stream(const struct channel *channel, int socket, size_t *i)
{
	for (*i = 0; *i < channel->stream_count; ++*i)
		if (channel->streams[*i] == socket)
			return true;
	return false;
}

int
channel_socket_close(int socket, void *arg)
{
	struct channel *channel = arg;
	size_t i;

	dnsinbox_forget(channel->client->in, socket);
	dnsoutbox_forget(channel->out, socket);
	if (is_stream(channel, socket, &i))
		channel->streams[i] = channel->streams[--channel->stream_count];
	return close(socket);
}

int
channel_socket_connect(
    int socket, const struct sockaddr *address, socklen_t len, void *arg)
{
	(void)arg;
	return connect(socket, address, len);
}

ssize_t
channel_socket_receive(int socket, void *data, size_t size, int flags,
    struct sockaddr *from, socklen_t *from_len, void *arg)
{
	struct channel *channel = arg;
	size_t i;

	if (is_stream(channel, socket, &i))
		return recvfrom(socket, data, size, flags, from, from_len);
	if (dnsoutbox_failed(channel->out) == socket) {
		errno = dnsoutbox_tell(channel->out);
		return -1;
	}
	return dnsinbox_take(
	    channel->client->in, socket, data, size, from, from_len);
}

ssize_t
channel_socket_send(int socket, const struct iovec *parts, int count, void *arg)
{
	struct channel *channel = arg;
	size_t i;

	if (count == 1 && !is_stream(channel, socket, &i))
		return dnsoutbox_put(
		    channel->out, socket, parts[0].iov_base, parts[0].iov_len);
	return writev(socket, parts, count);
}
