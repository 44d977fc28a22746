/* Rows of replies as the domain's tab and the fleet's screen show them. */
/* SPDX-License-Identifier: MIT */
#include "reply_rows.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "plot.h"
#include "sendtop/day.h"
#include "sendtop/text.h"
#include "words.h"

enum {
	WIDE = 110,
	COUNT_WIDTH = 7,
	SHARE_WIDTH = 9,
	PEAK_WIDTH = 8,
	LAST_WIDTH = 12,
	CODE_WIDTH = 12,
	PROVIDER_WIDTH = 14,
	KEY_WIDTH = 22,
	INDENT = 9,
	LABEL_WIDTH = 6,
	SAMPLE_SIZE = 400,
	TEXT_SIZE = 600,
	NAMES_TOLD = 6,
};

enum role
reply_role(const struct reply_sum *sum)
{
	if (sum->permanent)
		return ROLE_BAD;
	return sum->slow_down ? ROLE_WARN : ROLE_NOTE;
}

const char *
reply_provider(const struct model *model, const char *provider)
{
	if (model->providers == NULL)
		return provider;
	return provider_label(model->providers, provider);
}

const struct reply_row *
reply_known(const struct model *model, const char *key)
{
	if (model->catalogue == NULL)
		return NULL;
	return reply_catalogue_find(model->catalogue, key);
}

void
reply_table_fit(struct reply_table *table, int w)
{
	int rest = 1 + COUNT_WIDTH + SHARE_WIDTH + CODE_WIDTH;

	table->wide = w >= WIDE;
	if (table->wide)
		rest += LAST_WIDTH + PROVIDER_WIDTH + PEAK_WIDTH;
	table->hours = w - rest >= SUM_HOURS + KEY_WIDTH + 2 ? SUM_HOURS
							     : SUM_DAY;
}

/* Without the columns that there is no room for, as the table is fitted. */
int
reply_put_titles(
    const struct pane *pane, int y, const struct reply_table *table)
{
	char text[WORD_SIZE];
	int x = pane_right(pane, 0, y, COUNT_WIDTH, ROLE_TITLE, "24 H");

	x = pane_right(pane, x, y, SHARE_WIDTH, ROLE_TITLE, table->of);
	if (table->wide) {
		x = pane_right(pane, x, y, LAST_WIDTH, ROLE_TITLE, "LAST");
		x = pane_right(pane, x, y, PEAK_WIDTH, ROLE_TITLE, "PEAK/H");
	}
	snprintf(text, sizeof(text), "-%d H", table->hours);
	pane_put(pane, x + 1, y, ROLE_TITLE, text);
	x = pane_right(pane, x + 1, y, table->hours, ROLE_TITLE, "NOW") + 1;
	x = pane_fit(pane, x, y, CODE_WIDTH, ROLE_TITLE, "REPLY");
	if (table->wide)
		x = pane_fit(pane, x, y, PROVIDER_WIDTH, ROLE_TITLE, "FROM");
	pane_put(pane, x, y, ROLE_TITLE, "WHAT");
	return 1;
}

static int
put_heat(const struct pane *pane, int x, int y, const struct reply_table *table,
    enum role role, const int64_t hours[SUM_HOURS])
{
	struct plot_count counts[SUM_HOURS];
	int64_t first_s = reply_sums_first(table->now_s);
	int skip = SUM_HOURS - table->hours;

	for (int i = 0; i < table->hours; i++) {
		int64_t hour_s = first_s + (skip + i) * HOUR_SECONDS;

		counts[i].count = hours[skip + i];
		counts[i].known = counts[i].count > 0 ||
		    (table->known_s > 0 &&
			hour_s + HOUR_SECONDS > table->known_s &&
			hour_s <= table->known_to_s);
	}
	plot_heat(pane, x, y, counts, table->hours, role);
	return x + table->hours;
}

/* The strip is drawn by its own highest hour: that is told beside it. */
static int
put_peak(const struct pane *pane, int x, int y, const struct reply_table *table,
    const int64_t hours[SUM_HOURS])
{
	char text[WORD_SIZE];
	int64_t peak = 0;

	for (int i = SUM_HOURS - table->hours; i < SUM_HOURS; i++)
		peak = hours[i] > peak ? hours[i] : peak;
	return pane_right(pane, x, y, PEAK_WIDTH, ROLE_DIM,
	    text_count(text, sizeof(text), (double)peak));
}

static int
put_share(const struct pane *pane, int x, int y, const struct reply_table *t,
    int64_t count, bool told)
{
	char text[WORD_SIZE] = "-";

	if (told && t->attempts > 0)
		word_percent(text, (double)count / (double)t->attempts);
	return pane_right(pane, x, y, SHARE_WIDTH, ROLE_PLAIN, text);
}

int
reply_put_strip(const struct pane *pane, int y, const struct reply_table *table,
    const char *label, enum role role, const int64_t hours[SUM_HOURS])
{
	char text[WORD_SIZE];
	int64_t day = 0;
	int x;

	for (int i = SUM_HOURS - SUM_DAY; i < SUM_HOURS; i++)
		day += hours[i];
	x = pane_right(pane, 0, y, COUNT_WIDTH, ROLE_PLAIN,
	    text_count(text, sizeof(text), (double)day));
	x = put_share(pane, x, y, table, day, true);
	if (table->wide)
		x = put_peak(pane, x + LAST_WIDTH, y, table, hours);
	x = put_heat(pane, x + 1, y, table, role, hours) + 1;
	pane_fit(pane, x, y, pane->w - x, ROLE_PLAIN, label);
	return 1;
}

int
reply_put_row(const struct pane *pane, int y, const struct reply_table *table,
    const struct reply_sum *sum)
{
	enum role role = reply_role(sum);
	bool gmail = strcmp(sum->provider, PROVIDER_GMAIL) == 0;
	bool share = gmail || table->view == NULL;
	char text[WORD_SIZE];
	int x = pane_right(pane, 0, y, COUNT_WIDTH, ROLE_STRONG,
	    text_count(text, sizeof(text), (double)sum->day));

	x = put_share(pane, x, y, table, sum->day, share);
	if (table->wide) {
		x = pane_right(pane, x, y, LAST_WIDTH, ROLE_DIM,
		    text_age(text, sizeof(text), table->now_s - sum->last_s));
		x = put_peak(pane, x, y, table, sum->hours);
	}
	x = put_heat(pane, x + 1, y, table, role, sum->hours) + 1;
	x = pane_fit(pane, x, y, CODE_WIDTH - 1, role, sum->reply) + 1;
	if (table->wide)
		x = pane_fit(pane, x, y, PROVIDER_WIDTH, ROLE_PLAIN,
		    reply_provider(table->model, sum->provider));
	else if (!gmail)
		x = pane_printf(pane, x, y, ROLE_PLAIN,
		    "%s: ", reply_provider(table->model, sum->provider));
	pane_fit(pane, x, y, pane->w - x, ROLE_STRONG, sum->key);
	return 1;
}

/* The worst finding of a check; one on an address that the replies name or
 * were given to comes first. */
static const struct finding *
evidence(const struct history *history, const char *check,
    const struct reply_sum *sum)
{
	for (size_t i = 0; i < sum->identities.count; i++) {
		const char *subject = strchr(
		    sum->identities.items[i].name, ' ');
		const struct finding *f;

		if (subject == NULL)
			continue;
		f = history_finding(history, check, subject + 1);
		if (f != NULL && f->verdict != VERDICT_PASS)
			return f;
	}
	return history_finding(history, check, NULL);
}

/* Checks of the own log speak only where they find something. */
static bool
is_of_log(const char *check)
{
	static const char *const names[] = { "burst", "ip_use", "from_use" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(names[i], check) == 0)
			return true;
	return false;
}

void
reply_proof(char *out, size_t size, const struct view *view,
    const struct reply_row *row, const struct reply_sum *sum)
{
	const struct finding *f;
	const char *code = strchr(sum->reply, ' ');
	char when[TIME_TEXT_SIZE];

	out[0] = '\0';
	if (view == NULL || row == NULL || row->check[0] == '\0')
		return;
	code = code != NULL ? code + 1 : sum->reply;
	f = evidence(&view->history, row->check, sum);
	if (f == NULL && is_of_log(row->check))
		snprintf(out, size, "none: the log shows no `%s`", row->check);
	else if (f == NULL)
		snprintf(out, size, "`%s` has not been checked: r probes",
		    row->check);
	else if (f->verdict == VERDICT_PASS || f->verdict == VERDICT_SKIP)
		snprintf(out, size,
		    "none: `%s` finds nothing wrong here; another address or "
		    "record may be meant",
		    row->check);
	else if (f->verdict == VERDICT_UNKNOWN)
		snprintf(out, size, "not told: `%s %s %s`", f->check,
		    f->subject, f->reason);
	else
		snprintf(out, size, "%s and `%s %s %s`%s%s", code, f->check,
		    f->subject, f->reason, f->first_seen_s > 0 ? " since " : "",
		    f->first_seen_s > 0 ? time_short(when, f->first_seen_s)
					: "");
}

static int
put_line(const struct pane *pane, int y, const char *label, enum role role,
    const char *text)
{
	if (text[0] == '\0')
		return 0;
	pane_fit(pane, INDENT, y, LABEL_WIDTH, ROLE_DIM, label);
	return pane_wrap(pane, INDENT + LABEL_WIDTH, y,
	    pane->w - INDENT - LABEL_WIDTH - 1, role, text);
}

static int
put_names(const struct pane *pane, int y, const char *label,
    const struct reply_names *names)
{
	char text[TEXT_SIZE] = "";
	size_t at = 0,
	       n = names->count < NAMES_TOLD ? names->count : NAMES_TOLD;

	for (size_t i = 0; i < n && at < sizeof(text); i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at,
		    "%s%s (%" PRId64 ")", i > 0 ? ", " : "",
		    names->items[i].name, names->items[i].count);
	if (names->more && at < sizeof(text))
		snprintf(text + at, sizeof(text) - at, " and many more");
	else if (names->count > n && at < sizeof(text))
		snprintf(text + at, sizeof(text) - at, " and %zu more",
		    names->count - n);
	return put_line(pane, y, label, ROLE_STRONG, text);
}

static const char *
unknown(const struct model *model)
{
	return model->catalogue == NULL
	    ? "the catalogue of replies could not be read"
	    : "no row of the catalogue knows this reply: it is kept and "
	      "counted as it came";
}

int
reply_put_detail(const struct pane *pane, int y,
    const struct reply_table *table, const struct reply_sum *sum)
{
	const struct reply_row *row = reply_known(table->model, sum->key);
	char text[TEXT_SIZE], age[WORD_SIZE];
	int start = y;

	if (table->view == NULL)
		y += put_names(pane, y, "whose", &sum->domains);
	y += put_names(pane, y, "names", &sum->identities);
	y += put_line(pane, y, "means", row != NULL ? ROLE_PLAIN : ROLE_DIM,
	    row != NULL ? row->meaning : unknown(table->model));
	if (row != NULL)
		y += put_line(pane, y, "do", ROLE_STRONG, row->remedy);
	reply_proof(text, sizeof(text), table->view, row, sum);
	y += put_line(pane, y, "proof", ROLE_WARN, text);
	snprintf(text, sizeof(text), "%s ago: %.*s",
	    text_age(age, sizeof(age), table->now_s - sum->last_s),
	    (int)text_fit(sum->sample, SAMPLE_SIZE), sum->sample);
	y += put_line(pane, y, "last", ROLE_DIM, text);
	return y - start;
}
