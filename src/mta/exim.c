/* Exim's main log (specification of 4.98, chapter 53, "Log files"). */
/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <string.h>

#include "reader.h"

enum { DATE_LEN = 10 };

/* --- the frame ------------------------------------------------------------ */

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
	size_t n = len > DATE_LEN && at[4] == '-' && at[DATE_LEN] == ' '
	    ? stamp_len(at, len)
	    : 0;

	return n > 0 && n < len && at[n] == ' ' ? n + 1 : 0;
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
is_exim(struct span tag)
{
	return span_is(tag, "exim") || span_is(tag, "exim4") ||
	    span_is(tag, "splogger");
}

static bool
looks(const char *line, size_t len)
{
	struct entry entry;
	struct span tag, text;

	if (stamp_end(line, len) > 0 && find_entry(line, len, &entry))
		return true;
	return syslog_tag(line, len, &tag, &text) && is_exim(tag);
}

/* --- the words of a line -------------------------------------------------- */

/* What a delivery's line says; at NULL where it does not. */
struct words {
	struct span transport, host, tls, source, sender, confirmation;
	struct span text; /* behind the colon that ends the words */
};

/* Octets up to the end of a quoted text, behind its quote. */
static size_t
quoted_len(struct span span)
{
	size_t n = 1;

	while (n < span.len && span.at[n] != '"')
		n += span.at[n] == '\\' ? 2 : 1;
	return n < span.len ? n + 1 : span.len;
}

/* An address, with or without brackets; a quoted local part may hold blanks.
 * Octets up to the blank behind it. */
static size_t
address_len(struct span span)
{
	size_t n = span.len > 0 && span.at[0] == '<' ? 1 : 0;

	if (n < span.len && span.at[n] == '"')
		n += quoted_len(span_cut(span, n));
	while (n < span.len && span.at[n] != ' ')
		n++;
	return n;
}

/* "host (helo) [ip]:port": words in brackets belong to the host's. */
static size_t
host_len(struct span span)
{
	size_t n = span_word(span).len;

	while (n + 1 < span.len &&
	    (span.at[n + 1] == '(' || span.at[n + 1] == '[') &&
	    memchr(span.at, '[', n) == NULL)
		n += 1 + span_word(span_cut(span, n + 1)).len;
	return n;
}

static size_t
plain_len(struct span span)
{
	return span.len > 0 && span.at[0] == '"' ? quoted_len(span)
						 : span_word(span).len;
}

/* The receiver's words may hold quotes: they end with the line's last. */
static size_t
confirmation_len(struct span span)
{
	const char *quote = memrchr(span.at, '"', span.len);

	return quote != NULL ? (size_t)(quote - span.at) + 1 : span.len;
}

static const struct {
	const char *name;
	size_t (*len)(struct span rest);
	size_t offset; /* of the member of struct words */
} keys[] = {
	{ "T=", plain_len, offsetof(struct words, transport) },
	{ "H=", host_len, offsetof(struct words, host) },
	{ "X=", plain_len, offsetof(struct words, tls) },
	{ "I=", plain_len, offsetof(struct words, source) },
	{ "F=", address_len, offsetof(struct words, sender) },
	{ "P=", address_len, offsetof(struct words, sender) },
	{ "C=", confirmation_len, offsetof(struct words, confirmation) },
};

/* Octets of a value of that key, or of a word that is none of ours. */
static size_t
value_len(struct span rest, size_t key)
{
	size_t count = sizeof(keys) / sizeof(keys[0]);

	if (rest.len == 0)
		return 0;
	if (key < count)
		return keys[key].len(rest);
	/* DN="/C=US/O=Google", SNI="mx.example" */
	for (size_t n = 2; n < 5 && n < span_word(rest).len; n++)
		if (rest.at[n] == '"' && rest.at[n - 1] == '=')
			return n + quoted_len(span_cut(rest, n));
	return plain_len(rest);
}

/* Takes one word; false when it ends with the colon before the text. */
static bool
take_word(struct span *rest, struct words *words)
{
	size_t count = sizeof(keys) / sizeof(keys[0]), key = 0;
	struct span value = *rest;
	bool more = true;

	if (rest->at == NULL)
		return false;
	while (key < count && !span_starts(*rest, keys[key].name))
		key++;
	if (key < count)
		value = span_cut(*rest, strlen(keys[key].name));
	value.len = value_len(value, key);
	*rest = span_cut(*rest, (size_t)(value.at + value.len - rest->at));
	if (value.at != NULL && value.len > 0 &&
	    value.at[value.len - 1] == ':') {
		value.len--;
		more = false;
	} else if (span_starts(*rest, ":")) {
		*rest = span_cut(*rest, 1);
		more = false;
	}
	if (key < count)
		memcpy((char *)words + keys[key].offset, &value, sizeof(value));
	*rest = span_cut(*rest, 1);
	return more;
}

/* "R=dnslookup T=remote_smtp H=... X=... C=\"...\"", of failures up to
 * ": text". */
static void
read_words(struct span rest, struct words *words)
{
	*words = (struct words){ 0 };
	while (rest.len > 0)
		if (!take_word(&rest, words)) {
			words->text = rest;
			return;
		}
}

static struct span
without(struct span span, const char *pair)
{
	if (span.len >= 2 && span.at[0] == pair[0] &&
	    span.at[span.len - 1] == pair[1])
		return (struct span){ span.at + 1, span.len - 2 };
	return span;
}

/* --- deliveries ----------------------------------------------------------- */

/* Older releases name the host in the text: "SMTP error from remote mail
 * server after RCPT TO:<a@b>: host mx.example [192.0.2.1]: 550 ...". */
static struct span
host_in_text(struct span text)
{
	static const char begin[] = "SMTP error from remote mail server after ";
	const char *bracket;
	struct span host, ip;

	if (!span_starts(text, begin))
		return (struct span){ NULL, 0 };
	text = span_cut(text, strlen(begin));
	bracket = memchr(text.at, '<', text.len < 12 ? text.len : 12);
	if (bracket != NULL) {
		text = span_cut(text, (size_t)(bracket - text.at));
		text = span_cut(text, address_len(text) - 1);
	}
	host = span_after(text, ": host ", "");
	host.len = host.at != NULL ? host_len(host) : 0;
	span_relay(host, &host, &ip);
	return ip.len > 0
	    ? (struct span){ host.at, (size_t)(ip.at + ip.len + 1 - host.at) }
	    : (struct span){ NULL, 0 };
}

/* What Exim says of a host that took no connection. */
static const char *const silences[] = { "Connection timed out",
	"Operation timed out", "Connection refused", "Connection reset by peer",
	"No route to host", "Network is unreachable", "Host is down" };

static bool
is_silence(struct span text)
{
	for (size_t i = 0; i < sizeof(silences) / sizeof(silences[0]); i++)
		if (span_starts(text, silences[i]))
			return true;
	return false;
}

/* The labels that tell whose host it is, as far as two of one site go. */
static struct span
site_of(struct span host)
{
	size_t n = span_word(host).len, dots = 0;

	host.len = n;
	while (n > 0 && (dots += host.at[n - 1] == '.') < 2)
		n--;
	return span_cut(host, n);
}

/*
 * "H=mx.example.com [192.0.2.1] Connection timed out" stands before the line of
 * the recipients that were for it, which names no host.  Where a message had
 * several sites that were silent it cannot be told who is meant.
 */
static void
note_unreached(struct mta_reader *r, const struct entry *entry)
{
	struct span host = span_cut(entry->text, 2), name, ip, text, known;

	host.len = host_len(host);
	text = span_cut(entry->text, 2 + host.len + 1);
	span_relay(host, &name, &ip);
	if (host.len > 0 && host.at[host.len - 1] == ':')
		host.len--;
	if (name.len == 0 || ip.len == 0 || !is_silence(text))
		return;
	if (join_get(r->hosts, entry->id, &known) &&
	    !span_same(site_of(known), site_of(host)))
		host.len = 0;
	join_put(r->hosts, entry->id, host);
}

/* A local one has no host; of a failure to reach one the transport tells. */
static bool
is_remote(const struct words *words, enum delivery_end end)
{
	if (words->host.at != NULL)
		return true;
	return end != DELIVERY_DONE &&
	    span_find(words->transport, "smtp") != NULL;
}

/* By default each session's TLS is told (log_selector +tls_cipher). */
static enum delivery_tls
tls_of(const struct words *words, enum delivery_end end)
{
	if (words->tls.at != NULL)
		return TLS_USED;
	return end == DELIVERY_DONE ? TLS_NONE : TLS_UNTOLD;
}

/* "final@example.com", or "local <original@example.com>". */
static struct span
take_recipient(struct span *rest)
{
	struct span to = *rest, original;

	to.len = address_len(to);
	*rest = span_cut(*rest, to.len + 1);
	if (rest->len > 0 && rest->at[0] == '<') {
		original = *rest;
		original.len = address_len(original);
		*rest = span_cut(*rest, original.len + 1);
		if (span_domain(to).at == NULL)
			to = original;
	}
	return span_domain(to);
}

/*
 * "defer (110): Connection timed out H=host [ip] DT=1s: text" has the system's
 * words first.  They are no receiver's: a receiver's have digits or a colon
 * before they could name a host.
 */
static void
read_behind_errno(struct words *words)
{
	struct span text = words->text;
	struct words more;
	size_t n = 0;

	while (n < text.len &&
	    (is_alnum(text.at[n]) || text.at[n] == '-' || text.at[n] == ' ') &&
	    (text.at[n] < '0' || text.at[n] > '9') &&
	    !span_starts(span_cut(text, n), " H=") &&
	    !span_starts(span_cut(text, n), " DT="))
		n++;
	if (n == 0 || n == text.len || text.at[n] != ' ')
		return;
	read_words(span_cut(text, n + 1), &more);
	words->host = more.host;
	words->text.len = n;
	if (more.text.len > 0)
		words->text = more.text;
}

static void
deliver(struct mta_reader *r, const struct entry *entry, enum delivery_end end)
{
	struct delivery d = {
		.at_s = entry->at_s, .queue_id = entry->id, .end = end
	};
	struct span rest = span_cut(entry->text, 3), silent;
	struct words words;

	d.recipient_domain = take_recipient(&rest);
	read_words(rest, &words);
	if (words.host.at == NULL && end == DELIVERY_DEFERRED)
		read_behind_errno(&words);
	if (words.host.at == NULL)
		words.host = host_in_text(words.text);
	/* Nothing was tried where it is not time yet. */
	if (!is_remote(&words, end) ||
	    span_starts(words.text, "retry time not reached"))
		return;
	if (words.host.at == NULL && is_silence(words.text) &&
	    join_get(r->hosts, entry->id, &silent) && silent.len > 0)
		words.host = silent;
	span_relay(words.host, &d.relay_host, &d.relay_ip);
	d.source_ip = span_after(words.source, "[", "]");
	d.tls = tls_of(&words, end);
	d.reply = end == DELIVERY_DONE ? without(words.confirmation, "\"\"")
				       : words.text;
	if (words.sender.at != NULL)
		d.sender = without(words.sender, "<>");
	else if (!join_get(r->senders, entry->id, &d.sender))
		d.sender = (struct span){ NULL, 0 };
	reader_emit(r, &d);
}

/* "<= news@example.com H=...", "<= <> R=..." for a bounce. */
static void
note_sender(struct mta_reader *r, const struct entry *entry)
{
	struct span from = span_cut(entry->text, 3);

	from.len = address_len(from);
	join_put(r->senders, entry->id, without(from, "<>"));
}

static const struct {
	const char *arrow;
	enum delivery_end end;
} arrows[] = {
	{ "=> ", DELIVERY_DONE },
	{ "-> ", DELIVERY_DONE },
	{ ">> ", DELIVERY_DONE }, /* cutthrough */
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
		return stamp_read(r->stamps, line, len, &used, &out->at_s) &&
		    find_entry(line, len, out);
	if (!syslog_read(r, line, len, &frame))
		return false;
	out->at_s = frame.at_s;
	if (!is_exim(frame.tag)) {
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
	if (span_starts(entry.text, "H="))
		note_unreached(r, &entry);
	for (size_t i = 0; i < sizeof(arrows) / sizeof(arrows[0]); i++)
		if (span_starts(entry.text, arrows[i].arrow))
			deliver(r, &entry, arrows[i].end);
}

const struct mta_format format_exim = {
	.name = "exim",
	.looks = looks,
	.line = take_line,
};
