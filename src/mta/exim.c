/* Exim's main log (the specification's chapter on log files). */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "reader.h"

/* --- the frame ----------------------------------------------------------------------------- */

static bool
is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	    (c >= 'a' && c <= 'z');
}

/* 6-6-2 letters, or since 4.97 6-11-4. */
static size_t
id_len(const char *at, size_t len)
{
	static const struct {
		size_t first, second, total;
	} forms[] = { { 6, 13, 16 }, { 6, 18, 23 } };

	for (size_t f = 0; f < 2; f++) {
		size_t n = 0;

		if (len <= forms[f].total || at[forms[f].total] != ' ')
			continue;
		while (n < forms[f].total &&
		    (n == forms[f].first || n == forms[f].second
			    ? at[n] == '-'
			    : is_alnum(at[n])))
			n++;
		if (n == forms[f].total)
			return n;
	}
	return 0;
}

struct entry {
	int64_t at_s;
	struct span id, text;
};

/* "2026-11-22 03:12:44[.123][ +0100] [[pid] ]id text". */
static size_t
stamp_end(const char *at, size_t len)
{
	size_t n = 19;

	if (len < 30 || at[4] != '-' || at[10] != ' ' || at[13] != ':')
		return 0;
	if (at[n] == '.')
		for (n++; n < len && at[n] >= '0' && at[n] <= '9';)
			n++;
	if (n + 7 < len && at[n] == ' ' &&
	    (at[n + 1] == '+' || at[n + 1] == '-'))
		n += 6;
	return n < len && at[n] == ' ' ? n + 1 : 0;
}

static size_t
skip_pid(const char *at, size_t len)
{
	size_t n = 1;

	if (len == 0 || at[0] != '[')
		return 0;
	while (n < len && at[n] >= '0' && at[n] <= '9')
		n++;
	return n + 1 < len && at[n] == ']' && at[n + 1] == ' ' ? n + 2 : 0;
}

/* Through syslog the frame is syslog's, and Exim's own may be left out. */
static bool
find_entry(const char *line, size_t len, struct entry *out)
{
	size_t n = stamp_end(line, len), id;

	n += skip_pid(line + n, len - n);
	id = id_len(line + n, len - n);
	if (id == 0)
		return false;
	out->id = (struct span){ line + n, id };
	out->text = (struct span){ line + n + id + 1, len - n - id - 1 };
	return true;
}

static bool
looks(const char *line, size_t len)
{
	struct entry entry;
	struct span tag;

	if (stamp_end(line, len) > 0 && find_entry(line, len, &entry))
		return true;
	return syslog_tag(line, len, &tag) &&
	    (span_is(tag, "exim") || span_is(tag, "exim4"));
}

/* --- the words of a line -------------------------------------------------------------------- */

/* " H=host (helo) [ip]:port": what stands there up to the next key. */
static bool
read_host(struct span text, struct delivery *d)
{
	struct span h = span_after(text, " H=", "]");
	struct span relay;

	if (h.at == NULL)
		return false;
	relay = (struct span){ h.at, h.len + 1 };
	if (relay.at + relay.len > text.at + text.len)
		relay.len--;
	span_relay(relay, &d->relay_host, &d->relay_ip);
	/* What the host says of itself is not its name. */
	if (d->relay_host.len > 0) {
		const char *paren = memchr(
		    d->relay_host.at, ' ', d->relay_host.len);

		if (paren != NULL)
			d->relay_host.len = (size_t)(paren - d->relay_host.at);
	}
	return true;
}

/* The address behind the arrow; "local <original@domain>" names the latter. */
static struct span
recipient(struct span text)
{
	struct span word = text, angle;

	word.len = 0;
	while (word.len < text.len && word.at[word.len] != ' ')
		word.len++;
	if (word.len > 0 && word.at[word.len - 1] == ':')
		word.len--;
	if (span_domain(word).at != NULL)
		return word;
	angle = span_after(text, " <", ">");
	return angle.at != NULL && angle.at < text.at + word.len + 3 ? angle
								     : word;
}

static struct span
from_here(struct span text, const char *at, size_t skip)
{
	struct span out = { at + skip, 0 };

	out.len = (size_t)(text.at + text.len - out.at);
	return out;
}

/* C="250 OK": the receiver's confirmation. */
static struct span
confirmation(struct span text)
{
	struct span c = span_after(text, " C=\"", "");

	if (c.at != NULL && c.len > 0) {
		const char *quote = memrchr(c.at, '"', c.len);

		if (quote != NULL)
			c.len = (size_t)(quote - c.at);
	}
	return c;
}

static struct span
failure(struct span text)
{
	const char *at = span_find(text, "SMTP error from remote mail server");
	struct span out = { NULL, 0 };

	if (at == NULL && (at = span_find(text, "]: ")) != NULL)
		at += 3;
	if (at == NULL && (at = span_find(text, "): ")) != NULL)
		at += 3;
	return at != NULL ? from_here(text, at, 0) : out;
}

/* --- deliveries ------------------------------------------------------------------------------- */

static void
deliver(struct mta_reader *r, const struct entry *entry, enum delivery_end end)
{
	struct span text = entry->text, to, from, source;
	struct delivery d = {
		.at_s = entry->at_s, .queue_id = entry->id, .end = end
	};

	text.at += 3;
	text.len -= 3;
	to = recipient(text);
	d.recipient_domain = span_domain(to);
	if (!read_host(text, &d) &&
	    (end == DELIVERY_DONE || span_find(text, "smtp") == NULL))
		return; /* a local one */
	/* Nothing was tried: it is not time yet. */
	if (span_find(text, "retry time not reached") != NULL ||
	    span_find(text, "retry timeout exceeded") == text.at)
		return;
	from = span_after(text, " F=<", ">");
	source = span_after(text, " I=[", "]");
	d.source_ip = source;
	d.tls = span_find(text, " X=") != NULL ? TLS_USED
	    : end == DELIVERY_DONE             ? TLS_NONE
					       : TLS_UNTOLD;
	d.reply = end == DELIVERY_DONE ? confirmation(text) : failure(text);
	if (from.at != NULL)
		d.sender = from;
	else if (!join_get(r->senders, entry->id, &d.sender))
		d.sender = (struct span){ NULL, 0 };
	reader_emit(r, &d);
}

/* "<= news@example.com H=...", "<= <> R=..." for a bounce. */
static void
note_sender(struct mta_reader *r, const struct entry *entry)
{
	struct span from = { entry->text.at + 3, 0 };

	while (from.len + 3 < entry->text.len && from.at[from.len] != ' ')
		from.len++;
	if (span_is(from, "<>"))
		from.len = 0;
	join_put(r->senders, entry->id, from);
}

static const struct {
	const char *arrow;
	enum delivery_end end;
} arrows[] = {
	{ "=> ", DELIVERY_DONE },
	{ "-> ", DELIVERY_DONE },
	{ "== ", DELIVERY_DEFERRED },
	{ "** ", DELIVERY_BOUNCED },
};

static bool
read_entry(
    struct mta_reader *r, const char *line, size_t len, struct entry *out)
{
	struct syslog frame;
	size_t used;

	if (stamp_end(line, len) > 0)
		return stamp_read(&r->stamps, line, len, &used, &out->at_s) &&
		    find_entry(line, len, out);
	if (!syslog_read(r, line, len, &frame))
		return false;
	out->at_s = frame.at_s;
	if (!span_is(frame.tag, "exim") && !span_is(frame.tag, "exim4")) {
		signer_line(r, &frame);
		return false;
	}
	return find_entry(frame.text.at, frame.text.len, out);
}

static void
take_line(struct mta_reader *r, const char *line, size_t len)
{
	struct entry entry;

	if (!read_entry(r, line, len, &entry))
		return;
	reader_time(r, entry.at_s);
	if (entry.text.len < 4)
		return;
	if (span_starts(entry.text, "<= "))
		note_sender(r, &entry);
	for (size_t i = 0; i < sizeof(arrows) / sizeof(arrows[0]); i++)
		if (span_starts(entry.text, arrows[i].arrow))
			deliver(r, &entry, arrows[i].end);
}

const struct mta_format format_exim = {
	.name = "exim",
	.looks = looks,
	.line = take_line,
};
