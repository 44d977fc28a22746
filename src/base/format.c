/* printf's plainest formats, which checks of fleets write by the million. */
/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sendtop/text.h"

enum { DIGITS_MAX = 20 };

struct sink {
	char *out;
	size_t size, len;
	va_list args;
};

static void
put(struct sink *sink, const char *text, size_t len)
{
	size_t room = sink->len < sink->size ? sink->size - sink->len : 0;

	if (room > 0)
		memcpy(sink->out + sink->len, text, len < room ? len : room);
	sink->len += len;
}

static void
put_number(struct sink *sink, uint64_t value, bool negative)
{
	char digits[DIGITS_MAX + 1], *p = digits + sizeof(digits);

	do
		*--p = (char)('0' + value % 10);
	while ((value /= 10) > 0);
	if (negative)
		*--p = '-';
	put(sink, p, (size_t)(digits + sizeof(digits) - p));
}

/* As the C library shows what is not there. */
static const char *
shown(const char *text)
{
	return text != NULL ? text : "(null)";
}

/* The precision of a text. */
static size_t
precise(const char *text, int most)
{
	return most < 0 ? strlen(text) : strnlen(text, (size_t)most);
}

/* Writes what the conversion at spec stands for; its length, 0 if it is none
 * of those known here. */
static size_t
convert(struct sink *sink, const char *spec)
{
	const char *text;
	int number;

	if (spec[1] == 's') {
		text = shown(va_arg(sink->args, const char *));
		put(sink, text, strlen(text));
		return 2;
	}
	if (spec[1] == 'u') {
		put_number(sink, va_arg(sink->args, unsigned), false);
		return 2;
	}
	if (spec[1] == 'd') {
		number = va_arg(sink->args, int);
		put_number(sink,
		    number < 0 ? 0 - (uint64_t)number : (uint64_t)number,
		    number < 0);
		return 2;
	}
	if (spec[1] == 'z' && spec[2] == 'u') {
		put_number(sink, va_arg(sink->args, size_t), false);
		return 3;
	}
	if (spec[1] == '.' && spec[2] == '*' && spec[3] == 's') {
		number = va_arg(sink->args, int);
		text = shown(va_arg(sink->args, const char *));
		put(sink, text, precise(text, number));
		return 4;
	}
	return 0;
}

size_t
text_format(char *out, size_t size, const char *fmt, va_list args)
{
	struct sink sink = { .out = out, .size = size };
	const char *at = fmt;
	size_t n = 1;
	int len;

	va_copy(sink.args, args);
	while (n > 0) {
		/* Too little for a function of the library. */
		for (n = 0; at[n] != '\0' && at[n] != '%'; n++)
			continue;
		put(&sink, at, n);
		at += n;
		if (*at == '\0')
			break;
		n = convert(&sink, at);
		at += n;
	}
	va_end(sink.args);
	if (n == 0 && *at != '\0') {
		/* From its start, by who knows them all. */
		len = vsnprintf(out, size, fmt, args);
		return len < 0 ? 0 : (size_t)len;
	}
	if (size > 0)
		out[sink.len < size ? sink.len : size - 1] = '\0';
	return sink.len;
}
