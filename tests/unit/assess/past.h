/* Histories for tests, written as rows of text. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_ASSESS_PAST_H
#define TESTS_UNIT_ASSESS_PAST_H

#include "sendtop/history.h"

/* PAST_NEWEST (2026-11-19) is the newest day that Google has published, and
 * it is looked at from two days later.  All days were asked. */
enum {
	PAST_DAYS = 120,
	PAST_NEWEST = 20776,
	PAST_TODAY = PAST_NEWEST + 2,
	PAST_FIRST = PAST_TODAY - PAST_DAYS + 1,
	PAST_FINDINGS = 64,
	PAST_REPLIES = 200,
	PAST_HOURS = 400,
	PAST_SENDERS = 64
};

struct past {
	struct history h;
	double values[METRIC_COUNT][PAST_DAYS];
	struct settings *settings;
	struct settings_domain domain;
	struct finding findings[PAST_FINDINGS];
	struct reply_count replies[PAST_REPLIES];
	struct traffic traffic[PAST_HOURS];
	struct sender_seen senders[PAST_SENDERS];
	struct settings_plan steps[PAST_DAYS];
	struct arena *arena;
};

/*
 * Lines, each one of
 *	MEASURE AGE: VALUE VALUE ...	from the day AGE days before PAST_NEWEST on;
 *					"-" no number, "0.1x7" seven times
 *	volume AGE: ...			sets tls_inbound and tls_inbound_count
 *	log AGE: ...			sets log_delivered_count
 *	finding CHECK SUBJECT VERDICT REASON [DETAIL]
 *	reply MINUTES KEY CATEGORY CODE/ENHANCED COUNT [IDENTITY]
 *					of Gmail, so many minutes ago
 *	sender ADDRESS STREAM COUNT	STREAM "-": none
 *	plan AGE MESSAGES		one step of the own plan
 *	target N
 *	preset WORD
 */
struct past *past_new(const char *rows);
void past_free(struct past *past);

/* One number; NaN takes it away. */
void past_set(struct past *past, enum metric metric, int age, double value);
void past_volume(struct past *past, int age, double volume);
/* The log covers all from one day's start to a moment. */
void past_log_until(struct past *past, int first_age, int64_t last_s);
/* One hour of mail to Gmail, `each` messages in each of its first `minutes`
 * minutes. */
struct traffic *past_hour(
    struct past *past, int64_t hour_s, int minutes, uint32_t each);
void past_finding(struct past *past, const char *check, const char *subject,
    enum verdict verdict, const char *reason, const char *detail);

/* Numbers that are as good as random, and of 0 to 1; from a seed but 0. */
uint64_t past_next(uint64_t *seed);
double past_fraction(uint64_t *seed);

#endif
