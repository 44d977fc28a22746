/* Reading the store into a model: only what a frame shows. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_LOAD_H
#define SENDTOP_UI_LOAD_H

#include "model.h"

struct loader;
struct roster;

/* settings and requirements (which may be NULL) are borrowed. */
struct loader *loader_new(
    const struct settings *settings, const struct requirements *requirements);
void loader_free(struct loader *loader);

/*
 * Each of these reads one part of the model anew.  What was there before stays
 * good until the part is read again with success; so a failing store leaves
 * the last good picture.  The model's pointers are the loader's.
 */

/* The head: counts, ages, what the collector does; as of ui.as_of. */
enum status load_head(struct loader *loader, struct store *store,
    struct model *model, struct error *err) MUST_CHECK;

/* The head's counts of a past day, as far as the list in memory has them. */
void load_counts(struct loader *loader, const struct model *model);

/* Where the cursor goes with the list: to a domain, or a group's heading;
 * the other is NULL, or both. */
struct follow {
	const char *domain, *group;
};
/* The page from ui.top on, `rows` long, in the order of now (or, with
 * load_steady, of the last load_arrange).  The cursor is moved to wherever
 * what it follows is, if it is still there. */
enum status load_page(struct loader *loader, struct store *store,
    struct model *model, size_t rows, const struct follow *follow,
    struct error *err) MUST_CHECK;

/* The same rows in the same places, with what is known of them now. */
enum status load_rows(struct loader *loader, struct store *store,
    struct model *model, struct error *err) MUST_CHECK;

/*
 * The list in memory (roster.h), read in slices beside the keys: begun anew
 * for ui.as_of, then read on until until_ms (monotonic) or *done.
 */
void load_roster_begin(struct loader *loader, const struct model *model);
enum status load_roster(struct loader *loader, struct store *store,
    int64_t until_ms, bool *done, struct error *err) MUST_CHECK;
/* Puts what was read in order; from then on pages come from there. */
void load_arrange(struct loader *loader, const struct model *model);
/* Whether pages come from memory, so that rows keep their places. */
bool load_steady(const struct loader *loader);
/* Whether the list cannot be shown without: its order, its groups, a regular
 * expression or a past day. */
bool load_needs_roster(const struct model *model);
struct roster *loader_roster(struct loader *loader);

/* Reads on at what a page of a past day left out for want of time; *done when
 * no row is missing any more. */
enum status load_past(struct loader *loader, struct store *store,
    struct model *model, int64_t until_ms, bool *done,
    struct error *err) MUST_CHECK;

/* model->view, of model->selected as of ui.as_of.  STATUS_NOT_FOUND: the
 * domain is no longer watched.  After any failure model->view is NULL, or what
 * was read of the same domain before. */
enum status load_view(struct loader *loader, struct store *store,
    struct model *model, struct error *err) MUST_CHECK;

/* model->spans, of a finding of model->view. */
enum status load_finding(struct loader *loader, struct store *store,
    struct model *model, const struct finding *finding,
    struct error *err) MUST_CHECK;

/* What the fleet's screen that is open shows: replies, events or changes. */
enum status load_fleet(struct loader *loader, struct store *store,
    struct model *model, struct error *err) MUST_CHECK;
/* The newest requests of anybody, and what came of them. */
enum status load_requests(struct loader *loader, struct store *store,
    struct model *model, struct error *err) MUST_CHECK;

#endif
