/* The reputation estimate: Google took its own away, the evidence is left. */
/* SPDX-License-Identifier: MIT */
#include "reputation.h"

#include <math.h>
#include <string.h>

#include "sendtop/day.h"
#include "sendtop/text.h"

const char *
reputation_name(enum reputation reputation)
{
	static const char *const names[] = {
		[REPUTATION_UNKNOWN] = "unknown",
		[REPUTATION_HIGH] = "high",
		[REPUTATION_MEDIUM] = "medium",
		[REPUTATION_LOW] = "low",
		[REPUTATION_BAD] = "bad",
	};

	return names[reputation];
}

/* Days with a value at or above the line, among the last `days`. */
static int
days_at(const struct evidence *e, enum metric metric, int days, double line,
    int32_t *last)
{
	int i, count = 0;
	double value;

	*last = DAY_NONE;
	for (i = 0; i < days; i++)
		if (history_value(e->h, metric, e->newest - i, &value) ==
			DATA_VALUE &&
		    ratio_reaches(value, line)) {
			if (count++ == 0)
				*last = e->newest - i;
		}
	return count;
}

static double
largest(const struct evidence *e, enum metric metric, int32_t *day)
{
	double most = 0, value;
	int i;

	*day = DAY_NONE;
	for (i = 0; i < WEEK; i++)
		if (history_value(e->h, metric, e->newest - i, &value) ==
			DATA_VALUE &&
		    value > most) {
			most = value;
			*day = e->newest - i;
		}
	return most;
}

static void
by_rejects(struct evidence *e)
{
	static const enum metric metrics[] = {
		METRIC_REJECT_LOW_DOMAIN_RATE,
		METRIC_REJECT_LOW_IP_RATE,
	};
	const struct settings_ramp *set = e->h->ramp;
	char rate[NUMBER_SIZE], text[DAY_TEXT_SIZE];
	double most;
	int32_t day;
	size_t i;

	for (i = 0; i < sizeof(metrics) / sizeof(metrics[0]); i++) {
		most = largest(e, metrics[i], &day);
		if (day == DAY_NONE ||
		    !ratio_reaches(most, set->reputation_low))
			continue;
		reason_add(&e->out->reasons,
		    ratio_reaches(most, set->reputation_bad) ? REPUTATION_BAD
							     : REPUTATION_LOW,
		    metric_row(metrics[i])->name, "%s: %s %% on %s",
		    metric_row(metrics[i])->label,
		    text_percent(rate, sizeof(rate), most),
		    day_short(text, day));
	}
}

static void
by_spam(struct evidence *e)
{
	struct reasons *reasons = &e->out->reasons;
	char text[DAY_TEXT_SIZE];
	int32_t last;
	int count;

	count = days_at(e, METRIC_SPAM_RATE, WEEK, SPAM_VIOLATION, &last);
	if (count >= 3)
		reason_add(reasons, REPUTATION_BAD, "spam_violation",
		    "spam rate >= 0.30 %% on %d of 7 days", count);
	else if (count > 0)
		reason_add(reasons, REPUTATION_LOW, "spam_violation",
		    "spam rate >= 0.30 %% on %s", day_short(text, last));
	count = days_at(e, METRIC_SPAM_RATE, WEEK, SPAM_WATCH, &last);
	if (count >= 4) {
		reason_add(reasons, REPUTATION_LOW, "spam_watch",
		    "spam rate >= 0.10 %% on %d of 7 days", count);
		return;
	}
	count = days_at(e, METRIC_SPAM_RATE, MONTH, SPAM_WATCH, &last);
	if (count > 0)
		reason_add(reasons, REPUTATION_MEDIUM, "spam_watch",
		    "spam rate >= 0.10 %% on %d of 30 days, last on %s", count,
		    day_short(text, last));
}

static void
by_limits(struct evidence *e)
{
	char rate[NUMBER_SIZE], text[DAY_TEXT_SIZE];
	int32_t day;
	double most;

	most = largest(e, METRIC_TEMP_FAIL_ANOMALOUS_RATE, &day);
	if (day != DAY_NONE)
		reason_add(&e->out->reasons, REPUTATION_MEDIUM, "limited",
		    "limited for unusual traffic: %s %% on %s",
		    text_percent(rate, sizeof(rate), most),
		    day_short(text, day));
}

static void
by_findings(struct evidence *e)
{
	const struct finding *f;

	f = history_finding(e->h, "dnsbl", NULL);
	if (f != NULL && f->verdict == VERDICT_FAIL)
		reason_add(&e->out->reasons, REPUTATION_BAD, "listed",
		    "blocklisted: %s", f->subject);
	f = history_finding(e->h, "google.deliverability", NULL);
	/* Little mail is no fault of a reputation. */
	if (f != NULL && f->verdict == VERDICT_FAIL &&
	    strcmp(f->detail, "MESSAGE_VOLUME_LOW") != 0)
		reason_add(&e->out->reasons, REPUTATION_MEDIUM,
		    "deliverability", "Google's deliverability verdict: %s",
		    f->detail[0] != '\0' ? f->detail : f->reason);
}

/* Seven values, not seven days of the calendar: a gap proves nothing. */
static void
by_silence(struct evidence *e)
{
	double value;
	int i, clean = 0;

	if (e->out->reasons.count > 0)
		return;
	for (i = 0; i < 2 * WEEK; i++)
		if (history_value(e->h, METRIC_SPAM_RATE, e->newest - i,
			&value) == DATA_VALUE)
			clean++;
	if (clean >= WEEK)
		reason_add(&e->out->reasons, REPUTATION_HIGH, "clean",
		    "all of %d days below 0.10 %%, nothing rejected for "
		    "reputation",
		    clean);
}

/* The most of a day that was rejected as spam or for reputation. */
static double
rejected(const struct evidence *e, const char **source)
{
	static const enum metric metrics[] = {
		METRIC_REJECT_SPAMMY_RATE,
		METRIC_REJECT_LOW_DOMAIN_RATE,
		METRIC_REJECT_LOW_IP_RATE,
	};
	double most = 0, logged = reputation_rejected_log(e);
	int32_t day;
	size_t i;

	for (i = 0; i < sizeof(metrics) / sizeof(metrics[0]); i++)
		most = fmax(most, largest(e, metrics[i], &day));
	*source = logged > most ? "own log" : "Postmaster";
	return fmax(most, logged);
}

/* Mail that goes straight to the spam folder leaves the rate's denominator,
 * so the rate looks best when things are worst.  What is rejected counts
 * beside a high rate or none as well: complaints make no better name. */
static void
by_contrast(struct evidence *e)
{
	char a[NUMBER_SIZE], b[NUMBER_SIZE];
	const char *source;
	double rate, most = rejected(e, &source);
	int32_t day;

	if (!ratio_reaches(most, e->h->ramp->reputation_bad))
		return;
	text_percent(b, sizeof(b), most);
	day = history_newest(e->h, METRIC_SPAM_RATE, e->newest, &rate);
	if (day == DAY_NONE || e->newest - day >= WEEK ||
	    ratio_reaches(rate, SPAM_WATCH)) {
		if (e->out->reasons.count > 0 &&
		    e->out->reasons.items[0].level == REPUTATION_BAD)
			return;
		reason_add(&e->out->reasons, REPUTATION_LOW, "rejected",
		    "%s %% rejected as spam or for reputation (%s)", b, source);
		return;
	}
	e->out->hidden_by_spam_folder = true;
	reason_add(&e->out->reasons, REPUTATION_LOW, "spam_folder",
	    "spam %s %% beside %s %% rejected (%s): mail may go to spam "
	    "unseen",
	    text_percent(a, sizeof(a), rate), b, source);
}

void
reputation_assess(
    const struct history *history, struct reputation_judgement *out)
{
	struct evidence e = {
		.h = history,
		.newest = history->newest_day,
		.out = out,
	};

	memset(out, 0, sizeof(*out));
	if (e.newest == DAY_NONE || e.newest > history->today)
		e.newest = history->today;
	by_rejects(&e);
	reputation_by_log(&e);
	by_spam(&e);
	by_limits(&e);
	by_findings(&e);
	by_contrast(&e);
	by_silence(&e);
	if (out->reasons.count > 0)
		out->estimate = (enum reputation)out->reasons.items[0].level;
}
