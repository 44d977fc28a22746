/* The clocks of receivers that asked for silence (4.7.28 and its like). */
/* SPDX-License-Identifier: MIT */
#include "panels.h"

#include <inttypes.h>
#include <stdio.h>

#include "plot.h"
#include "reply_rows.h"
#include "sendtop/day.h"
#include "sendtop/text.h"
#include "words.h"

enum { BAR_WIDTH = 10, INDENT = 3, TEXT_SIZE = 512 };

/* Minutes, rounded up: a wait is never over before its time. */
static int64_t
minutes(int64_t seconds)
{
	return (seconds + 59) / 60;
}

/* "23:47" of a moment, or the next minute: no wait is over before its time. */
static void
hour_minute(char out[8], int64_t at_s)
{
	char text[TIME_TEXT_SIZE];

	time_text(text, time_minute_up(at_s));
	snprintf(out, 8, "%.5s", text + 11);
}

static void
say_rule(char *out, size_t size, const struct slowdown *s,
    const struct history *history)
{
	int64_t now_s = history->now_s;
	char at[8], known[WORD_SIZE] = "", log[TIME_TEXT_SIZE];

	if (now_s < s->quiet_until_s) {
		hour_minute(at, s->quiet_until_s);
		snprintf(out, size,
		    "SILENCE for %" PRId64 " min more, until %s; then one "
		    "connection",
		    minutes(s->quiet_until_s - now_s), at);
		return;
	}
	if (slowdowns_unsure(history))
		snprintf(known, sizeof(known), " (by the log to %s)",
		    time_short(log, history->log_last_s));
	hour_minute(at, s->next_s);
	if (s->next_s > now_s)
		snprintf(out, size,
		    "at most %d connection%s now; one more from %s if none is "
		    "refused%s",
		    s->connections, s->connections == 1 ? "" : "s", at, known);
	else
		snprintf(out, size, "over: %d connections or more%s",
		    s->connections, known);
}

static int
put_clock(const struct pane *pane, int y, const struct model *model,
    const struct slowdown *s, const struct history *history)
{
	int64_t now_s = history->now_s;
	bool quiet = now_s < s->quiet_until_s, over = s->next_s <= now_s;
	char text[TEXT_SIZE], age[WORD_SIZE];
	int start = y, x;

	snprintf(text, sizeof(text),
	    "%.279s  %.15s from %.23s, %" PRId64 " in 24 h, last %s ago",
	    s->identity[0] != '\0' ? s->identity : "all senders", s->reply,
	    reply_provider(model, s->provider), s->count,
	    text_age(age, sizeof(age), now_s - s->last_s));
	y += pane_wrap(pane, 1, y, pane->w - 2, ROLE_STRONG, text);
	plot_bar(pane, INDENT, y, BAR_WIDTH, quiet ? ROLE_BAD : ROLE_GOOD,
	    quiet ? (double)(now_s - s->last_s) : 1,
	    quiet ? (double)(s->quiet_until_s - s->last_s) : 1);
	x = INDENT + BAR_WIDTH + 1;
	say_rule(text, sizeof(text), s, history);
	y += pane_wrap(pane, x, y, pane->w - x - 1,
	    quiet      ? ROLE_BAD
		: over ? ROLE_PLAIN
		       : ROLE_WARN,
	    text);
	return y - start;
}

int
block_clock(const struct pane *pane, const struct model *model)
{
	const struct history *history = &model->view->history;
	struct slowdown slowdowns[SLOWDOWNS_MAX];
	size_t count = slowdowns_assess(history, slowdowns, SLOWDOWNS_MAX);
	int y = 1;

	if (count == 0)
		return 0;
	pane_title(
	    pane, 0, 0, pane->w, "Receivers that ask for silence (live clock)");
	for (size_t i = 0; i < count; i++)
		y += put_clock(pane, y, model, &slowdowns[i], history);
	return y;
}
