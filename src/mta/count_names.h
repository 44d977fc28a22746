/* Names that a counter meets again and again, each looked up once. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_MTA_COUNT_NAMES_H
#define SENDTOP_MTA_COUNT_NAMES_H

#include "sendtop/count.h"
#include "sendtop/mem.h"
#include "sendtop/org.h"

enum {
	DOMAIN_NONE = -1, /* of a sender that is not watched */
	HOST_TEXT = 80,
	PROVIDERS_MOST = 64, /* told apart */
};

struct watched {
	char *name;
	int64_t id;
};

/* A sender's domain, in lower case. */
struct zone {
	uint64_t hash;
	int32_t domain; /* index of the watched one it counts for */
	uint16_t len;
	char text[ORG_NAME_SIZE];
};

struct host {
	uint64_t hash;
	const char *provider;
	uint16_t number; /* of the provider; PROVIDERS_MOST: of no number */
	uint16_t len;
	char text[HOST_TEXT];
};

struct names {
	const struct providers *providers;
	uint64_t seed; /* of hashes */
	struct watched *watched;
	size_t watched_count, watched_cap;
	struct map *by_name; /* to an index + 1 */
	struct zone *zones;
	struct host *hosts;
	struct host *host; /* the last one; NULL: none */
	struct host other; /* one that has no place among them */
	const char *providers_met[PROVIDERS_MOST];
	size_t provider_count;
	struct map *streams; /* text to itself */
};

void names_init(struct names *names, const struct providers *providers);
void names_fini(struct names *names);

void names_watch(struct names *names, const char *name, int64_t id);
void names_watch_none(struct names *names);

/* Borrowed until the next call. */
const struct zone *names_zone(
    struct names *names, const char *name, size_t len);
/* That of an address. */
const struct zone *names_zone_of(
    struct names *names, const struct span *address);
/* One pointer for each text; "" where there is none, or too many. */
const char *names_stream(struct names *names, const struct span *ip);
/* Whose relay host it is; borrowed until the next call. */
const struct host *names_host(struct names *names, const struct span *relay);

#endif
