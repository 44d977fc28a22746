/* An export: what the store remembers, row by row, a slice at a time. */
/* SPDX-License-Identifier: MIT */
#include "report/export.h"

#include <math.h>
#include <string.h>

#include "sendtop/day.h"
#include "sendtop/report.h"
#include "sendtop/store_mail.h"
#include "sendtop/store_news.h"

enum {
	PAGE = 1000, /* rows of events and findings at a time */
	/* Traffic and replies come in slices of time, longer where there is
	 * little in them. */
	SLICE_DAYS = 7,
	SLICE_DAYS_MOST = 3650,
	FEW = 1000,
	MANY = 10000,
	OLDEST_DAYS = 19 * 366, /* as traffic.h allows */
	NUMBER_TEXT = 32,
};

struct export
{
	const struct report_export *what;
	const struct export_format *format;
	FILE *out;
	struct arena *arena; /* of one page */
	struct buf scratch;
	size_t done, total; /* domains */
};

/* An empty arena for the next page; whether there is still room for it, and
 * somebody who wants it. */
static enum status
begin_page(struct export *e, struct error *err)
{
	const struct report_export *what = e->what;

	arena_reset(e->arena);
	if (ferror(e->out))
		return error_set(err, STATUS_FULL, "cannot write the output");
	if (what->progress != NULL &&
	    !what->progress(what->arg, e->done, e->total))
		return error_set(err, STATUS_CANCELLED, "cancelled");
	return STATUS_OK;
}

static void
put(struct export *e, const struct export_row *row)
{
	e->format->row(e->out, row, &e->scratch);
}

static const char *
number(char out[NUMBER_TEXT], double value)
{
	snprintf(out, NUMBER_TEXT, "%.12g", value);
	return out;
}

static const char *
whole(char out[NUMBER_TEXT], int64_t value)
{
	snprintf(out, NUMBER_TEXT, "%lld", (long long)value);
	return out;
}

/* --- measures -------------------------------------------------------------- */

static enum status
put_series(struct export *e, const struct store_domain *domain,
    enum metric metric, int32_t first, size_t days, struct error *err)
{
	double *values = arena_alloc(e->arena, days * sizeof(*values));
	char day[DAY_TEXT_SIZE], text[NUMBER_TEXT];
	enum status status = store_series_get(
	    e->what->store, domain->id, metric, first, days, values, err);

	for (size_t i = 0; status == STATUS_OK && i < days; i++) {
		struct export_row row = { .kind = "measure",
			.domain = domain->name,
			.name = metric_row(metric)->name };

		if (isnan(values[i]))
			continue;
		row.at = day_text(day, first + (int32_t)i);
		row.value = number(text, values[i]);
		put(e, &row);
	}
	return status;
}

static enum status
put_measures(
    struct export *e, const struct store_domain *domain, struct error *err)
{
	int32_t first, last, since = day_of(e->what->since_s);
	enum status status = store_series_span(
	    e->what->store, domain->id, &first, &last, err);

	if (status != STATUS_OK || first == DAY_NONE)
		return status;
	if (first < since)
		first = since;
	for (int m = 0;
	     status == STATUS_OK && m < METRIC_COUNT && first <= last; m++) {
		status = put_series(e, domain, (enum metric)m, first,
		    (size_t)(last - first) + 1, err);
		if (status == STATUS_OK)
			status = begin_page(e, err);
	}
	return status;
}

/* --- feedback loops ---------------------------------------------------------- */

/* From a time on in slices, each as long as `slice` says; *rows is how many
 * there were in the last one. */
struct slices {
	int64_t from_s, until_s, end_s;
	int32_t days;
};

static struct slices
slices_of(const struct export *e)
{
	int64_t oldest = e->what->now_s - (int64_t)OLDEST_DAYS * DAY_SECONDS;
	int64_t from = e->what->since_s > oldest ? e->what->since_s : oldest;

	return (struct slices){ .until_s = day_start(day_of(from)),
		.end_s = e->what->now_s + DAY_SECONDS,
		.days = SLICE_DAYS };
}

/* rows: of the slice before; false: all is done. */
static bool
next_slice(struct slices *s, size_t rows)
{
	if (rows < FEW && s->days < SLICE_DAYS_MOST)
		s->days *= 2;
	else if (rows > MANY && s->days > 1)
		s->days /= 2;
	s->from_s = s->until_s;
	s->until_s += (int64_t)s->days * DAY_SECONDS;
	return s->from_s < s->end_s;
}

static enum status
put_feedback(
    struct export *e, const struct store_domain *domain, struct error *err)
{
	struct slices slices = slices_of(e);
	char day[DAY_TEXT_SIZE], text[NUMBER_TEXT];
	enum status status = STATUS_OK;
	struct feedback *all;
	size_t count = 0;

	while (status == STATUS_OK && next_slice(&slices, count)) {
		status = begin_page(e, err);
		if (status == STATUS_OK)
			status = store_feedback_get(e->what->store, domain->id,
			    day_of(slices.from_s), day_of(slices.until_s) - 1,
			    e->arena, &all, &count, err);
		/* They come newest first. */
		for (size_t i = count; status == STATUS_OK && i-- > 0;) {
			struct export_row row = { .kind = "feedback",
				.domain = domain->name,
				.at = day_text(day, all[i].day),
				.name = all[i].by_dkim ? "dkim" : "from",
				.subject = all[i].id };

			if (!isnan(all[i].rate))
				row.value = number(text, all[i].rate);
			put(e, &row);
		}
	}
	return status;
}

/* --- findings and events ----------------------------------------------------- */

static void
put_finding(
    struct export *e, const char *domain, const struct finding_span *span)
{
	const struct finding *f = &span->finding;
	char begun[TIME_TEXT_SIZE], ended[TIME_TEXT_SIZE];
	struct export_row row = { .kind = "finding",
		.domain = domain,
		.at = time_text(begun, span->begun_s),
		.name = f->check,
		.subject = f->subject,
		.verdict = verdict_name(f->verdict),
		.reason = f->reason,
		.text = f->detail,
		.cure = f->cure,
		.record = f->record };

	if (span->ended_s != 0)
		row.until = time_text(ended, span->ended_s);
	put(e, &row);
}

static enum status
put_findings(
    struct export *e, const struct store_domain *domain, struct error *err)
{
	struct finding_span *all;
	enum status status;
	int64_t after = 0;
	size_t count;

	do {
		status = begin_page(e, err);
		if (status == STATUS_OK)
			status = store_findings_past(e->what->store, domain->id,
			    e->what->since_s, after, PAGE, e->arena, &all,
			    &count, err);
		for (size_t i = 0; status == STATUS_OK && i < count; i++) {
			put_finding(e, domain->name, &all[i]);
			after = all[i].id;
		}
	} while (status == STATUS_OK && count == PAGE);
	return status;
}

/* domain NULL: those of all, and sendtop's own. */
static enum status
put_events(struct export *e, const char *domain, struct error *err)
{
	struct news_query query = {
		.since_s = e->what->since_s, .domain = domain, .limit = PAGE
	};
	char at[TIME_TEXT_SIZE];
	struct store_news *all;
	enum status status;
	size_t count;

	do {
		status = begin_page(e, err);
		if (status == STATUS_OK)
			status = store_news(e->what->store, &query, e->arena,
			    &all, &count, err);
		for (size_t i = 0; status == STATUS_OK && i < count; i++) {
			const struct store_event *event = &all[i].event;
			struct export_row row = { .kind = "event",
				.domain = event->domain,
				.at = time_text(at, event->at_s),
				.name = event->kind,
				.subject = all[i].subject,
				.verdict = verdict_name(event->verdict),
				.reason = all[i].begins ? "begins" : NULL,
				.text = event->text };

			put(e, &row);
			query.after = event->id;
		}
	} while (status == STATUS_OK && count == PAGE);
	return status;
}

/* --- the own log --------------------------------------------------------------- */

static void
put_hour(struct export *e, const char *domain, const struct traffic *t)
{
	const struct {
		const char *name;
		int64_t count;
	} counts[] = {
		{ "delivered", t->delivered },
		{ "deferred", t->deferred },
		{ "bounced", t->bounced },
		{ "tls", t->tls },
		{ "clear", t->clear },
	};
	char at[TIME_TEXT_SIZE], until[TIME_TEXT_SIZE], text[NUMBER_TEXT];
	struct export_row row = { .kind = "traffic",
		.domain = domain,
		.at = time_text(at, t->hour_s),
		.until = time_text(until, t->hour_s + HOUR_SECONDS),
		.provider = t->provider,
		.stream = t->stream };

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		row.name = counts[i].name;
		row.value = whole(text, counts[i].count);
		put(e, &row);
	}
}

static enum status
put_traffic(
    struct export *e, const struct store_domain *domain, struct error *err)
{
	struct slices slices = slices_of(e);
	enum status status = STATUS_OK;
	struct traffic *all;
	size_t count = 0;

	while (status == STATUS_OK && next_slice(&slices, count)) {
		status = begin_page(e, err);
		if (status == STATUS_OK)
			status = store_traffic_get(e->what->store, domain->id,
			    NULL, slices.from_s, slices.until_s, e->arena, &all,
			    &count, err);
		for (size_t i = 0; status == STATUS_OK && i < count; i++)
			put_hour(e, domain->name, &all[i]);
	}
	return status;
}

static void
put_reply(struct export *e, const char *domain, const struct reply_count *r)
{
	char at[TIME_TEXT_SIZE], until[TIME_TEXT_SIZE], text[NUMBER_TEXT];
	const struct export_row row = { .kind = "reply",
		.domain = domain,
		.at = time_text(at, r->hour_s),
		.until = time_text(until, r->hour_s + r->span_s),
		.provider = r->provider,
		.stream = r->stream,
		.name = r->key,
		.subject = r->identity,
		.value = whole(text, r->count),
		.verdict = r->permanent ? "permanent" : "temporary",
		.reason = r->reply,
		.text = r->sample };

	put(e, &row);
}

static enum status
put_replies(
    struct export *e, const struct store_domain *domain, struct error *err)
{
	struct reply_query query = { .domain = domain->id,
		.by_s = HOUR_SECONDS,
		.by_stream = true,
		.limit = SIZE_MAX };
	struct slices slices = slices_of(e);
	enum status status = STATUS_OK;
	struct reply_count *all;
	size_t count = 0;

	while (status == STATUS_OK && next_slice(&slices, count)) {
		query.since_s = slices.from_s;
		query.until_s = slices.until_s;
		status = begin_page(e, err);
		if (status == STATUS_OK)
			status = store_replies(e->what->store, &query, e->arena,
			    &all, &count, err);
		for (size_t i = count; status == STATUS_OK && i-- > 0;)
			put_reply(e, domain->name, &all[i]);
	}
	return status;
}

/* --- the operator's own -------------------------------------------------------- */

static bool
is_named(const struct report_export *what, const char *domain)
{
	for (size_t i = 0; i < what->domain_count; i++)
		if (strcmp(what->domains[i], domain) == 0)
			return true;
	return what->domain_count == 0 || domain[0] == '\0';
}

static enum status
put_notes(struct export *e, struct error *err)
{
	char at[TIME_TEXT_SIZE];
	struct store_note *all;
	size_t count;
	enum status status;

	arena_reset(e->arena);
	status = store_notes(e->what->store, NULL, e->what->since_s, INT64_MAX,
	    e->arena, &all, &count, err);
	for (size_t i = count; status == STATUS_OK && i-- > 0;) {
		const struct export_row row = { .kind = "note",
			.domain = all[i].domain,
			.at = time_text(at, all[i].at_s),
			.text = all[i].text };

		if (is_named(e->what, all[i].domain))
			put(e, &row);
	}
	return status;
}

static enum status
put_mutes(struct export *e, struct error *err)
{
	char at[TIME_TEXT_SIZE], until[TIME_TEXT_SIZE];
	struct store_mute *all;
	size_t count;
	enum status status;

	arena_reset(e->arena);
	status = store_mutes(
	    e->what->store, NULL, e->what->now_s, e->arena, &all, &count, err);
	for (size_t i = 0; status == STATUS_OK && i < count; i++) {
		struct export_row row = { .kind = "mute",
			.domain = all[i].domain,
			.at = time_text(at, all[i].since_s),
			.name = all[i].check,
			.subject = all[i].subject,
			.text = all[i].why };

		if (all[i].until_s != 0)
			row.until = time_text(until, all[i].until_s);
		if (is_named(e->what, all[i].domain))
			put(e, &row);
	}
	return status;
}

/* --- all of it -------------------------------------------------------------------- */

static enum status
put_domain(
    struct export *e, const struct store_domain *domain, struct error *err)
{
	static enum status (*const parts[])(struct export * e,
	    const struct store_domain *domain, struct error *err) = {
		put_measures,
		put_feedback,
		put_findings,
		put_traffic,
		put_replies,
	};
	enum status status = STATUS_OK;

	for (size_t i = 0;
	     status == STATUS_OK && i < sizeof(parts) / sizeof(parts[0]); i++)
		status = parts[i](e, domain, err);
	if (status == STATUS_OK && e->what->domain_count > 0)
		status = put_events(e, domain->name, err);
	return status;
}

static enum status
put_all(struct export *e, struct arena *names, struct error *err)
{
	const struct report_export *what = e->what;
	struct store_domain *all, one;
	enum status status = STATUS_OK;
	size_t count = what->domain_count;

	if (count == 0)
		status = store_domains(what->store, names, &all, &count, err);
	e->total = count;
	for (size_t i = 0; status == STATUS_OK && i < count; i++) {
		if (what->domain_count > 0)
			status = store_domain_get(
			    what->store, what->domains[i], names, &one, err);
		else
			one = all[i];
		if (status == STATUS_OK)
			status = put_domain(e, &one, err);
		e->done = i + 1;
		if (status == STATUS_OK)
			status = begin_page(e, err);
	}
	return status;
}

enum status
report_export(FILE *out, const char *format, const struct report_export *what,
    struct error *err)
{
	struct arena *names = arena_new();
	struct export e = { .what = what,
		.format = export_format(format),
		.out = out,
		.arena = arena_new() };
	enum status status = STATUS_OK;

	if (e.format == NULL)
		status = error_set(err, STATUS_USAGE,
		    "--format: an export has no \"%.80s\"; csv or json",
		    format);
	if (status == STATUS_OK) {
		e.format->head(out);
		status = put_notes(&e, err);
	}
	if (status == STATUS_OK)
		status = put_mutes(&e, err);
	if (status == STATUS_OK && what->domain_count == 0)
		status = put_events(&e, NULL, err);
	if (status == STATUS_OK)
		status = put_all(&e, names, err);
	buf_free(&e.scratch);
	arena_free(e.arena);
	arena_free(names);
	return status;
}
