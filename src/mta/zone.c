/* TZif files (RFC 9636) and the rule at their end (POSIX.1, TZ). */
/* SPDX-License-Identifier: MIT */
#include "zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sendtop/day.h"
#include "sendtop/mem.h"

enum { FILE_MOST = 1 << 20, TYPES_MOST = 256, HEADER = 44 };

/* When a rule's half begins: month.week.weekday at a second of local time. */
struct change {
	int month, week, weekday;
	int second;
};

struct zone {
	int64_t *at; /* transitions, ascending */
	uint8_t *type;
	size_t count;
	int32_t offsets[TYPES_MOST];
	int first; /* offset before all transitions */
	bool rule; /* after the last one */
	bool summer;
	int winter_offset, summer_offset;
	struct change start, end;
};

/* --- the rule ------------------------------------------------------------------------ */

static bool
read_number(const char **at, int *out)
{
	int n = 0, digits = 0;

	while (**at >= '0' && **at <= '9' && digits < 4) {
		n = n * 10 + *(*at)++ - '0';
		digits++;
	}
	*out = n;
	return digits > 0;
}

/* [+-]hh[:mm[:ss]] in seconds. */
static bool
read_time(const char **at, int *out)
{
	int sign = **at == '-' ? -1 : 1, part, total;

	if (**at == '+' || **at == '-')
		(*at)++;
	if (!read_number(at, &total))
		return false;
	total *= 3600;
	for (int unit = 60; unit > 0 && **at == ':'; unit /= 60) {
		(*at)++;
		if (!read_number(at, &part))
			return false;
		total += part * unit;
	}
	*out = sign * total;
	return true;
}

static bool
skip_name(const char **at)
{
	const char *start = *at;

	if (**at == '<') {
		*at += strcspn(*at, ">");
		if (**at != '>')
			return false;
		(*at)++;
		return true;
	}
	while ((**at >= 'A' && **at <= 'Z') || (**at >= 'a' && **at <= 'z'))
		(*at)++;
	return *at - start >= 3;
}

/* Mm.w.d[/time]; the files of the database use no other form. */
static bool
read_change(const char **at, struct change *out)
{
	if (*(*at)++ != 'M' || !read_number(at, &out->month) ||
	    *(*at)++ != '.' || !read_number(at, &out->week) ||
	    *(*at)++ != '.' || !read_number(at, &out->weekday))
		return false;
	out->second = 2 * 3600;
	if (**at == '/') {
		(*at)++;
		if (!read_time(at, &out->second))
			return false;
	}
	return out->month >= 1 && out->month <= 12 && out->week >= 1 &&
	    out->week <= 5 && out->weekday <= 6;
}

static bool
read_rule(const char *text, struct zone *z)
{
	int west;

	if (!skip_name(&text) || !read_time(&text, &west))
		return false;
	z->winter_offset = -west;
	z->summer_offset = -west + 3600;
	if (*text == '\0' || *text == '\n')
		return true;
	if (!skip_name(&text))
		return false;
	if (*text != ',') {
		if (!read_time(&text, &west))
			return false;
		z->summer_offset = -west;
	}
	z->summer = *text++ == ',' && read_change(&text, &z->start) &&
	    *text++ == ',' && read_change(&text, &z->end);
	return z->summer;
}

/* The moment, in clock seconds of the offset that holds before it. */
static int64_t
change_in(const struct change *c, int year)
{
	int32_t day = day_civil(year, c->month, 1);
	int weekday = (day_weekday(day) + 1) % 7, next_month;

	day += (c->weekday - weekday + 7) % 7 + (c->week - 1) * 7;
	next_month = c->month < 12 ? day_civil(year, c->month + 1, 1)
				   : day_civil(year + 1, 1, 1);
	while (day >= next_month)
		day -= 7;
	return day_start(day) + c->second;
}

static int64_t
by_rule(const struct zone *z, int64_t utc)
{
	int64_t start, end;
	int year, month, mday;

	if (!z->summer)
		return z->winter_offset;
	day_split(day_of(utc + z->winter_offset), &year, &month, &mday);
	start = change_in(&z->start, year) - z->winter_offset;
	end = change_in(&z->end, year) - z->summer_offset;
	if (start < end)
		return utc >= start && utc < end ? z->summer_offset
						 : z->winter_offset;
	return utc >= end && utc < start ? z->winter_offset : z->summer_offset;
}

/* --- the file -------------------------------------------------------------------------- */

static int64_t
number_at(const uint8_t *p, int octets)
{
	uint64_t n = p[0] & 0x80 ? UINT64_MAX : 0;

	for (int i = 0; i < octets; i++)
		n = n << 8 | p[i];
	return (int64_t)n;
}

/* What the header counts: isutc, isstd, leap, time, type, char. */
struct counts {
	size_t n[6];
};

static bool
read_counts(const uint8_t *p, size_t len, struct counts *out)
{
	if (len < HEADER || memcmp(p, "TZif", 4) != 0)
		return false;
	for (int i = 0; i < 6; i++) {
		int64_t n = number_at(p + 20 + i * 4, 4);

		if (n < 0 || n > FILE_MOST)
			return false;
		out->n[i] = (size_t)n;
	}
	return out->n[4] > 0 && out->n[4] <= TYPES_MOST;
}

static size_t
block_size(const struct counts *c, size_t time_size)
{
	return c->n[3] * (time_size + 1) + c->n[4] * 6 + c->n[5] +
	    c->n[2] * (time_size + 4) + c->n[1] + c->n[0];
}

static bool
read_block(const uint8_t *p, const struct counts *c, struct zone *z)
{
	const uint8_t *types = p + c->n[3] * 8, *rows = types + c->n[3];

	z->count = c->n[3];
	z->at = mem_zero(z->count + 1, sizeof(*z->at));
	z->type = mem_zero(z->count + 1, 1);
	for (size_t i = 0; i < z->count; i++) {
		z->at[i] = number_at(p + i * 8, 8);
		z->type[i] = types[i];
		if (types[i] >= c->n[4] || (i > 0 && z->at[i] < z->at[i - 1]))
			return false;
	}
	for (size_t i = 0; i < c->n[4]; i++)
		z->offsets[i] = (int32_t)number_at(rows + i * 6, 4);
	z->first = z->offsets[0];
	return true;
}

static bool
parse(const uint8_t *p, size_t len, struct zone *z)
{
	struct counts c;
	size_t skip;

	if (!read_counts(p, len, &c) || p[4] < '2')
		return false;
	skip = HEADER + block_size(&c, 4);
	if (skip > len || !read_counts(p + skip, len - skip, &c))
		return false;
	p += skip + HEADER;
	len -= skip + HEADER;
	if (block_size(&c, 8) > len || !read_block(p, &c, z))
		return false;
	p += block_size(&c, 8);
	len -= block_size(&c, 8);
	/* The buffer ends with NUL. */
	z->rule = len > 1 && p[0] == '\n' && read_rule((const char *)p + 1, z);
	return true;
}

static bool
read_file(const char *path, struct zone *z)
{
	FILE *in = fopen(path, "rb");
	uint8_t *data;
	size_t len;
	bool ok;

	if (in == NULL)
		return false;
	data = mem_alloc(FILE_MOST + 1);
	len = fread(data, 1, FILE_MOST, in);
	fclose(in);
	data[len] = '\0';
	ok = parse(data, len, z);
	free(data);
	return ok;
}

static char *
path_of(const char *name)
{
	if (name == NULL)
		name = getenv("TZ");
	if (name != NULL && name[0] == ':')
		name++;
	if (name == NULL || name[0] == '\0')
		return mem_dup("/etc/localtime");
	if (name[0] == '/')
		return mem_dup(name);
	if (strstr(name, "..") != NULL)
		return mem_dup("");
	return mem_printf("/usr/share/zoneinfo/%s", name);
}

struct zone *
zone_open(const char *name, bool *found)
{
	struct zone *z = mem_zero(1, sizeof(*z));
	char *path = path_of(name);

	*found = read_file(path, z);
	if (!*found) {
		free(z->at);
		free(z->type);
		memset(z, 0, sizeof(*z));
	}
	free(path);
	return z;
}

void
zone_free(struct zone *zone)
{
	if (zone == NULL)
		return;
	free(zone->at);
	free(zone->type);
	free(zone);
}

/* --- asking ------------------------------------------------------------------------------ */

int64_t
zone_offset(const struct zone *z, int64_t utc_s)
{
	size_t low = 0, high = z->count;

	if (z->count == 0 || utc_s >= z->at[z->count - 1]) {
		if (z->rule)
			return by_rule(z, utc_s);
		return z->count == 0 ? z->first
				     : z->offsets[z->type[z->count - 1]];
	}
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (z->at[mid] <= utc_s)
			low = mid + 1;
		else
			high = mid;
	}
	return low == 0 ? z->first : z->offsets[z->type[low - 1]];
}

int64_t
zone_utc(const struct zone *zone, int64_t local_s, int64_t after)
{
	/* The offsets a day before and a day after are all that can hold. */
	int64_t before = local_s - zone_offset(zone, local_s - 2 * DAY_SECONDS);
	int64_t later = local_s - zone_offset(zone, local_s + 2 * DAY_SECONDS);
	bool first = before + zone_offset(zone, before) == local_s;
	bool second = later + zone_offset(zone, later) == local_s;

	if (first && second && before != later) {
		int64_t low = before < later ? before : later;

		return low >= after ? low : before + later - low;
	}
	if (second && !first)
		return later;
	return before;
}
