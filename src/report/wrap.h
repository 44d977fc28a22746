/* Text for people, wrapped. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_REPORT_WRAP_H
#define SENDTOP_REPORT_WRAP_H

#include <stddef.h>
#include <stdio.h>

/* Prints text wrapped at spaces to 80 columns, each line indented; a word
 * longer than a line stays whole, so that it can be copied. */
void report_wrap(FILE *out, const char *text, size_t indent);

/* The same behind what stands at the line's start already: the first line is
 * not indented. */
void report_wrap_on(FILE *out, const char *text, size_t indent);

/* A cure: a record as lines to paste, which begin at the line's start as a
 * master file wants it; any other text likewise. */
void report_cure(FILE *out, const char *text, size_t indent);

#endif
