/* Names to ask for and records to publish, as checks need them. */
/* SPDX-License-Identifier: MIT */
#ifndef CHECKS_RECORD_H
#define CHECKS_RECORD_H

#include "sendtop/facts.h"
#include "sendtop/mem.h"

/* Formats an owner name; fmt may hold %s and nothing else.  One that does not fit becomes "", which DNS cannot
 * carry, so that never another name is asked for. */
void record_name(char out[DNS_NAME_SIZE], const char *fmt, ...) PRINTF(2, 3);

/*
 * A TXT record in zone-file form, split into strings of at most 255 octets
 * (RFC 1035 3.3.14).  `before`, when not NULL, follows as a comment, so that
 * the line can be pasted as it is.
 */
char *record_txt(struct arena *arena, const char *name, const char *text,
    const struct dns_record *before);

/* The same for a name that was asked: where it is an alias, the record belongs
 * at what the alias leads to, which the comment then says. */
char *record_cure(struct arena *arena, const struct dns_answer *answer,
    const char *name, const char *text, const struct dns_record *before);

/* The same in the place of several records. */
char *record_cures(struct arena *arena, const struct dns_answer *answer,
    const char *name, const char *text, const struct dns_record *before,
    size_t count);

/* What people put around a record that does not belong to it, taken off:
 * quotes, backslashes, white space at its ends; "" when it has a NUL. */
char *record_bare(struct arena *arena, const struct dns_record *record);

/*
 * For finding_record: the text of one record, or of all those of an answer
 * that `wanted` (NULL: any) says yes to, in an order of their own, at most ten.
 */
#define RECORD_BETWEEN " | "
const char *record_text(struct arena *arena, const void *data, size_t len);
const char *record_texts(struct arena *arena, const struct dns_answer *answer,
    bool (*wanted)(const struct dns_record *), const char *between);

/* Whether a text begins with a prefix, ASCII case and leading white space
 * aside. */
bool record_starts(const struct dns_record *record, const char *prefix);

/* The text of a record for a detail: printable, shortened. */
const char *record_quote(struct arena *arena, const void *data, size_t len);

#endif
