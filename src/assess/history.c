/* Reading a history: the five states of a number, and what is newest. */
/* SPDX-License-Identifier: MIT */
#include "sendtop/history.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sendtop/day.h"

/* What is older than this Google has published, or never will. */
enum { LAG_DAYS = 4 };

static double
number(const struct history *h, enum metric metric, int32_t day)
{
	if (h->series[metric] == NULL || day < h->first_day ||
	    (int64_t)day - h->first_day >= (int64_t)h->days)
		return (double)NAN;
	return h->series[metric][day - h->first_day];
}

static bool
was_asked(const struct history *h, int32_t day)
{
	return h->asked_first != DAY_NONE && day >= h->asked_first &&
	    day <= h->asked_last;
}

/* The newest day stands still while nobody asks; Google does not. */
static bool
unpublished(const struct history *h, int32_t day)
{
	if (h->newest_day != DAY_NONE && day <= h->newest_day)
		return false;
	return day > h->today - LAG_DAYS ||
	    (h->newest_day != DAY_NONE && was_asked(h, day));
}

enum data_state
history_value(const struct history *history, enum metric metric, int32_t day,
    double *value)
{
	*value = number(history, metric, day);
	if (!isnan(*value))
		return DATA_VALUE;
	if (metric >= METRIC_GOOGLE)
		return DATA_ERROR; /* no log covers that day */
	if (history->poll == POLL_DENIED || history->poll == POLL_UNVERIFIED ||
	    history->poll == POLL_ABSENT)
		return DATA_DENIED;
	if (history->asked_first == DAY_NONE)
		return DATA_ERROR;
	if (unpublished(history, day))
		return DATA_PENDING;
	return was_asked(history, day) ? DATA_WITHHELD : DATA_ERROR;
}

int32_t
history_newest(const struct history *history, enum metric metric, int32_t from,
    double *value)
{
	int32_t day = from;

	*value = (double)NAN;
	if (history->days == 0)
		return DAY_NONE;
	if ((int64_t)day - history->first_day >= (int64_t)history->days)
		day = history->first_day + (int32_t)history->days - 1;
	for (; day >= history->first_day; day--) {
		*value = number(history, metric, day);
		if (!isnan(*value))
			return day;
	}
	return DAY_NONE;
}

const char *
data_gap_words(enum poll_state poll, enum data_state data)
{
	if (data == DATA_WITHHELD)
		return "Google withholds it: too little mail";
	if (data == DATA_PENDING)
		return "Google has not published it yet";
	if (data == DATA_ERROR && poll == POLL_OK)
		return "Postmaster was not asked about that day";
	if (data == DATA_ERROR)
		return poll == POLL_NEVER ? "Postmaster was not asked yet"
					  : "Postmaster could not be asked";
	if (data == DATA_DENIED && poll == POLL_UNVERIFIED)
		return "the domain is not verified in Postmaster Tools";
	if (data == DATA_DENIED && poll == POLL_ABSENT)
		return "Postmaster Tools does not list the domain";
	if (data == DATA_DENIED)
		return "no permission in Postmaster Tools";
	return "Google gives no count for it";
}

/* finding_compare() and, so that nothing is left to chance, the rest. */
static int
compare(const struct finding *a, const struct finding *b)
{
	int order = finding_compare(a, b);

	if (order == 0)
		order = strcmp(a->reason, b->reason);
	return order != 0 ? order : strcmp(a->detail, b->detail);
}

static int
compare_items(const void *a, const void *b)
{
	return compare(*(const struct finding *const *)a,
	    *(const struct finding *const *)b);
}

const struct finding *
history_finding(
    const struct history *history, const char *check, const char *subject)
{
	const struct finding *worst = NULL, *f;
	size_t i;

	for (i = 0; i < history->finding_count; i++) {
		f = &history->findings[i];
		if (f->muted || strcmp(f->check, check) != 0)
			continue;
		if (subject != NULL && strcmp(f->subject, subject) != 0)
			continue;
		if (worst == NULL || compare(f, worst) < 0)
			worst = f;
	}
	return worst;
}

const struct finding **
history_findings(const struct history *history)
{
	const struct finding **list = mem_zero(
	    history->finding_count + 1, sizeof(const struct finding *));
	size_t i, n = 0;

	for (i = 0; i < history->finding_count; i++)
		if (!history->findings[i].muted)
			list[n++] = &history->findings[i];
	qsort(list, n, sizeof(*list), compare_items);
	return list;
}

bool
history_muted(const struct history *history, const char *name)
{
	size_t i;

	for (i = 0; i < history->muted_count; i++)
		if (history->muted[i].subject[0] == '\0' &&
		    (history->muted[i].check[0] == '\0' ||
			strcmp(history->muted[i].check, name) == 0))
			return true;
	return false;
}
