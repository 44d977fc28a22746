/* What the parts of the loopback SMTP server share. */
/* SPDX-License-Identifier: MIT */
#ifndef WORLD_SMTPD_H
#define WORLD_SMTPD_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stddef.h>

#include <openssl/ssl.h>

enum {
	IN_MAX = 4096,
	OUT_MAX = 192 * 1024,
	SESSIONS_MAX = 4096,
	EVENTS = 256,
	DRIP_MS = 250,
	LATE_MS = 2000
};

/* What is done once the bytes of a reply are out. */
enum then {
	THEN_LISTEN,
	THEN_TLS,
	THEN_FLOOD, /* EHLO lines for as long as somebody reads them */
	THEN_CLOSE
};

enum trait {
	NO_STARTTLS = 1,
	MUTE = 2, /* never greets */
	DRIP = 4, /* one byte at a time */
	FLOOD = 8,
	RESET = 16,     /* a TCP reset instead of a greeting */
	LONG_LINE = 32, /* an EHLO line of 64 KiB */
	TLS_GARBAGE = 64,
	TLS_MUTE = 128,
	MUTE_QUIT = 256,
	LATE = 512, /* greets after two seconds */
	OLD_TLS = 1024,
	TLS12 = 2048,
	PLAINTEXT = 4096, /* says 220 and goes on in the clear */
	HANG_UP = 8192    /* closes after the greeting */
};

struct text {
	const char *at;
	size_t len;
};
#define TEXT(s)                  \
	{                        \
		s, sizeof(s) - 1 \
	}

struct behaviour {
	const char *name;
	const char *cert; /* NULL: good */
	unsigned traits;
	struct text greeting; /* empty: the ordinary one */
	struct text starttls; /* empty: the ordinary 220 */
};

enum watch_kind { WATCH_LISTENER, WATCH_SESSION, WATCH_TIMER };

struct watch {
	enum watch_kind kind;
	void *owner;
};

/* One word of the command line: ADDRESS[+COUNT]=BEHAVIOUR[:DELAY_MS]. */
struct service {
	const struct behaviour *how;
	SSL_CTX *tls;
	long delay_ms;
};

struct listener {
	struct watch watch;
	const struct service *service;
	int fd;
	char address[INET6_ADDRSTRLEN];
};

struct session {
	struct watch watch, timer_watch;
	const struct listener *from;
	unsigned long id;
	int fd, timer;
	SSL *ssl;
	bool secure, handshaking, deaf, flooding;
	char in[IN_MAX];
	size_t in_len;
	char *out;
	size_t out_len, out_at;
	enum then then;
	bool waiting; /* the reply is held until the timer fires */
	struct session *next_dead;
	bool dead;
};

struct server {
	int epoll, log;
	const char *certs;
	uint16_t port;
	long delay_ms;
	size_t sessions;
	unsigned long next_id;
	struct session *dead; /* freed after the round of events */
};

/* Ends the program with one line; name says what it was about. */
void die(const char *what, const char *name);

/* Passes p on, or ends the program when there is no memory. */
void *need(void *p);

/* The row of the table of that name, or NULL. */
const struct behaviour *behaviour_named(const char *name);

bool has(const struct session *s, enum trait trait);

/* Runs one command line of the client. */
void command(
    struct server *server, struct session *s, const char *line, size_t len);

/*
 * Sends text after delay_ms and then does what then says; until that is over
 * no further command is read.  Text is copied.
 */
void say(struct server *server, struct session *s, struct text text,
    long delay_ms, enum then then);

/* The same with the delay of the service. */
void reply(
    struct server *server, struct session *s, const char *text, enum then then);

/* Writes a line into the log: session, address, behaviour, word, text. */
void note(struct server *server, const struct session *s, const char *word,
    const char *text, size_t len);

/* Takes a new connection over. */
void session_admit(struct server *server, const struct listener *from, int fd);

/* Something happened on a session's socket or timer. */
void session_watched(
    struct server *server, const struct watch *w, uint32_t events);

/* Frees what ended in this round of events. */
void session_bury(struct server *server);

#endif
