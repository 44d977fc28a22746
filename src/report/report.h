/* What a format has to offer. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_REPORT_FORMAT_H
#define SENDTOP_REPORT_FORMAT_H

#include "sendtop/report.h"

struct report_ops {
	const char *name;
	void (*begin)(struct report *r, const struct report_head *head);
	void (*view)(struct report *r, const struct view *view);
	void (*findings)(struct report *r, const char *domain,
	    const struct finding *findings, size_t count);
	void (*end)(struct report *r);
};

struct report {
	const struct report_ops *ops;
	FILE *out;
	size_t domains;  /* written so far */
	char *line;      /* JSON, with head.lines: how each line begins */
	struct buf text; /* JSON: of the domain that is written */
	/* Markdown: what is compared with, and at which domains nothing
	 * changed since. */
	int32_t since; /* 0: nothing is compared */
	struct buf quiet;
	size_t quiet_count;
};

/* A quoted cell of CSV, and what stands behind it; one that a spreadsheet would
 * take for a formula gets an apostrophe before. */
#define CSV_MARKED "=+-@'"
void csv_cell(FILE *out, const char *text, const char *after);

extern const struct report_ops report_json, report_csv, report_markdown;

#endif
