/* OpenSMTPD's log: the lines of its mta (mta_session.c, mta.c of 6.4 to 7). */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "reader.h"

static bool
looks(const char *line, size_t len)
{
	struct span tag, text;

	if (!syslog_tag(line, len, &tag, &text) || !span_is(tag, "smtpd"))
		return false;
	text = span_cut(text, span_word(text).len + 1);
	return span_starts(text, "mta ") || span_starts(text, "smtp ");
}

static const struct {
	const char *result;
	enum delivery_end end;
} ends[] = {
	{ "Ok", DELIVERY_DONE },
	{ "TempFail", DELIVERY_DEFERRED },
	{ "PermFail", DELIVERY_BOUNCED },
};

/* relay="142.250.1.27 (gmail-smtp-in.l.google.com)"; of a host without a name
 * its address, and where none was reached the domain. */
static void
read_relay(struct span relay, struct delivery *d)
{
	const char *open = span_find(relay, " (");
	size_t n = 0;

	if (open == NULL) {
		while (n < relay.len &&
		    strchr("0123456789abcdefABCDEF.:", relay.at[n]) != NULL)
			n++;
		if (n == relay.len)
			d->relay_ip = relay;
		return;
	}
	d->relay_ip = relay;
	d->relay_ip.len = (size_t)(open - relay.at);
	d->relay_host.at = open + 2;
	d->relay_host.len = relay.len - d->relay_ip.len - 2;
	if (d->relay_host.len > 0 &&
	    d->relay_host.at[d->relay_host.len - 1] == ')')
		d->relay_host.len--;
}

/* --- sessions ------------------------------------------------------------- */

/* What the lines of a session say, kept by its id. */
static const struct {
	const char *word; /* behind " mta ", of old releases "event=" */
	const char *said;
} session_lines[] = {
	{ "connected", "clear" },
	{ "tls ", "tls" },
	{ "starttls ", "tls" },
	{ "cert-check ", "tls" },
	{ "server-cert-check ", "tls" },
};

static enum delivery_tls
tls_of(struct mta_reader *r, struct span session)
{
	struct span said;

	if (!join_get(r->hosts, session, &said))
		return TLS_UNTOLD;
	return span_is(said, "tls") ? TLS_USED : TLS_NONE;
}

static void
note_session(struct mta_reader *r, struct span session, struct span text)
{
	for (size_t i = 0; i < sizeof(session_lines) / sizeof(session_lines[0]);
	     i++) {
		const char *said = session_lines[i].said;

		if (span_starts(text, session_lines[i].word))
			join_put(r->hosts, session,
			    (struct span){ said, strlen(said) });
	}
}

/* --- deliveries ----------------------------------------------------------- */

/* Takes "name<value> ", from here on: the fields have their order, so that
 * nothing in one is taken for another.  `stop` ends the value; at the line's
 * end it may stand alone. */
static bool
take(struct span *rest, const char *name, const char *stop, struct span *out)
{
	const char *end;

	if (!span_starts(*rest, name))
		return false;
	*out = span_cut(*rest, strlen(name));
	end = span_find(*out, stop);
	if (end == NULL)
		return false;
	out->len = (size_t)(end - out->at);
	*rest = span_cut(*rest, strlen(name) + out->len + strlen(stop));
	return true;
}

static bool
read_fields(struct span rest, struct delivery *d, struct span *result)
{
	struct span to, value;

	if (!take(&rest, "evpid=", " ", &d->queue_id) ||
	    !take(&rest, "from=<", "> ", &d->sender) ||
	    !take(&rest, "to=<", "> ", &to) ||
	    !take(&rest, "rcpt=<", "> ", &value) ||
	    !take(&rest, "source=\"", "\" ", &d->source_ip) ||
	    !take(&rest, "relay=\"", "\" ", &value))
		return false;
	read_relay(value, d);
	if (!take(&rest, "delay=", " ", &value) ||
	    !take(&rest, "result=\"", "\" ", result) ||
	    !span_starts(rest, "stat=\""))
		return false;
	d->recipient_domain = span_domain(to);
	d->reply = span_cut(rest, strlen("stat=\""));
	if (d->reply.len > 0 && d->reply.at[d->reply.len - 1] == '"')
		d->reply.len--;
	if (span_is(d->source_ip, "-"))
		d->source_ip = (struct span){ NULL, 0 };
	return true;
}

static void
deliver(struct mta_reader *r, const struct syslog *line, struct span session,
    struct span rest)
{
	struct delivery d = { .at_s = line->at_s };
	struct span result;

	if (!read_fields(rest, &d, &result)) {
		reader_skip(r, line->text, "a delivery that breaks off");
		return;
	}
	d.tls = tls_of(r, session);
	if (d.relay_host.len > 0 || d.relay_ip.at == NULL)
		reader_know_host(r, &d);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (span_is(result, ends[i].result)) {
			d.end = ends[i].end;
			reader_emit(r, &d);
			return;
		}
	reader_skip(r, line->text, "a delivery with an unknown result");
}

/* "SESSION mta delivery ...", of 5.9 to 6.3 "SESSION mta event=delivery". */
static void
one(struct mta_reader *r, const struct syslog *line)
{
	struct span session = span_word(line->text);
	struct span text = span_cut(line->text, session.len + 1);

	if (!span_starts(text, "mta "))
		return;
	text = span_cut(text, strlen("mta "));
	if (span_starts(text, "event="))
		text = span_cut(text, strlen("event="));
	if (span_starts(text, "delivery "))
		deliver(r, line, session, span_cut(text, strlen("delivery ")));
	else
		note_session(r, session, text);
}

static void
take_line(struct mta_reader *r, const char *at, size_t len)
{
	struct syslog line;

	if (!syslog_read(r, at, len, &line))
		return;
	reader_time(r, line.at_s);
	if (!span_is(line.tag, "smtpd")) {
		signer_line(r, &line);
		return;
	}
	one(r, &line);
}

const struct mta_format format_opensmtpd = {
	.name = "opensmtpd",
	.looks = looks,
	.line = take_line,
};
