/* The store: what is remembered, for one writer and many readers. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_STORE_H
#define SENDTOP_STORE_H

#include "sendtop/history.h"
#include "sendtop/standing.h"

struct store;

enum store_mode {
	STORE_READ,    /* panels, snapshots; also adds requests */
	STORE_COLLECT, /* takes the collector's lock: one a store */
	STORE_WRITE,   /* ingest, note, mute, import: writes beside a
			* collector (waits 5 s for it) and makes the store when
			* there is none; takes no lock */
};

/*
 * Opens the store at location (a path; NULL: the default one in the state
 * directory; later postgresql://...), making or migrating it as needed.
 * STATUS_BUSY: another collector has the lock (the error names its process).
 * STATUS_FUTURE, STATUS_CORRUPT: refused by name, never overwritten.
 * STATUS_FULL: not writable; STORE_READ then still opens what is there.
 * STATUS_NOT_FOUND: STORE_READ and there is no store yet; any later call:
 * the store was deleted or replaced while in use, so open it anew.
 * A process must not fork while it has a store open and open one in the
 * child: SQLite's locks do not go along, and commits would be lost.  Close it
 * first, or exec.
 */
enum status store_open(const char *location, enum store_mode mode,
    struct store **out, struct error *err) MUST_CHECK;
void store_close(struct store *store);
/* Where it is, for people. */
const char *store_location(const struct store *store);

/* Several writes that count together; after a failed one the commit fails as
 * well and all are undone.  A write outside is its own.  STATUS_BUSY: somebody
 * else writes (a reader waits 200 ms, a collector 5 s). */
enum status store_begin(struct store *store, struct error *err) MUST_CHECK;
enum status store_commit(struct store *store, struct error *err) MUST_CHECK;
void store_rollback(struct store *store);

/* Reads between these two see the store as it is at one moment, and cost less
 * than each by itself.  They nest; nothing is written between them, unless it
 * is all within a transaction. */
enum status store_look(struct store *store, struct error *err) MUST_CHECK;
void store_look_end(struct store *store);

/* Changes whenever anybody committed something. */
uint64_t store_changes(struct store *store);

/* --- domains -------------------------------------------------------------- */

enum domain_source { FROM_POSTMASTER = 1, FROM_SETTINGS = 2, FROM_USER = 4 };

struct store_domain {
	int64_t id;
	const char *name;
	const char *registrable;
	const char *tag;  /* the operator's group, or "" */
	unsigned sources; /* enum domain_source bits */
	/* The last poll; see history.h. */
	enum poll_state poll;
	const char *poll_error;
	int64_t fetched_s;
	int32_t asked_first, asked_last;
	int64_t probed_s; /* last finished probe, 0 never */
	bool bulk_latched;
};

/* Adds the domain or its source bits; *id (may be NULL) is its number.  tag
 * NULL leaves the one there is. */
enum status store_domain_add(struct store *store, const char *name,
    unsigned sources, const char *tag, int64_t *id,
    struct error *err) MUST_CHECK;
/* Takes a source away; a domain without any is no longer watched, but its
 * history stays. */
enum status store_domain_drop(struct store *store, int64_t id, unsigned sources,
    struct error *err) MUST_CHECK;
/* All watched domains by name; texts and array from the arena. */
enum status store_domains(struct store *store, struct arena *arena,
    struct store_domain **out, size_t *count, struct error *err) MUST_CHECK;
/* STATUS_NOT_FOUND when it is not watched. */
enum status store_domain_get(struct store *store, const char *name,
    struct arena *arena, struct store_domain *out,
    struct error *err) MUST_CHECK;
/* Writes the poll members and probed_s. */
enum status store_domain_update(struct store *store,
    const struct store_domain *domain, struct error *err) MUST_CHECK;
/* From now on, and for good, everything under its registrable domain counts as
 * a bulk sender; domains that are added there later as well. */
enum status store_domain_latch(
    struct store *store, int64_t id, struct error *err) MUST_CHECK;

/* --- measures ------------------------------------------------------------- */

/* Whether anything of Postmaster's reaches back to a day: it was asked about
 * that day or an earlier one, or a number is stored. */
enum status store_reaches_back(
    struct store *store, int32_t day, bool *out, struct error *err) MUST_CHECK;
/* Replaces days first..first+count-1 of a series (NaN: no number).  A series
 * spans at most 40 years, else STATUS_USAGE. */
enum status store_series_put(struct store *store, int64_t domain,
    enum metric metric, int32_t first, size_t count, const double *values,
    struct error *err) MUST_CHECK;
/* Fills out[count] for the days from first; NaN where nothing is stored. */
enum status store_series_get(struct store *store, int64_t domain,
    enum metric metric, int32_t first, size_t count, double *out,
    struct error *err) MUST_CHECK;
/* The same for all metrics at once, out[metric][count]. */
enum status store_series_all(struct store *store, int64_t domain, int32_t first,
    size_t count, double *const out[METRIC_COUNT],
    struct error *err) MUST_CHECK;
/* First and last day with a number in any metric of the domain; DAY_NONE:
 * there is none. */
enum status store_series_span(struct store *store, int64_t domain,
    int32_t *first, int32_t *last, struct error *err) MUST_CHECK;

/* Replaces all feedback-loop rows of the days first..last. */
enum status store_feedback_put(struct store *store, int64_t domain,
    int32_t first, int32_t last, const struct feedback *rows, size_t count,
    struct error *err) MUST_CHECK;
enum status store_feedback_get(struct store *store, int64_t domain,
    int32_t first, int32_t last, struct arena *arena, struct feedback **out,
    size_t *count, struct error *err) MUST_CHECK;

/* --- findings, one row a change ------------------------------------------- */

/*
 * Takes what a run over the named checks found at now_s (checks: array of
 * check names that ran; findings of other checks stay as they are).  What is
 * unchanged only moves its last_seen; a new verdict, reason or record ends
 * the old row and begins one; what is no longer found ends.  Verdict unknown
 * keeps the last known verdict visible beside it, and the last known record;
 * known again and the same, it is since when it was before.  Several findings
 * on one subject are told apart by their reasons.  Each change is handed to `changed` (before or after may be
 * NULL), which may be NULL and may write to the store.
 */
typedef void store_changed(
    void *arg, const struct finding *before, const struct finding *after);
enum status store_findings_put(struct store *store, int64_t domain,
    const char *const *checks, size_t check_count,
    const struct finding *findings, size_t count, int64_t now_s,
    store_changed *changed, void *arg, struct error *err) MUST_CHECK;
/* The findings as they stood at a moment, worst first. */
enum status store_findings_get(struct store *store, int64_t domain,
    int64_t at_s, struct arena *arena, struct finding **out, size_t *count,
    struct error *err) MUST_CHECK;

#endif
