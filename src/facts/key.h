/* What a fact is found by. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_FACTS_KEY_H
#define SENDTOP_FACTS_KEY_H

#include "sendtop/facts.h"

struct key {
	uint64_t hash;
	enum fact_kind kind;
	enum dns_type type;
	struct address address; /* zero for DNS */
	size_t len;
	/* Lower case, no final dot; or a URL.  NULs fill up its last word. */
	char name[DNS_NAME_SIZE + sizeof(uint64_t)];
};

/* Nobody outside may choose names that meet in the table, hence the seed.
 * False when the name cannot be one at all. */
bool key_make(const uint64_t seed[2], struct key *key, enum fact_kind kind,
    const char *name, enum dns_type type, const struct address *address);

#endif
