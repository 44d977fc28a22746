/* One domain as it stood on a day: store and judgements put together. */
/* SPDX-License-Identifier: MIT */
#include "sendtop/view.h"

#include <math.h>
#include <string.h>

#include "sendtop/day.h"
#include "view/mail.h"

enum { EVENTS_MAX = 500 };

/* The moment that is looked from. */
struct moment {
	int32_t today;
	int64_t at_s;
	bool past; /* as_of was given: what is live does not belong there */
};

static struct moment
moment_of(int32_t as_of, int64_t now_s)
{
	struct moment m = { .today = day_of(now_s), .at_s = now_s };

	if (as_of == DAY_NONE)
		return m;
	m.past = true;
	m.today = as_of;
	if (as_of < day_of(now_s))
		m.at_s = day_start(as_of + 1) - 1;
	return m;
}

static int32_t
earlier_day(int32_t a, int32_t b)
{
	return a < b ? a : b;
}

static int64_t
earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* --- the parts of a history ------------------------------------------------ */

/* The newest day that Google had published by then; of a day before everything
 * that anybody knows there is none. */
static enum status
newest_day(struct store *store, const struct moment *m, struct arena *arena,
    int32_t *out, struct error *err)
{
	const char *text;
	enum status status;
	bool reaches;

	*out = DAY_NONE;
	status = store_value_get(
	    store, "postmaster.newest_day", arena, &text, err);
	if (status == STATUS_OK && day_parse(text, m->today, out))
		*out = earlier_day(*out, m->today);
	if (status != STATUS_OK || *out == DAY_NONE || !m->past)
		return status;
	status = store_reaches_back(store, m->today, &reaches, err);
	if (status == STATUS_OK && !reaches)
		*out = DAY_NONE;
	return status;
}

static enum status
load_series(struct store *store, int64_t domain, struct arena *arena,
    struct history *h, struct error *err)
{
	double *values[METRIC_COUNT];

	for (size_t i = 0; i < METRIC_COUNT; i++)
		h->series[i] = values[i] = arena_room(
		    arena, h->days * sizeof(*values[i]));
	return store_series_all(
	    store, domain, h->first_day, h->days, values, err);
}

/* Others may have been watched before this domain was. */
static void
check_newest(const struct moment *m, struct history *h)
{
	double value;

	if (!m->past || h->asked_first != DAY_NONE)
		return;
	for (size_t i = 0; i < METRIC_GOOGLE; i++)
		if (history_newest(h, (enum metric)i, m->today, &value) !=
		    DAY_NONE)
			return;
	h->newest_day = DAY_NONE;
}

/* After the mutes, which mark the findings. */
static enum status
load_rows(struct store *store, int64_t domain, const struct moment *m,
    struct arena *arena, struct view *view, struct error *err)
{
	struct history *h = &view->history;
	struct feedback *feedback;
	struct finding *findings;
	enum status status;

	status = store_feedback_get(store, domain, h->first_day, m->today,
	    arena, &feedback, &h->feedback_count, err);
	if (status != STATUS_OK)
		return status;
	h->feedback = feedback;
	status = store_findings_get(
	    store, domain, m->at_s, arena, &findings, &h->finding_count, err);
	view_mute(view, findings, h->finding_count);
	h->findings = findings;
	return status;
}

/* What was asked by then; what was asked later cannot have been known. */
static void
set_polls(
    const struct store_domain *d, const struct moment *m, struct history *h)
{
	h->poll = d->poll;
	h->poll_error = d->poll_error;
	h->fetched_s = earlier(d->fetched_s, m->at_s);
	h->asked_first = h->asked_last = DAY_NONE;
	if (d->asked_first == DAY_NONE || d->asked_first > m->today)
		return;
	h->asked_first = d->asked_first;
	h->asked_last = earlier_day(d->asked_last, m->today);
}

/* The bulk line is that of all of them; once it is latched nobody asks. */
static enum status
load_siblings(struct store *store, const struct store_domain *d,
    struct arena *arena, struct history *h, struct error *err)
{
	double *sums;

	if (h->bulk_latched || h->log_last_s == 0)
		return STATUS_OK;
	h->siblings = sums = arena_room(arena, h->days * sizeof(*sums));
	return store_series_siblings(
	    store, d->id, d->registrable, h->first_day, h->days, sums, err);
}

static enum status
load_history(struct store *store, const struct settings *settings,
    const struct moment *m, struct arena *arena, struct view *view,
    struct error *err)
{
	const struct store_domain *d = &view->domain;
	struct history *h = &view->history;
	enum status status;

	*h = (struct history){
		.domain = d->name,
		.registrable = d->registrable,
		.today = m->today,
		.now_s = m->at_s,
		.first_day = m->today - VIEW_DAYS + 1,
		.days = VIEW_DAYS,
		.bulk_latched = d->bulk_latched,
		.configured = settings_domain(settings, d->name),
		.ramp = &settings->ramp,
	};
	set_polls(d, m, h);
	status = newest_day(store, m, arena, &h->newest_day, err);
	if (status == STATUS_OK)
		status = load_series(store, d->id, arena, h, err);
	if (status == STATUS_OK)
		check_newest(m, h);
	if (status == STATUS_OK)
		status = view_mail_load(store, arena, view, err);
	if (status == STATUS_OK)
		status = load_siblings(store, d, arena, h, err);
	if (status == STATUS_OK)
		status = load_rows(store, d->id, m, arena, view, err);
	return status;
}

/* --- judgements ------------------------------------------------------------ */

static void
judge(const struct requirements *requirements, struct arena *arena,
    struct view *view)
{
	struct judgements *j = &view->judgements;
	size_t count;

	*j = (struct judgements){ 0 };
	spam_assess(&view->history, &j->spam);
	ramp_assess(&view->history, &j->ramp);
	reputation_assess(&view->history, &j->reputation);
	if (requirements != NULL) {
		count = requirements_count(requirements);
		j->requirements = arena_alloc(
		    arena, count * sizeof(*j->requirements));
		j->requirement_count = count;
		requirements_assess(requirements, &view->history, j->ramp.bulk,
		    j->requirements);
	}
	standing_assess(&view->history, j, &view->standing);
}

/* Google's numbers go back further than we do: at the first look with them, and
 * on a day before that; 0: of such a day nothing tells. */
static int64_t
known_begin(const struct view *view, const struct moment *m)
{
	const struct spam_judgement *spam = &view->judgements.spam;
	enum standing_state state = view->standing.state;

	if (spam->since != DAY_NONE &&
	    ((state == STANDING_CRITICAL && spam->band == SPAM_VIOLATED) ||
		(state == STANDING_WARNING && spam->band == SPAM_WATCHED)))
		return earlier(day_start(spam->since), m->at_s);
	return m->past ? 0 : m->at_s;
}

/*
 * Since when it is in its state: a judgement looks at one moment and cannot
 * tell.  The stored standing can when it is the same and not younger than the
 * moment; else the last event of a state by then.
 */
static int64_t
since(const struct view *view, const struct standing *stored,
    const struct moment *m)
{
	if (stored != NULL && stored->state == view->standing.state &&
	    stored->since_s > 0 && stored->since_s <= m->at_s)
		return stored->since_s;
	for (size_t i = 0; m->past && i < view->event_count; i++)
		if (strcmp(view->events[i].kind, "state") == 0)
			return view->events[i].at_s;
	if (m->past || stored == NULL || stored->poll == POLL_NEVER)
		return known_begin(view, m);
	return m->at_s;
}

/* When checks ran last.  Of the past only what they found tells: there is no
 * row for a probe. */
static int64_t
probed(const struct view *view, const struct moment *m)
{
	const struct history *h = &view->history;
	int64_t last = 0;

	if (!m->past)
		return earlier(view->domain.probed_s, m->at_s);
	for (size_t i = 0; i < h->finding_count; i++) {
		const struct finding *f = &h->findings[i];

		if (strncmp(f->check, "google.", 7) != 0 &&
		    f->last_seen_s > last)
			last = f->last_seen_s;
	}
	return earlier(last, m->at_s);
}

static enum status
complete_standing(struct store *store, const struct moment *m,
    struct view *view, struct error *err)
{
	struct standing stored;
	enum status status = store_standing_get(
	    store, view->domain.id, &stored, err);

	if (status != STATUS_OK && status != STATUS_NOT_FOUND)
		return status;
	view->standing.since_s = since(
	    view, status == STATUS_OK ? &stored : NULL, m);
	view->standing.probed_s = probed(view, m);
	return STATUS_OK;
}

static enum status
load_and_judge(struct store *store, const struct settings *settings,
    const struct requirements *requirements, const char *domain,
    const struct moment *m, struct arena *arena, struct view *out,
    struct error *err)
{
	enum status status = store_domain_get(
	    store, domain, arena, &out->domain, err);

	if (status == STATUS_OK)
		status = load_history(store, settings, m, arena, out, err);
	if (status == STATUS_OK)
		status = store_events(store, domain, INT64_MIN, m->at_s,
		    EVENTS_MAX, arena, &out->events, &out->event_count, err);
	if (status != STATUS_OK)
		return status;
	judge(requirements, arena, out);
	return complete_standing(store, m, out, err);
}

enum status
view_load(struct store *store, const struct settings *settings,
    const struct requirements *requirements, const char *domain, int32_t as_of,
    int64_t now_s, struct arena *arena, struct view *out, struct error *err)
{
	struct moment m = moment_of(as_of, now_s);
	enum status status = store_look(store, err);

	memset(out, 0, sizeof(*out));
	if (status != STATUS_OK)
		return status;
	status = load_and_judge(
	    store, settings, requirements, domain, &m, arena, out, err);
	store_look_end(store);
	return status;
}

/* --- the head -------------------------------------------------------------- */

static enum status
load_values(struct store *store, struct arena *arena, struct view_head *out,
    struct error *err)
{
	const char *fetched = "", *partly = "";
	enum status status;

	status = store_value_get(
	    store, "postmaster.fetched", arena, &fetched, err);
	if (status == STATUS_OK && !time_parse(fetched, &out->fetched_s))
		out->fetched_s = 0;
	if (status == STATUS_OK)
		status = store_value_get(store, "postmaster.error", arena,
		    &out->postmaster_error, err);
	if (status == STATUS_OK)
		status = store_value_get(
		    store, "postmaster.partly", arena, &partly, err);
	out->postmaster_partly = partly[0] != '\0';
	if (status == STATUS_OK)
		status = store_value_get(
		    store, "resolver", arena, &out->resolver, err);
	return status;
}

enum status
view_head_load(struct store *store, const struct settings *settings,
    int32_t as_of, int64_t now_s, struct arena *arena, struct view_head *out,
    struct error *err)
{
	struct moment m = moment_of(as_of, now_s);
	enum status status;

	*out = (struct view_head){
		.now_s = now_s,
		.as_of = as_of,
		.newest_day = DAY_NONE,
		.resolver = "",
		.store = arena_dup(arena, store_location(store)),
		.connected = settings->credentials != NULL,
		.postmaster_error = "",
	};
	status = newest_day(store, &m, arena, &out->newest_day, err);
	if (status == STATUS_OK)
		status = load_values(store, arena, out, err);
	if (status == STATUS_OK)
		status = store_standing_counts(store, out->counts, err);
	if (status == STATUS_OK)
		status = store_activities(
		    store, arena, &out->activities, &out->activity_count, err);
	return status;
}
