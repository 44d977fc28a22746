/* Live findings for people: 80 columns, worst first, cure included. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "report/wrap.h"
#include "sendtop/report.h"

enum { INDENT = 8 };

/* Words of a verdict; the colour only repeats what the word says. */
static const struct {
	const char *word, *color;
} looks[] = {
	[VERDICT_PASS] = { "pass", "32" },
	[VERDICT_NOTE] = { "note", "36" },
	[VERDICT_WARN] = { "WARN", "33" },
	[VERDICT_FAIL] = { "FAIL", "1;31" },
	[VERDICT_UNKNOWN] = { "?", "35" },
	[VERDICT_SKIP] = { "skip", "2" },
};

static void
verdict(FILE *out, enum verdict v, bool color)
{
	if (color)
		fprintf(out, "  \033[%sm%-4s\033[0m  ", looks[v].color,
		    looks[v].word);
	else
		fprintf(out, "  %-4s  ", looks[v].word);
}

static void
write_one(FILE *out, const struct finding *f, bool color)
{
	verdict(out, f->verdict, color);
	fprintf(out, "%-11s %s", f->check, f->subject);
	if (f->verdict != VERDICT_PASS || strcmp(f->reason, "ok") != 0)
		fprintf(out, "  %s", f->reason);
	fputc('\n', out);
	if (f->verdict == VERDICT_PASS || f->verdict == VERDICT_SKIP)
		return;
	report_wrap(out, f->detail, INDENT);
	if (f->cure[0] != '\0') {
		fprintf(out, "%*scure:\n", INDENT, "");
		report_cure(out, f->cure, INDENT + 2);
	}
}

static int
by_gravity(const void *a, const void *b)
{
	const struct finding *const *x = a, *const *y = b;

	return finding_compare(*x, *y);
}

void
report_probe_text(FILE *out, const char *domain, const struct finding *findings,
    size_t count, bool color)
{
	const struct finding **sorted = mem_zero(count + 1, sizeof(*sorted));
	size_t tally[VERDICT_SKIP + 1] = { 0 }, i;
	int v;

	for (i = 0; i < count; i++) {
		sorted[i] = &findings[i];
		tally[findings[i].verdict]++;
	}
	qsort(sorted, count, sizeof(*sorted), by_gravity);
	fprintf(out, "%s:", domain);
	for (v = 0; v <= VERDICT_SKIP; v++)
		if (tally[v] > 0)
			fprintf(out, " %zu %s", tally[v],
			    verdict_name((enum verdict)v));
	fputc('\n', out);
	for (i = 0; i < count; i++)
		write_one(out, sorted[i], color);
	fputc('\n', out);
	free(sorted);
}
