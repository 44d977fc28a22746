/* The ramp's factors, one function each. */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phrase.h"
#include "ramp.h"
#include "sendtop/day.h"
#include "sendtop/text.h"

enum { NAMES_SIZE = 80 };

/* The newest value of a rate within the last days that were published: an
 * error of last month holds nobody back. */
static bool
recent(const struct ramp *ramp, enum metric metric, double *value, int32_t *day)
{
	*day = history_newest(ramp->h, metric, ramp->published, value);
	return *day != DAY_NONE &&
	    ramp->published - *day < ramp->set->recent_days;
}

bool
ramp_small(const struct ramp *ramp)
{
	return ramp->present < ramp->set->small_volume;
}

/* Whether the newest volume still says something of the present. */
bool
ramp_moving(const struct ramp *ramp)
{
	return ramp->out->day != DAY_NONE &&
	    ramp->newest - ramp->out->day <= ramp->set->idle_pause_days;
}

/* Only the log counts; the others are reckoned from counts and rates. */
char *
ramp_about(char out[NUMBER_SIZE], double volume, enum volume_source source)
{
	char number[NUMBER_SIZE - 4];

	text_count(number, sizeof(number), volume);
	if (source == VOLUME_NONE)
		snprintf(out, NUMBER_SIZE, "%s", number);
	else
		snprintf(out, NUMBER_SIZE, "%s%s %c",
		    source == VOLUME_LOG ? "" : "~", number,
		    volume_letter(source));
	return out;
}

static void
no_volume(struct ramp *ramp)
{
	if (ramp->out->day != DAY_NONE)
		return;
	if (ramp->h->poll == POLL_OK && ramp->spam.data == DATA_WITHHELD)
		reason_add(&ramp->out->reasons, RAMP_GO, "withheld",
		    "Google withholds its numbers: too little mail");
	else
		reason_add(&ramp->out->reasons, RAMP_BLIND, "no_volume",
		    "no volume is known: %s",
		    data_gap_words(ramp->h->poll, ramp->spam.data));
}

static void
day_growth(struct ramp *ramp)
{
	struct ramp_judgement *out = ramp->out;
	enum ramp_state state = ramp_growth_state(ramp, out->growth, out->cap);
	char v[NUMBER_SIZE], b[NUMBER_SIZE], day[DAY_TEXT_SIZE];

	if (state == RAMP_GO || ramp_small(ramp) || !ramp_moving(ramp))
		return;
	reason_add(&out->reasons, (int)state,
	    state == RAMP_HOLD ? "growth_hold" : "growth_back_off",
	    "%s on %s is x%.2f of the base %s (allowed x%.2f)",
	    ramp_about(v, out->volume, out->source), day_short(day, out->day),
	    out->growth, ramp_about(b, out->base, out->base_source), out->cap);
}

static void
week_growth(struct ramp *ramp)
{
	struct ramp_judgement *out = ramp->out;
	double now, before;
	enum ramp_state state;

	if (!ramp_moving(ramp))
		return;
	now = ramp_week(ramp, out->day);
	before = ramp_week(ramp, out->day - 7);
	if (isnan(now) || isnan(before) || before <= 0 ||
	    before * 7 < ramp->set->week_min)
		return;
	out->week_growth = now / before;
	if (out->week_growth <= ramp->set->week_hold + RATIO_SLACK)
		return;
	state = out->week_growth > ramp->set->week_back_off + RATIO_SLACK
	    ? RAMP_BACK_OFF
	    : RAMP_HOLD;
	reason_add(&out->reasons, (int)state, "week_growth",
	    "this week is x%.1f of the week before (allowed x%.1f)",
	    out->week_growth, ramp->set->week_hold);
}

/* Whether the line was reached on two of the newest three values of a week. */
static bool
two_of_three(const struct ramp *ramp, double line)
{
	int32_t day = ramp->spam.day;
	int seen = 0, reached = 0;
	double value;

	while (seen < 3) {
		day = history_newest(ramp->h, METRIC_SPAM_RATE, day, &value);
		if (day == DAY_NONE || ramp->spam.day - day >= SPAM_CLOCK_DAYS)
			break;
		seen++;
		reached += ratio_reaches(value, line);
		day--;
	}
	return reached >= 2;
}

/* One complaint among few messages is a large rate.  Without a volume the
 * rate is taken at its word. */
static bool
is_sample(const struct ramp *ramp, double line)
{
	double volume = ramp_volume(ramp, ramp->spam.day);

	if (isnan(volume))
		volume = ramp->out->volume;
	return isnan(volume) || volume >= ramp->set->spam_min_volume ||
	    (volume >= ramp->set->small_volume && two_of_three(ramp, line));
}

/* The gravest line that the newest rate reaches and the sample bears out. */
static void
spam_rate(struct ramp *ramp)
{
	const struct settings_ramp *set = ramp->set;
	const struct {
		double line;
		enum ramp_state state;
		const char *key;
	} lines[] = {
		{ set->spam_stop, RAMP_STOP, "spam_stop" },
		{ set->spam_back_off, RAMP_BACK_OFF, "spam_back_off" },
		{ set->spam_hold, RAMP_HOLD, "spam_hold" },
		{ set->spam_note, RAMP_GO, "spam_note" },
	};
	const size_t count = sizeof(lines) / sizeof(lines[0]);
	char rate[NUMBER_SIZE], line[NUMBER_SIZE], day[DAY_TEXT_SIZE];
	size_t first = 0, i;

	if (ramp->spam.band == SPAM_UNKNOWN)
		return;
	while (
	    first < count && !ratio_reaches(ramp->spam.rate, lines[first].line))
		first++;
	if (first == count)
		return;
	for (i = first; i < count; i++)
		if (is_sample(ramp, lines[i].line))
			break;
	reason_add(&ramp->out->reasons,
	    i < count ? (int)lines[i].state : (int)RAMP_GO,
	    i < count ? lines[i].key : "small_sample",
	    "spam rate %s %% on %s (>= %s %%)%s",
	    text_percent(rate, sizeof(rate), ramp->spam.rate),
	    day_short(day, ramp->spam.day),
	    phrase_line(line, lines[i < count ? i : first].line),
	    i == first ? "" : ", small sample");
}

static void
seven_days(struct ramp *ramp)
{
	if (ramp->spam.mitigation || ramp_small(ramp))
		return;
	reason_add(&ramp->out->reasons, RAMP_HOLD, "seven_day_clock",
	    "%d of %d days in a row below 0.30 %%", ramp->spam.clean_days,
	    SPAM_CLOCK_DAYS);
}

static void
unusual_traffic(struct ramp *ramp)
{
	char rate[NUMBER_SIZE], words[DAY_TEXT_SIZE];
	double value;
	int32_t day;

	if (!recent(ramp, METRIC_TEMP_FAIL_ANOMALOUS_RATE, &value, &day) ||
	    value <= 0)
		return;
	reason_add(&ramp->out->reasons, RAMP_GO, "unusual_traffic",
	    "Google saw unusual traffic on %s: %s %% deferred",
	    day_short(words, day), text_percent(rate, sizeof(rate), value));
}

static void
temporary_failures(struct ramp *ramp)
{
	const struct {
		double line;
		enum ramp_state state;
	} lines[] = {
		{ ramp->set->defer_stop, RAMP_STOP },
		{ ramp->set->defer_back_off, RAMP_BACK_OFF },
		{ ramp->set->defer_hold, RAMP_HOLD },
	};
	char rate[NUMBER_SIZE], line[NUMBER_SIZE], words[DAY_TEXT_SIZE];
	double value;
	int32_t day;
	size_t i;

	if (!recent(ramp, METRIC_TEMP_FAIL_RATE, &value, &day) ||
	    ramp_small(ramp) || value <= 0)
		return;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (ratio_reaches(value, lines[i].line))
			break;
	if (i == sizeof(lines) / sizeof(lines[0]))
		return;
	reason_add(&ramp->out->reasons, (int)lines[i].state, "deferred",
	    "%s %% deferred on %s (>= %s %%, Postmaster)",
	    text_percent(rate, sizeof(rate), value), day_short(words, day),
	    phrase_line(line, lines[i].line));
}

/* What Google rejected, how bad that is, and the checks that may prove it. */
static const struct {
	enum metric metric;
	bool stops;
	const char *key, *words;
	const char *checks[3];
} rejects[] = {
	{ METRIC_REJECT_LOW_DOMAIN_RATE, false, "low_domain_reputation",
	    "for low domain reputation", { NULL } },
	{ METRIC_REJECT_LOW_IP_RATE, false, "low_ip_reputation",
	    "for low IP reputation", { NULL } },
	{ METRIC_REJECT_SPAMMY_RATE, false, "spammy_content",
	    "as spammy content", { NULL } },
	{ METRIC_REJECT_PTR_RATE, true, "bad_or_missing_ptr_record",
	    "for a bad or missing PTR", { "ptr" } },
	{ METRIC_REJECT_POLICY_RATE, true, "stamp_policy_error",
	    "by the domain's own policy", { "dkim", "spf", "spf_sender" } },
	{ METRIC_REJECT_RBL_RATE, true, "ip_in_rbls", "for a blocklisted IP",
	    { "dnsbl" } },
};

static void
rejections(struct ramp *ramp)
{
	char rate[NUMBER_SIZE], words[DAY_TEXT_SIZE], proof[REASON_SIZE];
	double value, line;
	int32_t day;
	size_t i;

	for (i = 0; i < sizeof(rejects) / sizeof(rejects[0]); i++) {
		line = rejects[i].stops ? ramp->set->reject_stop
					: ramp->set->reject_back_off;
		if (!recent(ramp, rejects[i].metric, &value, &day) ||
		    ramp_small(ramp) || value <= 0 ||
		    !ratio_reaches(value, line))
			continue;
		ramp_proof(ramp->h, rejects[i].checks, proof);
		reason_add(&ramp->out->reasons,
		    rejects[i].stops ? RAMP_STOP : RAMP_BACK_OFF,
		    rejects[i].key, "%s %% rejected on %s %s%s",
		    text_percent(rate, sizeof(rate), value),
		    day_short(words, day), rejects[i].words, proof);
	}
}

/* One reason for all rows: "Google says needs work: spf, encryption". */
static void
compliance(struct ramp *ramp)
{
	const struct finding **list = history_findings(ramp->h);
	char names[NAMES_SIZE] = "";
	const char *last = "";
	size_t used = 0, i;
	int more = 0;

	for (i = 0; list[i] != NULL; i++) {
		const struct finding *f = list[i];
		const char *name;

		if (strncmp(f->check, "google.", 7) != 0 ||
		    f->verdict != VERDICT_FAIL || strcmp(last, f->check) == 0)
			continue;
		last = f->check;
		name = f->check + 7;
		if (used + strlen(name) + 3 > sizeof(names)) {
			more++;
			continue;
		}
		used += (size_t)snprintf(names + used, sizeof(names) - used,
		    "%s%s", used > 0 ? ", " : "", name);
	}
	free(list);
	if (used > 0 && more > 0)
		reason_add(&ramp->out->reasons, RAMP_HOLD, "compliance",
		    "Google says needs work: %s and %d more", names, more);
	else if (used > 0)
		reason_add(&ramp->out->reasons, RAMP_HOLD, "compliance",
		    "Google says needs work: %s", names);
}

/* Below the volume that a spam rate needs to be believed, Google seldom gives
 * one, and a new sender could never grow out of that. */
static bool
too_little_to_tell(const struct ramp *ramp)
{
	return ramp->spam.data == DATA_WITHHELD &&
	    ramp->present < ramp->set->spam_min_volume;
}

static void
no_rate(struct ramp *ramp)
{
	char text[DAY_TEXT_SIZE];

	if (too_little_to_tell(ramp))
		reason_add(&ramp->out->reasons, RAMP_GO, "withheld",
		    "Google withholds the spam rate: too little mail");
	else if (ramp->spam.day == DAY_NONE)
		reason_add(&ramp->out->reasons, RAMP_HOLD, "no_spam_rate",
		    "no spam rate is known: no growth until there is one");
	else
		reason_add(&ramp->out->reasons, RAMP_HOLD, "no_spam_rate",
		    "no spam rate since %s: no growth until there is one",
		    day_short(text, ramp->spam.day));
}

/* How much volume grew while no spam rate was known; NaN: cannot be told. */
static double
growth_unseen(const struct ramp *ramp)
{
	const struct ramp_judgement *out = ramp->out;
	double then;

	if (!ramp_moving(ramp) || too_little_to_tell(ramp))
		return (double)NAN;
	if (ramp->spam.day == DAY_NONE)
		return out->growth;
	then = ramp_volume(ramp, ramp->spam.day);
	return out->day > ramp->spam.day && then > 0 ? out->volume / then
						     : (double)NAN;
}

/* For how long mail has gone out unseen: since the first day after the newest
 * rate on which there was enough of it for one, or may have been.  Who sends
 * once a week is not blind for resting. */
static int64_t
unseen_days(const struct ramp *ramp)
{
	int32_t today = ramp->h->today, day;
	double volume;

	if (ramp->spam.day == DAY_NONE)
		return INT64_MAX;
	for (day = ramp->spam.day + 1; day <= today; day++) {
		volume = ramp_volume(ramp, day);
		if (isnan(volume) ? !ramp_told(ramp, day)
				  : volume >= ramp->set->small_volume)
			return (int64_t)today - day + 1;
	}
	return 0;
}

static void
blindness(struct ramp *ramp)
{
	const struct settings_ramp *set = ramp->set;
	struct ramp_judgement *out = ramp->out;
	char text[DAY_TEXT_SIZE];
	double growth = growth_unseen(ramp);
	int64_t age = unseen_days(ramp);

	if (out->day == DAY_NONE || ramp_small(ramp) || age < set->blind_days)
		return;
	if (growth < 1 + set->blind_growth - RATIO_SLACK || isnan(growth)) {
		if (age >= set->blind_stop_days)
			no_rate(ramp);
	} else if (ramp->spam.day == DAY_NONE) {
		reason_add(&out->reasons, RAMP_BLIND, "blind",
		    "volume is x%.2f of its base and no spam rate is known",
		    growth);
	} else {
		reason_add(&out->reasons, RAMP_BLIND, "blind",
		    "volume grew x%.2f since the newest spam rate (%s)", growth,
		    day_short(text, ramp->spam.day));
	}
}

static void
idleness(struct ramp *ramp)
{
	struct ramp_judgement *out = ramp->out;
	char text[DAY_TEXT_SIZE];
	int32_t age;

	if (ramp->sent == DAY_NONE)
		return;
	age = ramp->newest - ramp->sent;
	if (age > ramp->set->idle_cold_days)
		reason_add(&out->reasons, RAMP_HOLD, "idle_cold",
		    "no volume since %s: the base is cold, start again small",
		    day_short(text, ramp->sent));
	else if (age > ramp->set->idle_pause_days)
		reason_add(&out->reasons, RAMP_GO, "idle",
		    "no volume since %s: the clock pauses",
		    day_short(text, ramp->sent));
}

/* What all under the registrable domain sent.  What Google counts of a domain
 * may hold its subdomains' mail, so that only logs are added up. */
static double
sent_by_all(const struct ramp *ramp, int32_t day, enum volume_source *source)
{
	double own = ramp_volume(ramp, day), others = (double)NAN;

	*source = ramp_source(ramp, day);
	if (ramp->h->siblings != NULL &&
	    day - ramp->h->first_day < (int32_t)ramp->h->days)
		others = ramp->h->siblings[day - ramp->h->first_day];
	if (!(others > 0))
		return own;
	if (*source == VOLUME_LOG)
		return own + others;
	if (own >= others)
		return own;
	*source = VOLUME_LOG;
	return others;
}

/* The first step of the own plan, in force or to come, that reaches the line's
 * neighbourhood; or NULL. */
static const struct settings_plan *
bulk_step(const struct ramp *ramp)
{
	const struct settings_domain *domain = ramp->h->configured;
	size_t i;

	for (i = 0; domain != NULL && i < domain->step_count; i++)
		if (domain->steps[i].messages >= ramp->set->bulk_warn &&
		    (i + 1 == domain->step_count ||
			domain->steps[i + 1].day > ramp->h->today))
			return &domain->steps[i];
	return NULL;
}

/* 5,000 a day once makes a bulk sender for good; who has no number counts as
 * one, unless Google withholds because there is so little. */
static void
bulk_line(struct ramp *ramp)
{
	struct ramp_judgement *out = ramp->out;
	enum volume_source source = VOLUME_NONE, of;
	double most = 0, volume;
	const struct settings_plan *step = bulk_step(ramp);
	char text[NUMBER_SIZE], on[DAY_TEXT_SIZE];
	bool shared = false;
	int32_t day;

	for (day = ramp->h->first_day; day <= ramp->newest; day++) {
		volume = sent_by_all(ramp, day, &of);
		if (isnan(volume) || volume <= most)
			continue;
		most = volume;
		source = of;
		shared = !(volume <= ramp_volume(ramp, day));
	}
	out->bulk = ramp->h->bulk_latched || most >= ramp->set->bulk_line ||
	    (out->day == DAY_NONE && ramp->spam.data != DATA_WITHHELD);
	if (out->bulk)
		return;
	out->bulk_near = most >= ramp->set->bulk_warn ||
	    out->target >= ramp->set->bulk_warn || step != NULL;
	if (!out->bulk_near)
		return;
	if (most < ramp->set->bulk_warn && out->target < ramp->set->bulk_warn)
		reason_add(&out->reasons, RAMP_GO, "bulk_near",
		    "own plan %s on %s: from %.0f the bulk rules hold for good",
		    text_count(text, sizeof(text), step->messages),
		    day_short(on, step->day), ramp->set->bulk_line);
	else if (most < ramp->set->bulk_warn)
		reason_add(&out->reasons, RAMP_GO, "bulk_near",
		    "target %s a day: from %.0f the bulk rules hold for good",
		    text_count(text, sizeof(text), out->target),
		    ramp->set->bulk_line);
	else
		reason_add(&out->reasons, RAMP_GO, "bulk_near",
		    "%s a day%s%s: from %.0f the bulk rules hold for good",
		    ramp_about(text, most, source), shared ? " in all of " : "",
		    shared ? ramp->h->registrable : "", ramp->set->bulk_line);
}

void (*const ramp_factors[])(struct ramp *ramp) = {
	no_volume,
	day_growth,
	week_growth,
	spam_rate,
	seven_days,
	unusual_traffic,
	temporary_failures,
	ramp_log_deferred,
	ramp_log_bounced,
	ramp_log_limited,
	rejections,
	ramp_log_refused,
	ramp_log_partial,
	compliance,
	blindness,
	idleness,
	bulk_line,
	ramp_plan_kept,
};
const size_t ramp_factor_count = sizeof(ramp_factors) / sizeof(ramp_factors[0]);
