/* One SMTP session: bytes in and out, the handshake, the delays. */
/* SPDX-License-Identifier: MIT */
#include "smtpd.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include <openssl/err.h>

/* One line an event: session, address, behaviour, word, text made printable. */
void
note(struct server *server, const struct session *s, const char *word,
    const char *text, size_t len)
{
	char line[512];
	int n = snprintf(line, sizeof(line), "%lu %s %s %s ", s->id,
	    s->from->address, s->from->service->how->name, word);
	size_t at = n > 0 && (size_t)n < sizeof(line) ? (size_t)n : 0;

	for (size_t i = 0; i < len && at < sizeof(line) - 2; i++) {
		unsigned char c = (unsigned char)text[i];
		line[at++] = c >= 0x20 && c < 0x7f ? (char)c : '?';
	}
	line[at++] = '\n';
	if (write(server->log, line, at) < 0)
		die("cannot write", "log");
}

static void
note_text(struct server *server, const struct session *s, const char *word,
    const char *text)
{
	note(server, s, word, text, strlen(text));
}

static void
want(struct server *server, struct session *s, uint32_t events)
{
	struct epoll_event e = { .events = events, .data.ptr = &s->watch };

	epoll_ctl(server->epoll, EPOLL_CTL_MOD, s->fd, &e);
}

/* Closes now and frees at the end of the round: later events may name it. */
static void
end(struct server *server, struct session *s, const char *why)
{
	if (s->dead)
		return;
	note_text(server, s, "close", why);
	s->dead = true;
	SSL_free(s->ssl);
	s->ssl = NULL;
	close(s->fd);
	if (s->timer >= 0)
		close(s->timer);
	s->next_dead = server->dead;
	server->dead = s;
	server->sessions--;
}

void
session_bury(struct server *server)
{
	while (server->dead) {
		struct session *s = server->dead;
		server->dead = s->next_dead;
		free(s->out);
		free(s);
	}
}

static void
alarm_in(struct server *server, struct session *s, long ms)
{
	struct itimerspec at = { .it_value = { .tv_sec = ms / 1000,
				     .tv_nsec = ms % 1000 * 1000000L } };

	if (s->timer < 0) {
		struct epoll_event e = { .events = EPOLLIN,
			.data.ptr = &s->timer_watch };
		s->timer = timerfd_create(
		    CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
		if (s->timer < 0 ||
		    epoll_ctl(server->epoll, EPOLL_CTL_ADD, s->timer, &e) < 0) {
			end(server, s, "no timer");
			return;
		}
	}
	timerfd_settime(s->timer, 0, &at, NULL);
}

/* Bytes written, 0 when the socket is full, -1 when the peer is gone. */
static ssize_t
push(struct session *s, const char *at, size_t len)
{
	ssize_t n;

	if (s->secure) {
		ERR_clear_error();
		int r = SSL_write(s->ssl, at, (int)len);
		if (r > 0)
			return r;
		int e = SSL_get_error(s->ssl, r);
		return e == SSL_ERROR_WANT_WRITE || e == SSL_ERROR_WANT_READ
		    ? 0
		    : -1;
	}
	n = send(s->fd, at, len, MSG_NOSIGNAL);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	return n;
}

static void handshake(struct server *server, struct session *s);

static void
begin_tls(struct server *server, struct session *s)
{
	s->in_len = 0;
	if (has(s, TLS_MUTE)) {
		s->deaf = true;
		want(server, s, EPOLLIN);
		return;
	}
	if (has(s, TLS_GARBAGE) || has(s, PLAINTEXT)) {
		want(server, s, EPOLLIN);
		return;
	}
	s->ssl = need(SSL_new(s->from->service->tls));
	SSL_set_fd(s->ssl, s->fd);
	s->handshaking = true;
	handshake(server, s);
}

static void
flood(struct server *server, struct session *s)
{
	static const char line[] =
	    "250-X-FLOOD another line of a list that does not end\r\n";

	for (int i = 0; i < 64; i++) {
		ssize_t n = push(s, line, sizeof(line) - 1);
		if (n < 0) {
			end(server, s, "flood over");
			return;
		}
		if (n < (ssize_t)sizeof(line) - 1)
			break;
	}
	want(server, s, EPOLLOUT);
}

static void
reply_done(struct server *server, struct session *s)
{
	enum then then = s->then;

	s->out_len = s->out_at = 0;
	s->then = THEN_LISTEN;
	switch (then) {
	case THEN_LISTEN:
		want(server, s, EPOLLIN);
		break;
	case THEN_TLS:
		begin_tls(server, s);
		break;
	case THEN_FLOOD:
		s->flooding = true;
		flood(server, s);
		break;
	case THEN_CLOSE:
		if (s->secure)
			SSL_shutdown(s->ssl);
		end(server, s, "done");
		break;
	}
}

static void
flush(struct server *server, struct session *s)
{
	while (s->out_at < s->out_len) {
		size_t len = has(s, DRIP) ? 1 : s->out_len - s->out_at;
		ssize_t n = push(s, s->out + s->out_at, len);
		if (n < 0) {
			end(server, s, "peer gone while answering");
			return;
		}
		if (n == 0) {
			want(server, s, EPOLLOUT);
			return;
		}
		s->out_at += (size_t)n;
		if (has(s, DRIP) && s->out_at < s->out_len) {
			s->waiting = true;
			want(server, s, 0);
			alarm_in(server, s, DRIP_MS);
			return;
		}
	}
	reply_done(server, s);
}

void
say(struct server *server, struct session *s, struct text text, long delay_ms,
    enum then then)
{
	if (text.len > OUT_MAX)
		text.len = OUT_MAX;
	s->out = need(realloc(s->out, text.len + 1));
	memcpy(s->out, text.at, text.len);
	s->out_len = text.len;
	s->out_at = 0;
	s->then = then;
	if (delay_ms <= 0) {
		flush(server, s);
		return;
	}
	s->waiting = true;
	want(server, s, 0);
	alarm_in(server, s, delay_ms);
}

void
reply(
    struct server *server, struct session *s, const char *text, enum then then)
{
	say(server, s, (struct text){ text, strlen(text) },
	    s->from->service->delay_ms, then);
}

/* Takes the first whole line out of the input; false when there is none. */
static bool
next_line(struct session *s, char *line, size_t *len)
{
	char *end_of = memchr(s->in, '\n', s->in_len);
	size_t used;

	if (!end_of)
		return false;
	used = (size_t)(end_of - s->in) + 1;
	*len = used - 1;
	if (*len && s->in[*len - 1] == '\r')
		--*len;
	memcpy(line, s->in, *len);
	memmove(s->in, s->in + used, s->in_len - used);
	s->in_len -= used;
	return true;
}

/* Runs the lines that have come in, as long as each is answered at once. */
static void
lines(struct server *server, struct session *s)
{
	char line[IN_MAX];
	size_t len;

	while (!s->dead && !s->deaf && !s->handshaking && s->out_len == 0 &&
	    next_line(s, line, &len))
		command(server, s, line, len);
}

static void
handshake(struct server *server, struct session *s)
{
	char text[256];
	int r, e;

	ERR_clear_error();
	r = SSL_accept(s->ssl);
	if (r == 1) {
		const char *sni = SSL_get_servername(
		    s->ssl, TLSEXT_NAMETYPE_host_name);
		s->handshaking = false;
		s->secure = true;
		snprintf(text, sizeof(text), "%s %s sni=%s",
		    SSL_get_version(s->ssl), SSL_get_cipher_name(s->ssl),
		    sni ? sni : "-");
		note_text(server, s, "tls", text);
		want(server, s, EPOLLIN);
		return;
	}
	e = SSL_get_error(s->ssl, r);
	if (e == SSL_ERROR_WANT_READ || e == SSL_ERROR_WANT_WRITE) {
		want(server, s, e == SSL_ERROR_WANT_READ ? EPOLLIN : EPOLLOUT);
		return;
	}
	ERR_error_string_n(ERR_peek_error(), text, sizeof(text));
	note_text(server, s, "tls-failed", text);
	end(server, s, "handshake failed");
}

/* The first bytes after a 220 of a server that will not speak TLS. */
static bool
not_tls(struct server *server, struct session *s)
{
	static const char noise[] = "\x16\x03\x03\xff\xff"
				    "not a handshake\r\n";

	if (s->secure || s->in_len == 0 || s->in[0] != 0x16)
		return false;
	s->in_len = 0;
	if (has(s, TLS_GARBAGE))
		say(server, s, (struct text)TEXT(noise), 0, THEN_CLOSE);
	else if (has(s, PLAINTEXT))
		reply(
		    server, s, "500 5.5.1 still in the clear\r\n", THEN_LISTEN);
	else
		return false;
	return true;
}

static ssize_t
pull(struct session *s, char *at, size_t len)
{
	if (s->secure) {
		ERR_clear_error();
		int r = SSL_read(s->ssl, at, (int)len);
		if (r > 0)
			return r;
		int e = SSL_get_error(s->ssl, r);
		return e == SSL_ERROR_WANT_READ || e == SSL_ERROR_WANT_WRITE
		    ? -1
		    : 0;
	}
	ssize_t n = recv(s->fd, at, len, 0);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return -1;
	return n < 0 ? 0 : n;
}

static void
readable(struct server *server, struct session *s)
{
	do {
		ssize_t n;
		if (s->in_len == sizeof(s->in)) {
			end(server, s, "line too long");
			return;
		}
		n = pull(s, s->in + s->in_len, sizeof(s->in) - s->in_len);
		if (n == 0) {
			end(server, s, "peer closed");
			return;
		}
		if (n < 0)
			return;
		if (s->deaf)
			continue;
		s->in_len += (size_t)n;
		if (not_tls(server, s))
			continue;
		lines(server, s);
	} while (!s->dead && s->secure && SSL_pending(s->ssl) > 0);
}

static void
greet(struct server *server, struct session *s)
{
	const struct behaviour *how = s->from->service->how;
	struct text text = TEXT("220 mx.world.test ESMTP\r\n");
	long delay_ms = has(s, LATE) ? LATE_MS : s->from->service->delay_ms;

	if (has(s, MUTE)) {
		s->deaf = true;
		want(server, s, EPOLLIN);
		return;
	}
	if (how->greeting.len)
		text = how->greeting;
	say(server, s, text, delay_ms,
	    has(s, HANG_UP) ? THEN_CLOSE : THEN_LISTEN);
}

static void
reset(int fd)
{
	struct linger now = { .l_onoff = 1, .l_linger = 0 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(fd);
}

void
session_admit(struct server *server, const struct listener *from, int fd)
{
	struct session *s = need(calloc(1, sizeof(*s)));
	struct epoll_event e = { .events = 0, .data.ptr = &s->watch };
	int one = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	s->watch = (struct watch){ WATCH_SESSION, s };
	s->timer_watch = (struct watch){ WATCH_TIMER, s };
	s->from = from;
	s->id = ++server->next_id;
	s->fd = fd;
	s->timer = -1;
	note_text(server, s, "open", "");
	if (has(s, RESET)) {
		note_text(server, s, "close", "reset");
		reset(fd);
		free(s);
		return;
	}
	server->sessions++;
	if (epoll_ctl(server->epoll, EPOLL_CTL_ADD, fd, &e) < 0)
		end(server, s, "not watched");
	else
		greet(server, s);
}

static void
timer(struct server *server, struct session *s)
{
	uint64_t ticks;

	if (read(s->timer, &ticks, sizeof(ticks)) < 0 || !s->waiting)
		return;
	s->waiting = false;
	flush(server, s);
	lines(server, s);
}

static void
session_event(struct server *server, struct session *s, uint32_t events)
{
	if (events & (EPOLLHUP | EPOLLERR) && (s->waiting || s->flooding)) {
		end(server, s, "peer gone");
		return;
	}
	if (s->handshaking)
		handshake(server, s);
	else if (s->flooding)
		flood(server, s);
	else if (s->waiting)
		return;
	else if (s->out_at < s->out_len) {
		flush(server, s);
		lines(server, s);
	} else
		readable(server, s);
}

void
session_watched(struct server *server, const struct watch *w, uint32_t events)
{
	struct session *s = w->owner;

	if (s->dead)
		return;
	if (w->kind == WATCH_TIMER)
		timer(server, s);
	else
		session_event(server, s, events);
}
