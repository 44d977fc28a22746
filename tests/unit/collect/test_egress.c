/* One answer on this machine's way out, however many domains wait for it. */
/* SPDX-License-Identifier: MIT */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sendtop/day.h"
#include "sendtop/gather.h"
#include "suites.h"
#include "tests/unit/net/nsd.h"

enum {
	MANY = 600, /* more than the gatherer has under way at once */
	FEW = 5,
	GUARD_MS = 30000,
};

/* What was said of the domains, by reason. */
struct said {
	struct loop *loop;
	size_t domains;
	size_t network, unreachable, timeout;
	size_t blocked, open, untold;
};

static void
count_word(const struct finding *f, const char *word, size_t *count)
{
	*count += strcmp(f->reason, word) == 0;
}

static void
one(void *arg, void *plan_arg, const struct finding *findings, size_t count)
{
	struct said *said = arg;
	size_t i;

	(void)plan_arg;
	said->domains++;
	for (i = 0; i < count; i++) {
		const struct finding *f = &findings[i];

		if (strcmp(f->check, "smtp") == 0) {
			count_word(f, "network", &said->network);
			count_word(f, "unreachable", &said->unreachable);
			count_word(f, "timeout", &said->timeout);
		} else if (strcmp(f->check, "egress") == 0) {
			count_word(f, "blocked", &said->blocked);
			count_word(f, "ok", &said->open);
			count_word(f, "untold", &said->untold);
		}
	}
}

static void
all(void *arg)
{
	struct said *said = arg;

	loop_stop(said->loop);
}

static void
too_long(void *arg)
{
	(void)arg;
	ck_abort_msg("the gatherer did not end");
}

/* Domains dN.test with a host each at 127.0.0.2, where nobody listens; the
 * last one's is at 127.0.0.3. */
static char *
zone(size_t domains)
{
	struct buf text = { 0 };
	size_t i;

	buf_str(&text,
	    "@ 60 IN SOA ns.test. h.test. 1 60 60 60 60\n"
	    "@ IN NS ns.test.\n");
	for (i = 0; i < domains; i++)
		buf_printf(&text,
		    "d%zu.test. 300 IN MX 10 mx%zu.test.\n"
		    "mx%zu.test. 300 IN A 127.0.0.%d\n",
		    i, i, i, i + 1 < domains ? 2 : 3);
	return buf_take(&text);
}

/* A free port; with listening a socket at 127.0.0.3 that takes connections
 * and never says a word. */
static uint16_t
port_take(bool listening, int *fd)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t len = sizeof(at);

	*fd = socket(AF_INET, SOCK_STREAM, 0);
	inet_pton(AF_INET, "127.0.0.3", &at.sin_addr);
	ck_assert_int_eq(bind(*fd, (struct sockaddr *)&at, sizeof(at)), 0);
	if (listening)
		ck_assert_int_eq(listen(*fd, 16), 0);
	getsockname(*fd, (struct sockaddr *)&at, &len);
	return ntohs(at.sin_port);
}

static struct settings *
settings_make(unsigned dns_port, unsigned smtp_port)
{
	struct settings *settings;
	char text[200];
	int len = snprintf(text, sizeof(text),
	    "[resolver]\nservers = 127.0.0.1:%u\n"
	    "[smtp]\nport = %u\ntimeout = 300ms\nallow-private = yes\n",
	    dns_port, smtp_port);

	ck_assert_int_eq(
	    settings_parse(text, (size_t)len, "test", &settings, NULL),
	    STATUS_OK);
	return settings;
}

static void
gather_all(struct said *said, size_t domains, bool listening)
{
	char *text = zone(domains), name[32];
	struct nsd *nsd = nsd_start("test", text);
	struct settings *settings;
	struct loop_timer *guard;
	struct gather_options o = { .domain = one, .done = all, .arg = said };
	struct gather *gather;
	size_t i;
	int fd;

	memset(said, 0, sizeof(*said));
	settings = settings_make(nsd_port(nsd), port_take(listening, &fd));
	ck_assert_int_eq(loop_open(&said->loop, NULL), STATUS_OK);
	ck_assert_int_eq(
	    dns_open(said->loop, settings, &o.dns, NULL), STATUS_OK);
	ck_assert_int_eq(
	    smtp_open(said->loop, settings, &o.smtp, NULL), STATUS_OK);
	o.loop = said->loop;
	o.facts = facts_new();
	gather = gather_new(&o);
	guard = loop_timer_new(said->loop, too_long, NULL);
	loop_timer_start(guard, GUARD_MS, 0);
	for (i = 0; i < domains; i++) {
		struct check_plan plan = {
			.domain = name,
			.smtp_enabled = true,
			.allow_private = true,
			.now_s = clock_utc_s(),
		};

		snprintf(name, sizeof(name), "d%zu.test", i);
		gather_add(gather, &plan, NULL);
	}
	gather_start(gather);
	loop_run(said->loop);
	gather_free(gather);
	loop_timer_free(guard);
	smtp_close(o.smtp);
	dns_close(o.dns);
	facts_free(o.facts);
	loop_close(said->loop);
	settings_free(settings);
	close(fd);
	nsd_stop(nsd);
	free(text);
}

/* Nobody answers: all wait for each other, and are told in the end. */
START_TEST(test_blocked)
{
	struct said said;

	gather_all(&said, MANY, false);
	ck_assert_uint_eq(said.domains, MANY);
	ck_assert_uint_eq(said.blocked, MANY);
	ck_assert_uint_eq(said.network, MANY);
}
END_TEST

/* One connection is enough to know that the others are to blame. */
START_TEST(test_open)
{
	struct said said;

	gather_all(&said, FEW, true);
	ck_assert_uint_eq(said.domains, FEW);
	ck_assert_uint_eq(said.open, FEW);
	ck_assert_uint_eq(said.unreachable, FEW - 1);
	ck_assert_uint_eq(said.timeout, 1);
}
END_TEST

START_TEST(test_untold)
{
	struct said said;

	gather_all(&said, 2, false);
	ck_assert_uint_eq(said.untold, 2);
	ck_assert_uint_eq(said.unreachable, 2);
}
END_TEST

Suite *
suite_egress(void)
{
	Suite *suite = suite_create("egress");
	TCase *tc = tcase_create("egress");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, test_blocked);
	tcase_add_test(tc, test_open);
	tcase_add_test(tc, test_untold);
	suite_add_tcase(suite, tc);
	return suite;
}
