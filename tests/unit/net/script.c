/* A server that follows a script, in a thread, on loopback. */
/* SPDX-License-Identifier: MIT */
#include "script.h"

#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LINE_SIZE = 1024, STEP_SIZE = 8192, DRIP_MS = 20 };

struct talk {
	struct script_server *server;
	int fd;
	SSL *ssl;
};

static bool
put(struct talk *t, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = t->ssl != NULL
		    ? SSL_write(t->ssl, data, (int)len)
		    : send(t->fd, data, len, MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		data += n;
		len -= (size_t)n;
	}
	return true;
}

static bool
get_char(struct talk *t, char *c)
{
	if (t->ssl != NULL)
		return SSL_read(t->ssl, c, 1) == 1;
	return recv(t->fd, c, 1, 0) == 1;
}

/* Reads a line into heard; false at the end or when it begins otherwise. */
static bool
expect(struct talk *t, const char *word)
{
	struct pollfd next = { .fd = t->server->fd, .events = POLLIN };
	char line[LINE_SIZE] = "", c;
	size_t len = 0;

	while (len + 1 < sizeof(line)) {
		if (!get_char(t, &c))
			return false;
		if (c == '\n')
			break;
		if (c != '\r')
			line[len++] = c;
	}
	if (poll(&next, 1, 0) > 0)
		t->server->crowded = true;
	pthread_mutex_lock(&t->server->lock);
	buf_printf(&t->server->heard, "%s\n", line);
	pthread_mutex_unlock(&t->server->lock);
	return strncmp(line, word, strlen(word)) == 0;
}

static bool
head(struct talk *t)
{
	size_t before;

	do {
		before = t->server->heard.len;
		if (!expect(t, ""))
			return false;
	} while (t->server->heard.len > before + 1);
	return true;
}

static bool
wait_away(struct talk *t)
{
	char c;

	while (get_char(t, &c))
		;
	return false;
}

/* Wakes up at once when the client leaves. */
static bool
drip(struct talk *t)
{
	struct pollfd poll_fd = { .fd = t->fd, .events = POLLIN };

	while (put(t, "x", 1))
		if (poll(&poll_fd, 1, DRIP_MS) > 0)
			return false;
	return false;
}

static bool
flood(struct talk *t)
{
	static const char line[] = "250-X-ANOTHER: EXTENSION\r\n";

	while (put(t, line, sizeof(line) - 1))
		;
	return false;
}

static bool
fill(struct talk *t, long count)
{
	char block[STEP_SIZE];

	memset(block, 'x', sizeof(block));
	while (count > 0) {
		size_t n = count < STEP_SIZE ? (size_t)count : STEP_SIZE;

		if (!put(t, block, n))
			return false;
		count -= (long)n;
	}
	return true;
}

static bool
shake_hands(struct talk *t)
{
	t->ssl = SSL_new(t->server->tls);
	SSL_set_fd(t->ssl, t->fd);
	return SSL_accept(t->ssl) == 1;
}

static bool
cut(struct talk *t)
{
	struct linger linger = { .l_onoff = 1 };

	setsockopt(t->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	return false;
}

static bool
wait_release(struct talk *t)
{
	struct script_server *server = t->server;

	pthread_mutex_lock(&server->lock);
	while (!server->release)
		pthread_cond_wait(&server->released, &server->lock);
	pthread_mutex_unlock(&server->lock);
	return true;
}

static bool
put_raw(struct talk *t, const char *text)
{
	struct buf octets = { 0 };
	bool ok;

	for (; *text != '\0'; text++)
		if (*text == '|')
			buf_str(&octets, "\r\n");
		else
			buf_char(&octets, *text);
	ok = put(t, octets.data, octets.len);
	buf_free(&octets);
	return ok;
}

static bool
run_step(struct talk *t, const char *step)
{
	if (strncmp(step, "> ", 2) == 0)
		return put(t, step + 2, strlen(step + 2)) && put(t, "\r\n", 2);
	if (strncmp(step, ". ", 2) == 0)
		return put_raw(t, step + 2);
	if (strncmp(step, "< ", 2) == 0)
		return expect(t, step + 2);
	if (strcmp(step, "empty") == 0)
		return head(t);
	if (strcmp(step, "*") == 0)
		return wait_away(t);
	if (strcmp(step, "tls") == 0)
		return shake_hands(t);
	if (strcmp(step, "reset") == 0)
		return cut(t);
	if (strcmp(step, "flood") == 0)
		return flood(t);
	if (strcmp(step, "drip") == 0)
		return drip(t);
	if (strcmp(step, "sync") == 0)
		return wait_release(t);
	if (strncmp(step, "fill ", 5) == 0)
		return fill(t, strtol(step + 5, NULL, 10));
	fprintf(stderr, "script: what is '%s'?\n", step);
	return false;
}

static void
follow(struct talk *t, const char *script)
{
	char step[STEP_SIZE];
	bool more = true;

	while (more && *script != '\0') {
		size_t len = strcspn(script, "\n");

		ck_assert_uint_lt(len, sizeof(step));
		memcpy(step, script, len);
		step[len] = '\0';
		script += len + (script[len] == '\n');
		more = run_step(t, step);
	}
	SSL_free(t->ssl);
	close(t->fd);
}

static void *
serve(void *arg)
{
	struct script_server *server = arg;
	const char *const *script = server->scripts;
	int one = 1;

	for (;;) {
		struct talk t = { .server = server };

		t.fd = accept(server->fd, NULL, NULL);
		if (t.fd < 0)
			return NULL;
		setsockopt(t.fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		server->connections++;
		follow(&t, *script);
		if (script[1] != NULL)
			script++;
	}
}

void
script_start(struct script_server *server, const char *host, uint16_t port,
    const char *const *scripts, SSL_CTX *tls)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t len = sizeof(at);

	memset(server, 0, sizeof(*server));
	signal(SIGPIPE, SIG_IGN); /* OpenSSL's writes on a socket */
	server->scripts = scripts;
	server->tls = tls;
	pthread_mutex_init(&server->lock, NULL);
	pthread_cond_init(&server->released, NULL);
	server->fd = socket(AF_INET, SOCK_STREAM, 0);
	at.sin_port = htons(port);
	inet_pton(AF_INET, host, &at.sin_addr);
	ck_assert_int_eq(
	    bind(server->fd, (struct sockaddr *)&at, sizeof(at)), 0);
	ck_assert_int_eq(listen(server->fd, 64), 0);
	getsockname(server->fd, (struct sockaddr *)&at, &len);
	server->port = ntohs(at.sin_port);
	ck_assert_int_eq(
	    pthread_create(&server->thread, NULL, serve, server), 0);
}

void
script_release(struct script_server *server)
{
	pthread_mutex_lock(&server->lock);
	server->release = true;
	pthread_cond_broadcast(&server->released);
	pthread_mutex_unlock(&server->lock);
}

char *
script_end(struct script_server *server)
{
	script_release(server);
	shutdown(server->fd, SHUT_RDWR);
	pthread_join(server->thread, NULL);
	close(server->fd);
	SSL_CTX_free(server->tls);
	pthread_cond_destroy(&server->released);
	pthread_mutex_destroy(&server->lock);
	return buf_take(&server->heard);
}

void
script_stop(struct script_server *server)
{
	free(script_end(server));
}
