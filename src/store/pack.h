/* A standing as bytes, for its row in the store. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_STORE_PACK_H
#define SENDTOP_STORE_PACK_H

#include "sendtop/mem.h"
#include "sendtop/standing.h"

/* Appends it to out. */
void pack_standing(const struct standing *standing, struct buf *out);
/* False when the bytes are of another version or damaged: *out is then a
 * standing that knows nothing. */
bool unpack_standing(const void *data, size_t len, struct standing *out);
/* A standing of a domain that nothing is known of. */
void blank_standing(struct standing *out);

#endif
