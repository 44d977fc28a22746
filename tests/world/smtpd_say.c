/* What each kind of SMTP server says: the table and the commands. */
/* SPDX-License-Identifier: MIT */
#include "smtpd.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* clang-format off */
static const struct behaviour behaviours[] = {
	{ "good", NULL, 0, {0}, {0} },
	{ "good-rsa", "good-rsa", 0, {0}, {0} },
	{ "good-multiline", NULL, 0,
	    TEXT("220-mx.world.test ESMTP\r\n220-No bulk mail from dial-ups.\r\n"
		"220 Be kind.\r\n"), {0} },
	{ "tls12", NULL, TLS12, {0}, {0} },
	{ "expired", "expired", 0, {0}, {0} },
	{ "expiring", "expiring", 0, {0}, {0} },
	{ "not-yet-valid", "not-yet-valid", 0, {0}, {0} },
	{ "wrong-name", "wrong-name", 0, {0}, {0} },
	{ "self-signed", "self-signed", 0, {0}, {0} },
	{ "untrusted", "untrusted", 0, {0}, {0} },
	{ "weak-key", "weak-key", 0, {0}, {0} },
	{ "old-tls", "good-rsa", OLD_TLS, {0}, {0} },
	{ "no-starttls", NULL, NO_STARTTLS, {0}, {0} },
	{ "refuses", NULL, 0, {0},
	    TEXT("454 4.7.0 TLS not available due to local problem\r\n") },
	{ "tarpit", NULL, MUTE, {0}, {0} },
	{ "late", NULL, LATE, {0}, {0} },
	{ "slow-drip", NULL, DRIP, {0}, {0} },
	{ "garbage", NULL, 0,
	    TEXT("\x00\x01\x02 this is not SMTP \xff\xfe\r\n{\"json\":1}\r\n"),
	    {0} },
	{ "http", NULL, HANG_UP,
	    TEXT("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"), {0} },
	{ "hostile", NULL, 0,
	    TEXT("220 mx\x1b[2J\x1b[31;1m\x1b]0;pwned\x07\x9b" "31m "
		"\xe2\x80\xae" "txet desrever \xe2\x81\xa6\xe2\x80\x8b"
		"a\x00" "b \xc3\x28\xf0\x9f \x08\x08\x08\x7f ESMTP\r\n"), {0} },
	{ "flood", NULL, FLOOD, {0}, {0} },
	{ "long-line", NULL, LONG_LINE, {0}, {0} },
	{ "injected", NULL, 0, {0},
	    TEXT("220 2.0.0 Ready\r\n250 2.1.0 injected in the clear\r\n") },
	{ "plaintext-after", NULL, PLAINTEXT, {0}, {0} },
	{ "tls-garbage", NULL, TLS_GARBAGE, {0}, {0} },
	{ "tls-silent", NULL, TLS_MUTE, {0}, {0} },
	{ "quit-silent", NULL, MUTE_QUIT, {0}, {0} },
	{ "rejecting", NULL, HANG_UP,
	    TEXT("554 5.7.1 mx.world.test: no service for your network\r\n"),
	    {0} },
	{ "busy", NULL, HANG_UP,
	    TEXT("421 4.3.2 mx.world.test: too many connections, later\r\n"),
	    {0} },
	{ "reset", NULL, RESET, {0}, {0} }
};
/* clang-format on */

const struct behaviour *
behaviour_named(const char *name)
{
	for (size_t i = 0; i < sizeof(behaviours) / sizeof(behaviours[0]); i++)
		if (strcmp(behaviours[i].name, name) == 0)
			return &behaviours[i];
	return NULL;
}

bool
has(const struct session *s, enum trait trait)
{
	return (s->from->service->how->traits & (unsigned)trait) != 0;
}

static void
ehlo_long_line(struct server *server, struct session *s)
{
	static const char head[] = "250-X-LONG ";
	static const char tail[] = "\r\n250 8BITMIME\r\n";
	size_t len = 64 * 1024, tail_at = len - (sizeof(tail) - 1);
	char *line = need(malloc(len));

	memset(line, 'A', len);
	memcpy(line, head, sizeof(head) - 1);
	memcpy(line + tail_at, tail, sizeof(tail) - 1);
	say(server, s, (struct text){ line, len }, 0, THEN_LISTEN);
	free(line);
}

static void
cmd_ehlo(struct server *server, struct session *s)
{
	if (has(s, FLOOD)) {
		reply(server, s, "250-mx.world.test\r\n", THEN_FLOOD);
		return;
	}
	if (has(s, LONG_LINE)) {
		ehlo_long_line(server, s);
		return;
	}
	if (s->secure || has(s, NO_STARTTLS))
		reply(server, s,
		    "250-mx.world.test\r\n250-PIPELINING\r\n"
		    "250-SIZE 10240000\r\n250 8BITMIME\r\n",
		    THEN_LISTEN);
	else
		reply(server, s,
		    "250-mx.world.test\r\n250-PIPELINING\r\n"
		    "250-SIZE 10240000\r\n250-STARTTLS\r\n"
		    "250 8BITMIME\r\n",
		    THEN_LISTEN);
}

static void
cmd_helo(struct server *server, struct session *s)
{
	reply(server, s, "250 mx.world.test\r\n", THEN_LISTEN);
}

static void
cmd_starttls(struct server *server, struct session *s)
{
	const struct text *own = &s->from->service->how->starttls;

	if (s->secure || has(s, NO_STARTTLS)) {
		reply(server, s, "503 5.5.1 STARTTLS not offered\r\n",
		    THEN_LISTEN);
		return;
	}
	if (own->len)
		say(server, s, *own, s->from->service->delay_ms,
		    own->at[0] == '2' ? THEN_TLS : THEN_LISTEN);
	else
		reply(server, s, "220 2.0.0 Ready to start TLS\r\n", THEN_TLS);
}

static void
cmd_quit(struct server *server, struct session *s)
{
	if (has(s, MUTE_QUIT)) {
		s->deaf = true;
		return;
	}
	reply(server, s, "221 2.0.0 Bye\r\n", THEN_CLOSE);
}

static void
cmd_ok(struct server *server, struct session *s)
{
	reply(server, s, "250 2.0.0 Ok\r\n", THEN_LISTEN);
}

static void
cmd_mail(struct server *server, struct session *s)
{
	reply(server, s, "550 5.7.1 this world takes no mail\r\n", THEN_LISTEN);
}

static const struct command {
	const char *verb;
	void (*run)(struct server *, struct session *);
} commands[] = { { "EHLO", cmd_ehlo }, { "HELO", cmd_helo },
	{ "QUIT", cmd_quit }, { "STARTTLS", cmd_starttls }, { "NOOP", cmd_ok },
	{ "RSET", cmd_ok }, { "MAIL", cmd_mail }, { "RCPT", cmd_mail },
	{ "DATA", cmd_mail } };

void
command(struct server *server, struct session *s, const char *line, size_t len)
{
	note(server, s, s->secure ? "C+" : "C:", line, len);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		size_t n = strlen(commands[i].verb);
		if (len >= n && strncasecmp(line, commands[i].verb, n) == 0 &&
		    (len == n || line[n] == ' ')) {
			commands[i].run(server, s);
			return;
		}
	}
	reply(server, s, "500 5.5.2 what?\r\n", THEN_LISTEN);
}
