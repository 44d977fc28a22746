/* One domain as it stood on a day: store and judgements put together. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_VIEW_H
#define SENDTOP_VIEW_H

#include "sendtop/change.h"
#include "sendtop/store_live.h"
#include "sendtop/store_mail.h"

enum { VIEW_DAYS = 120 };

/* Everything here lives in the arena given to view_load. */
struct view {
	struct store_domain domain;
	struct history history;
	struct judgements judgements;
	struct standing standing;
	struct store_event *events; /* newest first, up to that day */
	size_t event_count;
	struct store_note *notes; /* newest first, up to that day */
	size_t note_count;
	struct store_mute *mutes; /* in force at that moment */
	size_t mute_count;
	struct learned *learned; /* selectors, sending addresses, HELO names */
	size_t learned_count;
	/* What changed since a day; NULL: it was not compared (and view_load
	 * compares nothing). */
	const struct change *changes;
	size_t change_count;
};

/*
 * Loads a watched domain as of the end of day `as_of` (DAY_NONE: now).
 * requirements may be NULL: then none are judged.
 */
enum status view_load(struct store *store, const struct settings *settings,
    const struct requirements *requirements, const char *domain, int32_t as_of,
    int64_t now_s, struct arena *arena, struct view *out,
    struct error *err) MUST_CHECK;

/* What the head of a screen or a snapshot says about its sources. */
struct view_head {
	int64_t now_s;
	int32_t as_of;      /* DAY_NONE: live */
	int32_t newest_day; /* DAY_NONE unknown */
	int64_t fetched_s;
	const char *resolver; /* "127.0.0.1:5300", or "" */
	const char *store;
	size_t counts[5]; /* by enum standing_state; [4] not judged */
	struct store_activity *activities;
	size_t activity_count;
	bool connected;               /* Postmaster has credentials */
	const char *postmaster_error; /* last failure in a sentence, or "" */
	bool postmaster_partly;       /* of some domains; others were polled */
};
enum status view_head_load(struct store *store, const struct settings *settings,
    int32_t as_of, int64_t now_s, struct arena *arena, struct view_head *out,
    struct error *err) MUST_CHECK;

#endif
