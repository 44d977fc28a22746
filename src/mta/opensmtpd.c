/* OpenSMTPD's log: the lines of its mta (mta_session.c, mta.c of 6.4 to 7). */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "reader.h"

static bool
looks(const char *line, size_t len)
{
	struct span tag;

	return syslog_tag(line, len, &tag) && span_is(tag, "smtpd") &&
	    (memmem(line, len, " mta ", 5) != NULL ||
		memmem(line, len, " smtp connected ", 16) != NULL);
}

static const struct {
	const char *result;
	enum delivery_end end;
} ends[] = {
	{ "Ok", DELIVERY_DONE },
	{ "TempFail", DELIVERY_DEFERRED },
	{ "PermFail", DELIVERY_BOUNCED },
	{ "LoopFail", DELIVERY_BOUNCED },
};

/* relay="142.250.1.27 (gmail-smtp-in.l.google.com)". */
static void
read_relay(struct span relay, struct delivery *d)
{
	const char *open = span_find(relay, " (");

	d->relay_ip = relay;
	if (open == NULL)
		return;
	d->relay_ip.len = (size_t)(open - relay.at);
	d->relay_host.at = open + 2;
	d->relay_host.len = relay.len - d->relay_ip.len - 2;
	if (d->relay_host.len > 0 &&
	    d->relay_host.at[d->relay_host.len - 1] == ')')
		d->relay_host.len--;
}

/* The session's id is the text's first word; its TLS was told before. */
static enum delivery_tls
tls_of(struct mta_reader *r, struct span session)
{
	struct span said;

	if (join_get(r->hosts, session, &said))
		return TLS_USED;
	return r->tls_told ? TLS_NONE : TLS_UNTOLD;
}

static struct span
session_of(struct span text)
{
	const char *blank = text.len > 0 ? memchr(text.at, ' ', text.len)
					 : NULL;
	struct span out = { text.at, 0 };

	if (blank != NULL)
		out.len = (size_t)(blank - text.at);
	return out;
}

/* What the receiver said is the last field, and hostile: the others are looked
 * for before it. */
static void
deliver(struct mta_reader *r, const struct syslog *line)
{
	struct delivery d = { .at_s = line->at_s };
	struct span text = line->text, result;
	const char *stat = span_find(text, " stat=\"");

	if (stat != NULL) {
		d.reply.at = stat + 7;
		d.reply.len = (size_t)(text.at + text.len - d.reply.at);
		if (d.reply.len > 0 && d.reply.at[d.reply.len - 1] == '"')
			d.reply.len--;
		text.len = (size_t)(stat - text.at);
	}
	d.sender = span_after(text, " from=<", ">");
	d.recipient_domain = span_domain(span_after(text, " to=<", ">"));
	d.queue_id = span_after(text, " evpid=", " ");
	d.source_ip = span_after(text, " source=\"", "\"");
	if (span_is(d.source_ip, "-"))
		d.source_ip.len = 0;
	read_relay(span_after(text, " relay=\"", "\""), &d);
	d.tls = tls_of(r, session_of(text));
	result = span_after(text, " result=\"", "\"");
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (span_is(result, ends[i].result)) {
			d.end = ends[i].end;
			reader_emit(r, &d);
			return;
		}
	reader_skip(r, text.at, "a delivery without a result");
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
	if (span_find(line.text, " mta delivery ") != NULL) {
		deliver(r, &line);
	} else if (span_find(line.text, " mta tls ") != NULL ||
	    span_find(line.text, " mta starttls ") != NULL ||
	    span_find(line.text, " mta server-cert-check ") != NULL) {
		r->tls_told = true;
		join_put(
		    r->hosts, session_of(line.text), (struct span){ "tls", 3 });
	}
}

const struct mta_format format_opensmtpd = {
	.name = "opensmtpd",
	.looks = looks,
	.line = take_line,
};
