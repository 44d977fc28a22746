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
	uint16_t len;
	char text[HOST_TEXT];
};

struct names {
	const struct providers *providers;
	uint64_t seed;
	struct watched *watched;
	size_t watched_count, watched_cap;
	struct map *by_name; /* to an index + 1 */
	struct zone *zones;
	struct host *hosts;
	struct host *host;   /* the last one; NULL: none */
	struct map *streams; /* text to itself */
};

void names_init(struct names *names, const struct providers *providers);
void names_fini(struct names *names);

void names_watch(struct names *names, const char *name, int64_t id);
void names_watch_none(struct names *names);

/* Borrowed until the next call. */
const struct zone *names_zone(
    struct names *names, const char *name, size_t len);
/* One pointer for each text; "" where there is none, or too many. */
const char *names_stream(struct names *names, const struct span *ip);
const char *names_provider(struct names *names, const struct span *relay);

/* Eight octets at a time; seeded, since strangers choose some of the names. */
uint64_t names_hash(const struct names *names, const char *at, size_t len);

#endif
