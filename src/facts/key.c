/* The keys of facts: names in one form, and their hash. */
/* SPDX-License-Identifier: MIT */
#include "facts/key.h"

#include <string.h>

static uint64_t
mix(uint64_t hash, uint64_t word)
{
	hash = (hash ^ word) * 0x9fb21c651e98df25;
	hash ^= hash >> 29;
	hash *= 0xd6e8feb86659fd93;
	return hash ^ hash >> 32;
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
static uint64_t
lower(uint64_t word)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	uint64_t low = word & ones * 0x7f;
	uint64_t upper = (low + ones * (0x80 - 'A')) &
	    ~(low + ones * (0x80 - 'Z' - 1)) & ~word & ones * 0x80;

	return word | upper >> 2;
}

/* Puts the name in its one form and hashes it on the way. */
static uint64_t
name_fold(const uint64_t seed[2], struct key *key, bool url)
{
	uint64_t hash = seed[0], word;
	size_t at;

	for (at = 0; at < key->len; at += sizeof(word)) {
		memcpy(&word, key->name + at, sizeof(word));
		if (!url)
			word = lower(word);
		memcpy(key->name + at, &word, sizeof(word));
		hash = mix(hash, word ^ seed[1]);
	}
	return hash;
}

static uint64_t
address_hash(uint64_t hash, const struct address *address)
{
	uint64_t word;

	memcpy(&word, address->bytes, sizeof(word));
	hash = mix(hash, word);
	memcpy(&word, address->bytes + 8, sizeof(word));
	return mix(hash, word ^ address->family);
}

bool
key_make(const uint64_t seed[2], struct key *key, enum fact_kind kind,
    const char *name, enum dns_type type, const struct address *address)
{
	size_t len = strlen(name);
	bool url = kind == FACT_HTTPS;

	if (!url && len > 1 && final_dot(name, len))
		len--;
	if (len == 0 || len >= DNS_NAME_SIZE || strcmp(name, "..") == 0)
		return false;
	memcpy(key->name, name, len);
	memset(key->name + len, 0, sizeof(uint64_t));
	key->len = len;
	key->kind = kind;
	key->type = type;
	key->hash = mix(
	    name_fold(seed, key, url), len << 32 | (uint64_t)kind << 16 | type);
	memset(&key->address, 0, sizeof(key->address));
	if (address != NULL) {
		key->address = *address;
		key->hash = address_hash(key->hash, address);
	}
	return true;
}
