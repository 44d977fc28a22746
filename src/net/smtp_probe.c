/* One probe: a table of phases on a non-blocking socket. */
/* SPDX-License-Identifier: MIT */
#include "smtp_phase.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

enum { CHUNK_SIZE = 16 * 1024 };

int64_t
smtp_now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

uint32_t
smtp_since_us(int64_t start_us)
{
	int64_t us = smtp_now_us() - start_us;

	return us < 0 ? 0 : us > UINT32_MAX ? UINT32_MAX : (uint32_t)us;
}

/* --- the socket ----------------------------------------------------------- */

static void
hang_up(struct probe *p)
{
	loop_fd_free(p->watch);
	p->watch = NULL;
	if (p->fd >= 0)
		close(p->fd);
	p->fd = -1;
	tls_free(p->tls);
	p->tls = NULL;
	buf_free(&p->in);
	buf_free(&p->out);
}

static bool
try_again(int error)
{
	return error == EAGAIN || error == EINTR;
}

/* Sends what the socket takes.  An error is left to the reading side, where
 * the server's last words may still be waiting. */
static void
flush(struct probe *p)
{
	ssize_t n;

	if (p->fd < 0 || p->out.len == 0)
		return;
	n = send(p->fd, p->out.data, p->out.len, MSG_NOSIGNAL);
	if (n >= 0)
		buf_shift(&p->out, (size_t)n);
	else if (!try_again(errno))
		buf_free(&p->out);
	if (p->watch != NULL)
		loop_fd_want(p->watch,
		    p->out.len > 0 ? LOOP_READ | LOOP_WRITE : LOOP_READ);
}

/* --- the machine ---------------------------------------------------------- */

static void
arm(struct probe *p, const struct phase *phase)
{
	int64_t left_ms = p->deadline_ms - loop_now_ms(p->setup->loop);
	int64_t share_ms = p->setup->timeout_ms * phase->share / 100;

	if (phase->cap_ms > 0 && share_ms > phase->cap_ms)
		share_ms = phase->cap_ms;
	loop_timer_start(p->timer, share_ms < left_ms ? share_ms : left_ms, 0);
}

/* Whether a second session may tell which old TLS the server has. */
static bool
worth_old(const struct probe *p)
{
	return !p->old && p->at == PHASE_TLS &&
	    (p->seen.starttls == STARTTLS_HANDSHAKE ||
		p->seen.starttls == STARTTLS_RESET);
}

/* The first session's record, with what only the second could see. */
static void
join_sessions(struct probe *p)
{
	struct smtp_session second = p->seen;

	p->seen = p->first;
	if (second.starttls != STARTTLS_OK)
		return;
	second.connect_us = p->first.connect_us;
	second.greeting_us = p->first.greeting_us;
	second.tls_error = p->first.tls_error;
	p->seen = second;
}

static void
finish(struct probe *p)
{
	struct smtp_session *session;

	if (p->old)
		join_sessions(p);
	if (p->seen.total_us == 0)
		p->seen.total_us = smtp_since_us(p->start_us);
	hang_up(p);
	loop_timer_stop(p->timer);
	session = smtp_session_make(&p->seen);
	p->done(p->arg, session);
}

/* Ends the session; the phase to go on with if there is a second one. */
static enum phase_id
end_session(struct probe *p)
{
	flush(p); /* an alert that says why, perhaps */
	if (!worth_old(p))
		return PHASE_END;
	hang_up(p);
	p->first = p->seen;
	p->seen = smtp_session_blank;
	p->old = true;
	return PHASE_CONNECT;
}

/* Goes on with a phase and those that it leads to at once.  The probe may be
 * gone afterwards. */
static void
go(struct probe *p, enum phase_id next)
{
	do {
		if (next == PHASE_END)
			next = end_session(p);
		if (next == PHASE_END) {
			finish(p);
			return;
		}
		p->at = next;
		/* A goodbye says nothing about where the session stopped. */
		if (next != PHASE_QUIT)
			p->seen.phase = smtp_phases[next].name;
		arm(p, &smtp_phases[next]);
		next = smtp_phases[next].enter(p);
	} while (next != p->at);
	flush(p);
}

static void
trouble(struct probe *p, enum trouble trouble)
{
	smtp_phases[p->at].broken(p, trouble);
	go(p, PHASE_END);
}

/* Looks at what has come in; one reply a phase. */
static void
look(struct probe *p)
{
	enum phase_id next;
	struct smtp_reply reply;
	int found = smtp_reply_parse(p->in.data, p->in.len, &reply);

	if (found < 0) {
		trouble(p, TROUBLE_GARBAGE);
		return;
	}
	if (found == 0) {
		flush(p);
		return;
	}
	next = smtp_phases[p->at].reply(p, &reply);
	buf_shift(&p->in, reply.octets);
	go(p, next);
}

static void
take(struct probe *p, const char *data, size_t len)
{
	enum tls_state state;

	if (p->at == PHASE_TLS) {
		enum phase_id next = smtp_tls_octets(p, data, len);

		if (next == PHASE_TLS)
			flush(p);
		else
			go(p, next);
		return;
	}
	if (p->tls == NULL) {
		buf_add(&p->in, data, len);
		look(p);
		return;
	}
	state = tls_take(p->tls, data, len, &p->in, &p->out);
	if (p->in.len == 0 && state != TLS_READY)
		trouble(p, TROUBLE_RESET);
	else if (p->in.len > 0)
		look(p);
	else
		flush(p);
}

void
smtp_socket_ready(void *arg, int events)
{
	struct probe *p = arg;
	char chunk[CHUNK_SIZE];
	ssize_t n;

	if (p->at == PHASE_CONNECT) {
		go(p, smtp_connect_ready(p));
		return;
	}
	if (events & LOOP_WRITE)
		flush(p);
	if (!(events & LOOP_READ))
		return;
	n = recv(p->fd, chunk, sizeof(chunk), 0);
	if (n > 0)
		take(p, chunk, (size_t)n);
	else if (n == 0 || !try_again(errno))
		trouble(p, TROUBLE_RESET);
}

static void
timer_ready(void *arg)
{
	struct probe *p = arg;

	if (p->begun) {
		trouble(p, TROUBLE_TIMEOUT);
		return;
	}
	p->begun = true;
	p->start_us = smtp_now_us();
	p->deadline_ms = loop_now_ms(p->setup->loop) + p->setup->timeout_ms;
	go(p, PHASE_CONNECT);
}

struct probe *
probe_new(const struct probe_setup *setup, const char *host,
    const struct address *address, smtp_done *done, void *arg)
{
	struct probe *p = mem_zero(1, sizeof(*p));

	p->setup = setup;
	p->address = *address;
	p->host = mem_dup(host);
	p->done = done;
	p->arg = arg;
	p->fd = -1;
	p->seen = p->first = smtp_session_blank;
	p->arena = arena_new();
	p->timer = loop_timer_new(setup->loop, timer_ready, p);
	loop_timer_start(p->timer, 0, 0);
	return p;
}

void
probe_free(struct probe *p)
{
	if (p == NULL)
		return;
	hang_up(p);
	loop_timer_free(p->timer);
	arena_free(p->arena);
	free(p->host);
	free(p);
}
