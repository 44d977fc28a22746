/* The phases of an SMTP session, and the probe that goes through them. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_NET_SMTP_PHASE_H
#define SENDTOP_NET_SMTP_PHASE_H

#include "sendtop/mem.h"
#include "smtp_probe.h"

enum phase_id {
	PHASE_CONNECT,
	PHASE_GREETING,
	PHASE_EHLO,
	PHASE_STARTTLS,
	PHASE_TLS,
	PHASE_EHLO_TLS,
	PHASE_QUIT,
	PHASE_END
};

/* How a phase may break, whichever it is. */
enum trouble {
	TROUBLE_TIMEOUT,
	TROUBLE_RESET,  /* cut off, by FIN or RST */
	TROUBLE_GARBAGE /* not SMTP, or past the caps of smtp.h */
};

struct phase {
	const char *name;
	unsigned share; /* of the whole time-out, in percent */
	int64_t cap_ms; /* never longer than this; 0: no such cap */
	/* Does what opens the phase; the phase to go on with, most often this
	 * one. */
	enum phase_id (*enter)(struct probe *);
	/* One whole reply stands at the start of probe->in. */
	enum phase_id (*reply)(struct probe *, const struct smtp_reply *);
	/* Records how the probe ends when it breaks here. */
	void (*broken)(struct probe *, enum trouble);
};

struct probe {
	const struct probe_setup *setup;
	struct address address;
	char *host;
	smtp_done *done;
	void *arg;

	int fd;
	struct loop_fd *watch;
	struct loop_timer *timer;
	struct tls *tls;
	struct buf in, out; /* clear text from, octets to the server */

	enum phase_id at;
	bool begun;
	bool old;            /* the second session, for old TLS */
	int64_t deadline_ms; /* of the whole probe, loop time */
	int64_t start_us, session_us, greeting_us;
	struct arena *arena; /* the texts of both sessions */
	struct smtp_session seen, first;
};

/* By enum phase_id, without PHASE_END. */
extern const struct phase smtp_phases[PHASE_END];

/* A session of which nothing is known yet. */
extern const struct smtp_session smtp_session_blank;

/* The socket of a connect that was under way is ready. */
enum phase_id smtp_connect_ready(struct probe *p);

/* Goes on with a handshake by octets from the server, or begins it with
 * none. */
enum phase_id smtp_tls_octets(struct probe *p, const void *data, size_t len);

/* What the loop calls for the probe's socket. */
void smtp_socket_ready(void *probe, int events);

/* Microseconds, monotonic; and how many have passed since. */
int64_t smtp_now_us(void);
uint32_t smtp_since_us(int64_t start_us);

#endif
