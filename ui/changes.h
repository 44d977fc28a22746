/* What changed between two moments. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_CHANGES_H
#define SENDTOP_UI_CHANGES_H

#include "model.h"

/*
 * Of one domain: its numbers, findings and records as they stood at the end
 * of the day before `since` (before NULL: nothing is known of then) against
 * after, the lines that the numbers crossed of which Google had not told by
 * then, and the events, notes and mutes from since on.  All from the arena;
 * what has no time comes first, the others newest first.
 */
void changes_domain(const struct view *before, const struct view *after,
    int32_t since, struct arena *arena, const struct change **out,
    size_t *count);

/* Of all: events and notes, each newest first, put together. */
void changes_fleet(const struct store_event *events, size_t event_count,
    const struct store_note *notes, size_t note_count, struct arena *arena,
    const struct change **out, size_t *count);

/* Whether any of them is more than a number that moves from day to day. */
bool changes_matter(const struct change *changes, size_t count);

#endif
