/* OpenMetrics text: what the store knows of all domains, as samples. */
/* SPDX-License-Identifier: MIT */
#include "report/openmetrics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "sendtop/day.h"
#include "sendtop/store_live.h"
#include "sendtop/text.h"

enum { PAGE = 500 };

/* --- writing -------------------------------------------------------------- */

void
metrics_family(struct metrics *m, const char *name, const char *type,
    const char *unit, const char *help)
{
	fprintf(m->out, "# TYPE %s %s\n", name, type);
	if (unit[0] != '\0')
		fprintf(m->out, "# UNIT %s %s\n", name, unit);
	fprintf(m->out, "# HELP %s %s\n", name, help);
}

static void
escape(FILE *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '\\' || *text == '"')
			fputc('\\', out);
		fputc(*text, out);
	}
}

/* The name of a log may hold any octet, and one that is no UTF-8 would make the
 * whole text unreadable.  Nothing is cut, so that no two become the same. */
static void
put_value(FILE *out, const char *text)
{
	size_t len = strlen(text);
	char *shown;

	if (text_plain_run(text, len) == len) {
		escape(out, text);
		return;
	}
	shown = text_printable_dup(text, len, len * 4 + 1);
	escape(out, shown);
	free(shown);
}

void
metrics_sample(struct metrics *m, const char *name,
    const struct metrics_label *labels, size_t count, double value)
{
	size_t i;

	if (isnan(value))
		return;
	fputs(name, m->out);
	for (i = 0; i < count; i++) {
		fprintf(m->out, "%s%s=\"", i == 0 ? "{" : ",", labels[i].name);
		put_value(m->out, labels[i].value);
		fputc('"', m->out);
	}
	fprintf(m->out, "%s %.12g\n", count > 0 ? "}" : "", value);
}

double
metrics_moment(int64_t time_s)
{
	return time_s > 0 ? (double)time_s : (double)NAN;
}

/* --- all domains, and sendtop itself -------------------------------------- */

static void
put_counts(struct metrics *m)
{
	static const char name[] = "sendtop_domains";
	size_t counts[5] = { 0 }, i;

	for (i = 0; i < m->count; i++)
		counts[m->rows[i].judged ? m->rows[i].state : 4]++;
	metrics_family(
	    m, name, "gauge", "", "Domains that are watched, by state.");
	for (i = 0; i < 5; i++)
		metrics_sample(m, name,
		    (struct metrics_label[]){ { "state",
			i < 4 ? standing_state_name((enum standing_state)i)
			      : "unjudged" } },
		    1, (double)counts[i]);
}

static enum status
put_self(struct metrics *m)
{
	const char *text;
	int32_t day;
	enum status status = store_value_get(
	    m->store, "postmaster.newest_day", m->pass, &text, m->err);

	if (status != STATUS_OK)
		return status;
	metrics_family(m, "sendtop_version", "gauge", "", "1 for the version.");
	metrics_sample(m, "sendtop_version",
	    (struct metrics_label[]){ { "version", SENDTOP_VERSION } }, 1, 1);
	metrics_family(m, "sendtop_taken_timestamp_seconds", "gauge", "seconds",
	    "When this was written.");
	metrics_sample(
	    m, "sendtop_taken_timestamp_seconds", NULL, 0, (double)m->now_s);
	metrics_family(m, "sendtop_postmaster_day_timestamp_seconds", "gauge",
	    "seconds", "Begin of the newest UTC day that Google published.");
	if (day_parse(text, day_of(m->now_s), &day))
		metrics_sample(m, "sendtop_postmaster_day_timestamp_seconds",
		    NULL, 0, (double)day_start(day));
	return STATUS_OK;
}

static enum status
put_works(struct metrics *m)
{
	struct store_activity *works;
	size_t count, i;
	enum status status = store_activities(
	    m->store, m->pass, &works, &count, m->err);

	if (status != STATUS_OK)
		return status;
	metrics_family(m, "sendtop_work_beat_timestamp_seconds", "gauge",
	    "seconds", "The collector's last sign of life, by work.");
	for (i = 0; i < count; i++)
		metrics_sample(m, "sendtop_work_beat_timestamp_seconds",
		    (struct metrics_label[]){ { "work", works[i].kind } }, 1,
		    metrics_moment(works[i].beat_s));
	metrics_family(m, "sendtop_work_failing", "gauge", "",
	    "1 when the last run of the work failed, else 0.");
	for (i = 0; i < count; i++)
		metrics_sample(m, "sendtop_work_failing",
		    (struct metrics_label[]){ { "work", works[i].kind } }, 1,
		    works[i].error[0] != '\0');
	return STATUS_OK;
}

/* --- reading -------------------------------------------------------------- */

static void
add_row(struct metrics *m, const struct store_standing *from)
{
	const struct standing *s = &from->standing;

	m->rows = mem_grow(m->rows, m->count, &m->cap, sizeof(*m->rows));
	m->rows[m->count++] = (struct metrics_row){
		.id = from->id,
		.name = arena_dup(m->names, from->name),
		.tag = arena_dup(m->names, from->tag),
		.judged = from->judged,
		.state = s->state,
		.band = s->band,
		.poll = s->poll,
		.ramp = s->ramp,
		.reputation = s->reputation,
		.spam_rate = s->spam_rate,
		.mean7 = s->mean7,
		.volume = s->volume,
		.growth = s->growth,
		.ceiling = s->ceiling,
		.clean_days = s->clean_days,
		.fails = s->fails,
		.warns = s->warns,
		.unknowns = s->unknowns,
		.spam_day = s->spam_day,
		.since_s = s->since_s,
		.probed_s = s->probed_s,
		.fetched_s = s->fetched_s,
	};
}

/* A domain that comes while pages are turned moves others to the next page: a
 * name that was there already is not taken again, for a series must not be
 * there twice. */
static enum status
read_rows(struct metrics *m)
{
	struct standing_page page = { .sort = SORT_NAME, .limit = PAGE };
	struct store_standing *rows;
	enum status status;
	size_t count, total, i;

	do {
		arena_reset(m->pass);
		status = store_standing_page(
		    m->store, &page, m->pass, &rows, &count, &total, m->err);
		for (i = 0; status == STATUS_OK && i < count; i++)
			if (m->count == 0 ||
			    strcmp(m->rows[m->count - 1].name, rows[i].name) <
				0)
				add_row(m, &rows[i]);
		page.offset += count;
	} while (status == STATUS_OK && count > 0 && page.offset < total);
	arena_reset(m->pass);
	return status;
}

enum status
report_openmetrics(
    FILE *out, struct store *store, int64_t now_s, struct error *err)
{
	struct metrics m = {
		.out = out, .store = store, .now_s = now_s, .err = err
	};
	enum status status;

	m.names = arena_new();
	m.pass = arena_new();
	status = read_rows(&m);
	if (status == STATUS_OK)
		status = put_self(&m);
	if (status == STATUS_OK) {
		put_counts(&m);
		metrics_domains(&m);
		status = put_works(&m);
	}
	if (status == STATUS_OK)
		status = metrics_mail(&m);
	if (status == STATUS_OK)
		fputs("# EOF\n", out);
	arena_free(m.names);
	arena_free(m.pass);
	free(m.rows);
	return status;
}
