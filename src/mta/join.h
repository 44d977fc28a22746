/* Queue ids and what an earlier line said of them, in bounded memory. */
/* SPDX-License-Identifier: MIT */
#ifndef MTA_JOIN_H
#define MTA_JOIN_H

#include "sendtop/mem.h"
#include "sendtop/mta.h"

/*
 * Texts by key.  Memory is fixed (about 12 MiB once it is used) whatever comes:
 * what was put in longest ago gives way.
 */
struct join;

struct join *join_new(void);
void join_free(struct join *join);
/* A key put in again has the new text. */
void join_put(struct join *join, struct span key, struct span text);
/* False when the key is not known (any more).  Borrowed until the next put. */
bool join_get(const struct join *join, struct span key, struct span *text);

/* The same where span_hash() of the key is known; and a key of that hash is
 * going to be put or got soon. */
void join_put_hashed(
    struct join *join, uint64_t hash, struct span key, struct span text);
bool join_get_hashed(
    const struct join *join, uint64_t hash, struct span key, struct span *text);
void join_expect(const struct join *join, uint64_t hash);

/* The newest that fit into some KiB, as lines "key text\n", and back. */
void join_save(const struct join *join, struct buf *out, size_t most);
void join_load(struct join *join, const char *text);

#endif
