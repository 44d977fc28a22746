/* Reports of one domain's ramp: the table of formats, and its CSV. */
/* SPDX-License-Identifier: MIT */
#include "report/ramp.h"

#include <stdlib.h>
#include <string.h>

#include "report/json_part.h"
#include "sendtop/day.h"

size_t
report_path(const struct history *history, const struct ramp_judgement *ramp,
    struct ramp_step *out)
{
	return ramp_path(history, ramp, ramp->target, out,
	    ramp->target > 0 ? REPORT_PATH_MAX : REPORT_PATH_DAYS);
}

/* As a sending system reads it, and as [domain] plan does. */
static void
write_csv(FILE *out, const struct report_head *head, const struct view *view)
{
	struct ramp_step *steps = mem_zero(REPORT_PATH_MAX, sizeof(*steps));
	size_t count, i;
	char day[DAY_TEXT_SIZE];

	(void)head;
	count = report_path(&view->history, &view->judgements.ramp, steps);
	fputs("day,volume\r\n", out);
	for (i = 0; i < count; i++)
		fprintf(out, "%s,%.0f\r\n", day_text(day, steps[i].day),
		    steps[i].messages);
	free(steps);
}

static const struct {
	const char *name;
	void (*write)(
	    FILE *out, const struct report_head *head, const struct view *view);
} formats[] = {
	{ "text", report_ramp_text },
	{ "json", json_ramp_document },
	{ "csv", write_csv },
};

bool
report_ramp(FILE *out, const char *format, const struct report_head *head,
    const struct view *view)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (strcmp(formats[i].name, format) == 0) {
			formats[i].write(out, head, view);
			return true;
		}
	return false;
}
