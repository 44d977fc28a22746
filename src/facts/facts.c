/* The cache of facts: one hash table, and the list of what is still wanted. */
/* SPDX-License-Identifier: MIT */
#include "facts/cache.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "facts/table.h"
#include "sendtop/day.h"
#include "sendtop/dns.h"
#include "sendtop/mem.h"

enum {
	SLOTS_FIRST = 64,
	/* A record that says it holds for months is still looked at daily. */
	TTL_MAX_S = DAY_SECONDS,
	CHUNK = 16, /* what malloc keeps beside each piece, about */
};

static bool
is_key(const struct fact *fact, const struct key *key)
{
	return fact->kind == key->kind && fact->type == key->type &&
	    strcmp(fact->name, key->name) == 0 &&
	    address_equal(&fact->address, &key->address);
}

static bool
is_slot(const struct slot *slot, const struct key *key)
{
	return slot->hash == key->hash && slot->fact != NULL &&
	    is_key(slot->fact, key);
}

/* The bits that say little of where in the table it is. */
static struct slot *
recent_of(struct facts *facts, uint64_t hash)
{
	return &facts->recent[(hash >> 40) % FACTS_RECENT];
}

static struct fact *
find(struct facts *facts, const struct key *key)
{
	size_t mask = facts->slot_count - 1, i;
	struct slot *recent = recent_of(facts, key->hash), *slot;

	if (is_slot(recent, key))
		return recent->fact;
	for (i = (size_t)key->hash & mask; facts->slots[i].fact != NULL;
	     i = (i + 1) & mask) {
		slot = &facts->slots[i];
		if (is_slot(slot, key)) {
			*recent = *slot;
			return slot->fact;
		}
	}
	return NULL;
}

static void
place(struct facts *facts, const struct slot *slot)
{
	size_t mask = facts->slot_count - 1;
	size_t i = (size_t)slot->hash & mask;

	while (facts->slots[i].fact != NULL)
		i = (i + 1) & mask;
	facts->slots[i] = *slot;
}

static void
slots_resize(struct facts *facts, size_t slot_count)
{
	struct slot *old = facts->slots;
	size_t old_count = facts->slot_count, i;

	facts->slots = mem_zero(slot_count, sizeof(*facts->slots));
	facts->slot_count = slot_count;
	for (i = 0; i < old_count; i++)
		if (old[i].fact != NULL)
			place(facts, &old[i]);
	free(old);
}

size_t
fact_octets(const struct fact *fact)
{
	size_t chunks = fact->value != NULL ? 2 * CHUNK : CHUNK;

	return sizeof(*fact) + fact->name_len + 1u + fact->octets + chunks;
}

static void
fact_free(struct fact *fact)
{
	free(fact->value);
	free(fact);
}

static struct fact *
fact_add(struct facts *facts, const struct key *key)
{
	struct fact *fact = mem_alloc(sizeof(*fact) + key->len + 1);
	struct slot slot = { key->hash, fact };

	memset(fact, 0, sizeof(*fact));
	fact->kind = (uint8_t)key->kind;
	fact->type = (uint16_t)key->type;
	fact->address = key->address;
	fact->run = facts->run;
	fact->name_len = (uint16_t)key->len;
	memcpy(fact->name, key->name, key->len + 1);
	if ((facts->used + 1) * 3 > facts->slot_count * 2)
		slots_resize(facts, facts->slot_count * 2);
	fact->older = facts->newest;
	facts->newest = fact;
	place(facts, &slot);
	*recent_of(facts, key->hash) = slot;
	facts->used++;
	facts->octets += fact_octets(fact);
	return fact;
}

struct facts *
facts_new(void)
{
	struct facts *facts = mem_zero(1, sizeof(*facts));

	/* Without a random source the seed is merely hard to guess. */
	if (getentropy(facts->seed, sizeof(facts->seed)) != 0) {
		facts->seed[0] = (uint64_t)clock_mono_ms();
		facts->seed[1] = (uint64_t)(uintptr_t)facts;
	}
	facts->earliest_s = INT64_MAX;
	facts_bound(facts, FACTS_BOUND);
	slots_resize(facts, SLOTS_FIRST);
	return facts;
}

void
facts_free(struct facts *facts)
{
	struct fact *fact;

	if (facts == NULL)
		return;
	while ((fact = facts->newest) != NULL) {
		facts->newest = fact->older;
		fact_free(fact);
	}
	free(facts->slots);
	free(facts->asked);
	free(facts->by_id);
	free(facts->wants);
	free(facts);
}

/* Wants that nobody answered go too: their pass is over.  So does what a
 * clock that was set back would keep for ever. */
static bool
stays(const struct facts *facts, const struct fact *fact, const void *arg)
{
	(void)arg;
	return fact->value != NULL && facts->now_s < fact->expires_s &&
	    fact->expires_s - facts->now_s <= TTL_MAX_S &&
	    (!facts->forget_smtp || fact->kind == FACT_DNS ||
		fact->kind == FACT_DNS_CD);
}

static void
dropped_free(struct facts *facts)
{
	struct fact **at = &facts->newest, *fact;

	while ((fact = *at) != NULL) {
		if (!fact->dropped) {
			at = &fact->older;
			continue;
		}
		*at = fact->older;
		facts->octets -= fact_octets(fact);
		fact_free(fact);
	}
}

void
facts_sweep(struct facts *facts,
    bool (*keeps)(const struct facts *, const struct fact *, const void *),
    const void *arg)
{
	struct slot *kept = mem_zero(facts->used + 1, sizeof(*kept));
	size_t count = 0, known = 0, slot_count = SLOTS_FIRST, i;

	facts->earliest_s = INT64_MAX;
	memset(facts->recent, 0, sizeof(facts->recent));
	for (i = 0; i < facts->slot_count; i++) {
		struct fact *fact = facts->slots[i].fact;

		if (fact == NULL)
			continue;
		fact->dropped = !keeps(facts, fact, arg);
		if (fact->dropped)
			continue;
		kept[count++] = facts->slots[i];
		if (fact->value == NULL)
			continue;
		known++;
		if (fact->expires_s < facts->earliest_s)
			facts->earliest_s = fact->expires_s;
	}
	while (slot_count * 2 < (count + 1) * 3)
		slot_count *= 2;
	free(facts->slots);
	facts->slots = mem_zero(slot_count, sizeof(*facts->slots));
	facts->slot_count = slot_count;
	facts->used = count;
	facts->known = known;
	for (i = 0; i < count; i++)
		place(facts, &kept[i]);
	free(kept);
	dropped_free(facts);
}

void
facts_begin(struct facts *facts, int64_t now_s)
{
	bool back = now_s < facts->now_s;

	facts->now_s = now_s;
	facts->asked_count = 0;
	facts->next_id = 0;
	if (back || facts->forget_smtp || facts->known < facts->used ||
	    now_s >= facts->earliest_s)
		facts_sweep(facts, stays, NULL);
	facts->forget_smtp = false;
	facts->trim_again = facts->bound;
}

void
facts_forget_smtp(struct facts *facts)
{
	facts->forget_smtp = true;
}

void
facts_on_miss(
    struct facts *facts, void (*fn)(void *arg, uint32_t id), void *arg)
{
	facts->missed = fn;
	facts->missed_arg = arg;
}

/* Notes the key as wanted. */
static struct fact *
want(struct facts *facts, const struct key *key)
{
	struct fact *fact = fact_add(facts, key);

	fact->id = facts->next_id++;
	facts->by_id = mem_grow(
	    facts->by_id, fact->id, &facts->by_id_cap, sizeof(struct fact *));
	facts->by_id[fact->id] = fact;
	facts->asked = mem_grow(facts->asked, facts->asked_count,
	    &facts->asked_cap, sizeof(struct fact *));
	facts->asked[facts->asked_count++] = fact;
	return fact;
}

/* The fact's value; NULL while it is wanted, which whoever listens is told. */
static const void *
answer(const struct facts *facts, const struct fact *fact)
{
	if (fact->value == NULL && facts->missed != NULL)
		facts->missed(facts->missed_arg, fact->id);
	return fact->value;
}

const void *
cache_get(struct facts *facts, enum fact_kind kind, const char *name,
    enum dns_type type, const struct address *address, const void *bad)
{
	struct fact *fact;
	struct key key;

	if (!key_make(facts->seed, &key, kind, name, type, address))
		return bad;
	fact = find(facts, &key);
	if (fact == NULL && (kind == FACT_DNS || kind == FACT_DNS_CD) &&
	    !dns_name_ok(key.name))
		return bad;
	if (fact == NULL)
		fact = want(facts, &key);
	fact->run = facts->run;
	return answer(facts, fact);
}

size_t
facts_wanted(struct facts *facts, const struct fact_want **wants)
{
	size_t count = 0, i;

	if (facts->asked_count > facts->wants_cap) {
		facts->wants = mem_resize(
		    facts->wants, facts->asked_cap, sizeof(*facts->wants));
		facts->wants_cap = facts->asked_cap;
	}
	for (i = 0; i < facts->asked_count; i++) {
		const struct fact *fact = facts->asked[i];

		if (fact->value != NULL)
			continue;
		facts->wants[count++] = (struct fact_want){
			.id = fact->id,
			.kind = (enum fact_kind)fact->kind,
			.name = fact->name,
			.type = (enum dns_type)fact->type,
			.address = fact->address,
		};
	}
	facts->asked_count = 0;
	*wants = facts->wants;
	return count;
}

/* A want of this pass, as long as it has no answer. */
static bool
is_wanted(const struct facts *facts, const struct fact *fact)
{
	return fact->id < facts->next_id && facts->by_id[fact->id] == fact;
}

static void
fill(struct facts *facts, struct fact *fact, void *take, size_t octets,
    int64_t ttl_s)
{
	if (is_wanted(facts, fact))
		facts->by_id[fact->id] = NULL;
	fact->value = take;
	fact->octets = octets < UINT32_MAX ? (uint32_t)octets : UINT32_MAX;
	fact->expires_s = facts->now_s + ttl_s;
	if (fact->expires_s < facts->earliest_s)
		facts->earliest_s = fact->expires_s;
	facts->octets += fact->octets + CHUNK;
	facts->known++;
}

/* The first answer of a pass stays, so what was borrowed stays good. */
static void
put(struct facts *facts, const struct key *key, void *take, size_t octets,
    int64_t ttl_s)
{
	struct fact *fact = find(facts, key);

	if (fact != NULL && fact->value != NULL) {
		free(take);
		return;
	}
	if (fact == NULL)
		fact = fact_add(facts, key);
	fill(facts, fact, take, octets, ttl_s);
}

void
cache_put(struct facts *facts, enum fact_kind kind, const char *name,
    enum dns_type type, const struct address *address, void *take,
    size_t octets, int64_t ttl_s)
{
	struct key key;

	if (key_make(facts->seed, &key, kind, name, type, address))
		put(facts, &key, take, octets,
		    ttl_s < TTL_MAX_S ? ttl_s : TTL_MAX_S);
	else
		free(take);
}

void
cache_answer(struct facts *facts, const struct fact_want *want, void *take,
    size_t octets, int64_t ttl_s)
{
	struct fact *fact = NULL;

	if (want->id < facts->next_id)
		fact = facts->by_id[want->id];
	if (fact != NULL && fact->kind == want->kind &&
	    fact->type == want->type && strcmp(fact->name, want->name) == 0)
		fill(facts, fact, take, octets,
		    ttl_s < TTL_MAX_S ? ttl_s : TTL_MAX_S);
	else
		cache_put(facts, want->kind, want->name, want->type, NULL, take,
		    octets, ttl_s);
}

const void *
cache_walk(const struct facts *facts, enum fact_kind kind, size_t *cursor,
    const char **name)
{
	while (*cursor < facts->slot_count) {
		const struct fact *fact = facts->slots[(*cursor)++].fact;

		if (fact == NULL || fact->kind != kind || fact->value == NULL)
			continue;
		*name = fact->name;
		return fact->value;
	}
	return NULL;
}

size_t
facts_count(const struct facts *facts)
{
	return facts->known;
}

size_t
facts_memory(const struct facts *facts)
{
	return sizeof(*facts) + facts->octets +
	    facts->slot_count * sizeof(*facts->slots) +
	    (facts->asked_cap + facts->by_id_cap) * sizeof(struct fact *) +
	    facts->wants_cap * sizeof(struct fact_want);
}
