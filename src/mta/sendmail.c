/* sendmail's log (8.12 to 8.18: Installation and Operation Guide, "The System
 * Log"). */
/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "reader.h"

enum { SESSION_SIZE = 40 };

static bool
is_sendmail(struct span tag)
{
	return span_is(tag, "sendmail") || span_is(tag, "sm-mta") ||
	    span_is(tag, "sm-msp-queue") || span_is(tag, "sendmail-in") ||
	    span_is(tag, "sm-que");
}

static bool
looks(const char *line, size_t len)
{
	struct span tag, text;

	return syslog_tag(line, len, &tag, &text) && is_sendmail(tag);
}

/* A field of the line, before `limit`; fields have ", " between them. */
static struct span
field(struct span text, const char *name)
{
	struct span out = span_after(text, name, "");
	const char *end;

	if (out.at == NULL)
		return out;
	end = span_find(out, ", ");
	if (end != NULL)
		out.len = (size_t)(end - out.at);
	return out;
}

/* What is behind the last of that name. */
static struct span
last_field(struct span text, const char *name)
{
	struct span out = span_after(text, name, ""), next;

	while ((next = span_after(out, name, "")).at != NULL)
		out = next;
	return out;
}

static struct span
queue_id(struct span text)
{
	struct span out = { text.at, 0 };

	while (out.len < text.len && out.len < 24 && out.at[out.len] != ':')
		out.len++;
	if (out.len + 1 >= text.len || out.at[out.len] != ':' || out.len < 10)
		out.len = 0;
	return out;
}

/* "<a@b>", "a@b" or a list of them: the sender's first. */
static struct span
bare(struct span address)
{
	const char *close;

	if (address.len > 0 && address.at[0] == '<') {
		close = memchr(address.at, '>', address.len);
		address.at++;
		address.len = close != NULL ? (size_t)(close - address.at)
					    : address.len - 1;
	}
	return address;
}

/* dsn= stands before what the receiver said; stat= decides without it, and
 * tells what was only put into the queue.  What is deferred may have the 5.5.1
 * of a DATA that was sent behind a RCPT which was not taken. */
static bool
read_end(struct span stat, struct span dsn, enum delivery_end *end)
{
	if (span_starts(stat, "queued"))
		return false;
	if (span_starts(stat, "Deferred") && span_starts(dsn, "5."))
		dsn.len = 0;
	if (dsn.len == 0)
		dsn = span_starts(stat, "Sent")     ? (struct span){ "2.", 2 }
		    : span_starts(stat, "Deferred") ? (struct span){ "4.", 2 }
						    : (struct span){ "5.", 2 };
	if (span_starts(dsn, "2."))
		*end = DELIVERY_DONE;
	else if (span_starts(dsn, "4."))
		*end = DELIVERY_DEFERRED;
	else if (span_starts(dsn, "5."))
		*end = DELIVERY_BOUNCED;
	else
		return false;
	return true;
}

/* stat= is the last field and may hold anything: "Sent (text)", "Deferred:
 * text", or the text itself. */
static struct span
reply_of(struct span stat)
{
	const char *open = span_find(stat, "(");
	struct span out = stat;

	if (span_starts(stat, "Sent") && open != NULL) {
		out.at = open + 1;
		out.len = (size_t)(stat.at + stat.len - out.at);
		if (out.len > 0 && out.at[out.len - 1] == ')')
			out.len--;
	} else if (span_starts(stat, "Deferred: ")) {
		out.at += 10;
		out.len -= 10;
	}
	return out;
}

static bool
has_code(struct span reply)
{
	size_t i = 0;

	while (
	    i < 3 && i < reply.len && reply.at[i] >= '0' && reply.at[i] <= '9')
		i++;
	return i == 3 && reply.len > 3;
}

/* Of a reply with several lines reply= may have the last and stat= the first,
 * which tells more: "421-4.7.28 Gmail has detected".  reply= may also be of
 * another command, sent before the one that counts was answered. */
static bool
stat_tells(struct span stat, struct span reply)
{
	return has_code(stat) &&
	    (stat.at[3] == '-' ||
		(has_code(reply) && memcmp(stat.at, reply.at, 3) != 0));
}

/* Hosts that took nothing a while ago are not tried again at once: "relay=mx.
 * example., dsn=4.0.0, stat=Deferred", without an address and without a word
 * why. */
static bool
was_tried(struct span stat, struct span reply, struct span ip)
{
	return reply.at != NULL || ip.len > 0 || !span_is(stat, "Deferred");
}

static bool
is_remote(struct span mailer)
{
	return span_find(mailer, "smtp") != NULL || span_is(mailer, "relay");
}

/* A process keeps connections to several hosts, and goes back to one without
 * another line of TLS: what it said of each is kept. */
static struct span
session_of(const struct syslog *line, struct span host, char out[SESSION_SIZE])
{
	int n = snprintf(out, SESSION_SIZE, "%016" PRIx64 " %016" PRIx64,
	    span_hash(line->pid), span_hash(host));

	return (struct span){ out, (size_t)n };
}

static enum delivery_tls
tls_of(struct mta_reader *r, const struct syslog *line, struct span host)
{
	char session[SESSION_SIZE];
	struct span said;

	if (host.len == 0 || !r->tls_told)
		return TLS_UNTOLD;
	if (join_get(r->hosts, session_of(line, host, session), &said))
		return TLS_USED;
	return TLS_NONE;
}

/* Octets of the first of several addresses with commas between; a quoted local
 * part may hold commas. */
static size_t
first_len(struct span to)
{
	bool quoted = false;
	size_t n = 0;

	for (; n < to.len && (quoted || to.at[n] != ','); n++)
		quoted ^= to.at[n] == '"';
	return n;
}

/* Each recipient of "to=<a@b>,<c@d>" is an attempt. */
static void
emit_each(struct mta_reader *r, struct delivery *d, struct span to)
{
	while (to.len > 0) {
		struct span one = { to.at, first_len(to) };

		d->recipient_domain = span_domain(one);
		reader_emit(r, d);
		to = span_cut(to, one.len + 1);
	}
}

/* Of "to=<a@b>, ctladdr=..., delay=..., xdelay=..., mailer=..., pri=...,
 * relay=..., dsn=..., reply=..., stat=..." the last two hold what the receiver
 * said, and sendmail cuts a line that grows too long. */
static void
deliver(struct mta_reader *r, const struct syslog *line, struct span id)
{
	struct delivery d = { .at_s = line->at_s, .queue_id = id };
	struct span text = line->text, stat = { NULL, 0 }, said;

	said = span_after(text, ", reply=", "");
	if (said.at != NULL) {
		text.len = (size_t)(said.at - text.at) - strlen(", reply=");
		stat = last_field(said, ", stat=");
	} else {
		stat = span_after(text, ", stat=", "");
	}
	if (stat.at == NULL) {
		reader_skip(r, line->text, "a delivery that breaks off");
		return;
	}
	if (stat.at < text.at + text.len)
		text.len = (size_t)(stat.at - text.at) - strlen(", stat=");
	if (!is_remote(field(text, ", mailer=")) ||
	    !read_end(stat, field(text, ", dsn="), &d.end))
		return;
	span_relay(field(text, ", relay="), &d.relay_host, &d.relay_ip);
	if (said.at != NULL)
		said.len = (size_t)(stat.at - said.at) - strlen(", stat=");
	if (!was_tried(stat, said, d.relay_ip))
		return;
	d.reply = reply_of(stat);
	if (said.at != NULL && !stat_tells(d.reply, said))
		d.reply = said;
	d.tls = tls_of(r, line, d.relay_host);
	if (!join_get(r->senders, id, &d.sender))
		d.sender = (struct span){ NULL, 0 };
	emit_each(r, &d, field(text, ": to="));
}

/* "STARTTLS=client, relay=mx.example., version=TLSv1.3, verify=OK". */
static void
note_tls(struct mta_reader *r, const struct syslog *line)
{
	struct span relay = field(line->text, " relay=");
	char session[SESSION_SIZE];

	while (relay.len > 0 && relay.at[relay.len - 1] == '.')
		relay.len--;
	r->tls_told = true;
	join_put(
	    r->hosts, session_of(line, relay, session), (struct span){ "", 0 });
}

static void
take_line(struct mta_reader *r, const char *at, size_t len)
{
	struct syslog line;
	struct span id, rest;

	if (!syslog_read(r, at, len, &line))
		return;
	reader_time(r, line.at_s);
	if (!is_sendmail(line.tag)) {
		signer_line(r, &line);
		return;
	}
	id = queue_id(line.text);
	if (span_starts(line.text, "STARTTLS=client,"))
		note_tls(r, &line);
	if (id.len == 0)
		return;
	rest = span_cut(line.text, id.len);
	if (span_starts(rest, ": to="))
		deliver(r, &line, id);
	else if (span_starts(rest, ": from="))
		join_put(r->senders, id, bare(field(rest, ": from=")));
}

const struct mta_format format_sendmail = {
	.name = "sendmail",
	.looks = looks,
	.line = take_line,
};
