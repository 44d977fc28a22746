/* What of a domain's checks is done already, between runs over one pass. */
/* SPDX-License-Identifier: MIT */
#ifndef CHECKS_MEMO_H
#define CHECKS_MEMO_H

#include "sendtop/check.h"

/*
 * Puts what a check found of a subject in an earlier run into out; false when
 * it was not done yet.  A pure check would find the same again, since facts do
 * not change within a pass: this only saves the time.
 */
bool memo_take(const struct check_memo *memo, const struct check *check,
    const struct subject *subject, struct findings *out);

/* Keeps what a check found: the findings from `first` on.  All is copied. */
void memo_keep(struct check_memo *memo, const struct check *check,
    const struct subject *subject, const struct findings *found, size_t first);

/* The same for the single addresses that the domain's SPF record names. */
bool memo_senders(const struct check_memo *memo,
    const struct address **addresses, size_t *count);
void memo_keep_senders(
    struct check_memo *memo, const struct address *addresses, size_t count);

#endif
