/* The log: one line an event, to stderr or to where main pointed it. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_LOG_H
#define SENDTOP_LOG_H

#include <stdio.h>

#include "sendtop/error.h"

enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARN,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG,
};

/* NULL drops everything (the screen owns the terminal). */
void log_to(FILE *stream, enum log_level most);

/* One line "2026-11-21T03:12:44Z warn: text"; made printable. */
void log_write(enum log_level level, const char *fmt, ...) PRINTF(2, 3);

#endif
