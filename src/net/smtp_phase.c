/* The phases of an SMTP probe: what is said, what each answer means. */
/* SPDX-License-Identifier: MIT */
#include "smtp_phase.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sendtop/text.h"
#include "smtp_reply.h"

enum { QUIT_MS = 1500, COMMAND_SIZE = 320 };

const struct smtp_session smtp_session_blank = {
	.phase = "connect",
	.greeting = "",
	.reply = "",
	.ehlo = "",
	.tls_error = "",
	.tls_name = "",
	.cipher = "",
	.trust_error = "",
	.cert_subject = "",
	.cert_issuer = "",
	.cert_names = "",
	.key_type = "",
};

/* --- recording ------------------------------------------------------------ */

static void
keep_reply(struct probe *p, const struct smtp_reply *reply)
{
	char text[SMTP_TEXT_SIZE];

	smtp_reply_text(p->in.data, reply, SMTP_LINES_MAX, text);
	p->seen.reply = arena_dup(p->arena, text);
	p->seen.reply_code = reply->code;
}

/* What a strange server said, as far as it came. */
static void
keep_garbage(struct probe *p)
{
	size_t len = p->in.len < 256 ? p->in.len : 256;

	if (len > 0)
		p->seen.reply = text_printable_arena(
		    p->arena, p->in.data, len, SMTP_TEXT_SIZE);
}

static void
keep_words(struct probe *p, const char *words)
{
	p->seen.reply = text_printable_arena(
	    p->arena, words, strlen(words), 256);
}

static void
broken_early(struct probe *p, enum trouble trouble)
{
	static const enum smtp_outcome outcomes[] = {
		[TROUBLE_TIMEOUT] = SMTP_TIMEOUT,
		[TROUBLE_RESET] = SMTP_RESET,
		[TROUBLE_GARBAGE] = SMTP_MALFORMED,
	};

	p->seen.outcome = outcomes[trouble];
	keep_garbage(p);
}

static void
broken_starttls(struct probe *p, enum trouble trouble)
{
	if (trouble == TROUBLE_GARBAGE)
		p->seen.outcome = SMTP_MALFORMED;
	else
		p->seen.starttls = trouble == TROUBLE_TIMEOUT ? STARTTLS_TIMEOUT
							      : STARTTLS_RESET;
	keep_garbage(p);
}

static void
broken_tls(struct probe *p, enum trouble trouble)
{
	if (trouble == TROUBLE_TIMEOUT) {
		p->seen.starttls = STARTTLS_TIMEOUT;
		p->seen.tls_error = "no answer to the handshake in time";
	} else {
		p->seen.starttls = STARTTLS_RESET;
		p->seen.tls_error = "connection closed during the handshake";
	}
}

/* All that matters has been seen by then. */
static void
broken_late(struct probe *p, enum trouble trouble)
{
	(void)p;
	(void)trouble;
}

/* --- connecting ----------------------------------------------------------- */

static socklen_t
socket_address(
    const struct address *address, uint16_t port, struct sockaddr_storage *out)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };

	memset(out, 0, sizeof(*out));
	if (address->family == 4) {
		v4.sin_port = htons(port);
		memcpy(&v4.sin_addr, address->bytes, 4);
		memcpy(out, &v4, sizeof(v4));
		return sizeof(v4);
	}
	v6.sin6_port = htons(port);
	memcpy(&v6.sin6_addr, address->bytes, 16);
	memcpy(out, &v6, sizeof(v6));
	return sizeof(v6);
}

static int
open_socket(int family)
{
	int fd = socket(family, SOCK_STREAM, 0), one = 1, flags;

	if (fd < 0)
		return -1;
	flags = fcntl(fd, F_GETFL);
	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 ||
	    fcntl(fd, F_SETFD, FD_CLOEXEC) < 0) {
		close(fd);
		return -1;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
#ifdef SO_NOSIGPIPE
	setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &one, sizeof(one));
#endif
	return fd;
}

/* Nothing that this machine does wrong may look like the server's doing: a
 * refusal before any packet went out is our own. */
static enum smtp_outcome
connect_outcome(int error, bool at_once)
{
	switch (error) {
	case ECONNREFUSED:
	case EHOSTUNREACH:
	case EHOSTDOWN:
		return SMTP_UNREACHABLE;
	case ENETUNREACH:
		return at_once ? SMTP_NETWORK : SMTP_UNREACHABLE;
	case ETIMEDOUT:
		return SMTP_TIMEOUT;
	case ECONNRESET:
	case ECONNABORTED:
		return SMTP_RESET;
	default:
		return SMTP_NETWORK;
	}
}

static enum phase_id
connect_failed(struct probe *p, int error, bool at_once)
{
	p->seen.outcome = connect_outcome(error, at_once);
	keep_words(p, strerror(error));
	return PHASE_END;
}

static enum phase_id
connect_enter(struct probe *p)
{
	const char *special = address_special(&p->address);
	struct sockaddr_storage to;
	socklen_t len;

	if (special != NULL && !p->setup->allow_private) {
		p->seen.outcome = SMTP_UNSAFE;
		keep_words(p, special);
		return PHASE_END;
	}
	p->session_us = smtp_now_us();
	len = socket_address(&p->address, p->setup->port, &to);
	p->fd = open_socket(to.ss_family);
	if (p->fd < 0)
		return connect_failed(p, errno, true);
	if (connect(p->fd, (struct sockaddr *)&to, len) < 0 &&
	    errno != EINPROGRESS)
		return connect_failed(p, errno, true);
	p->watch = loop_fd_new(p->setup->loop, p->fd, smtp_socket_ready, p);
	if (p->watch == NULL)
		return connect_failed(p, errno, true);
	loop_fd_want(p->watch, LOOP_WRITE);
	return PHASE_CONNECT;
}

enum phase_id
smtp_connect_ready(struct probe *p)
{
	int error = 0;
	socklen_t len = sizeof(error);

	if (getsockopt(p->fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0)
		error = errno;
	if (error != 0)
		return connect_failed(p, error, false);
	p->seen.connect_us = smtp_since_us(p->session_us);
	loop_fd_want(p->watch, LOOP_READ);
	return PHASE_GREETING;
}

/* --- the dialogue --------------------------------------------------------- */

static void
say(struct probe *p, const char *command)
{
	size_t len = strlen(command);

	if (p->tls != NULL)
		tls_say(p->tls, command, len, &p->out);
	else
		buf_add(&p->out, command, len);
}

static enum phase_id
greeting_enter(struct probe *p)
{
	p->greeting_us = smtp_now_us();
	return PHASE_GREETING;
}

/* Octets behind a reply that nothing asked for: who sends them does not
 * follow the dialogue, and later replies could not be told apart. */
static bool
out_of_turn(struct probe *p, const struct smtp_reply *reply)
{
	if (p->in.len <= reply->octets)
		return false;
	p->seen.outcome = SMTP_MALFORMED;
	p->seen.reply = text_printable_arena(p->arena,
	    p->in.data + reply->octets, p->in.len - reply->octets, 256);
	return true;
}

/* Not the code that lets us go on: kept, and a polite goodbye. */
static enum phase_id
rejected(struct probe *p, const struct smtp_reply *reply)
{
	p->seen.outcome = reply->code >= 400 ? SMTP_REJECTED : SMTP_MALFORMED;
	keep_reply(p, reply);
	return PHASE_QUIT;
}

static enum phase_id
greeting_reply(struct probe *p, const struct smtp_reply *reply)
{
	char text[SMTP_TEXT_SIZE];

	p->seen.greeting_us = smtp_since_us(p->greeting_us);
	smtp_reply_text(p->in.data, reply, 1, text);
	p->seen.greeting = arena_dup(p->arena, text);
	if (reply->code != 220)
		return rejected(p, reply);
	return out_of_turn(p, reply) ? PHASE_END : PHASE_EHLO;
}

/* "[192.0.2.1]" or "[IPv6:...]" of our end of the connection. */
static void
literal(const struct probe *p, char out[COMMAND_SIZE])
{
	struct sockaddr_storage own = { 0 };
	socklen_t len = sizeof(own);
	struct address address = { .family = 4 };
	char text[ADDRESS_TEXT_SIZE];

	if (getsockname(p->fd, (struct sockaddr *)&own, &len) == 0 &&
	    own.ss_family == AF_INET6) {
		address.family = 6;
		memcpy(address.bytes, &((struct sockaddr_in6 *)&own)->sin6_addr,
		    16);
	} else if (own.ss_family == AF_INET)
		memcpy(
		    address.bytes, &((struct sockaddr_in *)&own)->sin_addr, 4);
	snprintf(out, COMMAND_SIZE, "[%s%s]",
	    address.family == 6 ? "IPv6:" : "", address_text(&address, text));
}

static void
say_ehlo(struct probe *p)
{
	char own[COMMAND_SIZE], command[COMMAND_SIZE + 16];

	if (p->setup->helo == NULL)
		literal(p, own);
	snprintf(command, sizeof(command), "EHLO %s\r\n",
	    p->setup->helo != NULL ? p->setup->helo : own);
	say(p, command);
}

static enum phase_id
ehlo_enter(struct probe *p)
{
	say_ehlo(p);
	return PHASE_EHLO;
}

static enum phase_id
ehlo_reply(struct probe *p, const struct smtp_reply *reply)
{
	char list[SMTP_EHLO_SIZE];
	bool offered;

	if (reply->code != 250)
		return rejected(p, reply);
	offered = smtp_reply_extensions(p->in.data, reply, list);
	p->seen.ehlo = arena_dup(p->arena, list);
	if (out_of_turn(p, reply))
		return PHASE_END;
	p->seen.outcome = SMTP_OK;
	if (offered)
		return PHASE_STARTTLS;
	p->seen.starttls = STARTTLS_NOT_OFFERED;
	return PHASE_QUIT;
}

static enum phase_id
starttls_enter(struct probe *p)
{
	say(p, "STARTTLS\r\n");
	return PHASE_STARTTLS;
}

static enum phase_id
starttls_reply(struct probe *p, const struct smtp_reply *reply)
{
	char next;

	if (reply->code != 220) {
		p->seen.starttls = STARTTLS_REFUSED;
		keep_reply(p, reply);
		return PHASE_QUIT;
	}
	/* Nobody may speak between the 220 and our hello (RFC 3207 4.2):
	 * what stands there would be taken for an answer inside TLS. */
	if (p->in.len > reply->octets ||
	    recv(p->fd, &next, 1, MSG_PEEK | MSG_DONTWAIT) > 0) {
		p->seen.starttls = STARTTLS_INJECTED;
		keep_reply(p, reply);
		return PHASE_END;
	}
	return PHASE_TLS;
}

static enum phase_id
tls_enter(struct probe *p)
{
	buf_free(&p->in);
	p->tls = tls_new(p->setup->tls, p->host, p->old);
	if (p->tls == NULL) {
		p->seen.starttls = STARTTLS_HANDSHAKE;
		p->seen.tls_error = "no TLS session could be made here";
		return PHASE_END;
	}
	return smtp_tls_octets(p, NULL, 0);
}

enum phase_id
smtp_tls_octets(struct probe *p, const void *data, size_t len)
{
	switch (tls_take(p->tls, data, len, &p->in, &p->out)) {
	case TLS_HANDSHAKE:
		return PHASE_TLS;
	case TLS_READY:
	case TLS_CLOSED:
		p->seen.starttls = STARTTLS_OK;
		tls_describe(p->tls, p->arena, &p->seen);
		return PHASE_EHLO_TLS;
	case TLS_CLEAR:
		p->seen.starttls = STARTTLS_PLAINTEXT_AFTER;
		p->seen.reply = text_printable_arena(p->arena, data, len, 256);
		return PHASE_END;
	default:
		p->seen.starttls = STARTTLS_HANDSHAKE;
		p->seen.tls_error = arena_dup(p->arena, tls_error(p->tls));
		return PHASE_END;
	}
}

static enum phase_id
ehlo_tls_enter(struct probe *p)
{
	say_ehlo(p);
	return PHASE_EHLO_TLS;
}

static enum phase_id
ehlo_tls_reply(struct probe *p, const struct smtp_reply *reply)
{
	if (reply->code != 250)
		keep_reply(p, reply);
	else
		p->seen.phase = smtp_phases[PHASE_QUIT].name;
	return PHASE_QUIT;
}

static enum phase_id
quit_enter(struct probe *p)
{
	p->seen.total_us = smtp_since_us(p->start_us);
	say(p, "QUIT\r\n");
	return PHASE_QUIT;
}

static enum phase_id
quit_reply(struct probe *p, const struct smtp_reply *reply)
{
	(void)p;
	(void)reply;
	return PHASE_END;
}

const struct phase smtp_phases[PHASE_END] = {
	[PHASE_CONNECT] = { "connect", 40, 0, connect_enter, NULL,
	    broken_early },
	/* Some servers wait half a minute on purpose before they greet. */
	[PHASE_GREETING] = { "greeting", 70, 0, greeting_enter, greeting_reply,
	    broken_early },
	[PHASE_EHLO] = { "ehlo", 40, 0, ehlo_enter, ehlo_reply, broken_early },
	[PHASE_STARTTLS] = { "starttls", 40, 0, starttls_enter, starttls_reply,
	    broken_starttls },
	[PHASE_TLS] = { "tls", 40, 0, tls_enter, NULL, broken_tls },
	[PHASE_EHLO_TLS] = { "ehlo_tls", 25, 0, ehlo_tls_enter, ehlo_tls_reply,
	    broken_late },
	[PHASE_QUIT] = { "quit", 25, QUIT_MS, quit_enter, quit_reply,
	    broken_late },
};
