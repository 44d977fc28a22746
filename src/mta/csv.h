/* Lines of CSV (RFC 4180) by the names of their columns. */
/* SPDX-License-Identifier: MIT */
#ifndef MTA_CSV_H
#define MTA_CSV_H

#include "reader.h"

enum { CSV_COLUMNS = 128 };

/* The first line's names, and the fields of the line at hand. */
struct csv {
	char *names; /* the header line's fields, each ended by NUL */
	const char *name[CSV_COLUMNS];
	size_t columns;
	struct buf text;
	struct span field[CSV_COLUMNS];
	size_t fields;
	size_t open; /* lines since quotes were left open; 0: they are not */
};

void csv_fini(struct csv *csv);
/* Takes the names; false when the line has none. */
bool csv_header(struct csv *csv, const char *line, size_t len);
/* Splits a line; false when quotes are open at its end or there are more
 * fields than CSV_COLUMNS. */
bool csv_line(struct csv *csv, const char *line, size_t len);
/* Whether the line goes on with what stood in quotes that a line before left
 * open: such a line is nothing of its own. */
bool csv_goes_on(struct csv *csv, const char *line, size_t len);
/* The field of a column; at NULL: there is no such column, or no field. */
struct span csv_get(const struct csv *csv, const char *name);

#endif
