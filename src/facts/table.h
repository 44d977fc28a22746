/* The table of facts, as the files about it share it. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_FACTS_TABLE_H
#define SENDTOP_FACTS_TABLE_H

#include "facts/key.h"

enum { FACTS_BOUND = 64 << 20 };

/* What a look-up reads comes first: it is in the cache line of the name. */
struct fact {
	void *value;  /* the answer or session; NULL: wanted */
	uint64_t run; /* that used it last */
	int64_t expires_s;
	uint32_t octets;
	uint32_t id; /* of the want, within its pass */
	uint16_t type;
	uint8_t kind;
	bool dropped; /* to be freed by the sweep under way */
	struct address address;
	uint16_t name_len;
	struct fact *older;
	char name[]; /* as in its key */
};

/* With the hash beside it a fact is only looked at when it is the one. */
struct slot {
	uint64_t hash;
	struct fact *fact; /* NULL is free */
};

/* What was looked up last is mostly looked up again, many times, and the table
 * of a fleet is far away in memory. */
enum { FACTS_RECENT = 4096 };

struct facts {
	struct slot recent[FACTS_RECENT]; /* each at its hash; may be free */
	struct slot *slots;
	size_t slot_count; /* a power of two */
	size_t used;       /* slots taken: facts and wants */
	size_t known;      /* facts */
	/* All of them in their order in memory: to free many in that of the
	 * table would wait for memory each time. */
	struct fact *newest;
	size_t octets;
	struct fact **asked; /* since the last facts_wanted */
	size_t asked_count, asked_cap;
	struct fact **by_id; /* those wanted in this pass; NULL: answered */
	size_t by_id_cap;
	struct fact_want *wants;
	size_t wants_cap;
	int64_t now_s;
	int64_t earliest_s; /* when the first fact runs out */
	bool forget_smtp;
	uint64_t run;      /* of the checks, the one under way */
	size_t bound;      /* octets to hold */
	size_t trim_again; /* octets from which a trim may help */
	uint32_t next_id;
	void (*missed)(void *arg, uint32_t id);
	void *missed_arg;
	uint64_t seed[2];
};

/* About how much memory a fact takes. */
size_t fact_octets(const struct fact *fact);

/* Drops what the function does not keep. */
void facts_sweep(struct facts *facts,
    bool (*keeps)(const struct facts *, const struct fact *, const void *),
    const void *arg);

#endif
