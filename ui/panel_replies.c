/* What receivers answer: reasons by the hour, what they mean, what to do. */
/* SPDX-License-Identifier: MIT */
#include "panels.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "reply_rows.h"
#include "sendtop/day.h"
#include "sendtop/text.h"
#include "words.h"

enum { WIDE = 190, LEFT_WIDTH = 136, TEXT_SIZE = 400, BLOCK_ROWS = 5 };

int
words_no_log(const struct pane *pane, int y, const struct model *model)
{
	int start = y;

	if (model->ui.as_of != DAY_NONE)
		return pane_wrap(pane, 1, y, pane->w - 2, ROLE_PLAIN,
		    "No log that was read goes back to that day, so what "
		    "receivers answered is not known.");
	y += pane_wrap(pane, 1, y, pane->w - 2, ROLE_PLAIN,
	    "No log of the mail server was read, so what receivers answer is "
	    "not known.  This follows it, in the settings file:");
	y += pane_wrap(pane, 5, y, pane->w - 6, ROLE_KEY, "[logs]");
	y += pane_wrap(
	    pane, 5, y, pane->w - 6, ROLE_KEY, "files = /var/log/mail.log");
	y += pane_wrap(
	    pane, 1, y, pane->w - 2, ROLE_PLAIN, "This reads one once:");
	y += pane_wrap(pane, 5, y, pane->w - 6, ROLE_KEY,
	    "sendtop ingest /var/log/mail.log");
	return y - start;
}

static struct reply_table
table_of(const struct model *model, const struct view *view)
{
	const struct history *h = &view->history;
	struct reply_table table = { .model = model,
		.view = view,
		.now_s = h->now_s,
		.known_s = h->log_first_s,
		.known_to_s = h->log_last_s,
		.of = "OF GMAIL" };

	table.attempts = traffic_sum(h->traffic, h->traffic_count,
	    reply_sums_first(h->now_s) + (SUM_HOURS - SUM_DAY) * HOUR_SECONDS,
	    h->now_s + 1)
			     .attempts;
	return table;
}

static void
put_title(const struct pane *pane, const struct history *h)
{
	char title[TEXT_SIZE], age[WORD_SIZE], when[TIME_TEXT_SIZE];

	snprintf(title, sizeof(title),
	    "Replies by UTC hour, from the log to %s (%s ago)",
	    time_short(when, h->log_last_s),
	    text_age(age, sizeof(age), h->now_s - h->log_last_s));
	pane_title(pane, 0, 0, pane->w, title);
}

/* Attempts to Gmail by their end: what the counts below are a share of. */
static int
put_traffic(const struct pane *pane, int y, const struct reply_table *table)
{
	static const struct {
		const char *label;
		enum role role;
	} ends[] = { { "delivered to Gmail", ROLE_GOOD },
		{ "deferred by Gmail", ROLE_WARN },
		{ "bounced by Gmail", ROLE_BAD } };
	const struct history *h = &table->view->history;
	int64_t hours[3][SUM_HOURS] = { { 0 } };
	int64_t first_s = reply_sums_first(h->now_s);

	for (size_t i = 0; i < h->traffic_count; i++) {
		const struct traffic *t = &h->traffic[i];
		int64_t at = (t->hour_s - first_s) / HOUR_SECONDS;

		if (t->hour_s < first_s || at >= SUM_HOURS)
			continue;
		hours[0][at] += t->delivered;
		hours[1][at] += t->deferred;
		hours[2][at] += t->bounced;
	}
	for (int i = 0; i < 3; i++)
		reply_put_strip(
		    pane, y + i, table, ends[i].label, ends[i].role, hours[i]);
	return 3;
}

/* Those of the last two days, each with its detail unless told elsewhere. */
static int
put_recent(const struct pane *pane, int y, const struct reply_table *table,
    const struct reply_sum *sums, size_t count, bool rows, bool details)
{
	int64_t first_s = reply_sums_first(table->now_s);
	int start = y;

	for (size_t i = 0; i < count; i++) {
		if (sums[i].last_s < first_s)
			continue;
		if (rows)
			y += reply_put_row(pane, y, table, &sums[i]);
		else
			y += pane_wrap(pane, 1, y, pane->w - 2,
			    reply_role(&sums[i]), sums[i].key);
		if (details)
			y += reply_put_detail(pane, y, table, &sums[i]);
	}
	if (y == start)
		y += pane_wrap(pane, 1, y, pane->w - 2, ROLE_GOOD,
		    "No receiver deferred or refused anything in the last 48 "
		    "hours.");
	return y - start;
}

/* Those that came in the 30 days before only. */
static int
put_older(const struct pane *pane, int y, const struct reply_table *table,
    const struct reply_sum *sums, size_t count)
{
	int64_t first_s = reply_sums_first(table->now_s);
	char text[TEXT_SIZE], when[TIME_TEXT_SIZE];
	int start = y;

	for (size_t i = 0; i < count; i++) {
		if (sums[i].last_s >= first_s)
			continue;
		if (y == start) {
			pane_title(
			    pane, 0, y + 1, pane->w, "Before that, in 30 days");
			y += 2;
		}
		snprintf(text, sizeof(text),
		    "%7" PRId64 "  last %s  %-10s %s  %s", sums[i].total,
		    time_short(when, sums[i].last_s), sums[i].reply,
		    reply_provider(table->model, sums[i].provider),
		    sums[i].key);
		pane_fit(pane, 0, y++, pane->w, ROLE_DIM, text);
	}
	return y - start;
}

static int
put_left(const struct pane *pane, struct reply_table *table,
    const struct reply_sum *sums, size_t count, bool details)
{
	struct pane clock;
	int y = 1, rows;

	put_title(pane, &table->view->history);
	clock = pane_part(pane, 0, y, pane->w, CANVAS_MOST);
	rows = block_clock(&clock, table->model);
	y += rows > 0 ? rows + 1 : 0;
	reply_table_fit(table, pane->w);
	y += reply_put_titles(pane, y, table);
	y += put_traffic(pane, y, table);
	y += put_recent(pane, y, table, sums, count, true, details);
	return y + put_older(pane, y, table, sums, count);
}

int
panel_replies(const struct pane *pane, const struct model *model)
{
	const struct view *view = model->view;
	const struct history *h = &view->history;
	struct reply_sum sums[SUM_MOST];
	struct reply_table table = table_of(model, view);
	struct pane left, right;
	size_t count;
	int a, b;

	if (h->log_last_s == 0)
		return words_no_log(pane, 1, model) + 1;
	count = reply_sums(
	    h->replies, h->reply_count, h->now_s, sums, SUM_MOST);
	if (pane->w < WIDE) {
		left = pane_part(pane, 1, 0, pane->w - 2, CANVAS_MOST);
		return put_left(&left, &table, sums, count, true);
	}
	left = pane_part(pane, 1, 0, LEFT_WIDTH, CANVAS_MOST);
	right = pane_part(
	    pane, LEFT_WIDTH + 4, 0, pane->w - LEFT_WIDTH - 5, CANVAS_MOST);
	pane_vline(pane, LEFT_WIDTH + 2, 0, pane->h);
	a = put_left(&left, &table, sums, count, false);
	pane_title(&right, 0, 0, right.w, "What they mean, and what to do");
	b = 1 + put_recent(&right, 1, &table, sums, count, false, true);
	return a > b ? a : b;
}

/* What the catalogue calls critical comes first; addresses that do not exist
 * are every day's. */
static int
rank(const struct model *model, const struct reply_sum *sum)
{
	static const char *const ranks[] = { "critical", "warn", "info" };
	const struct reply_row *row = reply_known(model, sum->key);

	for (int i = 0; row != NULL && i < 3; i++)
		if (strcmp(row->severity, ranks[i]) == 0)
			return i;
	return 1;
}

static void
gravest_first(const struct model *model, struct reply_sum *sums, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		struct reply_sum sum = sums[i];
		size_t k = i;

		for (; k > 0 && rank(model, &sums[k - 1]) > rank(model, &sum);
		     k--)
			sums[k] = sums[k - 1];
		sums[k] = sum;
	}
}

/* In short, for the summary: what Gmail and others answer now. */
int
block_replies(const struct pane *pane, const struct model *model)
{
	const struct history *h = &model->view->history;
	struct reply_sum sums[SUM_MOST];
	size_t count, told = 0;
	char age[WORD_SIZE], title[WORD_SIZE * 2];
	int y = 1;

	if (h->log_last_s == 0)
		return 0;
	snprintf(title, sizeof(title), "Replies, 24 h (log %s old)",
	    text_age(age, sizeof(age), h->now_s - h->log_last_s));
	pane_title(pane, 0, 0, pane->w, title);
	count = reply_sums(
	    h->replies, h->reply_count, h->now_s, sums, SUM_MOST);
	gravest_first(model, sums, count);
	for (size_t i = 0; i < count && y < pane->h && told < BLOCK_ROWS; i++) {
		char number[WORD_SIZE / 2], text[TEXT_SIZE];

		if (sums[i].day == 0)
			continue;
		told++;
		snprintf(text, sizeof(text), "%s x %s %s%s%s",
		    text_count(number, sizeof(number), (double)sums[i].day),
		    sums[i].reply, sums[i].key,
		    sums[i].identities.count > 0 ? ", " : "",
		    sums[i].identities.count > 0
			? sums[i].identities.items[0].name
			: "");
		pane_fit(pane, 0, y++, pane->w, reply_role(&sums[i]), text);
	}
	if (y == 1)
		pane_fit(pane, 0, y++, pane->w, ROLE_GOOD,
		    "nothing deferred, nothing refused");
	return y;
}
