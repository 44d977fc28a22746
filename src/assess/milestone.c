/* What Google's numbers tell, day by day, as a line each for the time line. */
/* SPDX-License-Identifier: MIT */
#include "sendtop/milestone.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "phrase.h"
#include "sendtop/assess.h"
#include "sendtop/day.h"
#include "sendtop/text.h"

enum {
	VOLUME_BEFORE = 14, /* days whose most is the base of a rise */
	VOLUME_KNOWN = 5,   /* of these at least so many with a number */
	VOLUME_LEAST = 1000,
	FEEDBACK_DAYS = 60,
	LISTED_BEFORE = 7,
};
/* A rise begins here and is told when it comes to that. */
static const double RISE_BEGINS = 1.25, RISE_TOLD = 1.5;

struct finds {
	const struct history *h;
	struct milestone *items;
	size_t count, max;
};

static void add(struct finds *finds, int32_t day, enum verdict verdict,
    const char *fmt, ...) PRINTF(4, 5);

/* Newest first, of one day the worst first; the oldest gives way. */
static void
add(struct finds *finds, int32_t day, enum verdict verdict, const char *fmt,
    ...)
{
	struct milestone *items = finds->items;
	size_t i = finds->count;
	va_list args;

	while (i > 0 &&
	    (items[i - 1].day < day ||
		(items[i - 1].day == day &&
		    verdict_weight(items[i - 1].verdict) <
			verdict_weight(verdict))))
		i--;
	if (i == finds->max)
		return;
	if (finds->count == finds->max)
		finds->count--;
	memmove(&items[i + 1], &items[i], (finds->count - i) * sizeof(*items));
	finds->count++;
	items[i].day = day;
	items[i].verdict = verdict;
	va_start(args, fmt);
	phrase_list(items[i].text, sizeof(items[i].text), fmt, args);
	va_end(args);
}

/* --- measures that cross a line ------------------------------------------- */

/* A number on the wrong side of `line`; of one measure the graver line comes
 * first and hides the others on its day. */
static const struct crossing {
	enum metric metric;
	double line;
	enum verdict verdict;
	const char *word;
} crossings[] = {
	{ METRIC_SPAM_RATE, SPAM_VIOLATION, VERDICT_FAIL, "violation" },
	{ METRIC_SPAM_RATE, SPAM_WATCH, VERDICT_WARN, "watch" },
	{ METRIC_REJECT_RATE, 0.05, VERDICT_FAIL, "" },
	{ METRIC_REJECT_RATE, 0.01, VERDICT_WARN, "" },
	{ METRIC_TEMP_FAIL_RATE, 0.05, VERDICT_FAIL, "" },
	{ METRIC_TEMP_FAIL_RATE, 0.01, VERDICT_WARN, "" },
	{ METRIC_REJECT_LOW_DOMAIN_RATE, 0.001, VERDICT_WARN, "" },
	{ METRIC_REJECT_LOW_IP_RATE, 0.001, VERDICT_WARN, "" },
	{ METRIC_REJECT_SPAMMY_RATE, 0.001, VERDICT_WARN, "" },
	{ METRIC_REJECT_RBL_RATE, 0.001, VERDICT_WARN, "" },
	{ METRIC_REJECT_PTR_RATE, 0.001, VERDICT_WARN, "" },
	{ METRIC_REJECT_POLICY_RATE, 0.001, VERDICT_WARN, "" },
	{ METRIC_TEMP_FAIL_ANOMALOUS_RATE, 0.001, VERDICT_WARN, "" },
	{ METRIC_AUTH_SPF, 0.95, VERDICT_WARN, "" },
	{ METRIC_AUTH_DKIM, 0.95, VERDICT_WARN, "" },
	{ METRIC_AUTH_DMARC, 0.95, VERDICT_WARN, "" },
	{ METRIC_TLS_INBOUND, 0.95, VERDICT_WARN, "" },
};
enum { CROSSINGS = sizeof(crossings) / sizeof(*crossings) };

/* The gravest line of the measure that the value is beyond; NULL: none. */
static const struct crossing *
beyond(size_t first, double value)
{
	enum metric metric = crossings[first].metric;
	bool high_is_bad = !metric_row(metric)->higher_is_better;

	for (size_t i = first; i < CROSSINGS && crossings[i].metric == metric;
	     i++)
		if (ratio_reaches(value, crossings[i].line) == high_is_bad)
			return &crossings[i];
	return NULL;
}

static void
tell_crossing(struct finds *finds, size_t row, int32_t day, double was,
    double value, const struct crossing *over)
{
	enum metric metric = crossings[row].metric;
	const char *label = metric == METRIC_SPAM_RATE
	    ? "spam rate"
	    : metric_row(metric)->label;
	char now[NUMBER_SIZE], before[NUMBER_SIZE], line[NUMBER_SIZE];
	bool low_is_bad = metric_row(metric)->higher_is_better;
	/* Back in order means below the mildest line. */
	const struct crossing *of = over;

	if (of == NULL)
		for (of = &crossings[row];
		     of + 1 < crossings + CROSSINGS && of[1].metric == metric;
		     of++)
			;
	add(finds, day, over != NULL ? over->verdict : VERDICT_PASS,
	    "%s %s %% (%s %s %%%s%s), was %s %%", label,
	    text_percent(now, sizeof(now), value),
	    (over != NULL) == low_is_bad ? "<" : ">=",
	    phrase_line(line, of->line),
	    over != NULL && over->word[0] != '\0' ? ": " : "",
	    over != NULL ? over->word : "",
	    text_percent(before, sizeof(before), was));
}

/* Each day on which the line that was crossed is another one than before. */
static void
find_crossings(struct finds *finds, size_t row)
{
	const struct history *h = finds->h;
	const struct crossing *before = NULL;
	double value, was = (double)NAN;

	for (int32_t day = h->first_day; day <= h->today; day++) {
		const struct crossing *over;

		if (history_value(h, crossings[row].metric, day, &value) !=
		    DATA_VALUE)
			continue;
		over = beyond(row, value);
		if (!isnan(was) && over != before)
			tell_crossing(finds, row, day, was, value, over);
		was = value;
		before = over;
	}
}

/* --- volume ---------------------------------------------------------------- */

static double
most_before(const struct history *h, int32_t day)
{
	enum volume_source source;
	double most = 0;
	int known = 0;

	for (int i = 1; i <= VOLUME_BEFORE; i++) {
		double volume = volume_on(h, day - i, &source);

		if (isnan(volume))
			continue;
		known++;
		most = fmax(most, volume);
	}
	return known >= VOLUME_KNOWN ? most : (double)NAN;
}

/* A rise under way: its base stays that of its first day. */
struct rise {
	int32_t day; /* DAY_NONE: none */
	double base, peak;
	int32_t peak_day;
};

static void
tell_rise(struct finds *finds, const struct rise *rise)
{
	char base[NUMBER_SIZE], peak[NUMBER_SIZE], day[DAY_TEXT_SIZE];

	if (rise->day == DAY_NONE || rise->peak < rise->base * RISE_TOLD)
		return;
	add(finds, rise->day, VERDICT_NOTE,
	    "volume rises to %s on %s, x%.1f of the most before (%s)",
	    text_count(peak, sizeof(peak), rise->peak),
	    day_short(day, rise->peak_day), rise->peak / rise->base,
	    text_count(base, sizeof(base), rise->base));
}

static void
find_rises(struct finds *finds)
{
	struct rise rise = { .day = DAY_NONE };
	const struct history *h = finds->h;
	enum volume_source source;

	for (int32_t day = h->first_day; day <= h->today; day++) {
		double volume = volume_on(h, day, &source);

		if (isnan(volume))
			continue;
		if (rise.day == DAY_NONE) {
			double base = most_before(h, day);

			if (volume < VOLUME_LEAST ||
			    !(volume >= base * RISE_BEGINS) || !(base > 0))
				continue;
			rise = (struct rise){ day, base, volume, day };
		} else if (volume < rise.base) {
			tell_rise(finds, &rise);
			rise.day = DAY_NONE;
		} else if (volume > rise.peak) {
			rise.peak = volume;
			rise.peak_day = day;
		}
	}
	tell_rise(finds, &rise);
}

/* --- feedback loops --------------------------------------------------------- */

/* The identifier's row before that; NULL when it was not listed. */
static const struct feedback *
listed_before(const struct history *h, size_t i)
{
	const struct feedback *f = &h->feedback[i];

	for (i++; i < h->feedback_count &&
	     h->feedback[i].day >= f->day - LISTED_BEFORE;
	     i++)
		if (h->feedback[i].by_dkim == f->by_dkim &&
		    h->feedback[i].day < f->day &&
		    strcmp(h->feedback[i].id, f->id) == 0)
			return &h->feedback[i];
	return NULL;
}

/* The rows of a day stand together. */
static bool
is_of(const struct history *h, size_t i, const struct feedback *f)
{
	return !h->feedback[i].by_dkim && strcmp(h->feedback[i].id, f->id) == 0;
}

/* Listed by the From: domain too, for the same day. */
static bool
is_twin(const struct history *h, size_t i)
{
	const struct feedback *f = &h->feedback[i];

	if (!f->by_dkim)
		return false;
	for (size_t k = i; k > 0 && h->feedback[k - 1].day == f->day; k--)
		if (is_of(h, k - 1, f))
			return true;
	for (size_t k = i + 1;
	     k < h->feedback_count && h->feedback[k].day == f->day; k++)
		if (is_of(h, k, f))
			return true;
	return false;
}

/* Where an identifier's complaints reach the line and did not before.  Of days
 * that were not asked for nobody can say "not listed". */
static void
find_feedback(struct finds *finds)
{
	const struct history *h = finds->h;

	for (size_t i = 0; i < h->feedback_count &&
	     h->feedback[i].day > h->today - FEEDBACK_DAYS;
	     i++) {
		const struct feedback *f = &h->feedback[i], *before;
		char rate[NUMBER_SIZE];

		if (isnan(f->rate) || !ratio_reaches(f->rate, SPAM_WATCH))
			continue;
		before = listed_before(h, i);
		if ((before == NULL &&
			(h->asked_first == DAY_NONE ||
			    f->day - LISTED_BEFORE < h->asked_first)) ||
		    (before != NULL &&
			ratio_reaches(before->rate, SPAM_WATCH)) ||
		    is_twin(h, i))
			continue;
		add(finds, f->day,
		    ratio_reaches(f->rate, SPAM_VIOLATION) ? VERDICT_FAIL
							   : VERDICT_WARN,
		    "feedback loop %s: %s %% spam%s", f->id,
		    text_percent(rate, sizeof(rate), f->rate),
		    before == NULL ? ", not listed before" : "");
	}
}

size_t
milestones_find(
    const struct history *history, struct milestone *out, size_t max)
{
	struct finds finds = { .h = history, .items = out, .max = max };

	if (max == 0)
		return 0;
	for (size_t i = 0; i < CROSSINGS; i++)
		if (i == 0 || crossings[i].metric != crossings[i - 1].metric)
			find_crossings(&finds, i);
	find_rises(&finds);
	find_feedback(&finds);
	return finds.count;
}
