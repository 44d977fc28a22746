/* A listener on loopback for the browser that comes back (RFC 8252 7.3). */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "login.h"

enum {
	GUESTS_MAX = 8,
	HEAD_MAX = 16 * 1024,
	GUEST_MS = 20000, /* browsers open connections that they do not use */
	BLOCK = 4096
};

/* A connection: its request so far. */
struct guest {
	struct login_server *server;
	int fd; /* -1: free */
	struct loop_fd *watch;
	struct loop_timer *timer;
	struct buf head;
};

struct login_server {
	struct loop *loop;
	int fd;
	unsigned port;
	struct loop_fd *watch;
	struct loop_timer *timer;
	struct loop_signal *interrupt, *terminate;
	struct guest guests[GUESTS_MAX];
	const char *state;
	/* How it ended. */
	bool over;
	enum status status;
	struct error error;
	char *code;
};

static void
finish(struct login_server *server, enum status status)
{
	server->over = true;
	server->status = status;
	loop_stop(server->loop);
}

static void
guest_leave(struct guest *guest)
{
	if (guest->fd < 0)
		return;
	loop_fd_free(guest->watch);
	loop_timer_free(guest->timer);
	close(guest->fd);
	guest->fd = -1;
	if (guest->head.data != NULL)
		mem_wipe(guest->head.data, guest->head.len);
	buf_free(&guest->head);
}

static void
guest_late(void *arg)
{
	guest_leave(arg);
}

/* The few octets fit into an empty socket buffer; a browser that does not take
 * them has had its chance. */
static void
reply(struct guest *guest, const char *status, const char *text)
{
	struct buf out = { 0 };
	ssize_t n;

	buf_printf(&out,
	    "HTTP/1.1 %s\r\nContent-Type: text/plain; charset=utf-8\r\n"
	    "Content-Length: %zu\r\nConnection: close\r\n"
	    "Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\n"
	    "X-Content-Type-Options: nosniff\r\n\r\n%s",
	    status, strlen(text), text);
	do
		n = send(guest->fd, out.data, out.len, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	shutdown(guest->fd, SHUT_WR);
	buf_free(&out);
	guest_leave(guest);
}

/* The query of "GET /?QUERY HTTP/1.x" in place; NULL for other requests. */
static char *
query_of(char *head)
{
	char *query, *end;

	head[strcspn(head, "\r\n")] = '\0';
	if (strncmp(head, "GET /?", 6) != 0)
		return NULL;
	query = head + 6;
	end = strchr(query, ' ');
	if (end == NULL || strncmp(end, " HTTP/1.", 8) != 0 ||
	    end - query > LOGIN_ANSWER_MAX)
		return NULL;
	*end = '\0';
	return query;
}

static void
serve(struct guest *guest)
{
	struct login_server *server = guest->server;
	char *query = query_of(guest->head.data);
	enum status status;

	if (query == NULL || !login_is_answer(query)) {
		reply(guest, "404 Not Found",
		    "sendtop waits for Google's answer to a login here, and "
		    "for nothing else.\n");
		return;
	}
	status = login_read_answer(
	    query, server->state, &server->code, &server->error);
	if (status == STATUS_OK)
		reply(guest, "200 OK",
		    "sendtop has got the answer. Close this page and go back "
		    "to the terminal.\n");
	else
		reply(guest, "400 Bad Request",
		    "The login did not work. The terminal says why.\n");
	finish(server, status);
}

static void
guest_ready(void *arg, int events)
{
	struct guest *guest = arg;
	char block[BLOCK];
	ssize_t n;

	(void)events;
	if (guest->server->over) {
		guest_leave(guest);
		return;
	}
	n = recv(guest->fd, block, sizeof(block), 0);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		guest_leave(guest);
		return;
	}
	buf_add(&guest->head, block, (size_t)n);
	mem_wipe(block, sizeof(block));
	if (guest->head.full)
		reply(guest, "431 Request Header Fields Too Large",
		    "That request is too large.\n");
	else if (memmem(guest->head.data, guest->head.len, "\r\n\r\n", 4) !=
	    NULL)
		serve(guest);
}

static struct guest *
free_place(struct login_server *server)
{
	size_t i;

	for (i = 0; i < GUESTS_MAX; i++)
		if (server->guests[i].fd < 0)
			return &server->guests[i];
	/* Idle ones must not keep the answer out. */
	guest_leave(&server->guests[0]);
	return &server->guests[0];
}

static void
server_ready(void *arg, int events)
{
	struct login_server *server = arg;
	struct guest *guest;
	int fd;

	(void)events;
	fd = accept4(server->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd < 0)
		return;
	guest = free_place(server);
	guest->watch = loop_fd_new(server->loop, fd, guest_ready, guest);
	if (guest->watch == NULL) {
		close(fd);
		return;
	}
	guest->fd = fd;
	guest->head.max = HEAD_MAX;
	guest->timer = loop_timer_new(server->loop, guest_late, guest);
	loop_timer_start(guest->timer, GUEST_MS, 0);
	loop_fd_want(guest->watch, LOOP_READ);
}

static enum status
server_listen(struct login_server *server, struct error *err)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t len = sizeof(at);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	server->fd = socket(
	    AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (server->fd < 0 ||
	    bind(server->fd, (const struct sockaddr *)&at, len) != 0 ||
	    listen(server->fd, GUESTS_MAX) != 0 ||
	    getsockname(server->fd, (struct sockaddr *)&at, &len) != 0)
		return error_system(err, errno,
		    "cannot listen on 127.0.0.1 (sendtop login --paste needs "
		    "no listener)");
	server->port = ntohs(at.sin_port);
	server->watch = loop_fd_new(
	    server->loop, server->fd, server_ready, server);
	if (server->watch == NULL)
		return error_system(err, errno, "cannot watch a listener");
	loop_fd_want(server->watch, LOOP_READ);
	return STATUS_OK;
}

enum status
login_server_open(
    struct loop *loop, struct login_server **out, struct error *err)
{
	struct login_server *server = mem_zero(1, sizeof(*server));
	enum status status;
	size_t i;

	server->loop = loop;
	for (i = 0; i < GUESTS_MAX; i++) {
		server->guests[i].server = server;
		server->guests[i].fd = -1;
	}
	status = server_listen(server, err);
	if (status == STATUS_OK)
		*out = server;
	else
		login_server_close(server);
	return status;
}

unsigned
login_server_port(const struct login_server *server)
{
	return server->port;
}

static void
too_late(void *arg)
{
	struct login_server *server = arg;

	finish(server,
	    error_set(&server->error, STATUS_TIMEOUT,
		"nobody came back from the browser in time: run sendtop login "
		"again, or with --paste when the browser is on another host"));
}

static void
interrupted(void *arg, int signum)
{
	struct login_server *server = arg;

	(void)signum;
	finish(server,
	    error_set(&server->error, STATUS_CANCELLED,
		"the login was interrupted; nothing was written"));
}

enum status
login_server_wait(struct login_server *server, const char *state,
    int64_t limit_ms, char **code, struct error *err)
{
	server->state = state;
	server->timer = loop_timer_new(server->loop, too_late, server);
	loop_timer_start(server->timer, limit_ms, 0);
	/* Where they cannot be caught they end the program, which is fine. */
	server->interrupt = loop_signal_new(
	    server->loop, SIGINT, interrupted, server);
	server->terminate = loop_signal_new(
	    server->loop, SIGTERM, interrupted, server);
	while (!server->over)
		loop_run(server->loop);
	if (server->status != STATUS_OK) {
		*err = server->error;
		return server->status;
	}
	*code = server->code;
	server->code = NULL;
	return STATUS_OK;
}

void
login_server_close(struct login_server *server)
{
	size_t i;

	if (server == NULL)
		return;
	for (i = 0; i < GUESTS_MAX; i++)
		guest_leave(&server->guests[i]);
	loop_fd_free(server->watch);
	loop_timer_free(server->timer);
	loop_signal_free(server->interrupt);
	loop_signal_free(server->terminate);
	if (server->fd >= 0)
		close(server->fd);
	if (server->code != NULL)
		mem_wipe(server->code, strlen(server->code));
	free(server->code);
	free(server);
}
