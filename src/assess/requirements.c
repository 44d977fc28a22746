/* Judges the requirements of Gmail's sender guidelines. */
/* SPDX-License-Identifier: MIT */
#include "requirements.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phrase.h"
#include "sendtop/address.h"
#include "sendtop/day.h"
#include "sendtop/text.h"

/* A measure older than this many published days decides nothing. */
enum { FRESH_DAYS = 7, WORD_SIZE = 64 };

/* One row at work. */
struct judging {
	const struct requirement_row *row;
	const struct history *h;
	/* Those not muted, worst first, NULL at the end. */
	const struct finding *const *findings;
	struct requirement_judgement *out;
};

static void why(struct requirement_judgement *out, const char *fmt, ...)
    PRINTF(2, 3);

static void
why(struct requirement_judgement *out, const char *fmt, ...)
{
	va_list ap;

	if (out->why_count == WHY_MAX)
		return;
	va_start(ap, fmt);
	phrase_list(out->why[out->why_count], WHY_SIZE, fmt, ap);
	va_end(ap);
	out->why_count++;
}

static bool
is_trouble(enum verdict verdict)
{
	return verdict == VERDICT_FAIL || verdict == VERDICT_WARN;
}

static bool
is_fine(enum verdict verdict)
{
	return verdict == VERDICT_PASS || verdict == VERDICT_NOTE;
}

static enum verdict
worse(enum verdict a, enum verdict b)
{
	return verdict_weight(a) >= verdict_weight(b) ? a : b;
}

/* What sources say together: the worst, or where any one is enough the best,
 * with "cannot be told" between the two. */
static enum verdict
join(const struct requirement_row *row, enum verdict a, enum verdict b)
{
	if (a == VERDICT_SKIP || b == VERDICT_SKIP)
		return a == VERDICT_SKIP ? b : a;
	if (!row->any)
		return worse(a, b);
	if (is_fine(a) != is_fine(b))
		return is_fine(a) ? a : b;
	if (a == VERDICT_UNKNOWN || b == VERDICT_UNKNOWN)
		return VERDICT_UNKNOWN;
	return worse(a, b) == a ? b : a;
}

static bool
names_reason(const struct source *source, const char *reason)
{
	size_t i;

	for (i = 0; i < source->reason_count; i++)
		if (strcmp(source->reasons[i], reason) == 0)
			return true;
	return false;
}

/* A check that has several things to say of a subject gives the worst as its
 * reason and the others in its detail, as "; REASON: TEXT". */
static bool
mentions_reason(const struct source *source, const struct finding *f)
{
	char mark[WORD_SIZE];
	size_t i;

	for (i = 0; i < source->reason_count; i++) {
		snprintf(mark, sizeof(mark), "; %s: ", source->reasons[i]);
		if (strstr(f->detail, mark) != NULL)
			return true;
	}
	return false;
}

static bool
concerns(const struct source *source, const struct finding *f)
{
	struct address address;

	if (strcmp(f->check, source->name) != 0 || f->verdict == VERDICT_SKIP)
		return false;
	return source->family == 0 ||
	    (address_parse(f->subject, &address) &&
		address.family == source->family);
}

/* With a list of reasons only these count: behind a failure of another kind
 * the row cannot be told, anything else is in order. */
static enum verdict
weigh(const struct source *source, const struct finding *f)
{
	if (source->reasons == NULL)
		return f->verdict == VERDICT_NOTE ? VERDICT_PASS : f->verdict;
	if (f->verdict == VERDICT_UNKNOWN || names_reason(source, f->reason))
		return f->verdict;
	if (mentions_reason(source, f))
		return VERDICT_NOTE;
	return f->verdict == VERDICT_FAIL ? VERDICT_SKIP : VERDICT_PASS;
}

/* VERDICT_SKIP: the source says nothing.  Of several subjects of one check
 * (DKIM selectors, addresses) the best decides where any is enough. */
static enum verdict
by_check(const struct judging *j, const struct source *source)
{
	enum verdict all = VERDICT_SKIP, verdict;
	size_t i;

	for (i = 0; j->findings[i] != NULL; i++)
		if (concerns(source, j->findings[i]))
			all = join(j->row, all, weigh(source, j->findings[i]));
	if (!is_trouble(all) && all != VERDICT_NOTE)
		return all;
	for (i = 0; j->findings[i] != NULL; i++) {
		const struct finding *f = j->findings[i];

		if (!concerns(source, f))
			continue;
		verdict = weigh(source, f);
		if (is_trouble(verdict) || verdict == VERDICT_NOTE)
			why(j->out, "%s/%s/%s", f->check, f->subject,
			    f->reason);
	}
	return all;
}

static bool
from(double value, double line)
{
	return !isnan(line) && ratio_reaches(value, line);
}

static bool
below(double value, double line)
{
	return !isnan(line) && !ratio_reaches(value, line);
}

static bool
is_muted(const struct history *h, enum metric metric)
{
	return history_muted(h, metric_row(metric)->name) ||
	    (metric == METRIC_SPAM_RATE && history_muted(h, "spam_band"));
}

static enum verdict
by_measure(const struct judging *j, const struct source *source)
{
	char percent[NUMBER_SIZE], words[DAY_TEXT_SIZE];
	enum verdict verdict = VERDICT_PASS;
	int32_t newest = j->h->newest_day, day;
	double value;

	if (is_muted(j->h, source->metric))
		return VERDICT_SKIP;
	if (newest == DAY_NONE || newest > j->h->today)
		newest = j->h->today;
	day = history_newest(j->h, source->metric, newest, &value);
	if (day == DAY_NONE || newest - day >= FRESH_DAYS)
		return VERDICT_SKIP;
	if (from(value, source->fail_from) || below(value, source->fail_below))
		verdict = VERDICT_FAIL;
	else if (from(value, source->warn_from) ||
	    below(value, source->warn_below))
		verdict = VERDICT_WARN;
	if (verdict != VERDICT_PASS)
		why(j->out, "%s/%s/%s%%", source->name, day_text(words, day),
		    text_percent(percent, sizeof(percent), value));
	return verdict;
}

/* Of Google's answers on the domain and on the registrable domain the worse
 * counts; a word that sendtop does not know is kept as it came. */
static enum verdict
by_google(
    const struct judging *j, const struct source *source, const char **google)
{
	enum verdict verdict = VERDICT_SKIP;
	size_t i;

	for (i = 0; j->findings[i] != NULL; i++) {
		const struct finding *f = j->findings[i];

		if (strcmp(f->check, source->name) != 0)
			continue;
		if (verdict == VERDICT_SKIP) {
			verdict = f->verdict;
			*google = f->verdict == VERDICT_FAIL ? "needs_work"
							     : f->reason;
		}
		if (f->verdict == VERDICT_FAIL)
			why(j->out, "%s/%s/%s", f->check, f->subject,
			    f->reason);
	}
	return verdict;
}

static enum verdict
judge_ours(const struct judging *j)
{
	enum verdict ours = VERDICT_SKIP, one;
	size_t i;

	for (i = 0; i < j->row->source_count; i++) {
		const struct source *source = &j->row->sources[i];

		if (source->kind == SOURCE_GOOGLE)
			continue;
		one = source->kind == SOURCE_CHECK ? by_check(j, source)
						   : by_measure(j, source);
		ours = join(j->row, ours, one);
	}
	if (j->row->any && !is_trouble(ours))
		j->out->why_count = 0;
	return ours;
}

static enum verdict
judge_google(const struct judging *j)
{
	enum verdict all = VERDICT_SKIP, one, joined;
	size_t whys = j->out->why_count, i;
	const char *word = "";

	for (i = 0; i < j->row->source_count; i++) {
		if (j->row->sources[i].kind != SOURCE_GOOGLE)
			continue;
		one = by_google(j, &j->row->sources[i], &word);
		joined = join(j->row, all, one);
		if (one != VERDICT_SKIP && joined == one && joined != all)
			j->out->google = word;
		all = joined;
	}
	if (j->row->any && !is_trouble(all))
		j->out->why_count = whys;
	return all;
}

/* A row about one family of addresses is none for senders without any. */
static bool
is_about_nobody(const struct judging *j)
{
	const struct source *source = &j->row->sources[0];
	bool others = false;
	size_t i;

	if (j->row->source_count != 1 || source->family == 0)
		return false;
	for (i = 0; j->findings[i] != NULL; i++) {
		if (concerns(source, j->findings[i]))
			return false;
		others = others ||
		    strcmp(j->findings[i]->check, source->name) == 0;
	}
	return others;
}

/* What keeps a row from being told: the checks that could not tell. */
static void
tell_unknown(const struct judging *j)
{
	size_t i, k;

	j->out->why_count = 0;
	for (i = 0; i < j->row->source_count; i++) {
		const struct source *source = &j->row->sources[i];

		for (k = 0;
		     source->kind == SOURCE_CHECK && j->findings[k] != NULL;
		     k++) {
			const struct finding *f = j->findings[k];

			if (concerns(source, f) &&
			    f->verdict == VERDICT_UNKNOWN)
				why(j->out, "%s/%s/%s", f->check, f->subject,
				    f->reason);
		}
	}
}

static enum verdict
cap(enum verdict verdict, enum verdict most)
{
	return verdict == VERDICT_FAIL && most == VERDICT_WARN ? VERDICT_WARN
							       : verdict;
}

static void
judge(const struct judging *j)
{
	struct requirement_judgement *out = j->out;
	enum verdict ours = judge_ours(j), google = judge_google(j), both;

	both = worse(ours, google);
	/* Where Google's word says nothing, ours stands. */
	if (both == VERDICT_UNKNOWN && ours != VERDICT_SKIP)
		both = ours;
	out->ours = ours == VERDICT_SKIP ? VERDICT_UNKNOWN : ours;
	out->disagrees = (google == VERDICT_FAIL && is_fine(ours)) ||
	    (google == VERDICT_PASS && ours == VERDICT_FAIL);
	out->verdict = both == VERDICT_SKIP ? VERDICT_UNKNOWN
					    : cap(both, j->row->most);
	if (is_about_nobody(j))
		out->applies = false;
	if (!out->applies)
		out->verdict = VERDICT_SKIP;
	if (out->verdict == VERDICT_UNKNOWN)
		tell_unknown(j);
}

void
requirements_assess(const struct requirements *table,
    const struct history *history, bool bulk, struct requirement_judgement *out)
{
	const struct finding **findings = history_findings(history);
	size_t i;

	for (i = 0; i < table->count; i++) {
		const struct requirement_row *row = &table->rows[i];
		struct judging j = {
			.row = row,
			.h = history,
			.findings = findings,
			.out = &out[i],
		};

		memset(&out[i], 0, sizeof(out[i]));
		out[i].row = &row->row;
		out[i].google = "";
		out[i].applies = bulk || !row->bulk_only;
		judge(&j);
	}
	free(findings);
}
