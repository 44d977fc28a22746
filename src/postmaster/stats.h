/* One item of a statistics answer. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_POSTMASTER_STATS_H
#define SENDTOP_POSTMASTER_STATS_H

#include <jansson.h>

#include "parse.h"

/* Takes the number or the identifiers of a row of domainStats; false when it
 * has a type or a size that it must not have. */
bool stats_read(struct stats *stats, const json_t *row);

#endif
