/* Words and numbers of a domain as every panel writes them. */
/* SPDX-License-Identifier: MIT */
#include "words.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sendtop/day.h"
#include "sendtop/text.h"

/* Less than this much above or below its mean, a rate is level. */
#define TREND_LEVEL 0.0001

enum role
role_verdict(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_PASS:
		return ROLE_GOOD;
	case VERDICT_NOTE:
		return ROLE_NOTE;
	case VERDICT_WARN:
		return ROLE_WARN;
	case VERDICT_FAIL:
		return ROLE_BAD;
	case VERDICT_UNKNOWN:
		return ROLE_UNKNOWN;
	case VERDICT_SKIP:
		break;
	}
	return ROLE_DIM;
}

enum role
role_state(enum standing_state state)
{
	static const enum role roles[] = {
		[STANDING_OK] = ROLE_GOOD,
		[STANDING_UNKNOWN] = ROLE_UNKNOWN,
		[STANDING_WARNING] = ROLE_WARN,
		[STANDING_CRITICAL] = ROLE_BAD,
	};

	return roles[state];
}

enum role
role_ramp(enum ramp_state state)
{
	static const enum role roles[] = {
		[RAMP_GO] = ROLE_GOOD,
		[RAMP_HOLD] = ROLE_NOTE,
		[RAMP_BACK_OFF] = ROLE_WARN,
		[RAMP_STOP] = ROLE_BAD,
		[RAMP_BLIND] = ROLE_UNKNOWN,
	};

	return roles[state];
}

enum role
role_reputation(enum reputation reputation)
{
	static const enum role roles[] = {
		[REPUTATION_UNKNOWN] = ROLE_UNKNOWN,
		[REPUTATION_HIGH] = ROLE_GOOD,
		[REPUTATION_MEDIUM] = ROLE_NOTE,
		[REPUTATION_LOW] = ROLE_WARN,
		[REPUTATION_BAD] = ROLE_BAD,
	};

	return roles[reputation];
}

enum role
role_band(enum spam_band band)
{
	static const enum role roles[] = {
		[SPAM_OK] = ROLE_GOOD,
		[SPAM_WATCHED] = ROLE_WARN,
		[SPAM_VIOLATED] = ROLE_BAD,
		[SPAM_UNKNOWN] = ROLE_UNKNOWN,
	};

	return roles[band];
}

enum role
role_rate(double rate)
{
	if (isnan(rate))
		return ROLE_DIM;
	if (ratio_reaches(rate, SPAM_VIOLATION))
		return ROLE_BAD;
	return ratio_reaches(rate, SPAM_WATCH) ? ROLE_WARN : ROLE_GOOD;
}

enum verdict
own_verdict(const struct requirement_judgement *r)
{
	return r->ours == VERDICT_FAIL && r->verdict == VERDICT_WARN
	    ? VERDICT_WARN
	    : r->ours;
}

const char *
word_verdict(enum verdict verdict)
{
	if (verdict == VERDICT_FAIL)
		return "FAIL";
	return verdict == VERDICT_WARN ? "WARN" : verdict_name(verdict);
}

const char *
word_state(enum standing_state state)
{
	static const char *const words[] = {
		[STANDING_OK] = "ok",
		[STANDING_UNKNOWN] = "unknown",
		[STANDING_WARNING] = "WARNING",
		[STANDING_CRITICAL] = "CRITICAL",
	};

	return words[state];
}

const char *
word_state_short(enum standing_state state)
{
	static const char *const words[] = {
		[STANDING_OK] = "ok",
		[STANDING_UNKNOWN] = "unkn",
		[STANDING_WARNING] = "WARN",
		[STANDING_CRITICAL] = "CRIT",
	};

	return words[state];
}

const char *
word_ramp(enum ramp_state state)
{
	static const char *const words[] = {
		[RAMP_GO] = "go",
		[RAMP_HOLD] = "HOLD",
		[RAMP_BACK_OFF] = "BACK OFF",
		[RAMP_STOP] = "STOP",
		[RAMP_BLIND] = "BLIND",
	};

	return words[state];
}

char
sign_trend(double trend)
{
	if (isnan(trend) || fabs(trend) < TREND_LEVEL)
		return ' ';
	return trend > 0 ? '^' : 'v';
}

/* What was cancelled says so itself. */
char *
word_request(char out[SENTENCE_SIZE], const struct store_request *request)
{
	static const char *const states[] = { "waits", "runs", "done",
		"failed" };
	const char *result = request->result;
	bool cancelled = strncmp(result, "cancelled", 9) == 0;

	snprintf(out, SENTENCE_SIZE, "%s of %s %s%s%s",
	    request_kind_name(request->kind),
	    request->kind == REQUEST_POLL    ? "Postmaster"
		: request->domain[0] != '\0' ? request->domain
					     : "all domains",
	    cancelled ? "" : states[request->state],
	    result[0] == '\0' || cancelled ? "" : ": ", result);
	return out;
}

char *
word_percent(char out[WORD_SIZE], double ratio)
{
	char number[WORD_SIZE / 2];

	if (isnan(ratio))
		snprintf(out, WORD_SIZE, "-");
	else
		snprintf(out, WORD_SIZE, "%s %%",
		    text_percent(number, sizeof(number), ratio));
	return out;
}

char *
word_number(char out[WORD_SIZE], double number)
{
	char digits[WORD_SIZE];
	size_t at = 0, len;

	if (!(number >= 0) || number > 1e15) {
		snprintf(out, WORD_SIZE, "-");
		return out;
	}
	len = (size_t)snprintf(digits, sizeof(digits), "%.0f", number);
	for (size_t i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			out[at++] = ',';
		out[at++] = digits[i];
	}
	out[at] = '\0';
	return out;
}

char *
word_volume(char out[WORD_SIZE], double volume, enum volume_source source)
{
	char number[WORD_SIZE / 2];

	if (source == VOLUME_NONE || isnan(volume))
		snprintf(out, WORD_SIZE, "-");
	else
		snprintf(out, WORD_SIZE, "%s%s",
		    source == VOLUME_LOG ? "" : "~",
		    text_count(number, sizeof(number), volume));
	return out;
}

char *
word_growth(char out[WORD_SIZE], double growth)
{
	if (isnan(growth))
		snprintf(out, WORD_SIZE, "-");
	else
		snprintf(out, WORD_SIZE, "x%.*f", growth < 100 ? 1 : 0,
		    fmin(growth, 9999));
	return out;
}

char *
word_growth_exact(char out[WORD_SIZE], double growth)
{
	size_t len;

	if (isnan(growth) || growth >= 100)
		return word_growth(out, growth);
	snprintf(out, WORD_SIZE, "x%.2f", growth);
	len = strlen(out);
	if (out[len - 1] == '0')
		out[len - 1] = '\0';
	return out;
}

char *
word_base(char out[WORD_SIZE], const struct ramp_judgement *ramp)
{
	char number[WORD_SIZE / 2];

	if (isnan(ramp->base) || ramp->base_day != DAY_NONE)
		return word_volume(out, ramp->base, ramp->base_source);
	snprintf(out, WORD_SIZE, "%s (cold)",
	    text_count(number, sizeof(number), ramp->base));
	return out;
}

const char *
word_source(enum volume_source source)
{
	switch (source) {
	case VOLUME_LOG:
		return "by the own log";
	case VOLUME_TLS:
		return "by Google's TLS count and rate";
	case VOLUME_ERRORS:
		return "by Google's error count and rate";
	case VOLUME_NONE:
		break;
	}
	return "no counts to tell it from";
}

char *
word_metric(char out[WORD_SIZE], enum metric metric, double value)
{
	if (isnan(value))
		snprintf(out, WORD_SIZE, "-");
	else if (metric_row(metric)->unit == UNIT_RATIO)
		word_percent(out, value);
	else
		text_count(out, WORD_SIZE, value);
	return out;
}

static int
compare_findings(const void *a, const void *b)
{
	const struct finding *const *x = a, *const *y = b;

	return finding_compare(*x, *y);
}

const struct finding **
words_findings(const struct history *history)
{
	size_t n = history->finding_count;
	const struct finding **list = mem_zero(n + 1, sizeof(*list));

	for (size_t i = 0; i < n; i++)
		list[i] = &history->findings[i];
	qsort(list, n, sizeof(*list), compare_findings);
	return list;
}

const char *
words_poll(enum poll_state state)
{
	switch (state) {
	case POLL_DENIED:
		return "Postmaster gives this account no permission for the "
		       "domain: its owner can share it at "
		       "postmaster.google.com";
	case POLL_UNVERIFIED:
		return "Postmaster lists the domain as unverified: publish "
		       "the TXT record that postmaster.google.com shows";
	case POLL_ABSENT:
		return "Postmaster does not list this domain: add and verify "
		       "it at postmaster.google.com";
	case POLL_NEVER:
		return "Postmaster has not been asked about this domain yet";
	case POLL_ERROR:
		return "the last poll of Postmaster failed";
	case POLL_OK:
		break;
	}
	return "";
}

const char *
word_gap(enum poll_state poll, enum data_state state)
{
	return poll == POLL_NEVER ? "unpolled" : data_state_name(state);
}

enum data_state
gap_state(const struct history *history, enum data_state state)
{
	return history->poll == POLL_NEVER && state == DATA_ERROR ? DATA_PENDING
								  : state;
}

void
words_data(char out[SENTENCE_SIZE], const struct history *history,
    enum data_state state)
{
	const char *poll = words_poll(history->poll);

	if (history->poll == POLL_ERROR && history->poll_error[0] != '\0')
		snprintf(
		    out, SENTENCE_SIZE, "%s: %s", poll, history->poll_error);
	else if (poll[0] != '\0')
		snprintf(out, SENTENCE_SIZE, "%s", poll);
	else
		snprintf(out, SENTENCE_SIZE, "%s", data_state_words(state));
}

int32_t
words_last_day(const struct history *history)
{
	if (history->newest_day != DAY_NONE &&
	    history->newest_day < history->today)
		return history->newest_day;
	return history->today;
}

void
points_metric(const struct history *history, enum metric metric, int32_t last,
    int count, struct plot_point *out)
{
	for (int i = 0; i < count; i++) {
		int32_t day = last - (count - 1 - i);

		out[i].state = gap_state(history,
		    history_value(history, metric, day, &out[i].value));
		out[i].role = ROLE_SERIES;
		if (metric == METRIC_SPAM_RATE)
			out[i].role = role_rate(out[i].value);
	}
}

void
points_volume(const struct history *history, int32_t last, int count,
    struct plot_point *out)
{
	for (int i = 0; i < count; i++) {
		int32_t day = last - (count - 1 - i);
		enum volume_source source;
		double rate;

		out[i].value = volume_on(history, day, &source);
		out[i].role = ROLE_SERIES;
		out[i].state = gap_state(history,
		    history_value(history, METRIC_SPAM_RATE, day, &rate));
		if (source == VOLUME_LOG && day == history->today) {
			/* What was sent so far is no day's volume. */
			out[i].value = (double)NAN;
			out[i].state = DATA_PENDING;
		} else if (source != VOLUME_NONE)
			out[i].state = DATA_VALUE;
		else if (out[i].state == DATA_VALUE)
			out[i].state = DATA_WITHHELD;
	}
}
