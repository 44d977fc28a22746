/* Redaction: names and addresses replaced by aliases that stay the same. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_REDACT_H
#define SENDTOP_REDACT_H

#include "sendtop/view.h"

/*
 * The same name has the same alias everywhere, and in every snapshot made with
 * the same key.  Host names keep their depth and the labels that begin with an
 * underscore; the providers' own names stay, since they tell nobody's secret.
 */
struct redact;

enum { REDACT_KEY_SIZE = 33 }; /* 16 octets in hex, and NUL */

/* The store's key, made at the first call; where the store cannot be written,
 * one for this run alone (*lasting is false). */
enum status redact_open(struct store *store, struct redact **out, bool *lasting,
    struct error *err) MUST_CHECK;
/* With a key of the caller's; NULL when it is not one. */
struct redact *redact_new(const char *key);
/* From now on the word is hidden in what people write (redact_own); the tags
 * of a store are learned by redact_open. */
void redact_learn(struct redact *redact, const char *word);
void redact_free(struct redact *redact);

/* The text with aliases in place of names and addresses, from the arena; NULL
 * stays NULL. */
const char *redact_text(
    const struct redact *redact, struct arena *arena, const char *text);

/* The same of what people wrote, such as a note: tags are replaced as well. */
const char *redact_own(
    const struct redact *redact, struct arena *arena, const char *text);

/* An alias for a whole word of the operator's own, such as a customer's name;
 * NULL and "" stay as they are. */
const char *redact_word(
    const struct redact *redact, struct arena *arena, const char *word);

/* Replaces every text of these in place. */
void redact_view(
    const struct redact *redact, struct arena *arena, struct view *view);
void redact_head(
    const struct redact *redact, struct arena *arena, struct view_head *head);
void redact_standings(const struct redact *redact, struct arena *arena,
    struct store_standing *rows, size_t count);
void redact_events(const struct redact *redact, struct arena *arena,
    struct store_event *events, size_t count);
void redact_notes(const struct redact *redact, struct arena *arena,
    struct store_note *notes, size_t count);
void redact_mutes(const struct redact *redact, struct arena *arena,
    struct store_mute *mutes, size_t count);
/* What was compared before it was redacted, so that a change between two texts
 * with one alias is seen; the array is the arena's. */
const struct change *redact_changes(const struct redact *redact,
    struct arena *arena, const struct change *changes, size_t count);
void redact_replies(const struct redact *redact, struct arena *arena,
    struct reply_count *replies, size_t count);

#endif
