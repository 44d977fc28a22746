/* Postfix's lines: smtp(8), lmtp(8), qmgr(8); postlogd(8) as well. */
/* SPDX-License-Identifier: MIT */
#include "postfix_line.h"

#include <string.h>

#include "octets.h"
#include "octets_find.h"
#include "postfix_frame.h"

enum {
	ID_LEAST = 5,
	ID_MOST = 32,
};

/* --- processes ------------------------------------------------------------ */

/* syslog_name may be anything, the processes' names not. */
bool
postfix_line_looks(const char *line, size_t len)
{
	static const char *const known[] = { "smtp", "smtpd", "lmtp", "qmgr",
		"cleanup", "pickup" };
	struct span tag, text, part;
	const char *slash;

	if (!syslog_tag(line, len, &tag, &text))
		return false;
	slash = memrchr(tag.at, '/', tag.len);
	if (slash == NULL)
		return false;
	part = span_cut(tag, (size_t)(slash + 1 - tag.at));
	if (part.len > 0 && span_starts(tag, "postfix"))
		return true;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (span_is(part, known[i]))
			return true;
	return false;
}

/* --- fields --------------------------------------------------------------- */

/* Lines have at most LINE_MOST octets, and no field is at the first. */
static inline struct cut
cut_of(const char *line, struct span span)
{
	return span.at != NULL
	    ? (struct cut){ (uint16_t)(span.at - line), (uint16_t)span.len }
	    : (struct cut){ 0, 0 };
}

/* The span without octets that it is known to have. */
static inline struct span
behind(struct span span, size_t n)
{
	return (struct span){ span.at + n, span.len - n };
}

/* Where `first` and ", " behind it are; NULL: nowhere. */
static const char *
comma_after(struct span rest, char first)
{
	const char *end, *at = rest.at;

	if (rest.len == 0)
		return NULL;
	end = at + rest.len;
	while (end - at > 2 &&
	    (at = octets_find(at, (size_t)(end - at), first)) != NULL) {
		if (end - at > 2 && at[1] == ',' && at[2] == ' ')
			return at;
		at++;
	}
	return NULL;
}

/* Where ", " is; NULL: nowhere. */
static const char *
comma(struct span rest)
{
	const char *end, *at = rest.at;

	if (rest.len == 0)
		return NULL;
	end = at + rest.len;
	while (end - at > 1 &&
	    (at = octets_find(at, (size_t)(end - at), ',')) != NULL) {
		if (end - at > 1 && at[1] == ' ')
			return at;
		at++;
	}
	return NULL;
}

/* The same where it is near: a call costs more than a look at each octet. */
static inline const char *
comma_near(struct span rest)
{
	enum { NEAR = 8 };

	if (rest.len > NEAR)
		for (size_t i = 0; i < NEAR; i++)
			if (rest.at[i] == ',' && rest.at[i + 1] == ' ')
				return rest.at + i;
	return comma(rest);
}

/* Takes "key=<address>, "; a quoted local part may hold anything. */
static bool
take_address(struct span *rest, struct span *value)
{
	struct span left = behind(*rest, 1);
	const char *stop;
	size_t n = 0;

	if (left.len > 0 && left.at[0] == '"') {
		for (n = 1; n < left.len && left.at[n] != '"'; n++)
			n += left.at[n] == '\\';
		if (n >= left.len)
			return false;
	}
	stop = comma_after(behind(left, n), '>');
	if (stop == NULL)
		return false;
	*value = (struct span){ left.at, (size_t)(stop - left.at) };
	*rest = behind(left, value->len + 3);
	return true;
}

/* Takes "key=value, ". */
static inline bool
take(struct span *rest, const char *key, struct span *value)
{
	const char *stop;
	struct span left;

	if (!span_starts(*rest, key))
		return false;
	left = behind(*rest, strlen(key));
	if (left.len > 0 && left.at[0] == '<') {
		*rest = left;
		return take_address(rest, value);
	}
	stop = comma(left);
	if (stop == NULL)
		return false;
	*value = (struct span){ left.at, (size_t)(stop - left.at) };
	*rest = behind(left, value->len + 2);
	return true;
}

/* The same with a short value that is no address. */
static inline bool
take_short(struct span *rest, const char *key, struct span *value)
{
	const char *stop;
	struct span left;

	if (!span_starts(*rest, key))
		return false;
	left = behind(*rest, strlen(key));
	stop = comma_near(left);
	if (stop == NULL)
		return false;
	*value = (struct span){ left.at, (size_t)(stop - left.at) };
	*rest = behind(left, value->len + 2);
	return true;
}

/* "ID: " at the start of the text; short ids are hexadecimal, long ones of
 * letters and digits. */
static inline bool
take_id(struct span text, struct span *id, struct span *rest)
{
	size_t most = text.len < ID_MOST ? text.len : ID_MOST, n;
	const char *stop = octets_find2(text.at, most, ':', ' ');

	n = stop != NULL ? (size_t)(stop - text.at) : 0;
	if (n < ID_LEAST || n + 2 > text.len || stop[0] != ':' ||
	    stop[1] != ' ')
		return false;
	*id = (struct span){ text.at, n };
	*rest = behind(text, n + 2);
	return true;
}

/* --- deliveries ----------------------------------------------------------- */

static const struct {
	const char *word;
	enum delivery_end end;
	bool probe;
} ends[] = {
	{ "sent", DELIVERY_DONE, false },
	{ "deferred", DELIVERY_DEFERRED, false },
	{ "bounced", DELIVERY_BOUNCED, false },
	{ "SOFTBOUNCE", DELIVERY_DEFERRED, false }, /* soft_bounce = yes */
	{ "expired", DELIVERY_BOUNCED, false },
	/* verify(8) and sendmail -bv ask without sending. */
	{ "deliverable", DELIVERY_DONE, true },
	{ "undeliverable", DELIVERY_BOUNCED, true },
	{ "undeliverable-but-not-cached", DELIVERY_BOUNCED, true },
};

/* A delivery's fields. */
struct fields {
	struct span to, relay, host, ip, tls, reply;
	enum delivery_end end;
	bool reused, probe;
};

/* "status=sent (250 2.0.0 OK)", to the line's end. */
static bool
take_status(struct span rest, struct fields *out)
{
	struct span word, text;

	if (!span_starts(rest, "status="))
		return false;
	rest = behind(rest, strlen("status="));
	word = span_word(rest);
	text = span_cut(rest, word.len + 1);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		if (strlen(ends[i].word) != word.len ||
		    memcmp(ends[i].word, word.at, word.len) != 0)
			continue;
		out->end = ends[i].end;
		out->probe = ends[i].probe;
		if (text.len > 2 && text.at[0] == '(') {
			out->reply = behind(text, 1);
			out->reply.len -= out->reply.at[out->reply.len - 1] ==
			    ')';
		}
		return true;
	}
	return false;
}

/* The fields have their order, so that nothing in an address or a reply is
 * taken for one. */
static bool
read_fields(struct span rest, struct fields *out)
{
	struct span value;

	if (!take(&rest, "to=", &out->to))
		return false;
	take(&rest, "orig_to=", &value);
	if (!take(&rest, "relay=", &out->relay))
		return false;
	if (!span_is(out->relay, "none"))
		span_relay(out->relay, &out->host, &out->ip);
	out->reused = take_short(&rest, "conn_use=", &value);
	if (!take_short(&rest, "delay=", &value) ||
	    !take(&rest, "delays=", &value))
		return false;
	take_short(&rest, "tls=", &out->tls);
	take_short(&rest, "dsn=", &value);
	return take_status(rest, out);
}

/* "tls=dane", "tls=may:none": what came of it stands behind the colon, where
 * it differs; with "?" it is not known (Postfix 3.11). */
static enum delivery_tls
told_tls(struct span tls)
{
	if (tls.len == 0 || tls.at[tls.len - 1] == '?')
		return TLS_UNTOLD;
	if (span_is(tls, "none") || span_find(tls, ":none") != NULL)
		return TLS_NONE;
	return TLS_USED;
}

/* Addresses without quotes (info_log_addr_form = internal) may hold all that a
 * line does.  Then it cannot be told which half is the line. */
static bool
is_forged(struct span reply)
{
	const char *at;

	while ((at = comma_after(reply, '>')) != NULL) {
		reply = behind(reply, (size_t)(at - reply.at) + 3);
		if (span_starts(reply, "relay=") &&
		    span_find(reply, ", status=") != NULL)
			return true;
	}
	return false;
}

static void
delivery_line(const char *line, struct span id, struct span rest,
    struct postfix_line *out)
{
	struct fields f = { 0 };

	out->kind = POSTFIX_BROKEN;
	if (!read_fields(rest, &f))
		return;
	out->kind = is_forged(f.reply) ? POSTFIX_FORGED
	    : f.probe                  ? POSTFIX_OTHER
				       : POSTFIX_DELIVERY;
	out->end = (uint8_t)f.end;
	out->tls = (uint8_t)told_tls(f.tls);
	out->reused = f.reused;
	out->id = cut_of(line, id);
	out->id_hash = span_hash(id);
	out->relay_hash = span_relay_hash(f.relay);
	out->address = cut_of(line, span_domain(f.to));
	out->host = cut_of(line, f.host);
	out->ip = cut_of(line, f.ip);
	out->reply = cut_of(line, f.reply);
}

/* "Trusted TLS connection established to mx.example[192.0.2.1]:25: TLSv1.3
 * with cipher ..." */
static void
session_line(struct span text, struct postfix_line *out)
{
	struct span relay;

	text = span_cut(text, span_word(text).len + 1);
	if (!span_starts(text, "TLS connection "))
		return;
	text = span_cut(text, strlen("TLS connection "));
	if (!span_starts(text, "established to ") &&
	    !span_starts(text, "reused to "))
		return;
	relay = span_word(span_cut(text, span_word(text).len + strlen(" to ")));
	if (relay.len > 0 && relay.at[relay.len - 1] == ':')
		relay.len--;
	out->relay_hash = span_relay_hash(relay);
	out->id_hash = 0;
	out->kind = POSTFIX_SESSION;
}

static void
sender_line(const char *line, struct span text, struct postfix_line *out)
{
	static const char removed[] = " removed";
	const size_t len = sizeof(removed) - 1;
	struct span id, rest, sender;

	/* A message's end, as every other line of qmgr is. */
	if (text.len >= len &&
	    memcmp(text.at + text.len - len, removed, len) == 0)
		return;
	if (!take_id(text, &id, &rest) || !take(&rest, "from=", &sender))
		return;
	out->id = cut_of(line, id);
	out->id_hash = span_hash(id);
	out->address = cut_of(line, sender);
	out->kind = POSTFIX_SENDER;
}

/* --- lines ---------------------------------------------------------------- */

static uint32_t
number(struct span digits)
{
	uint32_t n = 0;

	for (size_t i = 0; i < digits.len; i++)
		n = n * 10 + (unsigned char)digits.at[i] - '0';
	return n;
}

/* error(8) and retry log recipients that nobody tried to reach.  That qmgr
 * gave a message up ("status=expired") names no recipient; the last attempt
 * was counted. */
void
postfix_line_read(struct frame_memory *memory, const char *line, size_t len,
    struct postfix_line *out)
{
	struct syslog frame;
	struct span id, rest;

	out->kind = POSTFIX_OTHER;
	out->form = 0;
	switch (postfix_frame(memory, line, len, &frame, out)) {
	case TAG_SMTP:
		if (!take_id(frame.text, &id, &rest))
			session_line(frame.text, out);
		else if (span_starts(rest, "to="))
			delivery_line(line, id, rest, out);
		out->pid = number(frame.pid);
		break;
	case TAG_QMGR:
		sender_line(line, frame.text, out);
		break;
	case TAG_SIGNER:
		id = span_word(frame.text);
		out->id_hash = span_hash(span_cut(frame.text, id.len));
		out->kind = POSTFIX_SIGNER;
		break;
	default:
		return;
	}
	if (out->kind == POSTFIX_OTHER)
		return;
	if (out->kind == POSTFIX_SIGNER && postfix_is_said(memory, out)) {
		out->kind = POSTFIX_OTHER;
		return;
	}
	out->stamp = cut_of(line, frame.stamp);
	out->tag = cut_of(line, frame.tag);
	out->text = cut_of(line, frame.text);
}
