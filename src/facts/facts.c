/* The cache of facts: one hash table, and the list of what is still wanted. */
/* SPDX-License-Identifier: MIT */
#include "facts/cache.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sendtop/day.h"
#include "sendtop/dns.h"
#include "sendtop/mem.h"

enum {
	SLOTS_FIRST = 64,
	/* A record that says it holds for months is still looked at daily. */
	TTL_MAX_S = DAY_SECONDS,
	BOUND = 64 << 20,
	AGES = 512, /* steps that the time of use is told apart in */
	CHUNK = 16, /* what malloc keeps beside each piece, about */
};

struct fact {
	uint64_t hash;
	int64_t expires_s;
	uint64_t run; /* that used it last */
	void *value;  /* the answer or session; NULL: wanted */
	uint32_t octets;
	uint32_t id; /* of the want, within its pass */
	uint16_t type;
	uint8_t kind;
	struct address address; /* zero for DNS */
	char name[];            /* lower case, no final dot; or a URL */
};

struct facts {
	struct fact **slots; /* a power of two; NULL is free */
	size_t slot_count;
	size_t used;  /* slots taken: facts and wants */
	size_t known; /* facts */
	size_t octets;
	struct fact **asked; /* since the last facts_wanted */
	size_t asked_count, asked_cap;
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

/* What a fact is found by. */
struct key {
	uint64_t hash;
	enum fact_kind kind;
	enum dns_type type;
	struct address address;
	size_t len;
	char name[DNS_NAME_SIZE];
};

static uint64_t
mix(uint64_t hash, uint64_t word)
{
	hash = (hash ^ word) * 0x9fb21c651e98df25;
	hash ^= hash >> 29;
	hash *= 0xd6e8feb86659fd93;
	return hash ^ hash >> 32;
}

static uint64_t
key_hash(const struct facts *facts, const struct key *key)
{
	uint64_t hash = facts->seed[0], word;
	size_t at, n;

	for (at = 0; at < key->len; at += sizeof(word)) {
		n = key->len - at < sizeof(word) ? key->len - at : sizeof(word);
		word = facts->seed[1];
		memcpy(&word, key->name + at, n);
		hash = mix(hash, word);
	}
	hash = mix(
	    hash, key->len << 32 | (uint64_t)key->kind << 16 | key->type);
	if (key->address.family == 0)
		return hash;
	memcpy(&word, key->address.bytes, sizeof(word));
	hash = mix(hash, word);
	memcpy(&word, key->address.bytes + 8, sizeof(word));
	return mix(hash, word ^ key->address.family);
}

/* Whether the dot at the end is one between labels and not a label's own. */
static bool
final_dot(const char *name, size_t len)
{
	size_t slashes = 0;

	if (len == 0 || name[len - 1] != '.')
		return false;
	while (slashes + 1 < len && name[len - 2 - slashes] == '\\')
		slashes++;
	return slashes % 2 == 0;
}

/* ASCII letters, eight octets at a time: every question comes by here. */
static void
lower(char *name, size_t len)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	uint64_t word, low, upper;
	size_t at, n;

	for (at = 0; at < len; at += n) {
		n = len - at < sizeof(word) ? len - at : sizeof(word);
		word = 0;
		memcpy(&word, name + at, n);
		low = word & ones * 0x7f;
		upper = (low + ones * (0x80 - 'A')) &
		    ~(low + ones * (0x80 - 'Z' - 1)) & ~word & ones * 0x80;
		word |= upper >> 2;
		memcpy(name + at, &word, n);
	}
}

/* False when the name cannot be one at all. */
static bool
key_make(const struct facts *facts, struct key *key, enum fact_kind kind,
    const char *name, enum dns_type type, const struct address *address)
{
	size_t len = strlen(name);
	bool url = kind == FACT_HTTPS;

	if (!url && len > 1 && final_dot(name, len))
		len--;
	if (len == 0 || len >= sizeof(key->name) || strcmp(name, "..") == 0)
		return false;
	memcpy(key->name, name, len);
	key->name[len] = '\0';
	if (!url)
		lower(key->name, len);
	key->len = len;
	key->kind = kind;
	key->type = type;
	memset(&key->address, 0, sizeof(key->address));
	if (address != NULL)
		key->address = *address;
	key->hash = key_hash(facts, key);
	return true;
}

static bool
is_key(const struct fact *fact, const struct key *key)
{
	return fact->hash == key->hash && fact->kind == key->kind &&
	    fact->type == key->type && strcmp(fact->name, key->name) == 0 &&
	    address_equal(&fact->address, &key->address);
}

static struct fact *
find(const struct facts *facts, const struct key *key)
{
	size_t mask = facts->slot_count - 1, i;

	for (i = (size_t)key->hash & mask; facts->slots[i] != NULL;
	     i = (i + 1) & mask)
		if (is_key(facts->slots[i], key))
			return facts->slots[i];
	return NULL;
}

static void
place(struct facts *facts, struct fact *fact)
{
	size_t mask = facts->slot_count - 1;
	size_t i = (size_t)fact->hash & mask;

	while (facts->slots[i] != NULL)
		i = (i + 1) & mask;
	facts->slots[i] = fact;
}

static void
slots_resize(struct facts *facts, size_t slot_count)
{
	struct fact **old = facts->slots;
	size_t old_count = facts->slot_count, i;

	facts->slots = mem_zero(slot_count, sizeof(struct fact *));
	facts->slot_count = slot_count;
	for (i = 0; i < old_count; i++)
		if (old[i] != NULL)
			place(facts, old[i]);
	free(old);
}

static size_t
fact_octets(const struct fact *fact)
{
	size_t chunks = fact->value != NULL ? 2 * CHUNK : CHUNK;

	return sizeof(*fact) + strlen(fact->name) + 1 + fact->octets + chunks;
}

static void
fact_free(struct fact *fact)
{
	if (fact != NULL)
		free(fact->value);
	free(fact);
}

static struct fact *
fact_add(struct facts *facts, const struct key *key)
{
	struct fact *fact = mem_alloc(sizeof(*fact) + key->len + 1);

	memset(fact, 0, sizeof(*fact));
	fact->hash = key->hash;
	fact->kind = (uint8_t)key->kind;
	fact->type = (uint16_t)key->type;
	fact->address = key->address;
	fact->run = facts->run;
	memcpy(fact->name, key->name, key->len + 1);
	if ((facts->used + 1) * 3 > facts->slot_count * 2)
		slots_resize(facts, facts->slot_count * 2);
	place(facts, fact);
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
	facts_bound(facts, BOUND);
	slots_resize(facts, SLOTS_FIRST);
	return facts;
}

void
facts_free(struct facts *facts)
{
	size_t i;

	if (facts == NULL)
		return;
	for (i = 0; i < facts->slot_count; i++)
		fact_free(facts->slots[i]);
	free(facts->slots);
	free(facts->asked);
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

/* Drops what does not stay. */
static void
sweep(struct facts *facts,
    bool (*keeps)(const struct facts *, const struct fact *, const void *),
    const void *arg)
{
	struct fact **kept = mem_zero(facts->used + 1, sizeof(struct fact *));
	size_t count = 0, known = 0, slot_count = SLOTS_FIRST, i;

	facts->earliest_s = INT64_MAX;
	for (i = 0; i < facts->slot_count; i++) {
		struct fact *fact = facts->slots[i];

		if (fact == NULL)
			continue;
		if (!keeps(facts, fact, arg)) {
			facts->octets -= fact_octets(fact);
			fact_free(fact);
			continue;
		}
		kept[count++] = fact;
		if (fact->value == NULL)
			continue;
		known++;
		if (fact->expires_s < facts->earliest_s)
			facts->earliest_s = fact->expires_s;
	}
	while (slot_count * 2 < (count + 1) * 3)
		slot_count *= 2;
	free(facts->slots);
	facts->slots = mem_zero(slot_count, sizeof(struct fact *));
	facts->slot_count = slot_count;
	facts->used = count;
	facts->known = known;
	for (i = 0; i < count; i++)
		place(facts, kept[i]);
	free(kept);
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
		sweep(facts, stays, NULL);
	facts->forget_smtp = false;
	facts->trim_again = facts->bound;
}

/* --- within bounds --------------------------------------------------------- */

/* What a trim drops: all that was used before a run, but for some. */
struct trim {
	bool servers; /* sessions and answers of servers too */
	uint64_t before;
	const uint64_t *needed;
	size_t needed_count;
};

static bool
is_needed(const struct trim *trim, uint64_t run)
{
	size_t low = 0, high = trim->needed_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (trim->needed[middle] < run)
			low = middle + 1;
		else
			high = middle;
	}
	return low < trim->needed_count && trim->needed[low] == run;
}

static bool
may_go(const struct trim *trim, const struct fact *fact)
{
	if (fact->value == NULL || fact->kind == FACT_EGRESS)
		return false;
	return trim->servers || fact->kind == FACT_DNS ||
	    fact->kind == FACT_DNS_CD;
}

static bool
untrimmed(const struct facts *facts, const struct fact *fact, const void *arg)
{
	const struct trim *trim = arg;

	(void)facts;
	return !may_go(trim, fact) || fact->run >= trim->before ||
	    is_needed(trim, fact->run);
}

static uint64_t
oldest_run(const struct facts *facts, const struct trim *trim)
{
	uint64_t oldest = facts->run;
	size_t i;

	for (i = 0; i < facts->slot_count; i++) {
		const struct fact *fact = facts->slots[i];

		if (fact != NULL && may_go(trim, fact) && fact->run < oldest)
			oldest = fact->run;
	}
	return oldest;
}

/* The run before which so many octets were used last, to a step of the runs
 * there are. */
static uint64_t
run_to_keep(const struct facts *facts, const struct trim *trim, size_t excess)
{
	uint64_t oldest = oldest_run(facts, trim);
	uint64_t step = (facts->run - oldest) / AGES + 1;
	size_t octets[AGES] = { 0 }, i;

	for (i = 0; i < facts->slot_count; i++) {
		const struct fact *fact = facts->slots[i];

		if (fact != NULL && may_go(trim, fact))
			octets[(fact->run - oldest) / step] += fact_octets(
			    fact);
	}
	for (i = 0; i + 1 < AGES && octets[i] < excess; i++)
		excess -= octets[i];
	return oldest + (i + 1) * step;
}

uint64_t
facts_run(struct facts *facts)
{
	return ++facts->run;
}

void
facts_bound(struct facts *facts, size_t octets)
{
	facts->bound = facts->trim_again = octets;
}

bool
facts_full(const struct facts *facts)
{
	return facts->octets > facts->trim_again;
}

/* A quarter more than needed goes, so that it is not done again at once. */
void
facts_trim(struct facts *facts, const uint64_t *needed, size_t count)
{
	struct trim trim = { .needed = needed, .needed_count = count };
	size_t goal = facts->bound - facts->bound / 4;
	int round;

	for (round = 0; round < 2 && facts->octets > facts->bound; round++) {
		trim.servers = round > 0;
		trim.before = run_to_keep(facts, &trim, facts->octets - goal);
		sweep(facts, untrimmed, &trim);
	}
	facts->trim_again = facts->octets + facts->bound / 8;
	if (facts->trim_again < facts->bound)
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

	if (!key_make(facts, &key, kind, name, type, address))
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
	fact->value = take;
	fact->octets = octets < UINT32_MAX ? (uint32_t)octets : UINT32_MAX;
	fact->expires_s = facts->now_s + ttl_s;
	if (fact->expires_s < facts->earliest_s)
		facts->earliest_s = fact->expires_s;
	facts->octets += fact->octets + CHUNK;
	facts->known++;
}

void
cache_put(struct facts *facts, enum fact_kind kind, const char *name,
    enum dns_type type, const struct address *address, void *take,
    size_t octets, int64_t ttl_s)
{
	struct key key;

	if (key_make(facts, &key, kind, name, type, address))
		put(facts, &key, take, octets,
		    ttl_s < TTL_MAX_S ? ttl_s : TTL_MAX_S);
	else
		free(take);
}

const void *
cache_walk(const struct facts *facts, enum fact_kind kind, size_t *cursor,
    const char **name)
{
	while (*cursor < facts->slot_count) {
		const struct fact *fact = facts->slots[(*cursor)++];

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
	    facts->slot_count * sizeof(struct fact *) +
	    facts->asked_cap * sizeof(struct fact *) +
	    facts->wants_cap * sizeof(struct fact_want);
}
