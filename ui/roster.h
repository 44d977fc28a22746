/* All domains in short, in memory: for orders, groups and expressions that the
 * store does not have. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_ROSTER_H
#define SENDTOP_UI_ROSTER_H

#include "model.h"

struct roster;

/* How the standing of a domain on a past day is told; false: it is not. */
typedef bool roster_past(void *arg, struct store *store, const char *name,
    int32_t day, struct standing *out);

/* past may be NULL: then only the present is known. */
struct roster *roster_new(roster_past *past, void *arg);
void roster_free(struct roster *roster);

/*
 * Reads all domains, a slice at a time, so that no key waits for it: begin,
 * then read until *done.  What was read before serves meanwhile.  as_of: the
 * day whose standings are wanted, DAY_NONE the present.
 */
void roster_begin(struct roster *roster, int32_t as_of);
enum status roster_read(struct roster *roster, struct store *store,
    int64_t until_ms, bool *done, struct error *err) MUST_CHECK;
/* Gives a reading up. */
void roster_stop(struct roster *roster);
/* Whether a reading is under way, and how far it is: domains read. */
bool roster_reading(const struct roster *roster, size_t *read);
/* Whether there is anything that was read to its end, of that day. */
bool roster_is_of(const struct roster *roster, int32_t as_of);

size_t roster_count(const struct roster *roster);
/* Name i in alphabetical order. */
const char *roster_name(const struct roster *roster, size_t i);
/* By enum standing_state; [4] not judged. */
void roster_counts(const struct roster *roster, size_t out[5]);

/* Folds a group, or unfolds it; NULL: all of them, or none. */
void roster_fold(struct roster *roster, const char *group);
/* Makes the lines of the list from what was read last: by ui's filter, order
 * and groups. */
void roster_arrange(struct roster *roster, const struct ui_state *ui);

struct roster_line {
	const struct group *heading; /* or NULL, and then: */
	int64_t id;
	const char *name, *registrable, *tag;
};
size_t roster_lines(const struct roster *roster);
/* Borrowed until the roster is arranged or read again. */
void roster_line(
    const struct roster *roster, size_t i, struct roster_line *out);
/* The line of a domain (or of its group, when that is folded), or of a group's
 * heading; false when there is none.  One of both names is NULL. */
bool roster_find(const struct roster *roster, const char *domain,
    const char *group, enum grouping grouping, size_t *line);

#endif
