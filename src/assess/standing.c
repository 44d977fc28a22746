/* What a domain amounts to now: one row of the overview. */
/* SPDX-License-Identifier: MIT */
#include "sendtop/standing.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phrase.h"
#include "sendtop/day.h"
#include "sendtop/text.h"

const char *
standing_state_name(enum standing_state state)
{
	static const char *const names[] = {
		[STANDING_OK] = "ok",
		[STANDING_UNKNOWN] = "unknown",
		[STANDING_WARNING] = "warning",
		[STANDING_CRITICAL] = "critical",
	};

	return names[state];
}

/* What the one sentence of the overview is about: the last that applies. */
enum grade {
	GRADE_NONE,
	GRADE_HOLD,           /* why volume must not grow */
	GRADE_DATA,           /* why there are no numbers */
	GRADE_WARN,           /* Google's or a measure's warning */
	GRADE_FINDING_WARN,   /* a check's warning, or back off */
	GRADE_SPAM_WATCH,     /* 0.10 %, or mail in the spam folder */
	GRADE_FINDING_FAIL,   /* a failure that no requirement names */
	GRADE_STOP,           /* the ramp says stop */
	GRADE_MEASURE_FAIL,   /* a requirement fails by Google's word */
	GRADE_CHECK_FAIL,     /* a requirement fails by a check */
	GRADE_SPAM_VIOLATION, /* 0.30 % */
	GRADE_MUTED           /* the whole domain: nothing else is counted */
};

struct tally {
	const struct history *h;
	const struct judgements *j;
	/* Those not muted, worst first, NULL at the end. */
	const struct finding *const *findings;
	struct standing *out;
	size_t used;      /* of out->reasons */
	enum grade grade; /* of out->why */
	bool known;       /* anything could be told */
};

/* Whether the list holds the word, not only something that contains it. */
static bool
has_word(const char *list, const char *word)
{
	size_t len = strlen(word);

	for (const char *p = list; (p = strstr(p, word)) != NULL; p += len)
		if ((p == list || p[-1] == ' ') &&
		    (p[len] == ',' || p[len] == '\0'))
			return true;
	return false;
}

static void add(struct tally *t, enum standing_state state, const char *fmt,
    ...) PRINTF(3, 4);

/* Raises the state and appends a word to the list of reasons. */
static void
add(struct tally *t, enum standing_state state, const char *fmt, ...)
{
	char word[WHY_SIZE];
	va_list ap;

	if (state > t->out->state)
		t->out->state = state;
	va_start(ap, fmt);
	phrase_list(word, sizeof(word), fmt, ap);
	va_end(ap);
	if (has_word(t->out->reasons, word) ||
	    t->used + strlen(word) + 3 > sizeof(t->out->reasons))
		return;
	t->used += (size_t)snprintf(t->out->reasons + t->used,
	    sizeof(t->out->reasons) - t->used, "%s%s", t->used > 0 ? ", " : "",
	    word);
}

static void explain(struct tally *t, enum grade grade, const char *fmt, ...)
    PRINTF(3, 4);

/* The gravest sentence wins; of equals the first. */
static void
explain(struct tally *t, enum grade grade, const char *fmt, ...)
{
	va_list ap;

	if (grade <= t->grade)
		return;
	t->grade = grade;
	va_start(ap, fmt);
	phrase_list(t->out->why, sizeof(t->out->why), fmt, ap);
	va_end(ap);
}

/* "ptr missing: 192.0.2.10"; the domain itself needs no mention. */
static void
explain_finding(struct tally *t, enum grade grade, const char *check,
    const char *reason, const char *subject)
{
	bool own = strcmp(subject, t->h->domain) == 0;

	explain(t, grade, "%s %s%s%s", check, reason, own ? "" : ": ",
	    own ? "" : subject);
}

/* A requirement's why, CHECK/SUBJECT/REASON or MEASURE/DAY/N%, in words. */
static void
explain_why(struct tally *t, bool fail, const char *why)
{
	char check[WHY_SIZE], subject[WHY_SIZE], day_words[DAY_TEXT_SIZE];
	const char *slash = strchr(why, '/'), *last = strrchr(why, '/');
	enum metric metric;
	int32_t day;

	if (slash == NULL || last == slash)
		return;
	snprintf(check, sizeof(check), "%.*s", (int)(slash - why), why);
	snprintf(subject, sizeof(subject), "%.*s", (int)(last - slash - 1),
	    slash + 1);
	metric = metric_find(check);
	if (metric != METRIC_COUNT && day_parse(subject, t->h->today, &day))
		explain(t, fail ? GRADE_MEASURE_FAIL : GRADE_WARN,
		    "%s %.*s %% on %s", metric_row(metric)->label,
		    (int)strcspn(last + 1, "%"), last + 1,
		    day_short(day_words, day));
	else if (strncmp(check, "google.", 7) == 0)
		explain(t, fail ? GRADE_MEASURE_FAIL : GRADE_WARN,
		    "Google says needs work: %s", check + 7);
	else
		explain_finding(t, fail ? GRADE_CHECK_FAIL : GRADE_FINDING_WARN,
		    check, last + 1, subject);
}

static void
count_spam(struct tally *t)
{
	const struct spam_judgement *spam = &t->j->spam;
	char since[DAY_TEXT_SIZE];

	t->known = t->known || spam->band != SPAM_UNKNOWN;
	if (history_muted(t->h, "spam_band") ||
	    history_muted(t->h, "spam_rate"))
		return;
	if (spam->band == SPAM_VIOLATED) {
		add(t, STANDING_CRITICAL, "spam_violation");
		explain(t, GRADE_SPAM_VIOLATION, "spam >= 0.30 %% since %s",
		    day_short(since, spam->since));
	} else if (spam->band == SPAM_WATCHED) {
		add(t, STANDING_WARNING, "spam_watch");
		explain(t, GRADE_SPAM_WATCH, "spam >= 0.10 %% since %s",
		    day_short(since, spam->since));
	} else if (t->j->reputation.hidden_by_spam_folder) {
		add(t, STANDING_WARNING, "spam_folder");
		explain(t, GRADE_SPAM_WATCH,
		    "low spam rate beside high rejects: mail may go to spam");
	}
}

/* Words of the requirements that fail are the words of what made them fail;
 * the spam rate has spoken for itself. */
static void
count_requirement(struct tally *t, const struct requirement_judgement *r)
{
	bool fail = r->verdict == VERDICT_FAIL;
	enum standing_state state = fail ? STANDING_CRITICAL : STANDING_WARNING;
	size_t i;

	if (state > t->out->state)
		t->out->state = state;
	for (i = 0; i < r->why_count; i++) {
		if (strncmp(r->why[i], "spam_rate/", 10) == 0)
			continue;
		add(t, state, "%s", r->why[i]);
		explain_why(t, fail, r->why[i]);
	}
}

static void
count_requirements(struct tally *t)
{
	const struct requirement_judgement *r;
	size_t i;

	for (i = 0; i < t->j->requirement_count; i++) {
		r = &t->j->requirements[i];
		if (r->applies &&
		    (r->verdict == VERDICT_FAIL || r->verdict == VERDICT_WARN))
			count_requirement(t, r);
	}
}

/* That check is about this machine, not about the domain. */
static const char this_machine[] = "egress";

/* Nor does how mail is sent tell how it is received. */
static bool
is_aside(const struct finding *f)
{
	static const char *const aside[] = { this_machine, "burst", "ip_use",
		"from_use" };

	for (size_t i = 0; i < sizeof(aside) / sizeof(aside[0]); i++)
		if (strcmp(f->check, aside[i]) == 0)
			return true;
	return false;
}

/* What is muted is known all the same. */
static bool
tells_anything(const struct history *h)
{
	for (size_t i = 0; i < h->finding_count; i++) {
		const struct finding *f = &h->findings[i];

		if (!is_aside(f) && f->verdict != VERDICT_UNKNOWN &&
		    f->verdict != VERDICT_SKIP)
			return true;
	}
	return false;
}

static void
count_findings(struct tally *t)
{
	const struct finding *f;
	size_t i;

	t->known = t->known || tells_anything(t->h);
	for (i = 0; (f = t->findings[i]) != NULL; i++) {
		if (strcmp(f->check, this_machine) == 0)
			continue;
		t->out->fails += f->verdict == VERDICT_FAIL;
		t->out->warns += f->verdict == VERDICT_WARN;
		t->out->unknowns += f->verdict == VERDICT_UNKNOWN;
		if (f->verdict != VERDICT_FAIL && f->verdict != VERDICT_WARN)
			continue;
		add(t, STANDING_WARNING, "%s/%s/%s", f->check, f->subject,
		    f->reason);
		if (strncmp(f->check, "google.", 7) == 0)
			explain(t, GRADE_WARN, "Google says needs work: %s",
			    f->check + 7);
		else
			explain_finding(t,
			    f->verdict == VERDICT_FAIL ? GRADE_FINDING_FAIL
						       : GRADE_FINDING_WARN,
			    f->check, f->reason, f->subject);
	}
}

static void
count_ramp(struct tally *t)
{
	static const enum grade grades[] = {
		[RAMP_GO] = GRADE_NONE,
		[RAMP_HOLD] = GRADE_HOLD,
		[RAMP_BACK_OFF] = GRADE_FINDING_WARN,
		[RAMP_STOP] = GRADE_STOP,
		[RAMP_BLIND] = GRADE_HOLD,
	};
	const struct ramp_judgement *ramp = &t->j->ramp;

	if (history_muted(t->h, "ramp"))
		return;
	if (ramp->state == RAMP_BACK_OFF || ramp->state == RAMP_STOP)
		add(t, STANDING_WARNING, "ramp_%s",
		    ramp_state_name(ramp->state));
	if (ramp->reasons.count > 0)
		explain(
		    t, grades[ramp->state], "%s", ramp->reasons.items[0].text);
}

/* When nothing is wrong, what keeps us from seeing more is worth a word. */
static void
explain_data(struct tally *t)
{
	const struct history *h = t->h;
	bool blank = t->j->spam.band == SPAM_UNKNOWN;
	enum data_state data = t->j->spam.data;

	if (h->poll == POLL_ERROR && h->poll_error != NULL &&
	    h->poll_error[0] != '\0')
		explain(t, GRADE_DATA, "%s", h->poll_error);
	else if (h->poll == POLL_DENIED || h->poll == POLL_UNVERIFIED ||
	    h->poll == POLL_ABSENT)
		explain(t, GRADE_DATA, "no %snumbers: %s", blank ? "" : "new ",
		    data_gap_words(h->poll, DATA_DENIED));
	else if (blank && data == DATA_WITHHELD)
		explain(
		    t, GRADE_DATA, "withheld: too little mail for a number");
	else if (blank)
		explain(t, GRADE_DATA, "no numbers: %s",
		    data_gap_words(h->poll, data));
}

/* A domain that is muted as a whole is not simply ok. */
static void
explain_mute(struct tally *t)
{
	char until[DAY_TEXT_SIZE];

	for (size_t i = 0; i < t->h->muted_count; i++) {
		const struct muted *m = &t->h->muted[i];

		if (m->check[0] != '\0' || m->subject[0] != '\0')
			continue;
		explain(t, GRADE_MUTED, "muted %s%s: %s",
		    m->until_s > 0 ? "until " : "for good",
		    m->until_s > 0 ? day_short(until, day_of(m->until_s)) : "",
		    m->why);
	}
}

static void
fill_numbers(struct tally *t)
{
	const struct judgements *j = t->j;
	struct standing *out = t->out;
	double value;
	int i;

	out->band = j->spam.band;
	out->data = j->spam.data;
	out->poll = t->h->poll;
	out->spam_day = j->spam.day;
	out->spam_rate = j->spam.rate;
	out->mean7 = j->spam.mean7;
	out->trend = j->spam.trend;
	out->clean_days = j->spam.clean_days;
	out->spark_last = t->h->newest_day == DAY_NONE ? t->h->today
						       : t->h->newest_day;
	for (i = 0; i < STANDING_SPARK; i++) {
		history_value(t->h, METRIC_SPAM_RATE,
		    out->spark_last - STANDING_SPARK + 1 + i, &value);
		out->spark[i] = value;
	}
	out->volume = j->ramp.volume;
	out->growth = j->ramp.growth;
	out->ceiling = j->ramp.ceiling;
	out->volume_source = j->ramp.source;
	out->reputation = j->reputation.estimate;
	out->ramp = j->ramp.state;
	out->fetched_s = t->h->fetched_s;
	out->since_s = t->h->now_s;
}

void
standing_assess(const struct history *history,
    const struct judgements *judgements, struct standing *out)
{
	const struct finding **findings = history_findings(history);
	struct tally t = {
		.h = history,
		.j = judgements,
		.findings = findings,
		.out = out,
	};

	memset(out, 0, sizeof(*out));
	out->state = STANDING_OK;
	fill_numbers(&t);
	count_spam(&t);
	count_requirements(&t);
	count_findings(&t);
	count_ramp(&t);
	explain_data(&t);
	explain_mute(&t);
	if (!t.known && out->state < STANDING_WARNING)
		out->state = STANDING_UNKNOWN;
	free(findings);
}

static int
by_number(double a, double b)
{
	if (isnan(a) || isnan(b))
		return isnan(a) - isnan(b);
	return (b > a) - (b < a);
}

int
standing_compare(const struct standing *a, const char *a_name,
    const struct standing *b, const char *b_name)
{
	int order = (int)b->state - (int)a->state;

	if (order == 0)
		order = by_number(
		    standing_spam_place(a), standing_spam_place(b));
	return order != 0 ? order : strcmp(a_name, b_name);
}
