/* One row of an export, in each of its formats. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_REPORT_EXPORT_H
#define SENDTOP_REPORT_EXPORT_H

#include <stdio.h>

#include "sendtop/mem.h"

/* What is NULL or "" is not there: an empty cell, no member.  value is a number as
 * text. */
struct export_row {
	const char *kind, *domain, *at, *until;
	const char *provider, *stream, *name, *subject;
	const char *value, *verdict, *reason, *text, *cure, *record;
	const char *first_seen, *last_seen, *known;
	const char *check, *category, *slow_down;
};

/* The columns in their order, up to EXPORT_COLUMNS. */
enum { EXPORT_COLUMNS = 20 };
const char *export_column(size_t i);
const char *export_get(const struct export_row *row, size_t i);
void export_set(struct export_row *row, size_t i, const char *text);
/* Which column has that name; EXPORT_COLUMNS: none. */
size_t export_find(const char *name, size_t len);

struct export_format {
	const char *name;
	void (*head)(FILE *out);
	void (*row)(
	    FILE *out, const struct export_row *row, struct buf *scratch);
};

/* NULL: there is none of that name. */
const struct export_format *export_format(const char *name);

#endif
