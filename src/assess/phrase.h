/* Texts of judgements: always whole characters, always printable. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_ASSESS_PHRASE_H
#define SENDTOP_ASSESS_PHRASE_H

#include <stdarg.h>
#include <stddef.h>

#include "sendtop/error.h"

enum { NUMBER_SIZE = 24 };

/* Like snprintf, but never cuts a character in two: names from outside are
 * in these texts, and they go into JSON and onto the screen. */
void phrase(char *out, size_t size, const char *fmt, ...) PRINTF(3, 4);
void phrase_list(char *out, size_t size, const char *fmt, va_list args)
    PRINTF(3, 0);

/* A line as percent without the sign: "0.30", "0.125", "5.00". */
char *phrase_line(char out[NUMBER_SIZE], double ratio);

#endif
