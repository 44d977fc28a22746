/* The words and the order of verdicts and findings. */
/* SPDX-License-Identifier: MIT */
#include "sendtop/finding.h"

#include <string.h>

static const struct {
	const char *name;
	int weight;
} rows[] = {
	[VERDICT_PASS] = { "pass", 1 },
	[VERDICT_NOTE] = { "note", 2 },
	[VERDICT_WARN] = { "warn", 4 },
	[VERDICT_FAIL] = { "fail", 5 },
	[VERDICT_UNKNOWN] = { "unknown", 3 },
	[VERDICT_SKIP] = { "skip", 0 },
};
enum { VERDICTS = sizeof(rows) / sizeof(rows[0]) };

const char *
verdict_name(enum verdict verdict)
{
	return (unsigned)verdict < VERDICTS ? rows[verdict].name : "unknown";
}

int
verdict_parse(const char *word)
{
	int i;

	for (i = 0; i < VERDICTS; i++)
		if (strcmp(rows[i].name, word) == 0)
			return i;
	return -1;
}

int
verdict_weight(enum verdict verdict)
{
	return (unsigned)verdict < VERDICTS ? rows[verdict].weight : 0;
}

int
finding_compare(const struct finding *a, const struct finding *b)
{
	int order = verdict_weight(b->verdict) - verdict_weight(a->verdict);

	if (order == 0)
		order = strcmp(a->check, b->check);
	return order != 0 ? order : strcmp(a->subject, b->subject);
}
