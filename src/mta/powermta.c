/* PowerMTA's accounting files in CSV (User's Guide 5.5, "Accounting"). */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "csv.h"

/* The columns are chosen by the operator; the first line names them, the type
 * first. */
static bool
is_header(const char *line, size_t len)
{
	size_t n = 0;

	while (n < len && n < 2 && (line[n] == '#' || line[n] == '"'))
		n++;
	return len > n + 15 && memcmp(line + n, "type", 4) == 0 &&
	    (line[n + 4] == ',' || line[n + 4] == '"') &&
	    memmem(line, len, "timeLogged", 10) != NULL;
}

static const struct {
	const char *type;
	enum delivery_end end;
} types[] = {
	{ "d", DELIVERY_DONE },
	{ "t", DELIVERY_DEFERRED },
	{ "b", DELIVERY_BOUNCED },
	{ "delivery", DELIVERY_DONE },
	{ "transient", DELIVERY_DEFERRED },
	{ "bounce", DELIVERY_BOUNCED },
};

/* "gmail-smtp-in.l.google.com (142.250.1.27)". */
static void
read_relay(const struct csv *csv, struct delivery *d)
{
	struct span mta = csv_get(csv, "dsnMta");
	const char *open = span_find(mta, " (");

	d->relay_host = mta;
	d->relay_ip = csv_get(csv, "dlvDestinationIp");
	if (open == NULL)
		return;
	d->relay_host.len = (size_t)(open - mta.at);
	if (d->relay_ip.len == 0)
		d->relay_ip = span_after(mta, " (", ")");
}

/* dsnStatus is PowerMTA's own: "4.4.1 (no answer from host)".  Where the
 * receiver's words have a column and there are none, nobody gave that code. */
static struct span
reply_of(const struct csv *csv)
{
	struct span diag = csv_get(csv, "dsnDiag"), status;

	if (span_starts(diag, "smtp;"))
		diag = span_cut(diag, strlen("smtp;"));
	if (diag.len > 0)
		return diag;
	status = csv_get(csv, "dsnStatus");
	return diag.at == NULL ? status : span_after(status, "(", ")");
}

/* "type pipe" and the like of a domain's directives: nothing is sent. */
static bool
stays_here(const struct csv *csv)
{
	static const char *const local[] = { "pipe", "file", "discard" };
	struct span by = csv_get(csv, "dlvType");

	for (size_t i = 0; i < sizeof(local) / sizeof(local[0]); i++)
		if (span_is(by, local[i]))
			return true;
	return false;
}

static void
deliver(struct mta_reader *r, const struct csv *csv, enum delivery_end end)
{
	struct span when = csv_get(csv, "timeLogged"), tls;
	struct delivery d = { .end = end };
	size_t used;

	if (stays_here(csv))
		return;
	if (when.len == 0 ||
	    !stamp_read(r->stamps, when.at, when.len, &used, &d.at_s)) {
		reader_skip(r, when, "timeLogged is no time");
		return;
	}
	d.sender = csv_get(csv, "orig");
	d.recipient_domain = span_domain(csv_get(csv, "rcpt"));
	d.source_ip = csv_get(csv, "dlvSourceIp");
	if (d.source_ip.len == 0)
		d.source_ip = csv_get(csv, "vmta");
	d.queue_id = csv_get(csv, "envId");
	read_relay(csv, &d);
	d.reply = reply_of(csv);
	tls = csv_get(csv, "dlvTlsProtocol");
	d.tls = tls.at == NULL ? TLS_UNTOLD : tls.len > 0 ? TLS_USED : TLS_NONE;
	reader_emit(r, &d);
}

static void
take_header(struct mta_reader *r, const char *line, size_t len)
{
	if (r->own == NULL)
		r->own = mem_zero(1, sizeof(struct csv));
	r->header.len = 0;
	if (csv_header(r->own, line + (line[0] == '#'), len - (line[0] == '#')))
		buf_add(&r->header, line, len);
}

static void
take_line(struct mta_reader *r, const char *line, size_t len)
{
	struct span whole = { line, len }, type;
	struct csv *csv;

	if (is_header(line, len)) {
		take_header(r, line, len);
		return;
	}
	csv = r->own;
	if (len == 0 || (csv != NULL && csv_goes_on(csv, line, len)))
		return;
	if (csv == NULL || csv->columns == 0) {
		reader_skip(r, whole, "no line with the columns' names yet");
		return;
	}
	if (!csv_line(csv, line, len) || csv->fields > csv->columns) {
		reader_skip(r, whole, "not a line of these columns");
		return;
	}
	/* Others are no attempts: receptions (r), feedback (f), what a bounce
	 * that came by mail says (rb, rs), and queues that wait (tq). */
	type = csv_get(csv, "type");
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (span_is(type, types[i].type))
			deliver(r, csv, types[i].end);
}

static void
close_csv(struct mta_reader *r)
{
	if (r->own != NULL)
		csv_fini(r->own);
	free(r->own);
}

const struct mta_format format_powermta = {
	.name = "powermta",
	.looks = is_header,
	.line = take_line,
	.close = close_csv,
};
