/* What of a domain's checks is done already, between runs over one pass. */
/* SPDX-License-Identifier: MIT */
#ifndef CHECKS_MEMO_H
#define CHECKS_MEMO_H

#include "checks/subjects.h"

/* All that is kept lives in here, and may be put in here by whom it is of. */
struct arena *memo_arena(struct check_memo *memo);
/* SPF records that were read. */
struct spf_shelf *memo_shelf(struct check_memo *memo);
/* What all checks found that are done, for each to add its own. */
struct findings *memo_findings(struct check_memo *memo);

/*
 * What the check of that row found of a subject in an earlier run, among the
 * findings; false when it was not done yet.  A pure check would find the same
 * again, since facts do not change within a pass: this only saves the time.
 */
bool memo_find(const struct check_memo *memo, size_t row,
    const struct subject *subject, size_t *first, size_t *count);

/* That the check is done, its findings being the last ones, from `first`. */
void memo_keep(struct check_memo *memo, size_t row,
    const struct subject *subject, size_t first);

/* That the check is done on all of its subjects, which are all known. */
bool memo_complete(const struct check_memo *memo, size_t row);
void memo_keep_complete(struct check_memo *memo, size_t row);

/* The same for the single addresses that the domain's SPF record names. */
bool memo_senders(const struct check_memo *memo,
    const struct address **addresses, size_t *count);
void memo_keep_senders(
    struct check_memo *memo, const struct address *addresses, size_t count);

/* And for the subjects, once all of them are found: they are in the memo's
 * arena already.  NULL until then. */
const struct subjects *memo_subjects(const struct check_memo *memo);
void memo_keep_subjects(
    struct check_memo *memo, const struct subjects *subjects);

#endif
