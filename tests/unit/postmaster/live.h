/* The world's Postmaster API for tests: strict, and bad on order. */
/* SPDX-License-Identifier: MIT */
#ifndef TEST_POSTMASTER_LIVE_H
#define TEST_POSTMASTER_LIVE_H

#include <jansson.h>
#include <stdio.h>
#include <sys/types.h>

#include "postmaster/api.h"

enum { LIVE_BENCH = 260 }; /* domains dNNNNN.bench */

/* Started once for a whole test case. */
struct live_server {
	pid_t pid;
	int leash;    /* it ends when this is closed */
	char dir[64]; /* ca.pem, service.key */
	unsigned https, http;
};
extern struct live_server live_server;
void live_server_start(void);
void live_server_stop(void);

/* A client of it, for one test. */
struct live {
	struct loop *loop;
	struct http *http;
	struct postmaster *pm;
	struct settings *settings;
	char *credentials; /* path */
};
/* Without credentials; everything reset. */
void live_open(struct live *live);
/* Writes credentials: a user with this refresh token, or a service account
 * for this subject (NULL: none). */
void live_user(struct live *live, const char *refresh_token);
void live_robot(struct live *live, const char *subject);
/* Opens postmaster with short waits. */
void live_connect(struct live *live);
void live_close(struct live *live);

/* Sends an order to the control door. */
void live_order(struct live *live, const char *json);
/* A count of /control/stats: "methods" or "statuses", and a key. */
long long live_count(struct live *live, const char *group, const char *key);

/* A URL there; the caller frees. */
char *live_url(const char *path);

#endif
