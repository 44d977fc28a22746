/* The ramp of one domain for people: what may be sent, why, for how long. */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/ramp.h"
#include "report/wrap.h"
#include "sendtop/day.h"
#include "sendtop/text.h"

enum { LABEL = 10, NUMBER = 32, SENTENCE = 512, ROWS_SHOWN = 45 };

/* 12,000: whole, for it is typed into another system. */
static char *
whole(char out[NUMBER], double number)
{
	char digits[NUMBER];
	size_t len, i, n = 0;

	if (isnan(number) || number < 0 || number >= 1e15) {
		snprintf(out, NUMBER, "%s", isnan(number) ? "-" : "very many");
		return out;
	}
	len = (size_t)snprintf(digits, sizeof(digits), "%.0f", number);
	for (i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			out[n++] = ',';
		out[n++] = digits[i];
	}
	out[n] = '\0';
	return out;
}

static void
item(FILE *out, const char *label, const char *text)
{
	fprintf(out, "%-*s", LABEL, label);
	report_wrap_on(out, text, LABEL);
}

static const char *
meaning(enum ramp_state state)
{
	static const char *const words[] = {
		[RAMP_GO] = "GO: grow up to the ceiling",
		[RAMP_HOLD] = "HOLD: do not grow",
		[RAMP_BACK_OFF] = "BACK OFF: send less",
		[RAMP_STOP] = "STOP: send nothing more to Gmail",
		[RAMP_BLIND] = "BLIND: too little is known to grow on",
	};

	return words[state];
}

static void
write_head(FILE *out, const struct report_head *head, const struct view *view)
{
	const struct history *h = &view->history;
	char text[SENTENCE], now[TIME_TEXT_SIZE], day[DAY_TEXT_SIZE],
	    log[TIME_TEXT_SIZE];
	bool past = head->as_of != DAY_NONE;
	size_t used;

	fprintf(out, "%s: %s\n", view->domain.name,
	    meaning(view->judgements.ramp.state));
	/* Years may lie between. */
	if (past && head->as_of < day_of(head->taken_s))
		used = (size_t)snprintf(text, sizeof(text),
		    "As of the end of %s UTC; ", day_text(day, head->as_of));
	else
		used = (size_t)snprintf(text, sizeof(text), "As of %s UTC; ",
		    time_short(now, head->taken_s));
	used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s",
	    h->newest_day != DAY_NONE ? "Postmaster to "
		: past                ? "no data of Postmaster from then"
				      : "no data of Postmaster",
	    h->newest_day != DAY_NONE ? day_short(day, h->newest_day) : "");
	snprintf(text + used, sizeof(text) - used, "%s%s.",
	    h->log_last_s != 0 ? "; own log to "
		: past         ? "; no log from then"
			       : "; no log was read",
	    h->log_last_s != 0 ? time_short(log, h->log_last_s) : "");
	report_wrap(out, text, 0);
}

static void
write_ceiling(FILE *out, const struct view *view)
{
	const struct ramp_judgement *ramp = &view->judgements.ramp;
	char number[NUMBER], day[DAY_TEXT_SIZE], text[SENTENCE];

	day_short(day, view->history.today + 1);
	if (isnan(ramp->ceiling))
		snprintf(text, sizeof(text),
		    "No ceiling for %s: no volume is known.", day);
	else if (ramp->ceiling < 1)
		snprintf(
		    text, sizeof(text), "Send nothing to Gmail on %s.", day);
	else
		snprintf(text, sizeof(text),
		    "Send at most %s message%s to Gmail on %s.",
		    whole(number, ramp->ceiling), ramp->ceiling < 2 ? "" : "s",
		    day);
	fputc('\n', out);
	report_wrap(out, text, 0);
}

static void
write_reasons(FILE *out, const struct ramp_judgement *ramp)
{
	static const char *const words[] = {
		[RAMP_GO] = "note",
		[RAMP_HOLD] = "hold",
		[RAMP_BACK_OFF] = "back off",
		[RAMP_STOP] = "stop",
		[RAMP_BLIND] = "blind",
	};
	size_t i;

	fputs("\nReasons, worst first\n", out);
	for (i = 0; i < ramp->reasons.count; i++)
		item(out, words[ramp->reasons.items[i].level],
		    ramp->reasons.items[i].text);
	if (ramp->reasons.count == 0)
		fputs("none: nothing speaks against growth\n", out);
}

/* "~48.2k T on Nov 19"; what the letters mean is said below. */
static void
volume_words(char *out, size_t size, double volume, enum volume_source source,
    int32_t day)
{
	char number[NUMBER], on[DAY_TEXT_SIZE];

	if (day == DAY_NONE || source == VOLUME_NONE)
		snprintf(out, size, "%s",
		    text_count(number, sizeof(number), volume));
	else
		snprintf(out, size, "%s%s %c on %s",
		    source == VOLUME_LOG ? "" : "~",
		    text_count(number, sizeof(number), volume),
		    volume_letter(source), day_short(on, day));
}

static void
write_figures(FILE *out, const struct view *view)
{
	const struct ramp_judgement *ramp = &view->judgements.ramp;
	char text[SENTENCE], volume[64], number[NUMBER];

	fputs("\nFigures\n", out);
	if (ramp->day == DAY_NONE) {
		item(out, "volume", "not known");
		return;
	}
	volume_words(
	    volume, sizeof(volume), ramp->volume, ramp->source, ramp->day);
	item(out, "volume", volume);
	volume_words(volume, sizeof(volume), ramp->base, ramp->base_source,
	    ramp->base_day);
	if (isnan(ramp->base))
		snprintf(text, sizeof(text),
		    "unknown: no volume of a day before is known");
	else
		snprintf(text, sizeof(text),
		    "%s, %s; growth x%.2f, allowed x%.2f", volume,
		    ramp->base_day == DAY_NONE
			? "cold"
			: "the most before, bursts aside",
		    ramp->growth, ramp->cap);
	item(out, "base", text);
	if (!isnan(ramp->week_growth)) {
		snprintf(text, sizeof(text), "x%.1f of the week before",
		    ramp->week_growth);
		item(out, "week", text);
	}
	if (view->history.configured != NULL &&
	    view->history.configured->step_count > 0) {
		snprintf(text, sizeof(text), "%s for tomorrow",
		    isnan(ramp->plan) ? "nothing yet"
				      : whole(number, ramp->plan));
		item(out, "own plan", text);
	}
	fprintf(out,
	    "%-*sL own log, T TLS counts, E error counts, "
	    "~ reckoned\n",
	    LABEL, "letters");
}

static void
write_slowdown(
    FILE *out, const struct slowdown *s, const struct history *history)
{
	char text[SENTENCE], last[TIME_TEXT_SIZE], when[TIME_TEXT_SIZE];
	char clock[160], known[64] = "";

	if (slowdowns_unsure(history) && s->connections > 0)
		snprintf(known, sizeof(known), " (by the log to %s)",
		    time_short(when, history->log_last_s));

	if (s->connections == 0)
		snprintf(clock, sizeof(clock),
		    "send nothing until %s, then over one connection",
		    time_short(when, time_minute_up(s->quiet_until_s)));
	else if (s->next_s == 0)
		snprintf(clock, sizeof(clock), "over: %d connections or more",
		    s->connections);
	else
		snprintf(clock, sizeof(clock),
		    "at most %d connection%s, one more at %s", s->connections,
		    s->connections == 1 ? "" : "s",
		    time_short(when, time_minute_up(s->next_s)));
	snprintf(text, sizeof(text),
	    "%s %s, %lld time%s in 24 hours, last %s: %s%s.", s->provider,
	    s->reply, (long long)s->count, s->count == 1 ? "" : "s",
	    time_short(last, s->last_s), clock, known);
	fprintf(out, "%s\n",
	    s->identity[0] != '\0'
		? s->identity
		: "nobody is named: DKIM domain, SPF domain and IP alike");
	report_wrap(out, text, 2);
}

static void
write_slowdowns(FILE *out, const struct history *history)
{
	struct slowdown rows[SLOWDOWNS_MAX];
	size_t count = slowdowns_assess(history, rows, SLOWDOWNS_MAX), i;

	if (count == 0)
		return;
	fputs("\nReceivers that ask for less mail (times are UTC)\n", out);
	for (i = 0; i < count; i++)
		write_slowdown(out, &rows[i], history);
}

/* Why not: the own plan may end below the target. */
static void
unreached(char text[SENTENCE], const struct view *view)
{
	const struct settings_domain *domain = view->history.configured;
	double target = view->judgements.ramp.target, last;
	char number[NUMBER], most[NUMBER];

	whole(number, target);
	last = domain != NULL && domain->step_count > 0
	    ? domain->steps[domain->step_count - 1].messages
	    : target;
	if (last < target)
		snprintf(text, SENTENCE,
		    "%s a day are not reached: the own plan ends with %s.",
		    number, whole(most, last));
	else
		snprintf(text, SENTENCE,
		    "%s a day are not reached within a year.", number);
}

/* How the path is reached, or why there is none. */
static void
write_end(FILE *out, const struct view *view, size_t count)
{
	const struct ramp_judgement *ramp = &view->judgements.ramp;
	char text[SENTENCE], number[NUMBER], day[DAY_TEXT_SIZE];

	if (count == 0)
		snprintf(text, sizeof(text), "%s",
		    ramp->state == RAMP_STOP
			? "There is none while the state is stop."
			: "There is none: no volume is known.");
	else if (ramp->target <= 0)
		snprintf(text, sizeof(text),
		    "%sNo target is set: --target N, or target in the domain's "
		    "settings.",
		    ramp->state == RAMP_GO
			? ""
			: "So at the earliest: if the reasons end tomorrow. ");
	else if (ramp->target_day == DAY_NONE)
		unreached(text, view);
	else
		snprintf(text, sizeof(text), "%s a day are reached on %s%s.",
		    whole(number, ramp->target),
		    day_text(day, ramp->target_day),
		    ramp->state == RAMP_GO
			? " if nothing speaks against it on the way"
			: " at the earliest: if the reasons end tomorrow");
	report_wrap(out, text, 0);
}

static void
write_step(FILE *out, const struct ramp_step *step, double before)
{
	char day[DAY_TEXT_SIZE], number[NUMBER];

	fprintf(out, "%s  %15s", day_text(day, step->day),
	    whole(number, step->messages));
	if (before >= 1)
		fprintf(out, "  x%.2f", step->messages / before);
	fputc('\n', out);
}

/* How many of the steps there are until they stay as they are. */
static size_t
steps_until_level(const struct ramp_step *steps, size_t count)
{
	while (
	    count > 1 && steps[count - 2].messages >= steps[count - 1].messages)
		count--;
	return count;
}

static void
write_path(FILE *out, const struct view *view)
{
	const struct ramp_judgement *ramp = &view->judgements.ramp;
	struct ramp_step *steps = mem_zero(REPORT_PATH_MAX, sizeof(*steps));
	size_t count = report_path(&view->history, ramp, steps), i;
	size_t level = steps_until_level(steps, count);

	fputs("\nThe allowed path, messages a day to Gmail\n", out);
	for (i = 0; i < count; i++) {
		if (count > ROWS_SHOWN && i == level) {
			fputs("and so on\n", out);
			break;
		}
		if (count > ROWS_SHOWN && i == ROWS_SHOWN - 1) {
			fprintf(out, "%zu days more; --format csv has all\n",
			    count - ROWS_SHOWN);
			i = count - 1;
		}
		write_step(out, &steps[i], i > 0 ? steps[i - 1].messages : 0);
	}
	write_end(out, view, count);
	free(steps);
}

void
report_ramp_text(
    FILE *out, const struct report_head *head, const struct view *view)
{
	write_head(out, head, view);
	write_ceiling(out, view);
	write_slowdowns(out, &view->history);
	write_reasons(out, &view->judgements.ramp);
	write_figures(out, view);
	write_path(out, view);
}
