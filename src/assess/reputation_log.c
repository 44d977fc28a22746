/* The reputation estimate's evidence from replies in the own log. */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "reputation.h"
#include "sendtop/day.h"
#include "sendtop/text.h"

/* Replies of one category on one day. */
struct told {
	/* What was deferred of the day's attempts, what was rejected of those
	 * that ended: more deferred mail makes no less rejected. */
	double all, permanent;
	int32_t day;
	const char *reply, *rejected; /* the most frequent ones */
	int64_t most, most_rejected;
};

static bool
is_of(const struct reply_count *reply, const char *category, int32_t day)
{
	return day_of(reply->hour_s) == day &&
	    strcmp(reply->provider, PROVIDER_GMAIL) == 0 &&
	    strcmp(reply->category, category) == 0;
}

/* NaN where the log does not cover the day, or too little was sent for a
 * share to mean something. */
static double
attempts_on(const struct history *h, int32_t day, bool ended)
{
	static const enum metric metrics[] = { METRIC_LOG_DELIVERED,
		METRIC_LOG_BOUNCED, METRIC_LOG_DEFERRED };
	double sum = 0, value;
	size_t i;

	for (i = 0; i < (ended ? 2 : 3); i++)
		if (history_value(h, metrics[i], day, &value) == DATA_VALUE)
			sum += value;
	return sum > 0 && sum >= h->ramp->small_volume ? sum : (double)NAN;
}

static void
keep_most(const struct reply_count *r, int64_t *most, const char **reply)
{
	if (r->count < *most ||
	    (r->count == *most && strcmp(r->reply, *reply) >= 0))
		return;
	*most = r->count;
	*reply = r->reply;
}

static struct told
told_on(const struct history *h, const char *category, int32_t day)
{
	struct told told = { .day = day, .reply = "", .rejected = "" };
	double attempts = attempts_on(h, day, false);
	double ended = attempts_on(h, day, true);
	size_t i;

	for (i = 0; i < h->reply_count && !isnan(attempts); i++) {
		const struct reply_count *r = &h->replies[i];

		if (!is_of(r, category, day))
			continue;
		keep_most(r, &told.most, &told.reply);
		if (!r->permanent || isnan(ended)) {
			told.all += (double)r->count / attempts;
			continue;
		}
		told.all += (double)r->count / ended;
		told.permanent += (double)r->count / ended;
		keep_most(r, &told.most_rejected, &told.rejected);
	}
	return told;
}

/* Rejects alone make it bad; deferrals for reputation make it low. */
static void
by_category(struct evidence *e, const char *category, const char *key,
    const char *words)
{
	const struct settings_ramp *set = e->h->ramp;
	struct told worst = { .day = DAY_NONE }, bad = worst, told;
	char rate[NUMBER_SIZE], line[NUMBER_SIZE], day[DAY_TEXT_SIZE];
	bool is_bad;
	int i;

	for (i = 0; i < WEEK; i++) {
		told = told_on(e->h, category, e->h->today - i);
		if (told.all > worst.all)
			worst = told;
		if (told.permanent > bad.permanent)
			bad = told;
	}
	is_bad = bad.day != DAY_NONE &&
	    ratio_reaches(bad.permanent, set->reputation_bad);
	if (worst.day == DAY_NONE ||
	    (!is_bad && !ratio_reaches(worst.all, set->reputation_low)))
		return;
	told = is_bad ? bad : worst;
	reason_add(&e->out->reasons, is_bad ? REPUTATION_BAD : REPUTATION_LOW,
	    key, "%s %% %s for %s on %s (%s; >= %s %%, own log)",
	    text_percent(
		rate, sizeof(rate), is_bad ? told.permanent : told.all),
	    is_bad ? "rejected" : "refused", words, day_short(day, told.day),
	    is_bad ? told.rejected : told.reply,
	    phrase_line(
		line, is_bad ? set->reputation_bad : set->reputation_low));
}

static bool
is_newer(const struct reply_count *a, const struct reply_count *b)
{
	if (b == NULL || a->last_s != b->last_s)
		return b == NULL || a->last_s > b->last_s;
	return strcmp(a->reply, b->reply) < 0;
}

/* Limits seen, however few: who is trusted does not see them. */
static void
by_limits(struct evidence *e)
{
	const struct reply_count *newest = NULL;
	char day[DAY_TEXT_SIZE];
	int64_t count = 0;
	size_t i;

	for (i = 0; i < e->h->reply_count; i++) {
		const struct reply_count *r = &e->h->replies[i];
		int32_t on = day_of(r->hour_s);

		if (on > e->h->today || on <= e->h->today - WEEK ||
		    !is_of(r, "rate_limit", on))
			continue;
		count += r->count;
		if (is_newer(r, newest))
			newest = r;
	}
	if (newest != NULL && count > 0)
		reason_add(&e->out->reasons, REPUTATION_MEDIUM, "limited_log",
		    "limited %lld time%s in 7 days, last on %s (%s, own log)",
		    (long long)count, count == 1 ? "" : "s",
		    day_short(day, day_of(newest->last_s)), newest->reply);
}

void
reputation_by_log(struct evidence *e)
{
	by_category(e, "reputation_domain", "reply_reputation_domain",
	    "low domain reputation");
	by_category(
	    e, "reputation_ip", "reply_reputation_ip", "low IP reputation");
	by_limits(e);
}

double
reputation_rejected_log(const struct evidence *e)
{
	static const char *const categories[] = { "reputation_domain",
		"reputation_ip", "content" };
	double most = 0, sum;
	size_t k;
	int i;

	for (i = 0; i < WEEK; i++) {
		sum = 0;
		for (k = 0; k < sizeof(categories) / sizeof(categories[0]); k++)
			sum += told_on(e->h, categories[k], e->h->today - i)
				   .permanent;
		most = fmax(most, sum);
	}
	return most;
}
