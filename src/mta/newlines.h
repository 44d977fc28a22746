/* Where the lines of a block end. */
/* SPDX-License-Identifier: MIT */
#ifndef MTA_NEWLINES_H
#define MTA_NEWLINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { NEWLINES_STEP = 8192 };

struct newlines {
	const char *block;
	size_t len, looked; /* octets of the block, and those looked at */
	bool binary;        /* there were octets that are 0 */
	size_t next, count;
	uint32_t ends[NEWLINES_STEP + 4]; /* in what was looked at last */
};

/* The block must stay; it has less than 4 GiB. */
void newlines_begin(struct newlines *lines, const char *block, size_t len);
/* Looks on until there is one; false: there are no more. */
bool newlines_more(struct newlines *lines);

/* The next one, or NULL; what is before it was looked at. */
static inline const char *
newlines_next(struct newlines *lines)
{
	if (lines->next == lines->count && !newlines_more(lines))
		return NULL;
	return lines->block + lines->ends[lines->next++];
}

#endif
