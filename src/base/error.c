/* Fills a struct error; whatever was formatted is made printable. */
/* SPDX-License-Identifier: MIT */
#include "sendtop/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sendtop/text.h"

enum { RAW_SIZE = 2 * ERROR_TEXT_SIZE };

/* Formats into raw; a broken format is told by its own text. */
static void format(char raw[RAW_SIZE], const char *fmt, va_list args)
    PRINTF(2, 0);

static void
format(char raw[RAW_SIZE], const char *fmt, va_list args)
{
	if (vsnprintf(raw, RAW_SIZE, fmt, args) < 0)
		snprintf(raw, RAW_SIZE, "%s", fmt);
}

static void
set_text(struct error *err, const char *raw)
{
	text_printable(err->text, sizeof(err->text), raw, strlen(raw));
}

enum status
error_set(struct error *err, enum status status, const char *fmt, ...)
{
	char raw[RAW_SIZE];
	va_list args;

	if (err == NULL)
		return status;
	va_start(args, fmt);
	format(raw, fmt, args);
	va_end(args);
	err->status = status;
	set_text(err, raw);
	return status;
}

enum status
error_system(struct error *err, int errnum, const char *fmt, ...)
{
	char raw[RAW_SIZE], text[RAW_SIZE + 256];
	va_list args;

	if (err == NULL)
		return STATUS_SYSTEM;
	va_start(args, fmt);
	format(raw, fmt, args);
	va_end(args);
	snprintf(text, sizeof(text), "%s: %s", raw, strerror(errnum));
	err->status = STATUS_SYSTEM;
	set_text(err, text);
	return STATUS_SYSTEM;
}

enum status
error_prefix(struct error *err, const char *fmt, ...)
{
	char raw[RAW_SIZE], text[RAW_SIZE + ERROR_TEXT_SIZE + 2];
	va_list args;

	if (err == NULL)
		return STATUS_SYSTEM;
	va_start(args, fmt);
	format(raw, fmt, args);
	va_end(args);
	snprintf(text, sizeof(text), "%s: %s", raw, err->text);
	set_text(err, text);
	return err->status;
}
