/* Exchange's message tracking logs (2010 to 2019: learn.microsoft.com, "Message
 * tracking"). */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "csv.h"

#define FIELDS "#Fields: "

static bool
is_header(const char *line, size_t len)
{
	return len > 20 && memcmp(line, FIELDS, strlen(FIELDS)) == 0 &&
	    memmem(line, len, "event-id", 8) != NULL;
}

/* A file begins with its byte order mark, "#Software", "#Version" and so on. */
static bool
looks(const char *line, size_t len)
{
	return is_header(line, len) ||
	    memmem(line, len < 80 ? len : 80, "#Log-type: Message Tracking",
		27) != NULL;
}

static const struct {
	const char *event;
	enum delivery_end end;
} events[] = {
	{ "SEND", DELIVERY_DONE },
	{ "SENDEXTERNAL", DELIVERY_DONE }, /* so from 2016 on */
	{ "DEFER", DELIVERY_DEFERRED },
	{ "FAIL", DELIVERY_BOUNCED },
};

static void
read_hosts(const struct csv *csv, struct delivery *d)
{
	d->relay_host = csv_get(csv, "server-hostname");
	d->relay_ip = csv_get(csv, "server-ip");
	/* Of a SEND the client is this server. */
	d->source_ip = csv_get(csv, "client-ip");
}

/* The next of a list with semicolons between; what is in brackets or braces
 * holds others of its own. */
static struct span
next(struct span *list)
{
	struct span out = { list->at, 0 };
	int depth = 0;

	for (; out.len < list->len; out.len++) {
		char c = out.at[out.len];

		if (c == ';' && depth == 0)
			break;
		depth += (c == '{' || c == '[') - (c == '}' || c == ']');
		depth = depth < 0 ? 0 : depth;
	}
	*list = span_cut(*list, out.len + 1);
	return out;
}

/* "{[{LRT=...};{LED=250 2.1.5 OK};{FQDN=...};{IP=...}]}": newer versions put
 * the reply, the host and its address into a status.  FQDN may be the domain,
 * where no host of it was reached.  Whether the status has one. */
static bool
read_status(struct span status, struct delivery *d)
{
	struct span led = span_after(status, "{LED=", "}");
	struct span fqdn = span_after(status, "{FQDN=", "}");
	struct span ip = span_after(status, "{IP=", "}");
	struct span domain = d->recipient_domain;

	d->reply = led.at != NULL ? led : status;
	if (ip.len > 0)
		d->relay_ip = ip;
	if (fqdn.len == 0)
		return false;
	d->relay_host = fqdn;
	if (fqdn.len == domain.len &&
	    strncasecmp(fqdn.at, domain.at, fqdn.len) == 0)
		d->relay_host = (struct span){ NULL, 0 };
	return true;
}

static void
emit_each(struct mta_reader *r, const struct csv *csv, struct delivery *d)
{
	struct span to = csv_get(csv, "recipient-address");
	struct span status = csv_get(csv, "recipient-status");
	struct span first = status, said, host = d->relay_host;
	struct span ip = d->relay_ip;

	/* One status may stand for all. */
	said = next(&first);
	while (to.len > 0) {
		struct span one = next(&to);

		if (status.len > 0)
			said = next(&status);
		d->relay_host = host;
		d->relay_ip = ip;
		d->recipient_domain = span_domain(one);
		/* Of a DEFER the server is this one. */
		if (read_status(said, d) || d->end == DELIVERY_DONE)
			reader_know_host(r, d);
		reader_emit(r, d);
	}
}

static void
deliver(struct mta_reader *r, const struct csv *csv, enum delivery_end end)
{
	struct span when = csv_get(csv, "date-time");
	struct delivery d = { .end = end };
	size_t used;

	if (when.len == 0 ||
	    !stamp_read(r->stamps, when.at, when.len, &used, &d.at_s)) {
		reader_skip(r, when, "date-time is no time");
		return;
	}
	d.queue_id = csv_get(csv, "internal-message-id");
	d.sender = csv_get(csv, "return-path");
	if (d.sender.len == 0)
		d.sender = csv_get(csv, "sender-address");
	if (span_is(d.sender, "<>"))
		d.sender.len = 0;
	read_hosts(csv, &d);
	emit_each(r, csv, &d);
}

static void
take_header(struct mta_reader *r, const char *line, size_t len)
{
	if (r->own == NULL)
		r->own = mem_zero(1, sizeof(struct csv));
	r->header.len = 0;
	if (csv_header(r->own, line + strlen(FIELDS), len - strlen(FIELDS)))
		buf_add(&r->header, line, len);
}

static void
take_line(struct mta_reader *r, const char *line, size_t len)
{
	struct csv *csv;
	struct span event;

	if (is_header(line, len)) {
		take_header(r, line, len);
		return;
	}
	csv = r->own;
	if (len == 0 || line[0] == '#' ||
	    (csv != NULL && csv_goes_on(csv, line, len)))
		return;
	if (csv == NULL || csv->columns == 0 || !csv_line(csv, line, len) ||
	    csv->fields > csv->columns) {
		reader_skip(r, (struct span){ line, len },
		    "not a line of the columns in #Fields");
		return;
	}
	/* What is handed over within the organization is no attempt. */
	if (!span_is(csv_get(csv, "source"), "SMTP") ||
	    span_starts(csv_get(csv, "connector-id"), "Intra-Organization"))
		return;
	event = csv_get(csv, "event-id");
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
		if (span_is(event, events[i].event))
			deliver(r, csv, events[i].end);
}

static void
close_csv(struct mta_reader *r)
{
	if (r->own != NULL)
		csv_fini(r->own);
	free(r->own);
}

const struct mta_format format_exchange = {
	.name = "exchange",
	.looks = looks,
	.line = take_line,
	.close = close_csv,
};
