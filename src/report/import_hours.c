/* Traffic of an import: an hour is put together of its rows. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "report/import_cache.h"
#include "sendtop/day.h"

enum { HOURS_MOST = 32768, ALL_NEEDED = (1 << PARTS_NEEDED) - 1 };

struct import_hour {
	struct import_place *place;
	struct traffic traffic;
	unsigned parts; /* a bit for each row that came */
	char *provider, *stream, *key;
};

static const char *const part_names[] = { "delivered", "deferred", "bounced",
	"tls", "clear" };

void
import_hours_init(struct import_hours *h, struct bringing *bringing,
    struct import_sum *sum, bool replace)
{
	*h = (struct import_hours){ .bringing = bringing,
		.sum = sum,
		.replace = replace,
		.known = map_new() };
}

static void
hour_free(struct import_hour *hour)
{
	free(hour->provider);
	free(hour->stream);
	free(hour->key);
	free(hour);
}

void
import_hours_fini(struct import_hours *h)
{
	for (size_t i = 0; i < h->count; i++)
		hour_free(h->items[i]);
	free(h->items);
	map_free(h->known, NULL);
	*h = (struct import_hours){ 0 };
}

/* --- writing --------------------------------------------------------------- */

static enum status
incomplete(const struct import_hour *hour, struct error *err)
{
	char at[TIME_TEXT_SIZE];
	size_t i = 0;

	while ((hour->parts & 1U << i) != 0)
		i++;
	return error_set(err, STATUS_PARSE,
	    "traffic of %s at %s, %s: there is no row of %s, or far from the "
	    "others",
	    hour->place->name, time_text(at, hour->traffic.hour_s),
	    hour->provider, part_names[i]);
}

static void
differs(struct import_hours *h, const struct import_hour *hour)
{
	char at[TIME_TEXT_SIZE];

	import_differs(h->sum,
	    "traffic of %s at %s, %s, is not what it is here",
	    hour->place->name, time_text(at, hour->traffic.hour_s),
	    hour->provider);
}

static enum status
write_hour(
    struct import_hours *h, const struct import_hour *hour, struct error *err)
{
	enum fate fate;
	enum status status = bring_traffic(
	    h->bringing, hour->place->id, &hour->traffic, &fate, err);

	if (status != STATUS_OK)
		return status;
	if (fate == FATE_OTHER)
		differs(h, hour);
	import_count(
	    h->sum, IMPORT_TRAFFIC, fate, day_of(hour->traffic.hour_s));
	return STATUS_OK;
}

/* Writes those that are whole, but `but`; the others move up. */
static enum status
write_whole(
    struct import_hours *h, const struct import_hour *but, struct error *err)
{
	enum status status = STATUS_OK;
	size_t kept = 0;

	for (size_t i = 0; i < h->count; i++) {
		struct import_hour *hour = h->items[i];

		if (status != STATUS_OK || hour == but ||
		    (hour->parts & ALL_NEEDED) != ALL_NEEDED) {
			h->items[kept++] = hour;
			continue;
		}
		status = write_hour(h, hour, err);
		map_remove(h->known, hour->key);
		hour_free(hour);
	}
	h->count = kept;
	return status;
}

enum status
import_hours_flush(struct import_hours *h, struct error *err)
{
	enum status status = write_whole(h, NULL, err);

	h->last = NULL;
	return status == STATUS_OK && h->count > 0
	    ? incomplete(h->items[0], err)
	    : status;
}

/* --- gathering ------------------------------------------------------------- */

static bool
is_of(const struct import_hour *hour, const struct import_place *place,
    const struct traffic *t)
{
	return hour->place == place && hour->traffic.hour_s == t->hour_s &&
	    strcmp(hour->provider, t->provider) == 0 &&
	    strcmp(hour->stream, t->stream) == 0;
}

static struct import_hour *
hour_new(struct import_hours *h, struct import_place *place,
    const struct traffic *t, char *key)
{
	struct import_hour *hour = mem_zero(1, sizeof(*hour));

	hour->place = place;
	hour->traffic.hour_s = t->hour_s;
	hour->traffic.provider = hour->provider = mem_dup(t->provider);
	hour->traffic.stream = hour->stream = mem_dup(t->stream);
	hour->key = key;
	h->items = mem_grow(h->items, h->count, &h->cap, sizeof(*h->items));
	h->items[h->count++] = hour;
	map_put(h->known, key, hour);
	return hour;
}

/* The hour that the row belongs to. */
static enum status
find_hour(struct import_hours *h, struct import_place *place,
    const struct traffic *t, struct import_hour **out, struct error *err)
{
	enum status status = STATUS_OK;
	char *key;

	*out = h->last;
	if (h->last != NULL && is_of(h->last, place, t))
		return STATUS_OK;
	key = mem_printf("%lld %lld %s %s", (long long)place->id,
	    (long long)t->hour_s, t->provider, t->stream);
	*out = map_get(h->known, key);
	if (*out == NULL && h->count == HOURS_MOST) {
		status = write_whole(h, h->last, err);
		if (status == STATUS_OK && h->count == HOURS_MOST)
			status = incomplete(h->items[0], err);
	}
	if (status == STATUS_OK && *out == NULL)
		*out = hour_new(h, place, t, key);
	else
		free(key);
	h->last = *out;
	return status;
}

static int64_t *
count_of(struct traffic *t, enum import_part part)
{
	int64_t *const counts[] = { &t->delivered, &t->deferred, &t->bounced,
		&t->tls, &t->clear };

	return counts[part];
}

static bool
is_same(struct traffic *a, const struct traffic *b, enum import_part part)
{
	struct traffic other = *b;

	return part == PART_MINUTES
	    ? memcmp(a->minutes, b->minutes, sizeof(a->minutes)) == 0
	    : *count_of(a, part) == *count_of(&other, part);
}

static void
take(struct traffic *to, const struct traffic *from, enum import_part part)
{
	struct traffic other = *from;

	if (part == PART_MINUTES)
		memcpy(to->minutes, from->minutes, sizeof(to->minutes));
	else
		*count_of(to, part) = *count_of(&other, part);
}

enum status
import_traffic(struct import_hours *h, struct import_place *place,
    const struct import_row *row, struct error *err)
{
	const struct traffic *t = &row->traffic.hour;
	enum import_part part = row->traffic.part;
	struct import_hour *hour;
	enum status status = find_hour(h, place, t, &hour, err);
	bool told;

	if (status != STATUS_OK)
		return status;
	told = (hour->parts & 1U << part) != 0;
	if (told && !is_same(&hour->traffic, t, part)) {
		differs(h, hour);
		import_count(
		    h->sum, IMPORT_TRAFFIC, FATE_OTHER, day_of(t->hour_s));
	}
	if (!told || h->replace)
		take(&hour->traffic, t, part);
	hour->parts |= 1U << part;
	return STATUS_OK;
}
