/* The frame of Postfix's lines: nearly all are made as one before. */
/* SPDX-License-Identifier: MIT */
#include "postfix_frame.h"

#include <string.h>

#include "octets.h"
#include "octets_find.h"

enum {
	SHORT_LEN = 15, /* "Nov 22 03:12:44" */
	ISO_LEN = 19,
	TAG_MOST = 47, /* of a tag with its bracket */
	FORMS = sizeof(((struct frame_memory *)NULL)->forms) /
	    sizeof(struct frame_form),
};

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
	form->cut = (struct cut){ (uint16_t)form->stamp,
		(uint16_t)s->stamp.len };
	form->modern = s->modern;
	if (s->tag.at < s->stamp.at + s->stamp.len ||
	    (size_t)(s->tag.at - line) > sizeof(form->head) ||
	    s->pid.len == 0 || !measure(form, line))
		return;
	form->tag = (size_t)(s->tag.at - line);
	memcpy(form->head, line, form->tag);
	form->second = UINT8_MAX;
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

static void
mask_start(struct frame_form *form)
{
	size_t half = form->tag < OCTETS_MASKED ? form->tag : OCTETS_MASKED;

	octets_mask(&form->start[0], form->head, half);
	octets_mask(&form->start[1], form->head + half, form->tag - half);
	for (size_t i = form->minute; i < form->fraction; i++)
		if (i < 2 * OCTETS_MASKED && i != form->minute + 2)
			form->start[i / OCTETS_MASKED].text[i % OCTETS_MASKED] =
			    form->start[i / OCTETS_MASKED]
				.mask[i % OCTETS_MASKED] = 0;
}

static void
take_second(struct frame_form *form, const char *line)
{
	char *at = form->head + form->minute;

	at[0] = line[form->minute];
	at[1] = line[form->minute + 1];
	mask_start(form);
	form->second = (uint8_t)((at[0] - '0') * 10 + at[1] - '0');
}

/* Of a log that is busy many lines are of one second. */
static const struct frame_form *
form_of(struct frame_memory *memory, const char *line, size_t len)
{
	const struct frame_form *last = &memory->forms[memory->last];

	if (last->tag != 0 && last->second != UINT8_MAX && len >= last->tag &&
	    octets_same(line, last->head, last->tag))
		return last;
	for (size_t i = 0; i < FORMS; i++) {
		size_t k = (memory->last + i) % FORMS;

		if (has_form(&memory->forms[k], line, len)) {
			memory->last = k;
			take_second(&memory->forms[k], line);
			return &memory->forms[k];
		}
	}
	return NULL;
}

/* "postfix/smtp", "postfix-out/smtp", "postfix/relay/smtp". */
static bool
is_process(struct span tag, const char *name)
{
	size_t len = strlen(name);

	return tag.len > len && tag.at[tag.len - len - 1] == '/' &&
	    memcmp(tag.at + tag.len - len, name, len) == 0;
}

static int
kind_of_tag(struct span tag)
{
	if (is_process(tag, "smtp") || is_process(tag, "lmtp"))
		return TAG_SMTP;
	if (is_process(tag, "qmgr") || is_process(tag, "nqmgr") ||
	    is_process(tag, "oqmgr"))
		return TAG_QMGR;
	return signer_has(tag) ? TAG_SIGNER : TAG_OTHER;
}

/* The tag that the text begins with, up to its bracket; it is one word. */
static struct known_tag *
learn_tag(struct frame_memory *memory, const char *at, size_t len)
{
	const char *p = memchr(at, '[', len < TAG_MOST ? len : TAG_MOST);
	struct known_tag *tag = tag_slot(memory, at);

	if (p == NULL)
		return NULL;
	for (const char *c = at; c < p; c++)
		if (*c == ' ' || *c == ':')
			return NULL;
	tag->len = (size_t)(p - at) + 1;
	memcpy(tag->text, at, tag->len);
	octets_mask(&tag->start, at, tag->len);
	tag->quick = tag->len <= OCTETS_MASKED;
	tag->kind = kind_of_tag((struct span){ at, tag->len - 1 });
	return tag;
}

/* "tag[pid]: text", nothing else.  Returns false for other forms; of a tag that
 * is not ours *kind is all that is set. */
static inline bool
read_tag(struct frame_memory *memory, const char *at, const char *end,
    struct syslog *out, int *kind)
{
	size_t len = (size_t)(end - at);
	const struct known_tag *tag;
	const char *p;

	if (len < TAG_READ)
		return false;
	tag = tag_slot(memory, at);
	if (tag->len == 0 || len < tag->len ||
	    !octets_same(at, tag->text, tag->len))
		tag = learn_tag(memory, at, len);
	if (tag == NULL)
		return false;
	*kind = tag->kind;
	if (tag->kind == TAG_OTHER)
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

int
postfix_frame(struct frame_memory *memory, const char *line, size_t len,
    struct syslog *out, struct postfix_line *to)
{
	const struct frame_form *form = form_of(memory, line, len);
	const char *end = line + len;
	int kind = TAG_OTHER;
	bool known = false;

	if (form != NULL && form->modern) {
		known = read_modern(line + form->tag, end, out);
		kind = known ? kind_of_tag(out->tag) : TAG_OTHER;
	} else if (form != NULL) {
		known = read_tag(memory, line + form->tag, end, out, &kind);
	}
	if (known) {
		out->stamp.at = line + form->stamp;
		out->stamp.len = form->stamp_end - form->stamp;
		to->form = form->number;
		to->second = form->second;
		return kind;
	}
	if (!syslog_frame(line, len, out))
		return TAG_OTHER;
	remember(memory, line, out);
	return kind_of_tag(out->tag);
}
