/* lint format: the form of a message (RFC 5322) and Gmail's limits on it. */
/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <strings.h>

#include "checks/lint.h"
#include "sendtop/day.h"
#include "sendtop/text.h"

/* Gmail's limits on header fields (support.google.com/a/answer/14016360), and
 * RFC 5322 2.1.1. */
enum {
	HEADER_MOST = 500 * 1024,
	FIELDS_MOST = 5000,
	NAME_MOST = 1024,
	VALUE_MOST = 32 * 1024,
	SUBJECT_MOST = 998,
	ID_MOST = 500,
	LINE_MOST = 998,
	HOPS_MOST = 50,
	EARLY_S = 86400, /* a Date further ahead than clocks go wrong */
};

#define SAY(state, verdict, reason, subject, ...) \
	finding_on((state)->out, subject, verdict, reason, __VA_ARGS__)

/* Fields that may stand there once (RFC 5322 3.6, RFC 2369, RFC 8058). */
static const char *const once[] = { "Date", "From", "Sender", "Reply-To", "To",
	"Cc", "Bcc", "Message-ID", "In-Reply-To", "References", "Subject",
	"MIME-Version", "Content-Type", "Content-Transfer-Encoding",
	"List-Unsubscribe", "List-Unsubscribe-Post" };
/* Fields that hold as much as they must. */
static const char *const long_ones[] = { "To", "Cc", "References" };

static bool
is_one_of(
    const struct message_field *field, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strlen(names[i]) == field->name_len &&
		    strncasecmp(names[i], field->name, field->name_len) == 0)
			return true;
	return false;
}

static const char *
field_name(const struct lint_state *s, const struct message_field *field)
{
	return text_printable_arena(s->arena, field->name, field->name_len, 64);
}

/* --- the author ------------------------------------------------------------------ */

static bool
is_gmail(const char *domain)
{
	return text_equal_nocase(domain, "gmail.com") ||
	    text_equal_nocase(domain, "googlemail.com");
}

static void
judge_author(struct lint_state *s, const struct mailbox *box)
{
	if (box->domain[0] == '[' || strchr(box->domain, '.') == NULL ||
	    s->from_domain == NULL)
		SAY(s, VERDICT_FAIL, "from_syntax", "From",
		    "\"%s\" is no domain to send from", box->domain);
	else if (is_gmail(box->domain))
		SAY(s, VERDICT_FAIL, "gmail_from", "From",
		    "only Gmail itself may send as %s; others are put into "
		    "quarantine",
		    box->domain);
	if (strchr(box->display, '@') != NULL &&
	    strstr(box->display, box->domain) == NULL)
		SAY(s, VERDICT_NOTE, "name_address", "From",
		    "the display name \"%s\" shows another address",
		    box->display);
}

static void
judge_from(struct lint_state *s)
{
	const struct message *m = s->lint->message;
	const struct message_field *from = message_field(m, "From", 0);
	struct mailbox *boxes;
	size_t count;

	if (from == NULL) {
		SAY(s, VERDICT_FAIL, "from_missing", "From", "no From field");
		return;
	}
	if (!mailboxes_parse(
		message_value(from, s->arena), s->arena, &boxes, &count) ||
	    count == 0)
		SAY(s, VERDICT_FAIL, "from_syntax", "From",
		    "\"%s\" is no address",
		    text_printable_arena(
			s->arena, from->value, from->len, 120));
	else if (count > 1)
		SAY(s, VERDICT_FAIL, "from_many", "From",
		    "%zu authors: Gmail wants one", count);
	else
		judge_author(s, &boxes[0]);
}

/* --- the other fields that matter ------------------------------------------------- */

static void
judge_date(struct lint_state *s)
{
	const struct message_field *date = message_field(
	    s->lint->message, "Date", 0);
	char when[TIME_TEXT_SIZE];
	int64_t at;

	if (date == NULL)
		SAY(s, VERDICT_FAIL, "date_missing", "Date", "no Date field");
	else if (!message_date_parse(message_value(date, s->arena), &at))
		SAY(s, VERDICT_FAIL, "date_syntax", "Date",
		    "\"%s\" is no date of RFC 5322",
		    text_printable_arena(s->arena, date->value, date->len, 80));
	else if (at > s->lint->now_s + EARLY_S)
		SAY(s, VERDICT_WARN, "date_future", "Date",
		    "it is from the future: %s", time_text(when, at));
}

/* "<left@right>" and nothing else (RFC 5322 3.6.4). */
static bool
is_message_id(const char *id)
{
	size_t len = strlen(id);
	const char *at;

	if (len < 5 || id[0] != '<' || id[len - 1] != '>' ||
	    strpbrk(id, " \t,;") != NULL || strchr(id + 1, '<') != NULL)
		return false;
	at = strrchr(id, '@');
	return at != NULL && at > id + 1 && at[1] != '>' &&
	    strchr(id, '>') == id + len - 1;
}

static void
judge_id(struct lint_state *s)
{
	const struct message_field *field = message_field(
	    s->lint->message, "Message-ID", 0);
	const char *id;

	if (field == NULL) {
		SAY(s, VERDICT_FAIL, "id_missing", "Message-ID",
		    "no Message-ID field");
		return;
	}
	id = message_value(field, s->arena);
	if (strlen(id) > ID_MOST)
		SAY(s, VERDICT_FAIL, "too_large", "Message-ID",
		    "%zu octets: Gmail takes %d", strlen(id), ID_MOST);
	else if (!is_message_id(id))
		SAY(s, VERDICT_FAIL, "id_syntax", "Message-ID",
		    "\"%s\" is not <left@right>",
		    text_printable_arena(s->arena, id, strlen(id), 80));
}

/* A thread that never was (guidelines: no false Re: and Fwd:). */
static void
judge_subject(struct lint_state *s)
{
	const struct message *m = s->lint->message;
	const struct message_field *field = message_field(m, "Subject", 0);
	const char *subject;

	if (field == NULL) {
		SAY(s, VERDICT_NOTE, "subject_missing", "Subject",
		    "no Subject field");
		return;
	}
	subject = message_value(field, s->arena);
	if (strlen(subject) > SUBJECT_MOST)
		SAY(s, VERDICT_FAIL, "too_large", "Subject",
		    "%zu octets: Gmail takes %d", strlen(subject),
		    SUBJECT_MOST);
	if (text_starts_nocase(subject, "re:") &&
	    message_field(m, "In-Reply-To", 0) == NULL &&
	    message_field(m, "References", 0) == NULL)
		SAY(s, VERDICT_NOTE, "false_reply", "Subject",
		    "says it is an answer, but names no message");
}

/* --- limits -------------------------------------------------------------------------- */

static void
judge_twice(struct lint_state *s)
{
	size_t n;

	for (size_t i = 0; i < sizeof(once) / sizeof(once[0]); i++) {
		n = message_field_count(s->lint->message, once[i]);
		if (n > 1)
			SAY(s, VERDICT_FAIL, "twice", once[i],
			    "%zu %s fields: one is allowed", n, once[i]);
	}
}

static void
judge_field(struct lint_state *s, const struct message_field *field)
{
	if (field->name_len > NAME_MOST)
		SAY(s, VERDICT_FAIL, "too_large", field_name(s, field),
		    "a field's name of %zu octets: Gmail takes %d",
		    field->name_len, NAME_MOST);
	if (field->len > VALUE_MOST &&
	    !is_one_of(
		field, long_ones, sizeof(long_ones) / sizeof(long_ones[0])))
		SAY(s, VERDICT_FAIL, "too_large", field_name(s, field),
		    "%zu octets: Gmail takes %d", field->len, VALUE_MOST);
}

/* RFC 6532 allows UTF-8 only to who asked for it; Gmail wants encoded words
 * (RFC 2047). */
static void
judge_octets(struct lint_state *s)
{
	const struct message *m = s->lint->message;

	for (size_t i = 0; i < m->field_count; i++)
		for (size_t k = 0; k < m->fields[i].len; k++)
			if ((unsigned char)m->fields[i].value[k] > 0x7e) {
				SAY(s, VERDICT_WARN, "raw_octets",
				    field_name(s, &m->fields[i]),
				    "octets beyond ASCII: encode them as "
				    "RFC 2047 says");
				return;
			}
}

static void
judge_sizes(struct lint_state *s)
{
	const struct message *m = s->lint->message;
	size_t hops = message_field_count(m, "Received");

	if (m->header_len > HEADER_MOST)
		SAY(s, VERDICT_FAIL, "too_large", "header",
		    "%zu octets of header: Gmail takes %d", m->header_len,
		    HEADER_MOST);
	if (m->field_count > FIELDS_MOST)
		SAY(s, VERDICT_FAIL, "too_many", "header",
		    "%zu fields: Gmail takes %d", m->field_count, FIELDS_MOST);
	if (hops > HOPS_MOST)
		SAY(s, VERDICT_FAIL, "hops", "Received",
		    "%zu hops: Gmail takes %d, then calls it a loop", hops,
		    HOPS_MOST);
	for (size_t i = 0; i < m->field_count && i < FIELDS_MOST; i++)
		judge_field(s, &m->fields[i]);
}

static void
judge_lines(struct lint_state *s)
{
	const struct message *m = s->lint->message;

	if (m->bad_line > 0)
		SAY(s, VERDICT_FAIL, "syntax", "header",
		    "line %zu is no header field", m->bad_line);
	if (m->longest > LINE_MOST)
		SAY(s, VERDICT_FAIL, "long_line", "lines",
		    "line %zu has %zu octets: %d are allowed", m->longest_at,
		    m->longest, LINE_MOST);
	if (m->bare_cr > 0 || m->bare_lf > 0)
		SAY(s, VERDICT_FAIL, "line_end", "lines",
		    "%zu lines end with CR or LF alone: Gmail refuses them",
		    m->bare_cr + m->bare_lf);
	if (m->nul > 0)
		SAY(s, VERDICT_FAIL, "nul", "lines", "%zu NUL octets", m->nul);
}

enum check_state
lint_format(struct lint_state *s)
{
	size_t before = s->out->count;

	judge_lines(s);
	judge_from(s);
	judge_date(s);
	judge_id(s);
	judge_subject(s);
	judge_twice(s);
	judge_sizes(s);
	judge_octets(s);
	if (s->out->count == before)
		SAY(s, VERDICT_PASS, "ok", LINT_WHOLE,
		    "%zu fields, %zu octets of body",
		    s->lint->message->field_count, s->lint->message->body_len);
	return CHECK_DONE;
}
