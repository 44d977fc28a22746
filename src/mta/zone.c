/* Time zones read from zoneinfo files (TZif, RFC 9636). */
/* SPDX-License-Identifier: MIT */
#include "zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "posix_zone.h"
#include "sendtop/mem.h"

enum {
	FILE_MOST = 256 * 1024,
	HEADER = 44,
	COUNTS = 6,
	CHANGES_MOST = 8192,
	TYPES_MOST = 256,
	NAME_MOST = 128,
	RULE_MOST = 96,
	AROUND_S = 86400, /* no two changes are nearer */
};

struct zone {
	size_t count;
	int64_t *times;   /* of the changes, ascending */
	int32_t *offsets; /* from each on */
	int32_t first;    /* before all of them */
	bool has_rule;    /* from the last of them on */
	struct zone_rule rule;
};

/* --- the file ------------------------------------------------------------- */

/* The six counts of a header, in the file's order. */
enum { UT_MARKS, STD_MARKS, LEAPS, TIMES, TYPES, CHARS };

static uint32_t
read_32(const unsigned char *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
	    (uint32_t)at[2] << 8 | at[3];
}

static int64_t
read_64(const unsigned char *at)
{
	return (int64_t)((uint64_t)read_32(at) << 32 | read_32(at + 4));
}

/* Reads the header at `at`; returns the octets of it and the block behind it
 * with times of that many octets, 0 when it is none. */
static size_t
read_counts(
    const unsigned char *at, size_t len, size_t width, uint32_t counts[COUNTS])
{
	if (len < HEADER || memcmp(at, "TZif", 4) != 0)
		return 0;
	for (size_t i = 0; i < COUNTS; i++) {
		counts[i] = read_32(at + 20 + i * 4);
		if (counts[i] > CHANGES_MOST)
			return 0;
	}
	return HEADER + counts[TIMES] * (width + 1) + counts[TYPES] * 6 +
	    counts[CHARS] + counts[LEAPS] * (width + 4) + counts[STD_MARKS] +
	    counts[UT_MARKS];
}

static bool
read_block(struct zone *zone, const unsigned char *at,
    const uint32_t counts[COUNTS], size_t width)
{
	const unsigned char *kinds = at + counts[TIMES] * width;
	const unsigned char *types = kinds + counts[TIMES];
	int64_t t;

	if (counts[TYPES] == 0 || counts[TYPES] > TYPES_MOST)
		return false;
	zone->count = counts[TIMES];
	zone->times = mem_zero(zone->count + 1, sizeof(*zone->times));
	zone->offsets = mem_zero(zone->count + 1, sizeof(*zone->offsets));
	zone->first = (int32_t)read_32(types);
	for (size_t i = 0; i < zone->count; i++) {
		t = width == 8 ? read_64(at + i * 8)
			       : (int32_t)read_32(at + i * 4);
		if (kinds[i] >= counts[TYPES] ||
		    (i > 0 && t <= zone->times[i - 1]))
			return false;
		zone->times[i] = t;
		zone->offsets[i] = (int32_t)read_32(types + kinds[i] * 6);
	}
	return true;
}

/* The rule between two newlines at the end. */
static void
read_rule(struct zone *zone, const unsigned char *at, size_t len)
{
	const unsigned char *end;
	char text[RULE_MOST];

	if (len < 2 || at[0] != '\n')
		return;
	end = memchr(at + 1, '\n', len - 1);
	if (end == NULL || end - at > RULE_MOST)
		return;
	memcpy(text, at + 1, (size_t)(end - at - 1));
	text[end - at - 1] = '\0';
	zone->has_rule = posix_zone_parse(text, &zone->rule);
}

struct zone *
zone_parse(const void *data, size_t len)
{
	const unsigned char *at = data;
	uint32_t counts[COUNTS];
	size_t width = 4, size = read_counts(at, len, width, counts);
	struct zone *zone;

	if (size == 0 || size > len)
		return NULL;
	/* The second block has the same in 64 bits. */
	if (at[4] >= '2') {
		at += size;
		len -= size;
		width = 8;
		size = read_counts(at, len, width, counts);
		if (size == 0 || size > len)
			return NULL;
	}
	zone = mem_zero(1, sizeof(*zone));
	if (!read_block(zone, at + HEADER, counts, width)) {
		zone_close(zone);
		return NULL;
	}
	if (width == 8)
		read_rule(zone, at + size, len - size);
	return zone;
}

static struct zone *
zone_load(const char *path)
{
	FILE *file = fopen(path, "rb");
	struct zone *zone = NULL;
	char *data;
	size_t len;

	if (file == NULL)
		return NULL;
	data = mem_alloc(FILE_MOST);
	len = fread(data, 1, FILE_MOST, file);
	if (ferror(file) == 0)
		zone = zone_parse(data, len);
	free(data);
	fclose(file);
	return zone;
}

/* --- names ---------------------------------------------------------------- */

static bool
is_plain_name(const char *name)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz"
				    "0123456789_+-/";

	return name[0] != '\0' && name[0] != '/' && strlen(name) < NAME_MOST &&
	    name[strspn(name, plain)] == '\0';
}

static struct zone *
zone_named(const char *name)
{
	static const char *const folders[] = { "/usr/share/zoneinfo",
		"/usr/share/lib/zoneinfo", "/usr/lib/zoneinfo",
		"/etc/zoneinfo" };
	struct zone *zone = NULL;
	char *path;

	for (size_t i = 0;
	     zone == NULL && i < sizeof(folders) / sizeof(folders[0]); i++) {
		path = mem_printf("%s/%s", folders[i], name);
		zone = zone_load(path);
		free(path);
	}
	return zone;
}

static struct zone *
zone_ruled(const char *text)
{
	struct zone_rule rule;
	struct zone *zone;

	if (!posix_zone_parse(text, &rule))
		return NULL;
	zone = mem_zero(1, sizeof(*zone));
	zone->has_rule = true;
	zone->rule = rule;
	return zone;
}

struct zone *
zone_open(const char *name)
{
	struct zone *zone;

	if (name == NULL || name[0] == '\0') {
		name = getenv("TZ");
		if (name == NULL)
			return zone_load("/etc/localtime");
		if (name[0] == '\0')
			return NULL;
		if (name[0] == ':')
			name++;
		if (name[0] == '/')
			return zone_load(name);
	}
	zone = is_plain_name(name) ? zone_named(name) : NULL;
	if (zone == NULL)
		zone = zone_ruled(name);
	/* Machines without zoneinfo know this one too. */
	if (zone == NULL && strcmp(name, "UTC") == 0)
		zone = zone_ruled("UTC0");
	return zone;
}

void
zone_close(struct zone *zone)
{
	if (zone == NULL)
		return;
	free(zone->times);
	free(zone->offsets);
	free(zone);
}

/* --- times ---------------------------------------------------------------- */

int32_t
zone_offset(const struct zone *zone, int64_t utc_s)
{
	size_t low = 0, high, middle;

	if (zone == NULL)
		return 0;
	high = zone->count;
	while (low < high) {
		middle = (low + high) / 2;
		if (zone->times[middle] <= utc_s)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == zone->count && zone->has_rule)
		return posix_zone_offset(&zone->rule, utc_s);
	return low == 0 ? zone->first : zone->offsets[low - 1];
}

size_t
zone_moments(const struct zone *zone, int64_t local_s, int64_t out[2])
{
	int32_t before = zone_offset(zone, local_s - AROUND_S);
	int32_t after = zone_offset(zone, local_s + AROUND_S);
	int64_t early = local_s - before, late = local_s - after;
	bool is_early = zone_offset(zone, early) == before;
	bool is_late = zone_offset(zone, late) == after;

	out[0] = is_early || !is_late ? early : late;
	out[1] = late;
	return is_early && is_late && early < late ? 2 : 1;
}
