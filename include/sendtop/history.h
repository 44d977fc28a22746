/* What is known of one domain, as judgements and panels get it. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_HISTORY_H
#define SENDTOP_HISTORY_H

#include "sendtop/finding.h"
#include "sendtop/metric.h"
#include "sendtop/settings.h"
#include "sendtop/traffic.h"

/* How the last poll of the domain ended. */
enum poll_state {
	POLL_NEVER, /* not asked yet, or Postmaster is not connected */
	POLL_OK,
	POLL_DENIED, /* no permission */
	POLL_UNVERIFIED,
	POLL_ABSENT, /* Postmaster does not list the domain */
	POLL_ERROR,
};
const char *poll_state_name(enum poll_state state);

/* A feedback-loop identifier's spam rate on one day. */
struct feedback {
	const char *id; /* printable */
	bool by_dkim;   /* ALL_DKIM; else FROM_HEADER */
	int32_t day;
	double rate; /* NaN: listed, but without a rate */
};

/* What the operator muted: a check, a measure or an event's kind ("": all),
 * and one of its subjects ("": all). */
struct muted {
	const char *check, *subject;
	int64_t until_s; /* 0: for good */
	const char *why;
};

/* A domain's history up to and including the day it is looked at from.
 * Everything is borrowed from whoever made it. */
struct history {
	const char *domain;
	const char *registrable; /* the primary domain; may equal domain */
	int32_t today;           /* the UTC day it is looked at from */
	int64_t now_s;           /* the moment, for clocks and ages */
	/* series[m][i] is metric m on day first_day + i; NaN: no number. */
	int32_t first_day;
	size_t days;
	const double *series[METRIC_COUNT];
	/* What was asked of Postmaster. */
	enum poll_state poll;
	const char *poll_error;          /* one sentence, or "" */
	int64_t fetched_s;               /* last good poll, 0 never */
	int32_t asked_first, asked_last; /* DAY_NONE when never */
	int32_t newest_day; /* newest day Google has published for the
				   account; DAY_NONE when unknown */
	const struct feedback *feedback; /* newest day first */
	size_t feedback_count;
	const struct finding *findings; /* checks and google.*, as of then */
	size_t finding_count;
	bool bulk_latched;         /* 5,000 a day was reached once */
	const struct muted *muted; /* in force; findings are marked by it */
	size_t muted_count;
	/* From the own log; the days' sums are in series[METRIC_LOG_...].
	 * traffic: to Gmail, the hours of the last 15 days, oldest first.
	 * replies: of all providers, newest first, by the hour for two days and
	 * by the day for 30 before, by stream.  log_first_s, log_last_s: stamps
	 * of the oldest and newest line read; 0: no log was ever read. */
	const struct traffic *traffic;
	size_t traffic_count;
	const struct reply_count *replies;
	size_t reply_count;
	const struct sender_seen *senders; /* of the last 30 days */
	size_t sender_count;
	int64_t log_first_s, log_last_s;
	/* What the log tells of the other domains under the registrable one,
	 * messages to Gmail on the days of the series; NULL: not asked. */
	const double *siblings;
	const struct settings_domain *configured; /* or NULL */
	const struct settings_ramp *ramp;
};

/* The state of a number; *value is set for DATA_VALUE, else NaN. */
enum data_state history_value(const struct history *history, enum metric metric,
    int32_t day, double *value);

/* The newest day up to `from` that has a value; DAY_NONE when there is none. */
int32_t history_newest(const struct history *history, enum metric metric,
    int32_t from, double *value);

/* Why there is no number, as a few words for people; a poll that was denied
 * says how. */
const char *data_gap_words(enum poll_state poll, enum data_state data);

/* The finding of a check on a subject (NULL: any), worst first; or NULL.
 * Muted ones count as not there. */
const struct finding *history_finding(
    const struct history *history, const char *check, const char *subject);

/* All findings that are not muted, worst first, in an order that does not
 * depend on the one they came in, so that judgements do not either.  Ends with
 * NULL; free the list with free(3). */
const struct finding **history_findings(const struct history *history);

/* Whether a measure or an event's kind (spam_band, ramp, ...) is muted as a
 * whole. */
bool history_muted(const struct history *history, const char *name);

#endif
