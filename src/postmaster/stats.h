/* One item of a statistics answer. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_POSTMASTER_STATS_H
#define SENDTOP_POSTMASTER_STATS_H

#include <jansson.h>

#include "parse.h"
#include "scan.h"

/* Takes the number or the identifiers of a row of domainStats; false when it
 * has a type or a size that it must not have. */
bool stats_read(struct stats *stats, const json_t *row);

/* The same for a row that was scanned; false too when only stats_read can tell.
 * Rows come in the order of the metrics: *guess is the next, 0 at first. */
bool stats_take(
    struct stats *stats, const struct scan_row *row, enum metric *guess);

#endif
