/* The store's findings: one row a change, so that any moment can be rebuilt. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "sendtop/store_news.h"
#include "store/internal.h"
#include "store/query.h"

/* ended_s of a row that still holds. */
#define OPEN INT64_MAX

#define COLUMNS                                                            \
	"name, subject, verdict, reason, detail, cure, first_seen_s, "     \
	"last_seen_s, known_verdict, known_reason, known_s, id, begun_s, " \
	"known_first_s, record"

/* A finding as it is stored. */
struct row {
	struct finding finding;
	int64_t id, begun_s;
	int64_t known_first_s; /* since when the last known verdict was so */
	bool paired;
	bool stays; /* paired with a finding that says the same */
};
struct rows {
	struct row *items;
	size_t count, cap;
};

/* One run of store_findings_put. */
struct run {
	struct store *store;
	int64_t domain, now_s;
	struct rows old;
	const struct finding *found;
	size_t count;
	bool *paired; /* a flag for each of found */
	store_changed *changed;
	void *arg;
	struct error *err;
};

static enum verdict
as_verdict(int64_t value)
{
	return value < VERDICT_PASS || value > VERDICT_SKIP
	    ? VERDICT_UNKNOWN
	    : (enum verdict)value;
}

static struct row
read_row(struct query *q, struct arena *arena)
{
	const char *known = query_get_text(q, 9);
	struct row row = { .id = query_get_int(q, 11),
		.begun_s = query_get_int(q, 12),
		.known_first_s = query_get_int(q, 13) };

	row.finding = (struct finding){
		.check = arena_dup(arena, query_get_text(q, 0)),
		.subject = arena_dup(arena, query_get_text(q, 1)),
		.verdict = as_verdict(query_get_int(q, 2)),
		.reason = arena_dup(arena, query_get_text(q, 3)),
		.detail = arena_dup(arena, query_get_text(q, 4)),
		.cure = arena_dup(arena, query_get_text(q, 5)),
		.first_seen_s = query_get_int(q, 6),
		.last_seen_s = query_get_int(q, 7),
		.known_verdict = as_verdict(query_get_int(q, 8)),
		.known_reason = known[0] != '\0' ? arena_dup(arena, known)
						 : NULL,
		.known_s = query_get_int(q, 10),
		.record = arena_dup(arena, query_get_text(q, 14)),
	};
	return row;
}

/* The rows that held at a moment. */
static enum status
read_rows(struct store *store, int64_t domain, int64_t at_s,
    struct arena *arena, struct rows *out, struct error *err)
{
	struct query q;

	*out = (struct rows){ 0 };
	query_open(&q, store,
	    "SELECT " COLUMNS " FROM finding"
	    " WHERE domain = $1 AND ended_s > $2 AND begun_s <= $3"
	    " ORDER BY id",
	    err);
	query_int(&q, domain);
	query_int(&q, at_s < OPEN ? at_s : OPEN - 1);
	query_int(&q, at_s);
	while (query_row(&q)) {
		out->items = mem_grow(
		    out->items, out->count, &out->cap, sizeof(*out->items));
		out->items[out->count++] = read_row(&q, arena);
	}
	return query_end(&q);
}

/* --- what a change writes -------------------------------------------------- */

static enum status
end_row(const struct run *run, const struct row *row)
{
	/* A clock that was set back must not end it before it began. */
	int64_t ended = run->now_s > row->begun_s ? run->now_s : row->begun_s;
	struct query q;

	query_open(&q, run->store,
	    "UPDATE finding SET ended_s = $1 WHERE id = $2", run->err);
	query_int(&q, ended);
	query_int(&q, row->id);
	return query_run(&q);
}

enum status
store_finding_row(struct store *store, int64_t domain,
    const struct finding_span *span, int64_t ended_s, struct error *err)
{
	const struct finding *f = &span->finding;
	struct query q;

	query_open(&q, store,
	    "INSERT INTO finding (domain, begun_s, ended_s, name, subject,"
	    " verdict, reason, detail, cure, first_seen_s, last_seen_s,"
	    " known_verdict, known_reason, known_s, known_first_s, record)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,"
	    " $14, $15, $16)",
	    err);
	query_int(&q, domain);
	query_int(&q, span->begun_s);
	query_int(&q, ended_s);
	query_text(&q, f->check);
	query_text(&q, f->subject);
	query_int(&q, f->verdict);
	query_text(&q, f->reason);
	query_text(&q, f->detail);
	query_text(&q, f->cure);
	query_int(&q, f->first_seen_s);
	query_int(&q, f->last_seen_s);
	query_int(&q, f->known_verdict);
	query_text(&q, f->known_reason);
	query_int(&q, f->known_s);
	query_int(&q, span->known_first_s);
	query_text(&q, f->record);
	return query_run(&q);
}

static enum status
begin_row(const struct run *run, const struct row *row)
{
	const struct finding_span span = {
		.finding = row->finding,
		.begun_s = row->begun_s,
		.known_first_s = row->known_first_s,
	};

	return store_finding_row(
	    run->store, run->domain, &span, OPEN, run->err);
}

static bool
same_text(const char *a, const char *b)
{
	return strcmp(a != NULL ? a : "", b != NULL ? b : "") == 0;
}

static bool
has_record(const struct finding *f)
{
	return f->record != NULL && f->record[0] != '\0';
}

/* What could not be told now is as it was last known. */
static const char *
record_to_keep(const struct finding *was, const struct finding *found)
{
	bool told = found->verdict != VERDICT_UNKNOWN && has_record(found);

	return told || !has_record(was) ? found->record : was->record;
}

/* The words beside a verdict may change (days left, counts) without the
 * verdict being another.  So may the record be told for the first time. */
static enum status
reword(
    const struct run *run, const struct row *old, const struct finding *found)
{
	const char *record = record_to_keep(&old->finding, found);
	struct query q;

	if (same_text(old->finding.detail, found->detail) &&
	    same_text(old->finding.cure, found->cure) &&
	    same_text(old->finding.record, record))
		return STATUS_OK;
	query_open(&q, run->store,
	    "UPDATE finding SET detail = $1, cure = $2, record = $3"
	    " WHERE id = $4",
	    run->err);
	query_text(&q, found->detail);
	query_text(&q, found->cure);
	query_text(&q, record);
	query_int(&q, old->id);
	return query_run(&q);
}

static enum status
seen(const struct run *run, const struct row *row)
{
	struct query q;

	query_open(&q, run->store,
	    "UPDATE finding SET last_seen_s = $1 WHERE id = $2", run->err);
	query_int(&q, run->now_s);
	query_int(&q, row->id);
	return query_run(&q);
}

/* --- comparing ------------------------------------------------------------- */

static bool
same_words(const struct finding *a, const struct finding *b)
{
	return a->verdict == b->verdict && strcmp(a->reason, b->reason) == 0;
}

/* What was known last, seen from a row that comes after `old`. */
static void
keep_known(struct row *row, const struct row *old)
{
	const struct finding *was = &old->finding;

	if (was->verdict != VERDICT_UNKNOWN) {
		row->finding.known_verdict = was->verdict;
		row->finding.known_reason = was->reason;
		row->finding.known_s = was->last_seen_s;
		row->known_first_s = was->first_seen_s;
		return;
	}
	row->finding.known_verdict = was->known_verdict;
	row->finding.known_reason = was->known_reason;
	row->finding.known_s = was->known_s;
	row->known_first_s = old->known_first_s;
}

/* The row of a new finding; `old` is what it replaces, or NULL. */
static struct row
next_row(
    const struct run *run, const struct row *old, const struct finding *found)
{
	struct row row = { .finding = *found, .begun_s = run->now_s };
	struct finding *f = &row.finding;
	const struct finding *was = old != NULL ? &old->finding : NULL;

	f->first_seen_s = f->last_seen_s = run->now_s;
	f->known_verdict = VERDICT_UNKNOWN;
	f->known_reason = NULL;
	f->known_s = 0;
	if (old == NULL)
		return row;
	if (old->begun_s > row.begun_s)
		row.begun_s = old->begun_s;
	if (f->verdict == VERDICT_UNKNOWN) {
		keep_known(&row, old);
		f->record = record_to_keep(was, found);
	} else if (same_words(was, f)) {
		/* Another record, but the verdict is as old as it was. */
		f->first_seen_s = was->first_seen_s;
	} else if (was->verdict == VERDICT_UNKNOWN &&
	    was->known_reason != NULL && was->known_verdict == f->verdict &&
	    strcmp(was->known_reason, f->reason) == 0) {
		/* Not being told for a while does not make a trouble new. */
		f->first_seen_s = old->known_first_s;
	}
	return row;
}

static enum status
replace(struct run *run, const struct row *old, const struct finding *found)
{
	enum status status = STATUS_OK;
	struct row row;

	if (old != NULL)
		status = end_row(run, old);
	if (status == STATUS_OK && found != NULL) {
		row = next_row(run, old, found);
		status = begin_row(run, &row);
	}
	if (status == STATUS_OK && run->changed != NULL)
		run->changed(run->arg, old != NULL ? &old->finding : NULL,
		    found != NULL ? &row.finding : NULL);
	return status;
}

static bool
same_place(const struct finding *a, const struct finding *b)
{
	return strcmp(a->check, b->check) == 0 &&
	    strcmp(a->subject, b->subject) == 0;
}

/* Only what both times could be told is another record. */
static bool
other_record(const struct finding *was, const struct finding *found)
{
	return found->verdict != VERDICT_UNKNOWN && has_record(was) &&
	    has_record(found) && strcmp(was->record, found->record) != 0;
}

/* The worst unpaired old row in the place of a finding; with `words`, only
 * one that says the same. */
static struct row *
match(struct run *run, const struct finding *found, bool words)
{
	struct row *best = NULL;

	for (size_t i = 0; i < run->old.count; i++) {
		struct row *row = &run->old.items[i];

		if (row->paired || !same_place(&row->finding, found) ||
		    (words && !same_words(&row->finding, found)))
			continue;
		if (best == NULL ||
		    finding_compare(&row->finding, &best->finding) < 0)
			best = row;
	}
	return best;
}

/* A check may say several things of one subject: first what stayed is put
 * aside, then what is left is taken for changes, worst against worst. */
static enum status
pair_unchanged(struct run *run)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; status == STATUS_OK && i < run->count; i++) {
		struct row *old = match(run, &run->found[i], true);

		if (old == NULL)
			continue;
		old->paired = run->paired[i] = true;
		old->stays = !other_record(&old->finding, &run->found[i]);
		if (old->stays)
			status = reword(run, old, &run->found[i]);
		else
			status = replace(run, old, &run->found[i]);
	}
	return status;
}

static const struct finding *
worst_unpaired(struct run *run, size_t *at)
{
	const struct finding *best = NULL;

	for (size_t i = 0; i < run->count; i++) {
		if (run->paired[i])
			continue;
		if (best == NULL || finding_compare(&run->found[i], best) < 0) {
			best = &run->found[i];
			*at = i;
		}
	}
	return best;
}

static enum status
pair_changed(struct run *run)
{
	enum status status = STATUS_OK;
	const struct finding *found;
	size_t at = 0;

	while (
	    status == STATUS_OK && (found = worst_unpaired(run, &at)) != NULL) {
		struct row *old = match(run, found, false);

		if (old != NULL)
			old->paired = true;
		run->paired[at] = true;
		status = replace(run, old, found);
	}
	return status;
}

static bool
among(const char *check, const char *const *checks, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(checks[i], check) == 0)
			return true;
	return false;
}

static enum status
end_missing(struct run *run, const char *const *checks, size_t check_count)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; status == STATUS_OK && i < run->old.count; i++) {
		const struct row *old = &run->old.items[i];

		if (!old->paired &&
		    among(old->finding.check, checks, check_count))
			status = replace(run, old, NULL);
	}
	return status;
}

static enum status
put(struct run *run, const char *const *checks, size_t check_count)
{
	struct arena *arena = arena_new();
	enum status status;

	status = read_rows(
	    run->store, run->domain, OPEN, arena, &run->old, run->err);
	run->paired = mem_zero(run->count + 1, sizeof(*run->paired));
	if (status == STATUS_OK)
		status = pair_unchanged(run);
	if (status == STATUS_OK)
		status = pair_changed(run);
	if (status == STATUS_OK)
		status = end_missing(run, checks, check_count);
	for (size_t i = 0; status == STATUS_OK && i < run->old.count; i++) {
		const struct row *old = &run->old.items[i];

		if (old->stays &&
		    among(old->finding.check, checks, check_count))
			status = seen(run, old);
	}
	free(run->paired);
	free(run->old.items);
	arena_free(arena);
	return status;
}

enum status
store_findings_put(struct store *store, int64_t domain,
    const char *const *checks, size_t check_count,
    const struct finding *findings, size_t count, int64_t now_s,
    store_changed *changed, void *arg, struct error *err)
{
	struct run run = {
		.store = store,
		.domain = domain,
		.now_s = now_s,
		.found = findings,
		.count = count,
		.changed = changed,
		.arg = arg,
		.err = err,
	};
	enum status status;
	bool own;

	for (size_t i = 0; i < count; i++)
		if (!among(findings[i].check, checks, check_count))
			return error_set(err, STATUS_USAGE,
			    "a finding of check %s, which did not run",
			    findings[i].check);
	status = store_write(store, &own, err);
	if (status == STATUS_OK)
		status = store_written(
		    store, own, put(&run, checks, check_count), err);
	return status;
}

/* --- reading --------------------------------------------------------------- */

static int
compare(const void *a, const void *b)
{
	return finding_compare(a, b);
}

enum status
store_findings_get(struct store *store, int64_t domain, int64_t at_s,
    struct arena *arena, struct finding **out, size_t *count, struct error *err)
{
	struct rows rows;
	enum status status = read_rows(store, domain, at_s, arena, &rows, err);

	*out = NULL;
	*count = 0;
	if (status == STATUS_OK && rows.count > 0) {
		*out = arena_alloc(arena, rows.count * sizeof(**out));
		*count = rows.count;
		for (size_t i = 0; i < rows.count; i++) {
			(*out)[i] = rows.items[i].finding;
			if ((*out)[i].last_seen_s > at_s)
				(*out)[i].last_seen_s = at_s;
		}
		qsort(*out, *count, sizeof(**out), compare);
	}
	free(rows.items);
	return status;
}

static enum status
read_spans(struct query *q, struct arena *arena, struct finding_span **out,
    size_t *count)
{
	struct finding_span *all = NULL;
	size_t cap = 0;

	*count = 0;
	while (query_row(q)) {
		struct row row = read_row(q, arena);
		int64_t ended = query_get_int(q, 15);

		all = mem_grow(all, *count, &cap, sizeof(*all));
		all[(*count)++] = (struct finding_span){
			.id = row.id,
			.finding = row.finding,
			.begun_s = row.begun_s,
			.ended_s = ended < OPEN ? ended : 0,
			.known_first_s = row.known_first_s,
		};
	}
	*out = store_settle(arena, all, *count, sizeof(*all));
	return query_end(q);
}

enum status
store_findings_past(struct store *store, int64_t domain, int64_t since_s,
    int64_t after, size_t limit, struct arena *arena, struct finding_span **out,
    size_t *count, struct error *err)
{
	struct query q;

	query_open(&q, store,
	    "SELECT " COLUMNS ", ended_s FROM finding WHERE domain = $1"
	    " AND ended_s > $2 AND id > $3 ORDER BY id LIMIT $4",
	    err);
	query_int(&q, domain);
	query_int(&q, since_s < OPEN ? since_s : OPEN - 1);
	query_int(&q, after);
	query_int(&q, limit < INT64_MAX ? (int64_t)limit : INT64_MAX);
	return read_spans(&q, arena, out, count);
}

enum status
store_finding_past(struct store *store, const struct finding_key *key,
    int64_t until_s, size_t limit, struct arena *arena,
    struct finding_span **out, size_t *count, struct error *err)
{
	struct query q;

	query_open(&q, store,
	    "SELECT " COLUMNS ", ended_s FROM finding WHERE domain = $1"
	    " AND name = $2 AND subject = $3 AND begun_s <= $4"
	    " ORDER BY begun_s DESC, id DESC LIMIT $5",
	    err);
	query_int(&q, key->domain);
	query_text(&q, key->check);
	query_text(&q, key->subject);
	query_int(&q, until_s);
	query_int(&q, limit < INT64_MAX ? (int64_t)limit : INT64_MAX);
	return read_spans(&q, arena, out, count);
}
