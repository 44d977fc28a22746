/* The table under the kinds of facts: found, wanted, put, walked. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_FACTS_CACHE_H
#define SENDTOP_FACTS_CACHE_H

#include "sendtop/facts.h"

/* The fact, or NULL: now wanted.  bad is the answer for a name that nobody
 * can be asked about.  What a kind has no use for is 0 and NULL. */
const void *cache_get(struct facts *facts, enum fact_kind kind,
    const char *name, enum dns_type type, const struct address *address,
    const void *bad);

/* Takes an answer of so many octets; the first of a pass stays. */
void cache_put(struct facts *facts, enum fact_kind kind, const char *name,
    enum dns_type type, const struct address *address, void *take,
    size_t octets, int64_t ttl_s);

/* The same for a want of a kind without address: its id says where it is. */
void cache_answer(struct facts *facts, const struct fact_want *want, void *take,
    size_t octets, int64_t ttl_s);

/* Facts of a kind in no order, with their names; start with *cursor = 0; NULL
 * at the end. */
const void *cache_walk(const struct facts *facts, enum fact_kind kind,
    size_t *cursor, const char **name);

#endif
