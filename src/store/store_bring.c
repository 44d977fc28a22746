/* History from elsewhere: feedback, findings and events, each row once. */
/* SPDX-License-Identifier: MIT */
#include "sendtop/store_bring.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/bring.h"
#include "store/internal.h"
#include "store/query.h"

/* ended_s of a finding that still holds. */
#define OPEN INT64_MAX
/* Numbers that one import has for its events. */
#define EVENT_NUMBERS (INT64_C(1) << 40)

enum { KNOWN_MOST = 4096, KEY_SIZE = 128 };

/* When the store saw a check's findings itself; first_s INT64_MAX: never. */
struct known {
	int64_t first_s, last_s;
};

/* --- the whole ------------------------------------------------------------- */

static enum status
number_of(struct store *store, const char *sql, int64_t *out, struct error *err)
{
	struct query q;

	query_open(&q, store, sql, err);
	*out = query_row(&q) ? query_get_int(&q, 0) : 0;
	return query_end(&q);
}

enum status
store_bring_begin(
    struct store *store, bool replace, struct bringing **out, struct error *err)
{
	struct bringing *b;
	int64_t findings, event;
	enum status status = store_begin(store, err);

	if (status != STATUS_OK)
		return status;
	status = number_of(
	    store, "SELECT coalesce(max(id), 0) FROM finding", &findings, err);
	if (status == STATUS_OK)
		status = number_of(store,
		    "SELECT coalesce(min(id), 0) FROM event", &event, err);
	if (status != STATUS_OK) {
		store_rollback(store);
		return status;
	}
	b = mem_zero(1, sizeof(*b));
	*b = (struct bringing){ .store = store,
		.replace = replace,
		.findings = findings,
		.known = map_new(),
		.event = (event < 0 ? event : 0) - EVENT_NUMBERS };
	*out = b;
	return STATUS_OK;
}

enum status
store_bring_end(struct bringing *b, bool keep, struct error *err)
{
	enum status status = STATUS_OK;

	if (keep)
		status = store_commit(b->store, err);
	else
		store_rollback(b->store);
	map_free(b->known, free);
	free(b);
	return status;
}

/* An export writes twelve digits. */
bool
bring_same(double a, double b)
{
	return a == b || fabs(a - b) <= 1e-11 * fmax(fabs(a), fabs(b));
}

/* --- feedback -------------------------------------------------------------- */

/* A rate is more than none. */
static enum fate
feedback_fate(const struct feedback *f, bool found, double rate)
{
	if (!found || (isnan(rate) && !isnan(f->rate)))
		return FATE_NEW;
	return isnan(f->rate) || bring_same(rate, f->rate) ? FATE_KNOWN
							   : FATE_OTHER;
}

enum status
bring_feedback(struct bringing *b, int64_t domain, const struct feedback *f,
    enum fate *fate, struct error *err)
{
	double rate = (double)NAN;
	struct query q;
	bool found;

	query_open(&q, b->store,
	    "SELECT rate FROM feedback WHERE domain = $1 AND day = $2"
	    " AND by_dkim = $3 AND identifier = $4",
	    err);
	query_int(&q, domain);
	query_int(&q, f->day);
	query_int(&q, f->by_dkim);
	query_text(&q, f->id);
	found = query_row(&q);
	if (found)
		rate = query_get_double(&q, 0);
	if (query_end(&q) != STATUS_OK)
		return q.status;
	*fate = feedback_fate(f, found, rate);
	return *fate == FATE_NEW || (*fate == FATE_OTHER && b->replace)
	    ? store_feedback_row(b->store, domain, f, err)
	    : STATUS_OK;
}

/* --- findings -------------------------------------------------------------- */

static enum status
ask_known(struct bringing *b, int64_t domain, const char *check,
    struct known *out, struct error *err)
{
	struct query q;

	*out = (struct known){ INT64_MAX, INT64_MIN };
	query_open(&q, b->store,
	    "SELECT min(begun_s), max(CASE WHEN ended_s < $1 THEN ended_s"
	    " ELSE last_seen_s END) FROM finding"
	    " WHERE domain = $2 AND name = $3 AND id <= $4"
	    " HAVING count(*) > 0",
	    err);
	query_int(&q, OPEN);
	query_int(&q, domain);
	query_text(&q, check);
	query_int(&q, b->findings);
	if (query_row(&q))
		*out = (struct known){ query_get_int(&q, 0),
			query_get_int(&q, 1) };
	return query_end(&q);
}

/* Asked once a domain and check, as long as these are not too many. */
static enum status
find_known(struct bringing *b, int64_t domain, const char *check,
    struct known *out, struct error *err)
{
	char key[KEY_SIZE];
	struct known *known;
	enum status status;

	snprintf(key, sizeof(key), "%lld %s", (long long)domain, check);
	known = map_get(b->known, key);
	if (known != NULL) {
		*out = *known;
		return STATUS_OK;
	}
	status = ask_known(b, domain, check, out, err);
	if (status != STATUS_OK)
		return status;
	if (map_count(b->known) == KNOWN_MOST) {
		map_free(b->known, free);
		b->known = map_new();
	}
	known = mem_alloc(sizeof(*known));
	*known = *out;
	map_put(b->known, key, known);
	return STATUS_OK;
}

/* The stored row of the same finding with that end; id 0: there is none. */
static enum status
find_row(struct store *store, int64_t domain, const struct finding_span *span,
    int64_t ended_s, int64_t *id, int64_t *seen_s, struct error *err)
{
	const struct finding *f = &span->finding;
	struct query q;

	*id = 0;
	query_open(&q, store,
	    "SELECT id, last_seen_s FROM finding WHERE domain = $1"
	    " AND ended_s = $2 AND begun_s = $3 AND name = $4"
	    " AND subject = $5 AND verdict = $6 AND reason = $7 LIMIT 1",
	    err);
	query_int(&q, domain);
	query_int(&q, ended_s);
	query_int(&q, span->begun_s);
	query_text(&q, f->check);
	query_text(&q, f->subject);
	query_int(&q, f->verdict);
	query_text(&q, f->reason);
	if (query_row(&q)) {
		*id = query_get_int(&q, 0);
		*seen_s = query_get_int(&q, 1);
	}
	return query_end(&q);
}

static enum status
carry_on(struct store *store, int64_t id, const struct finding_span *span,
    struct error *err)
{
	const struct finding *f = &span->finding;
	struct query q;

	query_open(&q, store,
	    "UPDATE finding SET ended_s = $1, last_seen_s = $2, detail = $3,"
	    " cure = $4, record = $5 WHERE id = $6",
	    err);
	query_int(&q, span->ended_s != 0 ? span->ended_s : OPEN);
	query_int(&q, f->last_seen_s);
	query_text(&q, f->detail);
	query_text(&q, f->cure);
	query_text(&q, f->record);
	query_int(&q, id);
	return query_run(&q);
}

/* The same row, or the same that was open still. */
static enum status
meet_same(struct bringing *b, int64_t domain, const struct finding_span *span,
    bool *same, enum fate *fate, struct error *err)
{
	int64_t ended = span->ended_s != 0 ? span->ended_s : OPEN, id, seen_s;
	enum status status = find_row(
	    b->store, domain, span, ended, &id, &seen_s, err);

	*fate = FATE_KNOWN;
	if (status == STATUS_OK && id == 0 && ended != OPEN)
		status = find_row(
		    b->store, domain, span, OPEN, &id, &seen_s, err);
	*same = id != 0;
	if (status != STATUS_OK || id == 0 ||
	    span->finding.last_seen_s <= seen_s)
		return status;
	*fate = FATE_NEW;
	return carry_on(b->store, id, span, err);
}

enum status
bring_finding(struct bringing *b, int64_t domain,
    const struct finding_span *span, enum fate *fate, struct error *err)
{
	int64_t ended = span->ended_s != 0 ? span->ended_s : OPEN;
	int64_t id, seen_s;
	struct known known;
	bool same = false;
	enum status status = meet_same(b, domain, span, &same, fate, err);

	if (status != STATUS_OK || same)
		return status;
	status = find_known(b, domain, span->finding.check, &known, err);
	if (status != STATUS_OK)
		return status;
	if (span->begun_s >= known.first_s && span->begun_s <= known.last_s) {
		*fate = FATE_OWN;
		return STATUS_OK;
	}
	*fate = FATE_NEW;
	if (span->begun_s > known.first_s || ended <= known.first_s)
		return store_finding_row(b->store, domain, span, ended, err);
	ended = known.first_s;
	status = find_row(b->store, domain, span, ended, &id, &seen_s, err);
	if (status != STATUS_OK || id == 0)
		return status != STATUS_OK
		    ? status
		    : store_finding_row(b->store, domain, span, ended, err);
	*fate = FATE_KNOWN;
	return STATUS_OK;
}

/* --- events ---------------------------------------------------------------- */

static enum status
has_event(struct store *store, const struct store_news *news, bool *found,
    struct error *err)
{
	struct query q;

	query_open(&q, store,
	    "SELECT 1 FROM event WHERE domain = $1 AND at_s = $2"
	    " AND kind = $3 AND verdict = $4 AND said = $5 AND name = $6"
	    " AND subject = $7 LIMIT 1",
	    err);
	query_text(&q, news->event.domain);
	query_int(&q, news->event.at_s);
	query_text(&q, news->event.kind);
	query_int(&q, news->event.verdict);
	query_text(&q, news->event.text);
	query_text(&q, news->check);
	query_text(&q, news->subject);
	*found = query_row(&q);
	return query_end(&q);
}

enum status
bring_event(struct bringing *b, const struct store_news *news, enum fate *fate,
    struct error *err)
{
	struct query q;
	bool found;
	enum status status = has_event(b->store, news, &found, err);

	*fate = found ? FATE_KNOWN : FATE_NEW;
	if (status != STATUS_OK || found)
		return status;
	query_open(&q, b->store,
	    "INSERT INTO event"
	    " (id, at_s, domain, kind, verdict, said, name, subject, begins)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
	    err);
	query_int(&q, b->event++);
	query_int(&q, news->event.at_s);
	query_text(&q, news->event.domain);
	query_text(&q, news->event.kind);
	query_int(&q, news->event.verdict);
	query_text(&q, news->event.text);
	query_text(&q, news->check);
	query_text(&q, news->subject);
	query_int(&q, news->begins);
	return query_run(&q);
}
