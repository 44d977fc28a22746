/* How mail is sent, seen from the log: bursts, addresses, senders. */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phrase.h"
#include "sender_kind.h"
#include "sendtop/assess.h"
#include "sendtop/day.h"
#include "sendtop/mem.h"
#include "sendtop/text.h"

enum {
	WEEK = 7,
	DAY_MINUTES = DAY_SECONDS / 60,
	WINDOW = 5, /* minutes */
	DETAIL_SIZE = 240,
	NAMED_MAX = 4,
};

struct survey {
	const struct history *h;
	struct arena *arena;
	struct finding *findings;
	size_t count, cap;
};

static void
say(struct survey *s, const char *check, const char *subject,
    enum verdict verdict, const char *reason, const char *detail)
{
	s->findings = mem_grow(
	    s->findings, s->count, &s->cap, sizeof(*s->findings));
	s->findings[s->count++] = (struct finding){
		.check = check,
		.subject = arena_dup(s->arena, subject),
		.verdict = verdict,
		.reason = reason,
		.detail = arena_dup(s->arena, detail),
		.cure = "",
		.record = "",
		.last_seen_s = s->h->now_s,
	};
}

/* --- bursts ----------------------------------------------------------------- */

/* One day, a minute each. */
struct minutes {
	int32_t day;
	uint32_t count[DAY_MINUTES];
	double windows; /* of five minutes, in the hours with mail */
	double total;
};

struct peak {
	int32_t day;
	int minute; /* of the day, at which it begins */
	double count, steady, factor;
};

/* Of the hours in which the log begins and ends only a part is known. */
static double
windows_of(const struct history *h, int64_t hour_s)
{
	int64_t from = hour_s, to = hour_s + HOUR_SECONDS;

	if (h->log_first_s > from && h->log_first_s < to)
		from = h->log_first_s;
	if (h->log_last_s > from && h->log_last_s < to)
		to = h->log_last_s;
	return fmax(1, ceil((double)(to - from) / (WINDOW * 60)));
}

/* Adds up the day's rows, of all streams. */
static void
fill_day(const struct history *h, int32_t day, struct minutes *out)
{
	bool hours[24] = { false };
	size_t i;
	int m, hour;

	memset(out, 0, sizeof(*out));
	out->day = day;
	for (i = 0; i < h->traffic_count; i++) {
		const struct traffic *t = &h->traffic[i];
		double sum = 0;

		if (day_of(t->hour_s) != day ||
		    strcmp(t->provider, PROVIDER_GMAIL) != 0)
			continue;
		hour = (int)((t->hour_s - day_start(day)) / HOUR_SECONDS);
		for (m = 0; m < HOUR_MINUTES; m++) {
			out->count[hour * HOUR_MINUTES + m] += t->minutes[m];
			sum += t->minutes[m];
		}
		out->total += sum;
		if (sum > 0 && !hours[hour])
			out->windows += windows_of(h, t->hour_s);
		hours[hour] = hours[hour] || sum > 0;
	}
}

/* The five minutes with the most messages, beside the day's steady rate: all
 * of the day's mail, spread evenly over the hours in which any was sent. */
static struct peak
find_peak(const struct minutes *day)
{
	struct peak peak = { .day = day->day };
	double sum = 0;
	int m;

	for (m = 0; m < DAY_MINUTES; m++) {
		sum += day->count[m];
		if (m >= WINDOW)
			sum -= day->count[m - WINDOW];
		if (sum <= peak.count)
			continue;
		peak.count = sum;
		peak.minute = m >= WINDOW ? m - WINDOW + 1 : 0;
	}
	peak.steady = day->total / day->windows;
	peak.factor = peak.count / peak.steady;
	return peak;
}

static bool
is_burst(const struct history *h, const struct peak *peak)
{
	return peak->count >= h->ramp->burst_min &&
	    peak->factor >= h->ramp->burst_factor;
}

static void
say_peak(
    struct survey *s, const struct peak *peak, bool burst, int bursts, int days)
{
	char detail[DETAIL_SIZE], day[DAY_TEXT_SIZE], often[48] = "";

	if (burst)
		snprintf(
		    often, sizeof(often), "; on %d of %d days", bursts, days);
	snprintf(detail, sizeof(detail),
	    "%s%.0f messages in %d minutes on %s at %02d:%02d UTC, x%.1f of "
	    "that day's steady rate (%.0f)%s; own log",
	    burst ? "" : "at most ", peak->count, WINDOW,
	    day_short(day, peak->day), peak->minute / 60, peak->minute % 60,
	    peak->factor, peak->steady, often);
	if (burst)
		say(s, "burst", s->h->domain, VERDICT_NOTE, "burst", detail);
	else
		say(s, "burst", s->h->domain, VERDICT_PASS, "steady", detail);
}

/* The worst of the last seven days, bursts before others. */
static void
survey_bursts(struct survey *s)
{
	struct minutes *day = mem_zero(1, sizeof(*day));
	struct peak worst = { .day = DAY_NONE }, peak;
	bool worst_burst = false, burst;
	int i, bursts = 0, days = 0;

	for (i = 0; i < WEEK; i++) {
		fill_day(s->h, s->h->today - i, day);
		if (day->total <= 0)
			continue;
		days++;
		peak = find_peak(day);
		burst = is_burst(s->h, &peak);
		bursts += burst;
		if (worst.day != DAY_NONE &&
		    (worst_burst > burst ||
			(worst_burst == burst && worst.factor >= peak.factor)))
			continue;
		worst = peak;
		worst_burst = burst;
	}
	free(day);
	if (days > 0)
		say_peak(s, &worst, worst_burst, bursts, days);
}

/* --- what is sent from where, by whom --------------------------------------- */

/* A name and how much of it: an address that sends, or a sender. */
struct share {
	const char *name;
	double total;
	double by_kind[KIND_COUNT];
};

struct shares {
	struct share *items;
	size_t count, cap;
};

static struct share *
share_of(struct shares *shares, const char *name)
{
	for (size_t i = 0; i < shares->count; i++)
		if (strcmp(shares->items[i].name, name) == 0)
			return &shares->items[i];
	shares->items = mem_grow(
	    shares->items, shares->count, &shares->cap, sizeof(*shares->items));
	shares->items[shares->count] = (struct share){ .name = name };
	return &shares->items[shares->count++];
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(
	    ((const struct share *)a)->name, ((const struct share *)b)->name);
}

static int
by_total(const void *a, const void *b)
{
	const struct share *x = a, *y = b;

	if (x->total > y->total || x->total < y->total)
		return x->total < y->total ? 1 : -1;
	return strcmp(x->name, y->name);
}

static bool
matters(const struct history *h, double part, double total)
{
	return part > 0 && part >= total * h->ramp->kind_share;
}

/* "marketing 62 %, account 38 %"; returns how many kinds.  What is no kind of
 * its own cannot be told and is left out. */
static int
name_kinds(
    const struct history *h, const struct share *share, char out[DETAIL_SIZE])
{
	size_t used = 0;
	int count = 0, k;

	out[0] = '\0';
	for (k = KIND_MARKETING; k < KIND_COUNT; k++) {
		if (!matters(h, share->by_kind[k], share->total))
			continue;
		used += (size_t)snprintf(out + used, DETAIL_SIZE - used,
		    "%s%s %.0f %%", count > 0 ? ", " : "",
		    sender_kind_name((enum sender_kind)k),
		    100 * share->by_kind[k] / share->total);
		count++;
	}
	return count;
}

/* Google wants one address for all mail or, where there are several, one for
 * each kind: with a single one nothing is mixed. */
static void
say_address(struct survey *s, const struct share *share, bool only)
{
	char detail[DETAIL_SIZE], kinds[DETAIL_SIZE];
	int count = name_kinds(s->h, share, kinds);

	phrase(detail, sizeof(detail), "%s%s; own log",
	    only ? "the only address that sends: " : "",
	    count > 0 ? kinds : "its senders tell no kind of mail");
	if (!only && count > 1)
		say(s, "ip_use", share->name, VERDICT_NOTE, "mixed", detail);
	else
		say(s, "ip_use", share->name, VERDICT_PASS, "single", detail);
}

static void
survey_addresses(struct survey *s)
{
	struct shares shares = { NULL, 0, 0 };
	size_t i;

	for (i = 0; i < s->h->sender_count; i++) {
		const struct sender_seen *seen = &s->h->senders[i];
		struct share *share;

		if (seen->stream[0] == '\0')
			continue;
		share = share_of(&shares, seen->stream);
		share->total += (double)seen->count;
		share->by_kind[sender_kind(seen->address)] +=
		    (double)seen->count;
	}
	if (shares.count > 0)
		qsort(
		    shares.items, shares.count, sizeof(*shares.items), by_name);
	for (i = 0; i < shares.count; i++)
		say_address(s, &shares.items[i], shares.count == 1);
	free(shares.items);
}

static void
say_senders(struct survey *s, enum sender_kind kind, const struct shares *all)
{
	const char *name = sender_kind_name(kind);
	char detail[DETAIL_SIZE];
	struct buf names = { 0 };
	double total = 0;
	size_t i, count = 0;

	for (i = 0; i < all->count; i++)
		total += all->items[i].total;
	for (i = 0; i < all->count; i++) {
		if (!matters(s->h, all->items[i].total, total))
			continue;
		if (count++ < NAMED_MAX)
			buf_printf(&names, "%s%s", count > 1 ? ", " : "",
			    all->items[i].name);
	}
	if (count > NAMED_MAX)
		buf_printf(&names, " and %zu more", count - NAMED_MAX);
	phrase(detail, sizeof(detail), "%s; envelope senders in the own log",
	    count > 0 ? names.data : "");
	if (count > 1)
		say(s, "from_use", name, VERDICT_NOTE, "several", detail);
	else
		say(s, "from_use", name, VERDICT_PASS, "one", detail);
	buf_free(&names);
}

static void
survey_senders(struct survey *s)
{
	size_t i;
	int k;

	for (k = KIND_MARKETING; k < KIND_COUNT; k++) {
		struct shares shares = { NULL, 0, 0 };

		for (i = 0; i < s->h->sender_count; i++) {
			const struct sender_seen *seen = &s->h->senders[i];

			if (seen->count > 0 &&
			    sender_kind(seen->address) == (enum sender_kind)k)
				share_of(&shares, seen->address)->total +=
				    (double)seen->count;
		}
		if (shares.count > 0) {
			qsort(shares.items, shares.count, sizeof(*shares.items),
			    by_total);
			say_senders(s, (enum sender_kind)k, &shares);
		}
		free(shares.items);
	}
}

size_t
traffic_findings(
    const struct history *history, struct arena *arena, struct finding **out)
{
	struct survey s = { .h = history, .arena = arena };

	*out = NULL;
	survey_bursts(&s);
	survey_addresses(&s);
	survey_senders(&s);
	if (s.count > 0) {
		*out = arena_alloc(arena, s.count * sizeof(**out));
		memcpy(*out, s.findings, s.count * sizeof(**out));
	}
	free(s.findings);
	return s.count;
}
