/* Postfix's lines: smtp(8), lmtp(8), qmgr(8); postlogd(8) as well. */
/* SPDX-License-Identifier: MIT */
#include "postfix_line.h"

#include <string.h>

#include "octets.h"

enum {
	ID_LEAST = 5,
	ID_MOST = 32,
	SHORT_LEN = 15, /* "Nov 22 03:12:44" */
	ISO_LEN = 19,
	TAG_MOST = 47, /* of a tag with its bracket */
	FORMS = sizeof(((struct frame_memory *)NULL)->forms) /
	    sizeof(struct frame_form),
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

/* --- the frame ------------------------------------------------------------ */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Notes where the stamp's fraction ends; false for forms that are rare. */
static bool
measure(struct frame_form *form, const char *line)
{
	size_t n = form->stamp +
	    (is_digit(line[form->stamp]) ? ISO_LEN : SHORT_LEN);

	if (n > form->stamp_end ||
	    (!is_digit(line[form->stamp]) && n != form->stamp_end))
		return false;
	form->minute = n - 2;
	form->fraction = n;
	if (n < form->stamp_end && (line[n] == '.' || line[n] == ','))
		for (n++; n < form->stamp_end && is_digit(line[n]); n++)
			form->fraction = n + 1;
	return true;
}

/* Keeps a frame in which nothing changes but the seconds and the process. */
static void
remember(struct frame_memory *memory, const char *line, const struct syslog *s)
{
	struct frame_form *form;

	memory->last = (memory->last + 1) % FORMS;
	form = &memory->forms[memory->last];
	form->tag = 0;
	if (++memory->numbers == 0)
		memory->numbers = 1;
	form->number = memory->numbers;
	form->stamp = (size_t)(s->stamp.at - line);
	form->stamp_end = form->stamp + s->stamp.len;
	form->modern = s->modern;
	if (s->tag.at < s->stamp.at + s->stamp.len ||
	    (size_t)(s->tag.at - line) > sizeof(form->head) ||
	    s->pid.len == 0 || !measure(form, line))
		return;
	form->tag = (size_t)(s->tag.at - line);
	memcpy(form->head, line, form->tag);
}

/* Whether the line's frame has the form, up to the tag. */
static bool
has_form(const struct frame_form *form, const char *line, size_t len)
{
	size_t n = form->minute;

	if (form->tag == 0 || len < form->tag || line[n] > '5' ||
	    !is_digit(line[n]) || !is_digit(line[n + 1]) ||
	    !octets_same(line, form->head, n))
		return false;
	n += 2;
	if (n < form->fraction && line[n] != form->head[n])
		return false;
	for (n++; n < form->fraction; n++)
		if (!is_digit(line[n]))
			return false;
	n = form->fraction;
	return octets_same(line + n, form->head + n, form->tag - n);
}

static const struct frame_form *
form_of(struct frame_memory *memory, const char *line, size_t len)
{
	for (size_t i = 0; i < FORMS; i++) {
		size_t k = (memory->last + i) % FORMS;

		if (has_form(&memory->forms[k], line, len)) {
			memory->last = k;
			return &memory->forms[k];
		}
	}
	return NULL;
}

#define ENDS(end, word) (memcmp((end)-4, word, 4) == 0)

/* Whose a tag may be: most are none of ours. */
enum { TAG_OTHER, TAG_OURS };
static int
kind_of_tag(struct span tag)
{
	const char *end = tag.at + tag.len;

	if (tag.len > 4 &&
	    (ENDS(end, "smtp") || ENDS(end, "qmgr") || ENDS(end, "lmtp")))
		return TAG_OURS;
	return signer_has(tag) ? TAG_OURS : TAG_OTHER;
}

enum { TAG_READ = 12 };

/* Of at least TAG_READ octets: "postfix/" is nearly all tags' start. */
static inline struct known_tag *
slot_of(struct frame_memory *memory, const char *tag)
{
	uint32_t word;

	memcpy(&word, tag + TAG_READ - 4, 4);
	return &memory->tags[word * 0x9e3779b1u >> 28];
}

/* The tag that the text begins with, up to its bracket; it is one word. */
static struct known_tag *
learn_tag(struct frame_memory *memory, const char *at, size_t len)
{
	const char *p = memchr(at, '[', len < TAG_MOST ? len : TAG_MOST);
	struct known_tag *tag = slot_of(memory, at);

	if (p == NULL)
		return NULL;
	for (const char *c = at; c < p; c++)
		if (*c == ' ' || *c == ':')
			return NULL;
	tag->len = (size_t)(p - at) + 1;
	memcpy(tag->text, at, tag->len);
	tag->kind = kind_of_tag((struct span){ at, tag->len - 1 });
	return tag;
}

/* "tag[pid]: text", nothing else.  Returns false for other forms; *ours tells
 * whether it is worth to look further. */
static bool
read_tag(struct frame_memory *memory, const char *at, const char *end,
    struct syslog *out, bool *ours)
{
	size_t len = (size_t)(end - at);
	const struct known_tag *tag;
	const char *p;

	if (len < TAG_READ)
		return false;
	tag = slot_of(memory, at);
	if (tag->len == 0 || len < tag->len ||
	    !octets_same(at, tag->text, tag->len))
		tag = learn_tag(memory, at, len);
	if (tag == NULL)
		return false;
	*ours = tag->kind == TAG_OURS;
	if (!*ours)
		return true;
	p = at + tag->len;
	out->tag = (struct span){ at, tag->len - 1 };
	out->pid.at = p;
	while (p < end && is_digit(*p))
		p++;
	out->pid.len = (size_t)(p - out->pid.at);
	if (out->pid.len == 0 || end - p < 3 || p[0] != ']' || p[1] != ':' ||
	    p[2] != ' ')
		return false;
	out->text = (struct span){ p + 3, (size_t)(end - p - 3) };
	return true;
}

/* "tag pid - - text" */
static bool
read_modern(const char *at, const char *end, struct syslog *out)
{
	struct span rest = { at, (size_t)(end - at) };

	out->tag = span_word(rest);
	rest = span_cut(rest, out->tag.len + 1);
	out->pid = span_word(rest);
	rest = span_cut(rest, out->pid.len + 1);
	if (out->tag.len == 0 || out->pid.len == 0 ||
	    !span_starts(rest, "- - "))
		return false;
	out->text = span_cut(rest, 4);
	return out->text.len > 0 && (out->text.at[0] & 0x80) == 0 &&
	    out->text.at[0] != ' ';
}

static bool
read_frame(struct frame_memory *memory, const char *line, size_t len,
    struct syslog *out, struct postfix_line *to)
{
	const struct frame_form *form = form_of(memory, line, len);
	const char *end = line + len;
	bool ours = true;

	if (form != NULL &&
	    (form->modern
		    ? read_modern(line + form->tag, end, out)
		    : read_tag(memory, line + form->tag, end, out, &ours))) {
		out->stamp.at = line + form->stamp;
		out->stamp.len = form->stamp_end - form->stamp;
		to->form = form->number;
		to->second = (uint8_t)((line[form->minute] - '0') * 10 +
		    line[form->minute + 1] - '0');
		return ours;
	}
	if (!syslog_frame(line, len, out))
		return false;
	remember(memory, line, out);
	return true;
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
	    (at = memchr(at, first, (size_t)(end - at))) != NULL) {
		if (end - at > 2 && at[1] == ',' && at[2] == ' ')
			return at;
		at++;
	}
	return NULL;
}

/* Where ", " is; NULL: nowhere. */
static inline const char *
comma(struct span rest)
{
	const char *end, *at = rest.at;

	if (rest.len == 0)
		return NULL;
	end = at + rest.len;
	while (end - at > 1 &&
	    (at = memchr(at, ',', (size_t)(end - at))) != NULL) {
		if (end - at > 1 && at[1] == ' ')
			return at;
		at++;
	}
	return NULL;
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

/* "ID: " at the start of the text; short ids are hexadecimal, long ones of
 * letters and digits. */
static bool
take_id(struct span text, struct span *id, struct span *rest)
{
	size_t most = text.len < ID_MOST ? text.len : ID_MOST, n;
	const char *colon = memchr(text.at, ':', most);

	n = colon != NULL ? (size_t)(colon - text.at) : 0;
	if (n < ID_LEAST || n + 2 > text.len || text.at[n + 1] != ' ' ||
	    memchr(text.at, ' ', n) != NULL)
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
	out->reused = take(&rest, "conn_use=", &value);
	if (!take(&rest, "delay=", &value) || !take(&rest, "delays=", &value))
		return false;
	take(&rest, "tls=", &out->tls);
	take(&rest, "dsn=", &value);
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
	out->relay_hash = span_hash(f.relay);
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
	out->relay_hash = span_hash(relay);
	out->kind = POSTFIX_SESSION;
}

static void
sender_line(const char *line, struct span text, struct postfix_line *out)
{
	struct span id, rest, sender;

	if (!take_id(text, &id, &rest) || !take(&rest, "from=", &sender))
		return;
	out->id = cut_of(line, id);
	out->id_hash = span_hash(id);
	out->address = cut_of(line, sender);
	out->kind = POSTFIX_SENDER;
}

/* --- lines ---------------------------------------------------------------- */

/* "postfix/smtp", "postfix-out/smtp", "postfix/relay/smtp". */
static inline bool
is_process(struct span tag, const char *name)
{
	size_t len = strlen(name);

	return tag.len > len && tag.at[tag.len - len - 1] == '/' &&
	    memcmp(tag.at + tag.len - len, name, len) == 0;
}

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
	if (!read_frame(memory, line, len, &frame, out))
		return;
	if (is_process(frame.tag, "smtp") || is_process(frame.tag, "lmtp")) {
		if (!take_id(frame.text, &id, &rest))
			session_line(frame.text, out);
		else if (span_starts(rest, "to="))
			delivery_line(line, id, rest, out);
		out->pid = number(frame.pid);
	} else if (is_process(frame.tag, "qmgr") ||
	    is_process(frame.tag, "nqmgr") || is_process(frame.tag, "oqmgr")) {
		sender_line(line, frame.text, out);
	} else if (signer_has(frame.tag)) {
		id = span_word(frame.text);
		out->id_hash = span_hash(span_cut(frame.text, id.len));
		out->kind = POSTFIX_SIGNER;
	}
	out->stamp = cut_of(line, frame.stamp);
	out->tag = cut_of(line, frame.tag);
	out->text = cut_of(line, frame.text);
}
