/* SMTP replies: finding one, its text, the extensions in it.  Pure. */
/* SPDX-License-Identifier: MIT */
#include "smtp_reply.h"

#include <stdio.h>
#include <string.h>

#include "sendtop/mem.h"
#include "sendtop/text.h"

/* Three digits of which the first is 2 to 5, then nothing, a space or a
 * hyphen, as far as the line is there.  A bare LF is taken for an end. */
static bool
line_begins_well(const char *line, size_t len)
{
	size_t i;

	for (i = 0; i < len && i < 3; i++)
		if (line[i] < '0' || line[i] > '9')
			return false;
	if (len > 0 && (line[0] < '2' || line[0] > '5'))
		return false;
	return len < 4 || line[3] == ' ' || line[3] == '-' || line[3] == '\n' ||
	    line[3] == '\r';
}

static int
line_code(const char *line)
{
	return (line[0] - '0') * 100 + (line[1] - '0') * 10 + line[2] - '0';
}

int
smtp_reply_parse(const char *data, size_t len, struct smtp_reply *reply)
{
	size_t at = 0;

	*reply = (struct smtp_reply){ 0 };
	while (at < len) {
		const char *line = data + at, *end;
		size_t room = len - at;

		if (room > SMTP_LINE_MAX)
			room = SMTP_LINE_MAX;
		if (!line_begins_well(line, room))
			return -1;
		end = memchr(line, '\n', room);
		if (end == NULL)
			return room == SMTP_LINE_MAX ||
				at + room >= SMTP_REPLY_MAX
			    ? -1
			    : 0;
		if (reply->lines == 0)
			reply->code = line_code(line);
		at += (size_t)(end - line) + 1;
		if (line_code(line) != reply->code || at > SMTP_REPLY_MAX ||
		    ++reply->lines > SMTP_LINES_MAX)
			return -1;
		if (line[3] != '-') {
			reply->octets = at;
			return 1;
		}
	}
	return 0;
}

/* The text of the line that begins at *at, behind code and separator and
 * without its end; moves *at to the next line. */
static const char *
line_text(const char *data, size_t octets, size_t *at, size_t *len)
{
	const char *line = data + *at;
	const char *end = memchr(line, '\n', octets - *at);
	size_t n = end != NULL ? (size_t)(end - line) : octets - *at;

	*at += n + (end != NULL ? 1 : 0);
	while (n > 0 && (line[n - 1] == '\r' || line[n - 1] == ' '))
		n--;
	*len = n > 4 ? n - 4 : 0;
	return n > 4 ? line + 4 : "";
}

void
smtp_reply_text(const char *data, const struct smtp_reply *reply, size_t lines,
    char out[SMTP_TEXT_SIZE])
{
	struct buf text = { .max = 2 * SMTP_TEXT_SIZE };
	size_t at = 0;

	buf_printf(&text, "%d", reply->code);
	while (at < reply->octets && lines-- > 0) {
		size_t len;
		const char *line = line_text(data, reply->octets, &at, &len);

		if (len > 0)
			buf_char(&text, ' ');
		buf_add(&text, line, len);
	}
	text_printable(out, SMTP_TEXT_SIZE, text.data, text.len);
	buf_free(&text);
}

static bool
is_starttls(const char *line, size_t len)
{
	char word[9] = { 0 };

	if (len < 8 || (len > 8 && line[8] != ' '))
		return false;
	memcpy(word, line, 8);
	return text_equal_nocase(word, "STARTTLS");
}

bool
smtp_reply_extensions(
    const char *data, const struct smtp_reply *reply, char out[SMTP_EHLO_SIZE])
{
	struct buf list = { .max = 2 * SMTP_EHLO_SIZE };
	bool starttls = false;
	size_t at = 0, len;

	line_text(data, reply->octets, &at, &len);
	while (at < reply->octets) {
		const char *line = line_text(data, reply->octets, &at, &len);

		if (len == 0)
			continue;
		starttls |= is_starttls(line, len);
		if (list.len > 0)
			buf_str(&list, ", ");
		buf_add(&list, line, len);
	}
	text_printable(out, SMTP_EHLO_SIZE, list.data, list.len);
	buf_free(&list);
	return starttls;
}
