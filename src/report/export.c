/* An export: what the store remembers, row by row, a slice at a time. */
/* SPDX-License-Identifier: MIT */
#include "report/export_page.h"

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
};

enum status
export_begin_page(struct export *e, struct error *err)
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

void
export_put(struct export *e, const struct export_row *row)
{
	e->format->row(e->out, row, &e->scratch);
}

static const char *
number(char out[EXPORT_NUMBER_SIZE], double value)
{
	snprintf(out, EXPORT_NUMBER_SIZE, "%.12g", value);
	return out;
}

/* --- measures -------------------------------------------------------------- */

static enum status
put_series(struct export *e, const struct store_domain *domain,
    enum metric metric, int32_t first, size_t days, struct error *err)
{
	double *values = arena_alloc(e->arena, days * sizeof(*values));
	char day[DAY_TEXT_SIZE], text[EXPORT_NUMBER_SIZE];
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
		export_put(e, &row);
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
			status = export_begin_page(e, err);
	}
	return status;
}

/* Which days Google was asked about, so that no number is known to be none. */
static enum status
put_asked(
    struct export *e, const struct store_domain *domain, struct error *err)
{
	char first[DAY_TEXT_SIZE], last[DAY_TEXT_SIZE];
	const struct export_row row = { .kind = "asked",
		.domain = domain->name,
		.at = day_text(first, domain->asked_first),
		.until = day_text(last, domain->asked_last) };

	(void)err;
	if (domain->asked_first != DAY_NONE && domain->asked_last != DAY_NONE &&
	    day_start(domain->asked_last) >= e->what->since_s)
		export_put(e, &row);
	return STATUS_OK;
}

/* The newest day that Google has published. */
static enum status
put_published(struct export *e, struct error *err)
{
	struct export_row row = { .kind = "published" };
	enum status status;
	int32_t day;

	arena_reset(e->arena);
	status = store_value_get(
	    e->what->store, "postmaster.newest_day", e->arena, &row.at, err);
	if (status == STATUS_OK && day_parse(row.at, 0, &day) &&
	    day_start(day) >= e->what->since_s)
		export_put(e, &row);
	return status;
}

/* --- feedback loops ---------------------------------------------------------- */

struct export_slices
export_slices(const struct export *e)
{
	int64_t oldest = e->what->now_s - (int64_t)OLDEST_DAYS * DAY_SECONDS;
	int64_t from = e->what->since_s > oldest ? e->what->since_s : oldest;

	return (struct export_slices){ .until_s = day_start(day_of(from)),
		.end_s = e->what->now_s + DAY_SECONDS,
		.days = SLICE_DAYS };
}

bool
export_next_slice(struct export_slices *s, size_t rows)
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
	struct export_slices slices = export_slices(e);
	char day[DAY_TEXT_SIZE], text[EXPORT_NUMBER_SIZE];
	enum status status = STATUS_OK;
	struct feedback *all;
	size_t count = 0;

	while (status == STATUS_OK && export_next_slice(&slices, count)) {
		status = export_begin_page(e, err);
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
			export_put(e, &row);
		}
	}
	return status;
}

/* --- findings and events ----------------------------------------------------- */

/* "fail missing SINCE SEEN" */
static const char *
known_words(struct export *e, const struct finding_span *span)
{
	const struct finding *f = &span->finding;
	char since[TIME_TEXT_SIZE], seen[TIME_TEXT_SIZE];

	return arena_printf(e->arena, "%s %s %s %s",
	    verdict_name(f->known_verdict), f->known_reason,
	    time_text(since, span->known_first_s), time_text(seen, f->known_s));
}

static void
put_finding(
    struct export *e, const char *domain, const struct finding_span *span)
{
	const struct finding *f = &span->finding;
	char begun[TIME_TEXT_SIZE], ended[TIME_TEXT_SIZE];
	char first[TIME_TEXT_SIZE], last[TIME_TEXT_SIZE];
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
	if (f->first_seen_s != 0)
		row.first_seen = time_text(first, f->first_seen_s);
	if (f->last_seen_s != 0)
		row.last_seen = time_text(last, f->last_seen_s);
	if (f->known_reason != NULL)
		row.known = known_words(e, span);
	export_put(e, &row);
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
		status = export_begin_page(e, err);
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
	struct news_query query = { .after = INT64_MIN,
		.since_s = e->what->since_s,
		.domain = domain,
		.limit = PAGE };
	char at[TIME_TEXT_SIZE];
	struct store_news *all;
	enum status status;
	size_t count;

	do {
		status = export_begin_page(e, err);
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
				.text = event->text,
				.check = all[i].check };

			export_put(e, &row);
			query.after = event->id;
		}
	} while (status == STATUS_OK && count == PAGE);
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
			export_put(e, &row);
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
			export_put(e, &row);
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
		put_asked,
		put_measures,
		put_feedback,
		put_findings,
		export_traffic,
		export_replies,
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
			status = export_begin_page(e, err);
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
	if (status == STATUS_OK)
		status = put_published(&e, err);
	if (status == STATUS_OK)
		status = export_logs(&e, err);
	if (status == STATUS_OK && what->domain_count == 0)
		status = put_events(&e, NULL, err);
	if (status == STATUS_OK)
		status = put_all(&e, names, err);
	buf_free(&e.scratch);
	arena_free(e.arena);
	arena_free(names);
	return status;
}
