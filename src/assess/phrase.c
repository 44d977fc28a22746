/* Texts of judgements: always whole characters, always printable. */
/* SPDX-License-Identifier: MIT */
#include "phrase.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sendtop/text.h"

enum { RAW_SIZE = 1024 };

void
phrase_list(char *out, size_t size, const char *fmt, va_list args)
{
	char raw[RAW_SIZE];

	vsnprintf(raw, sizeof(raw), fmt, args);
	text_printable(out, size, raw, strlen(raw));
}

void
phrase(char *out, size_t size, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	phrase_list(out, size, fmt, args);
	va_end(args);
}

char *
phrase_line(char out[NUMBER_SIZE], double ratio)
{
	double percent = ratio * 100;
	int digits = 2;

	while (digits < 5 &&
	    fabs(percent * pow(10, digits) - round(percent * pow(10, digits))) >
		1e-6)
		digits++;
	snprintf(out, NUMBER_SIZE, "%.*f", digits, percent);
	return out;
}
