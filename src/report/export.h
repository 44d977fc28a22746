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
};

struct export_format {
	const char *name;
	void (*head)(FILE *out);
	void (*row)(
	    FILE *out, const struct export_row *row, struct buf *scratch);
};

/* NULL: there is none of that name. */
const struct export_format *export_format(const char *name);

#endif
