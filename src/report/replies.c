/* Replies of receivers, summed up over hours and streams. */
/* SPDX-License-Identifier: MIT */
#include "report/replies.h"

#include <stdlib.h>
#include <string.h>

#include "sendtop/mem.h"

static int
compare_names(const struct reply_count *a, const struct reply_count *b)
{
	int order = strcmp(a->provider, b->provider);

	if (order == 0)
		order = strcmp(a->key, b->key);
	if (order == 0)
		order = strcmp(a->reply, b->reply);
	return order != 0 ? order : strcmp(a->identity, b->identity);
}

/* Alike ones together, the newest of them first. */
static int
by_name(const void *a, const void *b)
{
	const struct reply_count *x = *(const struct reply_count *const *)a;
	const struct reply_count *y = *(const struct reply_count *const *)b;
	int order = compare_names(x, y);

	if (order == 0)
		order = (x->last_s < y->last_s) - (x->last_s > y->last_s);
	return order != 0 ? order : strcmp(x->sample, y->sample);
}

static int
by_count(const void *a, const void *b)
{
	const struct reply_total *x = a, *y = b;

	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return compare_names(x->newest, y->newest);
}

size_t
report_replies(const struct history *history, struct reply_total **out)
{
	size_t total = history->reply_count, count = 0, i;
	const struct reply_count **rows = mem_zero(total + 1, sizeof(*rows));
	struct reply_total *totals = mem_zero(total + 1, sizeof(*totals));

	for (i = 0; i < total; i++)
		rows[i] = &history->replies[i];
	qsort(rows, total, sizeof(*rows), by_name);
	for (i = 0; i < total; i++) {
		if (i == 0 || compare_names(rows[i - 1], rows[i]) != 0)
			totals[count++].newest = rows[i];
		totals[count - 1].count += rows[i]->count;
	}
	free(rows);
	qsort(totals, count, sizeof(*totals), by_count);
	*out = totals;
	return count < REPORT_REPLIES_MAX ? count : REPORT_REPLIES_MAX;
}
