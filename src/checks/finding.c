/* Findings as checks report them: texts made harmless, kept in the arena. */
/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sendtop/check.h"
#include "sendtop/text.h"

enum {
	SUBJECT_MAX = 512,
	DETAIL_MAX = 600,
	CURE_MAX = 4096,
	RECORD_MAX = 4096,
	ITEMS_FIRST = 16,
};

void
findings_init(struct findings *out, struct arena *arena)
{
	memset(out, 0, sizeof(*out));
	out->arena = arena;
}

static struct finding *
item_add(struct findings *out)
{
	struct finding *items;
	size_t cap;

	if (out->count == out->cap) {
		cap = out->cap > 0 ? out->cap * 2 : ITEMS_FIRST;
		items = arena_room(out->arena, cap * sizeof(*items));
		if (out->count > 0)
			memcpy(items, out->items, out->count * sizeof(*items));
		out->items = items;
		out->cap = cap;
	}
	memset(&out->items[out->count], 0, sizeof(*out->items));
	return &out->items[out->count++];
}

void
findings_add(struct findings *out, const struct finding *item)
{
	*item_add(out) = *item;
}

static const char *words(char *space, size_t size, size_t *len, const char *fmt,
    va_list args) PRINTF(4, 0);

/* What is said, as far as there is space for it.  Most of it is a text that is
 * ready already, and then stays where it is. */
static const char *
words(char *space, size_t size, size_t *len, const char *fmt, va_list args)
{
	if (strcmp(fmt, "%s") != 0) {
		*len = text_format(space, size, fmt, args);
		return space;
	}
	space = va_arg(args, char *);
	*len = strnlen(space, size);
	return space;
}

static void add(struct findings *out, const char *subject, enum verdict verdict,
    const char *reason, const char *detail, va_list args) PRINTF(5, 0);

static void
add(struct findings *out, const char *subject, enum verdict verdict,
    const char *reason, const char *detail, va_list args)
{
	char space[DETAIL_MAX * 2];
	struct finding *item = item_add(out);
	size_t len;
	const char *text = words(space, sizeof(space), &len, detail, args);

	if (len >= sizeof(space))
		len = sizeof(space) - 1;
	item->check = out->check;
	item->subject = text_printable_arena(
	    out->arena, subject, strlen(subject), SUBJECT_MAX);
	item->verdict = verdict;
	item->reason = reason;
	item->detail = text_printable_arena(out->arena, text, len, DETAIL_MAX);
	item->cure = "";
	item->record = "";
}

/* The check's own subject, as CHECKS names it: the most special thing set. */
static const char *
subject_text(const struct subject *subject, char *out, size_t size)
{
	char address[ADDRESS_TEXT_SIZE];

	if (subject->selector != NULL)
		return subject->selector;
	if (subject->address == NULL)
		return subject->host != NULL ? subject->host : subject->domain;
	if (subject->host == NULL)
		return address_text(subject->address, out);
	snprintf(out, size, "%s [%s]", subject->host,
	    address_text(subject->address, address));
	return out;
}

enum check_state
finding(struct findings *out, enum verdict verdict, const char *reason,
    const char *detail, ...)
{
	char text[DNS_NAME_SIZE + ADDRESS_TEXT_SIZE + 4];
	const char *subject = subject_text(out->subject, text, sizeof(text));
	va_list args;

	va_start(args, detail);
	add(out, subject, verdict, reason, detail, args);
	va_end(args);
	return CHECK_DONE;
}

enum check_state
finding_on(struct findings *out, const char *subject, enum verdict verdict,
    const char *reason, const char *detail, ...)
{
	va_list args;

	va_start(args, detail);
	add(out, subject, verdict, reason, detail, args);
	va_end(args);
	return CHECK_DONE;
}

/* A cure that would be cut is none: half a record must not be published. */
void
finding_cure(struct findings *out, const char *cure, ...)
{
	char space[CURE_MAX];
	const char *text;
	va_list args;
	size_t len;

	if (out->count == 0)
		return;
	va_start(args, cure);
	text = words(space, sizeof(space), &len, cure, args);
	va_end(args);
	if (len > 0 && len < sizeof(space))
		out->items[out->count - 1].cure = text_printable_arena(
		    out->arena, text, len, CURE_MAX * 2);
}

void
finding_record(struct findings *out, const char *record, ...)
{
	char space[RECORD_MAX];
	const char *text;
	va_list args;
	size_t len;

	if (out->count == 0)
		return;
	va_start(args, record);
	text = words(space, sizeof(space), &len, record, args);
	va_end(args);
	if (len >= sizeof(space))
		len = sizeof(space) - 1;
	out->items[out->count - 1].record = text_printable_arena(
	    out->arena, text, len, RECORD_MAX);
}

/* The outcome of a question, in one word and in words for people. */
static const struct {
	const char *reason, *words;
} outcomes[] = {
	[DNS_OK] = { "malformed", "answered without the record asked for" },
	[DNS_NONE] = { "malformed", "does not exist" },
	[DNS_SERVFAIL] = { "servfail",
	    "the name servers fail (SERVFAIL): a broken zone or DNSSEC" },
	[DNS_REFUSED] = { "refused", "the resolver refused the question" },
	[DNS_TIMEOUT] = { "timeout", "no answer in time" },
	[DNS_UNREACHABLE] = { "unreachable",
	    "no resolver could be reached: see [resolver] servers" },
	[DNS_MALFORMED] = { "malformed",
	    "the answer is broken, or a loop of aliases" },
	[DNS_BAD_NAME] = { "malformed", "not a name that DNS can carry" },
};

enum check_state
finding_unknown_on(struct findings *out, const char *subject,
    enum dns_outcome outcome, const char *name)
{
	return finding_on(out, subject, VERDICT_UNKNOWN,
	    outcomes[outcome].reason, "%s: %s", name, outcomes[outcome].words);
}

enum check_state
finding_unknown(
    struct findings *out, enum dns_outcome outcome, const char *name)
{
	return finding(out, VERDICT_UNKNOWN, outcomes[outcome].reason, "%s: %s",
	    name, outcomes[outcome].words);
}
