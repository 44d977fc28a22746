/* What a log would have told of the fixture's domains. */
/* SPDX-License-Identifier: MIT */
#include "fixture_mail.h"

#include <math.h>
#include <string.h>

#include "fixture.h"
#include "sendtop/day.h"

enum { DAYS = 15, HOURS_A_DAY = 24 };

#define HOUR(ago) (FIXTURE_NOW - FIXTURE_NOW % 3600 - (ago)*3600)
#define DAY_AGO(ago) (FIXTURE_NOW - FIXTURE_NOW % 86400 - (ago)*86400)
#define NEWEST (FIXTURE_NOW - 2 * 60)

/* One hour's row: when, who, what, how often, when last, as it came. */
#define REPLY(ago, of, by, word, kind, code, who, n, last, text)            \
	.hour_s = HOUR(ago), .span_s = 3600, .provider = (by),              \
	.stream = "192.0.2.21", .key = (word), .category = (kind),          \
	.reply = (code), .identity = (who), .count = (n), .last_s = (last), \
	.sample = (text), .domain = (of), .domains = 1

#define LIMITED(ago, n, last)                                               \
	{                                                                   \
		REPLY(ago, "bulk.example.net", "gmail",                     \
		    "rate_limited_dkim_domain", "rate_limit", "421 4.7.28", \
		    "dkim bulk.example.net", n, last, LIMITED_TEXT),        \
		    .slow_down = true                                       \
	}
#define LIMITED_TEXT                                                       \
	"421-4.7.28 Gmail has detected an unusual rate of mail with DKIM " \
	"domain [bulk.example.net 35]. To protect our users from spam, "   \
	"mail has been temporarily rate limited. gsmtp"

#define NO_PTR(ago, n, last)                                      \
	{                                                         \
		REPLY(ago, "noptr.example.org", "gmail",          \
		    "ptr_missing_bulk_temp", "ptr", "451 4.7.23", \
		    "ip 192.0.2.31", n, last, NO_PTR_TEXT)        \
	}
#define NO_PTR_TEXT                                                        \
	"451-4.7.23 The sending IP address for this message doesn't have " \
	"a PTR record, or the PTR record's forward DNS entry does not "    \
	"match the sending IP. gsmtp"

static const struct reply_count limited[] = {
	LIMITED(0, 71, NEWEST),
	{ REPLY(0, "bulk.example.net", "yahoo", "unknown", "", "421 4.7.0", "",
	    3, NEWEST - 600,
	    "421 4.7.0 [TSS99] something that no row knows \u65e5\u672c") },
	LIMITED(1, 41, NEWEST - 3600),
	LIMITED(2, 12, NEWEST - 7200),
	LIMITED(3, 4, NEWEST - 10800),
	{ REPLY(9, "bulk.example.net", "gmail", "unauthenticated_perm",
	      "auth_none", "550 5.7.26", "", 2, HOUR(9) + 100,
	      "550-5.7.26 Your email has been blocked because the sender is "
	      "unauthenticated. gsmtp"),
	    .permanent = true },
	{ .hour_s = DAY_AGO(9),
	    .span_s = 86400,
	    .provider = "gmail",
	    .stream = "192.0.2.21",
	    .key = "spf_hard_fail",
	    .category = "auth_spf",
	    .reply = "550 5.7.26",
	    .identity = "",
	    .permanent = true,
	    .count = 17,
	    .last_s = DAY_AGO(9) + 4000,
	    .sample = "550-5.7.26 spf",
	    .domain = "bulk.example.net",
	    .domains = 1 },
};

static const struct reply_count noptr[] = {
	NO_PTR(0, 9, NEWEST),
	NO_PTR(1, 14, NEWEST - 3600),
	NO_PTR(2, 11, NEWEST - 7200),
	NO_PTR(5, 10, NEWEST - 18000),
	NO_PTR(26, 8, NEWEST - 26 * 3600),
	NO_PTR(30, 8, NEWEST - 30 * 3600),
};

const struct reply_count fixture_replies[] = {
	LIMITED(0, 71, NEWEST),
	NO_PTR(0, 9, NEWEST),
	LIMITED(1, 41, NEWEST - 3600),
	NO_PTR(1, 14, NEWEST - 3600),
	{ REPLY(3, "news.example.com", "microsoft", "unknown", "",
	      "451 4.7.650", "ip 192.0.2.21", 22, HOUR(3) + 60,
	      "451 4.7.650 The mail server [192.0.2.21] has been temporarily "
	      "rate limited due to IP reputation."),
	    .slow_down = true },
};
const size_t fixture_reply_count = sizeof(fixture_replies) /
    sizeof(*fixture_replies);

static struct store_note notes[] = {
	{ 2, 1795304400 - 5 * 3600, "bulk.example.net",
	    "campaign autumn-3 started on stream 192.0.2.21" },
	{ 1, 1795304400 - 30 * 3600, "", "new queue host out3" },
};

static struct store_mute mutes[] = {
	{ 1, "bulk.example.net", "bimi", "", 1795304400 - 86400, 1796000000,
	    "no logo before the new year" },
};

static struct learned learned[] = {
	{ "helo", "192.0.2.21 out1.bulk.example.net", "log",
	    1795304400 - 40 * 86400, NEWEST },
	{ "ip", "192.0.2.21", "log", 1795304400 - 40 * 86400, NEWEST },
	{ "selector", "nov", "message", 1795304400 - 5 * 86400, NEWEST - 3600 },
};

static struct learned third_ip[] = {
	{ "ip", "192.0.2.71", "settings", 1795304400 - 60 * 86400, NEWEST },
	{ "ip", "192.0.2.72", "settings", 1795304400 - 60 * 86400, NEWEST },
	{ "ip", "192.0.2.77", "log", 1795304400 - 12 * 86400, NEWEST },
};

/* The days' sums, as the store would have them. */
static void
fill_series(struct arena *arena, struct history *h)
{
	double *delivered = arena_alloc(arena, h->days * sizeof(double));
	double *deferred = arena_alloc(arena, h->days * sizeof(double));

	for (size_t i = 0; i < h->days; i++)
		delivered[i] = deferred[i] = (double)NAN;
	for (size_t i = 0; i < h->traffic_count; i++) {
		const struct traffic *t = &h->traffic[i];
		int32_t at = day_of(t->hour_s) - h->first_day;

		if (isnan(delivered[at]))
			delivered[at] = deferred[at] = 0;
		delivered[at] += (double)t->delivered;
		deferred[at] += (double)t->deferred;
	}
	h->series[METRIC_LOG_DELIVERED] = delivered;
	h->series[METRIC_LOG_DEFERRED] = deferred;
}

/* The hours of 15 days, quiet at night; `late` of the last six hours' attempts
 * is deferred. */
static void
fill_traffic(struct arena *arena, struct history *h, const char *stream,
    int64_t a_day, double late)
{
	size_t hours = DAYS * HOURS_A_DAY;
	struct traffic *t = arena_alloc(arena, hours * sizeof(*t));

	for (size_t i = 0; i < hours; i++) {
		int64_t ago = (int64_t)(hours - 1 - i);
		int64_t hour_s = HOUR(ago), of_day = hour_s / 3600 % 24;
		int64_t all = a_day * (of_day < 6 ? 1 : 5) / 96;
		int64_t deferred = ago < 4 ? (int64_t)((double)all * late) : 0;

		t[i] = (struct traffic){ .hour_s = hour_s,
			.provider = PROVIDER_GMAIL,
			.stream = stream,
			.delivered = all - deferred,
			.deferred = deferred,
			.tls = all - deferred };
	}
	h->traffic = t;
	h->traffic_count = hours;
	h->log_first_s = HOUR((int64_t)hours);
	h->log_last_s = NEWEST;
	fill_series(arena, h);
}

void
fixture_mail(struct arena *arena, const char *key, struct view *view)
{
	struct history *h = &view->history;

	if (strcmp(key, "limited") == 0) {
		fill_traffic(arena, h, "192.0.2.21", 48000, 0.03);
		h->replies = limited;
		h->reply_count = sizeof(limited) / sizeof(*limited);
		view->notes = notes;
		view->note_count = sizeof(notes) / sizeof(*notes);
		view->mutes = mutes;
		view->mute_count = 1;
		view->learned = learned;
		view->learned_count = sizeof(learned) / sizeof(*learned);
	} else if (strcmp(key, "noptr") == 0) {
		fill_traffic(arena, h, "192.0.2.31", 6000, 0.01);
		h->replies = noptr;
		h->reply_count = sizeof(noptr) / sizeof(*noptr);
	} else if (strcmp(key, "healthy") == 0)
		fill_traffic(arena, h, "192.0.2.40", 12000, 0);
	else if (strcmp(key, "disagree") == 0) {
		fill_traffic(arena, h, "192.0.2.71", 9000, 0);
		view->learned = third_ip;
		view->learned_count = sizeof(third_ip) / sizeof(*third_ip);
	}
}
