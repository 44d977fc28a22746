/* Envelope senders that were met lately, with the rows they count in. */
/* SPDX-License-Identifier: MIT */
#include "mta/count_who.h"

#include <stdlib.h>
#include <string.h>

#include "mta/octets.h"
#include "mta/reader.h"

enum { WHO_SLOTS = 4096 }; /* each sender has one place */

void
whos_init(struct whos *whos)
{
	whos->slots = mem_zero(WHO_SLOTS, sizeof(*whos->slots));
}

void
whos_fini(struct whos *whos)
{
	free(whos->slots);
}

void
whos_forget(struct whos *whos)
{
	memset(whos->slots, 0, WHO_SLOTS * sizeof(*whos->slots));
}

/* Which rest an address has tells where its @ is: two addresses with equal
 * parts have one stem and one domain. */
static bool
is_who(const struct who *who, const struct span *local, const struct span *rest)
{
	return who->local == local->len && who->len == local->len + rest->len &&
	    octets_same(who->text, local->at, local->len) &&
	    octets_same(who->text + local->len, rest->at, rest->len);
}

static void
keep(struct who *who, uint64_t hash, const struct span *local,
    const struct span *rest)
{
	who->hash = hash;
	who->local = (uint16_t)local->len;
	who->len = (uint16_t)(local->len + rest->len);
	memcpy(who->text, local->at, local->len);
	memcpy(who->text + local->len, rest->at, rest->len);
}

struct who *
whos_find(struct whos *whos, struct names *names, const struct span *sender)
{
	const char *at = memrchr(sender->at, '@', sender->len);
	size_t before = at != NULL ? (size_t)(at - sender->at) : 0;
	struct span local = sender_local(
	    sender->at, at != NULL ? before : sender->len);
	struct span rest = { sender->at + before, sender->len - before };
	uint64_t hash = span_hash_seeded(
	    rest, span_hash_seeded(local, names->seed));
	struct who *who = &whos->slots[hash % WHO_SLOTS];

	if (who->hash == hash && is_who(who, &local, &rest))
		return who;
	if (local.len + rest.len > WHO_TEXT)
		who = &whos->spare;
	memset(who, 0, sizeof(*who));
	if (who != &whos->spare)
		keep(who, hash, &local, &rest);
	who->domain = names_zone_of(names, sender)->domain;
	return who;
}
