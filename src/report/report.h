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
};

extern const struct report_ops report_json, report_csv, report_markdown;

#endif
