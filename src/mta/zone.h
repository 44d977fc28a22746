/* Time zones of logs: local time to UTC, whatever zone this process is in. */
/* SPDX-License-Identifier: MIT */
#ifndef MTA_ZONE_H
#define MTA_ZONE_H

#include <stdbool.h>
#include <stdint.h>

struct zone;

/* A zone of the system's database (RFC 9636): "Europe/Berlin", a path, or NULL
 * for this machine's.  One that is not there counts as UTC; *found tells. */
struct zone *zone_open(const char *name, bool *found);
void zone_free(struct zone *zone);

/* Seconds east of Greenwich at a moment. */
int64_t zone_offset(const struct zone *zone, int64_t utc_s);

/*
 * The moment of a local time (its clock face in seconds, as if it were UTC).
 * The hour that a clock shows twice is the first moment not before `after`;
 * the hour that it leaves out is read as if the clock had not been changed.
 */
int64_t zone_utc(const struct zone *zone, int64_t local_s, int64_t after);

#endif
