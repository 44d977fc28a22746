/* The parts of a view that come from the logs and from the operator. */
/* SPDX-License-Identifier: MIT */
#include "sendtop/day.h"
#include "view/mail.h"

enum {
	TRAFFIC_DAYS = 15,
	HOURLY_DAYS = 2, /* before today */
	DAILY_DAYS = 28, /* before these */
	SENDER_DAYS = 30,
	REPLIES_MOST = 4000, /* of each kind; the oldest are left out */
};

static int64_t
earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* --- from the logs --------------------------------------------------------- */

static enum status
load_traffic(struct store *store, int64_t domain, struct arena *arena,
    struct history *h, struct error *err)
{
	struct traffic *traffic;
	enum status status;

	status = store_traffic_get(store, domain, PROVIDER_GMAIL,
	    day_start(h->today - TRAFFIC_DAYS + 1), h->now_s + 1, arena,
	    &traffic, &h->traffic_count, err);
	if (status == STATUS_OK)
		h->traffic = traffic;
	return status;
}

static enum status
load_replies(struct store *store, int64_t domain, struct arena *arena,
    struct history *h, struct error *err)
{
	struct reply_query hourly = { .domain = domain,
		.since_s = day_start(h->today - HOURLY_DAYS),
		.until_s = h->now_s + 1,
		.by_s = HOUR_SECONDS,
		.by_stream = true,
		.limit = REPLIES_MOST };
	struct reply_query daily = hourly;
	struct reply_count *young, *old, *all;
	size_t young_count, old_count;
	enum status status;

	daily.since_s = hourly.since_s - DAILY_DAYS * DAY_SECONDS;
	daily.until_s = hourly.since_s;
	daily.by_s = DAY_SECONDS;
	status = store_replies(
	    store, &hourly, arena, &young, &young_count, err);
	if (status == STATUS_OK)
		status = store_replies(
		    store, &daily, arena, &old, &old_count, err);
	if (status != STATUS_OK || young_count + old_count == 0)
		return status;
	all = arena_alloc(arena, (young_count + old_count) * sizeof(*all));
	for (size_t i = 0; i < young_count; i++)
		all[i] = young[i];
	for (size_t i = 0; i < old_count; i++)
		all[young_count + i] = old[i];
	h->replies = all;
	h->reply_count = young_count + old_count;
	return status;
}

/* Those that were known by then. */
static enum status
load_senders(struct store *store, int64_t domain, struct arena *arena,
    struct history *h, struct error *err)
{
	struct sender_seen *all;
	size_t count, kept = 0;
	enum status status = store_senders(store, domain,
	    h->now_s - SENDER_DAYS * DAY_SECONDS, arena, &all, &count, err);

	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < count; i++) {
		if (all[i].first_s > h->now_s)
			continue;
		all[kept] = all[i];
		all[kept].last_s = earlier(all[kept].last_s, h->now_s);
		kept++;
	}
	h->senders = all;
	h->sender_count = kept;
	return status;
}

static enum status
load_span(struct store *store, struct history *h, struct error *err)
{
	enum status status = store_log_span(
	    store, &h->log_first_s, &h->log_last_s, err);

	h->log_last_s = earlier(h->log_last_s, h->now_s);
	if (h->log_first_s > h->now_s)
		h->log_first_s = h->log_last_s = 0;
	return status;
}

static enum status
load_learned(struct store *store, struct arena *arena, struct view *view,
    struct error *err)
{
	int64_t at_s = view->history.now_s;
	struct learned *all;
	size_t count;
	enum status status = store_learned(
	    store, view->domain.id, NULL, arena, &all, &count, err);

	if (status != STATUS_OK)
		return status;
	view->learned = all;
	for (size_t i = 0; i < count; i++) {
		if (all[i].first_s > at_s)
			continue;
		all[view->learned_count] = all[i];
		all[view->learned_count].last_s = earlier(all[i].last_s, at_s);
		view->learned_count++;
	}
	return status;
}

/* --- from the operator ----------------------------------------------------- */

/* The judgements are told by their own words. */
static void
set_muted(struct arena *arena, struct view *view)
{
	struct muted *muted;

	if (view->mute_count == 0)
		return;
	muted = arena_alloc(arena, view->mute_count * sizeof(*muted));
	for (size_t i = 0; i < view->mute_count; i++) {
		muted[i].check = view->mutes[i].check;
		muted[i].subject = view->mutes[i].subject;
		muted[i].until_s = view->mutes[i].until_s;
		muted[i].why = view->mutes[i].why;
	}
	view->history.muted = muted;
	view->history.muted_count = view->mute_count;
}

static enum status
load_own(struct store *store, struct arena *arena, struct view *view,
    struct error *err)
{
	const struct history *h = &view->history;
	enum status status;

	status = store_notes(store, h->domain, INT64_MIN, h->now_s, arena,
	    &view->notes, &view->note_count, err);
	if (status == STATUS_OK)
		status = store_mutes(store, h->domain, h->now_s, arena,
		    &view->mutes, &view->mute_count, err);
	if (status == STATUS_OK)
		set_muted(arena, view);
	return status;
}

void
view_mute(const struct view *view, struct finding *findings, size_t count)
{
	for (size_t i = 0; view->mute_count > 0 && i < count; i++) {
		const struct store_mute *mute = mute_covers(view->mutes,
		    view->mute_count, findings[i].check, findings[i].subject);

		if (mute == NULL)
			continue;
		findings[i].muted = true;
		findings[i].muted_until_s = mute->until_s;
		findings[i].muted_why = mute->why;
	}
}

enum status
view_mail_load(struct store *store, struct arena *arena, struct view *view,
    struct error *err)
{
	int64_t domain = view->domain.id;
	struct history *h = &view->history;
	enum status status = load_span(store, h, err);

	if (status == STATUS_OK)
		status = load_traffic(store, domain, arena, h, err);
	if (status == STATUS_OK)
		status = load_replies(store, domain, arena, h, err);
	if (status == STATUS_OK)
		status = load_senders(store, domain, arena, h, err);
	if (status == STATUS_OK)
		status = load_learned(store, arena, view, err);
	if (status == STATUS_OK)
		status = load_own(store, arena, view, err);
	return status;
}
