/* Standings and the minutes of an hour as bytes, for their rows. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_STORE_PACK_H
#define SENDTOP_STORE_PACK_H

#include "sendtop/mem.h"
#include "sendtop/standing.h"
#include "sendtop/traffic.h"

/* Appends it to out. */
void pack_standing(const struct standing *standing, struct buf *out);
/* False when the bytes are of another version or damaged: *out is then a
 * standing that knows nothing. */
bool unpack_standing(const void *data, size_t len, struct standing *out);
/* A standing of a domain that nothing is known of. */
void blank_standing(struct standing *out);

/* The minutes of an hour, most of which are 0; an hour without any takes no
 * octet at all.  Appends to out. */
void pack_minutes(const uint32_t minutes[HOUR_MINUTES], struct buf *out);
/* False when the bytes are damaged: the minutes are then all 0. */
bool unpack_minutes(
    const void *data, size_t len, uint32_t minutes[HOUR_MINUTES]);

#endif
