/* What the ramp's factors share; see RAMP in sendtop(1). */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_ASSESS_RAMP_H
#define SENDTOP_ASSESS_RAMP_H

#include "phrase.h"
#include "sendtop/assess.h"

enum { PATH_DAYS = 365 };

struct ramp {
	const struct history *h;
	const struct settings_ramp *set;
	struct spam_judgement spam;
	int32_t published; /* newest day of Postmaster */
	int32_t newest;    /* newest day of Postmaster or the log */
	bool begun;        /* newest is not over, and not judged yet */
	int32_t sent;      /* newest day with mail; DAY_NONE */
	double present;    /* volume that is held to; NaN: none is known */
	struct ramp_judgement *out;
	/* Volumes from h->first_day on, with room for days to come. */
	double *volumes;
	enum volume_source *sources;
	size_t days;
	/* What Gmail refused for good, by the own log, on h->days days. */
	struct ramp_refused *refused;
};

/* Reads the volumes, with `more` days behind today; ramp_close frees. */
void ramp_open(struct ramp *ramp, const struct history *history, size_t more,
    struct ramp_judgement *out);
void ramp_close(struct ramp *ramp);
/* Sets `begun`, once it is known which day is judged. */
void ramp_note_begun(struct ramp *ramp);

/* Volume on a day; NaN when it cannot be told. */
double ramp_volume(const struct ramp *ramp, int32_t day);

/* Whether the day could be told: mail, none, or too little for a number. */
bool ramp_told(const struct ramp *ramp, int32_t day);

enum volume_source ramp_source(const struct ramp *ramp, int32_t day);

/* The base that licenses growth on `day`: from the 30 days before it, and on
 * which of them; at may be NULL.  When none of them has a volume: the small
 * volume if there was mail before, for then the base is cold again, else
 * NaN; both without a day. */
double ramp_base(const struct ramp *ramp, int32_t day, int32_t *at);

/* The growth allowed on `day` from a base: the preset's tier, cut down for
 * those who send rarely. */
double ramp_cap(const struct ramp *ramp, int32_t day, double base);

/* The mean of the days known in the 7 to `last`; NaN for less than four.  Days
 * without a number are left out, never read as zero. */
double ramp_week(const struct ramp *ramp, int32_t last);

/* The most that `day` may carry so that its week, and those of the six days
 * after it when they carry as much, stay within the limit: who grows from day
 * to day must not be told next week that the sum was too much.  daily: each
 * of these days has mail; else as the week before.  Infinite without a
 * limit. */
double ramp_week_room(const struct ramp *ramp, int32_t day, bool daily);

/* What the domain's own plan has for a day; NaN before its first and without
 * one. */
double ramp_plan(const struct ramp *ramp, int32_t day);

/* How a day's growth alone is judged. */
enum ramp_state ramp_growth_state(
    const struct ramp *ramp, double growth, double cap);

/* NaN counts as no bound. */
double ramp_least(double a, double b);

/* The day on which the path from the judgement's ceiling reaches its target;
 * DAY_NONE when not within a year. */
int32_t ramp_path_end(struct ramp *ramp);

/* --- factors ---------------------------------------------------------------- */

/* Whether the volume is too small for its rates to alarm. */
bool ramp_small(const struct ramp *ramp);
/* Whether the newest volume still says something of the present. */
bool ramp_moving(const struct ramp *ramp);
/* "48.2k L", "~48.2k T": how much, and how that is known. */
char *ramp_about(
    char out[NUMBER_SIZE], double volume, enum volume_source source);

/* Attempts of one day to Gmail in the own log. */
struct ramp_log {
	double delivered, deferred, bounced;
};
/* Why Gmail refuses mail for good: what Postmaster calls so as well. */
enum refusal {
	REFUSED_DOMAIN,
	REFUSED_IP,
	REFUSED_CONTENT,
	REFUSED_PTR,
	REFUSED_POLICY,
	REFUSAL_COUNT
};
struct ramp_refused {
	int64_t count[REFUSAL_COUNT];
	int64_t most[REFUSAL_COUNT]; /* of the reply given most often */
	const char *reply[REFUSAL_COUNT];
};
/* Adds up the replies by the day; ramp_close frees them. */
void ramp_read_refused(struct ramp *ramp);
/* The line from which refusals count: volume must fall, or nothing more be
 * sent. */
double ramp_refused_line(const struct ramp *ramp, enum refusal refusal);
/* Refused for that, see ramp_of_ended(). */
double ramp_refused(const struct ramp *ramp, int32_t day, enum refusal refusal);

/* False when the log does not cover the day. */
bool ramp_log_on(
    const struct history *history, int32_t day, struct ramp_log *out);
/* Of all attempts, of all that ended; NaN where too few for a rate. */
double ramp_deferred(const struct ramp *ramp, int32_t day);
double ramp_bounced(const struct ramp *ramp, int32_t day);
/* So many of all that ended.  Mail that is only deferred does not count: else
 * more of it would make the share of what was refused a smaller one. */
double ramp_of_ended(const struct ramp *ramp, int32_t day, double count);

/* The rate of the newest day with enough mail, today's so far included; what
 * rate_on gets besides the day is passed on. */
double ramp_newest_rate(const struct ramp *ramp,
    double (*rate_on)(const struct ramp *ramp, int32_t day, int which),
    int which, int32_t *at);

/* "; ptr missing: 192.0.2.10" when one of at most three checks shows the
 * fault, else "". */
void ramp_proof(const struct history *history, const char *const checks[3],
    char out[REASON_SIZE]);

/* One factor: looks at one thing, adds its reasons. */
void ramp_log_deferred(struct ramp *ramp);
void ramp_log_bounced(struct ramp *ramp);
void ramp_log_limited(struct ramp *ramp);
void ramp_log_refused(struct ramp *ramp);
void ramp_log_partial(struct ramp *ramp);
void ramp_plan_kept(struct ramp *ramp);
extern void (*const ramp_factors[])(struct ramp *ramp);
extern const size_t ramp_factor_count;

#endif
