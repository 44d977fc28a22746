/* What changed in a DNS record, in words. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_ASSESS_CHANGE_H
#define SENDTOP_ASSESS_CHANGE_H

#include <stdbool.h>
#include <stddef.h>

#include "sendtop/finding.h"

enum { CHANGE_SIZE = 240 };

/*
 * The difference between two texts of finding.record, term by term:
 * "include:_spf.esp.test removed", "p=none -> p=quarantine", "key changed",
 * "10 mx2.example.com added; ...".  Which terms there are hangs on the check.
 * Printable; at most a few terms are named.  "" when the texts are the same.
 * True when the change is a trouble by itself: senders do not see another
 * MTA-STS policy under the same id= (RFC 8461 3.1).
 */
bool change_words(char out[CHANGE_SIZE], const char *check, const char *before,
    const char *after);

/* Whether the check speaks of the domain alone, so that an event of the domain
 * need not name its subject. */
bool change_has_one_subject(const char *check);

/*
 * The same for two findings on one subject: "" when there is nothing to
 * tell: no record was known before, none can be told now, or both are alike.
 * A record that is gone is told as "it was ...".
 */
bool change_of_record(char out[CHANGE_SIZE], const struct finding *before,
    const struct finding *after);

#endif
