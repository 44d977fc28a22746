/* A DNS client in a loop, and what a test asks of it. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_TESTS_NET_ASKER_H
#define SENDTOP_TESTS_NET_ASKER_H

#include <check.h>
#include <stdbool.h>
#include <stdint.h>

#include "responder.h"
#include "sendtop/dns.h"

/* One test's state. */
struct asker {
	struct loop *loop;
	struct loop_timer *guard;
	struct dns *dns;
	struct settings settings; /* to be changed before asker_open */
	char text[3][32];         /* the servers */
	char *items[3];
	unsigned pending; /* questions without an answer */
	bool asking;
	struct dns_answer *last;
	unsigned outcomes[DNS_BAD_NAME + 1]; /* how many ended so */
};
extern struct asker s;

/* The checked fixture. */
void asker_setup(void);
void asker_teardown(void);

/* Before asker_open: one more server at 127.0.0.1. */
void asker_server(uint16_t port);
struct responder *asker_responder(enum responder_mode mode);
void asker_open(void);

void asker_ask(const char *name, enum dns_type type);
/* A of "word0.example", "word1.example", ... */
void asker_ask_many(const char *word, unsigned n);
/* Runs the loop until all is answered; the test fails if that takes long. */
void asker_run(void);
/* Asks and runs; the answer lives until the next. */
const struct dns_answer *asker_ask_one(const char *name, enum dns_type type);
/* The test fails unless it ends soon. */
void asker_guard(void);

#endif
