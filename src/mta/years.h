/* The years of a log whose stamps have none. */
/* SPDX-License-Identifier: MIT */
#ifndef MTA_YEARS_H
#define MTA_YEARS_H

#include "sendtop/mta.h"

/*
 * Dates are looked up at some tens of places of a log, before it is read: from
 * how often New Year lies between them, and from the moment when it was last
 * written, follows the year of its first line.  (Its stamps alone cannot tell
 * that: they only show where a year turns once the lines before it are read.)
 */
struct years;
/* NULL when its stamps have years, or none is found. */
struct years *years_look(const struct mta_options *options);
void years_free(struct years *years);

/* No line of it was written before that. */
int64_t years_first(const struct years *years);
/* No line of the octets up to there is newer than that; INT64_MAX: nothing is
 * known of that.  `upto` does not go back. */
int64_t years_most(struct years *years, uint64_t upto);

/* When the log was last written, as far as that can be believed: what its
 * file's name tells may be younger. */
int64_t years_written(const struct mta_options *options);

#endif
