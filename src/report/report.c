/* The table of formats. */
/* SPDX-License-Identifier: MIT */
#include "report/report.h"

#include <stdlib.h>
#include <string.h>

static const struct report_ops *const rows[] = {
	&report_json,
	&report_csv,
	&report_markdown,
};
enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

const char *
report_format(size_t i)
{
	return i < ROWS ? rows[i]->name : NULL;
}

struct report *
report_begin(const char *format, FILE *out, const struct report_head *head)
{
	struct report *r;
	size_t i;

	for (i = 0; i < ROWS; i++)
		if (strcmp(rows[i]->name, format) == 0)
			break;
	if (i == ROWS)
		return NULL;
	r = mem_zero(1, sizeof(*r));
	r->ops = rows[i];
	r->out = out;
	r->ops->begin(r, head);
	return r;
}

void
report_view(struct report *report, const struct view *view)
{
	report->ops->view(report, view);
	report->domains++;
}

void
report_findings(struct report *report, const char *domain,
    const struct finding *findings, size_t count)
{
	report->ops->findings(report, domain, findings, count);
	report->domains++;
}

bool
report_end(struct report *report)
{
	FILE *out = report->out;

	report->ops->end(report);
	free(report);
	return fflush(out) == 0 && ferror(out) == 0;
}
