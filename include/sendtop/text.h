/* Text from outside made harmless, and its width on a terminal. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_TEXT_H
#define SENDTOP_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sendtop/mem.h"

/* Decodes one UTF-8 character strictly (no overlong forms, no surrogates, at
 * most U+10FFFF).  Returns the octets it took, 0 if the input is empty or
 * invalid. */
size_t text_decode(const char *s, size_t len, uint32_t *code);

/* Encodes code into out (at least 4 octets); returns the octets used. */
size_t text_encode(uint32_t code, char *out);

/*
 * Writes data as valid, printable UTF-8: controls, DEL and invalid octets
 * become \xNN; format characters (bidi overrides, zero width), line and
 * paragraph separators, private use and unassigned become \u{NNNN}; a tab
 * becomes a space; more than two combining marks on one character are
 * dropped, and one without a character before it becomes \u{NNNN}; a backslash
 * stays.  Cuts at a whole character so that the result
 * with its NUL fits size, ending in "..." when something was cut.  Returns
 * the length without the NUL.
 */
size_t text_printable(char *out, size_t size, const void *data, size_t len);

/* With how many octets from 0x20 to 0x7e it begins, as nearly all text is. */
size_t text_plain_run(const char *s, size_t len);

/* The same as text_printable, at most max octets, from the arena or malloc. */
char *text_printable_arena(
    struct arena *arena, const void *data, size_t len, size_t max);
char *text_printable_dup(const void *data, size_t len, size_t max);

/* vsnprintf, quicker for formats of nothing but %s, %.*s, %d, %u and %zu.
 * Returns the length that the whole text has. */
size_t text_format(char *out, size_t size, const char *fmt, va_list args)
    PRINTF(3, 0);

/* Columns that a character (0, 1 or 2) or a valid UTF-8 text takes; needs no
 * locale. */
int text_code_width(uint32_t code);
size_t text_width(const char *text);

/* Length in octets of the longest start of text that fits in columns. */
size_t text_fit(const char *text, size_t columns);

/* ASCII only, whatever the locale says. */
bool text_equal_nocase(const char *a, const char *b);
bool text_starts_nocase(const char *text, const char *start);
bool text_ends_nocase(const char *text, const char *end);
void text_lower(char *text);

/* Whole-string numbers within bounds; false and *out untouched otherwise.  Of
 * the locale only LC_CTYPE may be set: a point is a point everywhere here. */
bool text_to_int(const char *text, int64_t min, int64_t max, int64_t *out);
bool text_to_double(const char *text, double min, double max, double *out);

/* A count for people: 950, 9.8k, 48.2k, 1.2M; "-" when there is no number.
 * Returns out. */
char *text_count(char *out, size_t size, double count);

/* A ratio as percent, without the sign: two decimals, three when within 0.02
 * of the 0.10 or 0.30 line, so that rounding never moves it over one; "-" when
 * there is no number.  Returns out. */
char *text_percent(char *out, size_t size, double ratio);

/* Seconds for people: 42 s, 12 min, 3 h 20 min, 41 d; rounded down.  Returns
 * out. */
char *text_age(char *out, size_t size, int64_t seconds);

/* Edits (insert, delete, replace, swap neighbours) that turn a into b; SIZE_MAX
 * where one of them is longer than 32 octets. */
size_t text_distance(const char *a, const char *b);

#endif
