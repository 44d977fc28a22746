/* What of a domain's checks is done already, between runs over one pass. */
/* SPDX-License-Identifier: MIT */
#ifndef CHECKS_MEMO_H
#define CHECKS_MEMO_H

#include "checks/subjects.h"

/*
 * What the check of that row found of a subject in an earlier run; false when
 * it was not done yet.  A pure check would find the same again, since facts do
 * not change within a pass: this only saves the time.
 */
bool memo_find(const struct check_memo *memo, size_t row,
    const struct subject *subject, const struct finding **items, size_t *count);

/* Keeps what a check found.  All is copied. */
void memo_keep(struct check_memo *memo, size_t row,
    const struct subject *subject, const struct finding *items, size_t count);

/* The same for the single addresses that the domain's SPF record names. */
bool memo_senders(const struct check_memo *memo,
    const struct address **addresses, size_t *count);
void memo_keep_senders(
    struct check_memo *memo, const struct address *addresses, size_t count);

/* And for the subjects, once all of them are found.  Those taken out are
 * borrowed. */
bool memo_subjects(const struct check_memo *memo, struct subjects *out);
void memo_keep_subjects(
    struct check_memo *memo, const struct subjects *subjects);

#endif
