/* The guidelines' requirements, what a domain amounts to, and its events. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_STANDING_H
#define SENDTOP_STANDING_H

#include "sendtop/assess.h"

/* --- the requirements of Gmail's sender guidelines ----------------------- */

/* One row of share/requirements.json. */
struct requirement {
	const char *id;       /* A2-PTR */
	const char *audience; /* all, bulk, ... */
	const char *title;    /* one line */
	const char *remedy;   /* one sentence */
	const char *page;     /* Google's page */
	bool hard;            /* enforced with reply codes */
};
struct requirements; /* the table */

/* Reads the table from a file (share/requirements.json, at most 1 MiB).
 * Its form and every measure it names are validated. */
enum status requirements_load(
    const char *path, struct requirements **out, struct error *err) MUST_CHECK;
void requirements_free(struct requirements *table);
size_t requirements_count(const struct requirements *table);
/* The row with this id, or NULL. */
const struct requirement *requirements_find(
    const struct requirements *table, const char *id);

enum { WHY_MAX = 8, WHY_SIZE = 128 };
struct requirement_judgement {
	const struct requirement *row;
	enum verdict verdict; /* the worse of ours and Google's, capped by
				   the row; note: could be better, counts as
				   in order; skip: does not apply */
	enum verdict ours;    /* from measures and findings; unknown: they
				   cannot tell */
	const char *google;   /* compliant, needs_work, unspecified, another
				   word kept verbatim, or "" when not asked */
	char why[WHY_MAX][WHY_SIZE]; /* ptr/192.0.2.10/missing,
				   spam_rate/2026-11-19/0.41% */
	size_t why_count;
	bool applies;   /* to this sender (bulk or not) */
	bool disagrees; /* Google and we differ */
};
/* Judges all rows; out has requirements_count entries. */
void requirements_assess(const struct requirements *table,
    const struct history *history, bool bulk,
    struct requirement_judgement *out);

/* --- standing ------------------------------------------------------------ */

enum standing_state {
	STANDING_OK,
	STANDING_UNKNOWN,
	STANDING_WARNING,
	STANDING_CRITICAL,
};
const char *standing_state_name(enum standing_state state);

enum { STANDING_SPARK = 14 };

/* What a domain amounts to now: one row of the overview, flat, so that it can
 * be stored and read back as it is. */
struct standing {
	enum standing_state state;
	int64_t since_s; /* since when it is in that state */
	enum spam_band band;
	enum data_state data; /* of the newest published day's spam rate */
	enum poll_state poll;
	int32_t spam_day;
	double spam_rate, mean7, trend;
	int clean_days;
	double spark[STANDING_SPARK]; /* spam rate, oldest first, to the
					   newest published day; NaN no number */
	int32_t spark_last;           /* the day of the last one */
	double volume, growth, ceiling;
	enum volume_source volume_source;
	enum reputation reputation;
	enum ramp_state ramp;
	int fails, warns, unknowns;  /* findings */
	int64_t probed_s, fetched_s; /* age of its data */
	char reasons[512];     /* "spam_violation, ptr/192.0.2.10/missing" */
	char why[REASON_SIZE]; /* the one sentence of the overview */
};
struct judgements {
	struct spam_judgement spam;
	struct ramp_judgement ramp;
	struct reputation_judgement reputation;
	struct requirement_judgement *requirements;
	size_t requirement_count;
};
void standing_assess(const struct history *history,
    const struct judgements *judgements, struct standing *out);

/*
 * Where it stands by its spam rate: the rate, a real 0 included; below all of
 * these, between -1/2 and 0, the last one known where the newest is not
 * (withheld, denied); NaN where there never was one.
 */
static inline double
standing_spam_place(const struct standing *standing)
{
	double rate = standing->spam_rate;

	return standing->data == DATA_VALUE ? rate : (rate - 1) / 2;
}

/* Order of the overview: worst first, then by spam_place, then name. */
int standing_compare(const struct standing *a, const char *a_name,
    const struct standing *b, const char *b_name);

/* --- events -------------------------------------------------------------- */

/* The difference between two standings in words, at most max; returns how
 * many.  `before` NULL: the first standing, which makes no event. */
enum { EVENT_TEXT_SIZE = 400 };
struct event_text {
	char kind[24]; /* spam_band, state, ramp, reputation, data, finding,
			  record */
	char text[EVENT_TEXT_SIZE];
	enum verdict verdict; /* how grave */
	bool begins;          /* a trouble begins; else it ends */
};
size_t standing_events(const struct standing *before,
    const struct standing *after, struct event_text *out, size_t max);
/* What a finding's change says: "ptr 192.0.2.10: missing (was ok)", and of its
 * record: "spf changed: include:_spf.esp.test removed". */
bool finding_event(const struct finding *before, const struct finding *after,
    struct event_text *out);

#endif
