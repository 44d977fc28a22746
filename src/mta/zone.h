/* Time zones read from zoneinfo files, without the process's own zone. */
/* SPDX-License-Identifier: MIT */
#ifndef MTA_ZONE_H
#define MTA_ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct zone;

/* name: "Europe/Berlin", "UTC", a POSIX string ("CET-1CEST,M3.5.0,M10.5.0/3")
 * or NULL for this machine's zone.  NULL when there is no such zone. */
struct zone *zone_open(const char *name);
/* The same from a file's octets. */
struct zone *zone_parse(const void *data, size_t len);
void zone_close(struct zone *zone);

/* Seconds east of Greenwich at a moment. */
int32_t zone_offset(const struct zone *zone, int64_t utc_s);

/* The moments when clocks show local_s (seconds as if it were UTC): one, or
 * two in ascending order in the hour that is repeated.  In the hour that is
 * left out: one, as if the clocks had not been put forward yet. */
size_t zone_moments(const struct zone *zone, int64_t local_s, int64_t out[2]);

#endif
