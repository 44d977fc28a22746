/* Loopback SMTP servers with STARTTLS: one behaviour an address. */
/* SPDX-License-Identifier: MIT */
#include "smtpd.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/err.h>

void
die(const char *what, const char *name)
{
	fprintf(stderr, "smtpd: %s %s%s%s\n", what, name, errno ? ": " : "",
	    errno ? strerror(errno) : "");
	exit(1);
}

void *
need(void *p)
{
	if (!p) {
		fputs("smtpd: out of memory\n", stderr);
		exit(1);
	}
	return p;
}

static void
acceptable(struct server *server, const struct listener *l)
{
	int fd;

	while ((fd = accept4(
		    l->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
		if (server->sessions >= SESSIONS_MAX)
			close(fd);
		else
			session_admit(server, l, fd);
	}
}

static void
dispatch(struct server *server, const struct watch *w, uint32_t events)
{
	if (w->kind == WATCH_LISTENER)
		acceptable(server, w->owner);
	else
		session_watched(server, w, events);
}

static void
tls_versions(SSL_CTX *tls, unsigned traits)
{
	if (traits & OLD_TLS) {
		SSL_CTX_set_security_level(tls, 0);
		SSL_CTX_set_cipher_list(tls, "ALL:@SECLEVEL=0");
		SSL_CTX_set_min_proto_version(tls, TLS1_VERSION);
		SSL_CTX_set_max_proto_version(tls, TLS1_1_VERSION);
	} else if (traits & TLS12) {
		SSL_CTX_set_max_proto_version(tls, TLS1_2_VERSION);
	}
}

static SSL_CTX *
tls_new(const struct server *server, const struct behaviour *how)
{
	SSL_CTX *tls = need(SSL_CTX_new(TLS_server_method()));
	const char *cert = how->cert ? how->cert : "good";
	char path[1024];

	if (strcmp(cert, "weak-key") == 0)
		SSL_CTX_set_security_level(tls, 0);
	SSL_CTX_set_mode(tls,
	    SSL_MODE_ENABLE_PARTIAL_WRITE |
		SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_num_tickets(tls, 0);
	tls_versions(tls, how->traits);
	snprintf(path, sizeof(path), "%s/%s.pem", server->certs, cert);
	if (SSL_CTX_use_certificate_chain_file(tls, path) != 1 ||
	    SSL_CTX_use_PrivateKey_file(tls, path, SSL_FILETYPE_PEM) != 1) {
		ERR_print_errors_fp(stderr);
		errno = 0;
		die("cannot use certificate and key in", path);
	}
	return tls;
}

static socklen_t
socket_address(
    const char *text, long add, uint16_t port, struct sockaddr_storage *out)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)(void *)out;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)(void *)out;

	memset(out, 0, sizeof(*out));
	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(port);
		v4->sin_addr.s_addr = htonl(
		    ntohl(v4->sin_addr.s_addr) + (uint32_t)add);
		return sizeof(*v4);
	}
	if (inet_pton(AF_INET6, text, &v6->sin6_addr) == 1) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons(port);
		return sizeof(*v6);
	}
	errno = 0;
	die("not an address:", text);
	return 0;
}

static void
address_text(const struct sockaddr_storage *a, char *out, socklen_t size)
{
	const void *at =
	    &((const struct sockaddr_in *)(const void *)a)->sin_addr;

	if (a->ss_family == AF_INET6)
		at = &((const struct sockaddr_in6 *)(const void *)a)->sin6_addr;
	inet_ntop(a->ss_family, at, out, size);
}

static void
listen_at(struct server *server, const struct service *service,
    const char *text, long add)
{
	struct sockaddr_storage a;
	socklen_t len = socket_address(text, add, server->port, &a);
	struct listener *l = need(calloc(1, sizeof(*l)));
	struct epoll_event e = { .events = EPOLLIN, .data.ptr = &l->watch };
	int one = 1;

	address_text(&a, l->address, sizeof(l->address));
	l->watch = (struct watch){ WATCH_LISTENER, l };
	l->service = service;
	l->fd = socket(
	    a.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (l->fd < 0)
		die("no socket for", l->address);
	setsockopt(l->fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(l->fd, (struct sockaddr *)&a, len) < 0)
		die("cannot bind", l->address);
	if (listen(l->fd, 1024) < 0 ||
	    epoll_ctl(server->epoll, EPOLL_CTL_ADD, l->fd, &e) < 0)
		die("cannot listen at", l->address);
}

static long
number(const char *text, long low, long high)
{
	char *rest;
	long n = strtol(text, &rest, 10);

	errno = 0;
	if (rest == text || *rest || n < low || n > high)
		die("not a fitting number:", text);
	return n;
}

static void
serve_word(struct server *server, char *word)
{
	struct service *service = need(calloc(1, sizeof(*service)));
	char *how = strchr(word, '='), *delay, *count;
	long n = 1;

	errno = 0;
	if (!how)
		die("expected ADDRESS[+COUNT]=BEHAVIOUR[:DELAY_MS], got", word);
	*how++ = '\0';
	service->delay_ms = server->delay_ms;
	if ((delay = strchr(how, ':'))) {
		*delay++ = '\0';
		service->delay_ms = number(delay, 0, 600000);
	}
	if ((count = strchr(word, '+'))) {
		*count++ = '\0';
		n = number(count, 1, 10000);
	}
	service->how = behaviour_named(how);
	if (!service->how)
		die("unknown behaviour:", how);
	service->tls = tls_new(server, service->how);
	for (long i = 0; i < n; i++)
		listen_at(server, service, word, i);
}

static void
raise_limits(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	signal(SIGPIPE, SIG_IGN);
}

static void
options(struct server *server, int argc, char **argv)
{
	const char *log = "/dev/null";
	int c;

	while ((c = getopt(argc, argv, "p:c:l:d:")) != -1) {
		if (c == 'p')
			server->port = (uint16_t)number(optarg, 1, 65535);
		else if (c == 'c')
			server->certs = optarg;
		else if (c == 'l')
			log = optarg;
		else if (c == 'd')
			server->delay_ms = number(optarg, 0, 600000);
		else
			exit(2);
	}
	server->log = open(
	    log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (server->log < 0)
		die("cannot open", log);
	if (!server->port || optind == argc) {
		fputs("usage: smtpd -p PORT [-c CERTS] [-l LOG] [-d MS]"
		      " ADDRESS[+COUNT]=BEHAVIOUR[:MS]...\n",
		    stderr);
		exit(2);
	}
}

int
main(int argc, char **argv)
{
	struct server server = { .certs = "." };
	struct epoll_event events[EVENTS];

	raise_limits();
	options(&server, argc, argv);
	server.epoll = epoll_create1(EPOLL_CLOEXEC);
	if (server.epoll < 0)
		die("no", "epoll");
	for (int i = optind; i < argc; i++)
		serve_word(&server, argv[i]);
	puts("ready");
	fflush(stdout);
	for (;;) {
		int n = epoll_wait(server.epoll, events, EVENTS, -1);
		for (int i = 0; i < n; i++)
			dispatch(&server, events[i].data.ptr, events[i].events);
		session_bury(&server);
	}
}
