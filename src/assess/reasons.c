/* Lists of reasons, the gravest level first. */
/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "phrase.h"
#include "sendtop/assess.h"

void
reason_add(
    struct reasons *reasons, int level, const char *key, const char *fmt, ...)
{
	struct reason *r;
	size_t at;
	va_list ap;

	for (at = reasons->count; at > 0; at--)
		if (reasons->items[at - 1].level >= level)
			break;
	if (at == REASONS_MAX)
		return;
	if (reasons->count < REASONS_MAX)
		reasons->count++;
	memmove(&reasons->items[at + 1], &reasons->items[at],
	    (reasons->count - at - 1) * sizeof(reasons->items[0]));
	r = &reasons->items[at];
	r->level = level;
	snprintf(r->key, sizeof(r->key), "%s", key);
	va_start(ap, fmt);
	phrase_list(r->text, sizeof(r->text), fmt, ap);
	va_end(ap);
}
