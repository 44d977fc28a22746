/* A DNS client in a loop, and what a test asks of it. */
/* SPDX-License-Identifier: MIT */
#include "asker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sendtop/log.h"

enum { PATIENCE_MS = 30000 };

struct asker s;

static void
too_long(void *arg)
{
	(void)arg;
	ck_abort_msg("%u questions without an answer", s.pending);
}

void
asker_setup(void)
{
	struct error err;

	log_to(NULL, LOG_LEVEL_ERROR);
	memset(&s, 0, sizeof(s));
	s.settings.dns_timeout_ms = 1000;
	s.settings.dns_tries = 3;
	s.settings.dns_parallel = 128;
	s.settings.servers.items = s.items;
	ck_assert_int_eq(loop_open(&s.loop, &err), STATUS_OK);
	s.guard = loop_timer_new(s.loop, too_long, NULL);
}

void
asker_teardown(void)
{
	free(s.last);
	dns_close(s.dns);
	loop_close(s.loop);
}

void
asker_server(uint16_t port)
{
	size_t n = s.settings.servers.count++;

	snprintf(s.text[n], sizeof(s.text[n]), "127.0.0.1:%u", (unsigned)port);
	s.items[n] = s.text[n];
}

void
asker_open(void)
{
	struct error err;

	if (dns_open(s.loop, &s.settings, &s.dns, &err) != STATUS_OK)
		ck_abort_msg("%s", err.text);
}

struct responder *
asker_responder(enum responder_mode mode)
{
	struct responder *r = responder_new(s.loop, mode, 0);

	asker_server(responder_port(r));
	return r;
}

static void
answered(void *arg, struct dns_answer *take)
{
	(void)arg;
	ck_assert_msg(!s.asking, "called back before dns_ask returned");
	ck_assert_uint_gt(s.pending, 0);
	s.outcomes[take->outcome]++;
	free(s.last);
	s.last = take;
	if (--s.pending == 0)
		loop_stop(s.loop);
}

void
asker_ask(const char *name, enum dns_type type)
{
	s.pending++;
	s.asking = true;
	dns_ask(s.dns, name, type, answered, NULL);
	s.asking = false;
}

void
asker_guard(void)
{
	loop_timer_start(s.guard, PATIENCE_MS, 0);
}

void
asker_run(void)
{
	asker_guard();
	loop_run(s.loop);
	loop_timer_stop(s.guard);
	ck_assert_uint_eq(s.pending, 0);
}

const struct dns_answer *
asker_ask_one(const char *name, enum dns_type type)
{
	asker_ask(name, type);
	asker_run();
	return s.last;
}

/* Asks n names "word0.example", "word1.example", ... */
void
asker_ask_many(const char *word, unsigned n)
{
	char name[64];
	unsigned i;

	for (i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "%s%u.example", word, i);
		asker_ask(name, DNS_A);
	}
}
