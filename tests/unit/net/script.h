/* A server that follows a script, in a thread, on loopback. */
/* SPDX-License-Identifier: MIT */
#ifndef TEST_NET_SCRIPT_H
#define TEST_NET_SCRIPT_H

#include <pthread.h>
#include <stdint.h>

#include <openssl/ssl.h>

#include "sendtop/mem.h"

/*
 * A script is a text of lines, one step each:
 *   > TEXT    sends TEXT and CRLF      < WORD  reads a line, begins with WORD
 *   . TEXT    sends TEXT, | is CRLF    *       waits until the client leaves
 *   tls       shakes hands as server   reset   cuts the connection with RST
 *   flood     lines of an endless EHLO reply until the client leaves
 *   fill N    sends N letters          drip    one letter at a time, for ever
 *   sync      waits until script_release
 *   empty     reads the header lines of an HTTP request
 * and closes the connection behind the last step, or when a step fails.
 * With several scripts, connection number i follows the i-th, the last one
 * again and again.
 */
struct script_server {
	int fd;
	uint16_t port;
	pthread_t thread;
	const char *const *scripts;
	SSL_CTX *tls;
	pthread_mutex_t lock;
	pthread_cond_t released;
	bool release;
	struct buf heard; /* every line read, by LF */
	unsigned connections;
	bool crowded; /* a second connection waited during the first */
};

/* scripts ends in NULL; tls is owned from now on and may be NULL.  Listens on
 * host, "127.0.0.1" or another loopback address, port 0 for any. */
void script_start(struct script_server *server, const char *host, uint16_t port,
    const char *const *scripts, SSL_CTX *tls);
void script_release(struct script_server *server);
void script_stop(struct script_server *server);
/* The same; what the clients said is the caller's to free. */
char *script_end(struct script_server *server);

#endif
