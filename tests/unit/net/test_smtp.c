/* SMTP probes against servers that follow a script. */
/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pki.h"
#include "prober.h"
#include "script.h"
#include "suites.h"

enum { SHORT_MS = 700, LONG_MS = PROBE_MS };

static const struct cert_spec good = {
	.cn = "mx.test",
	.names = "DNS:mx.test,DNS:*.alt.test,IP:127.0.0.1",
};
static const struct cert_spec old_tls = {
	.cn = "mx.test",
	.names = "DNS:mx.test",
	.version = TLS1_VERSION,
};

struct row {
	const char *why;
	const char *scripts[3];
	const struct cert_spec *cert;
	enum smtp_outcome outcome;
	enum starttls_outcome starttls;
	const char *phase;
	int code;
	const char *reply;     /* part of it */
	const char *tls_error; /* part of it */
	int version;
	const char *said; /* all that the client said */
	int64_t timeout_ms;
};

#define SAID_TLS "EHLO probe.test\nSTARTTLS\n"
#define SAID_ALL SAID_TLS "EHLO probe.test\nQUIT\n"

static const struct row rows[] = {
	{ "all is well", { SECURE BYE }, &good, SMTP_OK, STARTTLS_OK, "quit", 0,
	    "", "", TLS1_3_VERSION, SAID_ALL, LONG_MS },
	{ "QUIT without an answer", { SECURE "< QUIT\n" }, &good, SMTP_OK,
	    STARTTLS_OK, "quit", 0, "", "", TLS1_3_VERSION, SAID_ALL, LONG_MS },
	{ "QUIT ignored", { SECURE "< QUIT\n*" }, &good, SMTP_OK, STARTTLS_OK,
	    "quit", 0, "", "", TLS1_3_VERSION, SAID_ALL, 2000 },
	{ "EHLO refused inside TLS",
	    { READY "tls\n< EHLO\n> 550 not you\n" BYE }, &good, SMTP_OK,
	    STARTTLS_OK, "ehlo_tls", 550, "550 not you", "", TLS1_3_VERSION,
	    SAID_ALL, LONG_MS },
	{ "leaves after the handshake", { READY "tls\n" }, &good, SMTP_OK,
	    STARTTLS_OK, "ehlo_tls", 0, "", "", TLS1_3_VERSION, SAID_TLS,
	    LONG_MS },
	{ "STARTTLS not offered",
	    { GREET "> 250-mx.test\n> 250 XSTARTTLS\n" BYE }, NULL, SMTP_OK,
	    STARTTLS_NOT_OFFERED, "ehlo", 0, "", "", 0,
	    "EHLO probe.test\nQUIT\n", LONG_MS },
	{ "STARTTLS refused", { START "> 454 4.7.0 not now\n" BYE }, NULL,
	    SMTP_OK, STARTTLS_REFUSED, "starttls", 454, "454 4.7.0 not now", "",
	    0, SAID_TLS "QUIT\n", LONG_MS },
	{ "STARTTLS not answered", { START "*" }, NULL, SMTP_OK,
	    STARTTLS_TIMEOUT, "starttls", 0, "", "", 0, SAID_TLS, SHORT_MS },
	{ "cut off at STARTTLS", { START }, NULL, SMTP_OK, STARTTLS_RESET,
	    "starttls", 0, "", "", 0, SAID_TLS, LONG_MS },
	{ "garbage at STARTTLS", { START "> well\n*" }, NULL, SMTP_MALFORMED,
	    STARTTLS_NOT_REACHED, "starttls", 0, "well", "", 0, SAID_TLS,
	    LONG_MS },
	{ "injected with the 220", { START ". 220 go|250 evil|\n*" }, &good,
	    SMTP_OK, STARTTLS_INJECTED, "starttls", 220, "220 go", "", 0,
	    SAID_TLS, LONG_MS },
	{ "clear text after the 220", { READY "< \n> 500 what is this\n*" },
	    NULL, SMTP_OK, STARTTLS_PLAINTEXT_AFTER, "tls", 0,
	    "500 what is this", "", 0, NULL, LONG_MS },
	{ "no handshake", { READY "*" }, NULL, SMTP_OK, STARTTLS_TIMEOUT, "tls",
	    0, "", "in time", 0, NULL, SHORT_MS },
	{ "hangs up on our hello, both times", { READY "< \n" }, NULL, SMTP_OK,
	    STARTTLS_RESET, "tls", 0, "", "closed", 0, NULL, LONG_MS },
	{ "garbage for a handshake", { READY "< \n. \x16\x03\x01garbage|\n*" },
	    NULL, SMTP_OK, STARTTLS_HANDSHAKE, "tls", 0, "", "length", 0, NULL,
	    LONG_MS },
	{ "TLS 1.0 at best", { READY "tls\n", SECURE BYE }, &old_tls, SMTP_OK,
	    STARTTLS_OK, "quit", 0, "", "protocol", TLS1_VERSION, NULL,
	    LONG_MS },
	{ "TLS 1.0, second session refused",
	    { READY "tls\n", "> 421 again?\n" BYE }, &old_tls, SMTP_OK,
	    STARTTLS_HANDSHAKE, "tls", 0, "", "protocol", 0, NULL, LONG_MS },
	{ "greeting 554", { "> 554-go\n> 554 away\n" BYE }, NULL, SMTP_REJECTED,
	    STARTTLS_NOT_REACHED, "greeting", 554, "554 go away", "", 0,
	    "QUIT\n", LONG_MS },
	{ "greeting 421 and gone", { "> 421 busy\n" }, NULL, SMTP_REJECTED,
	    STARTTLS_NOT_REACHED, "greeting", 421, "421 busy", "", 0, NULL,
	    LONG_MS },
	{ "EHLO refused", { GREET "> 502 no\n" BYE }, NULL, SMTP_REJECTED,
	    STARTTLS_NOT_REACHED, "ehlo", 502, "502 no", "", 0,
	    "EHLO probe.test\nQUIT\n", LONG_MS },
	{ "a strange greeting", { "> 354 go on\n" BYE }, NULL, SMTP_MALFORMED,
	    STARTTLS_NOT_REACHED, "greeting", 354, "354 go on", "", 0, "QUIT\n",
	    LONG_MS },
	{ "no greeting", { "*" }, NULL, SMTP_TIMEOUT, STARTTLS_NOT_REACHED,
	    "greeting", 0, "", "", 0, "", SHORT_MS },
	{ "a greeting drop by drop", { ". 220 \ndrip" }, NULL, SMTP_TIMEOUT,
	    STARTTLS_NOT_REACHED, "greeting", 0, "220 xx", "", 0, "",
	    SHORT_MS },
	{ "EHLO not answered", { GREET "*" }, NULL, SMTP_TIMEOUT,
	    STARTTLS_NOT_REACHED, "ehlo", 0, "", "", 0, "EHLO probe.test\n",
	    SHORT_MS },
	{ "hangs up instead of greeting", { "" }, NULL, SMTP_RESET,
	    STARTTLS_NOT_REACHED, "greeting", 0, "", "", 0, "", LONG_MS },
	{ "resets after EHLO", { GREET "reset" }, NULL, SMTP_RESET,
	    STARTTLS_NOT_REACHED, "ehlo", 0, "", "", 0, "EHLO probe.test\n",
	    LONG_MS },
	{ "not SMTP", { "> SSH-2.0-OpenSSH\n*" }, NULL, SMTP_MALFORMED,
	    STARTTLS_NOT_REACHED, "greeting", 0, "SSH-2.0-OpenSSH", "", 0, "",
	    LONG_MS },
	{ "a hostile banner",
	    { "> 220 \x1b]0;owned\x07 \xe2\x80\xae \xff\n< EHLO\n> 500 \x9b\n" BYE },
	    NULL, SMTP_REJECTED, STARTTLS_NOT_REACHED, "ehlo", 500, "500 \\x9b",
	    "", 0, NULL, LONG_MS },
	{ "an endless line", { ". 220 \nfill 5000\n*" }, NULL, SMTP_MALFORMED,
	    STARTTLS_NOT_REACHED, "greeting", 0, "220 xxx", "", 0, "",
	    LONG_MS },
	{ "an endless EHLO reply", { GREET "flood" }, NULL, SMTP_MALFORMED,
	    STARTTLS_NOT_REACHED, "ehlo", 0, "250-X-ANOTHER", "", 0, NULL,
	    LONG_MS },
	{ "speaks out of turn", { ". 220 hi|250 already|\n*" }, NULL,
	    SMTP_MALFORMED, STARTTLS_NOT_REACHED, "greeting", 0, "250 already",
	    "", 0, "", LONG_MS },
};

START_TEST(outcomes)
{
	const struct row *row = &rows[_i];
	struct smtp_session *got;
	struct script_server server;
	struct settings settings;
	struct pki pki;

	pki_init(&pki);
	script_start(&server, "127.0.0.1", 0, row->scripts,
	    row->cert != NULL ? pki_server(&pki, row->cert) : NULL);
	settings = probe_settings(&server, &pki);
	settings.smtp_timeout_ms = row->timeout_ms;
	got = probe_once(&settings, "mx.test", "127.0.0.1");
	script_stop(&server);
	pki_fini(&pki);

	ck_assert_msg(got->outcome == row->outcome, "%s: outcome %d (%s, %s)",
	    row->why, got->outcome, got->phase, got->reply);
	ck_assert_msg(got->starttls == row->starttls, "%s: starttls %d (%s)",
	    row->why, got->starttls, got->tls_error);
	ck_assert_msg(strcmp(got->phase, row->phase) == 0, "%s: phase %s",
	    row->why, got->phase);
	ck_assert_msg(got->reply_code == row->code, "%s: code %d", row->why,
	    got->reply_code);
	ck_assert_msg(strstr(got->reply, row->reply) != NULL &&
		(row->reply[0] != '\0') == (got->reply[0] != '\0'),
	    "%s: reply '%s'", row->why, got->reply);
	ck_assert_msg(strstr(got->tls_error, row->tls_error) != NULL &&
		(row->tls_error[0] != '\0') == (got->tls_error[0] != '\0'),
	    "%s: TLS error '%s'", row->why, got->tls_error);
	ck_assert_msg(got->tls_version == row->version, "%s: version %x",
	    row->why, (unsigned)got->tls_version);
	free(got);
}
END_TEST

/* What the server heard, which is known only once it is over. */
START_TEST(polite)
{
	const struct row *row = &rows[_i];
	struct script_server server;
	struct settings settings;
	struct pki pki;
	char *heard;

	if (row->said == NULL)
		return;
	pki_init(&pki);
	script_start(&server, "127.0.0.1", 0, row->scripts,
	    row->cert != NULL ? pki_server(&pki, row->cert) : NULL);
	settings = probe_settings(&server, &pki);
	settings.smtp_timeout_ms = row->timeout_ms;
	free(probe_once(&settings, "mx.test", "127.0.0.1"));
	heard = script_end(&server);
	pki_fini(&pki);
	ck_assert_msg(
	    strcmp(heard, row->said) == 0, "%s: said '%s'", row->why, heard);
	free(heard);
}
END_TEST

START_TEST(refused_port)
{
	static const char *const script[] = { "*", NULL };
	struct script_server server;
	struct settings settings;
	struct smtp_session *got;
	struct pki pki;

	pki_init(&pki);
	script_start(&server, "127.0.0.1", 0, script, NULL);
	settings = probe_settings(&server, &pki);
	script_stop(&server); /* nobody listens there any more */
	got = probe_once(&settings, "mx.test", "127.0.0.1");
	pki_fini(&pki);
	ck_assert_int_eq(got->outcome, SMTP_UNREACHABLE);
	ck_assert_str_eq(got->phase, "connect");
	ck_assert_str_eq(got->reply, "Connection refused");
	free(got);
}
END_TEST

START_TEST(unsafe)
{
	static const char *const script[] = { "*", NULL };
	struct script_server server;
	struct settings settings;
	struct smtp_session *got;
	struct pki pki;

	pki_init(&pki);
	script_start(&server, "127.0.0.1", 0, script, NULL);
	settings = probe_settings(&server, &pki);
	settings.allow_private = false;
	got = probe_once(&settings, "mx.test", "127.0.0.1");
	ck_assert_uint_eq(server.connections, 0);
	script_stop(&server);
	pki_fini(&pki);
	ck_assert_int_eq(got->outcome, SMTP_UNSAFE);
	ck_assert_str_eq(got->reply, "loopback");
	free(got);
}
END_TEST

/* A machine whose name means nothing to others says its address. */
START_TEST(own_helo)
{
	static const char *const script[] = {
		"> 220 hi\n< EHLO \n> 250 hi\n" BYE, NULL
	};
	struct script_server server;
	struct settings settings;
	struct smtp_session *got;
	struct pki pki;
	char name[256] = "", *heard;

	pki_init(&pki);
	script_start(&server, "127.0.0.1", 0, script, NULL);
	settings = probe_settings(&server, &pki);
	settings.helo = NULL;
	got = probe_once(&settings, "mx.test", "127.0.0.1");
	ck_assert_int_eq(got->starttls, STARTTLS_NOT_OFFERED);
	free(got);
	heard = script_end(&server);
	pki_fini(&pki);
	ck_assert_ptr_nonnull(strchr(heard, '.'));
	if (gethostname(name, sizeof(name) - 1) == 0 &&
	    strchr(name, '.') == NULL)
		ck_assert_str_eq(heard, "EHLO [127.0.0.1]\nQUIT\n");
	free(heard);
}
END_TEST

START_TEST(bad_settings)
{
	static char missing[] = "/nonexistent/ca.pem", bad[] = "a\r\nMAIL";
	struct settings settings = { .smtp_port = 25, .helo = bad };
	struct error err;
	struct loop *loop;
	struct smtp *smtp;

	ck_assert_int_eq(loop_open(&loop, NULL), STATUS_OK);
	ck_assert_int_eq(smtp_open(loop, &settings, &smtp, &err), STATUS_USAGE);
	ck_assert_ptr_nonnull(strstr(err.text, "smtp.helo"));
	settings.helo = NULL;
	settings.ca_file = missing;
	ck_assert_int_eq(
	    smtp_open(loop, &settings, &smtp, &err), STATUS_SYSTEM);
	ck_assert_ptr_nonnull(strstr(err.text, "/nonexistent/ca.pem"));
	ck_assert_ptr_nonnull(strstr(err.text, "ca-file"));
	loop_close(loop);
}
END_TEST

START_TEST(one_at_a_time)
{
	static const char *const script[] = {
		GREET "> 250 mx.test\n< QUIT\n> 221 bye\n", NULL
	};
	struct probe_wait wait = { .expected = 8 };
	struct script_server servers[2];
	struct settings settings;
	struct address a, b;
	struct smtp *smtp;
	struct pki pki;
	size_t i;

	pki_init(&pki);
	script_start(&servers[0], "127.0.0.1", 0, script, NULL);
	script_start(&servers[1], "127.0.0.2", servers[0].port, script, NULL);
	settings = probe_settings(&servers[0], &pki);
	ck_assert(address_parse("127.0.0.1", &a));
	ck_assert(address_parse("127.0.0.2", &b));
	ck_assert_int_eq(loop_open(&wait.loop, NULL), STATUS_OK);
	ck_assert_int_eq(
	    smtp_open(wait.loop, &settings, &smtp, NULL), STATUS_OK);
	for (i = 0; i < 4; i++) {
		smtp_probe(smtp, "mx.test", &a, probe_arrived, &wait);
		smtp_probe(smtp, "mx.test", &b, probe_arrived, &wait);
	}
	loop_run(wait.loop);
	ck_assert_uint_eq(wait.count, 8);
	ck_assert_int_eq(wait.last->outcome, SMTP_OK);
	smtp_close(smtp);
	loop_close(wait.loop);
	for (i = 0; i < 2; i++) {
		script_stop(&servers[i]);
		ck_assert_uint_eq(servers[i].connections, 4);
		ck_assert(!servers[i].crowded);
	}
	free(wait.last);
	pki_fini(&pki);
}
END_TEST

struct hold {
	struct script_server *holding, *waiting;
	bool early;
};

static void
look_then_release(void *arg)
{
	struct hold *hold = arg;

	hold->early = hold->waiting->connections > 0;
	script_release(hold->holding);
}

/* With one session allowed in all, the second server waits for the first. */
START_TEST(few_in_all)
{
	static const char *const slow[] = { "sync\n> 554 no\n" BYE, NULL };
	static const char *const quick[] = { "> 554 no\n" BYE, NULL };
	struct probe_wait wait = { .expected = 2 };
	struct script_server servers[2];
	struct hold hold = { &servers[0], &servers[1], true };
	struct settings settings;
	struct loop_timer *timer;
	struct address a, b;
	struct smtp *smtp;
	struct pki pki;

	pki_init(&pki);
	script_start(&servers[0], "127.0.0.1", 0, slow, NULL);
	script_start(&servers[1], "127.0.0.2", servers[0].port, quick, NULL);
	settings = probe_settings(&servers[0], &pki);
	settings.smtp_parallel = 1;
	ck_assert(address_parse("127.0.0.1", &a));
	ck_assert(address_parse("127.0.0.2", &b));
	ck_assert_int_eq(loop_open(&wait.loop, NULL), STATUS_OK);
	ck_assert_int_eq(
	    smtp_open(wait.loop, &settings, &smtp, NULL), STATUS_OK);
	timer = loop_timer_new(wait.loop, look_then_release, &hold);
	loop_timer_start(timer, 50, 0);
	smtp_probe(smtp, "mx.test", &a, probe_arrived, &wait);
	smtp_probe(smtp, "mx.test", &b, probe_arrived, &wait);
	loop_run(wait.loop);
	ck_assert_uint_eq(wait.count, 2);
	ck_assert(!hold.early);
	loop_timer_free(timer);
	smtp_close(smtp);
	loop_close(wait.loop);
	script_stop(&servers[0]);
	script_stop(&servers[1]);
	free(wait.last);
	pki_fini(&pki);
}
END_TEST

static void
never(void *arg, struct smtp_session *take)
{
	(void)arg;
	free(take);
	ck_abort_msg("called back after smtp_close");
}

static void
stop(void *arg)
{
	loop_stop(arg);
}

START_TEST(closed_meanwhile)
{
	static const char *const script[] = { "*", NULL };
	struct script_server server;
	struct settings settings;
	struct loop_timer *timer;
	struct address address;
	struct loop *loop;
	struct smtp *smtp;
	struct pki pki;

	pki_init(&pki);
	script_start(&server, "127.0.0.1", 0, script, NULL);
	settings = probe_settings(&server, &pki);
	ck_assert(address_parse("127.0.0.1", &address));
	ck_assert_int_eq(loop_open(&loop, NULL), STATUS_OK);
	ck_assert_int_eq(smtp_open(loop, &settings, &smtp, NULL), STATUS_OK);
	smtp_probe(smtp, "mx.test", &address, never, NULL);
	smtp_probe(smtp, "mx.test", &address, never, NULL);
	timer = loop_timer_new(loop, stop, loop);
	loop_timer_start(timer, 20, 0);
	loop_run(loop);
	smtp_close(smtp);
	loop_timer_start(timer, 20, 0);
	loop_run(loop);
	loop_timer_free(timer);
	loop_close(loop);
	script_stop(&server);
	pki_fini(&pki);
}
END_TEST

Suite *
suite_smtp(void)
{
	Suite *suite = suite_create("smtp");
	TCase *tc = tcase_create("smtp");

	tcase_set_timeout(tc, 30);
	tcase_add_loop_test(
	    tc, outcomes, 0, (int)(sizeof(rows) / sizeof(rows[0])));
	tcase_add_loop_test(
	    tc, polite, 0, (int)(sizeof(rows) / sizeof(rows[0])));
	tcase_add_test(tc, refused_port);
	tcase_add_test(tc, unsafe);
	tcase_add_test(tc, own_helo);
	tcase_add_test(tc, bad_settings);
	tcase_add_test(tc, one_at_a_time);
	tcase_add_test(tc, few_in_all);
	tcase_add_test(tc, closed_meanwhile);
	suite_add_tcase(suite, tc);
	return suite;
}
