/* Moments as people write them on a command line. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_MOMENT_H
#define SENDTOP_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Reads "2026-11-19 14:02" (or a T between, or RFC 3339), or a day:
 * 2026-11-19, today, yesterday, tomorrow, -3, +7.  A day's moment is its first
 * second or, with at_end, the first one after it.  All UTC.  False: neither.
 */
bool moment_parse(const char *text, int64_t now_s, bool at_end, int64_t *out);

#endif
