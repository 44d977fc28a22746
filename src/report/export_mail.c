/* Of an export: what the own log told. */
/* SPDX-License-Identifier: MIT */
#include "report/export_page.h"
#include "sendtop/day.h"

enum { NO_COUNT = -1 };

static const char *
whole(char out[EXPORT_NUMBER_SIZE], int64_t value)
{
	snprintf(out, EXPORT_NUMBER_SIZE, "%lld", (long long)value);
	return out;
}

/* "3:2 59:1": two ended in the fourth minute, one in the last. */
static const char *
minute_words(struct export *e, const struct traffic *t)
{
	e->scratch.len = 0;
	for (int i = 0; i < HOUR_MINUTES; i++)
		if (t->minutes[i] != 0)
			buf_printf(&e->scratch, "%s%d:%u",
			    e->scratch.len > 0 ? " " : "", i,
			    (unsigned)t->minutes[i]);
	return e->scratch.len > 0 ? arena_dup(e->arena, e->scratch.data) : NULL;
}

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
		{ "minutes", NO_COUNT },
	};
	char at[TIME_TEXT_SIZE], until[TIME_TEXT_SIZE],
	    text[EXPORT_NUMBER_SIZE];
	struct export_row row = { .kind = "traffic",
		.domain = domain,
		.at = time_text(at, t->hour_s),
		.until = time_text(until, t->hour_s + HOUR_SECONDS),
		.provider = t->provider,
		.stream = t->stream };

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		bool counted = counts[i].count != NO_COUNT;

		row.name = counts[i].name;
		row.value = counted ? whole(text, counts[i].count) : NULL;
		row.text = counted ? NULL : minute_words(e, t);
		if (counted || row.text != NULL)
			export_put(e, &row);
	}
}

enum status
export_traffic(
    struct export *e, const struct store_domain *domain, struct error *err)
{
	struct export_slices slices = export_slices(e);
	enum status status = STATUS_OK;
	struct traffic *all;
	size_t count = 0;

	while (status == STATUS_OK && export_next_slice(&slices, count)) {
		status = export_begin_page(e, err);
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
	char at[TIME_TEXT_SIZE], until[TIME_TEXT_SIZE], last[TIME_TEXT_SIZE];
	char text[EXPORT_NUMBER_SIZE];
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
		.text = r->sample,
		.last_seen = time_text(last, r->last_s),
		.category = r->category,
		.slow_down = r->slow_down ? "yes" : NULL };

	export_put(e, &row);
}

enum status
export_replies(
    struct export *e, const struct store_domain *domain, struct error *err)
{
	struct reply_query query = { .domain = domain->id,
		.by_s = HOUR_SECONDS,
		.by_stream = true,
		.limit = SIZE_MAX };
	struct export_slices slices = export_slices(e);
	enum status status = STATUS_OK;
	struct reply_count *all;
	size_t count = 0;

	while (status == STATUS_OK && export_next_slice(&slices, count)) {
		query.since_s = slices.from_s;
		query.until_s = slices.until_s;
		status = export_begin_page(e, err);
		if (status == STATUS_OK)
			status = store_replies(e->what->store, &query, e->arena,
			    &all, &count, err);
		for (size_t i = count; status == STATUS_OK && i-- > 0;)
			put_reply(e, domain->name, &all[i]);
	}
	return status;
}

enum status
export_logs(struct export *e, struct error *err)
{
	char first[TIME_TEXT_SIZE], last[TIME_TEXT_SIZE];
	struct log_cursor *all;
	enum status status;
	size_t count;

	arena_reset(e->arena);
	status = store_cursors(e->what->store, e->arena, &all, &count, err);
	for (size_t i = 0; status == STATUS_OK && i < count; i++) {
		const struct export_row row = { .kind = "log",
			.at = time_text(first, all[i].first_s),
			.until = time_text(last, all[i].last_s) };

		if (all[i].first_s > 0 && all[i].last_s >= all[i].first_s &&
		    all[i].last_s >= e->what->since_s)
			export_put(e, &row);
	}
	return status;
}
