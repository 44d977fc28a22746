/* Models that a store could give, built in memory. */
/* SPDX-License-Identifier: MIT */
#include "fixture.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture_findings.h"
#include "fixture_mail.h"
#include "sendtop/day.h"

enum { DAYS = VIEW_DAYS, LAG = 2 };

/* A sentence about a domain, from which its view is made. */
struct story {
	const char *key, *name, *tag;
	enum poll_state poll;
	const char *poll_error;
	/* Spam rate of the newest published days, oldest first, in percent;
	 * what lies before is `usual`; below 0 there is no number. */
	double spam[14];
	double usual;
	double volume, volume_growth; /* of the newest day; a day's factor */
	const struct finding *findings;
	size_t finding_count;
	bool bulk, asked;
	double target;
	const char *why;
};

#define FINDINGS(array) array, sizeof(array) / sizeof(*(array))

#define NAME_50 "a-very-long-label-that-goes-on-for-fifty-letters-x"
#define LONG_NAME                                                     \
	NAME_50 "." NAME_50 "." NAME_50 ".and-one-more-to-reach-two-" \
		"hundred.example"

static const struct story stories[] = {
	{ "rising", "news.example.com", "prod", POLL_OK, "",
	    { .05, .06, .07, .09, .10, .12, .14, .17, .19, .22, .27, .31, .36,
		.412 },
	    .05, 48200, 2.4, FINDINGS(rising_findings), true, true, 0,
	    "spam >= 0.30 since Nov 17" },
	{ "watch", "mail.example.org", "", POLL_OK, "",
	    { .03, .03, .04, .03, .05, .06, .06, .07, .07, .08, .08, .09, .11,
		.118 },
	    .03, 9800, 1.05, FINDINGS(watch_findings), false, true, 50000,
	    "spam >= 0.10 since Nov 18" },
	{ "healthy", "shop.example.net", "prod", POLL_OK, "",
	    { .02, .02, .01, .02, .02, .03, .02, .02, -1, .02, .02, .01, 0,
		.021 },
	    .02, 12100, 1.0, FINDINGS(healthy_findings), true, true, 0, "" },
	{ "withheld", "quiet.example.com", "", POLL_OK, "",
	    { -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1 }, -1, 0,
	    1.0, NULL, 0, false, true, 0,
	    "withheld: too little mail for a number" },
	{ "denied", "partner.example.org", "", POLL_DENIED, "",
	    { -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1 }, -1, 0,
	    1.0, NULL, 0, false, false, 0,
	    "no numbers: no permission in Postmaster Tools" },
	{ "error", "broken.example.com", "", POLL_ERROR,
	    "https://gmailpostmastertools.googleapis.com answered 503 twelve "
	    "times",
	    { -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1 }, -1, 0,
	    1.0, NULL, 0, false, false, 0,
	    "the last poll failed: the API answered 503 twelve times" },
	{ "long", LONG_NAME, "", POLL_OK, "",
	    { .02, .02, .02, .02, .02, .02, .02, .02, .02, .02, .02, .02, .02,
		.02 },
	    .02, 700, 1.0, NULL, 0, false, true, 0, "" },
	{ "wide", "\u65e5\u672c\u8a9e\u306e\u90f5\u4fbf.example", "\u6771",
	    POLL_OK, "",
	    { .0999, .0995, .1, .1, .1, .1, .1, .1, .1, .1, .29996, .2999,
		.29999, .3 },
	    .0999, 3000, 1.02, FINDINGS(hostile_findings), false, true, 0,
	    "spam >= 0.30 since Nov 19" },
	{ "limited", "bulk.example.net", "prod", POLL_OK, "",
	    { .03, .03, .03, .03, .03, .03, .04, .04, .04, .05, .05, .05, .06,
		.07 },
	    .03, 48000, 1.3, FINDINGS(limited_findings), true, true, 0,
	    "421 4.7.28 from Gmail: 128 in 24 h" },
	{ "noptr", "noptr.example.org", "", POLL_OK, "",
	    { .01, .01, .01, .01, .01, .01, .01, .01, .01, .01, .01, .01, .01,
		.01 },
	    .01, 6000, 1.0, FINDINGS(noptr_findings), true, true, 0,
	    "ptr missing: 192.0.2.31" },
	{ "blind", "fresh.example.com", "", POLL_OK, "",
	    { .02, .02, .02, .02, .02, .02, .02, .02, .02, .02, .02, .02, -1,
		-1 },
	    .02, 12000, 1.6, NULL, 0, false, true, 50000,
	    "volume grew x1.6 since the newest spam rate" },
	{ "disagree", "both.example.org", "", POLL_OK, "",
	    { .02, .02, .02, .02, .02, .02, .02, .02, .02, .02, .02, .02, .02,
		.02 },
	    .02, 9000, 1.0, FINDINGS(disagree_findings), true, true, 0,
	    "Google says needs work: dns_records" },
	{ "never", "fresh.example.net", "", POLL_NEVER, "",
	    { -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1 }, -1, 0,
	    1.0, NULL, 0, false, false, 0, "" },
};
enum { STORIES = sizeof(stories) / sizeof(*stories) };

static const struct requirement requirement_rows[] = {
	{ "A1-AUTH", "all", "SPF or DKIM is set up",
	    "Publish an SPF record that lists your senders, or sign with "
	    "DKIM; better both.",
	    "", true },
	{ "A2-PTR", "all", "Every sending IP has a PTR that points back",
	    "Ask whoever owns the address to set its PTR to a host name of "
	    "yours, and give that name an address record.",
	    "", true },
	{ "A3-TLS", "all", "Mail is delivered to Gmail over TLS",
	    "Turn TLS on in the MTA's SMTP client.", "", true },
	{ "A4-SPAM", "all", "The spam rate stays below 0.30 %",
	    "Stop growing and pause the campaign with the most complaints.", "",
	    true },
	{ "B2-DMARC", "bulk", "A DMARC record covers the From: domain",
	    "Publish v=DMARC1; p=none; rua=mailto:...", "", false },
	{ "B4-ONECLICK", "bulk", "One-click unsubscribe",
	    "Add List-Unsubscribe-Post.", "", false },
};
enum { ROWS = sizeof(requirement_rows) / sizeof(*requirement_rows) };

static struct requirement_judgement *
judge_requirements(struct arena *arena, const struct story *story)
{
	static const enum verdict bad[ROWS] = { VERDICT_FAIL, VERDICT_FAIL,
		VERDICT_PASS, VERDICT_FAIL, VERDICT_PASS, VERDICT_UNKNOWN };
	static const char *const said[ROWS] = { "compliant", "needs_work",
		"compliant", "compliant", "compliant", "" };
	static const char *const whys[ROWS] = {
		"spf/news.example.com/too_many_lookups",
		"ptr/192.0.2.10/missing", "", "spam_rate/2026-11-19/0.412%", "",
		""
	};
	struct requirement_judgement *out = arena_alloc(
	    arena, ROWS * sizeof(*out));
	bool rising = strcmp(story->key, "rising") == 0;

	for (size_t i = 0; i < ROWS; i++) {
		out[i].row = &requirement_rows[i];
		out[i].applies = story->bulk || i < 4;
		out[i].google = story->asked ? said[i] : "";
		out[i].verdict = rising ? bad[i]
		    : story->asked      ? VERDICT_PASS
					: VERDICT_UNKNOWN;
		if (!rising && strcmp(out[i].google, "needs_work") == 0 &&
		    strcmp(story->key, "watch") != 0 &&
		    strcmp(story->key, "disagree") != 0)
			out[i].google = "compliant";
		out[i].ours = out[i].verdict;
		out[i].disagrees = (out[i].verdict == VERDICT_FAIL &&
				       strcmp(out[i].google, "compliant") ==
					   0) ||
		    (out[i].verdict == VERDICT_PASS &&
			strcmp(out[i].google, "needs_work") == 0);
	}
	if (!rising)
		return out;
	for (size_t i = 0; i < ROWS; i++)
		if (whys[i][0] != '\0')
			snprintf(out[i].why[out[i].why_count++], WHY_SIZE, "%s",
			    whys[i]);
	return out;
}

static double
spam_on(const struct story *story, int ago)
{
	double percent = ago < 14 ? story->spam[13 - ago] : story->usual;

	return percent < 0 ? (double)NAN : percent / 100;
}

/* Series whose newest published day is the last but LAG. */
static void
fill_series(
    struct arena *arena, const struct story *story, struct history *history)
{
	double *series[METRIC_COUNT] = { NULL };

	if (!story->asked)
		return;
	for (int m = 0; m < METRIC_COUNT; m++) {
		series[m] = arena_alloc(arena, DAYS * sizeof(double));
		history->series[m] = series[m];
		for (int i = 0; i < DAYS; i++)
			series[m][i] = (double)NAN;
	}
	for (int i = 0; i < DAYS - LAG; i++) {
		int ago = DAYS - LAG - 1 - i;
		bool troubled;
		double volume = story->volume *
		    (ago > 0 ? 1 / story->volume_growth : 1);

		series[METRIC_SPAM_RATE][i] = spam_on(story, ago);
		if (!(volume > 0))
			continue;
		troubled = ago < 3 && strcmp(story->key, "rising") == 0;
		series[METRIC_AUTH_SPF][i] = 0.9991;
		series[METRIC_AUTH_DKIM][i] = 1.0;
		series[METRIC_AUTH_DMARC][i] = troubled ? 0.942 : 0.998;
		series[METRIC_TLS_INBOUND][i] = 0.999;
		series[METRIC_TLS_INBOUND_COUNT][i] = floor(volume * 0.999);
		series[METRIC_REJECT_RATE][i] = troubled ? 0.004 : 0;
		series[METRIC_REJECT_SPAMMY_RATE][i] = troubled ? 0.004 : 0;
		series[METRIC_TEMP_FAIL_RATE][i] = troubled ? 0.021 : 0.001;
	}
}

static const struct feedback feedback[] = {
	{ "camp2", true, 20776, 0.009 },
	{ "camp1", true, 20776, 0.0006 },
	{ "news.example.com", false, 20776, 0.0041 },
	{ "camp2", true, 20775, 0.006 },
	{ "camp1", true, 20775, 0.0007 },
	{ "news.example.com", false, 20775, 0.0036 },
};

static void
fill_history(
    struct fixture *f, const struct story *story, struct history *history)
{
	*history = (struct history){ .domain = story->name,
		.registrable = story->name,
		.today = day_of(FIXTURE_NOW),
		.now_s = FIXTURE_NOW,
		.first_day = day_of(FIXTURE_NOW) - DAYS + 1,
		.days = DAYS,
		.poll = story->poll,
		.poll_error = story->poll_error,
		.asked_first = DAY_NONE,
		.asked_last = DAY_NONE,
		.newest_day = day_of(FIXTURE_NOW) - LAG,
		.findings = story->findings,
		.finding_count = story->finding_count,
		.bulk_latched = story->bulk,
		.ramp = &f->settings->ramp };
	fill_series(f->arena, story, history);
	if (story->asked) {
		history->asked_first = history->first_day;
		history->asked_last = history->today;
		history->fetched_s = FIXTURE_NOW - 2 * HOUR;
	}
	if (strcmp(story->key, "rising") == 0) {
		history->feedback = feedback;
		history->feedback_count = sizeof(feedback) / sizeof(*feedback);
	}
	if (story->target > 0) {
		struct settings_domain *section = arena_alloc(
		    f->arena, sizeof(*section));

		section->target = story->target;
		history->configured = section;
	}
}

static struct store_event events[] = {
	{ 5, AT(3, 21), "news.example.com", "ramp", VERDICT_FAIL,
	    "ramp stop (was hold): spam rate 0.412 % on Nov 19" },
	{ 4, AT(3, 21), "news.example.com", "finding", VERDICT_UNKNOWN,
	    "starttls mx2.news.example.com [192.0.2.26]: timeout (was ok)" },
	{ 3, AT(-1, 21), "news.example.com", "spam_band", VERDICT_FAIL,
	    "spam violation (was watch): 0.310 % on Nov 17" },
	{ 2, AT(-2, 3), "news.example.com", "finding", VERDICT_FAIL,
	    "ptr 192.0.2.10: missing (was ok)" },
	{ 1, AT(-3, 8), "news.example.com", "finding", VERDICT_WARN,
	    "dkim s2: testing (first seen)" },
};

static const struct reason ramp_reasons[] = {
	{ "spam_stop", "spam rate 0.41 % on Nov 19 (>= 0.300)", RAMP_STOP },
	{ "rejects", "0.40 % rejected on Nov 19: spammy_content",
	    RAMP_BACK_OFF },
	{ "clock", "0 of 7 days in a row below 0.30 %", RAMP_HOLD },
	{ "compliance", "Google says needs_work of dns_records", RAMP_HOLD },
};

static const struct reason blind_reasons[] = {
	{ "blind", "volume grew x1.60 since the newest spam rate of Nov 17",
	    RAMP_BLIND },
};

static const struct reason limited_reasons[] = {
	{ "limited", "421 4.7.28 from Gmail: 128 in 24 h (own log)",
	    RAMP_HOLD },
};

static const struct reason reputation_reasons[] = {
	{ "spam_violation", "spam rate >= 0.30 % on 3 of 7 days",
	    REPUTATION_BAD },
	{ "spam_watch", "spam rate >= 0.10 % on 7 of 7 days", REPUTATION_LOW },
};

static void
set_reasons(struct reasons *out, const struct reason *items, size_t count)
{
	memcpy(out->items, items, count * sizeof(*items));
	out->count = count;
}

/* Words of the judgements' own would make every golden file theirs: here they
 * are fixed, and only the numbers and states are judged. */
static void
fix_words(const struct story *story, struct view *view)
{
	struct judgements *j = &view->judgements;

	memset(&j->ramp.reasons, 0, sizeof(j->ramp.reasons));
	memset(&j->reputation.reasons, 0, sizeof(j->reputation.reasons));
	snprintf(
	    view->standing.why, sizeof(view->standing.why), "%s", story->why);
	snprintf(view->standing.reasons, sizeof(view->standing.reasons), "%s",
	    story->finding_count > 4
		? "spam_violation, ptr/192.0.2.10/missing, ramp_stop"
		: "");
	if (strcmp(story->key, "blind") == 0)
		set_reasons(&j->ramp.reasons, blind_reasons, 1);
	if (strcmp(story->key, "limited") == 0) {
		set_reasons(&j->ramp.reasons, limited_reasons, 1);
		view->standing.ramp = j->ramp.state = RAMP_HOLD;
		view->standing.ceiling = j->ramp.ceiling = j->ramp.volume;
	}
	if (strcmp(story->key, "rising") != 0)
		return;
	set_reasons(&j->ramp.reasons, ramp_reasons, 4);
	set_reasons(&j->reputation.reasons, reputation_reasons, 2);
}

static void
fill_view(struct fixture *f, const struct story *story, struct view *view)
{
	struct judgements *j = &view->judgements;

	fill_history(f, story, &view->history);
	fixture_mail(f->arena, story->key, view);
	view->domain.name = story->name;
	view->domain.tag = story->tag;
	view->domain.poll = story->poll;
	spam_assess(&view->history, &j->spam);
	ramp_assess(&view->history, &j->ramp);
	reputation_assess(&view->history, &j->reputation);
	j->requirements = judge_requirements(f->arena, story);
	j->requirement_count = ROWS;
	standing_assess(&view->history, j, &view->standing);
	fix_words(story, view);
	view->standing.since_s = AT(-1, 21);
	view->standing.probed_s = story->finding_count > 0 ? PROBED : 0;
	if (strcmp(story->key, "rising") == 0) {
		view->events = events;
		view->event_count = sizeof(events) / sizeof(*events);
	}
}

static void
fill_head(struct fixture *f)
{
	struct view_head *head = arena_alloc(f->arena, sizeof(*head));
	struct store_activity *a = arena_alloc(f->arena, 3 * sizeof(*a));

	a[0] = (struct store_activity){ "collector", 0, 0,
		FIXTURE_NOW - 9 * HOUR, 0, FIXTURE_NOW - 1, "", 0, "" };
	a[1] = (struct store_activity){ "poll", 0, 0, FIXTURE_NOW - 2 * HOUR,
		FIXTURE_NOW + 8040, FIXTURE_NOW - 1, "", 0, "" };
	a[2] = (struct store_activity){ "probe", 118, 412, FIXTURE_NOW - 4, 0,
		FIXTURE_NOW - 1, "", 0, "DNS 8 ms" };
	*head = (struct view_head){ .now_s = FIXTURE_NOW,
		.as_of = DAY_NONE,
		.newest_day = day_of(FIXTURE_NOW) - LAG,
		.fetched_s = FIXTURE_NOW - 2 * HOUR,
		.resolver = "127.0.0.1:5300",
		.store = "/var/lib/sendtop/sendtop.db",
		.activities = a,
		.activity_count = 3,
		.connected = true,
		.postmaster_error = "" };
	f->model.head = head;
}

static void
fill_rows(struct fixture *f)
{
	struct store_standing *rows = arena_alloc(
	    f->arena, (STORIES + 1) * sizeof(*rows));
	struct view_head *head = arena_alloc(f->arena, sizeof(*head));

	*head = *f->model.head;
	for (size_t i = 0; i < STORIES; i++) {
		struct view view = { 0 };

		fill_view(f, &stories[i], &view);
		rows[i].id = (int64_t)i + 1;
		rows[i].name = rows[i].registrable = stories[i].name;
		rows[i].tag = stories[i].tag;
		rows[i].judged = true;
		rows[i].standing = view.standing;
		head->counts[view.standing.state]++;
	}
	rows[STORIES].name = rows[STORIES].registrable = "new.example.com";
	rows[STORIES].tag = "";
	head->counts[4] = 1;
	f->model.head = head;
	f->model.rows = rows;
	f->model.row_count = f->model.total = STORIES + 1;
}

static void
fill_empty(struct fixture *f)
{
	struct view_head *head = arena_alloc(f->arena, sizeof(*head));

	*head = (struct view_head){ .now_s = FIXTURE_NOW,
		.as_of = DAY_NONE,
		.newest_day = DAY_NONE,
		.resolver = "",
		.store = "",
		.postmaster_error = "" };
	f->model.head = head;
}

static void
open_domain(struct fixture *f, const char *domain)
{
	for (size_t i = 0; i < STORIES; i++) {
		struct view *view;

		if (strcmp(stories[i].key, domain) != 0)
			continue;
		view = arena_alloc(f->arena, sizeof(*view));
		fill_view(f, &stories[i], view);
		f->model.view = view;
		f->model.selected = stories[i].name;
		f->model.ui.screen = SCREEN_DOMAIN;
		return;
	}
	ck_abort_msg("no story named %s", domain);
}

/* The catalogue and the providers are those that are installed. */
static void
fill_shared(struct fixture *f)
{
	const char *source = getenv("SENDTOP_SRCDIR");
	char *share = arena_printf(
	    f->arena, "%s/share", source != NULL ? source : ".");
	struct error err;

	ck_assert_int_eq(
	    reply_catalogue_load(share, &f->catalogue, &err), STATUS_OK);
	ck_assert_int_eq(
	    providers_load(arena_printf(f->arena, "%s/providers.json", share),
		&f->providers, &err),
	    STATUS_OK);
	f->model.catalogue = f->catalogue;
	f->model.providers = f->providers;
}

void
fixture_init(struct fixture *fixture, const char *domain)
{
	struct error err;

	*fixture = (struct fixture){ .arena = arena_new() };
	ck_assert_int_eq(
	    settings_parse("", 0, "fixture", &fixture->settings, &err),
	    STATUS_OK);
	fixture->model = (struct model){ .label = "prod-fleet",
		.settings_path = "~/.config/sendtop/sendtop.conf",
		.now_s = FIXTURE_NOW,
		.selected = "",
		.message = "",
		.trouble = "",
		.ui = { .as_of = DAY_NONE } };
	if (domain != NULL && strcmp(domain, "empty") == 0) {
		fill_empty(fixture);
		return;
	}
	fill_shared(fixture);
	fill_head(fixture);
	fill_rows(fixture);
	fixture->model.selected = stories[0].name;
	if (domain != NULL)
		open_domain(fixture, domain);
}

void
fixture_fini(struct fixture *fixture)
{
	reply_catalogue_free(fixture->catalogue);
	providers_free(fixture->providers);
	settings_free(fixture->settings);
	arena_free(fixture->arena);
}

const char *
fixture_domain(size_t i)
{
	return i < STORIES ? stories[i].name : NULL;
}
