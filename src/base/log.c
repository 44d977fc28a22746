/* The log: where lines go, how much is said, and their form. */
/* SPDX-License-Identifier: MIT */
#include "sendtop/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include "sendtop/day.h"
#include "sendtop/text.h"

enum { LINE_SIZE = 4096 };

/* The log sink: stderr until log_to said something else. */
static struct {
	bool set;
	FILE *stream;
	enum log_level most;
} sink = { .most = LOG_LEVEL_INFO };

static const char *const level_names[] = {
	[LOG_LEVEL_ERROR] = "error",
	[LOG_LEVEL_WARN] = "warn",
	[LOG_LEVEL_INFO] = "info",
	[LOG_LEVEL_DEBUG] = "debug",
};

void
log_to(FILE *stream, enum log_level most)
{
	sink.set = true;
	sink.stream = stream;
	sink.most = most;
}

static void write_line(FILE *stream, enum log_level level, const char *fmt,
    va_list args) PRINTF(3, 0);

static void
write_line(FILE *stream, enum log_level level, const char *fmt, va_list args)
{
	char raw[LINE_SIZE], text[LINE_SIZE], when[TIME_TEXT_SIZE];

	if (vsnprintf(raw, sizeof(raw), fmt, args) < 0)
		snprintf(raw, sizeof(raw), "%s", fmt);
	text_printable(text, sizeof(text), raw, strlen(raw));
	fprintf(stream, "%s %s: %s\n", time_text(when, clock_utc_s()),
	    level_names[level], text);
	fflush(stream);
}

void
log_write(enum log_level level, const char *fmt, ...)
{
	FILE *stream = sink.set ? sink.stream : stderr;
	int saved = errno;
	va_list args;

	if (stream == NULL || level > sink.most)
		return;
	va_start(args, fmt);
	write_line(stream, level, fmt, args);
	va_end(args);
	errno = saved;
}
