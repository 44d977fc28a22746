/* What changed between two looks, in words. */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "change.h"
#include "phrase.h"
#include "sendtop/day.h"
#include "sendtop/standing.h"
#include "sendtop/text.h"

enum { WAS_SIZE = 32 };

struct writer {
	struct event_text *out;
	size_t count, max;
};

static void put(struct writer *w, const char *kind, enum verdict verdict,
    bool begins, const char *fmt, ...) PRINTF(5, 6);

static void
put(struct writer *w, const char *kind, enum verdict verdict, bool begins,
    const char *fmt, ...)
{
	struct event_text *e;
	va_list ap;

	if (w->count == w->max)
		return;
	e = &w->out[w->count++];
	snprintf(e->kind, sizeof(e->kind), "%s", kind);
	e->verdict = verdict;
	e->begins = begins;
	va_start(ap, fmt);
	phrase_list(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
}

static void
state_event(struct writer *w, const struct standing *before,
    const struct standing *after)
{
	static const enum verdict verdicts[] = {
		[STANDING_OK] = VERDICT_PASS,
		[STANDING_UNKNOWN] = VERDICT_UNKNOWN,
		[STANDING_WARNING] = VERDICT_WARN,
		[STANDING_CRITICAL] = VERDICT_FAIL,
	};
	char was[WAS_SIZE];

	if (before->state == after->state)
		return;
	/* What nobody had looked at was not ok. */
	if (before->probed_s == 0 && after->probed_s > 0)
		snprintf(was, sizeof(was), "at the first probe");
	else
		snprintf(was, sizeof(was), "(was %s)",
		    standing_state_name(before->state));
	put(w, "state", verdicts[after->state], after->state > before->state,
	    "%s %s%s%s", standing_state_name(after->state), was,
	    after->why[0] != '\0' ? ": " : "", after->why);
}

static void
band_event(struct writer *w, const struct standing *before,
    const struct standing *after)
{
	static const enum verdict verdicts[] = {
		[SPAM_OK] = VERDICT_PASS,
		[SPAM_WATCHED] = VERDICT_WARN,
		[SPAM_VIOLATED] = VERDICT_FAIL,
		[SPAM_UNKNOWN] = VERDICT_UNKNOWN,
	};
	char rate[NUMBER_SIZE], day[DAY_TEXT_SIZE];

	if (before->band == after->band)
		return;
	if (after->band == SPAM_UNKNOWN) {
		put(w, "spam_band", VERDICT_UNKNOWN, false,
		    "spam rate is no longer known (was %s): %s",
		    spam_band_name(before->band),
		    data_gap_words(after->poll, after->data));
		return;
	}
	put(w, "spam_band", verdicts[after->band],
	    after->band != SPAM_OK &&
		(before->band == SPAM_UNKNOWN || after->band > before->band),
	    "spam rate %s %% on %s: %s (was %s)",
	    text_percent(rate, sizeof(rate), after->spam_rate),
	    day_short(day, after->spam_day), spam_band_name(after->band),
	    spam_band_name(before->band));
}

static void
ramp_event(struct writer *w, const struct standing *before,
    const struct standing *after)
{
	static const enum verdict verdicts[] = {
		[RAMP_GO] = VERDICT_PASS,
		[RAMP_HOLD] = VERDICT_NOTE,
		[RAMP_BACK_OFF] = VERDICT_WARN,
		[RAMP_STOP] = VERDICT_FAIL,
		[RAMP_BLIND] = VERDICT_NOTE,
	};
	char ceiling[NUMBER_SIZE];
	bool worse;

	if (before->ramp == after->ramp)
		return;
	worse = ramp_gravity(after->ramp) > ramp_gravity(before->ramp);
	if (isnan(after->ceiling))
		put(w, "ramp", verdicts[after->ramp], worse, "ramp %s (was %s)",
		    ramp_state_name(after->ramp),
		    ramp_state_name(before->ramp));
	else
		put(w, "ramp", verdicts[after->ramp], worse,
		    "ramp %s (was %s): at most %s a day",
		    ramp_state_name(after->ramp), ramp_state_name(before->ramp),
		    text_count(ceiling, sizeof(ceiling), after->ceiling));
}

static void
reputation_event(struct writer *w, const struct standing *before,
    const struct standing *after)
{
	static const enum verdict verdicts[] = {
		[REPUTATION_UNKNOWN] = VERDICT_UNKNOWN,
		[REPUTATION_HIGH] = VERDICT_PASS,
		[REPUTATION_MEDIUM] = VERDICT_NOTE,
		[REPUTATION_LOW] = VERDICT_WARN,
		[REPUTATION_BAD] = VERDICT_FAIL,
	};

	/* The first estimate, when Google's numbers are still to come, is no
	 * change. */
	if (before->reputation == after->reputation ||
	    (before->reputation == REPUTATION_UNKNOWN &&
		after->poll == POLL_NEVER))
		return;
	put(w, "reputation", verdicts[after->reputation],
	    after->reputation >= REPUTATION_MEDIUM &&
		after->reputation > before->reputation,
	    "reputation estimate %s (was %s)",
	    reputation_name(after->reputation),
	    reputation_name(before->reputation));
}

static void
data_event(struct writer *w, const struct standing *before,
    const struct standing *after)
{
	if (before->poll == after->poll)
		return;
	if (after->poll == POLL_OK)
		put(w, "data", VERDICT_PASS, false,
		    "Postmaster gives numbers (was %s)",
		    poll_state_name(before->poll));
	else
		put(w, "data", VERDICT_NOTE, before->poll == POLL_OK,
		    "Postmaster gives no numbers: %s (was %s)",
		    poll_state_name(after->poll),
		    poll_state_name(before->poll));
}

size_t
standing_events(const struct standing *before, const struct standing *after,
    struct event_text *out, size_t max)
{
	struct writer w = { .out = out, .max = max };

	if (before == NULL)
		return 0;
	state_event(&w, before, after);
	band_event(&w, before, after);
	ramp_event(&w, before, after);
	reputation_event(&w, before, after);
	data_event(&w, before, after);
	return w.count;
}

/* A time-out between two failures is no recovery, nor the second a new
 * trouble: what was last known counts. */
static enum verdict
known(const struct finding *f)
{
	return f->verdict == VERDICT_UNKNOWN && f->known_reason != NULL
	    ? f->known_verdict
	    : f->verdict;
}

static bool
is_trouble(enum verdict verdict)
{
	return verdict == VERDICT_FAIL || verdict == VERDICT_WARN;
}

static bool
begins(const struct finding *before, const struct finding *after)
{
	return is_trouble(after->verdict) &&
	    (before == NULL ||
		verdict_weight(after->verdict) > verdict_weight(known(before)));
}

/* "missing", or for what could not be told "unknown, timeout". */
static const char *
state_words(const struct finding *f, char out[WHY_SIZE])
{
	phrase(out, WHY_SIZE, "%s%s",
	    f->verdict == VERDICT_UNKNOWN ? "unknown, " : "", f->reason);
	return out;
}

/* "spf changed: ...", "dkim s1: key changed": a subject is named where there
 * may be others. */
static void
record_event(struct writer *w, const struct finding *f, enum verdict verdict,
    const char change[CHANGE_SIZE])
{
	if (verdict == VERDICT_PASS)
		verdict = VERDICT_NOTE;
	if (change_has_one_subject(f->check))
		put(w, "record", verdict, false, "%s changed: %s", f->check,
		    change);
	else
		put(w, "record", verdict, false, "%s %s: %s", f->check,
		    f->subject, change);
}

bool
finding_event(const struct finding *before, const struct finding *after,
    struct event_text *out)
{
	struct writer w = { .out = out, .max = 1 };
	const struct finding *f = after != NULL ? after : before;
	char now[WHY_SIZE], was[WHY_SIZE], change[CHANGE_SIZE] = "";
	bool trouble = before != NULL && after != NULL &&
	    change_of_record(change, before, after);
	const char *between = change[0] != '\0' ? "; " : "";
	enum verdict verdict;

	if (f == NULL)
		return false;
	verdict = trouble &&
		verdict_weight(f->verdict) < verdict_weight(VERDICT_WARN)
	    ? VERDICT_WARN
	    : f->verdict;
	state_words(f, now);
	if (after == NULL)
		put(&w, "finding", VERDICT_NOTE, false,
		    "%s %s: no longer there (was %s)", f->check, f->subject,
		    now);
	else if (before == NULL)
		put(&w, "finding", f->verdict, begins(NULL, f), "%s %s: %s",
		    f->check, f->subject, now);
	else if (strcmp(before->reason, f->reason) != 0)
		put(&w, "finding", verdict, begins(before, f),
		    "%s %s: %s (was %s)%s%s", f->check, f->subject, now,
		    state_words(before, was), between, change);
	else if (change[0] != '\0' && before->verdict == f->verdict)
		record_event(&w, f, verdict, change);
	else
		put(&w, "finding", verdict, begins(before, f),
		    "%s %s: %s is %s now (was %s)%s%s", f->check, f->subject,
		    f->reason, verdict_name(f->verdict),
		    verdict_name(before->verdict), between, change);
	return true;
}
