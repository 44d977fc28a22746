/* Names that a counter meets again and again, each looked up once. */
/* SPDX-License-Identifier: MIT */
#include "mta/count_names.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mta/octets.h"
#include "mta/reader.h"
#include "sendtop/address.h"
#include "sendtop/day.h"
#include "sendtop/text.h"

enum {
	ZONE_SLOTS = 1024, /* sender domains; each has one place */
	HOST_SLOTS = 256,  /* relay hosts */
	STREAMS_MOST = 4096,
	STREAM_SIZE = 64,
};

/* Seeded, since strangers choose some of the names. */
static uint64_t
names_hash(const struct names *names, const char *at, size_t len)
{
	return span_hash_seeded((struct span){ at, len }, names->seed);
}

void
names_init(struct names *names, const struct providers *providers)
{
	memset(names, 0, sizeof(*names));
	names->providers = providers;
	if (getentropy(&names->seed, sizeof(names->seed)) != 0)
		names->seed = (uint64_t)clock_mono_ms() ^ (uintptr_t)names;
	names->by_name = map_new();
	names->zones = mem_zero(ZONE_SLOTS, sizeof(*names->zones));
	names->hosts = mem_zero(HOST_SLOTS, sizeof(*names->hosts));
	names->streams = map_new();
}

void
names_fini(struct names *names)
{
	names_watch_none(names);
	free(names->watched);
	map_free(names->by_name, NULL);
	free(names->zones);
	free(names->hosts);
	map_free(names->streams, free);
}

/* --- who is watched ------------------------------------------------------- */

static void
forget_names(struct names *names)
{
	memset(names->zones, 0, ZONE_SLOTS * sizeof(*names->zones));
}

void
names_watch(struct names *names, const char *name, int64_t id)
{
	struct watched *w;

	if (map_get(names->by_name, name) != NULL)
		return;
	names->watched = mem_grow(names->watched, names->watched_count,
	    &names->watched_cap, sizeof(*names->watched));
	w = &names->watched[names->watched_count++];
	w->name = mem_dup(name);
	w->id = id;
	map_put(names->by_name, name, (void *)(uintptr_t)names->watched_count);
	forget_names(names);
}

void
names_watch_none(struct names *names)
{
	for (size_t i = 0; i < names->watched_count; i++)
		free(names->watched[i].name);
	names->watched_count = 0;
	map_free(names->by_name, NULL);
	names->by_name = map_new();
	forget_names(names);
}

static int32_t
watched_index(const struct names *names, const char *name)
{
	uintptr_t n = (uintptr_t)map_get(names->by_name, name);

	return n == 0 ? DOMAIN_NONE : (int32_t)(n - 1);
}

/* The domain itself, else the closest watched one above it that is not above
 * its registrable domain. */
static int32_t
find_watched(const struct names *names, const char *name)
{
	char ascii[ORG_NAME_SIZE], top[ORG_NAME_SIZE];
	const char *at;
	int32_t found;

	if (!org_ascii(name, ascii))
		return DOMAIN_NONE;
	found = watched_index(names, ascii);
	if (found != DOMAIN_NONE || !org_registrable(ascii, top))
		return found;
	at = ascii;
	while (found == DOMAIN_NONE && strlen(at) > strlen(top)) {
		at = strchr(at, '.');
		if (at == NULL)
			break;
		found = watched_index(names, ++at);
	}
	return found;
}

const struct zone *
names_zone(struct names *names, const char *name, size_t len)
{
	char lower[ORG_NAME_SIZE];
	struct zone *zone;
	uint64_t hash;

	if (len >= sizeof(lower))
		len = sizeof(lower) - 1;
	for (size_t i = 0; i < len; i++)
		lower[i] = (char)(name[i] >= 'A' && name[i] <= 'Z'
			? name[i] + 32
			: name[i]);
	lower[len] = '\0';
	hash = names_hash(names, lower, len);
	zone = &names->zones[hash % ZONE_SLOTS];
	if (zone->hash == hash && zone->len == len &&
	    memcmp(zone->text, lower, len) == 0)
		return zone;
	zone->hash = hash;
	zone->len = (uint16_t)len;
	memcpy(zone->text, lower, len + 1);
	zone->domain = strlen(lower) == len ? find_watched(names, lower)
					    : DOMAIN_NONE;
	return zone;
}

const struct zone *
names_zone_of(struct names *names, const struct span *address)
{
	const char *at = memrchr(address->at, '@', address->len);
	size_t before = at != NULL ? (size_t)(at + 1 - address->at) : 0;

	return names_zone(names, address->at + before, address->len - before);
}

/* --- names that stay ------------------------------------------------------ */

/* Past the bound all are one stream. */
const char *
names_stream(struct names *names, const struct span *ip)
{
	char raw[STREAM_SIZE], text[STREAM_SIZE];
	struct address address;
	char *kept;

	if (ip->at == NULL || ip->len == 0 || ip->len >= sizeof(raw))
		return "";
	memcpy(raw, ip->at, ip->len);
	raw[ip->len] = '\0';
	kept = map_get(names->streams, raw);
	if (kept != NULL)
		return kept;
	if (map_count(names->streams) >= STREAMS_MOST)
		return "";
	if (address_parse(raw, &address)) {
		address_unmap(&address);
		address_text(&address, text);
	} else {
		text_printable(text, sizeof(text), raw, ip->len);
	}
	kept = map_get(names->streams, text);
	if (kept == NULL) {
		kept = mem_dup(text);
		map_put(names->streams, text, kept);
	}
	return kept;
}

/* Few, and asked for only when a host is met anew. */
static uint16_t
number_of(struct names *names, const char *provider)
{
	size_t i = 0;

	while (i < names->provider_count && names->providers_met[i] != provider)
		i++;
	if (i == names->provider_count && i < PROVIDERS_MOST)
		names->providers_met[names->provider_count++] = provider;
	return (uint16_t)i;
}

static const struct host *
other_host(struct names *names, const char *name, size_t len)
{
	names->other.provider = provider_of(names->providers, name, len);
	names->other.number = number_of(names, names->other.provider);
	return &names->other;
}

static bool
is_host(const struct host *host, const struct span *relay)
{
	return host->len == relay->len &&
	    octets_same(host->text, relay->at, relay->len);
}

const struct host *
names_host(struct names *names, const struct span *relay)
{
	struct host *host = names->host;
	uint64_t hash;

	if (relay->at == NULL || relay->len == 0)
		return other_host(names, "", 0);
	if (host != NULL && is_host(host, relay))
		return host;
	if (relay->len >= HOST_TEXT)
		return other_host(names, relay->at, relay->len);
	hash = names_hash(names, relay->at, relay->len);
	host = &names->hosts[hash % HOST_SLOTS];
	if (host->hash != hash || !is_host(host, relay)) {
		host->hash = hash;
		host->len = (uint16_t)relay->len;
		memcpy(host->text, relay->at, relay->len);
		host->provider = provider_of(
		    names->providers, relay->at, relay->len);
		host->number = number_of(names, host->provider);
	}
	names->host = host;
	return host;
}
