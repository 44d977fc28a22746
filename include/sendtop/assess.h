/* Judgements: pure, from a history to words, numbers and reasons. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_ASSESS_H
#define SENDTOP_ASSESS_H

#include "sendtop/history.h"

/* --- spam band ----------------------------------------------------------- */

#define SPAM_WATCH 0.001
#define SPAM_VIOLATION 0.003
/* Slack for float32: 0.003f must count as 0.003 (see DESIGN, Data). */
#define RATIO_SLACK 1e-9
enum { SPAM_CLOCK_DAYS = 7 };

enum spam_band { SPAM_OK, SPAM_WATCHED, SPAM_VIOLATED, SPAM_UNKNOWN };
const char *spam_band_name(
    enum spam_band band); /* ok watch violation unknown */

/* Whether a ratio is at or above a line, float32 noise aside. */
bool ratio_reaches(double ratio, double line);

struct spam_judgement {
	enum spam_band band;  /* of the newest value, unrounded */
	enum data_state data; /* of the newest published day */
	int32_t day;          /* of the newest value; DAY_NONE */
	double rate;          /* NaN when there is none */
	double mean7;         /* of the values in the 7 days to `day` */
	int mean7_days;       /* how many values that mean has */
	/* 0..7 days in a row below 0.30 %, newest first; days without a
	 * number neither count nor reset. */
	int clean_days;
	bool mitigation; /* Google's support: clean_days is 7, or no
				   violation is known */
	int32_t since;   /* first day of the present band's run */
	double trend;    /* rate minus mean of the 7 days before; NaN */
};
void spam_assess(const struct history *history, struct spam_judgement *out);

/* --- volume and ramp ----------------------------------------------------- */

enum volume_source {
	VOLUME_NONE,
	VOLUME_LOG,    /* L: counted in the own log */
	VOLUME_TLS,    /* T: TLS message count / TLS rate */
	VOLUME_ERRORS, /* E: error count / error rate */
};
/* The mail Gmail saw on a day; NaN and VOLUME_NONE when it cannot be told.  Of
 * a day that the log covers in part, T and E go before L; today's L is what
 * was sent so far. */
double volume_on(
    const struct history *history, int32_t day, enum volume_source *source);
/* What Google counted of it over TLS, whatever the log says; NaN. */
double volume_by_google(const struct history *history, int32_t day);
/* Whether the log covers the day from end to end; true without any log. */
bool volume_is_whole(const struct history *history, int32_t day);
char volume_letter(enum volume_source source); /* L T E, ? */

/* The worst factor wins; how grave each is says ramp_gravity(). */
enum ramp_state { RAMP_GO, RAMP_HOLD, RAMP_BACK_OFF, RAMP_STOP, RAMP_BLIND };
const char *ramp_state_name(enum ramp_state state);
/* go 0, hold 1, blind 2, back_off 3, stop 4.  Blind forbids growth as hold
 * does, so what asks for less mail stands before it. */
int ramp_gravity(enum ramp_state state);

enum { REASONS_MAX = 24, REASON_SIZE = 160 };

/* One factor's word: what it says, with its figure and its source. */
struct reason {
	char key[40];           /* spam_hold, growth_back_off, blind, ... */
	char text[REASON_SIZE]; /* "spam rate 0.118 % on Nov 19 (>= 0.10)" */
	int level;              /* an enum ramp_state or verdict: which */
};
struct reasons {
	struct reason items[REASONS_MAX];
	size_t count;
};
/* Adds a reason behind those of its level and above; past REASONS_MAX the one
 * of the lowest level gives way. */
void reason_add(struct reasons *reasons, int level, const char *key,
    const char *fmt, ...) PRINTF(4, 5);

struct ramp_judgement {
	enum ramp_state state;
	struct reasons reasons; /* worst first */
	int32_t day;            /* newest day with a volume; DAY_NONE */
	double volume;          /* on that day */
	enum volume_source source;
	double base;      /* B; NaN */
	int32_t base_day; /* DAY_NONE: the base is cold, or unknown */
	enum volume_source base_source;
	double growth;      /* V/B; NaN */
	double cap;         /* allowed growth from base */
	double week_growth; /* NaN before it can be told */
	double ceiling;     /* messages tomorrow; NaN unknown */
	double plan;        /* what the own plan has for tomorrow; NaN */
	double target;      /* 0 none */
	int32_t target_day; /* reached at the allowed path; DAY_NONE */
	bool bulk;          /* counts as bulk sender */
	bool bulk_near;     /* 4,000 or more, not latched */
};
void ramp_assess(const struct history *history, struct ramp_judgement *out);

/*
 * The days from tomorrow on, each at its ceiling, until target (0: none) is
 * reached or max steps are filled.  It supposes mail on every day and clean
 * signals: on hold, blind or back off it begins at tomorrow's ceiling and
 * goes on as if the cause ended there, so its dates are the earliest.  0 steps
 * when the state is stop or nothing is known.  Returns how many.
 */
struct ramp_step {
	int32_t day;
	double messages;
};
size_t ramp_path(const struct history *history,
    const struct ramp_judgement *judgement, double target,
    struct ramp_step *out, size_t max);

/* --- a receiver that asks for silence (4.7.28) --------------------------- */

/*
 * Google: on a rate limit send nothing for ten minutes, then over one
 * connection; if that fails ten minutes more, else add connections one at a
 * time.  One row for each identity that a reply names; quotas are per DKIM
 * domain, per SPF domain and per IP, and a reply that names none means all.
 */
enum { SLOWDOWNS_MAX = 16, SLOWDOWN_QUIET_S = 600 };
struct slowdown {
	char identity[280]; /* "dkim news.example.com", ...; "" all of them */
	char provider[24];
	char key[48];          /* of the reply catalogue */
	char reply[16];        /* "421 4.7.28" */
	int64_t count;         /* in the last 24 hours */
	int64_t last_s;        /* the newest such reply */
	int64_t quiet_until_s; /* nothing before that */
	int connections;       /* allowed at history->now_s; 0 while quiet */
	int64_t next_s;        /* when one more is allowed */
};
/* Whether the log was not read, or has no line, for longer than the silence
 * takes: that no such reply came since cannot be told. */
bool slowdowns_unsure(const struct history *history);
/* Those of the last 24 hours, newest first. */
size_t slowdowns_assess(
    const struct history *history, struct slowdown *out, size_t max);

/* --- how mail is sent, seen from the log --------------------------------- */

/* Findings of the checks burst, ip_use and from_use (guidelines G4, D2, D3);
 * texts and array from the arena.  No log: none. */
size_t traffic_findings(
    const struct history *history, struct arena *arena, struct finding **out);

/* --- reputation estimate ------------------------------------------------- */

enum reputation {
	REPUTATION_UNKNOWN,
	REPUTATION_HIGH,
	REPUTATION_MEDIUM,
	REPUTATION_LOW,
	REPUTATION_BAD,
};
const char *reputation_name(enum reputation reputation);

struct reputation_judgement {
	enum reputation estimate;
	struct reasons reasons;
	bool hidden_by_spam_folder; /* low spam rate beside high rejects */
};
void reputation_assess(
    const struct history *history, struct reputation_judgement *out);

#endif
